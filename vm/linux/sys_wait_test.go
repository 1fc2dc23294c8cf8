package linux

import "testing"

// TestForget buries a thousand children: the latest stay, and so do those that run, zombies, and programs
// that were loaded.
func TestForget(t *testing.T) {
	k := &Kernel{}
	p := &Process{k: k, PID: 1, loaded: true}
	k.procs = append(k.procs, p)
	for pid := int32(2); pid < 1002; pid++ {
		child := &Process{k: k, PID: pid, parent: p, exited: true}
		k.procs = append(k.procs, child)
		k.zombies++
		switch pid {
		case 10: // a zombie
		case 11:
			child.exited = false
			k.zombies--
		default:
			k.bury(child)
			k.bury(child)
		}
		k.forget()
		if len(k.procs) > 2*remembered+3 {
			t.Fatalf("after pid %d there are %d processes", pid, len(k.procs))
		}
	}
	if k.zombies != 1 || k.procs[0] != p || k.procs[1].PID != 10 || k.procs[2].PID != 11 {
		t.Errorf("%d zombies; %d, %d, %d are left", k.zombies, k.procs[0].PID, k.procs[1].PID, k.procs[2].PID)
	}
	last := k.procs[len(k.procs)-1]
	if n := len(k.procs) - 3; last.PID != 1001 || n < remembered || n != k.buried {
		t.Errorf("%d of those that have ended are left (%d counted), up to pid %d", n, k.buried, last.PID)
	}
}
