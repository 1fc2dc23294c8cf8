package cpu

import (
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// This file executes one instruction at a time: when somebody observes every one, when the program itself
// does (TF), where its accesses must be aligned (AC), where the MMU has no Lines, and for the instruction
// that straddles two pages.

// runObserved executes with events for every instruction, as long as somebody wants them.
func (c *CPU) runObserved() {
	c.observe()
	for c.left == running && c.changes == c.Bus.Changes() {
		if c.due() {
			return
		}
		if pa, ok := c.fetchNext(); ok {
			c.single(pa)
		}
	}
}

// fetchNext is fetch by way of a Line if there is one, with the same counts and stamps.
func (c *CPU) fetchNext() (pa uint64, ok bool) {
	m := c.MMU
	l := m.Of(&m.Fetches, c.RIP)
	if c.RIP-l.Start > m.Mask {
		return c.fetch()
	}
	c.Bus.Now.PC, c.Bus.Now.Insn = addr.VAddr(c.RIP), c.Insns
	m.Turn()
	m.Stats.Fetches++
	c.touch(l, m.Clock+1)
	return m.Base(l) + c.RIP&m.Mask, true
}

// splitByLine executes a straddling instruction that the fast loop met. Its first page is translated the
// long way, like its second, unless that has just been done.
func (c *CPU) splitByLine(line *paging.Line, fetched uint64) {
	c.depart()
	pa := c.MMU.Base(line) + c.RIP&c.MMU.Mask
	if fetched == 0 {
		var ok bool
		if pa, ok = c.fetch(); !ok {
			return
		}
	}
	c.single(pa)
}

// single executes the instruction at RIP, which has been fetched from pa.
func (c *CPU) single(pa uint64) {
	if c.system&flagAC != 0 {
		c.MMU.DropLines() // every access has to come by access, which looks at its alignment
	}
	b, i := c.locate(pa)
	if b.split {
		if b = c.fetchSecond(b, pa); b == nil {
			return
		}
	}
	op := &b.Ops[i]
	if i == 0 {
		c.Regs[x86.RBlock] = c.RIP
	}
	if !c.reaches(op) {
		return
	}
	c.block, c.at = b, i
	if c.Bus.Any(event.PerInstruction) {
		if !c.announce(b, op, pa) {
			return
		}
		if b.Dropped { // a listener has changed the code
			if b, i = c.locate(pa); b.split {
				return
			}
			op = &b.Ops[i]
			c.Regs[x86.RBlock] = c.RIP
			c.block = b
		}
	}
	c.base = c.Insns - uint64(i)
	traced := c.system&flagTF != 0
	c.stamped, c.counted, c.told = c.Insns+1, c.Insns+1, c.Insns+1
	c.retire(c.only(op))
	c.last = nil // its fetch has been stamped
	c.at = i + 1
	if traced && c.left == running {
		c.trace(op)
	}
	if c.left == running && c.Bus.Any(event.PerInstruction) {
		c.followed(op)
	}
}

// trace raises the trap that follows each instruction that began with TF set. One that loads SS holds it off
// for the next (SDM Vol. 3, 6.8.3).
func (c *CPU) trace(op *x86.Op) {
	if (op.Code == x86.MovToSeg || op.Code == x86.PopSeg || op.Code == x86.LoadFar) && op.Imm == SegSS {
		return
	}
	c.exc = Exception{Vector: DebugException, Step: true}
	c.left = ExitException
}

// only executes op, of the block c.block, and nothing else, in its generic form. Like exec it returns the
// last op that it began.
func (c *CPU) only(op *x86.Op) *x86.Op {
	x86.Generic(op, &c.alone[0])
	closing(&c.alone[0], &c.alone[1], x86.BlockLeft)
	c.limit, c.linkEnd = 1, 0
	return c.exec(&c.alone[0])
}

// reaches checks the rights of op's last byte, where a page spans areas that differ in them. Such pages have
// no Lines, so all their instructions come here.
func (c *CPU) reaches(op *x86.Op) bool {
	last := c.RIP + uint64(op.Len) - 1
	if (c.RIP^last)>>abiShift == 0 || (c.RIP^last)&^c.MMU.Mask != 0 {
		return true
	}
	if c.MMU.Reaches(addr.VAddr(last), addr.Fetch) {
		return true
	}
	c.raiseFault(nil)
	c.left = ExitException
	return false
}

// locate finds the decoded instruction at RIP, which lies at pa: the next of the block that ran last, or
// the first of another.
func (c *CPU) locate(pa uint64) (b *Block, i int) {
	b, i = c.block, c.at
	if b != nil && !b.Dropped && b.mode32 == c.Mode32 && i > 0 && i < len(b.Ops) {
		off := uint64(b.Ops[i].Off)
		if b.at+off == pa && c.Regs[x86.RBlock]+off == c.RIP {
			return b, i
		}
	}
	return c.cache.find(pa, c.Mode32), 0
}

// fetchSecond translates the second page of a straddling instruction and completes its block. The bytes in
// the first page are read before, for bringing in the second may evict it. It returns nil if the run ends.
func (c *CPU) fetchSecond(b *Block, pa uint64) *Block {
	var code [x86.MaxLen]byte
	mem := c.MMU.Mem.Bytes
	n := copy(code[:], mem[pa:pa+uint64(b.head)])
	second := c.RIP + uint64(b.head)
	if c.Mode32 {
		second = uint64(uint32(second))
	}
	p, ok := c.MMU.Translate(addr.VAddr(second), addr.Fetch)
	if !ok {
		c.raiseFault(nil)
		c.left = ExitException
		return nil
	}
	if c.Bus.Pending() != event.Continue {
		c.left = ExitStop
		return nil
	}
	if b.Dropped {
		b = &Block{split: true, head: n, mode32: b.mode32, Dropped: true}
	}
	if f := addr.Frame(uint64(p) >> c.MMU.Shift); len(b.Ops) == 0 || b.second != f {
		copy(code[n:], mem[p:])
		c.cache.complete(b, code[:], f)
	}
	return b
}

// announce emits what listeners to instructions hear before one. It reports whether the instruction is to
// be executed.
func (c *CPU) announce(b *Block, op *x86.Op, pa uint64) bool {
	if c.announced == c.Insns+1 && c.announcedAt == c.RIP {
		c.announced = 0
		return true // said before the stop that this run resumes from
	}
	bus, rip := c.Bus, c.RIP
	if bus.On(event.MemFetch) {
		bus.Emit(&event.Event{
			Kind: event.MemFetch, Access: addr.Fetch,
			VA: addr.VAddr(rip), PA: addr.PAddr(pa), Size: uint64(op.Len),
		})
	}
	if op.N == 0 && bus.On(event.Block) {
		last := &b.Ops[len(b.Ops)-1]
		size := uint64(last.Off) + uint64(last.Len)
		bus.Emit(&event.Event{Kind: event.Block, VA: addr.VAddr(rip), Size: size, Arg: uint64(len(b.Ops))})
	}
	verdict := event.Continue
	if bus.On(event.Insn) {
		verdict = bus.Emit(&event.Event{Kind: event.Insn, VA: addr.VAddr(rip), Size: uint64(op.Len)})
	}
	switch {
	case bus.Pending() != event.Continue:
		c.announced, c.announcedAt = c.Insns+1, rip
		c.left = ExitStop
		return false
	case c.RIP != rip:
		return false // a listener has moved the program on
	case verdict == event.Skip:
		c.RIP = c.next(op)
		c.end-- // it is not retired, but must not make a run endless
		return false
	}
	return true
}

// followed emits what listeners hear after a call or a return.
func (c *CPU) followed(op *x86.Op) {
	k := event.Call
	switch {
	case op.Code.IsCall():
	case op.Code.IsRet():
		k = event.Ret
	default:
		return
	}
	if c.Bus.On(k) {
		c.Bus.Now.PC, c.Bus.Now.Insn = addr.VAddr(c.here(op)), c.base+uint64(op.N)
		c.Bus.Emit(&event.Event{Kind: k, VA: addr.VAddr(c.RIP), Arg: c.Regs[x86.RSP]})
	}
}
