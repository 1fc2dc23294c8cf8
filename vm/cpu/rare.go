package cpu

import "memlab/vm/x86"

// execRare executes the integer operations that are not in the hot switch.
//
//nolint:funlen,gocyclo,cyclop // one switch
func (c *CPU) execRare(op *x86.Op) {
	switch op.Code {
	case x86.Undefined:
		c.raise(InvalidOpcode, 0)
	case x86.Unsupported:
		c.raise(unsupportedOp, 0)
	case x86.Privileged, x86.TooLong:
		c.raise(GeneralProtection, 0)
	case x86.Mov:
		c.mov(op)
	case x86.Movzx, x86.Movsx:
		c.widen(op)
	case x86.Lea:
		c.setReg(op.Dst, op.Size, c.ea(op))
	case x86.Add, x86.Or, x86.And, x86.Sub, x86.Xor, x86.Adc, x86.Sbb:
		c.arith(op)
	case x86.Cmp, x86.Test:
		c.compare(op)
	case x86.Inc, x86.Dec, x86.Neg, x86.Not:
		c.unary(op)
	case x86.Rol, x86.Ror, x86.Rcl, x86.Rcr:
		c.rotate(op)
	case x86.Shl, x86.Shr, x86.Sar:
		c.shift(op)
	case x86.Shld, x86.Shrd:
		c.double(op)
	case x86.Mul, x86.Imul1:
		c.mul(op)
	case x86.Imul2, x86.Imul3:
		c.imul(op)
	case x86.Div, x86.Idiv:
		c.div(op)
	case x86.Bt, x86.Bts, x86.Btr, x86.Btc:
		c.bitTest(op)
	case x86.Bsf, x86.Bsr:
		c.bitScan(op)
	case x86.Bswap:
		c.bswap(op)
	case x86.Popcnt:
		c.popcnt(op)
	case x86.Crc32:
		c.crc32(op)
	case x86.Xchg:
		c.xchg(op)
	case x86.Xadd:
		c.xadd(op)
	case x86.Cmpxchg:
		c.cmpxchg(op)
	case x86.Cmpxchg8b:
		c.cmpxchg8b(op)
	case x86.Cmpxchg16b:
		c.cmpxchg16b(op)
	case x86.Setcc:
		c.putRM(op, bit(c.flags.cond(op.Cond), 1))
	case x86.Cmov:
		c.cmov(op)
	case x86.Push:
		c.pushOp(op)
	case x86.Pop:
		c.popOp(op)
	case x86.Pusha:
		c.pushAll(op)
	case x86.Popa:
		c.popAll(op)
	case x86.Pushf:
		c.pushFlags(op)
	case x86.Popf:
		c.popFlags(op)
	case x86.Enter:
		c.enter(op)
	case x86.Leave:
		c.leave(op)
	case x86.Call, x86.CallInd:
		c.call(op)
	case x86.JmpInd:
		c.jumpIndirect(op)
	case x86.Ret:
		c.ret(op)
	case x86.Jcxz:
		c.shortBranch(op, c.reg(x86.RCX, op.Size) == 0)
	case x86.Loop:
		c.loop(op)
	case x86.Jcc16:
		c.branch16(op, op.Cond > 15 || c.flags.cond(op.Cond))
	case x86.JmpFar, x86.CallFar, x86.JmpFarInd, x86.CallFarInd:
		c.farJump(op)
	case x86.RetFar:
		c.farReturn(op)
	case x86.Iret:
		c.interruptReturn(op)
	case x86.Cbw:
		c.signAccumulator(op)
	case x86.Cwd:
		c.signData(op)
	case x86.Movs, x86.Stos, x86.Lods, x86.Scas, x86.Cmps:
		c.stringOp(op)
	default:
		c.execSystem(op)
	}
}
