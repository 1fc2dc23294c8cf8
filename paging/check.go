package paging

import (
	"fmt"

	"memlab/paging/addr"
	"memlab/paging/table"
)

// Check walks every structure and returns an error that says where two disagree: page tables against the
// frame table, the TLB and its Lines against the page tables, entries against areas, swap slots against their
// owners.
func (p *Pager) Check() error {
	seen := make(map[addr.Frame]bool)
	slots := make(map[int]string)
	for _, s := range p.spaces {
		if s == nil {
			continue
		}
		if err := s.check(seen, slots); err != nil {
			return err
		}
	}
	used := 0
	for f := range p.Mem.Table {
		in := &p.Mem.Table[f]
		if in.Owner == 0 {
			continue
		}
		used++
		if !seen[addr.Frame(f)] {
			return fmt.Errorf("frame %d: the frame table gives it to page %#x of space %d, "+
				"whose page table does not", f, uint64(in.Page), in.Owner)
		}
	}
	if free := p.Mem.Frames() - used; free != p.Mem.Free() {
		return fmt.Errorf("%d frames have no owner, but %d are on the free list", free, p.Mem.Free())
	}
	if len(slots) != p.swap.Used() {
		return fmt.Errorf("%d swap slots are referred to, but %d are in use", len(slots), p.swap.Used())
	}
	return p.MMU.check()
}

// check compares one space's entries with the frame table and its areas.
func (s *AddressSpace) check(seen map[addr.Frame]bool, slots map[int]string) (err error) {
	p := s.pager
	fail := func(page addr.Page, format string, args ...any) {
		if err == nil {
			err = fmt.Errorf("space %d, page %#x: %s", s.ID, uint64(page), fmt.Sprintf(format, args...))
		}
	}
	claim := func(page addr.Page, slot int) {
		who := fmt.Sprintf("page %#x of space %d", uint64(page), s.ID)
		if other, ok := slots[slot]; ok {
			fail(page, "swap slot %d is also that of %s", slot, other)
		}
		slots[slot] = who
	}
	s.table.Visit(0, 1<<(table.VirtualBits-p.MMU.Shift), func(page addr.Page, e table.Entry) {
		base := p.Mem.Size().Base(page)
		if ar, ok := s.list.Next(base); !ok || ar.Start >= base+addr.VAddr(p.Mem.Size()) {
			fail(page, "has an entry, but no area")
		}
		if slot, ok := e.Slot(); ok {
			claim(page, slot)
			return
		}
		f := addr.Frame(uint64(e.PAddr()) >> p.MMU.Shift)
		if e&table.Present == 0 || int(f) >= p.Mem.Frames() {
			fail(page, "entry %#x names neither frame nor slot", uint64(e))
			return
		}
		in := &p.Mem.Table[f]
		switch {
		case seen[f]:
			fail(page, "frame %d is mapped twice", f)
		case in.Owner != s.ID || in.Page != page:
			fail(page, "maps frame %d, which the frame table gives to page %#x of space %d",
				f, uint64(in.Page), in.Owner)
		case e&ruleBits != s.rights(page, in.Private):
			fail(page, "entry %#x does not have the areas' rights %#x",
				uint64(e), uint64(s.rights(page, in.Private)))
		case !in.Private && e&table.Dirty != 0:
			fail(page, "is dirty, but not the process's own")
		}
		seen[f] = true
		if in.Slot != 0 {
			claim(page, int(in.Slot-1))
		}
	})
	return err
}

// check compares the TLB with the page tables, and the Lines with the TLB.
func (m *MMU) check() error {
	if m.tlb == nil || m.space == nil {
		return nil
	}
	for i, e := range m.tlb.All() {
		if !e.Valid {
			continue
		}
		s := m.space.pager.spaceOf(e.ASID)
		if s == nil {
			return fmt.Errorf("TLB entry %d: no space has ASID %d", i, e.ASID)
		}
		pte, _ := s.table.Lookup(e.Page)
		f := addr.Frame(uint64(pte.PAddr()) >> m.Shift)
		if pte&table.Present == 0 || f != e.Frame || pte.Prot() != e.Prot || pte&table.Accessed == 0 ||
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
	page := addr.Page(l.Start >> m.Shift)
	if l.Host == nil {
		if uint64(page)%Lines == uint64(i) {
			return fmt.Errorf("line %d (%s) is empty, but would be taken for page %#x", i, a, uint64(page))
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
