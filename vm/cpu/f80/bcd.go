package f80

import "math/bits"

// FromBCD converts 18 packed decimal digits, two a byte from the lowest, and the sign in bit 7 of the last
// byte. Nibbles above 9 count as their value; the manual leaves them undefined.
func FromBCD(b [10]byte) F80 {
	var v int64
	for i := 8; i >= 0; i-- {
		v = v*100 + int64(b[i]>>4)*10 + int64(b[i]&15)
	}
	r := FromInt(v)
	r.SE |= uint16(b[9]&0x80) << 8
	return r
}

// ToBCD rounds a to an integer and converts it to packed decimal. More than 18 digits, NaNs and infinities
// are invalid and give the packed decimal indefinite.
func (e *Env) ToBCD(a F80) [10]byte {
	man, frac, ok := a.split()
	up := ok && frac != 0 && roundsUp(e.mode(), a.sign(), man&1 != 0, frac)
	if up {
		man++
	}
	if !ok || man >= 1e18 {
		e.invalid()
		return [10]byte{7: 0xc0, 8: 0xff, 9: 0xff}
	}
	e.inexact(frac, up)
	var b [10]byte
	for i := range 9 {
		b[i] = byte(man%10 | man/10%10<<4)
		man /= 100
	}
	b[9] = byte(a.sign() >> 8)
	return b
}

// Scale returns a × 2^n, n being b cut to an integer (FSCALE). The precision control has no say.
func (e *Env) Scale(a, b F80) F80 {
	if r, done := e.checkTwo(a, b); done {
		return r
	}
	switch {
	case b.isInf() && b.Neg():
		if a.isInf() {
			return e.invalid()
		}
		return zero(a.sign())
	case b.isInf():
		if a.isZero() {
			return e.invalid()
		}
		return infinity(a.sign())
	case a.isInf(), a.isZero():
		return a
	}
	// Beyond any two exponents' distance, also after the adjustment of an unmasked exception.
	const far = 0x10000
	n := far
	if man, _, ok := b.split(); ok && man < far {
		n = int(man)
	}
	if b.Neg() {
		n = -n
	}
	exp, man := a.parts()
	return e.scaled(a.sign(), exp+n, man)
}

// scaled packs what Scale found. Unmasked exceptions adjust the exponent only where that brings it into
// range.
func (e *Env) scaled(sign uint16, exp int, man uint64) F80 {
	switch {
	case exp >= maxExp+wrapBias && e.Control&Overflow == 0:
		e.Status |= Overflow | Precision | RoundedUp
		return infinity(sign)
	case exp <= -wrapBias && e.Control&Underflow == 0:
		e.Status |= Underflow | Precision
		return zero(sign)
	}
	return e.pack(sign, exp, man, 0, 64)
}

// Extract splits a into its exponent, as a number, and its significand, in [1, 2) with a's sign (FXTRACT).
func (e *Env) Extract(a F80) (exponent, significand F80) {
	if r, done := e.checkOne(a); done {
		return r, r
	}
	switch {
	case a.isInf():
		return infinity(0), a
	case a.isZero():
		e.Status |= ZeroDiv
		return infinity(signBit), a
	}
	exp, man := a.parts()
	return FromInt(int64(exp - bias)), F80{man, a.sign() | bias}
}

// Relation is the outcome of a comparison.
type Relation uint8

// The relations of a to b.
const (
	Greater Relation = iota
	Less
	Equal
	Unordered
)

// Compare compares a with b. Signalling NaNs and unsupported formats are invalid; quiet NaNs only if signal
// is set (FCOM, not FUCOM).
func (e *Env) Compare(a, b F80, signal bool) Relation {
	switch {
	case a.isBad() || b.isBad():
		e.invalid()
		return Unordered
	case a.isNaN() || b.isNaN():
		if signal || a.isSNaN() || b.isSNaN() {
			e.invalid()
		}
		return Unordered
	case a.isDenorm() || b.isDenorm():
		e.Status |= Denormal
	}
	switch d := order(a) - order(b); {
	case d != 0:
		return less(d < 0)
	case a.SE&maxExp == 0 && a.Man == b.Man && a.Man == 0, a == b:
		return Equal
	}
	return compareMagnitudes(a, b)
}

func less(yes bool) Relation {
	if yes {
		return Less
	}
	return Greater
}

// order is the sign of a's value.
func order(a F80) int {
	switch {
	case a.isZero():
		return 0
	case a.Neg():
		return -1
	default:
		return 1
	}
}

// compareMagnitudes compares two numbers of the same sign.
func compareMagnitudes(a, b F80) Relation {
	ea, eb := max(a.exp(), 1), max(b.exp(), 1)
	if ea == eb {
		_, borrow := bits.Sub64(a.Man, b.Man, 0)
		if a.Man == b.Man {
			return Equal
		}
		return less((borrow != 0) != a.Neg())
	}
	return less((ea < eb) != a.Neg())
}
