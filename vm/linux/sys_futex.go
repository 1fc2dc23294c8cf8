package linux

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm/linux/errno"
)

// The operations of futex(2).
const (
	futexWait       = 0
	futexWake       = 1
	futexRequeue    = 3
	futexCmpRequeue = 4
	futexWakeOp     = 5
	futexWaitBitset = 9
	futexWakeBitset = 10

	futexLockPI        = 6
	futexUnlockPI      = 7
	futexTryLockPI     = 8
	futexWaitRequeuePI = 11
	futexCmpRequeuePI  = 12
	futexLockPI2       = 13

	futexPrivate       = 128
	futexClockRealtime = 256
)

// sleeper is a task that waits at a futex.
type sleeper struct {
	at     futexKey
	bits   uint32
	awoken bool
	others []*sleeper // of a wait at several futexes: all of them

	// Of a lock with priority inheritance (sys_futex_pi.go).
	pi     bool     // it waits to own the word at va
	lock   futexKey // where it is to be moved to, and to own the word at va
	va     uint64
	c      *call       // its own
	result errno.Errno // of the call
}

// gone reports whether it has been woken already, here or at another futex.
func (s *sleeper) gone() bool {
	for _, o := range s.others {
		if o.awoken {
			return true
		}
	}
	return s.awoken
}

// futexKey is what a futex is known by: an address in an address space, or an offset in shared memory.
type futexKey struct {
	in any // Space, or the identity of a file or object (area.Area.Backing)
	at uint64
}

// futexAt is the key of the futex at va. One that is private to the process is not looked for in shared
// memory.
func (c *call) futexAt(va uint64, private bool) futexKey {
	if !private {
		for _, a := range c.p.Space.Areas() {
			if a.Flags&area.Shared != 0 && a.Start <= addr.VAddr(va) && addr.VAddr(va) < a.End {
				return futexKey{a.Backing(), a.Offset + va - uint64(a.Start)}
			}
		}
	}
	return futexKey{c.p.Space, va}
}

func (c *call) futex() (uint64, errno.Errno) {
	op := uint32(c.a[1]) &^ futexPrivate
	switch op &^ futexClockRealtime {
	case futexWait, futexWaitBitset:
		return c.futexWait(op)
	case futexWake, futexWakeBitset, futexRequeue, futexCmpRequeue, futexWakeOp:
		return c.futexWake(op)
	case futexLockPI:
		return c.lockPI(false, true)
	case futexLockPI2:
		return c.lockPI(false, op&futexClockRealtime != 0)
	case futexTryLockPI:
		c.a[3] = 0
		return c.lockPI(true, false)
	case futexUnlockPI:
		return c.unlockPI()
	case futexWaitRequeuePI:
		return c.waitRequeuePI(op&futexClockRealtime != 0)
	case futexCmpRequeuePI:
		return c.cmpRequeuePI()
	}
	return 0, errno.ENOSYS
}

