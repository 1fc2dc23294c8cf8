package paging

import (
	"iter"
	"math"
	"slices"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/phys"
	"memlab/paging/table"
)

// The page cache. The bytes of a file belong to no process: whoever maps a page of it sees the same frame,
// and the page may stay in memory while nobody maps it. The same holds for shared anonymous memory, which
// can be in swap too. So both live in address spaces of the pager's own, one for each file or object, in
// which the page numbers are those of the file (Linux: struct address_space); the processes' entries map
// its frames as well.
//
//	/lib/libc.so, page 0x28 ── frame 5 ── 0x7ffff7dd0 of space 1, 0x7ffff7dd0 of space 2
//
// What becomes of a page of a file:
//
//	read, or run           from the file into a frame of the cache; later mappings share it (a minor fault)
//	written, MAP_SHARED    the frame is dirty; it goes back to the file by msync, when it is evicted, and
//	                       when nothing maps the file any more
//	written, MAP_PRIVATE   the process gets a copy. If nobody else maps the page and it is clean the cache
//	                       gives it the frame itself, and if it is not in memory it is read for the process
//	                       alone: a page that one process uses takes one frame, as in the textbooks
//	evicted                dropped, or written to the file when dirty
//
// A process's entry of such a page is either present or nothing; swap slots are known to the object only.
// The entry of the object has the Dirty and Accessed bits of mappings that are gone, and Writable once the
// file has made room for what is written (Linux: page_mkwrite).
//
// A page that is larger than an ABI page can hold parts of several areas. It is shared only if they show it
// at the same place of the same object; otherwise it is composed for the process alone.

// object is one file or piece of shared anonymous memory.
type object struct {
	space  *AddressSpace
	key    any
	file   area.File    // of those that areas show, one; nil: anonymous, or nobody shows it now
	anon   *area.Object // nil: a file
	mapped uint64       // bytes of areas that show it
	opened bool         // some page may be written to: what is not cannot be dirty
	alone  bool         // some page has been read for one page of a process alone
}

// size is how many bytes there are to show.
func (o *object) size() uint64 {
	switch {
	case o.anon != nil:
		return o.anon.Size
	case o.file != nil:
		return uint64(max(o.file.Size(), 0))
	}
	return 0
}

// read fills b with the bytes of the object's file from off on, and says how many there are.
func (o *object) read(off addr.VAddr, b []byte) (n, at uint64, ok bool) {
	size := o.size()
	if o.file == nil || uint64(off) >= size {
		return 0, uint64(off), o.file != nil
	}
	part := b[:min(uint64(len(b)), size-uint64(off))]
	got, err := o.file.ReadAt(part, int64(off))
	_ = err // a file that is shorter than it says cannot be paged in, whatever the reason
	return uint64(got), uint64(off), got == len(part)
}

// Gone is called before Unmapped with what was there.
func (s *AddressSpace) Gone(a area.Area) { s.pager.hides(a) }

// shows counts an area that shows an object, making the object if it is new; hides is the opposite.
func (p *Pager) shows(a area.Area) {
	key := a.Backing()
	if key == nil {
		return
	}
	o := p.cache[key]
	if o == nil {
		if o = p.newObject(key, a.Object); o == nil {
			return // its pages stay each process's own
		}
	}
	if o.mapped == 0 && a.File != nil {
		o.file = a.File
		if h, ok := a.File.(area.Held); ok {
			h.Hold()
		}
	}
	o.mapped += uint64(a.End - a.Start)
}

func (p *Pager) newObject(key any, anon *area.Object) *object {
	id, err := p.newID()
	if err != nil {
		return nil
	}
	o := &object{key: key, anon: anon}
	o.space = &AddressSpace{ID: id, pager: p, Window: 1, asid: uint16(id), object: o, pool: p.common}
	o.space.pages = make(map[addr.Page]table.Entry)
	p.spaces[id] = o.space
	if p.cache == nil {
		p.cache = make(map[any]*object)
	}
	p.cache[key] = o
	return o
}

func (p *Pager) hides(a area.Area) {
	key := a.Backing()
	o := p.cache[key]
	if key == nil || o == nil {
		return
	}
	if o.mapped -= min(o.mapped, uint64(a.End-a.Start)); o.mapped > 0 {
		return
	}
	p.idle = append(p.idle, o) // its pages are still mapped: see settleIdle
}

