package loader_test

import (
	"errors"

	"memlab/loader"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/plain"
)

// space is a Mapper over areas and plain pages. Space is nil before Begin.
type space struct {
	*plain.Space
}

func (s *space) Begin(l loader.Layout) error {
	p := l.Profile
	s.Space = plain.New(area.Layout{
		TaskSize: l.TaskSize, MmapBase: l.MmapBase, BottomUpBase: l.BottomUpBase,
		MmapMinHint: addr.VAddr(p.MinAddrHint), MmapMinFixed: addr.VAddr(p.MinAddrFixed),
		StackLimit: l.StackLimit, CommitLimit: p.CommitLimit, MaxAreas: p.MaxMapCount,
		Bits32: l.Bits == 32, Privileged: l.Privileged, BottomUp: l.BottomUp,
		ReadImpliesExec: l.ReadImpliesExec,
		HugeAlignFile:   p.ThpFileAlign, HugeAlignAnon: p.ThpAnonAlign, StackNoHuge: p.MapStackNoHuge,
		RemapMany: p.MremapMany, LooseHeap: p.HeapNameLoose, HeapMergesBSS: p.HeapMergesBSS,
	}, p.Pkeys)
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
		return m.Addr, errno(s.List().MapZero(m.Addr, m.Len, m.Prot&addr.ProtExec != 0))
	}
	r := area.Request{
		Addr: m.Addr, Len: m.Len, Prot: m.Prot, Flags: area.MapPrivate, Offset: m.Offset, Name: m.Name,
		Exact: true, FileReadable: true,
	}
	if m.File != nil {
		r.File = m.File
	} else {
		r.Flags |= area.MapAnonymous
	}
	switch {
	case m.Flags&loader.Fixed != 0:
		r.Flags |= area.MapFixed
	case m.Flags&loader.NoReplace != 0:
		r.Flags |= area.MapFixedNoReplace
	}
	if m.Flags&loader.GrowsDown != 0 {
		r.Flags |= area.MapGrowsDown
	}
	at, err := s.List().Map(r)
	return at, errno(err)
}

func (s *space) Unmap(start addr.VAddr, length uint64) error {
	return errno(s.List().Unmap(start, length))
}
func (s *space) SetBrk(start addr.VAddr)             { s.List().SetBrk(start) }
func (s *space) Read(va addr.VAddr, b []byte) error  { return errno(s.Space.Read(va, b)) }
func (s *space) Write(va addr.VAddr, b []byte) error { return errno(s.Space.Write(va, b)) }
