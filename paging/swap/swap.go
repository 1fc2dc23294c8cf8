// Package swap is the backing store of pages that have no file to return to: a number of slots, each of
// which holds one page, over a Store that keeps the bytes.
//
// The pager takes a slot when it evicts a dirty private page (Alloc, Write), reads it when the page is
// touched again, and frees it when the page is gone for good. Slots are handed out lowest first, so that
// runs repeat and a store that grows stays small.
package swap

import (
	"fmt"
	"math/bits"
)

// Swap hands out the slots of a Store.
type Swap struct {
	store Store
	taken []uint64 // bit s%64 of word s/64: slot s is in use
	slots int
	used  int
	low   int         // no word before taken[low] has a free slot
	more  map[int]int // by slot: references beyond the first
}

// New makes slots free slots over store. Fewer than one slot is no swap: Alloc always fails.
func New(store Store, slots int) *Swap {
	slots = max(slots, 0)
	return &Swap{store: store, slots: slots}
}

// Slots is the number of slots, free and used.
func (s *Swap) Slots() int { return s.slots }

// Used is the number of slots in use.
func (s *Swap) Used() int { return s.used }

// Alloc takes the lowest free slot; false if all are in use.
func (s *Swap) Alloc() (int, bool) {
	if s.used == s.slots {
		return 0, false
	}
	for s.low < len(s.taken) && s.taken[s.low] == ^uint64(0) {
		s.low++
	}
	if s.low == len(s.taken) {
		s.taken = append(s.taken, 0) // the map grows as slots are used: claiming many costs nothing
	}
	bit := bits.TrailingZeros64(^s.taken[s.low])
	s.taken[s.low] |= 1 << bit
	s.used++
	return s.low*64 + bit, true
}

// Share adds a reference to slot, which is in use: one more Free is needed until it is free.
func (s *Swap) Share(slot int) {
	if s.more == nil {
		s.more = make(map[int]int)
	}
	s.more[slot]++
}

// Refs is the number of references to slot; 0: it is free.
func (s *Swap) Refs(slot int) int {
	if !s.inUse(slot) {
		return 0
	}
	return 1 + s.more[slot]
}

// Free gives slot back. Its bytes are undefined when the last reference is gone. It panics if the slot is not
// in use: two pages that believe to own one slot have lost their bytes already.
func (s *Swap) Free(slot int) {
	if !s.inUse(slot) {
		panic(fmt.Sprintf("swap: slot %d is freed, but not in use", slot))
	}
	if n := s.more[slot]; n > 0 {
		if s.more[slot] = n - 1; n == 1 {
			delete(s.more, slot)
		}
		return
	}
	s.taken[slot/64] &^= 1 << (slot % 64)
	s.used--
	s.low = min(s.low, slot/64)
}

func (s *Swap) inUse(slot int) bool {
	return slot >= 0 && slot/64 < len(s.taken) && s.taken[slot/64]&(1<<(slot%64)) != 0
}

// Read copies the page in slot, which is in use, to b.
func (s *Swap) Read(slot int, b []byte) error {
	if !s.inUse(slot) {
		return fmt.Errorf("read from swap slot %d, which is not in use", slot)
	}
	if err := s.store.ReadPage(slot, b); err != nil {
		return fmt.Errorf("read from swap slot %d: %w", slot, err)
	}
	return nil
}

// Write copies b to slot, which is in use.
func (s *Swap) Write(slot int, b []byte) error {
	if !s.inUse(slot) {
		return fmt.Errorf("write to swap slot %d, which is not in use", slot)
	}
	if err := s.store.WritePage(slot, b); err != nil {
		return fmt.Errorf("write to swap slot %d: %w", slot, err)
	}
	return nil
}
