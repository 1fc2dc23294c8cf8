// Package unwind finds the caller of a frame by DWARF call frame information: what compilers write into
// .eh_frame, and .debug_frame, about where a function keeps its return address and the registers that it
// saves. Code that is compiled without frame pointers has no other map of its stack.
//
// New reads the records of a file once; Step applies the rules that hold at one address to registers and
// memory and gives the caller's registers. What is understood is what gcc, clang and hand-written assembly
// of C libraries emit: DWARF 5, sections 6.4 and 2.5, and the Linux Standard Base's chapter on .eh_frame.
// Vendors' opcodes but GNU's are refused.
//
// Files may be hostile: no record is trusted beyond the section's bytes, loops of expressions are bounded,
// and a record that makes no sense only makes its own function unknown.
//
// unwind imports loader/elf and nothing else of memlab.
package unwind

import (
	"cmp"
	"slices"
	"sort"

	"memlab/loader/elf"
)

// Caps: the largest files of distributions have some 10 MiB of records, a dozen CIEs, and instructions of a
// few hundred bytes.
const (
	maxTable   = 16 << 20 // bytes of one section
	maxCIEs    = 1 << 12
	maxProgram = 1 << 16 // bytes of one function's instructions
)

// progEHFrame is p_type of .eh_frame_hdr, which leads to .eh_frame when there are no section headers.
const progEHFrame = 0x6474e550

// Table is the call frame information of one file.
type Table struct {
	class elf.Class
	fdes  []fde // by start; of equal ones the first of the file
}

// cie is what several functions have in common.
type cie struct {
	codeAlign  uint64
	dataAlign  int64
	ra         uint64 // the column of the return address
	encoding   byte   // of pointers in the FDEs
	augmented  bool   // the FDEs have augmentation data
	signal     bool   // frames of a signal handler's return: the caller was interrupted, it made no call
	program    []byte // initial instructions
	programVA  uint64
	understood bool
}

// fde is one function.
type fde struct {
	start, end uint64 // addresses of the file, [start, end)
	cie        *cie
	program    []byte
	programVA  uint64
}

// New reads a file's call frame information. The table is never nil: of a file that has none it is empty, and
// with an error it holds what could be read.
func New(f *elf.File) (*Table, error) {
	t := &Table{class: f.Class}
	sections, err := f.Sections()
	for i := range sections {
		s := &sections[i]
		if s.Name != ".eh_frame" && s.Name != ".debug_frame" {
			continue
		}
		b, readErr := f.Bytes(s, maxTable)
		if readErr != nil {
			err = readErr
			continue
		}
		t.add(b, s.Addr, s.Name == ".debug_frame")
	}
	if len(sections) == 0 {
		err = t.addSegment(f)
	}
	slices.SortStableFunc(t.fdes, func(a, b fde) int { return cmp.Compare(a.start, b.start) })
	return t, err
}

// addSegment finds .eh_frame through its header's segment.
func (t *Table) addSegment(f *elf.File) error {
	for i := range f.Progs {
		p := &f.Progs[i]
		if p.Type != progEHFrame {
			continue
		}
		head, err := f.BytesAt(p.VAddr, min(p.FileSz, 32))
		if err != nil || len(head) < 4 || head[0] != 1 {
			return err
		}
		r := reader{b: head, at: 4, va: p.VAddr, class: t.class}
		va := r.pointer(head[1])
		if r.bad {
			return nil
		}
		b, err := f.BytesAt(va, maxTable) // a record of length 0 ends it
		if err != nil {
			return err
		}
		t.add(b, va, false)
	}
	return nil
}

// add reads the records of one section that lies at va.
func (t *Table) add(b []byte, va uint64, debug bool) {
	cies := map[uint64]*cie{}
	r := reader{b: b, va: va, class: t.class}
	for r.left() >= 4 {
		n, wide := uint64(r.u32()), false
		if n == 0xffffffff {
			n, wide = r.u64(), true
		}
		if r.bad || n > uint64(r.left()) {
			return
		}
		if n == 0 {
			if debug {
				continue
			}
			return
		}
		end := r.at + int(n)
		t.record(r.sub(end), b, wide, debug, cies)
		r.at = end
	}
}

// record reads one FDE. CIEs are read when an FDE names them.
func (t *Table) record(r reader, all []byte, wide, debug bool, cies map[uint64]*cie) {
	at := uint64(r.at)
	id := r.word(wide)
	isCIE := id == 0
	of := at - id
	if debug {
		isCIE = id == 0xffffffff && !wide || id == ^uint64(0)
		of = id
	}
	if r.bad || isCIE || of >= uint64(len(all)) {
		return
	}
	c, ok := cies[of]
	if !ok {
		if len(cies) >= maxCIEs {
			return
		}
		c = t.readCIE(reader{b: all, at: int(of), va: r.va, class: t.class})
		cies[of] = c
	}
	if !c.understood {
		return
	}
	f := fde{cie: c}
	f.start = r.pointer(c.encoding)
	size := r.pointer(c.encoding & 0x0f) // the format alone: it is a length
	f.end = f.start + size
	if c.augmented {
		r.skip(r.uleb())
	}
	f.program, f.programVA = r.b[min(r.at, len(r.b)):], r.va+uint64(r.at)
	if !r.bad && f.start < f.end && len(f.program) <= maxProgram && len(c.program) <= maxProgram {
		t.fdes = append(t.fdes, f)
	}
}

// readCIE reads the CIE at r.
func (t *Table) readCIE(r reader) *cie {
	c := &cie{}
	n, wide := uint64(r.u32()), false
	if n == 0xffffffff {
		n, wide = r.u64(), true
	}
	if r.bad || n > uint64(r.left()) {
		return c
	}
	r = r.sub(r.at + int(n))
	r.word(wide)
	version := r.u8()
	aug := r.cstring()
	if version != 1 && version != 3 && version != 4 || r.bad {
		return c
	}
	if version == 4 && (r.u8() != byte(t.class.Bits()/8) || r.u8() != 0) {
		return c // an address of another size, or with a segment
	}
	c.codeAlign, c.dataAlign = r.uleb(), r.sleb()
	if version == 1 {
		c.ra = uint64(r.u8())
	} else {
		c.ra = r.uleb()
	}
	ok := aug == "" || t.augment(c, &r, aug)
	c.program, c.programVA = r.b[min(r.at, len(r.b)):], r.va+uint64(r.at)
	c.understood = ok && !r.bad && c.ra < Registers
	return c
}

// augment reads the augmentation data, by the letters of the string.
func (t *Table) augment(c *cie, r *reader, aug string) bool {
	if aug[0] != 'z' {
		return false
	}
	c.augmented = true
	n := r.uleb()
	end := uint64(r.at) + n
	if n > uint64(r.left()) {
		return false
	}
	for _, letter := range aug[1:] {
		switch letter {
		case 'R':
			c.encoding = r.u8()
		case 'P':
			r.pointer(r.u8() &^ encIndirect)
		case 'L':
			r.u8()
		case 'S':
			c.signal = true
		case 'B', 'G':
		default:
			return false
		}
	}
	r.at = int(end)
	return c.encoding&encIndirect == 0
}

// find is the function that has the address va of the file.
func (t *Table) find(va uint64) *fde {
	i := sort.Search(len(t.fdes), func(i int) bool { return t.fdes[i].start > va })
	for n := 0; i > 0 && n < 8; n++ { // they do not overlap but in odd files
		i--
		if f := &t.fdes[i]; va < f.end {
			return f
		}
	}
	return nil
}

// Len is the number of functions that are known.
func (t *Table) Len() int { return len(t.fdes) }
