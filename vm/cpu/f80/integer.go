package f80

import "math/bits"

// FromInt converts an integer, exactly.
func FromInt(v int64) F80 {
	if v == 0 {
		return F80{}
	}
	var sign uint16
	man := uint64(v)
	if v < 0 {
		sign, man = signBit, -man
	}
	n := bits.LeadingZeros64(man)
	return F80{man << n, sign | uint16(bias+63-n)}
}

// ToInt rounds a to an integer of size bits (16, 32 or 64) by the control word's mode. What does not fit, a
// NaN and an infinity are invalid and give the integer indefinite, the most negative one.
func (e *Env) ToInt(a F80, size uint) int64 { return e.toInt(a, size, e.mode()) }

// ToIntTrunc is ToInt with rounding towards zero (FISTTP).
func (e *Env) ToIntTrunc(a F80, size uint) int64 { return e.toInt(a, size, roundZero) }

func (e *Env) toInt(a F80, size uint, mode uint16) int64 {
	least := int64(-1) << (size - 1)
	man, frac, ok := a.split()
	if !ok {
		e.invalid()
		return least
	}
	up := frac != 0 && roundsUp(mode, a.sign(), man&1 != 0, frac)
	if up {
		man++
	}
	limit := uint64(1) << (size - 1) // of the magnitude: below it, or equal when negative
	if man > limit || man == limit && !a.Neg() || up && man == 0 {
		e.invalid()
		return least
	}
	e.inexact(frac, up)
	if a.Neg() {
		return -int64(man)
	}
	return int64(man)
}

// inexact notes that a fraction was cut off.
func (e *Env) inexact(frac uint64, up bool) {
	if frac != 0 {
		e.Status |= Precision
	}
	if up {
		e.Status |= RoundedUp
	}
}

// split returns the magnitude of x as an integer and a fraction in units of 2^-64 (the last bit sticky); ok
// is false for what has no integer part of 64 bits.
func (x F80) split() (man, frac uint64, ok bool) {
	exp := x.exp()
	if x.isBad() || exp > bias+63 {
		return 0, 0, false
	}
	n := uint(bias + 63 - exp)
	if exp == 0 {
		n--
	}
	man, frac = shiftRightJam(x.Man, 0, n)
	return man, frac, true
}

// RoundToInt rounds a to an integral value by the control word's mode (FRNDINT).
func (e *Env) RoundToInt(a F80) F80 {
	if r, done := e.checkOne(a); done {
		return r
	}
	if a.exp() >= bias+63 || a.isZero() {
		return a
	}
	man, frac, _ := a.split()
	up := frac != 0 && roundsUp(e.mode(), a.sign(), man&1 != 0, frac)
	if up {
		man++
	}
	e.inexact(frac, up)
	if man == 0 {
		return zero(a.sign())
	}
	n := bits.LeadingZeros64(man) // man is 2^63 at most
	return F80{man << n, a.sign() | uint16(bias+63-n)}
}
