package cpu

import (
	"math/bits"

	"memlab/vm/x86"
)

// plain is the effective address of an operand without segment base or cut to 32 bits.
func (c *CPU) plain(op *x86.Op) uint64 {
	return c.Regs[op.Base] + c.Regs[op.Index]<<(op.Scale&63) + uint64(op.Disp)
}

// ext is the low 32 bits of v sign-extended, the form in which the lazy flags keep numbers.
func ext(v uint64) uint64 { return uint64(int64(int32(v))) }

// branch ends a block: at the target if taken, otherwise behind it.
func (c *CPU) branch(op *x86.Op, taken bool) {
	to := op.Disp
	if taken {
		to = op.Imm
	}
	c.RIP = c.Regs[x86.RBlock] + uint64(to)
}

// exec executes ops from index i on, up to the limit, which anything that must end the run of them early
// lowers. It returns the index behind the last one that it began; that one was not completed if c.raised.
//
//nolint:funlen,gocognit,gocyclo,cyclop,maintidx // one switch
func (c *CPU) exec(ops []x86.Op, i int) int {
	for i < c.limit {
		op := &ops[i]
		i++
		switch op.Code {
		case x86.Nop:
		case x86.Mov64RR:
			c.Regs[op.Dst] = c.Regs[op.Src]
		case x86.Mov32RR:
			c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Src]))
		case x86.MovRI:
			c.Regs[op.Dst] = uint64(op.Imm)
		case x86.Mov64RM:
			if v := c.load64(op, c.plain(op)); !c.raised {
				c.Regs[op.Dst] = v
			}
		case x86.Mov32RM:
			if v := c.load32(op, c.plain(op)); !c.raised {
				c.Regs[op.Dst] = v
			}
		case x86.Mov64MR:
			c.store64(op, c.plain(op), c.Regs[op.Src])
		case x86.Mov32MR:
			c.store32(op, c.plain(op), c.Regs[op.Src])
		case x86.Mov8MR:
			c.store8(op, c.plain(op), c.Regs[op.Src])
		case x86.Mov64MI:
			c.store64(op, c.plain(op), uint64(op.Imm))
		case x86.Mov32MI:
			c.store32(op, c.plain(op), uint64(op.Imm))
		case x86.Movzx8RM:
			if v := c.load8(op, c.plain(op)); !c.raised {
				c.Regs[op.Dst] = v
			}
		case x86.Movzx16RM:
			if v := c.load16(op, c.plain(op)); !c.raised {
				c.Regs[op.Dst] = v
			}
		case x86.Movzx8RR:
			c.Regs[op.Dst] = uint64(uint8(c.Regs[op.Src]))
		case x86.Movzx16RR:
			c.Regs[op.Dst] = uint64(uint16(c.Regs[op.Src]))
		case x86.Movsxd64RR:
			c.Regs[op.Dst] = ext(c.Regs[op.Src])
		case x86.Movsxd64RM:
			if v := c.load32(op, c.plain(op)); !c.raised {
				c.Regs[op.Dst] = ext(v)
			}
		case x86.Lea64:
			c.Regs[op.Dst] = c.plain(op)
		case x86.Lea32:
			c.Regs[op.Dst] = uint64(uint32(c.plain(op)))
		case x86.Add64RR:
			a, b := c.Regs[op.Dst], c.Regs[op.Src]
			r := a + b
			c.Regs[op.Dst] = r
			c.flags = lazyFlags{kindAdd, a, b, r}
		case x86.Add32RR:
			a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
			r := ext(a + b)
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags = lazyFlags{kindAdd, a, b, r}
		case x86.Add64RI:
			a, b := c.Regs[op.Dst], uint64(op.Imm)
			r := a + b
			c.Regs[op.Dst] = r
			c.flags = lazyFlags{kindAdd, a, b, r}
		case x86.Add32RI:
			a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
			r := ext(a + b)
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags = lazyFlags{kindAdd, a, b, r}
		case x86.Add64RM:
			v := c.load64(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := c.Regs[op.Dst], v
			r := a + b
			c.Regs[op.Dst] = r
			c.flags = lazyFlags{kindAdd, a, b, r}
		case x86.Add32RM:
			v := c.load32(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := ext(c.Regs[op.Dst]), ext(v)
			r := ext(a + b)
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags = lazyFlags{kindAdd, a, b, r}
		case x86.Or64RR:
			r := c.Regs[op.Dst] | c.Regs[op.Src]
			c.Regs[op.Dst] = r
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Or32RR:
			r := ext(c.Regs[op.Dst] | c.Regs[op.Src])
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Or64RI:
			r := c.Regs[op.Dst] | uint64(op.Imm)
			c.Regs[op.Dst] = r
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Or32RI:
			r := ext(c.Regs[op.Dst] | uint64(op.Imm))
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Or64RM:
			v := c.load64(op, c.plain(op))
			if c.raised {
				break
			}
			r := c.Regs[op.Dst] | v
			c.Regs[op.Dst] = r
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Or32RM:
			v := c.load32(op, c.plain(op))
			if c.raised {
				break
			}
			r := ext(c.Regs[op.Dst] | v)
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.And64RR:
			r := c.Regs[op.Dst] & c.Regs[op.Src]
			c.Regs[op.Dst] = r
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.And32RR:
			r := ext(c.Regs[op.Dst] & c.Regs[op.Src])
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.And64RI:
			r := c.Regs[op.Dst] & uint64(op.Imm)
			c.Regs[op.Dst] = r
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.And32RI:
			r := ext(c.Regs[op.Dst] & uint64(op.Imm))
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.And64RM:
			v := c.load64(op, c.plain(op))
			if c.raised {
				break
			}
			r := c.Regs[op.Dst] & v
			c.Regs[op.Dst] = r
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.And32RM:
			v := c.load32(op, c.plain(op))
			if c.raised {
				break
			}
			r := ext(c.Regs[op.Dst] & v)
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Sub64RR:
			a, b := c.Regs[op.Dst], c.Regs[op.Src]
			r := a - b
			c.Regs[op.Dst] = r
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Sub32RR:
			a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
			r := ext(a - b)
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Sub64RI:
			a, b := c.Regs[op.Dst], uint64(op.Imm)
			r := a - b
			c.Regs[op.Dst] = r
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Sub32RI:
			a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
			r := ext(a - b)
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Sub64RM:
			v := c.load64(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := c.Regs[op.Dst], v
			r := a - b
			c.Regs[op.Dst] = r
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Sub32RM:
			v := c.load32(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := ext(c.Regs[op.Dst]), ext(v)
			r := ext(a - b)
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Xor64RR:
			r := c.Regs[op.Dst] ^ c.Regs[op.Src]
			c.Regs[op.Dst] = r
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Xor32RR:
			r := ext(c.Regs[op.Dst] ^ c.Regs[op.Src])
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Xor64RI:
			r := c.Regs[op.Dst] ^ uint64(op.Imm)
			c.Regs[op.Dst] = r
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Xor32RI:
			r := ext(c.Regs[op.Dst] ^ uint64(op.Imm))
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Xor64RM:
			v := c.load64(op, c.plain(op))
			if c.raised {
				break
			}
			r := c.Regs[op.Dst] ^ v
			c.Regs[op.Dst] = r
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Xor32RM:
			v := c.load32(op, c.plain(op))
			if c.raised {
				break
			}
			r := ext(c.Regs[op.Dst] ^ v)
			c.Regs[op.Dst] = uint64(uint32(r))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Cmp64RR:
			a, b := c.Regs[op.Dst], c.Regs[op.Src]
			r := a - b
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Cmp32RR:
			a, b := ext(c.Regs[op.Dst]), ext(c.Regs[op.Src])
			r := ext(a - b)
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Cmp64RI:
			a, b := c.Regs[op.Dst], uint64(op.Imm)
			r := a - b
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Cmp32RI:
			a, b := ext(c.Regs[op.Dst]), uint64(op.Imm)
			r := ext(a - b)
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Cmp64RM:
			v := c.load64(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := c.Regs[op.Dst], v
			r := a - b
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Cmp32RM:
			v := c.load32(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := ext(c.Regs[op.Dst]), ext(v)
			r := ext(a - b)
			c.flags = lazyFlags{kindSub, a, b, r}
		case x86.Test64RR:
			r := c.Regs[op.Dst] & c.Regs[op.Src]
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Test32RR:
			r := ext(c.Regs[op.Dst] & c.Regs[op.Src])
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Test64RI:
			r := c.Regs[op.Dst] & uint64(op.Imm)
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Test32RI:
			r := ext(c.Regs[op.Dst] & uint64(op.Imm))
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Test64RM:
			v := c.load64(op, c.plain(op))
			if c.raised {
				break
			}
			r := c.Regs[op.Dst] & v
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Test32RM:
			v := c.load32(op, c.plain(op))
			if c.raised {
				break
			}
			r := ext(c.Regs[op.Dst] & v)
			c.flags.kind, c.flags.res = kindLogic, r
		case x86.Cmp64MR:
			v := c.load64(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := v, c.Regs[op.Src]
			c.flags = lazyFlags{kindSub, a, b, a - b}
		case x86.Cmp32MR:
			v := c.load32(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := ext(v), ext(c.Regs[op.Src])
			c.flags = lazyFlags{kindSub, a, b, ext(a - b)}
		case x86.Cmp64MI:
			v := c.load64(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := v, uint64(op.Imm)
			c.flags = lazyFlags{kindSub, a, b, a - b}
		case x86.Cmp32MI:
			v := c.load32(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := ext(v), uint64(op.Imm)
			c.flags = lazyFlags{kindSub, a, b, ext(a - b)}
		case x86.Cmp8MI:
			v := c.load8(op, c.plain(op))
			if c.raised {
				break
			}
			a, b := uint64(int8(v)), uint64(op.Imm)
			c.flags = lazyFlags{kindSub, a, b, uint64(int8(a - b))}
		case x86.Cmp8RI:
			a, b := uint64(int8(c.Regs[op.Dst])), uint64(op.Imm)
			c.flags = lazyFlags{kindSub, a, b, uint64(int8(a - b))}
		case x86.Test8RR:
			c.flags.kind, c.flags.res = kindLogic, uint64(int8(c.Regs[op.Dst]&c.Regs[op.Src]))
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
		case x86.Imul64RR:
			hi, lo := signedMul(c.Regs[op.Dst], c.Regs[op.Src])
			c.Regs[op.Dst] = lo
			c.multiplied(lo, hi != uint64(int64(lo)>>63))
		case x86.Imul32RR:
			r := ext(c.Regs[op.Dst]) * ext(c.Regs[op.Src])
			c.Regs[op.Dst] = uint64(uint32(r))
			c.multiplied(ext(r), r != ext(r))
		case x86.Push64:
			sp := c.Regs[x86.RSP] - 8
			if c.store64(op, sp, c.Regs[op.Src]); !c.raised {
				c.Regs[x86.RSP] = sp
			}
		case x86.Pop64:
			sp := c.Regs[x86.RSP]
			if v := c.load64(op, sp); !c.raised {
				c.Regs[x86.RSP] = sp + 8
				c.Regs[op.Dst] = v
			}
		case x86.Call64:
			sp := c.Regs[x86.RSP] - 8
			if c.store64(op, sp, c.Regs[x86.RBlock]+uint64(op.Disp)); !c.raised {
				c.Regs[x86.RSP] = sp
				c.RIP = c.Regs[x86.RBlock] + uint64(op.Imm)
			}
		case x86.Ret64:
			sp := c.Regs[x86.RSP]
			if v := c.load64(op, sp); !c.raised && c.target(v) {
				c.Regs[x86.RSP] = sp + 8
				c.RIP = v
			}
		case x86.Jmp:
			c.RIP = c.Regs[x86.RBlock] + uint64(op.Imm)
		case x86.Jo:
			c.branch(op, c.flags.of())
		case x86.Jno:
			c.branch(op, !c.flags.of())
		case x86.Jb:
			c.branch(op, c.flags.cf())
		case x86.Jae:
			c.branch(op, !c.flags.cf())
		case x86.Je:
			c.branch(op, c.flags.res == 0)
		case x86.Jne:
			c.branch(op, c.flags.res != 0)
		case x86.Jbe:
			c.branch(op, c.flags.belowEqual())
		case x86.Ja:
			c.branch(op, !c.flags.belowEqual())
		case x86.Js:
			c.branch(op, c.flags.sf())
		case x86.Jns:
			c.branch(op, !c.flags.sf())
		case x86.Jp:
			c.branch(op, c.flags.pf())
		case x86.Jnp:
			c.branch(op, !c.flags.pf())
		case x86.Jl:
			c.branch(op, c.flags.less())
		case x86.Jge:
			c.branch(op, !c.flags.less())
		case x86.Jle:
			c.branch(op, c.flags.lessEqual())
		case x86.Jg:
			c.branch(op, !c.flags.lessEqual())
		default:
			c.other(op)
		}
	}
	return i
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
