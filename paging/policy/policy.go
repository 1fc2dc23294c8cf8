// Package policy chooses which page leaves memory when no frame is free: page replacement, one policy a file.
//
// A policy does not own memory. Its driver tells it what happens and asks it for a Victim when a frame is
// needed; the policy looks at the frames through the Frames interface: which can go at all, and the accessed
// and dirty marks that the hardware keeps. What it must be told beyond that it says by the optional
// interfaces below, so that a policy sees what it declares as its Need and nothing more.
//
// The same code serves two drivers. paging drives it with a real program: frames are physical frames, bits
// are those of the page tables. paging/sim drives it with page numbers: frames are entries of plain arrays,
// and a hit is one store of a bit unless the policy is a Stream. The driver of either kind does for reference
// t to page x, in this order:
//
//	Tick                    if the policy is a Ticker, t > 0 and t is a multiple of Every
//	hit:   Referenced(f)    if it is a Stream; the accessed and dirty bits are set, whatever it is
//	miss:  Fault(x)         if it is a Faulter
//	       Shed, Freed      if it is a Shedder, until it names no frame
//	       Victim, Freed    if no frame is free; then Shed again
//	       Loaded(f)        the page is in; the retried access sets its bits
//	       Retried(f)       if it is a Retrier
//	Expired, Freed          if it is an Expirer, until it names no frame
//
// All state is in arrays by frame, or by page number for what is remembered of pages that are gone; lists
// are links in such arrays (lists), priorities heaps of indices (heap). Nothing is allocated but when a page
// number is larger than all before it, and then by doubling: memory is in proportion to distinct pages.
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
	NeedTrace               // every reference, or the last-use mark of every reference
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
	Bits
	References
}

// Bits are the marks that hardware keeps of a page in memory.
type Bits interface {
	Accessed(f addr.Frame) bool
	ClearAccessed(f addr.Frame) // a later use sets the bit again
	Dirty(f addr.Frame) bool
	Clean(f addr.Frame) // writes the page back: it is not Dirty any more, unless there is no room for it
}

// References tell pages and time apart.
type References interface {
	// PageOf is the number of the page in f: small, and the same whenever that page is loaded.
	PageOf(f addr.Frame) uint32
	// Now is the index of the running reference, from 0. It is kept for a Clocked policy only.
	Now() uint64
}

// Marks are Frames that keep the time of the last use of each page. LRU uses them where they are to be had,
// instead of being told of each reference.
type Marks interface {
	LastUse(f addr.Frame) uint64 // the clock of the last reference; never goes back while the page stays
}

// Future is what Frames offer when the references to come are known.
type Future interface {
	// NextUse is the index of the next reference to the page of the running one, Never if there is none.
	NextUse() uint64
}

// Never is the NextUse of a page that is not used again.
const Never = 1<<64 - 1

// Policy is one replacement policy at work on one frame table. No call allocates.
type Policy interface {
	Name() string
	Need() Need
	Loaded(f addr.Frame) // a page was put into f, which was free
	Freed(f addr.Frame)  // the page of f is gone: evicted, unmapped, or its process ended
	// Holds reports whether f is loaded as far as the policy knows.
	Holds(f addr.Frame) bool
	// Victim is the frame whose page shall go, addr.NoFrame when nothing is evictable. It is never a frame
	// that is not loaded or not Evictable. Postcondition: the policy still counts it as loaded until Freed.
	Victim() addr.Frame
}

// Retrier is a Policy whose definition loads pages with the accessed bit clear. The restarted instruction
// sets the bit of the page that it faulted on, so whoever drives the policy
// must call Retried(f) when that instruction is done; otherwise the machine runs another policy.
type Retrier interface {
	Retried(f addr.Frame)
}

// Stream is a Policy that must be told of every reference to a page in memory, but not of the one that
// faulted and loaded it.
type Stream interface {
	Referenced(f addr.Frame)
}

// Faulter is a Policy that must know the page that is about to be loaded: it remembers pages that are gone.
// Fault comes before Victim, and also when a frame is free.
type Faulter interface {
	Fault(page uint32)
}

// Ticker is a Policy that does something at intervals of references.
type Ticker interface {
	Every() uint64
	Tick()
}

// Clocked is a Policy that asks for Now.
type Clocked interface {
	Clocked()
}

// Sized is a Policy whose definition has the number of frames in it. Where that changes, as the share of a
// process does under local replacement, Resize of this package tells it; the frame numbers stay below
// Frames.Len.
type Sized interface {
	resize(n int, v values)
}

// Shedder is a Policy that may evict more pages at a fault than one, or some though a frame is free.
// Shed is the next of them, addr.NoFrame if there is no more; the driver must free it before it asks again.
type Shedder interface {
	Shed() addr.Frame
}

// Expirer is a Policy that evicts pages when time has passed. Expired is the next page that goes at the
// running reference, addr.NoFrame if there is no more; the driver must free it before it asks again.
type Expirer interface {
	Expired() addr.Frame
}

// Abilities are the optional interfaces of a policy: nil is what it is not.
type Abilities struct {
	Retrier Retrier
	Stream  Stream
	Faulter Faulter
	Ticker  Ticker
	Clocked Clocked
	Shedder Shedder
	Expirer Expirer
}

// AbilitiesOf asks p once for all of them.
func AbilitiesOf(p Policy) Abilities {
	var a Abilities
	a.Retrier, _ = p.(Retrier)
	a.Stream, _ = p.(Stream)
	a.Faulter, _ = p.(Faulter)
	a.Ticker, _ = p.(Ticker)
	a.Clocked, _ = p.(Clocked)
	a.Shedder, _ = p.(Shedder)
	a.Expirer, _ = p.(Expirer)
	return a
}
