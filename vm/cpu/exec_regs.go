package cpu

import (
	"math/bits"

	"memlab/vm/x86"
)

// The cases of exec that only work on registers, one function a code, named after it. They are inlined there;
// written here they do not count towards the size at which the compiler gives up inlining (see exec).

func (c *CPU) mov32RR(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Src]))
}

func (c *CPU) movzx8RR(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint8(c.Regs[op.Src]))
}

func (c *CPU) movsxd64RR(op *x86.Op) {
	c.Regs[op.Dst] = ext(c.Regs[op.Src])
}

func (c *CPU) lea32(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.plain(op)))
}

func (c *CPU) add64RR(op *x86.Op) {
	a, b := c.Regs[op.Dst], c.Regs[op.Src]
	r := a + b
	c.Regs[op.Dst] = r
	c.added(a, b, r)
}

func (c *CPU) add32RR(op *x86.Op) {
	a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
	r := ext(a + b)
	c.Regs[op.Dst] = uint64(uint32(r))
	c.added(a, b, r)
}

func (c *CPU) quietAdd32RR(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] + c.Regs[op.Src]))
}

func (c *CPU) add64RI(op *x86.Op) {
	a, b := c.Regs[op.Dst], uint64(op.Imm)
	r := a + b
	c.Regs[op.Dst] = r
	c.added(a, b, r)
}

func (c *CPU) add32RI(op *x86.Op) {
	a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
	r := ext(a + b)
	c.Regs[op.Dst] = uint64(uint32(r))
	c.added(a, b, r)
}

func (c *CPU) quietAdd32RI(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] + uint64(op.Imm)))
}

func (c *CPU) quietOr32RR(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] | c.Regs[op.Src]))
}

func (c *CPU) quietAnd32RR(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] & c.Regs[op.Src]))
}

func (c *CPU) and32RI(op *x86.Op) {
	r := ext(c.Regs[op.Dst] & uint64(op.Imm))
	c.Regs[op.Dst] = uint64(uint32(r))
	c.logical(r)
}

func (c *CPU) quietAnd32RI(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] & uint64(op.Imm)))
}

func (c *CPU) sub64RR(op *x86.Op) {
	a, b := c.Regs[op.Dst], c.Regs[op.Src]
	r := a - b
	c.Regs[op.Dst] = r
	c.subtracted(a, b, r)
}

func (c *CPU) sub32RR(op *x86.Op) {
	a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
	r := ext(a - b)
	c.Regs[op.Dst] = uint64(uint32(r))
	c.subtracted(a, b, r)
}

func (c *CPU) quietSub32RR(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] - c.Regs[op.Src]))
}

func (c *CPU) sub64RI(op *x86.Op) {
	a, b := c.Regs[op.Dst], uint64(op.Imm)
	r := a - b
	c.Regs[op.Dst] = r
	c.subtracted(a, b, r)
}

func (c *CPU) quietSub32RI(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] - uint64(op.Imm)))
}

func (c *CPU) xor64RR(op *x86.Op) {
	r := c.Regs[op.Dst] ^ c.Regs[op.Src]
	c.Regs[op.Dst] = r
	c.logical(r)
}

func (c *CPU) xor32RR(op *x86.Op) {
	r := ext(c.Regs[op.Dst] ^ c.Regs[op.Src])
	c.Regs[op.Dst] = uint64(uint32(r))
	c.logical(r)
}

func (c *CPU) quietXor32RR(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] ^ c.Regs[op.Src]))
}

func (c *CPU) cmp64RR(op *x86.Op) {
	a, b := c.Regs[op.Dst], c.Regs[op.Src]
	c.subtracted(a, b, a-b)
}

func (c *CPU) cmp32RR(op *x86.Op) {
	a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
	c.subtracted(a, b, ext(a-b))
}

func (c *CPU) cmp64RI(op *x86.Op) {
	a, b := c.Regs[op.Dst], uint64(op.Imm)
	c.subtracted(a, b, a-b)
}

func (c *CPU) test64RR(op *x86.Op) {
	r := c.Regs[op.Dst] & c.Regs[op.Src]
	c.logical(r)
}

func (c *CPU) test32RR(op *x86.Op) {
	r := ext(c.Regs[op.Dst] & c.Regs[op.Src])
	c.logical(r)
}

