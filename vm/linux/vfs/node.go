package vfs

import (
	"hash/fnv"
	"io/fs"
)

// The file types of st_mode.
const (
	typeMask = 0o170000
	typeSock = 0o140000
	typeLink = 0o120000
	typeReg  = 0o100000
	typeBlk  = 0o060000
	typeDir  = 0o040000
	typeChr  = 0o020000
	typeFifo = 0o010000
)

// Node is one file: what Linux calls an inode, with its place in the tree.
type Node struct {
	parent *Node  // the directory it is in; of the root itself
	name   string // in parent
	mount  *mount
	origin string // its name in mount.tree; "" when it has been made in the overlay

	ino          uint64
	mode         uint32 // st_mode
	owner        Cred
	nlink        uint32
	size         int64 // of a directory or symbolic link, or a file of the host's that has no content yet
	atime        int64 // ns since 1970, as the two behind it
	mtime, ctime int64
	dev          Device
	opens        Opener    // of a device of the kernel's own
	rdev         uint64    // of such a device
	host         *HostStat // what the host's stat(2) says of a file of its own; nil: not told, or overtaken
	shared       bool      // of a host's tree with HostStats: owner is shown, everybody has its rights
	fsdev        uint64    // st_dev; 0: the mount's
	fifo         *pipe     // of a named pipe that the guest has made
	linkable     bool      // made with O_TMPFILE and without O_EXCL: may get a name

	children map[string]*Node // of a directory: what is known; a nil entry hides one of the host's
	content  *content         // of a regular file, once it has been opened
	target   string           // of a symbolic link made in the overlay

	reopen func(flags uint32) backing // of a stream or pipe: opened again through /proc/self/fd

	seals  uint32 // of a memory file: Seal...
	memory bool   // made by memfd_create

	refs    int // open files and working directories
	writers int // open files that can write
	execs   int // programs that run from it: no writer may come (ETXTBSY)

	pinned  bool // it or something below it has changed: must not be forgotten
	mounted bool // the top of a mount: cannot be removed or renamed
	deleted bool // no longer in its directory
}

// nodeCost is what a node takes of the overlay's room, with the longest name.
const nodeCost = 640

// IsDir reports whether n is a directory.
func (n *Node) IsDir() bool { return n.mode&typeMask == typeDir }

// IsRegular reports whether n is a regular file.
func (n *Node) IsRegular() bool { return n.mode&typeMask == typeReg }

// IsSocket reports whether n is the name of a socket.
func (n *Node) IsSocket() bool { return n.mode&typeMask == typeSock }

func (n *Node) isLink() bool { return n.mode&typeMask == typeLink }

// lowerDir reports whether the host's tree has something to say about the directory n.
func (n *Node) lowerDir() bool { return n.origin != "" && n.mount.tree != nil }

// newNode makes a node of the overlay's own, in no directory yet.
func (f *FS) newNode(m *mount, mode uint32, owner Cred) *Node {
	f.lastIno++
	now := f.cfg.Now()
	n := &Node{
		mount: m, ino: f.lastIno, mode: mode, owner: owner, nlink: 1, atime: now, mtime: now, ctime: now,
		pinned: true,
	}
	switch mode & typeMask {
	case typeDir:
		n.nlink, n.size = 2, dirSize
		n.children = map[string]*Node{}
	case typeReg:
		n.content = &content{fs: f}
	case typeFifo:
		n.fifo = &pipe{}
		n.reopen = n.fifo.reopen
	}
	return n
}

// dirSize is what st_size of a directory says, as ext4's does for a small one.
const dirSize = 4096

