package cpu

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// This file generates instructions of all kinds, in both modes, with operands all over and beyond the mapped memory.

// insnGen makes cases from a seed.
type insnGen struct {
	r      *rand.Rand
	mode32 bool
	c      *insnCase
	rex    byte
	data16 bool
	addr   bool
	seg    byte
	opcode []byte // without prefixes
	modrm  byte
	at     int // of the first opcode byte
}

func newInsnGen(seed uint64, mode32 bool) *insnGen {
	return &insnGen{r: rand.New(rand.NewPCG(seed, 11)), mode32: mode32}
}

func (g *insnGen) one(n int) bool { return g.r.IntN(n) == 0 }

func (g *insnGen) add(b ...byte) {
	for _, x := range b {
		if g.c.Length < uint64(len(g.c.Code)) {
			g.c.Code[g.c.Length] = x
			g.c.Length++
		}
	}
}

func (g *insnGen) width() uint64 {
	if g.mode32 {
		return 1<<32 - 1
	}
	return ^uint64(0)
}

// value is a number that may be anything; those that would be addresses of the oracle itself are left out.
func (g *insnGen) value() uint64 {
	switch g.r.IntN(4) {
	case 0:
		return interesting[g.r.IntN(len(interesting))] & g.width()
	case 1:
		return uint64(int64(int8(g.r.Uint32()))) & g.width()
	}
	v := g.r.Uint64()
	if g.mode32 {
		return v&0x3FFFFFFF | 0x80000000>>g.r.IntN(2)
	}
	return v
}

// anchor is an address within or at the edge of the windows, or in the read-only page.
func (g *insnGen) anchor() uint64 {
	if g.one(12) {
		return insnReadOnly + uint64(g.r.IntN(64)) - 4
	}
	a := insnWindows[g.r.IntN(4)] + uint64(g.r.IntN(64))
	if g.one(2) {
		a &^= 7
	}
	if g.one(8) {
		a += uint64(g.r.IntN(32)) - 16
	}
	return a
}

// place is the address of some code: INT3s, or what cannot be executed.
func (g *insnGen) branchTarget() uint64 {
	switch g.r.IntN(8) {
	case 0:
		return g.anchor()
	case 1:
		return g.value()
	case 2:
		return insnCode + 0x2000 - uint64(g.r.IntN(2))
	}
	return insnCode + 0x100 + uint64(g.r.IntN(0x600))
}

var selectors = []uint64{
	0, 1, 2, 3, 0x20, 0x23, 0x28, 0x2B, 0x2A, 0x30, 0x33, 0x63, 0x60, 0x6B, 0x6F, 0x73, 0x7B, 0x10, 0x18, 0x40, 0x4F, 0x2F, 0x100,
	0xFFFF, 0x1000B, 0x2B, 0x33, 0x23,
}

func (g *insnGen) selector() uint64 { return selectors[g.r.IntN(len(selectors))] }

// own is the selector of the code segment of the mode.
func (g *insnGen) own() uint64 {
	if g.mode32 {
		return selectorCode32
	}
	return selectorCode64
}

// next makes a case.
func (g *insnGen) next() insnCase {
	for {
		var c insnCase
		g.c = &c
		g.state()
		if g.build() && g.settle() {
			for i := range c.Regs {
				c.Regs[i] &= g.width()
			}
			return c
		}
	}
}

// state chooses registers, flags and memory.
func (g *insnGen) state() {
	c := g.c
	n := 16
	if g.mode32 {
		n = 8
		c.FS, c.GS = insnBaseFS, insnBaseGS
		c.Sel = [2]uint64{0x2B | 0x23<<16 | 0x2B<<32 | 0x2B<<48, 0x63 | 0x6B<<16}
	} else {
		c.FS, c.GS = insnBaseFS, insnBaseGS
		c.Sel = [2]uint64{0x33<<16 | 0x2B<<32, 0}
	}
	for i := range n {
		c.Regs[i] = g.value()
		if g.one(3) {
			c.Regs[i] = g.anchor()
		}
	}
	c.Regs[4] = g.anchor()
	if !g.one(4) {
		c.Regs[6], c.Regs[7] = g.anchor(), g.anchor()
	}
	c.Flags = g.r.Uint64()&(flagStatus|flagNT|flagID) | flagFixed | flagIF
	if !g.one(8) {
		c.Flags &^= flagNT
	}
	if g.one(3) {
		c.Flags |= flagDF
	}
	for i := range c.Mem {
		for k := 0; k < 64; k += 8 {
			v := g.value()
			switch g.r.IntN(6) {
			case 0:
				v = g.branchTarget()
			case 1:
				v = g.branchTarget() | g.selector()<<32
			}
			binary.LittleEndian.PutUint64(c.Mem[i][k:], v)
		}
	}
	if g.one(4) { // all of memory alike, and like the accumulator: comparisons find equality
		b := binary.LittleEndian.AppendUint64(nil, c.Regs[0])
		if g.mode32 {
			copy(b[4:], b)
		}
		for i := range c.Mem {
			copy(c.Mem[i][:], slices.Repeat(b, 8))
		}
	}
	c.Place = insnCode + 0x800
	c.Trap, c.Err, c.CR2, c.RIP = 0, 0, 0, 0
}

