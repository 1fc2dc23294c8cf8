package paging

import (
	"memlab/paging/addr"
	"memlab/paging/alloc"
	"memlab/paging/event"
	"memlab/paging/tlb"
)

// Relocation is how a machine without pages translates: by segments, each with a base, a limit and rights.
// One segment is the pair of a base and a limit register; one that begins at 0 and covers all of memory is
// no translation at all. There is no TLB, no walk and no page fault: what lies outside is seg.fault.
//
// Segments lie on ABI pages, here and in memory, so that the MMU's Lines serve as they do for pages: one
// stands for a page that lies wholly in a segment which allows the access. Whoever changes Segments calls
// Changed.
type Relocation struct {
	Segments alloc.Segments

	// Grow is asked when no segment covers va. True: it has made one do so. nil: nothing grows.
	Grow func(va addr.VAddr) bool

	entries [3][Lines]tlb.Entry // what Lines need of an entry: the frame, and where to stamp
}

// SwitchSegments makes r the translation, as loading the segment registers does; nil: there is none, and
// addresses are physical.
func (m *MMU) SwitchSegments(r *Relocation) {
	if m.regs == r && m.space == nil {
		return
	}
	m.space, m.regs = nil, r
	m.DropLines()
}

// Changed tells that r's segments have changed.
func (m *MMU) Changed(r *Relocation) {
	if m.regs == r {
		m.DropLines()
	}
}

// CopyIn writes b to the program's memory under r as the kernel does, and CopyOut reads it. They return how
// many bytes could be moved.
func (m *MMU) CopyIn(r *Relocation, va addr.VAddr, b []byte) int {
	m.SwitchSegments(r)
	return m.copy(va, b, addr.Write)
}

// CopyOut reads; see CopyIn.
func (m *MMU) CopyOut(r *Relocation, va addr.VAddr, b []byte) int {
	m.SwitchSegments(r)
	return m.copy(va, b, addr.Read)
}

// lookup is what the segments say, without counting or telling.
func (r *Relocation) lookup(va addr.VAddr, a addr.Access) (addr.PAddr, alloc.Lookup) {
	i := r.Segments.Find(va)
	if i < 0 {
		return 0, alloc.Outside
	}
	return r.Segments[i].Translate(va, a)
}

// relocate translates an access that Translate has counted.
func (m *MMU) relocate(va addr.VAddr, a addr.Access) (addr.PAddr, bool) {
	pa, why := m.regs.lookup(va, a)
	if why == alloc.Outside && m.regs.Grow != nil && m.regs.Grow(va) {
		pa, why = m.regs.lookup(va, a)
	}
	if why == alloc.Inside {
		m.line(va, pa, a)
		return pa, true
	}
	m.fault = Fault{VA: va, Access: a, Cause: NoArea, Code: errorCode(a)}
	if why == alloc.Forbidden {
		m.fault.Cause = NoRight
		m.fault.Code |= CodePresent
	}
	if m.Bus.On(event.SegFault) {
		m.tellSegFault(va, a)
	}
	return 0, false
}

// tellSegFault names the segment that was violated: the one that covers va, or the last that begins below it.
func (m *MMU) tellSegFault(va addr.VAddr, a addr.Access) {
	ev := event.Event{Kind: event.SegFault, VA: va, Access: a, Flags: m.flags()}
	for i := range m.regs.Segments {
		s := &m.regs.Segments[i]
		if s.From() > va {
			break
		}
		ev.Arg, ev.Size, ev.PA, ev.Prot = uint64(i+1), s.Limit, s.Low(), s.Prot
	}
	m.Bus.Emit(&ev)
}

// line gives va's page a Line for the next access of the kind, if all of the page may be used so.
func (m *MMU) line(va addr.VAddr, pa addr.PAddr, a addr.Access) {
	f := addr.Frame(uint64(pa) >> m.Shift)
	now := m.stampFrame(f, a)
	in := uint64(va) & m.Mask
	first, ok := m.regs.lookup(va-addr.VAddr(in), a)
	last, also := m.regs.lookup(va|addr.VAddr(m.Mask), a)
	if ok != alloc.Inside || also != alloc.Inside || uint64(first) != uint64(pa)-in ||
		uint64(last) != uint64(first)+m.Mask || uint64(first)&m.Mask != 0 ||
		a == addr.Write && m.Mem.Table[f].Code {
		return
	}
	page := addr.Page(uint64(va) >> m.Shift)
	e := &m.regs.entries[a][uint64(page)%Lines]
	*e = tlb.Entry{Page: page, Frame: f, Valid: true, Stamp: now, Dirty: a == addr.Write}
	m.SetLine(a, page, e)
}
