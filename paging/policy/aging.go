package policy

import "memlab/paging/addr"

// aging and nfu approximate LRU and LFU by a counter for each frame, which is brought up to date from the
// accessed bits at each tick (Tanenbaum, "Modern Operating Systems"). nfu adds the bit, so that it never
// forgets; aging shifts it in from the left of a counter of so many bits. A new page has counter 0; the bit
// of the running tick is not looked at. Victim: the smallest counter, among equals the lowest frame (D8).
//
// State: a counter a frame; of aging, as it was at some tick, from which it is shifted when it is wanted.
// Cost: O(n) a fault.
type aging struct {
	frames  Frames
	loaded  []bool
	used    used
	counter []uint64
	at      []uint64 // the tick of counter
	ticks   uint64
	tick    uint64
	bits    int // 0: nfu
}

func newAging(frames Frames, tick, bits int) *aging {
	n := frames.Len()
	return &aging{
		frames: frames, loaded: make([]bool, n), used: newUsed(n), counter: make([]uint64, n),
		at: make([]uint64, n), tick: uint64(tick), bits: bits,
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

func (p *aging) Loaded(f addr.Frame) {
	p.loaded[f], p.counter[f], p.at[f] = true, 0, p.ticks
	p.used.add(f)
}

func (p *aging) Referenced(f addr.Frame) { p.used.add(f) }

func (p *aging) Freed(f addr.Frame) { p.loaded[f] = false }

func (p *aging) Every() uint64 { return p.tick }

func (p *aging) Tick() {
	p.ticks++
	for _, i := range p.used.frames {
		f := addr.Frame(i)
		if !p.loaded[f] || !p.frames.Accessed(f) {
			continue
		}
		p.frames.ClearAccessed(f)
		if p.bits == 0 {
			p.counter[f]++
		} else {
			p.counter[f] = p.now(f) | 1<<(p.bits-1)
			p.at[f] = p.ticks
		}
	}
	p.used.reset()
}

// now is f's counter as of the last tick.
func (p *aging) now(f addr.Frame) uint64 {
	if p.bits == 0 {
		return p.counter[f]
	}
	return p.counter[f] >> (p.ticks - p.at[f])
}

func (p *aging) Holds(f addr.Frame) bool { return p.loaded[f] }

func (p *aging) Victim() addr.Frame {
	victim, least := addr.NoFrame, uint64(0)
	for i, loaded := range p.loaded {
		f := addr.Frame(i)
		if !loaded || !p.frames.Evictable(f) {
			continue
		}
		if c := p.now(f); victim == addr.NoFrame || c < least {
			victim, least = f, c
		}
	}
	return victim
}
