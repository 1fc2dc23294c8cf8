package policy

import (
	"math/bits"

	"memlab/paging/addr"
)

// mq keeps pages in several queues by how often they have been referenced: queue k has those with 2^k to
// 2^(k+1)-1 references, each in order of last use (Y. Zhou, J. F. Philbin, K. Li, "The multi-queue
// replacement algorithm for second level buffer caches", USENIX ATC 2001). The victim is the oldest page of
// the lowest queue that has one; its number and count are remembered in Qout, and it goes on from there if it
// comes back. A page that is not referenced for life references sinks by a queue, the oldest of each queue
// being looked at after every reference.
//
// Choices: the paper takes life from the distances that it measures; here it is a parameter, the number of
// frames unless given. Qout is a FIFO of four times as many pages as there are frames, as in its experiments.
//
// State: the queues and Qout, a count and an expiry by page. Cost: O(1), with as many steps as queues.
type mq struct {
	frames Frames
	queues lists // frames
	out    lists // pages that are gone, and remembered
	page   []uint32
	expiry []uint64
	count  []uint32 // by page: references; of those in memory and in Qout
	now    uint64   // references so far
	n      int      // queues
	life   uint64
	most   int // pages that Qout holds
	victim addr.Frame
}

func newMQ(frames Frames, queues, life, most int) *mq {
	n := frames.Len()
	return &mq{
		frames: frames, queues: newLists(queues, n), out: newLists(1, 0), page: make([]uint32, n),
		expiry: make([]uint64, n), n: queues, life: uint64(life), most: most, victim: addr.NoFrame,
	}
}

func (p *mq) Name() string { return "mq" }

func (p *mq) Need() Need { return NeedTrace }

func (p *mq) resize(_ int, v values) {
	p.life, p.most = uint64(v.of["life"]), v.of["out"]
	p.out.trim(0, p.most)
}

func (p *mq) Fault(page uint32) {
	p.out.grow(int(page) + 1)
	p.count = grown(p.count, int(page)+1)
	if p.out.in(int32(page)) == none {
		p.count[page] = 0
	}
	p.out.remove(int32(page))
}

func (p *mq) Loaded(f addr.Frame) {
	p.page[f] = p.frames.PageOf(f)
	p.Referenced(f)
}

func (p *mq) Referenced(f addr.Frame) {
	c := &p.count[p.page[f]]
	*c++
	p.queues.move(int32(min(bits.Len32(*c), p.n)-1), int32(f))
	p.expiry[f] = p.now + p.life
	p.now++
	for k := int32(1); k < int32(p.n); k++ {
		if x := p.queues.head(k); x >= 0 && p.expiry[x] < p.now {
			p.queues.move(k-1, x)
			p.expiry[x] = p.now + p.life
		}
	}
}

func (p *mq) Freed(f addr.Frame) {
	known := p.queues.in(int32(f)) != none
	p.queues.remove(int32(f))
	if known && f == p.victim && p.most > 0 {
		p.out.move(0, int32(p.page[f]))
		p.out.trim(0, p.most)
	}
	p.victim = addr.NoFrame
}

func (p *mq) Holds(f addr.Frame) bool { return p.queues.in(int32(f)) != none }

func (p *mq) Victim() addr.Frame {
	for k := range int32(p.n) {
		if p.victim = p.queues.evictable(k, p.frames); p.victim != addr.NoFrame {
			break
		}
	}
	return p.victim
}
