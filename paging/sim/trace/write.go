package trace

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"
)

// bufferSize is that of files' buffers in bytes.
const bufferSize = 1 << 16

// NewWriter makes a Writer of that format. pageSize is the unit of the addresses that it will be given: 1
// for bytes, 0 for numbers whose size is not known. Formats of byte addresses take numbers of pages as the
// addresses of these pages, which needs their size; formats of numbers do not take byte addresses.
func NewWriter(w io.Writer, format string, pageSize uint64) (Writer, error) {
	f, err := find(format)
	if err != nil {
		return nil, err
	}
	own := f.name == FormatOwn
	switch {
	case f.put == nil && !own && f.name != formatOracle:
		return nil, fmt.Errorf("trace format %s cannot be written; must be one of %s",
			f.name, strings.Join(WriterNames(), ", "))
	case bits.OnesCount64(pageSize) > 1 || pageSize > maxPage:
		return nil, fmt.Errorf("page size %d: must be a power of two up to %d", pageSize, maxPage)
	case own:
		return newOwnWriter(w, pageSize), nil
	case f.ids && pageSize == 1:
		return nil, fmt.Errorf("trace format %s holds page numbers, the trace byte addresses: "+
			"a page size is needed", f.name)
	case !f.ids && pageSize == 0:
		return nil, fmt.Errorf("trace format %s holds byte addresses, the trace numbers: "+
			"a page size is needed", f.name)
	}
	p := &putter{to: bufio.NewWriterSize(w, bufferSize), put: f.put, unit: pageSize, format: f.name}
	if f.ids {
		p.unit = 1
	}
	if f.name == formatOracle {
		return &oracleWriter{putter: *p}, nil
	}
	return p, nil
}

// putter is the Writer of formats that are a row of lines or records.
type putter struct {
	to     *bufio.Writer
	put    func(b []byte, a *Access) []byte
	unit   uint64 // what addresses are multiplied with
	format string
	buf    []byte
	space  int32
	any    bool
}

func (p *putter) Write(batch []Access) error {
	for i := range batch {
		a := batch[i]
		if a.Kind == Drop {
			continue // only memlab's own format tells of it
		}
		if err := p.sameSpace(&a); err != nil {
			return err
		}
		a.Addr *= p.unit
		p.buf = p.put(p.buf[:0], &a)
		if _, err := p.to.Write(p.buf); err != nil {
			return err
		}
	}
	return nil
}

// sameSpace refuses what would make pages of two processes one.
func (p *putter) sameSpace(a *Access) error {
	if p.any && a.Space != p.space {
		return fmt.Errorf("the trace is of several address spaces, %d and %d: "+
			"format %s cannot tell them apart", p.space, a.Space, p.format)
	}
	p.space, p.any = a.Space, true
	return nil
}

func (p *putter) Close() error { return p.to.Flush() }

// both appends an access that loads and stores as two.
func both(b []byte, a *Access, put func(b []byte, a *Access) []byte) []byte {
	half := *a
	half.Kind = Read
	b = put(b, &half)
	half.Kind = Write
	return put(b, &half)
}

func putLackey(b []byte, a *Access) []byte {
	b = append(b, [...]string{Read: " L ", Write: " S ", Fetch: "I  ", Modify: " M "}[a.Kind]...)
	for width := 7; width > 0 && a.Addr>>(4*width) == 0; width-- {
		b = append(b, '0')
	}
	b = append(strconv.AppendUint(b, a.Addr, 16), ',')
	return append(strconv.AppendUint(b, uint64(a.Size), 10), '\n')
}

func putDin(b []byte, a *Access) []byte {
	if a.Kind == Modify {
		return both(b, a, putDin)
	}
	b = append(b, [...]string{Read: "0 ", Write: "1 ", Fetch: "2 "}[a.Kind]...)
	return append(strconv.AppendUint(b, a.Addr, 16), '\n')
}

// putMemsim writes 8 digits, more where an address has them; a fetch is a read there.
func putMemsim(b []byte, a *Access) []byte {
	if a.Kind == Modify {
		return both(b, a, putMemsim)
	}
	for width := 7; width > 0 && a.Addr>>(4*width) == 0; width-- {
		b = append(b, '0')
	}
	b = strconv.AppendUint(b, a.Addr, 16)
	if a.Kind == Write {
		return append(b, " W\n"...)
	}
	return append(b, " R\n"...)
}

// putCSV writes what ParseColumns reads with "obj-id-col=1,op-col=2,obj-id-is-num=1".
func putCSV(b []byte, a *Access) []byte {
	if a.Kind == Modify {
		return both(b, a, putCSV)
	}
	b = strconv.AppendUint(b, a.Addr, 10)
	return append(b, [...]string{Read: ",read\n", Write: ",write\n", Fetch: ",fetch\n"}[a.Kind]...)
}

func putTxt(b []byte, a *Access) []byte {
	if a.Kind == Modify {
		return both(b, a, putTxt)
	}
	return append(strconv.AppendUint(b, a.Addr, 10), '\n')
}

func putU64(b []byte, a *Access) []byte {
	if a.Kind == Modify {
		return both(b, a, putU64)
	}
	return binary.LittleEndian.AppendUint64(b, a.Addr)
}

// oracleWriter writes oracleGeneral. Each record has the index of the next to the same object, so that all
// numbers are kept until the end: 8 bytes a reference.
type oracleWriter struct {
	putter

	ids []uint64
}

func (w *oracleWriter) Write(batch []Access) error {
	for i := range batch {
		a := &batch[i]
		if a.Kind == Drop {
			continue
		}
		if err := w.sameSpace(a); err != nil {
			return err
		}
		for range a.References() {
			w.ids = append(w.ids, a.Addr)
		}
	}
	return nil
}

func (w *oracleWriter) Close() error {
	next := make([]int64, len(w.ids))
	seen := make(map[uint64]int64)
	for i := len(w.ids) - 1; i >= 0; i-- {
		next[i] = -1
		if n, ok := seen[w.ids[i]]; ok {
			next[i] = n
		}
		seen[w.ids[i]] = int64(i) + 1 // requests are counted from 1
	}
	for i, id := range w.ids {
		w.buf = binary.LittleEndian.AppendUint32(w.buf[:0], uint32(i))
		w.buf = binary.LittleEndian.AppendUint64(w.buf, id)
		w.buf = binary.LittleEndian.AppendUint32(w.buf, 1)
		w.buf = binary.LittleEndian.AppendUint64(w.buf, uint64(next[i]))
		if _, err := w.to.Write(w.buf); err != nil {
			return err
		}
	}
	return w.to.Flush()
}
