package policy

import "memlab/paging/addr"

// gclock is clock with a counter in place of the bit (A. J. Smith, "Sequentiality and prefetching in
// database systems", ACM TODS 3(3), 1978). A page is loaded with init; a hit counts up, to 2^bits - 1 at
// most; the hand counts down what it passes and evicts where it finds 0.
//
// State: counters by frame, the hand. Cost: amortised O(1). Pages that cannot go are passed and left as they
// are.
type gclock struct {
	frames  Frames
	loaded  []bool
	counter []uint32
	most    uint32
	init    uint32
	hand    int
}

func newGClock(frames Frames, bits, init int) *gclock {
	n := frames.Len()
	most := uint32(1)<<bits - 1
	return &gclock{
		frames: frames, loaded: make([]bool, n), counter: make([]uint32, n), most: most,
		init: min(uint32(init), most),
	}
}

func (p *gclock) Name() string { return "gclock" }

func (p *gclock) Need() Need { return NeedTrace }

func (p *gclock) Loaded(f addr.Frame) { p.loaded[f], p.counter[f] = true, p.init }

func (p *gclock) Freed(f addr.Frame) { p.loaded[f] = false }

func (p *gclock) Referenced(f addr.Frame) {
	if p.counter[f] < p.most {
		p.counter[f]++
	}
}

func (p *gclock) Holds(f addr.Frame) bool { return p.loaded[f] }

func (p *gclock) Victim() addr.Frame {
	n := len(p.loaded)
	for idle := 0; idle < n; {
		f := addr.Frame(p.hand)
		if p.hand++; p.hand == n {
			p.hand = 0
		}
		if !p.loaded[f] || !p.frames.Evictable(f) {
			idle++
			continue
		}
		if p.counter[f] == 0 {
			return f
		}
		p.counter[f]--
		idle = 0
	}
	return addr.NoFrame
}
