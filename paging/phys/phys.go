// Package phys is physical memory: the bytes, and the frame table that says what each frame holds.
//
// The first Frames frames hold the pages of programs and are what a configuration counts. Page tables lie
// behind them, in simulated memory too, in an arena that grows as tables are made (see Tables): a machine of
// 16 frames has 16 frames for programs, as in the textbooks, and the tables' size is reported on its own.
package phys

import (
	"fmt"
	"math/bits"

	"memlab/paging/addr"
)

// Space numbers an address space. 0 is none.
type Space int32

// Info is one entry of the frame table. LastUse is a plain store on every access; the rest changes on faults
// only.
type Info struct {
	LastUse uint64    // the access clock of the last use; kept only for policies that ask for it
	Page    addr.Page // the page it holds, in Owner
	Owner   Space     // 0: free
	Pins    int32     // while not 0 the frame must not be evicted
	Slot    int32     // swap slot that is kept for the page, plus 1; 0: none
	Code    bool      // decoded instructions of it are cached: its bytes must not change unannounced
	Private bool      // its bytes are no file's; otherwise they still equal the file's
	Cow     bool      // shared since a fork: a write needs a copy, or that nobody else is left
	Ahead   bool      // it was prefetched, and nobody has looked yet whether it has been used
	Others  int32     // more pages that it is mapped at: an index into the pager's list; 0: none
}

// Memory is the bytes of all frames and the table that describes them.
type Memory struct {
	Bytes  []byte // Frames() * PageSize bytes
	Table  []Info // one entry a frame
	Tables Arena  // page tables, at physical addresses from len(Bytes) on

	size addr.PageSize
	free []uint64 // bit f%64 of word f/64: frame f is free
	left int      // number of free frames
	low  int      // no word before free[low] has a free frame
}

// New makes a memory of so many frames of size bytes each.
func New(size addr.PageSize, frames int) (*Memory, error) {
	if !size.Valid() {
		return nil, fmt.Errorf("page size %d: must be a power of two from 64 to 2097152", size)
	}
	if frames < 1 || uint64(frames) > MaxBytes/uint64(size) {
		return nil, fmt.Errorf("%d frames of %d bytes: must be at least 1 frame and at most %d bytes",
			frames, size, uint64(MaxBytes))
	}
	m := &Memory{Bytes: make([]byte, uint64(frames)*uint64(size)), Table: make([]Info, frames), size: size}
	m.Tables.base = addr.PAddr(len(m.Bytes))
	m.Tables.Limit = arenaLimit(uint64(len(m.Bytes)))
	m.free = make([]uint64, (frames+63)/64)
	m.left = frames
	for f := range frames {
		m.free[f/64] |= 1 << (f % 64)
	}
	return m, nil
}

// MaxBytes is the most physical memory that a machine may have.
const MaxBytes = 16 << 30

// Size is the size of a frame.
func (m *Memory) Size() addr.PageSize { return m.size }

// Frames is the number of frames for programs.
func (m *Memory) Frames() int { return len(m.Table) }

// Free is the number of free frames.
func (m *Memory) Free() int { return m.left }

// Take removes the lowest free frame from the free ones.
func (m *Memory) Take() (addr.Frame, bool) {
	if m.left == 0 {
		return addr.NoFrame, false
	}
	for m.free[m.low] == 0 {
		m.low++
	}
	bit := bits.TrailingZeros64(m.free[m.low])
	m.free[m.low] &^= 1 << bit
	m.left--
	return addr.Frame(m.low*64 + bit), true
}

// Release makes f free and clears its entry. Precondition: f was taken.
func (m *Memory) Release(f addr.Frame) {
	m.Table[f] = Info{}
	word := int(f / 64)
	m.free[word] |= 1 << (f % 64)
	m.left++
	m.low = min(m.low, word)
}

// Frame is the bytes of frame f.
func (m *Memory) Frame(f addr.Frame) []byte {
	base := uint64(f) * uint64(m.size)
	return m.Bytes[base : base+uint64(m.size) : base+uint64(m.size)]
}
