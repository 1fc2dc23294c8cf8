package policy

import "memlab/paging/addr"

// lru evicts the page whose last reference is oldest (P. J. Denning, 1968; R. L. Mattson et al.,
// "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970). It is exact. Being told
// of every reference it keeps a list in order of last use, O(1) a reference. Where Frames keep Marks it is
// markedLRU, which has the same victims.
type lru struct {
	frames Frames
	order  lists
}

func newLRU(frames Frames) Policy {
	if marks, ok := frames.(Marks); ok {
		return newMarkedLRU(frames, marks)
	}
	return &lru{frames: frames, order: newLists(1, frames.Len())}
}

func (p *lru) Name() string { return nameLRU }

func (p *lru) Need() Need { return NeedTrace }

func (p *lru) Loaded(f addr.Frame) { p.order.move(0, int32(f)) }

func (p *lru) Freed(f addr.Frame) { p.order.remove(int32(f)) }

func (p *lru) Referenced(f addr.Frame) { p.order.toTail(0, int32(f)) }

func (p *lru) Holds(f addr.Frame) bool { return p.order.in(int32(f)) != none }

func (p *lru) Victim() addr.Frame { return p.order.evictable(0, p.frames) }
