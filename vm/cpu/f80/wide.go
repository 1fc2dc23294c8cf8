package f80

import "math/bits"

// wide is a number with 128 bits: hi:lo ÷ 2^127 × 2^exp, and bit 63 of hi set; hi is 0 for zero. Its
// operations cut off what does not fit, which leaves errors of a few units of 2^-127 to a series: far below
// the 64 bits that count.
type wide struct {
	neg    bool
	exp    int
	hi, lo uint64
}

func widen80(a F80) wide {
	exp, man := a.parts()
	return wide{neg: a.Neg(), exp: exp - bias, hi: man}
}

// fromWide rounds w, which is not zero, to a number. Its true value is a little more than w's unless exact.
func (e *Env) fromWide(w wide, exact bool) F80 {
	var sign uint16
	if w.neg {
		sign = signBit
	}
	if !exact {
		w.lo |= 1
	}
	return e.pack(sign, w.exp+bias, w.hi, w.lo, 64)
}

func (w wide) negate() wide {
	w.neg = !w.neg
	return w
}

func (w wide) abs() wide {
	w.neg = false
	return w
}

// shift returns w × 2^n.
func (w wide) shift(n int) wide {
	w.exp += n
	return w
}

// below returns the next smaller magnitude, for a result that is known to be a little less than w.
func (w wide) below() wide {
	if w.lo == 0 {
		w.hi--
	}
	w.lo--
	if w.hi&intBit == 0 {
		w.exp, w.hi, w.lo = w.exp-1, w.hi<<1|w.lo>>63, w.lo<<1|1
	}
	return w
}

func (w wide) mul(v wide) wide {
	if w.hi == 0 || v.hi == 0 {
		return wide{}
	}
	hi, mid := bits.Mul64(w.hi, v.hi)
	c1, l1 := bits.Mul64(w.hi, v.lo)
	c2, l2 := bits.Mul64(w.lo, v.hi)
	_, carry := bits.Add64(l1, l2, 0)
	mid, c := bits.Add64(mid, c1, carry)
	hi += c
	mid, c = bits.Add64(mid, c2, 0)
	hi += c
	r := wide{w.neg != v.neg, w.exp + v.exp + 1, hi, mid}
	if hi&intBit == 0 {
		r.exp, r.hi, r.lo = r.exp-1, hi<<1|mid>>63, mid<<1
	}
	return r
}

func (w wide) add(v wide) wide {
	switch {
	case w.hi == 0:
		return v
	case v.hi == 0:
		return w
	}
	if w.exp < v.exp || w.exp == v.exp && (w.hi < v.hi || w.hi == v.hi && w.lo < v.lo) {
		w, v = v, w
	}
	hi, lo := shiftRight(v.hi, v.lo, uint(w.exp-v.exp))
	var c uint64
	if w.neg == v.neg {
		w.lo, c = bits.Add64(w.lo, lo, 0)
		w.hi, c = bits.Add64(w.hi, hi, c)
		if c != 0 {
			w.exp, w.hi, w.lo = w.exp+1, w.hi>>1|intBit, w.lo>>1|w.hi<<63
		}
		return w
	}
	w.lo, c = bits.Sub64(w.lo, lo, 0)
	w.hi, _ = bits.Sub64(w.hi, hi, c)
	if w.hi|w.lo == 0 {
		return wide{}
	}
	w.exp, w.hi, w.lo = normalise(w.exp, w.hi, w.lo)
	return w
}

// over returns w ÷ n for a small positive n.
func (w wide) over(n uint64) wide {
	if w.hi == 0 {
		return w
	}
	hi, rem := w.hi/n, w.hi%n
	lo, rem := bits.Div64(rem, w.lo, n)
	low, _ := bits.Div64(rem, 0, n) // bits to move in from below
	s := uint(bits.LeadingZeros64(hi))
	w.exp -= int(s)
	w.hi, w.lo = hi<<s|lo>>(64-s), lo<<s|low>>(64-s)
	return w
}

// div returns w ÷ v, by long division; v is not zero.
func (w wide) div(v wide) wide {
	if w.hi == 0 {
		return wide{}
	}
	r := wide{neg: w.neg != v.neg, exp: w.exp - v.exp}
	hi, lo, top := w.hi, w.lo, uint64(0)
	if hi < v.hi || hi == v.hi && lo < v.lo {
		r.exp--
		top, hi, lo = hi>>63, hi<<1|lo>>63, lo<<1
	}
	for range 128 {
		r.hi, r.lo = r.hi<<1|r.lo>>63, r.lo<<1
		if top != 0 || hi > v.hi || hi == v.hi && lo >= v.lo {
			var b uint64
			lo, b = bits.Sub64(lo, v.lo, 0)
			hi, _ = bits.Sub64(hi, v.hi, b)
			r.lo |= 1
		}
		top, hi, lo = hi>>63, hi<<1|lo>>63, lo<<1
	}
	return r
}

func shiftRight(hi, lo uint64, n uint) (rhi, rlo uint64) {
	if n >= 64 {
		hi, lo, n = 0, hi, n-64
	}
	return hi >> n, lo>>n | hi<<(64-n)
}
