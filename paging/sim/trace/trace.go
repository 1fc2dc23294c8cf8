package trace

import (
	"errors"
	"fmt"
	"io"
)

// Kind says what an Access does.
type Kind uint8

// The kinds.
const (
	Read   Kind = iota
	Write       // also what is read and written by one access of the processor
	Fetch       // of an instruction
	Modify      // a load, then a store to the same bytes, by one instruction: two references
	Drop        // no reference: the page is gone, unmapped or with its process
)

// Access is one entry of a trace.
type Access struct {
	Addr  uint64 // of the first byte; the page's number in traces of numbers
	Size  uint32 // bytes, at least 1; 1 in traces of numbers
	Space int32  // the address space, or process, or thread; 0 where the format knows none
	Kind  Kind

	// Straddles, in a trace of numbers, says that the next Access is the rest of this one: the processor
	// needs both pages at once.
	Straddles bool
}

// References is how many references a is: a load and a store count apart.
func (a *Access) References() int {
	switch a.Kind {
	case Modify:
		return 2
	case Drop:
		return 0
	default:
		return 1
	}
}

// Reader reads a trace from its beginning to its end.
type Reader interface {
	// Read fills batch from its start and returns how many entries it has filled. At the end it returns
	// io.EOF, perhaps with the last entries.
	Read(batch []Access) (int, error)
}

// Writer writes a trace. Close ends it; it does not close what is below.
type Writer interface {
	Write(batch []Access) error
	Close() error
}

// Info is what a trace's file says of it as a whole.
type Info struct {
	Format string
	// PageSize is the unit of Access.Addr in bytes: 1 for byte addresses, 0 for numbers of pages, blocks or
	// objects of a size that the format does not tell.
	PageSize uint64
	Gzip     bool
}

// Error is what is wrong with a trace, and where.
type Error struct {
	Line   int   // from 1; 0: the format has no lines
	Offset int64 // byte, where Line is 0
	Err    error
}

func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("byte %d: %v", e.Offset, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

var errCut = errors.New("the trace ends in the middle of a record")

// row is a Reader of accesses that are at hand.
type row struct{ left []Access }

// Row is a Reader of these accesses.
func Row(all []Access) Reader { return &row{all} }

func (r *row) Read(batch []Access) (int, error) {
	n := copy(batch, r.left)
	r.left = r.left[n:]
	if len(r.left) == 0 {
		return n, io.EOF
	}
	return n, nil
}
