package vfs

import (
	"strings"

	"memlab/vm/linux/errno"
)

// The limits of path walking (include/uapi/linux/limits.h, fs/namei.c).
const (
	maxPath  = 4096 // with the NUL
	maxName  = 255
	maxLinks = 40
)

// place is where a path leads: the last directory, the name in it, and what is there.
type place struct {
	dir   *Node
	name  string // "": the path ends in the root, in "." or in ".."
	dots  string // "." or ".." when it ends in that
	node  *Node  // nil: nothing is there
	slash bool   // the path ends in a slash: it must be a directory
	long  bool   // name is too long to be there; rename(2) has other complaints first
}

// ending says what becomes of a path's last component.
type ending int

// The endings.
const (
	endFollow    ending = iota // a symbolic link is followed
	endStay                    // it is not, unless a slash stands behind it
	endEntry                   // it never is, slash or not: mkdir, unlink, rename are about the entry
	endCreate                  // open with O_CREAT: a link is followed, a slash is refused
	endExclusive               // open with O_CREAT, and O_EXCL or O_NOFOLLOW: no link is followed
)

// walker is one walk under way.
type walker struct {
	f     *FS
	c     *Context
	cur   *Node
	rest  string // what is left of the path
	end   ending
	links int
}

// walk follows path from the directory at (nil: the working directory). A missing last component is no
// error; it is up to the caller.
func (f *FS) walk(c *Context, at *Node, path string, end ending) (place, errno.Errno) {
	if path == "" {
		return place{}, errno.ENOENT
	}
	if len(path) >= maxPath {
		return place{}, errno.ENAMETOOLONG
	}
	if at == nil {
		at = c.Cwd
	}
	f.forget()
	w := &walker{f: f, c: c, cur: at, rest: path, end: end}
	w.absolute()
	for {
		p, more, e := w.step()
		if e != errno.OK || !more {
			return p, e
		}
	}
}

// entry walks to the directory entry that a path names.
func (f *FS) entry(c *Context, at *Node, path string) (place, errno.Errno) {
	p, e := f.walk(c, at, path, endEntry)
	if e == errno.OK && p.long {
		e = errno.ENAMETOOLONG
	}
	return p, e
}

func (w *walker) absolute() {
	if strings.HasPrefix(w.rest, "/") {
		w.cur = w.f.root
		w.rest = strings.TrimLeft(w.rest, "/")
	}
}

// step takes one component; more says that the walk goes on.
func (w *walker) step() (p place, more bool, e errno.Errno) {
	if w.rest == "" { // "/" or a link to it
		return place{dir: w.cur, node: w.cur, slash: true}, false, errno.OK
	}
	name, rest, slash := strings.Cut(w.rest, "/")
	rest = strings.TrimLeft(rest, "/")
	last := rest == ""
	switch {
	case !w.cur.IsDir():
		return p, false, errno.ENOTDIR
	case !w.cur.permitted(w.c.Cred, 1):
		return p, false, errno.EACCES
	case len(name) > maxName && last && w.end == endEntry:
		return place{dir: w.cur, name: name, slash: slash, long: true}, false, errno.OK
	case len(name) > maxName:
		return p, false, errno.ENAMETOOLONG
	case last && slash && name != "." && name != ".." && (w.end == endCreate || w.end == endExclusive):
		return p, false, errno.EISDIR
	}
	if name == "." || name == ".." {
		if name == ".." {
			w.cur = w.cur.parent
		}
		w.rest = rest
		return place{dir: w.cur, dots: name, node: w.cur, slash: slash}, !last, errno.OK
	}
	n, e := w.f.child(w.cur, name)
	if e == errno.ENOENT && last {
		return place{dir: w.cur, name: name, slash: slash}, false, errno.OK
	}
	if e != errno.OK {
		return p, false, e
	}
	if n.isLink() && (!last || w.follows(slash)) {
		to := jump(n)
		if to == nil {
			return place{}, true, w.enter(n, rest, slash)
		}
		n = to
	}
	if last {
		p = place{dir: w.cur, name: name, node: n, slash: slash}
		if slash && !n.IsDir() && w.end != endEntry {
			return p, false, errno.ENOTDIR
		}
		return p, false, errno.OK
	}
	w.cur, w.rest = n, rest
	return p, true, errno.OK
}

// follows reports whether a symbolic link in the last place is followed.
func (w *walker) follows(slash bool) bool {
	switch w.end {
	case endFollow, endCreate:
		return true
	case endStay:
		return slash
	default:
		return false
	}
}

// enter goes on with the target of the symbolic link n, and rest behind it.
func (w *walker) enter(n *Node, rest string, slash bool) errno.Errno {
	if w.links++; w.links > maxLinks {
		return errno.ELOOP
	}
	target, e := w.f.readlink(n)
	if e != errno.OK {
		return e
	}
	if target == "" {
		return errno.ENOENT
	}
	if len(target) >= maxPath {
		return errno.ENAMETOOLONG
	}
	if slash {
		target += "/" + rest
	}
	w.rest = target
	w.absolute()
	return errno.OK
}

// Lookup finds what is at path.
func (f *FS) Lookup(c *Context, at *Node, path string, follow bool) (*Node, errno.Errno) {
	end := endStay
	if follow {
		end = endFollow
	}
	p, e := f.walk(c, at, path, end)
	if e != errno.OK {
		return nil, e
	}
	if p.node == nil {
		return nil, errno.ENOENT
	}
	return p.node, errno.OK
}

// Directory finds the directory at path and asks for the right to search it, as chdir(2) does.
func (f *FS) Directory(c *Context, at *Node, path string) (*Node, errno.Errno) {
	n, e := f.Lookup(c, at, path, true)
	switch {
	case e != errno.OK:
		return nil, e
	case !n.IsDir():
		return nil, errno.ENOTDIR
	case !n.permitted(c.Cred, 1):
		return nil, errno.EACCES
	}
	return n, errno.OK
}

// Readlink is the target of the symbolic link at path.
func (f *FS) Readlink(c *Context, at *Node, path string) (string, errno.Errno) {
	n, e := f.Lookup(c, at, path, false)
	if e != errno.OK {
		return "", e
	}
	return f.ReadlinkNode(n)
}

// ReadlinkNode is the target of the symbolic link n.
func (f *FS) ReadlinkNode(n *Node) (string, errno.Errno) {
	if !n.isLink() {
		return "", errno.EINVAL
	}
	return f.readlink(n)
}

// Access checks rights as access(2) does; want is a sum of 4 read, 2 write, 1 execute, or 0 for existence.
func (f *FS) Access(c *Context, n *Node, want uint32) errno.Errno {
	if want&2 != 0 && n.mount.volatile && n.mount.write == nil {
		return errno.EROFS
	}
	if !n.permitted(c.Cred, want) {
		return errno.EACCES
	}
	return errno.OK
}

// Jumper is a tree some of whose symbolic links lead to a file whatever their text says: those of
// /proc/PID/fd (fs/namei.c, nd_jump_link).
type Jumper interface {
	Jump(name string) *Node // nil: an ordinary link
}

func jump(n *Node) *Node {
	if j, ok := n.mount.tree.(Jumper); ok {
		return j.Jump(n.origin)
	}
	return nil
}
