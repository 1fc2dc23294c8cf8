// Package policy chooses which page leaves memory when no frame is free: page replacement, one policy a file.
//
// A policy does not own memory. The pager tells it what happens (Loaded, Freed) and asks for a Victim when
// it needs a frame; the policy looks at the frames through the Frames interface: which can go at all, and
// the accessed, dirty and last-use marks that the hardware, or the laboratory, keeps. So a policy sees on a
// live machine exactly what it declares as its Need and nothing more. Nothing is called on a hit.
//
//	fault, no frame free → Victim() = f → pager evicts f → Freed(f) → page filled → Loaded(f) → retry
//
// Package policytest has the suite that every policy passes.
package policy

import "memlab/paging/addr"

// Need is what a policy must be told of the references of a program.
type Need uint8

// The needs, from least to most.
const (
	NeedNothing Need = iota // loads and evictions only
	NeedBits                // accessed and dirty bits of the page tables
	NeedTrace               // the last-use mark of every reference
	NeedFuture              // the references to come: not to be had on a live machine
)

// String is the word for n: "nothing", "bits", "trace", "future".
func (n Need) String() string {
	switch n {
	case NeedNothing:
		return "nothing"
	case NeedBits:
		return "bits"
	case NeedTrace:
		return "trace"
	case NeedFuture:
		return "future"
	}
	return "unknown"
}

// Frames is the frame table as a policy sees it. Frame numbers are 0 to Len()-1.
type Frames interface {
	Len() int
	Evictable(f addr.Frame) bool // it holds a page that can go now: not pinned, room in swap if needed
	Accessed(f addr.Frame) bool
	ClearAccessed(f addr.Frame) // a later use sets the bit again
	Dirty(f addr.Frame) bool
	LastUse(f addr.Frame) uint64 // the clock of the last reference; never goes back while the page stays
}

// Policy is one replacement policy at work on one frame table. No call allocates.
type Policy interface {
	Name() string
	Need() Need
	Loaded(f addr.Frame) // a page was put into f, which was free
	Freed(f addr.Frame)  // the page of f is gone: evicted, unmapped, or its process ended
	// Victim is the frame whose page shall go, addr.NoFrame when nothing is evictable. It is never a frame
	// that is not loaded or not Evictable. Postcondition: the policy still counts it as loaded until Freed.
	Victim() addr.Frame
}

// Retrier is a Policy whose definition loads pages with the accessed bit clear. The restarted instruction
// sets the bit of the page that it faulted on (policies.md, D1 and section 5), so whoever drives the policy
// must call Retried(f) when that instruction is done; otherwise the machine runs another policy.
type Retrier interface {
	Retried(f addr.Frame)
}
