package cpu

import (
	"math/bits"

	"memlab/vm/x86"
)

// execConvert executes the conversions.
func (c *CPU) execConvert(op *x86.Op) {
	switch op.Code {
	case x86.CvtSI2SD, x86.CvtSI2SS:
		c.convertFromGpr(op)
	case x86.CvtSD2SI, x86.CvtSS2SI:
		c.convertToGpr(op)
	case x86.CvtPI2PD, x86.CvtPI2PS, x86.CvtPD2PI, x86.CvtTPD2PI, x86.CvtPS2PI, x86.CvtTPS2PI:
		c.convertMMX(op)
	default:
		c.convertVec(op)
	}
}

func (c *CPU) convertFromGpr(op *x86.Op) {
	v := c.gprSrc(op)
	if c.raised {
		return
	}
	if op.Size == 4 {
		v = uint64(int64(int32(v)))
	}
	d := &c.X[op.Dst&15].Lo
	if op.Code == x86.CvtSI2SD {
		r, flags := fromInt64(c.MXCSR, v)
		if flags != 0 && c.signal(flags) {
			return
		}
		*d = r
		return
	}
	r, flags := single.fromInt(c.MXCSR, v)
	if flags != 0 && c.signal(flags) {
		return
	}
	*d = *d&^0xffffffff | r
}

func (c *CPU) convertToGpr(op *x86.Op) {
	s := c.vecSrc(op).Lo
	if c.raised {
		return
	}
	rc := c.MXCSR >> mxRCShift & 3
	if op.Cond&x86.CvtTruncate != 0 {
		rc = roundZero
	}
	size := op.Cond &^ x86.CvtTruncate
	var r uint64
	var flags uint32
	if op.Code == x86.CvtSD2SI {
		r, flags = double.toInt(c.MXCSR, rc, s, size)
	} else {
		r, flags = single.toInt(c.MXCSR, rc, s&0xffffffff, size)
	}
	if flags != 0 && c.signal(flags) {
		return
	}
	c.Regs[op.Dst&15] = r
}

func (c *CPU) convertVec(op *x86.Op) {
	s := c.vecSrc(op)
	if c.raised {
		return
	}
	d := c.X[op.Dst&15]
	mx := c.MXCSR
	rc := mx >> mxRCShift & 3
	var flags uint32
	switch op.Code {
	case x86.CvtSD2SS:
		var r uint64
		r, flags = double.convert(single, mx, s.Lo)
		d.Lo = d.Lo&^0xffffffff | r
	case x86.CvtSS2SD:
		d.Lo, flags = single.convert(double, mx, s.Lo&0xffffffff)
	case x86.CvtPD2PS:
		d.Lo, flags = twoToSingles(mx, s)
		d.Hi = 0
	case x86.CvtPS2PD:
		d, flags = twoToDoubles(mx, s.Lo)
	case x86.CvtDQ2PD:
		d = intsToDoubles(mx, s.Lo)
	case x86.CvtDQ2PS:
		d, flags = intsToSingles(mx, s)
	case x86.CvtPD2DQ:
		d, flags = doublesToInts(mx, rc, s)
	case x86.CvtTPD2DQ:
		d, flags = doublesToInts(mx, roundZero, s)
	case x86.CvtPS2DQ:
		d, flags = singlesToInts(mx, rc, s)
	default: // CVTTPS2DQ
		d, flags = singlesToInts(mx, roundZero, s)
	}
	if flags != 0 && c.signal(flags) {
		return
	}
	c.X[op.Dst&15] = d
}

func twoToSingles(mx uint32, s Vec) (r uint64, flags uint32) {
	lo, f1 := double.convert(single, mx, s.Lo)
	hi, f2 := double.convert(single, mx, s.Hi)
	return lo | hi<<32, f1 | f2
}

func twoToDoubles(mx uint32, s uint64) (r Vec, flags uint32) {
	lo, f1 := single.convert(double, mx, s&0xffffffff)
	hi, f2 := single.convert(double, mx, s>>32)
	return Vec{lo, hi}, f1 | f2
}

