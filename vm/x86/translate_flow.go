package x86

import "golang.org/x/arch/x86/x86asm"

// translateBranch fills op for control transfers. Of a relative one Imm is the target and Disp the next
// instruction, both relative to the start of the block.
func translateBranch(inst *x86asm.Inst, h *header, op *Op) bool {
	code, cond := branchCode(inst)
	if code == 0 {
		return false
	}
	op.Code, op.Cond = code, cond
	op.Flags |= FlagEnd
	op.Size = 8
	if inst.Mode == 32 {
		op.Size = 4
		if h.data16 {
			op.Size = 2
		}
	}
	next := int64(op.Off) + int64(op.Len)
	op.Disp = next
	switch a := inst.Args[0].(type) {
	case x86asm.Rel:
		op.Imm = next + int64(a)
	case x86asm.Imm:
		op.Imm = int64(uint16(a)) // RET
	default:
		indirect(inst, a, op)
	}
	if op.Code == Call || op.Code == Ret {
		op.Accesses = 1
		op.Base = RSP
	}
	if code == Jcxz || code == Loop {
		op.Scale = 0
		if op.Size == 2 {
			op.Scale = 1
		}
		op.Size = uint8(inst.AddrSize / 8)
	} else if op.Size == 2 && op.Code >= Jmp && op.Code <= Jg {
		op.Cond = 16
		if op.Code != Jmp {
			op.Cond = uint8(op.Code - Jo)
		}
		op.Code = Jcc16
	}
	return true
}

func indirect(inst *x86asm.Inst, a x86asm.Arg, op *Op) {
	if a == nil {
		return // RET
	}
	source(inst, a, op)
	if op.Code == Call {
		op.Code = CallInd
		op.Accesses++ // the stack
		if op.Accesses > 1 {
			op.Accesses = ManyAccesses
		}
		return
	}
	op.Code = JmpInd
}

// branchCode is the code of a near control transfer; 0 if inst is none.
func branchCode(inst *x86asm.Inst) (code Code, cond uint8) {
	switch inst.Op {
	case x86asm.CALL:
		return Call, 0
	case x86asm.RET:
		return Ret, 0
	case x86asm.JMP:
		return Jmp, 0
	case x86asm.JCXZ, x86asm.JECXZ, x86asm.JRCXZ:
		return Jcxz, 0
	case x86asm.LOOPNE:
		return Loop, 0
	case x86asm.LOOPE:
		return Loop, 1
	case x86asm.LOOP:
		return Loop, 2
	default:
	}
	first := byte(inst.Opcode >> 24)
	if first&0xF0 == 0x70 {
		return Jo + Code(first&15), 0
	}
	if second, ok := condByte(inst); ok && second&0xF0 == 0x80 {
		return Jo + Code(second&15), 0
	}
	return 0, 0
}

// translateString fills op for the string operations. Those with a repeat prefix end their block: they may
// be left in the middle.
func translateString(inst *x86asm.Inst, h *header, op *Op) bool {
	code, size := stringCode(inst)
	if code == 0 {
		return false
	}
	op.Code, op.Size = code, size
	op.Base = RZero
	op.Accesses = 1
	if code == Movs || code == Cmps {
		op.Accesses = ManyAccesses
	}
	switch h.rep {
	case 0xF2:
		op.Flags |= FlagRepne
	case 0xF3:
		op.Flags |= FlagRep
	}
	if h.rep != 0 {
		op.Flags |= FlagEnd
		op.Accesses = ManyAccesses
	}
	for _, a := range inst.Args {
		// The override acts on the operand at RSI; that at RDI is always in ES.
		if m, ok := a.(x86asm.Mem); ok && regNum(m.Base) == RSI {
			op.Seg = segment(m.Segment)
		}
	}
	addressSize(inst, op)
	return true
}

func stringCode(inst *x86asm.Inst) (code Code, size uint8) {
	switch inst.Op {
	case x86asm.MOVSB, x86asm.MOVSW, x86asm.MOVSD, x86asm.MOVSQ:
		code = Movs
	case x86asm.STOSB, x86asm.STOSW, x86asm.STOSD, x86asm.STOSQ:
		code = Stos
	case x86asm.LODSB, x86asm.LODSW, x86asm.LODSD, x86asm.LODSQ:
		code = Lods
	case x86asm.SCASB, x86asm.SCASW, x86asm.SCASD, x86asm.SCASQ:
		code = Scas
	case x86asm.CMPSB, x86asm.CMPSW, x86asm.CMPSD, x86asm.CMPSQ:
		code = Cmps
	default:
		return 0, 0
	}
	switch inst.Op {
	case x86asm.MOVSB, x86asm.STOSB, x86asm.LODSB, x86asm.SCASB, x86asm.CMPSB:
		return code, 1
	default:
	}
	return code, uint8(inst.DataSize / 8) // trap 7: the decoder gives no MemBytes
}

