package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// Signals with something beside them, and waiting for them without a handler.

// takeSignal takes a signal of want that waits for t or for its process out of its queue.
func (t *Task) takeSignal(want SigSet) (sigInfo, bool) {
	if i, ok := t.pending.take(want); ok {
		return i, true
	}
	return t.Process.pending.take(want)
}

func (c *call) rtSigtimedwait() (uint64, errno.Errno) {
	if c.a[3] != sigSetSize {
		return 0, errno.EINVAL
	}
	v, ok := c.get64(c.a[0])
	if !ok {
		return 0, errno.EFAULT
	}
	ns, forever, e := c.patience(c.a[2])
	if e != errno.OK {
		return 0, e
	}
	want := SigSet(v) &^ unblockable()
	answer := func(bool) (uint64, errno.Errno) {
		c.t.awaits = 0
		i, ok := c.t.takeSignal(want)
		if !ok {
			return 0, errno.EAGAIN
		}
		b := c.infoBytes(i)
		return c.result(uint64(i.sig), c.a[1] == 0 || c.put(c.a[1], b[:]))
	}
	ready := func() bool { return (c.t.pending.set()|c.p.pending.set())&want != 0 }
	if ready() || !forever && ns == 0 {
		return answer(false)
	}
	c.t.awaits = want
	return c.block(wait{
		what: "nobody can send it a signal", ready: ready, timed: !forever, until: c.k.after(ns),
		done: answer,
		undo: func() { c.t.awaits = 0 },
	})
}

// queuedInfo reads the siginfo that a program sends along. Only to itself may it pretend to be the kernel or
// kill (kernel/signal.c, do_rt_sigqueueinfo).
func (c *call) queuedInfo(va uint64, sig int, to int32) (i sigInfo, e errno.Errno) {
	var b [128]byte
	if !c.get(va, b[:]) {
		return i, errno.EFAULT
	}
	if c.abi == ABI32 {
		b = wideInfo(b)
	}
	i = sigInfo{
		sig: sig, code: int32(binary.LittleEndian.Uint32(b[8:])),
		pid: int32(binary.LittleEndian.Uint32(b[16:])), uid: binary.LittleEndian.Uint32(b[20:]),
		value: binary.LittleEndian.Uint64(b[24:]), raw: &b,
	}
	binary.LittleEndian.PutUint32(b[0:], uint32(sig))
	if (i.code >= 0 || i.code == siTkill) && to != c.p.PID {
		return i, errno.EPERM
	}
	return i, errno.OK
}

func (c *call) rtSigqueueinfo() (uint64, errno.Errno) {
	pid, sig := int32(c.a[0]), int(int32(c.a[1]))
	i, e := c.queuedInfo(c.a[2], sig, pid)
	if e != errno.OK {
		return 0, e
	}
	for _, p := range c.k.procs {
		if p.PID == pid && !p.reaped {
			return 0, c.queueTo(p, nil, i)
		}
	}
	return 0, errno.ESRCH
}

func (c *call) rtTgsigqueueinfo() (uint64, errno.Errno) {
	tgid, tid, sig := int32(c.a[0]), int32(c.a[1]), int(int32(c.a[2]))
	i, e := c.queuedInfo(c.a[3], sig, tgid)
	if e != errno.OK {
		return 0, e
	}
	if tgid <= 0 || tid <= 0 {
		return 0, errno.EINVAL
	}
	t := c.k.task(tid)
	if t == nil || t.Process.PID != tgid {
		return 0, errno.ESRCH
	}
	return 0, c.queueTo(t.Process, t, i)
}

func (c *call) queueTo(p *Process, t *Task, i sigInfo) errno.Errno {
	switch {
	case i.sig < 0 || i.sig > lastSignal:
		return errno.EINVAL
	case i.sig == 0 || p.exited:
		return errno.OK
	case i.sig >= firstRealtime && p.queued(t).full():
		return errno.EAGAIN
	}
	p.send(t, i)
	return errno.OK
}

// queued is where signals for t, or with t nil for the process, wait.
func (p *Process) queued(t *Task) *queue {
	if t != nil {
		return &t.pending
	}
	return &p.pending
}
