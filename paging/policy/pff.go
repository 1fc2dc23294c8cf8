package policy

import (
	"slices"

	"memlab/paging/addr"
)

// pff watches the time between faults: if more than tau references have gone by since the last one, the
// program has too many pages, and all that were not used since then go; otherwise it gets one more frame
// (W. W. Chu, H. Opderbeck, "The page fault frequency replacement algorithm", AFIPS FJCC 1972). The accessed
// bits are cleared at every fault, so that a clear bit says not used since. The first
// fault only loads. The definition has no limit of frames; where there is one, and memory is full, the page
// goes that was seen in use longest ago, as far as faults tell.
//
// State: which frames are loaded, in order of the last fault that found them used. Cost: O(n) a fault.
type pff struct {
	frames  Frames
	order   lists // frames
	shed    []uint32
	tau     uint64
	last    uint64 // time of the last fault
	faulted bool
}

func newPFF(frames Frames, tau int) *pff {
	n := frames.Len()
	return &pff{frames: frames, order: newLists(1, n), shed: make([]uint32, 0, n), tau: uint64(tau)}
}

func (p *pff) Name() string { return "pff" }

func (p *pff) Need() Need { return NeedBits }

func (p *pff) Clocked() {}

func (p *pff) Loaded(f addr.Frame) { p.order.move(0, int32(f)) }

func (p *pff) Freed(f addr.Frame) { p.order.remove(int32(f)) }

// Fault chooses what goes, in order of pages.
func (p *pff) Fault(uint32) {
	now := p.frames.Now()
	shrink := p.faulted && now-p.last > p.tau
	p.last, p.faulted = now, true
	p.shed = p.shed[:0]
	f := p.order.head(0)
	for range p.order.size[0] {
		frame, next := addr.Frame(f), p.order.after(f)
		if p.frames.Accessed(frame) {
			p.frames.ClearAccessed(frame)
			p.order.toTail(0, f)
		} else if shrink && p.frames.Evictable(frame) {
			p.shed = append(p.shed, uint32(f))
		}
		f = next
	}
	slices.SortFunc(p.shed, func(a, b uint32) int {
		return int(p.frames.PageOf(addr.Frame(b))) - int(p.frames.PageOf(addr.Frame(a)))
	})
}

// Shed is the next page to go.
func (p *pff) Shed() addr.Frame {
	for len(p.shed) > 0 {
		f := addr.Frame(p.shed[len(p.shed)-1])
		p.shed = p.shed[:len(p.shed)-1]
		if p.order.in(int32(f)) != none && p.frames.Evictable(f) {
			return f
		}
	}
	return addr.NoFrame
}

func (p *pff) Holds(f addr.Frame) bool { return p.order.in(int32(f)) != none }

func (p *pff) Victim() addr.Frame { return p.order.evictable(0, p.frames) }
