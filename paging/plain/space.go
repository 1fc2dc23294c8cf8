// Package plain is an address space with Linux's areas and without a machine: no frames, no page tables, no
// eviction. Areas are those of paging/area, so placing, merging and growing follow the kernel's rules; a page
// that is the process's own is a plain array, any other is read from its file each time. Single bytes can be
// touched, which tells the fault handler's verdict.
//
// It serves those who ask what is where and not how it got there: the replay of memory calls, and the tests
// of the loader.
package plain

import (
	"io"
	"maps"
	"slices"

	"memlab/paging/addr"
	"memlab/paging/area"
)

// Page is the bytes of one page.
type Page = [addr.ABIPage]byte

// Space is one address space.
type Space struct {
	list   *area.List
	own    map[addr.VAddr]*Page // private pages, by address
	shared map[shownPage]*Page  // pages of shared anonymous memory
	keys   bool
}

// shownPage is one page of a shared memory object.
type shownPage struct {
	object *area.Object
	offset uint64
}

// New makes an empty space. With keys memory that can only be executed is unreadable, as on processors with
// protection keys.
func New(l area.Layout, keys bool) *Space {
	s := &Space{own: map[addr.VAddr]*Page{}, shared: map[shownPage]*Page{}, keys: keys}
	s.list = area.NewList(l, s)
	return s
}

// List is the areas.
func (s *Space) List() *area.List { return s.list }

// Mapped implements area.Observer.
func (s *Space) Mapped(area.Area) {}

// Protected implements area.Observer.
func (s *Space) Protected(addr.VAddr, addr.VAddr, addr.Prot) {}

// Unmapped implements area.Observer: the pages go with the area.
func (s *Space) Unmapped(start, end addr.VAddr) { s.drop(start, end) }

func (s *Space) drop(start, end addr.VAddr) {
	maps.DeleteFunc(s.own, func(va addr.VAddr, _ *Page) bool { return start <= va && va < end })
}

// Moved implements area.Observer: pages go along.
func (s *Space) Moved(from, to addr.VAddr, length uint64) {
	for va, p := range maps.Clone(s.own) { // each goes to a place of its own: the order does not matter
		if from <= va && uint64(va-from) < length {
			delete(s.own, va)
			s.own[to+va-from] = p
		}
	}
}

// OwnPages are the indices of an area's pages that are the process's own copies.
func (s *Space) OwnPages(a area.Area) []int {
	out := []int{}
	for va := range s.own { // sorted below
		if a.Start <= va && va < a.End {
			out = append(out, int((va-a.Start)/addr.ABIPage))
		}
	}
	slices.Sort(out)
	return out
}

// Content is what the page of va shows, va lying in a; zeros behind the end of a file.
func (s *Space) Content(a area.Area, va addr.VAddr) Page {
	page := va.ABIDown()
	if p := s.own[page]; p != nil {
		return *p
	}
	var p Page
	switch {
	case a.File != nil:
		_, _ = a.File.ReadAt(p[:], int64(offset(a, page))) // what is not there is zero
	case a.Object != nil:
		if shown := s.shared[shownPage{a.Object, offset(a, page)}]; shown != nil {
			p = *shown
		}
	}
	return p
}

// offset is where the bytes of va lie in what a shows.
func offset(a area.Area, va addr.VAddr) uint64 { return a.Offset + uint64(va-a.Start) }

// store puts b at va, within one page of a.
func (s *Space) store(a area.Area, va addr.VAddr, b []byte) error {
	page := va.ABIDown()
	if a.Flags&area.Shared == 0 {
		p := s.Content(a, va)
		copy(p[va-page:], b)
		s.own[page] = &p
		s.list.FirstPrivateWrite(va)
		return nil
	}
	if a.Object != nil {
		p := s.Content(a, va)
		copy(p[va-page:], b)
		s.shared[shownPage{a.Object, offset(a, page)}] = &p
		return nil
	}
	if w, ok := a.File.(io.WriterAt); ok {
		_, err := w.WriteAt(b, int64(offset(a, va)))
		return err
	}
	return area.EFAULT
}

// Read copies from the program's memory as the kernel does.
func (s *Space) Read(va addr.VAddr, b []byte) error {
	return s.each(va, b, addr.Read, func(a area.Area, va addr.VAddr, b []byte) error {
		p := s.Content(a, va)
		copy(b, p[va-va.ABIDown():])
		return nil
	})
}

// Write copies into the program's memory as the kernel does.
func (s *Space) Write(va addr.VAddr, b []byte) error { return s.each(va, b, addr.Write, s.store) }

// each does something with each page's part of b, as long as the accesses are allowed.
func (s *Space) each(
	va addr.VAddr, b []byte, access addr.Access, do func(a area.Area, va addr.VAddr, b []byte) error,
) error {
	for len(b) > 0 {
		a, why := s.judge(va, access)
		if why != Allowed {
			return area.EFAULT
		}
		n := min(len(b), int(va.ABIDown()+addr.ABIPage-va))
		if err := do(a, va, b[:n]); err != nil {
			return err
		}
		va, b = va+addr.VAddr(n), b[n:]
	}
	return nil
}
