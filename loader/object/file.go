package object

import (
	"encoding/binary"

	"memlab/loader/elf"
)

// File is the program as a static ET_EXEC file with a symbol table. Bytes of a segment lie at an offset that
// is the same as its address modulo the page size; zeros at a segment's end take no room.
func (l *Linked) File() []byte {
	w := &writer{class: l.Class}
	w.b = make([]byte, page)
	offs := make([]uint64, len(l.segments))
	for i := range l.segments {
		s := &l.segments[i]
		offs[i] = uint64(len(w.b))
		room := (s.inFile + page - 1) &^ (page - 1)
		w.b = append(w.b, make([]byte, room)...)
		for _, p := range s.parts {
			if !p.nobits {
				copy(w.b[offs[i]+p.addr-s.addr:], p.data)
			}
		}
	}
	sections := l.sectionTable(w, offs)
	shoff := w.align()
	for i := range sections {
		w.section(&sections[i])
	}
	l.head(w, shoff, len(sections))
	l.programs(w, offs)
	return w.b
}

// writer appends words of a class.
type writer struct {
	class elf.Class
	b     []byte
}

func (w *writer) align() uint64 {
	for len(w.b)%8 != 0 {
		w.b = append(w.b, 0)
	}
	return uint64(len(w.b))
}

func (w *writer) u16(v uint16) { w.b = binary.LittleEndian.AppendUint16(w.b, v) }
func (w *writer) u32(v uint32) { w.b = binary.LittleEndian.AppendUint32(w.b, v) }
func (w *writer) word(v uint64) {
	if w.class == elf.Class64 {
		w.b = binary.LittleEndian.AppendUint64(w.b, v)
		return
	}
	w.u32(uint32(v))
}

// outSection is a section header.
type outSection struct {
	name, typ, link, info            uint32
	flags, addr, off, size, align, n uint64 // n: bytes of an entry
}

func (w *writer) section(s *outSection) {
	w.u32(s.name)
	w.u32(s.typ)
	for _, v := range []uint64{s.flags, s.addr, s.off, s.size} {
		w.word(v)
	}
	w.u32(s.link)
	w.u32(s.info)
	w.word(s.align)
	w.word(s.n)
}

// The sections of the file: of each segment one with bytes and one of zeros, then symbols and names.
const (
	progbits = 1
	nameText = ".text\x00.rodata\x00.data\x00.wtext\x00.bss\x00.symtab\x00.strtab\x00.shstrtab\x00"
)

// sectionTable writes the symbols and the names and describes all sections.
func (l *Linked) sectionTable(w *writer, offs []uint64) []outSection {
	names := map[kind]uint32{code: 1, constant: 7, data: 15, open: 21}
	out := []outSection{{}}
	for i := range l.segments {
		s := &l.segments[i]
		flags := uint64(elf.SectionAlloc)
		if s.kind == code || s.kind == open {
			flags |= elf.SectionExec
		}
		if s.kind == data || s.kind == open {
			flags |= elf.SectionWrite
		}
		out = append(out, outSection{
			name: names[s.kind], typ: progbits, flags: flags, addr: s.addr, off: offs[i], size: s.inFile,
			align: page,
		})
		if s.size > s.inFile {
			out = append(out, outSection{
				name: 28, typ: elf.SectionNobits, flags: flags, addr: s.addr + s.inFile,
				off:  offs[i] + s.inFile,
				size: s.size - s.inFile, align: 1,
			})
		}
	}
	symtab := w.align()
	strtab, local := l.symbols(w, out)
	entry := uint64(16)
	if w.class == elf.Class64 {
		entry = 24
	}
	strOff := uint64(len(w.b))
	w.b = append(w.b, strtab...)
	nameOff := uint64(len(w.b))
	w.b = append(w.b, "\x00"+nameText...)
	n := uint32(len(out))
	return append(
		out,
		outSection{
			name:  33,
			typ:   elf.SectionSymtab,
			off:   symtab,
			size:  strOff - symtab,
			link:  n + 1,
			info:  local,
			align: 8,
			n:     entry,
		},
		outSection{name: 41, typ: elf.SectionStrtab, off: strOff, size: nameOff - strOff, align: 1},
		outSection{name: 49, typ: elf.SectionStrtab, off: nameOff, size: uint64(len(nameText) + 1), align: 1},
	)
}

// symbols writes the symbol table, local ones first, and returns its strings and how many are local.
func (l *Linked) symbols(w *writer, sections []outSection) (strtab []byte, local uint32) {
	strtab, local = []byte{0}, 1
	w.b = append(w.b, make([]byte, map[elf.Class]int{elf.Class32: 16, elf.Class64: 24}[w.class])...)
	for _, wanted := range []bool{true, false} {
		for i := range l.Symbols {
			s := &l.Symbols[i]
			if isLocal := s.Bind == elf.BindLocal; isLocal != wanted {
				continue
			} else if isLocal {
				local++
			}
			w.symbol(s, uint32(len(strtab)), sectionAt(sections, s.Addr))
			strtab = append(append(strtab, s.Name...), 0)
		}
	}
	return strtab, local
}

// sectionAt is the number of the section that holds the address.
func sectionAt(sections []outSection, at uint64) uint16 {
	index := uint16(elf.SectionAbs)
	for j := range sections {
		if o := &sections[j]; o.addr != 0 && at >= o.addr && at-o.addr <= o.size {
			index = uint16(j)
		}
	}
	return index
}

func (w *writer) symbol(s *Symbol, name uint32, section uint16) {
	w.u32(name)
	if w.class == elf.Class32 {
		w.word(s.Addr)
		w.word(s.Size)
	}
	w.b = append(w.b, s.Bind<<4|s.Type&15, 0)
	w.u16(section)
	if w.class == elf.Class64 {
		w.word(s.Addr)
		w.word(s.Size)
	}
}

// head writes the ELF header.
func (l *Linked) head(w *writer, shoff uint64, sections int) {
	h := &writer{class: w.class, b: []byte(elf.Magic)}
	h.b = append(h.b, byte(w.class), 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	machine := uint16(elf.MachineX86_64)
	if w.class == elf.Class32 {
		machine = elf.Machine386
	}
	h.u16(elf.TypeExec)
	h.u16(machine)
	h.u32(1)
	h.word(l.Entry)
	h.word(uint64(w.class.HeaderSize()))
	h.word(shoff)
	h.u32(0)
	for _, v := range []int{
		w.class.HeaderSize(), w.class.ProgSize(), len(l.segments) + 1, w.class.SectionSize(), sections,
		sections - 1,
	} {
		h.u16(uint16(v))
	}
	copy(w.b, h.b)
}

// programs writes the program headers: the segments, and that the stack holds no code.
func (l *Linked) programs(w *writer, offs []uint64) {
	h := &writer{class: w.class}
	one := func(typ, flags uint32, off, addr, inFile, size, align uint64) {
		h.u32(typ)
		if w.class == elf.Class64 {
			h.u32(flags)
		}
		for _, v := range []uint64{off, addr, addr, inFile, size} {
			h.word(v)
		}
		if w.class == elf.Class32 {
			h.u32(flags)
		}
		h.word(align)
	}
	for i := range l.segments {
		s := &l.segments[i]
		one(elf.ProgLoad, s.kind.flags(), offs[i], s.addr, s.inFile, s.size, page)
	}
	one(elf.ProgGNUStack, elf.FlagR|elf.FlagW, 0, 0, 0, 0, 16)
	copy(w.b[w.class.HeaderSize():], h.b)
}
