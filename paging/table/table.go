// Package table has the formats of page tables. They are held in simulated physical memory: a walk reads
// entries at physical addresses, and what the tables cost in memory can be counted.
//
//	Radix     a tree for each address space, x86-64's for 4 KiB pages and four levels
//	Linear    an array for each address space, an entry for each page that there can be
//	Inverted  one hash table for all spaces, an entry for each page that is in memory
//
// All of them are a Table, and pass the suite of the tests. What an Entry says is the same in all: which
// frame, which rights, accessed, dirty; or where in swap.
package table

import "memlab/paging/addr"

// VirtualBits is the width of virtual addresses.
const VirtualBits = 48

// Table is the page table of one address space.
type Table interface {
	Entries
	Walked
	Memory
}

// Entries are what the kernel does with a table.
type Entries interface {
	// Lookup is p's entry and where it lies; pa is 0 when the table has no place for it.
	Lookup(p addr.Page) (e Entry, pa addr.PAddr)
	// Set writes p's entry. It fails when there is no memory for it.
	Set(p addr.Page, e Entry) bool
	// Visit calls fn for each entry that is not zero, in [from, to), in order of pages. fn may change the
	// entry by Set.
	Visit(from, to addr.Page, fn func(p addr.Page, e Entry))
}

// Walked is what the processor does with a table.
type Walked interface {
	// Use is a whole walk for an access of kind a: it sets A in each entry and, for a write, D in the last.
	// If the page is not present, or not for such an access, or its rights are Mixed, it returns false and
	// has left the last entry alone.
	Use(p addr.Page, a addr.Access) (Entry, bool)
	// Walk shows v the entries that the processor reads to find p, in order, and returns the last, as v left
	// it.
	Walk(p addr.Page, v Visitor) Entry
}

// Memory is what a table costs.
type Memory interface {
	// Bytes is the simulated memory that it takes.
	Bytes() int
	// Prune gives back what holds no entry any more. It must not be called from Visit.
	Prune()
	// Destroy gives everything back. The table must not be used afterwards.
	Destroy()
}

// Visitor reads an entry on the processor's way, may set its A and D bits, and returns it as it is then.
// level is 1 for the entry that names the page's frame; above 1 for one on the way to it.
type Visitor interface {
	Visit(pa addr.PAddr, level int) Entry
}

// used is what e becomes by an access of kind a; false if it does not allow it or cannot tell.
func used(e Entry, a addr.Access) (Entry, bool) {
	if e&(Present|Mixed) != Present || !e.Prot().Allows(a) {
		return 0, false
	}
	if a == addr.Write {
		e |= Dirty
	}
	return e | Accessed, true
}
