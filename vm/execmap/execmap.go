// Package execmap turns what the loader asks for into the requests of paging/area: the layout of a new
// address space, its mappings, and the error numbers on the way back. The machine's address spaces use it,
// and Plain, which has areas and pages but no machine behind them.
package execmap

import (
	"errors"

	"memlab/loader"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/plain"
)

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
		RemapMany: p.MremapMany, LooseHeap: p.HeapNameLoose, HeapMergesBSS: p.HeapMergesBSS,
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

// Plain is a loader.Mapper over a space of plain pages. Space is nil before Begin.
type Plain struct {
	*plain.Space
}

// Begin makes an empty space; see loader.Mapper.
func (m *Plain) Begin(l loader.Layout) error {
	m.Space = plain.New(Layout(l), l.Profile.Pkeys)
	return nil
}

// Map maps.
func (m *Plain) Map(r loader.Mapping) (addr.VAddr, error) {
	if r.Flags&loader.BrkLike != 0 {
		return r.Addr, Errno(m.List().MapZero(r.Addr, r.Len, r.Prot&addr.ProtExec != 0))
	}
	at, err := m.List().Map(Request(r))
	return at, Errno(err)
}

// Unmap unmaps.
func (m *Plain) Unmap(start addr.VAddr, length uint64) error {
	return Errno(m.List().Unmap(start, length))
}

// SetBrk sets where the heap begins.
func (m *Plain) SetBrk(start addr.VAddr) { m.List().SetBrk(start) }

// Read copies from the program's memory.
func (m *Plain) Read(va addr.VAddr, b []byte) error { return Errno(m.Space.Read(va, b)) }

// Write copies into the program's memory.
func (m *Plain) Write(va addr.VAddr, b []byte) error { return Errno(m.Space.Write(va, b)) }
