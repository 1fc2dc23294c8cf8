package unwind

import (
	"encoding/binary"

	"memlab/loader/elf"
)

// Registers is how many registers there are, the return address among them, by their DWARF numbers.
const Registers = 17

// DWARF numbers of registers (System V ABI for x86-64, figure 3.36; for i386, table 2.14).
const (
	BP64 = 6
	SP64 = 7
	PC64 = 16 // the column of the return address
	SP32 = 4
	BP32 = 5
	PC32 = 8
)

// Regs are the registers of one frame by DWARF number.
type Regs struct {
	V    [Registers]uint64
	Lost uint32 // bit n: register n is not known
}

// Get is a register; false: it is not known, or memlab has none of this number.
func (r *Regs) Get(n uint64) (uint64, bool) {
	if n >= Registers || r.Lost>>n&1 != 0 {
		return 0, false
	}
	return r.V[n], true
}

// Set makes a register known.
func (r *Regs) Set(n int, v uint64) {
	r.V[n] = v
	r.Lost &^= 1 << n
}

// Memory reads the program's memory at va into b; false: not all of it is there.
type Memory func(va uint64, b []byte) bool

// Result is what Step found.
type Result int

// The results.
const (
	Unknown   Result = iota // nothing is known of this address, or what is known makes no sense
	Outermost               // there is no caller
	Caller                  // the caller's registers are those returned, PC its return address
	Signalled               // the same, but the caller was interrupted: PC is its next instruction
)

// Step goes to the caller's frame. at is an address of the file inside the instruction that the frame
// executes: its PC, or of a frame that made a call one byte before its return address. bias is what was
// added to the file's addresses when it was loaded.
func (t *Table) Step(r *Regs, at, bias uint64, mem Memory) (Regs, Result) {
	f := t.find(at)
	if f == nil {
		return Regs{}, Unknown
	}
	w, ok := t.rowAt(f, at)
	if !ok {
		return Regs{}, Unknown
	}
	s := stepper{t: t, regs: r, mem: mem, bias: bias, word: t.class.Bits() / 8}
	cfa, ok := s.cfa(w)
	if !ok {
		return Regs{}, Unknown
	}
	if k := w.regs[f.cie.ra].kind; k == undefined || k == same {
		return Regs{}, Outermost
	}
	out := *r
	sp := SP64
	if t.class == elf.Class32 {
		sp = SP32
	}
	out.Set(sp, cfa)
	for i := range w.regs {
		if w.regs[i].kind == same {
			continue
		}
		v, ok := s.apply(&w.regs[i], cfa)
		out.Set(i, v)
		if !ok {
			out.Lost |= 1 << i
		}
	}
	pc := PC64
	if t.class == elf.Class32 {
		pc = PC32
	}
	ra, ok := out.Get(f.cie.ra)
	if !ok {
		return Regs{}, Unknown
	}
	out.Set(pc, ra)
	if f.cie.signal {
		return out, Signalled
	}
	return out, Caller
}

// stepper applies rules.
type stepper struct {
	t    *Table
	regs *Regs
	mem  Memory
	bias uint64
	word int
}

func (s *stepper) mask(v uint64) uint64 {
	if s.word == 4 {
		return v & 0xffffffff
	}
	return v
}

// cfa is the canonical frame address: the stack pointer as it was before the call.
func (s *stepper) cfa(w *row) (uint64, bool) {
	if w.cfaExpr != nil {
		return s.evaluate(w.cfaExpr, nil)
	}
	v, ok := s.regs.Get(w.cfaReg)
	return s.mask(v + uint64(w.cfaOff)), ok
}

// apply is a register's value in the caller; false: it is lost.
func (s *stepper) apply(r *rule, cfa uint64) (uint64, bool) {
	switch r.kind {
	case offset:
		return s.load(s.mask(cfa + uint64(r.n)))
	case valOffset:
		return s.mask(cfa + uint64(r.n)), true
	case inReg:
		return s.regs.Get(uint64(r.n))
	case expr, valExpr:
		v, ok := s.evaluate(r.expr, &cfa)
		if ok && r.kind == expr {
			return s.load(v)
		}
		return v, ok
	default:
		return 0, false
	}
}

func (s *stepper) load(va uint64) (uint64, bool) {
	var b [8]byte
	if !s.mem(va, b[:s.word]) {
		return 0, false
	}
	return binary.LittleEndian.Uint64(b[:]), true
}

// evaluate computes an expression; those of registers begin with the CFA on the stack.
func (s *stepper) evaluate(code []byte, cfa *uint64) (uint64, bool) {
	e := evaluator{
		r: reader{b: code, class: s.t.class}, regs: s.regs, mem: s.mem, bias: s.bias, word: s.word,
	}
	if cfa != nil {
		e.stack = append(e.stack, *cfa)
	}
	v, ok := e.value()
	return s.mask(v), ok
}
