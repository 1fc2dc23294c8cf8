package linux

import (
	"testing"

	"memlab/vm/linux/errno"
)

// TestInterrupt: while one process computes, the machine learns when another's sleep is over, and that one
// runs then. A sleeper that was passed over waits for its turn, and is not asked for again.
func TestInterrupt(t *testing.T) {
	r := family(t)
	if at, ran := r.k.Due(); at != never || ran != never {
		t.Errorf("nobody waits for %d, %d", at, ran)
	}
	child, e := r.call("fork")
	if e != errno.OK {
		t.Fatal(e)
	}
	parent, start := r.task, r.clock.now
	sleeper := r.as(child).task
	r.words(bufAt, 0, 700)
	n, _ := Number("nanosleep")
	sleeper.CPU.Regs[0], sleeper.CPU.Regs[7], sleeper.CPU.Regs[6] = n, bufAt, 0
	if err := r.k.Syscall(sleeper); err != nil || sleeper.Runnable() {
		t.Fatal(err)
	}
	if at, _ := r.k.Due(); at != start+700 {
		t.Errorf("due at %d, want %d", at, start+700)
	}
	if next, err := r.k.Interrupt(parent); next != parent || err != nil {
		t.Errorf("too early, the next is %d: %v", next.TID, err)
	}
	r.clock.now += 700
	if at, _ := r.k.Due(); at != start+700 {
		t.Errorf("due at %d, want %d", at, start+700)
	}
	if next, err := r.k.Interrupt(parent); next != sleeper || err != nil {
		t.Errorf("the next is %d: %v", next.TID, err)
	}
	if at, _ := r.k.Due(); at != never {
		t.Errorf("the past is due: %d", at)
	}
}

// TestDueTimers: a timer of the machine's clock is due by that, one of the time run by how much is left of
// it; the signal of a timer reaches the task that runs.
func TestDueTimers(t *testing.T) {
	r := newRig(t, rigOptions{})
	used := uint64(100)
	r.p.usage = func() Usage { return Usage{User: used} }
	start := r.clock.now
	r.words(bufAt, 0, 0, 0, 3) // struct itimerval: 3 µs, once
	_, _ = r.call("setitimer", itimerReal, bufAt, 0)
	r.words(bufAt, 0, 0, 0, 1)
	_, _ = r.call("setitimer", itimerProf, bufAt, 0)
	used += 400
	if at, ran := r.k.Due(); at != start+3000 || ran != 600 {
		t.Errorf("due at %d and in %d", at-start, ran)
	}
	r.clock.now += 3000
	r.p.Actions[SIGALRM] = Action{Handler: 0x400000, Flags: saRestorer}
	next, err := r.k.Interrupt(r.task)
	if next != r.task || err != nil || r.task.CPU.RIP != 0x400000 {
		t.Errorf("pc %#x, %v", r.task.CPU.RIP, err)
	}
}
