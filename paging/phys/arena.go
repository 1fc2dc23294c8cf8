package phys

import (
	"encoding/binary"

	"memlab/paging/addr"
)

// Arena is the part of physical memory that holds page tables. Nodes are cleared when they are handed out,
// and go back to a free list by size.
type Arena struct {
	// Limit is the most bytes of page tables that there may be.
	Limit int

	base  addr.PAddr
	bytes []byte
	free  map[int][]addr.PAddr
	inUse int
}

// maxArena is the Limit of a new memory: a guest that maps one page in every gigabyte must run out of
// table memory, not of the host's.
const maxArena = 1 << 30

// Alloc hands out size zero bytes (a multiple of 8) and their physical address; false when the arena is full.
func (a *Arena) Alloc(size int) (addr.PAddr, bool) {
	if list := a.free[size]; len(list) > 0 {
		pa := list[len(list)-1]
		a.free[size] = list[:len(list)-1]
		clear(a.bytes[pa-a.base:][:size])
		a.inUse += size
		return pa, true
	}
	if size > a.Limit-len(a.bytes) {
		return 0, false
	}
	pa := a.base + addr.PAddr(len(a.bytes))
	a.bytes = append(a.bytes, make([]byte, size)...)
	a.inUse += size
	return pa, true
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
func (a *Arena) Load64(pa addr.PAddr) uint64 { return binary.LittleEndian.Uint64(a.bytes[pa-a.base:]) }

// Store64 writes the entry at pa.
func (a *Arena) Store64(pa addr.PAddr, v uint64) {
	binary.LittleEndian.PutUint64(a.bytes[pa-a.base:], v)
}

// InUse is the number of bytes that live nodes take.
func (a *Arena) InUse() int { return a.inUse }

// Contains reports whether pa lies in the arena.
func (a *Arena) Contains(pa addr.PAddr) bool {
	return pa >= a.base && pa-a.base < addr.PAddr(len(a.bytes))
}
