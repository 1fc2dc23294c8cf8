package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// The events of poll(2).
const (
	pollIn   = 0x1
	pollOut  = 0x4
	pollErr  = 0x8
	pollHup  = 0x10
	pollNval = 0x20
	pollRDN  = 0x40
	pollWRN  = 0x100
	pollWRB  = 0x200

	pollRdHup = 0x2000
)

// neverReady is what people are told of a wait for descriptors that nothing can end.
const neverReady = "nobody can make one of the descriptors ready"

func (c *call) poll() (uint64, errno.Errno) {
	ms := int64(int32(c.a[2]))
	return c.pollFor(uint64(max(ms, 0))*1e6, ms < 0)
}

func (c *call) ppoll() (uint64, errno.Errno) {
	ns, forever, e := c.masked(c.a[2], c.a[3], c.a[4])
	if e != errno.OK {
		return 0, e
	}
	return c.pollFor(ns, forever)
}

// masked begins a call that waits for a time at most, with a signal mask of its own.
func (c *call) masked(time, mask, size uint64) (ns uint64, forever bool, e errno.Errno) {
	if ns, forever, e = c.patience(time); e == errno.OK {
		e = c.maskDuring(mask, size)
	}
	return ns, forever, e
}

// patience reads how long a call may wait: for ever if va is 0.
func (c *call) patience(va uint64) (ns uint64, forever bool, e errno.Errno) {
	if va == 0 {
		return 0, true, errno.OK
	}
	ns, e = c.timespec(va)
	return ns, false, e
}

// maskDuring sets the signal mask at va for the time of the call, unless va is 0.
func (c *call) maskDuring(va, size uint64) errno.Errno {
	if va == 0 {
		return errno.OK
	}
	if size != sigSetSize {
		return errno.EINVAL
	}
	v, ok := c.get64(va)
	if !ok {
		return errno.EFAULT
	}
	c.t.savedMask, c.t.restoreSaved = c.t.mask, true
	c.t.mask = SigSet(v) &^ unblockable()
	return errno.OK
}

// polled is one descriptor of a poll.
type polled struct {
	file *vfs.File // nil: none is open there
	skip bool      // a negative descriptor
	want uint16
}

func (p *polled) got() uint16 {
	switch {
	case p.skip:
		return 0
	case p.file == nil || p.file.IsPath():
		return pollNval
	}
	return readiness(p.file) & (p.want | pollErr | pollHup)
}

// pollFor looks at the descriptors until one is ready or the time is over.
func (c *call) pollFor(ns uint64, forever bool) (uint64, errno.Errno) {
	n := uint64(uint32(c.a[1]))
	if n > min(c.maxFD(), scratchSize/8) {
		return 0, errno.EINVAL
	}
	b := make([]byte, 8*n) // struct pollfd: fd, events, revents
	if !c.get(c.a[0], b) {
		return 0, errno.EFAULT
	}
	list := make([]polled, n)
	for i := range list {
		fd := int32(binary.LittleEndian.Uint32(b[8*i:]))
		list[i] = polled{c.p.Files.Get(int(fd)), fd < 0, binary.LittleEndian.Uint16(b[8*i+4:])}
	}
	answer := func() (uint64, errno.Errno) {
		var ready uint64
		for i := range list {
			got := list[i].got()
			binary.LittleEndian.PutUint16(b[8*i+6:], got)
			if got != 0 {
				ready++
			}
		}
		return c.result(ready, c.put(c.a[0], b))
	}
	return c.await(anyReady(list), answer, ns, forever)
}

func anyReady(list []polled) func() bool {
	return func() bool {
		for i := range list {
			if list[i].got() != 0 {
				return true
			}
		}
		return false
	}
}

// await gives the answer once ready, or when the time is over.
func (c *call) await(
	ready func() bool, answer func() (uint64, errno.Errno), ns uint64, forever bool,
) (uint64, errno.Errno) {
	if ready() || !forever && ns == 0 {
		return answer()
	}
	return c.block(wait{
		what: neverReady, ready: ready, timed: !forever, until: c.k.after(ns),
		done: func(bool) (uint64, errno.Errno) { return answer() },
	})
}

// poller is a Special that has more to say to poll than Ready.
type poller interface{ poll() uint16 }

// readiness is what poll says of an open file.
func readiness(f *vfs.File) uint16 {
	var v uint16
	if s, ok := f.Special().(poller); ok {
		return s.poll()
	}
	if s := f.Special(); s != nil {
		in, out := s.Ready()
		if in {
			v |= pollIn | pollRDN
		}
		if out {
			v |= pollOut | pollWRN
		}
		return v
	}
	n, pipe := f.Buffered()
	if f.CanRead() && (!pipe || n > 0) {
		v |= pollIn | pollRDN
	}
	if f.CanWrite() && (!pipe || n < 65536) {
		v |= pollOut | pollWRN
	}
	if pipe && f.HungUp() {
		v |= pollHup
		if f.CanWrite() {
			v = v&^pollHup | pollErr
		}
	}
	return v
}
