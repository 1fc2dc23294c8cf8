package vfs

import (
	"path"

	"memlab/vm/linux/errno"
)

// The flags of renameat2: fail if the new name exists; let the two change places.
const (
	RenameNoReplace = 1
	RenameExchange  = 2
)

// Rename moves what is at oldPath to newPath, replacing what is there, as renameat2(2) does. A directory of
// the host's is renamed like any other: its node moves, its origin stays.
func (f *FS) Rename(c *Context, from Path, to Path, flags uint32) errno.Errno {
	if flags&^(RenameNoReplace|RenameExchange) != 0 || flags == RenameNoReplace|RenameExchange {
		return errno.EINVAL
	}
	old, e := f.walk(c, from.At, from.Name, endEntry)
	if e != errno.OK {
		return e
	}
	old.dir.refs++
	defer f.Release(old.dir)
	if old.node != nil {
		old.node.refs++
		defer f.Release(old.node)
	}
	fresh, e := f.walk(c, to.At, to.Name, endEntry)
	if e != errno.OK {
		return e
	}
	if e := f.renameable(old, fresh, flags); e != errno.OK {
		return e
	}
	if old.node == fresh.node {
		return errno.OK
	}
	if flags == RenameExchange {
		return f.exchange(c, old, fresh)
	}
	if e := f.mayRename(c, old, fresh); e != errno.OK {
		return e
	}
	return f.move(old, fresh)
}

// Path is a path and the directory that it starts from (nil: the working directory).
type Path struct {
	At   *Node
	Name string
}

// renameable makes the checks that need no rights, in Linux's order (fs/namei.c, do_renameat2).
func (f *FS) renameable(old, fresh place, flags uint32) errno.Errno {
	switch {
	case old.dir.mount != fresh.dir.mount:
		return errno.EXDEV
	case old.name == "" || fresh.name == "":
		return errno.EBUSY
	case old.long:
		return errno.ENAMETOOLONG
	case old.node == nil:
		return errno.ENOENT
	case fresh.long:
		return errno.ENAMETOOLONG
	case fresh.node != nil && flags&RenameNoReplace != 0:
		return errno.EEXIST
	case fresh.node == nil && flags&RenameExchange != 0:
		return errno.ENOENT
	case flags&RenameExchange != 0 && !fresh.node.IsDir() && fresh.slash:
		return errno.ENOTDIR
	case !old.node.IsDir() && (old.slash || fresh.slash && flags&RenameExchange == 0):
		return errno.ENOTDIR
	}
	for d := fresh.dir; d != f.root; d = d.parent {
		if d == old.node {
			return errno.EINVAL
		}
	}
	for d := old.dir; fresh.node != nil && d != f.root; d = d.parent {
		if d == fresh.node {
			if flags&RenameExchange != 0 {
				return errno.EINVAL
			}
			return errno.ENOTEMPTY
		}
	}
	return errno.OK
}

// exchange lets two files change places.
func (f *FS) exchange(c *Context, a, b place) errno.Errno {
	for _, p := range [][2]place{{a, b}, {b, a}} {
		if e := f.mayRemove(c, p[0]); e != errno.OK {
			return e
		}
		if e := f.mayMove(c, p[0], p[1]); e != errno.OK {
			return e
		}
	}
	if a.dir.mount.write != nil {
		return errno.EINVAL // as file systems say that cannot
	}
	f.unlink(a.dir, a.name)
	f.unlink(b.dir, b.name)
	f.link(a.dir, a.name, b.node)
	f.link(b.dir, b.name, a.node)
	if a.node.IsDir() != b.node.IsDir() && a.dir != b.dir { // the ".." of one has gone to the other
		from, to := a.dir, b.dir
		if b.node.IsDir() {
			from, to = to, from
		}
		from.nlink, to.nlink = from.nlink-1, to.nlink+1
	}
	a.node.ctime = f.cfg.Now()
	b.node.ctime = a.node.ctime
	return errno.OK
}

func (f *FS) mayRename(c *Context, old, fresh place) errno.Errno {
	if e := f.mayRemove(c, old); e != errno.OK {
		return e
	}
	e := f.mayChange(c, fresh.dir)
	if fresh.node != nil {
		e = f.mayRemove(c, fresh)
	}
	switch {
	case e != errno.OK:
		return e
	case fresh.node == nil:
		return f.mayMove(c, old, fresh)
	case old.node.IsDir() && !fresh.node.IsDir():
		return errno.ENOTDIR
	case !old.node.IsDir() && fresh.node.IsDir():
		return errno.EISDIR
	}
	if e := f.mayMove(c, old, fresh); e != errno.OK || !fresh.node.IsDir() {
		return e
	}
	return f.empty(fresh.node)
}

// mayMove checks that a directory which gets another parent may be written: its ".." changes.
func (f *FS) mayMove(c *Context, old, fresh place) errno.Errno {
	if old.node.IsDir() && old.dir != fresh.dir && !old.node.permitted(c.Cred, 2) {
		return errno.EACCES
	}
	return errno.OK
}

func (f *FS) move(old, fresh place) errno.Errno {
	if w := old.dir.mount.write; w != nil {
		return errnoOf(w.Rename(old.node.origin, path.Join(fresh.dir.origin, fresh.name)))
	}
	if fresh.node != nil {
		f.remove(fresh)
	}
	f.unlink(old.dir, old.name)
	if old.node.IsDir() && old.dir != fresh.dir {
		old.dir.nlink, fresh.dir.nlink = max(old.dir.nlink, 3)-1, fresh.dir.nlink+1
	}
	f.link(fresh.dir, fresh.name, old.node)
	old.node.ctime = f.cfg.Now()
	f.touch(fresh.dir)
	return errno.OK
}
