package linux

import (
	"memlab/paging/event"
	"memlab/vm/linux/errno"
	"memlab/vm/x86"
)

// A system call that cannot complete now says what it waits for and returns: the task is not run again until
// the condition holds, the time is over, or a signal is to be delivered. No goroutine waits.
//
//	handler → c.block(wait) … Next finds it ready → done, or the handler again → result in RAX
//	                        … a handler for a signal is due → undo → EINTR, or the call anew (SA_RESTART)

// wait is what a task sleeps for.
type wait struct {
	what    string      // for people, should it never come
	ready   func() bool // nil: only time or a signal ends it
	until   uint64      // of Clock; counts if timed
	timed   bool
	expired errno.Errno // not OK: the call's result when the time is over
	restart bool        // after a signal handler with SA_RESTART the call is made anew

	// done gives the call's result; it may wait again. nil: the call's handler is called again, and goes on
	// behind what call.moved says.
	done func(timedOut bool) (uint64, errno.Errno)

	// undo is called when a signal ends the wait; nil: nothing is to be done.
	undo func()
}

// restartSys is what a call's result is for listeners when it is to be made anew (include/linux/errno.h,
// ERESTARTSYS).
const restartSys = 512

// block makes the calling task wait. Its result is not looked at: a handler returns it for brevity.
func (c *call) block(w wait) (uint64, errno.Errno) {
	c.t.waiting = &w
	c.k.dueKnown = false
	return 0, errno.OK
}

// timedOut reports whether the time of a wait is over.
func (w *wait) timedOut(now uint64) bool { return w.timed && now >= w.until }

// resume completes the call of t, whose wait is over.
func (k *Kernel) resume(t *Task, timedOut bool) {
	w, c := t.waiting, &t.call
	t.waiting = nil
	if timedOut && w.expired != errno.OK {
		if c.moved > 0 {
			c.store(c.moved, errno.OK)
			return
		}
		c.store(0, w.expired)
		return
	}
	if w.done != nil {
		c.store(w.done(timedOut))
	} else {
		c.store(c.fn(c))
	}
}

// store puts a call's result into RAX, unless the call waits or nobody is there any more to see it.
func (c *call) store(result uint64, e errno.Errno) {
	k := c.k
	if k.fatal != nil || c.t.ended || c.t.waiting != nil {
		return
	}
	if !c.done {
		if e != errno.OK {
			result = -uint64(e)
		}
		c.setResult(result)
	} else {
		result = c.t.CPU.Regs[x86.RAX]
	}
	c.tellExit(result)
}

// setResult puts v into RAX, or EAX of 32-bit code. INT 80h in 64-bit code sets all of RAX.
func (c *call) setResult(v uint64) {
	if c.t.CPU.Mode32 {
		v = uint64(uint32(v))
	}
	c.t.CPU.Regs[x86.RAX] = v
}

func (c *call) tellExit(result uint64) {
	c.t.traceExit(c.k, result, "")
	if bus := c.k.cfg.Bus; bus.On(event.SyscallExit) {
		bus.Emit(&event.Event{
			Kind: event.SyscallExit, Arg: c.number, Arg2: result, Size: uint64(c.abi.word()),
		})
	}
}

// interrupt ends t's wait because a handler with the action a is about to run.
func (t *Task) interrupt(a Action) {
	w, c := t.waiting, &t.call
	t.waiting = nil
	if w.undo != nil {
		w.undo()
	}
	interrupted, again := uint64(errno.EINTR), uint64(restartSys)
	result := -interrupted
	switch {
	case c.moved > 0:
		result = c.moved
	case w.restart && a.Flags&saRestart != 0:
		t.CPU.RIP -= 2 // the SYSCALL or INT 80h instruction
		c.setResult(c.number)
		c.tellExit(-again)
		return
	}
	c.setResult(result)
	c.tellExit(result)
}

// leave takes t out of whatever it waits in, for good.
func (t *Task) leave() {
	if w := t.waiting; w != nil {
		t.waiting = nil
		if w.undo != nil {
			w.undo()
		}
	}
}
