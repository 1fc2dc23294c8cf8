package elf

import (
	"bytes"
	"encoding/binary"
)

// DynEntry is one entry of the dynamic section.
type DynEntry struct {
	Tag, Value uint64
	Text       string // of those that name something: NEEDED, SONAME, RPATH, RUNPATH
}

// DynamicEntries are the entries of the dynamic section up to and with NULL, and where it lies in the file.
// A file without one has none.
func (f *File) DynamicEntries(sections []Section) (entries []DynEntry, off uint64, err error) {
	size, found := uint64(0), false
	for i := range f.Progs {
		if p := &f.Progs[i]; p.Type == ProgDynamic && !found {
			off, size, found = p.Off, p.FileSz, true
		}
	}
	for i := range sections { // the section knows better where a linker and a loader disagree
		if s := &sections[i]; s.Type == SectionDynamic {
			off, size, found = s.Off, s.Size, true
		}
	}
	if !found {
		return nil, 0, nil
	}
	entry := uint64(2 * f.Class.Bits() / 8)
	n := size / entry
	if n > maxDynamic {
		return nil, off, wrong(off, "%d dynamic entries, at most %d are read", n, maxDynamic)
	}
	b, err := f.read(off, n*entry, "the dynamic section")
	if err != nil {
		return nil, off, err
	}
	for d := (decoder{b: b, class: f.Class}); len(d.b) > 0; {
		e := DynEntry{Tag: d.word(), Value: d.word()}
		entries = append(entries, e)
		if e.Tag == 0 {
			break
		}
	}
	return entries, off, f.nameDynamic(entries)
}

// nameDynamic fills in the texts from DT_STRTAB.
func (f *File) nameDynamic(entries []DynEntry) error {
	var at, size uint64
	for _, e := range entries {
		switch e.Tag {
		case dynStrtab:
			at = e.Value
		case dynStrsz:
			size = e.Value
		}
	}
	off, left, ok := f.offsetOf(at)
	if !ok {
		return nil
	}
	strs, err := f.stringsAt(off, min(size, left))
	if err != nil {
		return err
	}
	for i := range entries {
		switch entries[i].Tag {
		case 1, 14, 15, 29, 0x7ffffffd, 0x7fffffff:
			if entries[i].Text, err = strs.at(entries[i].Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// Note is one note.
type Note struct {
	Owner string
	Type  uint32
	Desc  []byte
}

// NoteGroup is the notes of one section, or of one segment of a file without sections.
type NoteGroup struct {
	Name  string // of the section; "" of a segment
	Off   uint64
	Size  uint64
	Notes []Note
}

// maxNotes is the size up to which notes are read.
const maxNotes = 16 << 20

// Notes reads the SHT_NOTE sections, or without sections the PT_NOTE segments.
func (f *File) Notes(sections []Section) ([]NoteGroup, error) {
	var groups []NoteGroup
	var aligns []uint64
	for i := range sections {
		if s := &sections[i]; s.Type == SectionNote {
			groups = append(groups, NoteGroup{Name: s.Name, Off: s.Off, Size: s.Size})
			aligns = append(aligns, s.AddrAlign)
		}
	}
	for i := range f.Progs {
		if p := &f.Progs[i]; p.Type == ProgNote && len(sections) == 0 {
			groups = append(groups, NoteGroup{Off: p.Off, Size: p.FileSz})
			aligns = append(aligns, p.Align)
		}
	}
	for i := range groups {
		g := &groups[i]
		if g.Size > maxNotes {
			return groups, wrong(g.Off, "%d bytes of notes, at most %d are read", g.Size, maxNotes)
		}
		b, err := f.read(g.Off, g.Size, "notes")
		if err != nil {
			return groups, err
		}
		if g.Notes, err = notes(b, g.Off, aligns[i]); err != nil {
			return groups, err
		}
	}
	return groups, nil
}

// notes parses: size of the owner's name, of the description, type, name, description, each padded to 4
// bytes, or to 8 where the section says so.
func notes(b []byte, off, align uint64) (out []Note, err error) {
	pad := uint64(4)
	if align == 8 {
		pad = 8
	}
	up := func(n uint64) uint64 { return (n + pad - 1) &^ (pad - 1) }
	at, size := uint64(0), uint64(len(b))
	for size-at >= 12 {
		le := binary.LittleEndian
		nameSize, descSize := uint64(le.Uint32(b[at:])), uint64(le.Uint32(b[at+4:]))
		desc := up(at + 12 + nameSize)
		if at+12+nameSize > size || desc > size || descSize > size-desc {
			return out, wrong(off+at, "a note of %d and %d bytes leaves its section", nameSize, descSize)
		}
		owner, _, _ := bytes.Cut(b[at+12:at+12+nameSize], []byte{0})
		out = append(out, Note{string(owner), le.Uint32(b[at+8:]), b[desc : desc+descSize]})
		if at = up(desc + descSize); at > size {
			break
		}
	}
	return out, nil
}

// InSegment reports whether a section lies in a segment, as linkers and readelf decide it: by address for
// what is allocated, by offset for what has bytes. .tbss takes room in PT_TLS only.
func (s *Section) InSegment(p *Prog) bool {
	alloc, tls, hasBytes := s.Flags&SectionAlloc != 0, s.Flags&SectionTLS != 0, s.Type != SectionNobits
	switch p.Type {
	case ProgTLS:
		if !tls {
			return false
		}
	case ProgPhdr:
		return false
	case ProgLoad, ProgGNURelro:
	default:
		if tls {
			return false
		}
	}
	switch p.Type {
	case ProgLoad, ProgDynamic, 0x6474e550, ProgGNUStack, ProgGNURelro, 0x6474e554:
		if !alloc {
			return false
		}
	}
	if tls && !hasBytes && p.Type != ProgTLS {
		return false
	}
	in := func(at, from, room uint64) bool {
		return at >= from && at-from <= room-1 && at-from+s.Size <= room // room 0: only what has no size
	}
	if hasBytes && !in(s.Off, p.Off, p.FileSz) || alloc && !in(s.Addr, p.VAddr, p.MemSz) {
		return false
	}
	if (p.Type == ProgDynamic || p.Type == ProgNote) && s.Size == 0 && p.MemSz != 0 {
		inside := func(at, from, room uint64) bool { return at > from && at-from < room }
		return (!hasBytes || inside(s.Off, p.Off, p.FileSz)) && (!alloc || inside(s.Addr, p.VAddr, p.MemSz))
	}
	return true
}
