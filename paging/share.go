package paging

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/table"
)

// A frame can be mapped by several address spaces: after a fork parent and child have every page in common
// until one of them writes to it. The frame table names one of its pages (Owner, Page); the others hang
// behind it in a list (Others), which is the way back from a frame to its page-table entries that eviction
// needs (Linux: rmap).
//
//	frame 7: Owner 1, Page 0x401 ── Others ─→ space 2, page 0x401 ─→ space 3, page 0x401
//
// A page of a private area that has been shared is marked Cow, and its entries lack the right to write. A
// write faults: it gets a copy while others are left (split), and the last owner gets the page itself back.
// For a policy the frame is one page, whoever uses it: its marks are those of all entries together.

// mapping is one page at which a frame is mapped, beyond the first.
type mapping struct {
	space *AddressSpace
	page  addr.Page
	next  int32 // index in sharing.nodes; 0: the last
}

// sharing holds the mappings of all frames that have more than one.
type sharing struct {
	nodes []mapping // nodes[0] is unused
	free  int32     // first of the unused nodes; 0: none
	inUse int
}

// maxMappings bounds what forks without end can make memlab hold.
const maxMappings = 1 << 22

// add makes a node; 0: there are too many.
func (sh *sharing) add(s *AddressSpace, page addr.Page, next int32) int32 {
	if sh.inUse >= maxMappings {
		return 0
	}
	sh.inUse++
	if i := sh.free; i != 0 {
		sh.free = sh.nodes[i].next
		sh.nodes[i] = mapping{s, page, next}
		return i
	}
	if len(sh.nodes) == 0 {
		sh.nodes = make([]mapping, 1, 64)
	}
	sh.nodes = append(sh.nodes, mapping{s, page, next})
	return int32(len(sh.nodes) - 1)
}

// remove frees node i and returns the one behind it.
func (sh *sharing) remove(i int32) int32 {
	next := sh.nodes[i].next
	sh.nodes[i] = mapping{next: sh.free}
	sh.free = i
	sh.inUse--
	return next
}

// share maps frame f at page of s as well.
func (p *Pager) share(f addr.Frame, s *AddressSpace, page addr.Page) bool {
	in := &p.Mem.Table[f]
	i := p.sharing.add(s, page, in.Others)
	if i == 0 {
		return false
	}
	in.Others = i
	p.adopt(f, s)
	return true
}

// mappings is at how many pages f is mapped.
func (p *Pager) mappings(f addr.Frame) int {
	in := &p.Mem.Table[f]
	if in.Owner == 0 {
		return 0
	}
	n := 1
	for i := in.Others; i != 0; i = p.sharing.nodes[i].next {
		n++
	}
	return n
}

// unshare takes page of s, whose entry no longer names f, from the mappings of f, which has others.
func (p *Pager) unshare(f addr.Frame, s *AddressSpace, page addr.Page) {
	p.MMU.Invalidate(s, page)
	in, nodes := &p.Mem.Table[f], p.sharing.nodes
	if in.Owner == s.ID && in.Page == page { // the first of the others takes its place
		first := nodes[in.Others]
		in.Owner, in.Page = first.space.ID, first.page
		in.Others = p.sharing.remove(in.Others)
		p.disown(f, s)
		return
	}
	for at := &in.Others; *at != 0; at = &nodes[*at].next {
		if nodes[*at].space == s && nodes[*at].page == page {
			*at = p.sharing.remove(*at)
			p.disown(f, s)
			return
		}
	}
}

// keepMarks notes in what is left of the mappings of f that one with the entry e has gone: that it was
// written to and, of a page of the cache, that it was used.
func (p *Pager) keepMarks(f addr.Frame, e table.Entry) {
	keep := table.Dirty
	s, rest := p.entry(f)
	if s.object != nil {
		keep |= table.Accessed
	}
	if e&^rest&keep != 0 {
		s.set(p.Mem.Table[f].Page, rest|e&keep)
	}
}

// rename notes that a page of s has moved.
func (p *Pager) rename(f addr.Frame, s *AddressSpace, from, to addr.Page) {
	in := &p.Mem.Table[f]
	if in.Owner == s.ID && in.Page == from {
		in.Page = to
		return
	}
	for i := in.Others; i != 0; i = p.sharing.nodes[i].next {
		if n := &p.sharing.nodes[i]; n.space == s && n.page == from {
			n.page = to
			return
		}
	}
}

