// Package alloctest has what every allocator of paging/alloc must do, whatever its rules: one suite, run on
// all.
package alloctest

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"memlab/paging/alloc"
)

// New makes the allocator under test, over a few hundred to a few thousand bytes.
type New func() (alloc.Allocator, error)

// Options say what a kind of allocator may do.
type Options struct {
	// Apart: holes that touch may stay apart, so that the memory need not be whole again when all is free.
	Apart bool
}

// Run checks the contract of alloc.Allocator by itself and over hundreds of random operations.
func Run(t *testing.T, create New, o Options) {
	t.Helper()
	fresh := func(t *testing.T) alloc.Allocator {
		t.Helper()
		a, err := create()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	t.Run("empty", func(t *testing.T) { empty(t, fresh(t)) })
	t.Run("refusals", func(t *testing.T) { refusals(t, fresh(t)) })
	t.Run("random", func(t *testing.T) { random(t, fresh(t), o) })
	t.Run("repeats", func(t *testing.T) { repeats(t, fresh(t), fresh(t)) })
}

func empty(t *testing.T, a alloc.Allocator) {
	t.Helper()
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	r := alloc.Measure(a)
	if r.Blocks != 0 || r.Granted != 0 || r.Internal != 0 || r.Free == 0 || r.Holes == 0 {
		t.Fatalf("a new allocator reports %+v", r)
	}
}

// refusals checks that what cannot be done changes nothing.
func refusals(t *testing.T, a alloc.Allocator) {
	t.Helper()
	b, err := a.Alloc(1)
	if err != nil {
		t.Fatal(err)
	}
	before := alloc.Measure(a)
	for _, size := range []uint64{0, before.Free + 1, 1 << 40, 1<<64 - 1} {
		var no *alloc.NoRoomError
		if _, err := a.Alloc(size); !errors.As(err, &no) || no.Size != size || no.Free != before.Free {
			t.Errorf("Alloc(%d) with %d bytes free: %v", size, before.Free, err)
		}
	}
	for _, start := range []uint64{b.Start + 1, b.Start - 1, b.End(), 1<<64 - 1} {
		var no *alloc.NotAllocatedError
		if err := a.Free(start); !errors.As(err, &no) || no.Start != start {
			t.Errorf("Free(%d), block at %d: %v", start, b.Start, err)
		}
	}
	if now := alloc.Measure(a); now != before {
		t.Errorf("refused calls made %+v of %+v", now, before)
	}
	if err := a.Free(b.Start); err != nil {
		t.Error(err)
	}
	if err := a.Free(b.Start); err == nil {
		t.Error("a block could be freed twice")
	}
	if err := a.Check(); err != nil {
		t.Error(err)
	}
}

// random keeps account of what it has been given, beside the allocator.
func random(t *testing.T, a alloc.Allocator, o Options) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	first := a.Holes()
	all := alloc.Measure(a).Free
	var live []alloc.Block
	for step := range 600 {
		if rng.IntN(2) == 0 || len(live) == 0 { //nolint:nestif // two operations and their checks
			size := 1 + rng.Uint64N(1+rng.Uint64N(all/4))
			b, err := a.Alloc(size)
			if err == nil {
				if b.Requested != size || b.Size < size {
					t.Fatalf("step %d: Alloc(%d) gave %+v", step, size, b)
				}
				live = append(live, b)
			} else if alloc.Measure(a).LargestHole >= all/2 && all >= 4 {
				t.Fatalf("step %d: %v", step, err)
			}
		} else {
			i := rng.IntN(len(live))
			if err := a.Free(live[i].Start); err != nil {
				t.Fatalf("step %d: %v", step, err)
			}
			live = slices.Delete(live, i, i+1)
		}
		agree(t, step, a, live, all)
	}
	for _, b := range live {
		if err := a.Free(b.Start); err != nil {
			t.Fatal(err)
		}
	}
	agree(t, -1, a, nil, all)
	if !o.Apart && !slices.Equal(a.Holes(), first) {
		t.Errorf("when all is freed there are holes %v, at first there were %v", a.Holes(), first)
	}
}

// agree compares the allocator with what is live.
func agree(t *testing.T, step int, a alloc.Allocator, live []alloc.Block, all uint64) {
	t.Helper()
	if err := a.Check(); err != nil {
		t.Fatalf("step %d: %v", step, err)
	}
	want := slices.Clone(live)
	slices.SortFunc(want, func(x, y alloc.Block) int { return int(int64(x.Start - y.Start)) })
	if got := a.Blocks(); !slices.Equal(got, want) {
		t.Fatalf("step %d: blocks %v, should be %v", step, got, want)
	}
	var end, sum uint64
	for i, b := range want {
		if i > 0 && b.Start < end {
			t.Fatalf("step %d: block %+v overlaps the one before", step, b)
		}
		end = b.End()
		sum += b.Size
	}
	for _, h := range a.Holes() {
		overlaps := func(b alloc.Block) bool { return b.Start < h.End() && h.Start < b.End() }
		i := slices.IndexFunc(want, overlaps)
		if i >= 0 {
			t.Fatalf("step %d: hole %+v overlaps block %+v", step, h, want[i])
		}
		sum += h.Size
	}
	if sum != all {
		t.Fatalf("step %d: blocks and holes are %d bytes, memory has %d", step, sum, all)
	}
}

// repeats checks that the same calls get the same answers.
func repeats(t *testing.T, a, b alloc.Allocator) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	var live []uint64
	for step := range 300 {
		if len(live) > 0 && rng.IntN(5) < 2 {
			i := rng.IntN(len(live))
			if errA, errB := a.Free(live[i]), b.Free(live[i]); errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			live = slices.Delete(live, i, i+1)
			continue
		}
		size := 1 + rng.Uint64N(50)
		x, errA := a.Alloc(size)
		y, errB := b.Alloc(size)
		if x != y || (errA == nil) != (errB == nil) {
			t.Fatalf("step %d: Alloc(%d) gives %+v and %+v", step, size, x, y)
		}
		if errA == nil {
			live = append(live, x.Start)
		}
	}
}
