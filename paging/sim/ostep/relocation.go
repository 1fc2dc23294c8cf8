package ostep

import (
	"fmt"
	"math"
	"math/big"

	"memlab/paging/addr"
	"memlab/paging/alloc"
)

// Relocation is a question about one pair of base and limit registers. All numbers are bytes.
type Relocation struct {
	AddressSpace uint64   `json:"address_space"`
	PhysMem      uint64   `json:"phys_mem"`
	Base         uint64   `json:"base"`
	Limit        uint64   `json:"limit"`
	VAddrs       []uint64 `json:"vaddrs"`
}

// Relocated is where an address lies.
type Relocated struct {
	VA uint64  `json:"va"`
	OK bool    `json:"ok"`
	PA *uint64 `json:"pa"` // nil: a violation
}

// maxMemory bounds sizes of memory, so that sums and float64 are exact.
const maxMemory = 1 << 52

// checkMemory checks the sizes that several exercises have.
func checkMemory(space, phys uint64) error {
	if space < 1 || space > maxMemory {
		return fmt.Errorf("address_space is %d: must be 1 to 2^52", space)
	}
	if phys <= space || phys > maxMemory {
		return fmt.Errorf("phys_mem is %d: must be larger than the address space, %d, and at most 2^52",
			phys, space)
	}
	return nil
}

// Check says what is wrong with the question.
func (q *Relocation) Check() error {
	if err := checkMemory(q.AddressSpace, q.PhysMem); err != nil {
		return err
	}
	if q.Base > q.PhysMem || q.Limit > q.PhysMem-q.Base {
		return fmt.Errorf("base %d and limit %d end behind the physical memory of %d",
			q.Base, q.Limit, q.PhysMem)
	}
	return nil
}

// Answer translates all addresses. Precondition: Check.
func (q *Relocation) Answer() []Relocated {
	seg := alloc.Segment{Limit: q.Limit, Base: addr.PAddr(q.Base), Prot: addr.ProtRead}
	all := make([]Relocated, len(q.VAddrs))
	for i, va := range q.VAddrs {
		all[i].VA = va
		all[i].OK, all[i].PA = relocate(&seg, va)
	}
	return all
}

// relocate translates an address with a segment.
func relocate(seg *alloc.Segment, va uint64) (bool, *uint64) {
	pa, why := seg.Translate(addr.VAddr(va), addr.Read)
	if why != alloc.Inside {
		return false, nil
	}
	where := uint64(pa)
	return true, &where
}

// RelocationOptions are what is given of a question; nil: drawn.
type RelocationOptions struct {
	AddressSpace, PhysMem uint64
	Count                 int // addresses
	Base, Limit           *uint64
}

// NewRelocation draws what is not given: the limit, the base, then the addresses.
func NewRelocation(o RelocationOptions, seed *big.Int) (*Relocation, error) {
	q := &Relocation{AddressSpace: o.AddressSpace, PhysMem: o.PhysMem}
	if err := checkMemory(q.AddressSpace, q.PhysMem); err != nil {
		return nil, err
	}
	if err := checkCount("addresses", o.Count); err != nil {
		return nil, err
	}
	draws := NewPython(seed)
	q.Limit = draws.limit(o.Limit, q.AddressSpace)
	var err error
	if q.Base, err = draws.base(o.Base, q.Limit, q.PhysMem); err != nil {
		return nil, err
	}
	q.VAddrs = draws.addresses(o.Count, q.AddressSpace)
	if err := q.Check(); err != nil {
		return nil, err
	}
	return q, nil
}

// limit is a limit of a quarter to half of an address space.
func (p *Python) limit(given *uint64, space uint64) uint64 {
	if given != nil {
		return *given
	}
	quarter := float64(space) / 4
	return uint64(math.Floor(quarter + float64(quarter*p.source.Float64())))
}

// base is a base from which limit bytes fit into memory with something to spare.
func (p *Python) base(given *uint64, limit, phys uint64) (uint64, error) {
	if given != nil {
		return *given, nil
	}
	if limit >= phys {
		return 0, fmt.Errorf("limit %d: must be less than the physical memory of %d", limit, phys)
	}
	return p.until("base", phys, func(base uint64) bool { return base+limit < phys })
}
