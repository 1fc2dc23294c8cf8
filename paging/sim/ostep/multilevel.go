package ostep

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// The machine of the exercise about two levels: 32-byte pages, 4 KiB of memory, addresses of 5 bits for the
// directory, 5 for the table, and 5 for the offset.
//
//	va   14 ... 10 | 9 ... 5 | 4 ... 0       entry   7       | 6 ... 0
//	     directory | table   | offset                valid   | frame
const (
	PageSize    = 32
	Frames      = 128
	AddressBits = 15

	EntryValid = 0x80 // the bit of an entry of directory and table
	EntryEmpty = 0x7f // an entry that says nothing

	memorySize = Frames * PageSize
	spaceSize  = 1 << AddressBits
	pages      = spaceSize / PageSize
	noFrame    = EntryValid // what an index of frames cannot be
)

// Multilevel is a question about a page table of two levels.
type Multilevel struct {
	PDBR   uint64 // the frame of the directory
	Memory [memorySize]byte
	VAddrs []uint64
}

// MarshalJSON writes the question as a case file has it: memory as one line of hex digits a frame.
func (q *Multilevel) MarshalJSON() ([]byte, error) {
	lines := make([]string, Frames)
	for i := range lines {
		lines[i] = hex.EncodeToString(q.frame(uint64(i)))
	}
	return json.Marshal(struct {
		PageSize  int      `json:"page_size"`
		VABits    int      `json:"va_bits"`
		PDBR      uint64   `json:"pdbr"`
		MemoryHex []string `json:"memory_hex"`
		VAddrs    []uint64 `json:"vaddrs"`
	}{PageSize, AddressBits, q.PDBR, lines, q.VAddrs})
}

// SetMemory takes the memory as lines of hex digits, one a frame.
func (q *Multilevel) SetMemory(lines []string) error {
	if len(lines) != Frames {
		return fmt.Errorf("memory_hex has %d strings: must be %d, one a frame", len(lines), Frames)
	}
	for i, line := range lines {
		if len(line) != 2*PageSize {
			return fmt.Errorf("memory_hex, frame %d: %d characters, must be %d hex digits",
				i, len(line), 2*PageSize)
		}
		if _, err := hex.Decode(q.frame(uint64(i)), []byte(line)); err != nil {
			return fmt.Errorf("memory_hex, frame %d: %w", i, err)
		}
	}
	return nil
}

// frame is the memory of one frame.
func (q *Multilevel) frame(i uint64) []byte { return q.Memory[i*PageSize : (i+1)*PageSize] }

// The faults of a walk.
const (
	FaultDirectory = "pde" // the directory's entry is not valid
	FaultTable     = "pte" // the table's is not
)

// Walked is the way through both levels; nil: not reached.
type Walked struct {
	VA       uint64  `json:"va"`
	PDEIndex uint64  `json:"pde_index"`
	PDE      byte    `json:"pde"`
	PTEIndex *uint64 `json:"pte_index"`
	PTE      *byte   `json:"pte"`
	Fault    *string `json:"fault"`
	PA       *uint64 `json:"pa"`
	Value    *byte   `json:"value"` // the byte there
}

// Check says what is wrong with the question.
func (q *Multilevel) Check() error {
	if q.PDBR >= Frames {
		return fmt.Errorf("pdbr is %d: must be 0 to %d", q.PDBR, Frames-1)
	}
	return checkInside(q.VAddrs, spaceSize)
}

// Answer translates all addresses. Precondition: Check.
func (q *Multilevel) Answer() []Walked {
	all := make([]Walked, len(q.VAddrs))
	for i, va := range q.VAddrs {
		all[i] = q.walk(va)
	}
	return all
}

func (q *Multilevel) walk(va uint64) Walked {
	fault := func(level string) *string { return &level }
	w := Walked{VA: va, PDEIndex: va >> 10 & 31}
	w.PDE = q.frame(q.PDBR)[w.PDEIndex]
	if w.PDE&EntryValid == 0 {
		w.Fault = fault(FaultDirectory)
		return w
	}
	index := va >> 5 & 31
	pte := q.frame(uint64(w.PDE &^ EntryValid))[index]
	w.PTEIndex, w.PTE = &index, &pte
	if pte&EntryValid == 0 {
		w.Fault = fault(FaultTable)
		return w
	}
	pa := uint64(pte&^EntryValid)*PageSize + va&31
	w.PA, w.Value = &pa, &q.Memory[pa]
	return w
}

// MultilevelOptions are what is given of a question.
type MultilevelOptions struct {
	Allocated int // pages in use
	Count     int // addresses
}

// builder draws the page tables and the pages of a question.
type builder struct {
	*Multilevel

	draws *Python
	used  [Frames]bool
	free  int
}

// NewMultilevel draws the directory's frame, each page with its place, table and contents, then the
// addresses.
func NewMultilevel(o MultilevelOptions, seed *big.Int) (*Multilevel, error) {
	if o.Allocated < 0 || o.Allocated > pages {
		return nil, fmt.Errorf("%d allocated pages: must be 0 to %d", o.Allocated, pages)
	}
	if err := checkCount("addresses", o.Count); err != nil {
		return nil, err
	}
	b := builder{Multilevel: &Multilevel{VAddrs: []uint64{}}, draws: NewPython(seed), free: Frames}
	var err error
	if b.PDBR, err = b.table(); err != nil {
		return nil, err
	}
	var vpns []uint64
	known := map[uint64]bool{}
	for range o.Allocated {
		vpn := b.draws.below(pages)
		for known[vpn] {
			vpn = b.draws.below(pages)
		}
		known[vpn] = true
		vpns = append(vpns, vpn)
		if err := b.page(vpn); err != nil {
			return nil, fmt.Errorf("%d allocated pages: %w", o.Allocated, err)
		}
	}
	for i := range o.Count {
		if wild := 100*b.draws.source.Float64() > 50; wild || i >= len(vpns) {
			b.VAddrs = append(b.VAddrs, b.draws.below(spaceSize))
			continue
		}
		b.VAddrs = append(b.VAddrs, vpns[i]*PageSize+b.draws.below(PageSize))
	}
	return b.Multilevel, nil
}

// take draws a free frame.
func (b *builder) take() (uint64, error) {
	if b.free == 0 {
		return noFrame, errors.New("they do not fit into memory with their page tables")
	}
	frame := b.draws.below(Frames)
	for b.used[frame] {
		frame = b.draws.below(Frames)
	}
	b.used[frame] = true
	b.free--
	return frame, nil
}

// table draws a frame for a directory or a table and empties it.
func (b *builder) table() (uint64, error) {
	frame, err := b.take()
	if err != nil {
		return noFrame, err
	}
	entries := b.frame(frame)
	for i := range entries {
		entries[i] = EntryEmpty
	}
	return frame, nil
}

// page gives a page a frame, a place in the tables, and contents.
func (b *builder) page(vpn uint64) error {
	data, err := b.take()
	if err != nil {
		return err
	}
	pde := &b.frame(b.PDBR)[vpn>>5]
	if *pde == EntryEmpty {
		table, err := b.table()
		if err != nil {
			return err
		}
		*pde = EntryValid | byte(table)
	}
	b.frame(uint64(*pde &^ EntryValid))[vpn&31] = EntryValid | byte(data)
	contents := b.frame(data)
	for i := range contents {
		contents[i] = byte(b.draws.below(31))
	}
	return nil
}
