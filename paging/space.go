package paging

import (
	"maps"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/paging/table"
)

// AddressSpace is what one program can address: its areas, its page table, its break.
type AddressSpace struct {
	ID phys.Space

	// Window is how many pages a fault brings in: 1 on demand, more under hybrid loading.
	Window int

	// Predict, when set, says instead of Window which pages come in with the one of a fault.
	Predict Predictor

	pager  *Pager
	pool   *pool
	object *object                   // of a space of the pager's own: whose pages it has; otherwise nil
	pages  map[addr.Page]table.Entry // of such a space, which has no table
	list   *area.List
	table  table.Table
	tree   *table.Radix // table, if that is one: most are, and each TLB miss asks it
	asid   uint16
	faults map[addr.Page]uint64 // faults resolved, by page; of pages that are mapped
	lost   bool                 // a page could not be moved
	locks  bool                 // some area is locked
	counts FaultCounts
	now    uint64 // pages that are present
	peak   uint64 // the most there have been

	// Since is the clock from which on references count for Demand, pages; see Pager.Demand.
	Since  uint64
	Demand int

	left      map[addr.Page]uint64 // last use of pages that have been put out, while Demand is kept
	nice      int
	suspended bool // by load control: it has no share
}

// Map makes an area as mmap(2) does and returns its address. Errors are area.Errno.
func (s *AddressSpace) Map(r area.Request) (addr.VAddr, error) {
	if s.coarse() {
		if err := s.fitShared(&r); err != nil {
			return 0, err
		}
	}
	at, err := s.list.Map(r)
	if err != nil {
		return at, err
	}
	s.relock()
	ar, _ := s.list.Find(at)
	locked := ar.Flags&(area.Locked|area.LockOnFault) == area.Locked
	if (locked || r.Flags&(area.MapPopulate|area.MapNonblock) == area.MapPopulate) && ar.Prot != 0 {
		_ = s.touch(ar, at, (at + addr.VAddr(r.Len)).ABIUp(), early(&ar)) // what cannot be had is left out
	}
	return at, nil
}

// Unmap is munmap(2).
func (s *AddressSpace) Unmap(start addr.VAddr, length uint64) error {
	if s.coarse() {
		var err error
		if length, err = s.fitUnmap(start, length); err != nil {
			return err
		}
	}
	err := s.list.Unmap(start, length)
	s.relock()
	return err
}

// Protect is mprotect(2).
func (s *AddressSpace) Protect(start addr.VAddr, length uint64, prot addr.Prot) error {
	return s.list.Protect(start, length, prot)
}

// Remap is mremap(2); flags are its MAYMOVE 1, FIXED 2, DONTUNMAP 4. It is ENOMEM too when a page could not
// be moved for want of page tables or frames, or because swap failed; that page then holds zeros.
func (s *AddressSpace) Remap(
	old addr.VAddr, oldLen, newLen uint64, flags uint32, to addr.VAddr,
) (addr.VAddr, error) {
	if s.coarse() {
		if err := s.fitRemap(old, oldLen, newLen, flags, to); err != nil {
			return 0, err
		}
	}
	s.lost = false
	at, err := s.list.Remap(old, oldLen, newLen, flags, to)
	s.relock()
	if err == nil && s.lost {
		return 0, area.ENOMEM
	}
	if ar, ok := s.list.Find(at); err == nil && ok && ar.Flags&(area.Locked|area.LockOnFault) == area.Locked {
		_ = s.touch(ar, at, min(ar.End, (at+addr.VAddr(newLen)).ABIUp()), early(&ar))
	}
	return at, err
}

