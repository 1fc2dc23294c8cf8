package policy

import "memlab/paging/addr"

// ws keeps the working set: the pages of the last tau references (P. J. Denning, "The working set model for
// program behavior", CACM 11(5), 1968). A page leaves when tau references have gone by without one to it,
// whether a frame is wanted or not; so a reference faults if its page was not used by any of the tau before
// it. The definition has no limit of frames. On a machine that has one, and is full, the
// page that would leave first goes.
//
// State: a list of frames by last use, and the times. Cost: O(1).
type ws struct {
	frames Frames
	order  lists
	last   []uint64
	tau    uint64
}

func newWS(frames Frames, tau int) *ws {
	n := frames.Len()
	return &ws{frames: frames, order: newLists(1, n), last: make([]uint64, n), tau: uint64(tau)}
}

func (p *ws) Name() string { return "ws" }

func (p *ws) Need() Need { return NeedTrace }

func (p *ws) Clocked() {}

func (p *ws) Loaded(f addr.Frame) {
	p.last[f] = p.frames.Now()
	p.order.move(0, int32(f))
}

func (p *ws) Freed(f addr.Frame) { p.order.remove(int32(f)) }

func (p *ws) Referenced(f addr.Frame) {
	p.last[f] = p.frames.Now()
	p.order.toTail(0, int32(f))
}

// Expired is the page that leaves the window. One that cannot go holds nobody up.
func (p *ws) Expired() addr.Frame {
	now := p.frames.Now()
	for f := p.order.head(0); f >= 0 && now-p.last[f] >= p.tau; f = p.order.after(f) {
		if p.frames.Evictable(addr.Frame(f)) {
			return addr.Frame(f)
		}
	}
	return addr.NoFrame
}

func (p *ws) Holds(f addr.Frame) bool { return p.order.in(int32(f)) != none }

func (p *ws) Victim() addr.Frame { return p.order.evictable(0, p.frames) }
