package linux

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"memlab/vm/linux/vfs"
)

// This file is the trees that are made up while they are read, /proc and /sys, as io/fs has trees.

// madeTree is such a tree.
type madeTree struct {
	look func(name string) *procEntry // nil: there is no such file
	when time.Time                    // of all files
}

func (f *madeTree) find(name string) *procEntry {
	e := f.look(name)
	if e != nil {
		e.when = f.when
	}
	return e
}

// procEntry is one file of /proc.
type procEntry struct {
	name  string
	mode  fs.FileMode
	link  string                        // target of a symbolic link
	text  func() string                 // of a regular file
	words func(b []byte, off int64) int // of one that is read where it is needed, in place of text
	dir   []string                      // names in a directory
	jump  *vfs.Node                     // where a link leads whatever its text says
	owner vfs.Cred
	when  time.Time
}

// textFile is a file with a name below some directory and a text.
type textFile struct {
	name string
	mode fs.FileMode
	text func() string
}

// textFiles is a tree of such files.
type textFiles []textFile

// find is the file or directory with that name, nil if there is none.
func (t textFiles) find(name string) *procEntry {
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	dir := &procEntry{name: path.Base(name), mode: fs.ModeDir | 0o555}
	for _, f := range t {
		if f.name == name {
			return &procEntry{name: path.Base(name), mode: f.mode, text: f.text}
		}
		if rest, below := strings.CutPrefix(f.name, prefix); below {
			first, _, _ := strings.Cut(rest, "/")
			if !slices.Contains(dir.dir, first) {
				dir.dir = append(dir.dir, first)
			}
		}
	}
	if len(dir.dir) == 0 {
		return nil
	}
	return dir
}

// Jump implements vfs.Jumper.
func (f *madeTree) Jump(name string) *vfs.Node {
	if e := f.find(name); e != nil {
		return e.jump
	}
	return nil
}

func missing(name string) error {
	return &fs.PathError{Op: "proc", Path: name, Err: fs.ErrNotExist}
}

// Lstat implements fs.ReadLinkFS.
func (f *madeTree) Lstat(name string) (fs.FileInfo, error) {
	e := f.find(name)
	if e == nil {
		return nil, missing(name)
	}
	return e, nil
}

// ReadLink implements fs.ReadLinkFS.
func (f *madeTree) ReadLink(name string) (string, error) {
	e := f.find(name)
	switch {
	case e == nil:
		return "", missing(name)
	case e.mode&fs.ModeSymlink == 0:
		return "", &fs.PathError{Op: "proc", Path: name, Err: fs.ErrInvalid}
	}
	return e.link, nil
}

// ReadDir implements fs.ReadDirFS.
func (f *madeTree) ReadDir(name string) ([]fs.DirEntry, error) {
	e := f.find(name)
	if e == nil || !e.IsDir() {
		return nil, missing(name)
	}
	var out []fs.DirEntry
	for _, n := range e.dir {
		below := n
		if name != "." {
			below = name + "/" + n
		}
		if info := f.find(below); info != nil {
			out = append(out, fs.FileInfoToDirEntry(info))
		}
	}
	return out, nil
}

// Open implements fs.FS.
func (f *madeTree) Open(name string) (fs.File, error) {
	e := f.find(name)
	switch {
	case e == nil:
		return nil, missing(name)
	case e.words != nil:
		return &procWords{e}, nil
	case e.text == nil:
		return nil, missing(name)
	}
	return &procFile{Reader: bytes.NewReader([]byte(e.text())), entry: e}, nil
}

// procFile is an open file of /proc: its text at the moment of opening.
type procFile struct {
	*bytes.Reader
	entry *procEntry
}

// Stat implements fs.File.
func (f *procFile) Stat() (fs.FileInfo, error) { return f.entry, nil }

// Close implements fs.File.
func (f *procFile) Close() error { return nil }

// procWords is an open file of /proc that is made up where it is read.
type procWords struct{ entry *procEntry }

// Stat implements fs.File.
func (f *procWords) Stat() (fs.FileInfo, error) { return f.entry, nil }

// Read implements fs.File; such files are read at offsets.
func (f *procWords) Read([]byte) (int, error) { return 0, io.EOF }

// Close implements fs.File.
func (f *procWords) Close() error { return nil }

// ReadLive implements vfs.Live.
func (f *procWords) ReadLive(b []byte, off int64) int { return f.entry.words(b, off) }

// The methods of fs.FileInfo. A file of /proc has no size until it is read.

// Name is the last part of the path.
func (e *procEntry) Name() string { return e.name }

// Size is 0, as Linux's is.
func (e *procEntry) Size() int64 { return 0 }

// Mode is the type and the rights.
func (e *procEntry) Mode() fs.FileMode { return e.mode }

// ModTime is the machine's start.
func (e *procEntry) ModTime() time.Time { return e.when }

// IsDir reports whether it is a directory.
func (e *procEntry) IsDir() bool { return e.mode.IsDir() }

// Sys says whom the file belongs to.
func (e *procEntry) Sys() any { return &vfs.HostStat{Owner: e.owner, Nlink: 1, Blksize: 1024} }
