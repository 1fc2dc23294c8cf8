package linux

import "memlab/vm/linux/errno"

// The calls that change who a program is. Real, effective and saved ids are one in this machine, for execve
// never gives rights away; so an unprivileged program may set them to what they are, and process 0's owner to
// anything, but all three together.

func credCalls() handlers {
	return handlers{
		"setuid":      {1, (*call).setuid},
		"setgid":      {1, (*call).setgid},
		"setreuid":    {2, (*call).setreuid},
		"setregid":    {2, (*call).setregid},
		"setresuid":   {3, (*call).setresuid},
		"setresgid":   {3, (*call).setresgid},
		"setfsuid":    {1, (*call).setfsuid},
		"setfsgid":    {1, (*call).setfsgid},
		"setgroups":   {2, (*call).setgroups},
		"capget":      {2, (*call).capget},
		"capset":      {2, (*call).capset},
		"personality": {1, (*call).personality},
		"ptrace":      {4, (*call).forbidden},
		"unshare":     {1, (*call).unshare},
		"setns":       {2, (*call).forbidden},
	}
}

// keep is the id that means: leave it as it is.
const keep = ^uint32(0)

// setIDs sets an id to what all of ids say that say something.
func (c *call) setIDs(id *uint32, ids ...uint64) (uint64, errno.Errno) {
	fresh := *id
	for _, v := range ids {
		switch n := uint32(v); {
		case n == keep:
		case n != *id && c.p.Cred.UID != 0:
			return 0, errno.EPERM
		default:
			fresh = n
		}
	}
	*id = fresh
	return 0, errno.OK
}

func (c *call) setuid() (uint64, errno.Errno) { return c.setOne(&c.p.Cred.UID) }
func (c *call) setgid() (uint64, errno.Errno) { return c.setOne(&c.p.Cred.GID) }

func (c *call) setOne(id *uint32) (uint64, errno.Errno) {
	if uint32(c.a[0]) == keep {
		return 0, errno.EINVAL
	}
	return c.setIDs(id, c.a[0])
}

func (c *call) setreuid() (uint64, errno.Errno)  { return c.setIDs(&c.p.Cred.UID, c.a[:2]...) }
func (c *call) setregid() (uint64, errno.Errno)  { return c.setIDs(&c.p.Cred.GID, c.a[:2]...) }
func (c *call) setresuid() (uint64, errno.Errno) { return c.setIDs(&c.p.Cred.UID, c.a[:3]...) }
func (c *call) setresgid() (uint64, errno.Errno) { return c.setIDs(&c.p.Cred.GID, c.a[:3]...) }

// setfsuid answers the id before, and never fails; only its owner's own can be set.
func (c *call) setfsuid() (uint64, errno.Errno) { return uint64(c.p.Cred.UID), errno.OK }
func (c *call) setfsgid() (uint64, errno.Errno) { return uint64(c.p.Cred.GID), errno.OK }

func (c *call) setgroups() (uint64, errno.Errno) {
	if c.p.Cred.UID != 0 {
		return 0, errno.EPERM
	}
	return 0, errno.OK
}

// The versions of struct __user_cap_header_struct, and how many words of capabilities each has.
const (
	capVersion1 = 0x19980330
	capVersion2 = 0x20071026
	capVersion3 = 0x20080522
)

// capHeader reads the header: how many sets of 32 capabilities follow, and of which process.
func (c *call) capHeader() (sets int, p *Process, e errno.Errno) {
	v, ok := c.get64(c.a[0])
	if !ok {
		return 0, nil, errno.EFAULT
	}
	switch uint32(v) {
	case capVersion1:
		sets = 1
	case capVersion2, capVersion3:
		sets = 2
	default:
		if !c.put32(c.a[0], capVersion3) {
			return 0, nil, errno.EFAULT
		}
		return 0, nil, errno.EINVAL
	}
	pid := int32(v >> 32)
	if pid < 0 {
		return 0, nil, errno.EINVAL
	}
	if p = c.process(pid); p == nil {
		return 0, nil, errno.ESRCH
	}
	return sets, p, errno.OK
}

// caps are the capabilities of p: all of them, or none.
func (p *Process) caps() uint64 {
	if p.Cred.UID == 0 {
		return 1<<(lastCapability+1) - 1
	}
	return 0
}

func (c *call) capget() (uint64, errno.Errno) {
	sets, p, e := c.capHeader()
	if e != errno.OK {
		if e == errno.EINVAL && c.a[1] == 0 { // only the version is asked for
			return 0, errno.OK
		}
		return 0, e
	}
	caps := p.caps()
	for i := range uint64(sets) { // effective, permitted, inheritable
		v := uint32(caps >> (32 * i))
		for n, w := range [...]uint32{v, v, 0} {
			if !c.put32(c.a[1]+12*i+4*uint64(n), w) {
				return 0, errno.EFAULT
			}
		}
	}
	return 0, errno.OK
}

func (c *call) capset() (uint64, errno.Errno) {
	sets, p, e := c.capHeader()
	switch {
	case e != errno.OK:
		return 0, e
	case p != c.p:
		return 0, errno.EPERM
	}
	for i := range uint64(sets) {
		allowed := uint32(p.caps() >> (32 * i))
		for n := range uint64(3) {
			v, ok := c.get32(c.a[1] + 12*i + 4*n)
			switch {
			case !ok:
				return 0, errno.EFAULT
			case v&^allowed != 0:
				return 0, errno.EPERM
			}
		}
	}
	return 0, errno.OK
}

// personality has Linux's own only; without randomised addresses and with nothing else that could be set.
func (c *call) personality() (uint64, errno.Errno) {
	const ask = 0xffffffff
	was := c.p.persona
	if v := uint32(c.a[0]); v != ask {
		c.p.persona = v
	}
	return uint64(was), errno.OK
}

// forbidden is what the unprivileged may not do: trace others, enter their namespaces.
func (c *call) forbidden() (uint64, errno.Errno) { return 0, errno.EPERM }

// unshare gives the caller files and a working directory of its own; namespaces are for the privileged.
func (c *call) unshare() (uint64, errno.Errno) {
	const known = cloneFS | cloneFiles | cloneNamespaces | cloneNewTime | cloneVM | cloneSighand | cloneThread |
		cloneSysvsem
	flags := c.a[0]
	switch {
	case flags&^known != 0:
		return 0, errno.EINVAL
	case flags&(cloneNamespaces|cloneNewTime) != 0:
		return 0, errno.EPERM
	case flags&(cloneVM|cloneSighand|cloneThread) != 0 && len(c.p.Tasks) > 1:
		return 0, errno.EINVAL
	}
	if flags&cloneFiles != 0 {
		c.p.ownFiles()
	}
	if flags&cloneFS != 0 && c.p.FS.users > 1 {
		c.p.FS.users--
		fs := FSContext{Cwd: c.p.FS.Cwd, Umask: c.p.FS.Umask, users: 1}
		c.k.cfg.Files.Hold(fs.Cwd)
		c.p.FS = &fs
	}
	return 0, errno.OK
}

// ownFiles gives p a table of descriptors that it shares with no other process.
func (p *Process) ownFiles() {
	if p.Files.users > 1 {
		p.Files.users--
		p.Files = p.Files.copy()
		p.Files.users = 1
	}
}
