package elf

// Types of symbols.
const (
	SymNoType  = 0
	SymObject  = 1
	SymFunc    = 2
	SymSection = 3
	SymFile    = 4
	SymCommon  = 5
	SymTLS     = 6
	SymIFunc   = 10
)

// Bindings of symbols.
const (
	BindLocal  = 0
	BindGlobal = 1
	BindWeak   = 2
	BindUnique = 10
)

// Values of Symbol.Section that are no section.
const (
	SectionUndef  = 0
	SectionAbs    = 0xfff1
	SectionCommon = 0xfff2
)

// Symbol is one symbol. Addresses are those of the file: add the load bias.
type Symbol struct {
	Name       string
	Value      uint64 // address; of a TLS symbol its offset in the TLS block
	Size       uint64 // bytes; 0: not known
	Type       uint8
	Bind       uint8
	Visibility uint8  // 0 default, 1 internal, 2 hidden, 3 protected
	Section    uint16 // SectionUndef: not defined here
	Dynamic    bool   // from .dynsym
}

// Defined reports whether the file defines the symbol, and does not only refer to it.
func (s *Symbol) Defined() bool { return s.Section != SectionUndef }

// placed reports whether the symbol stands for memory.
func (s *Symbol) placed() bool {
	if !s.Defined() || s.Section == SectionAbs || s.Section == SectionCommon || s.Name == "" {
		return false
	}
	switch s.Type {
	case SymNoType, SymObject, SymFunc, SymIFunc:
		return true
	}
	return false
}

// Symbols reads .symtab and .dynsym, or without section headers what the dynamic section knows. The table is
// never nil: of a file that has no symbols it is empty, and with an error it holds what could be read before.
func (f *File) Symbols() (*Symbols, error) {
	var all []Symbol
	sections, err := f.Sections()
	found := false
	for _, want := range []uint32{SectionSymtab, SectionDynsym} {
		for i := range sections {
			if s := &sections[i]; s.Type == want && err == nil {
				all, err = f.sectionSymbols(all, sections, s)
				found = true
			}
		}
	}
	if !found && err == nil {
		all, err = f.dynamicSymbols(all)
	}
	return newSymbols(all, sections, f.Progs), err
}

// sectionSymbols appends the symbols of section s.
func (f *File) sectionSymbols(all []Symbol, sections []Section, s *Section) ([]Symbol, error) {
	if s.Link == 0 || uint64(s.Link) >= uint64(len(sections)) {
		return all, wrong(s.Off, "symbol table %s names section %d for its strings, there are %d",
			s.Name, s.Link, len(sections))
	}
	if s.EntSize != uint64(f.Class.symSize()) {
		return all, wrong(s.Off, "symbol table %s has entries of %d bytes, must be %d", s.Name, s.EntSize,
			f.Class.symSize())
	}
	strs, err := f.strings(&sections[s.Link])
	if err != nil {
		return all, err
	}
	return f.symbolsAt(all, s.Off, s.Size/s.EntSize, strs, s.Type == SectionDynsym)
}

// symbolsAt appends n symbols from off, but the first, which is always empty.
func (f *File) symbolsAt(all []Symbol, off, n uint64, strs stringTable, dynamic bool) ([]Symbol, error) {
	if n > maxSymbols {
		return all, wrong(off, "%d symbols, at most %d are read", n, maxSymbols)
	}
	size := uint64(f.Class.symSize())
	table, err := f.read(off, n*size, "a symbol table")
	if err != nil {
		return all, err
	}
	for i := size; i < uint64(len(table)); i += size {
		s, nameOff := decodeSymbol(f.Class, table[i:])
		if s.Name, err = strs.at(uint64(nameOff)); err != nil {
			return all, err
		}
		s.Dynamic = dynamic
		all = append(all, s)
	}
	return all, nil
}

func decodeSymbol(c Class, b []byte) (s Symbol, name uint32) {
	d := decoder{b: b, class: c}
	name = d.u32()
	if c == Class32 {
		s.Value, s.Size = d.word(), d.word()
	}
	info := d.take(2)
	s.Bind, s.Type, s.Visibility = info[0]>>4, info[0]&15, info[1]&3
	s.Section = d.u16()
	if c == Class64 {
		s.Value, s.Size = d.word(), d.word()
	}
	return s, name
}
