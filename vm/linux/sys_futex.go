package linux

import "memlab/vm/linux/errno"

// The operations of futex(2).
const (
	futexWait       = 0
	futexWake       = 1
	futexRequeue    = 3
	futexCmpRequeue = 4
	futexWaitBitset = 9
	futexWakeBitset = 10

	futexPrivate       = 128
	futexClockRealtime = 256
)

// futex with one task: nobody waits, so waking wakes nobody; and nobody can wake, so only time ends a wait.
func (c *call) futex() (uint64, errno.Errno) {
	op := uint32(c.a[1]) &^ futexPrivate
	switch op &^ futexClockRealtime {
	case futexWait, futexWaitBitset:
		return c.futexWait(op)
	case futexWake, futexWakeBitset, futexRequeue, futexCmpRequeue:
		return c.futexWake(op)
	}
	return 0, c.lacking() // priority inheritance, WAKE_OP
}

func (c *call) futexWake(op uint32) (uint64, errno.Errno) {
	switch {
	case op&futexClockRealtime != 0:
		return 0, errno.ENOSYS
	case c.a[0]%4 != 0, op == futexWakeBitset && uint32(c.a[5]) == 0:
		return 0, errno.EINVAL
	case !inRange(c.a[0], 4):
		return 0, errno.EFAULT
	}
	if op == futexCmpRequeue || c.a[1]&futexPrivate == 0 { // a shared one is known by its page
		v, ok := c.get32(c.a[0])
		expected := uint32(c.a[5])
		switch {
		case !ok:
			return 0, errno.EFAULT
		case op == futexCmpRequeue && v != expected:
			return 0, errno.EAGAIN
		}
	}
	return 0, errno.OK
}

func (c *call) futexWait(op uint32) (uint64, errno.Errno) {
	var until uint64
	if c.a[3] != 0 {
		var e errno.Errno
		if until, e = c.timespec(c.a[3]); e != errno.OK {
			return 0, e
		}
	}
	if op == futexWait|futexClockRealtime {
		return 0, errno.ENOSYS
	}
	bitset := op&^futexClockRealtime == futexWaitBitset
	if c.a[0]%4 != 0 || bitset && uint32(c.a[5]) == 0 {
		return 0, errno.EINVAL
	}
	v, ok := c.get32(c.a[0])
	expected := uint32(c.a[2])
	switch {
	case !ok:
		return 0, errno.EFAULT
	case v != expected:
		return 0, errno.EAGAIN
	case c.t.hasDeliverable():
		return 0, errno.EINTR
	case c.a[3] == 0:
		return c.deadlock("nobody else can wake it")
	}
	if bitset { // an absolute time
		now := c.k.cfg.Clock.Now()
		if op&futexClockRealtime != 0 {
			now = uint64(c.k.realtime())
		}
		until -= min(until, now)
	}
	c.sleep(until)
	return 0, errno.ETIMEDOUT
}
