package linux

import "memlab/vm/linux/errno"

// alarm and setitimer: three timers a process, of which one goes by the machine's clock and two by the time
// that the process has run.

// The timers of setitimer(2).
const (
	itimerReal    = 0
	itimerVirtual = 1
	itimerProf    = 2
	itimers       = 3
)

// itimer is one of p's interval timers.
func (k *Kernel) itimer(p *Process, which int) *timer {
	t := &p.itimers[which]
	if t.expire == nil {
		sig := [itimers]int{SIGALRM, SIGVTALRM, SIGPROF}[which]
		t.owner = p
		t.expire = func(uint64) { p.send(nil, sigInfo{sig: sig, code: siKernel}) }
		t.moot = func() bool { return p.pending.set().has(sig) || p.ignores(sig) && !p.blocks(nil, sig) }
		if which != itimerReal {
			t.ran = k.runTime(p)
		}
	}
	return t
}

// setItimer sets the timer and returns what was left of it.
func (c *call) setItimer(which int, after, interval uint64) (left, was uint64) {
	t := c.k.itimer(c.p, which)
	left, was = t.left(c.k), t.interval
	if t.at == 0 {
		was = 0
	}
	at := uint64(0)
	if after != 0 {
		at = min(t.now(c.k)+min(after, farFuture), farFuture)
	}
	c.k.setTimer(t, at, interval)
	return left, was
}

func (c *call) alarm() (uint64, errno.Errno) {
	left, _ := c.setItimer(itimerReal, uint64(uint32(c.a[0]))*1e9, 0)
	seconds := (left + 5e8) / 1e9
	if left > 0 && seconds == 0 {
		seconds = 1
	}
	return seconds, errno.OK
}

// timeval is seconds and microseconds in nanoseconds.
func timeval(s, us uint64) (uint64, errno.Errno) {
	if int64(s) < 0 || us >= 1e6 {
		return 0, errno.EINVAL
	}
	return min(s, farFuture/1_000_000_000)*1e9 + us*1e3, errno.OK
}

func (c *call) setitimer() (uint64, errno.Errno) {
	var w [4]uint64 // interval and value, each a struct timeval
	if c.a[1] != 0 && !c.getLongs(c.a[1], w[:]) {
		return 0, errno.EFAULT
	}
	interval, e := timeval(w[0], w[1])
	if e != errno.OK {
		return 0, e
	}
	after, e := timeval(w[2], w[3])
	if e != errno.OK {
		return 0, e
	}
	which := uint32(c.a[0])
	if which >= itimers {
		return 0, errno.EINVAL
	}
	left, was := c.setItimer(int(which), after, interval)
	return c.result(0, c.a[2] == 0 || c.putItimer(c.a[2], left, was))
}

func (c *call) getitimer() (uint64, errno.Errno) {
	which := uint32(c.a[0])
	if which >= itimers {
		return 0, errno.EINVAL
	}
	t := c.k.itimer(c.p, int(which))
	interval := t.interval
	if t.at == 0 {
		interval = 0
	}
	return c.result(0, c.putItimer(c.a[1], t.left(c.k), interval))
}

func (c *call) putItimer(va, left, interval uint64) bool {
	left += 999 // a timer that is set shows at least a microsecond
	return c.putWords(va, interval/1e9, interval%1e9/1e3, left/1e9, left%1e9/1e3)
}
