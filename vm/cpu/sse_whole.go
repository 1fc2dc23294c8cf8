package cpu

import (
	"encoding/binary"

	"memlab/vm/x86"
)

// execWhole executes the operations whose results mix lanes.
func (c *CPU) execWhole(op *x86.Op) {
	s := c.vecSrc(op)
	if c.raised {
		return
	}
	d := &c.X[op.Dst&15]
	imm := uint8(op.Imm)
	switch op.Code {
	case x86.PUnpckLQDQ:
		d.Hi = s.Lo
	case x86.PUnpckHQDQ:
		*d = Vec{d.Hi, s.Hi}
	case x86.PShufD:
		*d = Vec{pairD(s, imm), pairD(s, imm>>4)}
	case x86.PShufB:
		*d = shufB(*d, s)
	case x86.PBlendVB:
		*d = blend(*d, s, Vec{spread(c.X[0].Lo & topB), spread(c.X[0].Hi & topB)})
	case x86.BlendVPS:
		*d = blend(*d, s, Vec{eachD(c.X[0].Lo, 0, fillD), eachD(c.X[0].Hi, 0, fillD)})
	case x86.BlendVPD:
		*d = blend(*d, s, Vec{uint64(int64(c.X[0].Lo) >> 63), uint64(int64(c.X[0].Hi) >> 63)})
	case x86.InsertPS:
		if op.Flags&x86.FlagMem == 0 {
			s.Lo = elemD(s, imm>>6) // memory has one element only
		}
		*d = insertPS(*d, uint32(s.Lo), imm)
	default:
		*d = wholeFuncs[op.Code-x86.SSEWholeFirst](*d, s, imm)
	}
}

// wholeFunc computes a register from destination, source and immediate.
type wholeFunc func(d, s Vec, imm uint8) Vec

// wholeFuncs lacks the entries that execWhole sees to itself.
//
//nolint:gochecknoglobals // a constant table
var wholeFuncs = [x86.SSEWholeEnd - x86.SSEWholeFirst]wholeFunc{
	x86.PackSSWB - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{packW(d, satSB), packW(s, satSB)}
	},
	x86.PackUSWB - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{packW(d, satUB), packW(s, satUB)}
	},
	x86.PackSSDW - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{packD(d, satSW), packD(s, satSW)}
	},
	x86.PackUSDW - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{packD(d, satUW), packD(s, satUW)}
	},
	x86.PUnpckLBW - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec { return unpackB(d.Lo, s.Lo) },
	x86.PUnpckLWD - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec { return unpackW(d.Lo, s.Lo) },
	x86.PUnpckLDQ - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec { return unpackD(d.Lo, s.Lo) },
	x86.PUnpckHBW - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec { return unpackB(d.Hi, s.Hi) },
	x86.PUnpckHWD - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec { return unpackW(d.Hi, s.Hi) },
	x86.PUnpckHDQ - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec { return unpackD(d.Hi, s.Hi) },
	x86.PShufHW - x86.SSEWholeFirst: func(_, s Vec, imm uint8) Vec {
		return Vec{s.Lo, shufW(s.Hi, imm)}
	},
	x86.PShufLW - x86.SSEWholeFirst: func(_, s Vec, imm uint8) Vec {
		return Vec{shufW(s.Lo, imm), s.Hi}
	},
	x86.ShufPS - x86.SSEWholeFirst: func(d, s Vec, imm uint8) Vec {
		return Vec{pairD(d, imm), pairD(s, imm>>4)}
	},
	x86.ShufPD - x86.SSEWholeFirst: func(d, s Vec, imm uint8) Vec {
		return Vec{elemQ(d, imm), elemQ(s, imm>>1)}
	},
	x86.PAlignR - x86.SSEWholeFirst: alignR,
	x86.PHAddW - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{pairsW(d, addWrapW), pairsW(s, addWrapW)}
	},
	x86.PHAddD - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{pairsD(d, addWrapD), pairsD(s, addWrapD)}
	},
	x86.PHAddSW - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{pairsW(d, addSW), pairsW(s, addSW)}
	},
	x86.PHSubW - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{pairsW(d, subWrapW), pairsW(s, subWrapW)}
	},
	x86.PHSubD - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{pairsD(d, subWrapD), pairsD(s, subWrapD)}
	},
	x86.PHSubSW - x86.SSEWholeFirst: func(d, s Vec, _ uint8) Vec {
		return Vec{pairsW(d, subSW), pairsW(s, subSW)}
	},
	x86.PMovSXBW - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 1, 2, true) },
	x86.PMovSXBD - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 1, 4, true) },
	x86.PMovSXBQ - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 1, 8, true) },
	x86.PMovSXWD - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 2, 4, true) },
	x86.PMovSXWQ - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 2, 8, true) },
	x86.PMovSXDQ - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 4, 8, true) },
	x86.PMovZXBW - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 1, 2, false) },
	x86.PMovZXBD - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 1, 4, false) },
	x86.PMovZXBQ - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 1, 8, false) },
	x86.PMovZXWD - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 2, 4, false) },
	x86.PMovZXWQ - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 2, 8, false) },
	x86.PMovZXDQ - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return widen(s.Lo, 4, 8, false) },
	x86.BlendPS - x86.SSEWholeFirst: func(d, s Vec, imm uint8) Vec {
		return blend(d, s, bitMask(imm, 4))
	},
	x86.BlendPD - x86.SSEWholeFirst: func(d, s Vec, imm uint8) Vec {
		return blend(d, s, bitMask(imm, 8))
	},
	x86.PBlendW - x86.SSEWholeFirst: func(d, s Vec, imm uint8) Vec {
		return blend(d, s, bitMask(imm, 2))
	},
	x86.MPSadBW - x86.SSEWholeFirst:    mpSadBW,
	x86.PHMinPosUW - x86.SSEWholeFirst: func(_, s Vec, _ uint8) Vec { return minPosUW(s) },
	x86.PSllDQ - x86.SSEWholeFirst:     func(d, _ Vec, imm uint8) Vec { return shiftUp(d, imm) },
	x86.PSrlDQ - x86.SSEWholeFirst:     func(d, _ Vec, imm uint8) Vec { return shiftDown(d, imm) },
	x86.MovDDup - x86.SSEWholeFirst:    func(_, s Vec, _ uint8) Vec { return Vec{s.Lo, s.Lo} },
}

