// Package tlb is the translation lookaside buffer: a set-associative cache of page translations, tagged with
// the address space they belong to (ASID), each set with a replacement policy of its own.
//
// The buffer does not know time: whoever uses an entry stores the access clock in its Stamp, by which LRU and
// tree-PLRU choose. FIFO must be told when an entry is filled (Filled), bit-PLRU of each use, too (Touch).
package tlb

import (
	"fmt"

	"memlab/paging/addr"
)

// Entry is one cached translation.
type Entry struct {
	Stamp uint64    // access clock of the last use; an entry that is not valid keeps it
	Page  addr.Page // tag
	Frame addr.Frame
	ASID  uint16
	Prot  addr.Prot
	Valid bool
	Dirty bool // the page-table entry's D bit is known to be set
	Mixed bool // rights differ within the page: each access asks the areas
}

// TLB is the buffer.
type TLB struct {
	entries []Entry // set by set
	ways    int
	sets    uint64
	policy  Policy
	used    []bool   // by entry: bit-PLRU's bits
	filled  []uint64 // by entry: FIFO's order
	fills   uint64
	seed    uint64 // state of the random generator
}

// New makes a buffer of so many entries in sets of so many ways. The number of sets must be a power of two,
// for tree-PLRU that of ways, too. seed is for the policy that draws lots.
func New(entries, ways int, policy Policy, seed uint64) (*TLB, error) {
	if entries < 1 || ways < 1 || entries%ways != 0 {
		return nil, fmt.Errorf("TLB of %d entries, %d ways: the ways must divide the entries", entries, ways)
	}
	sets := entries / ways
	if sets&(sets-1) != 0 {
		return nil, fmt.Errorf("TLB of %d entries, %d ways: %d sets is not a power of two",
			entries, ways, sets)
	}
	if policy == TreePLRU && ways&(ways-1) != 0 {
		return nil, fmt.Errorf("TLB of %d ways with policy %s: its tree needs a power of two", ways, policy)
	}
	t := &TLB{entries: make([]Entry, entries), ways: ways, sets: uint64(sets), policy: policy, seed: seed}
	switch policy {
	case BitPLRU:
		t.used = make([]bool, entries)
	case FIFO:
		t.filled = make([]uint64, entries)
	default:
	}
	return t, nil
}

// Plain reports whether the policy is LRU, for which Find serves.
func (t *TLB) Plain() bool { return t.policy == LRU }

// Told reports whether the policy must be told of each use by Touch.
func (t *TLB) Told() bool { return t.policy == BitPLRU }

// Set is the set that p belongs to.
func (t *TLB) Set(p addr.Page) int { return int(uint64(p) & (t.sets - 1)) }

func (t *TLB) set(p addr.Page) []Entry {
	at := t.Set(p) * t.ways
	return t.entries[at : at+t.ways]
}

// Lookup finds p's entry and its way, or nil. It changes nothing.
func (t *TLB) Lookup(p addr.Page, asid uint16) (*Entry, int) {
	set := t.set(p)
	for i := range set {
		if e := &set[i]; e.Page == p && e.Valid && e.ASID == asid {
			return e, i
		}
	}
	return nil, 0
}

// Victim is the entry that a new translation of p replaces, and its way: the lowest invalid way, otherwise
// the one that the policy chooses. If it is Valid the caller forgets what it knows of it before overwriting
// it.
func (t *TLB) Victim(p addr.Page) (*Entry, int) {
	set := t.set(p)
	for i := range set {
		if !set[i].Valid {
			return &set[i], i
		}
	}
	way := t.choose(set, t.Set(p)*t.ways)
	return &set[way], way
}

// Find is Lookup and, if p is not there, Victim under LRU: hit tells which. Stamps of valid entries are not
// 0, so that the victim is the first with the least stamp where an invalid entry counts as 0; which it is
// cannot be guessed, so the search has no branch for it.
func (t *TLB) Find(p addr.Page, asid uint16) (e *Entry, hit bool) {
	set := t.set(p)
	at, least := 0, ^uint64(0)
	for i := range set {
		e := &set[i]
		if e.Page == p && e.Valid && e.ASID == asid {
			return e, true
		}
		stamp := e.Stamp
		if !e.Valid {
			stamp = 0
		}
		if stamp < least {
			at = i
		}
		least = min(least, stamp)
	}
	return &set[at], false
}

// All is every entry, set by set, for flushing and checking.
func (t *TLB) All() []Entry { return t.entries }
