package policy

import "memlab/paging/addr"

// secondChance is FIFO that spares a page which was used: one with its accessed bit set goes from the head
// of the queue to its tail with the bit clear, the first with a clear bit is evicted (Tanenbaum, "Modern
// Operating Systems"). It has the same hits and the same victims as clock with equal r_on_load (D3).
//
// State: a queue of frames. Cost: amortised O(1). A page that cannot go keeps its place and its bit.
type secondChance struct {
	frames Frames
	queue  lists
}

func newSecondChance(frames Frames, rOnLoad bool) Policy {
	s := secondChance{frames: frames, queue: newLists(1, frames.Len())}
	if rOnLoad {
		return &s
	}
	return &coldSecondChance{s}
}

func (p *secondChance) Name() string { return "second_chance" }

func (p *secondChance) Need() Need { return NeedBits }

func (p *secondChance) Loaded(f addr.Frame) { p.queue.move(0, int32(f)) }

func (p *secondChance) Freed(f addr.Frame) { p.queue.remove(int32(f)) }

func (p *secondChance) Holds(f addr.Frame) bool { return p.queue.in(int32(f)) != none }

func (p *secondChance) Victim() addr.Frame {
	for f := p.queue.head(0); f >= 0; {
		next := p.queue.after(f)
		if frame := addr.Frame(f); p.frames.Evictable(frame) {
			if !p.frames.Accessed(frame) {
				return frame
			}
			p.frames.ClearAccessed(frame)
			p.queue.toTail(0, f)
			if next < 0 {
				next = f // it was the last: now it is met again
			}
		}
		f = next
	}
	return addr.NoFrame
}

// coldSecondChance is secondChance with r_on_load = 0: only a later reference counts as a use.
type coldSecondChance struct{ secondChance }

func (p *coldSecondChance) Retried(f addr.Frame) { p.frames.ClearAccessed(f) }
