package policy

import "memlab/paging/addr"

// linuxLists is a simplification of Linux's active and inactive lists with refault distance (mm/workingset.c,
// J. Weiner 2013; only the refault test is the kernel's, workingset_test_recent). A page comes in at the head
// of the inactive list. Reclaim looks at that list's tail: a page found used for the first time gets a flag
// and goes back to the head, one found used again goes to the active list, one not used is evicted, and the
// age of the lists is kept as its shadow. Before, while the active list is the longer one, its tail goes to
// the inactive head. age counts evictions and activations; a page that faults again after fewer of them than
// the active list has pages would have stayed in a larger memory, and is active at once. Whenever a page
// moves between the lists its flag is off.
//
// State: two lists of frames, flags, shadows by page. Cost: amortised O(1). Pages that cannot go are sent
// back to the head.
type linuxLists struct {
	frames Frames
	lists  lists // inactive, active; the kernel's head is the tail here, where the newest are
	page   []uint32
	flag   []bool
	shadow []uint64 // by page: age at eviction + 1; 0: none
	age    uint64
	victim addr.Frame
}

const (
	inactive int32 = iota
	active
)

func newLinuxLists(frames Frames) *linuxLists {
	n := frames.Len()
	return &linuxLists{
		frames: frames, lists: newLists(2, n), page: make([]uint32, n), flag: make([]bool, n),
		victim: addr.NoFrame,
	}
}

func (p *linuxLists) Name() string { return "linux_lists" }

func (p *linuxLists) Need() Need { return NeedBits }

func (p *linuxLists) Fault(page uint32) { p.shadow = grown(p.shadow, int(page)+1) }

func (p *linuxLists) Loaded(f addr.Frame) {
	page := p.frames.PageOf(f)
	p.page[f], p.flag[f] = page, false
	list := inactive
	if s := p.shadow[page]; s != 0 && p.age-(s-1) <= uint64(p.lists.size[active]) {
		list = active
	}
	p.shadow[page] = 0
	p.lists.move(list, int32(f))
}

func (p *linuxLists) Freed(f addr.Frame) {
	if f == p.victim && p.lists.in(int32(f)) != none {
		p.shadow[p.page[f]] = p.age + 1
		p.age++
	}
	p.lists.remove(int32(f))
	p.victim = addr.NoFrame
}

func (p *linuxLists) Holds(f addr.Frame) bool { return p.lists.in(int32(f)) != none }

func (p *linuxLists) Victim() addr.Frame {
	for range 4*len(p.page) + 1 { // each page: deactivated, flagged, activated, deactivated again
		p.balance()
		f := p.lists.head(inactive)
		if f < 0 {
			return addr.NoFrame
		}
		frame := addr.Frame(f)
		used := p.frames.Accessed(frame)
		if used {
			p.frames.ClearAccessed(frame)
		}
		switch {
		case used && p.flag[f]:
			p.flag[f] = false
			p.lists.move(active, f)
			p.age++
		case used:
			p.flag[f] = true
			p.lists.toTail(inactive, f)
		case p.frames.Evictable(frame):
			p.victim = frame
			return frame
		default:
			p.lists.toTail(inactive, f)
		}
	}
	if p.victim = p.lists.evictable(inactive, p.frames); p.victim == addr.NoFrame {
		p.victim = p.lists.evictable(active, p.frames)
	}
	return p.victim
}

// balance keeps the inactive list at least as long as the active one.
func (p *linuxLists) balance() {
	for p.lists.size[inactive] < p.lists.size[active] {
		f := p.lists.head(active)
		p.frames.ClearAccessed(addr.Frame(f))
		p.flag[f] = false
		p.lists.move(inactive, f)
	}
}