func putVec(b *[16]byte, v Vec) {
	binary.LittleEndian.PutUint64(b[:], v.Lo)
	binary.LittleEndian.PutUint64(b[8:], v.Hi)
}

func getVec(b *[16]byte) Vec {
	return Vec{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])}
}

// elemD is the doubleword of v that the low two bits of i number.
func elemD(v Vec, i uint8) uint64 {
	w := v.Lo
	if i&2 != 0 {
		w = v.Hi
	}
	return w >> (i & 1 * 32) & 0xffffffff
}

func elemQ(v Vec, i uint8) uint64 {
	if i&1 != 0 {
		return v.Hi
	}
	return v.Lo
}

// pairD is the two doublewords of v that the low two pairs of bits of imm number.
func pairD(v Vec, imm uint8) uint64 { return elemD(v, imm) | elemD(v, imm>>2)<<32 }

func shufW(v uint64, imm uint8) (r uint64) {
	for i := range 4 {
		r |= v >> (imm >> (2 * i) & 3 * 16) & 0xffff << (16 * i)
	}
	return r
}

func shufB(d, s Vec) Vec {
	var from, by, to [16]byte
	putVec(&from, d)
	putVec(&by, s)
	for i, k := range by {
		if k&0x80 == 0 {
			to[i] = from[k&15]
		}
	}
	return getVec(&to)
}

func packW(v Vec, sat func(int) uint8) (r uint64) {
	for i := range 4 {
		r |= uint64(sat(int(int16(v.Lo>>(16*i))))) << (8 * i)
		r |= uint64(sat(int(int16(v.Hi>>(16*i))))) << (8*i + 32)
	}
	return r
}

func packD(v Vec, sat func(int) uint16) (r uint64) {
	for i := range 2 {
		r |= uint64(sat(int(int32(v.Lo>>(32*i))))) << (16 * i)
		r |= uint64(sat(int(int32(v.Hi>>(32*i))))) << (16*i + 32)
	}
	return r
}

// The unpack functions interleave the elements of two lanes, d's first.
func unpackB(d, s uint64) Vec {
	return Vec{zipB(uint32(d)) | zipB(uint32(s))<<8, zipB(uint32(d>>32)) | zipB(uint32(s>>32))<<8}
}

func unpackW(d, s uint64) Vec {
	return Vec{zipW(uint32(d)) | zipW(uint32(s))<<16, zipW(uint32(d>>32)) | zipW(uint32(s>>32))<<16}
}

func unpackD(d, s uint64) Vec {
	return Vec{uint64(uint32(d)) | s<<32, d>>32 | s>>32<<32}
}

// zipB puts a zero byte above each byte.
func zipB(v uint32) uint64 {
	w := zipW(v)
	return (w | w<<8) & 0x00ff00ff00ff00ff
}

// zipW puts a zero word above each word.
func zipW(v uint32) uint64 { return uint64(v&0xffff) | uint64(v>>16)<<32 }

