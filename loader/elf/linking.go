package elf

import "encoding/binary"

// Tags of dynamic entries (d_tag) that Linking reads.
const (
	DynNeeded       = 1
	DynPLTRelSz     = 2
	DynPLTGOT       = 3
	dynRela         = 7
	dynRelaSz       = 8
	DynInit         = 12
	DynFini         = 13
	DynSoname       = 14
	DynRpath        = 15
	DynSymbolic     = 16
	dynRel          = 17
	dynRelSz        = 18
	DynPLTRel       = 20
	DynDebug        = 21
	dynJmpRel       = 23
	DynBindNow      = 24
	DynInitArray    = 25
	DynFiniArray    = 26
	dynInitArraySz  = 27
	dynFiniArraySz  = 28
	DynRunpath      = 29
	DynFlags        = 30
	DynPreinit      = 32
	dynPreinitSz    = 33
	dynVersym       = 0x6ffffff0
	DynFlags1       = 0x6ffffffb
	dynVerdef       = 0x6ffffffc
	dynVerneed      = 0x6ffffffe
	flagSymbolic    = 2 // of DT_FLAGS
	flagBindNow     = 8
	flag1Now        = 1       // of DT_FLAGS_1
	maxVersionBytes = 1 << 20 // of a table of versions
)

// Array is a table of functions in an object's memory. Both numbers are bytes; Addr is unbiased.
type Array struct{ Addr, Size uint64 }

// Linking is what an object's dynamic section tells a dynamic linker. All of it is read by the way of the
// program headers, for a linker sees nothing else. Addresses are those of the file: add the load bias.
type Linking struct {
	Addr     uint64 // of the dynamic section
	Soname   string
	Needed   []string // in their order
	Rpath    string   // directories, separated by colons
	Runpath  string
	Symbolic bool   // references from inside bind inside first
	BindNow  bool   // nothing is bound lazily
	PLTGOT   uint64 // 0: none

	Init, Fini                    uint64 // 0: none
	Preinit, InitArray, FiniArray Array

	Relocs   []Reloc // those with a symbol or a type of their own, in the order of the file
	JmpRel   []Reloc // of the procedure linkage table
	Rela     bool    // JmpRel has its addends with it
	Symbols  []TableSymbol
	Versions bool // there is a table of versions
}

// Linking reads the dynamic section and what it leads to. A file without one has none: nil.
func (f *File) Linking() (*Linking, error) {
	entries, _, err := f.DynamicEntries(nil)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	l := &Linking{}
	for i := range f.Progs {
		if f.Progs[i].Type == ProgDynamic {
			l.Addr = f.Progs[i].VAddr
			break
		}
	}
	tags := map[uint64]uint64{}
	for _, e := range entries {
		tags[e.Tag] = e.Value
		l.note(e)
	}
	l.Preinit = Array{tags[DynPreinit], tags[dynPreinitSz]}
	l.InitArray = Array{tags[DynInitArray], tags[dynInitArraySz]}
	l.FiniArray = Array{tags[DynFiniArray], tags[dynFiniArraySz]}
	l.Rela = tags[DynPLTRel] == dynRela
	if err := f.linkingRelocs(l, tags); err != nil {
		return l, err
	}
	return l, f.linkingSymbols(l, tags)
}

// note takes one entry.
func (l *Linking) note(e DynEntry) {
	switch e.Tag {
	case DynNeeded:
		l.Needed = append(l.Needed, e.Text)
	case DynSoname:
		l.Soname = e.Text
	case DynRpath:
		l.Rpath = e.Text
	case DynRunpath:
		l.Runpath = e.Text
	case DynSymbolic:
		l.Symbolic = true
	case DynBindNow:
		l.BindNow = true
	case DynFlags:
		l.Symbolic = l.Symbolic || e.Value&flagSymbolic != 0
		l.BindNow = l.BindNow || e.Value&flagBindNow != 0
	case DynFlags1:
		l.BindNow = l.BindNow || e.Value&flag1Now != 0
	case DynInit:
		l.Init = e.Value
	case DynFini:
		l.Fini = e.Value
	case DynPLTGOT:
		l.PLTGOT = e.Value
	}
}

