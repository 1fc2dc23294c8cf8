package cpu

import (
	"math"

	"memlab/vm/x86"
)

// execFloatRare executes packed comparisons, horizontal operations, roundings and approximations.
func (c *CPU) execFloatRare(op *x86.Op) {
	s := c.vecSrc(op)
	if c.raised {
		return
	}
	d := c.X[op.Dst&15]
	var flags uint32
	switch op.Code {
	case x86.CmpSD, x86.CmpSS, x86.CmpPD, x86.CmpPS:
		d, flags = comparePacked(c.MXCSR, op, d, s)
	case x86.RoundSD, x86.RoundSS, x86.RoundPD, x86.RoundPS:
		d, flags = roundPacked(c.MXCSR, op, d, s)
	case x86.RcpSS:
		d.Lo = d.Lo&^0xffffffff | reciprocal(s.Lo&0xffffffff)
	case x86.RcpPS:
		d = Vec{
			reciprocal(s.Lo&0xffffffff) | reciprocal(s.Lo>>32)<<32,
			reciprocal(s.Hi&0xffffffff) | reciprocal(s.Hi>>32)<<32,
		}
	case x86.RSqrtSS:
		d.Lo = d.Lo&^0xffffffff | reciprocalRoot(s.Lo&0xffffffff)
	case x86.RSqrtPS:
		d = Vec{
			reciprocalRoot(s.Lo&0xffffffff) | reciprocalRoot(s.Lo>>32)<<32,
			reciprocalRoot(s.Hi&0xffffffff) | reciprocalRoot(s.Hi>>32)<<32,
		}
	case x86.DpPD:
		d = c.dotPD(d, s, uint8(op.Imm))
	case x86.DpPS:
		d = c.dotPS(d, s, uint8(op.Imm))
	default:
		d, flags = horizontal(c.MXCSR, op, d, s)
	}
	if c.raised || flags != 0 && c.signal(flags) {
		return
	}
	c.X[op.Dst&15] = d
}

func comparePacked(mx uint32, op *x86.Op, d, s Vec) (r Vec, flags uint32) {
	p := uint8(op.Imm) & 7
	switch op.Code {
	case x86.CmpSD:
		r.Hi = d.Hi
		r.Lo, flags = compare64(mx, p, d.Lo, s.Lo)
	case x86.CmpPD:
		var f uint32
		r.Lo, flags = compare64(mx, p, d.Lo, s.Lo)
		r.Hi, f = compare64(mx, p, d.Hi, s.Hi)
		flags |= f
	case x86.CmpSS:
		r.Hi = d.Hi
		r.Lo, flags = compare32(mx, p, d.Lo&0xffffffff, s.Lo&0xffffffff)
		r.Lo |= d.Lo &^ 0xffffffff
	default:
		for i := range uint8(4) {
			e, f := compare32(mx, p, elemD(d, i), elemD(s, i))
			setElemD(&r, i, e)
			flags |= f
		}
	}
	return r, flags
}

func compare64(mx uint32, p uint8, a, b uint64) (r uint64, flags uint32) {
	h, flags := double.holds(mx, p, a, b)
	return ones(h), flags
}

func compare32(mx uint32, p uint8, a, b uint64) (r uint64, flags uint32) {
	h, flags := single.holds(mx, p, a, b)
	return ones(h) & 0xffffffff, flags
}

// setElemD puts e into doubleword i of v, which is 0 there.
func setElemD(v *Vec, i uint8, e uint64) {
	if i < 2 {
		v.Lo |= e << (32 * i)
	} else {
		v.Hi |= e << (32 * (i - 2))
	}
}

// horizontal is HADD, HSUB and ADDSUB.
func horizontal(mx uint32, op *x86.Op, d, s Vec) (r Vec, flags uint32) {
	var f uint32
	switch op.Code {
	case x86.HAddPD, x86.HSubPD:
		kind := kindOf(op.Code == x86.HSubPD)
		r.Lo, flags = arith64(kind, mx, d.Lo, d.Hi)
		r.Hi, f = arith64(kind, mx, s.Lo, s.Hi)
	case x86.AddSubPD:
		r.Lo, flags = sub64(mx, d.Lo, s.Lo)
		r.Hi, f = add64(mx, d.Hi, s.Hi)
	case x86.HAddPS, x86.HSubPS:
		kind := kindOf(op.Code == x86.HSubPS)
		r.Lo, flags = pair32(kind, mx, pairD(d, 0x08), pairD(d, 0x0d))
		r.Hi, f = pair32(kind, mx, pairD(s, 0x08), pairD(s, 0x0d))
	default: // ADDSUBPS
		for i := range uint8(4) {
			e, g := arith32(kindOf(i&1 == 0), mx, elemD(d, i), elemD(s, i))
			setElemD(&r, i, e)
			f |= g
		}
	}
	return r, flags | f
}

func kindOf(subtract bool) int {
	if subtract {
		return kindFSub
	}
	return kindFAdd
}

// dotPD is DPPD: imm bits 4 and 5 select products, bits 0 and 1 where the sum goes. Here and in dotPS each
// step reports its exceptions before the next begins.
func (c *CPU) dotPD(d, s Vec, imm uint8) (r Vec) {
	var p [2]uint64
	var f1, f2 uint32
	if imm&0x10 != 0 {
		p[0], f1 = mul64(c.MXCSR, d.Lo, s.Lo)
	}
	if imm&0x20 != 0 {
		p[1], f2 = mul64(c.MXCSR, d.Hi, s.Hi)
	}
	if c.signal(f1 | f2) {
		return r
	}
	sum, f1 := add64(c.MXCSR, p[0], p[1])
	c.signal(f1)
	if imm&1 != 0 {
		r.Lo = sum
	}
	if imm&2 != 0 {
		r.Hi = sum
	}
	return r
}

