package cpu

import (
	"math/bits"

	"memlab/vm/x86"
)

// count is a shift's count: Imm, already cut to 5 or 6 bits, or CL.
func (c *CPU) count(op *x86.Op) uint {
	if op.Flags&x86.FlagImm != 0 {
		return uint(op.Imm)
	}
	if op.Size == 8 {
		return uint(c.Regs[x86.RCX] & 63)
	}
	return uint(c.Regs[x86.RCX] & 31)
}

// shift executes SHL, SHR and SAR. A count of 0 changes no flag. OF is defined for a count of 1; for others
// it gets the value of the same formula.
func (c *CPU) shift(op *x86.Op) {
	t, a := c.begin(op)
	if c.raised {
		return
	}
	n, width := c.count(op), 8*uint(op.Size)
	if n == 0 {
		c.finish(op, t, a)
		return
	}
	var r, cf, of uint64
	switch op.Code {
	case x86.Shl:
		r = a << n
		if n <= width {
			cf = a >> (width - n) & 1
		}
		of = r>>(width-1)&1 ^ cf
	case x86.Shr:
		r = a >> n
		cf = a >> (n - 1) & 1
		of = (r>>(width-1) ^ r>>(width-2)) & 1
	default:
		s := int64(sext(a, op.Size))
		r = uint64(s >> n)
		cf = uint64(s>>(n-1)) & 1
	}
	c.finish(op, t, r)
	c.shifted(sext(r, op.Size), cf, of)
}

// double executes SHLD and SHRD. With 16 bits a count above 16 gives undefined results; here those of
// AMD's processors, which shift the three words destination, source, source as one and clear CF.
func (c *CPU) double(op *x86.Op) {
	t, a := c.begin(op)
	if c.raised {
		return
	}
	n, width := c.count(op), 8*uint(op.Size)
	if n == 0 {
		c.finish(op, t, a)
		return
	}
	b := c.reg(op.Src, op.Size)
	beyond := n > width
	if beyond {
		a, n = b, n-width
	}
	var r, cf, of uint64
	if op.Code == x86.Shld {
		r = trunc(a<<n|b>>(width-n), op.Size)
		cf = a >> (width - n) & 1
	} else {
		r = trunc(a>>n|b<<(width-n), op.Size)
		cf = a >> (n - 1) & 1
	}
	if beyond {
		cf = 0
	}
	of = (r ^ a) >> (width - 1) & 1
	c.finish(op, t, r)
	c.shifted(sext(r, op.Size), cf, of)
}

// rotate executes ROL, ROR, RCL and RCR. They change CF and OF alone, and OF is defined for a count of 1.
func (c *CPU) rotate(op *x86.Op) {
	t, a := c.begin(op)
	if c.raised {
		return
	}
	n, width := c.count(op), 8*uint(op.Size)
	if n == 0 {
		c.finish(op, t, a)
		return
	}
	var r, cf, of uint64
	switch op.Code {
	case x86.Rol:
		r = rotateLeft(a, n%width, width)
		cf = r & 1
		of = r>>(width-1)&1 ^ cf
	case x86.Ror:
		r = rotateLeft(a, (width-n%width)%width, width)
		cf = r >> (width - 1) & 1
		of = (r>>(width-1) ^ r>>(width-2)) & 1
	case x86.Rcl:
		r, cf = rotateCarry(a, bit(c.flags.cf(), 1), n%(width+1), width)
		of = r>>(width-1)&1 ^ cf
	default:
		r, cf = rotateCarry(a, bit(c.flags.cf(), 1), (width+1-n%(width+1))%(width+1), width)
		of = (r>>(width-1) ^ r>>(width-2)) & 1
	}
	c.finish(op, t, r)
	c.flags.setStatus(c.flags.status()&^(flagCF|flagOF) | cf | of<<11)
}

func rotateLeft(v uint64, n, width uint) uint64 {
	if width == 64 {
		return bits.RotateLeft64(v, int(n))
	}
	return (v<<n | v>>(width-n)) & (1<<width - 1)
}

// rotateCarry rotates the width+1 bits of carry and v left by n.
func rotateCarry(v, carry uint64, n, width uint) (r, cf uint64) {
	if n == 0 {
		return v, carry
	}
	cf = v >> (width - n) & 1
	r = v<<n | carry<<(n-1) | v>>(width+1-n) // a shift by 64 gives 0
	return trunc(r, uint8(width/8)), cf
}
