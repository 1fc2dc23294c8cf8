// Package plain is an address space with Linux's areas and without a machine: no frames, no page tables, no
// eviction. Areas are those of paging/area, so placing, merging and growing follow the kernel's rules; a page
// that is the process's own is a plain array, any other is read from its file each time. Programs can be
// loaded into it (it is a loader.Mapper) and single bytes touched, which tells the fault handler's verdict.
//
// It serves those who ask what is where and not how it got there: the replay of memory calls, the drawing of
// an ELF file's pages, and the tests of the loader. Its Layout and Request are also what package vm hands to
// the real address space, so both worlds get the same areas.
package plain

import (
	"errors"
	"io"
	"maps"
	"slices"

	"memlab/loader"
	"memlab/paging/addr"
	"memlab/paging/area"
)

// Page is the bytes of one page.
type Page = [addr.ABIPage]byte

// Space is one address space. The zero value waits for Begin.
type Space struct {
	list   *area.List
	own    map[addr.VAddr]*Page // private pages, by address
	shared map[shownPage]*Page  // pages of shared anonymous memory
	keys   bool                 // Profile.Pkeys
}

// shownPage is one page of a shared memory object.
type shownPage struct {
	object *area.Object
	offset uint64
}

// Layout is the address space's layout for what execve has decided.
func Layout(l loader.Layout) area.Layout {
	p := l.Profile
	return area.Layout{
		TaskSize: l.TaskSize, MmapBase: l.MmapBase, BottomUpBase: l.BottomUpBase,
		MmapMinHint: addr.VAddr(p.MinAddrHint), MmapMinFixed: addr.VAddr(p.MinAddrFixed),
		StackLimit: l.StackLimit, CommitLimit: p.CommitLimit, MaxAreas: p.MaxMapCount,
		Bits32: l.Bits == 32, Privileged: l.Privileged, BottomUp: l.BottomUp,
		ReadImpliesExec: l.ReadImpliesExec,
		HugeAlignFile:   p.ThpFileAlign, HugeAlignAnon: p.ThpAnonAlign, StackNoHuge: p.MapStackNoHuge,
		RemapMany: p.MremapMany, LooseHeap: p.HeapNameLoose,
	}
}

// Request is the mmap that stands for one of the loader's mappings, but for those with loader.BrkLike.
func Request(m loader.Mapping) area.Request {
	r := area.Request{
		Addr: m.Addr, Len: m.Len, Prot: m.Prot, Flags: area.MapPrivate, Offset: m.Offset, Name: m.Name,
		FileReadable: true, Exact: true,
	}
	if m.File != nil {
		r.File = m.File
	} else {
		r.Flags |= area.MapAnonymous
	}
	for _, f := range [...]struct {
		is  loader.MapFlags
		set area.MapFlags
	}{
		{loader.Fixed, area.MapFixed},
		{loader.NoReplace, area.MapFixedNoReplace},
		{loader.GrowsDown, area.MapGrowsDown},
	} {
		if m.Flags&f.is != 0 {
			r.Flags |= f.set
		}
	}
	return r
}

// Errno is an error of the address space as the loader's.
func Errno(err error) error {
	if no, ok := errors.AsType[area.Errno](err); ok {
		return loader.Errno(no)
	}
	return err
}

// Begin makes the space empty; see loader.Mapper.
func (s *Space) Begin(l loader.Layout) error {
	s.own, s.shared = map[addr.VAddr]*Page{}, map[shownPage]*Page{}
	s.list, s.keys = area.NewList(Layout(l), s), l.Profile.Pkeys
	return nil
}

// List is the areas; nil before Begin.
func (s *Space) List() *area.List { return s.list }

// Map maps for the loader.
func (s *Space) Map(m loader.Mapping) (addr.VAddr, error) {
	if m.Flags&loader.BrkLike != 0 {
		return m.Addr, Errno(s.list.MapZero(m.Addr, m.Len, m.Prot&addr.ProtExec != 0))
	}
	at, err := s.list.Map(Request(m))
	return at, Errno(err)
}

// Unmap unmaps for the loader.
func (s *Space) Unmap(start addr.VAddr, length uint64) error {
	return Errno(s.list.Unmap(start, length))
}

// SetBrk sets where the heap begins.
func (s *Space) SetBrk(start addr.VAddr) { s.list.SetBrk(start) }

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
	return loader.EFAULT
}

// Read copies from the program's memory for the loader.
func (s *Space) Read(va addr.VAddr, b []byte) error {
	return s.each(va, b, addr.Read, func(a area.Area, va addr.VAddr, b []byte) error {
		p := s.Content(a, va)
		copy(b, p[va-va.ABIDown():])
		return nil
	})
}

// Write copies into the program's memory for the loader.
func (s *Space) Write(va addr.VAddr, b []byte) error { return s.each(va, b, addr.Write, s.store) }

// each does something with each page's part of b, as long as the accesses are allowed.
func (s *Space) each(
	va addr.VAddr, b []byte, access addr.Access, do func(a area.Area, va addr.VAddr, b []byte) error,
) error {
	for len(b) > 0 {
		a, why := s.judge(va, access)
		if why != Allowed {
			return loader.EFAULT
		}
		n := min(len(b), int(va.ABIDown()+addr.ABIPage-va))
		if err := do(a, va, b[:n]); err != nil {
			return err
		}
		va, b = va+addr.VAddr(n), b[n:]
	}
	return nil
}