// Brk is brk(2): it returns the break afterwards, moved or not.
func (s *AddressSpace) Brk(to addr.VAddr) addr.VAddr {
	was := s.list.Brk(0)
	now := s.list.Brk(to)
	s.relock()
	if ar, ok := s.list.Find(was); ok && now > was && ar.Flags&(area.Locked|area.LockOnFault) == area.Locked {
		_ = s.touch(ar, was.ABIUp(), now.ABIUp(), true)
	}
	if b := s.pager.Bus; now != was && b.On(event.Brk) {
		b.Emit(&event.Event{Kind: event.Brk, VA: now, Arg: uint64(was)})
	}
	return now
}

// SetBrk sets where the heap begins: start_brk = brk.
func (s *AddressSpace) SetBrk(start addr.VAddr) { s.list.SetBrk(start) }

// Areas are the areas in address order. The caller must not change them.
func (s *AddressSpace) Areas() []area.Area { return s.list.All() }

// List is the list of areas, for questions about it.
func (s *AddressSpace) List() *area.List { return s.list }

// Destroy frees all that the space holds: frames, swap slots, page tables.
func (s *AddressSpace) Destroy() {
	s.table.Visit(0, 1<<(table.VirtualBits-s.pager.MMU.Shift), s.dropPage)
	s.table.Destroy()
	s.pager.expel(s)
	s.pager.spaces[s.ID] = nil
	s.pager.unname(s.ID)
	s.pager.unused = append(s.pager.unused, s.ID)
	s.pager.MMU.leave(s)
	s.table, s.tree = nil, nil
	if s.locks {
		s.locks = false
		s.pager.locks--
	}
	for _, a := range s.list.All() {
		s.pager.hides(a)
	}
	s.pager.settleIdle()
}

// Ended reports whether Destroy has been called. The areas can still be looked at.
func (s *AddressSpace) Ended() bool { return s.table == nil }

// Mapped is called when a is new. A page of several ABI pages may already hold bytes for its other parts.
func (s *AddressSpace) Mapped(a area.Area) {
	if b := s.pager.Bus; b.On(event.VMAMap) {
		b.Emit(&event.Event{
			Kind: event.VMAMap, VA: a.Start, Size: uint64(a.End - a.Start), Prot: a.Prot, Arg: a.Offset,
		})
	}
	s.pager.shows(a)
	s.pager.divided = false
	s.recompose(a.Start, a.End)
}

// Unmapped is called when the range is no longer mapped.
func (s *AddressSpace) Unmapped(start, end addr.VAddr) {
	if b := s.pager.Bus; b.On(event.VMAUnmap) {
		b.Emit(&event.Event{Kind: event.VMAUnmap, VA: start, Size: uint64(end - start)})
	}
	s.pager.divided = false
	s.dropRange(start, end)
	s.forgetFaults(start, end)
	s.pager.settleIdle()
}

// forgetFaults drops the fault counts of pages that lie wholly in [start, end): a process that maps and
// unmaps for ever at new places must not gather them.
func (s *AddressSpace) forgetFaults(start, end addr.VAddr) {
	shift, mask := s.pager.MMU.Shift, s.pager.MMU.Mask
	first, last := addr.Page((uint64(start)+mask)>>shift), addr.Page(uint64(end)>>shift)
	if last <= first {
		return
	}
	if uint64(last-first) > uint64(len(s.faults)) {
		maps.DeleteFunc(s.faults, func(page addr.Page, _ uint64) bool { return first <= page && page < last })
		return
	}
	for page := first; page < last; page++ {
		delete(s.faults, page)
	}
}

// Protected is called when the rights of the range are now prot.
func (s *AddressSpace) Protected(start, end addr.VAddr, prot addr.Prot) {
	if b := s.pager.Bus; b.On(event.VMAProtect) {
		b.Emit(&event.Event{Kind: event.VMAProtect, VA: start, Size: uint64(end - start), Prot: prot})
	}
	s.pager.divided = false
	first, last := s.span(start, end)
	s.table.Visit(first, last, func(page addr.Page, e table.Entry) {
		if e&table.Present != 0 {
			s.update(page, e)
		}
	})
}

