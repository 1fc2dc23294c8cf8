package policy

import "memlab/paging/addr"

// lfu evicts the page that was referenced least often, and mfu the one that was most often, on the ground
// that the others have just come (textbooks; perfect LFU is a stack algorithm in Mattson et al. 1970). The
// count is 1 on loading and one more a hit. keep = 0 forgets it on eviction, keep = 1 lets it survive, so
// that loading again adds 1. Among equals goes the smallest time: of the last reference
// (tie = lru) or of loading (tie = fifo, D7).
//
// State: a heap of frames by count and time; with keep a count for each page ever seen. Cost: O(log n).
type lfu struct {
	frames Frames
	heap   heap
	kept   []uint64 // by page; nil: forgotten
	page   []uint32 // by frame
	clock  uint64   // loads and references so far
	fifo   bool
	most   bool // mfu
}

func newLFU(frames Frames, fifo, keep, most bool) *lfu {
	p := &lfu{frames: frames, heap: newHeap(frames.Len()), fifo: fifo, most: most}
	if keep {
		p.kept, p.page = make([]uint64, 0, 64), make([]uint32, frames.Len())
	}
	return p
}

func (p *lfu) Name() string {
	if p.most {
		return "mfu"
	}
	return "lfu"
}

func (p *lfu) Need() Need { return NeedTrace }

func (p *lfu) Loaded(f addr.Frame) {
	p.clock++
	count := uint64(1)
	if p.kept != nil {
		page := p.frames.PageOf(f)
		p.kept = grown(p.kept, int(page)+1)
		count += p.kept[page]
		p.page[f] = page
	}
	if p.most {
		count = ^count
	}
	p.heap.set(f, key{count, p.clock})
}

func (p *lfu) Freed(f addr.Frame) {
	if p.kept != nil && p.heap.at[f] >= 0 {
		count := p.heap.keys[f].first
		if p.most {
			count = ^count
		}
		p.kept[p.page[f]] = count
	}
	p.heap.remove(f)
}

func (p *lfu) Referenced(f addr.Frame) {
	p.clock++
	k := p.heap.keys[f]
	if k.first++; p.most {
		k.first -= 2 // the complement of the count
	}
	if !p.fifo {
		k.second = p.clock
	}
	p.heap.set(f, k)
}

func (p *lfu) Holds(f addr.Frame) bool { return p.heap.at[f] >= 0 }

func (p *lfu) Victim() addr.Frame { return p.heap.least(p.frames) }
