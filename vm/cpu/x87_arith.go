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

// unary replaces ST(0) by a function of it.
func (f *x87) unary(fn func(*f80.Env, f80.F80) f80.F80) {
	if f.empty(0) {
		if f.stackFault(0) {
			f.set(0, f80.Indefinite())
		}
		return
	}
	e := f.env()
	r := fn(&e, f.st(0))
	f.finish(&e, 0, r)
}

// binary replaces ST(0), or with pop 1 both ST(1) and ST(0), by a function of ST(0) and ST(1).
func (f *x87) binary(fn func(e *f80.Env, st0, st1 f80.F80) f80.F80, pop uint8) {
	if f.empty(0) || f.empty(1) {
		if f.stackFault(0) {
			f.set(pop, f80.Indefinite())
			f.pop(int(pop))
		}
		return
	}
	e := f.env()
	r := fn(&e, f.st(0), f.st(1))
	if f.finish(&e, pop, r) {
		f.pop(int(pop))
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

// trig is FSIN and FCOS. An argument out of range sets C2 and stays.
func (f *x87) trig(fn func(*f80.Env, f80.F80) (f80.F80, bool)) {
	f.status &^= fswC2
	f.unary(func(e *f80.Env, a f80.F80) f80.F80 {
		r, ok := fn(e, a)
		if !ok {
			f.status |= fswC2
		}
		return r
	})
}

// trigPush is FPTAN and FSINCOS.
func (f *x87) trigPush(fn func(*f80.Env, f80.F80) (first, pushed f80.F80, ok bool)) {
	f.status &^= fswC2
	if !f.readyToPush() {
		return
	}
	e := f.env()
	first, pushed, ok := fn(&e, f.st(0))
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
