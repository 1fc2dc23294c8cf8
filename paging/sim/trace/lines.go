package trace

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// maxLine is the longest line of a text format that is read.
const maxLine = 1 << 16

// lineParser makes entries of one line, without its end: up to four of them in out, often none.
type lineParser func(line []byte, out *[4]Access) (n int, err error)

// lineReader is the Reader of all text formats.
type lineReader struct {
	from    *bufio.Reader
	parse   lineParser
	line    int
	pending [4]Access // of a line that the batch had no room for
	waiting int
	ended   bool
}

func newLineReader(r *bufio.Reader, parse lineParser) *lineReader {
	return &lineReader{from: r, parse: parse}
}

// errEnd is what a lineParser returns when the trace ends with this line.
var errEnd = errors.New("the trace says that it ends")

func (r *lineReader) Read(batch []Access) (int, error) {
	n := 0
	for {
		if r.waiting > 0 {
			if len(batch)-n < r.waiting {
				return n, nil
			}
			n += copy(batch[n:], r.pending[:r.waiting])
			r.waiting = 0
		}
		if r.ended {
			return n, io.EOF
		}
		line, err := r.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return n, err
		}
		r.ended = err != nil
		if r.ended && len(line) == 0 {
			return n, io.EOF
		}
		r.waiting, err = r.parse(line, &r.pending)
		if errors.Is(err, errEnd) {
			r.ended = true
			continue
		}
		if err != nil {
			return n, &Error{Line: r.line, Err: err}
		}
	}
}

// next is the next line. The last may lack its end: it comes with io.EOF.
func (r *lineReader) next() ([]byte, error) {
	line, err := r.from.ReadSlice('\n')
	r.line++
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, &Error{Line: r.line, Err: fmt.Errorf("more than %d bytes in one line", maxLine)}
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), err
}

// hex reads a hexadecimal number from the start of b and returns what is behind it.
func hex(b []byte) (v uint64, rest []byte, ok bool) {
	i := 0
	for ; i < len(b); i++ {
		d := hexDigit[b[i]]
		if d == noDigit {
			break
		}
		if v>>60 != 0 {
			return 0, b, false
		}
		v = v<<4 | uint64(d)
	}
	return v, b[i:], i > 0
}

// prefixedHex is hex, behind 0x or not.
func prefixedHex(b []byte) (v uint64, rest []byte, ok bool) {
	if len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		b = b[2:]
	}
	return hex(b)
}

const noDigit = 0xff

//nolint:gochecknoglobals // a constant table
var hexDigit = func() (t [256]uint8) {
	for i := range t {
		t[i] = noDigit
	}
	for i := range 10 {
		t['0'+i] = uint8(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = uint8(10+i), uint8(10+i)
	}
	return t
}()

// decimal reads a decimal number from the start of b and returns what is behind it.
func decimal(b []byte) (v uint64, rest []byte, ok bool) {
	i := 0
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		d := uint64(b[i] - '0')
		if v > (1<<64-1-d)/10 {
			return 0, b, false
		}
		v = v*10 + d
	}
	return v, b[i:], i > 0
}

// skipBlanks is b without blanks and tabs at its start.
func skipBlanks(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

// shown is a line for an error message: not more of it than helps.
func shown(line []byte) string {
	const most = 40
	if len(line) > most {
		return strconv.Quote(string(line[:most])) + "…"
	}
	return strconv.Quote(string(line))
}
