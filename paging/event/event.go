// Package event has the one record that everything in memlab emits, and the Bus that carries it.
//
// A site that can emit tests the bus's mask first and builds the event only when someone listens:
//
//	if bus.On(event.PageFault) {
//		bus.Emit(&event.Event{Kind: event.PageFault, VA: va, Access: acc})
//	}
//
// The bus stamps sequence number, instruction count, pid and pc, and hands the record to the listeners of its
// kind in the order in which they subscribed. A record is valid during the call only.
//
// There are three ways to follow a machine, the dearest first:
//
//	Subscribe  a Listener is asked at each event, where it happens, and may answer with a Verdict
//	Observe    a Sink gets the records a batch at a time, somewhat later, and only looks on
//	Tally      a Tally counts, all together or by page, and no record is made
//
// All see the same events in the same order, and none changes what the machine does by being there.
//
// event imports paging/addr and nothing else of memlab.
package event

import "memlab/paging/addr"

// Event is one thing that happened. It is fixed in size and holds no pointers. The common fields are filled
// by the bus; which of the others mean something depends on Kind (see the table in kind.go).
type Event struct {
	Seq  uint64     // number of this event, from 1, within its machine
	Insn uint64     // instructions retired before it
	PC   addr.VAddr // the instruction that runs
	PID  int32      // the process that runs; 0 while none does
	Kind Kind

	Access addr.Access
	Prot   addr.Prot // rights: of a segment or area
	Flags  Flags
	Frame  addr.Frame
	Rule   uint8 // of the loader's events: the loader.Rule that decided
	Also   uint8 // a second one; 0: none
	VA     addr.VAddr
	PA     addr.PAddr
	Size   uint64 // bytes
	Arg    uint64 // by kind
	Arg2   uint64 // by kind
	Arg3   uint64 // by kind
}

// Flags are yes-or-no facts about an event.
type Flags uint8

// The flags.
const (
	Major  Flags = 1 << iota // page.fault: the disk (file or swap) had to be read
	Dirty                    // frame.evict: the page had been written since it was filled
	Kernel                   // the access was made by the loader or a system call on the program's behalf
)

// Verdict is a listener's answer: what the machine should do next. Which verdicts a kind honours stands in
// kind.go; any other is an error of the listener's.
type Verdict uint8

// The verdicts, weakest first: of several listeners the strongest wins.
const (
	Continue Verdict = iota
	Stop             // stop at the next instruction boundary
	Skip             // do not do it
	Retry            // the listener has mended the cause; try again
	Kill             // end the process as SIGKILL would
)