// translateMisc fills op for what has no operands worth the name.
func translateMisc(inst *x86asm.Inst, op *Op) bool {
	switch inst.Op {
	case x86asm.NOP, x86asm.PAUSE:
		return bare(Nop, 0, op)
	case x86asm.LAHF:
		return bare(Lahf, 1, op)
	case x86asm.SAHF:
		return bare(Sahf, 1, op)
	case x86asm.CLC:
		return bare(Clc, 0, op)
	case x86asm.STC:
		return bare(Stc, 0, op)
	case x86asm.CMC:
		return bare(Cmc, 0, op)
	case x86asm.CLD:
		return bare(Cld, 0, op)
	case x86asm.STD:
		return bare(Std, 0, op)
	case x86asm.AAA:
		return bare(Aaa, 1, op)
	case x86asm.AAS:
		return bare(Aas, 1, op)
	case x86asm.DAA:
		return bare(Daa, 1, op)
	case x86asm.DAS:
		return bare(Das, 1, op)
	case x86asm.AAM, x86asm.AAD:
		base, _ := inst.Args[0].(x86asm.Imm)
		op.Imm = int64(uint8(base))
		if inst.Op == x86asm.AAM {
			return bare(Aam, 1, op)
		}
		return bare(Aad, 1, op)
	case x86asm.CPUID:
		return bare(Cpuid, 4, op)
	case x86asm.RDTSC:
		return bare(Rdtsc, 4, op)
	default:
		return false
	}
}

// translateSystem fills op for the ways into the kernel, and for what only the kernel may do.
func translateSystem(inst *x86asm.Inst, op *Op) bool {
	switch inst.Op {
	case x86asm.SYSCALL:
		op.Code = Syscall
		if inst.Mode == 32 {
			op.Code = Undefined // as on Intel
		}
	case x86asm.INT:
		vector, _ := inst.Args[0].(x86asm.Imm)
		op.Code, op.Imm = Int, int64(uint8(vector))
		switch op.Imm {
		case 0x80:
			op.Code = Int80
		case 3:
			op.Code = Int3
		}
	case x86asm.INTO:
		op.Code = Into
	case x86asm.ICEBP:
		op.Code, op.Imm = Int, 1
		op.Cond = 1 // unlike CD 01, which has no gate: #DB
	case x86asm.HLT, x86asm.CLI, x86asm.STI, x86asm.IN, x86asm.OUT, x86asm.INSB, x86asm.INSW, x86asm.INSD,
		x86asm.OUTSB, x86asm.OUTSW, x86asm.OUTSD, x86asm.RDMSR, x86asm.WRMSR, x86asm.LGDT, x86asm.LIDT,
		x86asm.LLDT, x86asm.LTR, x86asm.LMSW, x86asm.CLTS, x86asm.INVD, x86asm.WBINVD, x86asm.INVLPG,
		x86asm.RDPMC, x86asm.SYSRET, x86asm.SYSEXIT, x86asm.SWAPGS:
		op.Code = Privileged
	default:
		return false
	}
	op.Flags |= FlagEnd
	return true
}

// refused reports operations that exist, but raise #UD on the processor that CPUID describes or in user mode.
func refused(o x86asm.Op) bool {
	switch o {
	case x86asm.UD0, x86asm.UD1, x86asm.UD2, x86asm.RDRAND, x86asm.MOVBE, x86asm.RDTSCP, x86asm.MONITOR,
		x86asm.MWAIT, x86asm.INVPCID, x86asm.XABORT, x86asm.XBEGIN, x86asm.XEND, x86asm.XTEST, x86asm.RSM,
		x86asm.XGETBV, x86asm.XSETBV, x86asm.XSAVE, x86asm.XSAVE64, x86asm.XSAVEC, x86asm.XSAVEC64,
		x86asm.XSAVEOPT, x86asm.XSAVEOPT64, x86asm.XSAVES, x86asm.XSAVES64, x86asm.XRSTOR, x86asm.XRSTOR64,
		x86asm.XRSTORS, x86asm.XRSTORS64, x86asm.SYSENTER,
		x86asm.AESDEC, x86asm.AESDECLAST, x86asm.AESENC, x86asm.AESENCLAST, x86asm.AESIMC,
		x86asm.AESKEYGENASSIST, x86asm.PCLMULQDQ, x86asm.SHA1MSG1, x86asm.SHA1MSG2, x86asm.SHA1NEXTE,
		x86asm.SHA1RNDS4, x86asm.SHA256MSG1, x86asm.SHA256MSG2, x86asm.SHA256RNDS2:
		return true
	default:
		return false
	}
}
