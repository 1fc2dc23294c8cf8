package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/paging/table"
)

// Fork makes the address space of a child: the same areas, break and bytes. Pages in memory are shared; those
// of private areas until one side writes to them, those of shared areas for good. Pages in swap share their
// slots. Areas marked DontFork are absent, those marked WipeOnFork read as zeros (mm/memory.c,
// copy_page_range). Errors are area.Errno.
func (s *AddressSpace) Fork() (*AddressSpace, error) {
	p := s.pager
	c, err := p.emptySpace()
	if err != nil {
		return nil, area.ENOMEM
	}
	c.Window = s.Window
	c.list = s.list.Clone(c)
	ok := true
	s.table.Visit(0, 1<<(table.VirtualBits-p.MMU.Shift), func(page addr.Page, e table.Entry) {
		ok = ok && s.inherit(c, page, e)
	})
	if !ok {
		c.Destroy()
		return nil, area.ENOMEM
	}
	return c, nil
}

// inherit gives the child c what s has at page; false when there is no memory for it.
func (s *AddressSpace) inherit(c *AddressSpace, page addr.Page, e table.Entry) bool {
	p := s.pager
	keep, private := c.inherits(page)
	if !keep {
		return true
	}
	if slot, ok := e.Slot(); ok {
		if c.set(page, e) {
			p.swap.Share(slot)
			return true
		}
		return false
	}
	f := addr.Frame(uint64(e.PAddr()) >> p.MMU.Shift)
	in := &p.Mem.Table[f]
	if !p.share(f, c, page) {
		return false
	}
	if private && !in.Cow {
		in.Cow = true
		s.update(page, e)
	}
	if !c.set(page, table.At(e.PAddr(), c.rights(page, writable(in))|e&table.Dirty)) {
		p.unshare(f, c, page)
		return false
	}
	return true
}

// inherits reports whether any area of the child lets it have the parent's bytes of page, and whether they
// are private.
func (s *AddressSpace) inherits(page addr.Page) (keep, private bool) {
	va := s.pager.Mem.Size().Base(page)
	end := va + addr.VAddr(s.pager.Mem.Size())
	for ar, more := s.list.Next(va); more && ar.Start < end; ar, more = s.list.Next(ar.End) {
		keep = keep || ar.Flags&area.WipeOnFork == 0
		private = private || ar.Flags&area.Shared == 0
	}
	return keep, private
}

// own resolves a fault on a resident page: a write to a page that still was the file's or another process's
// makes it the process's own, by a copy if others are left; any other only brings the entry up to date with
// the area's rights.
func (p *Pager) own(s *AddressSpace, page addr.Page, e table.Entry, f *Fault) Cause {
	frame := addr.Frame(uint64(e.PAddr()) >> p.MMU.Shift)
	in := &p.Mem.Table[frame]
	if f.Access == addr.Write && !writable(in) {
		p.Stats.Copies++
		if in.Others != 0 && !s.common(page) {
			_, cause := p.split(s, page, f.VA)
			return cause
		}
		in.Private, in.Cow = true, false
		s.update(page, e)
		if p.Bus.On(event.CowBreak) {
			p.Bus.Emit(&event.Event{Kind: event.CowBreak, VA: f.VA, Frame: frame, Arg: uint64(frame)})
		}
		return NotPresent
	}
	s.update(page, e)
	return NotPresent
}

// common reports whether page is wholly that of shared areas: it is never copied.
func (s *AddressSpace) common(page addr.Page) bool {
	_, private := s.inherits(page)
	return !private
}

// ready makes a page that is in memory or in swap resident and writable in place, whatever its rights: its
// own, unless it is shared for good.
func (p *Pager) ready(s *AddressSpace, page addr.Page, e table.Entry, va addr.VAddr) (addr.Frame, Cause) {
	if e&table.Present == 0 {
		return p.load(s, page, fromSwap, true)
	}
	f := addr.Frame(uint64(e.PAddr()) >> p.MMU.Shift)
	in := &p.Mem.Table[f]
	if in.Others != 0 && !s.common(page) {
		return p.split(s, page, va)
	}
	in.Private, in.Cow = true, false
	return f, NotPresent
}
