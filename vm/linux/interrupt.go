package linux

import "slices"

// A turn does not last when a time comes that somebody waits for: the clock interrupts the task that runs,
// timers expire, and a sleeper whose time is over runs at once. The machine asks Due how long it can let a
// task run, and then calls Interrupt.

// never is a time that does not come.
const never = ^uint64(0)

// Due says how long the running task can go on before Interrupt is to be called: until the machine's clock
// shows at, or it has run for another ran ns. Sleepers whose time was over at the last Interrupt wait for
// their turn, and do not count.
func (k *Kernel) Due() (at, ran uint64) {
	if !k.dueKnown {
		k.due, k.dueKnown = k.nextTime(), true
	}
	ran = never
	for _, t := range k.timers {
		if t.ran != nil {
			ran = min(ran, t.at-min(t.at, t.ran()))
		}
	}
	return k.due, ran
}

// nextTime is the first time of the machine's clock that a timer or a sleeper waits for.
func (k *Kernel) nextTime() uint64 {
	next := never
	for _, t := range k.timers {
		if t.ran == nil {
			next = min(next, t.at)
		}
	}
	for _, t := range k.ring {
		if w := t.waiting; w != nil && w.timed && w.until > k.looked {
			next = min(next, w.until)
		}
	}
	return next
}

// Interrupt does what has become due while t ran, and returns the task that runs next: the first behind t
// that has slept until now, or else t, which has dealt with its signals and may not be Runnable any more.
// Where memory has to be there before a task runs (Config.Admit), sleepers wait for their turn.
func (k *Kernel) Interrupt(t *Task) (*Task, error) {
	k.fatal = nil
	k.ringTimers()
	now := k.cfg.Clock.Now()
	k.looked, k.dueKnown = now, false
	if k.cfg.Admit == nil {
		behind, before := k.sleeping(t)
		for _, s := range slices.Concat(behind, before) {
			k.current = s // signalfd asks whose signals count
			if s.ended || s.waiting == nil || !s.ready(now) {
				continue
			}
			k.wake(s)
			if k.fatal != nil || s.Runnable() {
				return s, k.fatal
			}
		}
	}
	return t, k.Resume(t)
}

// sleeping are the tasks that sleep, behind t and before it.
func (k *Kernel) sleeping(t *Task) (behind, before []*Task) {
	for _, s := range k.ring {
		switch {
		case s.waiting == nil:
		case s.number > t.number:
			behind = append(behind, s)
		default:
			before = append(before, s)
		}
	}
	return behind, before
}

// Resume lets t, whose turn was interrupted, deal with the signals that have come since. It may not be
// Runnable then.
func (k *Kernel) Resume(t *Task) error {
	k.fatal = nil
	if !t.ended {
		k.wake(t)
	}
	return k.fatal
}
