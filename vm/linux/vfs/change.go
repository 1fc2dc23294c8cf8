package vfs

import (
	"io/fs"
	"path"

	"memlab/vm/linux/errno"
)

// This file changes directories: what mkdir, unlink, rename and their like do.

// link puts n into the directory d.
func (f *FS) link(d *Node, name string, n *Node) {
	n.parent, n.name, n.deleted = d, name, false
	if !d.mount.volatile {
		d.children[name] = n
	}
	if n.fsdev == 0 && d.fsdev != 0 { // among files with the host's numbers, and apart from them
		n.fsdev = d.fsdev
		n.ino |= 1 << 30
	}
	n.pinned = false
	n.pin()
	d.pin()
}

// unlink takes the entry name out of d.
func (f *FS) unlink(d *Node, name string) {
	delete(d.children, name)
	if !d.mount.volatile && f.lowerHas(d, name) {
		d.children[name] = nil
	}
	d.pin()
	f.touch(d)
}

// remove takes n out of its directory and frees what it took.
func (f *FS) remove(p place) {
	n := p.node
	f.unlink(p.dir, p.name)
	n.nlink = max(n.nlink, 1) - 1
	if n.IsDir() {
		n.nlink = 0
		p.dir.nlink = max(p.dir.nlink, 3) - 1
	}
	n.deleted = n.nlink == 0
	n.ctime = f.cfg.Now()
	if n.origin == "" || !n.deleted { // of a file of the host's only further names have been charged
		f.refund(nodeCost)
	}
	if n.deleted {
		f.refund(int64(len(n.target)))
	}
	f.reap(n)
}

// mayChange checks that c may add to, or take from, the directory d.
func (f *FS) mayChange(c *Context, d *Node) errno.Errno {
	switch {
	case d.mount.volatile && d.mount.write == nil:
		return errno.EROFS
	case d.deleted:
		return errno.ENOENT
	case !d.permitted(c.Cred, 3):
		return errno.EACCES
	}
	return errno.OK
}

// mayRemove is mayChange for an entry that is to go: the top of a mount stays, and of a sticky directory
// (/tmp) only the owner may take (fs/namei.c, may_delete).
func (f *FS) mayRemove(c *Context, p place) errno.Errno {
	if e := f.mayChange(c, p.dir); e != errno.OK {
		return e
	}
	if p.dir.mode&0o1000 != 0 && !p.dir.owns(c.Cred) && !p.node.owns(c.Cred) {
		return errno.EPERM
	}
	if p.node.mounted {
		return errno.EBUSY
	}
	return errno.OK
}

// vacant finds the place of a name that is to be made, and is not a directory's.
func (f *FS) vacant(c *Context, at *Node, name string) (place, errno.Errno) {
	p, e := f.entry(c, at, name)
	switch {
	case e != errno.OK:
	case p.node != nil:
		e = errno.EEXIST
	case p.slash:
		e = errno.ENOENT
	}
	return p, e
}

// create makes a node of the given mode in p's directory.
func (f *FS) create(c *Context, p place, mode uint32) (*Node, errno.Errno) {
	if e := f.mayChange(c, p.dir); e != errno.OK {
		return nil, e
	}
	if p.dir.mount.write != nil {
		return f.createBelow(p, mode)
	}
	if !f.charge(nodeCost) {
		return nil, errno.ENOSPC
	}
	owner := c.Cred
	if p.dir.mode&0o2000 != 0 { // the group is the directory's (fs/inode.c, inode_init_owner)
		owner.GID = p.dir.owner.GID
		if mode&typeMask == typeDir {
			mode |= 0o2000
		}
	}
	n := f.newNode(p.dir.mount, mode, owner)
	f.link(p.dir, p.name, n)
	if n.IsDir() {
		p.dir.nlink++
	}
	f.touch(p.dir)
	return n, errno.OK
}

// createBelow makes a file or directory in a WriteTree.
func (f *FS) createBelow(p place, mode uint32) (*Node, errno.Errno) {
	w := p.dir.mount.write
	at := path.Join(p.dir.origin, p.name)
	perm := fs.FileMode(mode & 0o777)
	switch mode & typeMask {
	case typeDir:
		if err := w.Mkdir(at, perm); err != nil {
			return nil, errnoOf(err)
		}
	case typeReg:
		file, err := w.Create(at, perm)
		if err != nil {
			return nil, errnoOf(err)
		}
		if err := file.Close(); err != nil {
			return nil, errnoOf(err)
		}
	default:
		return nil, errno.EPERM
	}
	return f.child(p.dir, p.name)
}

// Mkdir makes a directory.
func (f *FS) Mkdir(c *Context, at *Node, name string, perm uint32) errno.Errno {
	p, e := f.entry(c, at, name)
	if e != errno.OK {
		return e
	}
	if p.node != nil {
		return errno.EEXIST
	}
	_, e = f.create(c, p, typeDir|perm&0o1777&^c.Umask)
	return e
}

