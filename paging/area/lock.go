package area

import "memlab/paging/addr"

// Lock is mlock(2), or munlock(2) with on false, for the list's part: it marks the areas of the range; once
// all are marked mlock makes their pages exist. with onFault mlock2's MLOCK_ONFAULT is meant: pages are
// locked when they come. EPERM: nothing may be locked. ENOMEM: more than may be locked, a hole in the
// range, an area without any right (found after marking), or too many areas.
func (l *List) Lock(start addr.VAddr, length uint64, on, onFault bool) error {
	end := (start + addr.VAddr(length)).ABIUp()
	start = start.ABIDown()
	var mark Flags
	switch {
	case on && !l.canLock():
		return EPERM
	case on && !l.mayLock(Locked, uint64(end-start)-l.covered(start, end, (*Area).locked)):
		return ENOMEM
	case end < start:
		return EINVAL
	case on:
		mark = lockFlags(onFault)
	}
	for at := start; at < end; {
		i := l.first(at)
		if i == len(l.areas) || l.areas[i].Start > at {
			return ENOMEM
		}
		i, err := l.lockPart(i, at, min(end, l.areas[i].End), mark)
		if err != nil {
			return err
		}
		at = l.areas[i].End
	}
	for i := l.first(start); on && !onFault && i < len(l.areas) && l.areas[i].Start < end; i++ {
		if l.areas[i].Prot == 0 {
			return ENOMEM
		}
		l.populated(l.areas[i].Start)
	}
	return nil
}

func lockFlags(onFault bool) Flags {
	if onFault {
		return Locked | LockOnFault
	}
	return Locked
}

// lockPart gives [start, end) of area i the locking of mark (mm/mlock.c, mlock_fixup). Special areas cannot
// be locked.
func (l *List) lockPart(i int, start, end addr.VAddr, mark Flags) (int, error) {
	l.locks = l.locks || mark != 0
	want := l.areas[i]
	want.Flags = want.Flags&^(Locked|LockOnFault) | mark
	if want.Flags == l.areas[i].Flags || want.Flags&Special != 0 {
		return i, nil
	}
	return l.modify(i, start, end, want)
}

// MayBeLocked reports whether any area has been locked, or was to be as it was made. Few programs do that.
func (l *List) MayBeLocked() bool { return l.locks }

// The flags of mlockall(2).
const (
	LockCurrent = 1
	LockFuture  = 2
	LockOnFirst = 4 // MCL_ONFAULT
)

// LockAll is mlockall(2), and munlockall(2) with flags 0. EINVAL: flags. EPERM, ENOMEM: as Lock.
func (l *List) LockAll(flags int) error {
	switch {
	case flags&^(LockCurrent|LockFuture|LockOnFirst) != 0, flags == LockOnFirst:
		return EINVAL
	case flags != 0 && !l.canLock():
		return EPERM
	case flags&LockCurrent != 0 && !l.limits.MayLock && l.total(everything) > l.limits.Memlock:
		return ENOMEM
	}
	mark := lockFlags(flags&LockOnFirst != 0)
	l.future, l.locks = 0, l.locks || flags != 0
	if flags&LockFuture != 0 {
		l.future = mark
	}
	if flags&LockCurrent == 0 && flags != 0 {
		return nil
	}
	if flags&LockCurrent == 0 {
		mark = 0
	}
	for i := 0; i < len(l.areas); i++ {
		at, err := l.lockPart(i, l.areas[i].Start, l.areas[i].End, mark)
		if err == nil { // one that cannot be marked is left out
			i = at
		}
		if mark == Locked && l.areas[i].Prot != 0 {
			l.populated(l.areas[i].Start)
		}
	}
	return nil
}

// Advise sets and clears flags of the areas in [start, end), as the kinds of madvise(2) do that are about
// areas. refused has the flags of areas that it is EINVAL for; then the part before is done. Holes are
// ENOMEM, after the rest is done.
func (l *List) Advise(start, end addr.VAddr, set, drop Flags, refused func(*Area) bool) error {
	var hole error
	for at := start; at < end; {
		i := l.first(at)
		if i == len(l.areas) {
			return ENOMEM
		}
		if l.areas[i].Start > at {
			hole = ENOMEM
			if at = l.areas[i].Start; at >= end {
				break
			}
		}
		if refused != nil && refused(&l.areas[i]) {
			return EINVAL
		}
		want := l.areas[i]
		want.Flags = want.Flags&^drop | set
		if want.Flags != l.areas[i].Flags {
			var err error
			if i, err = l.modify(i, at, min(end, want.End), want); err != nil {
				return err
			}
		}
		at = l.areas[i].End
	}
	return hole
}
