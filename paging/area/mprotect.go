package area

import "memlab/paging/addr"

// Protect is mprotect(2). It walks up and stops at the first error; what was changed before stays changed.
// EINVAL: start is not aligned, or a part of a Special area. ENOMEM: a hole, too many areas, or commit
// limit. EACCES: the area may not have these rights.
func (l *List) Protect(start addr.VAddr, length uint64, prot addr.Prot) error {
	return l.protect(start, length, prot, false)
}

// ProtectDown is Protect with PROT_GROWSDOWN: the range is extended down to the start of its area, which
// must be one that grows (EINVAL).
func (l *List) ProtectDown(start addr.VAddr, length uint64, prot addr.Prot) error {
	return l.protect(start, length, prot, true)
}

func (l *List) protect(start addr.VAddr, length uint64, prot addr.Prot, down bool) error {
	if start != start.ABIDown() {
		return EINVAL
	}
	if length == 0 {
		return nil
	}
	const protSem = 8 // PROT_SEM: allowed, and without meaning
	end := start + addr.VAddr(pages(length))
	if end <= start {
		return ENOMEM
	}
	if prot&^(allRights|protSem) != 0 {
		return EINVAL
	}
	prot &= allRights
	i := l.first(start)
	if i == len(l.areas) || l.areas[i].Start >= end {
		return ENOMEM
	}
	if down {
		if l.areas[i].Flags&GrowsDown == 0 {
			return EINVAL
		}
		start = l.areas[i].Start
	}
	for at := start; at < end; {
		i = l.first(at)
		if i == len(l.areas) || l.areas[i].Start > at {
			return ENOMEM
		}
		a := l.areas[i]
		want := prot
		if l.layout.ReadImpliesExec && prot&addr.ProtRead != 0 && a.May&addr.ProtExec != 0 {
			want |= addr.ProtExec
		}
		if want&^a.May != 0 {
			return EACCES
		}
		next, err := l.protectPart(i, at, min(end, a.End), want)
		if err != nil {
			return err
		}
		at = next
	}
	return nil
}

// protectPart gives [start, end) of area i the rights prot and returns the end of the area that the part is
// in afterwards: what joined on the right has these rights already (mm/mprotect.c, mprotect_fixup).
func (l *List) protectPart(i int, start, end addr.VAddr, prot addr.Prot) (addr.VAddr, error) {
	a := l.areas[i]
	if a.Prot == prot {
		return a.End, nil
	}
	want := a
	want.Prot = prot
	size := uint64(end - start)
	if want.data() && !a.data() && !l.mayExpand(&want, size) && l.mayExpand(&a, size) {
		return 0, ENOMEM
	}
	if prot&addr.ProtWrite != 0 {
		if a.Flags&(Account|Shared|NoReserve) == 0 && a.Prot&addr.ProtWrite == 0 {
			if !l.canCommit(uint64(end-start), 0) {
				return 0, ENOMEM
			}
			want.Flags |= Account
		}
	} else if a.anonymous() && a.AnonID == 0 {
		want.Flags &^= Account // nothing was written yet: the promise can be taken back
	}
	i, err := l.modify(i, start, end, want)
	if err != nil {
		return 0, err
	}
	if prot&^a.Prot&addr.ProtWrite != 0 && a.Flags&(Locked|Shared) == Locked {
		l.prepareAnon(i) // locked private memory that becomes writable is copied at once
	}
	if l.obs != nil {
		l.obs.Protected(start, end, prot)
	}
	return l.areas[i].End, nil
}

// anonymous reports whether a is private memory without anything behind it (vma_is_anonymous).
func (a *Area) anonymous() bool { return a.File == nil && a.Object == nil && a.Flags&Special == 0 }
