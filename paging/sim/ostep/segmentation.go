package ostep

import (
	"errors"
	"fmt"
	"math/big"

	"memlab/paging/addr"
	"memlab/paging/alloc"
)

// The directions in which a segment grows.
const (
	Up   = "up"
	Down = "down"
)

// Half is the segment of one half of an address space.
type Half struct {
	Base  uint64 `json:"base"` // physical; of one that grows down the address behind its last byte
	Limit uint64 `json:"limit"`
	Grows string `json:"grows"` // Up or Down
}

// low is the lowest physical address of the segment. Precondition: check.
func (h *Half) low() uint64 {
	if h.Grows == Down {
		return h.Base - h.Limit
	}
	return h.Base
}

// check says what is wrong with the segment.
func (h *Half) check(space, phys uint64) error {
	switch {
	case h.Grows != Up && h.Grows != Down:
		return fmt.Errorf("grows is %q: must be %q or %q", h.Grows, Up, Down)
	case h.Limit > space/2:
		return fmt.Errorf("limit %d: must be at most half of the address space, %d", h.Limit, space/2)
	case h.Base > phys:
		return fmt.Errorf("base %d: behind the physical memory of %d", h.Base, phys)
	case h.Grows == Down && h.Limit > h.Base:
		return fmt.Errorf("limit %d: the segment grows down from %d below 0", h.Limit, h.Base)
	case h.Grows == Up && h.Limit > phys-h.Base:
		return fmt.Errorf("base %d and limit %d end behind the physical memory of %d", h.Base, h.Limit, phys)
	}
	return nil
}

// segment is the hardware's view; of segment i of an address space.
func (h *Half) segment(i, space uint64) alloc.Segment {
	from, to := uint64(0), upper(space)
	if i == 1 {
		from, to = to, space
	}
	s := alloc.Segment{Start: addr.VAddr(from), Limit: h.Limit, Base: addr.PAddr(h.Base), Prot: addr.ProtRead}
	if h.Grows == Down {
		s.Down, s.Start = true, addr.VAddr(to)
	}
	return s
}

// upper is the first address of the upper half.
func upper(space uint64) uint64 { return (space + 1) / 2 }

// Segmentation is a question about an address space of two segments. The top bit of an address chooses: the
// lower half is segment 0, the upper one segment 1. Sizes are bytes.
type Segmentation struct {
	AddressSpace uint64   `json:"address_space"`
	PhysMem      uint64   `json:"phys_mem"`
	Seg0         Half     `json:"seg0"`
	Seg1         Half     `json:"seg1"`
	VAddrs       []uint64 `json:"vaddrs"`
}

// Segmented is where an address lies.
type Segmented struct {
	VA  uint64  `json:"va"`
	Seg int     `json:"seg"` // 0 or 1
	OK  bool    `json:"ok"`
	PA  *uint64 `json:"pa"` // nil: a violation
}

// Check says what is wrong with the question.
func (q *Segmentation) Check() error {
	if err := checkMemory(q.AddressSpace, q.PhysMem); err != nil {
		return err
	}
	for i, h := range []*Half{&q.Seg0, &q.Seg1} {
		if err := h.check(q.AddressSpace, q.PhysMem); err != nil {
			return fmt.Errorf("segment %d: %w", i, err)
		}
	}
	return checkInside(q.VAddrs, q.AddressSpace)
}

// checkInside checks that addresses lie in an address space.
func checkInside(vaddrs []uint64, space uint64) error {
	for i, va := range vaddrs {
		if va >= space {
			return fmt.Errorf("address %d, %d, lies outside the address space: must be 0 to %d",
				i, va, space-1)
		}
	}
	return nil
}

// Disjoint fails if the segments overlap in physical memory.
func (q *Segmentation) Disjoint() error {
	a, b := q.Seg0.low(), q.Seg1.low()
	if a < b+q.Seg1.Limit && b < a+q.Seg0.Limit {
		return fmt.Errorf("the segments overlap in physical memory: [%d, %d) and [%d, %d)",
			a, a+q.Seg0.Limit, b, b+q.Seg1.Limit)
	}
	return nil
}

// Answer translates all addresses. Precondition: Check.
func (q *Segmentation) Answer() []Segmented {
	segs := [2]alloc.Segment{q.Seg0.segment(0, q.AddressSpace), q.Seg1.segment(1, q.AddressSpace)}
	all := make([]Segmented, len(q.VAddrs))
	for i, va := range q.VAddrs {
		all[i].VA = va
		if va >= upper(q.AddressSpace) {
			all[i].Seg = 1
		}
		all[i].OK, all[i].PA = relocate(&segs[all[i].Seg], va)
	}
	return all
}

// SegmentationOptions are what is given of a question; nil: drawn.
type SegmentationOptions struct {
	AddressSpace, PhysMem uint64
	Count                 int      // addresses, when they are drawn
	VAddrs                []uint64 // nil: drawn
	Base0, Limit0         *uint64
	Base1, Limit1         *uint64 // Base1 is the upper end
}

// NewSegmentation draws what is not given: both limits, the base of segment 0, that of segment 1, the
// addresses.
func NewSegmentation(o SegmentationOptions, seed *big.Int) (*Segmentation, error) {
	q := &Segmentation{AddressSpace: o.AddressSpace, PhysMem: o.PhysMem, VAddrs: o.VAddrs}
	if err := checkMemory(q.AddressSpace, q.PhysMem); err != nil {
		return nil, err
	}
	if err := checkCount("addresses", o.Count); err != nil {
		return nil, err
	}
	if (o.Base0 == nil || o.Base1 == nil) && q.PhysMem <= 2*q.AddressSpace {
		return nil, errors.New("the physical memory must be larger than two address spaces to draw a base")
	}
	draws := NewPython(seed)
	q.Seg0 = Half{Limit: draws.limit(o.Limit0, q.AddressSpace), Grows: Up}
	q.Seg1 = Half{Limit: draws.limit(o.Limit1, q.AddressSpace), Grows: Down}
	if max(q.Seg0.Limit, q.Seg1.Limit) > q.AddressSpace/2 {
		return nil, fmt.Errorf("limits %d and %d: must be at most half of the address space, %d",
			q.Seg0.Limit, q.Seg1.Limit, q.AddressSpace/2)
	}
	var err error
	if q.Seg0.Base, err = draws.base(o.Base0, q.Seg0.Limit, q.PhysMem); err != nil {
		return nil, fmt.Errorf("segment 0: %w", err)
	}
	if o.Base1 != nil {
		q.Seg1.Base = *o.Base1
	} else {
		q.Seg1.Base, err = draws.until("base", q.PhysMem, func(low uint64) bool {
			end := low + q.Seg1.Limit
			return end < q.PhysMem && (low > q.Seg0.Base+q.Seg0.Limit || end < q.Seg0.Base)
		})
		if err != nil {
			return nil, fmt.Errorf("segment 1: %w", err)
		}
		q.Seg1.Base += q.Seg1.Limit
	}
	if q.VAddrs == nil {
		q.VAddrs = draws.addresses(o.Count, q.AddressSpace)
	}
	if err := q.Check(); err != nil {
		return nil, err
	}
	if err := q.Disjoint(); err != nil {
		return nil, err
	}
	return q, nil
}
