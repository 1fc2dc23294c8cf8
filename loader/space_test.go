package loader_test

import (
	"errors"
	"maps"
	"slices"

	"memlab/loader"
	"memlab/paging/addr"
	"memlab/paging/area"
)

type page = [addr.ABIPage]byte

// space is a Mapper over the areas of paging/area, with pages as plain byte arrays: no frames, no page
// tables.
type space struct {
	list    *area.List
	private map[addr.VAddr]*page // pages that are the process's own
}

func (s *space) Mapped(area.Area)                            {}
func (s *space) Protected(addr.VAddr, addr.VAddr, addr.Prot) {}
func (s *space) Moved(addr.VAddr, addr.VAddr, uint64)        {}
func (s *space) Unmapped(start, end addr.VAddr) {
	maps.DeleteFunc(s.private, func(va addr.VAddr, _ *page) bool { return start <= va && va < end })
}

func (s *space) Begin(l loader.Layout) error {
	p := l.Profile
	s.private = map[addr.VAddr]*page{}
	s.list = area.NewList(area.Layout{
		TaskSize: l.TaskSize, MmapBase: l.MmapBase, BottomUpBase: l.BottomUpBase,
		MmapMinHint: addr.VAddr(p.MinAddrHint), MmapMinFixed: addr.VAddr(p.MinAddrFixed),
		StackLimit: l.StackLimit, CommitLimit: p.CommitLimit, MaxAreas: p.MaxMapCount,
		Bits32: l.Bits == 32, Privileged: l.Privileged, BottomUp: l.BottomUp,
		ReadImpliesExec: l.ReadImpliesExec,
		HugeAlignFile:   p.ThpFileAlign, HugeAlignAnon: p.ThpAnonAlign, StackNoHuge: p.MapStackNoHuge,
		RemapMany: p.MremapMany, LooseHeap: p.HeapNameLoose,
	}, s)
	return nil
}

// errno turns an area.Errno into a loader.Errno.
func errno(err error) error {
	if no, ok := errors.AsType[area.Errno](err); ok {
		return loader.Errno(no)
	}
	return err
}

func (s *space) Map(m loader.Mapping) (addr.VAddr, error) {
	if m.Flags&loader.BrkLike != 0 {
		return m.Addr, errno(s.list.MapZero(m.Addr, m.Len, m.Prot&addr.ProtExec != 0))
	}
	r := area.Request{
		Addr: m.Addr, Len: m.Len, Prot: m.Prot, Flags: area.MapPrivate, Offset: m.Offset, Name: m.Name, Exact: true,
		FileReadable: true,
	}
	if m.File != nil {
		r.File = m.File
	} else {
		r.Flags |= area.MapAnonymous
	}
	for _, f := range []struct {
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
	at, err := s.list.Map(r)
	return at, errno(err)
}

func (s *space) Unmap(start addr.VAddr, length uint64) error {
	return errno(s.list.Unmap(start, length))
}
func (s *space) SetBrk(start addr.VAddr) { s.list.SetBrk(start) }

// find is the area that an access to va uses, after growing a stack.
func (s *space) find(va addr.VAddr, a addr.Access) (area.Area, error) {
	found, ok := s.list.Find(va)
	if !ok && s.list.Grow(va) {
		found, ok = s.list.Find(va)
	}
	if !ok || !found.Prot.Allows(a) {
		return found, loader.EFAULT
	}
	if found.File != nil && s.fileOffset(found, va) >= (found.File.Size()+addr.ABIPage-1)&^(addr.ABIPage-1) {
		return found, loader.EFAULT
	}
	return found, nil
}

func (s *space) fileOffset(a area.Area, va addr.VAddr) int64 {
	return int64(a.Offset) + int64(va.ABIDown()-a.Start)
}

// content is what the page of va in a shows.
func (s *space) content(a area.Area, va addr.VAddr) page {
	if p := s.private[va.ABIDown()]; p != nil {
		return *p
	}
	var p page
	if a.File != nil {
		_, _ = a.File.ReadAt(p[:], s.fileOffset(a, va)) // zeros behind the end
	}
	return p
}

func (s *space) each(va addr.VAddr, b []byte, acc addr.Access, do func(a area.Area, va addr.VAddr,
	b []byte),
) error {
	for len(b) > 0 {
		a, err := s.find(va, acc)
		if err != nil {
			return err
		}
		n := min(len(b), int(va.ABIDown()+addr.ABIPage-va))
		do(a, va, b[:n])
		va, b = va+addr.VAddr(n), b[n:]
	}
	return nil
}

func (s *space) Read(va addr.VAddr, b []byte) error {
	return s.each(va, b, addr.Read, func(a area.Area, va addr.VAddr, b []byte) {
		p := s.content(a, va)
		copy(b, p[va-va.ABIDown():])
	})
}

func (s *space) Write(va addr.VAddr, b []byte) error {
	return s.each(va, b, addr.Write, func(a area.Area, va addr.VAddr, b []byte) {
		p := s.content(a, va)
		copy(p[va-va.ABIDown():], b)
		s.private[va.ABIDown()] = &p
		s.list.FirstPrivateWrite(va)
	})
}

// ownPages are the indices of an area's private pages.
func (s *space) ownPages(a area.Area) []int {
	out := []int{}
	for va := range s.private {
		if a.Start <= va && va < a.End {
			out = append(out, int((va-a.Start)/addr.ABIPage))
		}
	}
	slices.Sort(out)
	return out
}
