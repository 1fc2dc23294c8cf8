package f80

// Exp2m1 returns 2^a - 1 (F2XM1), for a from -1 to 1. Outside the manual defines nothing; here the answer is
// a, said to be inexact. So are the exact answers for 1 and -1: the processor computes with a series.
func (e *Env) Exp2m1(a F80) F80 {
	if a.isInf() {
		if a.Neg() {
			return F80{intBit, signBit | bias} // -1
		}
		return a
	}
	if r, done := e.checkOne(a); done {
		return r
	}
	switch x := (F80{a.Man, a.SE & maxExp}); {
	case a.isZero():
		return a
	case a.exp() >= bias && (x != One() || !a.Neg()):
		e.Status |= Precision
		return a
	case x == One():
		e.Status |= Precision
		return F80{intBit, signBit | (bias - 1)} // -1/2
	}
	t := widen80(a).mul(wideLn2)
	sum, term := t, t
	for n := uint64(2); term.hi != 0 && term.exp > sum.exp-130; n++ {
		term = term.mul(t).over(n)
		sum = sum.add(term)
	}
	return e.fromWide(sum, false)
}

// Log2 returns y × log2 x (FYL2X).
func (e *Env) Log2(x, y F80) F80 {
	old := e.Status // an operand's being denormal gives way to what follows from the other
	if r, done := e.checkTwo(x, y); done {
		return r
	}
	sign := y.sign()
	switch {
	case x.isZero() && y.isZero(), x.isInf() && y.isZero(), x.Neg() && !x.isZero(), x == One() && y.isInf():
		e.Status = old
		return e.invalid()
	case x.isZero():
		e.Status = old
		if !y.isInf() {
			e.Status |= ZeroDiv
		}
		return infinity(sign ^ signBit)
	case x.isInf():
		return infinity(sign)
	case y.isInf():
		if x.exp() < bias {
			sign ^= signBit
		}
		return infinity(sign)
	case x == One() || y.isZero():
		if x.exp() < bias {
			sign ^= signBit
		}
		return zero(sign)
	}
	log, exact := log2(widen80(x))
	r := e.fromWide(log.mul(widen80(y)), exact)
	if e.Status |= Precision; r.isDenorm() { // the processor does not know that the result is exact
		e.Status |= Underflow
	}
	return r
}

// log2 is the binary logarithm of x: that of the nearest power of two, and 2 artanh((m-1)/(m+1)) ÷ ln 2 of
// the rest m. It is exact for powers of two.
func log2(x wide) (log wide, exact bool) {
	n := x.exp
	x.exp = 0
	if x.hi >= 0xb504f333f9de6484 { // √2
		x.exp, n = -1, n+1
	}
	one := wide{hi: intBit}
	whole := wideInt(n)
	top := x.add(one.negate())
	if top.hi == 0 {
		return whole, true
	}
	return whole.add(artanhLog(top.div(x.add(one)))), false
}

func wideInt(n int) wide {
	if n == 0 {
		return wide{}
	}
	return widen80(FromInt(int64(n)))
}

// artanhLog is 2 artanh(s) ÷ ln 2.
func artanhLog(s wide) wide {
	square := s.mul(s)
	sum, power := s, s
	for n := uint64(3); ; n += 2 {
		power = power.mul(square)
		if power.hi == 0 || power.exp < sum.exp-130 {
			return sum.mul(twoLog2e)
		}
		sum = sum.add(power.over(n))
	}
}

// Log2p1 returns y × log2(x + 1) (FYL2XP1). The manual defines it for |x| below 1 - √½; here it holds for
// every x above -1, and is invalid for the others.
func (e *Env) Log2p1(x, y F80) F80 {
	old := e.Status
	if r, done := e.checkTwo(x, y); done {
		return r
	}
	sign := x.sign() ^ y.sign()
	minusOne := F80{intBit, signBit | bias}
	switch {
	case x.isZero() && y.isInf(), x.isInf() && (x.Neg() || y.isZero()),
		x.Neg() && x.exp() >= bias && x != minusOne:
		e.Status = old
		return e.invalid()
	case x.isInf(), y.isInf():
		return infinity(sign)
	case x.isZero(), y.isZero():
		return zero(sign)
	case x == minusOne:
		e.Status |= ZeroDiv
		return infinity(sign)
	}
	w, one := widen80(x), wide{hi: intBit}
	if w.exp < -2 {
		s := w.div(w.add(one.shift(1)))
		return e.fromWide(artanhLog(s).mul(widen80(y)), false)
	}
	log, exact := log2(w.add(one))
	return e.fromWide(log.mul(widen80(y)), exact)
}
