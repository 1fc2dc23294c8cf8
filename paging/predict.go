package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
)

// Touched is a fault that has brought a page in, as a Predictor is told of it.
type Touched struct {
	VA     addr.VAddr // the address that was touched
	Page   addr.Page
	Access addr.Access
	Area   area.Area // that the page lies in
	Major  bool      // the page was read from a file or from swap
	Number uint64    // of the fault: how many were resolved before it, on the whole machine

	space *AddressSpace
}

// Mapped reports whether an area has page's first byte.
func (t *Touched) Mapped(page addr.Page) bool {
	va, ok := t.space.base(page)
	if ok {
		_, ok = t.space.list.Find(va)
	}
	return ok
}

// base is page's first address; false if it is too large to have one.
func (s *AddressSpace) base(page addr.Page) (addr.VAddr, bool) {
	va := s.pager.Mem.Size().Base(page)
	return va, uint64(va)>>s.pager.MMU.Shift == uint64(page)
}

// Predictor answers which pages will be wanted soon, in the order in which they should come. Pages that are
// in memory already, that no area has, or that lie in a stack, are passed over; MaxPredicted are brought in
// at most. It must not change the address space.
type Predictor func(t *Touched) []addr.Page

// MaxPredicted is how many pages one fault brings in at most.
const MaxPredicted = 65536

// foresee brings in what s.Predict asks for after a fault. A page that cannot be had ends it: that is no
// fault of the program's.
func (p *Pager) foresee(s *AddressSpace, t *Touched) {
	pages := s.Predict(t)
	for _, page := range pages[:min(len(pages), MaxPredicted)] {
		va, ok := s.base(page)
		ar, found := s.list.Find(va)
		if !ok || !found || ar.Prot == 0 || ar.Flags&(area.GrowsDown|area.Special) != 0 || pastEOF(ar, va) {
			continue
		}
		if !p.bringIn(s, ar, page, va) {
			return
		}
	}
}
