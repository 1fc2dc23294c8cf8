package policy

import "memlab/paging/addr"

// lirs ranks pages by the distance between their last two references, not by the last alone (S. Jiang,
// X. Zhang, "LIRS: an efficient low inter-reference recency set replacement policy", SIGMETRICS 2002). Most
// of memory belongs to LIR pages, with a low distance; the others, HIR, share hirs frames, and the oldest of
// them goes. The stack S holds the LIR pages and all pages referenced since the oldest of these, also such
// as are gone; a HIR page that is referenced again while in S becomes LIR, and the LIR page at the bottom
// becomes HIR. While more than hirs frames are free, new pages are LIR at once. skip_repeat = 1: a reference
// to the page of the one before changes nothing, as in the authors' program.
//
// State: stack S over pages, without limit; queue Q of resident HIR pages, by frame. Cost: amortised O(1).
type lirs struct {
	frames  Frames
	n       int
	s       lists // stack, pages; its head is the bottom
	q       lists // resident HIR pages, frames
	isLIR   []bool
	frameOf []int32 // by page; none: gone
	page    []uint32
	loaded  int
	nLIR    int
	hirs    int
	skip    bool
	start   bool  // the page that comes in does so while frames abound
	last    int32 // page of the last reference
	victim  addr.Frame
}

func newLIRS(frames Frames, hirs int, skipRepeat bool) *lirs {
	n := frames.Len()
	return &lirs{
		frames: frames, n: n, s: newLists(1, 0), q: newLists(1, n), page: make([]uint32, n), hirs: hirs,
		skip: skipRepeat, last: none, victim: addr.NoFrame,
	}
}

func (p *lirs) Name() string { return "lirs" }

func (p *lirs) Need() Need { return NeedTrace }

func (p *lirs) Referenced(f addr.Frame) {
	x := int32(p.page[f])
	if p.skip && x == p.last {
		return
	}
	p.last = x
	switch {
	case p.isLIR[x]:
		p.s.toTail(0, x)
		p.prune()
	case p.s.in(x) != none:
		p.q.remove(int32(f))
		p.s.toTail(0, x)
		p.promote(x)
	default:
		p.s.pushTail(0, x)
		p.q.toTail(0, int32(f))
	}
}

func (p *lirs) Fault(page uint32) {
	n := int(page) + 1
	p.s.grow(n)
	p.isLIR = grown(p.isLIR, n)
	p.frameOf = grownNone(p.frameOf, n)
	p.start = p.n-p.loaded > p.hirs
}

func (p *lirs) Loaded(f addr.Frame) {
	x := int32(p.frames.PageOf(f))
	p.page[f], p.frameOf[x], p.last = uint32(x), int32(f), x
	p.loaded++
	known := p.s.in(x) != none
	p.s.move(0, x)
	if known || p.start {
		p.promote(x)
	} else {
		p.q.move(0, int32(f))
		p.prune()
	}
	p.start = false
}

// promote makes x, which is on top of S, LIR, and another page HIR if there are too many.
func (p *lirs) promote(x int32) {
	p.isLIR[x] = true
	p.nLIR++
	p.demote()
}

// demote makes the LIR pages at the bottom of S HIR while there are too many.
func (p *lirs) demote() {
	for p.nLIR > p.n-p.hirs {
		p.prune()
		bottom := p.s.head(0)
		p.s.remove(bottom)
		p.isLIR[bottom] = false
		p.nLIR--
		p.q.pushTail(0, p.frameOf[bottom])
	}
	p.prune()
}

func (p *lirs) resize(n int, v values) {
	p.n, p.hirs = n, min(v.of["hirs"], max(n-1, 1))
	p.demote()
}

// prune drops what is not LIR from the bottom of S.
func (p *lirs) prune() {
	for x := p.s.head(0); x >= 0 && !p.isLIR[x]; x = p.s.head(0) {
		p.s.remove(x)
	}
}

func (p *lirs) Freed(f addr.Frame) {
	x := int32(p.page[f])
	if int(x) >= len(p.frameOf) || p.frameOf[x] != int32(f) {
		return
	}
	p.frameOf[x] = none
	p.loaded--
	p.q.remove(int32(f))
	if p.isLIR[x] || f != p.victim {
		p.s.remove(x)
		if p.isLIR[x] {
			p.isLIR[x] = false
			p.nLIR--
		}
		p.prune()
	}
	p.victim = addr.NoFrame
}

func (p *lirs) Holds(f addr.Frame) bool {
	x := p.page[f]
	return int(x) < len(p.frameOf) && p.frameOf[x] == int32(f)
}

// Victim is the oldest resident HIR page. Where pages have been unmapped or cannot go there may be none: then
// it is the LIR page nearest to the bottom.
func (p *lirs) Victim() addr.Frame {
	if p.victim = p.q.evictable(0, p.frames); p.victim != addr.NoFrame {
		return p.victim
	}
	for x := p.s.head(0); x >= 0; x = p.s.after(x) {
		if f := p.frameOf[x]; f != none && p.frames.Evictable(addr.Frame(f)) {
			p.victim = addr.Frame(f)
			break
		}
	}
	return p.victim
}
