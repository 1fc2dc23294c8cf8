package linux

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
		next := k.admitted(last)
		if next == nil {
			if len(k.ring) == 0 {
				return nil, nil //nolint:nilnil // documented: nobody is left
			}
			if !k.passTime() && !k.abandon() {
				return nil, k.deadlocked()
			}
			continue
		}
		k.wake(next)
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
func (t *Task) Runnable() bool { return !t.ended && t.waiting == nil && !t.Process.stopped }

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
// in.
func (k *Kernel) admitted(last int) *Task {
	if k.cfg.Admit == nil {
		return k.firstReady(last, nil)
	}
	refused := map[*Process]bool{}
	for {
		t := k.firstReady(last, refused)
		if t == nil || k.admit(t) {
			return t
		}
		refused[t.Process] = true
	}
}

func (k *Kernel) admit(t *Task) bool {
	k.enterTask(t)
	return k.cfg.Admit(t.Process)
}

// ready reports whether t can run, or do something in the kernel.
func (t *Task) ready(now uint64) bool {
	w := t.waiting
	switch {
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
	for _, t := range k.ring {
		if w := t.waiting; w != nil && w.timed && !t.Process.stopped && (!found || w.until < first) {
			first, found = w.until, true
		}
	}
	if now := k.cfg.Clock.Now(); found && first > now {
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
