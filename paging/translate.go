package paging

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/table"
	"memlab/paging/tlb"
)

// look is one look-up as the processor makes it: TLB, then page walk. When it fails m.fault says why: a Cause
// below NoArea is for the pager to resolve.
func (m *MMU) look(va addr.VAddr, a addr.Access) (addr.Frame, bool) {
	page := addr.Page(uint64(va) >> m.Shift)
	e := m.probe(page, va, a)
	if e == nil && m.second != nil {
		e = m.promote(page, va, a)
	}
	if e != nil {
		if e.Mixed && !m.allowed(va, a) {
			return 0, false
		}
		if a == addr.Write && !e.Dirty { // a hit, but the D bit has to be set in the table
			if _, ok := m.walk(va, page, a); !ok || !e.Valid {
				return 0, m.changed(va, a)
			}
			e.Dirty = true
			m.dirtySecond(page)
		}
		m.use(e, page, a)
		return e.Frame, true
	}
	pte, ok := m.walk(va, page, a)
	if !ok {
		return 0, false
	}
	if pte&table.Mixed != 0 && !m.allowed(va, a) {
		return 0, false
	}
	f := addr.Frame(uint64(pte.PAddr()) >> m.Shift)
	if m.tlb == nil {
		m.stampFrame(f, a)
		return f, true
	}
	if e = m.insert(page, pte, f); e == nil {
		return 0, m.changed(va, a)
	}
	m.use(e, page, a)
	return f, true
}

// changed fails a look-up during which a listener has changed the page: the pager has another look.
func (m *MMU) changed(va addr.VAddr, a addr.Access) bool {
	m.fault = Fault{VA: va, Access: a, Cause: NotPresent, Code: errorCode(a)}
	return false
}

// probe asks the TLB. An entry that lacks the right is dropped: the walk then decides, as in the processor.
func (m *MMU) probe(page addr.Page, va addr.VAddr, a addr.Access) *tlb.Entry {
	if m.tlb == nil {
		return nil
	}
	e, way := m.tlb.Lookup(page, m.asid)
	if e == nil {
		m.Stats.TLBMisses++
		if m.Bus.On(event.TLBMiss) {
			m.Bus.Emit(&event.Event{
				Kind: event.TLBMiss, VA: va, Access: a, Arg: uint64(m.tlb.Set(page)), Flags: m.flags(),
			})
		}
		return nil
	}
	if m.Bus.On(event.TLBHit) {
		m.Bus.Emit(&event.Event{
			Kind: event.TLBHit, VA: va, Access: a, Frame: e.Frame,
			Arg: uint64(m.tlb.Set(page)), Arg2: uint64(way), Flags: m.flags(),
		})
		if !e.Valid || e.Page != page || e.ASID != m.asid {
			return nil // a listener has moved the page: the walk decides
		}
	}
	if !e.Prot.Allows(a) {
		m.forget(e)
		return nil
	}
	return e
}

func (m *MMU) flags() event.Flags {
	if m.kernel {
		return event.Kernel
	}
	return 0
}

// insert puts a translation into the TLB, over its set's victim. It returns nil if a listener has changed the
// translation.
func (m *MMU) insert(page addr.Page, pte table.Entry, f addr.Frame) *tlb.Entry {
	fresh := tlb.Entry{
		Page: page, Frame: f, ASID: m.asid, Valid: true,
		Prot: pte.Prot(), Dirty: pte&table.Dirty != 0, Mixed: pte&table.Mixed != 0,
	}
	if m.second != nil {
		m.insertSecond(fresh)
	}
	return m.place(fresh, pte)
}

// place puts a translation, whose page-table entry is pte, into the first level.
func (m *MMU) place(fresh tlb.Entry, pte table.Entry) *tlb.Entry {
	page := fresh.Page
	e, way := m.tlb.Victim(page)
	if e.Valid {
		m.forget(e)
		m.Stats.TLBEvicts++
		if m.Bus.On(event.TLBEvict) {
			m.Bus.Emit(&event.Event{
				Kind: event.TLBEvict, VA: m.Mem.Size().Base(e.Page), Frame: e.Frame,
				Arg: uint64(m.tlb.Set(page)), Arg2: uint64(way),
			})
			if now, _ := m.space.table.Lookup(page); now != pte {
				return nil
			}
		}
	}
	*e = fresh
	m.tlb.Filled(page, way)
	return e
}

// use stamps an entry and gives its page a Line for the next access of the kind; after an access to data for
// the other kind too, if the entry allows that without further ado.
func (m *MMU) use(e *tlb.Entry, page addr.Page, a addr.Access) {
	now := m.stampFrame(e.Frame, a)
	e.Stamp = now
	if m.tlb.Told() {
		_, way := m.tlb.Lookup(page, m.asid)
		m.tlb.Touch(page, way)
		return // each use is told of, and so there are no Lines
	}
	if e.Mixed || m.Bus.On(event.TLBHit) {
		return
	}
	m.giveLines(e, page, a)
}

