package cpu

import (
	"math/bits"
	"slices"

	"memlab/vm/x86"
)

// The string instructions of SSE4.2 compare two strings of at most 16 bytes or 8 words. What they do is in
// imm (SDM Vol. 2, 4.1): bit 0 words, bit 1 signed, bits 2 and 3 the way of comparing, bits 4 and 5 the
// polarity, bit 6 the last index instead of the first, or a mask of bytes or words instead of one of bits.

const (
	strWords  = 1 << 0
	strSigned = 1 << 1
	strLast   = 1 << 6
	strWide   = 1 << 6

	strAny     = 0 << 2 // which elements of the second occur in the first
	strRanges  = 1 << 2 // which elements of the second lie in ranges that the first lists
	strEach    = 2 << 2 // which elements are equal
	strOrdered = 3 << 2 // where the first occurs in the second
)

// strOperand is a string: its elements, extended to int32, and how many of them count.
type strOperand struct {
	elem [16]int32
	n    int
}

// execString executes PCMPxSTRx. Memory operands need no alignment.
func (c *CPU) execString(op *x86.Op) {
	s := c.X[op.Src&15]
	if op.Flags&x86.FlagMem != 0 {
		s = c.load128(op, c.ea(op))
		if c.raised {
			return
		}
	}
	imm := uint8(op.Imm)
	var a, b strOperand
	total := a.fill(c.X[op.Dst&15], imm)
	b.fill(s, imm)
	if op.Code == x86.PCmpEStrI || op.Code == x86.PCmpEStrM {
		// The registers are 32 bits wide, or 64 with REX.W, which the decoder notes in Cond.
		a.n = explicitLength(c.Regs[x86.RAX], op.Cond, total)
		b.n = explicitLength(c.Regs[x86.RDX], op.Cond, total)
	}
	res := polarize(compareStrings(&a, &b, imm, total), imm, b.n, total)
	c.setFlags(res != 0, false, false, b.n < total, a.n < total, res&1 != 0)
	switch {
	case op.Code == x86.PCmpEStrM || op.Code == x86.PCmpIStrM:
		c.X[0] = stringMask(res, imm)
	case res == 0:
		c.Regs[x86.RCX] = uint64(total)
	case imm&strLast != 0:
		c.Regs[x86.RCX] = uint64(bits.Len32(res) - 1)
	default:
		c.Regs[x86.RCX] = uint64(bits.TrailingZeros32(res))
	}
}

// fill takes the elements of v, up to the first that is 0, and returns how many fit.
func (o *strOperand) fill(v Vec, imm uint8) (total int) {
	var b [16]byte
	putVec(&b, v)
	total = 16
	if imm&strWords != 0 {
		total = 8
	}
	o.n = total
	for i := total - 1; i >= 0; i-- {
		if imm&strWords != 0 {
			w := uint16(b[2*i]) | uint16(b[2*i+1])<<8
			o.elem[i] = int32(w)
			if imm&strSigned != 0 {
				o.elem[i] = int32(int16(w))
			}
		} else {
			o.elem[i] = int32(b[i])
			if imm&strSigned != 0 {
				o.elem[i] = int32(int8(b[i]))
			}
		}
		if o.elem[i] == 0 {
			o.n = i
		}
	}
	return total
}

// explicitLength is the magnitude of a length register, at most total.
func explicitLength(r uint64, wide uint8, total int) int {
	v := int64(r)
	if wide == 0 {
		v = int64(int32(r))
	}
	if v < 0 {
		v = -v
	}
	if v < 0 || v > int64(total) {
		return total
	}
	return int(v)
}

// compareStrings is the intermediate result 1: a bit for each element of b.
func compareStrings(a, b *strOperand, imm uint8, total int) (res uint32) {
	for j := range total {
		var hit bool
		switch imm & (3 << 2) {
		case strAny:
			hit = j < b.n && a.holds(b.elem[j])
		case strRanges:
			hit = j < b.n && a.inRange(b.elem[j])
		case strEach:
			hit = (j >= a.n) == (j >= b.n) && (j >= a.n || a.elem[j] == b.elem[j])
		case strOrdered:
			hit = a.startsAt(b, j, total)
		}
		if hit {
			res |= 1 << j
		}
	}
	return res
}

func (o *strOperand) holds(e int32) bool {
	return slices.Contains(o.elem[:o.n], e)
}

func (o *strOperand) inRange(e int32) bool {
	for i := 0; i+1 < o.n; i += 2 {
		if o.elem[i] <= e && e <= o.elem[i+1] {
			return true
		}
	}
	return false
}

// startsAt reports whether o begins at element j of b; what would lie beyond the register counts as equal.
func (o *strOperand) startsAt(b *strOperand, j, total int) bool {
	for i := 0; i < o.n && i+j < total; i++ {
		if i+j >= b.n || o.elem[i] != b.elem[i+j] {
			return false
		}
	}
	return true
}

// polarize is the intermediate result 2.
func polarize(res uint32, imm uint8, n, total int) uint32 {
	switch imm >> 4 & 3 {
	case 1:
		return res ^ (1<<total - 1)
	case 3:
		return res ^ (1<<n - 1) // only elements that exist
	}
	return res
}

// stringMask is the result of PCMPxSTRM.
func stringMask(res uint32, imm uint8) Vec {
	if imm&strWide == 0 {
		return Vec{uint64(res), 0}
	}
	if imm&strWords != 0 {
		return bitMask(uint8(res), 2)
	}
	return Vec{bitMask(uint8(res), 1).Lo, bitMask(uint8(res>>8), 1).Lo}
}
