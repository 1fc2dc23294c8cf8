package cpu

import (
	"memlab/vm/cpu/f80"
	"memlab/vm/x86"
)

// operand is a number from memory. A denormal of a narrower format is a normal F80, and what it was must be
// kept.
type operand struct {
	v        f80.F80
	denormal bool
}

// basic does the operation with the number that stands in ModRM: /4 and /6 have a first, /5 and /7 b.
func basic(e *f80.Env, code uint8, a, b f80.F80) f80.F80 {
	switch code {
	case 0:
		return e.Add(a, b)
	case 1:
		return e.Mul(a, b)
	case 4:
		return e.Sub(a, b)
	case 5:
		return e.Sub(b, a)
	case 6:
		return e.Div(a, b)
	default:
		return e.Div(b, a)
	}
}

// finish notes what an operation found, and puts its result into ST(i) unless an exception stops that. It
// reports whether the instruction may pop.
func (f *x87) finish(e *f80.Env, i uint8, r f80.F80) bool {
	if e.Stopped() {
		e.Status &= f80.Invalid | f80.Denormal | f80.ZeroDiv
		f.note(e)
		return false
	}
	f.note(e)
	f.set(i, r)
	return true
}

// arith is FADD to FDIVR with registers.
func (f *x87) arith(op *x86.Op) {
	other := op.Src | op.Dst // one of them is 0
	if f.empty(0) || f.empty(other) {
		if f.stackFault(0) {
			f.set(op.Dst, f80.Indefinite())
			f.pop(op.X87Pops())
		}
		return
	}
	e := f.env()
	r := basic(&e, op.Cond, f.st(0), f.st(other))
	if f.finish(&e, op.Dst, r) {
		f.pop(op.X87Pops())
	}
}

// arithMem is FADD to FDIVR with an operand in memory.
func (f *x87) arithMem(code uint8, m operand) {
	if f.empty(0) {
		if f.stackFault(0) {
			f.set(0, f80.Indefinite())
		}
		return
	}
	e := f.env()
	a := f.st(0)
	r := basic(&e, code, a, m.v)
	m.noteDenormal(&e, a)
	f.finish(&e, 0, r)
}

// noteDenormal adds the exception that the operand's format hid from an operation with a. It gives way to a
// NaN, an invalid operation and a division by zero.
func (m operand) noteDenormal(e *f80.Env, a f80.F80) {
	if m.denormal && e.Status&(f80.Invalid|f80.ZeroDiv) == 0 && a.Class() != f80.ClassNaN {
		e.Status |= f80.Denormal
	}
}

// unary replaces ST(0) by a function of it. An angle out of range sets C2 and stays.
func (f *x87) unary(code x86.Code) {
	if code == x86.X87Sin || code == x86.X87Cos {
		f.status &^= fswC2
	}
	if f.empty(0) {
		if f.stackFault(0) {
			f.set(0, f80.Indefinite())
		}
		return
	}
	e := f.env()
	r, ok := f.st(0), true
	switch code {
	case x86.X87Sqrt:
		r = e.Sqrt(r)
	case x86.X87Rndint:
		r = e.RoundToInt(r)
	case x86.X87F2xm1:
		r = e.Exp2m1(r)
	case x86.X87Sin:
		r, ok = e.Sin(r)
	default:
		r, ok = e.Cos(r)
	}
	if !ok {
		f.status |= fswC2
	}
	f.finish(&e, 0, r)
}

// binary replaces ST(0) and ST(1), with FSCALE ST(0) alone, by a function of both.
func (f *x87) binary(code x86.Code) {
	to := uint8(1)
	if code == x86.X87Scale {
		to = 0
	}
	if f.empty(0) || f.empty(1) {
		if f.stackFault(0) {
			f.set(to, f80.Indefinite())
			f.pop(int(to))
		}
		return
	}
	e := f.env()
	a, b := f.st(0), f.st(1)
	var r f80.F80
	switch code {
	case x86.X87Scale:
		r = e.Scale(a, b)
	case x86.X87Yl2x:
		r = e.Log2(a, b)
	case x86.X87Yl2xp1:
		r = e.Log2p1(a, b)
	default:
		r = e.Atan(a, b)
	}
	if f.finish(&e, to, r) {
		f.pop(int(to))
	}
}

// remainder is FPREM and FPREM1: the quotient's lowest bits go to C0 C3 C1.
func (f *x87) remainder(nearest bool) {
	f.status &^= fswC2
	if f.empty(0) || f.empty(1) {
		if f.stackFault(0) {
			f.set(0, f80.Indefinite())
		}
		return
	}
	e := f.env()
	r := e.Rem(f.st(0), f.st(1), nearest)
	e.Status &^= f80.RoundedUp
	if !f.finish(&e, 0, r.Value) {
		return
	}
	if r.Value.Class() != f80.ClassNaN { // else there is no quotient
		q := uint16(r.Quotient)
		f.setConds(fswConds|fswC1, q&1<<9|q&2<<13|q&4<<6)
	}
	if r.Partial {
		f.status |= fswC2
	}
}

// extract is FXTRACT.
func (f *x87) extract() {
	if !f.readyToPush() {
		return
	}
	e := f.env()
	exponent, significand := e.Extract(f.st(0))
	if f.finish(&e, 0, exponent) {
		f.push(significand)
	}
}

// readyToPush checks that ST(0) is there and ST(7) is not, for an instruction that makes two numbers of one.
// If it is not so and masked, both become the default NaN.
func (f *x87) readyToPush() bool {
	var up uint16
	switch {
	case f.empty(0):
	case !f.empty(7):
		up = fswC1
	default:
		return true
	}
	if f.stackFault(up) {
		f.set(0, f80.Indefinite())
		f.push(f80.Indefinite())
	}
	return false
}

// trigPush is FPTAN and FSINCOS. An angle out of range sets C2 and stays.
func (f *x87) trigPush(code x86.Code) {
	f.status &^= fswC2
	if !f.readyToPush() {
		return
	}
	e := f.env()
	var first, pushed f80.F80
	var ok bool
	if code == x86.X87Ptan {
		first, pushed, ok = e.Tan(f.st(0))
	} else {
		first, pushed, ok = e.SinCos(f.st(0))
	}
	if !ok {
		f.status = f.status&^fswC1 | fswC2
		return
	}
	if f.finish(&e, 0, first) {
		f.push(pushed)
	}
}

// signOp is FCHS and FABS: no exception but an empty register.
func (f *x87) signOp(flip, reset uint16) {
	if f.empty(0) {
		if f.stackFault(0) {
			f.set(0, f80.Indefinite())
		}
		return
	}
	v := f.st(0)
	v.SE = v.SE&^reset ^ flip
	f.set(0, v)
	f.status &^= fswC1
}