func (c *CPU) quietShl64RI(op *x86.Op) {
	c.Regs[op.Dst] <<= uint(op.Imm) & 63
}

func (c *CPU) quietShl32RI(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst]) << (uint(op.Imm) & 31))
}

func (c *CPU) quietShr64RI(op *x86.Op) {
	c.Regs[op.Dst] >>= uint(op.Imm) & 63
}

func (c *CPU) quietShr32RI(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst]) >> (uint(op.Imm) & 31))
}

func (c *CPU) quietSar64RI(op *x86.Op) {
	c.Regs[op.Dst] = uint64(int64(c.Regs[op.Dst]) >> (uint(op.Imm) & 63))
}

func (c *CPU) quietSar32RI(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(int32(c.Regs[op.Dst]) >> (uint(op.Imm) & 31)))
}

func (c *CPU) quietRol64RI(op *x86.Op) {
	c.Regs[op.Dst] = bits.RotateLeft64(c.Regs[op.Dst], int(op.Imm))
}

func (c *CPU) quietRol32RI(op *x86.Op) {
	c.Regs[op.Dst] = uint64(bits.RotateLeft32(uint32(c.Regs[op.Dst]), int(op.Imm)))
}

func (c *CPU) quietRor32RI(op *x86.Op) {
	c.Regs[op.Dst] = uint64(bits.RotateLeft32(uint32(c.Regs[op.Dst]), -int(op.Imm)))
}

func (c *CPU) quietInc32R(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] + 1))
}

func (c *CPU) quietDec32R(op *x86.Op) {
	c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] - 1))
}

func (c *CPU) vXor(op *x86.Op) {
	y, x := &c.X[op.Dst&15], &c.X[op.Src&15]
	y.Lo ^= x.Lo
	y.Hi ^= x.Hi
}

func (c *CPU) vAnd(op *x86.Op) {
	y, x := &c.X[op.Dst&15], &c.X[op.Src&15]
	y.Lo &= x.Lo
	y.Hi &= x.Hi
}

func (c *CPU) vOr(op *x86.Op) {
	y, x := &c.X[op.Dst&15], &c.X[op.Src&15]
	y.Lo |= x.Lo
	y.Hi |= x.Hi
}

// What a fused comparison compares, and the difference.

func (c *CPU) diff64RR(op *x86.Op) (a, b, r uint64) {
	a, b = c.Regs[op.Dst], c.Regs[op.Src]
	return a, b, a - b
}

func (c *CPU) diff32RR(op *x86.Op) (a, b, r uint64) {
	a, b = ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
	return a, b, ext(a - b)
}

func (c *CPU) diff8RR(op *x86.Op) (a, b, r uint64) {
	a, b = ext8(c.Regs[op.Dst]), ext8(c.Regs[op.Src])
	return a, b, ext8(a - b)
}

func (c *CPU) diff64RI(op *x86.Op) (a, b, r uint64) {
	a, b = c.Regs[op.Dst], uint64(op.Imm)
	return a, b, a - b
}

func (c *CPU) diff32RI(op *x86.Op) (a, b, r uint64) {
	a, b = ext(c.Regs[op.Dst]), uint64(op.Imm)
	return a, b, ext(a - b)
}

func (c *CPU) diff8RI(op *x86.Op) (a, b, r uint64) {
	a, b = ext8(c.Regs[op.Dst]), uint64(op.Imm)
	return a, b, ext8(a - b)
}

// What a fused TEST looks at.

func (c *CPU) both64RR(op *x86.Op) uint64 { return c.Regs[op.Dst] & c.Regs[op.Src] }

func (c *CPU) both32RR(op *x86.Op) uint64 { return ext(c.Regs[op.Dst] & c.Regs[op.Src]) }

func (c *CPU) both8RR(op *x86.Op) uint64 { return ext8(c.Regs[op.Dst] & c.Regs[op.Src]) }

func (c *CPU) both64RI(op *x86.Op) uint64 { return c.Regs[op.Dst] & uint64(op.Imm) }

func (c *CPU) both32RI(op *x86.Op) uint64 { return ext(c.Regs[op.Dst] & uint64(op.Imm)) }

func (c *CPU) both8RI(op *x86.Op) uint64 { return ext8(c.Regs[op.Dst] & uint64(op.Imm)) }