// settleIdle looks after the objects that the last call has left without an area: files get back what was
// written and keep their clean pages in memory, anonymous memory is gone.
func (p *Pager) settleIdle() {
	for len(p.idle) > 0 {
		o := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if o.mapped > 0 {
			continue
		}
		if o.file != nil {
			p.flush(o, 0, math.MaxInt64, true)
			if h, ok := o.file.(area.Held); ok {
				h.Close()
			}
			o.file, o.opened = nil, false
		}
		if o.anon != nil {
			p.drop(o, 0)
		}
		p.forget(o)
	}
}

// forget drops an object without pages and areas.
func (p *Pager) forget(o *object) {
	if o.mapped > 0 || len(o.space.pages) > 0 || p.cache[o.key] != o {
		return
	}
	delete(p.cache, o.key)
	p.spaces[o.space.ID] = nil
	p.unname(o.space.ID)
	p.unused = append(p.unused, o.space.ID)
}

// sorted are the pages of o that are in memory or swap, from first on, in order.
func (o *object) sorted(first addr.Page) []addr.Page {
	var all []addr.Page
	for page := range o.space.pages { // sorted below
		if page >= first {
			all = append(all, page)
		}
	}
	slices.Sort(all)
	return all
}

// drop frees the pages of o from first on, whoever maps them.
func (p *Pager) drop(o *object, first addr.Page) {
	for _, page := range o.sorted(first) {
		e := o.space.lookup(page)
		if slot, ok := e.Slot(); ok {
			p.swap.Free(slot)
			o.space.set(page, 0)
			continue
		}
		f := p.frameOf(e)
		va := p.place(f)
		p.judge(f, p.marks(f)&table.Accessed != 0)
		p.setAll(f, 0, true, 0)
		p.unshareAll(f)
		p.vacate(f)
		p.freed(va, f)
	}
}

// shown finds the page of an object that page of s shows; ok is false if it is no object's, or has parts of
// its own.
func (s *AddressSpace) shown(page addr.Page) (o *object, index addr.Page, ok bool) {
	p := s.pager
	base := p.Mem.Size().Base(page)
	end := base + addr.VAddr(p.Mem.Size())
	ar, found := s.list.Next(base)
	if !found || ar.Start >= end || ar.File == nil && ar.Object == nil {
		return nil, 0, false
	}
	at := ar.Offset + uint64(base) - uint64(ar.Start) // may wrap below the area's start, and back
	if o = p.cache[ar.Backing()]; o == nil || at%uint64(p.Mem.Size()) != 0 || at>>63 != 0 {
		return nil, 0, false
	}
	for next, more := s.list.Next(ar.End); more && next.Start < end; next, more = s.list.Next(next.End) {
		if next.Offset+uint64(base)-uint64(next.Start) != at || next.Backing() != o.key ||
			(next.Flags^ar.Flags)&area.Shared != 0 {
			return nil, 0, false
		}
	}
	return o, addr.Page(at >> p.MMU.Shift), true
}

// where is where the bytes of o's page are.
func (o *object) where(page addr.Page) source {
	e := o.space.lookup(page)
	if e&table.Present != 0 {
		return fromCache
	}
	if _, ok := e.Slot(); ok {
		return fromSwap
	}
	if o.anon == nil {
		return fromFile
	}
	return fromZero
}

// objectOf is the object whose page frame f holds; nil: a process's own.
func (p *Pager) objectOf(f addr.Frame) *object {
	if s := p.spaces[p.Mem.Table[f].Owner]; s != nil {
		return s.object
	}
	return nil
}

// mapCached maps o's page index at page of s, bringing it in first if need be. With write the area is
// shared, and the file makes room for what is written.
func (p *Pager) mapCached(
	s *AddressSpace, page addr.Page, o *object, index addr.Page, write bool,
) (addr.Frame, Cause) {
	if write && !p.reserve(o, index) {
		return 0, ReadError
	}
	if src := o.where(index); src != fromCache {
		if _, cause := p.bringTo(target{o.space, index, s, page}, src, false); cause != NotPresent {
			return 0, cause
		}
	}
	e := o.space.lookup(index)
	f := p.frameOf(e)
	if now := s.lookup(page); now&table.Present != 0 { // a listener has touched it
		return p.frameOf(now), NotPresent
	}
	if write {
		p.permit(o, index)
	}
	if !p.share(f, s, page) {
		return 0, NoMemory
	}
	delete(s.left, page)
	if !s.put(page, table.At(e.PAddr(), s.rights(page, s.writes(page, f)))) {
		p.unshare(f, s, page)
		return 0, NoTables
	}
	return f, NotPresent
}