// prefixes chooses what stands before the opcode.
func (g *insnGen) prefixes(rep byte) {
	var p []byte
	g.data16, g.addr, g.seg, g.rex = false, false, 0, 0
	if g.one(4) {
		g.data16 = true
		p = append(p, 0x66)
	}
	if g.one(8) {
		g.addr = true
		p = append(p, 0x67)
	}
	if g.one(8) {
		g.seg = []byte{0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x64, 0x65}[g.r.IntN(8)]
		p = append(p, g.seg)
	}
	if rep != 0 {
		p = append(p, rep)
	}
	if g.one(12) || g.one(3) && g.lockable() {
		p = append(p, 0xF0)
	}
	g.r.Shuffle(len(p), func(i, k int) { p[i], p[k] = p[k], p[i] })
	if g.one(200) {
		p = append(slices.Repeat([]byte{0x3E}, 8+g.r.IntN(6)), p...)
		if g.seg == 0 {
			g.seg = 0x3E
		}
	}
	if !g.mode32 && g.one(60) {
		p = append([]byte{0x40 | byte(g.r.IntN(16))}, p...) // ignored: it is not last, unless there is no other
		if len(p) == 1 {
			p = nil
		}
	}
	g.add(p...)
	if !g.mode32 && !g.one(3) {
		g.rex = 0x40 | byte(g.r.IntN(16))
		g.add(g.rex)
	}
}

// lockable reports whether the opcode has forms that take LOCK.
func (g *insnGen) lockable() bool {
	o := g.opcode
	switch {
	case len(o) == 1:
		return o[0] < 0x38 && o[0]&7 < 2 || o[0] >= 0x80 && o[0] <= 0x83 || o[0]&0xFE == 0x86 || o[0]&0xFE == 0xF6 || o[0] >= 0xFE
	case len(o) == 2:
		return slices.Contains([]byte{0xAB, 0xB3, 0xBB, 0xBA, 0xB0, 0xB1, 0xC0, 0xC1, 0xC7}, o[1])
	}
	return false
}

// build writes the instruction; false if it is one that cannot be compared.
func (g *insnGen) build() bool {
	rep := byte(0)
	if g.one(8) {
		rep = 0xF2 | byte(g.r.IntN(2))
	}
	g.chooseOpcode()
	if len(g.opcode) == 1 && g.opcode[0]&0xF4 == 0xA4 && g.opcode[0]&0xFE != 0xA8 { // string operations
		if g.one(2) {
			rep = 0xF2 | byte(g.r.IntN(2))
		}
		if !g.one(8) {
			g.c.Regs[1] = g.c.Regs[1]&^0xFFFFFFFF | uint64(g.r.IntN(12))
			if !g.one(8) {
				g.c.Regs[1] &= 0xFF
			}
		}
	}
	g.modrm = byte(g.r.Uint32())
	if g.one(2) {
		g.modrm &^= 0xC0
	}
	g.prefixes(rep)
	if g.incomparable(rep) {
		return false
	}
	g.at = int(g.c.Length)
	g.add(g.opcode...)
	if hasModRM(g.opcode) && !g.operand() {
		return false
	}
	g.immediate()
	return g.c.Length <= 20
}

