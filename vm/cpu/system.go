package cpu

import "memlab/vm/x86"

// execSystem executes flag operations, decimal arithmetic, and what touches the machine around the registers.
//
//nolint:gocyclo,cyclop // one switch
func (c *CPU) execSystem(op *x86.Op) {
	switch op.Code {
	case x86.Lahf:
		c.setReg(x86.AH, 1, c.rflags())
	case x86.Sahf:
		c.flags.setStatus(c.reg(x86.AH, 1)&^flagOF | c.flags.status()&flagOF)
	case x86.Clc:
		c.setCF(false)
	case x86.Stc:
		c.setCF(true)
	case x86.Cmc:
		c.setCF(!c.flags.cf())
	case x86.Cld:
		c.system &^= flagDF
	case x86.Std:
		c.system |= flagDF
	case x86.Xlat:
		c.xlat(op)
	case x86.Cpuid:
		c.cpuid()
	case x86.Rdtsc:
		t := c.timestamp(op)
		c.Regs[x86.RAX], c.Regs[x86.RDX] = uint64(uint32(t)), t>>32
	case x86.RdSegBase:
		c.setReg(op.Dst, op.Size, *c.segBase(op.Imm))
	case x86.WrSegBase:
		c.writeSegBase(op)
	case x86.MovFromSeg, x86.MovToSeg, x86.PushSeg, x86.PopSeg, x86.LoadFar, x86.Lar, x86.Lsl, x86.Verr,
		x86.Verw, x86.Arpl, x86.Sgdt, x86.Sidt, x86.Sldt, x86.Str, x86.Smsw:
		c.execSegment(op)
	case x86.Bound:
		c.bound(op)
	case x86.Salc:
		c.setReg(x86.RAX, 1, bit(c.flags.cf(), 0xFF))
	case x86.Syscall:
		c.syscall(op)
	case x86.Int80:
		c.RIP = c.next(op)
		c.leaveAs(ExitInt80)
	case x86.Int3, x86.Int, x86.Into:
		c.interrupt(op)
	default:
		c.decimal(op)
	}
}

// xlat executes XLAT: AL indexes a table of bytes.
func (c *CPU) xlat(op *x86.Op) {
	va := c.Regs[op.Base] + c.Regs[x86.RAX]&0xFF
	if op.Flags&x86.FlagAddr32 != 0 {
		va = uint64(uint32(va))
	}
	if op.Seg != x86.SegNone {
		va = c.segmented(op, va)
	}
	if v := c.load8(op, va); !c.raised {
		c.setReg(x86.RAX, 1, v)
	}
}

// timestamp is the time-stamp counter: simulated time, so that runs repeat. The fetches of the running block
// are part of that time, up to this one, and are counted for it.
func (c *CPU) timestamp(op *x86.Op) uint64 {
	insns := c.base + uint64(op.N)
	c.MMU.Stats.Fetches += insns + 1 - c.counted
	c.counted = insns + 1
	if c.TSC != nil {
		return c.TSC(insns)
	}
	return insns
}

func (c *CPU) segBase(seg int64) *uint64 {
	if seg == x86.SegFS {
		return &c.FSBase
	}
	return &c.GSBase
}

// writeSegBase executes WRFSBASE and WRGSBASE. A base must be canonical.
func (c *CPU) writeSegBase(op *x86.Op) {
	v := c.reg(op.Dst, op.Size)
	if uint64(int64(v<<16)>>16) != v {
		c.raise(GeneralProtection, 0)
		return
	}
	*c.segBase(op.Imm) = v
}

// syscall executes SYSCALL up to where the kernel begins: RCX and R11 keep what SYSRET needs.
func (c *CPU) syscall(op *x86.Op) {
	c.RIP = c.next(op)
	c.Regs[x86.RCX] = c.RIP
	c.Regs[x86.R11] = c.rflags()
	c.leaveAs(ExitSyscall)
}

// interrupt executes INT n, INT3, INTO and INT1. User code may pass the gates of 3 and 4 alone; another
// vector is #GP with the gate's number in the error code (SDM Vol. 3, 6.12.1.2 and 6.13).
func (c *CPU) interrupt(op *x86.Op) {
	switch {
	case op.Code == x86.Int3:
		c.raise(Breakpoint, 0)
	case op.Code == x86.Into && !c.flags.of():
		c.RIP = c.next(op)
	case op.Code == x86.Into || op.Imm == 4:
		c.raise(Overflow, 0)
	case op.Cond == 1:
		c.raise(DebugException, 0)
	default:
		c.raise(GeneralProtection, uint32(op.Imm)*8+2)
	}
}

// decimal executes the decimal adjustments of 32-bit code.
func (c *CPU) decimal(op *x86.Op) {
	al := c.reg(x86.RAX, 1)
	switch op.Code {
	case x86.Aaa, x86.Aas:
		c.asciiAdjust(op.Code == x86.Aas)
	case x86.Daa, x86.Das:
		c.decimalAdjust(al, op.Code == x86.Das)
	case x86.Aam:
		if op.Imm == 0 {
			c.raise(DivideError, 0)
			return
		}
		q, r := al/uint64(op.Imm), al%uint64(op.Imm)
		c.setReg(x86.RAX, 2, q<<8|r)
		c.flags.kind, c.flags.res = kindLogic, sext(r, 1)
	case x86.Aad:
		r := (al + c.reg(x86.AH, 1)*uint64(op.Imm)) & 0xFF
		c.setReg(x86.RAX, 2, r)
		c.flags.kind, c.flags.res = kindLogic, sext(r, 1)
	default:
		c.raise(unsupportedOp, 0)
	}
}

func (c *CPU) asciiAdjust(subtract bool) {
	ax := c.reg(x86.RAX, 2)
	adjust := ax&0xF > 9 || c.flags.af()
	if adjust {
		if subtract {
			ax -= 0x106
		} else {
			ax += 0x106
		}
	}
	c.setReg(x86.RAX, 2, ax&0xFF0F)
	c.flags.kind, c.flags.res = kindSome, sext(ax&0xF, 1)
	c.flags.a = bit(adjust, flagAF|flagCF)
}

func (c *CPU) decimalAdjust(al uint64, subtract bool) {
	old, carry := al, c.flags.cf()
	low := al&0xF > 9 || c.flags.af()
	high := old > 0x99 || carry
	delta := bit(low, 0x06) + bit(high, 0x60)
	cf := high
	if subtract {
		cf = cf || low && old < 6
		al -= delta
	} else {
		cf = cf || low && old+6 > 0xFF
		al += delta
	}
	c.setReg(x86.RAX, 1, al)
	c.flags.kind, c.flags.res = kindSome, sext(al&0xFF, 1)
	c.flags.a = bit(low, flagAF) | bit(cf, flagCF)
}
