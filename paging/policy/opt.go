package policy

import "memlab/paging/addr"

// opt evicts the page whose next reference is farthest in the future, MIN (Belady 1966, as fifo; proved
// optimal in Mattson et al. 1970, as lru). Demand paging without bypass: the faulting page is always loaded
// . Only pages that are never used again can tie; tie = oldest evicts the one loaded
// longest ago, newest the one loaded last, as OSTEP does (D4). Fault counts do not depend on it.
//
// State: a heap of frames by next use. A reference only makes a key later, so in the heap it rises, from the
// bottom where pages that are needed now are. Cost: O(log n), most often O(1).
type opt struct {
	frames Frames
	future Future
	newest bool
	heap   heap
	loads  uint64
}

func newOPT(frames Frames, future Future, newest bool) *opt {
	return &opt{frames: frames, future: future, newest: newest, heap: newHeap(frames.Len())}
}

func (p *opt) Name() string { return "opt" }

func (p *opt) Need() Need { return NeedFuture }

func (p *opt) Loaded(f addr.Frame) {
	p.loads++
	tie := p.loads
	if p.newest {
		tie = ^tie
	}
	p.heap.set(f, key{^p.future.NextUse(), tie})
}

func (p *opt) Freed(f addr.Frame) { p.heap.remove(f) }

func (p *opt) Referenced(f addr.Frame) {
	p.heap.set(f, key{^p.future.NextUse(), p.heap.keys[f].second})
}

func (p *opt) Holds(f addr.Frame) bool { return p.heap.at[f] >= 0 }

func (p *opt) Victim() addr.Frame { return p.heap.least(p.frames) }
