package linux

import "memlab/vm/linux/errno"

// This file has the calls about numbers: of processes, tasks, process groups and sessions.

func (c *call) getpid() (uint64, errno.Errno)  { return uint64(c.p.PID), errno.OK }
func (c *call) gettid() (uint64, errno.Errno)  { return uint64(c.t.TID), errno.OK }
func (c *call) getppid() (uint64, errno.Errno) { return uint64(c.p.PPID), errno.OK }
func (c *call) getpgrp() (uint64, errno.Errno) { return uint64(c.p.PGID), errno.OK }

// process finds a process that has not ended; 0 is the caller.
func (c *call) process(pid int32) *Process {
	if pid == 0 {
		return c.p
	}
	for _, p := range c.k.procs {
		if p.PID == pid && !p.reaped {
			return p
		}
	}
	return nil
}

func (c *call) getpgid() (uint64, errno.Errno) {
	p := c.process(int32(c.a[0]))
	if p == nil {
		return 0, errno.ESRCH
	}
	return uint64(p.PGID), errno.OK
}

func (c *call) getsid() (uint64, errno.Errno) {
	p := c.process(int32(c.a[0]))
	if p == nil {
		return 0, errno.ESRCH
	}
	return uint64(p.SID), errno.OK
}

// setpgid moves the caller or one of its children, before that calls execve, to a group of the same session
// (kernel/sys.c).
func (c *call) setpgid() (uint64, errno.Errno) {
	p, pgid := c.process(int32(c.a[0])), int32(c.a[1])
	switch {
	case pgid < 0:
		return 0, errno.EINVAL
	case p == nil || p != c.p && p.parent != c.p:
		return 0, errno.ESRCH
	case p != c.p && p.SID != c.p.SID:
		return 0, errno.EPERM
	case p != c.p && p.execed:
		return 0, errno.EACCES
	case p.SID == p.PID:
		return 0, errno.EPERM
	}
	if pgid == 0 {
		pgid = p.PID
	}
	if pgid != p.PID && !c.hasGroup(pgid) {
		return 0, errno.EPERM
	}
	p.PGID = pgid
	return 0, errno.OK
}

// hasGroup reports whether the caller's session has a process group of that number.
func (c *call) hasGroup(pgid int32) bool {
	for _, p := range c.k.procs {
		if p.PGID == pgid && p.SID == c.p.SID && !p.reaped {
			return true
		}
	}
	return false
}

// setsid fails if there is a process group of the caller's number.
func (c *call) setsid() (uint64, errno.Errno) {
	for _, p := range c.k.procs {
		if p.PGID == c.p.PID && !p.reaped {
			return 0, errno.EPERM
		}
	}
	c.p.SID, c.p.PGID = c.p.PID, c.p.PID
	return uint64(c.p.SID), errno.OK
}
