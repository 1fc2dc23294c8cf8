package cpu

import (
	"unsafe"

	"memlab/vm/x86"
)

// plain is the effective address of an operand without segment base or cut to 32 bits.
func (c *CPU) plain(op *x86.Op) uint64 {
	va := c.Regs[op.Base] + uint64(op.Disp)
	if op.Index != x86.RZero {
		va += c.Regs[op.Index] << (op.Scale & 63)
	}
	return va
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
	_ = &c.Regs        // c is not nil: said once here, it need not be found out in each case
	var a, b, r uint64 // what a fused comparison has found
	for {
		way := 0
		for ; ; op = next(op) {
			switch op.Code {
			case x86.Undefined:
				c.other(op) // a case for it lets the table begin at 0
			case x86.Nop:
				continue
			case x86.Mov64RR:
				c.Regs[op.Dst] = c.Regs[op.Src]
				continue
			case x86.Mov32RR:
				c.mov32RR(op)
				continue
			case x86.MovRI:
				c.Regs[op.Dst] = uint64(op.Imm)
				continue
			case x86.Mov64RM:
				va := c.plain(op)
				if m, l := c.reader(va); va-l.Start <= m.Last[7] {
					c.Regs[op.Dst] = get64(m.Hit(l, va-l.Start))
					continue
				}
				if v, _ := c.loadSlow(op, va, 8); !c.raised {
					c.Regs[op.Dst] = v
				}
			case x86.Mov32RM:
				va := c.plain(op)
				if m, l := c.reader(va); va-l.Start <= m.Last[3] {
					c.Regs[op.Dst] = get32(m.Hit(l, va-l.Start))
					continue
				}
				if v, _ := c.loadSlow(op, va, 4); !c.raised {
					c.Regs[op.Dst] = v
				}
			case x86.Movzx8RM:
				va := c.plain(op)
				if m, l := c.reader(va); va-l.Start <= m.Last[0] {
					c.Regs[op.Dst] = get8(m.Hit(l, va-l.Start))
					continue
				}
				if v, _ := c.loadSlow(op, va, 1); !c.raised {
					c.Regs[op.Dst] = v
				}
			case x86.Movsxd64RM:
				va := c.plain(op)
				if m, l := c.reader(va); va-l.Start <= m.Last[3] {
					c.Regs[op.Dst] = ext(get32(m.Hit(l, va-l.Start)))
					continue
				}
				if v, _ := c.loadSlow(op, va, 4); !c.raised {
					c.Regs[op.Dst] = ext(v)
				}
			case x86.Mov64MR:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Last[7] {
					put64(m.Hit(l, va-l.Start), c.Regs[op.Src])
					continue
				}
				c.storeSlow(op, va, 8, c.Regs[op.Src], 0)
			case x86.Mov32MR:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Last[3] {
					put32(m.Hit(l, va-l.Start), c.Regs[op.Src])
					continue
				}
				c.storeSlow(op, va, 4, c.Regs[op.Src], 0)
			case x86.Mov8MR:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Last[0] {
					put8(m.Hit(l, va-l.Start), c.Regs[op.Src])
					continue
				}
				c.storeSlow(op, va, 1, c.Regs[op.Src], 0)
			case x86.Mov8MI:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Last[0] {
					put8(m.Hit(l, va-l.Start), uint64(op.Imm))
					continue
				}
				c.storeSlow(op, va, 1, uint64(op.Imm), 0)
			case x86.Movzx8RR:
				c.movzx8RR(op)
				continue
			case x86.Movsxd64RR:
				c.movsxd64RR(op)
				continue
			case x86.Lea64:
				c.Regs[op.Dst] = c.plain(op)
				continue
			case x86.Lea32:
				c.lea32(op)
				continue
			case x86.Add64RR:
				c.add64RR(op)
				continue
			case x86.Quiet + x86.Add64RR:
				c.Regs[op.Dst] += c.Regs[op.Src]
				continue
			case x86.Add32RR:
				c.add32RR(op)
				continue
			case x86.Quiet + x86.Add32RR:
				c.quietAdd32RR(op)
				continue
			case x86.Add64RI:
				c.add64RI(op)
				continue
			case x86.Quiet + x86.Add64RI:
				c.Regs[op.Dst] += uint64(op.Imm)
				continue
			case x86.Add32RI:
				c.add32RI(op)
				continue
			case x86.Quiet + x86.Add32RI:
				c.quietAdd32RI(op)
				continue
			case x86.Add64RM:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Last[7] {
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
				if m, l := c.reader(va); va-l.Start <= m.Last[3] {
					v = get32(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 4); c.raised {
					return op
				}
				a, b := ext(c.Regs[op.Dst]), ext(v)
				r := ext(a + b)
				c.Regs[op.Dst] = uint64(uint32(r))
				c.added(a, b, r)
			case x86.Quiet + x86.Or64RR:
				c.Regs[op.Dst] |= c.Regs[op.Src]
				continue
			case x86.Quiet + x86.Or32RR:
				c.quietOr32RR(op)
				continue
			case x86.Quiet + x86.And64RR:
				c.Regs[op.Dst] &= c.Regs[op.Src]
				continue
			case x86.Quiet + x86.And32RR:
				c.quietAnd32RR(op)
				continue
			case x86.Quiet + x86.And64RI:
				c.Regs[op.Dst] &= uint64(op.Imm)
				continue
			case x86.And32RI:
				c.and32RI(op)
				continue
			case x86.Quiet + x86.And32RI:
				c.quietAnd32RI(op)
				continue
			case x86.Sub64RR:
				c.sub64RR(op)
				continue
			case x86.Quiet + x86.Sub64RR:
				c.Regs[op.Dst] -= c.Regs[op.Src]
				continue
			case x86.Sub32RR:
				c.sub32RR(op)
				continue
			case x86.Quiet + x86.Sub32RR:
				c.quietSub32RR(op)
				continue
			case x86.Sub64RI:
				c.sub64RI(op)
				continue
			case x86.Quiet + x86.Sub64RI:
				c.Regs[op.Dst] -= uint64(op.Imm)
				continue
			case x86.Quiet + x86.Sub32RI:
				c.quietSub32RI(op)
				continue
			case x86.Xor64RR:
				c.xor64RR(op)
				continue
			case x86.Quiet + x86.Xor64RR:
				c.Regs[op.Dst] ^= c.Regs[op.Src]
				continue
			case x86.Xor32RR:
				c.xor32RR(op)
				continue
			case x86.Quiet + x86.Xor32RR:
				c.quietXor32RR(op)
				continue
			case x86.Cmp64RR:
				c.cmp64RR(op)
				continue
			case x86.Fused + x86.Cmp64RR:
				a, b, r = c.diff64RR(op)
				goto compare
			case x86.Cmp32RR:
				c.cmp32RR(op)
				continue
			case x86.Fused + x86.Cmp32RR:
				a, b, r = c.diff32RR(op)
				goto compare
			case x86.Fused + x86.Cmp8RR:
				a, b, r = c.diff8RR(op)
				goto compare
			case x86.Cmp64RI:
				c.cmp64RI(op)
				continue
			case x86.Fused + x86.Cmp64RI:
				a, b, r = c.diff64RI(op)
				goto compare
			case x86.Fused + x86.Cmp32RI:
				a, b, r = c.diff32RI(op)
				goto compare
			case x86.Fused + x86.Cmp8RI:
				a, b, r = c.diff8RI(op)
				goto compare
			case x86.Fused + x86.Cmp64RM:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Last[7] {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				a, b = c.Regs[op.Dst], v
				r = a - b
				goto loaded
			case x86.Fused + x86.Cmp32RM:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Last[3] {
					v = get32(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 4); c.raised {
					return op
				}
				a, b = ext(c.Regs[op.Dst]), ext(v)
				r = ext(a - b)
				goto loaded
			case x86.Fused + x86.Cmp64MI:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Last[7] {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				a, b = v, uint64(op.Imm)
				r = a - b
				goto loaded
			case x86.Fused + x86.Cmp32MI:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Last[3] {
					v = get32(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 4); c.raised {
					return op
				}
				a, b = ext(v), uint64(op.Imm)
				r = ext(a - b)
				goto loaded
			case x86.Fused + x86.Cmp8MI:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Last[0] {
					v = get8(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 1); c.raised {
					return op
				}
				a, b = ext8(v), uint64(op.Imm)
				r = ext8(a - b)
				goto loaded
			case x86.Test64RR:
				c.test64RR(op)
				continue
			case x86.Fused + x86.Test64RR:
				r = c.both64RR(op)
				goto test
			case x86.Test32RR:
				c.test32RR(op)
				continue
			case x86.Fused + x86.Test32RR:
				r = c.both32RR(op)
				goto test
			case x86.Fused + x86.Test8RR:
				r = c.both8RR(op)
				goto test
			case x86.Fused + x86.Test64RI:
				r = c.both64RI(op)
				goto test
			case x86.Fused + x86.Test32RI:
				r = c.both32RI(op)
				goto test
			case x86.Fused + x86.Test8RI:
				r = c.both8RI(op)
				goto test
			case x86.Quiet + x86.Shl64RI:
				c.quietShl64RI(op)
				continue
			case x86.Quiet + x86.Shl32RI:
				c.quietShl32RI(op)
				continue
			case x86.Quiet + x86.Shr64RI:
				c.quietShr64RI(op)
				continue
			case x86.Quiet + x86.Shr32RI:
				c.quietShr32RI(op)
				continue
			case x86.Quiet + x86.Sar64RI:
				c.quietSar64RI(op)
				continue
			case x86.Quiet + x86.Sar32RI:
				c.quietSar32RI(op)
				continue
			case x86.Quiet + x86.Rol64RI:
				c.quietRol64RI(op)
				continue
			case x86.Quiet + x86.Rol32RI:
				c.quietRol32RI(op)
				continue
			case x86.Quiet + x86.Ror32RI:
				c.quietRor32RI(op)
				continue
			case x86.Quiet + x86.Inc64R:
				c.Regs[op.Dst]++
				continue
			case x86.Quiet + x86.Inc32R:
				c.quietInc32R(op)
				continue
			case x86.Quiet + x86.Dec64R:
				c.Regs[op.Dst]--
				continue
			case x86.Quiet + x86.Dec32R:
				c.quietDec32R(op)
				continue
			case x86.Quiet + x86.Imul64RR:
				c.Regs[op.Dst] *= c.Regs[op.Src]
				continue
			case x86.Add64MR:
				va := c.plain(op)
				p := c.writing(va, 7)
				if p == nil {
					c.addSlow(op, va, 8)
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
					c.addSlow(op, va, 4)
					break
				}
				a, b := ext(get32(p)), ext(c.Regs[op.Src])
				r := ext(a + b)
				put32(p, r)
				c.added(a, b, r)
				continue
			case x86.PushPush:
				va := c.Regs[x86.RSP] - 8
				m, l := c.writer(va)
				if va-l.Start > m.Last[7] {
					if c.storeSlow(op, va, 8, c.Regs[op.Src], 0); !c.raised {
						c.Regs[x86.RSP] = va
					}
					break
				}
				put64(m.Hit(l, va-l.Start), c.Regs[op.Src])
				c.Regs[x86.RSP] = va
				op = next(op)
				fallthrough
			case x86.Push64:
				va := c.Regs[x86.RSP] - 8
				if m, l := c.writer(va); va-l.Start <= m.Last[7] {
					put64(m.Hit(l, va-l.Start), c.Regs[op.Src])
				} else if c.storeSlow(op, va, 8, c.Regs[op.Src], 0); c.raised {
					return op
				}
				c.Regs[x86.RSP] = va
			case x86.PopPop:
				va := c.Regs[x86.RSP]
				m, l := c.reader(va)
				if va-l.Start > m.Last[7] {
					if v, _ := c.loadSlow(op, va, 8); !c.raised {
						c.Regs[x86.RSP] = va + 8
						c.Regs[op.Dst] = v
					}
					break
				}
				c.Regs[x86.RSP] = va + 8
				c.Regs[op.Dst] = get64(m.Hit(l, va-l.Start))
				op = next(op)
				fallthrough
			case x86.Pop64:
				va := c.Regs[x86.RSP]
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Last[7] {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				c.Regs[x86.RSP] = va + 8
				c.Regs[op.Dst] = v
			case x86.Call64:
				va := c.Regs[x86.RSP] - 8
				if m, l := c.writer(va); va-l.Start <= m.Last[7] {
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
				if m, l := c.reader(va); va-l.Start <= m.Last[7] {
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
			case x86.MovMov64:
				op = c.movMov64(op)
				continue
			case x86.MovMov32:
				op = c.movMov32(op)
				continue
			case x86.AddAdd64:
				op = c.addAdd64(op)
				continue
			case x86.AddCmp64II:
				op = c.addThen64RI(op)
				a, b, r = c.diff64RI(op)
				goto compare
			case x86.AddCmp64IR:
				op = c.addThen64RI(op)
				a, b, r = c.diff64RR(op)
				goto compare
			case x86.StoreAddCmp:
				va := c.plain(op)
				m, l := c.writer(va)
				if va-l.Start > m.Last[0] {
					c.storeSlow(op, va, 1, uint64(op.Imm), 0)
					break
				}
				put8(m.Hit(l, va-l.Start), uint64(op.Imm))
				op = next(op)
				fallthrough
			case x86.AddCmp64RI:
				op = c.addThen64RR(op)
				a, b, r = c.diff64RI(op)
				goto compare
			case x86.AddCmp64RR:
				op = c.addThen64RR(op)
				a, b, r = c.diff64RR(op)
				goto compare
			case x86.AddCmp32II:
				op = c.addThen32RI(op)
				a, b, r = c.diff32RI(op)
				goto compare
			case x86.AddCmp32IR:
				op = c.addThen32RI(op)
				a, b, r = c.diff32RR(op)
				goto compare
			case x86.SubJne64:
				a, b, r = c.diff64RI(op)
				c.Regs[op.Dst] = r
				c.subtracted(a, b, r)
				way = int(is(r != 0))
				op = next(op)
				goto branch
			case x86.SubJne32:
				a, b, r = c.diff32RI(op)
				c.Regs[op.Dst] = uint64(uint32(r))
				c.subtracted(a, b, r)
				way = int(is(r != 0))
				op = next(op)
				goto branch
			case x86.AndJe32:
				r = c.both32RI(op)
				c.Regs[op.Dst] = uint64(uint32(r))
				c.logical(r)
				way = int(is(r == 0))
				op = next(op)
				goto branch
			case x86.MovCmp64:
				c.Regs[op.Dst] = c.Regs[op.Src]
				op = next(op)
				a, b, r = c.diff64RR(op)
				goto compare
			case x86.SubCmp32:
				c.Regs[op.Dst] -= uint64(op.Imm)
				op = next(op)
				a, b, r = c.diff32RR(op)
				goto compare
			case x86.LoadMovCmp32:
				va := c.plain(op)
				m, l := c.reader(va)
				if va-l.Start > m.Last[3] {
					if v, _ := c.loadSlow(op, va, 4); !c.raised {
						c.Regs[op.Dst] = v
					}
					break
				}
				c.Regs[op.Dst] = get32(m.Hit(l, va-l.Start))
				op = next(op)
				fallthrough
			case x86.MovCmp32:
				c.Regs[op.Dst] = uint64(uint32(c.Regs[op.Src]))
				op = next(op)
				a, b, r = c.diff32RR(op)
				goto compare
			case x86.LoadTest64:
				va := c.plain(op)
				m, l := c.reader(va)
				if va-l.Start > m.Last[7] {
					if v, _ := c.loadSlow(op, va, 8); !c.raised {
						c.Regs[op.Dst] = v
					}
					break
				}
				c.Regs[op.Dst] = get64(m.Hit(l, va-l.Start))
				op = next(op)
				r = c.both64RR(op)
				goto test
			case x86.LoadTest32:
				va := c.plain(op)
				m, l := c.reader(va)
				if va-l.Start > m.Last[3] {
					if v, _ := c.loadSlow(op, va, 4); !c.raised {
						c.Regs[op.Dst] = v
					}
					break
				}
				c.Regs[op.Dst] = get32(m.Hit(l, va-l.Start))
				op = next(op)
				r = c.both32RR(op)
				goto test
			case x86.LoadCmp64:
				va := c.plain(op)
				m, l := c.reader(va)
				if va-l.Start > m.Last[7] {
					if v, _ := c.loadSlow(op, va, 8); !c.raised {
						c.Regs[op.Dst] = v
					}
					break
				}
				c.Regs[op.Dst] = get64(m.Hit(l, va-l.Start))
				op = next(op)
				a, b, r = c.diff64RR(op)
				goto compare
			case x86.LoadCmp32:
				va := c.plain(op)
				m, l := c.reader(va)
				if va-l.Start > m.Last[3] {
					if v, _ := c.loadSlow(op, va, 4); !c.raised {
						c.Regs[op.Dst] = v
					}
					break
				}
				c.Regs[op.Dst] = get32(m.Hit(l, va-l.Start))
				op = next(op)
				a, b, r = c.diff32RR(op)
				goto compare
			case x86.XorMov64:
				op = c.xorMov64(op)
				continue
			case x86.XorMov32:
				op = c.xorMov32(op)
				continue
			case x86.AddMov32:
				op = c.addMov32(op)
				continue
			case x86.AndXor32:
				op = c.andXor32(op)
				continue
			case x86.XorXor32:
				op = c.xorXor32(op)
				continue
			case x86.RorRor32:
				op = c.rorRor32(op)
				continue
			case x86.Moved + x86.Add64RR:
				op = c.movedAdd64RR(op)
				continue
			case x86.Moved + x86.Add32RR:
				op = c.movedAdd32RR(op)
				continue
			case x86.Moved + x86.Or64RR:
				op = c.movedOr64RR(op)
				continue
			case x86.Moved + x86.Or32RR:
				op = c.movedOr32RR(op)
				continue
			case x86.Moved + x86.And64RR:
				op = c.movedAnd64RR(op)
				continue
			case x86.Moved + x86.And32RR:
				op = c.movedAnd32RR(op)
				continue
			case x86.Moved + x86.Add64RI:
				op = c.movedAdd64RI(op)
				continue
			case x86.Moved + x86.Add32RI:
				op = c.movedAdd32RI(op)
				continue
			case x86.Moved + x86.Or64RI:
				op = c.movedOr64RI(op)
				continue
			case x86.Moved + x86.Or32RI:
				op = c.movedOr32RI(op)
				continue
			case x86.Moved + x86.Xor64RI:
				op = c.movedXor64RI(op)
				continue
			case x86.Moved + x86.Xor32RI:
				op = c.movedXor32RI(op)
				continue
			case x86.Moved + x86.And64RI:
				op = c.movedAnd64RI(op)
				continue
			case x86.Moved + x86.And32RI:
				op = c.movedAnd32RI(op)
				continue
			case x86.Moved + x86.Sub64RR:
				op = c.movedSub64RR(op)
				continue
			case x86.Moved + x86.Sub32RR:
				op = c.movedSub32RR(op)
				continue
			case x86.Moved + x86.Sub64RI:
				op = c.movedSub64RI(op)
				continue
			case x86.Moved + x86.Sub32RI:
				op = c.movedSub32RI(op)
				continue
			case x86.Moved + x86.Xor64RR:
				op = c.movedXor64RR(op)
				continue
			case x86.Moved + x86.Xor32RR:
				op = c.movedXor32RR(op)
				continue
			case x86.Moved + x86.Shl64RI:
				op = c.movedShl64RI(op)
				continue
			case x86.Moved + x86.Shl32RI:
				op = c.movedShl32RI(op)
				continue
			case x86.Moved + x86.Shr64RI:
				op = c.movedShr64RI(op)
				continue
			case x86.Moved + x86.Shr32RI:
				op = c.movedShr32RI(op)
				continue
			case x86.Moved + x86.Sar64RI:
				op = c.movedSar64RI(op)
				continue
			case x86.Moved + x86.Sar32RI:
				op = c.movedSar32RI(op)
				continue
			case x86.Moved + x86.Rol64RI:
				op = c.movedRol64RI(op)
				continue
			case x86.Moved + x86.Rol32RI:
				op = c.movedRol32RI(op)
				continue
			case x86.Moved + x86.Ror64RI:
				op = c.movedRor64RI(op)
				continue
			case x86.Moved + x86.Ror32RI:
				op = c.movedRor32RI(op)
				continue
			case x86.Jmp:
				way = 1
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
			case x86.Jo, x86.Jno, x86.Jb, x86.Jae, x86.Jbe, x86.Ja, x86.Js, x86.Jns,
				x86.Jp, x86.Jnp, x86.Jl, x86.Jge, x86.Jle, x86.Jg:
				if c.flags.cond(uint8(op.Code - x86.Jo)) {
					way = 1
				}
				goto branch
			case x86.BlockNext:
				goto branch
			case x86.BlockLeft:
				goto jump
			case x86.JmpInd:
				if c.jumpIndirect(op); c.limit == 0 {
					return op
				}
				goto jump
			case x86.CallInd:
				if c.call(op); c.limit == 0 {
					return op
				}
				goto jump
			case x86.VMov:
				c.X[op.Dst&15] = c.X[op.Src&15]
				continue
			case x86.VLoadA:
				va := c.plain(op)
				m, l := c.reader(va)
				if va&15 != 0 || va-l.Start > m.Last[15] {
					c.loadAligned(op, va)
					break
				}
				p := m.Hit(l, va-l.Start)
				c.X[op.Dst&15] = Vec{get64(p), get64(unsafe.Add(p, 8))}
				continue
			case x86.VLoadU:
				va := c.plain(op)
				y := &c.X[op.Dst&15]
				if m, l := c.reader(va); va-l.Start <= m.Last[15] {
					p := m.Hit(l, va-l.Start)
					y.Lo, y.Hi = get64(p), get64(unsafe.Add(p, 8))
					continue
				}
				if v := c.load128(op, va); !c.raised {
					*y = v
				}
			case x86.LoadMulAddPD:
				va := c.plain(op)
				m, l := c.reader(va)
				if va&15 != 0 || va-l.Start > m.Last[15] {
					c.loadAligned(op, va)
					break
				}
				p := m.Hit(l, va-l.Start)
				c.X[op.Dst&15] = Vec{get64(p), get64(unsafe.Add(p, 8))}
				op = next(op)
				fallthrough
			case x86.MulAddPDStore:
				if c.mulPD(op); c.limit == 0 {
					return op
				}
				op = next(op)
				fallthrough
			case x86.AddPDStore:
				if c.addPD(op); c.limit == 0 {
					return op
				}
				op = next(op)
				fallthrough
			case x86.VStoreA:
				va := c.plain(op)
				if va&15 != 0 {
					c.raise(GeneralProtection, 0)
					return op
				}
				x := &c.X[op.Src&15]
				if m, l := c.writer(va); va-l.Start <= m.Last[15] {
					p := m.Hit(l, va-l.Start)
					put64(p, x.Lo)
					put64(unsafe.Add(p, 8), x.Hi)
					continue
				}
				c.storeSlow(op, va, 16, x.Lo, x.Hi)
			case x86.VStoreU:
				va := c.plain(op)
				x := &c.X[op.Src&15]
				if m, l := c.writer(va); va-l.Start <= m.Last[15] {
					p := m.Hit(l, va-l.Start)
					put64(p, x.Lo)
					put64(unsafe.Add(p, 8), x.Hi)
					continue
				}
				c.storeSlow(op, va, 16, x.Lo, x.Hi)
			case x86.VLoadQ:
				va := c.plain(op)
				var v uint64
				if m, l := c.reader(va); va-l.Start <= m.Last[7] {
					v = get64(m.Hit(l, va-l.Start))
				} else if v, _ = c.loadSlow(op, va, 8); c.raised {
					return op
				}
				c.X[op.Dst&15] = Vec{v, 0}
			case x86.VStoreQ:
				va := c.plain(op)
				if m, l := c.writer(va); va-l.Start <= m.Last[7] {
					put64(m.Hit(l, va-l.Start), c.X[op.Src&15].Lo)
				} else if c.storeSlow(op, va, 8, c.X[op.Src&15].Lo, 0); c.raised {
					return op
				}
			case x86.VXor:
				c.vXor(op)
				continue
			case x86.VAnd:
				c.vAnd(op)
				continue
			case x86.VOr:
				c.vOr(op)
				continue
			case x86.VAddPD:
				c.addPD(op)
			case x86.LoadMulPD:
				va := c.plain(op)
				m, l := c.reader(va)
				if va&15 != 0 || va-l.Start > m.Last[15] {
					c.loadAligned(op, va)
					break
				}
				p := m.Hit(l, va-l.Start)
				c.X[op.Dst&15] = Vec{get64(p), get64(unsafe.Add(p, 8))}
				op = next(op)
				fallthrough
			case x86.VMulPD:
				c.mulPD(op)
			case x86.VSubPD, x86.VAddSD, x86.VMulSD, x86.VSubSD:
				c.hotFloat(op)
			default:
				switch {
				case op.Code.IsSSE():
					c.execSSE(op)
				case op.Code.IsHot():
					c.warm(op)
				default:
					c.other(op)
				}
			}
			if c.limit == 0 {
				return op
			}
		}

	jump: // to c.RIP
		if to := c.jumpTo(op); to != nil {
			op = to.first
			continue
		}
		return op

	loaded: // what op compares, perhaps the slow way
		if c.limit == 0 {
			c.subtracted(a, b, r)
			return op
		}

	compare: // by op, of a and b, for the jump behind it; r is the difference
		c.subtracted(a, b, r)
		switch op.Cond {
		case x86.IfEqual:
			way = int(is(a == b))
		case x86.IfNotEqual:
			way = int(is(a != b))
		default:
			way = taken(op, order(a, b))
		}
		op = next(op)
		goto branch

	test: // likewise, of r with 0
		c.logical(r)
		switch op.Cond {
		case x86.IfEqual:
			way = int(is(r == 0))
		case x86.IfNotEqual:
			way = int(is(r != 0))
		default:
			way = taken(op, sign(r))
		}
		op = next(op)

		// To the target if way is 1, else to what follows. These are two ways through the code, so that the
		// host guesses and goes on; if way were an index, all that follows would wait for the comparison.
	branch:
		begun := c.base + uint64(op.N) + 1
		if way != 0 {
			if l := &c.block.next[1]; l.first != nil && begun <= c.linkEnd {
				c.base = begun
				op = l.first
				if l.to != c.block {
					c.Regs[x86.RBlock] += l.ahead
					c.block = l.to
				}
				continue
			}
		} else if l := &c.block.next[0]; l.first != nil && begun <= c.linkEnd {
			c.base = begun
			op = l.first
			c.Regs[x86.RBlock] += l.ahead
			c.block = l.to
			continue
		}
		c.branch(op, way == 1)
		if to := c.across(op); to != nil {
			op = to.first
			continue
		}
		c.way = way
		return op
	}
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
