package f80

import (
	"math"
	"math/bits"
)

// format is a binary interchange format of at most 64 bits.
type format struct {
	width uint // of the significand, with the hidden bit
	bias  int
	max   int // exponent of infinities and NaNs
}

func single() format { return format{24, 127, 255} }
func double() format { return format{53, 1023, 2047} }

// FromFloat32 widens the single-precision number with the bits v: exactly, but a signalling NaN is invalid
// and turns quiet, and a denormal is noted.
func (e *Env) FromFloat32(v uint32) F80 {
	x, denormal := Widen32(v)
	return e.Load(x, denormal)
}

// FromFloat64 widens the double-precision number with the bits v; see FromFloat32.
func (e *Env) FromFloat64(v uint64) F80 {
	x, denormal := Widen64(v)
	return e.Load(x, denormal)
}

// Widen32 returns the value of the single-precision number with the bits v as an operation sees it,
// signalling NaNs as they are, and whether v is a denormal, which x no longer is.
func Widen32(v uint32) (x F80, denormal bool) {
	return widen(uint64(v), uint16(v>>16)&signBit, single())
}

// Widen64 is Widen32 for double precision.
func Widen64(v uint64) (x F80, denormal bool) { return widen(v, uint16(v>>48)&signBit, double()) }

func widen(v uint64, sign uint16, f format) (x F80, denormal bool) {
	frac := v << (65 - f.width) >> 1 // below the integer bit
	exp := int(v>>(f.width-1)) & f.max
	switch {
	case exp == f.max:
		return F80{intBit | frac, sign | maxExp}, false
	case exp != 0:
		return F80{intBit | frac, sign | uint16(exp-f.bias+bias)}, false
	case frac == 0:
		return zero(sign), false
	}
	n := bits.LeadingZeros64(frac)
	return F80{frac << n, sign | uint16(1+bias-f.bias-n)}, true
}

// ToFloat32 rounds a to single precision and returns its bits. Where an unmasked overflow or underflow is
// found the result means nothing: the store does not happen.
func (e *Env) ToFloat32(a F80) uint32 {
	if a.isBad() {
		e.invalid()
		return 0xffc00000
	}
	return uint32(a.sign())<<16 | uint32(e.narrow(a, single()))
}

// ToFloat64 rounds a to double precision; see ToFloat32.
func (e *Env) ToFloat64(a F80) uint64 {
	if a.isBad() {
		e.invalid()
		return 0xfff8000000000000
	}
	return uint64(a.sign())<<48 | e.narrow(a, double())
}

// narrow returns the exponent and fraction of a, which is not of an unsupported format, in format f.
func (e *Env) narrow(a F80, f format) uint64 {
	inf := uint64(f.max) << (f.width - 1)
	switch {
	case a.isNaN():
		if a.isSNaN() {
			e.Status |= Invalid
		}
		return inf | (a.Man|quietBit)<<1>>(65-f.width)
	case a.isInf():
		return inf
	case a.isZero():
		return 0
	}
	exp, man := a.parts()
	return e.narrowFinite(a.sign(), exp-bias+f.bias, man, f)
}

func (e *Env) narrowFinite(sign uint16, exp int, man uint64, f format) uint64 {
	var ext uint64
	denormal := exp <= 0 && e.tiny(sign, exp, man, 0, f.width)
	if denormal {
		if e.Control&Underflow == 0 {
			e.Status |= Underflow
			return 0
		}
		man, ext = shiftRightJam(man, 0, uint(1-exp))
		exp = 1
	}
	old := e.Status
	e.Status &^= Precision | RoundedUp
	m, carry := e.round(sign, man, ext, f.width)
	if denormal && e.Status&Precision != 0 {
		e.Status |= Underflow
	}
	if carry {
		m, exp = intBit, exp+1
	}
	if exp >= f.max && e.Control&Overflow == 0 {
		e.Status = old | Overflow // and no word of rounding
		return 0
	}
	e.Status |= old
	if exp >= f.max {
		e.Status |= Overflow
		big := e.overflow(sign, f.width)
		if big.isInf() {
			return uint64(f.max) << (f.width - 1)
		}
		return uint64(f.max)<<(f.width-1) - 1
	}
	// The integer bit adds 1 to the exponent field; without it the number is denormal.
	return uint64(exp-1)<<(f.width-1) + m>>(64-f.width)
}

// Float64 returns the number nearest to x, for showing it.
func (x F80) Float64() float64 {
	e := Env{Control: 0x37f}
	return math.Float64frombits(e.ToFloat64(x))
}
