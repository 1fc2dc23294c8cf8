package policy

import "memlab/paging/addr"

// car is ARC with clocks in place of lists, so that a hit only sets the accessed bit (S. Bansal,
// D. S. Modha, "CAR: clock with adaptive replacement", FAST 2004). T1 and T2 are clocks whose hand is the
// head of a queue; B1 and B2 remember pages that were put out of them. Pages are loaded with the bit clear.
//
// State: two queues of frames, two lists of pages that are gone, the target p of T1. Cost: amortised O(1).
type car struct {
	frames Frames
	n      int
	t      lists // recent and frequent, frames
	b      lists // recent and frequent, pages
	page   []uint32
	p      float64
	full   bool // the page that comes in has replaced another
	victim addr.Frame
}

func newCAR(frames Frames) *car {
	n := frames.Len()
	return &car{
		frames: frames, n: n, t: newLists(2, n), b: newLists(2, 0), page: make([]uint32, n),
		victim: addr.NoFrame,
	}
}

func (p *car) Name() string { return "car" }

func (p *car) Need() Need { return NeedBits }

func (p *car) resize(n int, _ values) {
	p.n, p.p = n, min(p.p, float64(n))
	for p.b.size[recent] > 0 && p.t.size[recent]+p.b.size[recent] > n {
		p.b.remove(p.b.head(recent))
	}
	p.b.trim(frequent, n)
}

func (p *car) Retried(f addr.Frame) { p.frames.ClearAccessed(f) }

func (p *car) Fault(page uint32) {
	p.b.grow(int(page) + 1)
	p.full = false
}

func (p *car) Holds(f addr.Frame) bool { return p.t.in(int32(f)) != none }

// Victim is replace. Each page of T1 moves at most once, each of T2 is passed at most twice, and after that
// only pages are left that cannot go.
func (p *car) Victim() addr.Frame {
	for range 2*p.t.size[recent] + 2*p.t.size[frequent] + 1 {
		list := frequent
		if t1 := p.t.size[recent]; t1 > 0 && (float64(t1) >= max(1, p.p) || p.t.size[frequent] == 0) {
			list = recent
		}
		head := p.t.head(list)
		if head < 0 {
			return addr.NoFrame
		}
		f := addr.Frame(head)
		switch {
		case !p.frames.Evictable(f):
			p.t.toTail(list, head)
		case !p.frames.Accessed(f):
			p.victim = f
			return f
		default:
			p.frames.ClearAccessed(f)
			p.t.move(frequent, head)
		}
	}
	if p.victim = p.t.evictable(recent, p.frames); p.victim == addr.NoFrame {
		p.victim = p.t.evictable(frequent, p.frames)
	}
	return p.victim
}

func (p *car) Freed(f addr.Frame) {
	list := p.t.in(int32(f))
	p.t.remove(int32(f))
	if f == p.victim && list != none {
		p.b.move(list, int32(p.page[f]))
		p.full = true
	}
	p.victim = addr.NoFrame
}

func (p *car) Loaded(f addr.Frame) {
	page := p.frames.PageOf(f)
	p.page[f] = page
	c := p.n
	b1, b2 := p.b.size[recent], p.b.size[frequent]
	switch p.b.in(int32(page)) {
	case recent:
		p.p = min(p.p+max(1, float64(b2)/float64(b1)), float64(c))
		p.t.move(frequent, int32(f))
	case frequent:
		p.p = max(p.p-max(1, float64(b1)/float64(b2)), 0)
		p.t.move(frequent, int32(f))
	default:
		t1, t2 := p.t.size[recent], p.t.size[frequent]
		switch {
		case !p.full:
		case t1+b1 >= c && b1 > 0:
			p.b.remove(p.b.head(recent))
		case t1+t2+b1+b2 >= 2*c && b2 > 0:
			p.b.remove(p.b.head(frequent))
		}
		p.t.move(recent, int32(f))
	}
	p.b.remove(int32(page))
	p.full = false
}
