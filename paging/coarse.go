package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
)

// Pages that are larger than the ABI's. Private memory may still begin and end at any ABI page: a page that
// spans several areas is put together for the process. Shared memory cannot be: the page is one for all who
// map it. So what is shared obeys the rules that Linux has on a processor with such pages: addresses and
// offsets are multiples of the page size, lengths are rounded up to it, and what would cut such a page is
// EINVAL.

// coarse reports whether pages are larger than the ABI's.
func (s *AddressSpace) coarse() bool { return s.pager.MMU.Mask >= addr.ABIPage }

// fitShared applies the rules to a request.
func (s *AddressSpace) fitShared(r *area.Request) error {
	size := uint64(s.pager.Mem.Size())
	fixed := r.Flags&(area.MapFixed|area.MapFixedNoReplace) != 0
	if r.Flags&area.MapSharedValidate == area.MapPrivate {
		if fixed && (s.cutsShared(r.Addr) || s.cutsShared(r.Addr+addr.VAddr(r.Len).ABIUp())) {
			return area.EINVAL
		}
		return nil
	}
	if r.Len == 0 || r.Len > 1<<62 {
		return nil // the rules of all areas refuse it
	}
	r.Len = (r.Len + size - 1) &^ (size - 1)
	file := r.File != nil && r.Flags&area.MapAnonymous == 0
	switch {
	case file && r.Offset%size != 0, fixed && uint64(r.Addr)%size != 0:
		return area.EINVAL
	case fixed || uint64(r.Addr)%size == 0 && r.Addr != 0:
		return nil
	}
	at, err := s.list.Place(r.Len + size)
	if err != nil {
		return err
	}
	r.Addr = at + addr.VAddr(-uint64(at)&(size-1)) // a hint that is free
	return nil
}

// cutsShared reports whether va lies inside a page of shared memory.
func (s *AddressSpace) cutsShared(va addr.VAddr) bool {
	size := s.pager.Mem.Size()
	if size.Offset(va) == 0 {
		return false
	}
	base := size.Base(size.PageOf(va))
	for ar, ok := s.list.Next(base); ok && ar.Start < base+addr.VAddr(size); ar, ok = s.list.Next(ar.End) {
		if ar.Flags&area.Shared != 0 {
			return true
		}
	}
	return false
}

// fitUnmap applies the rules to a range that is to be unmapped, and returns its length.
func (s *AddressSpace) fitUnmap(start addr.VAddr, length uint64) (uint64, error) {
	if s.cutsShared(start) {
		return 0, area.EINVAL
	}
	end := start + addr.VAddr(length).ABIUp()
	if end > start && s.cutsShared(end) {
		length = (length + s.pager.MMU.Mask) &^ s.pager.MMU.Mask
	}
	return length, nil
}

// fitRemap applies the rules to mremap: shared memory moves by whole pages, and nothing moves into its
// midst.
func (s *AddressSpace) fitRemap(old addr.VAddr, oldLen, newLen uint64, flags uint32, to addr.VAddr) error {
	ar, ok := s.list.Find(old)
	shared := ok && ar.Flags&area.Shared != 0
	all := uint64(old) | oldLen | newLen
	if flags&(area.RemapFixed|area.RemapDontUnmap) != 0 {
		all |= uint64(to)
		if s.cutsShared(to) || s.cutsShared(to+addr.VAddr(newLen).ABIUp()) {
			return area.EINVAL
		}
	}
	searched := newLen > oldLen || flags&(area.RemapFixed|area.RemapDontUnmap) == area.RemapDontUnmap
	if shared && (all&s.pager.MMU.Mask != 0 || searched) {
		return area.EINVAL // it must not be put where a search finds room
	}
	return nil
}
