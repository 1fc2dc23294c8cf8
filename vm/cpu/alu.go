package cpu

import "memlab/vm/x86"

// reg is the low size bytes of register r, zero-extended.
func (c *CPU) reg(r, size uint8) uint64 {
	switch size {
	case 8:
		return c.Regs[r]
	case 4:
		return uint64(uint32(c.Regs[r]))
	case 2:
		return uint64(uint16(c.Regs[r]))
	}
	if r >= x86.AH {
		return uint64(uint8(c.Regs[r-x86.AH] >> 8))
	}
	return uint64(uint8(c.Regs[r]))
}

// setReg writes the low size bytes of register r. A 4-byte result clears the upper half; shorter ones keep
// the rest (Intel SDM Vol. 1, 3.4.1.1).
func (c *CPU) setReg(r, size uint8, v uint64) {
	switch size {
	case 8:
		c.Regs[r] = v
	case 4:
		c.Regs[r] = uint64(uint32(v))
	case 2:
		c.Regs[r] = c.Regs[r]&^0xFFFF | v&0xFFFF
	default:
		if r >= x86.AH {
			c.Regs[r-x86.AH] = c.Regs[r-x86.AH]&^0xFF00 | v&0xFF<<8
			return
		}
		c.Regs[r] = c.Regs[r]&^0xFF | v&0xFF
	}
}

// sext sign-extends the low size bytes of v.
func sext(v uint64, size uint8) uint64 {
	n := (64 - 8*uint(size)) & 63
	return uint64(int64(v<<n) >> n)
}

// trunc zero-extends the low size bytes of v.
func trunc(v uint64, size uint8) uint64 {
	n := (64 - 8*uint(size)) & 63
	return v << n >> n
}

// source is the source operand: immediate, memory or register. Memory is read here, so the caller looks at
// c.raised.
func (c *CPU) source(op *x86.Op) uint64 {
	switch {
	case op.Flags&x86.FlagImm != 0:
		return uint64(op.Imm)
	case op.Flags&(x86.FlagMem|x86.FlagDest) == x86.FlagMem:
		return c.load(op, c.ea(op), op.Size)
	}
	return c.reg(op.Src, op.Size)
}

// rmValue reads the operand that r/m names without meaning to write it.
func (c *CPU) rmValue(op *x86.Op) uint64 {
	if op.Flags&x86.FlagMem != 0 {
		return c.load(op, c.ea(op), op.Size)
	}
	if op.Flags&x86.FlagDest != 0 {
		return c.reg(op.Dst, op.Size)
	}
	return c.reg(op.Src, op.Size)
}

// target is where a read-modify-write puts its result.
type target struct {
	va, at uint64
}

// begin reads the destination r/m with intent to write it: memory as one write access.
func (c *CPU) begin(op *x86.Op) (t target, old uint64) {
	if op.Flags&(x86.FlagMem|x86.FlagDest) != x86.FlagMem|x86.FlagDest {
		return target{}, c.reg(op.Dst, op.Size)
	}
	t.va = c.ea(op)
	t.at, old = c.modify(op, t.va, op.Size)
	return t, old
}

// finish writes what begin read.
func (c *CPU) finish(op *x86.Op, t target, v uint64) {
	if op.Flags&(x86.FlagMem|x86.FlagDest) != x86.FlagMem|x86.FlagDest {
		c.setReg(op.Dst, op.Size, v)
		return
	}
	c.commit(t.va, t.at, op.Size, v)
}

// putRM writes the destination r/m.
func (c *CPU) putRM(op *x86.Op, v uint64) {
	if op.Flags&x86.FlagMem != 0 {
		c.store(op, c.ea(op), op.Size, v)
		return
	}
	c.setReg(op.Dst, op.Size, v)
}

// addSlow executes ADD of a register to size bytes of memory at va, for which no Line was found.
func (c *CPU) addSlow(op *x86.Op, va uint64, size uint8) {
	at, old := c.modify(op, va, size)
	if c.raised {
		return
	}
	a, b := sext(old, size), sext(c.Regs[op.Src], size)
	r := sext(a+b, size)
	c.commit(va, at, size, r)
	c.added(a, b, r)
}

// arith executes ADD to SBB.
func (c *CPU) arith(op *x86.Op) {
	b := c.source(op)
	if c.raised {
		return
	}
	t, a := c.begin(op)
	if c.raised {
		return
	}
	a, b = sext(a, op.Size), sext(b, op.Size)
	var r uint64
	kind := kindLogic
	switch op.Code {
	case x86.Add:
		r, kind = a+b, kindAdd
	case x86.Sub:
		r, kind = a-b, kindSub
	case x86.Adc:
		r, kind = a+b, kindAdd
		if c.flags.cf() {
			r, kind = r+1, kindAdc
		}
	case x86.Sbb:
		r, kind = a-b, kindSub
		if c.flags.cf() {
			r, kind = r-1, kindSbb
		}
	case x86.And:
		r = a & b
	case x86.Or:
		r = a | b
	default:
		r = a ^ b
	}
	r = sext(r, op.Size)
	c.finish(op, t, r)
	c.flags = lazyFlags{kind, a, b, r}
}