// chooseOpcode takes the one-byte opcodes most often, then those after 0F, then those after 0F 38 and 0F 3A.
func (g *insnGen) chooseOpcode() {
	b := byte(g.r.Uint32())
	switch n := g.r.IntN(20); {
	case n < 13:
		g.opcode = []byte{b}
	case n < 19:
		g.opcode = []byte{0x0F, b}
	default:
		g.opcode = []byte{0x0F, 0x38 | byte(g.r.IntN(2))<<1, b}
	}
	if g.one(30) {
		g.opcode = []byte{[]byte{0xCA, 0xCB, 0xCF, 0x9A, 0xEA, 0xFF, 0xC4, 0x62}[g.r.IntN(8)]}
	}
}

func (g *insnGen) operandSize() int {
	switch {
	case g.rex&8 != 0:
		return 8
	case g.data16:
		return 2
	}
	return 4
}

// immediate adds what follows the operand.
func (g *insnGen) immediate() {
	o := g.opcode
	z := min(g.operandSize(), 4)
	if len(o) > 1 {
		g.immediate0F(o, z)
		return
	}
	b := o[0]
	r := g.modrm >> 3 & 7
	switch {
	case b < 0x40 && b&7 == 4, b == 0x6A, b == 0x6B, b&0xFC == 0x80 && b != 0x81, b == 0xA8, b&0xF8 == 0xB0, b&0xFE == 0xC0,
		b == 0xC6, b&0xFE == 0xD4, b&0xFC == 0xE4, b == 0xF6 && r < 2:
		g.add(byte(g.value()))
	case b < 0x40 && b&7 == 5, b == 0x68, b == 0x69, b == 0x81, b == 0xA9, b == 0xC7, b == 0xF7 && r < 2:
		g.imm(g.value(), z)
	case b&0xF8 == 0xB8:
		g.imm(g.value(), g.operandSize())
	case b&0xF0 == 0x70, b&0xFC == 0xE0, b == 0xEB:
		g.add(byte(1 + g.r.IntN(100)))
	case b == 0xE8, b == 0xE9:
		g.relative(z)
	case b == 0xC2, b == 0xCA:
		g.imm(uint64(g.r.IntN(64)), 2)
	case b == 0xC8:
		g.imm(uint64(g.r.IntN(64)), 2)
		g.add([]byte{0, 0, 1, 2, 3, 32, byte(g.r.Uint32())}[g.r.IntN(7)])
	case b == 0xCD:
		g.add([]byte{0, 1, 3, 4, 0x21, 0x81, 0xFF}[g.r.IntN(7)])
	case b&0xFC == 0xA0:
		g.imm(g.moffs(), g.addressBytes())
	case b == 0x9A, b == 0xEA:
		g.imm(g.branchTarget(), z)
		g.imm(g.farSelector(), 2)
	}
}

func (g *insnGen) immediate0F(o []byte, z int) {
	switch b := o[1]; {
	case b == 0x3A, b&0xFC == 0x70, b == 0xA4, b == 0xAC, b == 0xBA, b == 0xC2, b == 0xC4, b == 0xC5, b == 0xC6:
		g.add(byte(g.value()))
	case b&0xF0 == 0x80:
		g.relative(z)
	}
}

func (g *insnGen) imm(v uint64, n int) {
	for i := range n {
		g.add(byte(v >> (8 * i)))
	}
}

// relative adds the displacement of a branch.
func (g *insnGen) relative(z int) {
	if !g.mode32 {
		z = 4 // prefix 66 is ignored (Intel)
	}
	to := g.branchTarget()
	if g.mode32 || to < 1<<31 {
		to -= g.c.Place + g.c.Length + uint64(z)
	}
	if d := int64(int32(to)); d > -64 && d < 0 {
		to = 40
	}
	g.imm(to, z)
}

// farSelector is mostly the code segment's own; the other mode's is left out.
func (g *insnGen) farSelector() uint64 {
	for {
		s := g.own() &^ uint64(g.r.IntN(4))
		if g.one(2) {
			s = g.selector()
		}
		if other := selectorCode64 + selectorCode32 - g.own(); s&0xFFFC != other&^3 {
			return s & 0xFFFF
		}
	}
}

func (g *insnGen) addressBytes() int {
	switch {
	case g.mode32 && g.addr:
		return 2
	case g.mode32 || g.addr:
		return 4
	}
	return 8
}

// base is the segment base of the instruction's operand.
func (g *insnGen) base() uint64 {
	switch g.seg {
	case 0x64:
		return g.c.FS
	case 0x65:
		return g.c.GS
	}
	return 0
}

func (g *insnGen) moffs() uint64 {
	if g.one(10) {
		return g.value()
	}
	return g.anchor() - g.base()
}
