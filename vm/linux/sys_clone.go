package linux

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/cpu"
	"memlab/vm/linux/errno"
	"memlab/vm/x86"
)

// The flags of clone(2) (include/uapi/linux/sched.h).
const (
	cloneSignal       = 0xff
	cloneVM           = 0x100
	cloneFS           = 0x200
	cloneFiles        = 0x400
	cloneSighand      = 0x800
	clonePidfd        = 0x1000
	cloneVfork        = 0x4000
	cloneParent       = 0x8000
	cloneThread       = 0x10000
	cloneNewNS        = 0x20000
	cloneSysvsem      = 0x40000
	cloneSettls       = 0x80000
	cloneParentSettid = 0x100000
	cloneChildCleartd = 0x200000
	cloneChildSettid  = 0x1000000
	cloneNamespaces   = 0x7e000000 | cloneNewNS // cgroup, uts, ipc, user, pid, net
	cloneNewTime      = 0x80                    // of clone3
	cloneClearSighand = 0x100000000             // of clone3
	cloneKnown3       = 0x3ffffff00 | cloneNewTime
)

// maxTasks is how many tasks and zombies a machine has at once (RLIMIT_NPROC of the default limits).
const maxTasks = 4096

// cloneArgs is struct clone_args, as far as it counts.
type cloneArgs struct {
	flags, childTID, parentTID, stack, tls uint64
	pidfd                                  uint64 // where CLONE_PIDFD puts the descriptor
	exitSignal                             int
}

func (c *call) fork() (uint64, errno.Errno) { return c.newTask(cloneArgs{exitSignal: SIGCHLD}) }

func (c *call) vfork() (uint64, errno.Errno) {
	return c.newTask(cloneArgs{flags: cloneVM | cloneVfork, exitSignal: SIGCHLD})
}

func (c *call) clone() (uint64, errno.Errno) {
	flags := uint64(uint32(c.a[0]))
	if flags&clonePidfd != 0 && flags&cloneParentSettid != 0 { // both want the same argument
		return 0, errno.EINVAL
	}
	return c.newTask(cloneArgs{
		flags: flags &^ cloneSignal, exitSignal: int(flags & cloneSignal),
		stack: c.a[1], parentTID: c.a[2], childTID: c.a[3], tls: c.a[4], pidfd: c.a[2],
	})
}

func (c *call) clone3() (uint64, errno.Errno) {
	const least, known = 64, 88 // CLONE_ARGS_SIZE_VER0 and VER2
	size := c.a[1]
	switch {
	case size > addr.ABIPage:
		return 0, errno.E2BIG
	case size < least:
		return 0, errno.EINVAL
	}
	w := make([]uint64, (size+7)/8)
	if !c.getWords(c.a[0], w) {
		return 0, errno.EFAULT
	}
	for i := known / 8; i < len(w); i++ {
		if w[i] != 0 {
			return 0, errno.E2BIG
		}
	}
	stack := w[5]
	switch {
	case w[0]&^cloneKnown3 != 0, w[4]&^cloneSignal != 0, (stack == 0) != (w[6] == 0), len(w) > 9 && w[9] != 0,
		w[0]&(cloneThread|cloneParent) != 0 && w[4] != 0, w[4] > lastSignal,
		w[0]&cloneClearSighand != 0 && w[0]&cloneSighand != 0:
		return 0, errno.EINVAL
	}
	return c.newTask(cloneArgs{
		flags: w[0], pidfd: w[1], childTID: w[2], parentTID: w[3], exitSignal: int(w[4]), stack: stack + w[6],
		tls: w[7],
	})
}

// newTask is kernel_clone: it makes a thread, or a process with one.
func (c *call) newTask(a cloneArgs) (uint64, errno.Errno) {
	if e := a.check(c.abi); e != errno.OK {
		return 0, e
	}
	if len(c.k.ring)+c.k.zombies >= maxTasks {
		return 0, errno.EAGAIN
	}
	p := c.p
	if a.flags&cloneThread == 0 {
		var e errno.Errno
		if p, e = c.newProcess(a); e != errno.OK {
			return 0, e
		}
	}
	t := c.t.twin(p, a)
	if a.flags&cloneSettls != 0 {
		if e := c.setTLS(t, a.tls); e != errno.OK {
			return 0, e
		}
	}
	if a.flags&cloneThread == 0 {
		t.TID = p.PID
	} else {
		c.k.lastPID++
		t.TID = c.k.lastPID
	}
	p.Tasks = append(p.Tasks, t)
	c.k.enlist(t)
	if a.flags&clonePidfd != 0 {
		if fd, e := c.openPidfd(p, 0); e == errno.OK {
			c.put32(a.pidfd, uint32(fd))
		}
	}
	if a.flags&cloneParentSettid != 0 {
		c.put32(a.parentTID, uint32(t.TID)) // a bad address goes unnoticed, as in Linux
	}
	if a.flags&cloneChildSettid != 0 {
		own := call{k: c.k, t: t, p: p, abi: c.abi, word: c.word}
		own.put32(a.childTID, uint32(t.TID))
	}
	if bus := c.k.cfg.Bus; bus.On(event.Clone) {
		bus.Emit(&event.Event{Kind: event.Clone, Arg: uint64(t.TID)})
	}
	if a.flags&cloneVfork != 0 {
		return c.waitVfork(p)
	}
	return uint64(t.TID), errno.OK
}

