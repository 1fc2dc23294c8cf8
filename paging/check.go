package paging

import (
	"fmt"
	"slices"

	"memlab/paging/addr"
	"memlab/paging/table"
)

// Check walks every structure and returns an error that says where two disagree: page tables against the
// frame table, the TLB and its Lines against the page tables, entries against areas, swap slots against their
// owners, the replacement policy's frames against the frame table.
func (p *Pager) Check() error {
	seen := make(map[addr.Frame]int) // entries that name it
	slots := make(map[int]int)       // references to it
	for _, s := range p.spaces {
		if s == nil {
			continue
		}
		check := s.check
		if s.object != nil {
			check = s.object.check
		}
		if err := check(seen, slots); err != nil {
			return err
		}
	}
	if err := p.checkMapped(); err != nil {
		return err
	}
	if err := p.checkPools(); err != nil {
		return err
	}
	used := 0
	for f := range p.Mem.Table {
		in := &p.Mem.Table[f]
		if in.Owner == 0 {
			continue
		}
		used++
		if n := p.mappings(addr.Frame(f)); n != seen[addr.Frame(f)] {
			return fmt.Errorf("frame %d: the frame table gives it to %d pages, page %#x of space %d first, "+
				"but %d entries name it", f, n, uint64(in.Page), in.Owner, seen[addr.Frame(f)])
		}
	}
	if free := p.Mem.Frames() - used; free != p.Mem.Free() {
		return fmt.Errorf("%d frames have no owner, but %d are on the free list", free, p.Mem.Free())
	}
	for slot, n := range slots { // any of several wrong ones will do
		if got := p.swap.Refs(slot); got != n {
			return fmt.Errorf("swap slot %d is referred to %d times, but counts %d", slot, n, got)
		}
	}
	if len(slots) != p.swap.Used() {
		return fmt.Errorf("%d swap slots are referred to, but %d are in use", len(slots), p.swap.Used())
	}
	return p.MMU.check()
}

// check compares one space's entries with the frame table and its areas.
func (s *AddressSpace) check(seen map[addr.Frame]int, slots map[int]int) (err error) {
	p := s.pager
	fail := func(page addr.Page, format string, args ...any) {
		if err == nil {
			err = fmt.Errorf("space %d, page %#x: %s", s.ID, uint64(page), fmt.Sprintf(format, args...))
		}
	}
	s.table.Visit(0, 1<<(table.VirtualBits-p.MMU.Shift), func(page addr.Page, e table.Entry) {
		base := p.Mem.Size().Base(page)
		if ar, ok := s.list.Next(base); !ok || ar.Start >= base+addr.VAddr(p.Mem.Size()) {
			fail(page, "has an entry, but no area")
		}
		if slot, ok := e.Slot(); ok {
			slots[slot]++
			return
		}
		f := addr.Frame(uint64(e.PAddr()) >> p.MMU.Shift)
		if e&table.Present == 0 || int(f) >= p.Mem.Frames() {
			fail(page, "entry %#x names neither frame nor slot", uint64(e))
			return
		}
		in := &p.Mem.Table[f]
		switch {
		case !p.maps(f, s, page):
			fail(page, "maps frame %d, which the frame table gives to page %#x of space %d",
				f, uint64(in.Page), in.Owner)
		case e&ruleBits != s.rights(page, s.writes(page, f)):
			fail(page, "entry %#x does not have the areas' rights %#x",
				uint64(e), uint64(s.rights(page, s.writes(page, f))))
		case !in.Private && e&table.Dirty != 0 && !s.common(page):
			fail(page, "is dirty, but not the process's own")
		case p.objectOf(f) != nil && !s.showsFrame(page, f):
			fail(page, "maps frame %d, which is not what its area shows", f)
		}
		if seen[f]++; seen[f] == 1 && in.Slot != 0 {
			slots[int(in.Slot-1)]++
		}
	})
	return err
}

// showsFrame reports whether page's areas show the page of an object that f holds.
func (s *AddressSpace) showsFrame(page addr.Page, f addr.Frame) bool {
	o, index, ok := s.shown(page)
	return ok && o == s.pager.objectOf(f) && index == s.pager.Mem.Table[f].Page
}

