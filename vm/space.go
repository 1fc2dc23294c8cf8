package vm

import (
	"memlab/loader"
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/contig"
	"memlab/vm/linux"
)

// space is the address space of a process: *paging.AddressSpace on a machine with pages, *contig.Space on one
// without.
type space interface {
	linux.Space
	viewer
	keeper
	living
}

// viewer is how people and scenarios look into a space.
type viewer interface {
	Peek(va addr.VAddr, b []byte) int
	Poke(va addr.VAddr, b []byte) int
	Page(page addr.Page) paging.PageState
	Pages(start, end addr.VAddr, fn func(addr.Page))
	List() *area.List
	Usage(a area.Area) paging.Usage
}

// keeper is what execve needs beyond linux.Space.
type keeper interface {
	SetBrk(start addr.VAddr)
	SetLimits(l area.Limits)
	MapZero(start addr.VAddr, length uint64, exec bool) error
}

// living is the life of a space, and its bill.
type living interface {
	Ended() bool
	Destroy()
	Faults() paging.FaultCounts
	Peak() uint64
}

// switchTo makes p's space the one that the processor runs in.
func (p *Process) switchTo() {
	switch s := p.space.(type) {
	case *paging.AddressSpace:
		p.machine.pager.MMU.Switch(s)
	case *contig.Space:
		s.Switch()
	}
}

// forkSpace is a copy of p's space.
func (p *Process) forkSpace() (space, error) {
	if s, ok := p.space.(*contig.Space); ok {
		return s.Fork()
	}
	s, _ := p.space.(*paging.AddressSpace) // there is no third
	return s.Fork()
}

// mapper makes the loader's view of a new address space for req.
func (m *Machine) mapper(req *loader.Request) *mapper {
	to := &mapper{machine: m}
	if m.whole != nil && m.cfg.Allocation.Scheme != segmented {
		req.Room = to.room
	}
	return to
}
