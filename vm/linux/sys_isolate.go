package linux

import "memlab/vm/linux/errno"

// This file has the calls that change what a program shares with others, or looks into others.

func isolationCalls() handlers {
	return handlers{
		"personality": {1, (*call).personality},
		"ptrace":      {4, (*call).forbidden},
		"unshare":     {1, (*call).unshare},
		"setns":       {2, (*call).forbidden},
	}
}

// personality has Linux's own only: what is set is kept and shown.
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
	const known = cloneFS | cloneFiles | cloneNamespaces | cloneNewTime | cloneVM | cloneSighand |
		cloneThread | cloneSysvsem
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
