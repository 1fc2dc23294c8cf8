package f80

import "math/bits"

// pack rounds the magnitude man:ext (128 bits, bit 127 set, the last bit sticky) with the biased exponent
// exp to width bits and makes a number of it, with the exceptions that this brings.
//
// Tininess is found after rounding, as if the exponent had no bounds (SDM Vol. 1, 4.9.1.5). A denormal
// result is rounded at the same distance from the exponent's lowest position as a normal one of this width.
func (e *Env) pack(sign uint16, exp int, man, ext uint64, width uint) F80 {
	if exp <= 0 && e.tiny(sign, exp, man, ext, width) {
		if e.Control&Underflow != 0 {
			return e.packDenormal(sign, exp, man, ext, width)
		}
		e.Status |= Underflow
		exp += wrapBias
	}
	m, carry := e.round(sign, man, ext, width)
	if carry {
		m, exp = intBit, exp+1
	}
	if exp >= maxExp {
		e.Status |= Overflow
		if e.Control&Overflow != 0 {
			return e.overflow(sign, width)
		}
		exp -= wrapBias
	}
	return F80{m, sign | uint16(exp)}
}

// tiny reports whether the number lies below the smallest normal one after rounding with unlimited exponent.
func (e *Env) tiny(sign uint16, exp int, man, ext uint64, width uint) bool {
	if exp < 0 {
		return true
	}
	scratch := Env{Control: e.Control}
	_, carry := scratch.round(sign, man, ext, width)
	return !carry
}

func (e *Env) packDenormal(sign uint16, exp int, man, ext uint64, width uint) F80 {
	man, ext = shiftRightJam(man, ext, uint(1-exp))
	old := e.Status
	e.Status &^= Precision
	m, carry := e.round(sign, man, ext, width)
	if carry {
		m = intBit // cannot happen: the shift leaves the top bit clear
	}
	if e.Status&Precision != 0 {
		e.Status |= Underflow
	}
	e.Status |= old
	if m&intBit != 0 {
		return F80{m, sign | 1}
	}
	return F80{m, sign}
}

// overflow returns the masked answer to overflow (SDM Vol. 1, table 4-11).
func (e *Env) overflow(sign uint16, width uint) F80 {
	e.Status |= Precision
	e.Status &^= RoundedUp
	switch m := e.mode(); {
	case m == roundZero, m == roundDown && sign == 0, m == roundUp && sign != 0:
		return F80{^uint64(0) << (64 - width), sign | (maxExp - 1)}
	}
	e.Status |= RoundedUp
	return infinity(sign)
}

// round cuts man:ext to width bits. A carry out of the top leaves m zero.
func (e *Env) round(sign uint16, man, ext uint64, width uint) (m uint64, carry bool) {
	if width < 64 { // bring the bits to be cut into ext
		cut := 64 - width
		low := man << width
		if ext != 0 {
			low |= 1
		}
		man, ext = man>>cut<<cut, low
	}
	if ext == 0 {
		return man, false
	}
	e.Status |= Precision
	unit := uint64(1) << (64 - width)
	if !roundsUp(e.mode(), sign, man&unit != 0, ext) {
		return man, false
	}
	e.Status |= RoundedUp
	m = man + unit
	return m, m < man
}

// roundsUp decides whether a magnitude grows when its fraction frac (in units of 2^-64, not 0) is cut off.
func roundsUp(mode, sign uint16, odd bool, frac uint64) bool {
	switch mode {
	case roundNearest:
		return frac > intBit || frac == intBit && odd
	case roundDown:
		return sign != 0
	case roundUp:
		return sign == 0
	default:
		return false
	}
}

// shiftRightJam shifts hi:lo right by n; what falls out makes the last bit sticky.
func shiftRightJam(hi, lo uint64, n uint) (rhi, rlo uint64) {
	var lost uint64
	switch {
	case n == 0:
		return hi, lo
	case n < 64:
		lost = lo << (64 - n)
		rhi, rlo = hi>>n, hi<<(64-n)|lo>>n
	case n == 64:
		lost = lo
		rlo = hi
	case n < 128:
		lost = hi<<(128-n) | lo
		rlo = hi >> (n - 64)
	default:
		lost = hi | lo
	}
	if lost != 0 {
		rlo |= 1
	}
	return rhi, rlo
}

// normalise shifts hi:lo left until bit 127 is set; hi:lo is not zero.
func normalise(exp int, hi, lo uint64) (int, uint64, uint64) {
	if hi == 0 {
		hi, lo, exp = lo, 0, exp-64
	}
	n := uint(bits.LeadingZeros64(hi))
	return exp - int(n), hi<<n | lo>>(64-n), lo << n
}
