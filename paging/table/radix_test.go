package table

import (
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
	r, ok := NewRadix(mem, Split(size, levels))
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
