package linux

import (
	"testing"

	"memlab/vm/linux/errno"
	"memlab/vm/x86"
)

// family lets the rig fork: its children have the parent's memory.
func family(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, rigOptions{})
	r.k.cfg.Fork = func(*Process, *Process, bool) (Body, errno.Errno) { return Body{Space: r.mem}, errno.OK }
	return r
}

// as makes the next calls those of the process with this number.
func (r *rig) as(pid uint64) *rig {
	for _, p := range r.k.procs {
		if uint64(p.PID) == pid {
			r.p, r.task = p, p.Tasks[0]
		}
	}
	return r
}

// TestTerminal: only the foreground may have the terminal; who asks from behind is stopped with its group.
func TestTerminal(t *testing.T) {
	const tty = 2
	r := family(t)
	child, e := r.call("fork")
	if e != errno.OK {
		t.Fatal(e)
	}
	if _, e := r.call("setpgid", child, child); e != errno.OK {
		t.Fatal(e)
	}
	group := func() uint64 {
		if _, e := r.call("ioctl", tty, tiocGPgrp, bufAt); e != errno.OK {
			t.Fatal(e)
		}
		return r.mem.word(bufAt) & 0xffffffff
	}
	if g := group(); g != 1 {
		t.Errorf("group %d at the start", g)
	}
	r.words(bufAt, child)
	if _, e := r.call("ioctl", tty, tiocSPgrp, bufAt); e != errno.OK || group() != child {
		t.Error(e)
	}
	if _, e := r.as(child).call("setsid"); e != errno.EPERM {
		t.Errorf("a group's leader makes no session: %v", e)
	}
	r.words(bufAt, 77)
	if _, e := r.call("ioctl", tty, tiocSPgrp, bufAt); e != errno.ESRCH {
		t.Error(e)
	}
	_, _ = r.as(1).call("fork") // another in the group that is in the background now
	r.words(bufAt, 1)
	r.task.mask = setOf(SIGTTOU)
	if _, e := r.call("ioctl", tty, tiocSPgrp, bufAt); e != errno.OK || group() != 1 {
		t.Errorf("with SIGTTOU blocked: %v", e)
	}
	r.as(child)
	r.words(bufAt, child)
	n, _ := Number("ioctl")
	for reg, v := range map[int]uint64{x86.RAX: n, x86.RDI: tty, x86.RSI: tiocSPgrp, x86.RDX: bufAt} {
		r.task.CPU.Regs[reg] = v
	}
	if err := r.k.Syscall(r.task); err != nil || !r.p.stopped || r.p.stopSignal != SIGTTOU {
		t.Fatalf("%v, stopped %v by %d", err, r.p.stopped, r.p.stopSignal)
	}
	r.as(1).task.mask = 0
	if st, e := r.call("wait4", child, bufAt, waitStopped); st != child || e != errno.OK ||
		r.mem.word(bufAt)&0xffff != SIGTTOU<<8|0x7f {
		t.Errorf("%d %v %#x", st, e, r.mem.word(bufAt))
	}
}

// TestOrphanedGroup: a stopped group that loses the last one who could continue it is hung up and continued;
// one that has none does not stop at SIGTSTP at all.
func TestOrphanedGroup(t *testing.T) {
	r := family(t)
	middle, _ := r.call("fork")
	_, _ = r.call("setpgid", middle, middle)
	leaf, _ := r.as(middle).call("fork")
	_, _ = r.call("setpgid", leaf, leaf)
	r.as(leaf)
	r.p.Actions[SIGHUP].Handler = handlerIgnore
	r.as(middle)
	_, _ = r.call("kill", leaf, SIGTSTP)
	stop := r.as(leaf).p
	if _, err := r.k.Next(r.as(1).task); err != nil { // the leaf deals with it
		t.Fatal(err)
	}
	_ = r.k.Deliver(stop.Tasks[0])
	if !stop.stopped {
		t.Fatal("it is not stopped")
	}
	if _, e := r.as(middle).call("exit_group", 0); e != errno.OK {
		t.Fatal(e)
	}
	if stop.stopped || stop.PPID != 1 {
		t.Errorf("stopped %v, parent %d", stop.stopped, stop.PPID)
	}
}
