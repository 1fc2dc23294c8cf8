package x86

import "golang.org/x/arch/x86/x86asm"

// decodeSSE translates the instructions of the SSE and MMX family. It reports whether inst is one of them.
func decodeSSE(inst *x86asm.Inst, code []byte, op *Op) bool {
	if inst.Op == x86asm.MOVNTSS || inst.Op == x86asm.MOVNTSD {
		op.Code, op.Flags = Undefined, FlagEnd // SSE4a, which CPUID does not report
		return true
	}
	if int(inst.Op) >= len(sseTable) || sseTable[inst.Op].code == 0 {
		return false
	}
	if refusedSSE(inst, code) {
		op.Code, op.Flags = Undefined, FlagEnd
		return true
	}
	e := &sseTable[inst.Op]
	op.Code, op.Size, op.Cond = e.code, e.size, e.cond
	if m, ok := memArg(inst); ok {
		memOperand(inst, m, op)
		op.Accesses = 1
	}
	for _, a := range inst.Args {
		if imm, ok := a.(x86asm.Imm); ok {
			op.Imm = int64(uint8(imm))
		}
	}
	switch e.shape {
	case inVec:
		decodeBinary(inst, op)
	case inMove:
		decodeMove(inst, op)
	case inToGpr:
		decodeToGpr(inst, op)
	case inFromGpr:
		decodeFromGpr(inst, op)
	case inExtract:
		decodeExtract(inst, op)
	case inMask:
		decodeMaskMove(inst, op)
	case inMoveDQ:
		decodeMoveDQ(inst, op)
	case inNone:
		decodeState(op)
	}
	return true
}

// refusedSSE reports whether the processor raises #UD for an encoding that the decoder accepts (trap 12):
// prefix 66 where the instruction has no such form, and the register forms of MOVLPD and MOVHPD.
func refusedSSE(inst *x86asm.Inst, code []byte) bool {
	switch inst.Op {
	case x86asm.RSQRTPS, x86asm.RCPPS:
		return hasPrefix(code, 0x66) || hasPrefix(code, 0xF2)
	case x86asm.MOVNTI:
		return hasPrefix(code, 0x66) || hasPrefix(code, 0xF2) || hasPrefix(code, 0xF3)
	case x86asm.EMMS:
		return hasPrefix(code, 0x66)
	case x86asm.MOVLPD, x86asm.MOVHPD:
		_, mem := memArg(inst)
		return !mem
	default:
		return false
	}
}

// hasPrefix reports whether the legacy prefix p stands before the opcode.
func hasPrefix(code []byte, p byte) bool {
	for _, b := range code {
		switch b {
		case p:
			return true
		case 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3:
		default:
			return false
		}
	}
	return false
}

func isMMX(a x86asm.Arg) bool {
	r, ok := a.(x86asm.Reg)
	return ok && r >= x86asm.M0 && r <= x86asm.M7
}

func isXMM(a x86asm.Arg) bool {
	r, ok := a.(x86asm.Reg)
	return ok && r >= x86asm.X0 && r <= x86asm.X15
}

// hasREXW reports whether inst has a REX prefix with W set.
func hasREXW(inst *x86asm.Inst) bool {
	for _, p := range inst.Prefix {
		if p.IsREX() && p&x86asm.PrefixREXW != 0 {
			return true
		}
	}
	return false
}

// argNum is the number of the register a; RZero if a is none.
func argNum(a x86asm.Arg) uint8 {
	if r, ok := a.(x86asm.Reg); ok {
		return regNum(r)
	}
	return RZero
}

// decodeBinary sets registers and the immediate of an instruction with a vector destination.
func decodeBinary(inst *x86asm.Inst, op *Op) {
	op.Dst, op.Src = argNum(inst.Args[0]), argNum(inst.Args[1])
	if _, ok := inst.Args[1].(x86asm.Imm); ok { // a shift by an immediate
		op.Flags |= FlagImm
		op.Src = 0
	}
	if op.Code == PCmpEStrI || op.Code == PCmpEStrM {
		if hasREXW(inst) {
			op.Cond = 1 // the length registers count with all their 64 bits
		}
	}
	if isMMX(inst.Args[0]) {
		op.Size = 8
		if op.Code >= PUnpckLBW && op.Code <= PUnpckLDQ {
			op.Size = 4 // mm/m32: the high half is not read
		}
		op.Code += MMXShift
	}
}

