package cpu

import (
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// This file is for those who want to know of every instruction or access without having each instruction
// executed alone (step.go). Who waits for instructions has to be asked before each one, for he may stop the
// program there, skip the instruction or send it elsewhere. But sinks and tallies only look on: blocks run as
// ever, and are told of afterwards; where something else may be emitted in the middle of a block, sync tells
// of the instructions up to there first, so that everything comes in order and with the same numbers as if it
// had been told one by one.
//
// Accesses to data are told of as they happen, also to listeners: the Lines for data are veiled, so that each
// access comes to loadSlow, storeSlow or access, which find them. Flags and registers are then as they are
// when each instruction is executed alone, for nothing that x86.Tune does can be seen where an instruction
// might fail.

// The kinds of events that need instructions to be executed one at a time if a listener waits for them, and
// if anybody wants them: where blocks begin depends on how they are run, and what hits the TLB is not known
// where a Line is used.
const (
	oneByOne       = event.PerInstruction
	alwaysOneByOne = event.Mask(1<<event.Block | 1<<event.TLBHit)
)

// stepwise reports whether each instruction has to be executed alone: somebody may interfere, or TF or AC is
// set.
func (c *CPU) stepwise() bool {
	return c.Bus.Listened(oneByOne) || c.Bus.Any(alwaysOneByOne) || c.system&(flagTF|flagAC) != 0
}

// observe prepares for those who look on.
func (c *CPU) observe() {
	b := c.Bus
	c.changes = b.Changes()
	c.telling = b.Observed(event.PerInstruction) || b.Tallied(1<<event.Call|1<<event.Ret)
	c.noting = c.telling || b.Tallied(event.PerInstruction)
}

// tell tells those who look on of the instructions up to op, which runs or has run, in the order in which
// announce does. All that have not been told lie in one page.
func (c *CPU) tell(op *x86.Op) {
	b := c.Bus
	end := c.base + uint64(op.N) + 1
	n := end - c.told
	if n == 0 {
		return
	}
	if c.telling && b.Observed(event.PerInstruction) {
		c.record(end)
	}
	for _, k := range [...]event.Kind{event.Insn, event.MemFetch} {
		if b.Tallied(1 << k) {
			b.Count(k, addr.VAddr(c.Regs[x86.RBlock]), n)
		}
	}
	c.told = end
	c.heed()
}

// heed has the blocks left behind the running instruction if a sink, which may be called whenever a record is
// made, has changed who wants what.
func (c *CPU) heed() {
	if c.changes != c.Bus.Changes() {
		c.limit = 0
	}
}

// yield has the blocks left behind the running instruction if they may no longer be what is to run: a
// listener can have changed the code, its page, or who wants what, or wants the run to end.
func (c *CPU) yield() {
	if c.block != nil && (c.block.Dropped || !c.MMU.Holds(&c.MMU.Fetches, c.Regs[x86.RBlock])) ||
		c.leaving || c.Bus.Pending() != event.Continue || c.changes != c.Bus.Changes() {
		c.limit = 0
	}
}

// Interrupt ends the run behind the running instruction. It is for whoever is called by one of its accesses.
func (c *CPU) Interrupt() {
	c.leaving = true
	c.end = min(c.end, c.Insns+1) // Insns may be behind, but the running instruction is none before it
}

// record makes the records of the instructions from c.told up to end, of the running block.
func (c *CPU) record(end uint64) {
	b := c.Bus
	fetches, insns := b.Observed(1<<event.MemFetch), b.Observed(1<<event.Insn)
	if !fetches && !insns {
		return
	}
	ops := c.block.Ops[c.told-c.base : end-c.base]
	if !fetches {
		c.recordInsns(ops)
		return
	}
	for i := range ops {
		pc, number := addr.VAddr(c.here(&ops[i])), c.told+uint64(i)
		ev := b.Record(event.MemFetch, pc, number)
		ev.Access, ev.VA, ev.Size = addr.Fetch, pc, uint64(ops[i].Len)
		ev.PA = addr.PAddr(c.block.at + uint64(ops[i].Off))
		if insns {
			ev := b.Record(event.Insn, pc, number)
			ev.VA, ev.Size = pc, uint64(ops[i].Len)
		}
	}
}

// recordInsns makes the records of ops, the first of which is number c.told: without fetches they are all of
// a kind.
func (c *CPU) recordInsns(ops []x86.Op) {
	start, mask, number := c.Regs[x86.RBlock], ^uint64(0), c.told
	if c.Mode32 {
		mask = 1<<32 - 1
	}
	for len(ops) > 0 {
		recs := c.Bus.Records(event.Insn, len(ops))
		for i := range recs {
			ev, op := &recs[i], &ops[i]
			pc := addr.VAddr((start + uint64(op.Off)) & mask)
			ev.Insn, ev.PC, ev.VA, ev.Size = number, pc, pc, uint64(op.Len)
			number++
		}
		ops = ops[len(recs):]
	}
}

// look prepares for the event of an access of op that a veiled Line is used for: who listens finds everything
// as if it had gone the long way, who looks on is told of the instructions so far.
func (c *CPU) look(op *x86.Op) {
	if c.Bus.Listened(event.PerData) {
		if op.Accesses != x86.ManyAccesses {
			c.fetched(op)
		}
		c.sync(op)
		return
	}
	if c.noting {
		c.tell(op)
	}
	c.Bus.Now.PC, c.Bus.Now.Insn = addr.VAddr(c.here(op)), c.base+uint64(op.N)
}

// bulkLine is the Line by which a repeated string operation may access the page of va at once, if there is
// one: also when such accesses are counted, but not when a record of each is wanted.
func (c *CPU) bulkLine(va uint64, a addr.Access) *paging.Line {
	m := c.MMU
	lines := &m.Reads
	if a == addr.Write {
		lines = &m.Writes
	}
	if l := m.Of(lines, va); va-l.Start <= m.Mask {
		return l
	}
	if c.Bus.Told(event.PerData) {
		return nil
	}
	return m.Veiled(va, 1, a)
}

// countBulk counts n accesses to the page of va for those who want that.
func (c *CPU) countBulk(k event.Kind, va, n uint64) {
	if c.Bus.Tallied(1 << k) {
		c.Bus.Count(k, addr.VAddr(va), n)
	}
}
