package alloc_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"memlab/paging/alloc"
)

// holed makes memory whose holes have the given sizes, a block of 1 byte between any two.
func holed(t *testing.T, fit alloc.Fit, holes []uint64) *alloc.Dynamic {
	t.Helper()
	sum := uint64(len(holes))
	for _, h := range holes {
		sum += h
	}
	d, err := alloc.NewDynamic(alloc.DynamicConfig{Size: sum - 1, Fit: fit})
	if err != nil {
		t.Fatal(err)
	}
	var starts []uint64
	for i, h := range holes {
		b, err := d.Alloc(h)
		if err != nil {
			t.Fatal(err)
		}
		starts = append(starts, b.Start)
		if i < len(holes)-1 {
			if _, err := d.Alloc(1); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, s := range starts {
		if err := d.Free(s); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// TestTextbookPlacements has the exercises whose answers the books print: which hole each request gets, by
// the hole's size at that time; 0: it waits. The search of next fit begins at the start of memory.
func TestTextbookPlacements(t *testing.T) {
	tanenbaum := []uint64{10, 4, 20, 18, 7, 9, 12, 15} // Modern Operating Systems, 3rd ed., chapter 3, exercise 5
	silberschatz := []uint64{100, 500, 200, 300, 600}  // Operating System Concepts, 8th ed., exercise 8.11
	for _, c := range []struct {
		holes    []uint64
		fit      alloc.Fit
		requests []uint64
		want     []uint64
	}{
		{tanenbaum, alloc.FirstFit, []uint64{12, 10, 9}, []uint64{20, 10, 18}},
		{tanenbaum, alloc.BestFit, []uint64{12, 10, 9}, []uint64{12, 10, 9}},
		{tanenbaum, alloc.WorstFit, []uint64{12, 10, 9}, []uint64{20, 18, 15}},
		{tanenbaum, alloc.NextFit, []uint64{12, 10, 9}, []uint64{20, 18, 9}},
		{silberschatz, alloc.FirstFit, []uint64{212, 417, 112, 426}, []uint64{500, 600, 288, 0}},
		{silberschatz, alloc.BestFit, []uint64{212, 417, 112, 426}, []uint64{300, 500, 200, 600}},
		{silberschatz, alloc.WorstFit, []uint64{212, 417, 112, 426}, []uint64{600, 500, 388, 0}},
	} {
		d := holed(t, c.fit, c.holes)
		if c.fit == alloc.NextFit { // the rover stands where setting up has left it: bring it to the start
			first, _ := d.Alloc(1)
			for first.Start != 0 {
				if err := d.Free(first.Start); err != nil {
					t.Fatal(err)
				}
				last := d.Holes()[len(d.Holes())-1]
				b, _ := d.Alloc(last.Size)
				first, _ = d.Alloc(1)
				if err := d.Free(b.Start); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.Free(0); err != nil {
				t.Fatal(err)
			}
		}
		var got []uint64
		for _, size := range c.requests {
			before := d.Holes()
			b, err := d.Alloc(size)
			if err != nil {
				got = append(got, 0)
				continue
			}
			i := slices.IndexFunc(before, func(h alloc.Hole) bool { return h.Start == b.Start })
			got = append(got, before[i].Size)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("fit %d, requests %v: holes %v, should be %v", c.fit, c.requests, got, c.want)
		}
	}
}

// TestStallingsBuddy is figure 7.6 of Operating Systems: Internals and Design Principles: 1 MiB in KiB.
func TestStallingsBuddy(t *testing.T) {
	b, err := alloc.NewBuddy(alloc.BuddyConfig{Units: 1024, Unit: 1, MaxOrder: 10})
	if err != nil {
		t.Fatal(err)
	}
	place := func(size, want uint64) {
		t.Helper()
		if got, err := b.Alloc(size); err != nil || got.Start != want {
			t.Errorf("%d at %d, %v; should be at %d", size, got.Start, err, want)
		}
	}
	free := func(starts ...uint64) {
		t.Helper()
		for _, s := range starts {
			if err := b.Free(s); err != nil {
				t.Error(err)
			}
		}
	}
	place(100, 0)
	place(240, 256)
	place(64, 128)
	place(256, 512)
	free(256, 0)
	place(75, 0)
	free(128, 0)
	if got, want := b.FreeCounts(), []uint64{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("free blocks %v, should be %v", got, want)
	}
	if got, want := b.Holes(), []alloc.Hole{{Start: 0, Size: 512}, {Start: 768, Size: 256}}; !slices.Equal(got, want) {
		t.Errorf("holes %v, should be %v", got, want)
	}
	free(512)
	if got, want := b.Holes(), []alloc.Hole{{Start: 0, Size: 1024}}; !slices.Equal(got, want) {
		t.Errorf("holes %v, should be %v", got, want)
	}
}

// TestFiftyPercent measures Knuth's rule: in the long run of first fit with random sizes there are about
// half as many holes as blocks.
func TestFiftyPercent(t *testing.T) {
	d, err := alloc.NewDynamic(alloc.DynamicConfig{Size: 1 << 18})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var live []uint64
	var holes, blocks, ratio float64
	for step := range 40000 {
		if len(live) < 500 {
			b, err := d.Alloc(1 + rng.Uint64N(400))
			if err != nil {
				t.Fatal(err)
			}
			live = append(live, b.Start)
			continue
		}
		i := rng.IntN(len(live))
		if err := d.Free(live[i]); err != nil {
			t.Fatal(err)
		}
		live = slices.Delete(live, i, i+1)
		if step > 10000 && step%100 == 0 {
			r := alloc.Measure(d)
			holes += float64(r.Holes)
			blocks += float64(r.Blocks)
		}
	}
	if ratio = holes / blocks; ratio < 0.45 || ratio > 0.55 {
		t.Errorf("%.3f holes a block, should be about %.1f", ratio, alloc.FiftyPercent(1, 1))
	}
	if got := alloc.Unused(2); math.Abs(got-0.5) > 1e-12 {
		t.Errorf("holes twice as large as blocks waste %v, should be half", got)
	}
}