// update brings the entry of a resident page up to date with the areas.
func (s *AddressSpace) update(page addr.Page, e table.Entry) {
	s.pager.MMU.Invalidate(s, page)
	s.set(page, s.rights(page, s.writes(page, s.pager.frameOf(e)))|e&^ruleBits)
}

// lookup is the last-level entry of page.
func (s *AddressSpace) lookup(page addr.Page) table.Entry {
	if s.object != nil {
		return s.pages[page]
	}
	e, _ := s.table.Lookup(page)
	return e
}

// set writes the last-level entry of page; false: there is no memory for the table.
func (s *AddressSpace) set(page addr.Page, e table.Entry) bool {
	if s.object != nil {
		if e == 0 {
			delete(s.pages, page)
		} else {
			s.pages[page] = e
		}
		return true
	}
	was, _ := s.table.Lookup(page)
	if !s.table.Set(page, e) {
		return false
	}
	s.now += uint64(e&table.Present) - uint64(was&table.Present)
	s.peak = max(s.peak, s.now)
	return true
}

// put is set, with the nodes of all trees that hold nothing any more given back if that is what it takes. It
// must not be used while a tree is being visited.
func (s *AddressSpace) put(page addr.Page, e table.Entry) bool {
	return s.set(page, e) || s.pager.pruneTables() && s.set(page, e)
}

// span is the range of pages that hold a byte of [start, end).
func (s *AddressSpace) span(start, end addr.VAddr) (first, last addr.Page) {
	m := s.pager.MMU
	return addr.Page(uint64(start) >> m.Shift), addr.Page((uint64(end) + m.Mask) >> m.Shift)
}

// dropRange forgets the bytes of [start, end).
func (s *AddressSpace) dropRange(start, end addr.VAddr) {
	first, last := s.span(start, end)
	s.table.Visit(first, last, func(page addr.Page, e table.Entry) {
		base := s.pager.Mem.Size().Base(page)
		top := base + addr.VAddr(s.pager.Mem.Size())
		rest, mapped := s.list.Next(base)
		if base >= start && top <= end || !mapped || rest.Start >= top {
			s.dropPage(page, e)
		} else {
			s.rewrite(page, e, start, end)
		}
	})
}

// dropPage frees what page's entry holds.
func (s *AddressSpace) dropPage(page addr.Page, e table.Entry) {
	s.set(page, 0)
	if r := s.pager.recording; r != nil {
		if e&table.Present == 0 || s.pager.Mem.Table[s.pager.frameOf(e)].Others == 0 {
			r.gone(s.ID, page)
		}
	}
	if slot, ok := e.Slot(); ok {
		s.pager.swap.Free(slot)
	} else if e&table.Present != 0 {
		f := s.pager.frameOf(e)
		if s.pager.Mem.Table[f].Others != 0 {
			s.pager.unshare(f, s, page)
			s.pager.keepMarks(f, e)
		} else {
			s.pager.judge(f, e&table.Accessed != 0)
			s.pager.release(f)
		}
	}
}

// recompose gives a new area its bytes in pages that already are in memory or swap because of their other
// parts. It happens only where pages are larger than ABI pages.
func (s *AddressSpace) recompose(start, end addr.VAddr) {
	if s.pager.MMU.Mask < addr.ABIPage {
		return
	}
	first, last := s.span(start, end)
	s.table.Visit(first, last, func(page addr.Page, e table.Entry) { s.rewrite(page, e, start, end) })
}

