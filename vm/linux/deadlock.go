package linux

import (
	"fmt"
	"strings"

	"memlab/paging/addr"
)

// Stuck is one task that waits for ever.
type Stuck struct {
	PID, TID int32
	Call     string // what it sleeps in, or the signal that has stopped it
	What     string // what it waits for
	Place    string
}

// DeadlockError says that programs wait for what can never come, there being nobody to bring it about.
type DeadlockError struct {
	Tasks  []Stuck // in the order of their making, maxStuck at most; there is one at least
	Others int     // more of them
}

// maxStuck is how many tasks a DeadlockError names.
const maxStuck = 8

// deadlocked names the tasks that wait for ever.
func (k *Kernel) deadlocked() error {
	e := &DeadlockError{}
	for _, t := range k.ring {
		if len(e.Tasks) == maxStuck {
			e.Others++
			continue
		}
		s := Stuck{PID: t.Process.PID, TID: t.TID}
		switch {
		case t.Process.stopped:
			s.Call = SignalName(t.Process.stopSignal)
			s.What = "it is stopped, and nobody is there to continue it"
			s.Place = k.place(t.Process, addr.VAddr(t.CPU.RIP))
		case t.waiting == nil:
			s.Call, s.What = "memory", "no partition is free that it could run in"
			s.Place = k.place(t.Process, addr.VAddr(t.CPU.RIP))
		default:
			s.Call, s.What, s.Place = t.call.String(), t.waiting.what, k.place(t.Process, t.call.pc())
		}
		e.Tasks = append(e.Tasks, s)
	}
	return e
}

// Error names every wait and its place, on one line.
func (e *DeadlockError) Error() string {
	var b strings.Builder
	for i, s := range e.Tasks {
		switch {
		case i == 0:
			fmt.Fprintf(&b, "process %d waits for ever", s.PID)
		case s.TID != s.PID:
			fmt.Fprintf(&b, "; so does task %d of process %d", s.TID, s.PID)
		default:
			fmt.Fprintf(&b, "; so does process %d", s.PID)
		}
		fmt.Fprintf(&b, ": %s at %s: %s", s.Call, s.Place, s.What)
	}
	switch {
	case e.Others == 1:
		b.WriteString("; and so does 1 other task")
	case e.Others > 1:
		fmt.Fprintf(&b, "; and so do %d other tasks", e.Others)
	}
	return b.String()
}
