package policy

import "memlab/paging/addr"

// slru divides memory into a probationary and a protected segment, both in order of last use: a page enters
// the first and is promoted by its second reference, so that a scan passes through without harm (R. Karedla,
// J. S. Love, B. G. Wherry, "Caching strategies to improve disk system performance", IEEE Computer 27(3),
// 1994). prot is the most pages of the protected segment; one too many goes back to the newest end of the
// probationary one. Victim: the oldest probationary page, of the protected ones if there is none.
//
// State: two lists of frames. Cost: O(1).
type slru struct {
	frames Frames
	lists  lists
	prot   int
}

const (
	probation int32 = iota
	protected
)

func newSLRU(frames Frames, prot int) *slru {
	return &slru{frames: frames, lists: newLists(2, frames.Len()), prot: prot}
}

func (p *slru) Name() string { return "slru" }

func (p *slru) Need() Need { return NeedTrace }

func (p *slru) resize(_ int, v values) {
	p.prot = v.of["prot"]
	for p.lists.size[protected] > p.prot {
		p.lists.move(probation, p.lists.head(protected))
	}
}

func (p *slru) Loaded(f addr.Frame) { p.lists.move(probation, int32(f)) }

func (p *slru) Freed(f addr.Frame) { p.lists.remove(int32(f)) }

func (p *slru) Referenced(f addr.Frame) {
	if p.lists.in(int32(f)) == protected {
		p.lists.toTail(protected, int32(f))
		return
	}
	p.lists.move(protected, int32(f))
	if p.lists.size[protected] > p.prot {
		p.lists.move(probation, p.lists.head(protected))
	}
}

func (p *slru) Holds(f addr.Frame) bool { return p.lists.in(int32(f)) != none }

func (p *slru) Victim() addr.Frame {
	if f := p.lists.evictable(probation, p.frames); f != addr.NoFrame {
		return f
	}
	return p.lists.evictable(protected, p.frames)
}
