package cpu

import "memlab/vm/x86"

// execGpr executes what moves between vector registers and integer registers or flags.
func (c *CPU) execGpr(op *x86.Op) {
	switch op.Code {
	case x86.PMovMskB:
		s := &c.X[op.Src&15]
		c.Regs[op.Dst&15] = moveMask(s.Lo) | moveMask(s.Hi)<<8
	case x86.MovMskPD:
		s := &c.X[op.Src&15]
		c.Regs[op.Dst&15] = s.Lo>>63 | s.Hi>>63<<1
	case x86.MovMskPS:
		s := &c.X[op.Src&15]
		c.Regs[op.Dst&15] = s.Lo>>31&1 | s.Lo>>63<<1 | s.Hi>>31&1<<2 | s.Hi>>63<<3
	case x86.PExtrB, x86.PExtrW, x86.PExtrD, x86.PExtrQ:
		c.extract(op)
	case x86.PInsrB, x86.PInsrW, x86.PInsrD, x86.PInsrQ:
		c.insert(op)
	case x86.PTest:
		c.test(op)
	default:
		c.execString(op)
	}
}

// extract puts an element of op.Size bytes into a register or memory.
func (c *CPU) extract(op *x86.Op) {
	per := 16 / op.Size
	at := uint8(op.Imm) & (per - 1) * op.Size // in bytes
	s := &c.X[op.Src&15]
	v := s.Lo
	if at >= 8 {
		v = s.Hi
	}
	v >>= 8 * (at & 7)
	if op.Size < 8 {
		v &= 1<<(8*op.Size) - 1
	}
	if op.Flags&x86.FlagMem != 0 {
		c.store(op, c.ea(op), op.Size, v)
		return
	}
	c.Regs[op.Dst&15] = v
}

// insert replaces an element of op.Size bytes.
func (c *CPU) insert(op *x86.Op) {
	var v uint64
	if op.Flags&x86.FlagMem != 0 {
		v = c.load(op, c.ea(op), op.Size)
		if c.raised {
			return
		}
	} else {
		v = c.Regs[op.Src&15]
	}
	per := 16 / op.Size
	at := uint8(op.Imm) & (per - 1) * op.Size
	d := &c.X[op.Dst&15].Lo
	if at >= 8 {
		d = &c.X[op.Dst&15].Hi
	}
	*d = insertBits(*d, v, 8*(at&7), op.Size)
}

// insertBits replaces size bytes of w from bit at on.
func insertBits(w, v uint64, at, size uint8) uint64 {
	mask := ^uint64(0) >> (64 - 8*size)
	return w&^(mask<<at) | v&mask<<at
}

// test is PTEST.
func (c *CPU) test(op *x86.Op) {
	s := c.vecSrc(op)
	if c.raised {
		return
	}
	d := &c.X[op.Dst&15]
	zero := s.Lo&d.Lo|s.Hi&d.Hi == 0
	carry := s.Lo&^d.Lo|s.Hi&^d.Hi == 0
	c.setFlags(carry, false, false, zero, false, false)
}
