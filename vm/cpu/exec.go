package cpu

import (
	"math/bits"
	"unsafe"

	"memlab/vm/x86"
)

// plain is the effective address of an operand without segment base or cut to 32 bits.
func (c *CPU) plain(op *x86.Op) uint64 {
	return c.Regs[op.Base] + c.Regs[op.Index]<<(op.Scale&63) + uint64(op.Disp)
}

// ext is the low 32 bits of v sign-extended, the form in which the lazy flags keep numbers.
func ext(v uint64) uint64 { return uint64(int64(int32(v))) }

// ext8 is the low 8 bits of v sign-extended.
func ext8(v uint64) uint64 { return uint64(int64(int8(v))) }

// next is the op behind op. Blocks end with an op that leads elsewhere, so there is one.
func next(op *x86.Op) *x86.Op {
	return (*x86.Op)(unsafe.Add(unsafe.Pointer(op), unsafe.Sizeof(x86.Op{})))
}

// branch ends a block: at the target if taken, otherwise behind it.
func (c *CPU) branch(op *x86.Op, taken bool) {
	to := op.Disp
	if taken {
		to = op.Imm
	}
	c.RIP = c.Regs[x86.RBlock] + uint64(to)
}

// order compares two numbers in the form of the lazy flags: bit 0 signed less, bit 1 unsigned less, bit 2
// equal. It is what the Cond of a fused comparison is indexed by.
func order(a, b uint64) uint8 { return is(int64(a) < int64(b)) | is(a < b)<<1 | is(a == b)<<2 }

// sign is order of a number and 0, as TEST finds it: CF and OF are clear.
func sign(v uint64) uint8 { return is(int64(v) < 0) | is(v == 0)<<2 }

// is makes 1 of true and 0 of false, without a branch for the host to guess.
func is(b bool) uint8 {
	var n uint8
	if b {
		n = 1
	}
	return n
}

// taken is the way that the jump fused with op takes after this outcome of the comparison.
func taken(op *x86.Op, n uint8) int { return int(op.Cond >> (n & 7) & 1) }

