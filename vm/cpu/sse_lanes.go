package cpu

import "memlab/vm/x86"

// execLanes executes the operations on separate 64-bit lanes. The cases are those that string functions
// live on.
func (c *CPU) execLanes(op *x86.Op) {
	s := c.X[op.Src&15]
	if op.Flags&x86.FlagMem != 0 {
		s = c.vecMem(op)
		if c.raised {
			return
		}
	}
	d := &c.X[op.Dst&15]
	switch op.Code {
	case x86.PAnd:
		d.Lo &= s.Lo
		d.Hi &= s.Hi
	case x86.PAndn:
		d.Lo = s.Lo &^ d.Lo
		d.Hi = s.Hi &^ d.Hi
	case x86.POr:
		d.Lo |= s.Lo
		d.Hi |= s.Hi
	case x86.PXor:
		d.Lo ^= s.Lo
		d.Hi ^= s.Hi
	case x86.PAddB:
		d.Lo = addB(d.Lo, s.Lo)
		d.Hi = addB(d.Hi, s.Hi)
	case x86.PAddD:
		d.Lo = addD(d.Lo, s.Lo)
		d.Hi = addD(d.Hi, s.Hi)
	case x86.PSubB:
		d.Lo = subB(d.Lo, s.Lo)
		d.Hi = subB(d.Hi, s.Hi)
	case x86.PAddQ:
		d.Lo += s.Lo
		d.Hi += s.Hi
	case x86.PSubQ:
		d.Lo -= s.Lo
		d.Hi -= s.Hi
	case x86.PCmpEqB:
		d.Lo = cmpEqB(d.Lo, s.Lo)
		d.Hi = cmpEqB(d.Hi, s.Hi)
	case x86.PMinUB:
		d.Lo = minUB(d.Lo, s.Lo)
		d.Hi = minUB(d.Hi, s.Hi)
	default:
		f := laneFuncs[op.Code-x86.SSELaneFirst]
		d.Lo = f(d.Lo, s.Lo)
		d.Hi = f(d.Hi, s.Hi)
	}
}

// execShift executes the shifts of lanes.
func (c *CPU) execShift(op *x86.Op) {
	n := uint64(op.Imm)
	if op.Flags&x86.FlagImm == 0 {
		n = c.vecSrc(op).Lo
		if c.raised {
			return
		}
	}
	d := &c.X[op.Dst&15]
	switch op.Code {
	case x86.PSllD:
		low := uint64(uint32(1<<32-1)<<min(n, 63)) * 0x0000000100000001 // the bits that stay in their lane
		d.Lo, d.Hi = d.Lo<<n&low, d.Hi<<n&low
		return
	case x86.PSrlD:
		low := uint64(uint32(1<<32-1)>>min(n, 63)) * 0x0000000100000001
		d.Lo, d.Hi = d.Lo>>n&low, d.Hi>>n&low
		return
	case x86.PSllQ:
		d.Lo, d.Hi = d.Lo<<n, d.Hi<<n
		return
	case x86.PSrlQ:
		d.Lo, d.Hi = d.Lo>>n, d.Hi>>n
		return
	default:
	}
	f := shiftFuncs[op.Code-x86.SSEShiftFirst]
	d.Lo = f(d.Lo, n)
	d.Hi = f(d.Hi, n)
}

// laneFunc computes one 64-bit lane of the result from the destination's and the source's.
type laneFunc func(d, s uint64) uint64

