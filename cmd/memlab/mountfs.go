package main

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"memlab/vm/linux/vfs"
)

// mountFS shows several trees as one: a base, and trees mounted over it. It is what a guest sees as /. The
// folders on the way to a mount point are there even if the base lacks them. Names are io/fs's: no leading
// slash.
//
// Symbolic links are shown (Lstat, ReadLink), never followed across trees: a link's target is the guest's
// business, which walks paths itself, from the guest's root.
type mountFS struct {
	base   fs.FS // nil: nothing
	mounts []mount
}

// mount is one tree at a place.
type mount struct {
	at   string // where it is seen
	tree fs.FS
	name string // what of the tree is seen there: "." all of it, or one file
}

// add mounts a tree over what is there.
func (m *mountFS) add(at string, tree fs.FS, name string) {
	m.mounts = append(m.mounts, mount{at, tree, name})
}

// find is the mounted tree that shows name, the innermost and latest, and the name within it.
func (m *mountFS) find(name string) (tree fs.FS, inner string, ok bool) {
	longest := -1
	for _, mt := range m.mounts {
		rest, under := strings.CutPrefix(name, mt.at+"/")
		if name == mt.at {
			rest, under = ".", true
		}
		if under && len(mt.at) >= longest {
			longest = len(mt.at)
			tree, inner, ok = mt.tree, path.Join(mt.name, rest), true
		}
	}
	return tree, inner, ok
}

// points are the names directly below the folder name that lead to mount points, sorted.
func (m *mountFS) points(name string) []string {
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	var out []string
	for _, mt := range m.mounts {
		if rest, ok := strings.CutPrefix(mt.at, prefix); ok {
			first, _, _ := strings.Cut(rest, "/")
			out = append(out, first)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// where is the tree that answers for name. tree nil: only mount points lie below it, or nothing is there.
func (m *mountFS) where(op, name string) (tree fs.FS, inner string, err error) {
	if !fs.ValidPath(name) {
		return nil, "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if tree, inner, ok := m.find(name); ok {
		return tree, inner, nil
	}
	if m.base == nil && name != "." && len(m.points(name)) == 0 {
		return nil, "", &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return m.base, name, nil
}

// Open implements fs.FS.
func (m *mountFS) Open(name string) (fs.File, error) {
	tree, inner, err := m.where("open", name)
	if err != nil {
		return nil, err
	}
	if tree != nil && len(m.points(name)) == 0 && path.Base(inner) == path.Base(name) {
		f, err := tree.Open(inner)
		return f, renamed(err, name)
	}
	info, err := m.Stat(name)
	if err == nil && !info.IsDir() {
		f, err := tree.Open(inner)
		if err != nil {
			return nil, renamed(err, name)
		}
		if at, ok := f.(io.ReaderAt); ok {
			return struct {
				mountedFile
				io.ReaderAt
			}{mountedFile{f, path.Base(name)}, at}, nil
		}
		return mountedFile{f, path.Base(name)}, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := m.ReadDir(name)
	return &folder{info: info, entries: entries}, err
}

// Stat implements fs.StatFS.
func (m *mountFS) Stat(name string) (fs.FileInfo, error) { return m.info("stat", name, fs.Stat) }

// Lstat implements fs.ReadLinkFS.
func (m *mountFS) Lstat(name string) (fs.FileInfo, error) { return m.info("lstat", name, fs.Lstat) }

func (m *mountFS) info(op, name string, ask func(fs.FS, string) (fs.FileInfo, error)) (fs.FileInfo, error) {
	tree, inner, err := m.where(op, name)
	if err != nil {
		return nil, err
	}
	var info fs.FileInfo
	if tree != nil {
		info, err = ask(tree, inner)
	}
	isFolder := info != nil && err == nil && info.IsDir()
	switch {
	case !isFolder && (name == "." || len(m.points(name)) > 0):
		return folderInfo(path.Base(name)), nil
	case err != nil:
		return nil, renamed(err, name)
	case info.Name() != path.Base(name):
		return renamedInfo{info, path.Base(name)}, nil
	}
	return info, nil
}

// ReadLink implements fs.ReadLinkFS.
func (m *mountFS) ReadLink(name string) (string, error) {
	tree, inner, err := m.where("readlink", name)
	if err != nil {
		return "", err
	}
	if tree == nil || len(m.points(name)) > 0 {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	target, err := fs.ReadLink(tree, inner)
	return target, renamed(err, name)
}

// List implements vfs.Lister: folders that nothing is mounted in are listed as their tree lists them.
func (m *mountFS) List(name string) ([]fs.DirEntry, error) {
	tree, inner, err := m.where("readdir", name)
	if l, ok := tree.(vfs.Lister); err == nil && ok && len(m.points(name)) == 0 {
		entries, err := l.List(inner)
		return entries, renamed(err, name)
	}
	return m.ReadDir(name)
}

// ReadDir implements fs.ReadDirFS.
func (m *mountFS) ReadDir(name string) ([]fs.DirEntry, error) {
	tree, inner, err := m.where("readdir", name)
	if err != nil {
		return nil, err
	}
	points := m.points(name)
	var out []fs.DirEntry
	if tree != nil {
		entries, err := fs.ReadDir(tree, inner)
		if err != nil && len(points) == 0 {
			return nil, renamed(err, name)
		}
		for _, e := range entries {
			if !slices.Contains(points, e.Name()) {
				out = append(out, e)
			}
		}
	}
	for _, p := range points {
		info, err := m.Lstat(path.Join(name, p))
		if err == nil {
			out = append(out, fs.FileInfoToDirEntry(info))
		}
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

// renamed gives an error of a mounted tree the name by which it was asked.
func renamed(err error, name string) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: pe.Op, Path: name, Err: pe.Err}
	}
	return err
}

// renamedInfo is a file under its mount point's name.
type renamedInfo struct {
	fs.FileInfo
	name string
}

// Name is the mount point's.
func (i renamedInfo) Name() string { return i.name }

// mountedFile is an open file under its mount point's name.
type mountedFile struct {
	fs.File
	name string
}

// Stat implements fs.File.
func (f mountedFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	if err != nil {
		return nil, err
	}
	return renamedInfo{info, f.name}, nil
}

// folderInfo describes a folder that is there only because something is mounted below it.
type folderInfo string

// Name and the other methods are fs.FileInfo's.
func (f folderInfo) Name() string { return string(f) }

// Size is 0.
func (f folderInfo) Size() int64 { return 0 }

// Mode is a folder that all may read.
func (f folderInfo) Mode() fs.FileMode { return fs.ModeDir | 0o755 }

// ModTime is the same in every run.
func (f folderInfo) ModTime() time.Time { return time.Unix(0, 0) }

// IsDir is true.
func (f folderInfo) IsDir() bool { return true }

// Sys is nil.
func (f folderInfo) Sys() any { return nil }

// folder is an open folder that is a mount point, or on the way to one.
type folder struct {
	info    fs.FileInfo
	entries []fs.DirEntry // those not yet read
}

// Stat implements fs.File.
func (f *folder) Stat() (fs.FileInfo, error) { return f.info, nil }

// Read implements fs.File.
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.info.Name(), Err: errors.New("is a directory")}
}

// Close implements fs.File.
func (f *folder) Close() error { return nil }

// ReadDir implements fs.ReadDirFile.
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(f.entries)
	} else if len(f.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.entries))
	out := f.entries[:n]
	f.entries = f.entries[n:]
	return out, nil
}
