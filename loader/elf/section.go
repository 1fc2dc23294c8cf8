package elf

import (
	"bytes"
	"strings"
)

// sh_type.
const (
	SectionNull    = 0
	SectionSymtab  = 2
	SectionStrtab  = 3
	SectionRela    = 4
	SectionDynamic = 6
	SectionNote    = 7
	SectionNobits  = 8
	SectionRel     = 9
	SectionDynsym  = 11
	SectionRelr    = 19
	SectionVerdef  = 0x6ffffffd
	SectionVerneed = 0x6ffffffe
	SectionVersym  = 0x6fffffff
)

// sh_flags.
const (
	SectionWrite = 1
	SectionAlloc = 2
	SectionExec  = 4
	SectionTLS   = 0x400
)

// Section is one section header.
type Section struct {
	Name      string
	Type      uint32
	Flags     uint64
	Addr      uint64
	Off       uint64
	Size      uint64 // in memory; a SectionNobits has no bytes in the file
	Link      uint32
	Info      uint32
	AddrAlign uint64
	EntSize   uint64

	nameOff    uint32
	gnu, large bool // EI_OSABI is GNU's or FreeBSD's; the machine is x86-64
}

// Sections reads the section headers with their names. A file without any has none, and that is no error. The
// kernel never looks at them.
func (f *File) Sections() ([]Section, error) {
	if f.ShOff == 0 {
		return nil, nil
	}
	if int(f.ShEntSize) != f.Class.SectionSize() {
		return nil, wrong(0, "e_shentsize is %d, must be %d", f.ShEntSize, f.Class.SectionSize())
	}
	size := uint64(f.ShEntSize)
	first, err := f.read(f.ShOff, size, "the section header table")
	if err != nil {
		return nil, err
	}
	count, names := uint64(f.ShNum), uint64(f.ShStrNdx)
	zero := decodeSection(f.Class, first)
	if count == 0 { // more than 16 bits can tell
		count = zero.Size
	}
	if names == 0xffff {
		names = uint64(zero.Link)
	}
	if count == 0 || count > maxSections {
		return nil, wrong(f.ShOff, "%d sections, must be 1 to %d", count, maxSections)
	}
	table, err := f.read(f.ShOff, count*size, "the section header table")
	if err != nil {
		return nil, err
	}
	out := make([]Section, count)
	for i := range out {
		out[i] = decodeSection(f.Class, table[i*int(size):])
		out[i].gnu = f.gnu()
		out[i].large = f.Machine == MachineX86_64
	}
	return out, f.nameSections(out, names)
}

// nameSections fills in the names, which lie in section number index; 0 is none.
func (f *File) nameSections(out []Section, index uint64) error {
	if index == 0 {
		return nil
	}
	if index >= uint64(len(out)) {
		return wrong(0, "e_shstrndx is %d, there are %d sections", index, len(out))
	}
	strs, err := f.strings(&out[index])
	if err != nil {
		return err
	}
	for i := range out {
		if out[i].Name, err = strs.at(uint64(out[i].nameOff)); err != nil {
			return err
		}
	}
	return nil
}

func decodeSection(c Class, b []byte) Section {
	d := decoder{b: b, class: c}
	var s Section
	s.nameOff, s.Type = d.u32(), d.u32()
	s.Flags, s.Addr, s.Off, s.Size = d.word(), d.word(), d.word(), d.word()
	s.Link, s.Info = d.u32(), d.u32()
	s.AddrAlign, s.EntSize = d.word(), d.word()
	return s
}

// stringTable is a table of strings that end with NUL.
type stringTable struct {
	text string
	off  uint64 // in the file, for errors
}

// strings reads the string table in s.
func (f *File) strings(s *Section) (stringTable, error) {
	if s.Type == SectionNobits {
		return stringTable{}, wrong(s.Off, "a string table without bytes in the file")
	}
	return f.stringsAt(s.Off, s.Size)
}

func (f *File) stringsAt(off, size uint64) (stringTable, error) {
	if size > maxStrings {
		return stringTable{}, wrong(off, "a string table of %d bytes, at most %d are read", size, maxStrings)
	}
	b, err := f.read(off, size, "a string table")
	if err != nil {
		return stringTable{}, err
	}
	if i := bytes.LastIndexByte(b, 0); i >= 0 { // what has no end is no string
		b = b[:i+1]
	} else {
		b = nil
	}
	return stringTable{text: string(b), off: off}, nil
}

// at is the string at place i of the table. Strings share the table's memory.
func (t *stringTable) at(i uint64) (string, error) {
	if i == 0 && t.text == "" {
		return "", nil
	}
	if i >= uint64(len(t.text)) {
		return "", wrong(t.off, "string %d is outside its table of %d bytes", i, len(t.text))
	}
	rest := t.text[i:]
	n := strings.IndexByte(rest[:min(len(rest), maxName)], 0) // the table ends with one
	if n < 0 {
		return "", wrong(t.off+i, "a name of more than %d bytes", maxName)
	}
	return rest[:n], nil
}