// check is copy_process's first part.
func (a *cloneArgs) check(abi ABI) errno.Errno {
	f := a.flags
	switch {
	case f&cloneThread != 0 && f&cloneSighand == 0, f&cloneSighand != 0 && f&cloneVM == 0,
		f&clonePidfd != 0 && f&cloneThread != 0, f&(cloneNewNS|cloneFS) == cloneNewNS|cloneFS:
		return errno.EINVAL
	case f&cloneNamespaces != 0, f&cloneNewTime != 0:
		return errno.EPERM // a program has no privileges
	case f&cloneSettls != 0 && abi == ABI64 && a.tls >= taskSize:
		return errno.EPERM
	}
	return errno.OK
}

// waitVfork makes the parent wait until the child has its own memory or has ended.
func (c *call) waitVfork(child *Process) (uint64, errno.Errno) {
	t := c.t
	t.frozen = true
	return c.block(wait{
		what:  "its child neither ends nor calls execve",
		ready: func() bool { return !child.borrows || child.exited },
		done: func(bool) (uint64, errno.Errno) {
			t.frozen = false
			return uint64(child.PID), errno.OK
		},
	})
}

// twin is a task of p that goes on where t is, but for what clone says.
func (t *Task) twin(p *Process, a cloneArgs) *Task {
	n := &Task{
		Process: p, CPU: t.CPU.Clone(), Processor: t.Processor, Comm: t.Comm, mask: t.mask, trap: t.trap,
		dumpable: t.dumpable, slack: t.slack, noNewPrivs: t.noNewPrivs, policy: t.policy,
	}
	if n.policy&schedResetOnFork != 0 {
		n.policy = schedOther
	}
	if _, same := t.Processor.(*cpu.CPU); same {
		n.Processor = n.CPU
	}
	n.CPU.Regs[x86.RAX] = 0
	if a.stack != 0 {
		n.CPU.Regs[x86.RSP] = a.stack
	}
	n.alt = t.alt
	if a.flags&(cloneVM|cloneVfork) == cloneVM {
		n.alt = disarmed()
	}
	if a.flags&cloneChildCleartd != 0 {
		n.clearTID = a.childTID
	}
	return n
}

// newProcess makes a child of the caller's, still without a task.
func (c *call) newProcess(a cloneArgs) (*Process, errno.Errno) {
	k, p := c.k, c.p
	if k.cfg.Fork == nil {
		return nil, errno.ENOSYS
	}
	parent := p
	if a.flags&cloneParent != 0 && p.parent != nil {
		parent = p.parent
	}
	n := &Process{
		k: k, PID: k.NextPID(), PPID: parent.PID, PGID: p.PGID, SID: p.SID, parent: parent,
		Files: p.Files, FS: p.FS,
		Actions: p.Actions, Limits: p.Limits, Cred: p.Cred, cred: p.cred.copy(), Exe: p.Exe, Args: p.Args,
		Env:  p.Env,
		nice: p.nice, persona: p.persona, exitSignal: a.exitSignal, borrows: a.flags&cloneVM != 0,
	}
	body, e := k.cfg.Fork(p, n, n.borrows)
	if e != errno.OK {
		return nil, e
	}
	n.embody(body)
	if a.flags&cloneFiles == 0 {
		n.Files = p.Files.copy()
	}
	n.Files.users++
	if a.flags&cloneFS == 0 {
		fs := FSContext{Cwd: p.FS.Cwd, Umask: p.FS.Umask}
		k.cfg.Files.Hold(fs.Cwd)
		n.FS = &fs
	}
	n.FS.users++
	if a.flags&cloneSighand == 0 {
		actions := *p.Actions
		n.Actions = &actions
	}
	if a.flags&cloneClearSighand != 0 {
		n.Actions.reset()
	}
	k.lastPID = n.PID
	k.forget()
	k.procs = append(k.procs, n)
	parent.children = append(parent.children, n)
	return n, errno.OK
}

// reset makes all actions that are handlers the default: execve, CLONE_CLEAR_SIGHAND.
func (a *Actions) reset() {
	for sig := range a {
		h := a[sig].Handler
		if h != handlerIgnore {
			h = handlerDefault
		}
		a[sig] = Action{Handler: h}
	}
}
