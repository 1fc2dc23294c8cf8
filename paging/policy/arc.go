package policy

import "memlab/paging/addr"

// arc balances recency against frequency by itself (N. Megiddo, D. S. Modha, "ARC: a self-tuning, low
// overhead replacement cache", FAST 2003). T1 has the pages seen once lately, T2 those seen more often, B1
// and B2 the numbers of pages that were put out of them. A fault on a page of B1 says that T1 is too small
// and raises its target p, one on a page of B2 lowers it. p is a real number; with pint = 1 the steps are
// divided as integers.
//
// Invariants, with c frames: |T1| + |T2| <= c, |T1| + |B1| <= c, all four lists together <= 2c.
//
// State: two lists of frames, two lists of at most c pages that are gone, p. Cost: O(1).
type arc struct {
	frames Frames
	n      int
	t      lists // recent and frequent, frames
	b      lists // recent and frequent, pages
	page   []uint32
	p      float64
	pint   bool
	inB2   bool // the page that comes in was in B2
	known  bool // it was in B1 or B2
	drop   bool // the victim is T1's, and not to be remembered
	victim addr.Frame
}

const (
	recent int32 = iota
	frequent
)

func newARC(frames Frames, pint bool) *arc {
	n := frames.Len()
	return &arc{
		frames: frames, n: n, t: newLists(2, n), b: newLists(2, 0), page: make([]uint32, n), pint: pint,
		victim: addr.NoFrame,
	}
}

func (p *arc) Name() string { return "arc" }

func (p *arc) Need() Need { return NeedTrace }

func (p *arc) resize(n int, _ values) {
	p.n, p.p = n, min(p.p, float64(n))
	for p.b.size[recent] > 0 && p.t.size[recent]+p.b.size[recent] > n {
		p.b.remove(p.b.head(recent))
	}
	p.b.trim(frequent, n)
}

func (p *arc) Referenced(f addr.Frame) {
	if p.t.in(int32(f)) == frequent {
		p.t.toTail(frequent, int32(f))
	} else {
		p.t.move(frequent, int32(f))
	}
}

// Fault is what the paper does before REPLACE: cases II, III, and IV without the eviction.
func (p *arc) Fault(page uint32) {
	p.b.grow(int(page) + 1)
	p.known, p.inB2, p.drop = true, false, false
	c := float64(p.n)
	b1, b2 := p.b.size[recent], p.b.size[frequent]
	switch p.b.in(int32(page)) {
	case recent:
		p.p = min(p.p+p.step(b1, b2), c)
	case frequent:
		p.inB2 = true
		p.p = max(p.p-p.step(b2, b1), 0)
	default:
		p.known = false
		p.forget()
	}
}

// step is how far p moves for a page that is remembered in a list of own pages, when the other has others.
func (p *arc) step(own, others int) float64 {
	switch {
	case own >= others:
		return 1
	case p.pint:
		return float64(others / own)
	}
	return float64(others) / float64(own)
}

// forget makes room for one more page in the lists.
func (p *arc) forget() {
	c := p.n
	t1, b1 := p.t.size[recent], p.b.size[recent]
	switch all := t1 + p.t.size[frequent] + b1 + p.b.size[frequent]; {
	case t1+b1 >= c && b1 > 0 && t1 < c:
		p.b.remove(p.b.head(recent))
	case t1+b1 >= c:
		p.drop = true
	case all >= 2*c:
		p.b.remove(p.b.head(frequent))
	}
}

func (p *arc) Holds(f addr.Frame) bool { return p.t.in(int32(f)) != none }

// Victim is REPLACE, or T1's oldest page where it fills memory alone.
func (p *arc) Victim() addr.Frame {
	from, other := frequent, recent
	t1 := p.t.size[recent]
	if t1 > 0 && (p.drop || float64(t1) > p.p || p.inB2 && float64(t1) == p.p) {
		from, other = recent, frequent
	}
	if p.victim = p.t.evictable(from, p.frames); p.victim == addr.NoFrame {
		p.victim = p.t.evictable(other, p.frames)
	}
	return p.victim
}

func (p *arc) Freed(f addr.Frame) {
	list := p.t.in(int32(f))
	p.t.remove(int32(f))
	if f == p.victim && list != none && (!p.drop || list != recent) {
		p.b.move(list, int32(p.page[f]))
	}
	p.victim = addr.NoFrame
}

func (p *arc) Loaded(f addr.Frame) {
	page := p.frames.PageOf(f)
	p.page[f] = page
	p.b.remove(int32(page))
	if p.known {
		p.t.move(frequent, int32(f))
	} else {
		p.t.move(recent, int32(f))
	}
	p.known, p.drop, p.inB2 = false, false, false
}
