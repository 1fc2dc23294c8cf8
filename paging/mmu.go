package paging

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/paging/table"
	"memlab/paging/tlb"
)

// MMU translates the accesses of one processor.
//
// In front of the modelled TLB stand three small direct-mapped tables of Lines, one for each kind of access.
// A Line exists only while the modelled TLB holds the same translation with the rights that the access needs,
// so that going through a Line is a TLB hit and changes nothing but the access clock and the marks of last
// use; everything else goes through Translate. While someone wants to know of each hit there are no Lines at
// all, and while someone wants to know of accesses to data the Lines for data are veiled.
//
// # The clock
//
// Last uses are ordered by Clock. A data access moves it by 2 and is stamped with it. A fetch is stamped with
// the odd number above the data accesses before it; so that fetches from different pages in a row keep their
// order, a fetch from another page than the one before moves the clock too, which Turns counts.
type MMU struct {
	Bus *event.Bus
	Mem *phys.Memory

	// Clock is the time by which last uses are ordered: 2 for each data access and each turn.
	Clock uint64

	// Stamp says that frames must have their LastUse kept: the replacement policy asks for it.
	Stamp bool

	// Stats counts what happened.
	Stats Stats

	// Shift and Mask split an address: page number above Shift, offset in the page under Mask.
	Shift uint
	Mask  uint64

	// Last is the last offset in a page at which so many bytes more than one still lie within it: Mask less 0
	// to 15, which spares the accesses by way of Lines a subtraction.
	Last [16]uint64

	// OnCodeWritten is called when the bytes of a frame with decoded instructions change or go away. The
	// CPU's block cache sets it.
	OnCodeWritten func(addr.Frame)

	Reads, Writes, Fetches [Lines]Line // behind the fields above, which each access needs, for short offsets

	regs   *Relocation   // the translation of a machine without pages; nil: none. Then space is nil
	veil   uint64        // what Start of Lines for data is changed by; 0: nothing
	space  *AddressSpace // nil: no translation
	asid   uint16
	asids  bool // entries carry the address space; otherwise a switch flushes
	tlb    *tlb.TLB
	second *tlb.TLB // behind it; nil: none
	quick  bool     // there is a TLB of one level, of policy LRU
	walked walk     // the page walk under way
	kernel bool     // the access is the kernel's, on the program's behalf
	fault  Fault
	watch  *watcher // what the replacement policy wants to know of every access; nil: nothing
}

// Stats are the counters of translation.
type Stats struct {
	Fetches     uint64 // instruction fetches that went through a Line, counted by the CPU
	SlowFetches uint64 // instruction fetches that went through Translate
	Turns       uint64 // moves of the clock by a fetch
	Retries     uint64 // look-ups repeated after a fault was resolved
	TLBMisses   uint64 // of the first level
	SecondHits  uint64 // of them: the second level had the page
	TLBEvicts   uint64
	TLBFlushes  uint64
	Walks       uint64
}

// Data is the number of data accesses so far, once a page that they touch.
func (m *MMU) Data() uint64 { return m.Clock/2 - m.Stats.Turns }

// NewDirect makes an MMU that does not translate: virtual addresses are physical ones, and nothing is
// protected.
func NewDirect(mem *phys.Memory, bus *event.Bus) *MMU {
	m := &MMU{Bus: bus, Mem: mem}
	m.setSize(mem.Size())
	m.DropLines()
	return m
}

func (m *MMU) setSize(s addr.PageSize) {
	m.Shift, m.Mask = s.Shift(), uint64(s)-1
	for n := range m.Last {
		m.Last[n] = m.Mask - uint64(n)
	}
}

// Translate finds the physical address of va for an access of kind a, through TLB, page walk and page fault
// as needed. On failure LastFault says why.
func (m *MMU) Translate(va addr.VAddr, a addr.Access) (addr.PAddr, bool) {
	if a == addr.Fetch {
		m.Turn()
		m.Stats.SlowFetches++
	} else {
		m.Clock += 2
	}
	if m.space == nil {
		return m.direct(va, a)
	}
	if va>>(table.VirtualBits-1) != 0 {
		return m.outside(va, a)
	}
	if m.watch != nil {
		m.watch.before()
	} else if f, ok := m.refill(va, a); ok {
		return addr.PAddr(uint64(f)<<(m.Shift&63) | uint64(va)&m.Mask), true
	}
	for try := 0; ; try++ {
		if f, ok := m.look(va, a); ok {
			if try > 0 {
				m.space.pager.retried(f)
			}
			if m.watch != nil {
				m.watch.after(f, try > 0)
				if m.watch.record != nil {
					m.watch.record.add(m.space.ID, addr.Page(uint64(va)>>(m.Shift&63)), a)
				}
			}
			return m.Mem.Size().FrameBase(f) + addr.PAddr(uint64(va)&m.Mask), true
		}
		if m.fault.Cause >= NoArea || !m.space.pager.resolve(m.space, &m.fault, try) {
			return 0, false
		}
		m.Stats.Retries++
	}
}

// Turn moves the clock for a fetch from another page than the fetch before.
func (m *MMU) Turn() {
	m.Clock += 2
	m.Stats.Turns++
}

