package cpu

import (
	"encoding/binary"
	"math/rand/v2"
)

// This file generates single instructions with inputs, for comparison with a real processor (host_test.go).

// hostCase is one instruction with its inputs, and which flags of the outcome are defined.
type hostCase struct {
	code    []byte
	regs    [16]uint64
	flags   uint64
	mem     [scratchBytes]byte
	defined uint64 // flags to compare
}

const scratchBytes = 128

// caseGen makes cases from a fixed seed.
type caseGen struct {
	r       *rand.Rand
	scratch uint64 // address of the case's memory
	c       *hostCase
	size    int // operand size of the instruction under construction
	locked  bool
}

// interesting are the numbers at which carries, signs and overflows turn.
var interesting = []uint64{
	0, 1, 2, 3, 7, 8, 0xF, 0x10, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
	0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF,
}

func (g *caseGen) value() uint64 {
	switch g.r.IntN(4) {
	case 0:
		return interesting[g.r.IntN(len(interesting))]
	case 1:
		return uint64(int64(int8(g.r.Uint32())))
	}
	return g.r.Uint64()
}

// next makes the case whose memory is at scratch.
func (g *caseGen) next(scratch uint64) hostCase {
	var c hostCase
	g.c, g.scratch, g.locked = &c, scratch, false
	for i := range c.regs {
		c.regs[i] = g.value()
	}
	for i := range len(c.mem) / 8 {
		binary.LittleEndian.PutUint64(c.mem[8*i:], g.value())
	}
	c.regs[3], c.regs[4] = scratch+64, scratch+64 // RBX, RSP
	c.regs[15] = uint64(g.r.IntN(4))
	c.flags = g.r.Uint64() & flagStatus
	c.defined = flagStatus | flagDF
	makers := []func(){
		g.arith, g.arith, g.arith, g.arith, g.shift, g.shift, g.double, g.unary, g.multiply, g.divide, g.bitTest,
		g.scan, g.extend, g.exchange, g.exchange, g.condition, g.accumulator, g.stack, g.stack, g.str, g.str, g.move,
		g.move, g.flow,
	}
	makers[g.r.IntN(len(makers))]()
	return c
}

// sized chooses an operand size and returns prefixes, REX bits and whether the opcode's low bit is to be set.
func (g *caseGen) sized(least int) {
	g.size = 1 << g.r.IntN(4)
	for g.size < least {
		g.size = 1 << g.r.IntN(4)
	}
}

func (g *caseGen) wide() byte {
	if g.size > 1 {
		return 1
	}
	return 0
}

// emit appends an instruction of the current size: opcode, ModRM with reg (-1: any register) and r/m.
func (g *caseGen) emit(memory bool, reg int, opcode ...byte) {
	var rex byte
	if g.size == 8 {
		rex = 0x48
	}
	if reg < 0 {
		reg = g.r.IntN(16)
	}
	rm := g.r.IntN(16)
	var tail []byte
	addr32 := false
	if memory {
		var base int
		tail, base, addr32 = g.address()
		rm = base
	} else if reg < 8 && rm < 8 && rex == 0 && g.r.IntN(2) == 0 {
		g.emitPlain(reg, rm, opcode)
		return
	}
	if reg >= 8 {
		rex |= 0x44
	}
	if !memory && rm >= 8 {
		rex |= 0x41
	}
	if memory {
		rex |= byte(rm) // the address chose REX.X itself
	} else if rex == 0 {
		rex = 0x40
	}
	g.prefixes(addr32, opcode)
	if rex != 0 {
		g.add(rex | 0x40)
	}
	g.add(mandatory(opcode)...)
	if memory {
		tail[0] |= byte(reg&7) << 3
		g.add(tail...)
	} else {
		g.add(0xC0 | byte(reg&7)<<3 | byte(rm&7))
	}
}

// emitPlain is emit without REX: with 8 bits, numbers 4 to 7 are AH to BH.
func (g *caseGen) emitPlain(reg, rm int, opcode []byte) {
	g.prefixes(false, opcode)
	g.add(mandatory(opcode)...)
	g.add(0xC0 | byte(reg)<<3 | byte(rm))
}

