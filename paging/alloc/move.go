package alloc

import "slices"

// This file has what a Dynamic can do with blocks in use, beyond giving out and taking back: moving them
// together, and changing where they end.

// Mover is told to move size bytes from one address to another; the ranges may overlap.
type Mover func(from, to, size uint64)

// Compact moves all blocks to the start of memory, in the order of their addresses, so that one hole is
// left behind them. move is called for each that has to move, lowest first; nil: nobody has bytes there. It
// returns how many bytes have moved.
func (d *Dynamic) Compact(move Mover) (moved uint64) {
	at := d.cfg.Base
	blocks := d.Blocks()
	clear(d.live)
	for _, b := range blocks {
		if b.Start != at {
			if move != nil {
				move(b.Start, at, b.Size)
			}
			moved += b.Size
			b.Start = at
		}
		d.live[at] = b
		at += b.Size
	}
	d.list = d.list[:0]
	if end := d.cfg.Base + d.cfg.Size; at < end {
		d.list = append(d.list, Hole{at, end - at})
	}
	d.rover = at
	return moved
}

// AllocCompacting is Alloc, but when that fails although enough is free it compacts memory and tries again.
func (d *Dynamic) AllocCompacting(size uint64, move Mover) (b Block, moved uint64, err error) {
	if b, err = d.Alloc(size); err == nil {
		return b, 0, nil
	}
	if need, ok := d.need(size); !ok || need > total(d.list) {
		return Block{}, 0, err
	}
	moved = d.Compact(move)
	b, err = d.Alloc(size)
	return b, moved, err
}

func total(holes []Hole) (sum uint64) {
	for _, h := range holes {
		sum += h.Size
	}
	return sum
}

// Extend lets the block at start grow by more bytes at its end if a hole that begins there is large enough.
// Alignment is the caller's: more is taken as it is.
func (d *Dynamic) Extend(start, more uint64) bool {
	b, ok := d.live[start]
	if !ok {
		return false
	}
	i := slices.IndexFunc(d.list, func(h Hole) bool { return h.Start == b.End() })
	if i < 0 || d.list[i].Size < more {
		return false
	}
	h := &d.list[i]
	h.Start, h.Size = h.Start+more, h.Size-more
	if h.Size == 0 {
		d.list = slices.Delete(d.list, i, i+1)
	}
	b.Size, b.Requested = b.Size+more, b.Requested+more
	d.live[start] = b
	return true
}

// Split makes two blocks of the one at start: the first keeps its first size bytes. Each may be freed alone.
// Precondition: size is more than 0 and less than the block's. A block with a header is not split.
func (d *Dynamic) Split(start, size uint64) bool {
	b, ok := d.live[start]
	if !ok || size == 0 || size >= b.Size || d.cfg.Header > 0 {
		return false
	}
	asked := min(b.Requested, size)
	rest := Block{start + size, b.Size - size, b.Requested - asked}
	b.Size, b.Requested = size, asked
	d.live[start], d.live[rest.Start] = b, rest
	return true
}
