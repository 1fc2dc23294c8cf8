package paging

import "memlab/paging/addr"

// Cause says why an access cannot be made, or what resolving its fault took.
type Cause uint8

// The causes. Those from NoArea on cannot be resolved: they become a signal.
const (
	NotPresent   Cause = iota // the page has to be brought in
	Copy                      // a write to a page that is still the file's or another process's
	NoArea                    // nothing is mapped there: SIGSEGV, SEGV_MAPERR
	NoRight                   // the area forbids it: SIGSEGV, SEGV_ACCERR
	PastEOF                   // wholly behind the file's end: SIGBUS, BUS_ADRERR
	ReadError                 // file or swap could not be read: SIGBUS, BUS_ADRERR
	WriteError                // swap could not be written
	NoMemory                  // no frame is free and none can be evicted: the out-of-memory killer's case
	Refused                   // a listener ended the access, or Pager.AfterFault found a fault
	NonCanonical              // bits 47 to 63 differ: #GP, not a page fault
	NoTables                  // no memory is left for page tables: the out-of-memory killer's case too
)

// The bits of a page fault's error code (Intel SDM Vol. 3, 4.7).
const (
	CodePresent = 1 << iota
	CodeWrite
	CodeUser
	CodeReserved
	CodeFetch
)

// Fault describes an access that could not be made.
type Fault struct {
	VA     addr.VAddr // the first byte that could not be accessed
	Access addr.Access
	Cause  Cause
	Code   uint32 // Intel's error code
}

// String is the cause in words.
func (c Cause) String() string {
	switch c {
	case NotPresent:
		return "not present"
	case Copy:
		return "copy on write"
	case NoArea:
		return "nothing mapped"
	case NoRight:
		return "not allowed"
	case PastEOF:
		return "past end of file"
	case ReadError:
		return "read error"
	case WriteError:
		return "write error"
	case NoMemory:
		return "out of memory"
	case NoTables:
		return "out of memory for page tables"
	case Refused:
		return "refused"
	default:
		return "non-canonical address"
	}
}