// prefixes adds what stands before REX: a mandatory prefix at the start of opcode is among it.
func (g *caseGen) prefixes(addr32 bool, opcode []byte) {
	if addr32 {
		g.add(0x67)
	}
	if g.locked {
		g.add(0xF0)
	}
	if g.size == 2 {
		g.add(0x66)
	}
	if opcode[0] == 0xF2 || opcode[0] == 0xF3 {
		g.add(opcode[0])
	}
}

func mandatory(opcode []byte) []byte {
	if opcode[0] == 0xF2 || opcode[0] == 0xF3 {
		return opcode[1:]
	}
	return opcode
}

func (g *caseGen) add(b ...byte) { g.c.code = append(g.c.code, b...) }

// address chooses a way to name the middle of the scratch memory. It returns ModRM (reg 0), SIB and
// displacement, the REX bits, and whether prefix 67 goes with it.
func (g *caseGen) address() (tail []byte, rex int, addr32 bool) {
	addr32 = g.r.IntN(8) == 0
	d := int8(8 * (g.r.IntN(5) - 2))
	switch g.r.IntN(4) {
	case 0: // [rbx + disp8]
		return []byte{0x43, byte(d)}, 0, addr32
	case 1: // [rbx + r15*scale + disp8]
		return []byte{0x44, byte(g.r.IntN(4))<<6 | 7<<3 | 3, byte(d)}, 2, addr32
	case 2: // [rbx + disp32]
		return append([]byte{0x83}, le32(uint32(int32(d)))...), 0, addr32
	}
	// [disp32]
	return append([]byte{0x04, 0x25}, le32(uint32(g.scratch+64+uint64(int64(d))))...), 0, addr32
}

func le32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

// imm adds an immediate of n bytes.
func (g *caseGen) imm(n int) {
	b := binary.LittleEndian.AppendUint64(nil, g.value())
	g.add(b[:n]...)
}

// immWord adds an immediate as wide as the operand, at most 4 bytes.
func (g *caseGen) immWord() { g.imm(min(g.size, 4)) }

func (g *caseGen) coin() bool { return g.r.IntN(2) == 0 }

func (g *caseGen) arith() {
	g.sized(1)
	op := byte(g.r.IntN(9))
	if op == 8 { // TEST
		g.c.defined &^= flagAF
		if g.coin() {
			g.emit(g.coin(), -1, 0x84|g.wide())
			return
		}
		g.emit(g.coin(), g.r.IntN(2), 0xF6|g.wide()) // /1 is an alias
		g.immWord()
		return
	}
	if op == 1 || op == 4 || op == 6 {
		g.c.defined &^= flagAF
	}
	switch g.r.IntN(4) {
	case 0:
		memory := g.coin()
		g.locked = memory && op != 7 && g.r.IntN(4) == 0
		g.emit(memory, -1, op<<3|g.wide())
	case 1:
		g.emit(g.coin(), -1, op<<3|2|g.wide())
	case 2:
		g.emit(g.coin(), int(op), 0x80|g.wide())
		g.immWord()
	default:
		if g.size == 1 {
			g.size = 4
		}
		g.emit(g.coin(), int(op), 0x83)
		g.imm(1)
	}
}

func (g *caseGen) shift() {
	g.sized(1)
	kind := g.r.IntN(8)
	count := uint64(g.r.IntN(256))
	if g.coin() {
		count = uint64(g.r.IntN(10))
	}
	memory := g.coin()
	switch g.r.IntN(3) {
	case 0:
		count = 1
		g.emit(memory, kind, 0xD0|g.wide())
	case 1:
		g.c.regs[1] = g.c.regs[1]&^0xFF | count
		g.emit(memory, kind, 0xD2|g.wide())
	default:
		g.emit(memory, kind, 0xC0|g.wide())
		g.add(byte(count))
	}
	g.shiftFlags(count, kind)
}

// shiftFlags says which flags a shift or rotation by count defines.
func (g *caseGen) shiftFlags(count uint64, kind int) {
	if g.size == 8 {
		count &= 63
	} else {
		count &= 31
	}
	if count == 0 {
		return
	}
	if count > 1 {
		g.c.defined &^= flagOF
	}
	if kind >= 4 {
		g.c.defined &^= flagAF
		if kind != 7 && count >= uint64(g.size)*8 {
			g.c.defined &^= flagCF
		}
	}
}