// intsToDoubles is always exact.
func intsToDoubles(mx uint32, s uint64) Vec {
	lo, _ := fromInt64(mx, uint64(int64(int32(s))))
	hi, _ := fromInt64(mx, uint64(int64(s)>>32))
	return Vec{lo, hi}
}

func intsToSingles(mx uint32, s Vec) (r Vec, flags uint32) {
	var f uint32
	r.Lo, flags = pairToSingles(mx, s.Lo)
	r.Hi, f = pairToSingles(mx, s.Hi)
	return r, flags | f
}

func pairToSingles(mx uint32, s uint64) (r uint64, flags uint32) {
	lo, f1 := single.fromInt(mx, uint64(int64(int32(s))))
	hi, f2 := single.fromInt(mx, uint64(int64(s)>>32))
	return lo | hi<<32, f1 | f2
}

func doublesToInts(mx, rc uint32, s Vec) (r Vec, flags uint32) {
	lo, f1 := double.toInt(mx, rc, s.Lo, 4)
	hi, f2 := double.toInt(mx, rc, s.Hi, 4)
	return Vec{lo | hi<<32, 0}, f1 | f2
}

func singlesToInts(mx, rc uint32, s Vec) (r Vec, flags uint32) {
	var f uint32
	r.Lo, flags = pairToInts(mx, rc, s.Lo)
	r.Hi, f = pairToInts(mx, rc, s.Hi)
	return r, flags | f
}

func pairToInts(mx, rc uint32, s uint64) (r uint64, flags uint32) {
	lo, f1 := single.toInt(mx, rc, s&0xffffffff, 4)
	hi, f2 := single.toInt(mx, rc, s>>32, 4)
	return lo | hi<<32, f1 | f2
}

// convert changes the format of x to to.
func (f float) convert(to float, mx uint32, x uint64) (r uint64, flags uint32) {
	x = f.daz(mx, x)
	neg := x&f.signBit() != 0
	switch {
	case f.isNaN(x):
		flags = 0
		if f.isSignalling(x) {
			flags = mxIE
		}
		payload := x & (1<<f - 1) << (63 - f) // on top of 63 bits
		return to.withSign(to.inf()|to.quiet()|payload>>(63-to), neg), flags
	case f.isInf(x):
		return to.withSign(to.inf(), neg), 0
	case f.isZero(x):
		return to.withSign(0, neg), 0
	}
	r, flags = to.pack(mx, f.unpack(x), false)
	return r, flags | f.denormal(x, x)
}

// fromInt converts the signed number v.
func (f float) fromInt(mx uint32, v uint64) (r uint64, flags uint32) {
	if v == 0 {
		return 0, 0
	}
	n := num{neg: int64(v) < 0}
	if n.neg {
		v = -v
	}
	lead := bits.LeadingZeros64(v)
	n.sig, n.exp = v<<lead, 63-lead
	return f.pack(mx, n, false)
}

// fromInt64 is double.fromInt with a short way for what is exact.
func fromInt64(mx uint32, v uint64) (r uint64, flags uint32) {
	if v+1<<53 <= 1<<54 {
		return b64(float64(int64(v))), 0
	}
	return double.fromInt(mx, v)
}

// toInt rounds x to a signed number of size bytes, 4 or 8. What does not fit becomes the smallest number.
func (f float) toInt(mx, rc uint32, x uint64, size uint8) (r uint64, flags uint32) {
	width := uint(size) * 8
	bad := uint64(1) << (width - 1)
	x = f.daz(mx, x)
	if f.isNaN(x) || f.isInf(x) {
		return bad, mxIE
	}
	if f.isZero(x) {
		return 0, 0
	}
	n := f.unpack(x)
	if n.exp >= 64 {
		return bad, mxIE
	}
	sig, drop, sticky := n.sig, uint(63-n.exp), false
	if drop > 64 { // below 1/2
		sig, drop, sticky = 0, 64, true
	}
	r, inexact := roundSig(sig, drop, sticky, n.neg, rc)
	switch {
	case n.neg && r > bad || !n.neg && r >= bad:
		return bad, mxIE
	case n.neg:
		r = -r
	}
	if inexact {
		flags = mxPE
	}
	return cut(r, size), flags
}
