package x86

import "golang.org/x/arch/x86/x86asm"

// StackEffect is what an instruction does to the stack pointer and to the flow of control, as far as walking
// a stack without a map of it needs to know.
type StackEffect struct {
	Len    int
	Grow   int64  // bytes by which the stack grows: of push 8 or 4, of add rsp, n it is -n
	Pushes int    // register that is pushed; -1: none
	Pops   int    // register that is popped; -1: none
	Lost   bool   // the stack pointer becomes something that is not known from it alone
	Branch bool   // goes to Target, or may
	Target uint64 // of a direct branch
	Ends   bool   // what follows is not reached from here
}

// EffectOn decodes the instruction at the start of code, whose address is pc; false: there is none.
func EffectOn(code []byte, pc uint64, mode32 bool) (StackEffect, bool) {
	in := Disassemble(code, pc, mode32)
	e := StackEffect{Len: in.Len, Pushes: -1, Pops: -1}
	if in.Text == Bad {
		return e, false
	}
	inst, ok := decodeInst(code[:in.Len], mode32)
	if !ok {
		return e, true // one of those that the decoder does not know: none touches the stack
	}
	word := int64(8)
	if mode32 {
		word = 4
	}
	if in.Branch && inst.Op != x86asm.CALL {
		e.Branch, e.Target = true, in.Target
	}
	switch inst.Op {
	case x86asm.RET, x86asm.JMP, x86asm.UD2, x86asm.HLT, x86asm.LJMP, x86asm.LRET:
		e.Ends = true
	case x86asm.PUSH:
		e.Grow, e.Pushes = word, generalReg(inst.Args[0])
	case x86asm.PUSHF, x86asm.PUSHFD, x86asm.PUSHFQ:
		e.Grow = word
	case x86asm.POP:
		e.Grow, e.Pops = -word, generalReg(inst.Args[0])
		e.Lost = e.Pops == RSP
	case x86asm.POPF, x86asm.POPFD, x86asm.POPFQ:
		e.Grow = -word
	case x86asm.CMP, x86asm.TEST, x86asm.CALL:
	case x86asm.ADD, x86asm.SUB, x86asm.LEA:
		e.adjust(&inst)
	case x86asm.LEAVE, x86asm.ENTER, x86asm.PUSHA, x86asm.PUSHAD, x86asm.POPA, x86asm.POPAD:
		e.Lost = true
	default:
		e.Lost = generalReg(inst.Args[0]) == RSP
	}
	return e, true
}

// adjust is about add, sub and lea of the stack pointer.
func (e *StackEffect) adjust(inst *x86asm.Inst) {
	if generalReg(inst.Args[0]) != RSP {
		return
	}
	imm, isImm := inst.Args[1].(x86asm.Imm)
	mem, isMem := inst.Args[1].(x86asm.Mem)
	switch {
	case isImm && inst.Op == x86asm.SUB:
		e.Grow = int64(imm)
	case isImm:
		e.Grow = -int64(imm)
	case isMem && inst.Op != x86asm.LEA:
		e.Lost = true
	case isMem && (mem.Base == x86asm.RSP || mem.Base == x86asm.ESP) && mem.Index == 0:
		e.Grow = -int64(int32(mem.Disp))
	default:
		e.Lost = true
	}
}

// generalReg numbers a 32-bit or 64-bit register; -1: it is none.
func generalReg(a x86asm.Arg) int {
	r, ok := a.(x86asm.Reg)
	switch {
	case ok && r >= x86asm.RAX && r <= x86asm.R15:
		return int(r - x86asm.RAX)
	case ok && r >= x86asm.EAX && r <= x86asm.R15L:
		return int(r - x86asm.EAX)
	}
	return -1
}
