// Package elf reads ELF files for x86-64 and i386 programs, on two levels.
//
// The kernel's level: DecodeHeader and DecodeProgs turn bytes into a header and program headers in the layout
// of one class and judge nothing. Linux decides by e_machine alone which layout a file has (ClassOf) and
// checks little else; what it checks, and with which error number, is package loader's.
//
// The tools' level: Parse opens a whole file, Sections and Symbols read what debuggers and reports want. It
// is strict and capped: every offset is checked against the file's size, no more memory is taken than the
// file has bytes to back it, and errors name the offset where the file is wrong. No input makes it panic.
//
// elf imports nothing of memlab.
package elf

import "encoding/binary"

// Class is the layout of a file: of its header, its tables and its addresses.
type Class uint8

// The classes, with the values of EI_CLASS.
const (
	Class32 Class = 1
	Class64 Class = 2
)

// Bits is 32 or 64.
func (c Class) Bits() int {
	if c == Class64 {
		return 64
	}
	return 32
}

// HeaderSize is the size of the ELF header in bytes.
func (c Class) HeaderSize() int {
	if c == Class64 {
		return 64
	}
	return 52
}

// ProgSize is the size of one program header in bytes: what e_phentsize must be.
func (c Class) ProgSize() int {
	if c == Class64 {
		return 56
	}
	return 32
}

// SectionSize is the size of one section header in bytes: what e_shentsize must be.
func (c Class) SectionSize() int {
	if c == Class64 {
		return 64
	}
	return 40
}

func (c Class) symSize() int {
	if c == Class64 {
		return 24
	}
	return 16
}

// Magic begins every ELF file.
const Magic = "\x7fELF"

// e_type.
const (
	TypeRel  = 1
	TypeExec = 2 // ET_EXEC: at fixed addresses
	TypeDyn  = 3 // ET_DYN: a shared object, a PIE
	TypeCore = 4
)

// e_machine.
const (
	Machine386    = 3
	Machine486    = 6
	MachineX86_64 = 62
)

// p_type.
const (
	ProgLoad     = 1
	ProgDynamic  = 2
	ProgInterp   = 3
	ProgNote     = 4
	ProgPhdr     = 6
	ProgTLS      = 7
	ProgGNUStack = 0x6474e551
	ProgGNURelro = 0x6474e552
)

// p_flags.
const (
	FlagX = 1
	FlagW = 2
	FlagR = 4
)

// Places in e_ident, and values of EI_OSABI.
const (
	identClass   = 4
	identOSABI   = 7
	osabiGNU     = 3
	osabiFreeBSD = 9
)

// Header is the ELF header.
type Header struct {
	Ident     [16]byte
	Class     Class // the layout it was decoded in, not EI_CLASS
	Type      uint16
	Machine   uint16
	Version   uint32
	Entry     uint64
	PhOff     uint64
	ShOff     uint64
	Flags     uint32
	EhSize    uint16
	PhEntSize uint16
	PhNum     uint16
	ShEntSize uint16
	ShNum     uint16
	ShStrNdx  uint16
}

// Prog is one program header.
type Prog struct {
	Type   uint32
	Flags  uint32
	Off    uint64 // in the file
	VAddr  uint64
	PAddr  uint64
	FileSz uint64 // bytes in the file
	MemSz  uint64 // bytes in memory
	Align  uint64
}

// MachineOf is e_machine, which lies at the same place in both layouts. b must have 20 bytes.
func MachineOf(b []byte) uint16 { return binary.LittleEndian.Uint16(b[18:]) }

// ClassOf is the layout that files for a machine have; ok is false for a machine that memlab does not run.
// EI_CLASS does not decide: Linux's elf_check_arch looks at e_machine alone.
func ClassOf(machine uint16) (c Class, ok bool) {
	switch machine {
	case MachineX86_64:
		return Class64, true
	case Machine386, Machine486:
		return Class32, true
	}
	return 0, false
}

// DecodeHeader decodes the first c.HeaderSize() bytes of b, which must have them. It checks nothing.
func DecodeHeader(c Class, b []byte) Header {
	d := decoder{b: b, class: c}
	h := Header{Class: c}
	copy(h.Ident[:], d.take(16))
	h.Type, h.Machine, h.Version = d.u16(), d.u16(), d.u32()
	h.Entry, h.PhOff, h.ShOff = d.word(), d.word(), d.word()
	h.Flags = d.u32()
	h.EhSize, h.PhEntSize, h.PhNum = d.u16(), d.u16(), d.u16()
	h.ShEntSize, h.ShNum, h.ShStrNdx = d.u16(), d.u16(), d.u16()
	return h
}

// DecodeProgs decodes as many program headers as b holds whole. It checks nothing.
func DecodeProgs(c Class, b []byte) []Prog {
	n := len(b) / c.ProgSize()
	progs := make([]Prog, n)
	for i := range progs {
		d := decoder{b: b[i*c.ProgSize():], class: c}
		p := &progs[i]
		p.Type = d.u32()
		if c == Class64 {
			p.Flags = d.u32()
		}
		p.Off, p.VAddr, p.PAddr = d.word(), d.word(), d.word()
		p.FileSz, p.MemSz = d.word(), d.word()
		if c == Class32 {
			p.Flags = d.u32()
		}
		p.Align = d.word()
	}
	return progs
}

// decoder takes fields off the front of b.
type decoder struct {
	b     []byte
	class Class
}

func (d *decoder) take(n int) []byte {
	out := d.b[:n]
	d.b = d.b[n:]
	return out
}

func (d *decoder) u16() uint16 { return binary.LittleEndian.Uint16(d.take(2)) }
func (d *decoder) u32() uint32 { return binary.LittleEndian.Uint32(d.take(4)) }
func (d *decoder) u64() uint64 { return binary.LittleEndian.Uint64(d.take(8)) }

// word is an address, an offset or a size: as wide as the class.
func (d *decoder) word() uint64 {
	if d.class == Class64 {
		return d.u64()
	}
	return uint64(d.u32())
}
