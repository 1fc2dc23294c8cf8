package paging

import (
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
	pager  *Pager
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

// watch gives the MMU a watcher if the policy needs one.
func (p *Pager) watch() {
	c := p.can
	if c.Stream == nil && c.Ticker == nil && c.Clocked == nil && c.Expirer == nil {
		return
	}
	w := p.watched()
	w.stream, w.ticker, w.expire = c.Stream, c.Ticker, c.Expirer
	if w.ticker != nil {
		w.every = w.ticker.Every()
	}
}

// watched is the MMU's watcher, which is made if there is none.
func (p *Pager) watched() *watcher {
	if p.MMU.watch == nil {
		p.MMU.watch = &watcher{pager: p, fresh: make([]bool, p.Mem.Frames())}
	}
	return p.MMU.watch
}

// before begins an access. What expires with the reference before it goes now: until here its bytes were in
// use. Between the two pages of one access nothing goes.
func (w *watcher) before() {
	if w.over {
		if w.expire != nil && !w.half {
			w.pager.putOut(w.expire.Expired)
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
// further reference.
func (w *watcher) after(f addr.Frame, faulted bool) {
	fresh := w.fresh[f]
	w.fresh[f] = false
	if w.stream != nil && (!fresh || !faulted) {
		w.stream.Referenced(f)
	}
	w.over = true
}

// loaded tells the policy that the page of f is in memory.
func (p *Pager) loaded(f addr.Frame) {
	if w := p.MMU.watch; w != nil {
		w.fresh[f] = true
	}
	p.policy.Loaded(f)
}

// shed puts out what the policy wants to be rid of at a fault.
func (p *Pager) shed() {
	if p.can.Shedder != nil {
		p.putOut(p.can.Shedder.Shed)
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
	if w := v.p.MMU.watch; w != nil {
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
func (p *Pager) number(s phys.Space, page addr.Page) uint32 {
	id := identity{s, page}
	n, ok := p.numbers[id]
	if !ok {
		if p.numbers == nil {
			p.numbers = make(map[identity]uint32)
		}
		n = p.named
		p.named++
		p.numbers[id] = n
	}
	return n
}

// unname forgets the pages of a space that ends: its own number is going to be used again.
func (p *Pager) unname(s phys.Space) {
	if w := p.MMU.watch; w != nil && w.record != nil {
		w.record.ended(s)
	}
	for id := range p.numbers {
		if id.space == s {
			delete(p.numbers, id)
		}
	}
}

// PageOf is the number of the page in f.
func (v frames) PageOf(f addr.Frame) uint32 {
	in := &v.p.Mem.Table[f]
	return v.p.number(in.Owner, in.Page)
}

// markedFrames are frames that keep the marks of last use, which cost a store at each reference and not a
// call: LRU is content with them.
type markedFrames struct{ frames }

func (v markedFrames) LastUse(f addr.Frame) uint64 { return v.p.Mem.Table[f].LastUse }
