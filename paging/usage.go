package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/table"
)

// This file answers what /proc, mincore(2) and getrusage(2) ask about the memory of a process. All numbers
// come from the page tables and the frame table at the moment of the question; asking changes nothing.
// Amounts are in bytes, so that they mean the same whatever the size of a page.

// Usage is what a range of addresses takes of memory, in bytes: the rows of /proc/PID/smaps under the names
// that Linux gives them (fs/proc/task_mmu.c, struct mem_size_stats).
type Usage struct {
	Size uint64 // of the range itself

	Rss uint64 // in frames: the sum of the four below
	Pss uint64 // Rss, each frame divided by the number of pages that it is mapped at

	SharedClean, SharedDirty   uint64 // in frames that are mapped at more than one page
	PrivateClean, PrivateDirty uint64 // in frames that are mapped at this one only

	Referenced uint64 // used since the accessed bits were last cleared
	Anonymous  uint64 // no file's and no shared memory object's bytes
	LazyFree   uint64 // anonymous and clean: given up by MADV_FREE, or never written
	Swap       uint64 // in swap slots only
	SwapPss    uint64 // Swap, each slot divided by the number of its users
	Locked     uint64 // Pss of an area that is locked

	pss, swapPss uint64 // fractions of a byte, as 1/4096
}

// Add adds v to u, as smaps_rollup does.
func (u *Usage) Add(v Usage) {
	for _, f := range [...]struct{ to, from *uint64 }{
		{&u.Size, &v.Size},
		{&u.Rss, &v.Rss},
		{&u.SharedClean, &v.SharedClean},
		{&u.SharedDirty, &v.SharedDirty},
		{&u.PrivateClean, &v.PrivateClean},
		{&u.PrivateDirty, &v.PrivateDirty},
		{&u.Referenced, &v.Referenced},
		{&u.Anonymous, &v.Anonymous},
		{&u.LazyFree, &v.LazyFree},
		{&u.Swap, &v.Swap},
		{&u.Locked, &v.Locked},
		{&u.pss, &v.pss},
		{&u.swapPss, &v.swapPss},
	} {
		*f.to += *f.from
	}
	u.Pss, u.SwapPss = u.pss>>pssShift, u.swapPss>>pssShift
}

// pssShift is how many bits of fractions a sum of shares has (PSS_SHIFT).
const pssShift = 12

// Usage is what the area a of the space takes of memory.
func (s *AddressSpace) Usage(a area.Area) Usage {
	u := Usage{Size: uint64(a.End - a.Start)}
	if s.Ended() {
		return u
	}
	first, last := s.span(a.Start, a.End)
	size := s.pager.Mem.Size()
	s.table.Visit(first, last, func(page addr.Page, e table.Entry) {
		base := size.Base(page)
		n := uint64(min(a.End, base+addr.VAddr(size)) - max(a.Start, base))
		if slot, ok := e.Slot(); ok {
			u.Swap += n
			u.swapPss += n << pssShift / uint64(s.pager.swap.Refs(slot))
			return
		}
		if e&table.Present != 0 {
			s.pager.account(&u, e, n)
		}
	})
	u.Pss, u.SwapPss = u.pss>>pssShift, u.swapPss>>pssShift
	if a.Flags&area.Locked != 0 {
		u.Locked = u.Pss
	}
	return u
}

// account adds n bytes of the page of e, which is present, to u.
func (p *Pager) account(u *Usage, e table.Entry, n uint64) {
	f := addr.Frame(uint64(e.PAddr()) >> p.MMU.Shift)
	users := uint64(p.users(f))
	dirty := p.marks(f)&table.Dirty != 0
	u.Rss += n
	u.pss += n << pssShift / users
	switch {
	case users > 1 && dirty:
		u.SharedDirty += n
	case users > 1:
		u.SharedClean += n
	case dirty:
		u.PrivateDirty += n
	default:
		u.PrivateClean += n
	}
	if e&table.Accessed != 0 {
		u.Referenced += n
	}
	if p.Mem.Table[f].Private && p.objectOf(f) == nil {
		u.Anonymous += n
		if !dirty && p.Mem.Table[f].Slot == 0 {
			u.LazyFree += n
		}
	}
}

// users is the number of pages of processes that f is mapped at.
func (p *Pager) users(f addr.Frame) int {
	n := p.mappings(f)
	if p.objectOf(f) != nil {
		n--
	}
	return n
}

// Mapping is where one ABI page of a process is.
type Mapping struct {
	Present   bool       // in a frame, and the process's page table says so
	Swapped   bool       // in a swap slot only
	File      bool       // present: a file's page, or shared memory
	Exclusive bool       // present: no other page is mapped to the frame
	Frame     addr.Frame // present: the frame; otherwise addr.NoFrame
	Within    uint64     // present: where in the frame the ABI page begins, in bytes
	Slot      int        // swapped: the slot; otherwise -1
}

