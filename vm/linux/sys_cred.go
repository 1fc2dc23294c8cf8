package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// This file has the calls that ask for and change users and groups (kernel/sys.c).

// keep is the id -1: leave it as it is.
const keep = 1<<32 - 1

func credCalls() handlers {
	return handlers{
		"getuid":    {0, (*call).getuid},
		"geteuid":   {0, (*call).geteuid},
		"getgid":    {0, (*call).getgid},
		"getegid":   {0, (*call).getegid},
		"getresuid": {3, (*call).getresuid},
		"getresgid": {3, (*call).getresgid},
		"setuid":    {1, (*call).setuid},
		"setgid":    {1, (*call).setgid},
		"setreuid":  {2, (*call).setreuid},
		"setregid":  {2, (*call).setregid},
		"setresuid": {3, (*call).setresuid},
		"setresgid": {3, (*call).setresgid},
		"setfsuid":  {1, (*call).setfsuid},
		"setfsgid":  {1, (*call).setfsgid},
		"getgroups": {2, (*call).getgroups},
		"setgroups": {2, (*call).setgroups},
		"capget":    {2, (*call).capget},
		"capset":    {2, (*call).capset},
	}
}

func (c *call) getuid() (uint64, errno.Errno)  { return uint64(c.p.cred.user.real), errno.OK }
func (c *call) geteuid() (uint64, errno.Errno) { return uint64(c.p.cred.user.effective), errno.OK }
func (c *call) getgid() (uint64, errno.Errno)  { return uint64(c.p.cred.group.real), errno.OK }
func (c *call) getegid() (uint64, errno.Errno) { return uint64(c.p.cred.group.effective), errno.OK }

func (c *call) getresuid() (uint64, errno.Errno) { return c.threeIDs(c.p.cred.user) }
func (c *call) getresgid() (uint64, errno.Errno) { return c.threeIDs(c.p.cred.group) }

// threeIDs writes the real, effective and saved id.
func (c *call) threeIDs(i ids) (uint64, errno.Errno) {
	for n, id := range []uint32{i.real, i.effective, i.saved} {
		if !c.put32(c.a[n], id) {
			return 0, errno.EFAULT
		}
	}
	return 0, errno.OK
}

func (c *call) setuid() (uint64, errno.Errno) {
	to, e := setID(c.p.cred.user, uint32(c.a[0]), c.p.can(capSetuid))
	if e == errno.OK {
		c.p.setUser(to)
	}
	return 0, e
}

func (c *call) setgid() (uint64, errno.Errno) {
	to, e := setID(c.p.cred.group, uint32(c.a[0]), c.p.can(capSetgid))
	if e == errno.OK {
		c.p.setGroup(to)
	}
	return 0, e
}

// setID changes all three with the right to, else the effective one to the real or saved.
func setID(i ids, id uint32, may bool) (ids, errno.Errno) {
	switch {
	case id == keep:
		return i, errno.EINVAL
	case may:
		return ids{id, id, id}, errno.OK
	case id != i.real && id != i.saved:
		return i, errno.EPERM
	}
	i.effective = id
	return i, errno.OK
}

func (c *call) setreuid() (uint64, errno.Errno) {
	to, e := setRealEffective(c.p.cred.user, uint32(c.a[0]), uint32(c.a[1]), c.p.can(capSetuid))
	if e == errno.OK {
		c.p.setUser(to)
	}
	return 0, e
}

func (c *call) setregid() (uint64, errno.Errno) {
	to, e := setRealEffective(c.p.cred.group, uint32(c.a[0]), uint32(c.a[1]), c.p.can(capSetgid))
	if e == errno.OK {
		c.p.setGroup(to)
	}
	return 0, e
}

// setRealEffective lets swap the two; the saved id follows when the real one is set or the effective one
// becomes another than the real.
func setRealEffective(i ids, toReal, toEffective uint32, may bool) (ids, errno.Errno) {
	to := i
	if toReal != keep {
		if toReal != i.real && toReal != i.effective && !may {
			return i, errno.EPERM
		}
		to.real = toReal
	}
	if toEffective != keep {
		if !i.has(toEffective) && !may {
			return i, errno.EPERM
		}
		to.effective = toEffective
	}
	if toReal != keep || toEffective != keep && toEffective != i.real {
		to.saved = to.effective
	}
	return to, errno.OK
}

func (c *call) setresuid() (uint64, errno.Errno) {
	to, e := setThree(c.p.cred.user, c.a, c.p.can(capSetuid))
	if e == errno.OK {
		c.p.setUser(to)
	}
	return 0, e
}

func (c *call) setresgid() (uint64, errno.Errno) {
	to, e := setThree(c.p.cred.group, c.a, c.p.can(capSetgid))
	if e == errno.OK {
		c.p.setGroup(to)
	}
	return 0, e
}

// setThree sets each to one of the three, or to any with the right to.
func setThree(i ids, a [6]uint64, may bool) (ids, errno.Errno) {
	to := i
	for n, id := range []*uint32{&to.real, &to.effective, &to.saved} {
		switch v := uint32(a[n]); {
		case v == keep:
		case !may && !i.has(v):
			return i, errno.EPERM
		default:
			*id = v
		}
	}
	return to, errno.OK
}

// setfsuid answers the id before, whether it changes it or not.
func (c *call) setfsuid() (uint64, errno.Errno) {
	old, id := c.p.Cred.UID, uint32(c.a[0])
	if id != keep && (id == old || c.p.cred.user.has(id) || c.p.can(capSetuid)) {
		c.p.setFileUser(id)
	}
	return uint64(old), errno.OK
}

func (c *call) setfsgid() (uint64, errno.Errno) {
	old, id := c.p.Cred.GID, uint32(c.a[0])
	if id != keep && (id == old || c.p.cred.group.has(id) || c.p.can(capSetgid)) {
		c.p.Cred.GID = id
	}
	return uint64(old), errno.OK
}

func (c *call) getgroups() (uint64, errno.Errno) {
	n, groups := int(int32(c.a[0])), c.p.cred.groups
	switch {
	case n < 0, n > 0 && n < len(groups):
		return 0, errno.EINVAL
	case n == 0:
		return uint64(len(groups)), errno.OK
	}
	var b []byte
	for _, g := range groups {
		b = binary.LittleEndian.AppendUint32(b, g)
	}
	return c.result(uint64(len(groups)), c.put(c.a[1], b))
}

// maxGroups is NGROUPS_MAX.
const maxGroups = 65536

func (c *call) setgroups() (uint64, errno.Errno) {
	n := int(int32(c.a[0]))
	switch {
	case !c.p.can(capSetgid):
		return 0, errno.EPERM
	case n < 0 || n > maxGroups:
		return 0, errno.EINVAL
	}
	b := make([]byte, 4*n)
	if !c.get(c.a[1], b) {
		return 0, errno.EFAULT
	}
	groups := make([]uint32, n)
	for i := range groups {
		if groups[i] = binary.LittleEndian.Uint32(b[4*i:]); groups[i] == keep {
			return 0, errno.EINVAL
		}
	}
	c.p.cred.groups = groups
	return 0, errno.OK
}
