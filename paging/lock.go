package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
)

// Mlock is mlock2(2): it marks the areas of the range locked and, unless onFault, brings their pages in. A
// page that a locked area shows is never evicted. Errors are those of area.List.Lock, and EAGAIN when there
// are not enough frames; the areas are marked then (mm/mlock.c).
func (s *AddressSpace) Mlock(start addr.VAddr, length uint64, onFault bool) error {
	err := s.list.Lock(start, length, true, onFault)
	s.relock()
	if err != nil || onFault {
		return err
	}
	return s.fillLocked(start.ABIDown(), (start + addr.VAddr(length)).ABIUp())
}

// Munlock is munlock(2).
func (s *AddressSpace) Munlock(start addr.VAddr, length uint64) error {
	err := s.list.Lock(start, length, false, false)
	s.relock()
	return err
}

// MlockAll is mlockall(2) with area.LockCurrent and so on, and munlockall(2) with 0. Pages that cannot be
// brought in are left out, as Linux does.
func (s *AddressSpace) MlockAll(flags int) error {
	err := s.list.LockAll(flags)
	s.relock()
	if err == nil && flags&area.LockCurrent != 0 && flags&area.LockOnFirst == 0 {
		_ = s.fillLocked(0, s.list.Layout().TaskSize)
	}
	return err
}

// fillLocked brings in the pages of the areas of [from, to), for writing where that makes them the
// process's own (mm/gup.c, populate_vma_page_range).
func (s *AddressSpace) fillLocked(from, to addr.VAddr) error {
	for ar, more := s.list.Next(from); more && ar.Start < to; ar, more = s.list.Next(ar.End) {
		if ar.Prot == 0 || ar.Flags&area.Special != 0 {
			continue
		}
		err := s.touch(ar, max(from, ar.Start), min(to, ar.End), early(&ar))
		switch {
		case err == area.EFAULT: //nolint:errorlint // touch's errors are plain area.Errno
			return area.ENOMEM
		case err != nil:
			return area.EAGAIN
		}
	}
	return nil
}

// early reports whether populating ar copies its pages at once: it is private and may be written.
func early(ar *area.Area) bool {
	return ar.Prot&addr.ProtWrite != 0 && ar.Flags&area.Shared == 0
}

// SetLimits replaces the resource limits of the space; a Stack or Segment of 0 leaves that one as it is.
func (s *AddressSpace) SetLimits(l area.Limits) {
	was := s.list.Limits()
	if l.Stack == 0 {
		l.Stack = was.Stack
	}
	if l.Segment == 0 {
		l.Segment = was.Segment
	}
	s.list.SetLimits(l)
}

// relock notes whether the space has locked areas, after a call that may have changed that.
func (s *AddressSpace) relock() {
	has := false
	if !s.list.MayBeLocked() {
		return
	}
	for i := range s.list.All() {
		has = has || s.list.All()[i].Flags&area.Locked != 0
	}
	if has != s.locks {
		s.locks = has
		s.pager.locks--
		if has {
			s.pager.locks += 2
		}
	}
}

// locked reports whether a locked area shows the page in f.
func (p *Pager) locked(f addr.Frame) bool {
	in := &p.Mem.Table[f]
	if s := p.spaces[in.Owner]; s.object == nil && s.lockedPage(in.Page) {
		return true
	}
	for i := in.Others; i != 0; i = p.sharing.nodes[i].next {
		if n := &p.sharing.nodes[i]; n.space.lockedPage(n.page) {
			return true
		}
	}
	return false
}

func (s *AddressSpace) lockedPage(page addr.Page) bool {
	if !s.locks {
		return false
	}
	va := s.pager.Mem.Size().Base(page)
	end := va + addr.VAddr(s.pager.Mem.Size())
	for ar, more := s.list.Next(va); more && ar.Start < end; ar, more = s.list.Next(ar.End) {
		if ar.Flags&area.Locked != 0 {
			return true
		}
	}
	return false
}

// Written reports whether any area of the machine's programs may write to the file of the given identity:
// then a memory file cannot be sealed against writes.
func (s *AddressSpace) Written(file any) bool {
	for _, s := range s.pager.spaces {
		if s == nil || s.object != nil {
			continue
		}
		for i := range s.list.All() {
			a := &s.list.All()[i]
			if a.Flags&area.Shared != 0 && a.May&addr.ProtWrite != 0 && a.Backing() == file {
				return true
			}
		}
	}
	return false
}