// decodeMove finds the direction of a move: the table has the load.
func decodeMove(inst *x86asm.Inst, op *Op) {
	op.Dst, op.Src = argNum(inst.Args[0]), argNum(inst.Args[1])
	if op.Flags&FlagMem == 0 {
		switch op.Code {
		case LoadQ:
			op.Code = MovLowQ
		case LoadD:
			op.Code = MovLowD
		default:
			op.Code = MovVec
		}
		return
	}
	if op.Dst != RZero {
		return
	}
	op.Flags |= FlagDest
	op.Dst = 0
	switch op.Code {
	case LoadVecA:
		op.Code = StoreVecA
	case LoadVecU:
		op.Code = StoreVecU
	case LoadQ, LoadLow:
		op.Code = StoreQ
	case LoadD:
		op.Code = StoreD
	default:
		op.Code = StoreHigh
	}
}

// decodeMoveDQ sorts out MOVD, MOVQ and MOVNTQ, whose operands may be of any kind.
func decodeMoveDQ(inst *x86asm.Inst, op *Op) {
	dst, src := inst.Args[0], inst.Args[1]
	op.Dst, op.Src = argNum(dst), argNum(src)
	mem := op.Flags&FlagMem != 0
	wide := op.Size == 8
	switch {
	case isXMM(dst) && isXMM(src):
		op.Code = MovQ
	case isMMX(dst) && (isMMX(src) || mem && wide):
		op.Code = MmxLoadQ
	case isXMM(dst) && mem:
		op.Code = pick(wide, LoadQ, LoadD)
	case isXMM(dst):
		op.Code = GprToVec
	case isMMX(dst):
		op.Code = pick(mem, MmxLoadD, GprToMmx)
	case isXMM(src) && mem:
		op.Code = pick(wide, StoreQ, StoreD)
	case isXMM(src):
		op.Code = VecToGpr
	case mem:
		op.Code = pick(wide, MmxStoreQ, MmxStoreD)
	default:
		op.Code = MmxToGpr
	}
	if op.Dst == RZero {
		op.Dst = 0
		op.Flags |= FlagDest
	}
}

func pick(cond bool, yes, no Code) Code {
	if cond {
		return yes
	}
	return no
}

// decodeToGpr sets the operands of an instruction whose destination is not of the source's kind.
func decodeToGpr(inst *x86asm.Inst, op *Op) {
	op.Dst, op.Src = argNum(inst.Args[0]), argNum(inst.Args[1])
	if r, ok := inst.Args[0].(x86asm.Reg); ok {
		op.Cond |= regBytes(r)
	}
	if op.Code == PMovMskB && isMMX(inst.Args[1]) {
		op.Code = MmxPMovMskB
	}
}

// decodeFromGpr sets the operands of an instruction whose source is an integer register or memory.
func decodeFromGpr(inst *x86asm.Inst, op *Op) {
	op.Dst, op.Src = argNum(inst.Args[0]), argNum(inst.Args[1])
	if op.Size == 0 { // the integer's width counts
		op.Size = uint8(inst.MemBytes)
		if r, ok := inst.Args[1].(x86asm.Reg); ok {
			op.Size = regBytes(r)
		}
	}
	if isMMX(inst.Args[0]) {
		op.Code = MmxPInsrW
	}
}

// decodeExtract sets the operands of an instruction that writes an integer register or memory.
func decodeExtract(inst *x86asm.Inst, op *Op) {
	op.Dst, op.Src = argNum(inst.Args[0]), argNum(inst.Args[1])
	op.Flags |= FlagDest
	if op.Dst == RZero {
		op.Dst = 0
	}
	if r, ok := inst.Args[1].(x86asm.Reg); ok && op.Code == StoreGpr {
		op.Size = regBytes(r)
	}
	if isMMX(inst.Args[1]) {
		op.Code = MmxPExtrW
	}
}

// decodeMaskMove gives MASKMOVQ and MASKMOVDQU the memory operand that their encodings do not show.
func decodeMaskMove(inst *x86asm.Inst, op *Op) {
	memOperand(inst, x86asm.Mem{Base: x86asm.RDI, Segment: segmentOverride(inst)}, op)
	op.Dst, op.Src = argNum(inst.Args[0]), argNum(inst.Args[1])
	op.Flags |= FlagDest
	op.Accesses = ManyAccesses // none with an empty mask
}

// segmentOverride is the segment that a prefix of inst names, for operands that the decoder does not show.
func segmentOverride(inst *x86asm.Inst) x86asm.Reg {
	var seg x86asm.Reg
	for _, p := range inst.Prefix {
		if p&0xff == x86asm.PrefixFS {
			seg = x86asm.FS
		}
		if p&0xff == x86asm.PrefixGS {
			seg = x86asm.GS
		}
	}
	return seg
}

// decodeState sets what is special about the instructions without a register operand.
func decodeState(op *Op) {
	switch op.Code {
	case StMXCSR:
		op.Flags |= FlagDest
	case FXSave:
		op.Flags |= FlagDest
		op.Accesses = ManyAccesses
	case FXRstor:
		op.Accesses = ManyAccesses
	default:
	}
}
