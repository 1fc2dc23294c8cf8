// Package contig is the memory of machines without pages: every program lies in physical memory in one piece,
// a partition, or in a few, segments. It is to those machines what the pager is to paged ones.
//
// A Space has Linux's areas, so that programs are loaded, call mmap and brk, and fork as everywhere; what
// differs is where the bytes are. Under Partitioned all areas of a program lie within one range of
// addresses, which a base and a limit register move to wherever a partition is; nothing within it is
// protected. Direct is the same with base 0 and all of memory as the partition: addresses are physical.
// Under Segmented each area has a segment of its own with its rights, and a stack's grows down.
//
// There are no page faults, so an area has all its bytes from the start: a file is read when it is mapped, as
// Linux does on processors without an MMU (mm/nommu.c), whose rules hold for what cannot be shared.
//
// Memory flows like this: NewSpace, Map and Brk ask the allocator (paging/alloc) for blocks; when none
// fits, memory is compacted if that is allowed, which moves programs and changes their base registers; when
// that does not help, a program that is to begin waits outside, and comes in with Admit, which may put
// others out to swap.
package contig

import (
	"errors"
	"slices"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/alloc"
	"memlab/paging/event"
)

// Scheme is how programs lie in memory.
type Scheme uint8

// The schemes.
const (
	Direct      Scheme = iota // at physical addresses; one program at a time
	Partitioned               // in a partition each, behind base and limit
	Segmented                 // in segments, one an area
)

// Config says what a Memory is made of.
type Config struct {
	Scheme    Scheme
	Allocator alloc.Allocator // of physical memory, in multiples of addr.ABIPage
	Compact   bool            // compact when a request fails although enough is free
	Swap      uint64          // bytes for programs that are put out; 0: none is
}

// Stats counts what has been done.
type Stats struct {
	Allocations uint64 `json:"allocations"`
	Failures    uint64 `json:"failures"` // requests that found no hole
	Waits       uint64 `json:"waits"`    // processes that had to wait for memory
	Compactions uint64 `json:"compactions"`
	BytesMoved  uint64 `json:"bytes_moved"` // by compaction
	SwapIns     uint64 `json:"swap_ins"`    // of whole processes
	SwapOuts    uint64 `json:"swap_outs"`
	BytesIn     uint64 `json:"bytes_in"` // by swapping
	BytesOut    uint64 `json:"bytes_out"`
	FileBytes   uint64 `json:"file_bytes"`   // read from files into areas
	PeakGranted uint64 `json:"peak_granted"` // most bytes that were in use at once
}

// Memory is physical memory, given out in contiguous pieces.
type Memory struct {
	Stats Stats

	cfg     Config
	bus     *event.Bus
	mmu     *paging.MMU
	spaces  []*Space // living ones, oldest first
	turn    uint64   // times that a space was made the running one
	granted uint64   // bytes of memory in use
	freed   uint64   // times that memory or swap was given back
}

// What an allocator may be able to do beyond alloc.Allocator.
type (
	compacter interface {
		Compact(move alloc.Mover) uint64
	}
	extender interface{ Extend(start, more uint64) bool }
	splitter interface{ Split(start, size uint64) bool }
)

var errCannotSplit = errors.New("segments need an allocator whose blocks can be split and extended")

// New makes a memory over mmu's.
func New(c Config, mmu *paging.MMU, bus *event.Bus) (*Memory, error) {
	if c.Scheme == Segmented {
		_, split := c.Allocator.(splitter)
		_, extend := c.Allocator.(extender)
		if !split || !extend {
			return nil, errCannotSplit
		}
	}
	return &Memory{cfg: c, bus: bus, mmu: mmu}, nil
}

// Allocator is what gives out the memory. The caller must not allocate or free.
func (m *Memory) Allocator() alloc.Allocator { return m.cfg.Allocator }

// Used is how many bytes are given out, and the most there have been.
func (m *Memory) Used() (now, peak uint64) { return m.granted, m.Stats.PeakGranted }

// Swapped is how many bytes of programs lie in swap.
func (m *Memory) Swapped() (sum uint64) {
	for _, s := range m.spaces {
		if s.been && !s.in {
			sum += s.limits()
		}
	}
	return sum
}

