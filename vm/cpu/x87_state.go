package cpu

import (
	"encoding/binary"

	"memlab/vm/cpu/f80"
	"memlab/vm/x86"
)

// Bits of the x87 status word that f80 does not know.
const (
	fswSF    = 1 << 6  // stack fault: IE is about the stack
	fswES    = 1 << 7  // an exception that is not masked is pending
	fswC0    = 1 << 8  //
	fswC1    = 1 << 9  // = f80.RoundedUp; the direction of a stack fault
	fswC2    = 1 << 10 //
	fswC3    = 1 << 14 //
	fswB     = 1 << 15 // a copy of ES
	fswConds = fswC0 | fswC2 | fswC3
	fswFlags = 0x3f // the exceptions, as in the control word's masks

	fcwFixed = 1 << 6 // reads as 1
	fcwBits  = 0x1f3f // those that are kept
	fcwReset = 0x37f

	fopMask = 0x7ff
)

// x87 is the state of the x87 unit (SDM Vol. 1, 8.1). ST(i) is reg[(top+i)&7].
type x87 struct {
	reg      [8]f80.F80 // physical registers; MMX register i is the significand of reg[i]
	control  uint16
	status   uint16 // without TOP
	top      uint8
	full     uint8  // bit i: reg[i] is not empty
	fop      uint16 // opcode of the last instruction that left an exception pending
	fip, fdp uint64 // addresses of the last instruction that was not one of control, and of its operand
	fcs, fds uint16 // the selectors that go with them
}

// init is FNINIT. The registers keep what is in them.
func (f *x87) init() {
	f.control, f.status, f.top, f.full = fcwReset, 0, 0, 0
	f.fop, f.fip, f.fdp, f.fcs, f.fds = 0, 0, 0, 0, 0
}

func (f *x87) index(i uint8) uint8         { return (f.top + i) & 7 }
func (f *x87) st(i uint8) f80.F80          { return f.reg[f.index(i)] }
func (f *x87) empty(i uint8) bool          { return f.full>>f.index(i)&1 == 0 }
func (f *x87) free(i uint8)                { f.full &^= 1 << f.index(i) }
func (f *x87) word() uint16                { return f.status | uint16(f.top)<<11 }
func (f *x87) env() f80.Env                { return f80.Env{Control: f.control} }
func (f *x87) setControl(v uint16)         { f.control = v&fcwBits | fcwFixed; f.pend() }
func (f *x87) setConds(mask, value uint16) { f.status = f.status&^mask | value }

func (f *x87) set(i uint8, v f80.F80) {
	i = f.index(i)
	f.reg[i] = v
	f.full |= 1 << i
}

func (f *x87) push(v f80.F80) {
	f.top = (f.top - 1) & 7
	f.set(0, v)
}

func (f *x87) pop(n int) {
	for range n {
		f.free(0)
		f.top = (f.top + 1) & 7
	}
}

func (f *x87) setWord(v uint16) {
	f.status, f.top = v&^(7<<11|fswES|fswB), uint8(v>>11&7)
	f.pend()
}

// pend makes ES and B say whether an exception that is not masked is pending.
func (f *x87) pend() {
	f.status &^= fswES | fswB
	if f.status&^f.control&fswFlags != 0 {
		f.status |= fswES | fswB
	}
}

// note adds the exceptions of an operation to the status word; C1 becomes e's.
func (f *x87) note(e *f80.Env) {
	f.status = f.status&^fswC1 | e.Status
	if e.Unmasked() {
		f.status |= fswES | fswB
	}
}

// stackFault notes that a register was empty (up 0) or not empty (up fswC1) and reports whether the
// instruction goes on, with the default NaN in its place.
func (f *x87) stackFault(up uint16) bool {
	f.status = f.status&^fswC1 | f80.Invalid | fswSF | up
	f.pend()
	return f.control&f80.Invalid != 0
}

// tags is the tag word: two bits a register, 0 a number, 1 zero, 2 anything special, 3 empty.
func (f *x87) tags() uint16 {
	var w uint16
	for i := range 8 {
		tag := uint16(3)
		if f.full>>i&1 != 0 {
			switch f.reg[i].Class() {
			case f80.ClassNormal:
				tag = 0
			case f80.ClassZero:
				tag = 1
			default:
				tag = 2
			}
		}
		w |= tag << (2 * i)
	}
	return w
}

