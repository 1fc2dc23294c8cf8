package policy

import "memlab/paging/addr"

// random evicts the page in a frame drawn by lot (Belady 1966, as fifo). All frames with a page are equally
// likely, in order of their numbers; if the page of the one drawn cannot go, the next in order that can,
// from the last on to the first. One draw for each victim, none otherwise, so a run depends on the seed and
// the number of replacements alone.
//
// State: the generator, splitmix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014).
type random struct {
	frames Frames
	loaded []bool
	count  int // of loaded frames
	state  uint64
}

func newRandom(frames Frames, seed uint64) *random {
	return &random{frames: frames, loaded: make([]bool, frames.Len()), state: seed}
}

func (p *random) Name() string { return "random" }

func (p *random) Need() Need { return NeedNothing }

func (p *random) Loaded(f addr.Frame) { p.set(f, true) }

func (p *random) Freed(f addr.Frame) { p.set(f, false) }

func (p *random) set(f addr.Frame, loaded bool) {
	switch {
	case loaded && !p.loaded[f]:
		p.count++
	case !loaded && p.loaded[f]:
		p.count--
	}
	p.loaded[f] = loaded
}

// frame is the loaded frame that has so many before it.
func (p *random) frame(before int) int {
	if p.count == len(p.loaded) {
		return before
	}
	for f, loaded := range p.loaded {
		if loaded {
			if before == 0 {
				return f
			}
			before--
		}
	}
	return 0
}

func (p *random) Holds(f addr.Frame) bool { return p.loaded[f] }

func (p *random) Victim() addr.Frame {
	n := len(p.loaded)
	if p.count == 0 {
		return addr.NoFrame
	}
	state, draw := splitmix64(p.state)
	i := p.frame(int(draw % uint64(p.count)))
	for range n {
		if f := addr.Frame(i); p.loaded[f] && p.frames.Evictable(f) {
			p.state = state
			return f
		}
		if i++; i == n {
			i = 0
		}
	}
	return addr.NoFrame
}

// splitmix64 is the next state of the generator and the number that it gives.
func splitmix64(state uint64) (next, number uint64) {
	state += 0x9E3779B97F4A7C15
	z := state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return state, z ^ z>>31
}
