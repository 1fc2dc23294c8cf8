package policy

import "memlab/paging/addr"

// lruK evicts the page whose k-th most recent reference is oldest; a page with fewer references goes before
// all others, among such the one whose last reference is oldest (E. J. O'Neil, P. E. O'Neil, G. Weikum, "The
// LRU-K page replacement algorithm for database disk buffering", SIGMOD 1993). The correlated reference
// period is 0, and history is retained without limit (keep = 1) or dropped on eviction (keep = 0; D19).
//
// State: the times of the last k references of each page, newest first, and a heap of frames by the k-th and
// the first. Cost: O(k + log n).
type lruK struct {
	frames Frames
	heap   heap
	k      int
	keep   bool
	times  []uint64 // k for each page; 0: no such reference
	page   []uint32 // by frame
	clock  uint64
}

func newLRUK(frames Frames, k int, keep bool) *lruK {
	n := frames.Len()
	return &lruK{frames: frames, heap: newHeap(n), k: k, keep: keep, page: make([]uint32, n)}
}

func (p *lruK) Name() string { return "lru2" }

func (p *lruK) Need() Need { return NeedTrace }

func (p *lruK) Loaded(f addr.Frame) {
	page := p.frames.PageOf(f)
	p.times = grown(p.times, (int(page)+1)*p.k)
	p.page[f] = page
	p.Referenced(f)
}

func (p *lruK) Freed(f addr.Frame) {
	if !p.keep && p.heap.at[f] >= 0 {
		clear(p.history(f))
	}
	p.heap.remove(f)
}

func (p *lruK) history(f addr.Frame) []uint64 { return p.times[int(p.page[f])*p.k:][:p.k] }

func (p *lruK) Referenced(f addr.Frame) {
	p.clock++
	h := p.history(f)
	copy(h[1:], h)
	h[0] = p.clock
	p.heap.set(f, key{h[p.k-1], p.clock})
}

func (p *lruK) Holds(f addr.Frame) bool { return p.heap.at[f] >= 0 }

func (p *lruK) Victim() addr.Frame { return p.heap.least(p.frames) }
