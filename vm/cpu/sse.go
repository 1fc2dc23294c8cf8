package cpu

import "memlab/vm/x86"

// The SSE and MMX family.
//
// execSSE picks the group of an operation by comparing codes (the groups are contiguous, see
// x86/codes_sse.go). Within a group either a switch or a table of plain functions does the work; those
// functions know registers' contents only, not the CPU, so that MMX shares them:
//
//	sse_move.go     moves between registers and memory
//	sse_lanes.go    64-bit lanes on their own: one function serves both halves of XMM, and MMX
//	sse_whole.go    shuffles, packs and whatever crosses lanes
//	sse_float.go    arithmetic: the default environment in sse_fast.go, the rest bit by bit in sse_soft.go
//	sse_convert.go  conversions
//	sse_gpr.go      results in integer registers and flags; sse_string.go: PCMPxSTRx
//	sse_state.go    MXCSR, FXSAVE
//	mmx.go          MMX registers

// execSSE executes one instruction of the SSE and MMX family.
func (c *CPU) execSSE(op *x86.Op) {
	switch code := op.Code; {
	case code < x86.SSEMoveEnd:
		c.execMove(op)
	case code < x86.SSELaneEnd:
		c.execLanes(op)
	case code < x86.SSEShiftEnd:
		c.execShift(op)
	case code < x86.SSEWholeEnd:
		c.execWhole(op)
	case code < x86.SSEFloatEnd:
		c.execFloat(op)
	case code < x86.SSEConvertEnd:
		c.execConvert(op)
	case code < x86.SSEGprEnd:
		c.execGpr(op)
	case code < x86.SSEStateEnd:
		c.execState(op)
	default:
		c.execMMX(op)
	}
}

// vecSrc is the source operand: a register, or op.Size bytes of memory with zeros above.
func (c *CPU) vecSrc(op *x86.Op) Vec {
	if op.Flags&x86.FlagMem == 0 {
		return c.X[op.Src&15]
	}
	return c.vecMem(op)
}

func (c *CPU) vecMem(op *x86.Op) Vec {
	va := c.ea(op)
	if op.Size != 16 {
		return Vec{c.load(op, va, op.Size), 0}
	}
	if !c.aligned(va) {
		return Vec{}
	}
	return c.load128(op, va)
}

// beyond is the address n bytes behind va.
func (c *CPU) beyond(va, n uint64) uint64 {
	va += n
	if c.Mode32 {
		va = uint64(uint32(va))
	}
	return va
}

// aligned raises #GP unless va is a multiple of 16 (SDM Vol. 1, 10.4.1.1).
func (c *CPU) aligned(va uint64) bool {
	if va&15 != 0 {
		c.raise(GeneralProtection, 0)
		return false
	}
	return true
}