func (c *call) futexWake(op uint32) (uint64, errno.Errno) {
	two := op == futexRequeue || op == futexCmpRequeue || op == futexWakeOp
	switch {
	case op&futexClockRealtime != 0:
		return 0, errno.ENOSYS
	case c.a[0]%4 != 0, op == futexWakeBitset && uint32(c.a[5]) == 0, two && c.a[4]%4 != 0:
		return 0, errno.EINVAL
	case !inRange(c.a[0], 4) || two && !inRange(c.a[4], 4):
		return 0, errno.EFAULT
	case two && int32(c.a[2]) < 0 && op != futexWakeOp, two && int32(c.a[3]) < 0:
		return 0, errno.EINVAL
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
	private := c.a[1]&futexPrivate != 0
	first := c.futexAt(c.a[0], private)
	bits := ^uint32(0)
	// Of 0, too, one is woken (kernel/futex/waitwake.c, futex_wake: ++ret >= nr_wake).
	count := max(int32(c.a[2]), 1)
	switch op {
	case futexWakeBitset:
		bits = uint32(c.a[5])
	case futexWakeOp:
		return c.futexWakeOp(count)
	case futexRequeue, futexCmpRequeue:
		woken := c.k.wakeFutex(first, bits, int32(c.a[2]))
		moved := c.k.moveFutex(first, c.futexAt(c.a[4], private), int32(c.a[3]))
		if op == futexRequeue {
			return uint64(woken), errno.OK
		}
		return uint64(woken + moved), errno.OK
	}
	return uint64(c.k.wakeFutex(first, bits, count)), errno.OK
}

// futexWakeOp changes the second word, wakes at the first and, if the second was as asked, there too.
func (c *call) futexWakeOp(count int32) (uint64, errno.Errno) {
	code, private := uint32(c.a[5]), c.a[1]&futexPrivate != 0
	op, cmp := code>>28&7, code>>24&15
	arg, other := uint32(int32(code<<8)>>20), uint32(int32(code<<20)>>20)
	if code>>31 != 0 {
		arg = 1 << (arg & 31)
	}
	old, ok := c.get32(c.a[4])
	if !ok {
		return 0, errno.EFAULT
	}
	if op > 4 || cmp > 5 {
		return 0, errno.ENOSYS
	}
	fresh := [...]uint32{arg, old + arg, old | arg, old &^ arg, old ^ arg}[op]
	if !c.put32(c.a[4], fresh) {
		return 0, errno.EFAULT
	}
	woken := c.k.wakeFutex(c.futexAt(c.a[0], private), ^uint32(0), count)
	a, b := int32(old), int32(other)
	if [...]bool{a == b, a != b, a < b, a <= b, a > b, a >= b}[cmp] {
		woken += c.k.wakeFutex(c.futexAt(c.a[4], private), ^uint32(0), max(int32(c.a[3]), 1))
	}
	return uint64(woken), errno.OK
}

// wakeFutex wakes up to n sleepers, the one that has slept longest first.
func (k *Kernel) wakeFutex(at futexKey, bits uint32, n int32) (woken int32) {
	kept := k.sleepers[:0]
	for _, s := range k.sleepers {
		if woken < n && s.at == at && s.bits&bits != 0 && !s.pi && !s.gone() {
			s.awoken = true
			woken++
			continue
		}
		kept = append(kept, s)
	}
	clear(k.sleepers[len(kept):])
	k.sleepers = kept
	return woken
}

// moveFutex makes up to n sleepers wait elsewhere.
func (k *Kernel) moveFutex(from, to futexKey, n int32) (moved int32) {
	for _, s := range k.sleepers {
		if moved < n && s.at == from && !s.pi {
			s.at = to
			moved++
		}
	}
	return moved
}

// forgetSleeper takes one out whose wait has ended otherwise.
func (k *Kernel) forgetSleeper(s *sleeper) {
	for i := range k.sleepers {
		if k.sleepers[i] == s {
			k.sleepers = append(k.sleepers[:i], k.sleepers[i+1:]...)
			return
		}
	}
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
	bits := ^uint32(0)
	bitset := op&^futexClockRealtime == futexWaitBitset
	if bitset {
		bits = uint32(c.a[5])
	}
	if c.a[0]%4 != 0 || bits == 0 {
		return 0, errno.EINVAL
	}
	v, ok := c.get32(c.a[0])
	expected := uint32(c.a[2])
	switch {
	case !ok:
		return 0, errno.EFAULT
	case v != expected:
		return 0, errno.EAGAIN
	}
	if bitset && c.a[3] != 0 { // an absolute time
		now := c.k.cfg.Clock.Now()
		if op&futexClockRealtime != 0 {
			now = uint64(c.k.realtime())
		}
		until -= min(until, now)
	}
	s := &sleeper{at: c.futexAt(c.a[0], c.a[1]&futexPrivate != 0), bits: bits}
	c.k.sleepers = append(c.k.sleepers, s)
	return c.block(wait{
		what: "nobody can wake it", ready: func() bool { return s.awoken },
		timed: c.a[3] != 0, until: c.k.after(until), restart: c.a[3] == 0,
		undo: func() { c.k.forgetSleeper(s) },
		done: func(timedOut bool) (uint64, errno.Errno) {
			if !timedOut {
				return 0, errno.OK
			}
			c.k.forgetSleeper(s)
			return 0, errno.ETIMEDOUT
		},
	})
}
