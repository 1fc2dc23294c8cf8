package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has the calls on paths that change directories, and those on the working directory.

// The flags of the *at calls (include/uapi/linux/fcntl.h).
const (
	atFDCwd       = -100
	atNoFollow    = 0x100
	atRemoveDir   = 0x200
	atEAccess     = 0x200
	atFollow      = 0x400
	atNoAutomount = 0x800
	atEmptyPath   = 0x1000
	atStatxSync   = 0x6000
)

// at reads the path at va and finds the directory that descriptor fd stands for. An absolute path needs no
// descriptor.
func (c *call) at(fd, va uint64) (vfs.Path, errno.Errno) {
	name, e := c.path(va)
	if e != errno.OK {
		return vfs.Path{}, e
	}
	if name == "" {
		return vfs.Path{}, errno.ENOENT
	}
	if int32(fd) == atFDCwd || name[0] == '/' {
		return vfs.Path{Name: name}, errno.OK
	}
	f, e := c.anyFD(fd)
	switch {
	case e != errno.OK:
		return vfs.Path{}, e
	case !f.Node().IsDir():
		return vfs.Path{}, errno.ENOTDIR
	}
	return vfs.Path{At: f.Node(), Name: name}, errno.OK
}

// lookup finds the node that an *at call names; with AT_EMPTY_PATH and an empty path that is the
// descriptor's own.
func (c *call) lookup(fd, va, flags uint64) (*vfs.Node, errno.Errno) {
	empty := va == 0 && flags&nullIsEmpty != 0
	if flags&atEmptyPath != 0 && !empty {
		first, ok := c.get8(va)
		if !ok {
			return nil, errno.EFAULT
		}
		empty = first == 0
	}
	switch {
	case !empty:
		from, e := c.at(fd, va)
		if e != errno.OK {
			return nil, e
		}
		return c.k.cfg.Files.Lookup(c.p.context(), from.At, from.Name, flags&atNoFollow == 0)
	case int32(fd) == atFDCwd:
		return c.p.FS.Cwd, errno.OK
	}
	f, e := c.anyFD(fd)
	if e != errno.OK {
		return nil, e
	}
	return f.Node(), errno.OK
}

// nullIsEmpty is a flag of lookup's own, beside those of the calls: a null pointer stands for an empty path
// (Linux 6.11 for stat and statx; utimensat always).
const nullIsEmpty = 1 << 32

// orNull adds nullIsEmpty to the flags of a call that takes a null pointer with AT_EMPTY_PATH.
func orNull(flags uint64) uint64 {
	if flags&atEmptyPath != 0 {
		flags |= nullIsEmpty
	}
	return flags
}

// cwd stands for AT_FDCWD in a register.
func cwd() uint64 { return uint64(1<<64 + atFDCwd) }

func (c *call) getcwd() (uint64, errno.Errno) {
	path, ok := c.k.cfg.Files.Path(c.p.FS.Cwd)
	switch {
	case !ok && path != "":
		return 0, errno.ENAMETOOLONG
	case !ok:
		return 0, errno.ENOENT
	}
	b := append([]byte(path), 0)
	switch {
	case c.a[1] < uint64(len(b)):
		return 0, errno.ERANGE
	case !c.put(c.a[0], b):
		return 0, errno.EFAULT
	}
	return uint64(len(b)), errno.OK
}

