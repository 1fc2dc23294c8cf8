package trace

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// recordParser makes entries of one record of fixed size.
type recordParser func(record []byte, out *[4]Access) (n int, err error)

// recordReader is the Reader of formats that are rows of records of one size.
type recordReader struct {
	from   *bufio.Reader
	size   int
	parse  recordParser
	offset int64
	pause  bool // parse wants the caller to see to something first
}

func (r *recordReader) Read(batch []Access) (int, error) {
	var out [4]Access
	n := 0
	for n+len(out) <= len(batch) && !r.pause {
		record, err := r.from.Peek(r.size)
		switch {
		case errors.Is(err, io.EOF) && len(record) == 0:
			return n, io.EOF
		case errors.Is(err, io.EOF):
			return n, &Error{Offset: r.offset, Err: errCut}
		case err != nil:
			return n, err
		}
		got, err := r.parse(record, &out)
		if err != nil {
			return n, &Error{Offset: r.offset, Err: err}
		}
		n += copy(batch[n:], out[:got])
		_, _ = r.from.Discard(r.size) // has been peeked
		r.offset += int64(r.size)
	}
	return n, nil
}

// parseU64 reads raw little-endian page numbers.
func parseU64(record []byte, out *[4]Access) (int, error) {
	out[0] = Access{Addr: binary.LittleEndian.Uint64(record), Size: 1}
	return 1, nil
}

// oracleSize is the size of a record of libCacheSim's oracleGeneral: u32 time, u64 object, u32 size, i64
// index of the next request to it. Time, size and future are not needed: pages are of one size, and the
// future is found by going through the trace.
const oracleSize = 24

func parseOracle(record []byte, out *[4]Access) (int, error) {
	out[0] = Access{Addr: binary.LittleEndian.Uint64(record[4:]), Size: 1}
	return 1, nil
}

// The records of DynamoRIO's drmemtrace (clients/drcachesim/common/trace_entry.h): u16 type, u16 size, u64
// address. These are the types that matter here.
const (
	drRecord    = 12
	drRead      = 0
	drWrite     = 1
	drInstr     = 10 // to drInstrLast: kinds of instructions
	drInstrLast = 16
	drBundle    = 17 // sizes of up to 8 instructions behind the last, in the bytes of the address
	drPID       = 24
	drHeader    = 25
	drSysenter  = 31
	drTaken     = 48
	drUntaken   = 49
	drLast      = 63 // beyond all types that there are
	drMaxInsns  = 8
)

// drmemReader reads drmemtrace's binary records.
type drmemReader struct {
	recordReader
	space   int32
	next    uint64 // address behind the last instruction
	bundled []Access
}

func newDrmem(r *bufio.Reader) *drmemReader {
	d := &drmemReader{}
	d.recordReader = recordReader{from: r, size: drRecord, parse: d.parseEntry}
	return d
}

// Read also hands out what bundles hold.
func (r *drmemReader) Read(batch []Access) (int, error) {
	n := 0
	for len(batch)-n >= drMaxInsns {
		if len(r.bundled) > 0 {
			n += copy(batch[n:], r.bundled)
			r.bundled, r.pause = r.bundled[:0], false
			continue
		}
		got, err := r.recordReader.Read(batch[n:])
		n += got
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (r *drmemReader) parseEntry(record []byte, out *[4]Access) (int, error) {
	kind, size := binary.LittleEndian.Uint16(record), binary.LittleEndian.Uint16(record[2:])
	at := binary.LittleEndian.Uint64(record[4:])
	a := Access{Addr: at, Space: r.space}
	switch {
	case r.offset == 0 && kind != drHeader:
		return 0, fmt.Errorf("the first record is of type %d: must be %d, the header", kind, drHeader)
	case kind == drRead:
	case kind == drWrite:
		a.Kind = Write
	case kind >= drInstr && kind <= drInstrLast, kind == drSysenter, kind == drTaken, kind == drUntaken:
		a.Kind = Fetch
		r.next = at + uint64(size)
	case kind == drBundle:
		return 0, r.bundle(record[4:], int(size))
	case kind == drPID:
		r.space = int32(at & (1<<31 - 1))
		return 0, nil
	case kind > drLast:
		return 0, fmt.Errorf("a record of type %d: no version of drmemtrace has it", kind)
	default: // markers, prefetches, thread changes, encodings, header, footer
		return 0, nil
	}
	if err := a.sized(uint64(size)); err != nil {
		return 0, err
	}
	out[0] = a
	return 1, nil
}

// bundle unpacks the instructions behind the last one.
func (r *drmemReader) bundle(sizes []byte, n int) error {
	if n > drMaxInsns {
		return fmt.Errorf("a bundle of %d instructions: must be at most %d", n, drMaxInsns)
	}
	for _, size := range sizes[:n] {
		a := Access{Addr: r.next, Kind: Fetch, Space: r.space}
		if err := a.sized(uint64(size)); err != nil {
			return err
		}
		r.next += uint64(size)
		r.bundled = append(r.bundled, a)
	}
	r.pause = n > 0
	return nil
}
