package policy

import (
	"slices"

	"memlab/paging/addr"
)

// vmin keeps a page after a reference only if it is referenced again within tau references, and else evicts
// it at once (B. G. Prieve, R. S. Fabry, "VMIN: an optimal variable-space page replacement algorithm", CACM
// 19(5), 1976). It faults on exactly the references on which the working set of the same tau does, and never
// holds more pages. The definition has no limit of frames; where there is one, and memory is full, the page
// whose next use is farthest goes.
//
// State: the pages of the running access; a heap of frames by next use, for a memory with a limit.
// Cost: O(log n).
type vmin struct {
	opt
	tau   uint64
	going []addr.Frame // whose pages go now: one, or two of an access to two pages
}

func newVMIN(frames Frames, future Future, tau int) *vmin {
	return &vmin{
		opt: *newOPT(frames, future, false), tau: uint64(tau), going: make([]addr.Frame, 0, frames.Len()),
	}
}

func (p *vmin) Name() string { return "vmin" }

func (p *vmin) Clocked() {}

func (p *vmin) Loaded(f addr.Frame) {
	p.opt.Loaded(f)
	p.judge(f)
}

func (p *vmin) Referenced(f addr.Frame) {
	p.opt.Referenced(f)
	p.judge(f)
}

func (p *vmin) judge(f addr.Frame) {
	p.stay(f)
	if next := p.future.NextUse(); next == Never || next-p.frames.Now() > p.tau {
		p.going = append(p.going, f)
	}
}

// stay takes f off the list of those that go.
func (p *vmin) stay(f addr.Frame) {
	if i := slices.Index(p.going, f); i >= 0 {
		p.going = slices.Delete(p.going, i, i+1)
	}
}

// Freed forgets the page of f.
func (p *vmin) Freed(f addr.Frame) {
	p.opt.Freed(f)
	p.stay(f)
}

// Expired is a page that is not needed soon, once its access is over.
func (p *vmin) Expired() addr.Frame {
	for _, f := range p.going {
		if p.frames.Evictable(f) {
			return f
		}
	}
	return addr.NoFrame
}
