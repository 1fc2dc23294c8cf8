package vm

import (
	"memlab/loader"
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/vm/execmap"
)

// mapper is the loader's view of an address space: it turns the loader's requests into those of paging.
type mapper struct {
	pager *paging.Pager
	space *paging.AddressSpace // nil before Begin
}

// Begin makes the space; after it execve cannot fail with an errno any more.
func (m *mapper) Begin(l loader.Layout) error {
	s, err := m.pager.NewSpace(execmap.Layout(l))
	if err != nil {
		return loader.ENOMEM
	}
	m.space = s
	return nil
}

func (m *mapper) Map(r loader.Mapping) (addr.VAddr, error) {
	if r.Flags&loader.BrkLike != 0 {
		return r.Addr, execmap.Errno(m.space.List().MapZero(r.Addr, r.Len, r.Prot&addr.ProtExec != 0))
	}
	at, err := m.space.Map(execmap.Request(r))
	return at, execmap.Errno(err)
}

func (m *mapper) Unmap(start addr.VAddr, length uint64) error {
	return execmap.Errno(m.space.Unmap(start, length))
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
