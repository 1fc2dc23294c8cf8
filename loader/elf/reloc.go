package elf

// Reloc is one relocation.
type Reloc struct {
	Off    uint64 // address of the place, or in a relocatable file its offset in the section
	Info   uint64 // r_info as it stands
	Type   uint32
	Sym    uint32 // index in the symbol table; 0: none
	Addend int64  // of RELA; REL has it in the place
}

// RelocSection is a section of relocations.
type RelocSection struct {
	Index   int // of the section
	Section *Section
	Relocs  []Reloc
	Relr    []uint64 // of a SectionRelr: the addresses that are relative relocations
	Entries uint64   // of a SectionRelr: words, each an address or a bitmap
}

// maxRelocs bounds what is read of one section.
const maxRelocs = 1 << 22

// Relocations reads the REL, RELA and RELR sections among sections, in their order.
func (f *File) Relocations(sections []Section) ([]RelocSection, error) {
	var out []RelocSection
	for i := range sections {
		s := &sections[i]
		r := RelocSection{Index: i, Section: s}
		var err error
		switch s.Type {
		case SectionRel, SectionRela:
			r.Relocs, err = f.relocs(s)
		case SectionRelr:
			r.Relr, r.Entries, err = f.relr(s)
		default:
			continue
		}
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

// relocs reads a REL or RELA section.
func (f *File) relocs(s *Section) ([]Reloc, error) {
	word := uint64(f.Class.Bits() / 8)
	size := 2 * word
	if s.Type == SectionRela {
		size = 3 * word
	}
	n := s.Size / size
	if n > maxRelocs {
		return nil, wrong(s.Off, "%d relocations in %s, at most %d are read", n, s.Name, maxRelocs)
	}
	b, err := f.read(s.Off, n*size, "section "+s.Name)
	if err != nil {
		return nil, err
	}
	out := make([]Reloc, n)
	for i := range out {
		d := decoder{b: b[uint64(i)*size:], class: f.Class}
		r := &out[i]
		r.Off, r.Info = d.word(), d.word()
		if f.Class == Class64 {
			r.Sym, r.Type = uint32(r.Info>>32), uint32(r.Info)
		} else {
			r.Sym, r.Type = uint32(r.Info>>8), uint32(r.Info&0xff)
		}
		if s.Type != SectionRela {
			continue
		}
		r.Addend = int64(d.word())
		if f.Class == Class32 {
			r.Addend = int64(int32(r.Addend))
		}
	}
	return out, nil
}

// relr unpacks a RELR section: an even word is an address, an odd one a bitmap of the words that follow it.
func (f *File) relr(s *Section) (addrs []uint64, entries uint64, err error) {
	word := uint64(f.Class.Bits() / 8)
	n := s.Size / word
	if n > maxRelocs/64 {
		return nil, 0, wrong(s.Off, "%d words in %s, at most %d are read", n, s.Name, maxRelocs/64)
	}
	b, err := f.read(s.Off, n*word, "section "+s.Name)
	if err != nil {
		return nil, 0, err
	}
	next := uint64(0)
	for d := (decoder{b: b, class: f.Class}); len(d.b) > 0; {
		w := d.word()
		if w&1 == 0 {
			addrs = append(addrs, w)
			next = w + word
			continue
		}
		for i := range uint64(f.Class.Bits() - 1) {
			if w>>(i+1)&1 != 0 {
				addrs = append(addrs, next+i*word)
			}
		}
		next += (uint64(f.Class.Bits()) - 1) * word
	}
	return addrs, n, nil
}
