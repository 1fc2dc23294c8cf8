package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/paging/table"
)

// maxTries bounds how often one access may fault before the pager gives up: a listener that answers "retry"
// for ever must not hang the machine.
const maxTries = 64

// resolve makes a faulting access possible, or says in f.Cause why it cannot be. The MMU then looks again.
//
//	area and rights → announce (page.fault) → copy, or frame → fill → entry → pages ahead
func (p *Pager) resolve(s *AddressSpace, f *Fault, try int) bool {
	ar, ok := s.place(f)
	if !ok || try >= maxTries {
		if ok {
			f.Cause = Refused
		}
		p.announce(f, false)
		return false
	}
	page := addr.Page(uint64(f.VA) >> p.MMU.Shift)
	e := s.lookup(page)
	src, cause := s.source(page, ar, e, f.VA)
	if cause != NotPresent {
		f.Cause = cause
		p.announce(f, false)
		return false
	}
	switch p.announce(f, src == fromFile || src == fromSwap) {
	case event.Retry:
		return true
	case event.Kill:
		f.Cause = Refused
		return false
	default:
	}
	if now := s.lookup(page); now != e {
		return true // a listener has moved the page: look again
	}
	if f.Cause = p.settle(s, page, e, src, f); f.Cause != NotPresent {
		return false
	}
	s.faults[page]++
	p.Stats.Faults++
	if p.AfterFault != nil && p.AfterFault() != nil {
		f.Cause = Refused
		return false
	}
	return true
}

// settle resolves a fault whose source is known.
func (p *Pager) settle(s *AddressSpace, page addr.Page, e table.Entry, src source, f *Fault) Cause {
	if f.Access == addr.Write {
		s.list.FirstPrivateWrite(f.VA)
	}
	if src == fromFrame {
		cause := p.own(s, page, e, f)
		if cause == NotPresent {
			s.counts.Minor++
		}
		return cause
	}
	was := p.Stats
	frame, cause := p.load(s, page, src, f.Access == addr.Write)
	if cause != NotPresent {
		return cause
	}
	p.classify(s, &was)
	read := p.Stats.FileReads+p.Stats.SwapReads != was.FileReads+was.SwapReads
	p.Mem.Table[frame].Pins++ // what comes in with it must not put it out
	switch {
	case s.Predict != nil:
		ar, _ := s.list.Find(f.VA)
		p.foresee(s, &Touched{
			VA: f.VA, Page: page, Access: f.Access, Area: ar, Major: p.Stats.Major != was.Major,
			Number: was.Faults,
			space:  s,
		})
	case s.Window > 1:
		p.ahead(s, f.VA, s.Window-1)
	}
	if p.cfg.Prefetch > 0 && read {
		p.prefetch(s, f.VA, p.cfg.Prefetch)
	}
	if p.cfg.Around > 1 && f.Access != addr.Write {
		p.around(s, f.VA, p.cfg.Around)
	}
	p.Mem.Table[frame].Pins--
	return NotPresent
}

// classify counts a fault of s that was resolved, by what has been done since the statistics were was:
// nothing but an entry if the page was in the cache.
func (p *Pager) classify(s *AddressSpace, was *PagerStats) {
	now := &p.Stats
	switch {
	case now.FileReads+now.SwapReads != was.FileReads+was.SwapReads:
		now.Major++
		now.Loads++
		s.counts.Major++
		return
	case now.ZeroFills != was.ZeroFills:
		now.Zero++
		now.Loads++
	case now.Copies != was.Copies:
		now.Loads++
	}
	s.counts.Minor++
}

// announce emits the page fault.
func (p *Pager) announce(f *Fault, major bool) event.Verdict {
	if !p.Bus.On(event.PageFault) {
		return event.Continue
	}
	ev := event.Event{
		Kind: event.PageFault, VA: f.VA, Access: f.Access, Arg: uint64(f.Code), Arg2: uint64(f.Cause),
		Flags: p.MMU.flags(),
	}
	if major {
		ev.Flags |= event.Major
	}
	return p.Bus.Emit(&ev)
}

// place finds the area of a faulting address, growing a stack if that helps, and checks its rights.
func (s *AddressSpace) place(f *Fault) (area.Area, bool) {
	ar, ok := s.list.Find(f.VA)
	if !ok && s.list.Grow(f.VA) {
		ar, ok = s.list.Find(f.VA)
	}
	if !ok {
		f.Cause = NoArea
		return area.Area{}, false
	}
	switch {
	case ar.Prot.Allows(f.Access), f.Access == addr.Fetch && f.Code&CodePresent == 0 && ar.Prot != 0:
		// A fetch of a page that is not present is no more than a read to Linux (arch/x86/mm/fault.c,
		// access_error): the page comes in, and only the next try finds that it cannot be executed.
		return ar, true
	case ar.Prot == 0:
		f.Code &^= CodePresent // an entry of PROT_NONE is not present to the processor
	}
	f.Cause = NoRight
	return area.Area{}, false
}

// source is where the bytes of a page are.
type source uint8

const (
	fromZero source = iota
	fromFile
	fromSwap
	fromFrame // resident: only rights are missing
	fromCache // a page of a file, or shared memory, that is in a frame, but not mapped here
)

// source finds out where page's bytes are; va, in area ar, is the address that is needed.
func (s *AddressSpace) source(page addr.Page, ar area.Area, e table.Entry, va addr.VAddr) (source, Cause) {
	if e&table.Present != 0 {
		return fromFrame, NotPresent
	}
	if _, ok := e.Slot(); ok {
		return fromSwap, NotPresent
	}
	if pastEOF(ar, va) {
		return fromFile, PastEOF
	}
	if o, index, ok := s.shown(page); ok {
		return o.where(index), NotPresent
	}
	if s.readsFile(page) {
		return fromFile, NotPresent
	}
	return fromZero, NotPresent
}

// pastEOF reports whether the ABI page of va lies wholly behind the end of its file, or of its shared
// memory object (mm/filemap.c, filemap_fault; mm/shmem.c, shmem_get_folio_gfp).
func pastEOF(ar area.Area, va addr.VAddr) bool {
	at := ar.Offset + uint64(va.ABIDown()-ar.Start)
	switch {
	case ar.File != nil:
		return at >= uint64(max(ar.File.Size(), 0))
	case ar.Object != nil:
		return at >= ar.Object.Size
	}
	return false
}
