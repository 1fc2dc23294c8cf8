package table

import (
	"math/rand/v2"
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/phys"
)

func newRadix(t *testing.T, size addr.PageSize, levels int) (*Radix, *phys.Memory) {
	t.Helper()
	mem, err := phys.New(size, 8)
	if err != nil {
		t.Fatal(err)
	}
	r, ok := NewRadix(mem, levels)
	if !ok {
		t.Fatal("no memory")
	}
	return r, mem
}

// The walk of Intel's manual for a 4 KiB page: bits 47:39, 38:30, 29:21 and 20:12 pick the entries.
func TestX86Layout(t *testing.T) {
	r, mem := newRadix(t, 4096, 4)
	va := addr.VAddr(0x7f12_3456_7000)
	if !r.Set(addr.Page(va>>12), At(0x5000, User|Writable)) {
		t.Fatal("no memory")
	}
	node := r.Root()
	for _, index := range []uint64{uint64(va) >> 39 & 511, uint64(va) >> 30 & 511, uint64(va) >> 21 & 511} {
		e := Entry(mem.Tables.Load64(node + addr.PAddr(index*8)))
		if e&Present == 0 {
			t.Fatalf("no entry at index %d", index)
		}
		node = e.PAddr()
	}
	if got := mem.Tables.Load64(node + addr.PAddr(uint64(va)>>12&511*8)); got != 0x5007 {
		t.Errorf("last entry %#x, want 0x5007", got)
	}
	if mem.Tables.InUse() != 4*4096 {
		t.Errorf("%d bytes of tables", mem.Tables.InUse())
	}
}

func TestAgainstMap(t *testing.T) {
	for levels := 2; levels <= 5; levels++ {
		size := addr.PageSize(4096)
		if levels == 2 {
			size = 2 << 20 // or a node would have 2^18 entries
		}
		r, mem := newRadix(t, size, levels)
		model := map[addr.Page]Entry{}
		rnd := rand.New(rand.NewPCG(1, 2))
		limit := uint64(1) << (VirtualBits - size.Shift())
		for range 300 {
			p := addr.Page(rnd.Uint64N(limit))
			if rnd.IntN(2) == 0 {
				p = addr.Page(rnd.Uint64N(600))
			}
			e := At(addr.PAddr(rnd.Uint64N(8))<<size.Shift(), Rights(addr.Prot(rnd.IntN(8))))
			r.Set(p, e)
			model[p] = e
			if got, pa := r.Lookup(p); got != e || !mem.Tables.Contains(pa) {
				t.Fatalf("%d levels: page %#x is %#x, want %#x", levels, p, got, e)
			}
		}
		var pages []addr.Page
		from, to := addr.Page(100), addr.Page(limit-limit/8)
		r.Visit(from, to, func(p addr.Page, e Entry) {
			if model[p] != e {
				t.Errorf("%d levels: visit of page %#x has %#x, want %#x", levels, p, e, model[p])
			}
			pages = append(pages, p)
		})
		n := 0
		for p := range model {
			if p >= from && p < to {
				n++
			}
		}
		if len(pages) != n || !slices.IsSorted(pages) {
			t.Errorf("%d levels: visited %d of %d pages, sorted %v", levels, len(pages), n, slices.IsSorted(pages))
		}
		r.Destroy()
		if mem.Tables.InUse() != 0 {
			t.Errorf("%d levels: %d bytes are left", levels, mem.Tables.InUse())
		}
	}
}

func TestEntries(t *testing.T) {
	for p := range addr.Prot(8) {
		e := At(1<<20, Rights(p)|Mixed|Dirty)
		want := p
		if p != 0 {
			want |= addr.ProtRead // x86 pages that can be written or executed can be read
		}
		if e.Prot() != want || e.PAddr() != 1<<20 {
			t.Errorf("%s: entry %#x gives %s at %s", p, uint64(e), e.Prot(), e.PAddr())
		}
		if _, ok := e.Slot(); ok {
			t.Errorf("%s: a present entry has a swap slot", p)
		}
	}
	if slot, ok := InSwap(77).Slot(); slot != 77 || !ok || InSwap(77)&Present != 0 {
		t.Errorf("swap entry %#x", uint64(InSwap(77)))
	}
	if _, ok := Entry(0).Slot(); ok {
		t.Error("an empty entry has a swap slot")
	}
}
