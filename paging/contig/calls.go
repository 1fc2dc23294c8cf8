package contig

import (
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
)

// This file has the memory calls. The areas follow the kernel's rules (paging/area); memory may then be
// lacking, which undoes the call.

// Map is mmap(2). What several could write to together cannot be had without pages: ENODEV, as Linux answers
// without an MMU where a file cannot be mapped directly (mm/nommu.c, validate_mmap_request).
func (s *Space) Map(r area.Request) (addr.VAddr, error) {
	shared := r.Flags&area.MapShared != 0
	if shared && (r.File == nil || r.FileWritable || r.Prot&addr.ProtWrite != 0) {
		return 0, area.ENODEV
	}
	s.failed = false
	at, err := s.list.Map(r)
	if err == nil && s.failed {
		_ = s.list.Unmap(at, r.Len)
		return 0, area.ENOMEM
	}
	return at, err
}

// MapZero maps anonymous memory for a bss; see area.List.MapZero.
func (s *Space) MapZero(start addr.VAddr, length uint64, exec bool) error {
	s.failed = false
	err := s.list.MapZero(start, length, exec)
	if err == nil && s.failed {
		return area.ENOMEM
	}
	return err
}

// Unmap is munmap(2).
func (s *Space) Unmap(start addr.VAddr, length uint64) error { return s.list.Unmap(start, length) }

// Protect is mprotect(2). Under Direct and Partitioned the areas note the rights, and nothing enforces them.
func (s *Space) Protect(start addr.VAddr, length uint64, prot addr.Prot) error {
	return s.list.Protect(start, length, prot)
}

// Remap is mremap(2). Under Segmented there must be a hole for the new length, even where it would have
// done to extend the old segment: the call cannot be undone.
func (s *Space) Remap(
	old addr.VAddr, oldLen, newLen uint64, flags uint32, to addr.VAddr,
) (addr.VAddr, error) {
	if s.m.cfg.Scheme == Segmented && s.in && newLen > oldLen {
		n := uint64(addr.VAddr(newLen).ABIUp())
		b, ok := s.m.take(old, n)
		if !ok {
			return 0, area.ENOMEM
		}
		s.m.give(old, b.Start, b.Size)
	}
	return s.list.Remap(old, oldLen, newLen, flags, to)
}

// Brk is brk(2).
func (s *Space) Brk(to addr.VAddr) addr.VAddr {
	s.failed = false
	was := s.list.Brk(0)
	now := s.list.Brk(to)
	if s.failed {
		s.failed = false
		now = s.list.Brk(was)
	}
	if b := s.m.bus; now != was && b.On(event.Brk) {
		b.Emit(&event.Event{Kind: event.Brk, VA: now, Arg: uint64(was)})
	}
	return now
}

// SetBrk sets where the heap begins.
func (s *Space) SetBrk(start addr.VAddr) { s.list.SetBrk(start) }

// SetLimits replaces the resource limits of the space; a Stack or Segment of 0 leaves that one as it is.
func (s *Space) SetLimits(l area.Limits) {
	was := s.list.Limits()
	if l.Stack == 0 {
		l.Stack = was.Stack
	}
	if l.Segment == 0 {
		l.Segment = was.Segment
	}
	s.list.SetLimits(l)
}

// Areas are the areas in address order. The caller must not change them.
func (s *Space) Areas() []area.Area { return s.list.All() }

// List is the list of areas, for questions about it.
func (s *Space) List() *area.List { return s.list }

// Resident reports whether the ABI page that holds va is in memory.
func (s *Space) Resident(va addr.VAddr) bool {
	_, ok := s.list.Find(va)
	return ok && s.in
}

// Advise is madvise(2): DontNeed and DontNeedLocked bring back the bytes that were mapped; advice about
// pages has no meaning here and is taken note of; the rest is EINVAL. A hole in the range is ENOMEM after
// the rest has been done.
func (s *Space) Advise(start addr.VAddr, length uint64, a paging.Advice) error {
	again := a == paging.AdviseDontNeed || a == paging.AdviseDontNeedLocked
	switch a {
	case paging.AdviseRemove, paging.AdviseWipeOnFork, paging.AdviseKeepOnFork, paging.AdviseDontFork:
		return area.EINVAL
	default:
	}
	var hole error
	for va, end := start, start+addr.VAddr(length); va < end; {
		ar, ok := s.list.Next(va)
		if !ok || ar.Start >= end {
			return area.ENOMEM
		}
		if ar.Start > va {
			hole = area.ENOMEM
		}
		if again {
			s.fill(&ar, max(va, ar.Start), min(end, ar.End))
		}
		va = ar.End
	}
	return hole
}

// Msync is msync(2): nothing that is mapped can be written to by others, so there is nothing to write back.
func (s *Space) Msync(start addr.VAddr, length uint64, _ int) error {
	for va, end := start, start+addr.VAddr(length); va < end; {
		ar, ok := s.list.Find(va)
		if !ok {
			return area.ENOMEM
		}
		va = ar.End
	}
	return nil
}

// Mlock is mlock2(2): all memory of a program stays where it is as long as the program does.
func (s *Space) Mlock(start addr.VAddr, length uint64, onFault bool) error {
	return s.list.Lock(start, length, true, onFault)
}

// Munlock is munlock(2).
func (s *Space) Munlock(start addr.VAddr, length uint64) error {
	return s.list.Lock(start, length, false, false)
}

// MlockAll is mlockall(2), and munlockall(2) with 0.
func (s *Space) MlockAll(flags int) error { return s.list.LockAll(flags) }

// Faults are none: there are no pages.
func (s *Space) Faults() paging.FaultCounts { return paging.FaultCounts{} }

// Peak is the most bytes that the space has had in memory at once.
func (s *Space) Peak() uint64 { return s.peak }

// Page describes a page of the machine: only whether it is there, and where.
func (s *Space) Page(page addr.Page) paging.PageState {
	st := paging.PageState{Frame: addr.NoFrame, Slot: -1}
	size := s.m.mmu.Mem.Size()
	i := s.regs.Segments.Find(size.Base(page))
	if i < 0 || !s.in {
		return st
	}
	seg := &s.regs.Segments[i]
	st.Frame = addr.Frame((uint64(seg.Low()) + uint64(size.Base(page)-seg.From())) >> size.Shift())
	return st
}

// Pages calls fn for each page of [start, end) that is in memory, in address order.
func (s *Space) Pages(start, end addr.VAddr, fn func(addr.Page)) {
	size := s.m.mmu.Mem.Size()
	for i := range s.regs.Segments {
		seg := &s.regs.Segments[i]
		if !s.in || seg.End() <= start || seg.From() >= end {
			continue
		}
		for page := size.PageOf(max(start, seg.From())); size.Base(page) < min(end, seg.End()); page++ {
			fn(page)
		}
	}
}
