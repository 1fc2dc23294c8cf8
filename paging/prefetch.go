package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/table"
)

// This file brings in pages that nobody has asked for yet.
//
// Prefetch is read-ahead of a fixed window: a fault that reads file or swap also reads the next pages of the
// same area that lie where it read (A. J. Smith, "Sequential program prefetching in memory hierarchies", IEEE
// Computer 11(12), 1978: one block lookahead is a window of 1; Linux: page_cache_sync_ra,
// swap_vma_readahead).
// They take frames as the page that was asked for does, and are mapped with the accessed bit clear. So it can
// be told what became of them: useful ones were used before they went, useless ones were not.
//
// Fault-around reads nothing: a fault that reads or fetches a page of a file also maps the pages around it
// that are in the page cache already, within an aligned window, which saves their minor faults (mm/filemap.c,
// filemap_map_pages; Linux's window is 64 KiB).

// prefetch reads up to n pages behind the one of va, from the same area, whose bytes are in swap or a file.
func (p *Pager) prefetch(s *AddressSpace, va addr.VAddr, n int) {
	ar, ok := s.list.Find(va)
	if !ok {
		return
	}
	page := addr.Page(uint64(va) >> p.MMU.Shift)
	for range n {
		page++
		at := p.Mem.Size().Base(page)
		if at >= ar.End || !p.fetchAhead(s, ar, page, at) {
			return
		}
	}
}

// fetchAhead reads one page, at va in ar. It reports whether it makes sense to go on.
func (p *Pager) fetchAhead(s *AddressSpace, ar area.Area, page addr.Page, va addr.VAddr) bool {
	e := s.lookup(page)
	src, cause := s.source(page, ar, e, va)
	if cause != NotPresent {
		return false
	}
	if src != fromFile && src != fromSwap {
		return src == fromFrame || src == fromCache
	}
	p.MMU.Turn() // pages that come in together have an order too
	before := p.Stats.brought()
	f, cause := p.load(s, page, src, false)
	if cause != NotPresent {
		return false
	}
	if n := p.Stats.brought() - before; n > 0 {
		p.Stats.Ahead += n
		p.Stats.Prefetched += n
		p.Mem.Table[f].Ahead = true
	}
	return true
}

// judge counts a page that was prefetched, once it is known whether it has been of use.
func (p *Pager) judge(f addr.Frame, used bool) {
	in := &p.Mem.Table[f]
	if !in.Ahead {
		return
	}
	in.Ahead = false
	if used {
		p.Stats.Useful++
	} else {
		p.Stats.Useless++
	}
}

// Prefetches is how many pages have been prefetched; how many of them have been used, and how many have gone
// unused. Of the others it cannot be told yet.
func (p *Pager) Prefetches() (all, useful, useless uint64) {
	useful = p.Stats.Useful
	if p.Stats.Prefetched > p.Stats.Useful+p.Stats.Useless {
		for f := range p.Mem.Table {
			if p.Mem.Table[f].Ahead && p.marks(addr.Frame(f))&table.Accessed != 0 {
				useful++
			}
		}
	}
	return p.Stats.Prefetched, useful, p.Stats.Useless
}

// around maps the cached pages of the file that page of s shows, in the aligned window of n pages.
func (p *Pager) around(s *AddressSpace, va addr.VAddr, n int) {
	ar, ok := s.list.Find(va)
	if !ok || ar.File == nil {
		return
	}
	first := addr.Page(uint64(va)>>p.MMU.Shift) &^ addr.Page(n-1)
	for page := first; page < first+addr.Page(n); page++ {
		base := p.Mem.Size().Base(page)
		inside := base >= ar.Start && base+addr.VAddr(p.Mem.Size()) <= ar.End
		if !inside || s.lookup(page) != 0 || pastEOF(ar, base) {
			continue
		}
		o, index, shown := s.shown(page)
		if !shown || o.where(index) != fromCache || !s.common(page) && s.elsewhere(page, o, index) {
			continue
		}
		if _, cause := p.mapCached(s, page, o, index, false); cause != NotPresent {
			return
		}
		p.Stats.Around++
	}
}
