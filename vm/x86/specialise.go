package x86

// specialise replaces the generic code of op by the hot one that does the same, if there is one.
func specialise(op *Op) {
	switch op.Code {
	case Mov:
		specialiseMov(op)
	case Movzx, Movsx:
		specialiseWiden(op)
	case Lea:
		if op.Flags&FlagAddr32 == 0 && op.Size == 8 {
			op.Code = Lea64
		} else if op.Size == 4 && op.Seg == SegNone {
			op.Code = Lea32 // the cut to 32 bits covers that of the address
		}
	case Add, Or, And, Sub, Xor, Cmp, Test:
		specialiseArith(op)
	case Shl, Shr, Sar:
		specialiseShift(op)
	case Imul2:
		if op.Flags&FlagMem == 0 && op.Size >= 4 {
			op.Code = bySize(op, Imul64RR, Imul32RR)
		}
	case Push:
		if op.Size == 8 && op.Flags&(FlagMem|FlagImm) == 0 {
			op.Code = Push64
		}
	case Pop:
		if op.Size == 8 && op.Flags&FlagMem == 0 {
			op.Code = Pop64
		}
	case Call:
		if op.Size == 8 {
			op.Code = Call64
		}
	case Ret:
		if op.Size == 8 && op.Imm == 0 {
			op.Code = Ret64
		}
	default:
	}
}

// plain reports whether op's address is only base, index and displacement.
func plain(op *Op) bool { return op.Seg == SegNone && op.Flags&FlagAddr32 == 0 }

func bySize(op *Op, c64, c32 Code) Code {
	if op.Size == 8 {
		return c64
	}
	return c32
}

func specialiseMov(op *Op) {
	wide := op.Size >= 4
	switch op.Flags & (FlagMem | FlagDest | FlagImm) {
	case FlagDest:
		if wide {
			op.Code = bySize(op, Mov64RR, Mov32RR)
		}
	case FlagDest | FlagImm:
		if wide {
			op.Code = MovRI
			if op.Size == 4 {
				op.Imm = int64(uint32(op.Imm))
			}
		}
	case FlagMem:
		if wide && plain(op) {
			op.Code = bySize(op, Mov64RM, Mov32RM)
		}
	case FlagMem | FlagDest:
		if wide && plain(op) {
			op.Code = bySize(op, Mov64MR, Mov32MR)
		} else if op.Size == 1 && plain(op) && op.Src < AH {
			op.Code = Mov8MR
		}
	case FlagMem | FlagDest | FlagImm:
		if wide && plain(op) {
			op.Code = bySize(op, Mov64MI, Mov32MI)
		}
	}
}

func specialiseWiden(op *Op) {
	if op.Size == 2 || op.Src != RZero && op.Src >= AH || op.Flags&FlagMem != 0 && !plain(op) {
		return
	}
	mem := op.Flags&FlagMem != 0
	switch {
	case op.Code == Movzx && op.Imm == 1:
		op.Code = ifMem(mem, Movzx8RM, Movzx8RR)
	case op.Code == Movzx && op.Imm == 2:
		op.Code = ifMem(mem, Movzx16RM, Movzx16RR)
	case op.Code == Movsx && op.Imm == 4 && op.Size == 8:
		op.Code = ifMem(mem, Movsxd64RM, Movsxd64RR)
	}
}

func ifMem(mem bool, yes, no Code) Code {
	if mem {
		return yes
	}
	return no
}

// forms is the number of hot codes of one arithmetic operation: 64RR 32RR 64RI 32RI 64RM 32RM.
const forms = 6

func specialiseArith(op *Op) {
	first := Add64RR + (op.Code-Add)*forms
	form := Code(0)
	switch op.Flags & (FlagMem | FlagDest | FlagImm) {
	case FlagDest:
		if op.Size == 1 && op.Code == Test && op.Dst < AH && op.Src < AH {
			op.Code = Test8RR
			return
		}
	case FlagDest | FlagImm:
		form = 2
		if op.Size == 1 && op.Code == Cmp && op.Dst < AH {
			op.Code = Cmp8RI
			return
		}
	case FlagMem:
		form = 4
		if !plain(op) {
			return
		}
	default:
		specialiseCompare(op)
		return
	}
	switch op.Size {
	case 8:
		op.Code = first + form
	case 4:
		op.Code = first + form + 1
	}
}

// specialiseCompare takes CMP with memory on the left.
func specialiseCompare(op *Op) {
	if op.Code != Cmp || !plain(op) {
		return
	}
	imm := op.Flags&FlagImm != 0
	switch {
	case op.Size == 1 && imm:
		op.Code = Cmp8MI
	case op.Size < 4:
	case imm:
		op.Code = bySize(op, Cmp64MI, Cmp32MI)
	default:
		op.Code = bySize(op, Cmp64MR, Cmp32MR)
	}
}

func specialiseShift(op *Op) {
	if op.Flags&FlagMem != 0 || op.Flags&FlagImm == 0 || op.Size < 4 || op.Imm == 0 {
		return
	}
	switch op.Code {
	case Shl:
		op.Code = bySize(op, Shl64RI, Shl32RI)
	case Shr:
		op.Code = bySize(op, Shr64RI, Shr32RI)
	case Sar:
		op.Code = bySize(op, Sar64RI, Sar32RI)
	default:
	}
}
