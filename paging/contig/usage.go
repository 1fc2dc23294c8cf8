package contig

import (
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
)

// This file answers what /proc asks about the memory of a process: without pages all of an area is there or
// all of it is in swap, and all of it is the process's own copy.

// Usage is what the area a of the space takes of memory.
func (s *Space) Usage(a area.Area) paging.Usage {
	u := paging.Usage{Size: uint64(a.End - a.Start)}
	switch {
	case s.ended:
	case s.in:
		u.Rss, u.Pss, u.PrivateDirty, u.Referenced, u.Anonymous = u.Size, u.Size, u.Size, u.Size, u.Size
	default:
		u.Swap, u.SwapPss = u.Size, u.Size
	}
	return u
}

// Statm adds up the areas of the space.
func (s *Space) Statm() paging.Statm {
	var t paging.Statm
	for _, a := range s.list.All() {
		u := s.Usage(a)
		t.Size += u.Size
		t.Resident += u.Rss
		t.Anon += u.Anonymous
		t.Swap += u.Swap
		switch {
		case a.Flags&area.GrowsDown != 0:
			t.Stack += u.Size
		case a.Prot&addr.ProtWrite != 0:
			t.Data += u.Size
		case a.Prot&addr.ProtExec != 0:
			t.Exec += u.Size
		}
		if a.Flags&area.Locked != 0 {
			t.Locked += u.Size
		}
	}
	t.Peak = max(s.peak, t.Resident)
	return t
}

// Mapping describes the ABI page that holds va.
func (s *Space) Mapping(va addr.VAddr) paging.Mapping {
	m := paging.Mapping{Frame: addr.NoFrame, Slot: -1}
	if _, ok := s.list.Find(va); !ok || s.ended || !s.in {
		return m
	}
	size := s.m.mmu.Mem.Size()
	va = va.ABIDown()
	m.Frame = s.Page(size.PageOf(va)).Frame
	m.Present = m.Frame != addr.NoFrame
	m.Exclusive, m.Within = m.Present, size.Offset(va)
	return m
}
