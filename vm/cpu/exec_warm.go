package cpu

import (
	"math/bits"

	"memlab/vm/x86"
)

// warm executes what has a hot code, but is not frequent enough for a place in exec: that must stay small enough for
// the compiler to inline the ways to memory.
//
//nolint:funlen,gocognit,gocyclo,cyclop,maintidx // one switch
func (c *CPU) warm(op *x86.Op) {
	d, s := &c.Regs[op.Dst], c.Regs[op.Src]
	switch op.Code {
	case x86.Movzx16RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 1); p != nil {
			v = get16(p)
		} else if v, _ = c.loadSlow(op, va, 2); c.raised {
			return
		}
		*d = v
	case x86.Mov64MI:
		va := c.plain(op)
		if p := c.writing(va, 7); p != nil {
			put64(p, uint64(op.Imm))
		} else if c.storeSlow(op, va, 8, uint64(op.Imm), 0); c.raised {
			return
		}
	case x86.Mov32MI:
		va := c.plain(op)
		if p := c.writing(va, 3); p != nil {
			put32(p, uint64(op.Imm))
		} else if c.storeSlow(op, va, 4, uint64(op.Imm), 0); c.raised {
			return
		}
	case x86.Movzx16RR:
		*d = uint64(uint16(s))
	case x86.Or64RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 7); p != nil {
			v = get64(p)
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		r := *d | v
		*d = r
		c.logical(r)
	case x86.Or32RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 3); p != nil {
			v = get32(p)
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		r := ext(*d | v)
		*d = uint64(uint32(r))
		c.logical(r)
	case x86.And64RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 7); p != nil {
			v = get64(p)
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		r := *d & v
		*d = r
		c.logical(r)
	case x86.And32RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 3); p != nil {
			v = get32(p)
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		r := ext(*d & v)
		*d = uint64(uint32(r))
		c.logical(r)
	case x86.Sub64RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 7); p != nil {
			v = get64(p)
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		a, b := *d, v
		r := a - b
		*d = r
		c.subtracted(a, b, r)
	case x86.Sub32RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 3); p != nil {
			v = get32(p)
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		a, b := ext(*d), ext(v)
		r := ext(a - b)
		*d = uint64(uint32(r))
		c.subtracted(a, b, r)
	case x86.Xor64RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 7); p != nil {
			v = get64(p)
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		r := *d ^ v
		*d = r
		c.logical(r)
	case x86.Xor32RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 3); p != nil {
			v = get32(p)
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		r := ext(*d ^ v)
		*d = uint64(uint32(r))
		c.logical(r)
	case x86.Test64RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 7); p != nil {
			v = get64(p)
		} else if v, _ = c.loadSlow(op, va, 8); c.raised {
			return
		}
		r := *d & v
		c.logical(r)
	case x86.Test32RM:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 3); p != nil {
			v = get32(p)
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		r := ext(*d & v)
		c.logical(r)
	case x86.Shl64RI:
		a, n := *d, uint(op.Imm)&63
		r := a << n
		*d = r
		c.shifted(r, a>>(64-n&63)&1, (a>>(64-n&63)&1)^r>>63)
	case x86.Shl32RI:
		a, n := uint64(uint32(*d)), uint(op.Imm)&63
		r := a << n
		*d = uint64(uint32(r))
		c.shifted(ext(r), r>>32&1, (r>>32^r>>31)&1)
	case x86.Shr64RI:
		a, n := *d, uint(op.Imm)&63
		r := a >> n
		*d = r
		c.shifted(r, a>>(n-1&63)&1, (r>>62^r>>63)&1)
	case x86.Shr32RI:
		a, n := uint64(uint32(*d)), uint(op.Imm)&63
		r := a >> n
		*d = r
		c.shifted(ext(r), a>>(n-1&63)&1, (r>>30^r>>31)&1)
	case x86.Sar64RI:
		a, n := *d, uint(op.Imm)&63
		r := uint64(int64(a) >> n)
		*d = r
		c.shifted(r, a>>(n-1&63)&1, 0)
	case x86.Sar32RI:
		a, n := ext(*d), uint(op.Imm)&63
		r := uint64(int64(a) >> n)
		*d = uint64(uint32(r))
		c.shifted(r, a>>(n-1&63)&1, 0)
	case x86.Rol64RI:
		r := bits.RotateLeft64(*d, int(op.Imm))
		*d = r
		c.rotated(r&1, (r>>63^r)&1)
	case x86.Ror64RI:
		r := bits.RotateLeft64(*d, -int(op.Imm))
		*d = r
		c.rotated(r>>63, (r>>63^r>>62)&1)
	case x86.Rol32RI:
		r := uint64(bits.RotateLeft32(uint32(*d), int(op.Imm)))
		*d = r
		c.rotated(r&1, (r>>31^r)&1)
	case x86.Ror32RI:
		r := uint64(bits.RotateLeft32(uint32(*d), -int(op.Imm)))
		*d = r
		c.rotated(r>>31, (r>>31^r>>30)&1)
	case x86.Inc64R:
		a := *d
		r := a + 1
		*d = r
		c.flags = lazyFlags{kindInc, a, bit(c.flags.cf(), 1), r}
	case x86.Inc32R:
		a := ext(*d)
		r := ext(a + 1)
		*d = uint64(uint32(r))
		c.flags = lazyFlags{kindInc, a, bit(c.flags.cf(), 1), r}
	case x86.Dec64R:
		a := *d
		r := a - 1
		*d = r
		c.flags = lazyFlags{kindDec, a, bit(c.flags.cf(), 1), r}
	case x86.Dec32R:
		a := ext(*d)
		r := ext(a - 1)
		*d = uint64(uint32(r))
		c.flags = lazyFlags{kindDec, a, bit(c.flags.cf(), 1), r}
	case x86.Neg64R:
		b := *d
		*d = -b
		c.flags = lazyFlags{kindSub, 0, b, -b}
	case x86.Neg32R:
		b := ext(*d)
		r := ext(-b)
		*d = uint64(uint32(r))
		c.flags = lazyFlags{kindSub, 0, b, r}
	case x86.Not64R:
		*d = ^*d
	case x86.Not32R:
		*d = uint64(^uint32(*d))
	case x86.Imul64RR:
		hi, lo := signedMul(*d, s)
		*d = lo
		c.multiplied(lo, hi != uint64(int64(lo)>>63))
	case x86.Imul32RR:
		r := ext(*d) * ext(s)
		*d = uint64(uint32(r))
		c.multiplied(ext(r), r != ext(r))
	case x86.Cmov64RR:
		if c.flags.cond(op.Cond) {
			*d = s
		}
	case x86.Cmov32RR:
		v := *d
		if c.flags.cond(op.Cond) {
			v = s
		}
		*d = uint64(uint32(v))
	case x86.Jo:
		c.branch(op, c.flags.of())
	case x86.Jno:
		c.branch(op, !c.flags.of())
	case x86.Jp:
		c.branch(op, c.flags.pf())
	case x86.Jnp:
		c.branch(op, !c.flags.pf())
	case x86.VLoadD:
		va := c.plain(op)
		var v uint64
		if p := c.reading(va, 3); p != nil {
			v = get32(p)
		} else if v, _ = c.loadSlow(op, va, 4); c.raised {
			return
		}
		c.X[op.Dst&15] = Vec{v, 0}
	case x86.VStoreD:
		va := c.plain(op)
		if p := c.writing(va, 3); p != nil {
			put32(p, c.X[op.Src&15].Lo)
		} else if c.storeSlow(op, va, 4, c.X[op.Src&15].Lo, 0); c.raised {
			return
		}
	default:
		c.other(op)
	}
}
