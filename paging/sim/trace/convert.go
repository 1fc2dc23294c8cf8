package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"path"
	"slices"
	"strconv"
	"strings"
)

// ByName is the format for writing that a file's name tells; .gz at its end does not matter.
func ByName(name string) (string, bool) {
	name = strings.TrimSuffix(path.Base(name), ".gz")
	for _, f := range formats() {
		if slices.ContainsFunc(f.ends, func(end string) bool { return strings.HasSuffix(name, end) }) &&
			slices.Contains(WriterNames(), f.name) {
			return f.name, true
		}
	}
	return "", false
}

// Copy writes all of r to w and does not close it.
func Copy(w Writer, r Reader) error {
	batch := make([]Access, accessBatch)
	for {
		n, err := r.Read(batch)
		if werr := w.Write(batch[:n]); werr != nil {
			return werr
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Repaged is r with other units: byte addresses or page numbers as numbers of larger pages. What touches
// several pages becomes several entries. A trace of plain numbers is taken for one of pages of that size.
func Repaged(r Reader, info Info, unit uint64) (Reader, error) {
	switch {
	case unit == info.PageSize || info.PageSize == 0:
		return r, nil
	case bits.OnesCount64(unit) != 1 || unit > maxPage || unit < info.PageSize:
		return nil, fmt.Errorf("page size %d: must be a power of two from %d to %d",
			unit, info.PageSize, maxPage)
	}
	shift := bits.TrailingZeros64(unit) - bits.TrailingZeros64(info.PageSize)
	return &repaged{from: r, shift: uint(shift), batch: make([]Access, accessBatch)}, nil
}

type repaged struct {
	from  Reader
	shift uint
	batch []Access
	have  []Access
	out   []Access // pages of one access
	err   error
}

func (r *repaged) Read(batch []Access) (int, error) {
	n := 0
	for n < len(batch) {
		switch {
		case len(r.out) > 0:
			k := copy(batch[n:], r.out)
			r.out = r.out[k:]
			n += k
		case len(r.have) > 0:
			r.out = r.pages(r.out[:0], &r.have[0])
			r.have = r.have[1:]
		case r.err != nil:
			return n, r.err
		default:
			k, err := r.from.Read(r.batch)
			r.have, r.err = r.batch[:k], err
		}
	}
	return n, nil
}

// pages appends what a is in pages.
func (r *repaged) pages(to []Access, a *Access) []Access {
	kinds := []Kind{a.Kind}
	if a.Kind == Modify {
		kinds = []Kind{Read, Write}
	}
	first, last := a.Addr>>r.shift, (a.Addr+uint64(a.Size)-1)>>r.shift
	for _, k := range kinds {
		for page := first; page <= last; page++ {
			to = append(to, Access{
				Addr: page, Size: 1, Space: a.Space, Kind: k,
				Straddles: last == first+1 && page == first && k <= Write,
			})
		}
	}
	return to
}

// Print writes the first entries of r as text, 0: all.
func Print(w io.Writer, r Reader, first uint64) error {
	to := bufio.NewWriterSize(w, bufferSize)
	batch := make([]Access, accessBatch)
	at := uint64(0)
	var line []byte
	for {
		n, err := r.Read(batch)
		for i := range batch[:n] {
			if first > 0 && at == first {
				return to.Flush()
			}
			line = appendText(line[:0], at, &batch[i])
			if _, err := to.Write(line); err != nil {
				return err
			}
			at++
		}
		if errors.Is(err, io.EOF) {
			return to.Flush()
		}
		if err != nil {
			return errors.Join(err, to.Flush())
		}
	}
}

func appendText(b []byte, at uint64, a *Access) []byte {
	b = strconv.AppendUint(b, at, 10)
	b = append(b, ' ')
	b = append(b, [...]string{Read: "r", Write: "w", Fetch: "f", Modify: "m", Drop: "gone"}[a.Kind]...)
	if a.Straddles {
		b = append(b, '+')
	}
	b = append(b, " 0x"...)
	b = strconv.AppendUint(b, a.Addr, 16)
	if a.Size != 1 {
		b = append(b, ' ')
		b = strconv.AppendUint(b, uint64(a.Size), 10)
	}
	if a.Space != 0 {
		b = append(b, " space "...)
		b = strconv.AppendInt(b, int64(a.Space), 10)
	}
	return append(b, '\n')
}