// lowerNode makes the node of a file of the host's.
func (f *FS) lowerNode(m *mount, origin string, info fs.FileInfo) *Node {
	n := &Node{
		mount: m, origin: origin, ino: inoOf(m, origin), mode: linuxMode(info.Mode()),
		owner: f.cfg.Owner(info), nlink: 1, size: info.Size(), mtime: info.ModTime().UnixNano(),
	}
	if info.ModTime().IsZero() {
		n.mtime = 0
	}
	n.atime, n.ctime = n.mtime, n.mtime
	if n.IsDir() {
		n.nlink, n.size = 2, dirSize
		n.children = map[string]*Node{}
	}
	if host, ok := info.Sys().(*HostStat); ok {
		n.told(host, info.Size())
	}
	if n.size < 0 {
		n.size = 0
	}
	return n
}

// told takes over what the host's stat(2) says.
func (n *Node) told(s *HostStat, size int64) {
	n.host, n.shared = s, true
	n.fsdev, n.nlink, n.owner, n.size = s.Dev, s.Nlink, s.Owner, size
	if s.Ino == 0 { // of a tree that has no numbers, nor times of its own
		return
	}
	n.ino, n.atime, n.ctime = s.Ino, s.Atime, s.Ctime
}

// inoOf numbers a file of the host's by its name, so that the number does not depend on what was looked up
// before. Bit 31 keeps it apart from the overlay's own. Programs whose ino_t has 32 bits can read no
// directory with larger ones.
func inoOf(m *mount, origin string) uint64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte{byte(m.dev), byte(m.dev >> 8)})
	_, _ = h.Write([]byte(origin))
	return uint64(h.Sum32() | 1<<31)
}

// linuxMode is Go's mode as st_mode.
func linuxMode(m fs.FileMode) uint32 {
	v := uint32(m.Perm())
	switch m.Type() {
	case fs.ModeDir:
		v |= typeDir
	case fs.ModeSymlink:
		v |= typeLink
	case fs.ModeNamedPipe:
		v |= typeFifo
	case fs.ModeSocket:
		v |= typeSock
	case fs.ModeDevice:
		v |= typeBlk
	case fs.ModeDevice | fs.ModeCharDevice:
		v |= typeChr
	default:
		v |= typeReg
	}
	if m&fs.ModeSetuid != 0 {
		v |= 0o4000
	}
	if m&fs.ModeSetgid != 0 {
		v |= 0o2000
	}
	if m&fs.ModeSticky != 0 {
		v |= 0o1000
	}
	return v
}

// pin notes that n has changed: neither it nor what leads to it may be forgotten.
func (n *Node) pin() {
	for p := n; p != nil && !p.pinned; p = p.parent {
		p.pinned = true
		if p.parent != nil && !p.deleted && !p.mount.volatile {
			p.parent.children[p.name] = p
		}
	}
}

// touch sets the times of n to now.
func (f *FS) touch(n *Node) {
	n.mtime = f.cfg.Now()
	n.ctime = n.mtime
}

// Identity is the same for two Nodes of one file, which a tree that is always asked anew may have.
func (n *Node) Identity() any {
	if !n.mount.volatile {
		return n
	}
	return struct {
		*mount
		string
	}{n.mount, n.origin}
}

// Hold keeps n from being forgotten until Release: for a working directory.
func (f *FS) Hold(n *Node) { n.refs++ }

// Release is the opposite of Hold.
func (f *FS) Release(n *Node) {
	n.refs--
	f.reap(n)
}

// reap frees the bytes of a file that has neither name nor user left.
func (f *FS) reap(n *Node) {
	if n.refs == 0 && n.deleted && n.nlink == 0 && n.content != nil {
		n.content.free()
	}
}

// Path is where n lies, "/usr/bin"; ok is false when it has been removed, or when the path would be longer
// than any that can be walked: then it is the end of the path.
func (f *FS) Path(n *Node) (path string, ok bool) {
	if n == f.root {
		return "/", true
	}
	for n != f.root {
		if n.deleted {
			return "", false
		}
		if len(path) >= maxPath {
			return path, false
		}
		path = "/" + n.name + path
		n = n.parent
	}
	return path, true
}
