package paging

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/table"
	"memlab/paging/tlb"
)

// translation are the kinds of events that a TLB miss can bring.
const translation = event.Mask(1<<event.TLBHit | 1<<event.TLBMiss | 1<<event.TLBEvict | 1<<event.WalkLevel)

// refill is look for by far the most of the look-ups that are made: a TLB miss on a page that is resident and
// may be used as wanted, while nobody listens. It leaves behind exactly what look would. Anything else it
// leaves to look: it returns false then, and what it has done up to there (A bits above the last level) is
// what look does first anyway.
func (m *MMU) refill(va addr.VAddr, a addr.Access) (addr.Frame, bool) {
	tree := m.space.tree
	if tree == nil || !m.quick || m.Bus.Any(translation) {
		return 0, false
	}
	page := addr.Page(uint64(va) >> (m.Shift & 63))
	e, hit := m.tlb.Find(page, m.asid)
	if hit {
		return 0, false
	}
	pte, ok := tree.Use(page, a)
	if !ok {
		return 0, false
	}
	m.Stats.TLBMisses++
	m.Stats.Walks++
	if e.Valid {
		m.forget(e)
		m.Stats.TLBEvicts++
	}
	f := addr.Frame(uint64(pte.PAddr()) >> (m.Shift & 63))
	now := m.stampFrame(f, a)
	*e = tlb.Entry{
		Stamp: now, Page: page, Frame: f, ASID: m.asid, Valid: true,
		Prot: pte.Prot(), Dirty: pte&table.Dirty != 0,
	}
	m.giveLines(e, page, a)
	return f, true
}