// linkingRelocs reads the relocations that DT_REL, DT_RELA and DT_JMPREL lead to.
func (f *File) linkingRelocs(l *Linking, tags map[uint64]uint64) error {
	jmp := uint32(SectionRel)
	if l.Rela {
		jmp = SectionRela
	}
	for _, t := range []struct {
		at, size uint64
		kind     uint32
		to       *[]Reloc
	}{
		{tags[dynRela], tags[dynRelaSz], SectionRela, &l.Relocs},
		{tags[dynRel], tags[dynRelSz], SectionRel, &l.Relocs},
		{tags[dynJmpRel], tags[DynPLTRelSz], jmp, &l.JmpRel},
	} {
		if t.size == 0 {
			continue
		}
		off, left, ok := f.offsetOf(t.at)
		if !ok || left < t.size {
			return wrong(0, "relocations at address %#x are outside the file's segments", t.at)
		}
		s := &Section{Name: "of the dynamic section", Type: t.kind, Off: off, Size: t.size}
		relocs, err := f.relocs(s)
		if err != nil {
			return err
		}
		*t.to = append(*t.to, relocs...)
	}
	return nil
}

// linkingSymbols reads the dynamic symbols with their versions. Number 0 is the empty one. The hash table
// need not know of symbols that the file only refers to, but relocations do.
func (f *File) linkingSymbols(l *Linking, tags map[uint64]uint64) error {
	count, err := f.dynamicCount(tags)
	if err != nil {
		return err
	}
	for _, list := range [][]Reloc{l.Relocs, l.JmpRel} {
		for i := range list {
			count = max(count, uint64(list[i].Sym)+1)
		}
	}
	symOff, _, ok := f.offsetOf(tags[dynSymtab])
	strOff, _, okStr := f.offsetOf(tags[dynStrtab])
	if !ok || !okStr {
		return wrong(0, "DT_SYMTAB %#x or DT_STRTAB %#x is outside the file's segments", tags[dynSymtab],
			tags[dynStrtab])
	}
	strs, err := f.stringsAt(strOff, tags[dynStrsz])
	if err != nil {
		return err
	}
	all, err := f.symbolsAt([]Symbol{{}}, symOff, count, strs, true)
	if err != nil {
		return err
	}
	l.Versions = tags[dynVersym] != 0
	v, err := f.linkingVersions(tags, count, strs)
	if err != nil {
		return err
	}
	l.Symbols = make([]TableSymbol, len(all))
	for i := range all {
		l.Symbols[i].Symbol = all[i]
		if version, ok := v.of(i, &all[i]); ok {
			l.Symbols[i].Version = &version
		}
	}
	return nil
}

// linkingVersions reads the version tables of count symbols.
func (f *File) linkingVersions(tags map[uint64]uint64, count uint64, strs stringTable) (*versions, error) {
	v := &versions{defs: map[uint16]string{}, needed: map[uint16]string{}}
	if tags[dynVersym] == 0 {
		return v, nil
	}
	b, err := f.readAddr(tags[dynVersym], 2*count, "DT_VERSYM")
	if err != nil {
		return v, err
	}
	for ; len(b) > 0; b = b[2:] {
		v.sym = append(v.sym, binary.LittleEndian.Uint16(b))
	}
	for _, t := range []struct {
		at   uint64
		kind uint32
	}{{tags[dynVerdef], SectionVerdef}, {tags[dynVerneed], SectionVerneed}} {
		off, left, ok := f.offsetOf(t.at)
		if t.at == 0 || !ok {
			continue
		}
		s := &Section{Name: "of versions", Type: t.kind, Off: off, Size: min(left, maxVersionBytes)}
		if err := f.versionTable(v, s, strs); err != nil {
			return v, err
		}
	}
	return v, nil
}
