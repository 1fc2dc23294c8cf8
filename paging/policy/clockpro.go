package policy

import "memlab/paging/addr"

// clockPro is LIRS in the shape of a clock, so that a hit only sets the accessed bit (S. Jiang, F. Chen,
// X. Zhang, "CLOCK-Pro: an effective improvement of the CLOCK replacement", USENIX ATC 2005). All pages lie
// in one circle, in order of their last known use: hot ones, cold ones, and cold ones that are gone but still
// in their test period, in which a new use proves that they should have been hot. Three hands go round.
//
//   - The cold hand evicts the first cold page not used. A used one in its test period becomes hot; a used
//     one that is not begins a new test at the head of the circle.
//   - The hot hand makes the first hot page not used cold, and ends the tests of the cold pages that it
//     passes.
//   - The test hand ends tests while more pages than there are frames are remembered.
//
// A test that ends well raises the target of cold pages by 1, one that ends in vain lowers it.
//
// Choices: pages are loaded with the bit clear; a new page is cold and in test, also while frames are free;
// the head of the circle is just behind the hot hand; the target starts at the parameter cold and stays
// between 1 and the number of frames; a page that was hot becomes cold without a test, in its place.
//
// State: the circle over pages, flags by page. Cost: amortised O(1).
type clockPro struct {
	frames  Frames
	n       int
	circle  lists
	flags   []uint8 // by page: hot, inTest
	frameOf []int32 // by page; none: gone
	page    []uint32
	hands   [3]int32 // pages; none: the circle is empty
	nHot    int
	nGone   int
	target  int // of cold pages in memory
	victim  addr.Frame
}

const (
	hot uint8 = 1 << iota
	inTest
)

const (
	handCold = iota
	handHot
	handTest
)

func newClockPro(frames Frames, cold int) *clockPro {
	n := frames.Len()
	return &clockPro{
		frames: frames, n: n, circle: newLists(1, 0), page: make([]uint32, n),
		hands: [3]int32{none, none, none}, target: cold, victim: addr.NoFrame,
	}
}

func (p *clockPro) Name() string { return "clock-pro" }

func (p *clockPro) Need() Need { return NeedBits }

func (p *clockPro) resize(n int, _ values) {
	p.n = n
	p.adapt(0)
	p.forget()
}

func (p *clockPro) Retried(f addr.Frame) { p.frames.ClearAccessed(f) }

func (p *clockPro) Fault(page uint32) {
	n := int(page) + 1
	p.circle.grow(n)
	p.flags = grown(p.flags, n)
	p.frameOf = grownNone(p.frameOf, n)
}

func (p *clockPro) Loaded(f addr.Frame) {
	x := int32(p.frames.PageOf(f))
	p.page[f] = uint32(x)
	proved := p.circle.in(x) != none // gone, and still in test
	if proved {
		p.take(x)
		p.nGone--
		p.adapt(+1)
	}
	p.frameOf[x] = int32(f)
	p.flags[x] = inTest
	p.insert(x)
	if proved {
		p.promote(x)
	}
}

func (p *clockPro) Holds(f addr.Frame) bool {
	x := p.page[f]
	return int(x) < len(p.frameOf) && p.frameOf[x] == int32(f)
}

// Victim turns the cold hand. After so many steps every page has lost its bit, and only pages that cannot go
// are left.
func (p *clockPro) Victim() addr.Frame {
	p.victim = addr.NoFrame
	for range 4*p.circle.size[0] + 1 {
		x := p.hands[handCold]
		if x < 0 {
			return addr.NoFrame
		}
		f := p.frameOf[x]
		if p.flags[x]&hot != 0 || f == none || !p.frames.Evictable(addr.Frame(f)) {
			if p.nHot == p.circle.size[0]-p.nGone { // no cold page is left to evict
				p.demote()
			}
			p.hands[handCold] = p.next(p.hands[handCold])
			continue
		}
		if !p.frames.Accessed(addr.Frame(f)) {
			p.victim = addr.Frame(f)
			return p.victim
		}
		p.frames.ClearAccessed(addr.Frame(f))
		p.spare(x)
	}
	for x := p.circle.head(0); x >= 0; x = p.circle.after(x) {
		if f := p.frameOf[x]; f != none && p.frames.Evictable(addr.Frame(f)) {
			p.victim = addr.Frame(f)
			break
		}
	}
	return p.victim
}

// spare is what the cold hand does with a page that was used.
func (p *clockPro) spare(x int32) {
	tested := p.flags[x]&inTest != 0
	p.take(x)
	p.flags[x] = inTest
	p.insert(x)
	if tested {
		p.adapt(+1)
		p.promote(x)
	}
}

// promote makes x, which is at the head of the circle, hot, and others cold where that is one too many.
func (p *clockPro) promote(x int32) {
	p.flags[x] = hot
	p.nHot++
	for p.nHot > max(p.n-p.target, 0) {
		p.demote()
	}
}

// demote turns the hot hand until it has made a hot page cold. There is one.
func (p *clockPro) demote() {
	for p.nHot > 0 {
		x := p.hands[handHot]
		p.hands[handHot] = p.next(x)
		if p.flags[x]&hot == 0 {
			p.endTest(x)
			continue
		}
		f := addr.Frame(p.frameOf[x])
		if p.frames.Accessed(f) {
			p.frames.ClearAccessed(f)
			continue
		}
		p.flags[x] = 0
		p.nHot--
		return
	}
}

// endTest ends the test period of x, if it is in one.
func (p *clockPro) endTest(x int32) {
	if p.flags[x]&inTest == 0 {
		return
	}
	p.flags[x] &^= inTest
	p.adapt(-1)
	if p.frameOf[x] == none {
		p.take(x)
		p.nGone--
	}
}

func (p *clockPro) adapt(by int) { p.target = min(max(p.target+by, 1), p.n) }

func (p *clockPro) Freed(f addr.Frame) {
	x := int32(p.page[f])
	if int(x) >= len(p.frameOf) || p.frameOf[x] != int32(f) {
		return
	}
	evicted := f == p.victim
	p.victim = addr.NoFrame
	if p.flags[x]&hot != 0 {
		p.nHot--
	}
	p.frameOf[x] = none
	if !evicted || p.flags[x]&inTest == 0 {
		p.take(x)
		return
	}
	p.hands[handCold] = p.next(x)
	p.nGone++
	p.forget()
}

// forget turns the test hand while too many pages are remembered.
func (p *clockPro) forget() {
	for p.nGone > p.n {
		x := p.hands[handTest]
		p.hands[handTest] = p.next(x)
		if p.flags[x]&hot == 0 {
			p.endTest(x)
		}
	}
}

// next is the neighbour of x in the circle, x itself if it is alone.
func (p *clockPro) next(x int32) int32 {
	if y := p.circle.after(x); y >= 0 {
		return y
	}
	return p.circle.head(0)
}

// insert puts x at the head of the circle.
func (p *clockPro) insert(x int32) {
	if p.circle.size[0] == 0 {
		p.circle.pushTail(0, x)
		p.hands = [3]int32{x, x, x}
		return
	}
	p.circle.insertBefore(p.hands[handHot], x)
}

// take takes x out of the circle; hands that point to it go on.
func (p *clockPro) take(x int32) {
	for i, at := range p.hands {
		if at != x {
			continue
		}
		if p.hands[i] = p.next(x); p.hands[i] == x {
			p.hands[i] = none
		}
	}
	p.circle.remove(x)
}
