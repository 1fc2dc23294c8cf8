package cpu

import (
	"encoding/binary"

	"memlab/vm/cpu/f80"
	"memlab/vm/x86"
)

// load80 reads the ten bytes of an extended or packed decimal number, as one access.
func (c *CPU) load80(op *x86.Op, va uint64) (lo, hi uint64) {
	if at, ok := c.find(&c.MMU.Reads, va, 10); ok {
		b := c.MMU.Mem.Bytes[at : at+10]
		return binary.LittleEndian.Uint64(b), uint64(binary.LittleEndian.Uint16(b[8:]))
	}
	return c.loadSlow(op, va, 10)
}

func (c *CPU) store80(op *x86.Op, va, lo, hi uint64) {
	if at, ok := c.find(&c.MMU.Writes, va, 10); ok {
		b := c.MMU.Mem.Bytes[at : at+10]
		binary.LittleEndian.PutUint64(b, lo)
		binary.LittleEndian.PutUint16(b[8:], uint16(hi))
		return
	}
	c.storeSlow(op, va, 10, lo, hi)
}

// x87Load reads a number from memory in the format op.Src.
func (c *CPU) x87Load(op *x86.Op, va uint64) operand {
	switch op.Src {
	case x86.X87Float32:
		v, denormal := f80.Widen32(uint32(c.load32(op, va)))
		return operand{v, denormal}
	case x86.X87Float64:
		v, denormal := f80.Widen64(c.load64(op, va))
		return operand{v, denormal}
	case x86.X87Int16:
		return operand{v: f80.FromInt(int64(int16(c.load16(op, va))))}
	case x86.X87Int32:
		return operand{v: f80.FromInt(int64(int32(c.load32(op, va))))}
	case x86.X87Int64:
		return operand{v: f80.FromInt(int64(c.load64(op, va)))}
	}
	lo, hi := c.load80(op, va)
	if op.Src == x86.X87BCD {
		var b [10]byte
		binary.LittleEndian.PutUint64(b[:], lo)
		binary.LittleEndian.PutUint16(b[8:], uint16(hi))
		return operand{v: f80.FromBCD(b)}
	}
	return operand{v: f80.F80{Man: lo, SE: uint16(hi)}}
}

// load is FLD, FILD and FBLD of a number from memory. A signalling NaN of single or double precision is
// invalid; a denormal is loaded even if its exception is not masked.
func (f *x87) load(op *x86.Op, m operand) {
	if !f.empty(7) {
		f.pushChecked(m.v)
		return
	}
	e := f.env()
	if op.Src == x86.X87Float32 || op.Src == x86.X87Float64 {
		m.v = e.Load(m.v, m.denormal)
	}
	f.note(&e)
	if e.Status&^e.Control&f80.Invalid == 0 {
		f.push(m.v)
	}
}

// pushChecked pushes v unless the stack is full.
func (f *x87) pushChecked(v f80.F80) {
	if !f.empty(7) {
		if f.stackFault(fswC1) {
			f.push(f80.Indefinite())
		}
		return
	}
	f.status &^= fswC1
	f.push(v)
}

// loadReg is FLD ST(i).
func (f *x87) loadReg(i uint8) {
	if f.empty(i) {
		if f.stackFault(0) {
			f.push(f80.Indefinite())
		}
		return
	}
	f.pushChecked(f.st(i))
}

// constant is what FLD1 to FLDZ push.
func (f *x87) constant(i uint8) f80.F80 {
	e := f.env()
	return e.Constant(i)
}

// x87Store is FST, FSTP, FIST, FISTP, FISTTP and FBSTP.
func (c *CPU) x87Store(op *x86.Op, va uint64, trunc bool) {
	f := &c.fpu
	e := f.env()
	var lo, hi uint64
	gone := f.empty(0)
	if gone {
		e.Status = f80.Invalid | fswSF
		scratch := f.env()
		lo, hi = narrow(&scratch, op.Src, f80.Indefinite(), trunc)
	} else {
		lo, hi = narrow(&e, op.Src, f.st(0), trunc)
	}
	if e.Status&^e.Control&(f80.Invalid|f80.Overflow|f80.Underflow) != 0 {
		// Nothing is stored and nothing popped, but the operand must be there.
		if c.canWrite(op, va, uint64(op.Size)) {
			f.note(&e)
		}
		return
	}
	if op.Size == 10 {
		c.store80(op, va, lo, hi)
	} else {
		c.store(op, va, op.Size, lo)
	}
	if c.raised {
		return
	}
	f.note(&e)
	f.pop(op.X87Pops())
}

// narrow converts v to a format of memory.
func narrow(e *f80.Env, format uint8, v f80.F80, trunc bool) (lo, hi uint64) {
	switch format {
	case x86.X87Float32:
		return uint64(e.ToFloat32(v)), 0
	case x86.X87Float64:
		return e.ToFloat64(v), 0
	case x86.X87Float80:
		return v.Man, uint64(v.SE)
	case x86.X87BCD:
		b := e.ToBCD(v)
		return binary.LittleEndian.Uint64(b[:]), uint64(binary.LittleEndian.Uint16(b[8:]))
	}
	size := uint(32)
	switch format {
	case x86.X87Int16:
		size = 16
	case x86.X87Int64:
		size = 64
	}
	if trunc {
		lo = uint64(e.ToIntTrunc(v, size))
	} else {
		lo = uint64(e.ToInt(v, size))
	}
	return lo << (64 - size) >> (64 - size), 0
}

// storeReg is FST and FSTP to a register.
func (f *x87) storeReg(op *x86.Op) {
	if f.empty(0) {
		if f.stackFault(0) {
			f.set(op.Dst, f80.Indefinite())
			f.pop(op.X87Pops())
		}
		return
	}
	f.status &^= fswC1
	f.set(op.Dst, f.st(0))
	f.pop(op.X87Pops())
}

// exchange is FXCH.
func (f *x87) exchange(i uint8) {
	f.status &^= fswC1
	if f.empty(0) || f.empty(i) {
		if !f.stackFault(0) {
			return
		}
		for _, r := range [2]uint8{0, i} {
			if f.empty(r) {
				f.set(r, f80.Indefinite())
			}
		}
	}
	a, b := f.st(0), f.st(i)
	f.set(0, b)
	f.set(i, a)
}

// cmov is FCMOVcc. Empty registers are a stack fault whatever the condition. C1 stays.
func (f *x87) cmov(i uint8, on bool) {
	if f.empty(0) || f.empty(i) {
		if f.stackFault(0) {
			f.set(0, f80.Indefinite())
		}
		return
	}
	if on {
		f.set(0, f.st(i))
	}
}
