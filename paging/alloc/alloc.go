// Package alloc gives out contiguous memory, as systems did before paging and as every heap still does: fixed
// partitions, dynamic partitions with a free list, the buddy system; and the segment, a piece of an address
// space with a base, a limit and rights.
//
// An allocator knows ranges of addresses, not bytes. It is told sizes and says where; whoever owns the bytes
// (paging/contig for running programs, a simulation for none at all) does the copying, also of what Compact
// moves. A request flows like this: Alloc → round the size up (header, alignment, power of two, partition) →
// search the holes → split one → Block. Free puts the block back and joins it with its neighbours as the
// allocator's rule says. Measure looks at any allocator and reports its fragmentation.
//
// Addresses are plain numbers, so that the same code serves physical memory and a heap inside a program.
// alloc imports only paging/addr of memlab.
package alloc

import "fmt"

// Allocator gives out blocks of one range of addresses. It is not for concurrent use.
type Allocator interface {
	// Alloc finds room for size bytes, at least 1. The error is a *NoRoomError and nothing has changed.
	//
	// Postconditions: the block holds at least size bytes and overlaps no other.
	Alloc(size uint64) (Block, error)

	// Free takes back the block that starts at start. The error is a *NotAllocatedError and nothing has
	// changed.
	Free(start uint64) error

	// Blocks are the blocks in use, by address.
	Blocks() []Block

	// Holes are what is free, by address. Two of them may touch where the allocator has not joined them.
	Holes() []Hole

	// Check walks everything and says where the structures disagree.
	Check() error
}

// Block is a piece of memory that is in use.
type Block struct {
	Start     uint64
	Size      uint64 // granted, in bytes: header and rounding included
	Requested uint64 // asked for
}

// End is the address behind the block.
func (b Block) End() uint64 { return b.Start + b.Size }

// Hole is a piece of memory that is free.
type Hole struct{ Start, Size uint64 }

// End is the address behind the hole.
func (h Hole) End() uint64 { return h.Start + h.Size }

// NoRoomError says that a request cannot be granted, and by how much.
type NoRoomError struct {
	Size    uint64 // asked for
	Free    uint64 // bytes that are free altogether
	Largest uint64 // bytes of the largest hole
	Never   bool   // it could not be granted if everything were free
}

// Error tells lack of memory from fragmentation.
func (e *NoRoomError) Error() string {
	switch {
	case e.Size == 0:
		return "a request of 0 bytes: must be at least 1"
	case e.Never:
		return fmt.Sprintf("no room for %d bytes: more than can ever be given", e.Size)
	case e.Free >= e.Size:
		return fmt.Sprintf("no room for %d bytes: %d are free, but no hole to be used is larger than %d",
			e.Size, e.Free, e.Largest)
	default:
		return fmt.Sprintf("no room for %d bytes: only %d are free", e.Size, e.Free)
	}
}

// NotAllocatedError says that no block starts where one should be freed.
type NotAllocatedError struct{ Start uint64 }

// Error names the address.
func (e *NotAllocatedError) Error() string { return fmt.Sprintf("no block starts at %d", e.Start) }

// noRoom is the error of a failed request.
func noRoom(a Allocator, size uint64, never bool) error {
	e := &NoRoomError{Size: size, Never: never}
	for _, h := range a.Holes() {
		e.Free += h.Size
		e.Largest = max(e.Largest, h.Size)
	}
	return e
}

// fits fails when [base, base+size) is empty or wraps around.
func fits(base, size uint64) error {
	if size == 0 || base+size < base {
		return fmt.Errorf("memory of %d bytes at %d: must be at least 1 byte and end below 2^64", size, base)
	}
	return nil
}