// exec executes from op on, block after block as long as their links lead on (see block.go), and returns the
// last op that it began; that one was not completed if c.raised.
//
// Most cases go on at once (continue). Behind the switch arrive those that may have taken the slow way to
// memory or left the switch: after them the blocks may have to be left.
//
// The function is as long as it may be. Beyond some 5,000 nodes of syntax the compiler no longer inlines into
// it what it calls in every case, plain and the ways to memory (TestHotPathInlined); less frequent codes are
// in warm.
//
//nolint:funlen,gocognit,gocyclo,cyclop,maintidx // one switch
func (c *CPU) exec(op *x86.Op) *x86.Op {
	for {
		way := 0
		for ; ; op = next(op) {
			switch op.Code {
			case x86.Nop:
				continue
			case x86.Mov64RR:
				c.Regs[op.Dst] = c.Regs[op.Src]
				continue
			case x86.Mov32RR:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Src]))
				continue
			case x86.MovRI:
				c.Regs[op.Dst] = uint64(op.Imm)
				continue
			case x86.Mov64RM:
				va := c.plain(op)
				if m, l := c.reader(va); va-l.Start <= m.Mask-7 {
					c.Regs[op.Dst] = get64(m.Hit(l, va-l.Start))
					continue
				}
				if v, _ := c.loadSlow(op, va, 8); !c.raised {
					c.Regs[op.Dst] = v
				}
			case x86.Mov32RM:
				va := c.plain(op)
				if m, l := c.reader(va); va-l.Start <= m.Mask-3 {
					c.Regs[op.Dst] = get32(m.Hit(l, va-l.Start))
					continue
				}
				if v, _ := c.loadSlow(op, va, 4); !c.raised {
					c.Regs[op.Dst] = v
				}
			case x86.Movzx8RM:
				va := c.plain(op)
				if m, l := c.reader(va); va-l.Start <= m.Mask-0 {
					c.Regs[op.Dst] = get8(m.Hit(l, va-l.Start))
					continue
				}
				if v, _ := c.loadSlow(op, va, 1); !c.raised {
					c.Regs[op.Dst] = v
				}
			case x86.Movsxd64RM:
				va := c.plain(op)
				if m, l := c.reader(va); va-l.Start <= m.Mask-3 {
					c.Regs[op.Dst] = ext(get32(m.Hit(l, va-l.Start)))
					continue
				}
				if v, _ := c.loadSlow(op, va, 4); !c.raised {
					c.Regs[op.Dst] = ext(v)
				}
			case x86.Mov64MR:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Mask-7 {
					put64(m.Hit(l, va-l.Start), c.Regs[op.Src])
					continue
				}
				c.storeSlow(op, va, 8, c.Regs[op.Src], 0)
			case x86.Mov32MR:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Mask-3 {
					put32(m.Hit(l, va-l.Start), c.Regs[op.Src])
					continue
				}
				c.storeSlow(op, va, 4, c.Regs[op.Src], 0)
			case x86.Mov8MR:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Mask-0 {
					put8(m.Hit(l, va-l.Start), c.Regs[op.Src])
					continue
				}
				c.storeSlow(op, va, 1, c.Regs[op.Src], 0)
			case x86.Mov8MI:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Mask-0 {
					put8(m.Hit(l, va-l.Start), uint64(op.Imm))
					continue
				}
				c.storeSlow(op, va, 1, uint64(op.Imm), 0)
			case x86.Movzx8RR:
				c.Regs[op.Dst] = uint64(uint8(c.Regs[op.Src]))
				continue
			case x86.Movsxd64RR:
				c.Regs[op.Dst] = ext(c.Regs[op.Src])
				continue
			case x86.Lea64:
				c.Regs[op.Dst] = c.plain(op)
				continue
			case x86.Lea32:
				c.Regs[op.Dst] = uint64(uint32(c.plain(op)))
				continue
			case x86.Add64RR:
				a, b := c.Regs[op.Dst], c.Regs[op.Src]
				r := a + b
				c.Regs[op.Dst] = r
				c.added(a, b, r)
				continue
			case x86.Quiet + x86.Add64RR:
				c.Regs[op.Dst] += c.Regs[op.Src]
				continue
			case x86.Add32RR:
				a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
				r := ext(a + b)
				c.Regs[op.Dst] = uint64(uint32(r))
				c.added(a, b, r)
				continue
			case x86.Quiet + x86.Add32RR:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] + c.Regs[op.Src]))
				continue
			case x86.Add64RI:
				a, b := c.Regs[op.Dst], uint64(op.Imm)
				r := a + b
				c.Regs[op.Dst] = r
				c.added(a, b, r)
				continue
			case x86.Quiet + x86.Add64RI:
				c.Regs[op.Dst] += uint64(op.Imm)
				continue
			case x86.Add32RI:
				a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
				r := ext(a + b)
				c.Regs[op.Dst] = uint64(uint32(r))
				c.added(a, b, r)
				continue
			case x86.Quiet + x86.Add32RI:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] + uint64(op.Imm)))
				continue
			case x86.Add64RM:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-7 {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				a, b := c.Regs[op.Dst], v
				r := a + b
				c.Regs[op.Dst] = r
				c.added(a, b, r)
			case x86.Add32RM:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-3 {
					v = get32(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 4); c.raised {
					return op
				}
				a, b := ext(c.Regs[op.Dst]), ext(v)
				r := ext(a + b)
				c.Regs[op.Dst] = uint64(uint32(r))
				c.added(a, b, r)
			case x86.Or64RR:
				r := c.Regs[op.Dst] | c.Regs[op.Src]
				c.Regs[op.Dst] = r
				c.logical(r)
				continue
			case x86.Quiet + x86.Or64RR:
				c.Regs[op.Dst] |= c.Regs[op.Src]
				continue
			case x86.Or32RR:
				r := ext(c.Regs[op.Dst] | c.Regs[op.Src])
				c.Regs[op.Dst] = uint64(uint32(r))
				c.logical(r)
				continue
			case x86.Quiet + x86.Or32RR:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] | c.Regs[op.Src]))
				continue
			case x86.Quiet + x86.Or64RI:
				c.Regs[op.Dst] |= uint64(op.Imm)
				continue
			case x86.Quiet + x86.Or32RI:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] | uint64(op.Imm)))
				continue
			case x86.And64RR:
				r := c.Regs[op.Dst] & c.Regs[op.Src]
				c.Regs[op.Dst] = r
				c.logical(r)
				continue
			case x86.Quiet + x86.And64RR:
				c.Regs[op.Dst] &= c.Regs[op.Src]
				continue
			case x86.And32RR:
				r := ext(c.Regs[op.Dst] & c.Regs[op.Src])
				c.Regs[op.Dst] = uint64(uint32(r))
				c.logical(r)
				continue
			case x86.Quiet + x86.And32RR:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] & c.Regs[op.Src]))
				continue
			case x86.And64RI:
				r := c.Regs[op.Dst] & uint64(op.Imm)
				c.Regs[op.Dst] = r
				c.logical(r)
				continue
			case x86.Quiet + x86.And64RI:
				c.Regs[op.Dst] &= uint64(op.Imm)
				continue
			case x86.And32RI:
				r := ext(c.Regs[op.Dst] & uint64(op.Imm))
				c.Regs[op.Dst] = uint64(uint32(r))
				c.logical(r)
				continue
			case x86.Quiet + x86.And32RI:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] & uint64(op.Imm)))
				continue
			case x86.Sub64RR:
				a, b := c.Regs[op.Dst], c.Regs[op.Src]
				r := a - b
				c.Regs[op.Dst] = r
				c.subtracted(a, b, r)
				continue
			case x86.Quiet + x86.Sub64RR:
				c.Regs[op.Dst] -= c.Regs[op.Src]
				continue
			case x86.Sub32RR:
				a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
				r := ext(a - b)
				c.Regs[op.Dst] = uint64(uint32(r))
				c.subtracted(a, b, r)
				continue
			case x86.Quiet + x86.Sub32RR:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] - c.Regs[op.Src]))
				continue
			case x86.Sub64RI:
				a, b := c.Regs[op.Dst], uint64(op.Imm)
				r := a - b
				c.Regs[op.Dst] = r
				c.subtracted(a, b, r)
				continue
			case x86.Quiet + x86.Sub64RI:
				c.Regs[op.Dst] -= uint64(op.Imm)
				continue
			case x86.Sub32RI:
				a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
				r := ext(a - b)
				c.Regs[op.Dst] = uint64(uint32(r))
				c.subtracted(a, b, r)
				continue
			case x86.Quiet + x86.Sub32RI:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] - uint64(op.Imm)))
				continue
			case x86.Xor64RR:
				r := c.Regs[op.Dst] ^ c.Regs[op.Src]
				c.Regs[op.Dst] = r
				c.logical(r)
				continue
			case x86.Quiet + x86.Xor64RR:
				c.Regs[op.Dst] ^= c.Regs[op.Src]
				continue
			case x86.Xor32RR:
				r := ext(c.Regs[op.Dst] ^ c.Regs[op.Src])
				c.Regs[op.Dst] = uint64(uint32(r))
				c.logical(r)
				continue
			case x86.Quiet + x86.Xor32RR:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] ^ c.Regs[op.Src]))
				continue
			case x86.Xor64RI:
				r := c.Regs[op.Dst] ^ uint64(op.Imm)
				c.Regs[op.Dst] = r
				c.logical(r)
				continue
			case x86.Quiet + x86.Xor64RI:
				c.Regs[op.Dst] ^= uint64(op.Imm)
				continue
			case x86.Xor32RI:
				r := ext(c.Regs[op.Dst] ^ uint64(op.Imm))
				c.Regs[op.Dst] = uint64(uint32(r))
				c.logical(r)
				continue
			case x86.Quiet + x86.Xor32RI:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] ^ uint64(op.Imm)))
				continue
			case x86.Cmp64RR:
				a, b := c.Regs[op.Dst], c.Regs[op.Src]
				c.subtracted(a, b, a-b)
				continue
			case x86.Fused + x86.Cmp64RR:
				a, b := c.Regs[op.Dst], c.Regs[op.Src]
				c.subtracted(a, b, a-b)
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Cmp32RR:
				a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
				c.subtracted(a, b, ext(a-b))
				continue
			case x86.Fused + x86.Cmp32RR:
				a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
				c.subtracted(a, b, ext(a-b))
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Fused + x86.Cmp8RR:
				a, b := ext8(c.Regs[op.Dst]), ext8(c.Regs[op.Src])
				c.subtracted(a, b, ext8(a-b))
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Cmp64RI:
				a, b := c.Regs[op.Dst], uint64(op.Imm)
				c.subtracted(a, b, a-b)
				continue
			case x86.Fused + x86.Cmp64RI:
				a, b := c.Regs[op.Dst], uint64(op.Imm)
				c.subtracted(a, b, a-b)
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Cmp32RI:
				a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
				c.subtracted(a, b, ext(a-b))
				continue
			case x86.Fused + x86.Cmp32RI:
				a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
				c.subtracted(a, b, ext(a-b))
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Cmp8RI:
				a, b := ext8(c.Regs[op.Dst]), uint64(op.Imm)
				c.subtracted(a, b, ext8(a-b))
				continue
			case x86.Fused + x86.Cmp8RI:
				a, b := ext8(c.Regs[op.Dst]), uint64(op.Imm)
				c.subtracted(a, b, ext8(a-b))
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Fused + x86.Cmp64RM:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-7 {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				a, b := c.Regs[op.Dst], v
				c.subtracted(a, b, a-b)
				if c.limit == 0 {
					return op
				}
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Fused + x86.Cmp32RM:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-3 {
					v = get32(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 4); c.raised {
					return op
				}
				a, b := ext(c.Regs[op.Dst]), ext(v)
				c.subtracted(a, b, ext(a-b))
				if c.limit == 0 {
					return op
				}
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Fused + x86.Cmp64MI:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-7 {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				a, b := v, uint64(op.Imm)
				c.subtracted(a, b, a-b)
				if c.limit == 0 {
					return op
				}
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Fused + x86.Cmp32MI:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-3 {
					v = get32(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 4); c.raised {
					return op
				}
				a, b := ext(v), uint64(op.Imm)
				c.subtracted(a, b, ext(a-b))
				if c.limit == 0 {
					return op
				}
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Fused + x86.Cmp8MI:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-0 {
					v = get8(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 1); c.raised {
					return op
				}
				a, b := ext8(v), uint64(op.Imm)
				c.subtracted(a, b, ext8(a-b))
				if c.limit == 0 {
					return op
				}
				way = taken(op, order(a, b))
				op = next(op)
				goto branch
			case x86.Test64RR:
				r := c.Regs[op.Dst] & c.Regs[op.Src]
				c.logical(r)
				continue
			case x86.Fused + x86.Test64RR:
				r := c.Regs[op.Dst] & c.Regs[op.Src]
				c.logical(r)
				way = taken(op, sign(r))
				op = next(op)
				goto branch
			case x86.Test32RR:
				r := ext(c.Regs[op.Dst] & c.Regs[op.Src])
				c.logical(r)
				continue
			case x86.Fused + x86.Test32RR:
				r := ext(c.Regs[op.Dst] & c.Regs[op.Src])
				c.logical(r)
				way = taken(op, sign(r))
				op = next(op)
				goto branch
			case x86.Test8RR:
				r := ext8(c.Regs[op.Dst] & c.Regs[op.Src])
				c.logical(r)
				continue
			case x86.Fused + x86.Test8RR:
				r := ext8(c.Regs[op.Dst] & c.Regs[op.Src])
				c.logical(r)
				way = taken(op, sign(r))
				op = next(op)
				goto branch
			case x86.Fused + x86.Test64RI:
				r := c.Regs[op.Dst] & uint64(op.Imm)
				c.logical(r)
				way = taken(op, sign(r))
				op = next(op)
				goto branch
			case x86.Test32RI:
				r := ext(c.Regs[op.Dst] & uint64(op.Imm))
				c.logical(r)
				continue
			case x86.Fused + x86.Test32RI:
				r := ext(c.Regs[op.Dst] & uint64(op.Imm))
				c.logical(r)
				way = taken(op, sign(r))
				op = next(op)
				goto branch
			case x86.Fused + x86.Test8RI:
				r := ext8(c.Regs[op.Dst] & uint64(op.Imm))
				c.logical(r)
				way = taken(op, sign(r))
				op = next(op)
				goto branch
			case x86.Quiet + x86.Shl64RI:
				c.Regs[op.Dst] <<= uint(op.Imm) & 63
				continue
			case x86.Quiet + x86.Shl32RI:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst]) << (uint(op.Imm) & 31))
				continue
			case x86.Quiet + x86.Shr64RI:
				c.Regs[op.Dst] >>= uint(op.Imm) & 63
				continue
			case x86.Quiet + x86.Shr32RI:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst]) >> (uint(op.Imm) & 31))
				continue
			case x86.Quiet + x86.Sar64RI:
				c.Regs[op.Dst] = uint64(int64(c.Regs[op.Dst]) >> (uint(op.Imm) & 63))
				continue
			case x86.Quiet + x86.Sar32RI:
				c.Regs[op.Dst] = uint64(uint32(int32(c.Regs[op.Dst]) >> (uint(op.Imm) & 31)))
				continue
			case x86.Quiet + x86.Rol64RI:
				c.Regs[op.Dst] = bits.RotateLeft64(c.Regs[op.Dst], int(op.Imm))
				continue
			case x86.Quiet + x86.Ror64RI:
				c.Regs[op.Dst] = bits.RotateLeft64(c.Regs[op.Dst], -int(op.Imm))
				continue
			case x86.Quiet + x86.Rol32RI:
				c.Regs[op.Dst] = uint64(bits.RotateLeft32(uint32(c.Regs[op.Dst]), int(op.Imm)))
				continue
			case x86.Quiet + x86.Ror32RI:
				c.Regs[op.Dst] = uint64(bits.RotateLeft32(uint32(c.Regs[op.Dst]), -int(op.Imm)))
				continue
			case x86.Quiet + x86.Inc64R:
				c.Regs[op.Dst]++
				continue
			case x86.Quiet + x86.Inc32R:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] + 1))
				continue
			case x86.Quiet + x86.Dec64R:
				c.Regs[op.Dst]--
				continue
			case x86.Quiet + x86.Dec32R:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] - 1))
				continue
			case x86.Quiet + x86.Imul64RR:
				c.Regs[op.Dst] *= c.Regs[op.Src]
				continue
			case x86.Quiet + x86.Imul32RR:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst]) * uint32(c.Regs[op.Src]))
				continue
			case x86.Add64MR:
				va := c.plain(op)
				p := c.writing(va, 7)
				if p == nil {
					c.other(x86.Generic(op, &c.generic))
					break
				}
				a, b := get64(p), c.Regs[op.Src]
				r := a + b
				put64(p, r)
				c.added(a, b, r)
				continue
			case x86.Add32MR:
				va := c.plain(op)
				p := c.writing(va, 3)
				if p == nil {
					c.other(x86.Generic(op, &c.generic))
					break
				}
				a, b := ext(get32(p)), ext(c.Regs[op.Src])
				r := ext(a + b)
				put32(p, r)
				c.added(a, b, r)
				continue
			case x86.Push64:
				va := c.Regs[x86.RSP] - 8
				if m, l := c.writer(va); va-l.Start <= m.Mask-7 {
					put64(m.Hit(l, va-l.Start), c.Regs[op.Src])
				} else if c.storeSlow(op, va, 8, c.Regs[op.Src], 0); c.raised {
					return op
				}
				c.Regs[x86.RSP] = va
			case x86.Pop64:
				va := c.Regs[x86.RSP]
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-7 {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				c.Regs[x86.RSP] = va + 8
				c.Regs[op.Dst] = v
			case x86.Call64:
				va := c.Regs[x86.RSP] - 8
				if m, l := c.writer(va); va-l.Start <= m.Mask-7 {
					put64(m.Hit(l, va-l.Start), c.Regs[x86.RBlock]+uint64(op.Disp))
				} else if c.storeSlow(op, va, 8, c.Regs[x86.RBlock]+uint64(op.Disp), 0); c.raised {
					return op
				}
				c.Regs[x86.RSP] = va
				if c.limit == 0 {
					c.branch(op, true)
					return op
				}
				way = 1
				goto branch
			case x86.Ret64:
				va := c.Regs[x86.RSP]
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-7 {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				if !c.target(v) {
					return op
				}
				c.Regs[x86.RSP] = va + 8
				c.RIP = v
				goto jump
			case x86.Jmp:
				way = 1
				goto branch
			case x86.Jb:
				if c.flags.cf() {
					way = 1
				}
				goto branch
			case x86.Jae:
				if !c.flags.cf() {
					way = 1
				}
				goto branch
			case x86.Je:
				if c.flags.res == 0 {
					way = 1
				}
				goto branch
			case x86.Jne:
				if c.flags.res != 0 {
					way = 1
				}
				goto branch
			case x86.Jbe:
				if c.flags.belowEqual() {
					way = 1
				}
				goto branch
			case x86.Ja:
				if !c.flags.belowEqual() {
					way = 1
				}
				goto branch
			case x86.Js:
				if c.flags.sf() {
					way = 1
				}
				goto branch
			case x86.Jns:
				if !c.flags.sf() {
					way = 1
				}
				goto branch
			case x86.Jl:
				if c.flags.less() {
					way = 1
				}
				goto branch
			case x86.Jge:
				if !c.flags.less() {
					way = 1
				}
				goto branch
			case x86.Jle:
				if c.flags.lessEqual() {
					way = 1
				}
				goto branch
			case x86.Jg:
				if !c.flags.lessEqual() {
					way = 1
				}
				goto branch
			case x86.BlockNext:
				goto branch
			case x86.BlockLeft:
				goto jump
			case x86.VMov:
				c.X[op.Dst&15] = c.X[op.Src&15]
				continue
			case x86.VLoadA:
				va := c.plain(op)
				if va&15 != 0 {
					c.raise(GeneralProtection, 0)
					return op
				}
				y := &c.X[op.Dst&15]
				if m, l := c.reader(va); va-l.Start <= m.Mask-15 {
					p := m.Hit(l, va-l.Start)
					y.Lo, y.Hi = get64(p), get64(unsafe.Add(p, 8))
					continue
				}
				if v := c.load128(op, va); !c.raised {
					*y = v
				}
			case x86.VLoadU:
				va := c.plain(op)
				y := &c.X[op.Dst&15]
				if m, l := c.reader(va); va-l.Start <= m.Mask-15 {
					p := m.Hit(l, va-l.Start)
					y.Lo, y.Hi = get64(p), get64(unsafe.Add(p, 8))
					continue
				}
				if v := c.load128(op, va); !c.raised {
					*y = v
				}
			case x86.VStoreA:
				va := c.plain(op)
				if va&15 != 0 {
					c.raise(GeneralProtection, 0)
					return op
				}
				x := &c.X[op.Src&15]
				if m, l := c.writer(va); va-l.Start <= m.Mask-15 {
					p := m.Hit(l, va-l.Start)
					put64(p, x.Lo)
					put64(unsafe.Add(p, 8), x.Hi)
					continue
				}
				c.storeSlow(op, va, 16, x.Lo, x.Hi)
			case x86.VStoreU:
				va := c.plain(op)
				x := &c.X[op.Src&15]
				if m, l := c.writer(va); va-l.Start <= m.Mask-15 {
					p := m.Hit(l, va-l.Start)
					put64(p, x.Lo)
					put64(unsafe.Add(p, 8), x.Hi)
					continue
				}
				c.storeSlow(op, va, 16, x.Lo, x.Hi)
			case x86.VLoadQ:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Mask-7 {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				c.X[op.Dst&15] = Vec{v, 0}
			case x86.VStoreQ:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Mask-7 {
					put64(m.Hit(l, va-l.Start), c.X[op.Src&15].Lo)
				} else if c.storeSlow(op, va, 8, c.X[op.Src&15].Lo, 0); c.raised {
					return op
				}
			case x86.VXor:
				y, x := &c.X[op.Dst&15], &c.X[op.Src&15]
				y.Lo ^= x.Lo
				y.Hi ^= x.Hi
				continue
			case x86.VAnd:
				y, x := &c.X[op.Dst&15], &c.X[op.Src&15]
				y.Lo &= x.Lo
				y.Hi &= x.Hi
				continue
			case x86.VOr:
				y, x := &c.X[op.Dst&15], &c.X[op.Src&15]
				y.Lo |= x.Lo
				y.Hi |= x.Hi
				continue
			case x86.VAddPD:
				c.addPD(op)
			case x86.VMulPD:
				c.mulPD(op)
			case x86.VSubPD, x86.VAddSD, x86.VMulSD, x86.VSubSD:
				c.hotFloat(op)
			default:
				c.warm(op)
			}
			if c.limit == 0 {
				return op
			}
		}

	jump: // to c.RIP
		if to := c.jumpTo(op); to != nil {
			c.base += uint64(op.N) + 1
			c.Regs[x86.RBlock] = c.RIP
			c.block = to
			op = to.first
			continue
		}
		return op

	branch: // to the target if way is 1, else to what follows
		b := c.block
		to := b.next[way]
		begun := c.base + uint64(op.N) + 1
		if to == nil || begun+to.insns > c.linkEnd {
			c.branch(op, way == 1)
			c.way = way
			return op
		}
		c.base = begun
		op = to.first
		if to != b {
			c.Regs[x86.RBlock] += to.at - b.at // they lie in one page
			c.block = to
		}
		continue
	}
}

