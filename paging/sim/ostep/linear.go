package ostep

import (
	"fmt"
	"math/big"
)

// Linear is a question about a page table that is one array. Sizes are bytes.
type Linear struct {
	AddressSpace uint64    `json:"address_space"`
	PhysMem      uint64    `json:"phys_mem"`
	PageSize     uint64    `json:"page_size"`
	PageTable    []*uint64 `json:"page_table"` // the frame of each page; nil: invalid
	VAddrs       []uint64  `json:"vaddrs"`
}

// LinearValid is the bit of a valid entry in the exercise's 32-bit entries; the rest is the frame.
const LinearValid = 0x80000000

// Paged is where an address lies.
type Paged struct {
	VA  uint64  `json:"va"`
	VPN uint64  `json:"vpn"`
	OK  bool    `json:"ok"`
	PA  *uint64 `json:"pa"` // nil: the entry is invalid
}

// maxLinear bounds sizes: the exercise has 32-bit addresses and less than 1 GB.
const maxLinear = 1 << 30

// checkSizes checks what does not depend on the page table.
func (q *Linear) checkSizes() error {
	if err := checkMemory(q.AddressSpace, q.PhysMem); err != nil {
		return err
	}
	switch {
	case q.PhysMem >= maxLinear:
		return fmt.Errorf("phys_mem is %d: must be less than %d", q.PhysMem, maxLinear)
	case q.PageSize < 1 || q.PageSize&(q.PageSize-1) != 0:
		return fmt.Errorf("page_size is %d: must be a power of two", q.PageSize)
	case q.AddressSpace&(q.AddressSpace-1) != 0:
		return fmt.Errorf("address_space is %d: must be a power of two", q.AddressSpace)
	case q.AddressSpace%q.PageSize != 0:
		return fmt.Errorf("address_space is %d: must be a multiple of the page size, %d",
			q.AddressSpace, q.PageSize)
	case q.PhysMem%q.PageSize != 0:
		return fmt.Errorf("phys_mem is %d: must be a multiple of the page size, %d", q.PhysMem, q.PageSize)
	}
	return nil
}

// Check says what is wrong with the question.
func (q *Linear) Check() error {
	if err := q.checkSizes(); err != nil {
		return err
	}
	pages, frames := q.AddressSpace/q.PageSize, q.PhysMem/q.PageSize
	if uint64(len(q.PageTable)) != pages {
		return fmt.Errorf("page_table has %d entries: the address space has %d pages",
			len(q.PageTable), pages)
	}
	for vpn, frame := range q.PageTable {
		if frame != nil && *frame >= frames {
			return fmt.Errorf("page_table, page %d: frame %d must be 0 to %d", vpn, *frame, frames-1)
		}
	}
	return checkInside(q.VAddrs, q.AddressSpace)
}

// Answer translates all addresses. Precondition: Check.
func (q *Linear) Answer() []Paged {
	all := make([]Paged, len(q.VAddrs))
	for i, va := range q.VAddrs {
		all[i].VA, all[i].VPN = va, va/q.PageSize
		if frame := q.PageTable[all[i].VPN]; frame != nil {
			pa := *frame*q.PageSize + va%q.PageSize
			all[i].OK, all[i].PA = true, &pa
		}
	}
	return all
}

// LinearOptions are what is given of a question.
type LinearOptions struct {
	AddressSpace, PhysMem, PageSize uint64
	Count                           int      // addresses, when they are drawn
	VAddrs                          []uint64 // nil: drawn
	Used                            int      // percent of the pages that are valid
}

// maxEntries bounds the page table that NewLinear draws.
const maxEntries = 1 << 20

// NewLinear draws a page table, then the addresses. For each page it draws whether the page is valid, then a
// frame; when that is taken already it starts again with the page, also with the question of validity.
func NewLinear(o LinearOptions, seed *big.Int) (*Linear, error) {
	q := &Linear{AddressSpace: o.AddressSpace, PhysMem: o.PhysMem, PageSize: o.PageSize, VAddrs: o.VAddrs}
	if err := q.checkSizes(); err != nil {
		return nil, err
	}
	if err := checkCount("addresses", o.Count); err != nil {
		return nil, err
	}
	if o.Used < 0 || o.Used > 100 {
		return nil, fmt.Errorf("%d percent of the pages used: must be 0 to 100", o.Used)
	}
	pages, frames := q.AddressSpace/q.PageSize, q.PhysMem/q.PageSize
	if pages > maxEntries {
		return nil, fmt.Errorf("a page table of %d entries: at most %d are drawn", pages, maxEntries)
	}
	draws := NewPython(seed)
	taken := map[uint64]bool{}
	q.PageTable = make([]*uint64, 0, pages)
	for uint64(len(q.PageTable)) < pages {
		if 100*draws.source.Float64() <= 100-float64(o.Used) {
			q.PageTable = append(q.PageTable, nil)
			continue
		}
		if frame := draws.below(frames); !taken[frame] {
			taken[frame] = true
			q.PageTable = append(q.PageTable, &frame)
		}
	}
	if q.VAddrs == nil {
		q.VAddrs = draws.addresses(o.Count, q.AddressSpace)
	}
	if err := q.Check(); err != nil {
		return nil, err
	}
	return q, nil
}