func alignR(d, s Vec, imm uint8) Vec {
	switch {
	case imm >= 32:
		return Vec{}
	case imm >= 16:
		return shiftDown(d, imm-16)
	}
	a, b := shiftDown(s, imm), shiftUp(d, 16-imm)
	return Vec{a.Lo | b.Lo, a.Hi | b.Hi}
}

// shiftUp shifts left by n bytes.
func shiftUp(v Vec, n uint8) Vec {
	if n >= 8 {
		return Vec{0, v.Lo << (8 * uint(n-8))}
	}
	return Vec{v.Lo << (8 * n), v.Hi<<(8*n) | v.Lo>>(64-8*n)}
}

// shiftDown shifts right by n bytes.
func shiftDown(v Vec, n uint8) Vec {
	if n >= 8 {
		return Vec{v.Hi >> (8 * uint(n-8)), 0}
	}
	return Vec{v.Lo>>(8*n) | v.Hi<<(64-8*n), v.Hi >> (8 * n)}
}

func addWrapW(a, b uint16) uint16 { return a + b }
func subWrapW(a, b uint16) uint16 { return a - b }
func addWrapD(a, b uint32) uint32 { return a + b }
func subWrapD(a, b uint32) uint32 { return a - b }

// pairsW combines neighbouring words, the lower being the first operand.
func pairsW(v Vec, f func(a, b uint16) uint16) (r uint64) {
	for i := range 2 {
		r |= uint64(f(uint16(v.Lo>>(32*i)), uint16(v.Lo>>(32*i+16)))) << (16 * i)
		r |= uint64(f(uint16(v.Hi>>(32*i)), uint16(v.Hi>>(32*i+16)))) << (16*i + 32)
	}
	return r
}

func pairsD(v Vec, f func(a, b uint32) uint32) uint64 {
	return uint64(f(uint32(v.Lo), uint32(v.Lo>>32))) | uint64(f(uint32(v.Hi), uint32(v.Hi>>32)))<<32
}

// widen extends as many elements of from bytes as fit to elements of to bytes.
func widen(v uint64, from, to uint, signed bool) Vec {
	var r [2]uint64
	for i := range 16 / to {
		e := v << (64 - 8*from*(i+1)) // the element's top bit on top
		if signed {
			e = uint64(int64(e) >> (64 - 8*from))
		} else {
			e >>= 64 - 8*from
		}
		if to < 8 {
			e &= 1<<(8*to) - 1
		}
		r[i*to/8] |= e << (8 * (i * to % 8))
	}
	return Vec{r[0], r[1]}
}

// blend takes s where mask has ones.
func blend(d, s, mask Vec) Vec {
	return Vec{d.Lo&^mask.Lo | s.Lo&mask.Lo, d.Hi&^mask.Hi | s.Hi&mask.Hi}
}

// bitMask turns bit i of imm into size bytes of ones.
func bitMask(imm uint8, size int) Vec {
	var b [16]byte
	for i := range b {
		if imm>>(i/size)&1 != 0 {
			b[i] = 0xff
		}
	}
	return getVec(&b)
}

func fillD(d, _ uint32) uint32 { return uint32(int32(d) >> 31) }

func insertPS(d Vec, v uint32, imm uint8) Vec {
	var e [4]uint64
	for i := range e {
		switch {
		case imm>>i&1 != 0:
		case int(imm>>4&3) == i:
			e[i] = uint64(v)
		default:
			e[i] = elemD(d, uint8(i))
		}
	}
	return Vec{e[0] | e[1]<<32, e[2] | e[3]<<32}
}

// mpSadBW sums absolute differences of four bytes of s with eight windows of d.
func mpSadBW(d, s Vec, imm uint8) Vec {
	var a, b [16]byte
	putVec(&a, d)
	putVec(&b, s)
	from, with := int(imm>>2&1)*4, int(imm&3)*4
	var r [2]uint64
	for i := range 8 {
		var sum uint64
		for k := range 4 {
			sum += absDiff(a[from+i+k], b[with+k])
		}
		r[i/4] |= sum << (16 * (i % 4))
	}
	return Vec{r[0], r[1]}
}

// minPosUW finds the smallest word, the first one if there are several, and its position.
func minPosUW(s Vec) Vec {
	least, at := uint64(0x10000), uint64(0)
	for i := range 8 {
		w := s.Lo
		if i >= 4 {
			w = s.Hi
		}
		if e := w >> (16 * (i % 4)) & 0xffff; e < least {
			least, at = e, uint64(i)
		}
	}
	return Vec{least | at<<16, 0}
}