func (g *caseGen) double() {
	g.sized(4)
	count := uint64(g.r.IntN(256))
	op := []byte{0xA4, 0xAC}[g.r.IntN(2)]
	if g.coin() {
		g.emit(g.coin(), -1, 0x0F, op)
		g.add(byte(count))
	} else {
		g.c.regs[1] = g.c.regs[1]&^0xFF | count
		g.emit(g.coin(), -1, 0x0F, op+1)
	}
	g.shiftFlags(count, 4)
}

func (g *caseGen) unary() {
	g.sized(1)
	memory := g.coin()
	g.locked = memory && g.r.IntN(4) == 0
	if g.coin() {
		g.emit(memory, g.r.IntN(2), 0xFE|g.wide())
	} else {
		g.emit(memory, 2+g.r.IntN(2), 0xF6|g.wide())
	}
}

func (g *caseGen) multiply() {
	g.c.defined &= flagCF | flagOF | flagDF
	g.sized(1)
	switch g.r.IntN(4) {
	case 0, 1:
		g.emit(g.coin(), 4+g.r.IntN(2), 0xF6|g.wide())
	case 2:
		g.sized(2)
		g.emit(g.coin(), -1, 0x0F, 0xAF)
	default:
		g.sized(2)
		if g.coin() {
			g.emit(g.coin(), -1, 0x6B)
			g.imm(1)
		} else {
			g.emit(g.coin(), -1, 0x69)
			g.immWord()
		}
	}
}

// divide makes divisions that do not overflow: the divisor lies in all of memory and R9, and the dividend's
// upper half is small against it.
func (g *caseGen) divide() {
	g.c.defined = flagDF
	g.sized(1)
	d := trunc(g.value(), uint8(g.size))
	signed := g.coin()
	magnitude := d
	if signed && int64(sext(d, uint8(g.size))) < 0 {
		magnitude = trunc(-d, uint8(g.size))
	}
	if magnitude < 8 {
		d, magnitude = 97, 97
	}
	hi := g.r.Uint64() % (magnitude / 4)
	if signed && g.coin() {
		hi = ^hi
	}
	for i := range len(g.c.mem) / g.size {
		b := binary.LittleEndian.AppendUint64(nil, d)
		copy(g.c.mem[i*g.size:], b[:g.size])
	}
	g.c.regs[2] = hi
	if g.size == 1 {
		g.c.regs[0] = g.c.regs[0]&^0xFF00 | hi&0xFF<<8
	}
	g.c.regs[15] = 0
	kind := byte(6)
	if signed {
		kind = 7
	}
	if g.coin() {
		g.emit(true, int(kind), 0xF6|g.wide())
		return
	}
	g.c.regs[9] = d
	rex := byte(0x41)
	if g.size == 8 {
		rex = 0x49
	}
	g.prefixes(false, []byte{0})
	g.add(rex, 0xF6|g.wide(), 0xC0|kind<<3|1)
}

func (g *caseGen) bitTest() {
	g.c.defined &= flagCF | flagZF | flagDF
	g.sized(2)
	memory := g.coin()
	if g.coin() {
		g.locked = memory && g.r.IntN(4) == 0
		kind := 5 + g.r.IntN(3)
		g.emit(memory, kind, 0x0F, 0xBA)
		g.imm(1)
		return
	}
	op := []byte{0xA3, 0xAB, 0xB3, 0xBB}[g.r.IntN(4)]
	if !memory {
		g.emit(false, -1, 0x0F, op)
		return
	}
	// A small signed bit offset in RCX, so that the word lies in scratch memory.
	g.c.regs[1] = sext(uint64(int64(g.r.IntN(200)-100)), 8)
	g.c.regs[15] = 0
	g.emit(true, 1, 0x0F, op)
}

