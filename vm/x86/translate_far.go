package x86

import "golang.org/x/arch/x86/x86asm"

// translateFar fills op for transfers that load CS: far CALL, JMP and RET, and IRET. What user mode may do
// with them is to stay in its code segment.
func translateFar(inst *x86asm.Inst, op *Op) bool {
	switch inst.Op {
	case x86asm.LJMP:
		op.Code = JmpFar
	case x86asm.LCALL:
		op.Code = CallFar
	case x86asm.LRET:
		op.Code, op.Base = RetFar, RSP
		bytes, _ := inst.Args[0].(x86asm.Imm)
		op.Imm = int64(uint16(bytes))
	case x86asm.IRET, x86asm.IRETD, x86asm.IRETQ:
		op.Code, op.Base = Iret, RSP
	default:
		return false
	}
	op.Size = uint8(inst.DataSize / 8) // 4 in 64-bit code too, unless REX.W says otherwise
	op.Accesses = ManyAccesses
	op.Flags |= FlagEnd
	switch a := inst.Args[0].(type) {
	case x86asm.Mem:
		memOperand(inst, a, op)
		op.Code += JmpFarInd - JmpFar
	case x86asm.Imm:
		if offset, ok := inst.Args[1].(x86asm.Imm); ok {
			op.Disp = int64(uint16(a))
			op.Imm = int64(trunc(uint64(offset), op.Size))
		}
	}
	return true
}

// trunc is the low size bytes of v.
func trunc(v uint64, size uint8) uint64 {
	if size >= 8 {
		return v
	}
	return v & (1<<(8*size) - 1)
}

// translateSegment fills op for what looks at selectors and descriptor tables, and for BOUND.
func translateSegment(inst *x86asm.Inst, op *Op) bool {
	switch inst.Op {
	case x86asm.LES, x86asm.LSS, x86asm.LDS, x86asm.LFS, x86asm.LGS:
		return loadFar(inst, op)
	case x86asm.LAR:
		return selectorQuery(inst, Lar, op)
	case x86asm.LSL:
		return selectorQuery(inst, Lsl, op)
	case x86asm.VERR:
		return selectorTest(inst, Verr, op)
	case x86asm.VERW:
		return selectorTest(inst, Verw, op)
	case x86asm.ARPL:
		binary(inst, Arpl, op)
		op.Size = 2
		if op.Accesses > 0 {
			op.Accesses = ManyAccesses // a read, and a write if there is something to change
		}
		return true
	case x86asm.SLDT:
		return unary(inst, Sldt, op)
	case x86asm.STR:
		return unary(inst, Str, op)
	case x86asm.SMSW:
		return unary(inst, Smsw, op)
	case x86asm.SGDT:
		return tableStore(inst, Sgdt, op)
	case x86asm.SIDT:
		return tableStore(inst, Sidt, op)
	case x86asm.BOUND:
		op.Code, op.Size = Bound, uint8(inst.DataSize/8)
		op.Dst = argNum(inst.Args[0])
		source(inst, inst.Args[1], op)
		op.Accesses = ManyAccesses
		return true
	default:
		return false
	}
}

// loadFar fills op for LES to LGS; Size is the offset's.
func loadFar(inst *x86asm.Inst, op *Op) bool {
	op.Code, op.Size = LoadFar, uint8(inst.DataSize/8)
	op.Dst = argNum(inst.Args[0])
	source(inst, inst.Args[1], op)
	op.Accesses = ManyAccesses
	switch inst.Op {
	case x86asm.LES:
		op.Imm = 0
	case x86asm.LSS:
		op.Imm = 2
	case x86asm.LDS:
		op.Imm = 3
	case x86asm.LFS:
		op.Imm = 4
	default:
		op.Imm = 5
	}
	return true
}

// selectorQuery fills op for LAR and LSL: Size is the destination's, the selector has 16 bits.
func selectorQuery(inst *x86asm.Inst, code Code, op *Op) bool {
	op.Code, op.Size = code, uint8(inst.DataSize/8)
	op.Dst = argNum(inst.Args[0])
	source(inst, inst.Args[1], op)
	return true
}

func selectorTest(inst *x86asm.Inst, code Code, op *Op) bool {
	op.Code, op.Size = code, 2
	source(inst, inst.Args[0], op)
	return true
}

// tableStore fills op for SGDT and SIDT, which write two bytes of limit and then the base, of Size.
func tableStore(inst *x86asm.Inst, code Code, op *Op) bool {
	op.Code, op.Size = code, 8
	if inst.Mode == 32 {
		op.Size = 4
	}
	rmDest(inst, inst.Args[0], op)
	op.Accesses = ManyAccesses
	return true
}