// marks are the accessed and dirty bits of all entries that map f.
func (p *Pager) marks(f addr.Frame) table.Entry {
	_, e := p.entry(f)
	for i := p.Mem.Table[f].Others; i != 0; {
		n := &p.sharing.nodes[i]
		other := n.space.lookup(n.page)
		e |= other
		i = n.next
	}
	return e & (table.Accessed | table.Dirty)
}

// setAll changes the entries of all mappings of f, and drops what is cached of them: the bits of drop go,
// and with away the entry becomes put.
func (p *Pager) setAll(f addr.Frame, drop table.Entry, away bool, put table.Entry) {
	in := &p.Mem.Table[f]
	p.setOne(p.spaces[in.Owner], in.Page, drop, away, put)
	for i := in.Others; i != 0; {
		n := p.sharing.nodes[i]
		p.setOne(n.space, n.page, drop, away, put)
		i = n.next
	}
}

// forEach calls fn for each mapping of f.
func (p *Pager) forEach(f addr.Frame, fn func(s *AddressSpace, page addr.Page)) {
	in := &p.Mem.Table[f]
	fn(p.spaces[in.Owner], in.Page)
	for i := in.Others; i != 0; {
		n := p.sharing.nodes[i]
		fn(n.space, n.page)
		i = n.next
	}
}

func (p *Pager) setOne(s *AddressSpace, page addr.Page, drop table.Entry, away bool, put table.Entry) {
	e := put
	if !away {
		e = s.lookup(page)
		e &^= drop
	}
	s.set(page, e)
	if s.object == nil {
		p.MMU.Invalidate(s, page)
	}
}

// split gives s a copy of a page that it shares, in a frame of its own. Finding one may put the shared
// frame itself out, so the bytes are taken before.
func (p *Pager) split(s *AddressSpace, page addr.Page, va addr.VAddr) (addr.Frame, Cause) {
	e := s.lookup(page)
	old := p.frameOf(e)
	left := p.users(old) - 1
	return p.copyFrame(s, page, old, event.Event{VA: va, Arg2: uint64(left)}, e&table.Accessed|table.Dirty)
}

// copyFrame makes page of s, which shows the bytes of frame old, a copy in a frame of its own, with the
// given marks. told has what the event is to say beyond the two frames.
func (p *Pager) copyFrame(
	s *AddressSpace, page addr.Page, old addr.Frame, told event.Event, marks table.Entry,
) (addr.Frame, Cause) {
	bytes := p.spare
	p.spare = nil // a listener to what takeFrame does may need one too
	if bytes == nil {
		bytes = make([]byte, p.Mem.Size())
	}
	defer func() { p.spare = bytes }()
	copy(bytes, p.Mem.Frame(old))
	f, cause := p.takeFrame(s, page, s)
	if cause != NotPresent {
		return 0, cause
	}
	e := s.lookup(page)
	if e&table.Present != 0 {
		now := p.frameOf(e)
		if s.writes(page, now) { // a listener has touched it
			p.giveBack(target{s, page, s, page}, f)
			return now, NotPresent
		}
		copy(bytes, p.Mem.Frame(now))
	}
	if !s.set(page, 0) {
		p.giveBack(target{s, page, s, page}, f)
		return 0, NoMemory
	}
	s.dropPage(page, e)
	copy(p.Mem.Frame(f), bytes)
	p.Mem.Table[f].Private = true
	s.set(page, table.At(p.Mem.Size().FrameBase(f), s.rights(page, true)|marks))
	p.loaded(f)
	delete(s.left, page)
	if p.Bus.On(event.FrameAlloc) {
		p.Bus.Emit(&event.Event{Kind: event.FrameAlloc, VA: p.Mem.Size().Base(page), Frame: f})
	}
	if p.Bus.On(event.CowBreak) {
		told.Kind, told.Frame, told.Arg = event.CowBreak, f, uint64(old)
		p.Bus.Emit(&told)
	}
	return f, NotPresent
}
