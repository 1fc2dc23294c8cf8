package policy

import "memlab/paging/addr"

// markedLRU is lru by the last-use mark of every reference, which no hardware keeps and the laboratory does.
//
// A hit only stores a mark in the frame table, so the order of frames is not known until a victim is
// wanted. State: a heap of loaded frames by the mark that was seen last. Marks only grow, so a seen mark is
// a lower bound: when the least frame's mark has changed it is seen anew and sinks, and the first one that
// has not changed is the oldest of all. Every look at a changed mark is paid for by a reference, hence
// O(log n) amortised. Equal marks (two pages used by one instruction) go by order of loading.
type markedLRU struct {
	frames Frames
	marks  Marks
	heap   heap
	loads  uint64
}

func newMarkedLRU(frames Frames, marks Marks) *markedLRU {
	return &markedLRU{frames: frames, marks: marks, heap: newHeap(frames.Len())}
}

func (p *markedLRU) Name() string { return nameLRU }

func (p *markedLRU) Need() Need { return NeedTrace }

func (p *markedLRU) Loaded(f addr.Frame) {
	p.loads++
	p.heap.set(f, key{p.marks.LastUse(f), p.loads})
}

func (p *markedLRU) Freed(f addr.Frame) { p.heap.remove(f) }

func (p *markedLRU) Holds(f addr.Frame) bool { return p.heap.at[f] >= 0 }

func (p *markedLRU) Victim() addr.Frame {
	h := &p.heap
	victim := addr.NoFrame
	for len(h.order) > 0 {
		f := addr.Frame(h.order[0])
		if use := p.marks.LastUse(f); use != h.keys[f].first {
			h.set(f, key{use, h.keys[f].second})
			continue
		}
		if p.frames.Evictable(f) {
			victim = f
			break
		}
		h.remove(f)
		h.aside = append(h.aside, int32(f))
	}
	h.restore()
	return victim
}
