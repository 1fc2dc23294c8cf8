package area

import "memlab/paging/addr"

// remap is one mremap(2) on its way (mm/mremap.c).
type remap struct {
	old, to        addr.VAddr
	oldLen, newLen uint64 // whole pages
	flags          uint32
}

func (r *remap) has(flag uint32) bool { return r.flags&flag != 0 }

// placed reports whether the caller says where to (DONTUNMAP: a hint).
func (r *remap) placed() bool { return r.has(RemapFixed | RemapDontUnmap) }

// Remap is mremap(2). flags are RemapMayMove, RemapFixed, RemapDontUnmap; to counts with the latter two.
// EINVAL: flags, alignment, lengths, overlap, private areas with oldLen 0, DONTUNMAP of a Special area.
// EFAULT: old is not mapped, the range leaves its area, or a Special area should grow. ENOMEM: no room, and
// it may not move; too many areas.
func (l *List) Remap(old addr.VAddr, oldLen, newLen uint64, flags uint32, to addr.VAddr) (addr.VAddr, error) {
	r := remap{old: old, to: to, oldLen: pages(oldLen), newLen: pages(newLen), flags: flags}
	if err := l.checkRemap(&r); err != nil {
		return 0, err
	}
	if l.layout.RemapMany && r.has(RemapFixed) && r.oldLen == r.newLen {
		return l.remapMany(r)
	}
	return l.remapOne(r)
}

// checkRemap checks what does not depend on the areas (check_mremap_params).
func (l *List) checkRemap(r *remap) error {
	task := l.layout.TaskSize
	switch {
	case r.flags&^(RemapMayMove|RemapFixed|RemapDontUnmap) != 0,
		r.old != r.old.ABIDown(),
		r.newLen == 0 || r.newLen > uint64(task):
		return EINVAL
	case !r.placed():
		return nil
	case r.to > task-addr.VAddr(r.newLen) || r.to != r.to.ABIDown(),
		!r.has(RemapMayMove),
		r.has(RemapDontUnmap) && r.oldLen != r.newLen,
		r.old+addr.VAddr(r.oldLen) > r.to && r.to+addr.VAddr(r.newLen) > r.old:
		return EINVAL
	case len(l.areas)+2 >= l.layout.MaxAreas-3:
		return ENOMEM
	}
	return nil
}

// remapMany moves every area in [old, old+oldLen) on its own and keeps the holes between them; what lies at
// the target of a hole stays (remap_move). The first byte must be mapped.
func (l *List) remapMany(r remap) (addr.VAddr, error) {
	end := r.old + addr.VAddr(r.oldLen)
	delta := r.to - r.old
	for at := r.old; ; {
		i := l.first(at)
		if at >= end || i == len(l.areas) || l.areas[i].Start >= end {
			if at == r.old {
				return 0, EFAULT
			}
			return r.to, nil
		}
		a := l.areas[i]
		if at == r.old && a.Start > at {
			return 0, EFAULT
		}
		part := r
		part.old = max(at, a.Start)
		part.to = part.old + delta
		part.oldLen = uint64(min(end, a.End) - part.old)
		part.newLen = part.oldLen
		if _, err := l.remapOne(part); err != nil {
			return 0, err
		}
		at = min(end, a.End)
	}
}

// remapOne is mremap of one area (check_prep_vma, mremap_at, mremap_to).
func (l *List) remapOne(r remap) (addr.VAddr, error) {
	i := l.find(r.old)
	if i < 0 {
		return 0, EFAULT
	}
	if err := r.check(&l.areas[i]); err != nil {
		return 0, err
	}
	if err := l.remapRoom(&r, &l.areas[i]); err != nil {
		return 0, err
	}
	switch {
	case r.placed():
		return l.remapTo(r)
	case r.newLen == r.oldLen:
		return r.old, nil
	case r.newLen < r.oldLen:
		return r.old, l.Unmap(r.old+addr.VAddr(r.newLen), r.oldLen-r.newLen)
	}
	grown := Area{Start: l.areas[i].Start, End: l.areas[i].End + addr.VAddr(r.newLen-r.oldLen)}
	if r.old+addr.VAddr(r.oldLen) == l.areas[i].End && l.canExtend(l.areas[i].End, grown) {
		return r.old, l.expand(i, grown.End)
	}
	if !r.has(RemapMayMove) {
		return 0, ENOMEM
	}
	return l.move(r, 0)
}

// check tells whether a, which holds r.old, can be remapped so.
func (r *remap) check(a *Area) error {
	if r.newLen <= r.oldLen && !r.placed() {
		return nil // nothing new is mapped
	}
	length := min(r.oldLen, r.newLen) // what a shrinking call unmaps may lie anywhere
	switch {
	case r.oldLen == 0 && a.Flags&Shared == 0:
		return EINVAL
	case r.has(RemapDontUnmap) && a.Flags&Special != 0:
		return EINVAL
	case length > uint64(a.End-r.old):
		return EFAULT
	case length == r.newLen:
		return nil
	case (a.Offset+uint64(r.old-a.Start))/addr.ABIPage+r.newLen/addr.ABIPage > 1<<52:
		return EINVAL // offsets in pages; the sum cannot overflow 64 bits here
	case a.Flags&Special != 0:
		return EFAULT
	}
	return nil
}

