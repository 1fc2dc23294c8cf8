package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/paging/table"
)

// load makes page of s resident and maps it. With write the page becomes the process's own at once, as
// Linux's do_cow_fault does, unless it is shared for good. src is where the bytes were found. On failure
// the cause is another than NotPresent.
func (p *Pager) load(s *AddressSpace, page addr.Page, src source, write bool) (addr.Frame, Cause) {
	e := s.lookup(page)
	_, swapped := e.Slot()
	if o, index, ok := s.shown(page); ok && !swapped {
		common := s.common(page)
		switch {
		case !common && s.elsewhere(page, o, index):
			src = fromFile
		case common || !write:
			return p.mapCached(s, page, o, index, common && write)
		case o.where(index) == fromCache:
			cached := o.space.lookup(index)
			f := p.frameOf(cached)
			p.Stats.Copies++
			told := event.Event{VA: p.Mem.Size().Base(page), Arg2: uint64(p.users(f))}
			return p.copyFrame(s, page, f, told, 0)
		}
	}
	return p.bringTo(target{s, page, s, page}, src, write)
}

// target is a page that is to be brought in: page of space, which may be an object's, because of page at of
// user.
type target struct {
	space *AddressSpace
	page  addr.Page
	user  *AddressSpace
	at    addr.Page
}

// bringTo puts a page into a frame and writes its entry. Events are emitted when everything is in place, so
// that a listener may look at the page and write to it.
func (p *Pager) bringTo(t target, src source, write bool) (f addr.Frame, cause Cause) {
	if f, cause = p.takeFrame(t.space, t.page, t.user); cause != NotPresent {
		return 0, cause
	}
	e := t.space.lookup(t.page) // after takeFrame, whose events may have changed it
	if e&table.Present != 0 {
		p.giveBack(t, f)
		return p.frameOf(e), NotPresent
	}
	filled, cause := p.fill(t, f, e, src)
	if cause == NotPresent {
		in := &p.Mem.Table[f]
		in.Private = in.Private || write || src != fromFile
		var bits table.Entry
		if o := t.space.object; o == nil {
			bits = t.space.rights(t.page, t.space.writes(t.page, f))
		} else if o.anon != nil {
			bits = table.Writable
		}
		if !t.space.put(t.page, table.At(p.Mem.Size().FrameBase(f), bits)) {
			cause = NoTables
		}
	}
	if cause != NotPresent {
		p.giveBack(t, f)
		return 0, cause
	}
	p.loaded(f)
	delete(t.user.left, t.at)
	p.counted(src, &filled)
	if p.Bus.On(event.FrameAlloc) {
		p.Bus.Emit(&event.Event{Kind: event.FrameAlloc, VA: p.Mem.Size().Base(t.at), Frame: f})
	}
	if p.Bus.On(filled.Kind) {
		p.Bus.Emit(&filled)
	}
	return f, NotPresent
}

// giveBack frees a frame that was taken for a page, but not mapped.
func (p *Pager) giveBack(t target, f addr.Frame) {
	va := p.Mem.Size().Base(t.at)
	if p.Bus.On(event.FrameAlloc) {
		p.Bus.Emit(&event.Event{Kind: event.FrameAlloc, VA: va, Frame: f})
	}
	p.Mem.Table[f].Slot = 0 // the entry still has the slot
	p.loaded(f)             // so that vacate tells the policy of a frame that it knows
	p.vacate(f)
	p.freed(va, f)
}

// fill brings the bytes of t's page into frame f. It returns the event that tells of it.
func (p *Pager) fill(t target, f addr.Frame, e table.Entry, src source) (event.Event, Cause) {
	b := p.Mem.Frame(f)
	ev := event.Event{VA: p.Mem.Size().Base(t.at), Frame: f}
	switch src {
	case fromSwap:
		slot, _ := e.Slot()
		if p.swap.Read(slot, b) != nil {
			return ev, ReadError
		}
		p.Mem.Table[f].Slot = int32(slot + 1)
		ev.Kind, ev.Size, ev.Arg, ev.Arg2 = event.PageIn, uint64(len(b)), 1, uint64(slot)
	case fromFile:
		clear(b)
		compose := t.space.compose
		if t.space.object != nil {
			compose = t.space.object.read
		}
		n, off, ok := compose(p.Mem.Size().Base(t.page), b)
		if !ok {
			return ev, ReadError
		}
		ev.Kind, ev.Size, ev.Arg2 = event.PageIn, n, off
	default:
		clear(b)
		ev.Kind = event.PageZero
	}
	return ev, NotPresent
}

// counted adds a page that was filled to the statistics.
func (p *Pager) counted(src source, filled *event.Event) {
	switch src {
	case fromSwap:
		p.Stats.SwapReads++
	case fromFile:
		p.Stats.FileReads++
		p.Stats.FileBytes += filled.Size
	default:
		p.Stats.ZeroFills++
	}
}

