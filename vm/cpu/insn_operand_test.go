package cpu

import "encoding/binary"

// hasModRM reports whether an opcode is followed by ModRM (Intel SDM Vol. 2, appendix A).
func hasModRM(o []byte) bool {
	if len(o) == 3 {
		return true
	}
	if len(o) == 2 {
		b := o[1]
		return b < 0x04 || b > 0x0C && b != 0x0E && b&0xF8 != 0x30 && b != 0x77 && b&0xF0 != 0x80 &&
			(b < 0xA0 || b > 0xA2) && (b < 0xA8 || b > 0xAA) && b&0xF8 != 0xC8
	}
	switch b := o[0]; {
	case b < 0x40:
		return b&7 < 4
	case b == 0x62, b == 0x63, b == 0x69, b == 0x6B, b >= 0x80 && b <= 0x8F, b&0xFE == 0xC0, b >= 0xC4 && b <= 0xC7,
		b >= 0xD0 && b <= 0xD3, b >= 0xD8 && b <= 0xDF, b&0xFE == 0xF6, b >= 0xFE:
		return true
	}
	return false
}

// operand adds ModRM, SIB and displacement, and mostly sees to it that the address is an interesting one.
func (g *insnGen) operand() bool {
	mod, rm := g.modrm>>6, g.modrm&7
	g.add(g.modrm)
	if mod == 3 {
		return true
	}
	wild := g.one(12)
	to := g.anchor()
	if mod != 3 && g.one(5) {
		to &^= 15
	}
	if g.mode32 && g.addr {
		g.operand16(mod, rm, to-g.base(), wild)
		return true
	}
	to -= g.base()
	base, index, scale := int(rm)|int(g.rex&1)<<3, -1, 0
	sib := rm == 4
	if sib {
		b := byte(g.r.Uint32())
		if g.one(3) {
			b = b&0xC0 | 0x20 | b&7
		}
		g.add(b)
		rm = b & 7
		base = int(rm) | int(g.rex&1)<<3
		index, scale = int(b>>3&7)|int(g.rex&2)<<2, int(b>>6)
		if index == 4 {
			index = -1
		}
	}
	disp := uint64(0)
	switch {
	case mod == 0 && rm == 5:
		g.noBase(to, index, scale, wild, !sib)
		return true
	case mod == 1:
		disp = uint64(int64(int8(g.r.Uint32())))
	case mod == 2:
		disp = uint64(int64(int32(g.r.Uint32())))
		if g.one(2) {
			disp = uint64(int64(int16(g.r.Uint32())))
		}
	}
	g.imm(disp, map[byte]int{0: 0, 1: 1, 2: 4}[mod])
	if wild {
		return g.harmless(disp, base, index, scale)
	}
	if index == base {
		g.c.Regs[base] = (to - disp) / (1 + 1<<scale)
		return true
	}
	if index >= 0 {
		disp += g.c.Regs[index] << scale
	}
	g.c.Regs[base] = (to - disp) & g.width()
	return true
}

// harmless reports whether a wild address is no part of the program that runs the cases.
func (g *insnGen) harmless(disp uint64, base, index, scale int) bool {
	ea := disp + g.c.Regs[base]
	if index >= 0 {
		ea += g.c.Regs[index] << scale
	}
	return g.harmlessAddress(ea + g.base())
}

func (g *insnGen) harmlessAddress(ea uint64) bool {
	if g.mode32 || g.addr {
		ea = uint64(uint32(ea))
	}
	return ea < 0x400000-0x1000 || ea >= insnData-0x1000 && ea < 0xF0000000 || ea >= 1<<32 && ea>>40 != 0x7F || ea >= 0xFFFFE000 && ea < 1<<32
}

// noBase adds the displacement of an operand without base register: absolute, relative to RIP, or with an index only.
func (g *insnGen) noBase(to uint64, index, scale int, wild, alone bool) {
	if wild && !g.mode32 {
		to = 0x30000000 + uint64(g.r.IntN(1<<28))
	}
	switch {
	case index >= 0:
		g.c.Regs[index] = uint64(g.r.IntN(1 << 16))
		to -= g.c.Regs[index] << scale
	case alone && !g.mode32:
		to -= g.c.Place + g.c.Length + 4 + g.immediateLen()
	}
	g.imm(to, 4)
}

// immediateLen is how many bytes immediate would add.
func (g *insnGen) immediateLen() uint64 {
	clone, c := *g, *g.c
	clone.c, clone.r = &c, newInsnGen(1, g.mode32).r
	clone.immediate()
	return c.Length - g.c.Length
}

// operand16 makes a 16-bit address. Without a segment base nothing is mapped where it can reach.
func (g *insnGen) operand16(mod, rm byte, to uint64, wild bool) {
	c := g.c
	pair := [8][2]int{{3, 6}, {3, 7}, {5, 6}, {5, 7}, {6, -1}, {7, -1}, {5, -1}, {3, -1}}[rm]
	var disp uint64
	n := map[byte]int{0: 0, 1: 1, 2: 2}[mod]
	if mod == 0 && rm == 6 {
		g.imm(to, 2)
		return
	}
	switch mod {
	case 1:
		disp = uint64(int64(int8(g.r.Uint32())))
	case 2:
		disp = uint64(uint16(g.r.Uint32()))
	}
	g.imm(disp, n)
	if wild {
		return
	}
	if pair[1] >= 0 {
		disp += c.Regs[pair[1]]
	}
	c.Regs[pair[0]] = c.Regs[pair[0]]&^0xFFFF | (to-disp)&0xFFFF
}

