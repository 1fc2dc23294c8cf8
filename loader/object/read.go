package object

import (
	"encoding/binary"

	"memlab/loader/elf"
)

// object is one file taken apart.
type object struct {
	name     string
	file     *elf.File
	sections []elf.Section
	symbols  []elf.TableSymbol // by index; the first is empty
	relocs   []elf.RelocSection
	parts    []*part // by section; nil: not loaded
	dropped  []bool  // by section: a COMDAT group's that another object has already
}

// Section types and flags that only relocatable files have.
const (
	sectionGroup   = 17
	sectionShndx   = 18
	sectionExclude = 0x80000000
	groupComdat    = 1
	maxGroup       = 1 << 20 // bytes of one SHT_GROUP
	spareNames     = 1 << 16
)

// read takes a file apart. groups has the COMDAT groups that are there, to which the file's are added.
func read(in Input, groups map[string]bool) (*object, error) {
	o := &object{name: in.Name}
	var err error
	if o.file, err = elf.Parse(in.R, in.Size); err != nil {
		return nil, o.wrong("%v", err)
	}
	if o.file.Type != elf.TypeRel {
		return nil, o.wrong(
			"not a relocatable file: e_type is %d, must be %d (gcc -c makes one)",
			o.file.Type,
			elf.TypeRel,
		)
	}
	if o.sections, err = o.file.Sections(); err != nil {
		return nil, o.wrong("%v", err)
	}
	if err := o.checkSizes(uint64(max(in.Size, 0))); err != nil {
		return nil, err
	}
	tables, err := o.file.SymbolTables(o.sections)
	if err != nil {
		return nil, o.wrong("%v", err)
	}
	if len(tables) == 1 {
		o.symbols = tables[0].Symbols
	}
	names := uint64(0)
	for i := range o.symbols {
		names += uint64(len(o.symbols[i].Name))
	}
	if names > spareNames+4*uint64(max(in.Size, 0)) { // they share bytes; what is made of them does not
		return nil, o.wrong("the symbols' names have %d bytes in all, far more than the file", names)
	}
	if o.relocs, err = o.file.Relocations(o.sections); err != nil {
		return nil, o.wrong("%v", err)
	}
	o.dropped = make([]bool, len(o.sections))
	if err := o.readGroups(groups); err != nil {
		return nil, err
	}
	err = o.makeParts()
	return o, err
}

// checkSizes refuses files whose sections share bytes, which no assembler writes: what is taken of memory
// stays in proportion to the file.
func (o *object) checkSizes(size uint64) error {
	var sum uint64
	tables := 0
	for i := range o.sections {
		s := &o.sections[i]
		switch s.Type {
		case elf.SectionNull, elf.SectionNobits:
			continue
		case elf.SectionSymtab, elf.SectionDynsym:
			tables++
		case sectionShndx:
			return o.wrong("more than 65,279 sections cannot be linked")
		}
		if s.Size > size || sum+s.Size > size {
			return o.wrong("section %d: the sections have more bytes than the file", i)
		}
		sum += s.Size
	}
	if tables > 1 {
		return o.wrong("%d symbol tables, must be 1", tables)
	}
	return nil
}

// readGroups drops the sections of COMDAT groups that are there already.
func (o *object) readGroups(groups map[string]bool) error {
	for i := range o.sections {
		s := &o.sections[i]
		if s.Type != sectionGroup {
			continue
		}
		b, err := o.file.Bytes(s, maxGroup)
		if err != nil {
			return o.wrong("%v", err)
		}
		if len(b) < 4 || uint64(s.Info) >= uint64(len(o.symbols)) {
			return o.wrong("section %d is a group without flags or without a symbol", i)
		}
		name := o.symbols[s.Info].Name
		if binary.LittleEndian.Uint32(b)&groupComdat == 0 || name == "" {
			continue
		}
		if !groups[name] {
			groups[name] = true
			continue
		}
		for b = b[4:]; len(b) >= 4; b = b[4:] {
			if n := binary.LittleEndian.Uint32(b); uint64(n) < uint64(len(o.sections)) {
				o.dropped[n] = true
			}
		}
	}
	return nil
}

// makeParts reads the bytes of the sections that are loaded.
func (o *object) makeParts() error {
	o.parts = make([]*part, len(o.sections))
	for i := range o.sections {
		s := &o.sections[i]
		if s.Flags&elf.SectionAlloc == 0 || s.Flags&sectionExclude != 0 || o.dropped[i] {
			continue
		}
		if s.Flags&elf.SectionTLS != 0 {
			return o.wrong("section %s holds thread-local variables, which are not linked here", clip(s.Name))
		}
		p := &part{object: o, name: s.Name, size: s.Size, align: max(s.AddrAlign, 1), kind: kindOf(s)}
		if p.align&(p.align-1) != 0 || p.align > maxAlign {
			return o.wrong(
				"section %s is aligned to %#x, must be a power of two up to %#x",
				clip(s.Name),
				s.AddrAlign,
				maxAlign,
			)
		}
		if p.nobits = s.Type == elf.SectionNobits; !p.nobits {
			var err error
			if p.data, err = o.file.Bytes(s, s.Size); err != nil {
				return o.wrong("%v", err)
			}
		}
		o.parts[i] = p
	}
	return nil
}
