package area

import (
	"fmt"
	"sort"

	"memlab/paging/addr"
)

// List is the areas of one address space, in address order, disjoint, and its break.
//
// It is a sorted slice: an address space has tens of areas, seldom hundreds, and MaxAreas bounds the worst.
// Find is the one call that is made often (on page faults); it tries the area of the last call before it
// searches. A program that makes areas by the ten thousand must not cost their number for each: see insertAt
// and crowded.
type List struct {
	layout  Layout
	obs     Observer
	areas   []Area // a part of buffer
	buffer  []Area
	front   int // where areas begins in buffer
	limits  Limits
	future  Flags // of areas to come: locked by mlockall
	last    int   // index of the area that Find found last; any value is safe
	nextID  uint32
	locks   bool // some area may be Locked, or may be when it is made
	crowded crowded
	gone    []Area // of the running call: what was unmapped

	startBrk, brk addr.VAddr
}

// NewList makes an empty address space. obs may be nil.
func NewList(l Layout, obs Observer) *List {
	none := Limits{AS: Unlimited, Data: Unlimited, Stack: l.StackLimit, Memlock: Unlimited}
	return &List{layout: l, obs: obs, limits: none}
}

// Layout is the layout that the list was made with.
func (l *List) Layout() Layout { return l.layout }

// All is the areas in address order. The caller must not change them; the next change of the list may.
func (l *List) All() []Area { return l.areas }

// Find is the area that holds va.
func (l *List) Find(va addr.VAddr) (Area, bool) {
	i := l.find(va)
	if i < 0 {
		return Area{}, false
	}
	return l.areas[i], true
}

// Next is the first area that ends above va: the one that holds va, or else the next above.
func (l *List) Next(va addr.VAddr) (Area, bool) {
	i := l.find(va)
	if i < 0 {
		if i = l.first(va); i == len(l.areas) {
			return Area{}, false
		}
	}
	return l.areas[i], true
}

// find is the index of the area that holds va, or -1.
func (l *List) find(va addr.VAddr) int {
	if i := l.last; i < len(l.areas) && l.areas[i].Start <= va && va < l.areas[i].End {
		return i
	}
	i := l.first(va)
	if i == len(l.areas) || va < l.areas[i].Start {
		return -1
	}
	l.last = i
	return i
}

// first is the index of the first area that ends above va (Linux: find_vma), len(l.areas) if there is none.
func (l *List) first(va addr.VAddr) int {
	return sort.Search(len(l.areas), func(i int) bool { return l.areas[i].End > va })
}

// overlaps reports whether anything is mapped in [start, end).
func (l *List) overlaps(start, end addr.VAddr) bool {
	i := l.first(start)
	return i < len(l.areas) && l.areas[i].Start < end
}

// Clone is the list of a child after fork(2): the same areas but those that are DontFork, unlocked. Areas
// that have private pages are Inherited with an identity of their own (mm/rmap.c, anon_vma_fork).
func (l *List) Clone(obs Observer) *List {
	c := &List{layout: l.layout, obs: obs, nextID: l.nextID, startBrk: l.startBrk, brk: l.brk}
	c.limits = l.limits
	c.areas = make([]Area, 0, len(l.areas)+8)
	for _, a := range l.areas {
		if a.Flags&DontFork != 0 {
			continue
		}
		a.Flags &^= Locked | LockOnFault
		if a.AnonID != 0 {
			c.nextID++
			a.AnonID = c.nextID
			a.Flags |= Inherited
		}
		c.areas = append(c.areas, a)
	}
	c.buffer = c.areas[:cap(c.areas)]
	return c
}

// Check walks the list and says what is wrong with it; nil if it is sorted, disjoint, aligned and within
// its limits.
func (l *List) Check() error {
	var at addr.VAddr
	for i := range l.areas {
		a := &l.areas[i]
		switch {
		case a.Start >= a.End:
			return fmt.Errorf("area %d: %v-%v is empty", i, a.Start, a.End)
		case a.Start != a.Start.ABIDown() || a.End != a.End.ABIDown() || a.Offset%addr.ABIPage != 0:
			return fmt.Errorf("area %d: %v-%v at offset %#x is not aligned", i, a.Start, a.End, a.Offset)
		case a.Start < at:
			return fmt.Errorf("area %d: %v-%v begins before %v, the end of the last", i, a.Start, a.End, at)
		case a.End > l.layout.TaskSize:
			return fmt.Errorf("area %d: %v-%v ends above %v", i, a.Start, a.End, l.layout.TaskSize)
		case a.Prot&^a.May != 0:
			return fmt.Errorf("area %d: %v-%v has rights %v, may have %v", i, a.Start, a.End, a.Prot, a.May)
		case a.Object != nil && (a.File != nil || a.Flags&Shared == 0):
			return fmt.Errorf("area %d: %v-%v has an object, but is not shared anonymous", i, a.Start, a.End)
		}
		at = a.End
	}
	return nil
}

// split parts area i at the address at, which lies inside it.
func (l *List) split(i int, at addr.VAddr) error {
	a := l.areas[i]
	switch {
	case a.Flags&Special != 0:
		return EINVAL // special_mapping_split
	case len(l.areas) >= l.layout.MaxAreas:
		return ENOMEM
	}
	l.insertAt(i+1, a.part(at, a.End))
	l.areas[i].End = at
	return nil
}

// part is the part [start, end) of a as an area of its own.
func (a *Area) part(start, end addr.VAddr) Area {
	p := *a
	p.Offset += uint64(start - a.Start)
	p.Start, p.End = start, end
	return p
}

// cut takes [start, end) out of the list and notes in l.gone what was there. Like Linux it may fail after a
// first split, which stays (mm/vma.c, vms_gather_munmap_vmas).
func (l *List) cut(start, end addr.VAddr) error {
	l.gone = l.gone[:0]
	i := l.first(start)
	if i == len(l.areas) || l.areas[i].Start >= end {
		return nil
	}
	if l.areas[i].Start < start {
		if err := l.split(i, start); err != nil {
			return err
		}
		i++
	}
	j := i
	for ; j < len(l.areas) && l.areas[j].Start < end; j++ {
		if l.areas[j].End > end {
			if err := l.split(j, end); err != nil {
				return err
			}
		}
	}
	l.gone = append(l.gone, l.areas[i:j]...)
	l.deleteAt(i, j)
	l.loosen(i, end)
	return nil
}

// tellGone reports what the last cut took out.
func (l *List) tellGone() {
	if l.obs == nil {
		return
	}
	told, _ := l.obs.(GoneObserver)
	for _, a := range l.gone {
		if told != nil {
			told.Gone(a)
		}
		l.obs.Unmapped(a.Start, a.End)
	}
	clear(l.gone) // files and objects must not be kept alive
	l.gone = l.gone[:0]
}

func (l *List) tellMapped(a Area) {
	if l.obs != nil {
		l.obs.Mapped(a)
	}
}
