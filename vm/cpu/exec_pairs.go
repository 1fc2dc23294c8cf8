package cpu

import (
	"math/bits"

	"memlab/vm/x86"
)

// The pairs of exec that only work on registers (see x86/pair.go), as in exec_regs.go. They return the second
// instruction, which has then been executed, too.

func (c *CPU) movMov64(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[op.Dst] = c.Regs[op.Src]
	c.Regs[p.Dst] = c.Regs[p.Src]
	return p
}

func (c *CPU) movMov32(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Src]))
	c.Regs[p.Dst] = uint64(uint32(c.Regs[p.Src]))
	return p
}

func (c *CPU) addAdd64(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[op.Dst] += uint64(op.Imm)
	c.Regs[p.Dst] += uint64(p.Imm)
	return p
}

func (c *CPU) xorMov64(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[op.Dst] ^= c.Regs[op.Src]
	c.Regs[p.Dst] = c.Regs[p.Src]
	return p
}

func (c *CPU) xorMov32(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] ^ c.Regs[op.Src]))
	c.Regs[p.Dst] = uint64(uint32(c.Regs[p.Src]))
	return p
}

func (c *CPU) addMov32(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] + c.Regs[op.Src]))
	c.Regs[p.Dst] = uint64(uint32(c.Regs[p.Src]))
	return p
}

func (c *CPU) andXor32(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] & c.Regs[op.Src]))
	c.Regs[p.Dst] = uint64(uint32(c.Regs[p.Dst] ^ c.Regs[p.Src]))
	return p
}

func (c *CPU) xorXor32(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] ^ c.Regs[op.Src]))
	c.Regs[p.Dst] = uint64(uint32(c.Regs[p.Dst] ^ c.Regs[p.Src]))
	return p
}

func (c *CPU) rorRor32(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[op.Dst] = uint64(bits.RotateLeft32(uint32(c.Regs[op.Dst]), -int(op.Imm)))
	c.Regs[p.Dst] = uint64(bits.RotateLeft32(uint32(c.Regs[p.Dst]), -int(p.Imm)))
	return p
}

func (c *CPU) movedAdd64RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] + c.Regs[p.Src]
	return p
}

func (c *CPU) movedAdd32RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] + c.Regs[p.Src]))
	return p
}

func (c *CPU) movedOr64RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] | c.Regs[p.Src]
	return p
}

func (c *CPU) movedOr32RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] | c.Regs[p.Src]))
	return p
}

func (c *CPU) movedAnd64RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] & c.Regs[p.Src]
	return p
}

func (c *CPU) movedAnd32RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] & c.Regs[p.Src]))
	return p
}

func (c *CPU) movedAnd64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] & uint64(p.Imm)
	return p
}

func (c *CPU) movedAnd32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] & uint64(p.Imm)))
	return p
}

func (c *CPU) movedSub64RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] - c.Regs[p.Src]
	return p
}

func (c *CPU) movedSub32RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] - c.Regs[p.Src]))
	return p
}

func (c *CPU) movedSub64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] - uint64(p.Imm)
	return p
}

func (c *CPU) movedSub32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] - uint64(p.Imm)))
	return p
}

func (c *CPU) movedXor64RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] ^ c.Regs[p.Src]
	return p
}

func (c *CPU) movedXor32RR(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] ^ c.Regs[p.Src]))
	return p
}

func (c *CPU) movedShl64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] << (uint(p.Imm) & 63)
	return p
}

func (c *CPU) movedShl32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src]) << (uint(p.Imm) & 31))
	return p
}

func (c *CPU) movedShr64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] >> (uint(p.Imm) & 63)
	return p
}

func (c *CPU) movedShr32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src]) >> (uint(p.Imm) & 31))
	return p
}

func (c *CPU) movedSar64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(int64(c.Regs[op.Src]) >> (uint(p.Imm) & 63))
	return p
}

func (c *CPU) movedSar32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(int32(c.Regs[op.Src]) >> (uint(p.Imm) & 31)))
	return p
}

func (c *CPU) movedRol64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = bits.RotateLeft64(c.Regs[op.Src], int(p.Imm))
	return p
}

func (c *CPU) movedRol32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(bits.RotateLeft32(uint32(c.Regs[op.Src]), int(p.Imm)))
	return p
}

func (c *CPU) movedRor64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = bits.RotateLeft64(c.Regs[op.Src], -int(p.Imm))
	return p
}

func (c *CPU) movedRor32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(bits.RotateLeft32(uint32(c.Regs[op.Src]), -int(p.Imm)))
	return p
}

func (c *CPU) movedAdd64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] + uint64(p.Imm)
	return p
}

func (c *CPU) movedAdd32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] + uint64(p.Imm)))
	return p
}

func (c *CPU) movedOr64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] | uint64(p.Imm)
	return p
}

func (c *CPU) movedOr32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] | uint64(p.Imm)))
	return p
}

func (c *CPU) movedXor64RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = c.Regs[op.Src] ^ uint64(p.Imm)
	return p
}

func (c *CPU) movedXor32RI(op *x86.Op) *x86.Op {
	p := next(op)
	c.Regs[p.Dst] = uint64(uint32(c.Regs[op.Src] ^ uint64(p.Imm)))
	return p
}

// The first halves of pairs with a comparison.

func (c *CPU) addThen64RR(op *x86.Op) *x86.Op {
	c.Regs[op.Dst] += c.Regs[op.Src]
	return next(op)
}

func (c *CPU) addThen64RI(op *x86.Op) *x86.Op {
	c.Regs[op.Dst] += uint64(op.Imm)
	return next(op)
}

func (c *CPU) addThen32RI(op *x86.Op) *x86.Op {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] + uint64(op.Imm)))
	return next(op)
}