// Mapping describes the ABI page that holds va. With pages smaller than an ABI page it is that of its first
// part.
func (s *AddressSpace) Mapping(va addr.VAddr) Mapping {
	m := Mapping{Frame: addr.NoFrame, Slot: -1}
	if s.Ended() {
		return m
	}
	p := s.pager
	va = va.ABIDown()
	e := s.lookup(p.Mem.Size().PageOf(va))
	if slot, ok := e.Slot(); ok {
		m.Swapped, m.Slot = true, slot
	}
	if e&table.Present != 0 {
		m.Present = true
		m.Frame, m.Within = addr.Frame(uint64(e.PAddr())>>p.MMU.Shift), p.Mem.Size().Offset(va)
		in := &p.Mem.Table[m.Frame]
		m.File = !in.Private || p.objectOf(m.Frame) != nil
		m.Exclusive = p.users(m.Frame) == 1
	}
	return m
}

// Word is the page's 64 bits in /proc/PID/pagemap, as a reader with CAP_SYS_ADMIN sees them (fs/proc/
// task_mmu.c): bit 63 present, 62 swapped, 61 a file's page or shared memory, 56 exclusively mapped, and in
// bits 0 to 54 the frame, numbered in ABI pages, or swap type 0 and the slot shifted by 5.
func (m Mapping) Word(size addr.PageSize) uint64 {
	switch {
	case m.Present:
		w := uint64(1)<<63 | (uint64(size.FrameBase(m.Frame))+m.Within)/addr.ABIPage
		if m.File {
			w |= 1 << 61
		}
		if m.Exclusive {
			w |= 1 << 56
		}
		return w
	case m.Swapped:
		return 1<<62 | uint64(m.Slot)<<5
	}
	return 0
}

// Present is how many pages of s are mapped.
func (s *AddressSpace) Present() int { return int(s.now) }

// Resident reports whether the ABI page that holds va is in memory as mincore(2) sees it: in a frame,
// whether or not this process's page table says so. Nothing need be mapped there.
func (s *AddressSpace) Resident(va addr.VAddr) bool {
	if s.Ended() {
		return false
	}
	p := s.pager
	va = va.ABIDown()
	for end := va + addr.ABIPage; va < end; va += addr.VAddr(p.Mem.Size()) {
		page := p.Mem.Size().PageOf(va)
		if e := s.lookup(page); e&table.Present == 0 && !s.cached(page) {
			return false
		}
	}
	return true
}

// cached reports whether the page's bytes are in a frame of a shared object.
func (s *AddressSpace) cached(page addr.Page) bool {
	o, index, ok := s.shown(page)
	return ok && o.where(index) == fromCache
}

// Statm is /proc/PID/statm and the memory rows of /proc/PID/status, in bytes (fs/proc/task_mmu.c,
// task_statm and task_mem).
type Statm struct {
	Size     uint64 // VmSize: of all areas
	Resident uint64 // VmRSS
	Anon     uint64 // RssAnon; Resident - Anon is statm's "shared"
	File     uint64 // RssFile
	Shmem    uint64 // RssShmem: shared anonymous memory
	Swap     uint64 // VmSwap
	Peak     uint64 // VmHWM: the most that Resident has been
	Data     uint64 // VmData: private, writable, no stack
	Stack    uint64 // VmStk
	Exec     uint64 // VmExe + VmLib: executable, not writable
	Locked   uint64 // VmLck
	Tables   uint64 // VmPTE
}

// Statm adds up the areas of the space.
func (s *AddressSpace) Statm() Statm {
	var t Statm
	for _, a := range s.list.All() {
		u := s.Usage(a)
		t.Size += u.Size
		t.Resident += u.Rss
		t.Anon += u.Anonymous
		t.Swap += u.Swap
		if a.Object != nil {
			t.Shmem += u.Rss - u.Anonymous
		} else {
			t.File += u.Rss - u.Anonymous
		}
		switch {
		case a.Flags&area.GrowsDown != 0:
			t.Stack += u.Size
		case a.Flags&area.Shared == 0 && a.Prot&addr.ProtWrite != 0:
			t.Data += u.Size
		case a.Prot&addr.ProtExec != 0 && a.Prot&addr.ProtWrite == 0:
			t.Exec += u.Size
		}
		if a.Flags&area.Locked != 0 {
			t.Locked += u.Size
		}
	}
	t.Peak = max(s.peak*uint64(s.pager.Mem.Size()), t.Resident)
	if !s.Ended() {
		t.Tables = uint64(s.table.Bytes())
	}
	return t
}

// FaultCounts are the faults of one space that were resolved, for getrusage(2): ru_minflt and ru_majflt.
type FaultCounts struct{ Minor, Major uint64 }

// Faults are the space's faults so far. A fork starts anew.
func (s *AddressSpace) Faults() FaultCounts { return s.counts }

// Peak is the most bytes that the space has had in frames at once (ru_maxrss, VmHWM).
func (s *AddressSpace) Peak() uint64 { return s.peak * uint64(s.pager.Mem.Size()) }
