package policy

import "memlab/paging/addr"

// wTinyLFU is a small window of new pages in front of a main memory, an SLRU, into which only pages come that
// are referenced more often than what they would put out (G. Einziger, R. Friedman, B. Manes, "TinyLFU: a
// highly efficient cache admission policy", ACM TOS 13(4), 2017). How often is estimated by a small sketch
// that forgets.
//
// Choices: the window has 1 % of the frames and main memory protects 80 %, as in the paper; pages are always
// loaded, into the window; the candidate is the window's oldest page, and goes if the sketch does not hold
// it for strictly more frequent than the oldest probationary page; the sketch is a count-min sketch without
// doorkeeper (see sketch).
//
// State: three lists of frames, the sketch. Cost: O(1).
type wTinyLFU struct {
	frames Frames
	lists  lists // probation, protected, window
	page   []uint32
	sketch sketch
	window int
	prot   int
}

// window is the list beside probation and protected.
const window int32 = 2

func newWTinyLFU(frames Frames, windowSize, prot int) *wTinyLFU {
	n := frames.Len()
	return &wTinyLFU{
		frames: frames, lists: newLists(3, n), page: make([]uint32, n), sketch: newSketch(n),
		window: windowSize, prot: prot,
	}
}

func (p *wTinyLFU) Name() string { return "w-tinylfu" }

func (p *wTinyLFU) Need() Need { return NeedTrace }

func (p *wTinyLFU) resize(n int, v values) {
	p.sketch.resize(n)
	p.window, p.prot = v.of["window"], v.of["prot"]
	if p.prot < 0 {
		p.prot = 4 * (n - p.window) / 5
	}
	for p.lists.size[protected] > p.prot {
		p.lists.move(probation, p.lists.head(protected))
	}
	for p.lists.size[window] > p.window {
		p.lists.move(probation, p.lists.head(window))
	}
}

func (p *wTinyLFU) Fault(page uint32) { p.sketch.add(page) }

func (p *wTinyLFU) Loaded(f addr.Frame) {
	p.page[f] = p.frames.PageOf(f)
	p.lists.move(window, int32(f))
	if p.lists.size[window] > p.window {
		p.lists.move(probation, p.lists.head(window))
	}
}

func (p *wTinyLFU) Freed(f addr.Frame) { p.lists.remove(int32(f)) }

func (p *wTinyLFU) Referenced(f addr.Frame) {
	p.sketch.add(p.page[f])
	switch list := p.lists.in(int32(f)); list {
	case probation:
		p.lists.move(protected, int32(f))
		if p.lists.size[protected] > p.prot {
			p.lists.move(probation, p.lists.head(protected))
		}
	default:
		p.lists.toTail(list, int32(f))
	}
}

func (p *wTinyLFU) Holds(f addr.Frame) bool { return p.lists.in(int32(f)) != none }

func (p *wTinyLFU) Victim() addr.Frame {
	candidate := p.lists.evictable(window, p.frames)
	victim := p.lists.evictable(probation, p.frames)
	if victim == addr.NoFrame {
		victim = p.lists.evictable(protected, p.frames)
	}
	switch {
	case victim == addr.NoFrame:
		return candidate
	case candidate == addr.NoFrame || p.lists.size[window] < p.window:
		return victim
	case p.sketch.count(p.page[candidate]) > p.sketch.count(p.page[victim]):
		return victim
	}
	return candidate
}
