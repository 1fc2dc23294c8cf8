package vdso

import (
	"encoding/binary"
	"slices"

	"memlab/loader/elf"
)

// d_tag.
const (
	dtNull      = 0
	dtHash      = 4
	dtStrtab    = 5
	dtSymtab    = 6
	dtStrsz     = 10
	dtSyment    = 11
	dtSoname    = 14
	dtVersym    = 0x6ffffff0
	dtVerdef    = 0x6ffffffc
	dtVerdefnum = 0x6ffffffd
)

// builder appends the parts of an image.
type builder struct {
	class    elf.Class
	buf      []byte
	fns      []function
	soname   string
	versions []string
	strs     []byte
}

func (b *builder) u16(v uint16) { b.buf = binary.LittleEndian.AppendUint16(b.buf, v) }
func (b *builder) u32(v uint32) { b.buf = binary.LittleEndian.AppendUint32(b.buf, v) }

// word is as wide as an address.
func (b *builder) word(v int) {
	if b.class == elf.Class64 {
		b.buf = binary.LittleEndian.AppendUint64(b.buf, uint64(v))
		return
	}
	b.u32(uint32(v))
}

// align pads to a multiple of 8 and returns the place.
func (b *builder) align() int {
	for len(b.buf)%8 != 0 {
		b.buf = append(b.buf, 0)
	}
	return len(b.buf)
}

// str returns the place of s among the strings.
func (b *builder) str(s string) int {
	at := len(b.strs)
	b.strs = append(append(b.strs, s...), 0)
	return at
}

// codePlaces are where the functions lie, 16-byte aligned from codeAt on.
func (b *builder) codePlaces(codeAt int) []int {
	places := make([]int, len(b.fns))
	for i := range b.fns {
		places[i] = codeAt
		codeAt = (codeAt + len(b.fns[i].code) + 15) &^ 15
	}
	return places
}

func (b *builder) build(codeAt int) {
	const programHeaders = 2
	b.strs = []byte{0}
	places := b.codePlaces(codeAt)
	b.buf = b.buf[:b.class.HeaderSize()+programHeaders*b.class.ProgSize()] // filled in at the end

	hash := b.align()
	b.hashTable()
	symtab := b.align()
	b.symbols(places)
	versym := b.align()
	b.versionIndices()
	verdef := b.align()
	b.versionDefinitions()
	soname := b.str(b.soname)
	strtab := len(b.buf)
	b.buf = append(b.buf, b.strs...)

	dynamic := b.align()
	for _, d := range [][2]int{
		{dtHash, hash},
		{dtStrtab, strtab},
		{dtSymtab, symtab},
		{dtStrsz, len(b.strs)},
		{
			dtSyment,
			b.symSize(),
		},
		{dtSoname, soname},
		{dtVersym, versym},
		{dtVerdef, verdef},
		{dtVerdefnum, 1 + len(b.versions)},
		{dtNull, 0},
	} {
		b.word(d[0])
		b.word(d[1])
	}
	dynSize := len(b.buf) - dynamic
	for i, fn := range b.fns {
		b.buf = append(b.buf, make([]byte, places[i]-len(b.buf))...)
		b.buf = append(b.buf, fn.code...)
	}
	b.headers(places[0], dynamic, dynSize)
}

func (b *builder) symSize() int {
	if b.class == elf.Class64 {
		return 24
	}
	return 16
}

// sysvHash is the hash function of DT_HASH tables and of version names (System V gABI).
func sysvHash(name string) uint32 {
	var h uint32
	for i := range len(name) {
		h = h<<4 + uint32(name[i])
		g := h & 0xf0000000
		h ^= g >> 24
		h &^= g
	}
	return h
}

// hashTable is one bucket that chains all symbols: a handful of names needs no more.
func (b *builder) hashTable() {
	n := len(b.fns) + 1
	b.u32(1)
	b.u32(uint32(n))
	b.u32(1) // the bucket: symbol 1
	b.u32(0)
	for i := 1; i < n; i++ {
		b.u32(uint32((i + 1) % n)) // the last one ends with 0
	}
}

func (b *builder) symbols(places []int) {
	const globalFunction = 1<<4 | 2
	b.buf = append(b.buf, make([]byte, b.symSize())...)
	for i, fn := range b.fns {
		b.u32(uint32(b.str(fn.name)))
		if b.class == elf.Class64 {
			b.buf = append(b.buf, globalFunction, 0)
			b.u16(1) // any section that is not SHN_UNDEF
			b.word(places[i])
			b.word(len(fn.code))
			continue
		}
		b.word(places[i])
		b.word(len(fn.code))
		b.buf = append(b.buf, globalFunction, 0)
		b.u16(1)
	}
}

// versionIndices: 0 for the null symbol; versions count from 2, because 1 is the object itself.
func (b *builder) versionIndices() {
	b.u16(0)
	for _, fn := range b.fns {
		b.u16(uint16(2 + slices.Index(b.versions, fn.version)))
	}
}

func (b *builder) versionDefinitions() {
	const base, defSize, auxSize = 1, 20, 8
	names := append([]string{b.soname}, b.versions...)
	for i, name := range names {
		flags, next := uint16(0), uint32(defSize+auxSize)
		if i == 0 {
			flags = base
		}
		if i == len(names)-1 {
			next = 0
		}
		b.u16(1) // version of this structure
		b.u16(flags)
		b.u16(uint16(i + 1))
		b.u16(1) // one name
		b.u32(sysvHash(name))
		b.u32(defSize)
		b.u32(next)
		b.u32(uint32(b.str(name)))
		b.u32(0)
	}
}

// headers fills in the ELF header and the program headers.
func (b *builder) headers(entry, dynamic, dynSize int) {
	size := len(b.buf)
	whole := b.buf
	b.buf = b.buf[:0]
	b.buf = append(b.buf, elf.Magic...)
	b.buf = append(b.buf, byte(b.class), 1, 1)
	b.buf = append(b.buf, make([]byte, 9)...)
	b.u16(elf.TypeDyn)
	if b.class == elf.Class64 {
		b.u16(elf.MachineX86_64)
	} else {
		b.u16(elf.Machine386)
	}
	b.u32(1)
	b.word(entry)
	b.word(b.class.HeaderSize())
	b.word(0)
	b.u32(0)
	b.u16(uint16(b.class.HeaderSize()))
	b.u16(uint16(b.class.ProgSize()))
	b.u16(2)
	b.u16(uint16(b.class.SectionSize()))
	b.u16(0)
	b.u16(0)
	b.programHeader(elf.ProgLoad, elf.FlagR|elf.FlagX, [2]int{0, size}, 4096)
	b.programHeader(elf.ProgDynamic, elf.FlagR, [2]int{dynamic, dynSize}, 8)
	b.buf = whole
}

// programHeader covers extent: offset (which is the address too) and size.
func (b *builder) programHeader(typ, flags uint32, extent [2]int, align int) {
	b.u32(typ)
	if b.class == elf.Class64 {
		b.u32(flags)
	}
	b.word(extent[0])
	b.word(extent[0])
	b.word(extent[0])
	b.word(extent[1])
	b.word(extent[1])
	if b.class == elf.Class32 {
		b.u32(flags)
	}
	b.word(align)
}
