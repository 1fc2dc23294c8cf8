package cpu

import (
	"hash/crc32"
	"math/bits"

	"memlab/vm/x86"
)

// bitTest executes BT, BTS, BTR and BTC. CF gets the bit; ZF stays, and so do the undefined ones.
func (c *CPU) bitTest(op *x86.Op) {
	n := uint64(op.Imm)
	if op.Flags&x86.FlagImm == 0 {
		n = sext(c.reg(op.Src, op.Size), op.Size)
	}
	width := uint64(op.Size) * 8
	var t target
	var v uint64
	switch {
	case op.Flags&x86.FlagMem == 0:
		v = c.reg(op.Dst, op.Size)
	case op.Code == x86.Bt:
		v = c.load(op, c.bitWord(op, n), op.Size)
	default:
		t.va = c.bitWord(op, n)
		t.at, v = c.modify(op, t.va, op.Size)
	}
	if c.raised {
		return
	}
	mask := uint64(1) << (n & (width - 1))
	cf := v&mask != 0
	switch op.Code {
	case x86.Bts:
		c.finish(op, t, v|mask)
	case x86.Btr:
		c.finish(op, t, v&^mask)
	case x86.Btc:
		c.finish(op, t, v^mask)
	default:
	}
	c.setCF(cf)
}

// bitWord is the address of the word that holds bit n of a bit string in memory: n from a register is
// signed and may lie far outside the operand.
func (c *CPU) bitWord(op *x86.Op, n uint64) uint64 {
	if op.Flags&x86.FlagImm != 0 {
		return c.ea(op)
	}
	va := c.plain(op) + uint64(int64(n)>>3)&^(uint64(op.Size)-1)
	if op.Flags&x86.FlagAddr32 != 0 {
		va = uint64(uint32(va))
	}
	if op.Seg != x86.SegNone {
		va = c.segmented(op, va)
	}
	return va
}

// bitScan executes BSF and BSR. Of 0 they set ZF and leave the destination; the other flags are undefined.
func (c *CPU) bitScan(op *x86.Op) {
	v := c.rmSource(op)
	if c.raised {
		return
	}
	c.flags.kind, c.flags.res = kindLogic, v
	if v == 0 {
		return
	}
	if op.Code == x86.Bsf {
		c.setReg(op.Dst, op.Size, uint64(bits.TrailingZeros64(v)))
	} else {
		c.setReg(op.Dst, op.Size, uint64(63-bits.LeadingZeros64(v)))
	}
}

// popcnt executes POPCNT: all flags are cleared but ZF.
func (c *CPU) popcnt(op *x86.Op) {
	v := c.rmSource(op)
	if c.raised {
		return
	}
	c.setReg(op.Dst, op.Size, uint64(bits.OnesCount64(v)))
	c.flags.setStatus(bit(v == 0, flagZF))
}

// bswap executes BSWAP. Of 16 bits the result is undefined; processors give 0.
func (c *CPU) bswap(op *x86.Op) {
	v := c.Regs[op.Dst]
	switch op.Size {
	case 8:
		v = bits.ReverseBytes64(v)
	case 4:
		v = uint64(bits.ReverseBytes32(uint32(v)))
	default:
		v &^= 0xFFFF
	}
	c.Regs[op.Dst] = v
}

// crc32 executes CRC32: the Castagnoli polynomial, without the inversions that hash/crc32 puts around it.
func (c *CPU) crc32(op *x86.Op) {
	v := c.rmSource(op)
	if c.raised {
		return
	}
	sum := ^uint32(c.Regs[op.Dst])
	var b [8]byte
	for i := range int(op.Size) {
		b[i] = byte(v >> (8 * uint(i)))
	}
	sum = crc32.Update(sum, castagnoli, b[:op.Size])
	c.Regs[op.Dst] = uint64(^sum)
}

//nolint:gochecknoglobals // a constant table
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// widen executes MOVZX and MOVSX between sizes that the hot switch does not know.
func (c *CPU) widen(op *x86.Op) {
	from := uint8(op.Imm)
	var v uint64
	if op.Flags&x86.FlagMem != 0 {
		v = c.load(op, c.ea(op), from)
	} else {
		v = c.reg(op.Src, from)
	}
	if c.raised {
		return
	}
	if op.Code == x86.Movsx {
		v = sext(v, from)
	}
	c.setReg(op.Dst, op.Size, v)
}

// mov executes MOV of the kinds that the hot switch does not know.
func (c *CPU) mov(op *x86.Op) {
	v := c.source(op)
	if c.raised {
		return
	}
	if op.Flags&x86.FlagDest == 0 {
		c.setReg(op.Dst, op.Size, v)
		return
	}
	c.putRM(op, v)
}

// cmov executes CMOVcc. Its source is read whatever the condition, and a 32-bit destination is cut to 32
// bits.
func (c *CPU) cmov(op *x86.Op) {
	v := c.rmSource(op)
	if c.raised {
		return
	}
	if !c.flags.cond(op.Cond) {
		v = c.reg(op.Dst, op.Size)
	}
	c.setReg(op.Dst, op.Size, v)
}

// signAccumulator executes CBW, CWDE and CDQE.
func (c *CPU) signAccumulator(op *x86.Op) {
	c.setReg(x86.RAX, op.Size, sext(c.Regs[x86.RAX], op.Size/2))
}

// signData executes CWD, CDQ and CQO.
func (c *CPU) signData(op *x86.Op) {
	c.setReg(x86.RDX, op.Size, uint64(int64(sext(c.Regs[x86.RAX], op.Size))>>63))
}
