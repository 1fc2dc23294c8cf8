package x86

import "golang.org/x/arch/x86/x86asm"

// regNum is the number of a register within its file: 0-15 for the integer registers of every width, 0-7
// for MMX and x87, 0-15 for XMM. The high-byte registers have the numbers AH to BH.
func regNum(r x86asm.Reg) uint8 {
	switch {
	case r >= x86asm.AL && r <= x86asm.BL:
		return uint8(r - x86asm.AL)
	case r >= x86asm.AH && r <= x86asm.BH:
		return AH + uint8(r-x86asm.AH)
	case r >= x86asm.SPB && r <= x86asm.R15B:
		return uint8(r-x86asm.SPB) + RSP
	case r >= x86asm.AX && r <= x86asm.R15W:
		return uint8(r - x86asm.AX)
	case r >= x86asm.EAX && r <= x86asm.R15L:
		return uint8(r - x86asm.EAX)
	case r >= x86asm.RAX && r <= x86asm.R15:
		return uint8(r - x86asm.RAX)
	case r >= x86asm.F0 && r <= x86asm.F7:
		return uint8(r - x86asm.F0)
	case r >= x86asm.M0 && r <= x86asm.M7:
		return uint8(r - x86asm.M0)
	case r >= x86asm.X0 && r <= x86asm.X15:
		return uint8(r - x86asm.X0)
	}
	return RZero
}

// regBytes is the width of an integer register in bytes; 0 for any other.
func regBytes(r x86asm.Reg) uint8 {
	switch {
	case r >= x86asm.AL && r <= x86asm.R15B:
		return 1
	case r >= x86asm.AX && r <= x86asm.R15W:
		return 2
	case r >= x86asm.EAX && r <= x86asm.R15L:
		return 4
	case r >= x86asm.RAX && r <= x86asm.R15:
		return 8
	}
	return 0
}

// memArg is the first memory operand of inst.
func memArg(inst *x86asm.Inst) (x86asm.Mem, bool) {
	for _, a := range inst.Args {
		if m, ok := a.(x86asm.Mem); ok {
			return m, true
		}
	}
	return x86asm.Mem{}, false
}

// memOperand fills the address fields of op (Base, Index, Scale, Disp, Seg, FlagMem, FlagAddr32) from m.
// op.Off and op.Len must be set: a RIP-relative displacement becomes relative to the start of the block.
func memOperand(inst *x86asm.Inst, m x86asm.Mem, op *Op) {
	op.Flags |= FlagMem
	op.Base, op.Index, op.Scale = RZero, RZero, 0
	// Trap 1: the decoder does not sign-extend 32-bit displacements (golang/go#18666). MOV with an absolute
	// address of 64 bits does not come here (see translateMoffs).
	op.Disp = int64(int32(m.Disp))
	switch {
	case m.Base == x86asm.RIP || m.Base == x86asm.EIP:
		op.Base = RBlock
		op.Disp += int64(op.Off) + int64(op.Len)
	case m.Base != 0:
		op.Base = regNum(m.Base)
	}
	if m.Index != 0 && m.Scale != 0 {
		op.Index = regNum(m.Index)
		op.Scale = scaleShift[m.Scale&15]
	}
	op.Seg = segment(m.Segment)
	addressSize(inst, op)
}

// addressSize notes how many bits of an address count.
func addressSize(inst *x86asm.Inst, op *Op) {
	switch inst.AddrSize {
	case 16:
		op.Seg |= SegAddr16
		op.Flags |= FlagAddr32
	case 32:
		op.Flags |= FlagAddr32
	}
}

// scaleShift is the binary logarithm of a SIB byte's factor.
//
//nolint:gochecknoglobals // a constant table
var scaleShift = [16]uint8{1: 0, 2: 1, 4: 2, 8: 3}

// segment is the base that a segment prefix adds. All but FS and GS are 0: by definition in 64-bit code, by
// Linux's descriptors in 32-bit code (trap 14).
func segment(r x86asm.Reg) uint8 {
	switch r {
	case x86asm.FS:
		return SegFS
	case x86asm.GS:
		return SegGS
	default:
		return SegNone
	}
}
