package trace

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// memlab's own format. A trace of a program is long and repeats itself; most references are to the page, or
// the line, of the last one of their kind. So a record is a byte, often the only one:
//
//	file    "MLTRACE" version(1) varint(page size; 1: byte addresses, 0: numbers)  record…  end
//	record  bits 0-2 what it is, bit 3: no difference follows, bits 4-7 n
//	  0 read  1 write  2 fetch   of page numbers: n+1 references in a row, 15: a varint of them, less 16,
//	  3 modify                   follows; of bytes: log2 of the size, 15: the size follows as a varint
//	  4 drop                     likewise, n = 0
//	  5 space                    varint address space: whose the records behind are
//	  6 straddle                 the next two records are one access
//	  7 end                      varint number of references in the file: it is whole
//
// Behind the byte follows, unless bit 3 is set, the difference to the page or address of the last record of
// the same kind as a varint in zigzag order. For bytes it is counted from the end of that access, so that
// instructions one after the other need none.
const (
	ownMagic   = "MLTRACE"
	ownVersion = 1
	opDrop     = 4
	opSpace    = 5
	opStraddle = 6
	opEnd      = 7
	sameBit    = 8
	manyRuns   = 15
	maxPage    = 1 << 30 // the largest page size in a header
)

var (
	errEndless = errors.New("the trace is cut off: it has no end record")
	errBehind  = errors.New("there is something behind the end of the trace")
)

// ownReader reads memlab's own format.
type ownReader struct {
	from     *bufio.Reader
	offset   int64
	pageSize uint64
	last     [opDrop + 1]uint64
	space    int32
	straddle bool
	run      Access // of which
	left     uint64 // so many are still to be handed out
	refs     uint64
	ended    bool
}

func newOwn(r *bufio.Reader) (*ownReader, error) {
	o := &ownReader{from: r, offset: int64(len(ownMagic)) + 1}
	head, err := r.Peek(len(ownMagic) + 1)
	if err != nil || string(head[:len(ownMagic)]) != ownMagic {
		return nil, &Error{Err: errors.New("no memlab trace: it must begin with " + ownMagic)}
	}
	if v := head[len(ownMagic)]; v != ownVersion {
		return nil, &Error{Err: fmt.Errorf("version %d of memlab's trace format: must be %d", v, ownVersion)}
	}
	_, _ = r.Discard(len(head)) // has been peeked
	if o.pageSize, err = o.varint(); err != nil {
		return nil, err
	}
	if bits.OnesCount64(o.pageSize) > 1 || o.pageSize > maxPage {
		return nil, o.wrong(fmt.Errorf("page size %d: must be 0, or a power of two up to %d",
			o.pageSize, maxPage))
	}
	return o, nil
}

func (r *ownReader) wrong(err error) error { return &Error{Offset: r.offset, Err: err} }

func (r *ownReader) Read(batch []Access) (int, error) {
	n := 0
	for n < len(batch) {
		if r.left > 0 {
			k := min(r.left, uint64(len(batch)-n))
			for i := range batch[n : n+int(k)] {
				batch[n+i] = r.run
			}
			n += int(k)
			r.left -= k
			continue
		}
		if r.ended {
			return n, io.EOF
		}
		if err := r.record(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// record reads one record into run and left.
func (r *ownReader) record() error {
	op, err := r.from.ReadByte()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = r.wrong(errEndless)
		}
		return err
	}
	r.offset++
	switch op & 7 {
	case opSpace:
		v, err := r.varint()
		if err == nil && v >= 1<<31 {
			err = r.wrong(fmt.Errorf("address space %d: must be below %d", v, 1<<31))
		}
		r.space = int32(v & (1<<31 - 1))
		return err
	case opStraddle:
		r.straddle = true
		return nil
	case opEnd:
		return r.end()
	}
	return r.access(op)
}

// access reads what follows the first byte of an access.
func (r *ownReader) access(op byte) error {
	kind := Kind(op & 7)
	a := Access{Kind: kind, Size: 1, Space: r.space, Straddles: r.straddle}
	r.straddle = false
	n := uint64(op >> 4)
	diff := uint64(0)
	if op&sameBit == 0 {
		v, err := r.varint()
		if err != nil {
			return err
		}
		diff = v>>1 ^ -(v & 1)
	}
	many := n == manyRuns
	if many {
		var err error
		if n, err = r.varint(); err != nil {
			return err
		}
	}
	a.Addr = r.last[kind] + diff
	r.left = 1
	if r.pageSize != 1 || kind == Drop {
		r.last[kind] = a.Addr
		r.left = n + 1
		if many {
			r.left = n + manyRuns + 1
		}
		if r.left < n || (kind == Drop || a.Straddles) && r.left != 1 {
			return r.wrong(fmt.Errorf("%d times in a row: it cannot be repeated so often", r.left))
		}
	} else {
		size := n
		if !many {
			size = 1 << n
		}
		if err := a.sized(size); err != nil {
			return r.wrong(err)
		}
		r.last[kind] = a.Addr + uint64(a.Size)
	}
	r.run = a
	r.refs += r.left * uint64(a.References())
	return nil
}

func (r *ownReader) end() error {
	n, err := r.varint()
	if err != nil {
		return err
	}
	if n != r.refs {
		return r.wrong(fmt.Errorf("%d references were read, the trace's end says %d", r.refs, n))
	}
	if r.straddle {
		return r.wrong(errCut)
	}
	if _, err := r.from.Peek(1); err == nil {
		return r.wrong(errBehind)
	}
	r.ended = true
	return nil
}

func (r *ownReader) varint() (uint64, error) {
	v, n := uint64(0), 0
	for {
		b, err := r.from.ReadByte()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = r.wrong(errEndless)
			}
			return 0, err
		}
		r.offset++
		if n == 9 && b > 1 {
			return 0, r.wrong(errors.New("a number beyond 64 bits"))
		}
		v |= uint64(b&0x7f) << (7 * n)
		if b < 0x80 {
			return v, nil
		}
		n++
	}
}

