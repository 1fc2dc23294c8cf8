package policy

import "memlab/paging/addr"

// vmin keeps a page after a reference only if it is referenced again within tau references, and else evicts
// it at once (B. G. Prieve, R. S. Fabry, "VMIN: an optimal variable-space page replacement algorithm", CACM
// 19(5), 1976). It faults on exactly the references on which the working set of the same tau does, and never
// holds more pages. The definition has no limit of frames; where there is one, and memory is full, the page
// whose next use is farthest goes.
//
// State: the page of the running reference; a heap of frames by next use, for a memory with a limit.
// Cost: O(log n).
type vmin struct {
	opt
	tau   uint64
	going addr.Frame // its page goes at this reference
}

func newVMIN(frames Frames, future Future, tau int) *vmin {
	return &vmin{opt: *newOPT(frames, future, false), tau: uint64(tau), going: addr.NoFrame}
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
	p.going = addr.NoFrame
	if next := p.future.NextUse(); next == Never || next-p.frames.Now() > p.tau {
		p.going = f
	}
}

// Freed forgets the page of f.
func (p *vmin) Freed(f addr.Frame) {
	p.opt.Freed(f)
	if f == p.going {
		p.going = addr.NoFrame
	}
}

// Expired is the page of the running reference if it is not needed soon.
func (p *vmin) Expired() addr.Frame {
	if p.going != addr.NoFrame && !p.frames.Evictable(p.going) {
		return addr.NoFrame
	}
	return p.going
}
