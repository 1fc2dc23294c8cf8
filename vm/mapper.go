package vm

import (
	"errors"

	"memlab/loader"
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
)

// mapper is the loader's view of an address space: it turns the loader's requests into those of paging.
type mapper struct {
	pager *paging.Pager
	space *paging.AddressSpace // nil before Begin
}

// Begin makes the space; after it execve cannot fail with an errno any more.
func (m *mapper) Begin(l loader.Layout) error {
	p := l.Profile
	s, err := m.pager.NewSpace(area.Layout{
		TaskSize: l.TaskSize, MmapBase: l.MmapBase, BottomUpBase: l.BottomUpBase,
		MmapMinHint: addr.VAddr(p.MinAddrHint), MmapMinFixed: addr.VAddr(p.MinAddrFixed),
		StackLimit: l.StackLimit, CommitLimit: p.CommitLimit, MaxAreas: p.MaxMapCount,
		Bits32: l.Bits == 32, Privileged: l.Privileged, BottomUp: l.BottomUp,
		ReadImpliesExec: l.ReadImpliesExec,
		HugeAlignFile:   p.ThpFileAlign, HugeAlignAnon: p.ThpAnonAlign, StackNoHuge: p.MapStackNoHuge,
		RemapMany: p.MremapMany, LooseHeap: p.HeapNameLoose,
	})
	if err != nil {
		return loader.ENOMEM
	}
	m.space = s
	return nil
}

// linuxError turns an area.Errno into the loader's.
func linuxError(err error) error {
	if no, ok := errors.AsType[area.Errno](err); ok {
		return loader.Errno(no)
	}
	return err
}

func (m *mapper) Map(r loader.Mapping) (addr.VAddr, error) {
	if r.Flags&loader.BrkLike != 0 {
		return r.Addr, linuxError(m.space.List().MapZero(r.Addr, r.Len, r.Prot&addr.ProtExec != 0))
	}
	q := area.Request{
		Addr: r.Addr, Len: r.Len, Prot: r.Prot, Flags: area.MapPrivate, Offset: r.Offset, Name: r.Name,
		FileReadable: true, Exact: true,
	}
	if r.File != nil {
		q.File = r.File
	} else {
		q.Flags |= area.MapAnonymous
	}
	for _, f := range [...]struct {
		is  loader.MapFlags
		set area.MapFlags
	}{
		{loader.Fixed, area.MapFixed},
		{loader.NoReplace, area.MapFixedNoReplace},
		{loader.GrowsDown, area.MapGrowsDown},
	} {
		if r.Flags&f.is != 0 {
			q.Flags |= f.set
		}
	}
	at, err := m.space.Map(q)
	return at, linuxError(err)
}

func (m *mapper) Unmap(start addr.VAddr, length uint64) error {
	return linuxError(m.space.Unmap(start, length))
}

func (m *mapper) Read(va addr.VAddr, b []byte) error {
	if m.space.Read(va, b) < len(b) {
		return loader.EFAULT
	}
	return nil
}

func (m *mapper) Write(va addr.VAddr, b []byte) error {
	if m.space.Write(va, b) < len(b) {
		return loader.EFAULT
	}
	return nil
}

func (m *mapper) SetBrk(start addr.VAddr) { m.space.SetBrk(start) }