// take gets a block of size bytes for the addresses from va on, compacting memory if that helps. The block's
// bytes are zeros.
func (m *Memory) take(va addr.VAddr, size uint64) (alloc.Block, bool) {
	b, err := m.cfg.Allocator.Alloc(size)
	if err != nil {
		m.failed(err)
		no, ok := errors.AsType[*alloc.NoRoomError](err)
		if !ok || !m.cfg.Compact || no.Free < size {
			return alloc.Block{}, false
		}
		if _, done := m.Compact(); !done {
			return alloc.Block{}, false
		}
		if b, err = m.cfg.Allocator.Alloc(size); err != nil {
			m.failed(err)
			return alloc.Block{}, false
		}
	}
	m.Stats.Allocations++
	m.granted += b.Size
	m.Stats.PeakGranted = max(m.Stats.PeakGranted, m.granted)
	clear(m.bytes(b.Start, b.Size))
	m.changed(b.Start, b.Size)
	if m.bus.On(event.PartAlloc) {
		m.bus.Emit(&event.Event{
			Kind: event.PartAlloc, VA: va, PA: addr.PAddr(b.Start), Size: b.Size, Arg: size,
		})
	}
	return b, true
}

func (m *Memory) failed(err error) {
	m.Stats.Failures++
	if no, ok := errors.AsType[*alloc.NoRoomError](err); ok && m.bus.On(event.PartFail) {
		m.bus.Emit(&event.Event{Kind: event.PartFail, Size: no.Size, Arg: no.Free, Arg2: no.Largest})
	}
}

// give takes a block back.
func (m *Memory) give(va addr.VAddr, start, size uint64) {
	if err := m.cfg.Allocator.Free(start); err != nil {
		panic("contig: " + err.Error()) // what a piece says of its block is wrong: an invariant is broken
	}
	m.granted -= size
	m.freed++
	m.changed(start, size)
	if m.bus.On(event.PartFree) {
		m.bus.Emit(&event.Event{Kind: event.PartFree, VA: va, PA: addr.PAddr(start), Size: size})
	}
}

// bytes are those of a range of physical memory.
func (m *Memory) bytes(start, size uint64) []byte { return m.mmu.Mem.Bytes[start : start+size] }

// changed tells the processor that decoded instructions of a range of physical memory are void.
func (m *Memory) changed(start, size uint64) {
	for f := start >> m.mmu.Shift; f <= (start+size-1)>>m.mmu.Shift; f++ {
		m.mmu.CodeWritten(addr.Frame(f))
	}
}

// Compact moves all programs to the start of memory, so that what is free is one hole. It returns how many
// bytes have moved; false: the allocator's blocks cannot move. It must not be called while an instruction
// is under way other than by the growth of a stack.
func (m *Memory) Compact() (moved uint64, ok bool) {
	c, ok := m.cfg.Allocator.(compacter)
	if !ok {
		return 0, false
	}
	pieces := uint64(0)
	moved = c.Compact(func(from, to, size uint64) {
		pieces++
		copy(m.bytes(to, size), m.bytes(from, size))
		m.changed(from, size)
		m.changed(to, size)
		m.rebase(from, to)
	})
	m.Stats.Compactions++
	m.Stats.BytesMoved += moved
	m.mmu.DropLines()
	if m.bus.On(event.PartCompact) {
		m.bus.Emit(&event.Event{
			Kind: event.PartCompact, Size: moved, Arg: pieces,
			Arg2: alloc.Measure(m.cfg.Allocator).LargestHole,
		})
	}
	return moved, true
}

// rebase sets the base of the segment whose block has moved.
func (m *Memory) rebase(from, to uint64) {
	for _, s := range m.spaces {
		for i := range s.pieces {
			if p := &s.pieces[i]; p.placed && p.start == from {
				p.start = to
				s.regs.Segments[i].Base -= addr.PAddr(from - to)
				return
			}
		}
	}
}

// forget drops a space that has ended.
func (m *Memory) forget(s *Space) {
	m.spaces = slices.DeleteFunc(m.spaces, func(o *Space) bool { return o == s })
}
