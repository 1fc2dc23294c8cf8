package linux

import "memlab/vm/linux/errno"

// alarm and setitimer: one timer a process, of simulated time. That of the time in which the process runs
// (ITIMER_VIRTUAL, ITIMER_PROF) is not there: its expiry would have to interrupt a running program.

// alarmTimer is a process's ITIMER_REAL.
type alarmTimer struct {
	at       uint64 // of Clock; 0: not set
	interval uint64
}

// ringAlarms sends the SIGALRM of every timer that is due, and reports when the next one will be; 0: none is
// set.
func (k *Kernel) ringAlarms(now uint64) (next uint64) {
	for _, t := range k.ring {
		p := t.Process
		if p.alarm.at == 0 || t != firstLiving(p) {
			continue
		}
		if p.alarm.at <= now {
			p.send(nil, sigInfo{sig: SIGALRM, code: siKernel})
			p.alarm.at = 0
			if p.alarm.interval > 0 {
				p.alarm.at = now + p.alarm.interval
			}
		}
		if at := p.alarm.at; at != 0 && (next == 0 || at < next) {
			next = at
		}
	}
	return next
}

// firstLiving is the first of p's tasks that has not ended.
func firstLiving(p *Process) *Task {
	for _, t := range p.Tasks {
		if !t.ended {
			return t
		}
	}
	return nil
}

// setAlarm sets the timer and returns what was left of it.
func (c *call) setAlarm(after, interval uint64) (left, was uint64) {
	now := c.k.cfg.Clock.Now()
	a := &c.p.alarm
	left, was = a.at-min(a.at, now), a.interval
	if a.at != 0 && left == 0 {
		left = 1
	}
	*a = alarmTimer{}
	if after != 0 {
		*a = alarmTimer{c.k.after(after), interval}
	}
	return left, was
}

func (c *call) alarm() (uint64, errno.Errno) {
	left, _ := c.setAlarm(uint64(uint32(c.a[0]))*1e9, 0)
	seconds := (left + 5e8) / 1e9
	if left > 0 && seconds == 0 {
		seconds = 1
	}
	return seconds, errno.OK
}

// timeval reads seconds and microseconds.
func timeval(s, us uint64) (uint64, errno.Errno) {
	if int64(s) < 0 || us >= 1e6 {
		return 0, errno.EINVAL
	}
	return min(s, farFuture/1_000_000_000)*1e9 + us*1e3, errno.OK
}

func (c *call) setitimer() (uint64, errno.Errno) {
	const timers = 3
	if c.a[0] >= timers {
		return 0, errno.EINVAL
	}
	if c.a[0] != 0 {
		return 0, c.lacking()
	}
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
	left, was := c.setAlarm(after, interval)
	return c.result(0, c.a[2] == 0 || c.putItimer(c.a[2], left, was))
}

func (c *call) getitimer() (uint64, errno.Errno) {
	if c.a[0] != 0 {
		return 0, c.lacking()
	}
	now := c.k.cfg.Clock.Now()
	return c.result(0, c.putItimer(c.a[1], c.p.alarm.at-min(c.p.alarm.at, now), c.p.alarm.interval))
}

func (c *call) putItimer(va, left, interval uint64) bool {
	return c.putWords(va, interval/1e9, interval%1e9/1e3, left/1e9, left%1e9/1e3)
}
