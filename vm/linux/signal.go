package linux

import "math/bits"

// SigSet is a set of signals: bit n-1 is signal n.
type SigSet uint64

func setOf(signals ...int) SigSet {
	var s SigSet
	for _, sig := range signals {
		s |= 1 << (sig - 1)
	}
	return s
}

func (s SigSet) has(sig int) bool { return s&(1<<(sig-1)) != 0 }

// unblockable are the signals that no mask holds back.
func unblockable() SigSet { return setOf(SIGKILL, SIGSTOP) }

// sigInfo is what is known of one signal that was sent.
type sigInfo struct {
	sig     int
	code    int32
	addr    uint64 // of a fault
	pid     int32  // of the sender
	uid     uint32
	status  int32  // of a SIGCHLD: exit code or signal
	value   uint64 // of sigqueue and of timers
	timer   *posixTimer
	overrun int32      // of a timer's: how many more times it was over
	raw     *[128]byte // of sigqueue: the siginfo_t as it was handed over
	report  string     // of a fault, should it kill
}

// queue is the signals that wait. Below the real-time ones each waits once at most, as POSIX has it.
type queue struct{ list []sigInfo }

// maxQueued bounds the real-time signals that wait (RLIMIT_SIGPENDING of the default limits).
const maxQueued = 4096

// add reports whether the signal has found a place.
func (q *queue) add(i sigInfo) bool {
	if i.sig < firstRealtime && q.set().has(i.sig) || q.full() {
		return false
	}
	q.list = append(q.list, i)
	return true
}

func (q *queue) full() bool { return len(q.list) >= maxQueued+firstRealtime }

func (q *queue) set() SigSet {
	var s SigSet
	for _, i := range q.list {
		s |= setOf(i.sig)
	}
	return s
}

// take removes the first waiting signal of the lowest number in want, faults before all (kernel/signal.c,
// next_signal).
func (q *queue) take(want SigSet) (sigInfo, bool) {
	ready := q.set() & want
	if ready == 0 {
		return sigInfo{}, false
	}
	if faults := ready & setOf(SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS); faults != 0 {
		ready = faults
	}
	sig := bits.TrailingZeros64(uint64(ready)) + 1
	for n, i := range q.list {
		if i.sig == sig {
			q.list = append(q.list[:n], q.list[n+1:]...)
			if i.timer != nil {
				i.overrun = i.timer.taken()
			}
			return i, true
		}
	}
	return sigInfo{}, false
}

// drop forgets the waiting signals of s.
func (q *queue) drop(s SigSet) {
	kept := q.list[:0]
	for _, i := range q.list {
		switch {
		case !s.has(i.sig):
			kept = append(kept, i)
		case i.timer != nil:
			i.timer.taken()
		}
	}
	q.list = kept
}

// Action is what a process does about a signal.
type Action struct {
	Handler  uint64 // address, or handlerDefault, handlerIgnore
	Flags    uint64
	Restorer uint64
	Mask     SigSet

	abi ABI // of the call that has set it: so is the handler's frame
}

// The handlers that are no addresses, and the flags of sigaction(2).
const (
	handlerDefault = 0
	handlerIgnore  = 1

	saSigInfo   = 0x4
	saRestorer  = 0x04000000
	saOnStack   = 0x08000000
	saNoCldStop = 0x1
	saNoCldWait = 0x2
	saRestart   = 0x10000000
	saNoDefer   = 0x40000000
	saResetHand = 0x80000000
)

// Actions are a process's actions by signal.
type Actions [lastSignal + 1]Action

// disposition is what a signal does by default.
type disposition int

const (
	terminate disposition = iota
	ignore
	stop
)

func defaultOf(sig int) disposition {
	switch sig {
	case SIGCHLD, SIGCONT, SIGURG, SIGWINCH:
		return ignore
	case SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU:
		return stop
	}
	return terminate
}

// ignores reports whether sig would have no effect on p: it is then not even queued, unless it is blocked.
func (p *Process) ignores(sig int) bool {
	h := p.Actions[sig].Handler
	return h == handlerIgnore || h == handlerDefault && defaultOf(sig) == ignore
}

// send makes a signal wait for a task, or with t nil for the process. A real-time signal too many is lost,
// as kill loses it. It reports whether the signal waits now.
func (p *Process) send(t *Task, i sigInfo) bool {
	if p.exited {
		return false
	}
	p.k.sent++
	switch i.sig {
	case SIGCONT: // prepare_signal: one kind ends the other
		p.dropPending(setOf(SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU))
	case SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU:
		p.dropPending(setOf(SIGCONT))
	}
	if p.stopped && (i.sig == SIGCONT || i.sig == SIGKILL) {
		p.stopped, p.stopNews = false, false
		if i.sig == SIGCONT {
			p.contNews = true
			p.k.tellParent(news{p, cldContinued})
		}
	}
	if p.ignores(i.sig) && !p.blocks(t, i.sig) {
		p.traceIgnored(i)
		return false
	}
	return p.queued(t).add(i)
}

func (p *Process) blocks(t *Task, sig int) bool {
	if t != nil {
		return (t.mask | t.awaits).has(sig)
	}
	for _, t := range p.Tasks {
		if !(t.mask | t.awaits).has(sig) {
			return false
		}
	}
	return true
}

func (p *Process) dropPending(s SigSet) {
	p.pending.drop(s)
	for _, t := range p.Tasks {
		t.pending.drop(s)
	}
}

// force makes a fault's signal wait for t so that it takes effect: if t blocks or ignores it, its action is
// reset to the default (kernel/signal.c, force_sig_info_to_task).
func (t *Task) force(i sigInfo) {
	a := &t.Process.Actions[i.sig]
	if t.mask.has(i.sig) || a.Handler == handlerIgnore {
		a.Handler = handlerDefault
		t.mask &^= setOf(i.sig)
	}
	t.pending.drop(setOf(i.sig)) // the fault counts, not who sent the same before
	t.pending.add(i)
}

// deliverable is the next signal that t must deal with: SIGKILL before all.
func (t *Task) deliverable() (sigInfo, bool) {
	if i, ok := t.Process.pending.take(setOf(SIGKILL)); ok {
		return i, true
	}
	if i, ok := t.pending.take(t.wanted()); ok {
		return i, true
	}
	return t.Process.pending.take(t.due())
}

// wanted are the signals that t does not block.
func (t *Task) wanted() SigSet {
	if t.frozen {
		return setOf(SIGKILL)
	}
	return ^t.mask | unblockable()
}

// due are the signals of t's process that t deals with: those that the first task wants are the first's
// (kernel/signal.c, complete_signal).
func (t *Task) due() SigSet {
	s := t.wanted()
	if first := t.Process.Tasks[0]; first != t && !first.ended {
		s &^= first.wanted()
	}
	return s | setOf(SIGKILL)
}

// hasDeliverable reports whether a signal waits that t has to deal with.
func (t *Task) hasDeliverable() bool {
	return t.pending.set()&t.wanted()|t.Process.pending.set()&t.due() != 0
}
