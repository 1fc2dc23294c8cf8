package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// futex_waitv waits at several futexes at once; futex_wait, futex_wake and futex_requeue are the operations
// of futex(2) with flags that say how wide and how private a futex is (kernel/futex/syscalls.c).

func futexCalls() handlers {
	return handlers{
		"futex":         {6, (*call).futex},
		"futex_waitv":   {5, (*call).futexWaitv},
		"futex_wait":    {6, (*call).futex2Wait},
		"futex_wake":    {4, (*call).futex2Wake},
		"futex_requeue": {4, (*call).futex2Requeue},
	}
}

// The flags of a futex, and how many futex_waitv takes.
const (
	futex2Word   = 2 // FUTEX2_SIZE_U32
	futex2Wide   = 3 // the bits of the size
	futexMaxWait = 128
	futexvSize   = 24
)

// futexv is one struct futex_waitv.
type futexv struct {
	val, va uint64
	flags   uint32
}

func (c *call) futexv(va uint64) (f futexv, e errno.Errno) {
	var b [futexvSize]byte
	if !c.get(va, b[:]) {
		return f, errno.EFAULT
	}
	le := binary.LittleEndian
	f = futexv{le.Uint64(b[0:]), le.Uint64(b[8:]), le.Uint32(b[16:])}
	if le.Uint32(b[20:]) != 0 {
		return f, errno.EINVAL
	}
	return f, f.check()
}

// check looks at flags and address: words of 32 bits are all that Linux has so far.
func (f futexv) check() errno.Errno {
	switch {
	case f.flags&^(futex2Wide|futexPrivate) != 0, f.flags&futex2Wide != futex2Word,
		f.val>>32 != 0, f.va%4 != 0:
		return errno.EINVAL
	}
	return errno.OK
}

// futexUntil reads the point in time at which a wait ends; the clock is the machine's or that of the day.
func (c *call) futexUntil(va, clock uint64) (until uint64, timed bool, e errno.Errno) {
	if va == 0 {
		return 0, false, errno.OK
	}
	if id := uint32(clock); id != clockRealtime && id != clockMonotonic {
		return 0, false, errno.EINVAL
	}
	until, e = c.timespec(va)
	now, _ := c.clock(clock) // one of the two above
	return c.k.after(until - min(until, now)), true, e
}

func (c *call) futexWaitv() (uint64, errno.Errno) {
	n := uint64(uint32(c.a[1]))
	if c.a[2] != 0 || n == 0 || n > futexMaxWait || c.a[0] == 0 {
		return 0, errno.EINVAL
	}
	until, timed, e := c.futexUntil(c.a[3], c.a[4])
	if e != errno.OK {
		return 0, e
	}
	list := make([]futexv, n)
	for i := range list {
		if list[i], e = c.futexv(c.a[0] + uint64(i)*futexvSize); e != errno.OK {
			return 0, e
		}
	}
	return c.waitAny(list, ^uint32(0), until, timed)
}

// waitAny sleeps at all futexes of the list, and tells which one it was woken at.
func (c *call) waitAny(list []futexv, bits uint32, until uint64, timed bool) (uint64, errno.Errno) {
	for _, f := range list {
		v, ok := c.get32(f.va)
		switch {
		case !ok:
			return 0, errno.EFAULT
		case uint64(v) != f.val:
			return 0, errno.EAGAIN
		}
	}
	all := make([]*sleeper, len(list))
	woken := func() int {
		for i, s := range all {
			if s.awoken {
				return i
			}
		}
		return -1
	}
	for i, f := range list {
		all[i] = &sleeper{at: c.futexAt(f.va, f.flags&futexPrivate != 0), bits: bits, others: all}
		c.k.sleepers = append(c.k.sleepers, all[i])
	}
	forget := func() {
		for _, s := range all {
			c.k.forgetSleeper(s)
		}
	}
	return c.block(wait{
		what: "nobody can wake it", ready: func() bool { return woken() >= 0 },
		timed: timed, until: until, restart: !timed, undo: forget,
		done: func(timedOut bool) (uint64, errno.Errno) {
			forget()
			if timedOut {
				return 0, errno.ETIMEDOUT
			}
			return uint64(woken()), errno.OK
		},
	})
}

func (c *call) futex2Wait() (uint64, errno.Errno) {
	f := futexv{val: c.a[1], va: c.a[0], flags: uint32(c.a[3])}
	bits := uint32(c.a[2])
	if e := f.check(); e != errno.OK {
		return 0, e
	}
	if c.a[2]>>32 != 0 || bits == 0 {
		return 0, errno.EINVAL
	}
	until, timed, e := c.futexUntil(c.a[4], c.a[5])
	if e != errno.OK {
		return 0, e
	}
	return c.waitAny([]futexv{f}, bits, until, timed)
}

func (c *call) futex2Wake() (uint64, errno.Errno) {
	f := futexv{va: c.a[0], flags: uint32(c.a[3])}
	bits, n := uint32(c.a[1]), int32(c.a[2])
	switch e := f.check(); {
	case e != errno.OK:
		return 0, e
	case c.a[1]>>32 != 0 || bits == 0:
		return 0, errno.EINVAL
	case !inRange(f.va, 4):
		return 0, errno.EFAULT
	case n <= 0:
		return 0, errno.OK
	}
	return uint64(c.k.wakeFutex(c.futexAt(f.va, f.flags&futexPrivate != 0), bits, n)), errno.OK
}

func (c *call) futex2Requeue() (uint64, errno.Errno) {
	if c.a[1] != 0 || c.a[0] == 0 {
		return 0, errno.EINVAL
	}
	from, e := c.futexv(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	to, e := c.futexv(c.a[0] + futexvSize)
	wake, move := int32(c.a[2]), int32(c.a[3])
	v, ok := c.get32(from.va)
	switch {
	case e != errno.OK:
		return 0, e
	case wake < 0 || move < 0:
		return 0, errno.EINVAL
	case !ok:
		return 0, errno.EFAULT
	case uint64(v) != from.val:
		return 0, errno.EAGAIN
	}
	first := c.futexAt(from.va, from.flags&futexPrivate != 0)
	woken := c.k.wakeFutex(first, ^uint32(0), wake)
	return uint64(woken + c.k.moveFutex(first, c.futexAt(to.va, to.flags&futexPrivate != 0), move)), errno.OK
}
