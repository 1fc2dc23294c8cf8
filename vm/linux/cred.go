package linux

import (
	"slices"

	"memlab/vm/linux/vfs"
)

// credentials say who a process is and what it may do (struct cred of kernel/cred.c). Linux has them for each
// task; here the tasks of a process share them, which is what libc makes of it.
//
// Rights over files follow Process.Cred, the ids for files, alone: a process whose file id is 0 may what root
// may, and supplementary groups open nothing.
type credentials struct {
	user, group ids
	groups      []uint32
	caps        capabilities
	keep        bool // PR_SET_KEEPCAPS: leaving root behind leaves the permitted ones
}

// ids are the real, effective and saved number of a user or group.
type ids struct{ real, effective, saved uint32 }

// has reports whether id is one of the three.
func (i ids) has(id uint32) bool { return id == i.real || id == i.effective || id == i.saved }

// hasRoot reports whether one of the three is root's.
func (i ids) hasRoot() bool { return i.has(0) }

// capabilities are sets of bits (include/uapi/linux/capability.h).
type capabilities struct{ effective, permitted, inheritable uint64 }

// The capabilities that calls ask for, and all of them.
const (
	capSetgid   = 6
	capSetuid   = 7
	capSetpcap  = 8
	capPtrace   = 19
	capIPCLock  = 14
	capNice     = 23
	capResource = 24
	allCaps     = 1<<(lastCapability+1) - 1
)

// newCredentials are those of a program that someone starts: root has all capabilities, others none.
func newCredentials(who vfs.Cred) credentials {
	c := credentials{
		user:   ids{who.UID, who.UID, who.UID},
		group:  ids{who.GID, who.GID, who.GID},
		groups: []uint32{who.GID},
	}
	if who.UID == 0 {
		c.caps.effective, c.caps.permitted = allCaps, allCaps
	}
	return c
}

// can reports whether the process has a capability.
func (p *Process) can(capability uint) bool { return p.cred.caps.effective>>capability&1 != 0 }

// setUser changes the user ids, the id for files with them, and the capabilities as cap_emulate_setxuid of
// security/commoncap.c does: who leaves root behind loses them.
func (p *Process) setUser(to ids) {
	c := &p.cred
	old := c.user
	c.user, p.Cred.UID = to, to.effective
	if old.hasRoot() && !to.hasRoot() {
		c.caps.effective = 0
		if !c.keep {
			c.caps.permitted = 0
		}
	}
	switch {
	case old.effective == 0 && to.effective != 0:
		c.caps.effective = 0
	case old.effective != 0 && to.effective == 0:
		c.caps.effective = c.caps.permitted
	}
}

// fileCaps are the capabilities about files: the id for files brings them along (include/linux/capability.h,
// CAP_FS_SET).
const fileCaps = 0x1f | 1<<9 | 1<<27 | 1<<32

// setFileUser changes the user id for files, and the capabilities as cap_task_fix_setuid does.
func (p *Process) setFileUser(to uint32) {
	caps := &p.cred.caps
	switch {
	case p.Cred.UID == 0 && to != 0:
		caps.effective &^= fileCaps
	case p.Cred.UID != 0 && to == 0:
		caps.effective |= caps.permitted & fileCaps
	}
	p.Cred.UID = to
}

// setGroup changes the group ids, and the id for files with them.
func (p *Process) setGroup(to ids) { p.cred.group, p.Cred.GID = to, to.effective }

// newProgram is what execve does to credentials: the saved ids become the effective ones, root gets all
// capabilities and others none (cap_bprm_creds_from_file; no program here has capabilities of its own or the
// set-user-id bit honoured).
func (c *credentials) newProgram() {
	c.user.saved, c.group.saved, c.keep = c.user.effective, c.group.effective, false
	switch {
	case c.user.effective == 0:
		c.caps.permitted, c.caps.effective = allCaps, allCaps
	case c.user.real == 0:
		c.caps.permitted, c.caps.effective = allCaps, 0
	default:
		c.caps.permitted, c.caps.effective = 0, 0
	}
}

// copy is for a child.
func (c *credentials) copy() credentials {
	d := *c
	d.groups = slices.Clone(c.groups)
	return d
}
