package policy

import "memlab/paging/addr"

// lru evicts the page whose last reference is oldest (P. J. Denning, 1968; R. L. Mattson et al.,
// "Evaluation techniques for storage hierarchies", IBM Systems Journal 9(2), 1970). It is exact: it needs
// the last-use mark of every reference, which no hardware keeps and the laboratory does.
//
// A hit only stores a mark in the frame table, so the order of frames is not known until a victim is
// wanted. State: a binary heap of loaded frames by the mark that was seen last. Marks only grow, so a seen
// mark is a lower bound: when the least frame's mark has changed it is seen anew and sinks, and the first
// one that has not changed is the oldest of all. Every look at a changed mark is paid for by a reference,
// hence O(log n) amortised. Equal marks (two pages used by one instruction) go by order of loading.
type lru struct {
	frames Frames
	heap   []addr.Frame
	at     []int32 // index in heap, by frame; -1: not loaded
	seen   []uint64
	loaded []uint64 // when it was loaded, in loads
	loads  uint64
	aside  []addr.Frame // of the running Victim: oldest frames that cannot go
}

func newLRU(frames Frames) *lru {
	n := frames.Len()
	p := &lru{
		frames: frames, heap: make([]addr.Frame, 0, n), at: make([]int32, n), seen: make([]uint64, n),
		loaded: make([]uint64, n), aside: make([]addr.Frame, 0, n),
	}
	for i := range p.at {
		p.at[i] = -1
	}
	return p
}

func (p *lru) Name() string { return "lru" }

func (p *lru) Need() Need { return NeedTrace }

func (p *lru) Loaded(f addr.Frame) {
	p.Freed(f)
	p.loads++
	p.loaded[f] = p.loads
	p.push(f)
}

func (p *lru) Freed(f addr.Frame) {
	if i := p.at[f]; i >= 0 {
		p.removeAt(int(i))
	}
}

func (p *lru) Victim() addr.Frame {
	victim := addr.NoFrame
	for len(p.heap) > 0 {
		f := p.heap[0]
		if use := p.frames.LastUse(f); use != p.seen[f] {
			p.seen[f] = use
			p.sink(0)
			continue
		}
		if p.frames.Evictable(f) {
			victim = f
			break
		}
		p.removeAt(0)
		p.aside = append(p.aside, f)
	}
	for _, f := range p.aside {
		p.push(f)
	}
	p.aside = p.aside[:0]
	return victim
}

func (p *lru) older(a, b addr.Frame) bool {
	if p.seen[a] != p.seen[b] {
		return p.seen[a] < p.seen[b]
	}
	return p.loaded[a] < p.loaded[b]
}

func (p *lru) push(f addr.Frame) {
	p.seen[f] = p.frames.LastUse(f)
	p.at[f] = int32(len(p.heap))
	p.heap = append(p.heap, f)
	p.rise(len(p.heap) - 1)
}

func (p *lru) removeAt(i int) {
	last := len(p.heap) - 1
	p.at[p.heap[i]] = -1
	moved := p.heap[last]
	p.heap = p.heap[:last]
	if i == last {
		return
	}
	p.heap[i] = moved
	p.at[moved] = int32(i)
	p.rise(i)
	p.sink(int(p.at[moved]))
}

func (p *lru) swap(i, j int) {
	p.heap[i], p.heap[j] = p.heap[j], p.heap[i]
	p.at[p.heap[i]], p.at[p.heap[j]] = int32(i), int32(j)
}

func (p *lru) rise(i int) {
	for i > 0 && p.older(p.heap[i], p.heap[(i-1)/2]) {
		p.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
}

func (p *lru) sink(i int) {
	for {
		least := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(p.heap) && p.older(p.heap[child], p.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		p.swap(i, least)
		i = least
	}
}
