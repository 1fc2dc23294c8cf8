package paging

import (
	"unsafe"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/paging/tlb"
)

// Lines is the number of entries of each table of Lines.
const Lines = 256

// Line is a shortcut for one page and one kind of access. That of a page is in slot page % Lines.
//
// An access to n bytes at va may use it if va - Start <= page size - n: one comparison says that the page is
// the right one and that the access does not leave it. Host then has that many bytes behind it, for it points
// to a whole frame of Mem.Bytes, which is never moved; this is all that the unsafe accesses of vm/cpu rely
// on.
//
// An empty Line has the Start of a page that belongs in another slot; the rest of it says nothing.
//
// While someone wants to know of each access to data, the Lines for data are veiled: Start is that of the
// page's neighbour, which belongs in another slot, so that the comparison above never finds them. Whoever
// knows of it (Veiled) does.
type Line struct {
	Start uint64         // the page's first address
	Host  unsafe.Pointer // the first byte of its frame
	TLB   *tlb.Entry
	Frame *phys.Info
}

// Of is the Line that va's page has if it has one; the caller compares.
func (m *MMU) Of(lines *[Lines]Line, va uint64) *Line { return &lines[va>>(m.Shift&63)%Lines] }

// Hit counts and stamps an access by way of l to the bytes from offset in of its page on, and returns where
// they are. The caller has compared.
func (m *MMU) Hit(l *Line, in uint64) unsafe.Pointer {
	m.Clock += 2
	l.TLB.Stamp = m.Clock
	if m.Stamp {
		l.Frame.LastUse = m.Clock
	}
	return unsafe.Add(l.Host, in)
}

// Holds reports whether lines has a Line for the page of va, veiled or not.
func (m *MMU) Holds(lines *[Lines]Line, va uint64) bool {
	start := m.Of(lines, va).Start
	if lines != &m.Fetches {
		start ^= m.veil
	}
	return va-start <= m.Mask
}

// Veiled is the Line for an access of kind a to size bytes of data at va if the Lines for data are veiled and
// there is one; otherwise nil. The offset in the page is va & Mask.
func (m *MMU) Veiled(va, size uint64, a addr.Access) *Line {
	if m.veil == 0 {
		return nil
	}
	lines := &m.Reads
	if a == addr.Write {
		lines = &m.Writes
	}
	if l := m.Of(lines, va); va-(l.Start^m.veil) <= m.Mask+1-size {
		return l
	}
	return nil
}

// Observe tells the MMU which kinds of events somebody wants: look-ups that hit the TLB leave no room for
// Lines, and accesses to data veil theirs.
func (m *MMU) Observe(wanted event.Mask) {
	veil := uint64(0)
	if wanted&event.PerData != 0 {
		veil = m.Mask + 1
	}
	if veil != m.veil || wanted&(1<<event.TLBHit) != 0 {
		m.veil = veil
		m.DropLines()
	}
}

// Base is the physical address of a Line's page.
func (m *MMU) Base(l *Line) uint64 { return uint64(l.TLB.Frame) << (m.Shift & 63) }

// SetLine gives page a Line for accesses of kind a by way of e, its entry of the TLB.
func (m *MMU) SetLine(a addr.Access, page addr.Page, e *tlb.Entry) {
	lines, veil := &m.Reads, m.veil
	switch a {
	case addr.Write:
		lines = &m.Writes
	case addr.Fetch:
		lines, veil = &m.Fetches, 0
	default:
	}
	lines[uint64(page)%Lines] = Line{
		Start: uint64(page)<<m.Shift ^ veil, Host: m.host(e.Frame), TLB: e, Frame: &m.Mem.Table[e.Frame],
	}
}

// host is where frame f lies in the host's memory.
func (m *MMU) host(f addr.Frame) unsafe.Pointer { return unsafe.Pointer(&m.Mem.Frame(f)[0]) }

// clear empties one slot.
func (m *MMU) clear(lines *[Lines]Line, slot uint64) {
	lines[slot%Lines].Start = 0
	if slot%Lines < 2 {
		lines[slot%Lines].Start = 2 << (m.Shift & 63) // neither page 0 nor its neighbour is of another slot
	}
}

// dropLines drops the Lines of a page.
func (m *MMU) dropLines(page addr.Page) {
	va := uint64(page) << (m.Shift & 63)
	if m.Holds(&m.Reads, va) {
		m.clear(&m.Reads, uint64(page))
	}
	if m.Holds(&m.Writes, va) {
		m.clear(&m.Writes, uint64(page))
	}
	if m.Holds(&m.Fetches, va) {
		m.clear(&m.Fetches, uint64(page))
	}
}

// DropLines empties the tables of Lines, which changes no result.
func (m *MMU) DropLines() {
	for _, lines := range [...]*[Lines]Line{&m.Reads, &m.Writes, &m.Fetches} {
		*lines = [Lines]Line{}
		m.clear(lines, 0)
		m.clear(lines, 1)
	}
}
