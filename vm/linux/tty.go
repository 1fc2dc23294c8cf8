package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// Job control: which process group has the terminal, and who may stop.

// terminal is what a session has of its controlling terminal (struct signal_struct's tty): that of the
// standard streams, or a pseudo-terminal.
type terminal struct {
	there   bool
	session int32 // 0: nobody's
	group   int32 // in the foreground
}

// terminals are all there are.
func (k *Kernel) terminals() []*terminal {
	all := []*terminal{&k.tty}
	for _, p := range k.ptys {
		all = append(all, &p.terminal)
	}
	return all
}

// controlling is p's controlling terminal, nil if it has none.
func (k *Kernel) controlling(p *Process) *terminal {
	for _, t := range k.terminals() {
		if t.owns(p) {
			return t
		}
	}
	return nil
}

// adopt makes the first program that comes with a terminal the leader of its session.
func (k *Kernel) adopt(p *Process, streams ...*vfs.File) {
	for _, f := range streams {
		if f == nil || k.tty.there {
			continue
		}
		if s := f.Stream(); s != nil && s.TTY {
			k.tty, k.ttyFile = terminal{true, p.SID, p.PGID}, f
		}
	}
}

// owns reports whether the terminal is p's controlling one.
func (t *terminal) owns(p *Process) bool { return t.there && t.session == p.SID }

// checkTerminal is tty_check_change and its like: a process in the background that wants the terminal is
// stopped, with its group, by sig. again says that the call is to be made anew then.
func (c *call) checkTerminal(t *terminal, sig int) (again bool, e errno.Errno) {
	k, p := c.k, c.p
	if !t.owns(p) || p.PGID == t.group {
		return false, errno.OK
	}
	switch {
	case c.t.mask.has(sig) || p.Actions[sig].Handler == handlerIgnore:
		if sig == SIGTTIN {
			return false, errno.EIO
		}
		return false, errno.OK
	case k.orphanedGroup(p.PGID, nil):
		return false, errno.EIO
	}
	k.sendGroup(p.PGID, sigInfo{sig: sig, code: siKernel})
	return true, errno.OK
}

// anew makes the call again when its process runs again.
func (c *call) anew() (uint64, errno.Errno) {
	return c.block(wait{ready: func() bool { return true }, restart: true})
}

// sendGroup sends a signal to every process of a group.
func (k *Kernel) sendGroup(pgid int32, i sigInfo) {
	for _, p := range k.procs {
		if p.PGID == pgid && !p.exited {
			p.send(nil, i)
		}
	}
}

// orphanedGroup reports whether no process of the group has a parent in another group of its session: nobody
// is there who would continue it (POSIX; kernel/exit.c, will_become_orphaned_pgrp). without does not count,
// nor does who has only inherited a child.
func (k *Kernel) orphanedGroup(pgid int32, without *Process) bool {
	for _, p := range k.procs {
		if p.PGID != pgid || p.exited || p == without || p.adopted || p.parent == nil ||
			p.parent.exited {
			continue
		}
		if o := p.parent; o.PGID != pgid && o.SID == p.SID {
			return false
		}
	}
	return true
}

// bereave tells the groups that the end of p orphans, if any of theirs is stopped (kill_orphaned_pgrp): its
// own group, and those of its children.
func (k *Kernel) bereave(p *Process, children []*Process) {
	if o := p.parent; o != nil && o.PGID != p.PGID && o.SID == p.SID {
		k.hangUp(p.PGID, p)
	}
	for _, child := range children {
		if child.PGID != p.PGID && child.SID == p.SID {
			k.hangUp(child.PGID, p)
		}
	}
}

func (k *Kernel) hangUp(pgid int32, without *Process) {
	if !k.orphanedGroup(pgid, without) {
		return
	}
	for _, p := range k.procs {
		if p.PGID == pgid && p.stopped && !p.exited {
			k.sendGroup(pgid, sigInfo{sig: SIGHUP, code: siKernel})
			k.sendGroup(pgid, sigInfo{sig: SIGCONT, code: siKernel})
			return
		}
	}
}

// leaveTerminal takes the terminal away from a session whose leader has ended (disassociate_ctty).
func (k *Kernel) leaveTerminal(p *Process) {
	if t := k.controlling(p); t != nil && p.PID == p.SID {
		t.session = 0
		k.sendGroup(t.group, sigInfo{sig: SIGHUP, code: siKernel})
		k.sendGroup(t.group, sigInfo{sig: SIGCONT, code: siKernel})
		t.group = 0
	}
}

// foreground is TIOCSPGRP.
func (c *call) foreground(t *terminal) (uint64, errno.Errno) {
	if again, e := c.checkTerminal(t, SIGTTOU); e != errno.OK || again {
		if again {
			return c.anew()
		}
		return 0, e
	}
	if !t.owns(c.p) {
		return 0, errno.ENOTTY
	}
	v, ok := c.get32(c.a[2])
	pgid := int32(v)
	switch {
	case !ok:
		return 0, errno.EFAULT
	case pgid < 0:
		return 0, errno.EINVAL
	}
	found := false
	for _, p := range c.k.procs {
		if p.PGID == pgid && !p.reaped {
			if p.SID != c.p.SID {
				return 0, errno.EPERM
			}
			found = true
		}
	}
	if !found {
		return 0, errno.ESRCH
	}
	t.group = pgid
	return 0, errno.OK
}

// takeTerminal is TIOCSCTTY: a session's leader without a terminal gets one that nobody has.
func (c *call) takeTerminal(t *terminal) (uint64, errno.Errno) {
	switch {
	case t.owns(c.p):
		return 0, errno.OK
	case c.p.SID != c.p.PID, t.session != 0, c.k.controlling(c.p) != nil:
		return 0, errno.EPERM
	}
	*t = terminal{true, c.p.SID, c.p.PGID}
	return 0, errno.OK
}
