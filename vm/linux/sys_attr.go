package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has the calls that change a file's mode, owner and times.

func (c *call) chmod() (uint64, errno.Errno) { return c.chmodIn(cwd(), c.a[0], c.a[1], 0) }

func (c *call) fchmodat() (uint64, errno.Errno) { return c.chmodIn(c.a[0], c.a[1], c.a[2], 0) }

func (c *call) fchmodat2() (uint64, errno.Errno) {
	if c.a[3]&^(atNoFollow|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	return c.chmodIn(c.a[0], c.a[1], c.a[2], c.a[3])
}

func (c *call) chmodIn(fd, va, perm, flags uint64) (uint64, errno.Errno) {
	n, e := c.lookup(fd, va, flags)
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Chmod(c.p.context(), n, uint32(perm))
}

func (c *call) fchmod() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Chmod(c.p.context(), f.Node(), uint32(c.a[1]))
}

func (c *call) chown() (uint64, errno.Errno) { return c.chownIn(cwd(), c.a[0], c.a[1:3], 0) }

func (c *call) lchown() (uint64, errno.Errno) {
	return c.chownIn(cwd(), c.a[0], c.a[1:3], atNoFollow)
}

func (c *call) fchownat() (uint64, errno.Errno) {
	if c.a[4]&^(atNoFollow|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	return c.chownIn(c.a[0], c.a[1], c.a[2:4], c.a[4])
}

func (c *call) chownIn(fd, va uint64, ids []uint64, flags uint64) (uint64, errno.Errno) {
	n, e := c.lookup(fd, va, flags)
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Chown(c.p.context(), n, vfs.Cred{UID: uint32(ids[0]), GID: uint32(ids[1])})
}

func (c *call) fchown() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	to := vfs.Cred{UID: uint32(c.a[1]), GID: uint32(c.a[2])}
	return 0, c.k.cfg.Files.Chown(c.p.context(), f.Node(), to)
}

func (c *call) umask() (uint64, errno.Errno) {
	old := c.p.FS.Umask
	c.p.FS.Umask = uint32(c.a[0]) & 0o777
	return uint64(old), errno.OK
}
