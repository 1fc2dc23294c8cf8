package table

import (
	"maps"
	"slices"

	"memlab/paging/addr"
	"memlab/paging/phys"
)

// Linear is one address space's array of entries, indexed by the page number: a walk reads one entry. For the
// 36 bits of a page number with 4 KiB pages that is an array of 512 GiB (Full), which is why nobody has one.
// As in the VAX, whose tables lie in pageable virtual memory, only the pieces of it exist that hold an entry;
// Bytes counts these. All others are one piece of zeros, as the zero page is for a program.
type Linear struct {
	mem    *phys.Memory
	shift  uint // of a page number: where its piece's number begins
	zeros  addr.PAddr
	pieces map[addr.Page]addr.PAddr // by number
	memo   [memos]piece
}

// piece is one that was used lately.
type piece struct {
	number addr.Page
	at     addr.PAddr // 0: empty
}

// pieceEntries is the number of entries of a piece: a page of 4 KiB.
const (
	pieceShift   = 9
	pieceEntries = 1 << pieceShift
	pieceBytes   = pieceEntries * 8
)

// NewLinear makes an empty array; false if there is no memory for the piece of zeros.
func NewLinear(mem *phys.Memory) (*Linear, bool) {
	t := &Linear{mem: mem, shift: pieceShift, pieces: map[addr.Page]addr.PAddr{}}
	var ok bool
	t.zeros, ok = mem.Tables.Alloc(pieceBytes)
	return t, ok
}

// Full is the size of the whole array in bytes.
func (t *Linear) Full() uint64 { return 8 << (VirtualBits - t.mem.Size().Shift()) }

// Bytes is the simulated memory that the pieces take.
func (t *Linear) Bytes() int { return (len(t.pieces) + 1) * pieceBytes }

// piece is where the piece of p lies; false: it is one of zeros.
func (t *Linear) piece(p addr.Page) (addr.PAddr, bool) {
	number := p >> t.shift
	m := &t.memo[number%memos]
	if m.number == number && m.at != 0 {
		return m.at, true
	}
	at, ok := t.pieces[number]
	if !ok {
		return t.zeros, false
	}
	*m = piece{number, at}
	return at, true
}

func entryIn(piece addr.PAddr, p addr.Page) addr.PAddr {
	return piece + addr.PAddr(p%pieceEntries*8)
}

// Lookup is p's entry and where it lies.
func (t *Linear) Lookup(p addr.Page) (e Entry, pa addr.PAddr) {
	at, ok := t.piece(p)
	if !ok {
		return 0, 0
	}
	pa = entryIn(at, p)
	return Entry(t.mem.Tables.Load64(pa)), pa
}

// Set writes p's entry.
func (t *Linear) Set(p addr.Page, e Entry) bool {
	at, ok := t.piece(p)
	if !ok {
		if e == 0 {
			return true
		}
		if at, ok = t.mem.Tables.Alloc(pieceBytes); !ok {
			return false
		}
		t.pieces[p>>t.shift] = at
	}
	t.mem.Tables.Store64(entryIn(at, p), uint64(e))
	return true
}

// Use is the processor's walk.
func (t *Linear) Use(p addr.Page, a addr.Access) (Entry, bool) {
	at, ok := t.piece(p)
	if !ok {
		return 0, false
	}
	pa := entryIn(at, p)
	was := Entry(t.mem.Tables.Load64(pa))
	e, ok := used(was, a)
	if ok && e != was {
		t.mem.Tables.Store64(pa, uint64(e))
	}
	return e, ok
}

// Walk shows v the one entry.
func (t *Linear) Walk(p addr.Page, v Visitor) Entry {
	at, _ := t.piece(p)
	return v.Visit(entryIn(at, p), 1)
}

// Visit calls fn for each entry that is not zero.
func (t *Linear) Visit(from, to addr.Page, fn func(p addr.Page, e Entry)) {
	if from >= to {
		return
	}
	first, last := from>>t.shift, (to-1)>>t.shift
	if uint64(last-first) < uint64(len(t.pieces)) {
		for n := first; n <= last; n++ {
			t.visit(n, from, to, fn)
		}
		return
	}
	for _, n := range slices.Sorted(maps.Keys(t.pieces)) {
		if n >= first && n <= last {
			t.visit(n, from, to, fn)
		}
	}
}

func (t *Linear) visit(number, from, to addr.Page, fn func(p addr.Page, e Entry)) {
	at, ok := t.pieces[number]
	if !ok {
		return
	}
	start := number << t.shift
	for p := max(start, from); p < min(start+pieceEntries, to); p++ {
		if e := Entry(t.mem.Tables.Load64(entryIn(at, p))); e != 0 {
			fn(p, e)
		}
	}
}

// Prune gives back the pieces that hold nothing.
func (t *Linear) Prune() {
	for _, number := range slices.Sorted(maps.Keys(t.pieces)) {
		at := t.pieces[number]
		empty := true
		for i := addr.PAddr(0); empty && i < pieceBytes; i += 8 {
			empty = t.mem.Tables.Load64(at+i) == 0
		}
		if empty {
			t.mem.Tables.Release(at, pieceBytes)
			delete(t.pieces, number)
		}
	}
	clear(t.memo[:])
}

// Destroy gives all pieces back.
func (t *Linear) Destroy() {
	for _, n := range slices.Sorted(maps.Keys(t.pieces)) { // in order: what is handed out next depends on it
		t.mem.Tables.Release(t.pieces[n], pieceBytes)
	}
	t.mem.Tables.Release(t.zeros, pieceBytes)
}
