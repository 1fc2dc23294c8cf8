package alloc

import (
	"fmt"
	"maps"
	"slices"
)

// Dynamic partitions: memory is cut as requests come (Knuth, TAOCP vol. 1, 2.5). The holes are a list;
// where a freed block goes in it (Order), which entry is taken (Fit) and what is joined (Coalesce) are
// three choices that do not depend on one another. With order ByAddress and coalescing JoinAddress these
// are the textbook's dynamic partitions; OSTEP's malloc.py is JoinList or JoinNone with any order.

// Fit is which hole a request gets.
type Fit uint8

// The fits. Ties go to the hole that comes first in the list.
const (
	FirstFit Fit = iota // the first that is large enough
	BestFit             // the smallest of those
	WorstFit            // the largest
	NextFit             // the first from where the last search ended, then from the start
)

// Order is how the list of holes is ordered.
type Order uint8

// The orders. Only freeing puts an entry in its place: what an allocation leaves of a hole stays where the
// hole was, also in a list by size.
const (
	ByAddress Order = iota
	BySizeUp        // smallest first, equal sizes as they came
	BySizeDown
	Front // what was freed last is first
	Back
)

// Coalesce is what a freed block is joined with.
type Coalesce uint8

// The ways to join.
const (
	JoinAddress Coalesce = iota // the holes before and behind it in memory
	JoinList                    // entries that follow one another both in the list and in memory
	JoinNone                    // nothing
)

// DynamicConfig says what a Dynamic is made of.
type DynamicConfig struct {
	Base, Size uint64 // the memory: [Base, Base+Size)
	Header     uint64 // bytes in front of each block for the allocator itself
	Align      uint64 // sizes are rounded up to its multiples; 0 or 1: they are not
	Fit        Fit
	Order      Order
	Coalesce   Coalesce
}

// Dynamic is memory in dynamic partitions.
type Dynamic struct {
	cfg      DynamicConfig
	list     []Hole           // in list order
	live     map[uint64]Block // by start
	rover    uint64           // NextFit: the end of the last allocation
	searched int
}

// NewDynamic makes one hole of all the memory.
func NewDynamic(c DynamicConfig) (*Dynamic, error) {
	if err := fits(c.Base, c.Size); err != nil {
		return nil, err
	}
	if c.Fit > NextFit || c.Order > Back || c.Coalesce > JoinNone {
		return nil, fmt.Errorf("fit %d, order %d, coalesce %d: unknown", c.Fit, c.Order, c.Coalesce)
	}
	return &Dynamic{
		cfg: c, list: []Hole{{c.Base, c.Size}}, live: map[uint64]Block{}, rover: c.Base,
	}, nil
}

// Alloc implements Allocator: the block is the front of the hole.
func (d *Dynamic) Alloc(size uint64) (Block, error) {
	need, ok := d.need(size)
	i := -1
	if ok {
		i = d.find(need)
	} else {
		d.searched = len(d.list)
	}
	if i < 0 {
		return Block{}, noRoom(d, size, !ok || need > d.cfg.Size)
	}
	h := &d.list[i]
	b := Block{h.Start, need, size}
	h.Start, h.Size = h.Start+need, h.Size-need
	if h.Size == 0 {
		d.list = slices.Delete(d.list, i, i+1)
	}
	d.live[b.Start] = b
	d.rover = b.End()
	return b, nil
}

// need is what a request takes: rounded up, and a header more.
func (d *Dynamic) need(size uint64) (uint64, bool) {
	need := size
	if a := d.cfg.Align; a > 1 {
		if rest := need % a; rest != 0 {
			need += a - rest
		}
	}
	need += d.cfg.Header
	return need, size > 0 && need >= size
}

// find is the index of the entry that a request of need bytes gets; -1: none.
func (d *Dynamic) find(need uint64) int {
	d.searched = len(d.list)
	found := -1
	for i, h := range d.list {
		if h.Size < need {
			continue
		}
		switch d.cfg.Fit {
		case FirstFit:
			d.searched = i + 1
			return i
		case BestFit:
			if found < 0 || h.Size < d.list[found].Size {
				found = i
			}
		case WorstFit:
			if found < 0 || h.Size > d.list[found].Size {
				found = i
			}
		case NextFit:
			if h.Start >= d.rover {
				d.searched = i + 1
				return i
			}
			if found < 0 {
				found = i
			}
		}
	}
	return found
}

// Searched is how many entries of the list the last Alloc looked at. NextFit counts from the front.
func (d *Dynamic) Searched() int { return d.searched }

// Free implements Allocator.
func (d *Dynamic) Free(start uint64) error {
	b, ok := d.live[start]
	if !ok {
		return &NotAllocatedError{start}
	}
	delete(d.live, start)
	d.insert(Hole{b.Start, b.Size})
	return nil
}

// Blocks implements Allocator.
func (d *Dynamic) Blocks() []Block {
	return slices.SortedFunc(maps.Values(d.live), func(a, b Block) int { return compare(a.Start, b.Start) })
}

// Holes implements Allocator.
func (d *Dynamic) Holes() []Hole {
	out := slices.Clone(d.list)
	slices.SortFunc(out, func(a, b Hole) int { return compare(a.Start, b.Start) })
	return out
}

// FreeList is the holes in the order of the list.
func (d *Dynamic) FreeList() []Hole { return slices.Clone(d.list) }

// Check implements Allocator.
func (d *Dynamic) Check() error {
	for start, b := range d.live { // each is judged alone: the order does not matter but for which is told
		if start != b.Start || b.Requested+d.cfg.Header > b.Size {
			return fmt.Errorf("block %+v is kept at %d", b, start)
		}
	}
	if err := tiles(d.Blocks(), d.Holes(), d.cfg.Base, d.cfg.Size); err != nil {
		return err
	}
	return d.checkList()
}
