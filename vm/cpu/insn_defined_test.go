package cpu

// This file says what of an instruction's outcome is not compared with a processor, and why. Page numbers and sections are
// those of the Intel SDM, Volume 2, whose entry of the instruction lists the flags affected; Volume 1, appendix A.1 has the
// table of all.

// incomparable reports instructions that are left out whole: those that enter the kernel, those whose result depends on the
// machine, and those that a processor of the test may have but CPUID here does not report.
func (g *insnGen) incomparable(rep byte) bool {
	o, m := g.opcode, g.modrm
	r := m >> 3 & 7
	if len(o) == 1 {
		switch o[0] {
		case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3:
			return true // prefixes
		case 0x62, 0xC4, 0xC5: // VEX and EVEX
			return !g.mode32 || m >= 0xC0
		case 0x8F: // XOP
			return r != 0
		case 0xD9, 0xDD: // FNSTENV, FNSAVE: pointers that processors keep differently
			return r == 6 && m < 0xC0
		case 0xDB: // 8087 and 80287 control
			return m >= 0xE0 && m < 0xE8
		case 0xE0, 0xE1: // AMD lets REP and REPNE choose the condition, Intel ignores them
			return rep != 0 || g.data16 && !g.mode32
		case 0xE8, 0xE9, 0xEB, 0xE2, 0xE3, 0xC2, 0xC3: // AMD takes prefix 66 as in 32-bit code, Intel ignores it
			return g.data16 && !g.mode32
		case 0xFF: // likewise; offsets of 64 bits are Intel's alone
			return !g.mode32 && (g.data16 && r >= 2 && r <= 5 || g.rex&8 != 0 && (r == 3 || r == 5))
		case 0xF1: // some hypervisors put RIP back to the start
			return true
		}
		return !g.mode32 && (o[0]&0xF0 == 0x40 || o[0]&0xF0 == 0x70 && g.data16) // REX; Jcc as above
	}
	return g.incomparable0F(rep, o, m, r)
}

func (g *insnGen) incomparable0F(rep byte, o []byte, m, r byte) bool {
	reg := m >= 0xC0
	if len(o) == 3 {
		return incomparable0F38(rep, o)
	}
	switch b := o[1]; b {
	case 0x05, 0x07, 0x34, 0x35: // SYSCALL, SYSENTER and the ways back: vendors differ on the modes
		return true
	case 0x31, 0x33, 0xA2, 0x08, 0x09, 0x0E, 0x0F, 0x37, 0x77: // RDTSC, RDPMC, CPUID; 3DNow
		return true
	case 0x00: // Linux's emulation of SLDT and STR reports faults in its own way
		return r < 2 && (!reg || g.seg != 0 || g.c.Length > 2)
	case 0x01: // of SMSW, SGDT and SIDT too
		return r != 4 || !reg || g.seg != 0 || g.c.Length > 2 // as are unusual prefixes
	case 0xB2, 0xB4, 0xB5: // offsets of 64 bits are Intel's alone
		return g.rex&8 != 0
	case 0xF7: // MASKMOVQ, MASKMOVDQU with an empty mask
		return true
	case 0x0D: // PREFETCH of registers
		return reg
	case 0x20, 0x21, 0x22, 0x23: // LOCK MOV CR0 is CR8 on AMD
		return true
	case 0x24, 0x25, 0x26, 0x27, 0x36, 0x39, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F, 0x04, 0x0A, 0x0C, 0x38, 0x3A:
		return true
	case 0x2B, 0x78, 0x79: // SSE4a; VMX
		return rep != 0 || b != 0x2B
	case 0xBC, 0xBD: // TZCNT, LZCNT
		return rep == 0xF3
	case 0xAE: // group 15: XSAVE and its kin, WAITPKG; FXSAVE stores pointers that processors keep differently
		return r >= 4 && (r != 7 || reg || g.data16 || rep != 0) || r == 0 && !reg || g.data16 && !reg
	case 0xC7: // XSAVEC, RDRAND, RDSEED, RDPID
		return reg || r != 1
	case 0xA6, 0xA7, 0x13, 0x17, 0x0B, 0xB9, 0xFF: // register forms and lengths of what has no meaning
		return true
	case 0x1E, 0x1C: // shadow stacks, CLDEMOTE
		return rep != 0
	case 0x53, 0x52: // approximations
		return false
	default:
		return b&0xF0 == 0x80 && g.data16 && !g.mode32
	}
}

