package f80

import "math/bits"

// The trigonometric functions divide their argument by the processor's pi/4, which has 66 bits (SDM Vol. 1,
// 8.3.8), so that far from zero they are those of a slightly different circle, as they are in hardware.
// Arguments of 2^63 and more are refused: the functions return false (C2) and the argument.

// The processor's pi/2 in units of 2^-65, an integer of 66 bits.
const halfPiHi, halfPiLo = 0x3, 0x243f6a8885a308d3

// tinyExp is the exponent below which the second term of the series of sine, cosine and arctangent is less
// than 2^-120 of the first: too small to be added, but it says on which side the result lies.
const tinyExp = -60

// reduce returns a = quadrant × pi/2 + r with |r| at most pi/4. The exponent of a is below 63.
func reduce(a F80) (r wide, quadrant uint64) {
	r = widen80(a)
	if r.exp < -1 {
		return r, 0
	}
	hi, lo := uint64(0), r.hi // remainder; r.hi × 2^(exp+2) is the whole, in units of 2^-65
	var q uint64
	for range r.exp + 2 {
		hi, lo, q = hi<<1|lo>>63, lo<<1, q<<1
		if hi > halfPiHi || hi == halfPiHi && lo >= halfPiLo {
			hi, lo = sub128(hi, lo, halfPiHi, halfPiLo)
			q |= 1
		}
	}
	if dhi, dlo := sub128(halfPiHi, halfPiLo, hi, lo); dhi < hi || dhi == hi && dlo < lo {
		hi, lo, q = dhi, dlo, q+1
		r.neg = !r.neg
	}
	if a.Neg() {
		q = -q
	}
	if hi|lo == 0 {
		return wide{}, q
	}
	r.exp, r.hi, r.lo = normalise(127-65, hi, lo)
	return r, q
}

func sub128(ahi, alo, bhi, blo uint64) (hi, lo uint64) {
	lo, borrow := bits.Sub64(alo, blo, 0)
	hi, _ = bits.Sub64(ahi, bhi, borrow)
	return hi, lo
}

// sine is the sine of r, by its series.
func sine(r wide) wide {
	if r.exp < tinyExp {
		return r.below()
	}
	return alternating(r, r, 1)
}

// cosine is the cosine of r.
func cosine(r wide) wide {
	one := wide{hi: intBit}
	if r.exp < tinyExp {
		return one.below()
	}
	return alternating(one, r, 0)
}

// alternating sums first × (1 - r²/(n+1)(n+2) + r⁴/(n+1)(n+2)(n+3)(n+4) - …).
func alternating(first, r wide, n uint64) wide {
	square := r.mul(r).negate()
	sum, term := first, first
	for term.hi != 0 && term.exp > sum.exp-130 {
		term = term.mul(square).over((n + 1) * (n + 2))
		sum = sum.add(term)
		n += 2
	}
	return sum
}

// circle returns sine and cosine of a.
func circle(a F80) (sin, cos wide) {
	r, q := reduce(a)
	sin, cos = wide{}, wide{hi: intBit}
	if r.hi != 0 {
		sin, cos = sine(r), cosine(r)
	}
	if q&1 != 0 {
		sin, cos = cos, sin.negate()
	}
	if q&2 != 0 {
		sin, cos = sin.negate(), cos.negate()
	}
	return sin, cos
}

// angle checks an argument. If done, r is the answer, in range or not as ok says.
func (e *Env) angle(a F80) (r F80, ok, done bool) {
	switch {
	case a.isInf():
		return e.invalid(), true, true
	case !a.isBad() && !a.isNaN() && a.exp() >= bias+63:
		return a, false, true
	}
	r, done = e.checkOne(a)
	return r, true, done
}

// Sin returns the sine of a.
func (e *Env) Sin(a F80) (r F80, ok bool) {
	r, ok, done := e.angle(a)
	switch {
	case done:
		return r, ok
	case a.isZero():
		return a, true
	}
	sin, _ := circle(a)
	return e.fromWide(sin, false), true
}

// Cos returns the cosine of a.
func (e *Env) Cos(a F80) (r F80, ok bool) {
	r, ok, done := e.angle(a)
	switch {
	case done:
		return r, ok
	case a.isZero():
		return One(), true
	}
	_, cos := circle(a)
	return e.fromWide(cos, false), true
}

// SinCos returns sine and cosine of a.
func (e *Env) SinCos(a F80) (s, c F80, ok bool) {
	r, ok, done := e.angle(a)
	switch {
	case done:
		return r, r, ok
	case a.isZero():
		return a, One(), true
	}
	sin, cos := circle(a)
	c = e.fromWide(cos, false)
	return e.fromWide(sin, false), c, true
}

// Tan returns the tangent of a, and 1, which FPTAN pushes; of a NaN, or after an invalid operation, both are
// a NaN.
func (e *Env) Tan(a F80) (t, pushed F80, ok bool) {
	r, ok, done := e.angle(a)
	switch {
	case done:
		return r, r, ok
	case a.isZero():
		return a, One(), true
	}
	sin, cos := circle(a)
	return e.fromWide(sin.div(cos), false), One(), true
}