func (g *caseGen) scan() {
	g.sized(2)
	switch g.r.IntN(5) {
	case 0, 1:
		g.c.defined &= flagZF | flagDF
		memory := g.coin()
		g.emit(memory, -1, 0x0F, 0xBC|byte(g.r.IntN(2)))
	case 2:
		g.emit(g.coin(), -1, 0xF3, 0x0F, 0xB8)
	case 3:
		g.sized(1)
		if g.size == 2 {
			g.size = 4
		}
		g.emit(g.coin(), -1, 0xF2, 0x0F, 0x38, 0xF0|g.wide())
	default:
		g.sized(4)
		r := byte(g.r.IntN(16))
		rex := 0x40 | r>>3
		if g.size == 8 {
			rex |= 8
		}
		g.add(rex, 0x0F, 0xC8|r&7)
	}
}

func (g *caseGen) extend() {
	g.sized(2)
	switch g.r.IntN(3) {
	case 0:
		g.emit(g.coin(), -1, 0x0F, 0xB6|byte(g.r.IntN(2)))
	case 1:
		g.emit(g.coin(), -1, 0x0F, 0xBE|byte(g.r.IntN(2)))
	default:
		g.emit(g.coin(), -1, 0x63)
	}
}

func (g *caseGen) exchange() {
	g.sized(1)
	memory := g.coin()
	g.locked = memory && g.coin()
	switch g.r.IntN(5) {
	case 0:
		g.emit(memory, -1, 0x86|g.wide())
	case 1:
		g.emit(memory, -1, 0x0F, 0xC0|g.wide())
	case 2:
		g.emit(memory, -1, 0x0F, 0xB0|g.wide())
	case 3:
		// CMPXCHG that succeeds.
		for i := range len(g.c.mem) / 8 {
			binary.LittleEndian.PutUint64(g.c.mem[8*i:], g.c.regs[0])
		}
		g.c.regs[15] = 0
		g.emit(true, -1, 0x0F, 0xB0|g.wide())
	default:
		g.exchangeWide()
	}
}

// exchangeWide is CMPXCHG8B or CMPXCHG16B at [RBX], which is aligned; half of them succeed.
func (g *caseGen) exchangeWide() {
	if g.locked {
		g.add(0xF0)
	}
	if g.coin() {
		g.add(0x48)
		if g.coin() {
			g.c.regs[0] = binary.LittleEndian.Uint64(g.c.mem[64:])
			g.c.regs[2] = binary.LittleEndian.Uint64(g.c.mem[72:])
		}
	} else if g.coin() {
		v := binary.LittleEndian.Uint64(g.c.mem[64:])
		g.c.regs[0], g.c.regs[2] = v, v>>32
	}
	g.add(0x0F, 0xC7, 0x0B)
}

func (g *caseGen) condition() {
	cc := byte(g.r.IntN(16))
	if g.coin() {
		g.size = 1
		g.emit(g.coin(), 0, 0x0F, 0x90|cc)
		return
	}
	g.sized(2)
	g.emit(g.coin(), -1, 0x0F, 0x40|cc)
}

func (g *caseGen) accumulator() {
	one := [][]byte{
		{0x98},
		{0x66, 0x98},
		{0x48, 0x98},
		{0x99},
		{0x66, 0x99},
		{0x48, 0x99},
		{0x9F},
		{0x9E},
		{0xF8},
		{0xF9},
		{0xF5},
		{0x90},
		{0xF3, 0x90},
		{0xF3, 0x0F, 0x1E, 0xFA},
		{0x0F, 0x1F, 0x44, 0x00, 0x00},
		{0x66, 0x90},
		{0x41, 0x90},
		{0x49, 0x92},
		{0x66, 0x97},
		{0x0F, 0xAE, 0xE8},
		{0x0F, 0xAE, 0xF0},
		{0x0F, 0x18, 0x0B},
		{0x0F, 0x0D, 0x0B},
	}
	if g.r.IntN(6) == 0 {
		g.c.regs[0] = g.c.regs[0]&^0xFF | uint64(g.r.IntN(32))
		g.add(0xD7)
		return
	}
	g.add(one[g.r.IntN(len(one))]...)
}

