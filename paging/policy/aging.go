package policy

import "memlab/paging/addr"

// aging and nfu approximate LRU and LFU by a counter for each frame, which is brought up to date from the
// accessed bits at each tick (Tanenbaum, "Modern Operating Systems"). nfu adds the bit, so that it never
// forgets; aging shifts it in from the left of a counter of so many bits. A new page has counter 0; the bit
// of the running tick is not looked at. Victim: the smallest counter, among equals the lowest frame (D8).
//
// State: a counter a frame. Cost: O(n) a tick and a fault.
type aging struct {
	frames  Frames
	loaded  []bool
	counter []uint64
	tick    uint64
	bits    int // 0: nfu
}

func newAging(frames Frames, tick, bits int) *aging {
	n := frames.Len()
	return &aging{
		frames: frames, loaded: make([]bool, n), counter: make([]uint64, n), tick: uint64(tick), bits: bits,
	}
}

func newNFU(frames Frames, tick int) *aging { return newAging(frames, tick, 0) }

func (p *aging) Name() string {
	if p.bits == 0 {
		return "nfu"
	}
	return "aging"
}

func (p *aging) Need() Need { return NeedBits }

func (p *aging) Loaded(f addr.Frame) { p.loaded[f], p.counter[f] = true, 0 }

func (p *aging) Freed(f addr.Frame) { p.loaded[f] = false }

func (p *aging) Every() uint64 { return p.tick }

func (p *aging) Tick() {
	for i, loaded := range p.loaded {
		if !loaded {
			continue
		}
		f := addr.Frame(i)
		used := uint64(0)
		if p.frames.Accessed(f) {
			used = 1
			p.frames.ClearAccessed(f)
		}
		if p.bits == 0 {
			p.counter[f] += used
		} else {
			p.counter[f] = p.counter[f]>>1 | used<<(p.bits-1)
		}
	}
}

func (p *aging) Victim() addr.Frame {
	victim := addr.NoFrame
	for i, loaded := range p.loaded {
		f := addr.Frame(i)
		if !loaded || !p.frames.Evictable(f) {
			continue
		}
		if victim == addr.NoFrame || p.counter[f] < p.counter[victim] {
			victim = f
		}
	}
	return victim
}