// ownWriter writes memlab's own format.
type ownWriter struct {
	to       *bufio.Writer
	pageSize uint64
	last     [opDrop + 1]uint64
	space    int32
	refs     uint64
	run      Access // that is not written yet,
	left     uint64 // so often
	buf      []byte
}

func newOwnWriter(w io.Writer, pageSize uint64) *ownWriter {
	o := &ownWriter{to: bufio.NewWriterSize(w, bufferSize), pageSize: pageSize}
	o.buf = append(o.buf, ownMagic...)
	o.buf = binary.AppendUvarint(append(o.buf, ownVersion), pageSize)
	return o
}

func (w *ownWriter) Write(batch []Access) error {
	for i := range batch {
		a := &batch[i]
		if w.left > 0 && a.Addr == w.run.Addr && a.Kind == w.run.Kind && a.Space == w.run.Space &&
			!a.Straddles && !w.run.Straddles && a.Kind != Drop && w.pageSize != 1 {
			w.left++
			continue
		}
		w.put()
		w.run, w.left = *a, 1
		if len(w.buf) >= bufferSize/2 {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// put appends the waiting run to buf.
func (w *ownWriter) put() {
	if w.left == 0 {
		return
	}
	a := &w.run
	if a.Space != w.space {
		w.space = a.Space
		w.buf = binary.AppendUvarint(append(w.buf, opSpace), uint64(a.Space))
	}
	if a.Straddles {
		w.buf = append(w.buf, opStraddle)
	}
	op, many := w.repeat(a)
	op |= byte(a.Kind)
	diff := a.Addr - w.last[a.Kind]
	if diff == 0 {
		w.buf = append(w.buf, op|sameBit)
	} else {
		w.buf = binary.AppendUvarint(append(w.buf, op), diff<<1^-(diff>>63))
	}
	if op>>4 == manyRuns {
		w.buf = binary.AppendUvarint(w.buf, many)
	}
	w.last[a.Kind] = a.Addr
	if w.pageSize == 1 && a.Kind != Drop {
		w.last[a.Kind] += uint64(a.Size)
	}
	w.refs += w.left * uint64(a.References())
	w.left = 0
}

// repeat is the upper half of a record's first byte, and the number that follows where it is manyRuns.
func (w *ownWriter) repeat(a *Access) (op byte, many uint64) {
	if w.pageSize != 1 || a.Kind == Drop {
		if w.left <= manyRuns {
			return byte(w.left-1) << 4, 0
		}
		return manyRuns << 4, w.left - manyRuns - 1
	}
	if n := bits.TrailingZeros32(a.Size); a.Size == 1<<n && n < manyRuns {
		return byte(n) << 4, 0
	}
	return manyRuns << 4, uint64(a.Size)
}

func (w *ownWriter) flush() error {
	_, err := w.to.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

func (w *ownWriter) Close() error {
	w.put()
	w.buf = binary.AppendUvarint(append(w.buf, opEnd), w.refs)
	return errors.Join(w.flush(), w.to.Flush())
}
