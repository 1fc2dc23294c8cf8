package paging

import (
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/table"
)

// TestPredict: pages that a predictor names come in, in its order; what cannot come is passed over.
func TestPredict(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 64, SwapPages: 0, Policy: "lru"})
	va, err := s.Map(area.Request{
		Addr: 0x100000, Len: 16 * 4096, Prot: addr.ProtRead | addr.ProtWrite,
		Flags: area.MapPrivate | area.MapAnonymous | area.MapFixed,
	})
	if err != nil {
		t.Fatal(err)
	}
	first := addr.Page(va >> 12)
	var told []Touched
	s.Predict = func(f *Touched) []addr.Page {
		told = append(told, *f)
		if !f.Mapped(first) || f.Mapped(first-1) || f.Mapped(^addr.Page(0)) {
			t.Errorf("mapped: %v %v", f.Mapped(first), f.Mapped(first-1))
		}
		return []addr.Page{f.Page, ^addr.Page(0), 1, f.Page + 4, f.Page + 2, f.Page + 4, first + 16}
	}
	var b [1]byte
	s.Read(va+4096, b[:])
	var there []int
	for i := range 17 {
		if s.lookup(first+addr.Page(i))&table.Present != 0 {
			there = append(there, i)
		}
	}
	if want := []int{1, 3, 5}; !slices.Equal(there, want) {
		t.Errorf("pages %v are in memory, want %v", there, want)
	}
	if p.Stats.Ahead != 2 || p.Stats.Faults != 1 || len(told) != 1 || told[0].Page != first+1 || told[0].Major ||
		told[0].Area.Start != va || told[0].Access != addr.Read || told[0].Number != 0 {
		t.Errorf("%+v, told %+v", p.Stats, told)
	}
	c, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	c.Read(va+8*4096, b[:])
	if len(told) != 2 || c.lookup(first+10)&table.Present == 0 || s.lookup(first+10)&table.Present != 0 {
		t.Errorf("the child's predictor was asked %d times", len(told)-1)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

// TestPredictTooMany: with few frames pages that come ahead never put out the one that faulted.
func TestPredictTooMany(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 6, SwapPages: 100, Policy: "fifo"})
	va, err := s.Map(area.Request{
		Addr: 0x100000, Len: 64 * 4096, Prot: addr.ProtRead | addr.ProtWrite,
		Flags: area.MapPrivate | area.MapAnonymous | area.MapFixed,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Predict = func(f *Touched) (all []addr.Page) {
		for i := range addr.Page(64) {
			all = append(all, addr.Page(va>>12)+i)
		}
		return all
	}
	for i := range addr.VAddr(64) {
		want := [1]byte{byte(i + 1)}
		s.Write(va+i*4096, want[:])
		var got [1]byte
		if s.Read(va+i*4096, got[:]); got != want {
			t.Fatalf("page %d reads %v", i, got)
		}
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
	}
}
