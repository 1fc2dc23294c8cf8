package cpu

import "memlab/vm/x86"

// The arithmetic kinds, in the order in which x86 numbers the codes of each form.
const (
	kindFAdd = iota
	kindFMul
	kindFSub
	kindFMin
	kindFDiv
	kindFMax
	kindFSqrt
)

// signal enters what an instruction reported into MXCSR. If one of the exceptions is not masked it raises
// #XM and returns true: the instruction then must not change its destination. Exceptions that are found
// before computing keep those of the result from being found (SDM Vol. 1, 11.5.2).
func (c *CPU) signal(flags uint32) bool {
	unmasked := flags &^ (c.MXCSR >> mxMaskShift) & mxFlags
	if unmasked&mxPre != 0 {
		flags &= mxPre
	}
	c.MXCSR |= flags
	if unmasked != 0 {
		c.raise(SIMDError, 0)
		return true
	}
	return false
}

// execFloat executes arithmetic and comparisons.
func (c *CPU) execFloat(op *x86.Op) {
	switch code := op.Code; {
	case code < x86.AddSS:
		c.scalar64(op)
	case code < x86.AddPD:
		c.scalar32(op)
	case code < x86.RcpSS:
		c.packed(op)
	case code == x86.ComISD:
		c.compare64(op)
	case code == x86.ComISS:
		c.compare32(op)
	default:
		c.execFloatRare(op)
	}
}

func (c *CPU) scalar64(op *x86.Op) {
	s := c.X[op.Src&15].Lo
	if op.Flags&x86.FlagMem != 0 {
		s = c.load64(op, c.ea(op))
		if c.raised {
			return
		}
	}
	d := &c.X[op.Dst&15].Lo
	r, flags := arith64(int(op.Code-x86.AddSD), c.MXCSR, *d, s)
	if flags != 0 && c.signal(flags) {
		return
	}
	*d = r
}

func (c *CPU) scalar32(op *x86.Op) {
	s := c.X[op.Src&15].Lo & 0xffffffff
	if op.Flags&x86.FlagMem != 0 {
		s = c.load32(op, c.ea(op))
		if c.raised {
			return
		}
	}
	d := &c.X[op.Dst&15].Lo
	r, flags := arith32(int(op.Code-x86.AddSS), c.MXCSR, *d&0xffffffff, s)
	if flags != 0 && c.signal(flags) {
		return
	}
	*d = *d&^0xffffffff | r
}

func (c *CPU) packed(op *x86.Op) {
	s := c.vecSrc(op)
	if c.raised {
		return
	}
	d := &c.X[op.Dst&15]
	var r Vec
	var flags uint32
	if op.Code < x86.AddPS {
		r, flags = packed64(int(op.Code-x86.AddPD), c.MXCSR, *d, s)
	} else {
		r, flags = packed32(int(op.Code-x86.AddPS), c.MXCSR, *d, s)
	}
	if flags != 0 && c.signal(flags) {
		return
	}
	*d = r
}

func arith64(kind int, mx uint32, a, b uint64) (r uint64, flags uint32) {
	switch kind {
	case kindFAdd:
		return add64(mx, a, b)
	case kindFMul:
		return mul64(mx, a, b)
	case kindFSub:
		return sub64(mx, a, b)
	case kindFDiv:
		return div64(mx, a, b)
	case kindFSqrt:
		return sqrt64(mx, b)
	case kindFMin:
		return double.lesser(mx, a, b)
	default:
		return double.greater(mx, a, b)
	}
}

// arith32 computes with singles in the low halves of a and b; the high halves are 0.
func arith32(kind int, mx uint32, a, b uint64) (r uint64, flags uint32) {
	switch kind {
	case kindFAdd:
		return add32(mx, a, b)
	case kindFMul:
		return mul32(mx, a, b)
	case kindFSub:
		return sub32(mx, a, b)
	case kindFDiv:
		return div32(mx, a, b)
	case kindFSqrt:
		return sqrt32(mx, b)
	case kindFMin:
		return single.lesser(mx, a, b)
	default:
		return single.greater(mx, a, b)
	}
}

func packed64(kind int, mx uint32, a, b Vec) (r Vec, flags uint32) {
	var f uint32
	r.Lo, flags = arith64(kind, mx, a.Lo, b.Lo)
	r.Hi, f = arith64(kind, mx, a.Hi, b.Hi)
	return r, flags | f
}

func packed32(kind int, mx uint32, a, b Vec) (r Vec, flags uint32) {
	var f uint32
	r.Lo, flags = pair32(kind, mx, a.Lo, b.Lo)
	r.Hi, f = pair32(kind, mx, a.Hi, b.Hi)
	return r, flags | f
}

