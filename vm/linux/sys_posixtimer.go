package linux

import (
	"encoding/binary"
	"slices"

	"memlab/vm/linux/errno"
)

// timer_create and its kin.

func timerCalls() handlers {
	return handlers{
		"timer_create":     {3, (*call).timerCreate},
		"timer_settime":    {4, (*call).timerSettime},
		"timer_gettime":    {2, (*call).timerGettime},
		"timer_getoverrun": {1, (*call).timerGetoverrun},
		"timer_delete":     {1, (*call).timerDelete},
		"timerfd_create":   {2, (*call).timerfdCreate},
		"timerfd_settime":  {4, (*call).timerfdSettime},
		"timerfd_gettime":  {2, (*call).timerfdGettime},
	}
}

// What a timer does when it is over (include/uapi/asm-generic/siginfo.h, SIGEV_), and how many a process has
// at most (RLIMIT_SIGPENDING of the default limits).
const (
	sigevSignal   = 0
	sigevNone     = 1
	sigevThread   = 2
	sigevThreadID = 4
	maxTimers     = 4096

	timerAbsolute = 1
)

// posixTimer is a timer of timer_create.
type posixTimer struct {
	timer

	id     int32
	clock  uint32
	notify int32
	sig    int
	value  uint64
	task   *Task // SIGEV_THREAD_ID: who gets the signal

	waiting bool   // its signal has been sent and not been taken yet
	missed  uint64 // expiries since that was sent
	overrun uint64 // expiries between the last signal's sending and its taking
}

// ringPosix sends a posix timer's signal, or counts that it came too early for another.
func (t *posixTimer) ring(n uint64) {
	p := t.owner
	switch {
	case t.notify == sigevNone || t.task != nil && t.task.ended:
	case t.waiting:
		t.missed += n
	default:
		i := sigInfo{sig: t.sig, code: siTimer, pid: t.id, value: t.value, timer: t}
		t.missed = n - 1
		t.waiting = p.send(t.task, i)
	}
}

func (t *posixTimer) isMoot() bool {
	return t.notify == sigevNone || t.waiting || t.owner.ignores(t.sig) && !t.owner.blocks(t.task, t.sig)
}

// taken settles how many expiries one signal stands for: DELAYTIMER_MAX at most.
func (t *posixTimer) taken() int32 {
	t.overrun, t.missed, t.waiting = min(t.missed, 1<<31-1), 0, false
	return int32(t.overrun)
}

// timeOf is the time that a clock goes by for timers; nil: the machine's.
func (c *call) timeOf(clock uint32) (ran func() uint64, e errno.Errno) {
	switch clock {
	case clockRealtime, clockMonotonic, clockBoottime, clockTAI:
		return nil, errno.OK
	case clockProcess:
		return c.k.runTime(c.p), errno.OK
	case clockThread:
		t := c.t
		return func() uint64 { return c.k.taskTime(t) }, errno.OK
	case clockMonotonicRaw, clockRealtimeCoarse, clockMonotonicCoarse:
		return nil, errno.EOPNOTSUPP
	}
	if p, t := c.clockOwner(clock); t != nil {
		return func() uint64 { return c.k.taskTime(t) }, errno.OK
	} else if p != nil {
		return c.k.runTime(p), errno.OK
	}
	return nil, errno.EINVAL
}

func (c *call) timerCreate() (uint64, errno.Errno) {
	clock := uint32(c.a[0])
	ran, e := c.timeOf(clock)
	if e != errno.OK {
		return 0, e
	}
	if len(c.p.timers) >= maxTimers {
		return 0, errno.EAGAIN
	}
	t := &posixTimer{clock: clock, sig: SIGALRM, id: c.p.nextTimer}
	t.value = uint64(t.id)
	t.owner, t.ran, t.expire, t.moot = c.p, ran, t.ring, t.isMoot
	if c.a[1] != 0 {
		if e := c.sigevent(t); e != errno.OK {
			return 0, e
		}
	}
	if !c.put32(c.a[2], uint32(t.id)) {
		return 0, errno.EFAULT
	}
	c.p.nextTimer++
	c.p.timers = append(c.p.timers, t)
	return 0, errno.OK
}

