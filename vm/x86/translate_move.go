package x86

import "golang.org/x/arch/x86/x86asm"

func translateMove(inst *x86asm.Inst, op *Op) bool {
	switch inst.Op {
	case x86asm.MOV:
		return translateMov(inst, op)
	case x86asm.MOVZX:
		return widen(inst, Movzx, op)
	case x86asm.MOVSX, x86asm.MOVSXD:
		return widen(inst, Movsx, op)
	case x86asm.LEA:
		op.Code, op.Size = Lea, operandSize(inst)
		rmDest(inst, inst.Args[0], op)
		op.Flags &^= FlagDest
		source(inst, inst.Args[1], op)
		op.Flags &^= FlagMem
		op.Seg &= SegAddr16
		op.Accesses = 0
		return true
	case x86asm.XLATB:
		op.Code, op.Size = Xlat, 1
		source(inst, inst.Args[0], op)
		op.Index = RZero // the instruction adds AL itself
		return true
	case x86asm.CBW:
		return bare(Cbw, 2, op)
	case x86asm.CWDE:
		return bare(Cbw, 4, op)
	case x86asm.CDQE:
		return bare(Cbw, 8, op)
	case x86asm.CWD:
		return bare(Cwd, 2, op)
	case x86asm.CDQ:
		return bare(Cwd, 4, op)
	case x86asm.CQO:
		return bare(Cwd, 8, op)
	default:
	}
	if second, ok := condByte(inst); ok {
		switch second & 0xF0 {
		case 0x40:
			op.Cond = second & 15
			return binary(inst, Cmov, op)
		case 0x90:
			op.Cond = second & 15
			op.Code, op.Size = Setcc, 1
			rmDest(inst, inst.Args[0], op)
			return true
		}
	}
	return false
}

// condByte is the second byte of a two-byte opcode, where CMOVcc, SETcc and Jcc have their condition.
func condByte(inst *x86asm.Inst) (byte, bool) {
	return byte(inst.Opcode >> 16), inst.Opcode>>24 == 0x0F
}

// widen fills op for MOVZX and MOVSX: Size is the destination's, Imm the source's.
func widen(inst *x86asm.Inst, code Code, op *Op) bool {
	binary(inst, code, op)
	op.Imm = int64(inst.MemBytes)
	if r, ok := inst.Args[1].(x86asm.Reg); ok {
		op.Imm = int64(regBytes(r))
	}
	return true
}

// segNumber is a segment register's number as encoded: ES CS SS DS FS GS.
func segNumber(a x86asm.Arg) (int64, bool) {
	r, ok := a.(x86asm.Reg)
	if !ok || r < x86asm.ES || r > x86asm.GS {
		return 0, false
	}
	return int64(r - x86asm.ES), true
}

func translateMov(inst *x86asm.Inst, op *Op) bool {
	if r, ok := inst.Args[0].(x86asm.Reg); ok && r >= x86asm.CR0 {
		op.Code = Privileged
		return true
	}
	if r, ok := inst.Args[1].(x86asm.Reg); ok && r >= x86asm.CR0 {
		op.Code = Privileged
		return true
	}
	if inst.Opcode>>24 >= 0xA0 && inst.Opcode>>24 <= 0xA3 {
		return translateMoffs(inst, op)
	}
	if n, ok := segNumber(inst.Args[1]); ok {
		op.Code, op.Imm, op.Size = MovFromSeg, n, operandSize(inst)
		rmDest(inst, inst.Args[0], op)
		if op.Flags&FlagMem != 0 {
			op.Size = 2
		}
		return true
	}
	if n, ok := segNumber(inst.Args[0]); ok {
		if n == 1 {
			op.Code = Undefined // CS
			return true
		}
		op.Code, op.Size = MovToSeg, 2
		source(inst, inst.Args[1], op)
		op.Imm = n
		return true
	}
	return binary(inst, Mov, op)
}

// translateMoffs fills op for MOV between accumulator and absolute address: the one displacement of 64
// bits, which must not be sign-extended (trap 1).
func translateMoffs(inst *x86asm.Inst, op *Op) bool {
	binary(inst, Mov, op)
	m, _ := memArg(inst)
	op.Base, op.Disp = RZero, m.Disp
	return true
}

// translateStack fills op for stack operations. Those without a memory operand name RSP as their base: it
// is what they address, and what makes a bad address #SS.
func translateStack(inst *x86asm.Inst, h *header, op *Op) bool {
	op.Base = RSP
	size := stackSize(inst, h)
	switch inst.Op {
	case x86asm.PUSH, x86asm.POP:
		return pushPop(inst, size, op)
	case x86asm.PUSHA, x86asm.PUSHAD:
		op.Accesses = ManyAccesses
		return bare(Pusha, size, op)
	case x86asm.POPA, x86asm.POPAD:
		op.Accesses = ManyAccesses
		return bare(Popa, size, op)
	case x86asm.PUSHF, x86asm.PUSHFD, x86asm.PUSHFQ:
		op.Accesses = 1
		return bare(Pushf, size, op)
	case x86asm.POPF, x86asm.POPFD, x86asm.POPFQ:
		op.Accesses = 1
		return bare(Popf, size, op)
	case x86asm.LEAVE:
		op.Accesses = 1
		return bare(Leave, size, op)
	case x86asm.ENTER:
		frame, _ := inst.Args[0].(x86asm.Imm)
		level, _ := inst.Args[1].(x86asm.Imm)
		op.Imm = int64(uint16(frame)) | int64(level&31)<<16
		op.Accesses = ManyAccesses
		return bare(Enter, size, op)
	default:
	}
	op.Base = RZero
	return false
}

// stackSize is the operand size of stack operations (trap 8): 8 bytes in 64-bit code, 2 with prefix 66.
func stackSize(inst *x86asm.Inst, h *header) uint8 {
	switch {
	case inst.Mode == 32:
		return uint8(inst.DataSize / 8)
	case h.data16 && h.rex&8 == 0:
		return 2
	}
	return 8
}

func pushPop(inst *x86asm.Inst, size uint8, op *Op) bool {
	op.Size = size
	if n, ok := segNumber(inst.Args[0]); ok {
		op.Code, op.Imm, op.Accesses = PushSeg, n, 1
		if inst.Op == x86asm.POP {
			op.Code = PopSeg
		}
		return true
	}
	if inst.Op == x86asm.PUSH {
		op.Code = Push
		source(inst, inst.Args[0], op)
	} else {
		op.Code = Pop
		rmDest(inst, inst.Args[0], op)
	}
	op.Accesses++ // the stack
	if op.Accesses > 1 {
		op.Accesses = ManyAccesses
	}
	return true
}
