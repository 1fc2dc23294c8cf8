package f80

import "math/bits"

// Remainder is what FPREM and FPREM1 find.
type Remainder struct {
	Value    F80
	Quotient uint64 // its three lowest bits are what the status word shows
	Partial  bool   // Value is only nearer to the remainder: the instruction is to be repeated (C2)
}

// Rem returns the remainder of a ÷ b with the quotient rounded towards zero, or for nearest to the nearest
// even integer. It is exact whatever the control word says. Where the exponents are 64 or more apart it
// takes a multiple of b away that brings them nearer.
func (e *Env) Rem(a, b F80, nearest bool) Remainder {
	if a.isInf() && !b.isNaN() || b.isZero() && !a.isNaN() { // the other's being denormal is not noted
		return Remainder{Value: e.invalid()}
	}
	if r, done := e.checkTwo(a, b); done {
		return Remainder{Value: r}
	}
	if a.isZero() {
		return Remainder{Value: a}
	}
	ea, ma := a.parts()
	eb, mb := b.parts()
	d := ea - eb
	if b.isInf() || d < -1 || d < 0 && !nearest {
		return Remainder{Value: e.pack(a.sign(), ea, ma, 0, 64)}
	}
	if d >= 64 {
		n := d&31 | 32 // bits of the quotient found at once: any number from 32 to 63 is right (SDM, FPREM)
		_, rem := divide(ma, uint(n), mb)
		return Remainder{Value: e.remainder(a.sign(), eb+d-n, rem), Partial: true}
	}
	if d < 0 { // only for the nearest quotient, 0 or 1: a is between b/4 and b
		return e.remNear(a.sign(), eb, mb, ma)
	}
	q, rem := divide(ma, uint(d), mb)
	sign := a.sign()
	if nearest && (rem > mb-rem || rem == mb-rem && q&1 != 0) {
		q, rem, sign = q+1, mb-rem, sign^signBit
	}
	return Remainder{Value: e.remainder(sign, eb, rem), Quotient: q}
}

// remNear is Rem for a = ma/2 × 2^eb, b = mb × 2^eb.
func (e *Env) remNear(sign uint16, eb int, mb, ma uint64) Remainder {
	if ma <= mb {
		return Remainder{Value: e.pack(sign, eb-1, ma, 0, 64)}
	}
	lo := mb<<1 - ma // 2·mb - ma, which is below mb
	return Remainder{Value: e.remainder(sign^signBit, eb-1, lo), Quotient: 1}
}

func (e *Env) remainder(sign uint16, exp int, rem uint64) F80 {
	if rem == 0 {
		return zero(sign)
	}
	exp, rem, _ = normalise(exp, rem, 0)
	return e.pack(sign, exp, rem, 0, 64)
}

// divide returns quotient and remainder of a × 2^n ÷ b, for n below 64 and both with bit 63 set. The
// quotient's bit 64 is lost.
func divide(a uint64, n uint, b uint64) (q, rem uint64) {
	var first uint64
	if a >= b {
		first, a = 1, a-b
	}
	q, rem = bits.Div64(a>>1>>(63-n), a<<n, b)
	return first<<n + q, rem
}
