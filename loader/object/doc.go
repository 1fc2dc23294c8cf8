// Package object links relocatable files (.o) in memory, far enough to run the functions of a lab's exercise
// and to show each relocation as it is applied.
//
// How data flows: Read takes one file apart (sections, symbols, relocations; of a COMDAT group only the first
// copy counts). Link resolves the symbols of all objects against each other (resolve.go), places the sections
// that are loaded in up to four segments by their rights (layout.go), makes a global offset table for the
// relocations that want one (got.go), and applies the relocations one by one (relocate.go, with the formulas
// of each machine in formula.go), noting place, symbol, addend, formula, and the bytes before and after.
// Linked.File writes the result as a static ET_EXEC file, which the loader, the host's kernel and every tool
// can take from there; unless an object brings its own _start, start.go's calls the constructors and main.
//
// What a full linker does beyond that is refused with a clear error: thread-local storage, indirect
// functions, shared objects, archives, linker scripts. Nothing is relaxed: a GOTPCRELX load goes through its
// slot.
//
// Sources: System V ABI, AMD64 supplement (section 4.4 Relocation) and Intel386 supplement; the generic ABI
// for symbol rules, COMMON and COMDAT.
package object

import (
	"fmt"
	"io"

	"memlab/loader/elf"
)

// Input is one relocatable file.
type Input struct {
	Name string // for messages and reports
	R    io.ReaderAt
	Size int64
}

// Options say where and how objects are linked.
type Options struct {
	// Base is the address of the first segment, a multiple of the page size; 0: 0x400000, or 0x8048000 for
	// i386.
	Base uint64
	// Entry is the symbol at which the program begins; "": _start, which is made if no object has it.
	Entry string
}

// Linked is the result.
type Linked struct {
	Class    elf.Class
	Entry    uint64
	GOT      uint64    // address of the global offset table; 0: nothing needs one
	Sections []Section // in address order
	Symbols  []Symbol  // global ones and functions and objects of local binding, in the order of the objects
	Slots    []Slot    // of the global offset table
	Relocs   []Reloc   // in the order of their application

	segments []segment
}

// Section is a section where it has been placed.
type Section struct {
	Object string // "": made by the linker
	Name   string
	Addr   uint64
	Size   uint64 // bytes in memory
	Align  uint64
	Prot   string // "r-x"
	Nobits bool   // zeros that take no room in the file
}

// Symbol is a symbol with its address.
type Symbol struct {
	Object string // that defines it; "": the linker
	Name   string
	Addr   uint64
	Size   uint64
	Type   uint8 // elf.SymFunc, …
	Bind   uint8 // elf.BindGlobal, …
}

// Slot is a word of the global offset table.
type Slot struct {
	Addr   uint64
	Symbol string
	Value  uint64
}

// Error says which object cannot be linked and why.
type Error struct {
	Object string // "": no single one
	Place  string // ".text+0x12"; "": the object as a whole
	Msg    string
}

// Error is one line.
func (e *Error) Error() string {
	s := e.Msg
	if e.Place != "" {
		s = e.Place + ": " + s
	}
	if e.Object != "" {
		s = e.Object + ": " + s
	}
	return s
}

func (o *object) wrong(format string, args ...any) error {
	return &Error{Object: o.name, Msg: fmt.Sprintf(format, args...)}
}

// clip shortens a name of a hostile file for a message.
func clip(name string) string {
	const most = 80
	if len(name) > most {
		return name[:most] + "…"
	}
	return name
}

// Bounds on what is linked.
const (
	maxInputs = 1 << 10
	page      = 4096
	maxAlign  = 2 << 20
	maxAddr   = 1 << 47 // user addresses of x86-64
	maxAddr32 = 0xffffe000
)

// Link links the objects, which are all of one machine.
func Link(inputs []Input, opt Options) (*Linked, error) {
	if len(inputs) == 0 || len(inputs) > maxInputs {
		return nil, &Error{Msg: fmt.Sprintf("%d objects, must be 1 to %d", len(inputs), maxInputs)}
	}
	l := &linker{opt: opt, globals: map[string]*global{}, groups: map[string]bool{}}
	for _, in := range inputs {
		o, err := read(in, l.groups)
		if err != nil {
			return nil, err
		}
		if len(l.objects) > 0 && o.file.Class != l.objects[0].file.Class {
			return nil, o.wrong("it is for %d bits and %s for %d", o.file.Class.Bits(), l.objects[0].name,
				l.objects[0].file.Class.Bits())
		}
		l.objects = append(l.objects, o)
	}
	l.class = l.objects[0].file.Class
	for _, step := range []func() error{
		l.collect, l.plan, l.layout, l.resolve, l.fillGOT, l.relocate, l.finish,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &l.out, nil
}

// linker is one link under way.
type linker struct {
	opt     Options
	class   elf.Class
	objects []*object
	globals map[string]*global
	groups  map[string]bool // signatures of COMDAT groups that are there

	parts  []*part // what is placed, in address order after layout
	got    *part   // nil: nothing needs one
	slots  []gotSlot
	slotAt map[gotSlot]uint64
	start  *part // nil: an object has it
	out    Linked
}

func (l *linker) word() uint64 { return uint64(l.class.Bits() / 8) }
