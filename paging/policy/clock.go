package policy

import "memlab/paging/addr"

// clock goes round the frames and evicts the first whose accessed bit is clear, clearing the bits that it
// passes (F. J. Corbató, "A paging experiment with the Multics system", MIT Project MAC, MAC-M-384, 1968).
// It has the same hits and the same victims as second chance, the queue formulation.
//
// State: the hand. It starts at frame 0, stops just past the victim, and neither a hit nor a load into a
// free frame moves it (D2). The bits are the hardware's. Frames that are free or cannot go are passed and
// left as they are. Cost: amortised O(1); at worst two revolutions.
//
// A page that was just loaded has its bit set by the instruction that is restarted: r_on_load = 1 needs no
// action. r_on_load = 0 is coldClock (D1).
type clock struct {
	frames Frames
	loaded []bool
	hand   int
}

func newClock(frames Frames, rOnLoad bool) Policy {
	c := clock{frames: frames, loaded: make([]bool, frames.Len())}
	if rOnLoad {
		return &c
	}
	return &coldClock{c}
}

func (p *clock) Name() string { return "clock" }

func (p *clock) Need() Need { return NeedBits }

func (p *clock) Loaded(f addr.Frame) { p.loaded[f] = true }

func (p *clock) Freed(f addr.Frame) { p.loaded[f] = false }

func (p *clock) Holds(f addr.Frame) bool { return p.loaded[f] }

func (p *clock) Victim() addr.Frame {
	for range 2 * len(p.loaded) {
		f := addr.Frame(p.hand)
		if p.hand++; p.hand == len(p.loaded) {
			p.hand = 0
		}
		if !p.loaded[f] || !p.frames.Evictable(f) {
			continue
		}
		if !p.frames.Accessed(f) {
			return f
		}
		p.frames.ClearAccessed(f)
	}
	return addr.NoFrame
}

// coldClock is clock with r_on_load = 0: being loaded does not count as a use, only a later reference does.
type coldClock struct{ clock }

func (p *coldClock) Retried(f addr.Frame) { p.frames.ClearAccessed(f) }
