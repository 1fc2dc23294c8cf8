package x86

import "golang.org/x/arch/x86/x86asm"

// translate turns a decoded instruction into op, whose Off and Len are set.
func translate(inst *x86asm.Inst, code []byte, h *header, op *Op) {
	switch {
	case badLock(inst):
		op.Code = Undefined // trap 10
	case inst.Op == x86asm.PAUSE && h.rex&1 != 0: // F3 has no meaning before XCHG R8, RAX
		exchangeR8(h, op)
	case translateArith(inst, op), translateMove(inst, op), translateShift(inst, op), translateBits(inst, op),
		translateStack(inst, h, op), translateBranch(inst, h, op), translateString(inst, h, op),
		translateFar(inst, op), translateMisc(inst, op), translateSystem(inst, op),
		translateSegment(inst, op):
		specialise(op)
	case decodeSSE(inst, code, op), decodeX87(inst, code, op):
	case refused(inst.Op):
		op.Code = Undefined
	default:
		op.Code = Unsupported
	}
	if h.lock {
		op.Flags |= FlagLock
	}
	if h.cs && inst.Mode == 32 && op.Flags&FlagMem != 0 && writes(op) {
		op.Code = Privileged // #GP: code segments cannot be written
	}
	if h.cs && op.Code == Arpl {
		op.Cond = 1 // likewise, if it has something to write
	}
	switch op.Code {
	case Undefined, Unsupported, Privileged:
		op.Flags |= FlagEnd
	default:
	}
}

// exchangeR8 fills op for XCHG of the accumulator with R8.
func exchangeR8(h *header, op *Op) {
	op.Code, op.Dst, op.Src, op.Flags, op.Size = Xchg, R8, RAX, op.Flags|FlagDest, 4
	switch {
	case h.rex&8 != 0:
		op.Size = 8
	case h.data16:
		op.Size = 2
	}
}

// badLock reports a LOCK prefix where it is not allowed, which the decoder marks but accepts.
func badLock(inst *x86asm.Inst) bool {
	for _, p := range inst.Prefix {
		if p == 0 {
			return false
		}
		if p&x86asm.PrefixInvalid != 0 {
			return true
		}
	}
	return false
}

// writes reports whether op writes its memory operand.
func writes(op *Op) bool {
	switch op.Code {
	case Mov8MR, Mov32MR, Mov32MI, Setcc, MovFromSeg, Sgdt, Sidt, Sldt, Str, Smsw, Pop, Cmpxchg8b,
		Bts, Btr, Btc, Inc, Dec, Neg, Not, Rol, Ror, Rcl, Rcr, Shl, Shr, Sar, Shld, Shrd,
		StoreVecA, StoreVecU, StoreQ, StoreD, StoreHigh, StoreGpr, StMXCSR, FXSave, MmxStoreQ, MmxStoreD,
		PExtrB, PExtrW, PExtrD, PExtrQ,
		X87StMem, X87StTrunc, X87Stcw, X87Stsw, X87Stenv, X87Save:
		return true
	case Mov, Add, Or, And, Sub, Xor, Adc, Sbb, Xchg, Xadd, Cmpxchg:
		return op.Flags&FlagDest != 0
	default:
		return false
	}
}

// operandSize is the operand size in bytes: that of the first operand.
func operandSize(inst *x86asm.Inst) uint8 {
	switch a := inst.Args[0].(type) {
	case x86asm.Reg:
		return regBytes(a)
	case x86asm.Mem:
		return uint8(inst.MemBytes)
	}
	return uint8(inst.DataSize / 8)
}

// rm fills the operand that ModRM's r/m names as the destination of op.
func rmDest(inst *x86asm.Inst, a x86asm.Arg, op *Op) {
	op.Flags |= FlagDest
	switch a := a.(type) {
	case x86asm.Reg:
		op.Dst = regNum(a)
	case x86asm.Mem:
		memOperand(inst, a, op)
		op.Accesses = 1
	}
}

// source fills the source of op: a register, memory or an immediate. Immediates are kept sign-extended from
// the operand size, as the lazy flags want them (trap 17: the decoder extends some and not others).
func source(inst *x86asm.Inst, a x86asm.Arg, op *Op) {
	switch a := a.(type) {
	case x86asm.Reg:
		op.Src = regNum(a)
	case x86asm.Mem:
		memOperand(inst, a, op)
		op.Accesses = 1
	case x86asm.Imm:
		op.Flags |= FlagImm
		op.Imm = signExtend(int64(a), op.Size)
	}
}

func signExtend(v int64, size uint8) int64 {
	shift := 64 - 8*uint(size)
	return v << (shift & 63) >> (shift & 63)
}

// binary fills op for an instruction of the form "op destination, source".
func binary(inst *x86asm.Inst, code Code, op *Op) bool {
	op.Code = code
	op.Size = operandSize(inst)
	rmDest(inst, inst.Args[0], op)
	if _, ok := inst.Args[1].(x86asm.Mem); ok {
		op.Flags &^= FlagDest
	}
	source(inst, inst.Args[1], op)
	return true
}

