package linux

import "slices"

// Next is the task that runs next: behind t in order of their making, and round again, the first that can
// run. It has dealt with its signals and with the call that it slept in. nil: every process has ended.
//
// When all tasks sleep and some of them for a time, the time passes at once. When nothing can end their
// sleep the error is a DeadlockError; once no process is left that was loaded by the machine's owner, the
// others are killed instead, as those of a container are.
func (k *Kernel) Next(t *Task) (*Task, error) {
	k.fatal = nil
	last := 0
	if t != nil {
		last = t.number
	}
	for {
		next, refused := k.admitted(last)
		if next == nil {
			if refused && k.cfg.Starved != nil && !k.Held() && k.cfg.Starved() {
				continue
			}
			if len(k.ring) == 0 {
				return nil, nil //nolint:nilnil // documented: nobody is left
			}
			if !k.passTime() && !k.abandon() {
				return nil, k.deadlocked()
			}
			continue
		}
		next.held = 0
		k.wake(next)
		if k.cfg.Worked != nil {
			k.cfg.Worked(next)
		}
		if k.fatal != nil {
			return nil, k.fatal
		}
		if next.Runnable() {
			return next, nil
		}
	}
}

// Alone reports whether there is one task only and no timer runs, so that turns need not end.
func (k *Kernel) Alone() bool { return len(k.ring) == 1 && len(k.timers) == 0 }

// Runnable reports whether t can execute its program now.
func (t *Task) Runnable() bool {
	return !t.ended && t.waiting == nil && t.held == 0 && !t.Process.stopped
}

// OneProcess reports whether all tasks are threads of one process.
func (k *Kernel) OneProcess() bool {
	for _, t := range k.ring {
		if t.Process != k.ring[0].Process {
			return false
		}
	}
	return true
}

// Hold makes the process of t sleep until a time of the Clock, whatever comes: the disk works for it. t has
// its instruction or call behind it (Linux: TASK_UNINTERRUPTIBLE).
func (k *Kernel) Hold(t *Task, until uint64) {
	for _, t := range t.Process.Tasks {
		t.held = max(t.held, until)
	}
}

// Held reports whether the disk works for some task.
func (k *Kernel) Held() bool {
	now := k.cfg.Clock.Now()
	return slices.ContainsFunc(k.ring, func(t *Task) bool { return t.held > now })
}

// Rest counts time in which nobody ran and that did not pass here.
func (k *Kernel) Rest(ns uint64) { k.idle += ns }

// Ended reports whether t has ended.
func (t *Task) Ended() bool { return t.ended }

// firstReady is the first task behind number last that has something to do, and is of no refused process.
func (k *Kernel) firstReady(last int, refused map[*Process]bool) *Task {
	k.ringTimers()
	now := k.cfg.Clock.Now()
	var before *Task // the first up to last
	for _, t := range k.ring {
		k.current = t // signalfd asks whose signals count
		if t.number <= last && before != nil || refused[t.Process] || !t.ready(now) {
			continue
		}
		if t.number > last {
			return t
		}
		before = t
	}
	return before
}

// admitted is the first task behind number last that has something to do and whose memory is there to do it
// in, and whether others have been passed whose memory is not there.
func (k *Kernel) admitted(last int) (t *Task, passed bool) {
	if k.cfg.Admit == nil {
		return k.firstReady(last, nil), false
	}
	refused := map[*Process]bool{}
	for {
		t = k.firstReady(last, refused)
		if t == nil || k.admit(t) {
			return t, len(refused) > 0
		}
		refused[t.Process] = true
	}
}

// Blocked reports whether all tasks of p wait in calls, or are stopped.
func (p *Process) Blocked() bool {
	runs := func(t *Task) bool { return !t.ended && t.waiting == nil }
	return p.stopped || !slices.ContainsFunc(p.Tasks, runs)
}

// Nice is how nice p is: -20 to 19.
func (p *Process) Nice() int { return p.nice }

func (k *Kernel) admit(t *Task) bool {
	k.enterTask(t)
	return k.cfg.Admit(t.Process)
}

// ready reports whether t can run, or do something in the kernel.
func (t *Task) ready(now uint64) bool {
	w := t.waiting
	switch {
	case t.held > now:
		return false
	case t.Process.stopped:
		return (t.pending.set() | t.Process.pending.set()).has(SIGKILL)
	case w == nil:
		return true
	}
	return w.ready != nil && w.ready() || w.timedOut(now) || t.hasDeliverable()
}

// wake lets t do what it has to do in the kernel.
func (k *Kernel) wake(t *Task) {
	k.enterTask(t)
	if w := t.waiting; w != nil && !t.Process.stopped {
		ready := w.ready != nil && w.ready()
		if now := k.cfg.Clock.Now(); ready || w.timedOut(now) {
			k.resume(t, !ready)
		}
	}
	if !t.ended && k.fatal == nil {
		k.deliver(t)
	}
}

// enterTask makes t the task whose work the kernel does.
func (k *Kernel) enterTask(t *Task) {
	k.current = t
	if k.cfg.Bus != nil {
		k.cfg.Bus.Now.PID = t.Process.PID
	}
}

// passTime lets time pass until the first sleeper is to wake.
func (k *Kernel) passTime() bool {
	first := k.ringTimers()
	found := first != 0
	now := k.cfg.Clock.Now()
	for _, t := range k.ring {
		until, timed := t.held, t.held > now
		if w := t.waiting; !timed && w != nil && w.timed && !t.Process.stopped {
			until, timed = w.until, true
		}
		if timed && (!found || until < first) {
			first, found = until, true
		}
	}
	if found && first > now {
		k.idle += first - now
		k.cfg.Clock.Sleep(first - now)
	}
	return found
}

// abandon kills the sleepers that nobody is left to wait for.
func (k *Kernel) abandon() bool {
	for _, t := range k.ring {
		if t.Process.loaded {
			return false
		}
	}
	for len(k.ring) > 0 {
		k.Kill(k.ring[0].Process, "it waits for ever, and the program that made it has ended")
	}
	return true
}

// enlist lets t take part.
func (k *Kernel) enlist(t *Task) {
	k.tasks++
	t.number = k.tasks
	k.ring = append(k.ring, t)
}

// delist takes an ended task out.
func (k *Kernel) delist(t *Task) {
	t.ended = true
	t.leave()
	for i := range k.ring {
		if k.ring[i] == t {
			k.ring = append(k.ring[:i], k.ring[i+1:]...)
			return
		}
	}
}
