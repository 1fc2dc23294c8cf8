package vfs

import (
	"fmt"

	"memlab/vm/linux/errno"
)

// Special is a file without a name that is something of the kernel's own: an eventfd, an epoll instance, a
// socket.
type Special interface {
	ReadAt(b []byte, off int64) (int, errno.Errno) // EAGAIN: nothing is there yet
	WriteAt(b []byte, off int64) (int, errno.Errno)
	Ready() (in, out bool) // whether a read, a write could be made now
	Changes() uint64       // a number that grows whenever something happens to it
}

// special is a Special as a backing.
type special struct{ Special }

func (s special) readAt(b []byte, off int64) (int, errno.Errno)  { return s.ReadAt(b, off) }
func (s special) writeAt(b []byte, off int64) (int, errno.Errno) { return s.WriteAt(b, off) }

// Closer is a Special that has to know when no descriptor of it is left.
type Closer interface{ Close() }

func (s special) close() {
	if c, ok := s.Special.(Closer); ok {
		c.Close()
	}
}

// OpenSocket opens a socket: s is what it does.
func (f *FS) OpenSocket(s Special, flags uint32) *File {
	n := f.newNode(f.root.mount, typeSock|0o777, f.cfg.Cred)
	n.parent, n.deleted = f.root, true
	n.refs = 1
	return &File{
		fs: f, node: n, path: fmt.Sprintf("socket:[%d]", n.ino), flags: flags&^OAccess | OReadWrite, refs: 1,
		back: special{s},
	}
}

// OpenSpecial opens s; name is what /proc/PID/fd shows: anon_inode:[name].
func (f *FS) OpenSpecial(name string, s Special, flags uint32) *File {
	n := f.newNode(f.root.mount, 0o600, f.cfg.Cred)
	n.parent, n.deleted = f.root, true
	n.refs = 1
	n.reopen = func(uint32) backing { return special{s} }
	return &File{
		fs: f, node: n, path: "anon_inode:[" + name + "]", flags: flags&^OAccess | OReadWrite, refs: 1,
		back: special{s},
	}
}

// Special is what a file of OpenSpecial stands for, nil if it is another.
func (o *File) Special() Special {
	if s, ok := o.back.(special); ok {
		return s.Special
	}
	return nil
}

// Closed reports whether no descriptor is left.
func (o *File) Closed() bool { return o.refs <= 0 }

// Changes is a number that grows whenever something happens to the file that poll could tell: a pipe was
// written to, read from, closed. Of other files it stays 0.
func (o *File) Changes() uint64 {
	switch b := o.back.(type) {
	case *readEnd:
		return b.changes
	case *writeEnd:
		return b.changes
	case *bothEnds:
		return b.readEnd.changes
	case special:
		return b.Changes()
	}
	return 0
}
