package cpu

import (
	"memlab/vm/cpu/f80"
	"memlab/vm/x86"
)

// conditions is what a comparison says in C0, C2 and C3.
func conditions(r f80.Relation) uint16 {
	switch r {
	case f80.Greater:
		return 0
	case f80.Less:
		return fswC0
	case f80.Equal:
		return fswC3
	default:
		return fswConds
	}
}

// compared ends a comparison. An exception that is not masked keeps the registers, but the conditions are
// set.
func (f *x87) compared(e *f80.Env, r f80.Relation, pops int) {
	f.note(e)
	f.setConds(fswConds, conditions(r))
	if !e.Stopped() {
		f.pop(pops)
	}
}

// compareEmpty is a comparison with an empty register.
func (f *x87) compareEmpty(pops int) {
	f.setConds(fswConds, fswConds)
	if f.stackFault(0) {
		f.pop(pops)
	}
}

// compare is FCOM and FUCOM with registers.
func (f *x87) compare(op *x86.Op, signal bool) {
	if f.empty(0) || f.empty(op.Src) {
		f.compareEmpty(op.X87Pops())
		return
	}
	e := f.env()
	r := e.Compare(f.st(0), f.st(op.Src), signal)
	f.compared(&e, r, op.X87Pops())
}

// compareMem is FCOM and FICOM with an operand in memory.
func (f *x87) compareMem(op *x86.Op, m operand) {
	if f.empty(0) {
		f.compareEmpty(op.X87Pops())
		return
	}
	e := f.env()
	a := f.st(0)
	r := e.Compare(a, m.v, true)
	m.noteDenormal(&e, a)
	f.compared(&e, r, op.X87Pops())
}

// test is FTST.
func (f *x87) test() {
	if f.empty(0) {
		f.compareEmpty(0)
		return
	}
	e := f.env()
	r := e.Compare(f.st(0), f80.F80{}, true)
	f.compared(&e, r, 0)
}

// x87Comi is FCOMI and FUCOMI, which answer in ZF, PF and CF.
func (c *CPU) x87Comi(op *x86.Op, signal bool) {
	f := &c.fpu
	r := f80.Unordered
	var pop bool
	if f.empty(0) || f.empty(op.Src) {
		pop = f.stackFault(0)
	} else {
		e := f.env()
		r = e.Compare(f.st(0), f.st(op.Src), signal)
		f.note(&e)
		pop = !e.Stopped()
	}
	all := r == f80.Unordered
	c.setFlags(all || r == f80.Less, all, false, all || r == f80.Equal, false, false)
	if pop {
		f.pop(op.X87Pops())
	}
}

// examine is FXAM. C1 is the sign, also of an empty register.
func (f *x87) examine() {
	v := f.st(0)
	var w uint16
	switch v.Class() {
	case f80.ClassNaN:
		w = fswC0
	case f80.ClassNormal:
		w = fswC2
	case f80.ClassInfinity:
		w = fswC2 | fswC0
	case f80.ClassZero:
		w = fswC3
	case f80.ClassDenormal:
		w = fswC3 | fswC2
	case f80.ClassUnsupported:
		w = 0
	}
	if f.empty(0) {
		w = fswC3 | fswC0
	}
	if v.Neg() {
		w |= fswC1
	}
	f.setConds(fswConds|fswC1, w)
}

// x87Cond is the condition of FCMOVcc, numbered as those of Jcc: 2 B, 4 E, 6 BE, 10 P, and their opposites.
func (c *CPU) x87Cond(cond uint8) bool {
	var on bool
	switch cond &^ 1 {
	case 2:
		on = c.flags.cf()
	case 4:
		on = c.flags.zf()
	case 6:
		on = c.flags.cf() || c.flags.zf()
	default:
		on = c.flags.pf()
	}
	return on != (cond&1 != 0)
}
