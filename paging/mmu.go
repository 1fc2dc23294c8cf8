package paging

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/paging/tlb"
)

// MMU translates the accesses of one CPU.
//
// In front of the modelled TLB stand three small direct-mapped tables of Lines, one for each kind of access. A Line
// exists only while the modelled TLB holds the same translation with the rights that the access needs, so that going
// through a Line is a TLB hit and changes nothing but the access clock and the marks of last use; everything else goes
// through Translate.
type MMU struct {
	Bus *event.Bus
	Mem *phys.Memory

	Reads, Writes, Fetches [Lines]Line

	// Clock counts data accesses, 2 for each; it is also the time by which last uses are ordered. An instruction's
	// fetch gets the odd number between the data accesses before and after it.
	Clock uint64

	// Stamp says that frames must have their LastUse kept: the replacement policy asks for it.
	Stamp bool

	// Stats counts what happened.
	Stats Stats

	// Shift and Mask split an address: page number above Shift, offset in the page under Mask.
	Shift uint
	Mask  uint64

	// OnCodeWritten is called when the bytes of a frame with decoded instructions change or go away. The CPU's block
	// cache sets it.
	OnCodeWritten func(addr.Frame)

	fault Fault
}

// Lines is the number of entries of each table of Lines.
const Lines = 256

// Line is a shortcut for one page and one kind of access.
type Line struct {
	Tag   uint64 // page number + 1; 0 = empty
	Base  uint64 // offset of the frame in Mem.Bytes
	TLB   *tlb.Entry
	Frame *phys.Info
}

// Stats are the counters of translation.
type Stats struct {
	Fetches   uint64 // instruction fetches that went through a Line, counted by the CPU; a TLB hit each
	TLBMisses uint64
}

// NewDirect makes an MMU that does not translate: virtual addresses are physical ones, and nothing is protected.
func NewDirect(mem *phys.Memory, bus *event.Bus) *MMU {
	return &MMU{Bus: bus, Mem: mem, Shift: mem.Size().Shift(), Mask: uint64(mem.Size()) - 1}
}

// Translate finds the physical address of va for an access of kind a, through TLB, page walk and page fault as
// needed. On failure LastFault says why.
func (m *MMU) Translate(va addr.VAddr, a addr.Access) (addr.PAddr, bool) {
	if uint64(va) < uint64(len(m.Mem.Bytes)) {
		return addr.PAddr(va), true
	}
	m.fault = Fault{VA: va, Access: a, Cause: NoArea, Code: CodeUser}
	return 0, false
}

// TranslatePair translates an access that straddles two pages: its first byte at va, and second, the first address of
// the next page. Both pages are resident together when it returns.
func (m *MMU) TranslatePair(va, second addr.VAddr, a addr.Access) (p1, p2 addr.PAddr, ok bool) {
	if p1, ok = m.Translate(va, a); !ok {
		return 0, 0, false
	}
	p2, ok = m.Translate(second, a)
	return p1, p2, ok
}

// Holds reports whether lines has a Line for the page of va.
func (m *MMU) Holds(lines *[Lines]Line, va uint64) bool {
	page := va >> m.Shift
	return lines[page%Lines].Tag == page+1
}

// MarkCode notes that instructions of frame f have been decoded: from now on a write to it goes the long way and ends
// in OnCodeWritten.
func (m *MMU) MarkCode(f addr.Frame) {
	if m.Mem.Table[f].Code {
		return
	}
	m.Mem.Table[f].Code = true
	base := uint64(f) << m.Shift
	for i := range m.Writes {
		if m.Writes[i].Base == base {
			m.Writes[i] = Line{}
		}
	}
}

// CodeWritten tells the block cache that the bytes of f have changed or are about to.
func (m *MMU) CodeWritten(f addr.Frame) {
	m.Mem.Table[f].Code = false
	if m.OnCodeWritten != nil {
		m.OnCodeWritten(f)
	}
}

// LastFault is why the last Translate failed.
func (m *MMU) LastFault() Fault { return m.fault }
