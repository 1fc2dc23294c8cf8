package linux

import (
	"encoding/binary"
	"math"
	"slices"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has locks on files: record locks of processes (POSIX), of open files (OFD), and flock(2), which
// locks
// a file as a whole (fs/locks.c). All are advisory: only those who ask for locks respect them.

// fileLock is a lock that is held.
type fileLock struct {
	owner      any // whose it is: *FDTable of a process's record locks, *vfs.File of the others
	pid        int32
	write      bool
	start, end int64 // bytes; end is behind the last
}

// fileLocks are the locks on one file. Record locks and flock's do not see each other.
type fileLocks struct{ records, whole []fileLock }

// lockTable is the locks on all files, by vfs.Node.Identity, and who waits for whom.
type lockTable struct {
	files map[any]*fileLocks
	waits map[any]any
}

func newLockTable() lockTable { return lockTable{map[any]*fileLocks{}, map[any]any{}} }

// on are the locks on a file.
func (t *lockTable) on(n *vfs.Node) *fileLocks {
	key := n.Identity()
	l := t.files[key]
	if l == nil {
		l = &fileLocks{}
		t.files[key] = l
	}
	return l
}

// conflict is the first lock in list that stands in the way of l.
func conflict(list []fileLock, l fileLock) *fileLock {
	for i := range list {
		if o := &list[i]; o.owner != l.owner && (o.write || l.write) && o.start < l.end && l.start < o.end {
			return o
		}
	}
	return nil
}

// apply gives l's owner the lock l, or with unlock takes from it what it has there.
func apply(list []fileLock, l fileLock, unlock bool) []fileLock {
	var out []fileLock
	for _, o := range list {
		if o.owner != l.owner || o.end <= l.start || l.end <= o.start {
			out = append(out, o)
			continue
		}
		before, after := o, o
		before.end, after.start = l.start, l.end
		if before.start < before.end {
			out = append(out, before)
		}
		if after.start < after.end {
			out = append(out, after)
		}
	}
	if !unlock {
		out = append(out, l)
	}
	return out
}

// forget drops the locks of owner on a file; nil: on all files.
func (t *lockTable) forget(owner any, n *vfs.Node) {
	gone := func(l fileLock) bool { return l.owner == owner }
	for key, l := range t.files { // the order does not matter: each is judged alone
		if n == nil || n.Identity() == key {
			l.records, l.whole = slices.DeleteFunc(l.records, gone), slices.DeleteFunc(l.whole, gone)
			if len(l.records)+len(l.whole) == 0 {
				delete(t.files, key)
			}
		}
	}
}

// closed is called when a descriptor of f has been closed in t: a process loses its record locks on a file
// with
// any descriptor of it, an open file its own with the last.
func (k *Kernel) closed(t *FDTable, f *vfs.File) {
	if len(k.locks.files) == 0 {
		return
	}
	k.locks.forget(t, f.Node())
	if f.Closed() {
		k.locks.forget(f, nil)
	}
}

// deadlock reports whether waiting for other would never end, because other waits for owner.
func (t *lockTable) deadlock(owner, other any) bool {
	for range len(t.waits) + 1 {
		if other == owner {
			return true
		}
		if other = t.waits[other]; other == nil {
			return false
		}
	}
	return false
}

// acquire gets l, one of list's kind, at once or after waiting.
func (c *call) acquire(list *[]fileLock, l fileLock, waits bool, failed errno.Errno) (uint64, errno.Errno) {
	t := &c.k.locks
	other := conflict(*list, l)
	switch {
	case other == nil:
		*list = apply(*list, l, false)
		return 0, errno.OK
	case !waits:
		return 0, failed
	case t.deadlock(l.owner, other.owner):
		return 0, errno.EDEADLK
	}
	t.waits[l.owner] = other.owner
	done := func() { delete(t.waits, l.owner) }
	return c.block(wait{
		what: "the holder of the lock does not release it", restart: true, undo: done,
		ready: func() bool { return conflict(*list, l) == nil },
		done: func(bool) (uint64, errno.Errno) {
			done()
			return c.acquire(list, l, waits, failed)
		},
	})
}

func (c *call) flock() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	const shared, exclusive, nonBlock, unlock = 1, 2, 4, 8
	op := c.a[1] &^ nonBlock
	if op != shared && op != exclusive && op != unlock {
		return 0, errno.EINVAL
	}
	list := &c.k.locks.on(f.Node()).whole
	l := fileLock{owner: f, pid: c.p.PID, write: op == exclusive, end: math.MaxInt64}
	if op == unlock {
		*list = apply(*list, l, true)
		return 0, errno.OK
	}
	if conflict(*list, l) != nil { // what is held is given up before waiting (flock_lock_inode)
		*list = apply(*list, l, true)
	}
	return c.acquire(list, l, c.a[1]&nonBlock == 0, errno.EAGAIN)
}