// elsewhere reports whether s shows o's page index at another page than page too, and may write to one of
// them. Then page is read for itself alone: see Why in README.md.
func (s *AddressSpace) elsewhere(page addr.Page, o *object, index addr.Page) bool {
	e := o.space.lookup(index)
	if e&table.Present == 0 || o.opened {
		return false
	}
	p := s.pager
	for i := p.Mem.Table[p.frameOf(e)].Others; i != 0; i = p.sharing.nodes[i].next {
		n := &p.sharing.nodes[i]
		if n.space != s || n.page == page {
			continue
		}
		if (s.rights(page, true)|s.rights(n.page, true))&table.Writable != 0 {
			return true
		}
	}
	return false
}

// writes reports whether page of s, which maps frame f, may be written in place.
func (s *AddressSpace) writes(page addr.Page, f addr.Frame) bool {
	in := &s.pager.Mem.Table[f]
	o := s.pager.objectOf(f)
	if o == nil {
		return in.Private && !in.Cow
	}
	e := o.space.lookup(in.Page)
	return e&table.Writable != 0 && s.common(page)
}

// dropAlone forgets the pages of o that were read for one page of a process alone and have not been
// written: they would not follow what is written to the file.
func (p *Pager) dropAlone(o *object) {
	if !o.alone {
		return
	}
	o.alone = false
	for s, a := range p.shown(o) {
		first, last := s.span(a.Start, a.End)
		s.table.Visit(first, last, func(page addr.Page, e table.Entry) {
			if e&table.Present == 0 {
				return
			}
			if f := p.frameOf(e); p.objectOf(f) == nil && !p.Mem.Table[f].Private {
				s.dropPage(page, e)
			}
		})
	}
}

// shown has the areas of processes that map o, in the order of the spaces' numbers and of addresses.
func (p *Pager) shown(o *object) iter.Seq2[*AddressSpace, area.Area] {
	return func(yield func(*AddressSpace, area.Area) bool) {
		for _, s := range p.spaces {
			if s == nil || s.object != nil {
				continue
			}
			for _, a := range s.list.All() {
				if a.Backing() == o.key && !yield(s, a) {
					return
				}
			}
		}
	}
}

// steal takes the page that f holds out of the cache and makes it page of s, if s is the only one that maps
// it and nothing is lost to the file.
func (p *Pager) steal(s *AddressSpace, page addr.Page, f addr.Frame) bool {
	in := &p.Mem.Table[f]
	o := p.objectOf(f)
	only := p.sharing.nodes[in.Others]
	mine := only.next == 0 && only.space == s && only.page == page
	if o.anon != nil || !mine || p.marks(f)&table.Dirty != 0 {
		return false
	}
	o.space.set(in.Page, 0)
	in.Others = p.sharing.remove(in.Others)
	in.Owner, in.Page, in.Private, in.Cow = s.ID, page, true, false
	return true
}

// place is an address at which f is mapped, for events: the first process's, or where it is in its object
// if there is none.
func (p *Pager) place(f addr.Frame) addr.VAddr {
	in := &p.Mem.Table[f]
	if in.Others != 0 && p.objectOf(f) != nil {
		return p.Mem.Size().Base(p.sharing.nodes[in.Others].page)
	}
	return p.Mem.Size().Base(in.Page)
}

// frameOf is the frame that a present entry names.
func (p *Pager) frameOf(e table.Entry) addr.Frame {
	return addr.Frame(uint64(e.PAddr()) >> p.MMU.Shift)
}

// newID takes a number for an address space.
func (p *Pager) newID() (phys.Space, error) {
	if len(p.unused) == 0 {
		if len(p.spaces) == maxSpaces {
			return 0, errNoSpace
		}
		p.unused = append(p.unused, phys.Space(len(p.spaces)))
		p.spaces = append(p.spaces, nil)
	}
	last := len(p.unused) - 1
	id := p.unused[last]
	p.unused = p.unused[:last]
	return id, nil
}