// compose reads what files give to the range of b, which begins at va: each area its part. It returns the
// bytes read and the first file offset.
func (s *AddressSpace) compose(va addr.VAddr, b []byte) (n, off uint64, ok bool) {
	end := va + addr.VAddr(len(b))
	for ar, more := s.list.Next(va); more && ar.Start < end; ar, more = s.list.Next(ar.End) {
		if ar.File == nil {
			continue
		}
		from, to := max(va, ar.Start), min(end, ar.End)
		at := ar.Offset + uint64(from-ar.Start)
		size := uint64(max(ar.File.Size(), 0))
		if at >= size {
			continue
		}
		part := b[from-va : to-va]
		part = part[:min(uint64(len(part)), size-at)]
		if o := s.pager.cache[ar.Backing()]; o != nil {
			s.pager.Sync(o.key, int64(at), int64(len(part)))
			o.alone = true
		}
		if got, err := ar.File.ReadAt(part, int64(at)); got < len(part) {
			_ = err // a file that is shorter than it says cannot be paged in, whatever the reason
			return 0, 0, false
		}
		if n == 0 {
			off = at
		}
		n += uint64(len(part))
	}
	return n, off, true
}

// readsFile reports whether any byte of page comes from a file.
func (s *AddressSpace) readsFile(page addr.Page) bool {
	va := s.pager.Mem.Size().Base(page)
	end := va + addr.VAddr(s.pager.Mem.Size())
	for ar, more := s.list.Next(va); more && ar.Start < end; ar, more = s.list.Next(ar.End) {
		if ar.File != nil && !pastEOF(ar, max(va, ar.Start)) {
			return true
		}
	}
	return false
}

// ruleBits are the bits of an entry that follow from the areas.
const ruleBits = table.User | table.Writable | table.NoExecute | table.Mixed

// rights are the rule bits of page's entry. A page that is not yet the process's own (writes false) is
// mapped without the right to write, so that the first write faults. A page that spans areas with different
// rights, or a hole, gets the union of the rights and the Mixed mark.
func (s *AddressSpace) rights(page addr.Page, writes bool) table.Entry {
	va := s.pager.Mem.Size().Base(page)
	end := va + addr.VAddr(s.pager.Mem.Size())
	var prot addr.Prot
	mixed, at := false, va
	for ar, more := s.list.Next(va); more && ar.Start < end; ar, more = s.list.Next(ar.End) {
		mixed = mixed || ar.Start > at || at > va && ar.Prot != prot
		prot |= ar.Prot
		at = ar.End
	}
	e := table.Rights(prot)
	if mixed || at < end {
		e |= table.Mixed
	}
	if !writes {
		e &^= table.Writable
	}
	return e
}

// ahead loads up to n pages behind the one of va, in the same area, that are not in memory yet and whose
// bytes are a file's or zeros. A page that cannot be loaded ends it: that is no fault of the program's.
func (p *Pager) ahead(s *AddressSpace, va addr.VAddr, n int) {
	ar, ok := s.list.Find(va)
	if !ok || ar.Flags&area.GrowsDown != 0 {
		return
	}
	page := addr.Page(uint64(va) >> p.MMU.Shift)
	for i := range n {
		next := page + addr.Page(i+1)
		at := p.Mem.Size().Base(next)
		if at >= ar.End {
			return
		}
		if !p.bringIn(s, ar, next, at) {
			return
		}
	}
}

// bringIn loads one page that nobody has touched yet, at va in ar; a page that is or was in memory is left
// alone.
func (p *Pager) bringIn(s *AddressSpace, ar area.Area, page addr.Page, va addr.VAddr) bool {
	e := s.lookup(page)
	if e != 0 {
		return true
	}
	src, cause := s.source(page, ar, e, va)
	if cause != NotPresent {
		return false
	}
	p.MMU.Turn() // pages that come in together have an order too
	before := p.Stats.brought()
	if _, cause = p.load(s, page, src, false); cause != NotPresent {
		return false
	}
	p.Stats.Ahead += p.Stats.brought() - before
	return true
}

// Populate brings in every page of the areas of s that begin in [from, to), in order of addresses: loading
// all at once. With fewer frames than pages the later ones put out the earlier ones.
func (s *AddressSpace) Populate(from, to addr.VAddr) {
	for ar, more := s.list.Next(from); more && ar.Start < to; ar, more = s.list.Next(ar.End) {
		if ar.Prot == 0 || ar.Flags&(area.GrowsDown|area.Special) != 0 {
			continue
		}
		first := addr.Page(uint64(ar.Start) >> s.pager.MMU.Shift)
		for page := first; s.pager.Mem.Size().Base(page) < ar.End; page++ {
			if !s.pager.bringIn(s, ar, page, max(ar.Start, s.pager.Mem.Size().Base(page))) {
				break
			}
		}
	}
}
