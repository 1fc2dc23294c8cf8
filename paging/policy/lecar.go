package policy

import (
	"math"

	"memlab/paging/addr"
)

// lecar learns whether LRU or LFU is the better expert (G. Vietri et al., "Driving cache replacement with
// ML-based LeCaR", HotStorage 2018). Each eviction is decided by lot, with the weights of the two as
// probabilities; the page is remembered in the history of the expert that chose it, and if it faults again
// while it is, that expert has erred: the other's weight grows by e^(rate·d^t), t being the references
// since, d = 0.005^(1/n).
//
// Choices, where the paper leaves them open: the rate is the paper's 0.45; a history holds as many pages as
// there are frames, and drops the oldest; the count of references is remembered with the page; among equally
// frequent pages the least recently used goes; a page that both experts would evict is not remembered, as
// neither can have erred alone. Lots come from splitmix64, one for each eviction.
//
// State: frames in order of last use and in a heap by count, two histories by page. Cost: O(log n).
type lecar struct {
	frames  Frames
	n       int
	order   lists // by last use, frames
	heap    heap  // by count, then last use
	history lists // pages that LRU, and that LFU, has put out
	page    []uint32
	count   []uint64 // by page, of those in memory or remembered
	gone    []uint64 // by page: time of eviction
	weight  [2]float64
	now     uint64
	state   uint64
	victim  addr.Frame
	by      int32 // the expert that chose the victim; none: both
}

const (
	expertLRU int32 = iota
	expertLFU
)

// lecarRate is the learning rate, and lecarDiscount what a history's length leaves of a reward.
const (
	lecarRate     = 0.45
	lecarDiscount = 0.005
)

func newLeCaR(frames Frames, seed uint64) *lecar {
	n := frames.Len()
	return &lecar{
		frames: frames, n: n, order: newLists(1, n), heap: newHeap(n), history: newLists(2, 0),
		page: make([]uint32, n), weight: [2]float64{0.5, 0.5}, state: seed, victim: addr.NoFrame,
	}
}

func (p *lecar) Name() string { return "lecar" }

func (p *lecar) Need() Need { return NeedTrace }

func (p *lecar) resize(n int, _ values) {
	p.n = n
	p.history.trim(expertLRU, n)
	p.history.trim(expertLFU, n)
}

func (p *lecar) Referenced(f addr.Frame) {
	p.now++
	p.count[p.page[f]]++
	p.order.toTail(0, int32(f))
	p.heap.set(f, key{p.count[p.page[f]], p.now})
}

// Fault rewards the expert that would have kept the page.
func (p *lecar) Fault(page uint32) {
	p.now++
	n := int(page) + 1
	p.history.grow(n)
	p.count, p.gone = grown(p.count, n), grown(p.gone, n)
	erred := p.history.in(int32(page))
	if erred == none {
		p.count[page] = 0
		return
	}
	p.history.remove(int32(page))
	reward := math.Pow(lecarDiscount, float64(p.now-p.gone[page])/float64(p.n))
	p.weight[1-erred] *= math.Exp(lecarRate * reward)
	sum := p.weight[expertLRU] + p.weight[expertLFU]
	p.weight[expertLRU] /= sum
	p.weight[expertLFU] = 1 - p.weight[expertLRU]
}

func (p *lecar) Loaded(f addr.Frame) {
	page := p.frames.PageOf(f)
	p.page[f] = page
	p.count[page]++
	p.order.move(0, int32(f))
	p.heap.set(f, key{p.count[page], p.now})
}

func (p *lecar) Freed(f addr.Frame) {
	known := p.heap.at[f] >= 0
	p.order.remove(int32(f))
	p.heap.remove(f)
	if known && f == p.victim && p.by != none {
		p.gone[p.page[f]] = p.now
		p.history.move(p.by, int32(p.page[f]))
		p.history.trim(p.by, p.n)
	}
	p.victim = addr.NoFrame
}

func (p *lecar) Holds(f addr.Frame) bool { return p.heap.at[f] >= 0 }

func (p *lecar) Victim() addr.Frame {
	old, rare := p.order.evictable(0, p.frames), p.heap.least(p.frames)
	if old == addr.NoFrame {
		p.victim = addr.NoFrame
		return p.victim
	}
	var draw uint64
	p.state, draw = splitmix64(p.state)
	p.victim, p.by = rare, expertLFU
	if float64(draw>>11)/(1<<53) < p.weight[expertLRU] {
		p.victim, p.by = old, expertLRU
	}
	if old == rare {
		p.by = none
	}
	return p.victim
}