//nolint:gochecknoglobals // a constant table
var laneFuncs = [x86.SSELaneEnd - x86.SSELaneFirst]laneFunc{
	x86.PAnd - x86.SSELaneFirst:     func(d, s uint64) uint64 { return d & s },
	x86.PAndn - x86.SSELaneFirst:    func(d, s uint64) uint64 { return s &^ d },
	x86.POr - x86.SSELaneFirst:      func(d, s uint64) uint64 { return d | s },
	x86.PXor - x86.SSELaneFirst:     func(d, s uint64) uint64 { return d ^ s },
	x86.PAddB - x86.SSELaneFirst:    addB,
	x86.PAddW - x86.SSELaneFirst:    addW,
	x86.PAddD - x86.SSELaneFirst:    addD,
	x86.PAddQ - x86.SSELaneFirst:    func(d, s uint64) uint64 { return d + s },
	x86.PAddSB - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachB(d, s, addSB) },
	x86.PAddSW - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachW(d, s, addSW) },
	x86.PAddUSB - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachB(d, s, addUSB) },
	x86.PAddUSW - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachW(d, s, addUSW) },
	x86.PSubB - x86.SSELaneFirst:    subB,
	x86.PSubW - x86.SSELaneFirst:    subW,
	x86.PSubD - x86.SSELaneFirst:    subD,
	x86.PSubQ - x86.SSELaneFirst:    func(d, s uint64) uint64 { return d - s },
	x86.PSubSB - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachB(d, s, subSB) },
	x86.PSubSW - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachW(d, s, subSW) },
	x86.PSubUSB - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachB(d, s, subUSB) },
	x86.PSubUSW - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachW(d, s, subUSW) },
	x86.PCmpEqB - x86.SSELaneFirst:  cmpEqB,
	x86.PCmpEqW - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachW(d, s, cmpEqW) },
	x86.PCmpEqD - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachD(d, s, cmpEqD) },
	x86.PCmpEqQ - x86.SSELaneFirst:  func(d, s uint64) uint64 { return ones(d == s) },
	x86.PCmpGtB - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachB(d, s, cmpGtB) },
	x86.PCmpGtW - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachW(d, s, cmpGtW) },
	x86.PCmpGtD - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachD(d, s, cmpGtD) },
	x86.PCmpGtQ - x86.SSELaneFirst:  func(d, s uint64) uint64 { return ones(int64(d) > int64(s)) },
	x86.PMinUB - x86.SSELaneFirst:   minUB,
	x86.PMinUW - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachW(d, s, minUW) },
	x86.PMinUD - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachD(d, s, minUD) },
	x86.PMinSB - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachB(d, s, minSB) },
	x86.PMinSW - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachW(d, s, minSW) },
	x86.PMinSD - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachD(d, s, minSD) },
	x86.PMaxUB - x86.SSELaneFirst:   maxUB,
	x86.PMaxUW - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachW(d, s, maxUW) },
	x86.PMaxUD - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachD(d, s, maxUD) },
	x86.PMaxSB - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachB(d, s, maxSB) },
	x86.PMaxSW - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachW(d, s, maxSW) },
	x86.PMaxSD - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachD(d, s, maxSD) },
	x86.PAvgB - x86.SSELaneFirst:    func(d, s uint64) uint64 { return eachB(d, s, avgB) },
	x86.PAvgW - x86.SSELaneFirst:    func(d, s uint64) uint64 { return eachW(d, s, avgW) },
	x86.PMulLW - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachW(d, s, mulLW) },
	x86.PMulHW - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachW(d, s, mulHW) },
	x86.PMulHUW - x86.SSELaneFirst:  func(d, s uint64) uint64 { return eachW(d, s, mulHUW) },
	x86.PMulHRSW - x86.SSELaneFirst: func(d, s uint64) uint64 { return eachW(d, s, mulHRSW) },
	x86.PMulLD - x86.SSELaneFirst:   func(d, s uint64) uint64 { return eachD(d, s, mulLD) },
	x86.PMulUDQ - x86.SSELaneFirst: func(d, s uint64) uint64 {
		return uint64(uint32(d)) * uint64(uint32(s))
	},
	x86.PMulDQ - x86.SSELaneFirst: func(d, s uint64) uint64 {
		return uint64(int64(int32(d)) * int64(int32(s)))
	},
	x86.PMAddWD - x86.SSELaneFirst:   mAddWD,
	x86.PMAddUBSW - x86.SSELaneFirst: func(d, s uint64) uint64 { return eachW(d, s, mAddUBSW) },
	x86.PSadBW - x86.SSELaneFirst:    sadBW,
	x86.PAbsB - x86.SSELaneFirst:     func(_, s uint64) uint64 { return eachB(s, s, signB) },
	x86.PAbsW - x86.SSELaneFirst:     func(_, s uint64) uint64 { return eachW(s, s, signW) },
	x86.PAbsD - x86.SSELaneFirst:     func(_, s uint64) uint64 { return eachD(s, s, signD) },
	x86.PSignB - x86.SSELaneFirst:    func(d, s uint64) uint64 { return eachB(d, s, signB) },
	x86.PSignW - x86.SSELaneFirst:    func(d, s uint64) uint64 { return eachW(d, s, signW) },
	x86.PSignD - x86.SSELaneFirst:    func(d, s uint64) uint64 { return eachD(d, s, signD) },
	x86.MovSHDup - x86.SSELaneFirst:  func(_, s uint64) uint64 { return s>>32 | s>>32<<32 },
	x86.MovSLDup - x86.SSELaneFirst:  func(_, s uint64) uint64 { return s<<32>>32 | s<<32 },
}

//nolint:gochecknoglobals // a constant table
var shiftFuncs = [x86.SSEShiftEnd - x86.SSEShiftFirst]laneFunc{
	x86.PSllW - x86.SSEShiftFirst: func(d, n uint64) uint64 { return eachW(d, repeatW(n), shlW) },
	x86.PSllD - x86.SSEShiftFirst: func(d, n uint64) uint64 { return eachD(d, repeatD(n), shlD) },
	x86.PSllQ - x86.SSEShiftFirst: func(d, n uint64) uint64 { return d << n },
	x86.PSrlW - x86.SSEShiftFirst: func(d, n uint64) uint64 { return eachW(d, repeatW(n), shrW) },
	x86.PSrlD - x86.SSEShiftFirst: func(d, n uint64) uint64 { return eachD(d, repeatD(n), shrD) },
	x86.PSrlQ - x86.SSEShiftFirst: func(d, n uint64) uint64 { return d >> n },
	x86.PSraW - x86.SSEShiftFirst: func(d, n uint64) uint64 { return eachW(d, repeatW(n), sarW) },
	x86.PSraD - x86.SSEShiftFirst: func(d, n uint64) uint64 { return eachD(d, repeatD(n), sarD) },
}

// repeatW puts a shift count into all words; any above 63 counts as 63, which is beyond every width used.
func repeatW(n uint64) uint64 { return min(n, 63) * 0x0001000100010001 }

func repeatD(n uint64) uint64 { return min(n, 63) * 0x0000000100000001 }

func eachB(d, s uint64, f func(d, s uint8) uint8) (r uint64) {
	for i := 0; i < 64; i += 8 {
		r |= uint64(f(uint8(d>>i), uint8(s>>i))) << i
	}
	return r
}

func eachW(d, s uint64, f func(d, s uint16) uint16) (r uint64) {
	for i := 0; i < 64; i += 16 {
		r |= uint64(f(uint16(d>>i), uint16(s>>i))) << i
	}
	return r
}

func eachD(d, s uint64, f func(d, s uint32) uint32) uint64 {
	return uint64(f(uint32(d), uint32(s))) | uint64(f(uint32(d>>32), uint32(s>>32)))<<32
}

func ones(b bool) uint64 {
	if b {
		return ^uint64(0)
	}
	return 0
}