// sigevent reads a struct sigevent: value, signal, kind, thread.
func (c *call) sigevent(t *posixTimer) errno.Errno {
	var b [12]byte
	value, ok := c.getWord(c.a[1])
	if !ok || !c.get(c.a[1]+uint64(c.word), b[:]) {
		return errno.EFAULT
	}
	t.value = value
	t.sig = int(int32(binary.LittleEndian.Uint32(b[0:])))
	t.notify = int32(binary.LittleEndian.Uint32(b[4:]))
	tid := int32(binary.LittleEndian.Uint32(b[8:]))
	switch t.notify {
	case sigevNone:
		return errno.OK
	case sigevSignal, sigevThread:
	case sigevThreadID, sigevThreadID | sigevThread:
		t.task = c.k.task(tid)
		if t.task == nil || t.task.Process != c.p {
			return errno.EINVAL
		}
	default:
		return errno.EINVAL
	}
	if t.sig <= 0 || t.sig > lastSignal {
		return errno.EINVAL
	}
	return errno.OK
}

func (c *call) timerOf(id uint64) (*posixTimer, errno.Errno) {
	i := slices.IndexFunc(c.p.timers, func(t *posixTimer) bool { return t.id == int32(id) })
	if i < 0 {
		return nil, errno.EINVAL
	}
	return c.p.timers[i], errno.OK
}

// putTimer writes what is left of a timer and its interval: a struct itimerspec.
func (c *call) putTimer(va, left, interval uint64) bool {
	return c.putWords(va, interval/1e9, interval%1e9, left/1e9, left%1e9)
}

// setting reads a struct itimerspec: at 0 disarms.
func (c *call) setting(
	t *timer, clock uint32, absolute bool, va uint64,
) (at, interval uint64, e errno.Errno) {
	if interval, e = c.timespec(va); e != errno.OK {
		return 0, 0, e
	}
	value, e := c.timespec(va + 2*uint64(c.word))
	switch {
	case e != errno.OK || value == 0:
		return 0, interval, e
	case !absolute:
		return min(t.now(c.k)+min(value, farFuture), farFuture), interval, errno.OK
	case clock == clockRealtime || clock == clockTAI:
		value -= min(value, uint64(c.k.cfg.Epoch)*1e9)
	}
	return max(value, 1), interval, errno.OK
}

// settime sets t as its second and third argument say, and tells in the fourth what it was; anew forgets
// how often it has run out.
func (c *call) settime(t *timer, clock uint32, anew func()) (uint64, errno.Errno) {
	at, interval, e := c.setting(t, clock, c.a[1]&timerAbsolute != 0, c.a[2])
	if e != errno.OK {
		return 0, e
	}
	left, was := t.left(c.k), t.interval
	c.k.setTimer(t, at, interval)
	anew()
	return c.result(0, c.a[3] == 0 || c.putTimer(c.a[3], left, was))
}

func (c *call) timerSettime() (uint64, errno.Errno) {
	t, e := c.timerOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return c.settime(&t.timer, t.clock, func() { t.missed, t.overrun = 0, 0 })
}

func (c *call) timerGettime() (uint64, errno.Errno) {
	t, e := c.timerOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	c.k.ringTimers()
	return c.result(0, c.putTimer(c.a[1], t.left(c.k), t.interval))
}

func (c *call) timerGetoverrun() (uint64, errno.Errno) {
	t, e := c.timerOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return t.overrun, errno.OK
}

func (c *call) timerDelete() (uint64, errno.Errno) {
	t, e := c.timerOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	c.k.setTimer(&t.timer, 0, 0)
	c.p.timers = slices.DeleteFunc(c.p.timers, func(o *posixTimer) bool { return o == t })
	return 0, errno.OK
}