// check compares an object's pages with the frame table.
func (o *object) check(seen map[addr.Frame]int, slots map[int]int) error {
	p := o.space.pager
	for _, page := range o.sorted(0) {
		e := o.space.lookup(page)
		if slot, ok := e.Slot(); ok && o.anon != nil {
			slots[slot]++
			continue
		}
		f := p.frameOf(e)
		switch in := &p.Mem.Table[f]; {
		case e&table.Present == 0:
			return fmt.Errorf("object %d, page %#x: entry %#x names no frame",
				o.space.ID, uint64(page), uint64(e))
		case in.Owner != o.space.ID || in.Page != page:
			return fmt.Errorf("object %d, page %#x: maps frame %d, "+
				"which the frame table gives to page %#x of %d",
				o.space.ID, uint64(page), f, uint64(in.Page), in.Owner)
		}
		if seen[f]++; seen[f] == 1 && p.Mem.Table[f].Slot != 0 {
			slots[int(p.Mem.Table[f].Slot-1)]++
		}
	}
	return nil
}

// checkMapped compares how much of each object areas show with what it has counted.
func (p *Pager) checkMapped() error {
	shown := make(map[any]uint64)
	for _, s := range p.spaces {
		if s == nil || s.object != nil {
			continue
		}
		for _, a := range s.list.All() {
			if key := a.Backing(); key != nil {
				shown[key] += uint64(a.End - a.Start)
			}
		}
	}
	for _, s := range p.spaces {
		if s == nil || s.object == nil {
			continue
		}
		if o := s.object; o.mapped != shown[o.key] {
			return fmt.Errorf("object %d: areas show %d bytes of it, but it counts %d",
				s.ID, shown[o.key], o.mapped)
		}
	}
	return nil
}

// maps reports whether f is known to be mapped at page of s.
func (p *Pager) maps(f addr.Frame, s *AddressSpace, page addr.Page) bool {
	in := &p.Mem.Table[f]
	if in.Owner == s.ID && in.Page == page {
		return true
	}
	for i := in.Others; i != 0; i = p.sharing.nodes[i].next {
		if n := &p.sharing.nodes[i]; n.space == s && n.page == page {
			return true
		}
	}
	return false
}

// check compares the TLB with the page tables, and the Lines with the TLB.
func (m *MMU) check() error {
	if m.tlb == nil || m.space == nil {
		return nil
	}
	all := m.tlb.All()
	if m.second != nil {
		all = slices.Concat(all, m.second.All())
	}
	for i, e := range all {
		if !e.Valid {
			continue
		}
		s := m.space.pager.spaceOf(e.ASID)
		if s == nil {
			return fmt.Errorf("TLB entry %d: no space has ASID %d", i, e.ASID)
		}
		pte, _ := s.table.Lookup(e.Page)
		f := addr.Frame(uint64(pte.PAddr()) >> m.Shift)
		if pte&table.Present == 0 || f != e.Frame || pte.Prot() != e.Prot ||
			pte&table.Accessed == 0 && !m.space.pager.cfg.LazyTLB ||
			e.Dirty && pte&table.Dirty == 0 || e.Mixed != (pte&table.Mixed != 0) {
			return fmt.Errorf("TLB entry %d: page %#x of space %d in frame %d (%s), "+
				"but the page table has %#x", i, uint64(e.Page), s.ID, e.Frame, e.Prot, uint64(pte))
		}
	}
	for kind, lines := range [...]*[Lines]Line{&m.Reads, &m.Writes, &m.Fetches} {
		for i := range lines {
			if err := m.checkLine(addr.Access(kind), i, &lines[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *MMU) checkLine(a addr.Access, i int, l *Line) error {
	start := l.Start
	if a != addr.Fetch {
		start ^= m.veil
	}
	page := addr.Page(start >> m.Shift)
	if uint64(page)%Lines != uint64(i) { // empty
		if l.Start>>m.Shift%Lines == uint64(i) {
			return fmt.Errorf("line %d (%s) is empty, but would be taken for %#x", i, a, l.Start)
		}
		return nil
	}
	e, _ := m.tlb.Lookup(page, m.asid)
	if e == nil || e != l.TLB || l.Host != m.host(e.Frame) || !e.Prot.Allows(a) ||
		a == addr.Write && (!e.Dirty || m.Mem.Table[e.Frame].Code) {
		return fmt.Errorf("line %d (%s) of page %#x has no TLB entry that allows it", i, a, uint64(page))
	}
	return nil
}

// spaceOf finds the living space with an address space identifier.
func (p *Pager) spaceOf(asid uint16) *AddressSpace {
	for _, s := range p.spaces {
		if s != nil && s.asid == asid {
			return s
		}
	}
	return nil
}