// Mknod makes a regular file, a named pipe or a socket's entry, as mode says; devices are not for the guest.
func (f *FS) Mknod(c *Context, from Path, mode uint32) errno.Errno {
	switch mode & typeMask {
	case 0:
		mode |= typeReg
	case typeReg, typeFifo, typeSock:
	case typeChr, typeBlk:
		return errno.EPERM
	default:
		return errno.EINVAL
	}
	p, e := f.vacant(c, from.At, from.Name)
	if e != errno.OK {
		return e
	}
	_, e = f.create(c, p, mode&^c.Umask)
	return e
}

// MakeSocket makes the name of a socket: what bind(2) does.
func (f *FS) MakeSocket(c *Context, at *Node, name string) (*Node, errno.Errno) {
	p, e := f.entry(c, at, name)
	if e != errno.OK {
		return nil, e
	}
	if p.node != nil {
		return nil, errno.EADDRINUSE
	}
	return f.create(c, p, typeSock|0o777&^c.Umask)
}

// Symlink makes a symbolic link to target.
func (f *FS) Symlink(c *Context, target string, at *Node, name string) errno.Errno {
	switch {
	case target == "":
		return errno.ENOENT
	case len(target) >= maxPath:
		return errno.ENAMETOOLONG
	}
	p, e := f.vacant(c, at, name)
	switch {
	case e != errno.OK:
		return e
	case p.dir.mount.write != nil:
		if e := f.mayChange(c, p.dir); e != errno.OK {
			return e
		}
		return errnoOf(p.dir.mount.write.Symlink(target, path.Join(p.dir.origin, p.name)))
	case !f.charge(int64(len(target))):
		return errno.ENOSPC
	}
	n, e := f.create(c, p, typeLink|0o777)
	if e != errno.OK {
		f.refund(int64(len(target)))
		return e
	}
	n.target, n.size = target, int64(len(target))
	return errno.OK
}

// Unlink removes a file; Rmdir is for directories.
func (f *FS) Unlink(c *Context, at *Node, name string) errno.Errno {
	p, e := f.entry(c, at, name)
	switch {
	case e != errno.OK:
		return e
	case p.name == "":
		return errno.EISDIR
	case p.node == nil:
		return errno.ENOENT
	case p.slash && p.node.IsDir():
		return errno.EISDIR
	case p.slash:
		return errno.ENOTDIR
	}
	if e := f.mayRemove(c, p); e != errno.OK {
		return e
	}
	if p.node.IsDir() {
		return errno.EISDIR
	}
	return f.drop(p)
}

// Rmdir removes an empty directory.
func (f *FS) Rmdir(c *Context, at *Node, name string) errno.Errno {
	p, e := f.entry(c, at, name)
	switch {
	case e != errno.OK:
		return e
	case p.dots == ".":
		return errno.EINVAL
	case p.dots == "..":
		return errno.ENOTEMPTY
	case p.name == "":
		return errno.EBUSY
	case p.node == nil:
		return errno.ENOENT
	}
	if e := f.mayRemove(c, p); e != errno.OK {
		return e
	}
	if !p.node.IsDir() {
		return errno.ENOTDIR
	}
	if e := f.empty(p.node); e != errno.OK {
		return e
	}
	return f.drop(p)
}

// empty checks that the directory d has no entries.
func (f *FS) empty(d *Node) errno.Errno {
	entries, e := f.list(d)
	if e == errno.OK && len(entries) > 2 {
		e = errno.ENOTEMPTY
	}
	return e
}

// drop removes what p names, here or in a WriteTree.
func (f *FS) drop(p place) errno.Errno {
	if w := p.dir.mount.write; w != nil {
		return errnoOf(w.Remove(p.node.origin))
	}
	f.remove(p)
	return errno.OK
}

// Link gives the file old a second name.
func (f *FS) Link(c *Context, old *Node, at *Node, name string) errno.Errno {
	old.refs++
	defer f.Release(old)
	p, e := f.vacant(c, at, name)
	if e == errno.OK && p.dir.mount != old.mount {
		e = errno.EXDEV
	}
	if e != errno.OK {
		return e
	}
	if e := f.mayChange(c, p.dir); e != errno.OK {
		return e
	}
	switch {
	case old.IsDir(), old.mount.volatile && old.mount.write == nil:
		return errno.EPERM
	case old.mount.write != nil:
		return errnoOf(old.mount.write.Link(old.origin, path.Join(p.dir.origin, p.name)))
	case old.deleted && !old.linkable:
		return errno.ENOENT
	}
	if !f.charge(nodeCost) {
		return errno.ENOSPC
	}
	if old.linkable {
		old.linkable = false
	} else {
		old.pin() // in its first place, before it gets a second
	}
	f.link(p.dir, p.name, old)
	old.nlink++
	old.ctime = f.cfg.Now()
	f.touch(p.dir)
	return errno.OK
}
