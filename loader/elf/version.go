package elf

import "encoding/binary"

// Version is the version of a dynamic symbol.
type Version struct {
	Name   string
	Index  uint16
	Needed bool // of another object: the symbol is undefined, or copied from there
	Hidden bool // not the one that new programs link to
}

// maxVersions bounds the version tables.
const maxVersions = 1 << 16

// versions are the version tables of a file.
type versions struct {
	sym    []uint16 // by dynamic symbol
	defs   map[uint16]string
	base   uint16 // index of the definition that is the file itself; 0: none
	needed map[uint16]string
	names  int // of needed versions that have been read
}

// symbolVersions reads SHT_GNU_versym, verdef and verneed.
func (f *File) symbolVersions(sections []Section) (*versions, error) {
	v := &versions{defs: map[uint16]string{}, needed: map[uint16]string{}}
	for i := range sections {
		s := &sections[i]
		var err error
		switch s.Type {
		case SectionVersym:
			if s.Size > maxSymbols*2 {
				return v, wrong(s.Off, "%d bytes of symbol versions, at most %d are read", s.Size,
					maxSymbols*2)
			}
			var b []byte
			if b, err = f.read(s.Off, s.Size&^1, "section "+s.Name); err == nil {
				for ; len(b) > 0; b = b[2:] {
					v.sym = append(v.sym, binary.LittleEndian.Uint16(b))
				}
			}
		case SectionVerdef, SectionVerneed:
			if uint64(s.Link) >= uint64(len(sections)) {
				return v, wrong(s.Off, "%s names section %d for its strings, there are %d", s.Name, s.Link,
					len(sections))
			}
			var strs stringTable
			if strs, err = f.strings(&sections[s.Link]); err == nil {
				err = f.versionTable(v, s, strs)
			}
		}
		if err != nil {
			return v, err
		}
	}
	return v, nil
}

// versionTable reads a table of definitions or of needs: records that link to each other, each with a chain
// of names.
func (f *File) versionTable(v *versions, s *Section, strs stringTable) error {
	if s.Size > maxStrings {
		return wrong(s.Off, "%d bytes of versions, at most %d are read", s.Size, maxStrings)
	}
	b, err := f.read(s.Off, s.Size, "section "+s.Name)
	if err != nil {
		return err
	}
	at, size := uint64(0), uint64(len(b))
	for range maxVersions {
		if size-at < 20 && (s.Type == SectionVerdef || size-at < 16) {
			return nil
		}
		var next uint64
		if s.Type == SectionVerdef {
			next, err = v.definition(b, at, strs)
		} else {
			next, err = v.need(b, at, strs)
		}
		if err != nil {
			return err
		}
		if next == 0 || next > size-at {
			return nil
		}
		at += next
	}
	return nil
}

// definition reads a record of SHT_GNU_verdef: version, flags, index, count, hash, aux, next.
func (v *versions) definition(b []byte, at uint64, strs stringTable) (next uint64, err error) {
	le := binary.LittleEndian
	aux := at + uint64(le.Uint32(b[at+12:]))
	index := le.Uint16(b[at+4:]) & 0x7fff
	if le.Uint16(b[at+2:]) == 1 && index == 1 {
		v.base = index
	}
	if aux+8 <= uint64(len(b)) {
		v.defs[index], err = strs.at(uint64(le.Uint32(b[aux:])))
	}
	return uint64(le.Uint32(b[at+16:])), err
}

// need reads a record of SHT_GNU_verneed (version, count, file, aux, next) and its names (hash, flags, index,
// name, next).
func (v *versions) need(b []byte, at uint64, strs stringTable) (next uint64, err error) {
	le := binary.LittleEndian
	aux := at + uint64(le.Uint32(b[at+8:]))
	for range le.Uint16(b[at+2:]) {
		if aux+16 > uint64(len(b)) {
			break
		}
		if v.names++; v.names > maxVersions { // records may name each other's chains again and again
			return 0, wrong(0, "more than %d names of needed versions", maxVersions)
		}
		if v.needed[le.Uint16(b[aux+6:])], err = strs.at(uint64(le.Uint32(b[aux+8:]))); err != nil {
			return 0, err
		}
		step := uint64(le.Uint32(b[aux+12:]))
		if step == 0 {
			break
		}
		aux += step
	}
	return uint64(le.Uint32(b[at+12:])), nil
}

// of is the version of dynamic symbol i.
func (v *versions) of(i int, s *Symbol) (Version, bool) {
	if i >= len(v.sym) {
		return Version{}, false
	}
	n := v.sym[i]
	if s.Defined() && n != 0x8001 {
		if name, ok := v.defs[n&0x7fff]; ok {
			if n&0x7fff == v.base || name == s.Name { // the symbol stands for the version itself
				return Version{}, false
			}
			return Version{Name: name, Index: n & 0x7fff, Hidden: n&0x8000 != 0}, true
		}
	}
	name, ok := v.needed[n]
	return Version{Name: name, Index: n, Needed: true}, ok
}

// TableSymbol is a symbol in its table.
type TableSymbol struct {
	Symbol

	Version *Version // nil: none
}

// SymbolTable is a section of symbols, the empty first one included.
type SymbolTable struct {
	Index   int // of the section
	Section *Section
	Symbols []TableSymbol
}

// SymbolTables reads the symbol tables among sections in their order, with versions.
func (f *File) SymbolTables(sections []Section) ([]SymbolTable, error) {
	v, err := f.symbolVersions(sections)
	if err != nil {
		return nil, err
	}
	var out []SymbolTable
	for i := range sections {
		s := &sections[i]
		if s.Type != SectionSymtab && s.Type != SectionDynsym {
			continue
		}
		all, err := f.sectionSymbols([]Symbol{{}}, sections, s)
		if err != nil {
			return out, err
		}
		if s.Size < s.EntSize {
			all = nil
		}
		t := SymbolTable{Index: i, Section: s, Symbols: make([]TableSymbol, len(all))}
		for j := range all {
			t.Symbols[j].Symbol = all[j]
			if s.Type != SectionDynsym {
				continue
			}
			if version, ok := v.of(j, &all[j]); ok {
				t.Symbols[j].Version = &version
			}
		}
		out = append(out, t)
	}
	return out, nil
}