func incomparable0F38(rep byte, o []byte) bool {
	b := o[2]
	if o[1] == 0x3A {
		known := b >= 0x08 && b <= 0x0F || b >= 0x14 && b <= 0x17 || b >= 0x20 && b <= 0x22 || b >= 0x40 && b <= 0x42 ||
			b >= 0x60 && b <= 0x63
		return !known
	}
	if b == 0xF0 || b == 0xF1 {
		return rep != 0xF2 // MOVBE
	}
	known := b <= 0x0B || b == 0x10 || b == 0x14 || b == 0x15 || b == 0x17 || b >= 0x1C && b <= 0x1E || b >= 0x20 && b <= 0x25 ||
		b >= 0x28 && b <= 0x2B || b >= 0x30 && b <= 0x41 && b != 0x36
	return !known
}

// comparedFlags are the flags that a case says anything about.
const comparedFlags = flagStatus | flagDF | flagNT | flagAC | flagID | flagIF

// undefinedFlags are the flags that an instruction with this operand size and shift count leaves undefined.
func undefinedFlags(op string, size, count int) uint64 {
	switch op {
	case "and", "or", "xor", "test":
		return flagAF // AND, OR, XOR, TEST: "the state of the AF flag is undefined"
	case "mul":
		return flagSF | flagZF | flagAF | flagPF // MUL, IMUL
	case "div", "aam0":
		return flagStatus // DIV, IDIV
	case "bt":
		return flagOF | flagSF | flagAF | flagPF // BT, BTC, BTR, BTS
	case "bsf":
		return flagCF | flagOF | flagSF | flagAF | flagPF // BSF, BSR
	case "aaa":
		return flagOF | flagSF | flagZF | flagPF // AAA, AAS
	case "daa":
		return flagOF // DAA, DAS
	case "aam":
		return flagOF | flagAF | flagCF // AAM, AAD
	case "rotate": // RCL, RCR, ROL, ROR: OF "is undefined otherwise", but for a count of 1
		if count > 1 {
			return flagOF
		}
	case "shift": // SAL, SAR, SHL, SHR: AF; OF but for a count of 1; CF of counts beyond the operand
		return shiftUndefined(size, count, true)
	case "sar":
		return shiftUndefined(size, count, false)
	case "shld": // SHLD, SHRD: likewise; all of them, and the result, if the count is greater than the operand
		if count > 8*size {
			return flagStatus
		}
		return shiftUndefined(size, count, false)
	}
	return 0
}

func shiftUndefined(size, count int, carry bool) uint64 {
	u := uint64(0)
	if count > 0 {
		u = flagAF
	}
	if count > 1 {
		u |= flagOF
	}
	if carry && count >= 8*size {
		u |= flagCF
	}
	return u
}

// insnFacts is what comparison has to know of an instruction.
type insnFacts struct {
	op          string // for undefinedFlags
	size, count int
	override    bool // it has a segment override
	noResult    bool // its result is undefined too
	several     bool // it makes several accesses, in an order of the processor's choice
	order       bool // and checks, among them: which of several faults comes is its choice too
	partial     bool // a fault may leave part of its work behind in memory
	partialRegs bool // and in registers
}

