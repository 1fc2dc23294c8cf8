package alloc

import (
	"cmp"
	"fmt"
	"slices"
)

func compare(a, b uint64) int { return cmp.Compare(a, b) }

// insert puts a freed piece into the list, where the order wants it, and joins.
func (d *Dynamic) insert(h Hole) {
	if d.cfg.Coalesce == JoinAddress {
		h = d.absorb(h)
	}
	switch d.cfg.Order {
	case Front:
		d.list = slices.Insert(d.list, 0, h)
	case Back:
		d.list = append(d.list, h)
	default: // the list may be out of order by what allocations left
		d.list = append(d.list, h)
		slices.SortStableFunc(d.list, d.compare)
	}
	if d.cfg.Coalesce == JoinList {
		d.joinNeighbours()
	}
}

// compare orders the list if it is one that is sorted.
func (d *Dynamic) compare(a, b Hole) int {
	switch d.cfg.Order {
	case BySizeUp:
		return compare(a.Size, b.Size)
	case BySizeDown:
		return compare(b.Size, a.Size)
	default:
		return compare(a.Start, b.Start)
	}
}

// absorb takes the holes that touch h in memory out of the list and returns all as one.
func (d *Dynamic) absorb(h Hole) Hole {
	whole := h
	d.list = slices.DeleteFunc(d.list, func(o Hole) bool {
		if o.End() != h.Start && o.Start != h.End() {
			return false
		}
		whole.Start = min(whole.Start, o.Start)
		whole.Size += o.Size
		return true
	})
	return whole
}

// joinNeighbours makes one pass over the list and joins each entry that begins where the one before it ends.
func (d *Dynamic) joinNeighbours() {
	n := 0
	for _, h := range d.list[1:] {
		if last := &d.list[n]; last.End() == h.Start {
			last.Size += h.Size
			continue
		}
		n++
		d.list[n] = h
	}
	d.list = d.list[:n+1]
}

// checkList says what is wrong with the list's order.
func (d *Dynamic) checkList() error {
	for i := 1; i < len(d.list); i++ {
		a, b := d.list[i-1], d.list[i]
		if d.cfg.Order == ByAddress && a.Start >= b.Start {
			return fmt.Errorf("list entry %d at %d comes before %d", i-1, a.Start, b.Start)
		}
	}
	if d.cfg.Coalesce != JoinAddress && (d.cfg.Coalesce != JoinList || d.cfg.Order != ByAddress) {
		return nil
	}
	holes := d.Holes()
	for i := 1; i < len(holes); i++ {
		if holes[i-1].End() == holes[i].Start {
			return fmt.Errorf("holes at %d and %d touch and have not been joined",
				holes[i-1].Start, holes[i].Start)
		}
	}
	return nil
}

// tiles fails unless blocks and holes, each by address, cover [base, base+size) without overlapping.
func tiles(blocks []Block, holes []Hole, base, size uint64) error {
	at := base
	for len(blocks)+len(holes) > 0 {
		var next Hole
		if len(holes) == 0 || len(blocks) > 0 && blocks[0].Start < holes[0].Start {
			next, blocks = Hole{blocks[0].Start, blocks[0].Size}, blocks[1:]
		} else {
			next, holes = holes[0], holes[1:]
		}
		if next.Size == 0 {
			return fmt.Errorf("an empty piece at %d", next.Start)
		}
		if next.Start != at {
			return fmt.Errorf("a piece at %d follows one that ends at %d", next.Start, at)
		}
		at = next.End()
	}
	if at != base+size {
		return fmt.Errorf("the last piece ends at %d, memory at %d", at, base+size)
	}
	return nil
}
