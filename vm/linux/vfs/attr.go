package vfs

import (
	"memlab/vm/linux/errno"
)

// This file changes what is known of a file without its directory: length, mode, owner, times.

// truncate makes the regular file n size bytes long.
func (f *FS) truncate(n *Node, size int64) errno.Errno {
	if n.content != nil {
		if e := n.sealed(n.content.size, size); e != errno.OK {
			return e
		}
	}
	if n.mount.write != nil {
		d := &direct{fs: f, handle: &handle{mount: n.mount, origin: n.origin}, node: n}
		return d.truncate(size)
	}
	if e := f.contentOf(n).truncate(size); e != errno.OK {
		return e
	}
	n.pin()
	f.touch(n)
	return errno.OK
}

func (d *direct) truncate(size int64) errno.Errno {
	w, e := d.fs.handles.writer(d.handle)
	if e != errno.OK {
		return e
	}
	if err := w.Truncate(size); err != nil {
		return errnoOf(err)
	}
	was := d.node.size
	d.node.size = size
	d.fs.cfg.Cache.Resized(d.id(), was, size)
	d.fs.touch(d.node)
	return errno.OK
}

// Truncate is truncate(2).
func (f *FS) Truncate(c *Context, n *Node, size int64) errno.Errno {
	switch {
	case size < 0:
		return errno.EINVAL
	case n.IsDir():
		return errno.EISDIR
	case !n.IsRegular():
		return errno.EINVAL
	case n.execs > 0:
		return errno.ETXTBSY
	}
	if e := f.Access(c, n, 2); e != errno.OK {
		return e
	}
	return f.truncate(n, size)
}

// mayChangeAttr checks that c owns n and that its mount keeps such changes.
func (f *FS) mayChangeAttr(c *Context, n *Node) errno.Errno {
	switch {
	case n.mount.volatile && n.mount.write == nil:
		return errno.EROFS
	case c.Cred.UID != 0 && c.Cred.UID != n.owner.UID, n.mount.volatile:
		return errno.EPERM
	}
	return errno.OK
}

// Chmod sets the permission bits of n.
func (f *FS) Chmod(c *Context, n *Node, perm uint32) errno.Errno {
	if n.isLink() {
		return errno.EOPNOTSUPP
	}
	if e := f.mayChangeAttr(c, n); e != errno.OK {
		return e
	}
	n.mode = n.mode&typeMask | perm&0o7777
	n.ctime = f.cfg.Now()
	n.pin()
	return errno.OK
}

// Chown sets the owner of n; an id of ^0 stays. Only the superuser gives files away.
func (f *FS) Chown(c *Context, n *Node, to Cred) errno.Errno {
	if e := f.mayChangeAttr(c, n); e != errno.OK {
		return e
	}
	if to.UID == ^uint32(0) {
		to.UID = n.owner.UID
	}
	if to.GID == ^uint32(0) {
		to.GID = n.owner.GID
	}
	if c.Cred.UID != 0 && (to.UID != n.owner.UID || to.GID != n.owner.GID && to.GID != c.Cred.GID) {
		return errno.EPERM
	}
	n.owner = to
	n.ctime = f.cfg.Now()
	n.pin()
	return errno.OK
}

// SetMtime sets the time of last change, in nanoseconds since 1970.
func (f *FS) SetMtime(c *Context, n *Node, mtime int64) errno.Errno {
	if e := f.mayChangeAttr(c, n); e != errno.OK {
		return e
	}
	n.mtime, n.ctime = mtime, f.cfg.Now()
	n.pin()
	return errno.OK
}
