package cpu

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// stringSlice is the number of iterations after which a repeated string operation counts as an instruction
// and begins anew, so that no instruction takes unbounded time.
const stringSlice = 1 << 16

// stringOp executes MOVS, STOS, LODS, SCAS and CMPS with and without a repeat prefix. Each finished
// iteration counts: a fault leaves RCX, RSI and RDI at the iteration that failed, and RIP at the
// instruction (SDM Vol. 2, REP).
func (c *CPU) stringOp(op *x86.Op) {
	if op.Accesses == x86.ManyAccesses {
		c.fetched(op)
	}
	if op.Flags&(x86.FlagRep|x86.FlagRepne) == 0 {
		c.stringStep(op)
		return
	}
	width := addressWidth(op)
	c.RIP = c.next(op)
	budget := stringSlice
	if c.system&flagTF != 0 {
		budget = 1 // the trap comes behind each iteration
	}
	for ; c.reg(x86.RCX, width) != 0; budget-- {
		if budget <= 0 {
			c.RIP = c.here(op)
			return
		}
		if n := c.bulk(op, min(c.reg(x86.RCX, width), uint64(budget))); n > 0 {
			c.setReg(x86.RCX, width, c.Regs[x86.RCX]-n)
			budget -= int(n) - 1
			continue
		}
		c.stringStep(op)
		if c.raised {
			return
		}
		c.setReg(x86.RCX, width, c.Regs[x86.RCX]-1)
		if op.Code >= x86.Scas && c.flags.zf() != (op.Flags&x86.FlagRep != 0) {
			return
		}
	}
}

// stringStep executes one iteration.
func (c *CPU) stringStep(op *x86.Op) {
	size := op.Size
	from, to := c.stringSource(op), c.stringDest(op)
	switch op.Code {
	case x86.Movs:
		v := c.load(op, from, size)
		if c.raised || c.beyondES(to, size) {
			return
		}
		c.store(op, to, size, v)
	case x86.Stos:
		c.store(op, to, size, c.Regs[x86.RAX])
	case x86.Lods:
		v := c.load(op, from, size)
		if c.raised {
			return
		}
		c.setReg(x86.RAX, size, v)
	case x86.Scas:
		v := c.load(op, to, size)
		if c.raised {
			return
		}
		c.compared(c.reg(x86.RAX, size), v, size)
	default:
		a := c.load(op, from, size)
		if c.raised {
			return
		}
		if c.beyondES(to, size) {
			return
		}
		b := c.load(op, to, size)
		if c.raised {
			return
		}
		c.compared(a, b, size)
	}
	if !c.raised {
		c.advance(op, 1)
	}
}

// beyondES raises what an access of 32-bit code across the end of ES does. Where the operation has no other
// operand, whose segment Seg might name, access does it.
func (c *CPU) beyondES(va uint64, size uint8) bool {
	if c.Mode32 && va+uint64(size) > 1<<32 {
		c.raise(GeneralProtection, 0)
	}
	return c.raised
}

func (c *CPU) compared(a, b uint64, size uint8) {
	a, b = sext(a, size), sext(b, size)
	c.flags = lazyFlags{kindSub, a, b, sext(a-b, size)}
}

// advance moves RSI and RDI past n iterations, as far as the operation uses them.
func (c *CPU) advance(op *x86.Op, n uint64) {
	step, width := n*uint64(op.Size), addressWidth(op)
	if c.system&flagDF != 0 {
		step = -step
	}
	if op.Code == x86.Movs || op.Code == x86.Lods || op.Code == x86.Cmps {
		c.setReg(x86.RSI, width, c.Regs[x86.RSI]+step)
	}
	if op.Code != x86.Lods {
		c.setReg(x86.RDI, width, c.Regs[x86.RDI]+step)
	}
}

// addressWidth is the number of bytes of RSI, RDI and RCX that op uses.
func addressWidth(op *x86.Op) uint8 {
	switch {
	case op.Seg&x86.SegAddr16 != 0:
		return 2
	case op.Flags&x86.FlagAddr32 != 0:
		return 4
	}
	return 8
}

func (c *CPU) stringSource(op *x86.Op) uint64 {
	va := c.reg(x86.RSI, addressWidth(op))
	if op.Seg != x86.SegNone {
		va = c.segmented(op, va)
	}
	return va
}

func (c *CPU) stringDest(op *x86.Op) uint64 { return c.reg(x86.RDI, addressWidth(op)) }

// bulk executes up to n upward iterations of MOVS or STOS at once, as far as they stay within pages that
// Lines know. It returns how many it did: 0 if they have to be done one by one. Clock and stamps come out
// as if they had been.
func (c *CPU) bulk(op *x86.Op, n uint64) uint64 {
	if op.Code > x86.Stos || c.system&flagDF != 0 {
		return 0
	}
	m, size := c.MMU, uint64(op.Size)
	to := c.stringDest(op)
	w := c.bulkLine(to, addr.Write)
	n = min(n, (m.Mask+1-to&m.Mask)/size)
	if w == nil || n == 0 {
		return 0
	}
	at := m.Base(w) + to&m.Mask
	if op.Code == x86.Stos {
		fill(m.Mem.Bytes[at:at+n*size], c.Regs[x86.RAX], op.Size)
		m.Clock += 2 * n
		c.touch(w, m.Clock)
		c.countBulk(event.MemWrite, to, n)
		c.advance(op, n)
		return n
	}
	from := c.stringSource(op)
	r := c.bulkLine(from, addr.Read)
	n = min(n, (m.Mask+1-from&m.Mask)/size)
	if w := addressWidth(op); w < 8 { // the offset may come to its end before the page does
		n = min(n, (1<<(8*w)-c.reg(x86.RSI, w))/size)
	}
	if r == nil || n == 0 {
		return 0
	}
	src := m.Base(r) + from&m.Mask
	if at > src && at < src+n*size {
		n = (at - src) / size // the bytes read must not be those written before
		if n == 0 {
			return 0
		}
	}
	copy(m.Mem.Bytes[at:at+n*size], m.Mem.Bytes[src:src+n*size])
	m.Clock += 4 * n
	c.touch(r, m.Clock-2)
	c.touch(w, m.Clock)
	c.countBulk(event.MemRead, from, n)
	c.countBulk(event.MemWrite, to, n)
	c.advance(op, n)
	return n
}

// fill fills b with the low size bytes of v.
func fill(b []byte, v uint64, size uint8) {
	n := 0
	for ; n < int(size) && n < len(b); n++ {
		b[n] = byte(v >> (8 * uint(n)))
	}
	for ; n < len(b); n *= 2 {
		copy(b[n:], b[:n])
	}
}