func (m *MMU) direct(va addr.VAddr, a addr.Access) (addr.PAddr, bool) {
	if m.regs != nil {
		return m.relocate(va, a)
	}
	if uint64(va) < uint64(len(m.Mem.Bytes)) {
		return addr.PAddr(va), true
	}
	m.fault = Fault{VA: va, Access: a, Cause: NoArea, Code: CodeUser}
	return 0, false
}

// outside fails an access to an address that no program can have.
func (m *MMU) outside(va addr.VAddr, a addr.Access) (addr.PAddr, bool) {
	m.fault = Fault{VA: va, Access: a, Cause: NonCanonical}
	if va>>(table.VirtualBits-1) == 1<<(64-table.VirtualBits+1)-1 { // the kernel's half
		m.fault = Fault{VA: va, Access: a, Cause: NoArea, Code: errorCode(a)}
	}
	return 0, false
}

func errorCode(a addr.Access) uint32 {
	switch a {
	case addr.Write:
		return CodeUser | CodeWrite
	case addr.Fetch:
		return CodeUser | CodeFetch
	default:
		return CodeUser
	}
}

// TranslatePair translates an access that straddles two pages: its first byte at va, and second, the first
// address of the next page. Both pages are resident together when it returns, for the first is pinned while
// the second is brought in. So each is referenced once, in order, whatever the policy. Only a listener that
// moves the first page can make it necessary to begin again.
func (m *MMU) TranslatePair(va, second addr.VAddr, a addr.Access) (p1, p2 addr.PAddr, ok bool) {
	const patience = 8
	for range patience {
		if p1, ok = m.Translate(va, a); !ok {
			return 0, 0, false
		}
		if p2, ok = m.secondOf(p1, second, a); !ok {
			return 0, 0, false
		}
		if m.regs != nil { // reaching the second page may have moved memory
			p1, _ = m.regs.lookup(va, a)
			return p1, p2, true
		}
		if m.space == nil || m.resident(va, p1) && m.resident(second, p2) {
			return p1, p2, true
		}
	}
	m.fault = Fault{VA: va, Access: a, Cause: Refused, Code: errorCode(a)}
	return 0, 0, false
}

// secondOf translates the second page of an access, while the first, at p1, is pinned.
func (m *MMU) secondOf(p1 addr.PAddr, second addr.VAddr, a addr.Access) (p2 addr.PAddr, ok bool) {
	if m.space == nil {
		return m.Translate(second, a)
	}
	pins := &m.Mem.Table[uint64(p1)>>m.Shift].Pins
	*pins++
	if m.watch != nil {
		m.watch.begin()
	}
	p2, ok = m.Translate(second, a)
	if m.watch != nil {
		m.watch.end(ok)
	}
	if *pins > 0 { // otherwise a listener has freed the frame
		*pins--
	}
	return p2, ok
}

// resident reports whether va's page still lies at pa.
func (m *MMU) resident(va addr.VAddr, pa addr.PAddr) bool {
	e, _ := m.space.table.Lookup(addr.Page(uint64(va) >> m.Shift))
	return e&table.Present != 0 && uint64(e.PAddr())>>m.Shift == uint64(pa)>>m.Shift
}

// Reaches reports whether an access that begins in a page where Translate allowed it may also touch va, in
// the same page: in a page that spans areas with different rights it may not. On failure LastFault says why.
func (m *MMU) Reaches(va addr.VAddr, a addr.Access) bool {
	if m.space == nil || m.Mask < addr.ABIPage {
		return true
	}
	for try := 0; ; try++ {
		e, _ := m.space.table.Lookup(addr.Page(uint64(va) >> m.Shift))
		if e&table.Mixed == 0 || m.allowed(va, a) {
			return true
		}
		if !m.space.pager.resolve(m.space, &m.fault, try) {
			return false
		}
	}
}

// allowed asks the areas about an access to a page that spans several of them. What they do not allow is for
// the pager, which may grow a stack.
func (m *MMU) allowed(va addr.VAddr, a addr.Access) bool {
	ar, ok := m.space.list.Find(va)
	if ok && ar.Prot.Allows(a) {
		return true
	}
	m.fault = Fault{VA: va, Access: a, Cause: Copy, Code: errorCode(a)}
	if ok {
		m.fault.Code |= CodePresent
	}
	return false
}

// LastFault is why the last Translate failed.
func (m *MMU) LastFault() Fault { return m.fault }

// MarkCode notes that instructions of frame f have been decoded: from now on a write to it goes the long way
// and ends in OnCodeWritten.
func (m *MMU) MarkCode(f addr.Frame) {
	if m.Mem.Table[f].Code {
		return
	}
	m.Mem.Table[f].Code = true
	for i := range m.Writes {
		if l := &m.Writes[i]; l.TLB != nil && l.TLB.Frame == f {
			m.clear(&m.Writes, uint64(i))
		}
	}
}

// CodeWritten tells the block cache that the bytes of f have changed or are about to.
func (m *MMU) CodeWritten(f addr.Frame) {
	if !m.Mem.Table[f].Code {
		return
	}
	m.Mem.Table[f].Code = false
	if m.OnCodeWritten != nil {
		m.OnCodeWritten(f)
	}
}
