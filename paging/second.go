package paging

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/table"
	"memlab/paging/tlb"
)

// This file is the second level of the TLB. A walk fills both levels; each then forgets entries by itself, so
// that the second may lack what the first has (as in Intel's processors: the levels are neither inclusive nor
// exclusive). What is found in the second is copied to the first. Invalidations and flushes are for both.

// promote looks page up in the second level and puts it into the first. It returns nil if it is not there, or
// not for such an access: the walk then decides.
func (m *MMU) promote(page addr.Page, va addr.VAddr, a addr.Access) *tlb.Entry {
	e, way := m.second.Lookup(page, m.asid)
	if e == nil {
		return nil
	}
	if !e.Prot.Allows(a) {
		e.Valid = false
		return nil
	}
	m.Stats.SecondHits++
	e.Stamp = m.Clock
	m.second.Touch(page, way)
	found := *e
	if m.Bus.On(event.TLBHit) {
		m.Bus.Emit(&event.Event{
			Kind: event.TLBHit, VA: va, Access: a, Frame: found.Frame,
			Arg: uint64(m.second.Set(page)), Arg2: uint64(way), Arg3: 2, Flags: m.flags(),
		})
	}
	pte, _ := m.space.table.Lookup(page)
	if !e.Valid || pte&table.Present == 0 {
		return nil // a listener has moved the page
	}
	return m.place(found, pte)
}

// insertSecond puts a translation into the second level, over its set's victim.
func (m *MMU) insertSecond(fresh tlb.Entry) {
	e, way := m.second.Victim(fresh.Page)
	fresh.Stamp = m.Clock
	*e = fresh
	m.second.Filled(fresh.Page, way)
}

// dirtySecond notes in the second level that the D bit of page is set.
func (m *MMU) dirtySecond(page addr.Page) {
	if m.second == nil {
		return
	}
	if e, _ := m.second.Lookup(page, m.asid); e != nil {
		e.Dirty = true
	}
}