func (c *call) chdir() (uint64, errno.Errno) {
	name, e := c.path(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	n, e := c.k.cfg.Files.Directory(c.p.context(), nil, name)
	if e != errno.OK {
		return 0, e
	}
	c.setCwd(n)
	return 0, errno.OK
}

func (c *call) fchdir() (uint64, errno.Errno) {
	f, e := c.anyFD(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case !f.Node().IsDir():
		return 0, errno.ENOTDIR
	}
	if e := c.k.cfg.Files.Access(c.p.context(), f.Node(), 1); e != errno.OK {
		return 0, e
	}
	c.setCwd(f.Node())
	return 0, errno.OK
}

func (c *call) setCwd(n *vfs.Node) {
	c.k.cfg.Files.Hold(n)
	c.k.cfg.Files.Release(c.p.FS.Cwd)
	c.p.FS.Cwd = n
}

func (c *call) mkdir() (uint64, errno.Errno) { return c.mkdirIn(cwd(), c.a[0], c.a[1]) }

func (c *call) mkdirat() (uint64, errno.Errno) { return c.mkdirIn(c.a[0], c.a[1], c.a[2]) }

func (c *call) mkdirIn(fd, va, perm uint64) (uint64, errno.Errno) {
	from, e := c.at(fd, va)
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Mkdir(c.p.context(), from.At, from.Name, uint32(perm))
}

func (c *call) mknod() (uint64, errno.Errno) { return c.mknodIn(cwd(), c.a[0], c.a[1]) }

func (c *call) mknodat() (uint64, errno.Errno) { return c.mknodIn(c.a[0], c.a[1], c.a[2]) }

func (c *call) mknodIn(fd, va, mode uint64) (uint64, errno.Errno) {
	from, e := c.at(fd, va)
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Mknod(c.p.context(), from, uint32(mode))
}

func (c *call) rmdir() (uint64, errno.Errno) { return c.unlinkIn(cwd(), c.a[0], atRemoveDir) }

func (c *call) unlink() (uint64, errno.Errno) { return c.unlinkIn(cwd(), c.a[0], 0) }

func (c *call) unlinkat() (uint64, errno.Errno) { return c.unlinkIn(c.a[0], c.a[1], c.a[2]) }

func (c *call) unlinkIn(fd, va, flags uint64) (uint64, errno.Errno) {
	if flags&^atRemoveDir != 0 {
		return 0, errno.EINVAL
	}
	from, e := c.at(fd, va)
	if e != errno.OK {
		return 0, e
	}
	if flags != 0 {
		return 0, c.k.cfg.Files.Rmdir(c.p.context(), from.At, from.Name)
	}
	return 0, c.k.cfg.Files.Unlink(c.p.context(), from.At, from.Name)
}

func (c *call) rename() (uint64, errno.Errno) {
	return c.renameIn([2]uint64{cwd(), c.a[0]}, [2]uint64{cwd(), c.a[1]}, 0)
}

func (c *call) renameat() (uint64, errno.Errno) {
	return c.renameIn([2]uint64{c.a[0], c.a[1]}, [2]uint64{c.a[2], c.a[3]}, 0)
}

func (c *call) renameat2() (uint64, errno.Errno) {
	return c.renameIn([2]uint64{c.a[0], c.a[1]}, [2]uint64{c.a[2], c.a[3]}, c.a[4])
}

// renameIn renames; each name is a descriptor and an address.
func (c *call) renameIn(old, fresh [2]uint64, flags uint64) (uint64, errno.Errno) {
	if flags&^7 != 0 { // RENAME_NOREPLACE, EXCHANGE, WHITEOUT
		return 0, errno.EINVAL
	}
	from, e := c.at(old[0], old[1])
	if e != errno.OK {
		return 0, e
	}
	to, e := c.at(fresh[0], fresh[1])
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Rename(c.p.context(), from, to, uint32(flags))
}

func (c *call) link() (uint64, errno.Errno) {
	return c.linkIn([2]uint64{cwd(), c.a[0]}, cwd(), c.a[1], 0)
}

func (c *call) linkat() (uint64, errno.Errno) {
	return c.linkIn([2]uint64{c.a[0], c.a[1]}, c.a[2], c.a[3], c.a[4])
}

func (c *call) linkIn(old [2]uint64, fd, va, flags uint64) (uint64, errno.Errno) {
	if flags&^(atFollow|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	lookup := flags & atEmptyPath
	if flags&atFollow == 0 {
		lookup |= atNoFollow
	}
	n, e := c.lookup(old[0], old[1], lookup)
	if e != errno.OK {
		return 0, e
	}
	to, e := c.at(fd, va)
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Link(c.p.context(), n, to.At, to.Name)
}

func (c *call) symlink() (uint64, errno.Errno) { return c.symlinkIn(c.a[0], cwd(), c.a[1]) }

func (c *call) symlinkat() (uint64, errno.Errno) { return c.symlinkIn(c.a[0], c.a[1], c.a[2]) }

func (c *call) symlinkIn(target, fd, va uint64) (uint64, errno.Errno) {
	text, e := c.path(target)
	if e == errno.OK && text == "" {
		e = errno.ENOENT
	}
	if e != errno.OK {
		return 0, e
	}
	from, e := c.at(fd, va)
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Symlink(c.p.context(), text, from.At, from.Name)
}

func (c *call) readlink() (uint64, errno.Errno) { return c.readlinkIn(cwd(), c.a[0], c.a[1], c.a[2]) }

func (c *call) readlinkat() (uint64, errno.Errno) {
	return c.readlinkIn(c.a[0], c.a[1], c.a[2], c.a[3])
}

func (c *call) readlinkIn(fd, va, buf, size uint64) (uint64, errno.Errno) {
	if int32(size) <= 0 {
		return 0, errno.EINVAL
	}
	n, e := c.lookup(fd, va, atNoFollow|atEmptyPath)
	if e != errno.OK {
		return 0, e
	}
	target, e := c.k.cfg.Files.ReadlinkNode(n)
	if first, ok := c.get8(va); e == errno.EINVAL && ok && first == 0 {
		e = errno.ENOENT // an empty path that leads to no link (fs/stat.c, do_readlinkat)
	}
	if e != errno.OK {
		return 0, e
	}
	b := []byte(target)
	b = b[:min(len(b), int(int32(size)))]
	if !c.put(buf, b) {
		return 0, errno.EFAULT
	}
	return uint64(len(b)), errno.OK
}