// rewrite sets the part of a page that lies in [start, end) to what the areas now say: the file's bytes, or
// zeros. A page that can be composed anew is simply dropped.
func (s *AddressSpace) rewrite(page addr.Page, e table.Entry, start, end addr.VAddr) {
	p := s.pager
	if e&table.Present != 0 && p.objectOf(p.frameOf(e)) != nil {
		if o, index, ok := s.shown(page); ok && o.space.maps(index, e) {
			s.update(page, e)
		} else {
			s.dropPage(page, e)
		}
		return
	}
	if e&table.Present != 0 && !p.Mem.Table[p.frameOf(e)].Private {
		s.dropPage(page, e)
		return
	}
	base := p.Mem.Size().Base(page)
	from, to := max(start, base), min(end, base+addr.VAddr(p.Mem.Size()))
	part := make([]byte, to-from)
	s.compose(from, part)
	if slot, ok := e.Slot(); ok && p.swap.Refs(slot) == 1 {
		whole := make([]byte, p.Mem.Size())
		if p.swap.Read(slot, whole) == nil {
			copy(whole[from-base:], part)
			_ = p.swap.Write(slot, whole) // a failed write shows when the page comes back
		}
		return
	}
	f, cause := p.ready(s, page, e, base)
	if cause != NotPresent {
		return // without a frame for it the page keeps the old bytes
	}
	e = s.lookup(page)
	copy(p.Mem.Frame(f)[from-base:], part)
	p.MMU.CodeWritten(f)
	s.update(page, e|table.Dirty)
}

// maps reports whether the space's entry of page names the frame that e names.
func (s *AddressSpace) maps(page addr.Page, e table.Entry) bool {
	own := s.lookup(page)
	return own&table.Present != 0 && own.PAddr() == e.PAddr()
}

// Grown is called when a stack that began at old begins at start.
func (s *AddressSpace) Grown(start, old addr.VAddr) {
	s.pager.divided = false
	if b := s.pager.Bus; b.On(event.VMAGrow) {
		b.Emit(&event.Event{Kind: event.VMAGrow, VA: start, Size: uint64(old - start)})
	}
}

// Moved is called when the pages of [from, from+length) now belong at to, before the old place is unmapped.
func (s *AddressSpace) Moved(from, to addr.VAddr, length uint64) {
	p := s.pager
	if (uint64(from)|uint64(to)|length)&p.MMU.Mask != 0 {
		s.copyMoved(from, to, length)
		return
	}
	first, last := s.span(from, from+addr.VAddr(length))
	delta := addr.Page(uint64(to)>>p.MMU.Shift) - first
	s.table.Visit(first, last, func(page addr.Page, e table.Entry) {
		p.MMU.Invalidate(s, page)
		s.set(page, 0)
		if e&table.Present == 0 {
			if !s.set(page+delta, e) {
				s.lose(page, e)
			}
			return
		}
		f := p.frameOf(e)
		if !s.set(page+delta, s.rights(page+delta, s.writes(page+delta, f))|e&^ruleBits) {
			s.lose(page, e)
			return
		}
		p.rename(f, s, page, page+delta)
	})
}

// lose drops a page that cannot be moved.
func (s *AddressSpace) lose(page addr.Page, e table.Entry) {
	s.lost = true
	s.dropPage(page, e)
}

// copyMoved moves bytes that do not fill whole pages: pages are larger than ABI pages, so both ends may share
// theirs. What no page holds yet comes from the area, at the new place too.
func (s *AddressSpace) copyMoved(from, to addr.VAddr, length uint64) {
	size := s.pager.Mem.Size()
	buf := make([]byte, addr.ABIPage)
	first, last := s.span(from, from+addr.VAddr(length))
	s.table.Visit(first, last, func(page addr.Page, _ table.Entry) {
		at := max(size.Base(page), from)
		end := min(size.Base(page)+addr.VAddr(size), from+addr.VAddr(length))
		for ; at < end; at += addr.ABIPage {
			if !s.rawRead(at, buf) || s.Poke(to+(at-from), buf) < len(buf) {
				s.lost = true
			}
		}
	})
}

// MapZero makes a range anonymous memory for a program's bss; see area.List.MapZero.
func (s *AddressSpace) MapZero(start addr.VAddr, length uint64, exec bool) error {
	return s.list.MapZero(start, length, exec)
}
