package plain

import (
	"memlab/paging/addr"
	"memlab/paging/area"
)

// Verdict is what the fault handler says to an access.
type Verdict uint8

// The verdicts.
const (
	Allowed      Verdict = iota
	NonCanonical         // the address is none: #GP
	NotMapped            // SIGSEGV, SEGV_MAPERR
	Forbidden            // SIGSEGV, SEGV_ACCERR
	Keyed                // SIGSEGV, SEGV_PKUERR: data access to memory that can only be executed
	PastEOF              // SIGBUS, BUS_ADRERR
)

// judge is what the fault handler decides (arch/x86/mm/fault.c): the area that an access to va uses, after a
// stack has grown, or why there is none.
func (s *Space) judge(va addr.VAddr, access addr.Access) (area.Area, Verdict) {
	if !s.list.Layout().Bits32 && va >= 1<<47 && va < ^addr.VAddr(1<<47-1) {
		return area.Area{}, NonCanonical
	}
	if va >= s.list.Layout().TaskSize {
		return area.Area{}, NotMapped
	}
	a, ok := s.list.Find(va)
	if !ok {
		if !s.list.Grow(va) {
			return a, NotMapped
		}
		a, _ = s.list.Find(va)
	}
	onlyExec := a.Prot == addr.ProtExec && access != addr.Fetch
	switch {
	case onlyExec && s.keys:
		return a, Keyed
	case !a.Prot.Allows(access) && (!onlyExec || access == addr.Write):
		return a, Forbidden
	case s.pastEOF(a, va):
		return a, PastEOF
	}
	return a, Allowed
}

// pastEOF reports whether the page of va lies wholly behind the end of what a shows.
func (s *Space) pastEOF(a area.Area, va addr.VAddr) bool {
	switch at := offset(a, va.ABIDown()); {
	case a.File != nil:
		return at >= uint64(max(a.File.Size(), 0))
	case a.Object != nil:
		return at >= a.Object.Size
	}
	return false
}

// Touch makes one access of one byte: Read returns it, Write stores b, Fetch does neither.
func (s *Space) Touch(va addr.VAddr, access addr.Access, b byte) (byte, Verdict) {
	a, why := s.judge(va, access)
	if why != Allowed {
		if why == PastEOF && access == addr.Write {
			s.list.FirstPrivateWrite(va) // Linux prepares the anon_vma before it looks for the page
		}
		return 0, why
	}
	if access == addr.Write {
		if err := s.store(a, va, []byte{b}); err != nil {
			return 0, Forbidden
		}
		return b, Allowed
	}
	p := s.Content(a, va)
	return p[va-va.ABIDown()], Allowed
}

// Populate makes the pages of [start, end) exist, as mlock and MAP_POPULATE do: private ones become the
// process's own. The error is ENOMEM at the first page that cannot be had.
func (s *Space) Populate(start, end addr.VAddr) error {
	for va := start; va < end; {
		a, ok := s.list.Next(va)
		if !ok || a.Start >= end {
			return nil
		}
		to := min(end, a.End)
		if a.Flags&area.Special != 0 || a.Prot == 0 {
			va = to
			continue
		}
		if a.File != nil || a.Object != nil { // memory that reads zeros needs no pages here
			last := to - addr.ABIPage
			if s.pastEOF(a, last) {
				return area.ENOMEM
			}
		}
		va = to
	}
	return nil
}

// Truncated takes away what lies behind the new end of a file: also the private copies of its pages
// (mm/truncate.c, unmap_mapping_range with even_cows).
func (s *Space) Truncated(is func(area.File) bool) {
	for va := range s.own { // each page is judged alone: the order does not matter
		if a, ok := s.list.Find(va); ok && a.File != nil && is(a.File) && s.pastEOF(a, va) {
			delete(s.own, va)
		}
	}
}

// DontNeed is madvise(MADV_DONTNEED): private pages are thrown away, and what is under them shows again. A
// hole is ENOMEM after the rest has been done; locked and special areas are EINVAL.
func (s *Space) DontNeed(start addr.VAddr, length uint64) error {
	end := (start + addr.VAddr(length)).ABIUp()
	switch {
	case start != start.ABIDown(), end < start:
		return area.EINVAL
	case start == end:
		return nil
	}
	hole := false
	for va := start; va < end; {
		a, ok := s.list.Next(va)
		if !ok || a.Start >= end {
			hole = true
			break
		}
		hole = hole || a.Start > va
		if a.Flags&(area.Locked|area.Special) != 0 {
			return area.EINVAL
		}
		s.drop(max(va, a.Start), min(end, a.End))
		va = a.End
	}
	if hole {
		return area.ENOMEM
	}
	return nil
}
