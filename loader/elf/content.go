package elf

import (
	"io"
	"sort"
)

// Content reads n bytes of the file from off on; an error if the file does not have them.
func (f *File) Content(off, n uint64) (*io.SectionReader, error) {
	if off > f.size || n > f.size-off {
		return nil, wrong(off, "%d bytes from here on, the file ends at %#x", n, f.size)
	}
	return io.NewSectionReader(f.r, int64(off), int64(n)), nil
}

// Bytes are the bytes of a section in the file, at most so many.
func (f *File) Bytes(s *Section, most uint64) ([]byte, error) {
	if s.Type == SectionNobits {
		return nil, nil
	}
	if s.Size > most {
		return nil, wrong(s.Off, "section %s has %d bytes, at most %d are read", s.Name, s.Size, most)
	}
	return f.read(s.Off, s.Size, "section "+s.Name)
}

// BytesAt are up to n bytes of the file that belong to the address va: fewer where its segment ends, none
// where there is no segment.
func (f *File) BytesAt(va, n uint64) ([]byte, error) {
	off, left, ok := f.offsetOf(va)
	if !ok {
		return nil, nil
	}
	return f.read(off, min(n, left), "a segment")
}

// Next is where the first symbol behind va begins.
func (t *Symbols) Next(va uint64) (start uint64, ok bool) {
	i := sort.Search(len(t.pieces), func(i int) bool { return t.pieces[i].start > va })
	for ; i < len(t.pieces); i++ {
		if p := &t.pieces[i]; p.start == t.all[p.sym].Value { // not the rest of one with another inside
			return p.start, true
		}
	}
	return 0, false
}
