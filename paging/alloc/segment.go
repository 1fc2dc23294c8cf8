package alloc

import (
	"fmt"

	"memlab/paging/addr"
)

// Segment is a piece of an address space that lies contiguously in physical memory: what a pair of base and
// limit registers describes, with rights. One that grows down (a stack) is measured from its upper end.
//
//	up     Start ├──────── Limit ────────┤              Base is where the byte at Start lies
//	down                 ├──────── Limit ────────┤ Start        Base is behind the last byte
type Segment struct {
	Start addr.VAddr // its first address; of one that grows down the address behind its last
	Limit uint64     // bytes
	Base  addr.PAddr // where Start lies in physical memory
	Prot  addr.Prot
	Down  bool
}

// Lookup is what a segment says to an access.
type Lookup uint8

// The answers.
const (
	Inside    Lookup = iota
	Outside          // the address is not within the limit
	Forbidden        // it is, but the segment lacks the right
)

// From and End are the addresses that the segment covers: [From, End).
func (s *Segment) From() addr.VAddr {
	if s.Down {
		return s.Start - addr.VAddr(s.Limit)
	}
	return s.Start
}

// End is the address behind the segment.
func (s *Segment) End() addr.VAddr {
	if s.Down {
		return s.Start
	}
	return s.Start + addr.VAddr(s.Limit)
}

// Low is the physical address of the segment's lowest byte.
func (s *Segment) Low() addr.PAddr {
	if s.Down {
		return s.Base - addr.PAddr(s.Limit)
	}
	return s.Base
}

// Translate is what the hardware does: compare with the limit, check the right, add the base.
func (s *Segment) Translate(va addr.VAddr, a addr.Access) (addr.PAddr, Lookup) {
	off := uint64(va - s.Start)
	if s.Down {
		if off = uint64(s.Start - va); off == 0 || off > s.Limit {
			return 0, Outside
		}
	} else if off >= s.Limit {
		return 0, Outside
	}
	if !s.Prot.Allows(a) {
		return 0, Forbidden
	}
	if s.Down {
		return s.Base - addr.PAddr(off), Inside
	}
	return s.Base + addr.PAddr(off), Inside
}

// Segments are the segments of an address space, by address and disjoint.
type Segments []Segment

// Find is the index of the segment that covers va; -1: none.
func (t Segments) Find(va addr.VAddr) int {
	lo, hi := 0, len(t)
	for lo < hi {
		if mid := (lo + hi) / 2; t[mid].End() <= va {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(t) && t[lo].From() <= va {
		return lo
	}
	return -1
}

// Check says what is wrong with the order of the segments.
func (t Segments) Check() error {
	for i := range t {
		s := &t[i]
		if s.Limit == 0 || s.End() < s.From() {
			return fmt.Errorf("segment %d: %v-%v is empty or wraps around", i, s.From(), s.End())
		}
		if i > 0 && s.From() < t[i-1].End() {
			return fmt.Errorf("segment %d: begins at %v, before %v, the end of the last",
				i, s.From(), t[i-1].End())
		}
	}
	return nil
}
