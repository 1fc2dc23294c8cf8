package area

import (
	"math/rand/v2"
	"testing"

	"memlab/paging/addr"
)

// forgetful is a list with the same areas that has learnt nothing.
func forgetful(l *List) *List {
	c := NewList(l.layout, nil)
	c.areas = append(c.areas, l.areas...)
	c.buffer = c.areas[:cap(c.areas)]
	return c
}

// TestSearchRemembers maps and unmaps at random: where a mapping goes must not depend on what earlier
// searches have learnt.
func TestSearchRemembers(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 0))
		base := addr.VAddr(0x10000000 + 400*addr.ABIPage)
		l := NewList(Layout{
			TaskSize: 0x20000000, MmapBase: base, MmapMinHint: 0x10000000, MaxAreas: 300, BottomUpBase: 0x18000000,
			StackLimit: 1 << 20,
		}, nil)
		for step := range 3000 {
			length := uint64(1+r.IntN(9)*r.IntN(3)) * addr.ABIPage
			at := base - addr.VAddr(1+r.IntN(400))*addr.ABIPage
			switch r.IntN(5) {
			case 0:
				if len(l.areas) > 0 {
					a := l.areas[r.IntN(len(l.areas))]
					_ = l.Unmap(a.Start, uint64(a.End-a.Start))
				}
			case 1:
				_ = l.Unmap(at, length)
			default:
				q := Request{Len: length, Prot: addr.Prot(r.IntN(8)), Flags: MapPrivate | MapAnonymous}
				if r.IntN(8) == 0 {
					q.Flags |= MapGrowsDown
				}
				if r.IntN(4) == 0 {
					q.Addr, q.Flags = at, q.Flags|MapFixed
				}
				want, errWant := forgetful(l).Map(q)
				if got, err := l.Map(q); got != want || err != errWant { //nolint:errorlint // the same value
					t.Fatalf("seed %d, step %d: %v, %v; want %v, %v", seed, step, got, err, want, errWant)
				}
			}
			if err := l.Check(); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, step, err)
			}
		}
	}
}

// BenchmarkManyAreas makes 60,000 areas that cannot be joined, and takes one in the middle out and back.
func BenchmarkManyAreas(b *testing.B) {
	for b.Loop() {
		l := NewList(Layout{
			TaskSize: 1 << 46, MmapBase: 1 << 45, MmapMinHint: 1 << 16, MaxAreas: 65530, BottomUpBase: 1 << 44,
		}, nil)
		for i := range 60000 {
			q := Request{Len: addr.ABIPage, Prot: addr.Prot(1 + 2*(i&1)), Flags: MapPrivate | MapAnonymous}
			if _, err := l.Map(q); err != nil {
				b.Fatal(err)
			}
		}
	}
}
