package vfs

import (
	"io/fs"
	"time"

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
	case !n.owns(c.Cred):
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
	if w := n.mount.write; w != nil {
		if err := w.Chmod(n.origin, goMode(perm)); err != nil {
			return errnoOf(err)
		}
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
	if n.mount.write != nil { // the host's owners are not the guest's to change
		if to == n.owner {
			return errno.OK
		}
		return errno.EPERM
	}
	if c.Cred.UID != 0 && (to.UID != n.owner.UID || to.GID != n.owner.GID && to.GID != c.Cred.GID) {
		return errno.EPERM
	}
	n.owner, n.shared = to, n.shared && to == n.owner
	if n.IsRegular() && n.mode&0o111 != 0 { // fs/attr.c, should_remove_suid
		n.mode &^= 0o4000
		if n.mode&0o010 != 0 {
			n.mode &^= 0o2000
		}
	}
	n.ctime = f.cfg.Now()
	n.pin()
	return errno.OK
}

// KeepTime as a time of SetTimes leaves it as it is.
const KeepTime = -1 << 63

// SetTimes sets the times of last access and last change, in nanoseconds since 1970. now says that both are
// the present, to which those who may write have the right, too (fs/utimes.c).
func (f *FS) SetTimes(c *Context, n *Node, atime, mtime int64, now bool) errno.Errno {
	if e := f.mayChangeAttr(c, n); e != errno.OK {
		if e != errno.EPERM || !now {
			return e
		}
		if !n.permitted(c.Cred, 2) {
			return errno.EACCES
		}
	}
	if w := n.mount.write; w != nil {
		if err := w.Chtimes(n.origin, goTime(atime), goTime(mtime)); err != nil {
			return errnoOf(err)
		}
	}
	if atime != KeepTime {
		n.atime = atime
	}
	if mtime != KeepTime {
		n.mtime = mtime
	}
	n.ctime = f.cfg.Now()
	n.pin()
	return errno.OK
}

// goTime is a time of SetTimes in Go's terms, zero for one that stays.
func goTime(ns int64) time.Time {
	if ns == KeepTime {
		return time.Time{}
	}
	return time.Unix(0, ns)
}

// goMode is permission bits in Go's terms.
func goMode(perm uint32) fs.FileMode {
	m := fs.FileMode(perm & 0o777)
	for _, b := range [...]struct {
		bit  uint32
		mode fs.FileMode
	}{{0o4000, fs.ModeSetuid}, {0o2000, fs.ModeSetgid}, {0o1000, fs.ModeSticky}} {
		if perm&b.bit != 0 {
			m |= b.mode
		}
	}
	return m
}
