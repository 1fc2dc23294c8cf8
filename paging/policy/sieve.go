package policy

import "memlab/paging/addr"

// sieve is a FIFO queue with a hand that goes from the oldest page to the newest and evicts the first that
// was not used since it last came by; used pages stay where they are, and new ones are not met before those
// between them and the hand (Y. Zhang et al., "SIEVE is simpler than LRU", NSDI 2024). Pages are loaded with
// the bit clear. Past the newest the hand begins again with the oldest.
//
// State: a queue of frames, the hand. Cost: amortised O(1). Pages that cannot go are passed and left as they
// are.
type sieve struct {
	frames Frames
	queue  lists
	hand   int32 // none: begin with the oldest
}

func newSIEVE(frames Frames) *sieve {
	return &sieve{frames: frames, queue: newLists(1, frames.Len()), hand: none}
}

func (p *sieve) Name() string { return "sieve" }

func (p *sieve) Need() Need { return NeedBits }

func (p *sieve) Retried(f addr.Frame) { p.frames.ClearAccessed(f) }

func (p *sieve) Loaded(f addr.Frame) {
	p.Freed(f)
	p.queue.pushTail(0, int32(f))
}

func (p *sieve) Freed(f addr.Frame) {
	if int32(f) == p.hand {
		if p.hand = p.queue.after(p.hand); p.hand < 0 {
			p.hand = none
		}
	}
	p.queue.remove(int32(f))
}

func (p *sieve) Holds(f addr.Frame) bool { return p.queue.in(int32(f)) != none }

// Victim leaves the hand at the victim; it moves on when that is Freed.
func (p *sieve) Victim() addr.Frame {
	at := p.hand
	for range 2 * p.queue.size[0] {
		if at < 0 {
			at = p.queue.head(0)
		}
		if f := addr.Frame(at); p.frames.Evictable(f) {
			if !p.frames.Accessed(f) {
				p.hand = at
				return f
			}
			p.frames.ClearAccessed(f)
		}
		at = p.queue.after(at)
	}
	return addr.NoFrame
}
