package linux

import (
	"encoding/binary"
	"slices"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// The operations and flags of epoll(7) (include/uapi/linux/eventpoll.h).
const (
	epollAdd = 1
	epollDel = 2
	epollMod = 3

	epollExclusive = 1 << 28
	epollOneShot   = 1 << 30
	epollEdge      = 1 << 31
	epollEventSize = 12 // struct epoll_event is packed on x86-64
)

// epoll is an epoll instance: the descriptors that it watches, in the order in which they were added.
type epoll struct{ items []*epollItem }

type epollItem struct {
	fd       int
	file     *vfs.File
	events   uint32
	data     uint64
	told     uint64 // of an edge: Changes of the file when it was last reported, plus 1
	disabled bool   // EPOLLONESHOT: reported already
}

// due is what is to be reported of an item.
func (i *epollItem) due() uint32 {
	if i.disabled || i.file.Closed() || i.events&epollEdge != 0 && i.told == i.file.Changes()+1 {
		return 0
	}
	return uint32(readiness(i.file)) & (i.events | pollErr | pollHup)
}

// ReadAt fails: an epoll instance has no bytes.
func (e *epoll) ReadAt([]byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// WriteAt fails too.
func (e *epoll) WriteAt([]byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// Ready reports whether epoll_wait would return at once.
func (e *epoll) Ready() (in, out bool) {
	return slices.ContainsFunc(e.items, func(i *epollItem) bool { return i.due() != 0 }), false
}

// Changes is the sum over what it watches: it grows when any of it does.
func (e *epoll) Changes() uint64 {
	var n uint64
	for _, i := range e.items {
		n += i.file.Changes()
	}
	return n
}

func (c *call) epollCreate() (uint64, errno.Errno) {
	if int32(c.a[0]) <= 0 {
		return 0, errno.EINVAL
	}
	return c.makeEpoll(false)
}

func (c *call) epollCreate1() (uint64, errno.Errno) {
	if c.a[0]&^vfs.OCloseExec != 0 {
		return 0, errno.EINVAL
	}
	return c.makeEpoll(c.a[0] != 0)
}

func (c *call) makeEpoll(closeExec bool) (uint64, errno.Errno) {
	return c.install(c.k.cfg.Files.OpenSpecial("eventpoll", &epoll{}, 0), 0, closeExec)
}

// epollOf is the instance behind a descriptor.
func (c *call) epollOf(fd uint64) (*epoll, errno.Errno) {
	f, e := c.file(fd)
	if e != errno.OK {
		return nil, e
	}
	ep, ok := f.Special().(*epoll)
	if !ok {
		return nil, errno.EINVAL
	}
	return ep, errno.OK
}

func (c *call) epollCtl() (uint64, errno.Errno) {
	var b [epollEventSize]byte
	op := int32(c.a[1])
	if op != epollDel && !c.get(c.a[3], b[:]) {
		return 0, errno.EFAULT
	}
	f, e := c.file(c.a[2])
	if e != errno.OK {
		return 0, e
	}
	ep, e := c.epollOf(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case f.Mappable() || f.Node().IsDir():
		return 0, errno.EPERM // they are always ready: epoll does not take them
	}
	if nested, ok := f.Special().(*epoll); ok && (nested == ep || nested.watches(ep, 0)) {
		return 0, errno.ELOOP
	}
	events, data := binary.LittleEndian.Uint32(b[:]), binary.LittleEndian.Uint64(b[4:])
	ep.items = slices.DeleteFunc(ep.items, func(i *epollItem) bool { return i.file.Closed() })
	fd := int(int32(c.a[2]))
	at := slices.IndexFunc(ep.items, func(i *epollItem) bool { return i.fd == fd && i.file == f })
	switch {
	case op == epollAdd && at >= 0:
		return 0, errno.EEXIST
	case op == epollAdd:
		ep.items = append(ep.items, &epollItem{fd: fd, file: f, events: events &^ epollExclusive, data: data})
	case op != epollDel && op != epollMod:
		return 0, errno.EINVAL
	case at < 0:
		return 0, errno.ENOENT
	case op == epollDel:
		ep.items = slices.Delete(ep.items, at, at+1)
	default:
		ep.items[at] = &epollItem{fd: fd, file: f, events: events, data: data}
	}
	return 0, errno.OK
}

// watches reports whether e watches other, perhaps through further instances.
func (e *epoll) watches(other *epoll, depth int) bool {
	const deepest = 5 // EP_MAX_NESTS
	if depth > deepest {
		return true
	}
	return slices.ContainsFunc(e.items, func(i *epollItem) bool {
		nested, ok := i.file.Special().(*epoll)
		return ok && (nested == other || nested.watches(other, depth+1))
	})
}

func (c *call) epollWait() (uint64, errno.Errno) {
	ms := int64(int32(c.a[3]))
	return c.epollFor(uint64(max(ms, 0))*1e6, ms < 0)
}

func (c *call) epollPwait() (uint64, errno.Errno) {
	if e := c.maskDuring(c.a[4], c.a[5]); e != errno.OK {
		return 0, e
	}
	return c.epollWait()
}

func (c *call) epollPwait2() (uint64, errno.Errno) {
	ns, forever, e := c.masked(c.a[3], c.a[4], c.a[5])
	if e != errno.OK {
		return 0, e
	}
	return c.epollFor(ns, forever)
}

// epollFor reports up to a2 descriptors that are ready. The next call begins behind them, so that none
// starves.
func (c *call) epollFor(ns uint64, forever bool) (uint64, errno.Errno) {
	most := int32(c.a[2])
	ep, e := c.epollOf(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case most <= 0 || most > scratchSize/epollEventSize:
		return 0, errno.EINVAL
	case !inRange(c.a[1], uint64(most)*epollEventSize):
		return 0, errno.EFAULT
	}
	ready := func() bool { in, _ := ep.Ready(); return in }
	return c.await(ready, func() (uint64, errno.Errno) {
		var out []byte
		var told, rest []*epollItem
		for _, i := range ep.items {
			due := i.due()
			if due == 0 || len(told) == int(most) {
				rest = append(rest, i)
				continue
			}
			out = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(out, due), i.data)
			i.told, i.disabled = i.file.Changes()+1, i.events&epollOneShot != 0
			told = append(told, i)
		}
		ep.items = slices.Concat(rest, told)
		return c.result(uint64(len(told)), c.put(c.a[1], out))
	}, ns, forever)
}