// compare executes CMP and TEST.
func (c *CPU) compare(op *x86.Op) {
	var a, b uint64
	if op.Flags&x86.FlagMem != 0 && op.Flags&x86.FlagDest == 0 {
		a, b = c.reg(op.Dst, op.Size), c.load(op, c.ea(op), op.Size)
	} else {
		a, b = c.rmValue(op), c.source(op)
	}
	if c.raised {
		return
	}
	a, b = sext(a, op.Size), sext(b, op.Size)
	if op.Code == x86.Test {
		c.flags.kind, c.flags.res = kindLogic, a&b
		return
	}
	c.flags = lazyFlags{kindSub, a, b, sext(a-b, op.Size)}
}

// unary executes INC, DEC, NEG, NOT.
func (c *CPU) unary(op *x86.Op) {
	t, a := c.begin(op)
	if c.raised {
		return
	}
	a = sext(a, op.Size)
	var f lazyFlags
	switch op.Code {
	case x86.Inc:
		f = lazyFlags{kindInc, a, bit(c.flags.cf(), 1), sext(a+1, op.Size)}
	case x86.Dec:
		f = lazyFlags{kindDec, a, bit(c.flags.cf(), 1), sext(a-1, op.Size)}
	case x86.Neg:
		f = lazyFlags{kindSub, 0, a, sext(-a, op.Size)}
	default:
		c.finish(op, t, ^a)
		return
	}
	c.finish(op, t, f.res)
	c.flags = f
}

// xchg executes XCHG, always locked with memory.
func (c *CPU) xchg(op *x86.Op) {
	t, a := c.begin(op)
	if c.raised {
		return
	}
	b := c.reg(op.Src, op.Size)
	c.finish(op, t, b)
	c.setReg(op.Src, op.Size, a)
}

// xadd executes XADD.
func (c *CPU) xadd(op *x86.Op) {
	t, a := c.begin(op)
	if c.raised {
		return
	}
	b := c.reg(op.Src, op.Size)
	c.setReg(op.Src, op.Size, a)
	a, b = sext(a, op.Size), sext(b, op.Size)
	r := sext(a+b, op.Size)
	c.finish(op, t, r)
	c.flags = lazyFlags{kindAdd, a, b, r}
}

// cmpxchg executes CMPXCHG. When the comparison fails it writes memory all the same, but leaves a register
// alone: the upper half of a 32-bit one stays (as processors do, against the SDM's pseudocode).
func (c *CPU) cmpxchg(op *x86.Op) {
	t, old := c.begin(op)
	if c.raised {
		return
	}
	a, b := sext(c.reg(x86.RAX, op.Size), op.Size), sext(old, op.Size)
	if a == b {
		c.finish(op, t, c.reg(op.Src, op.Size))
	} else {
		if op.Flags&x86.FlagMem != 0 {
			c.finish(op, t, old)
		}
		c.setReg(x86.RAX, op.Size, old)
	}
	c.flags = lazyFlags{kindSub, a, b, sext(a-b, op.Size)}
}

// setZF changes ZF alone.
func (c *CPU) setZF(on bool) {
	c.flags.setStatus(c.flags.status()&^flagZF | bit(on, flagZF))
}

// setCF changes CF alone.
func (c *CPU) setCF(on bool) {
	c.flags.setStatus(c.flags.status()&^flagCF | bit(on, flagCF))
}

// cmpxchg8b executes CMPXCHG8B.
func (c *CPU) cmpxchg8b(op *x86.Op) {
	va := c.ea(op)
	at, old := c.modify(op, va, 8)
	if c.raised {
		return
	}
	want := c.Regs[x86.RDX]<<32 | uint64(uint32(c.Regs[x86.RAX]))
	if old == want {
		c.commit(va, at, 8, c.Regs[x86.RCX]<<32|uint64(uint32(c.Regs[x86.RBX])))
	} else {
		c.commit(va, at, 8, old)
		c.Regs[x86.RAX], c.Regs[x86.RDX] = uint64(uint32(old)), old>>32
	}
	c.setZF(old == want)
}

// cmpxchg16b executes CMPXCHG16B, whose operand must be aligned.
func (c *CPU) cmpxchg16b(op *x86.Op) {
	va := c.ea(op)
	if va&15 != 0 {
		c.raise(GeneralProtection, 0)
		return
	}
	at, old := c.modify128(op, va)
	if c.raised {
		return
	}
	want := Vec{c.Regs[x86.RAX], c.Regs[x86.RDX]}
	if old == want {
		c.commit128(va, at, Vec{c.Regs[x86.RBX], c.Regs[x86.RCX]})
	} else {
		c.commit128(va, at, old)
		c.Regs[x86.RAX], c.Regs[x86.RDX] = old.Lo, old.Hi
	}
	c.setZF(old == want)
}
