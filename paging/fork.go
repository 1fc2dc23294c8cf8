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
	c.Window, c.Predict = s.Window, s.Predict
	c.list = s.list.Clone(c)
	for _, a := range c.list.All() {
		p.shows(a)
	}
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
	f := p.frameOf(e)
	in := &p.Mem.Table[f]
	if !p.share(f, c, page) {
		return false
	}
	if private && !in.Cow && p.objectOf(f) == nil {
		in.Cow = true
		s.update(page, e)
	}
	if !c.set(page, table.At(e.PAddr(), c.rights(page, c.writes(page, f))|e&table.Dirty)) {
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
// makes it the process's own, by a copy if others are left; the first write to a file's page through a shared
// mapping is allowed by the file; any other only brings the entry up to date with the area's rights.
func (p *Pager) own(s *AddressSpace, page addr.Page, e table.Entry, f *Fault) Cause {
	frame := p.frameOf(e)
	if f.Access != addr.Write || s.writes(page, frame) {
		s.update(page, e)
		return NotPresent
	}
	o := p.objectOf(frame)
	if o != nil && s.common(page) {
		if !p.reserve(o, p.Mem.Table[frame].Page) {
			return ReadError
		}
		p.permit(o, p.Mem.Table[frame].Page)
		return NotPresent
	}
	p.Stats.Copies++
	if p.alone(s, page, frame) {
		s.update(page, e)
		if p.Bus.On(event.CowBreak) {
			p.Bus.Emit(&event.Event{Kind: event.CowBreak, VA: f.VA, Frame: frame, Arg: uint64(frame)})
		}
		return NotPresent
	}
	_, cause := p.split(s, page, f.VA)
	if cause == NotPresent {
		p.Stats.Loads++
	}
	return cause
}

// alone makes the page in frame that of s alone if nobody else maps it.
func (p *Pager) alone(s *AddressSpace, page addr.Page, frame addr.Frame) bool {
	if p.objectOf(frame) != nil {
		return p.steal(s, page, frame)
	}
	in := &p.Mem.Table[frame]
	if in.Others != 0 && !s.common(page) {
		return false
	}
	in.Private, in.Cow = true, false
	return true
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
	f := p.frameOf(e)
	if o := p.objectOf(f); o != nil && s.common(page) {
		if !p.reserve(o, p.Mem.Table[f].Page) {
			return 0, ReadError
		}
		p.permit(o, p.Mem.Table[f].Page)
		return f, NotPresent
	}
	if s.writes(page, f) || p.alone(s, page, f) {
		return f, NotPresent
	}
	return p.split(s, page, va)
}