// facts finds out what instruction a case executes.
func (c *insnCase) facts(mode32 bool) insnFacts {
	i, rex, data16 := 0, byte(0), false
	var f insnFacts
	for ; i < int(c.Length); i++ {
		b := c.Code[i]
		f.override = f.override || b&0xE7 == 0x26
		if !mode32 && b&0xF0 == 0x40 {
			rex = b
			continue
		}
		switch b {
		case 0x66:
			data16, rex = true, 0
			continue
		case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x67, 0xF0, 0xF2, 0xF3:
			rex = 0
			continue
		}
		break
	}
	f.size = 4
	switch {
	case rex&8 != 0:
		f.size = 8
	case data16:
		f.size = 2
	}
	b, m := c.Code[i], c.Code[i+1]
	if b == 0x0F {
		c.facts0F(&f, m)
		return f
	}
	if b&1 == 0 && (b < 0x40 || b >= 0x80) {
		f.size = 1
	}
	r := m >> 3 & 7
	alu := b >> 3 & 7
	switch b {
	case 0x60, 0x61: // PUSHA, POPA: AMD writes memory and registers up to the fault
		f.partial, f.partialRegs = true, true
	case 0xD9: // FLDENV: the end of the segment, and of the page
		f.order = m < 0xC0 && m>>3&7 == 4
	case 0xCA, 0xCF: // RETF, IRET: stack, selector and target
		f.order = true
	case 0x9A, 0xFF: // CALL: likewise; AMD writes CS before it looks at the rest of the stack
		f.order, f.partial = b == 0xFF, true
	}
	switch b {
	case 0x60, 0x61, 0x62, 0x9A, 0xC4, 0xC5, 0xC8, 0xCA, 0xCB, 0xCF, 0xFF:
		f.several = true
	case 0xD9, 0xDD, 0xDB, 0xDF:
		f.several = m < 0xC0
	}
	switch {
	case b < 0x40 && b&7 < 6:
		f.op = aluName(alu)
	case b >= 0x80 && b <= 0x83:
		f.op = aluName(r)
	case b&0xFE == 0xA8, b&0xFE == 0x84, b&0xFE == 0xF6 && r < 2:
		f.op = "test"
	case b&0xFE == 0xF6 && r >= 6:
		f.op = "div"
	case b&0xFE == 0xF6 && r >= 4, b == 0x69, b == 0x6B:
		f.op = "mul"
	case b == 0x37, b == 0x3F:
		f.op = "aaa"
	case b == 0x27, b == 0x2F:
		f.op = "daa"
	case b == 0xD4, b == 0xD5:
		f.op = "aam"
		if m == 0 && b == 0xD4 {
			f.op = "aam0"
		}
	case b&0xFE == 0xC0, b&0xFC == 0xD0:
		f.op = []string{"rotate", "rotate", "rotate", "rotate", "shift", "shift", "shift", "sar"}[r]
		f.count = c.shiftCount(b, f.size)
	}
	return f
}

func aluName(n byte) string {
	return []string{"", "or", "", "", "and", "", "xor", ""}[n]
}

// shiftCount is the count of a shift by 1, CL or the last byte.
func (c *insnCase) shiftCount(b byte, size int) int {
	n := 1
	switch b & 0xFE {
	case 0xD2:
		n = int(uint8(c.Regs[1]))
	case 0xC0:
		n = int(c.Code[c.Length-1])
	}
	if size == 8 {
		return n & 63
	}
	return n & 31
}

func (c *insnCase) facts0F(f *insnFacts, b byte) {
	switch {
	case b == 0xAE, b == 0xB2, b == 0xB4, b == 0xB5, b == 0x01:
		f.several = true
	case b == 0xAF:
		f.op = "mul"
	case b == 0xA3, b == 0xAB, b == 0xB3, b == 0xBB, b == 0xBA:
		f.op = "bt"
	case b == 0xBC, b == 0xBD:
		f.op = "bsf"
	case b&0xF8 == 0xC8:
		f.noResult = f.size == 2 // BSWAP: "the result is undefined"
	case b == 0xA4, b == 0xAC:
		f.op, f.count = "shld", c.shiftCount(0xC0, f.size)
	case b == 0xA5, b == 0xAD:
		f.op, f.count = "shld", c.shiftCount(0xD2, f.size)
	}
	if f.op == "shld" && f.count > 8*f.size {
		f.noResult = true
	}
}
