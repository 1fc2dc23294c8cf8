package f80

import (
	"math"
	"math/bits"
)

// Add returns a + b, rounded to the precision of the control word.
func (e *Env) Add(a, b F80) F80 { return e.add(a, b, 0) }

// Sub returns a - b, rounded to the precision of the control word.
func (e *Env) Sub(a, b F80) F80 { return e.add(a, b, signBit) }

// add returns a + b, with b's sign changed by flip (a NaN keeps its sign).
func (e *Env) add(a, b F80, flip uint16) F80 {
	if r, done := e.checkTwo(a, b); done {
		return r
	}
	b.SE ^= flip
	switch {
	case a.isInf() && b.isInf() && a.SE != b.SE:
		return e.invalid()
	case a.isInf():
		return a
	case b.isInf():
		return b
	}
	if a.sign() == b.sign() {
		return e.addMagnitudes(a, b)
	}
	return e.subMagnitudes(a, b)
}

// zeroSum is the sign of a sum that is exactly zero though its terms' signs differ.
func (e *Env) zeroSum() F80 {
	if e.mode() == roundDown {
		return zero(signBit)
	}
	return zero(0)
}

func (e *Env) addMagnitudes(a, b F80) F80 {
	ea, ma := a.parts()
	eb, mb := b.parts()
	switch {
	case ma == 0 && mb == 0:
		return zero(a.sign())
	case ma == 0:
		return e.pack(a.sign(), eb, mb, 0, e.bits())
	case mb == 0:
		return e.pack(a.sign(), ea, ma, 0, e.bits())
	}
	if ea < eb {
		ea, ma, eb, mb = eb, mb, ea, ma
	}
	hi, lo := shiftRightJam(mb, 0, uint(ea-eb))
	sum, carry := bits.Add64(ma, hi, 0)
	if carry != 0 {
		sum, lo = shiftRightJam(sum, lo, 1)
		sum |= intBit
		ea++
	}
	return e.pack(a.sign(), ea, sum, lo, e.bits())
}

func (e *Env) subMagnitudes(a, b F80) F80 {
	ea, ma := a.parts()
	eb, mb := b.parts()
	switch {
	case ma == 0 && mb == 0, ma == mb && ea == eb:
		return e.zeroSum()
	case ma == 0:
		return e.pack(b.sign(), eb, mb, 0, e.bits())
	case mb == 0:
		return e.pack(a.sign(), ea, ma, 0, e.bits())
	}
	sign := a.sign()
	if ea < eb || ea == eb && ma < mb {
		ea, ma, eb, mb = eb, mb, ea, ma
		sign ^= signBit
	}
	hi, lo := shiftRightJam(mb, 0, uint(ea-eb))
	dlo, borrow := bits.Sub64(0, lo, 0)
	dhi, _ := bits.Sub64(ma, hi, borrow)
	ea, dhi, dlo = normalise(ea, dhi, dlo)
	return e.pack(sign, ea, dhi, dlo, e.bits())
}

// Mul returns a × b, rounded to the precision of the control word.
func (e *Env) Mul(a, b F80) F80 {
	if r, done := e.checkTwo(a, b); done {
		return r
	}
	sign := a.sign() ^ b.sign()
	switch {
	case a.isInf() && b.isZero(), a.isZero() && b.isInf():
		return e.invalid()
	case a.isInf(), b.isInf():
		return infinity(sign)
	case a.isZero(), b.isZero():
		return zero(sign)
	}
	ea, ma := a.parts()
	eb, mb := b.parts()
	hi, lo := bits.Mul64(ma, mb)
	exp, hi, lo := normalise(ea+eb-bias+1, hi, lo)
	return e.pack(sign, exp, hi, lo, e.bits())
}

// Div returns a ÷ b, rounded to the precision of the control word. A denormal divided by zero is a division
// by zero only.
func (e *Env) Div(a, b F80) F80 {
	if b.isZero() && a.isDenorm() {
		e.Status |= ZeroDiv
		return infinity(a.sign() ^ b.sign())
	}
	if r, done := e.checkTwo(a, b); done {
		return r
	}
	sign := a.sign() ^ b.sign()
	switch {
	case a.isInf() && b.isInf(), a.isZero() && b.isZero():
		return e.invalid()
	case a.isInf():
		return infinity(sign)
	case b.isInf():
		return zero(sign)
	case b.isZero():
		e.Status |= ZeroDiv
		return infinity(sign)
	case a.isZero():
		return zero(sign)
	}
	ea, ma := a.parts()
	eb, mb := b.parts()
	exp := ea - eb + bias
	hi, lo := ma, uint64(0)
	if ma >= mb {
		hi, lo = ma>>1, ma<<63
	} else {
		exp--
	}
	q, rem := bits.Div64(hi, lo, mb)
	ext, rem := bits.Div64(rem, 0, mb)
	if rem != 0 {
		ext |= 1
	}
	return e.pack(sign, exp, q, ext, e.bits())
}

// Sqrt returns the square root of a, rounded to the precision of the control word.
func (e *Env) Sqrt(a F80) F80 {
	switch {
	case a.isBad():
		return e.invalid()
	case a.isZero(), a.isInf() && !a.Neg():
		return a
	case a.Neg() && !a.isNaN():
		return e.invalid()
	}
	if r, done := e.checkOne(a); done {
		return r
	}
	exp, man := a.parts()
	exp -= bias
	hi, lo := man>>1, man<<63
	if exp&1 != 0 {
		hi, lo = man, 0
	}
	root, above, exact := sqrt128(hi, lo)
	var ext uint64
	if above {
		ext = intBit
	}
	if !exact {
		ext |= 1
	}
	return e.pack(0, exp>>1+bias, root, ext, e.bits())
}

// sqrt128 returns the integer square root of hi:lo, which is at least 2^126, whether the fraction cut off
// lies above one half, and whether there is none.
func sqrt128(hi, lo uint64) (root uint64, above, exact bool) {
	root = ^uint64(0)
	if f := math.Sqrt(float64(hi)) * (1 << 32); f < 1<<64 {
		root = uint64(f)
	}
	root = max(root, hi) // the root is not below hi, nor may the divisor be
	if root == hi && root != ^uint64(0) {
		root++
	}
	if root > hi {
		q, _ := bits.Div64(hi, lo, root) // one step of Newton's method: 52 good bits become 64
		sum, carry := bits.Add64(root, q, 0)
		root = sum>>1 | carry<<63
	}
	for {
		shi, slo := bits.Mul64(root, root)
		rlo, borrow := bits.Sub64(lo, slo, 0)
		rhi, borrow := bits.Sub64(hi, shi, borrow)
		switch {
		case borrow != 0:
			root--
		case rhi > 1, rhi == 1 && rlo > root<<1: // more than 2·root, which has 65 bits
			root++
		default:
			return root, rhi != 0 || rlo > root, rhi|rlo == 0
		}
	}
}
