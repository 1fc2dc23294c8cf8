package cpu

import (
	"math/bits"

	"memlab/vm/x86"
)

// mul executes MUL and the one-operand IMUL: accumulator times r/m into data register and accumulator.
func (c *CPU) mul(op *x86.Op) {
	b := c.rmValue(op)
	if c.raised {
		return
	}
	signed := op.Code == x86.Imul1
	if op.Size == 8 {
		c.mul64(b, signed)
		return
	}
	a, width := c.reg(x86.RAX, op.Size), 8*uint(op.Size)
	if signed {
		a, b = sext(a, op.Size), sext(b, op.Size)
	}
	p := a * b
	lo, hi := sext(p, op.Size), trunc(p>>width, op.Size)
	if op.Size == 1 {
		c.setReg(x86.RAX, 2, p)
	} else {
		c.setReg(x86.RAX, op.Size, p)
		c.setReg(x86.RDX, op.Size, hi)
	}
	if signed {
		c.multiplied(lo, sext(p, 2*op.Size) != lo)
	} else {
		c.multiplied(lo, hi != 0)
	}
}

func (c *CPU) mul64(b uint64, signed bool) {
	hi, lo := bits.Mul64(c.Regs[x86.RAX], b)
	over := hi != 0
	if signed {
		hi, lo = signedMul(c.Regs[x86.RAX], b)
		over = hi != uint64(int64(lo)>>63)
	}
	c.Regs[x86.RAX], c.Regs[x86.RDX] = lo, hi
	c.multiplied(lo, over)
}

// imul executes the two- and three-operand IMUL.
func (c *CPU) imul(op *x86.Op) {
	var a, b uint64
	if op.Code == x86.Imul3 {
		a, b = c.rmSource(op), uint64(op.Imm)
	} else {
		a, b = c.reg(op.Dst, op.Size), c.rmSource(op)
	}
	if c.raised {
		return
	}
	a, b = sext(a, op.Size), sext(b, op.Size)
	if op.Size == 8 {
		hi, lo := signedMul(a, b)
		c.Regs[op.Dst] = lo
		c.multiplied(lo, hi != uint64(int64(lo)>>63))
		return
	}
	p := a * b
	r := sext(p, op.Size)
	c.setReg(op.Dst, op.Size, r)
	c.multiplied(r, p != r)
}

// rmSource reads the source r/m of an instruction whose destination is a register.
func (c *CPU) rmSource(op *x86.Op) uint64 {
	if op.Flags&x86.FlagMem != 0 {
		return c.load(op, c.ea(op), op.Size)
	}
	return c.reg(op.Src, op.Size)
}

// div executes DIV and IDIV. The flags, undefined, stay.
func (c *CPU) div(op *x86.Op) {
	d := c.rmValue(op)
	if c.raised {
		return
	}
	hi, lo := c.reg(x86.RDX, op.Size), c.reg(x86.RAX, op.Size)
	if op.Size == 1 {
		hi, lo = uint64(uint8(c.Regs[x86.RAX]>>8)), uint64(uint8(c.Regs[x86.RAX]))
	}
	var q, r uint64
	var ok bool
	if op.Code == x86.Div {
		q, r, ok = divide(hi, lo, d, op.Size)
	} else {
		q, r, ok = divideSigned(hi, lo, d, op.Size)
	}
	if !ok {
		c.raise(DivideError, 0)
		return
	}
	if op.Size == 1 {
		c.setReg(x86.RAX, 2, q&0xFF|r<<8)
		return
	}
	c.setReg(x86.RAX, op.Size, q)
	c.setReg(x86.RDX, op.Size, r)
}

// divide divides hi:lo, two words of size bytes, by d. It fails when d is 0 or the quotient does not fit.
func divide(hi, lo, d uint64, size uint8) (q, r uint64, ok bool) {
	if d == 0 || hi >= d {
		return 0, 0, false
	}
	if size == 8 {
		q, r = bits.Div64(hi, lo, d)
		return q, r, true
	}
	n := hi<<(8*uint(size)) | lo
	return n / d, n % d, true
}

// divideSigned divides magnitudes and puts the signs back: the quotient is rounded towards 0 and the
// remainder has the dividend's sign.
func divideSigned(hi, lo, d uint64, size uint8) (q, r uint64, ok bool) {
	negN, negD := int64(sext(hi, size)) < 0, int64(sext(d, size)) < 0
	if negN {
		lo = trunc(-lo, size)
		hi = trunc(^hi+bit(lo == 0, 1), size)
	}
	if negD {
		d = trunc(-d, size)
	}
	if q, r, ok = divide(hi, lo, d, size); !ok {
		return 0, 0, false
	}
	limit := uint64(1) << (8*uint(size) - 1) // of the quotient's magnitude; allowed if it is negative
	if q > limit || q == limit && negN == negD {
		return 0, 0, false
	}
	if negN != negD {
		q = -q
	}
	if negN {
		r = -r
	}
	return q, r, true
}
