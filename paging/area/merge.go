package area

import (
	"memlab/paging/addr"
)

// The merge rule (mm/vma.c): two areas become one if they touch, agree in everything but the place and the
// anon id, continue each other's offsets, and their anon ids can be one.
//
// An anon id stands for Linux's anon_vma, the structure by which the kernel finds the owners of a private
// page. It is made when the first private page appears. Two areas that have different ones can never be one
// area; that is why the history of writes shows in /proc/PID/maps.

// alike reports whether a and b agree in all that is not place or anon id.
func alike(a, b *Area) bool {
	return a.Prot == b.Prot && a.May == b.May && (a.Flags^b.Flags)&^Inherited == 0 &&
		a.File == b.File && a.Object == b.Object && a.Name == b.Name && a.Flags&Special == 0
}

// follows reports whether b begins where a ends, in memory and in what is mapped.
func follows(a, b *Area) bool {
	return a.End == b.Start && a.Offset+uint64(a.End-a.Start) == b.Offset
}

// sameAnon reports whether target, an area of the list, can take in pages of source (is_mergeable_anon_vma).
func sameAnon(target, source *Area) bool {
	switch {
	case target.AnonID == 0 && source.AnonID != 0:
		return source.Flags&Inherited == 0
	case target.AnonID != 0 && source.AnonID == 0:
		return target.Flags&Inherited == 0
	}
	return target.AnonID == source.AnonID
}

// neighbours reports which of the areas at index left and right can be one with a, which lies between them.
// If both can with a but not with each other, only the left is.
func (l *List) neighbours(a *Area, left, right int) (joinLeft, joinRight bool) {
	if left >= 0 {
		p := &l.areas[left]
		joinLeft = follows(p, a) && alike(p, a) && sameAnon(p, a)
	}
	if right < len(l.areas) {
		n := &l.areas[right]
		joinRight = follows(a, n) && alike(a, n) && sameAnon(n, a)
	}
	if joinLeft && joinRight {
		p, n := l.areas[left].AnonID, l.areas[right].AnonID
		joinRight = p == 0 || n == 0 || p == n
	}
	return joinLeft, joinRight
}

// adopt gives a the anon id of b if it has none.
func (a *Area) adopt(b *Area) {
	if a.AnonID == 0 {
		a.AnonID = b.AnonID
		a.Flags |= b.Flags & Inherited
	}
}

// insert puts a, whose range is free, into the list, joined with its neighbours where the rule allows
// (vma_merge_new_range).
func (l *List) insert(a Area) {
	i := l.first(a.Start)
	left, right := l.neighbours(&a, i-1, i)
	l.put(a, i, left, right)
}

// put is insert with the decision made: a comes before area i. It returns where a is now.
func (l *List) put(a Area, i int, left, right bool) int {
	switch {
	case left && right:
		p, n := &l.areas[i-1], &l.areas[i]
		p.End = n.End
		p.adopt(n)
		p.adopt(&a)
		l.deleteAt(i, i+1)
		return i - 1
	case left:
		p := &l.areas[i-1]
		p.End = a.End
		p.adopt(&a)
		return i - 1
	case right:
		n := &l.areas[i]
		n.Start, n.Offset = a.Start, a.Offset
		n.adopt(&a)
		return i
	}
	l.insertAt(i, a)
	return i
}

// modify gives the part [start, end) of area i the rights and flags of want, splitting or joining as
// needed, and returns where that part is now (vma_modify, vma_merge_existing_range). Only a part that
// reaches an end of the area can join a neighbour there.
func (l *List) modify(i int, start, end addr.VAddr, want Area) (int, error) {
	a := l.areas[i]
	want.Start, want.End, want.Offset = a.Start, a.End, a.Offset
	want = want.part(start, end)
	left, right := i-1, i+1
	if start != a.Start {
		left = -1
	}
	if end != a.End {
		right = len(l.areas)
	}
	joinLeft, joinRight := l.neighbours(&want, left, right)
	if !joinLeft && !joinRight {
		return l.carve(i, want)
	}
	l.deleteAt(i, i+1) // its other parts come back below
	if start != a.Start {
		l.insertAt(i, a.part(a.Start, start))
		i++
	} else if end != a.End {
		l.insertAt(i, a.part(end, a.End))
	}
	return l.put(want, i, joinLeft, joinRight), nil
}

// carve makes the part of area i that want covers an area of its own: want.
func (l *List) carve(i int, want Area) (int, error) {
	if want.Start != l.areas[i].Start {
		if err := l.split(i, want.Start); err != nil {
			return i, err
		}
		i++
	}
	if want.End != l.areas[i].End {
		if err := l.split(i, want.End); err != nil {
			return i, err
		}
	}
	l.areas[i] = want
	return i, nil
}

// FirstPrivateWrite is called when a private page of the area of va comes into being, before any other rule
// sees it: an area that had none gets its anon id (mm/rmap.c, anon_vma_prepare). Reading makes none. A
// later call does nothing.
func (l *List) FirstPrivateWrite(va addr.VAddr) {
	if i := l.find(va); i >= 0 && l.areas[i].Flags&Shared == 0 {
		l.prepareAnon(i)
	}
}

// prepareAnon gives area i an anon id: that of a neighbour that it could be one with after an mprotect, the
// right one first, otherwise a new one (find_mergeable_anon_vma).
func (l *List) prepareAnon(i int) {
	a := &l.areas[i]
	if a.AnonID != 0 {
		return
	}
	lends := func(n, low, high *Area) bool {
		h := *high
		h.Prot = low.Prot
		return n.AnonID != 0 && n.Flags&Inherited == 0 && follows(low, &h) && alike(low, &h)
	}
	if i+1 < len(l.areas) && lends(&l.areas[i+1], a, &l.areas[i+1]) {
		a.AnonID = l.areas[i+1].AnonID
		return
	}
	if i > 0 && lends(&l.areas[i-1], &l.areas[i-1], a) {
		a.AnonID = l.areas[i-1].AnonID
		return
	}
	l.nextID++
	a.AnonID = l.nextID
}
