package phys

import "memlab/paging/addr"

// Arena is the part of physical memory that holds page tables. Nodes are cleared when they are handed out,
// and go back to a free list by size.
//
// The bytes come in chunks, so that the arena grows without moving what is there and takes no more from the
// host than its nodes do. A node that fits into a chunk lies in one; a larger one takes several in a row.
type Arena struct {
	// Limit is the most bytes of page tables that there may be.
	Limit int

	base   addr.PAddr
	chunks []*chunk
	next   int // offset of the first byte that has not been handed out yet
	free   map[int][]addr.PAddr
	inUse  int
}

// chunk is a piece of the arena, in entries.
type chunk [chunkBytes / 8]uint64

const (
	chunkShift = 16
	chunkBytes = 1 << chunkShift
)

// leastArena is the Limit of a small machine: Linux takes its tables from the same memory as programs their
// pages, and a machine of 16 frames must still hold the tables of a pipeline.
const leastArena = 64 << 20

// arenaLimit is the Limit of a new memory of so many bytes for programs: as much again. A guest that maps one
// page in every gigabyte must run out of table memory, not of the host's.
func arenaLimit(bytes uint64) int { return int(max(bytes, leastArena)) }

// Alloc hands out size zero bytes (a multiple of 8) and their physical address; false when the arena is full.
func (a *Arena) Alloc(size int) (addr.PAddr, bool) {
	if list := a.free[size]; len(list) > 0 {
		pa := list[len(list)-1]
		a.free[size] = list[:len(list)-1]
		a.clear(pa, size)
		a.inUse += size
		return pa, true
	}
	at := a.next
	if in := at % chunkBytes; in != 0 && in+size > chunkBytes {
		at += chunkBytes - in
	}
	if size > a.Limit-at {
		return 0, false
	}
	a.next = at + size
	for len(a.chunks)<<chunkShift < a.next {
		a.chunks = append(a.chunks, new(chunk))
	}
	a.inUse += size
	return a.base + addr.PAddr(at), true
}

// clear zeroes a node that is used again.
func (a *Arena) clear(pa addr.PAddr, size int) {
	for at, end := int(pa-a.base), int(pa-a.base)+size; at < end; {
		in := at % chunkBytes
		n := min(end-at, chunkBytes-in)
		clear(a.chunks[at>>chunkShift][in/8 : (in+n)/8])
		at += n
	}
}

// Release takes a node back.
func (a *Arena) Release(pa addr.PAddr, size int) {
	if a.free == nil {
		a.free = make(map[int][]addr.PAddr)
	}
	a.free[size] = append(a.free[size], pa)
	a.inUse -= size
}

// Load64 reads the entry at pa.
func (a *Arena) Load64(pa addr.PAddr) uint64 {
	at := pa - a.base
	return a.chunks[at>>chunkShift][at/8%(chunkBytes/8)]
}

// Store64 writes the entry at pa.
func (a *Arena) Store64(pa addr.PAddr, v uint64) {
	at := pa - a.base
	a.chunks[at>>chunkShift][at/8%(chunkBytes/8)] = v
}

// InUse is the number of bytes that live nodes take.
func (a *Arena) InUse() int { return a.inUse }

// Contains reports whether pa lies in the arena.
func (a *Arena) Contains(pa addr.PAddr) bool {
	return pa >= a.base && pa-a.base < addr.PAddr(a.next)
}
