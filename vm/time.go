package vm

// Simulated time is computed from what has happened, by the configuration's costs: nothing is measured.

// clock shows the machine's time to its kernel.
type clock struct{ m *Machine }

func (c clock) Now() uint64     { return c.m.now(c.m.instructions()) }
func (c clock) Sleep(ns uint64) { c.m.slept += ns }

// now is the simulated time in nanoseconds when insns instructions have been retired: what the processor was
// busy, and what passed while it was not, as when the disk worked and nobody else could run.
func (m *Machine) now(insns uint64) uint64 {
	ns := m.busy(insns) + m.slept
	if !m.disk.overlaps {
		ns += m.owed()
	}
	return ns
}

// busy is how much of that time the processor has worked: each instruction, each access to the TLB and to
// memory, and each entry that a walk reads has its cost.
func (m *Machine) busy(insns uint64) uint64 {
	cost, t := &m.cfg.Costs, &m.pager.MMU.Stats
	accesses := t.Fetches + t.SlowFetches + m.pager.MMU.Data()
	ns := insns*uint64(cost.Instruction) +
		accesses*uint64(cost.Memory) +
		t.Walks*m.walkReads()*uint64(cost.Memory)
	if m.whole != nil {
		return ns + m.moving()
	}
	if m.cfg.TLB.Entries > 0 {
		ns += (accesses + t.Retries) * uint64(cost.TLBHit)
	}
	if m.cfg.TLB.Second.Entries > 0 { // asked after each miss
		ns += t.TLBMisses * uint64(cost.TLBHit)
	}
	return ns
}

// walkReads is how many words of page tables one walk reads: an entry of each level of a tree, the one of an
// array, and of the inverted table the anchor and an entry, its chains being short.
func (m *Machine) walkReads() uint64 {
	switch t := m.cfg.PageTable; {
	case t.Kind == "linear":
		return 1
	case t.Kind == "inverted":
		return 2
	case len(t.Split) > 0:
		return uint64(len(t.Split))
	default:
		return uint64(t.Levels)
	}
}
