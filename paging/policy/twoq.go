package policy

import "memlab/paging/addr"

// twoQ keeps new pages in a queue, A1in, and pages that have proved themselves in a list by last use, Am:
// a page proves itself by a fault while A1out still remembers that it was put out of A1in (T. Johnson,
// D. Shasha, "2Q: a low overhead high performance buffer management replacement algorithm", VLDB 1994, the
// full version). A hit in A1in changes nothing. A page in A1out leaves it before room is made (D14). Room is
// made from A1in if it holds more than kin pages or Am is empty, else from Am.
//
// State: two lists of frames, and of at most kout pages that are gone. Cost: O(1).
type twoQ struct {
	frames    Frames
	in        lists // a1in and am, frames
	out       lists // pages that A1in has put out
	page      []uint32
	kin, kout int
	proved    bool // the page that comes in was in A1out
	victim    addr.Frame
}

const (
	a1in int32 = iota
	am
)

func newTwoQ(frames Frames, kin, kout int) *twoQ {
	n := frames.Len()
	return &twoQ{
		frames: frames, in: newLists(2, n), out: newLists(1, 0), page: make([]uint32, n),
		kin: kin, kout: kout, victim: addr.NoFrame,
	}
}

func (p *twoQ) Name() string { return "2q" }

func (p *twoQ) Need() Need { return NeedTrace }

func (p *twoQ) resize(_ int, v values) {
	p.kin, p.kout = v.of["kin"], v.of["kout"]
	p.out.trim(0, p.kout)
}

func (p *twoQ) Fault(page uint32) {
	p.out.grow(int(page) + 1)
	p.proved = p.out.in(int32(page)) != none
	p.out.remove(int32(page))
}

func (p *twoQ) Loaded(f addr.Frame) {
	p.page[f] = p.frames.PageOf(f)
	if p.proved {
		p.in.move(am, int32(f))
	} else {
		p.in.move(a1in, int32(f))
	}
	p.proved = false
}

func (p *twoQ) Freed(f addr.Frame) {
	if f == p.victim && p.in.in(int32(f)) == a1in && p.kout > 0 {
		p.out.move(0, int32(p.page[f]))
		if p.out.size[0] > p.kout {
			p.out.remove(p.out.head(0))
		}
	}
	p.in.remove(int32(f))
	p.victim = addr.NoFrame
}

func (p *twoQ) Referenced(f addr.Frame) {
	if p.in.in(int32(f)) == am {
		p.in.toTail(am, int32(f))
	}
}

func (p *twoQ) Holds(f addr.Frame) bool { return p.in.in(int32(f)) != none }

func (p *twoQ) Victim() addr.Frame {
	first, second := am, a1in
	if p.in.size[a1in] > p.kin || p.in.size[am] == 0 {
		first, second = a1in, am
	}
	if p.victim = p.in.evictable(first, p.frames); p.victim == addr.NoFrame {
		p.victim = p.in.evictable(second, p.frames)
	}
	return p.victim
}
