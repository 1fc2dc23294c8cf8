package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// eventFD is eventfd(2)'s counter.
type eventFD struct {
	count     uint64
	semaphore bool
	changes   uint64
}

// maxEvent is the most that the counter holds.
const maxEvent = ^uint64(0) - 1

// ReadAt takes the counter, or 1 of a semaphore.
func (f *eventFD) ReadAt(b []byte, _ int64) (int, errno.Errno) {
	switch {
	case len(b) < 8:
		return 0, errno.EINVAL
	case f.count == 0:
		return 0, errno.EAGAIN
	}
	n := f.count
	if f.semaphore {
		n = 1
	}
	f.count -= n
	f.changes++
	binary.LittleEndian.PutUint64(b, n)
	return 8, errno.OK
}

// WriteAt adds to the counter.
func (f *eventFD) WriteAt(b []byte, _ int64) (int, errno.Errno) {
	if len(b) < 8 {
		return 0, errno.EINVAL
	}
	n := binary.LittleEndian.Uint64(b)
	switch {
	case n > maxEvent:
		return 0, errno.EINVAL
	case n > maxEvent-f.count:
		return 0, errno.EAGAIN
	}
	f.count += n
	f.changes++
	return 8, errno.OK
}

// Ready is what poll says.
func (f *eventFD) Ready() (in, out bool) { return f.count > 0, f.count < maxEvent }

// Changes counts reads and writes.
func (f *eventFD) Changes() uint64 { return f.changes }

func (c *call) eventfd() (uint64, errno.Errno) { return c.makeEvent(0) }

func (c *call) eventfd2() (uint64, errno.Errno) { return c.makeEvent(uint32(c.a[1])) }

func (c *call) makeEvent(flags uint32) (uint64, errno.Errno) {
	const semaphore = 1
	if flags&^(semaphore|vfs.OCloseExec|vfs.ONonBlock) != 0 {
		return 0, errno.EINVAL
	}
	e := &eventFD{count: uint64(uint32(c.a[0])), semaphore: flags&semaphore != 0}
	f := c.k.cfg.Files.OpenSpecial("eventfd", e, flags&vfs.ONonBlock)
	return c.install(f, 0, flags&vfs.OCloseExec != 0)
}
