package alloc

import (
	"fmt"
	"maps"
	"math/bits"
	"slices"
)

// The buddy system (Knowlton, CACM 8(10), 1965): a block has 2^k units and lies at a multiple of its size,
// so that the one it was split from, and its other half, its buddy, follow from its address alone. Freeing
// joins buddies at once, as far as both are free and of the same order; a block larger than MaxOrder is
// never made (Linux: MAX_PAGE_ORDER, 10). The free block with the lowest address of the smallest order that
// is large enough is split, and its low half kept.

// LinuxMaxOrder is the largest order of Linux's page allocator on x86-64: 4 MiB of 4-KiB pages.
const LinuxMaxOrder = 10

// BuddyConfig says what a Buddy is made of.
type BuddyConfig struct {
	Base     uint64 // a multiple of Unit << MaxOrder is not needed: orders count from Base
	Units    uint64 // memory in units; any number: the rest behind the large blocks becomes smaller ones
	Unit     uint64 // bytes of a block of order 0; a power of two
	MaxOrder int    // the largest order
}

// Buddy is memory under the buddy system.
type Buddy struct {
	cfg  BuddyConfig
	free [][]uint64       // by order: unit numbers of free blocks, ascending
	live map[uint64]piece // by unit number
}

// piece is a block in use.
type piece struct {
	order     int
	requested uint64 // bytes
}

// maxOrder bounds MaxOrder: the size of a block in bytes must not overflow.
const maxOrder = 48

// NewBuddy cuts the memory into the largest blocks that fit.
func NewBuddy(c BuddyConfig) (*Buddy, error) {
	if c.MaxOrder < 0 || c.MaxOrder > maxOrder {
		return nil, fmt.Errorf("largest order %d: must be 0 to %d", c.MaxOrder, maxOrder)
	}
	if c.Unit == 0 || c.Unit&(c.Unit-1) != 0 {
		return nil, fmt.Errorf("units of %d bytes: must be a power of two", c.Unit)
	}
	hi, size := bits.Mul64(c.Units, c.Unit)
	if hi != 0 {
		return nil, fmt.Errorf("%d units of %d bytes: too many", c.Units, c.Unit)
	}
	if err := fits(c.Base, size); err != nil {
		return nil, err
	}
	const maxBlocks = 1 << 24
	if c.Units>>c.MaxOrder > maxBlocks {
		return nil, fmt.Errorf("%d units in blocks of at most order %d: more than %d blocks",
			c.Units, c.MaxOrder, maxBlocks)
	}
	b := &Buddy{cfg: c, free: make([][]uint64, c.MaxOrder+1), live: map[uint64]piece{}}
	for at := uint64(0); at < c.Units; {
		order := min(c.MaxOrder, bits.Len64(c.Units-at)-1)
		b.free[order] = append(b.free[order], at)
		at += 1 << order
	}
	return b, nil
}

// order is that of the smallest block of size bytes; false: there is none.
func (b *Buddy) order(size uint64) (int, bool) {
	if size == 0 {
		return 0, false
	}
	units := (size-1)/b.cfg.Unit + 1
	order := bits.Len64(units - 1)
	return order, order <= b.cfg.MaxOrder
}

// Alloc implements Allocator.
func (b *Buddy) Alloc(size uint64) (Block, error) {
	order, ok := b.order(size)
	from := order
	for ok && from <= b.cfg.MaxOrder && len(b.free[from]) == 0 {
		from++
	}
	if !ok || from > b.cfg.MaxOrder {
		return Block{}, noRoom(b, size, !ok)
	}
	at := b.free[from][0]
	b.free[from] = slices.Delete(b.free[from], 0, 1)
	for from > order {
		from--
		b.put(from, at+1<<from)
	}
	b.live[at] = piece{order, size}
	return b.block(at, b.live[at]), nil
}

func (b *Buddy) block(at uint64, p piece) Block {
	return Block{b.cfg.Base + at*b.cfg.Unit, b.cfg.Unit << p.order, p.requested}
}

// put makes a block free, without joining.
func (b *Buddy) put(order int, at uint64) {
	i, _ := slices.BinarySearch(b.free[order], at)
	b.free[order] = slices.Insert(b.free[order], i, at)
}

// Free implements Allocator.
func (b *Buddy) Free(start uint64) error {
	off := start - b.cfg.Base
	at := off / b.cfg.Unit
	p, ok := b.live[at]
	if !ok || off%b.cfg.Unit != 0 {
		return &NotAllocatedError{start}
	}
	delete(b.live, at)
	order := p.order
	for ; order < b.cfg.MaxOrder; order++ {
		i, found := slices.BinarySearch(b.free[order], at^1<<order)
		if !found {
			break
		}
		b.free[order] = slices.Delete(b.free[order], i, i+1)
		at &^= 1 << order
	}
	b.put(order, at)
	return nil
}

// FreeCounts is the number of free blocks of each order: Linux's nr_free, the columns of /proc/buddyinfo.
func (b *Buddy) FreeCounts() []uint64 {
	out := make([]uint64, len(b.free))
	for order, list := range b.free {
		out[order] = uint64(len(list))
	}
	return out
}

// Blocks implements Allocator.
func (b *Buddy) Blocks() []Block {
	out := []Block{}
	for _, at := range slices.Sorted(maps.Keys(b.live)) {
		out = append(out, b.block(at, b.live[at]))
	}
	return out
}

// Holes implements Allocator: each free block is one.
func (b *Buddy) Holes() []Hole {
	out := []Hole{}
	for order, list := range b.free {
		for _, at := range list {
			out = append(out, Hole{b.cfg.Base + at*b.cfg.Unit, b.cfg.Unit << order})
		}
	}
	slices.SortFunc(out, func(x, y Hole) int { return compare(x.Start, y.Start) })
	return out
}

// Check implements Allocator.
func (b *Buddy) Check() error {
	for order, list := range b.free {
		for i, at := range list {
			switch {
			case at&(1<<order-1) != 0:
				return fmt.Errorf("free block of order %d at unit %d: not aligned", order, at)
			case i > 0 && list[i-1] >= at:
				return fmt.Errorf("free blocks of order %d at units %d and %d are out of order",
					order, list[i-1], at)
			case order < b.cfg.MaxOrder && i > 0 && list[i-1] == at^1<<order:
				return fmt.Errorf("buddies of order %d at units %d and %d are both free",
					order, list[i-1], at)
			}
		}
	}
	for at, p := range b.live { // each is judged alone: the order does not matter but for which is told
		if want, ok := b.order(p.requested); !ok || want != p.order || at&(1<<p.order-1) != 0 {
			return fmt.Errorf("block of order %d at unit %d, %d bytes asked for: is not what it should be",
				p.order, at, p.requested)
		}
	}
	return tiles(b.Blocks(), b.Holes(), b.cfg.Base, b.cfg.Units*b.cfg.Unit)
}