func (f *x87) setTags(w uint16) {
	f.full = 0
	for i := range 8 {
		if w>>(2*i)&3 != 3 {
			f.full |= 1 << i
		}
	}
}

// mmx returns MMX register i. Every MMX instruction but EMMS calls mmxBegin first.
func (f *x87) mmx(i uint8) uint64 { return f.reg[i&7].Man }

// setMMX writes MMX register i: exponent and sign become all ones.
func (f *x87) setMMX(i uint8, v uint64) { f.reg[i&7] = f80.F80{Man: v, SE: 0xffff} }

// mmxEnter is what an MMX instruction does to the x87 state: no register is empty and TOP is 0 (SDM Vol. 1,
// 9.5.1).
func (f *x87) mmxEnter() { f.top, f.full = 0, 0xff }

// emms is EMMS.
func (f *x87) emms() { f.full = 0 }

// pending reports whether the next waiting x87 or MMX instruction raises FPUError.
func (f *x87) pending() bool { return f.status&fswES != 0 }

// fxsaveX87 writes the x87 part of the FXSAVE image: bytes 0-23 and 32-159, with FIP and FDP of 32 bits and
// their selectors. With REX.W the image has them with 64 bits instead: see fxsaveWide.
func (c *CPU) fxsaveX87(img *[512]byte) {
	f, le := &c.fpu, binary.LittleEndian
	le.PutUint16(img[0:], f.control)
	le.PutUint16(img[2:], f.word())
	le.PutUint16(img[4:], uint16(f.full))
	le.PutUint16(img[6:], f.fop)
	le.PutUint64(img[8:], uint64(uint32(f.fip))|uint64(f.fcs)<<32)
	le.PutUint64(img[16:], uint64(uint32(f.fdp))|uint64(f.fds)<<32)
	for i := range uint8(8) {
		v := f.st(i)
		at := 32 + 16*int(i)
		le.PutUint64(img[at:], v.Man)
		le.PutUint64(img[at+8:], uint64(v.SE))
	}
}

// fxsaveWide turns the image of fxsaveX87 into that of FXSAVE64.
func (c *CPU) fxsaveWide(img *[512]byte) {
	binary.LittleEndian.PutUint64(img[8:], c.fpu.fip)
	binary.LittleEndian.PutUint64(img[16:], c.fpu.fdp)
}

// fxrstorX87 loads the x87 part of an FXSAVE image.
func (c *CPU) fxrstorX87(img *[512]byte) {
	f, le := &c.fpu, binary.LittleEndian
	f.control = le.Uint16(img[0:])&fcwBits | fcwFixed
	f.setWord(le.Uint16(img[2:]))
	f.full = img[4]
	f.fop = le.Uint16(img[6:]) & fopMask
	f.fip, f.fcs = uint64(le.Uint32(img[8:])), le.Uint16(img[12:])
	f.fdp, f.fds = uint64(le.Uint32(img[16:])), le.Uint16(img[20:])
	for i := range uint8(8) {
		at := 32 + 16*int(i)
		f.reg[f.index(i)] = f80.F80{Man: le.Uint64(img[at:]), SE: le.Uint16(img[at+8:])}
	}
}

// fxrstorWide completes fxrstorX87 for the image of FXSAVE64.
func (c *CPU) fxrstorWide(img *[512]byte) {
	c.fpu.fip, c.fpu.fcs = binary.LittleEndian.Uint64(img[8:]), 0
	c.fpu.fdp, c.fpu.fds = binary.LittleEndian.Uint64(img[16:]), 0
}

// x87Ran notes where the last instruction that was not one of control stands. The operand's selector is
// said to be DS whatever segment the instruction used: all but FS and GS are the same.
func (c *CPU) x87Ran(op *x86.Op, va uint64) {
	f := &c.fpu
	f.fip = c.Regs[x86.RBlock] + uint64(op.Off)
	f.fcs = c.Sel[SegCS]
	if op.Flags&x86.FlagMem != 0 {
		f.fdp, f.fds = va, c.Sel[SegDS]
	}
	if f.status&fswES != 0 {
		f.fop = op.X87Opcode()
	}
}
