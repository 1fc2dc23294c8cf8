// Package tlb is the translation lookaside buffer: a set-associative cache of page translations.
package tlb

import "memlab/paging/addr"

// Entry is one cached translation.
type Entry struct {
	Stamp uint64    // access clock of the last use
	Page  addr.Page // tag
	Frame addr.Frame
	ASID  uint16
	Prot  addr.Prot
	Valid bool
	Dirty bool // the page-table entry's D bit is known to be set
}

// TLB is the buffer.
type TLB struct{}
