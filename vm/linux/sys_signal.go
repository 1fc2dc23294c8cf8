package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/x86"
)

// This file has the calls about signals.

// sigSetSize is the size of the kernel's sigset_t, which every call must name.
const sigSetSize = 8

// actionFlags are the sa_flags that the kernel keeps (UAPI_SA_FLAGS); a program finds out which by reading
// them back.
const actionFlags = 0xd8000807 | saRestorer

func (c *call) rtSigaction() (uint64, errno.Errno) {
	sig := int(int32(c.a[0]))
	if c.a[3] != sigSetSize {
		return 0, errno.EINVAL
	}
	var fresh Action
	if c.a[1] != 0 {
		var w [3]uint64
		mask, ok := c.get64(c.a[1] + 3*uint64(c.word))
		if !ok || !c.getWords(c.a[1], w[:]) {
			return 0, errno.EFAULT
		}
		fresh = Action{Handler: w[0], Flags: w[1], Restorer: w[2], Mask: SigSet(mask)}
	}
	old, e := c.setAction(sig, fresh, c.a[1] != 0)
	if e != errno.OK {
		return 0, e
	}
	return c.result(0, c.a[2] == 0 || c.putWords(c.a[2], old.Handler, old.Flags, old.Restorer) &&
		c.put64(c.a[2]+3*uint64(c.word), uint64(old.Mask)))
}

// setAction is do_sigaction: it sets the action if there is a fresh one, and returns the one before.
func (c *call) setAction(sig int, fresh Action, set bool) (Action, errno.Errno) {
	if sig < 1 || sig > lastSignal || set && unblockable().has(sig) {
		return Action{}, errno.EINVAL
	}
	old := c.p.Actions[sig]
	if set {
		fresh.Flags &= actionFlags
		fresh.Mask &^= unblockable()
		fresh.abi = c.abi
		c.p.Actions[sig] = fresh
		if c.p.ignores(sig) {
			c.p.dropPending(setOf(sig))
		}
	}
	return old, errno.OK
}

func (c *call) rtSigprocmask() (uint64, errno.Errno) {
	if c.a[3] != sigSetSize {
		return 0, errno.EINVAL
	}
	old := c.t.mask
	if c.a[1] != 0 {
		v, ok := c.get64(c.a[1])
		if !ok {
			return 0, errno.EFAULT
		}
		if !c.t.changeMask(int32(c.a[0]), SigSet(v), allSignals) {
			return 0, errno.EINVAL
		}
	}
	return c.result(0, c.a[2] == 0 || c.put64(c.a[2], uint64(old)))
}

// allSignals has every signal.
const allSignals = ^SigSet(0)

// changeMask does what sigprocmask's first argument says with the signals in set. Of the mask only those of
// within are replaced. false: there is no such change.
func (t *Task) changeMask(how int32, set, within SigSet) bool {
	const block, unblock, setMask = 0, 1, 2
	set &^= unblockable()
	switch how {
	case block:
		t.mask |= set
	case unblock:
		t.mask &^= set
	case setMask:
		t.mask = t.mask&^within | set
	default:
		return false
	}
	return true
}

func (c *call) rtSigpending() (uint64, errno.Errno) {
	if c.a[1] > sigSetSize {
		return 0, errno.EINVAL
	}
	var b [sigSetSize]byte
	binary.LittleEndian.PutUint64(b[:], uint64((c.t.pending.set()|c.p.pending.set())&c.t.mask))
	return c.result(0, c.put(c.a[0], b[:c.a[1]]))
}

func (c *call) rtSigreturn() (uint64, errno.Errno) {
	return c.returned(c.t.Processor != nil && c.k.popFrame(c.t))
}

func (c *call) rtSigsuspend() (uint64, errno.Errno) {
	if c.a[1] != sigSetSize {
		return 0, errno.EINVAL
	}
	v, ok := c.get64(c.a[0])
	if !ok {
		return 0, errno.EFAULT
	}
	c.t.savedMask, c.t.restoreSaved = c.t.mask, true
	c.t.mask = SigSet(v) &^ unblockable()
	return c.pause()
}

func (c *call) pause() (uint64, errno.Errno) {
	return c.block(wait{what: "nobody can send it a signal"})
}

// restartSyscall continues a call that a signal interrupted; there never is one, and Linux then says EINTR.
func (c *call) restartSyscall() (uint64, errno.Errno) { return 0, errno.EINTR }

func (c *call) sigaltstack() (uint64, errno.Errno) {
	sp := c.t.CPU.Regs[x86.RSP]
	old := [3]uint64{c.t.alt.sp, uint64(c.t.alt.state(sp)), c.t.alt.size}
	if c.a[0] != 0 {
		var w [3]uint64 // stack_t: sp, flags (32 bits), size
		if !c.getWords(c.a[0], w[:]) {
			return 0, errno.EFAULT
		}
		if e := c.t.alt.set(w[0], w[1], w[2], sp); e != errno.OK {
			return 0, e
		}
	}
	return c.result(0, c.a[1] == 0 || c.putWords(c.a[1], old[:]...))
}

func (c *call) kill() (uint64, errno.Errno) {
	pid, sig := int32(c.a[0]), int(int32(c.a[1]))
	valid := sig >= 0 && sig <= lastSignal
	found := false
	for _, p := range c.k.procs {
		if !p.reaped && c.addressed(p, pid) {
			found = true
			if !valid {
				return 0, errno.EINVAL
			}
			c.sendTo(p, nil, sig, siUser)
		}
	}
	if !found {
		return 0, errno.ESRCH
	}
	return 0, errno.OK
}

// addressed reports whether kill's pid means p: itself, a group (0, negative), or everybody but init and
// the caller (-1).
func (c *call) addressed(p *Process, pid int32) bool {
	switch {
	case pid > 0:
		return p.PID == pid
	case pid == 0:
		return p.PGID == c.p.PGID
	case pid == -1:
		return p.PID > 1 && p != c.p
	}
	return p.PGID == -pid
}

func (c *call) sendTo(p *Process, t *Task, sig int, code int32) {
	if sig != 0 { // 0 only asks whether the process is there
		p.send(t, sigInfo{sig: sig, code: code, pid: c.p.PID, uid: c.p.cred.user.real})
	}
}

func (c *call) tkill() (uint64, errno.Errno) { return c.sendTask(int32(c.a[0]), 0, c.a[1]) }

func (c *call) tgkill() (uint64, errno.Errno) {
	if int32(c.a[0]) <= 0 {
		return 0, errno.EINVAL
	}
	return c.sendTask(int32(c.a[1]), int32(c.a[0]), c.a[2])
}

// sendTask sends to a task, of the process tgid unless that is 0.
func (c *call) sendTask(tid, tgid int32, number uint64) (uint64, errno.Errno) {
	sig := int(int32(number))
	t := c.k.task(tid)
	switch {
	case tid <= 0:
		return 0, errno.EINVAL
	case t == nil || tgid != 0 && t.Process.PID != tgid:
		return 0, errno.ESRCH
	case sig < 0 || sig > lastSignal:
		return 0, errno.EINVAL
	}
	c.sendTo(t.Process, t, sig, siTkill)
	return 0, errno.OK
}