// record is struct flock: type, whence, start, length, process; i386 has it with 32-bit offsets, or
// unaligned.
type record struct {
	kind, whence  uint16
	start, length int64
	pid           int32
}

func (c *call) getRecord() (r record, b []byte, ok bool) {
	b = make([]byte, c.flockSize())
	if !c.get(c.a[2], b) {
		return r, b, false
	}
	le := binary.LittleEndian
	r.kind, r.whence = le.Uint16(b), le.Uint16(b[2:])
	switch len(b) {
	case 32:
		r.start, r.length, r.pid = int64(le.Uint64(b[8:])), int64(le.Uint64(b[16:])),
			int32(le.Uint32(b[24:]))
	case 24:
		r.start, r.length, r.pid = int64(le.Uint64(b[4:])), int64(le.Uint64(b[12:])),
			int32(le.Uint32(b[20:]))
	default:
		r.start, r.length = int64(int32(le.Uint32(b[4:]))), int64(int32(le.Uint32(b[8:])))
		r.pid = int32(le.Uint32(b[12:]))
	}
	return r, b, true
}

func (c *call) putRecord(r record, b []byte) bool {
	le := binary.LittleEndian
	le.PutUint16(b, r.kind)
	le.PutUint16(b[2:], r.whence)
	switch len(b) {
	case 32:
		le.PutUint64(b[8:], uint64(r.start))
		le.PutUint64(b[16:], uint64(r.length))
		le.PutUint32(b[24:], uint32(r.pid))
	case 24:
		le.PutUint64(b[4:], uint64(r.start))
		le.PutUint64(b[12:], uint64(r.length))
		le.PutUint32(b[20:], uint32(r.pid))
	default:
		le.PutUint32(b[4:], uint32(r.start))
		le.PutUint32(b[8:], uint32(r.length))
		le.PutUint32(b[12:], uint32(r.pid))
	}
	return c.put(c.a[2], b)
}

// span is the bytes that r means (fs/locks.c, flock64_to_posix_lock).
func (r *record) span(f *vfs.File) (start, end int64, e errno.Errno) {
	switch r.whence {
	case vfs.SeekSet:
	case vfs.SeekCur:
		start = f.Position()
	case vfs.SeekEnd:
		start = f.Size()
	default:
		return 0, 0, errno.EINVAL
	}
	switch {
	case r.start > 0 && start > math.MaxInt64-r.start:
		return 0, 0, errno.EOVERFLOW
	case start+r.start < 0:
		return 0, 0, errno.EINVAL
	}
	start += r.start
	switch n := r.length; {
	case n == 0:
		return start, math.MaxInt64, errno.OK
	case n > 0 && start > math.MaxInt64-n:
		return 0, 0, errno.EOVERFLOW
	case n > 0:
		return start, start + n, errno.OK
	case start+n < 0:
		return 0, 0, errno.EINVAL
	default:
		return start + n, start, errno.OK
	}
}

// lock is fcntl's commands on record locks.
func (c *call) lock(cmd uint32, f *vfs.File) (uint64, errno.Errno) {
	const readLock, writeLock, unlock = 0, 1, 2
	r, b, ok := c.getRecord()
	if !ok {
		return 0, errno.EFAULT
	}
	l := fileLock{owner: c.p.Files, pid: c.p.PID, write: r.kind == writeLock}
	ofd := cmd >= fOFDGetLk && cmd <= fOFDSetLkW
	if ofd {
		if r.pid != 0 {
			return 0, errno.EINVAL
		}
		l.owner, l.pid = f, -1
		cmd -= fOFDGetLk - fGetLk
	}
	var e errno.Errno
	if l.start, l.end, e = r.span(f); e != errno.OK {
		return 0, e
	}
	list := &c.k.locks.on(f.Node()).records
	switch {
	case r.kind > unlock, cmd == fGetLk && r.kind == unlock && !ofd:
		return 0, errno.EINVAL
	case cmd == fGetLk:
		return c.result(0, c.tellConflict(r, conflict(*list, l), b))
	case r.kind == readLock && !f.CanRead(), r.kind == writeLock && !f.CanWrite():
		return 0, errno.EBADF
	case r.kind == unlock:
		*list = apply(*list, l, true)
		return 0, errno.OK
	}
	return c.acquire(list, l, cmd == fSetLkW, errno.EAGAIN)
}

// tellConflict is F_GETLK's answer: the lock in the way, or that there is none.
func (c *call) tellConflict(r record, other *fileLock, b []byte) bool {
	const readLock, writeLock, unlock = 0, 1, 2
	if other == nil {
		r.kind = unlock
		return c.putRecord(r, b)
	}
	r = record{kind: readLock, whence: vfs.SeekSet, start: other.start, pid: other.pid}
	if other.write {
		r.kind = writeLock
	}
	if other.end != math.MaxInt64 {
		r.length = other.end - other.start
	}
	return c.putRecord(r, b)
}
