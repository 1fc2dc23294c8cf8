package policy

import "memlab/paging/addr"

// wsClock is clock that spares the working set (R. W. Carr, J. L. Hennessy, "WSClock, a simple and effective
// algorithm for virtual memory management", SOSP 1981). The hand gives each used page the time at which it
// found it so; a page not used for more than tau references is evicted if it is clean, and else written, to
// be met clean on the next revolution. After one revolution without a victim and without a page to write,
// the first clean page goes, of dirty ones the one at the hand. Writes are complete at once.
//
// State: times by frame, the hand. Cost: amortised O(1); at worst two revolutions.
type wsClock struct {
	frames Frames
	loaded []bool
	last   []uint64
	tau    uint64
	hand   int
}

func newWSClock(frames Frames, tau int) *wsClock {
	n := frames.Len()
	return &wsClock{frames: frames, loaded: make([]bool, n), last: make([]uint64, n), tau: uint64(tau)}
}

func (p *wsClock) Name() string { return "wsclock" }

func (p *wsClock) Need() Need { return NeedBits }

func (p *wsClock) Clocked() {}

func (p *wsClock) Loaded(f addr.Frame) { p.loaded[f], p.last[f] = true, p.frames.Now() }

func (p *wsClock) Freed(f addr.Frame) { p.loaded[f] = false }

func (p *wsClock) Holds(f addr.Frame) bool { return p.loaded[f] }

func (p *wsClock) Victim() addr.Frame {
	wrote := false
	clean, first := addr.NoFrame, addr.NoFrame
	for step := range 2 * len(p.loaded) {
		if step == len(p.loaded) && !wrote {
			break
		}
		f := addr.Frame((p.hand + step) % len(p.loaded))
		if !p.loaded[f] || !p.frames.Evictable(f) {
			continue
		}
		if first == addr.NoFrame {
			first = f
		}
		if p.frames.Accessed(f) {
			p.frames.ClearAccessed(f)
			p.last[f] = p.frames.Now()
		} else if p.frames.Now()-p.last[f] > p.tau {
			if !p.frames.Dirty(f) {
				return p.take(f)
			}
			p.frames.Clean(f)
			wrote = true
		}
		if clean == addr.NoFrame && !p.frames.Dirty(f) {
			clean = f
		}
	}
	if clean != addr.NoFrame {
		return p.take(clean)
	}
	if first != addr.NoFrame {
		return p.take(first)
	}
	return addr.NoFrame
}

// take leaves the hand just past the victim.
func (p *wsClock) take(f addr.Frame) addr.Frame {
	p.hand = (int(f) + 1) % len(p.loaded)
	return f
}