// pair32 computes with both singles of a lane.
func pair32(kind int, mx uint32, a, b uint64) (r uint64, flags uint32) {
	lo, f1 := arith32(kind, mx, a&0xffffffff, b&0xffffffff)
	hi, f2 := arith32(kind, mx, a>>32, b>>32)
	return lo | hi<<32, f1 | f2
}

// compare64 is COMISD and, with op.Cond 1, UCOMISD.
func (c *CPU) compare64(op *x86.Op) {
	b := c.X[op.Src&15].Lo
	if op.Flags&x86.FlagMem != 0 {
		b = c.load64(op, c.ea(op))
		if c.raised {
			return
		}
	}
	a := c.X[op.Dst&15].Lo
	if plain64(a) && plain64(b) {
		c.setOrder(f64(a) < f64(b), f64(a) == f64(b))
		return
	}
	c.compareOrdered(double, op, a, b)
}

// compare32 is COMISS and, with op.Cond 1, UCOMISS.
func (c *CPU) compare32(op *x86.Op) {
	b := c.X[op.Src&15].Lo & 0xffffffff
	if op.Flags&x86.FlagMem != 0 {
		b = c.load32(op, c.ea(op))
		if c.raised {
			return
		}
	}
	a := c.X[op.Dst&15].Lo & 0xffffffff
	if plain32(a) && plain32(b) {
		c.setOrder(f32(a) < f32(b), f32(a) == f32(b))
		return
	}
	c.compareOrdered(single, op, a, b)
}

// setOrder sets the flags for operands that are not NaN.
func (c *CPU) setOrder(less, equal bool) {
	var v uint64
	if less {
		v = flagCF
	}
	if equal {
		v = flagZF
	}
	c.flags.setStatus(v)
}

func (c *CPU) compareOrdered(f float, op *x86.Op, a, b uint64) {
	a, b = f.daz(c.MXCSR, a), f.daz(c.MXCSR, b)
	if f.isNaN(a) || f.isNaN(b) {
		report := op.Cond == 0 || f.isSignalling(a) || f.isSignalling(b)
		if report && c.signal(mxIE) {
			return
		}
		c.flags.setStatus(flagCF | flagPF | flagZF)
		return
	}
	if flags := f.denormal(a, b); flags != 0 && c.signal(flags) {
		return
	}
	o := f.order(a, b)
	c.setOrder(o < 0, o == 0)
}

// order compares numbers that are not NaN: -1, 0 or 1.
func (f float) order(a, b uint64) int {
	if f.isZero(a) && f.isZero(b) || a == b {
		return 0
	}
	less := a < b // of positive numbers
	if a&f.signBit() != 0 || b&f.signBit() != 0 {
		less = a > b // the bits of a negative number are the larger ones, always
	}
	if less {
		return -1
	}
	return 1
}

// lesser is MIN: the second operand unless the first is less.
func (f float) lesser(mx uint32, a, b uint64) (r uint64, flags uint32) {
	a, b = f.daz(mx, a), f.daz(mx, b)
	if f.isNaN(a) || f.isNaN(b) {
		return b, mxIE
	}
	if f.order(a, b) < 0 {
		return a, f.denormal(a, b)
	}
	return b, f.denormal(a, b)
}

// greater is MAX: the second operand unless the first is greater.
func (f float) greater(mx uint32, a, b uint64) (r uint64, flags uint32) {
	a, b = f.daz(mx, a), f.daz(mx, b)
	if f.isNaN(a) || f.isNaN(b) {
		return b, mxIE
	}
	if f.order(a, b) > 0 {
		return a, f.denormal(a, b)
	}
	return b, f.denormal(a, b)
}

// holds reports whether predicate (0 EQ, 1 LT, 2 LE, 3 UNORD, 4 to 7 their negations) holds. LT and LE and
// their negations report quiet NaNs too.
func (f float) holds(mx uint32, predicate uint8, a, b uint64) (holds bool, flags uint32) {
	a, b = f.daz(mx, a), f.daz(mx, b)
	negated := predicate&4 != 0
	if f.isNaN(a) || f.isNaN(b) {
		if predicate&3 == 1 || predicate&3 == 2 || f.isSignalling(a) || f.isSignalling(b) {
			flags = mxIE
		}
		return (predicate&3 == 3) != negated, flags
	}
	switch o := f.order(a, b); predicate & 3 {
	case 0:
		holds = o == 0
	case 1:
		holds = o < 0
	case 2:
		holds = o <= 0
	}
	return holds != negated, f.denormal(a, b)
}
