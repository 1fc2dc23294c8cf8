package f80

// Atan returns the angle of the point (x, y), from -pi to pi (FPATAN: x is ST(0), y is ST(1)).
func (e *Env) Atan(x, y F80) F80 {
	if r, done := e.checkTwo(x, y); done {
		return r
	}
	var angle wide
	switch {
	case y.isZero() && !x.Neg(), x.isInf() && !x.Neg() && !y.isInf():
		return zero(y.sign())
	case y.isZero(), x.isInf() && !y.isInf():
		angle = widePi
	case x.isZero(), y.isInf() && !x.isInf():
		angle = wideHalfPi
	case x.isInf() && x.Neg():
		angle = widePi.add(arctangents[16].negate())
	case x.isInf():
		angle = arctangents[16]
	default:
		angle = quotientAngle(widen80(x), widen80(y).abs())
	}
	angle.neg = y.Neg()
	return e.fromWide(angle, false)
}

// quotientAngle is the angle of (x, y) for y above 0 and x not 0.
func quotientAngle(x, y wide) wide {
	left := x.neg
	x.neg = false
	steep := y.add(x.negate())
	var a wide
	if steep.hi != 0 && !steep.neg {
		a = wideHalfPi.add(arctan(x.div(y)).negate())
	} else {
		a = arctan(y.div(x))
	}
	if left {
		return widePi.add(a.negate())
	}
	return a
}

// arctan is the arctangent of t, from 0 to 1: that of the nearest sixteenth c, and that of (t-c)/(1+tc) by
// its series.
func arctan(t wide) wide {
	if t.exp < tinyExp {
		return t.below()
	}
	var i uint64
	if t.exp >= -5 {
		i = (t.hi>>(58-t.exp) + 1) >> 1 // t.hi is t × 2^(63-exp); one bit behind the sixteenths rounds
	}
	if i == 0 {
		return arctanSeries(t)
	}
	c := wideInt(int(i)).shift(-4)
	one := wide{hi: intBit}
	rest := t.add(c.negate()).div(one.add(t.mul(c)))
	return arctangents[i].add(arctanSeries(rest))
}

func arctanSeries(t wide) wide {
	if t.hi == 0 {
		return t
	}
	square := t.mul(t).negate()
	sum, power := t, t
	for n := uint64(3); ; n += 2 {
		power = power.mul(square)
		if power.hi == 0 || power.exp < sum.exp-130 {
			return sum
		}
		sum = sum.add(power.over(n))
	}
}
