package cpu

import "memlab/vm/x86"

// The MMX registers are the significands of the x87 registers. An MMX instruction first waits for a pending
// x87 exception; when it succeeds, TOP is 0 and no register is empty (SDM Vol. 1, 9.5).

// mmxReady raises #MF if an x87 exception is pending.
func (c *CPU) mmxReady() bool {
	if c.fpu.pending() {
		c.raise(FPUError, 0)
		return false
	}
	return true
}

// setMMX writes a result and enters the MMX state.
func (c *CPU) setMMX(i uint8, v uint64) {
	c.fpu.mmxEnter()
	c.fpu.setMMX(i, v)
}

// execMMX executes instructions with MMX registers.
func (c *CPU) execMMX(op *x86.Op) {
	if !c.mmxReady() {
		return
	}
	if op.Code >= x86.SSELaneFirst+x86.MMXShift {
		c.execMMXBinary(op)
		return
	}
	switch op.Code {
	case x86.MmxLoadQ:
		if v := c.mmxSrc(op); !c.raised {
			c.setMMX(op.Dst, v)
		}
	case x86.MmxLoadD, x86.GprToMmx:
		if v := c.gprSrc(op); !c.raised {
			c.setMMX(op.Dst, v)
		}
	case x86.MmxStoreQ, x86.MmxStoreD:
		if c.store(op, c.ea(op), op.Size, c.fpu.mmx(op.Src)); !c.raised {
			c.fpu.mmxEnter()
		}
	case x86.MmxToGpr:
		c.fpu.mmxEnter()
		c.Regs[op.Dst&15] = cut(c.fpu.mmx(op.Src), op.Size)
	case x86.MovQ2DQ:
		c.fpu.mmxEnter()
		c.X[op.Dst&15] = Vec{c.fpu.mmx(op.Src), 0}
	case x86.MovDQ2Q:
		c.setMMX(op.Dst, c.X[op.Src&15].Lo)
	case x86.MmxPMovMskB:
		c.fpu.mmxEnter()
		c.Regs[op.Dst&15] = moveMask(c.fpu.mmx(op.Src))
	case x86.MmxPExtrW:
		c.fpu.mmxEnter()
		c.Regs[op.Dst&15] = c.fpu.mmx(op.Src) >> (op.Imm & 3 * 16) & 0xffff
	case x86.MmxPInsrW:
		if v := c.gprSrc(op); !c.raised {
			c.setMMX(op.Dst, insertBits(c.fpu.mmx(op.Dst), v, uint8(op.Imm)&3*16, 2))
		}
	case x86.MaskMovQ:
		c.maskMove(op, Vec{c.fpu.mmx(op.Dst), 0}, Vec{c.fpu.mmx(op.Src), 0}, 8)
		if !c.raised {
			c.fpu.mmxEnter()
		}
	default: // EMMS
		c.fpu.emms()
	}
}

// mmxSrc is the source operand: a register or op.Size bytes of memory.
func (c *CPU) mmxSrc(op *x86.Op) uint64 {
	if op.Flags&x86.FlagMem != 0 {
		return c.load(op, c.ea(op), op.Size)
	}
	return c.fpu.mmx(op.Src)
}

// execMMXBinary executes the MMX forms of lane, shift and whole-register operations.
func (c *CPU) execMMXBinary(op *x86.Op) {
	s := uint64(op.Imm)
	if op.Flags&x86.FlagImm == 0 {
		s = c.mmxSrc(op)
		if c.raised {
			return
		}
	}
	d := c.fpu.mmx(op.Dst)
	switch code := op.Code - x86.MMXShift; {
	case code < x86.SSELaneEnd:
		d = laneFuncs[code-x86.SSELaneFirst](d, s)
	case code < x86.SSEShiftEnd:
		d = shiftFuncs[code-x86.SSEShiftFirst](d, s)
	default:
		d = mmxWhole(code, d, s, uint8(op.Imm))
	}
	c.setMMX(op.Dst, d)
}

// mmxWhole is what the operations on whole registers do to registers of 64 bits.
func mmxWhole(code x86.Code, d, s uint64, imm uint8) uint64 {
	v := Vec{d, s}
	switch code {
	case x86.PackSSWB:
		return packW(v, satSB)
	case x86.PackUSWB:
		return packW(v, satUB)
	case x86.PackSSDW:
		return packD(v, satSW)
	case x86.PUnpckLBW:
		return unpackB(d, s).Lo
	case x86.PUnpckHBW:
		return unpackB(d, s).Hi
	case x86.PUnpckLWD:
		return unpackW(d, s).Lo
	case x86.PUnpckHWD:
		return unpackW(d, s).Hi
	case x86.PUnpckLDQ:
		return unpackD(d, s).Lo
	case x86.PUnpckHDQ:
		return unpackD(d, s).Hi
	case x86.PShufB:
		return shufB(Vec{d, 0}, Vec{s & 0x8787878787878787, 0}).Lo
	case x86.PShufW:
		return shufW(s, imm)
	case x86.PAlignR:
		return shiftDown(Vec{s, d}, imm).Lo
	case x86.PHAddW:
		return pairsW(v, addWrapW)
	case x86.PHAddD:
		return pairsD(v, addWrapD)
	case x86.PHAddSW:
		return pairsW(v, addSW)
	case x86.PHSubW:
		return pairsW(v, subWrapW)
	case x86.PHSubD:
		return pairsD(v, subWrapD)
	default:
		return pairsW(v, subSW)
	}
}

// convertMMX executes the conversions between MMX and XMM registers. Integers in memory leave the x87 alone.
func (c *CPU) convertMMX(op *x86.Op) {
	mem := op.Flags&x86.FlagMem != 0
	toVec := op.Code == x86.CvtPI2PD || op.Code == x86.CvtPI2PS
	enter := !toVec || !mem
	if enter && !c.mmxReady() {
		return
	}
	var r Vec
	var flags uint32
	if toVec {
		r, flags = c.vecFromMMX(op)
	} else {
		r, flags = c.vecToInts(op)
	}
	if c.raised {
		return
	}
	if enter {
		c.fpu.mmxEnter() // seen on a processor: #XM does not undo it
	}
	if flags != 0 && c.signal(flags) {
		return
	}
	if toVec {
		c.X[op.Dst&15] = r
	} else {
		c.fpu.setMMX(op.Dst, r.Lo)
	}
}

func (c *CPU) vecFromMMX(op *x86.Op) (r Vec, flags uint32) {
	s := c.mmxSrc(op)
	if op.Code == x86.CvtPI2PD {
		return intsToDoubles(c.MXCSR, s), 0
	}
	r.Hi = c.X[op.Dst&15].Hi
	r.Lo, flags = pairToSingles(c.MXCSR, s)
	return r, flags
}

func (c *CPU) vecToInts(op *x86.Op) (r Vec, flags uint32) {
	s := c.vecSrc(op)
	rc := c.MXCSR >> mxRCShift & 3
	if op.Code == x86.CvtTPD2PI || op.Code == x86.CvtTPS2PI {
		rc = roundZero
	}
	if op.Code == x86.CvtPD2PI || op.Code == x86.CvtTPD2PI {
		return doublesToInts(c.MXCSR, rc, s)
	}
	r.Lo, flags = pairToInts(c.MXCSR, rc, s.Lo)
	return r, flags
}