// jumpTo is the block at RIP if it lies in the page of the running one and may be entered from it; op is the
// last of that.
func (c *CPU) jumpTo(op *x86.Op) *Block {
	ahead := c.RIP - c.Regs[x86.RBlock]
	if c.limit == 0 || (c.RIP^c.Regs[x86.RBlock])>>(c.MMU.Shift&63) != 0 {
		return nil
	}
	to := c.cache.recall(c.RIP)
	if to == nil || to.Dropped || to.split || to.at != c.block.at+ahead || to.mode32 != c.Mode32 ||
		c.base+uint64(op.N)+1+to.insns > c.linkEnd {
		return nil
	}
	return to
}

// other executes what is not in the hot switch.
func (c *CPU) other(op *x86.Op) {
	switch {
	case op.Code.IsSSE():
		c.execSSE(op)
	case op.Code.IsX87():
		c.execX87(op)
	default:
		c.execRare(op)
	}
}

// shifted sets the flags after a shift by at least 1.
func (c *CPU) shifted(res, cf, of uint64) {
	c.flags.kind, c.flags.a, c.flags.res = kindSome, cf|of<<11, res
}

// added, subtracted and logical set the flags after an addition, a subtraction or comparison, and after AND,
// OR, XOR and TEST.
func (c *CPU) added(a, b, r uint64)      { c.flags = lazyFlags{kindAdd, a, b, r} }
func (c *CPU) subtracted(a, b, r uint64) { c.flags = lazyFlags{kindSub, a, b, r} }
func (c *CPU) logical(r uint64)          { c.flags.kind, c.flags.res = kindLogic, r }

// rotated sets CF and OF after a rotation and leaves the other flags alone.
func (c *CPU) rotated(cf, of uint64) {
	c.flags.setStatus(c.flags.status()&^(flagCF|flagOF) | cf | of<<11)
}

// multiplied sets the flags after a multiplication: CF and OF say that the upper half matters. The others,
// which are undefined, follow the lower half.
func (c *CPU) multiplied(lo uint64, over bool) {
	c.flags.kind, c.flags.a, c.flags.res = kindSome, bit(over, flagCF|flagOF), lo
}

// signedMul is the 128-bit product of two signed numbers.
func signedMul(a, b uint64) (hi, lo uint64) {
	hi, lo = bits.Mul64(a, b)
	return hi - uint64(int64(a)>>63)&b - uint64(int64(b)>>63)&a, lo
}
