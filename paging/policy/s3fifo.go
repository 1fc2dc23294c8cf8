package policy

import "memlab/paging/addr"

// s3fifo has a small FIFO queue S that new pages must pass, a main one M, and the numbers G of pages that
// did not pass: most pages are used once, and leave quickly (J. Yang et al., "FIFO queues are all you need
// for cache eviction", SOSP 2023, algorithm 1). A hit raises the page's count, up to 3. At the end of S a
// page with a count above thr goes to M, else it is evicted and remembered; at the end of M it goes round
// once for each count. libcachesim = 1 is that simulator's version up to October 2024: G is asked before
// room is made, and room is made from M only if M is over its target.
//
// One fault can evict several pages: those beyond the victim are shed. State: two queues of frames and those
// chosen to go, counts, a queue of pages that are gone. Cost: amortised O(1). Pages that cannot go are put
// at the other end of their queue.
type s3fifo struct {
	frames       Frames
	n            int
	queue        lists // small, large, and going: chosen to go; frames
	gone         lists // G, pages
	page         []uint32
	count        []uint8
	from         []int32 // the queue that a page in going comes from
	small, ghost int
	thr          uint8
	early        bool // libcachesim
	known        bool // G has the page that comes in; found early
}

const (
	small int32 = iota
	large
	going
)

type s3params struct {
	small, ghost, thr int
	libcachesim       bool
}

func newS3FIFO(frames Frames, s s3params) *s3fifo {
	n := frames.Len()
	return &s3fifo{
		frames: frames, n: n, queue: newLists(3, n), gone: newLists(1, 0), page: make([]uint32, n),
		count: make([]uint8, n), from: make([]int32, n), small: s.small, ghost: s.ghost, thr: uint8(s.thr),
		early: s.libcachesim,
	}
}

func (p *s3fifo) Name() string { return "s3fifo" }

func (p *s3fifo) Need() Need { return NeedTrace }

func (p *s3fifo) resize(n int, v values) {
	p.n, p.small, p.ghost = n, v.of["small"], v.of["ghost"]
	if p.ghost < 0 {
		p.ghost = n - p.small
	}
	p.gone.trim(0, p.ghost)
}

func (p *s3fifo) Referenced(f addr.Frame) {
	if p.count[f] < 3 {
		p.count[f]++
	}
}

func (p *s3fifo) Fault(page uint32) {
	p.gone.grow(int(page) + 1)
	p.known = false
	if p.early {
		p.known = p.recall(page)
	}
}

// recall takes page out of G and reports whether it was there.
func (p *s3fifo) recall(page uint32) bool {
	found := p.gone.in(int32(page)) != none
	p.gone.remove(int32(page))
	return found
}

func (p *s3fifo) Loaded(f addr.Frame) {
	page := p.frames.PageOf(f)
	p.page[f], p.count[f] = page, 0
	queue := small
	if p.known || !p.early && p.recall(page) {
		queue = large
	}
	p.known = false
	p.queue.move(queue, int32(f))
}

func (p *s3fifo) Freed(f addr.Frame) {
	if p.queue.in(int32(f)) == going && p.from[f] == small && p.ghost > 0 {
		p.gone.move(0, int32(p.page[f]))
		if p.gone.size[0] > p.ghost {
			p.gone.remove(p.gone.head(0))
		}
	}
	p.queue.remove(int32(f))
}

// Shed is what the last Victim chose beyond the first page.
func (p *s3fifo) Shed() addr.Frame { return p.queue.evictable(going, p.frames) }

func (p *s3fifo) Holds(f addr.Frame) bool { return p.queue.in(int32(f)) != none }

func (p *s3fifo) Victim() addr.Frame {
	if f := p.Shed(); f != addr.NoFrame {
		return f
	}
	for range 3 { // S can pass all its pages on to M, which then has to give one
		if p.queue.size[large] == 0 || !p.mainFirst() {
			p.evictSmall()
		} else {
			p.evictLarge()
		}
		if f := p.Shed(); f != addr.NoFrame {
			return f
		}
	}
	p.evictSmall() // the queue whose turn it is has only pages that cannot go
	if p.queue.size[going] == 0 {
		p.evictLarge()
	}
	return p.Shed()
}

func (p *s3fifo) mainFirst() bool {
	if p.early {
		return p.queue.size[large] > p.target() || p.queue.size[small] == 0
	}
	return p.queue.size[small] < p.small
}

// target is how many pages M should have.
func (p *s3fifo) target() int { return p.n - p.small }

func (p *s3fifo) evictSmall() {
	for range p.queue.size[small] {
		f := p.queue.head(small)
		switch {
		case !p.frames.Evictable(addr.Frame(f)):
			p.queue.toTail(small, f)
		case p.count[f] > p.thr:
			p.count[f] = 0
			p.queue.move(large, f)
			if !p.early && p.queue.size[large] > p.target() {
				p.evictLarge()
			}
		default:
			p.from[f] = small
			p.queue.move(going, f)
			return
		}
	}
}

func (p *s3fifo) evictLarge() {
	for range 4 * p.queue.size[large] {
		f := p.queue.head(large)
		switch {
		case !p.frames.Evictable(addr.Frame(f)):
			p.queue.toTail(large, f)
		case p.count[f] > 0:
			p.count[f]--
			p.queue.toTail(large, f)
		default:
			p.from[f] = large
			p.queue.move(going, f)
			return
		}
	}
}
