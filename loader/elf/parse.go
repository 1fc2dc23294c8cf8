package elf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Caps on what is read of one file, whatever it claims.
const (
	maxSections = 1 << 16
	maxStrings  = 64 << 20 // bytes of one string table
	maxName     = 1 << 15  // bytes of one name: many names may share a long string
	maxSymbols  = 1 << 21  // of one symbol table
	maxDynamic  = 1 << 12  // entries of the dynamic section
	readStep    = 1 << 20  // memory is taken in steps, as bytes really come
)

// FormatError says what is wrong with a file and where.
type FormatError struct {
	Off uint64 // in the file
	Msg string
}

// Error is one line with the offset.
func (e *FormatError) Error() string { return fmt.Sprintf("at offset %#x: %s", e.Off, e.Msg) }

func wrong(off uint64, format string, args ...any) error {
	return &FormatError{Off: off, Msg: fmt.Sprintf(format, args...)}
}

// File is an ELF file as tools see it.
type File struct {
	Header
	Progs []Prog

	r    io.ReaderAt
	size uint64
}

// Parse reads the header and the program headers of a file of size bytes. It asks for more than Linux does:
// the file must be for a known machine and its program header table must lie inside it. A file without
// program headers is fine. Errors in the file are of type *FormatError.
func Parse(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: uint64(max(size, 0))}
	head, err := f.read(0, uint64(min(max(size, 0), int64(Class64.HeaderSize()))), "the ELF header")
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(head, []byte(Magic)) {
		return nil, wrong(0, "not an ELF file: it begins with % x", head[:min(4, len(head))])
	}
	if len(head) < Class32.HeaderSize() {
		return nil, wrong(0, "the file has %d bytes, an ELF header has %d", len(head), Class32.HeaderSize())
	}
	class, ok := ClassOf(MachineOf(head))
	if !ok {
		return nil, wrong(18, "e_machine is %d, must be %d (x86-64), %d or %d (i386)",
			MachineOf(head), MachineX86_64, Machine386, Machine486)
	}
	if isX32(class, head) {
		return nil, wrong(
			identClass,
			"an x32 file: e_machine is x86-64 and the layout that of 32 bits; such files are not read",
		)
	}
	if len(head) < class.HeaderSize() {
		return nil, wrong(0, "the file has %d bytes, an ELF header has %d", len(head), class.HeaderSize())
	}
	f.Header = DecodeHeader(class, head)
	if f.PhNum == 0 {
		return f, nil
	}
	if int(f.PhEntSize) != class.ProgSize() {
		return nil, wrong(0, "e_phentsize is %d, must be %d", f.PhEntSize, class.ProgSize())
	}
	table, err := f.read(f.PhOff, uint64(f.PhNum)*uint64(f.PhEntSize), "the program header table")
	if err != nil {
		return nil, err
	}
	f.Progs = DecodeProgs(class, table)
	return f, nil
}

// isX32 tells a file for the x32 ABI from one for x86-64 whose EI_CLASS is wrong, which Linux loads: e_ehsize
// stands where the 32-bit layout has it, and not where the other does.
func isX32(c Class, head []byte) bool {
	size := func(at int) int {
		if len(head) < at+2 {
			return 0
		}
		return int(head[at]) | int(head[at+1])<<8
	}
	return c == Class64 && head[identClass] == byte(Class32) && size(40) == Class32.HeaderSize() &&
		size(52) != Class64.HeaderSize()
}

// read returns n bytes at off. what names them in an error. Nothing is allocated for bytes outside the file,
// and the rest only step by step.
func (f *File) read(off, n uint64, what string) ([]byte, error) {
	if off > f.size || n > f.size-off {
		return nil, wrong(off, "%s needs %d bytes, the file ends at %#x", what, n, f.size)
	}
	var out []byte
	for done := uint64(0); done < n; {
		step := min(n-done, readStep)
		out = append(out, make([]byte, step)...)
		got, err := f.r.ReadAt(out[done:], int64(off+done))
		if uint64(got) < step {
			if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil, wrong(off+done+uint64(got), "%s is cut off here", what)
			}
			return nil, fmt.Errorf("%s at offset %#x cannot be read: %w", what, off, err)
		}
		done += step
	}
	return out, nil
}

// offsetOf is where the file has the bytes of the address va, and how many follow in the same segment. It
// looks at the PT_LOADs in their order.
func (f *File) offsetOf(va uint64) (off, left uint64, ok bool) {
	for i := range f.Progs {
		p := &f.Progs[i]
		if p.Type == ProgLoad && va >= p.VAddr && va-p.VAddr < p.FileSz {
			in := va - p.VAddr
			return p.Off + in, p.FileSz - in, true
		}
	}
	return 0, 0, false
}