// unary fills op for an instruction with one operand.
func unary(inst *x86asm.Inst, code Code, op *Op) bool {
	op.Code = code
	op.Size = operandSize(inst)
	rmDest(inst, inst.Args[0], op)
	return true
}

// bare fills op for an instruction without operands.
func bare(code Code, size uint8, op *Op) bool {
	op.Code, op.Size = code, size
	return true
}

func translateArith(inst *x86asm.Inst, op *Op) bool {
	switch inst.Op {
	case x86asm.ADD:
		return binary(inst, Add, op)
	case x86asm.OR:
		return binary(inst, Or, op)
	case x86asm.ADC:
		return binary(inst, Adc, op)
	case x86asm.SBB:
		return binary(inst, Sbb, op)
	case x86asm.AND:
		return binary(inst, And, op)
	case x86asm.SUB:
		return binary(inst, Sub, op)
	case x86asm.XOR:
		return binary(inst, Xor, op)
	case x86asm.CMP:
		return binary(inst, Cmp, op)
	case x86asm.TEST:
		return binary(inst, Test, op)
	case x86asm.XCHG:
		return binary(inst, Xchg, op)
	case x86asm.XADD:
		return binary(inst, Xadd, op)
	case x86asm.CMPXCHG:
		return binary(inst, Cmpxchg, op)
	case x86asm.CMPXCHG8B:
		return unary(inst, Cmpxchg8b, op)
	case x86asm.CMPXCHG16B:
		return unary(inst, Cmpxchg16b, op)
	case x86asm.INC:
		return unary(inst, Inc, op)
	case x86asm.DEC:
		return unary(inst, Dec, op)
	case x86asm.NEG:
		return unary(inst, Neg, op)
	case x86asm.NOT:
		return unary(inst, Not, op)
	case x86asm.MUL:
		return unary(inst, Mul, op)
	case x86asm.DIV:
		return unary(inst, Div, op)
	case x86asm.IDIV:
		return unary(inst, Idiv, op)
	case x86asm.IMUL:
		return translateImul(inst, op)
	default:
		return false
	}
}

func translateImul(inst *x86asm.Inst, op *Op) bool {
	switch {
	case inst.Args[1] == nil:
		return unary(inst, Imul1, op)
	case inst.Args[2] == nil:
		return binary(inst, Imul2, op)
	}
	binary(inst, Imul3, op)
	if imm, ok := inst.Args[2].(x86asm.Imm); ok {
		op.Imm = signExtend(int64(imm), op.Size)
	}
	return true
}

func translateShift(inst *x86asm.Inst, op *Op) bool {
	code := Shl
	switch inst.Op {
	case x86asm.ROL:
		code = Rol
	case x86asm.ROR:
		code = Ror
	case x86asm.RCL:
		code = Rcl
	case x86asm.RCR:
		code = Rcr
	case x86asm.SHL:
	case x86asm.SHR:
		code = Shr
	case x86asm.SAR:
		code = Sar
	case x86asm.SHLD:
		return doubleShift(inst, Shld, op)
	case x86asm.SHRD:
		return doubleShift(inst, Shrd, op)
	default:
		return false
	}
	unary(inst, code, op)
	shiftCount(inst.Args[1], op)
	return true
}

func doubleShift(inst *x86asm.Inst, code Code, op *Op) bool {
	binary(inst, code, op)
	shiftCount(inst.Args[2], op)
	return true
}

// shiftCount fills Imm with a constant count, cut to 5 bits or 6 as the processor does. A count in CL has
// no FlagImm.
func shiftCount(a x86asm.Arg, op *Op) {
	if imm, ok := a.(x86asm.Imm); ok {
		op.Flags |= FlagImm
		op.Imm = int64(imm) & 31
		if op.Size == 8 {
			op.Imm = int64(imm) & 63
		}
	}
}

func translateBits(inst *x86asm.Inst, op *Op) bool {
	switch inst.Op {
	case x86asm.BT:
		return bitTest(inst, Bt, op)
	case x86asm.BTS:
		return bitTest(inst, Bts, op)
	case x86asm.BTR:
		return bitTest(inst, Btr, op)
	case x86asm.BTC:
		return bitTest(inst, Btc, op)
	case x86asm.BSF, x86asm.TZCNT: // trap 9: CPUID has neither BMI1 nor LZCNT
		return binary(inst, Bsf, op)
	case x86asm.BSR, x86asm.LZCNT:
		return binary(inst, Bsr, op)
	case x86asm.POPCNT:
		return binary(inst, Popcnt, op)
	case x86asm.BSWAP:
		return unary(inst, Bswap, op)
	case x86asm.CRC32:
		return translateCRC32(inst, op)
	default:
		return false
	}
}

func bitTest(inst *x86asm.Inst, code Code, op *Op) bool {
	binary(inst, code, op)
	op.Imm &= int64(op.Size)*8 - 1
	return true
}

func translateCRC32(inst *x86asm.Inst, op *Op) bool {
	binary(inst, Crc32, op)
	if r, ok := inst.Args[1].(x86asm.Reg); ok {
		op.Size = regBytes(r)
	} else {
		op.Size = uint8(inst.MemBytes)
	}
	return true
}
