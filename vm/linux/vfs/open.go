package vfs

import (
	"fmt"
	"io"

	"memlab/vm/linux/errno"
)

// The flags of open(2) on x86 (include/uapi/asm-generic/fcntl.h).
const (
	OReadOnly  = 0
	OWriteOnly = 1
	OReadWrite = 2
	OAccess    = 3 // mask of the three above; 3 itself asks for both rights and gives neither
	OCreate    = 0o100
	OExclusive = 0o200
	ONoCtty    = 0o400
	OTruncate  = 0o1000
	OAppend    = 0o2000
	ONonBlock  = 0o4000
	ODirect    = 0o40000
	OLargeFile = 0o100000
	ODirectory = 0o200000
	ONoFollow  = 0o400000
	OCloseExec = 0o2000000
	OPath      = 0o10000000
	OTmpFile   = 0o20000000
)

// Open opens the file at path as open(2) does; perm is for a file that it makes.
func (f *FS) Open(c *Context, from Path, flags, perm uint32) (*File, errno.Errno) {
	if e := CheckFlags(flags); e != errno.OK {
		return nil, e
	}
	if flags&OPath != 0 {
		flags &= OPath | ODirectory | ONoFollow | OCloseExec
	}
	p, e := f.walk(c, from.At, from.Name, endOf(flags))
	if e != errno.OK {
		return nil, e
	}
	if flags&OPath == 0 && flags&OTmpFile&^ODirectory != 0 {
		return f.openNameless(c, p, flags, perm)
	}
	if p.node == nil {
		return f.openNew(c, p, flags, perm)
	}
	if e := f.mayOpen(c, p.node, flags); e != errno.OK {
		return nil, e
	}
	if flags&OPath == 0 && f.openSpecial(p.node) != errno.OK {
		return nil, f.openSpecial(p.node)
	}
	if flags&OTruncate != 0 && p.node.IsRegular() {
		if e := f.truncate(p.node, 0); e != errno.OK {
			return nil, e
		}
	}
	return f.open(p.node, flags)
}

// CheckFlags refuses combinations of flags that make no sense (fs/open.c, build_open_flags).
func CheckFlags(flags uint32) errno.Errno {
	switch {
	case flags&OPath != 0:
		return errno.OK
	case flags&OTmpFile != 0 && flags&(ODirectory|OCreate) != ODirectory,
		flags&OTmpFile != 0 && flags&OAccess == OReadOnly:
		return errno.EINVAL
	case flags&(OCreate|ODirectory) == OCreate|ODirectory:
		return errno.EINVAL
	}
	return errno.OK
}

func endOf(flags uint32) ending {
	switch {
	case flags&OCreate != 0 && flags&(OExclusive|ONoFollow) != 0:
		return endExclusive
	case flags&OCreate != 0:
		return endCreate
	case flags&ONoFollow != 0:
		return endStay
	}
	return endFollow
}

// openNameless is open with O_TMPFILE: a file in the directory that has no name, unless linkat gives it
// one.
func (f *FS) openNameless(c *Context, p place, flags, perm uint32) (*File, errno.Errno) {
	switch {
	case p.node == nil:
		return nil, errno.ENOENT
	case !p.node.IsDir():
		return nil, errno.ENOTDIR
	case p.node.mount.write != nil:
		return nil, errno.EOPNOTSUPP
	}
	if e := f.mayChange(c, p.node); e != errno.OK {
		return nil, e
	}
	n := f.newNode(p.node.mount, typeReg|perm&0o7777&^c.Umask, c.Cred)
	n.parent, n.name, n.fsdev = p.node, fmt.Sprintf("#%d", n.ino), p.node.fsdev
	n.nlink, n.deleted, n.linkable = 0, true, flags&OExclusive == 0
	return f.open(n, flags)
}

func (f *FS) openNew(c *Context, p place, flags, perm uint32) (*File, errno.Errno) {
	if flags&OCreate == 0 {
		return nil, errno.ENOENT
	}
	n, e := f.create(c, p, typeReg|perm&0o7777&^c.Umask)
	if e != errno.OK {
		return nil, e
	}
	return f.open(n, flags)
}

