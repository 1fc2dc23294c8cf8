package vm

import (
	"bytes"
	"encoding/binary"
	"errors"

	"memlab/loader/elf"
	"memlab/loader/link"
	"memlab/paging/addr"
	"memlab/paging/area"
)

// Links is what the dynamic linker of a process has done up to now. It is a picture: taking it changes
// nothing, and later work of the linker does not show in it.
type Links struct {
	Map   link.Map
	Scope *link.Scope // Objects are those of Map.Entries

	p *Process
}

// ErrNotDynamic says that a process has no dynamic linker.
var ErrNotDynamic = errors.New("the program is not dynamically linked: it has no PT_DYNAMIC with DT_DEBUG")

// ErrNotLinked says that the dynamic linker has not come so far that there is a link map.
var ErrNotLinked = errors.New("the dynamic linker has not made its link map yet")

// Links follows the program's DT_DEBUG to the link map.
func (p *Process) Links() (*Links, error) {
	debug, err := p.debug()
	if err != nil {
		return nil, err
	}
	class := p.image.Class
	m, err := link.Read(p, class, debug)
	if err != nil {
		return nil, err
	}
	if len(m.Entries) == 0 {
		return nil, ErrNotLinked
	}
	l := &Links{Map: m, Scope: &link.Scope{Class: class, Musl: p.musl()}, p: p}
	for _, e := range m.Entries {
		l.Scope.Objects = append(l.Scope.Objects, p.object(e))
	}
	return l, nil
}

// debug is the address of r_debug.
func (p *Process) debug() (addr.VAddr, error) {
	f := p.linked(p.image.Program)
	if f == nil || f.linking == nil {
		return 0, ErrNotDynamic
	}
	dynamic := addr.VAddr(f.linking.Addr + p.image.LoadBias)
	if at := link.Debug(p, p.image.Class, dynamic); at != 0 {
		return at, nil
	}
	if p.image.Interp == nil {
		return 0, ErrNotDynamic
	}
	return 0, ErrNotLinked
}

// musl reports whether the dynamic linker is musl's: it is the C library at the same time.
func (p *Process) musl() bool {
	f := p.linked(p.image.Interp)
	if f == nil || f.file == nil {
		return false
	}
	symbols, _ := f.file.Symbols()
	_, ok := symbols.Lookup("__libc_start_main")
	return ok
}

// linkedFile is what dynamic linking needs of a file.
type linkedFile struct {
	path    string
	file    *elf.File
	linking *elf.Linking // nil: none that can be read
}

// linked reads a file, once.
func (p *Process) linked(f area.File) *linkedFile {
	if f == nil {
		return nil
	}
	l, known := p.links[f]
	if !known {
		l = &linkedFile{path: f.Path()}
		if file, err := elf.Parse(f, f.Size()); err == nil {
			l.file = file
			l.linking, _ = file.Linking() // of an odd file what could be read
		}
		if p.links == nil {
			p.links = map[area.File]*linkedFile{}
		}
		p.links[f] = l
	}
	return l
}

// object is an entry of the link map with its file: the one that the dynamic section is mapped from.
func (p *Process) object(e link.Entry) *link.Object {
	o := &link.Object{Entry: e, Path: e.Name}
	a, ok := p.space.List().Find(e.Dynamic)
	var l *linkedFile
	switch {
	case !ok:
	case a.File != nil:
		l = p.linked(a.File)
		o.Path = a.File.Path()
	case p.image.Vdso != 0 && addr.VAddr(e.Base) == p.image.Vdso:
		l = p.vdsoFile(&a)
	}
	if l == nil || l.linking == nil {
		return o
	}
	o.Linking = l.linking
	word := uint64(p.image.Class.Bits() / 8)
	o.Initial = func(va uint64) (uint64, bool) {
		b, err := l.file.BytesAt(va, word)
		if err != nil || uint64(len(b)) < word {
			return 0, false
		}
		var w [8]byte
		copy(w[:], b)
		return binary.LittleEndian.Uint64(w[:]), true
	}
	return o
}

// vdsoFile reads the kernel's own object, which has no file but lies in memory as one.
func (p *Process) vdsoFile(a *area.Area) *linkedFile {
	b := make([]byte, min(uint64(a.End-p.image.Vdso), 64<<10))
	b = b[:p.Peek(p.image.Vdso, b)]
	l := &linkedFile{}
	if file, err := elf.Parse(bytes.NewReader(b), int64(len(b))); err == nil {
		l.file = file
		l.linking, _ = file.Linking()
	}
	return l
}

// Slots are the places that the linker fills for object n of the scope, as they stand now.
func (l *Links) Slots(n int) []link.Slot { return l.Scope.Slots(l.p, n) }

// Resolve finds what a reference of the program to a name would bind to. version may be empty.
func (l *Links) Resolve(name, version string) (link.Definition, bool) {
	return l.Scope.Lookup(link.Reference{Name: name, Version: version, From: 0})
}
