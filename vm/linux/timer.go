package linux

import "slices"

// timer is something that happens at a time, once or again and again. Those of the machine's clock wake
// sleepers; those of the time that a process has run can only be over while it runs.
type timer struct {
	owner    *Process      // it ends with it; nil: with its descriptor
	ran      func() uint64 // the time that it goes by, in ns; nil: the machine's
	at       uint64        // in that time; 0: not set
	interval uint64        // ns; 0: once
	expire   func(n uint64)

	// moot reports whether its end would change nothing that anybody could see: its signal waits already, or
	// is ignored. A machine in which all else sleeps does not wait for it.
	moot func() bool
}

// setTimer arms t; at 0 disarms it.
func (k *Kernel) setTimer(t *timer, at, interval uint64) {
	k.dropTimers(func(o *timer) bool { return o == t })
	k.dueKnown = false
	t.at, t.interval = at, interval
	if at != 0 {
		k.timers = append(k.timers, t)
	}
}

func (k *Kernel) dropTimers(which func(*timer) bool) { k.timers = slices.DeleteFunc(k.timers, which) }

// now is the timer's time.
func (t *timer) now(k *Kernel) uint64 {
	if t.ran != nil {
		return t.ran()
	}
	return k.cfg.Clock.Now()
}

// left is how long the timer has still to go; one that is set is never quite over.
func (t *timer) left(k *Kernel) uint64 {
	if t.at == 0 {
		return 0
	}
	return max(t.at-min(t.at, t.now(k)), 1)
}

// ringTimers lets every timer expire that is due, and reports when the machine's next one will be that
// matters; 0: none will.
func (k *Kernel) ringTimers() (next uint64) {
	for i := 0; i < len(k.timers); {
		t := k.timers[i]
		if now := t.now(k); t.at <= now {
			n := uint64(1)
			if t.interval > 0 {
				n += (now - t.at) / t.interval
				t.at += n * t.interval
			} else {
				t.at = 0
				k.timers = slices.Delete(k.timers, i, i+1)
				i--
			}
			t.expire(n)
		}
		if t.at != 0 && t.ran == nil && !t.moot() && (next == 0 || t.at < next) {
			next = t.at
		}
		i++
	}
	return next
}

// runTime is how long p has run, in ns.
func (k *Kernel) runTime(p *Process) func() uint64 {
	return func() uint64 { return p.used(k).User }
}

// taskTime is how long t has run, in ns.
func (k *Kernel) taskTime(t *Task) uint64 {
	if k.cfg.CPUTime == nil {
		return t.Process.used(k).User
	}
	return k.cfg.CPUTime(t.Insns)
}
