package cpu

import (
	"math/bits"

	"memlab/vm/x86"
)

// warm executes what has a hot code, but is not frequent enough for a place in exec, whose size is limited.
//
//nolint:funlen,gocognit,gocyclo,cyclop,maintidx // one switch
func (c *CPU) warm(op *x86.Op) {
	switch op.Code {
	case x86.Movzx16RM:
		va := c.plain(op)
		if m, l := c.reader(va); va-l.Start <= m.Last[1] {
			c.Regs[op.Dst] = get16(m.Hit(l, va-l.Start))
			return
		}
		if v, _ := c.loadSlow(op, va, 2); !c.raised {
			c.Regs[op.Dst] = v
		}
	case x86.Mov64MI:
		va := c.plain(op)
		if m, l := c.writer(va); va-l.Start <= m.Last[7] {
			put64(m.Hit(l, va-l.Start), uint64(op.Imm))
			return
		}
		c.storeSlow(op, va, 8, uint64(op.Imm), 0)
	case x86.Mov32MI:
		va := c.plain(op)
		if m, l := c.writer(va); va-l.Start <= m.Last[3] {
			put32(m.Hit(l, va-l.Start), uint64(op.Imm))
			return
		}
		c.storeSlow(op, va, 4, uint64(op.Imm), 0)
	case x86.Movzx16RR:
		c.Regs[op.Dst] = uint64(uint16(c.Regs[op.Src]))
	case x86.Or64RI:
		r := c.Regs[op.Dst] | uint64(op.Imm)
		c.Regs[op.Dst] = r
		c.logical(r)
	case x86.Or32RI:
		r := ext(c.Regs[op.Dst] | uint64(op.Imm))
		c.Regs[op.Dst] = uint64(uint32(r))
		c.logical(r)
	case x86.Or64RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[7] {
			v = get64(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		r := c.Regs[op.Dst] | v
		c.Regs[op.Dst] = r
		c.logical(r)
	case x86.Or32RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[3] {
			v = get32(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		r := ext(c.Regs[op.Dst] | v)
		c.Regs[op.Dst] = uint64(uint32(r))
		c.logical(r)
	case x86.And64RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[7] {
			v = get64(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		r := c.Regs[op.Dst] & v
		c.Regs[op.Dst] = r
		c.logical(r)
	case x86.And32RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[3] {
			v = get32(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		r := ext(c.Regs[op.Dst] & v)
		c.Regs[op.Dst] = uint64(uint32(r))
		c.logical(r)
	case x86.Sub64RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[7] {
			v = get64(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		a, b := c.Regs[op.Dst], v
		r := a - b
		c.Regs[op.Dst] = r
		c.subtracted(a, b, r)
	case x86.Sub32RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[3] {
			v = get32(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		a, b := ext(c.Regs[op.Dst]), ext(v)
		r := ext(a - b)
		c.Regs[op.Dst] = uint64(uint32(r))
		c.subtracted(a, b, r)
	case x86.Xor64RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[7] {
			v = get64(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		r := c.Regs[op.Dst] ^ v
		c.Regs[op.Dst] = r
		c.logical(r)
	case x86.Xor32RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[3] {
			v = get32(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		r := ext(c.Regs[op.Dst] ^ v)
		c.Regs[op.Dst] = uint64(uint32(r))
		c.logical(r)
	case x86.Cmp8RR:
		a, b := ext8(c.Regs[op.Dst]), ext8(c.Regs[op.Src])
		c.subtracted(a, b, ext8(a-b))
	case x86.Cmp64RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[7] {
			v = get64(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		a, b := c.Regs[op.Dst], v
		c.subtracted(a, b, a-b)
	case x86.Cmp32RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[3] {
			v = get32(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		a, b := ext(c.Regs[op.Dst]), ext(v)
		c.subtracted(a, b, ext(a-b))
	case x86.Cmp64MR:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[7] {
			v = get64(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		a, b := v, c.Regs[op.Src]
		c.subtracted(a, b, a-b)
	case x86.Cmp32MR:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[3] {
			v = get32(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		a, b := ext(v), ext(c.Regs[op.Src])
		c.subtracted(a, b, ext(a-b))
	case x86.Cmp64MI:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[7] {
			v = get64(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		a, b := v, uint64(op.Imm)
		c.subtracted(a, b, a-b)
	case x86.Cmp32MI:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[3] {
			v = get32(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		a, b := ext(v), uint64(op.Imm)
		c.subtracted(a, b, ext(a-b))
	case x86.Cmp8MI:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[0] {
			v = get8(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 1); c.raised {
			return
		}
		a, b := ext8(v), uint64(op.Imm)
		c.subtracted(a, b, ext8(a-b))
	case x86.Test64RI:
		r := c.Regs[op.Dst] & uint64(op.Imm)
		c.logical(r)
	case x86.Test8RI:
		r := ext8(c.Regs[op.Dst] & uint64(op.Imm))
		c.logical(r)
	case x86.Test64RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[7] {
			v = get64(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		r := c.Regs[op.Dst] & v
		c.logical(r)
	case x86.Test32RM:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[3] {
			v = get32(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		r := ext(c.Regs[op.Dst] & v)
		c.logical(r)
	case x86.Shl64RI:
		a, n := c.Regs[op.Dst], uint(op.Imm)&63
		r := a << n
		c.Regs[op.Dst] = r
		c.shifted(r, a>>(64-n&63)&1, (a>>(64-n&63)&1)^r>>63)
	case x86.Shl32RI:
		a, n := uint64(uint32(c.Regs[op.Dst])), uint(op.Imm)&63
		r := a << n
		c.Regs[op.Dst] = uint64(uint32(r))
		c.shifted(ext(r), r>>32&1, (r>>32^r>>31)&1)
	case x86.Shr64RI:
		a, n := c.Regs[op.Dst], uint(op.Imm)&63
		r := a >> n
		c.Regs[op.Dst] = r
		c.shifted(r, a>>(n-1&63)&1, (r>>62^r>>63)&1)
	case x86.Shr32RI:
		a, n := uint64(uint32(c.Regs[op.Dst])), uint(op.Imm)&63
		r := a >> n
		c.Regs[op.Dst] = r
		c.shifted(ext(r), a>>(n-1&63)&1, (r>>30^r>>31)&1)
	case x86.Sar64RI:
		a, n := c.Regs[op.Dst], uint(op.Imm)&63
		r := uint64(int64(a) >> n)
		c.Regs[op.Dst] = r
		c.shifted(r, a>>(n-1&63)&1, 0)
	case x86.Sar32RI:
		a, n := ext(c.Regs[op.Dst]), uint(op.Imm)&63
		r := uint64(int64(a) >> n)
		c.Regs[op.Dst] = uint64(uint32(r))
		c.shifted(r, a>>(n-1&63)&1, 0)
	case x86.Rol64RI:
		r := bits.RotateLeft64(c.Regs[op.Dst], int(op.Imm))
		c.Regs[op.Dst] = r
		c.rotated(r&1, (r>>63^r)&1)
	case x86.Ror64RI:
		r := bits.RotateLeft64(c.Regs[op.Dst], -int(op.Imm))
		c.Regs[op.Dst] = r
		c.rotated(r>>63, (r>>63^r>>62)&1)
	case x86.Rol32RI:
		r := uint64(bits.RotateLeft32(uint32(c.Regs[op.Dst]), int(op.Imm)))
		c.Regs[op.Dst] = r
		c.rotated(r&1, (r>>31^r)&1)
	case x86.Ror32RI:
		r := uint64(bits.RotateLeft32(uint32(c.Regs[op.Dst]), -int(op.Imm)))
		c.Regs[op.Dst] = r
		c.rotated(r>>31, (r>>31^r>>30)&1)
	case x86.Inc64R:
		a := c.Regs[op.Dst]
		r := a + 1
		c.Regs[op.Dst] = r
		c.flags = lazyFlags{kindInc, a, bit(c.flags.cf(), 1), r}
	case x86.Inc32R:
		a := ext(c.Regs[op.Dst])
		r := ext(a + 1)
		c.Regs[op.Dst] = uint64(uint32(r))
		c.flags = lazyFlags{kindInc, a, bit(c.flags.cf(), 1), r}
	case x86.Dec64R:
		a := c.Regs[op.Dst]
		r := a - 1
		c.Regs[op.Dst] = r
		c.flags = lazyFlags{kindDec, a, bit(c.flags.cf(), 1), r}
	case x86.Dec32R:
		a := ext(c.Regs[op.Dst])
		r := ext(a - 1)
		c.Regs[op.Dst] = uint64(uint32(r))
		c.flags = lazyFlags{kindDec, a, bit(c.flags.cf(), 1), r}
	case x86.Neg64R:
		b := c.Regs[op.Dst]
		c.Regs[op.Dst] = -b
		c.flags = lazyFlags{kindSub, 0, b, -b}
	case x86.Neg32R:
		b := ext(c.Regs[op.Dst])
		r := ext(-b)
		c.Regs[op.Dst] = uint64(uint32(r))
		c.flags = lazyFlags{kindSub, 0, b, r}
	case x86.Not64R:
		c.Regs[op.Dst] = ^c.Regs[op.Dst]
	case x86.Not32R:
		c.Regs[op.Dst] = uint64(^uint32(c.Regs[op.Dst]))
	case x86.Imul64RR:
		hi, lo := signedMul(c.Regs[op.Dst], c.Regs[op.Src])
		c.Regs[op.Dst] = lo
		c.multiplied(lo, hi != uint64(int64(lo)>>63))
	case x86.Imul32RR:
		r := ext(c.Regs[op.Dst]) * ext(c.Regs[op.Src])
		c.Regs[op.Dst] = uint64(uint32(r))
		c.multiplied(ext(r), r != ext(r))
	case x86.Cmov64RR:
		if c.flags.cond(op.Cond) {
			c.Regs[op.Dst] = c.Regs[op.Src]
		}
	case x86.Cmov32RR:
		v := c.Regs[op.Dst]
		if c.flags.cond(op.Cond) {
			v = c.Regs[op.Src]
		}
		c.Regs[op.Dst] = uint64(uint32(v))
	case x86.VLoadD:
		va := c.plain(op)
		var v uint64
		if m, l := c.reader(va); va-l.Start <= m.Last[3] {
			v = get32(m.Hit(l, va-l.Start))
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		c.X[op.Dst&15] = Vec{v, 0}
	case x86.VStoreD:
		va := c.plain(op)
		if m, l := c.writer(va); va-l.Start <= m.Last[3] {
			put32(m.Hit(l, va-l.Start), c.X[op.Src&15].Lo)
		} else if c.storeSlow(op, va, 4, c.X[op.Src&15].Lo, 0); c.raised {
			return
		}
	case x86.Or64RR:
		r := c.Regs[op.Dst] | c.Regs[op.Src]
		c.Regs[op.Dst] = r
		c.logical(r)
	case x86.Or32RR:
		r := ext(c.Regs[op.Dst] | c.Regs[op.Src])
		c.Regs[op.Dst] = uint64(uint32(r))
		c.logical(r)
	case x86.Quiet + x86.Or64RI:
		c.Regs[op.Dst] |= uint64(op.Imm)
	case x86.Quiet + x86.Or32RI:
		c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] | uint64(op.Imm)))
	case x86.And64RR:
		r := c.Regs[op.Dst] & c.Regs[op.Src]
		c.Regs[op.Dst] = r
		c.logical(r)
	case x86.And32RR:
		r := ext(c.Regs[op.Dst] & c.Regs[op.Src])
		c.Regs[op.Dst] = uint64(uint32(r))
		c.logical(r)
	case x86.And64RI:
		r := c.Regs[op.Dst] & uint64(op.Imm)
		c.Regs[op.Dst] = r
		c.logical(r)
	case x86.Sub32RI:
		a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
		r := ext(a - b)
		c.Regs[op.Dst] = uint64(uint32(r))
		c.subtracted(a, b, r)
	case x86.Xor64RI:
		r := c.Regs[op.Dst] ^ uint64(op.Imm)
		c.Regs[op.Dst] = r
		c.logical(r)
	case x86.Quiet + x86.Xor64RI:
		c.Regs[op.Dst] ^= uint64(op.Imm)
	case x86.Xor32RI:
		r := ext(c.Regs[op.Dst] ^ uint64(op.Imm))
		c.Regs[op.Dst] = uint64(uint32(r))
		c.logical(r)
	case x86.Quiet + x86.Xor32RI:
		c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst] ^ uint64(op.Imm)))
	case x86.Cmp32RI:
		a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
		c.subtracted(a, b, ext(a-b))
	case x86.Cmp8RI:
		a, b := ext8(c.Regs[op.Dst]), uint64(op.Imm)
		c.subtracted(a, b, ext8(a-b))
	case x86.Test8RR:
		r := ext8(c.Regs[op.Dst] & c.Regs[op.Src])
		c.logical(r)
	case x86.Test32RI:
		r := ext(c.Regs[op.Dst] & uint64(op.Imm))
		c.logical(r)
	case x86.Quiet + x86.Ror64RI:
		c.Regs[op.Dst] = bits.RotateLeft64(c.Regs[op.Dst], -int(op.Imm))
	case x86.Quiet + x86.Imul32RR:
		c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Dst]) * uint32(c.Regs[op.Src]))
	default:
		c.other(op)
	}
}
