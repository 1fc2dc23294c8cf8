package vfs

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"runtime"
	"sort"
	"syscall"
	"time"

	"memlab/vm/linux/errno"
)

// This file is the way down: what the host's trees say.

// WriteTree is a tree of the host's that takes writes, for a mount with MountWrite. Names are those of
// io/fs.
type WriteTree interface {
	fs.FS
	FileMaker
	NameMaker
	Changer
}

// FileMaker is the part of a WriteTree that opens files.
type FileMaker interface {
	Create(name string, perm fs.FileMode) (WriteFile, error) // a new file, for reading and writing
	OpenWrite(name string) (WriteFile, error)                // an existing file, for reading and writing
}

// NameMaker is the part of a WriteTree that makes and removes names.
type NameMaker interface {
	Mkdir(name string, perm fs.FileMode) error
	Remove(name string) error // a file or an empty directory
	Rename(oldname, newname string) error
	Symlink(target, name string) error // the target is a text: it may lead anywhere in the guest
	Link(oldname, newname string) error
}

// Changer is the part of a WriteTree that changes what is said of a file.
type Changer interface {
	Chmod(name string, perm fs.FileMode) error
	Chtimes(name string, atime, mtime time.Time) error // a zero time stays as it is
}

// WriteFile is an open file of a WriteTree.
type WriteFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Stat() (fs.FileInfo, error)
}

// errnoOf translates an error of the host's file system.
func errnoOf(err error) errno.Errno {
	var host syscall.Errno
	switch {
	case err == nil:
		return errno.OK
	case errors.As(err, &host) && runtime.GOOS == "linux":
		return errno.Errno(host)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid):
		return errno.ENOENT
	case errors.Is(err, fs.ErrPermission):
		return errno.EACCES
	case errors.Is(err, fs.ErrExist):
		return errno.EEXIST
	case errors.As(err, &host) && host == syscall.ENOTEMPTY:
		return errno.ENOTEMPTY
	case errors.As(err, &host) && host == syscall.ENOSPC:
		return errno.ENOSPC
	case errors.As(err, &host) && host == syscall.EXDEV:
		return errno.EXDEV
	}
	return errno.EIO
}

// child finds name in the directory d.
func (f *FS) child(d *Node, name string) (*Node, errno.Errno) {
	if c, known := d.children[name]; known {
		if c == nil {
			return nil, errno.ENOENT
		}
		return c, errno.OK
	}
	if !d.lowerDir() {
		return nil, errno.ENOENT
	}
	at := path.Join(d.origin, name)
	info, err := fs.Lstat(d.mount.tree, at)
	if err != nil {
		return nil, errnoOf(err)
	}
	n := f.lowerNode(d.mount, at, info)
	n.parent, n.name = d, name
	if d.mount.volatile {
		n.pinned = true
		return n, errno.OK
	}
	d.children[name] = n
	f.nodes++
	return n, errno.OK
}

// lowerHas reports whether the host's tree has name in d: then removing it must hide that.
func (f *FS) lowerHas(d *Node, name string) bool {
	if !d.lowerDir() {
		return false
	}
	_, err := fs.Lstat(d.mount.tree, path.Join(d.origin, name))
	return err == nil
}

// maxNodes is how many nodes of the host's trees are remembered before those without changes are dropped:
// some 20 MB.
const maxNodes = 1 << 16

// forget drops the nodes that have no changes and no users, when there are many.
func (f *FS) forget() {
	if f.nodes < max(maxNodes, f.forgetAt) {
		return
	}
	f.nodes = 0
	f.sweep(f.root)
	f.forgetAt = 2 * f.nodes // what is in use may be more than maxNodes: do not sweep in vain
}

// sweep reports whether the directory d must stay, after dropping what need not stay below it. What stays
// is counted in f.nodes.
func (f *FS) sweep(d *Node) bool {
	stay := d.pinned || d.refs > 0
	for name, c := range d.children { // the order does not matter: each is judged alone
		if c == nil {
			continue
		}
		keep := c.pinned || c.refs > 0 || c.execs > 0
		if c.IsDir() {
			keep = f.sweep(c) || keep
		}
		if !keep {
			delete(d.children, name)
			continue
		}
		stay = true
		if c.origin != "" {
			f.nodes++
		}
	}
	return stay
}

// Dirent is one entry of a directory.
type Dirent struct {
	Name string
	Ino  uint64
	Type uint8 // d_type: st_mode's type >> 12
}

// Lister is a tree that knows the order in which the host lists a directory. Those of others are listed by
// name.
type Lister interface {
	List(name string) ([]fs.DirEntry, error)
}

func readDir(tree fs.FS, name string) ([]fs.DirEntry, error) {
	if l, ok := tree.(Lister); ok {
		return l.List(name)
	}
	return fs.ReadDir(tree, name)
}

// list reads a directory: "." and "..", then what the host's tree has, in its order, then by name what the
// guest has made.
func (f *FS) list(d *Node) ([]Dirent, errno.Errno) {
	var out []Dirent
	known := map[string]bool{}
	if d.lowerDir() {
		entries, err := readDir(d.mount.tree, d.origin)
		if err != nil {
			return nil, errnoOf(err)
		}
		for _, e := range entries {
			name := e.Name()
			if c, changed := d.children[name]; !changed {
				out = append(out, d.lowerDirent(e))
			} else if c != nil {
				out = append(out, Dirent{name, c.ino, uint8(c.mode >> 12)})
				known[name] = true
			}
		}
	}
	added := len(out)
	for name, c := range d.children { // sorted below
		if c != nil && !known[name] {
			out = append(out, Dirent{name, c.ino, uint8(c.mode >> 12)})
		}
	}
	sort.Slice(out[added:], func(i, j int) bool { return out[added+i].Name < out[added+j].Name })
	dots := []Dirent{{".", d.ino, typeDir >> 12}, {"..", d.parent.ino, typeDir >> 12}}
	return append(dots, out...), errno.OK
}

// lowerDirent is an entry that the host's tree has in n, and the guest has not changed.
func (n *Node) lowerDirent(e fs.DirEntry) Dirent {
	ino := inoOf(n.mount, path.Join(n.origin, e.Name()))
	if info, err := e.Info(); err == nil {
		if host, ok := info.Sys().(*HostStat); ok && host.Ino != 0 {
			ino = host.Ino
		}
	}
	return Dirent{e.Name(), ino, uint8(linuxMode(e.Type()) >> 12)}
}

// readlink is the target of the symbolic link n.
func (f *FS) readlink(n *Node) (string, errno.Errno) {
	if n.origin == "" {
		return n.target, errno.OK
	}
	t, err := fs.ReadLink(n.mount.tree, n.origin)
	return t, errnoOf(err)
}
