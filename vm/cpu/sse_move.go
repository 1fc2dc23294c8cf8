package cpu

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// execMove executes the moves.
func (c *CPU) execMove(op *x86.Op) {
	switch op.Code {
	case x86.MovVec:
		c.X[op.Dst&15] = c.X[op.Src&15]
	case x86.LoadVecA:
		va := c.ea(op)
		if !c.aligned(va) {
			return
		}
		if v := c.load128(op, va); !c.raised {
			c.X[op.Dst&15] = v
		}
	case x86.LoadVecU:
		if v := c.load128(op, c.ea(op)); !c.raised {
			c.X[op.Dst&15] = v
		}
	case x86.StoreVecA:
		if va := c.ea(op); c.aligned(va) {
			c.store128(op, va, c.X[op.Src&15])
		}
	case x86.StoreVecU:
		c.store128(op, c.ea(op), c.X[op.Src&15])
	case x86.LoadQ:
		if v := c.load64(op, c.ea(op)); !c.raised {
			c.X[op.Dst&15] = Vec{v, 0}
		}
	case x86.LoadD:
		if v := c.load32(op, c.ea(op)); !c.raised {
			c.X[op.Dst&15] = Vec{v, 0}
		}
	case x86.StoreQ:
		c.store64(op, c.ea(op), c.X[op.Src&15].Lo)
	case x86.StoreD:
		c.store32(op, c.ea(op), c.X[op.Src&15].Lo)
	case x86.StoreHigh:
		c.store64(op, c.ea(op), c.X[op.Src&15].Hi)
	case x86.LoadLow:
		if v := c.load64(op, c.ea(op)); !c.raised {
			c.X[op.Dst&15].Lo = v
		}
	case x86.LoadHigh:
		if v := c.load64(op, c.ea(op)); !c.raised {
			c.X[op.Dst&15].Hi = v
		}
	case x86.MovLowQ:
		c.X[op.Dst&15].Lo = c.X[op.Src&15].Lo
	case x86.MovQ:
		c.X[op.Dst&15] = Vec{c.X[op.Src&15].Lo, 0}
	default:
		c.execMoveRare(op)
	}
}

func (c *CPU) execMoveRare(op *x86.Op) {
	d := &c.X[op.Dst&15]
	switch op.Code {
	case x86.MovLowD:
		d.Lo = d.Lo&^0xffffffff | c.X[op.Src&15].Lo&0xffffffff
	case x86.MovHL:
		d.Lo = c.X[op.Src&15].Hi
	case x86.MovLH:
		d.Hi = c.X[op.Src&15].Lo
	case x86.GprToVec:
		*d = Vec{c.gprSrc(op), 0}
	case x86.VecToGpr:
		c.Regs[op.Dst&15] = cut(c.X[op.Src&15].Lo, op.Size)
	case x86.StoreGpr:
		c.store(op, c.ea(op), op.Size, c.Regs[op.Src&15])
	default: // MASKMOVDQU
		c.maskMove(op, c.X[op.Dst&15], c.X[op.Src&15], 16)
	}
}

// cut is the low 4 or 8 bytes of v: a 32-bit result zeroes the upper half of its register.
func cut(v uint64, size uint8) uint64 {
	if size == 4 {
		return uint64(uint32(v))
	}
	return v
}

// gprSrc is the integer source operand: op.Size bytes of a register or of memory.
func (c *CPU) gprSrc(op *x86.Op) uint64 {
	if op.Flags&x86.FlagMem != 0 {
		return c.load(op, c.ea(op), op.Size)
	}
	if op.Src >= x86.AH {
		return c.Regs[op.Src-x86.AH] >> 8 & 0xff
	}
	v := c.Regs[op.Src&15]
	if op.Size < 8 {
		v &= 1<<(8*op.Size) - 1
	}
	return v
}

// maskMove stores those of the low size bytes of v whose byte in mask has its top bit set. With none set it
// accesses nothing. The bytes between the first and the last selected are one write access that leaves the
// others as they are, so that nothing is written unless everything can be.
func (c *CPU) maskMove(op *x86.Op, v, mask Vec, size int) {
	m := moveMask(mask.Lo) | moveMask(mask.Hi)<<8
	if size == 8 {
		m &= 0xff
	}
	if m == 0 {
		return
	}
	first, last := 0, 15
	for m>>first&1 == 0 {
		first++
	}
	for m>>last&1 == 0 {
		last--
	}
	n := uint64(last - first + 1)
	va := c.beyond(c.ea(op), uint64(first))
	c.fetched(op)
	at, ok := c.find(&c.MMU.Writes, va, n)
	if !ok {
		at = c.access(op, va, n, addr.Write)
		if c.raised {
			return
		}
	}
	lo, hi := c.fetchBytes(at, n)
	var old, in [16]byte
	putVec(&old, Vec{lo, hi})
	putVec(&in, v)
	for i := range int(n) {
		if m>>(first+i)&1 != 0 {
			old[i] = in[first+i]
		}
	}
	r := getVec(&old)
	c.putBytes(at, n, r.Lo, r.Hi)
	if c.Bus.On(event.MemWrite) {
		c.emit(event.MemWrite, va, at, n, r.Lo, r.Hi)
	}
}
