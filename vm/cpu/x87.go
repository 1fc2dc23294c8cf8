package cpu

import "memlab/vm/x86"

// execX87 executes one instruction of the x87 family. An exception that is not masked lets the instruction
// end with ES set; the next one that waits for it raises #MF (SDM Vol. 1, 8.7).
func (c *CPU) execX87(op *x86.Op) {
	if c.x87NoWait(op) {
		return
	}
	if c.fpu.pending() {
		c.raise(FPUError, 0)
		return
	}
	if c.x87Control(op) {
		return
	}
	va := uint64(0)
	if op.Flags&x86.FlagMem != 0 {
		va = c.ea(op)
		c.x87Memory(op, va)
	} else {
		c.x87Register(op)
	}
	if !c.raised {
		c.x87Ran(op, va)
	}
}

// x87NoWait executes the control instructions that a pending exception does not stop, and reports whether op
// is one of them.
func (c *CPU) x87NoWait(op *x86.Op) bool {
	switch op.Code {
	case x86.X87Init:
		c.fpu.init()
	case x86.X87Clex:
		c.fpu.status &= fswConds | fswC1
	case x86.X87Stcw:
		c.store16(op, c.ea(op), uint64(c.fpu.control))
	case x86.X87Stsw:
		c.store16(op, c.ea(op), uint64(c.fpu.word()))
	case x86.X87StswAX:
		c.Regs[x86.RAX] = c.Regs[x86.RAX]&^0xffff | uint64(c.fpu.word())
	case x86.X87Stenv:
		c.x87Stenv(op)
	case x86.X87Save:
		c.x87Save(op)
	default:
		return false
	}
	return true
}

// x87Control executes the other control instructions. It reports whether op is one.
func (c *CPU) x87Control(op *x86.Op) bool {
	switch op.Code {
	case x86.X87Nop:
	case x86.X87Ldcw:
		if v := c.load16(op, c.ea(op)); !c.raised {
			c.fpu.setControl(uint16(v))
		}
	case x86.X87Ldenv:
		c.x87Ldenv(op)
	case x86.X87Rstor:
		c.x87Rstor(op)
	default:
		return false
	}
	return true
}

// x87Memory executes the arithmetic instructions with an operand in memory.
func (c *CPU) x87Memory(op *x86.Op, va uint64) {
	if op.Code == x86.X87StMem || op.Code == x86.X87StTrunc {
		c.x87Store(op, va, op.Code == x86.X87StTrunc)
		return
	}
	m := c.x87Load(op, va)
	if c.raised {
		return
	}
	switch op.Code {
	case x86.X87LdMem:
		c.fpu.load(op, m)
	case x86.X87ArithMem:
		c.fpu.arithMem(op.Cond, m)
	case x86.X87ComMem:
		c.fpu.compareMem(op, m)
	default:
		c.raise(unsupportedOp, 0)
	}
}

// x87Register executes the instructions that work on registers alone.
//
//nolint:funlen,gocyclo // one switch
func (c *CPU) x87Register(op *x86.Op) {
	f := &c.fpu
	switch op.Code {
	case x86.X87Arith:
		f.arith(op)
	case x86.X87Com:
		f.compare(op, true)
	case x86.X87Ucom:
		f.compare(op, false)
	case x86.X87Comi:
		c.x87Comi(op, true)
	case x86.X87Ucomi:
		c.x87Comi(op, false)
	case x86.X87Tst:
		f.test()
	case x86.X87Xam:
		f.examine()
	case x86.X87Ld:
		f.loadReg(op.Src)
	case x86.X87LdConst:
		f.pushChecked(f.constant(op.Cond))
	case x86.X87St:
		f.storeReg(op)
	case x86.X87Xch:
		f.exchange(op.Src)
	case x86.X87Cmov:
		f.cmov(op.Src, c.x87Cond(op.Cond))
	case x86.X87Free:
		f.status &^= fswC1
		f.free(op.Dst)
		f.pop(op.X87Pops())
	case x86.X87Incstp:
		f.top = (f.top + 1) & 7
		f.status &^= fswC1
	case x86.X87Decstp:
		f.top = (f.top - 1) & 7
		f.status &^= fswC1
	case x86.X87Chs:
		f.signOp(0x8000, 0)
	case x86.X87Abs:
		f.signOp(0, 0x8000)
	case x86.X87Sqrt, x86.X87Rndint, x86.X87F2xm1, x86.X87Sin, x86.X87Cos:
		f.unary(op.Code)
	case x86.X87Scale, x86.X87Yl2x, x86.X87Yl2xp1, x86.X87Patan:
		f.binary(op.Code)
	case x86.X87Prem:
		f.remainder(false)
	case x86.X87Prem1:
		f.remainder(true)
	case x86.X87Xtract:
		f.extract()
	case x86.X87Ptan, x86.X87Sincos:
		f.trigPush(op.Code)
	default:
		c.raise(unsupportedOp, 0)
	}
}