// settle prepares what the chosen opcode wants of its surroundings, and puts some cases at the end of a page of code.
func (g *insnGen) settle() bool {
	c := g.c
	b := g.opcode[len(g.opcode)-1]
	r := g.modrm >> 3 & 7
	if len(g.opcode) == 1 {
		switch {
		case b == 0xCF, b == 0xCB, b == 0xCA:
			g.frame(b == 0xCF)
		case b == 0x8E && g.modrm >= 0xC0 && !g.one(4):
			c.Regs[int(g.modrm&7)|int(g.rex&1)<<3] = g.selector()
		case b&0xFE == 0xF6 && r >= 6 && !g.one(4): // DIV
			c.Regs[2] &= 7
			c.Regs[0] &= uint64(1)<<g.r.IntN(64)<<1 - 1
			if g.mode32 {
				c.Regs[0] &= 0xFFFFFFFF
			}
		case b == 0xFF && (r == 3 || r == 5):
			g.farPointers(0)
		case b == 0xC3 || b == 0xC2: // no wild ones: they might meet the program that runs the cases
			g.words(c.Regs[4], g.branchTarget())
		case b == 0xD7:
			c.Regs[3] = g.anchor() - c.Regs[0]&0xFF - g.base()
			if g.mode32 {
				c.Regs[3] &= 0xFFFFFFFF
			}
		case b == 0x07, b == 0x17, b == 0x1F:
			g.words(c.Regs[4], g.selector())
		case b == 0xC4, b == 0xC5:
			g.farPointers(1)
		case b&0xFC == 0xE0 && !g.one(4):
			c.Regs[1] = []uint64{0, 1, 2, 0x10000, 0x10001}[g.r.IntN(5)]
		case b == 0xC8 || b == 0xC9:
			c.Regs[5] = g.anchor()
		}
	} else if len(g.opcode) == 2 {
		switch {
		case b == 0xB2, b == 0xB4, b == 0xB5:
			g.farPointers(1)
		case b == 0xA1, b == 0xA9:
			g.words(c.Regs[4], g.selector())
		case b <= 3 && g.modrm >= 0xC0:
			c.Regs[int(g.modrm&7)|int(g.rex&1)<<3] = c.Regs[0]&^0xFFFF&g.width() | g.selector()
		case b == 0xA3, b == 0xAB, b == 0xB3, b == 0xBB: // bits near the operand
			c.Regs[int(r)|int(g.rex&4)<<1] = uint64(int64(int16(g.r.Uint32())) >> g.r.IntN(8))
		case b == 0xC7 && g.one(2):
			c.Regs[2] = c.Regs[0] >> (32 * uint(g.r.IntN(2)))
		}
	}
	if g.one(40) { // at the end of a page, with another behind it or not
		end := uint64(insnCode + 0x1000)
		if g.one(2) {
			end += 0x1000
		}
		c.Place = end - 1 - uint64(g.r.IntN(int(c.Length)+2))
		if end > insnCode+0x1000 {
			c.Length = min(c.Length, end-c.Place)
		}
		return g.opcode[0]&0xF0 != 0xE0 && g.opcode[0] != 0x0F && g.opcode[0]&0xF0 != 0x70 // branches might meet their own bytes
	}
	return true
}

// words writes v at address va, if that is in a window, in the size of the operand and beyond.
func (g *insnGen) words(va, v uint64) {
	for i, w := range insnWindows {
		if va >= w && va+8 <= w+64 {
			binary.LittleEndian.PutUint64(g.c.Mem[i][va-w:], v)
		}
	}
}

// frame puts what IRET and RETF pop on the stack.
func (g *insnGen) frame(iret bool) {
	c := g.c
	c.Regs[4] = insnWindows[g.r.IntN(4)] + uint64(g.r.IntN(24))
	size := g.operandSize()
	v := []uint64{g.branchTarget(), g.farSelector(), g.r.Uint64() &^ flagTF, g.anchor(), 0x2B}
	if g.one(4) {
		v[4] = g.selector()
	}
	if !iret {
		v = v[:2]
	}
	var b []byte
	for _, x := range v {
		b = append(b, binary.LittleEndian.AppendUint64(nil, x)[:size]...)
	}
	for i, w := range insnWindows {
		if c.Regs[4] >= w && c.Regs[4] < w+64 {
			copy(c.Mem[i][c.Regs[4]-w:], b)
		}
	}
}

// farPointers fills memory with pairs of offset and selector, aligned to them wherever the operand may lie at a multiple
// of 8.
func (g *insnGen) farPointers(load int) {
	size := g.operandSize()
	for i := range g.c.Mem {
		for k := 0; k+16 <= 64; k += 16 {
			sel := g.farSelector()
			if load == 1 {
				sel = g.selector()
			}
			b := binary.LittleEndian.AppendUint64(nil, g.branchTarget())[:size]
			copy(g.c.Mem[i][k:], binary.LittleEndian.AppendUint16(b, uint16(sel)))
		}
	}
}
