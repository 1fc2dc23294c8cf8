package linux

import (
	"fmt"

	"memlab/paging/addr"
	"memlab/paging/event"
)

// deliver makes t deal with the signals that wait for it, as the kernel does on its way back to the
// program: a default action is carried out, a handler gets its frame. Several handlers stack up, the last
// one running first.
func (k *Kernel) deliver(t *Task) {
	for !t.ended && !t.Process.stopped && k.fatal == nil {
		i, ok := t.deliverable()
		if !ok {
			break
		}
		if k.refused(i) {
			continue
		}
		t.traceDelivery(k, i)
		k.act(t, i)
	}
	if t.restoreSaved && t.waiting == nil { // rt_sigsuspend, and no handler took the mask along
		t.restoreSaved = false
		t.mask = t.savedMask
	}
}

// refused tells listeners of a signal; one may say that it is not to be delivered. SIGKILL cannot be kept
// off.
func (k *Kernel) refused(i sigInfo) bool {
	bus := k.cfg.Bus
	if !bus.On(event.Signal) {
		return false
	}
	v := bus.Emit(&event.Event{
		Kind: event.Signal, Arg: uint64(i.sig), Arg2: uint64(int64(i.code)), VA: addr.VAddr(i.addr),
	})
	if v == event.Kill {
		k.kill(k.current.Process, ExitState{
			Signal: SIGKILL, Report: "killed by a hook at " + SignalName(i.sig),
		})
		return true
	}
	return v == event.Skip && i.sig != SIGKILL
}

// act carries out what t's process does about the signal.
func (k *Kernel) act(t *Task, i sigInfo) {
	a := t.Process.Actions[i.sig]
	switch {
	case i.sig == SIGKILL, a.Handler == handlerDefault && defaultOf(i.sig) == terminate:
		k.kill(t.Process, ExitState{Signal: i.sig, Report: k.deathReport(t, i)})
	case i.sig == SIGSTOP, a.Handler == handlerDefault && defaultOf(i.sig) == stop:
		if i.sig != SIGSTOP && k.orphanedGroup(t.Process.PGID, nil) {
			return // nobody could continue it
		}
		k.halt(t.Process, i.sig)
	case a.Handler == handlerDefault, a.Handler == handlerIgnore:
	default:
		k.enter(t, i, a)
	}
}

// enter makes t run the handler a for the signal i.
func (k *Kernel) enter(t *Task, i sigInfo, a Action) {
	if t.Processor == nil {
		k.fatal = &HandlerError{PID: t.Process.PID, Signal: i.sig}
		return
	}
	if t.waiting != nil {
		t.interrupt(a)
	}
	if a.Flags&saResetHand != 0 {
		t.Process.Actions[i.sig].Handler = handlerDefault
	}
	if !k.pushFrame(t, i, a) { // kernel/signal.c, signal_setup_done: SIGSEGV takes the place of the signal
		if t.Process.exited {
			return
		}
		if i.sig == SIGSEGV {
			t.Process.Actions[SIGSEGV].Handler = handlerDefault
		}
		t.force(sigInfo{
			sig: SIGSEGV, code: siKernel,
			report: "SIGSEGV (SI_KERNEL): the frame of a handler of " + SignalName(i.sig) +
				" could not be written to the stack\n",
		})
		return
	}
	t.restoreSaved = false
	if t.alt.autodisarm { // it may be used up while the handler runs; sigreturn puts it back
		t.alt = disarmed()
	}
	t.mask |= a.Mask
	if a.Flags&saNoDefer == 0 {
		t.mask |= setOf(i.sig)
	}
	t.mask &^= unblockable()
}

// HandlerError says that a signal handler would have to run on a processor whose state cannot be saved.
type HandlerError struct {
	PID    int32
	Signal int
}

// Error names the signal.
func (e *HandlerError) Error() string {
	return fmt.Sprintf("process %d has a handler for %s, but its processor cannot save its state", e.PID,
		SignalName(e.Signal))
}

// Kill ends a process from outside, as SIGKILL would.
func (k *Kernel) Kill(p *Process, report string) {
	k.kill(p, ExitState{Signal: SIGKILL, Report: report})
}

// Signal sends a signal to a process from outside (as the terminal does with SIGINT). It takes effect when
// the process next makes a system call or faults, or at Deliver.
func (k *Kernel) Signal(p *Process, sig int) {
	if sig > 0 && sig <= lastSignal {
		p.send(nil, sigInfo{sig: sig, code: siKernel})
	}
}

// Deliver makes t deal with the signals that wait for it: for a task that has been running its program.
func (k *Kernel) Deliver(t *Task) error {
	k.fatal = nil
	k.enterTask(t)
	k.deliver(t)
	return k.fatal
}