// mayOpen checks what n is and what c may, in the order of fs/namei.c's do_open and may_open.
func (f *FS) mayOpen(c *Context, n *Node, flags uint32) errno.Errno {
	access := flags & OAccess
	writes := access != OReadOnly || flags&OTruncate != 0
	switch {
	case flags&(OCreate|OExclusive) == OCreate|OExclusive:
		return errno.EEXIST
	case flags&OCreate != 0 && n.IsDir():
		return errno.EISDIR
	case n.fifo != nil && access == OWriteOnly && flags&ONonBlock != 0 && n.fifo.readers == 0 &&
		flags&OPath == 0:
		return errno.ENXIO
	case flags&ODirectory != 0 && !n.IsDir():
		return errno.ENOTDIR
	case flags&OPath != 0:
		return errno.OK
	case n.isLink():
		return errno.ELOOP
	case n.IsDir() && writes:
		return errno.EISDIR
	}
	want := uint32(0)
	if access != OWriteOnly {
		want |= 4
	}
	if writes {
		want |= 2
	}
	switch {
	case writes && n.IsRegular() && n.mount.volatile && n.mount.write == nil:
		return errno.EROFS
	case !n.permitted(c.Cred, want):
		return errno.EACCES
	case writes && n.execs > 0:
		return errno.ETXTBSY
	}
	return errno.OK
}

// openSpecial refuses what cannot be opened: devices, sockets and named pipes of the host's, which could
// block it.
func (f *FS) openSpecial(n *Node) errno.Errno {
	if n.IsDir() || n.IsRegular() || n.dev != noDevice || n.reopen != nil || n.opens != nil {
		return errno.OK
	}
	return errno.ENXIO
}

// open makes the open file of n.
func (f *FS) open(n *Node, flags uint32) (*File, errno.Errno) {
	file := &File{fs: f, node: n, flags: flags &^ (OCreate | OExclusive | ONoCtty | OTruncate), refs: 1}
	file.path, _ = f.Path(n)
	switch {
	case flags&OPath != 0:
	case n.IsRegular() && n.mount.volatile && n.mount.write == nil:
		made, e := readMade(n)
		if e != errno.OK {
			return nil, e
		}
		file.back = made
	case n.IsRegular() && n.mount.volatile:
		d := &direct{fs: f, handle: &handle{mount: n.mount, origin: n.origin}, node: n}
		if e := f.handles.hold(d.handle, file.CanWrite()); e != errno.OK {
			return nil, e
		}
		file.back = d
	case n.IsRegular():
		file.back = &overlaid{f.contentOf(n), n}
	case n.dev != noDevice:
		file.back = &device{kind: n.dev, fs: f}
	case n.reopen != nil:
		file.back = n.reopen(flags)
	case n.opens != nil:
		s, same, e := n.opens(flags)
		switch {
		case e != errno.OK:
			return nil, e
		case same != nil:
			file.back = same.back
		default:
			file.back = special{s}
		}
	}
	if file.CanWrite() {
		n.writers++
	}
	n.refs++
	return file, errno.OK
}

// Live is a file that is made up where it is read, instead of whole when it is opened: one that has no end,
// or a
// very far one. ReadLive returns how many bytes there are at off, no more than fit.
type Live interface {
	ReadLive(b []byte, off int64) int
}

type live struct{ Live }

func (l live) readAt(b []byte, off int64) (int, errno.Errno) { return l.ReadLive(b, off), errno.OK }

func (l live) writeAt([]byte, int64) (int, errno.Errno) { return 0, errno.EROFS }

// maxMade is the most that is read of a file that is made up while it is read.
const maxMade = 64 << 20

// readMade reads such a file (of proc) whole when it is opened: one text, whatever happens meanwhile.
func readMade(n *Node) (backing, errno.Errno) {
	file, err := n.mount.tree.Open(n.origin)
	if err != nil {
		return nil, errnoOf(err)
	}
	defer func() { _ = file.Close() }() // only read
	if l, ok := file.(Live); ok {
		return live{l}, errno.OK
	}
	text, err := io.ReadAll(io.LimitReader(file, maxMade))
	if err != nil {
		return nil, errnoOf(err)
	}
	return &made{text: text}, errno.OK
}

// OpenExec opens the program at name, as execve does: a regular file that c may execute and nobody has open
// for writing. As long as it is not closed nobody can open it for writing (ETXTBSY).
func (f *FS) OpenExec(c *Context, name string) (*File, errno.Errno) {
	n, e := f.Lookup(c, nil, name, true)
	switch {
	case e != errno.OK:
		return nil, e
	case !n.IsRegular(), !n.permitted(c.Cred, 1):
		return nil, errno.EACCES
	case n.writers > 0:
		return nil, errno.ETXTBSY
	}
	file, e := f.open(n, OReadOnly)
	if e != errno.OK {
		return nil, e
	}
	n.execs++
	file.exec = true
	return file, errno.OK
}