func (g *caseGen) stack() {
	r := byte(g.r.IntN(16))
	switch g.r.IntN(8) {
	case 0:
		g.add(0x40|r>>3, 0x50|r&7)
	case 1:
		g.add(0x40|r>>3, 0x58|r&7)
	case 2:
		g.add(0x66, 0x50|r&7)
	case 3:
		g.add(0x66, 0x58|r&7)
	case 4:
		g.size = 4
		g.emit(true, 6, 0xFF)
	case 5:
		g.size = 4
		if g.coin() {
			g.add(0x8F, 0x44, 0x24, byte(8*g.r.IntN(4))) // pop [rsp + n]
			return
		}
		g.emit(true, 0, 0x8F)
	case 6:
		if g.coin() {
			g.add(0x6A)
			g.imm(1)
		} else {
			g.add(0x68)
			g.imm(4)
		}
	default:
		g.frames()
	}
}

// frames makes LEAVE, ENTER and PUSHF.
func (g *caseGen) frames() {
	g.c.regs[5] = g.scratch + 80 // RBP
	switch g.r.IntN(4) {
	case 0:
		g.add(0xC9)
	case 1:
		g.add(0xC8, byte(8*g.r.IntN(3)), 0, 0)
	case 2:
		g.add(0xC8, 8, 0, byte(g.r.IntN(4)))
	default:
		g.add(0x9C)
	}
}

// str makes string operations within scratch memory, which may overlap.
func (g *caseGen) str() {
	g.sized(1)
	op := []byte{0xA4, 0xA6, 0xAA, 0xAC, 0xAE}[g.r.IntN(5)]
	g.c.regs[1] = uint64(g.r.IntN(5))
	g.c.regs[6] = g.scratch + 40 + uint64(g.r.IntN(48))
	g.c.regs[7] = g.scratch + 40 + uint64(g.r.IntN(48))
	if g.r.IntN(3) == 0 {
		g.c.flags |= flagDF
	}
	if g.coin() && (op == 0xA6 || op == 0xAE) { // make runs of equal elements
		for i := range g.c.mem {
			g.c.mem[i] = byte(i / 20)
		}
		g.c.regs[0] = 0x0303030303030303
	}
	if g.r.IntN(6) == 0 {
		g.add(0x67)
	}
	switch g.r.IntN(3) {
	case 0:
		g.add(0xF3)
	case 1:
		g.add(0xF2)
	}
	g.sizePrefix()
	g.add(op | g.wide())
}

func (g *caseGen) sizePrefix() {
	switch g.size {
	case 2:
		g.add(0x66)
	case 8:
		g.add(0x48)
	}
}

func (g *caseGen) move() {
	g.sized(1)
	switch g.r.IntN(7) {
	case 0:
		g.emit(g.coin(), -1, 0x88|g.wide())
	case 1:
		g.emit(g.coin(), -1, 0x8A|g.wide())
	case 2:
		g.emit(g.coin(), 0, 0xC6|g.wide())
		g.immWord()
	case 3: // moffs64
		g.sizePrefix()
		g.add([]byte{0xA0, 0xA2}[g.r.IntN(2)] | g.wide())
		g.add(binary.LittleEndian.AppendUint64(nil, g.scratch+uint64(g.r.IntN(64)))...)
	case 4:
		g.sizePrefix()
		g.add(0xB8 | byte(g.r.IntN(8)))
		if g.size == 1 {
			g.size = 4
		}
		g.imm(g.size)
	default:
		g.sized(2)
		g.emit(true, -1, 0x8D)
	}
}

// flow makes branches over two bytes that change AL.
func (g *caseGen) flow() {
	switch g.r.IntN(5) {
	case 0, 1:
		g.add(0x70|byte(g.r.IntN(16)), 2)
	case 2:
		g.add(0x0F, 0x80|byte(g.r.IntN(16)), 2, 0, 0, 0)
	case 3:
		g.c.regs[1] = []uint64{0, 1, 2, 1 << 32, 1<<32 + 1}[g.r.IntN(5)]
		if g.coin() {
			g.add(0x67)
		}
		g.add(0xE0|byte(g.r.IntN(4)), 2)
	default:
		g.add(0xE8, 2, 0, 0, 0)
	}
	g.add(0xB0, 0x5A)
}
