package policy

import "memlab/paging/addr"

// mglru is a simplification of Linux's multi-generational LRU (mm/vmscan.c since 6.1, Yu Zhao): generations
// without tiers, without refault feedback, and aged only when a victim is wanted. A page
// that comes in joins the youngest generation. The oldest one gives the victim, in order of arrival; a page
// that is found used moves to the youngest with its bit clear. With fewer than two generations that have
// pages, memory is aged first: all frames in order of their numbers, used ones move to the youngest with
// their bits clear, and a new youngest is opened.
//
// State: one list of frames, in order of generation and arrival, for pages only ever join the youngest; the
// generation of each. Cost: amortised O(1). Pages that cannot go are passed and left as they are.
type mglru struct {
	frames   Frames
	order    lists
	gen      []uint64
	youngest uint64
}

func newMGLRU(frames Frames) *mglru {
	n := frames.Len()
	return &mglru{frames: frames, order: newLists(1, n), gen: make([]uint64, n)}
}

func (p *mglru) Name() string { return "mglru" }

func (p *mglru) Need() Need { return NeedBits }

func (p *mglru) Loaded(f addr.Frame) { p.join(int32(f)) }

func (p *mglru) Freed(f addr.Frame) { p.order.remove(int32(f)) }

func (p *mglru) join(f int32) {
	p.gen[f] = p.youngest
	p.order.move(0, f)
}

func (p *mglru) Holds(f addr.Frame) bool { return p.order.in(int32(f)) != none }

func (p *mglru) Victim() addr.Frame {
	if p.order.size[0] == 0 {
		return addr.NoFrame
	}
	if p.gen[p.order.head(0)] == p.gen[p.order.tail(0)] {
		p.age()
	}
	f := p.order.head(0)
	for range 2 * p.order.size[0] {
		if f < 0 {
			break
		}
		next := p.order.after(f)
		if frame := addr.Frame(f); p.frames.Evictable(frame) {
			if !p.frames.Accessed(frame) {
				return frame
			}
			p.frames.ClearAccessed(frame)
			p.join(f)
			if next < 0 {
				next = f
			}
		}
		f = next
	}
	return addr.NoFrame
}

func (p *mglru) age() {
	for f := range p.gen {
		if frame := addr.Frame(f); p.order.in(int32(f)) != none && p.frames.Accessed(frame) {
			p.frames.ClearAccessed(frame)
			p.join(int32(f))
		}
	}
	p.youngest++
}
