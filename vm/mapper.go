package vm

import (
	"memlab/loader"
	"memlab/paging/addr"
	"memlab/paging/contig"
	"memlab/vm/execmap"
)

// mapper is the loader's view of an address space: it turns the loader's requests into those of paging.
type mapper struct {
	machine *Machine
	space   space         // nil before Begin
	extent  contig.Extent // of a program in one piece
}

// Begin makes the space; after it execve cannot fail with an errno any more.
func (m *mapper) Begin(l loader.Layout) error {
	lay := execmap.Layout(l)
	if whole := m.machine.whole; whole != nil {
		if m.extent.Size > 0 {
			m.machine.within(&lay, m.extent)
		}
		m.space = whole.NewSpace(lay, m.extent)
		return nil
	}
	s, err := m.machine.pager.NewSpace(lay)
	if err != nil {
		return loader.ENOMEM
	}
	m.space = s
	return nil
}

func (m *mapper) Map(r loader.Mapping) (addr.VAddr, error) {
	if r.Flags&loader.BrkLike != 0 {
		return r.Addr, execmap.Errno(m.space.MapZero(r.Addr, r.Len, r.Prot&addr.ProtExec != 0))
	}
	if r.Flags&loader.GrowsDown != 0 && m.extent.Size > 0 { // it gets all its room at once and grows no more
		r.Flags &^= loader.GrowsDown
		end := r.Addr + addr.VAddr(r.Len)
		r.Len = max(r.Len, m.machine.cfg.Allocation.Stack)
		r.Addr = end - addr.VAddr(r.Len)
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
