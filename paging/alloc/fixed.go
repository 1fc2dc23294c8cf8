package alloc

import (
	"errors"
	"fmt"
)

// Fixed partitions: memory is cut once, when the machine starts, into pieces of equal or unequal sizes, and a
// process has one of them to itself (OS/360 MFT; Tanenbaum, Modern Operating Systems, "multiprogramming with
// fixed partitions"). What it does not use of it is lost: internal fragmentation.

// Queueing is which partitions a request may have.
type Queueing uint8

// The ways to queue.
const (
	SingleQueue  Queueing = iota // any that is large enough
	QueuePerSize                 // only one of the smallest size that is large enough: small jobs wait for it
)

// FixedConfig says what a Fixed is made of.
type FixedConfig struct {
	Base       uint64
	Partitions []uint64 // sizes in bytes, by address
	Fit        Fit      // FirstFit or BestFit, of those that are free
	Queueing   Queueing
}

// Fixed is memory in fixed partitions.
type Fixed struct {
	cfg   FixedConfig
	parts []Block // Requested 0: free
}

// NewFixed cuts the memory.
func NewFixed(c FixedConfig) (*Fixed, error) {
	if c.Fit > BestFit || c.Queueing > QueuePerSize {
		return nil, fmt.Errorf("fit %d, queueing %d: there are first and best fit, and two queueings",
			c.Fit, c.Queueing)
	}
	if len(c.Partitions) == 0 {
		return nil, errors.New("no partitions: there must be at least 1")
	}
	f := &Fixed{cfg: c}
	at := c.Base
	for i, size := range c.Partitions {
		if err := fits(at, size); err != nil {
			return nil, fmt.Errorf("partition %d: %w", i, err)
		}
		f.parts = append(f.parts, Block{Start: at, Size: size})
		at += size
	}
	return f, nil
}

// EqualPartitions are the sizes of n partitions of size bytes each.
func EqualPartitions(n int, size uint64) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = size
	}
	return out
}

// Alloc implements Allocator.
func (f *Fixed) Alloc(size uint64) (Block, error) {
	smallest := uint64(0) // that is large enough; 0: none
	found := -1
	for i, p := range f.parts {
		if p.Size < size || size == 0 {
			continue
		}
		if smallest == 0 || p.Size < smallest {
			smallest = p.Size
		}
		if p.Requested == 0 && (found < 0 || f.prefers(p.Size, f.parts[found].Size)) {
			found = i
		}
	}
	if found < 0 || f.cfg.Queueing == QueuePerSize && f.parts[found].Size != smallest {
		return Block{}, noRoom(f, size, smallest == 0)
	}
	f.parts[found].Requested = size
	return f.parts[found], nil
}

// prefers reports whether a free partition of one size is taken rather than an earlier one of another.
func (f *Fixed) prefers(size, other uint64) bool {
	return (f.cfg.Fit == BestFit || f.cfg.Queueing == QueuePerSize) && size < other
}

// Free implements Allocator.
func (f *Fixed) Free(start uint64) error {
	for i := range f.parts {
		if p := &f.parts[i]; p.Start == start && p.Requested > 0 {
			p.Requested = 0
			return nil
		}
	}
	return &NotAllocatedError{start}
}

// Blocks implements Allocator.
func (f *Fixed) Blocks() []Block {
	out := []Block{}
	for _, p := range f.parts {
		if p.Requested > 0 {
			out = append(out, p)
		}
	}
	return out
}

// Holes implements Allocator: free partitions, never joined.
func (f *Fixed) Holes() []Hole {
	out := []Hole{}
	for _, p := range f.parts {
		if p.Requested == 0 {
			out = append(out, Hole{p.Start, p.Size})
		}
	}
	return out
}

// Check implements Allocator.
func (f *Fixed) Check() error {
	at := f.cfg.Base
	for i, p := range f.parts {
		if p.Start != at || p.Size != f.cfg.Partitions[i] || p.Requested > p.Size {
			return fmt.Errorf("partition %d is %+v, should be %d bytes at %d", i, p, f.cfg.Partitions[i], at)
		}
		at = p.End()
	}
	return nil
}
