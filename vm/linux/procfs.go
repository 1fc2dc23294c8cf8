package linux

import (
	"bytes"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"memlab/vm/linux/vfs"
)

// procFS is /proc as a tree: self, and a directory for each process with what programs look for in it.
//
//	self -> PID
//	PID/exe -> program   PID/cwd -> directory   PID/root -> /   PID/fd/N -> open file
//	PID/maps  PID/cmdline  PID/comm  PID/environ
//
// Every question is answered anew from the kernel's state.
type procFS struct{ k *Kernel }

// procEntry is one file of /proc.
type procEntry struct {
	name string
	mode fs.FileMode
	link string        // target of a symbolic link
	text func() string // of a regular file
	dir  []string      // names in a directory
	jump *vfs.Node     // where a link leads whatever its text says
}

// find looks a name of io/fs up.
func (f *procFS) find(name string) *procEntry {
	if name == "." {
		return f.top()
	}
	first, rest, _ := strings.Cut(name, "/")
	if name == "self" && f.k.current != nil {
		return &procEntry{
			name: name, mode: fs.ModeSymlink | 0o777, link: strconv.Itoa(int(f.k.current.Process.PID)),
		}
	}
	pid, err := strconv.Atoi(first)
	if err != nil {
		return nil
	}
	for _, p := range f.k.procs {
		if int(p.PID) == pid && !p.exited {
			return f.ofProcess(p, rest)
		}
	}
	return nil
}

func (f *procFS) top() *procEntry {
	e := &procEntry{name: ".", mode: fs.ModeDir | 0o555, dir: []string{"self"}}
	for _, p := range f.k.procs {
		if !p.exited {
			e.dir = append(e.dir, strconv.Itoa(int(p.PID)))
		}
	}
	return e
}

// ofProcess looks name up in the directory of p.
func (f *procFS) ofProcess(p *Process, name string) *procEntry {
	if n, ok := strings.CutPrefix(name, "fd/"); ok {
		return fdEntry(p, n)
	}
	file := func(mode fs.FileMode, text func() string) *procEntry {
		return &procEntry{name: name, mode: mode, text: text}
	}
	link := func(target string, jump *vfs.Node) *procEntry {
		return &procEntry{name: name, mode: fs.ModeSymlink | 0o777, link: target, jump: jump}
	}
	switch name {
	case "":
		names := []string{"cmdline", "comm", "cwd", "environ", "exe", "fd", "root"}
		if p.mapsText != nil {
			names = append(names, "maps")
		}
		return &procEntry{name: strconv.Itoa(int(p.PID)), mode: fs.ModeDir | 0o555, dir: names}
	case "exe":
		return link(p.Exe, nil)
	case "cwd":
		path, _ := f.k.cfg.Files.Path(p.FS.Cwd)
		return link(path, p.FS.Cwd)
	case "root":
		return link("/", f.k.cfg.Files.Root())
	case "fd":
		return fdDir(p)
	case "cmdline":
		return file(0o444, func() string { return zeroed(p.Args) })
	case "environ":
		return file(0o400, func() string { return zeroed(p.Env) })
	case "comm":
		return file(0o444, func() string { return p.Tasks[0].Comm + "\n" })
	case "maps":
		if p.mapsText != nil {
			return file(0o444, p.mapsText)
		}
	}
	return nil
}

// zeroed joins strings as the stack holds them: each with a NUL behind it.
func zeroed(list []string) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s)
		b.WriteByte(0)
	}
	return b.String()
}

func fdDir(p *Process) *procEntry {
	e := &procEntry{name: "fd", mode: fs.ModeDir | 0o500}
	for fd, s := range p.Files.slots {
		if s.file != nil {
			e.dir = append(e.dir, strconv.Itoa(fd))
		}
	}
	return e
}

func fdEntry(p *Process, name string) *procEntry {
	fd, err := strconv.Atoi(name)
	if err != nil || strconv.Itoa(fd) != name {
		return nil
	}
	file := p.Files.Get(fd)
	if file == nil {
		return nil
	}
	mode := fs.ModeSymlink
	if file.CanRead() {
		mode |= 0o500
	}
	if file.CanWrite() {
		mode |= 0o300
	}
	return &procEntry{name: name, mode: mode, link: file.Path(), jump: file.Node()}
}

// Jump implements vfs.Jumper.
func (f *procFS) Jump(name string) *vfs.Node {
	if e := f.find(name); e != nil {
		return e.jump
	}
	return nil
}

func missing(name string) error {
	return &fs.PathError{Op: "proc", Path: name, Err: fs.ErrNotExist}
}

// Lstat implements fs.ReadLinkFS.
func (f *procFS) Lstat(name string) (fs.FileInfo, error) {
	e := f.find(name)
	if e == nil {
		return nil, missing(name)
	}
	return e, nil
}

// ReadLink implements fs.ReadLinkFS.
func (f *procFS) ReadLink(name string) (string, error) {
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
func (f *procFS) ReadDir(name string) ([]fs.DirEntry, error) {
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
func (f *procFS) Open(name string) (fs.File, error) {
	e := f.find(name)
	if e == nil || e.text == nil {
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

// The methods of fs.FileInfo. A file of /proc has no size until it is read.

// Name is the last part of the path.
func (e *procEntry) Name() string { return e.name }

// Size is 0, as Linux's is.
func (e *procEntry) Size() int64 { return 0 }

// Mode is the type and the rights.
func (e *procEntry) Mode() fs.FileMode { return e.mode }

// ModTime is 1970.
func (e *procEntry) ModTime() time.Time { return time.Unix(0, 0) }

// IsDir reports whether it is a directory.
func (e *procEntry) IsDir() bool { return e.mode.IsDir() }

// Sys is nil.
func (e *procEntry) Sys() any { return nil }