// remapRoom checks the limits on what a remapping of a adds.
func (l *List) remapRoom(r *remap, a *Area) error {
	more := uint64(0)
	if r.newLen > r.oldLen {
		more = r.newLen - r.oldLen
	}
	if r.has(RemapDontUnmap) {
		more += r.oldLen
	}
	switch {
	case more == 0:
		return nil
	case !l.mayLock(a.Flags, more):
		return EAGAIN
	case !l.mayExpand(a, more):
		return ENOMEM
	}
	return nil
}

// canExtend reports whether an area that ends at end can become grown where it is (vma_expandable). The
// guard gap of a stack above is not looked at.
func (l *List) canExtend(end addr.VAddr, grown Area) bool {
	if grown.End < end || l.overlaps(end, grown.End) {
		return false
	}
	_, err := l.place(request{hint: grown.Start, length: uint64(grown.End - grown.Start), flags: MapFixed})
	return err == nil
}

// expand lets area i end at end; it may join the one above then.
func (l *List) expand(i int, end addr.VAddr) error {
	a := l.areas[i]
	if a.Flags&Account != 0 && !l.canCommit(uint64(end-a.End), 0) {
		return ENOMEM
	}
	tail := a
	tail.Start, tail.End = a.End, end
	tail.Offset += uint64(a.End - a.Start)
	tail.Flags &^= Inherited // it is a's own: no fork stands between them
	l.insert(tail)
	l.tellMapped(tail)
	return nil
}

// remapTo is mremap with FIXED or DONTUNMAP: the target is unmapped first, then what shrinks away.
func (l *List) remapTo(r remap) (addr.VAddr, error) {
	if r.has(RemapFixed) {
		if err := l.Unmap(r.to, r.newLen); err != nil {
			return 0, err
		}
	}
	if r.newLen < r.oldLen {
		if err := l.Unmap(r.old+addr.VAddr(r.newLen), r.oldLen-r.newLen); err != nil {
			return 0, err
		}
		r.oldLen = r.newLen
	}
	return l.move(r, r.to)
}

// move finds a place for newLen bytes while the old area still exists, makes the new area there and takes
// the pages along (move_vma). hint is where to look first, or with FIXED where to go.
func (l *List) move(r remap, hint addr.VAddr) (addr.VAddr, error) {
	i := l.find(r.old)
	if i < 0 {
		return 0, EFAULT
	}
	a := l.areas[i]
	p := request{
		hint: hint, length: r.newLen, offset: a.Offset + uint64(r.old-a.Start),
		hugeFile: a.File != nil, hugeAnon: a.File == nil && a.Flags&Shared == 0,
	}
	if r.has(RemapFixed) {
		p.flags = MapFixed
	}
	to, err := l.place(p)
	if err != nil {
		return 0, err
	}
	oldEnd := r.old + addr.VAddr(r.oldLen)
	switch {
	case len(l.areas) >= l.layout.MaxAreas-3:
		return 0, ENOMEM
	case a.Flags&Special != 0 && (a.Start != r.old || a.End != oldEnd):
		return 0, EINVAL // it would be split
	case a.Flags&Account != 0 && !l.canCommit(r.newLen, r.returned()):
		return 0, ENOMEM
	}
	n := a
	n.Start, n.End, n.Offset = to, to+addr.VAddr(r.newLen), p.offset
	if a.anonymous() && a.AnonID == 0 {
		n.Offset = uint64(to) // no page knows its offset yet: renumber, to merge better
	}
	l.insert(n)
	l.tellMapped(n)
	if l.obs != nil && r.oldLen != 0 {
		l.obs.Moved(r.old, to, r.oldLen)
	}
	if r.has(RemapDontUnmap) {
		l.emptied(a, r.old, oldEnd)
		return to, nil
	}
	if r.oldLen != 0 {
		return to, l.Unmap(r.old, r.oldLen)
	}
	return to, nil
}

// returned is how many committed bytes a move gives back.
func (r *remap) returned() uint64 {
	if r.has(RemapDontUnmap) {
		return 0
	}
	return r.oldLen
}

// emptied marks the area that DONTUNMAP left behind without pages: it is not locked any more, and without
// anon id if all of it went (dontunmap_complete).
func (l *List) emptied(a Area, start, end addr.VAddr) {
	i := l.find(start)
	l.areas[i].Flags &^= Locked | LockOnFault
	if l.areas[i].Start == a.Start && l.areas[i].End == a.End && a.Start == start && a.End == end {
		l.areas[i].AnonID = 0
		l.areas[i].Flags &^= Inherited
	}
}
