package paging

import (
	"maps"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/paging/policy"
	"memlab/paging/table"
)

// This file is what the replacement policy gets beyond loads and evictions: every reference and the time,
// if it asks for them, and names of pages that outlive their frames.

// watcher shows every access to the policy, and to a recorder. It exists only for a policy that asks for
// references, their number or ticks, and for a recorder; there are no Lines then, so that all accesses come
// to Translate. One access that succeeds is one reference, once for each page that it touches; every
// instruction fetched is one, too.
type watcher struct {
	pool   *pool
	stream policy.Stream
	ticker policy.Ticker
	expire policy.Expirer
	record *recorder // nil: nobody records
	every  uint64
	now    uint64 // index of the running reference, or of the last
	over   bool   // reference now has been made
	ticked uint64 // the last at which there was a tick
	fresh  []bool // by frame: loaded, not used since
	half   bool   // the running reference is the first of an access to two pages, or the second
}

// newWatcher makes a watcher if the policy needs one. Under local replacement each process has its own: its
// references are counted by themselves, as the papers' process time is.
func (q *pool) newWatcher() *watcher {
	c := q.can
	if c.Stream == nil && c.Ticker == nil && c.Clocked == nil && c.Expirer == nil &&
		q.pager.recording == nil {
		return nil
	}
	w := q.watched()
	w.stream, w.ticker, w.expire = c.Stream, c.Ticker, c.Expirer
	if w.ticker != nil {
		w.every = w.ticker.Every()
	}
	return w
}

// watched is the pool's watcher, which is made if there is none.
func (q *pool) watched() *watcher {
	if q.watch == nil {
		q.watch = &watcher{pool: q, fresh: make([]bool, q.pager.Mem.Frames()), record: q.pager.recording}
	}
	return q.watch
}

// before begins an access. What expires with the reference before it goes now: until here its bytes were in
// use. Between the two pages of one access nothing goes.
func (w *watcher) before() {
	if w.over {
		if w.expire != nil && !w.half {
			w.pool.pager.putOut(w.expire.Expired)
		}
		w.now++
		w.over = false
	}
	if w.every != 0 && w.now%w.every == 0 && w.now != w.ticked {
		w.ticked = w.now
		w.ticker.Tick()
	}
}

// after ends an access that was made to the page in f. The one that faulted and so brought it in is no
// further reference. A page that is charged to another process is a matter of that one's policy.
func (w *watcher) after(f addr.Frame, faulted bool) {
	at := w.pool.pager.poolOf(f).watch
	fresh := at.fresh[f]
	at.fresh[f] = false
	if at.stream != nil && (!fresh || !faulted) {
		at.stream.Referenced(f)
	}
	w.over = true
}

// loaded tells the policy that the page of f is in memory.
func (p *Pager) loaded(f addr.Frame) {
	q := p.poolOf(f)
	if q.watch != nil {
		q.watch.fresh[f] = true
	}
	q.policy.Loaded(f)
}

// shed puts out what the policy wants to be rid of at a fault.
func (q *pool) shed() {
	if q.can.Shedder != nil {
		q.pager.putOut(q.can.Shedder.Shed)
	}
}

// putOut evicts what next names, until it names no more. A page that cannot be written stays, and ends it.
func (p *Pager) putOut(next func() addr.Frame) {
	p.stale = unknown
	for f := next(); f != addr.NoFrame; f = next() {
		old := p.place(f)
		out, cause := p.evict(f)
		if cause != NotPresent {
			return
		}
		if out.Kind != event.None && p.Bus.On(out.Kind) {
			p.Bus.Emit(&out)
		}
		p.freed(old, f)
		p.stale = unknown
	}
}

// Now is the index of the running reference.
func (v frames) Now() uint64 {
	if w := v.q.watch; w != nil {
		return w.now
	}
	return 0
}

// Clean writes the page in f to its file or to swap, if there is room for it.
func (v frames) Clean(f addr.Frame) {
	p := v.p
	told, cause := p.writeOut(f, p.place(f))
	if cause != NotPresent {
		return
	}
	p.setAll(f, table.Dirty, false, 0)
	if p.Bus.On(told.Kind) {
		p.Bus.Emit(&told)
	}
}

// identity is what makes a page the same when it comes back.
type identity struct {
	space phys.Space
	page  addr.Page
}

// number is the number by which the policy knows a page. Numbers are given in the order in which they are
// first asked for, and only for policies that ask: there are as many as there are different pages.
func (q *pool) number(s phys.Space, page addr.Page) uint32 {
	id := identity{s, page}
	n, ok := q.numbers[id]
	if !ok {
		if q.numbers == nil {
			q.numbers = make(map[identity]uint32)
		}
		n = q.named
		q.named++
		q.numbers[id] = n
	}
	return n
}

// unname forgets the pages of a space that ends: its own number is going to be used again.
func (p *Pager) unname(s phys.Space) {
	if p.recording != nil {
		p.recording.ended(s)
	}
	for _, q := range p.pools() {
		maps.DeleteFunc(q.numbers, func(id identity, _ uint32) bool { return id.space == s })
	}
}

// PageOf is the number of the page in f.
func (v frames) PageOf(f addr.Frame) uint32 {
	in := &v.p.Mem.Table[f]
	return v.q.number(in.Owner, in.Page)
}

// markedFrames are frames that keep the marks of last use, which cost a store at each reference and not a
// call: LRU is content with them.
type markedFrames struct{ frames }

func (v markedFrames) LastUse(f addr.Frame) uint64 { return v.p.Mem.Table[f].LastUse }
