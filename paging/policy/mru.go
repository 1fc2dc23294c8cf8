package policy

import "memlab/paging/addr"

// mru evicts the most recently referenced page of those in memory, never the one that comes in (H.-T. Chou,
// D. J. DeWitt, "An evaluation of buffer management strategies for relational database systems", VLDB 1985).
// It is the best there is for loops that do not fit.
//
// State: a list in order of last use. Cost: O(1), and one step for each pinned page passed over.
type mru struct {
	frames Frames
	order  lists
}

func newMRU(frames Frames) *mru { return &mru{frames: frames, order: newLists(1, frames.Len())} }

func (p *mru) Name() string { return "mru" }

func (p *mru) Need() Need { return NeedTrace }

func (p *mru) Loaded(f addr.Frame) { p.order.move(0, int32(f)) }

func (p *mru) Freed(f addr.Frame) { p.order.remove(int32(f)) }

func (p *mru) Referenced(f addr.Frame) { p.order.toTail(0, int32(f)) }

func (p *mru) Holds(f addr.Frame) bool { return p.order.in(int32(f)) != none }

func (p *mru) Victim() addr.Frame {
	for f := p.order.tail(0); f >= 0; f = p.order.before(f) {
		if p.frames.Evictable(addr.Frame(f)) {
			return addr.Frame(f)
		}
	}
	return addr.NoFrame
}
