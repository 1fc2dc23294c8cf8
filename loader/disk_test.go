package loader_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"path"
	"strings"

	"memlab/loader"
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

// standIn makes a file that a document describes: its header, its program headers, the interpreter's path,
// zeros.
func standIn(e elfFacts, interp string) *node {
	typ := map[string]uint16{"EXEC": 2, "DYN": 3}[e.Type]
	le := binary.LittleEndian
	word := func(b []byte, v uint64) []byte {
		if e.Class == 64 {
			return le.AppendUint64(b, v)
		}
		return le.AppendUint32(b, uint32(v))
	}
	machine, phsize, ehsize := uint16(62), uint16(56), uint16(64)
	if e.Class == 32 {
		machine, phsize, ehsize = 3, 32, 52
	}
	head := append([]byte("\x7fELF"), byte(e.Class/32), 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	head = le.AppendUint32(le.AppendUint16(le.AppendUint16(head, typ), machine), 1)
	head = word(word(word(head, uint64(e.Entry)), uint64(e.Phoff)), 0)
	head = le.AppendUint16(le.AppendUint32(head, 0), ehsize)
	head = le.AppendUint16(le.AppendUint16(head, phsize), uint16(e.Phnum))
	var table []byte
	end := int(e.Phoff) + int(phsize)*len(e.Phdrs)
	for _, p := range e.Phdrs {
		typ, flags := p.number(), p.flags()
		table = le.AppendUint32(table, typ)
		if e.Class == 64 {
			table = le.AppendUint32(table, flags)
		}
		for _, v := range []uint64{p.Offset, p.Vaddr, p.Vaddr, p.Filesz, p.Memsz} {
			table = word(table, v)
		}
		if e.Class == 32 {
			table = le.AppendUint32(table, flags)
		}
		table = word(table, p.Align)
		if p.Type == "INTERP" {
			end = max(end, int(p.Offset+p.Filesz))
		}
	}
	data := make([]byte, end)
	copy(data, head)
	copy(data[e.Phoff:], table)
	for _, p := range e.Phdrs {
		if p.Type == "INTERP" {
			copy(data[p.Offset:], interp)
		}
	}
	return &node{data: bytes.Clone(data), size: e.Size, mode: 0o755}
}