// dotPS is DPPS. Every product and sum is rounded, the sums in pairs.
func (c *CPU) dotPS(d, s Vec, imm uint8) (r Vec) {
	var p [4]uint64
	var flags uint32
	for i := range uint8(4) {
		if imm>>(4+i)&1 != 0 {
			var f uint32
			p[i], f = mul32(c.MXCSR, elemD(d, i), elemD(s, i))
			flags |= f
		}
	}
	if c.signal(flags) {
		return r
	}
	a, f1 := add32(c.MXCSR, p[0], p[1])
	b, f2 := add32(c.MXCSR, p[2], p[3])
	if c.signal(f1 | f2) {
		return r
	}
	sum, f1 := add32(c.MXCSR, a, b)
	c.signal(f1)
	for i := range uint8(4) {
		if imm>>i&1 != 0 {
			setElemD(&r, i, sum)
		}
	}
	return r
}

func roundPacked(mx uint32, op *x86.Op, d, s Vec) (r Vec, flags uint32) {
	imm := uint8(op.Imm)
	var f uint32
	switch op.Code {
	case x86.RoundSD:
		r.Hi = d.Hi
		r.Lo, flags = double.roundBy(mx, imm, s.Lo)
	case x86.RoundPD:
		r.Lo, flags = double.roundBy(mx, imm, s.Lo)
		r.Hi, f = double.roundBy(mx, imm, s.Hi)
	case x86.RoundSS:
		r.Hi = d.Hi
		r.Lo, flags = single.roundBy(mx, imm, s.Lo&0xffffffff)
		r.Lo |= d.Lo &^ 0xffffffff
	default:
		for i := range uint8(4) {
			e, g := single.roundBy(mx, imm, elemD(s, i))
			setElemD(&r, i, e)
			f |= g
		}
	}
	return r, flags | f
}

// roundBy rounds x to a whole number. Of imm, bits 0 and 1 are the mode, bit 2 takes MXCSR's instead, bit 3
// suppresses the report of inexactness.
func (f float) roundBy(mx uint32, imm uint8, x uint64) (r uint64, flags uint32) {
	rc := uint32(imm & 3)
	if imm&4 != 0 {
		rc = mx >> mxRCShift & 3
	}
	x = f.daz(mx, x)
	if f.isNaN(x) {
		return f.nan(x, x)
	}
	r, inexact := f.whole(rc, x)
	if inexact && imm&8 == 0 {
		flags = mxPE
	}
	return r, flags
}

// whole rounds x, which is not a NaN, to a whole number.
func (f float) whole(rc uint32, x uint64) (r uint64, inexact bool) {
	m := f.magnitude(x)
	e := int(m>>f) - f.bias()
	neg := x&f.signBit() != 0
	switch {
	case e >= int(f) || m == 0:
		return x, false
	case e < 0: // below 1: the result is 1 or 0
		sig := uint64(0) // below 1/2 only that it is not 0 matters
		if e == -1 {
			sig = (m&(1<<f-1) | 1<<f) << (63 - f)
		}
		if one, _ := roundSig(sig, 64, e < -1, neg, rc); one != 0 {
			return f.withSign(uint64(f.bias())<<f, neg), true
		}
		return f.withSign(0, neg), true
	}
	drop := uint(int(f) - e)
	// The carry of a rounding runs into the exponent field, where it belongs.
	r, inexact = roundSig(m, drop, false, neg, rc)
	return f.withSign(r<<drop, neg), inexact
}

// The approximations have relative errors of at most 1.5 * 2^-12 and no flags; denormal operands are zeros,
// tiny results too. Processors differ in their bits. Here the result is the one for the middle of the
// operand's interval (one of 2048 of the significand) rounded to 12 bits, which is the precision of Intel's.

// reciprocal is RCPSS.
func reciprocal(x uint64) uint64 {
	sign := x & 0x80000000
	switch m := x & 0x7fffffff; {
	case m > 0x7f800000:
		return x | 1<<22
	case m == 0x7f800000:
		return sign
	case m < 1<<23:
		return sign | 0x7f800000
	}
	exp := 253 - int(x>>23&0xff) // of 1/x, for a significand above 1
	if exp <= 0 {
		return sign
	}
	den := 4097 + 2*(x>>12&0x7ff)
	frac := (2<<24+den)/(2*den) - 2048
	return sign | uint64(exp)<<23 | frac<<12
}

// reciprocalRoot is RSQRTSS.
func reciprocalRoot(x uint64) uint64 {
	sign := x & 0x80000000
	switch m := x & 0x7fffffff; {
	case m > 0x7f800000:
		return x | 1<<22
	case m < 1<<23:
		return sign | 0x7f800000
	case sign != 0:
		return single.indefinite()
	case m == 0x7f800000:
		return 0
	}
	e := int(x>>23&0xff) - 127
	mid := 1 + (float64(x>>12&0x7ff)+0.5)/2048
	if e&1 != 0 {
		mid *= 2
	}
	frac := min(uint64(math.Floor(float64((2/math.Sqrt(mid)-1)*2048)+0.5)), 2047)
	return uint64(126-e>>1)<<23 | frac<<12
}
