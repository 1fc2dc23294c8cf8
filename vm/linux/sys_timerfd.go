package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// timerFD is a timer whose expiries are read from a descriptor.
type timerFD struct {
	timer

	k       *Kernel
	clock   uint32
	count   uint64 // expiries that nobody has read
	changes uint64
}

// ReadAt takes the count.
func (f *timerFD) ReadAt(b []byte, _ int64) (int, errno.Errno) {
	f.k.ringTimers()
	switch {
	case len(b) < 8:
		return 0, errno.EINVAL
	case f.count == 0:
		return 0, errno.EAGAIN
	}
	binary.LittleEndian.PutUint64(b, f.count)
	f.count = 0
	f.changes++
	return 8, errno.OK
}

// WriteAt fails: a timer is not written to.
func (f *timerFD) WriteAt([]byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// Ready reports whether the timer has expired.
func (f *timerFD) Ready() (in, out bool) { return f.count > 0, false }

// Changes counts expiries and reads.
func (f *timerFD) Changes() uint64 { return f.changes }

// Close stops the timer.
func (f *timerFD) Close() { f.k.setTimer(&f.timer, 0, 0) }

func (c *call) timerfdCreate() (uint64, errno.Errno) {
	clock, flags := uint32(c.a[0]), uint32(c.a[1])
	switch {
	case flags&^(vfs.OCloseExec|vfs.ONonBlock) != 0:
		return 0, errno.EINVAL
	case clock == clockRealtimeAlarm || clock == clockBoottimeAlarm:
		return 0, errno.EPERM // waking a machine up takes rights
	case clock != clockRealtime && clock != clockMonotonic && clock != clockBoottime:
		return 0, errno.EINVAL
	}
	f := &timerFD{k: c.k, clock: clock}
	f.expire = func(n uint64) {
		f.count += n
		f.changes++
	}
	f.moot = func() bool { return f.count > 0 }
	file := c.k.cfg.Files.OpenSpecial("timerfd", f, flags&vfs.ONonBlock)
	return c.install(file, 0, flags&vfs.OCloseExec != 0)
}

func (c *call) timerfdOf(fd uint64) (*timerFD, errno.Errno) {
	f, e := c.file(fd)
	if e != errno.OK {
		return nil, e
	}
	t, ok := f.Special().(*timerFD)
	if !ok {
		return nil, errno.EINVAL
	}
	c.k.ringTimers()
	return t, errno.OK
}

func (c *call) timerfdSettime() (uint64, errno.Errno) {
	const cancelOnSet = 2
	if c.a[1]&^(timerAbsolute|cancelOnSet) != 0 {
		return 0, errno.EINVAL
	}
	t, e := c.timerfdOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return c.settime(&t.timer, t.clock, func() {
		t.count = 0
		t.changes++
	})
}

func (c *call) timerfdGettime() (uint64, errno.Errno) {
	t, e := c.timerfdOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return c.result(0, c.putTimer(c.a[1], t.left(c.k), t.interval))
}
