package loader_test

import (
	"io"
	"path"
	"strings"

	"memlab/loader"
	"memlab/loader/loadtest"
)

// node is one name on the test disk.
type node struct {
	data    []byte
	size    int64 // bytes behind data are zeros
	mode    uint32
	link    string // of a symbolic link
	special bool   // a directory, a FIFO: cannot be executed
	busy    bool   // open for writing
}

// disk is a tree of files by absolute path, with the part of path lookup that decides execve's errors.
type disk map[string]*node

type openFile struct {
	*node
	path string
}

func (f *openFile) Size() int64  { return f.size }
func (f *openFile) Path() string { return f.path }

func (f *openFile) ReadAt(b []byte, off int64) (int, error) {
	if off >= f.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(b)), f.size-off))
	clear(b[:n])
	if off < int64(len(f.data)) {
		copy(b[:n], f.data[off:])
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// open opens name for execution by uid from the directory cwd.
func (d disk) open(cwd, name string, uid uint32) (loader.File, error) {
	if name == "" {
		return nil, loader.ENOENT
	}
	if !strings.HasPrefix(name, "/") {
		name = cwd + "/" + name
	}
	links := 0
	rest, at := strings.Split(name, "/"), "/"
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		if part == "" || part == "." {
			continue
		}
		if len(part) > 255 {
			return nil, loader.ENAMETOOLONG
		}
		if n := d[at]; n != nil && !n.special {
			return nil, loader.ENOTDIR
		}
		at = path.Join(at, part)
		if n := d[at]; n != nil && n.link != "" {
			if links++; links > 40 {
				return nil, loader.ELOOP
			}
			rest = append(strings.Split(n.link, "/"), rest...)
			if at = path.Dir(at); strings.HasPrefix(n.link, "/") {
				at = "/"
			}
		}
	}
	return d.execFile(at, uid)
}

func (d disk) execFile(at string, uid uint32) (loader.File, error) {
	n := d[at]
	switch {
	case n == nil && d.isDir(at):
		return nil, loader.EACCES
	case n == nil:
		return nil, loader.ENOENT
	case n.special, n.mode&0o111 == 0, uid != 0 && n.mode&0o001 == 0:
		return nil, loader.EACCES
	case n.busy:
		return nil, loader.ETXTBSY
	}
	return &openFile{n, at}, nil
}

func (d disk) isDir(at string) bool {
	for p := range d {
		if strings.HasPrefix(p, strings.TrimSuffix(at, "/")+"/") {
			return true
		}
	}
	return false
}

// standIn makes a file that a document describes.
func standIn(e loadtest.ELF, interp string) *node {
	return &node{data: loadtest.StandIn(e, interp), size: e.Size, mode: 0o755}
}
