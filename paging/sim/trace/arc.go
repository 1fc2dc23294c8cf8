package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// arcReader reads the traces of the ARC paper, .lis: "start count ignored sequence" stands for the blocks
// start to start+count-1. A count may be large: it is gone through, not stored.
type arcReader struct {
	lines *lineReader
	next  uint64
	left  uint64
}

func newARC(r *bufio.Reader) *arcReader {
	a := &arcReader{}
	a.lines = newLineReader(r, a.parse)
	return a
}

func (r *arcReader) parse(line []byte, _ *[4]Access) (int, error) {
	b := skipBlanks(line)
	if len(b) == 0 {
		return 0, nil
	}
	start, rest, ok := decimal(b)
	if ok {
		r.left, rest, ok = decimal(skipBlanks(rest))
	}
	if !ok || len(rest) > 0 && rest[0] != ' ' && rest[0] != '\t' || start+r.left < start {
		r.left = 0
		return 0, fmt.Errorf("%s: must be first block, number of blocks, and two more numbers", shown(line))
	}
	r.next = start
	return 0, nil
}

func (r *arcReader) Read(batch []Access) (int, error) {
	n := 0
	for n < len(batch) {
		if r.left == 0 {
			if err := r.line(); err != nil {
				return n, err
			}
			continue
		}
		batch[n] = Access{Addr: r.next, Size: 1}
		r.next++
		r.left--
		n++
	}
	return n, nil
}

// line reads one line.
func (r *arcReader) line() error {
	if r.lines.ended {
		return io.EOF
	}
	line, err := r.lines.next()
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	r.lines.ended = err != nil
	if _, err := r.parse(line, nil); err != nil {
		return &Error{Line: r.lines.line, Err: err}
	}
	return nil
}
