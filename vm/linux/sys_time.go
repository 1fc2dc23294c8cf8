package linux

import "memlab/vm/linux/errno"

// This file has the calls about time, all of it simulated.

// The clocks (include/uapi/linux/time.h).
const (
	clockRealtime        = 0
	clockMonotonic       = 1
	clockProcess         = 2
	clockThread          = 3
	clockMonotonicRaw    = 4
	clockRealtimeCoarse  = 5
	clockMonotonicCoarse = 6
	clockBoottime        = 7
	clockRealtimeAlarm   = 8
	clockBoottimeAlarm   = 9
	clockTAI             = 11
)

// farFuture bounds the simulated time, in nanoseconds since the start: 146 years, so that no sum overflows.
const farFuture = 1 << 62

func (k *Kernel) realtime() int64 { return k.cfg.Epoch*1e9 + int64(k.cfg.Clock.Now()) }

// clock reads a clock in nanoseconds.
func (c *call) clock(id uint64) (uint64, errno.Errno) {
	switch uint32(id) {
	case clockRealtime, clockRealtimeCoarse, clockTAI:
		return uint64(c.k.realtime()), errno.OK
	case clockMonotonic, clockMonotonicRaw, clockMonotonicCoarse, clockBoottime:
		return c.k.cfg.Clock.Now(), errno.OK
	case clockProcess:
		return c.p.used(c.k).User, errno.OK
	case clockThread:
		return c.k.taskTime(c.t), errno.OK
	}
	if p, t := c.clockOwner(uint32(id)); t != nil {
		return c.k.taskTime(t), errno.OK
	} else if p != nil {
		return p.used(c.k).User, errno.OK
	}
	return 0, errno.EINVAL
}

// clockOwner is the process or task whose running time a clock shows: its number, inverted, from bit 3 on,
// bit 2 for a task (include/linux/posix-timers_types.h).
func (c *call) clockOwner(id uint32) (*Process, *Task) {
	const task, kind = 4, 3
	if int32(id) >= 0 || id&kind == kind {
		return nil, nil
	}
	n := ^(int32(id) >> 3)
	if id&task != 0 {
		if n == 0 {
			return nil, c.t
		}
		if t := c.k.task(n); t != nil && t.Process == c.p {
			return nil, t
		}
		return nil, nil
	}
	return c.process(n), nil
}

// used is what p has used; without a counter handed in all time counts in which it did not sleep.
func (p *Process) used(k *Kernel) Usage {
	if p.usage != nil {
		return p.usage()
	}
	return Usage{User: k.cfg.Clock.Now() - k.idle}
}

func (c *call) clockGettime() (uint64, errno.Errno) {
	ns, e := c.clock(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return c.result(0, c.putWords(c.a[1], ns/1e9, ns%1e9))
}

// clockGetres: a coarse clock ticks 250 times a second.
func (c *call) clockGetres() (uint64, errno.Errno) {
	if _, e := c.clock(c.a[0]); e != errno.OK {
		return 0, e
	}
	tick := uint64(1)
	if id := uint32(c.a[0]); id == clockRealtimeCoarse || id == clockMonotonicCoarse {
		tick = 4e6
	}
	return c.result(0, c.a[1] == 0 || c.putWords(c.a[1], 0, tick))
}

func (c *call) gettimeofday() (uint64, errno.Errno) {
	ns := uint64(c.k.realtime())
	ok := c.a[0] == 0 || c.putWords(c.a[0], ns/1e9, ns%1e9/1e3)
	return c.result(0, ok && (c.a[1] == 0 || c.putWords(c.a[1], 0))) // struct timezone: two zero ints
}

func (c *call) time() (uint64, errno.Errno) {
	s := uint64(c.k.realtime() / 1e9)
	return c.result(s, c.a[0] == 0 || c.putWords(c.a[0], s))
}

// timespec reads a duration or point in time in nanoseconds, cut off at farFuture.
func (c *call) timespec(va uint64) (uint64, errno.Errno) {
	var w [2]uint64
	if !c.getLongs(va, w[:]) {
		return 0, errno.EFAULT
	}
	if int64(w[0]) < 0 || w[1] >= 1e9 {
		return 0, errno.EINVAL
	}
	return min(w[0], farFuture/1_000_000_000)*1e9 + w[1], errno.OK
}

// after is the time ns from now, at most farFuture.
func (k *Kernel) after(ns uint64) uint64 {
	return min(k.cfg.Clock.Now()+min(ns, farFuture), farFuture)
}

func (c *call) nanosleep() (uint64, errno.Errno) {
	ns, e := c.timespec(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return c.sleep(ns, c.a[1])
}

// sleep waits for ns; if a signal ends it the rest is written to left, unless that is 0.
func (c *call) sleep(ns, left uint64) (uint64, errno.Errno) {
	until := c.k.after(ns)
	return c.block(wait{
		timed: true, until: until,
		done: func(bool) (uint64, errno.Errno) { return 0, errno.OK },
		undo: func() {
			if rest := until - min(until, c.k.cfg.Clock.Now()); left != 0 && !c.t.ended {
				c.putWords(left, rest/1e9, rest%1e9) // a bad address goes unnoticed, as EINTR is the answer
			}
		},
	})
}

func (c *call) clockNanosleep() (uint64, errno.Errno) {
	const absolute = 1
	switch uint32(c.a[0]) {
	case clockRealtime, clockMonotonic, clockBoottime, clockTAI:
	case clockThread, clockMonotonicRaw, clockRealtimeCoarse, clockMonotonicCoarse:
		return 0, errno.EOPNOTSUPP
	case clockProcess:
		return c.block(wait{what: "its own processor time does not pass while it waits"})
	default:
		return 0, errno.EINVAL
	}
	ns, e := c.timespec(c.a[2])
	if e != errno.OK {
		return 0, e
	}
	if c.a[1]&absolute != 0 {
		now, _ := c.clock(c.a[0]) // one of the four above
		return c.sleep(ns-min(ns, now), 0)
	}
	return c.sleep(ns, c.a[3])
}

// times counts in hundredths of a second (AT_CLKTCK).
func (c *call) times() (uint64, errno.Errno) {
	const tick = 1e9 / 100
	user, children := c.p.used(c.k).User/tick, c.p.childUsage.User/tick
	return c.result(c.k.cfg.Clock.Now()/tick, c.a[0] == 0 || c.putWords(c.a[0], user, 0, children, 0))
}

func (c *call) getrusage() (uint64, errno.Errno) {
	const self, children, thread = 0, -1, 1
	var u Usage
	switch int32(c.a[0]) {
	case self:
		u = c.p.used(c.k)
	case thread:
		u = c.p.used(c.k)
		u.User = c.k.taskTime(c.t)
	case children:
		u = c.p.childUsage
	default:
		return 0, errno.EINVAL
	}
	return c.result(0, c.putUsage(c.a[1], u))
}

// putUsage writes a struct rusage.
func (c *call) putUsage(va uint64, u Usage) bool {
	words := [18]uint64{
		0: u.User / 1e9, 1: u.User % 1e9 / 1e3, // ru_utime; ru_stime is 0: the kernel's work is not simulated
		4: u.MaxRSS / 1024, 8: u.MinorFaults, 9: u.MajorFaults,
	}
	return c.putWords(va, words[:]...)
}
