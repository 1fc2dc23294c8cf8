package policy

import "memlab/paging/addr"

// nru evicts a page of the lowest class that is populated: not used and clean, not used but dirty, used and
// clean, used and dirty; in the class the lowest frame (Tanenbaum, who draws lots). All
// accessed bits are cleared at each tick.
//
// State: which frames are loaded. Cost: O(n) a fault.
type nru struct {
	frames Frames
	loaded []bool
	used   used
	tick   uint64
}

func newNRU(frames Frames, tick int) *nru {
	n := frames.Len()
	return &nru{frames: frames, loaded: make([]bool, n), used: newUsed(n), tick: uint64(tick)}
}

func (p *nru) Name() string { return "nru" }

func (p *nru) Need() Need { return NeedBits }

func (p *nru) Loaded(f addr.Frame) {
	p.loaded[f] = true
	p.used.add(f)
}

func (p *nru) Referenced(f addr.Frame) { p.used.add(f) }

func (p *nru) Freed(f addr.Frame) { p.loaded[f] = false }

func (p *nru) Every() uint64 { return p.tick }

func (p *nru) Tick() {
	for _, f := range p.used.frames {
		if p.loaded[f] {
			p.frames.ClearAccessed(addr.Frame(f))
		}
	}
	p.used.reset()
}

func (p *nru) Holds(f addr.Frame) bool { return p.loaded[f] }

func (p *nru) Victim() addr.Frame {
	victim, lowest := addr.NoFrame, 4
	for i, loaded := range p.loaded {
		f := addr.Frame(i)
		if !loaded || !p.frames.Evictable(f) {
			continue
		}
		class := 0
		if p.frames.Accessed(f) {
			class = 2
		}
		if p.frames.Dirty(f) {
			class++
		}
		if class < lowest {
			victim, lowest = f, class
		}
	}
	return victim
}