// giveLines gives page, whose entry e is, its Lines after an access of kind a.
func (m *MMU) giveLines(e *tlb.Entry, page addr.Page, a addr.Access) {
	if m.watch != nil {
		return
	}
	if a == addr.Fetch {
		m.SetLine(a, page, e)
		return
	}
	if e.Prot&addr.ProtRead != 0 {
		m.SetLine(addr.Read, page, e)
	}
	if e.Dirty && e.Prot&addr.ProtWrite != 0 && !m.Mem.Table[e.Frame].Code {
		m.SetLine(addr.Write, page, e)
	}
}

func (m *MMU) stampFrame(f addr.Frame, a addr.Access) uint64 {
	now := m.Clock
	if a == addr.Fetch {
		now++
	}
	if m.Stamp {
		m.Mem.Table[f].LastUse = now
	}
	return now
}

// walk is one walk of the processor's through the page table: for an access of kind a to va. The MMU has one,
// so that showing it to the table costs no memory.
type walk struct {
	m  *MMU
	va addr.VAddr
	a  addr.Access
}

// walk reads the page table as the processor does: it sets A in every entry that it uses and D in the last
// one of a write, and fails with the error code of a page fault.
func (m *MMU) walk(va addr.VAddr, page addr.Page, a addr.Access) (table.Entry, bool) {
	m.Stats.Walks++
	before := m.walked // of a listener's access in the middle of another walk
	m.walked = walk{m, va, a}
	e := m.space.table.Walk(page, &m.walked)
	m.walked = before
	switch {
	case e&table.Present == 0:
		m.fault = Fault{VA: va, Access: a, Cause: NotPresent, Code: errorCode(a)}
		return e, false
	case !e.Prot().Allows(a) || e&table.Accessed == 0: // A is clear: a listener has changed the entry
		m.fault = Fault{VA: va, Access: a, Cause: Copy, Code: errorCode(a) | CodePresent}
		return e, false
	default:
		return e, true
	}
}

// Visit reads the entry at pa, sets its A and D bits if the access may use it, and tells of it. It returns
// the entry as it is after the listeners.
func (w *walk) Visit(pa addr.PAddr, level int) table.Entry {
	m := w.m
	was := table.Entry(m.Mem.Tables.Load64(pa))
	e := was
	if was&table.Present != 0 && (level > 1 || was.Prot().Allows(w.a)) {
		e |= table.Accessed
		if level == 1 && w.a == addr.Write {
			e |= table.Dirty
		}
	}
	if e != was {
		m.Mem.Tables.Store64(pa, uint64(e))
	}
	if !m.Bus.On(event.WalkLevel) {
		return e
	}
	m.Bus.Emit(&event.Event{
		Kind: event.WalkLevel, VA: w.va, PA: pa, Access: w.a, Flags: m.flags(),
		Arg: uint64(level), Arg2: uint64(was), Arg3: uint64(e),
	})
	return table.Entry(m.Mem.Tables.Load64(pa))
}

// forget drops one TLB entry and the Lines that stand for it.
func (m *MMU) forget(e *tlb.Entry) {
	e.Valid = false
	if e.ASID == m.asid {
		m.dropLines(e.Page)
	}
}

// Invalidate drops what is cached of a page of s: INVLPG.
func (m *MMU) Invalidate(s *AddressSpace, page addr.Page) {
	if m.tlb != nil {
		if e, _ := m.tlb.Lookup(page, s.asid); e != nil {
			m.forget(e)
		}
	}
	if m.second != nil {
		if e, _ := m.second.Lookup(page, s.asid); e != nil {
			e.Valid = false
		}
	}
}

// Flush drops all entries of the TLB.
func (m *MMU) Flush() {
	m.DropLines()
	if m.tlb == nil {
		return
	}
	n := 0
	all := m.tlb.All()
	for i := range all {
		if all[i].Valid {
			all[i].Valid = false
			n++
		}
	}
	if m.second != nil {
		second := m.second.All()
		for i := range second {
			if second[i].Valid {
				second[i].Valid = false
				n++
			}
		}
	}
	m.Stats.TLBFlushes++
	if m.Bus.On(event.TLBFlush) {
		m.Bus.Emit(&event.Event{Kind: event.TLBFlush, Arg: uint64(n)})
	}
}

// Switch makes s the address space that translations are made in: loading CR3. Without address space
// identifiers the TLB is flushed.
func (m *MMU) Switch(s *AddressSpace) {
	if m.space == s {
		return
	}
	flush := m.space != nil && !m.asids
	m.space, m.asid = s, s.asid
	m.watch = s.pool.watch
	if flush {
		m.Flush()
	} else {
		m.DropLines()
	}
}

// leave forgets a space that ends.
func (m *MMU) leave(s *AddressSpace) {
	if m.space == s {
		m.space = nil
		m.DropLines()
	}
}
