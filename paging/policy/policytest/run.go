package policytest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/policy"
)

// New makes the policy under test.
type New func(frames policy.Frames, params map[string]int, seed uint64) (policy.Policy, error)

// maker makes a driver with n frames and a new policy.
type maker func(t *testing.T, n int) *Driver

// Run checks everything that any policy with a fixed number of frames must do: it is asked for nothing but
// victims that can go, it loses and invents no page whatever is pinned, unmapped or reloaded, it repeats
// exactly, it does not beat the optimum, and it allocates nothing. params go to every instance.
func Run(t *testing.T, create New, params map[string]int) {
	t.Helper()
	drive := func(t *testing.T, n int) *Driver {
		t.Helper()
		table := NewTable(n)
		p, err := create(table, params, 1)
		if err != nil && n == 1 { // there are policies that need two frames
			table = NewTable(2)
			p, err = create(table, params, 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		return NewDriver(table, p)
	}
	checks := []struct {
		name  string
		check func(t *testing.T, drive maker)
	}{
		{"references", references},
		{"repeats", repeats},
		{"optimum", optimum},
		{"pinned", pinned},
		{"nothing evictable", nothingEvictable},
		{"freed", freed},
		{"mixed", mixed},
		{"resized", resized(params)},
		{"share", shares(params)},
		{"no allocation", noAllocation},
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.check(t, drive) })
	}
}

// must fails the test when a reference breaks the contract.
func must(t *testing.T, d *Driver, page int) bool {
	t.Helper()
	hit, err := d.Reference(page, page%3 == 0)
	if err != nil {
		t.Fatal(err)
	}
	return hit
}

// referenceStrings are n strings, of pages 0 to 7, with some locality.
func referenceStrings(n int) [][]int {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([][]int, n)
	for i := range all {
		refs := make([]int, 10+rng.IntN(60))
		for j := range refs {
			refs[j] = rng.IntN(8)
			if j > 2 && rng.IntN(3) == 0 {
				refs[j] = refs[j-1-rng.IntN(2)]
			}
		}
		all[i] = refs
	}
	return all
}

// references checks that frames fill in order without evictions, and that faults - evictions = residents.
func references(t *testing.T, drive maker) {
	t.Helper()
	for i, refs := range referenceStrings(100) {
		d := drive(t, 1+i%6)
		for _, page := range refs {
			free, gone := d.Find(Free), len(d.Evicted)
			hit := must(t, d, page)
			if !hit && free != addr.NoFrame && len(d.Evicted) == gone && d.Page[free] != page {
				t.Fatalf("%v: page %d did not go to the free frame %d", refs, page, free)
			}
			if now := d.Resident(); d.Faults-len(d.Evicted) != now {
				t.Fatalf("%v: %d faults, %d evictions, %d pages", refs, d.Faults, len(d.Evicted), now)
			}
		}
	}
}

// repeats checks that two instances do the same.
func repeats(t *testing.T, drive maker) {
	t.Helper()
	for _, refs := range referenceStrings(20) {
		a, b := drive(t, 4), drive(t, 4)
		for _, page := range refs {
			must(t, a, page)
			must(t, b, page)
		}
		if !slices.Equal(a.Evicted, b.Evicted) || !slices.Equal(a.Page, b.Page) {
			t.Fatalf("%v: evicted %v and %v", refs, a.Evicted, b.Evicted)
		}
	}
}

// optimum checks that no policy has fewer faults than looking into the future gives.
func optimum(t *testing.T, drive maker) {
	t.Helper()
	for i, refs := range referenceStrings(100) {
		d := drive(t, 1+i%5)
		for _, page := range refs {
			must(t, d, page)
		}
		if least := optimalFaults(refs, d.Len()); d.Faults < least {
			t.Fatalf("%v, %d frames: %d faults, but at least %d are needed", refs, d.Len(), d.Faults, least)
		}
	}
}

// optimalFaults is how often the policy that evicts the page needed last (Belady's MIN) faults.
func optimalFaults(refs []int, n int) int {
	var resident []int
	faults := 0
	for t, page := range refs {
		if slices.Contains(resident, page) {
			continue
		}
		faults++
		if len(resident) < n {
			resident = append(resident, page)
			continue
		}
		last, victim := -1, 0
		for i, p := range resident {
			next := slices.Index(refs[t:], p)
			if next < 0 {
				next = len(refs)
			}
			if next > last {
				last, victim = next, i
			}
		}
		resident[victim] = page
	}
	return faults
}

// pinned checks that pinned pages stay, and are victims again once they are not pinned.
func pinned(t *testing.T, drive maker) {
	t.Helper()
	d := drive(t, 5)
	for page := range 5 {
		must(t, d, page)
	}
	d.Pinned[0], d.Pinned[3] = true, true
	for page := 100; page < 130; page++ {
		must(t, d, page)
	}
	if d.Page[0] != 0 || d.Page[3] != 3 {
		t.Fatalf("pinned pages 0 and 3 are gone: %v", d.Page)
	}
	d.Pinned[0], d.Pinned[3] = false, false
	d.Pinned[1], d.Pinned[2], d.Pinned[4] = true, true, true
	for page := 200; page < 203; page++ {
		must(t, d, page)
	}
	if slices.Contains(d.Page, 0) && slices.Contains(d.Page, 3) {
		t.Fatalf("a page that had been pinned was never evicted: %v", d.Page)
	}
}

// nothingEvictable checks that a policy says so, and goes on when something can go again.
func nothingEvictable(t *testing.T, drive maker) {
	t.Helper()
	d := drive(t, 3)
	if f := d.Policy.Victim(); f != addr.NoFrame {
		t.Fatalf("victim %d of an empty memory", f)
	}
	for page := range 3 {
		must(t, d, page)
		d.Pinned[page] = true
	}
	for range 3 {
		if f := d.Policy.Victim(); f != addr.NoFrame {
			t.Fatalf("victim %d, but all are pinned", f)
		}
	}
	d.Pinned[1] = false
	must(t, d, 7)
	if want := []int{0, 7, 2}; !slices.Equal(d.Page, want) {
		t.Fatalf("pages %v, want %v", d.Page, want)
	}
}

// freed checks that pages that go by themselves are forgotten, and that saying so twice is harmless.
func freed(t *testing.T, drive maker) {
	t.Helper()
	d := drive(t, 4)
	for page := range 4 {
		must(t, d, page)
	}
	d.Unmap(1)
	d.Policy.Freed(1)
	d.Unmap(2)
	if f := d.Policy.Victim(); f != 0 && f != 3 {
		t.Fatalf("victim %d: only frames 0 and 3 have pages", f)
	}
	d.Unmap(0)
	if f := d.Policy.Victim(); f != 3 {
		t.Fatalf("victim %d: only frame 3 has a page", f)
	}
	d.Unmap(3)
	if f := d.Policy.Victim(); f != addr.NoFrame {
		t.Fatalf("victim %d: nothing is loaded", f)
	}
	for page := 10; page < 30; page++ {
		must(t, d, page)
	}
	if len(d.Evicted) != 16 {
		t.Fatalf("%d evictions, want 16", len(d.Evicted))
	}
}

// mixed runs random references, pins, unpins and unmaps: the contract holds after every step.
func mixed(t *testing.T, drive maker) {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		d := drive(t, 1+rng.IntN(6))
		for range 200 {
			switch f := rng.IntN(d.Len()); rng.IntN(8) {
			case 0:
				d.Pinned[f] = true
			case 1, 2:
				d.Pinned[f] = false
			case 3:
				if d.Page[f] != Free && !d.Pinned[f] {
					d.Unmap(d.Page[f])
				}
			default:
				mixedReference(t, d, rng.IntN(10))
			}
			agree(t, d)
		}
	}
}

// resized changes the share of the frames at random, as local replacement does when processes come and go.
// Pages that are too many by then go one at a fault.
func resized(params map[string]int) func(t *testing.T, drive maker) {
	return func(t *testing.T, drive maker) {
		t.Helper()
		rng := rand.New(rand.NewPCG(7, 8))
		for range 30 {
			d := drive(t, 9)
			for step := range 300 {
				if step%20 == 0 {
					d.Share = 2 + rng.IntN(8)
					policy.Resize(d.Policy, params, d.Share)
				}
				must(t, d, rng.IntN(14))
				agree(t, d)
			}
		}
	}
}

// shares checks that a policy with a share of the frames does what it does in a memory of that size.
func shares(params map[string]int) func(t *testing.T, drive maker) {
	return func(t *testing.T, drive maker) {
		t.Helper()
		for i, refs := range referenceStrings(60) {
			share := 2 + i%5
			small, large := drive(t, share), drive(t, 8)
			large.Share = share
			policy.Resize(large.Policy, params, share)
			for _, page := range refs {
				must(t, small, page)
				must(t, large, page)
			}
			if !slices.Equal(small.Evicted, large.Evicted) {
				t.Fatalf("%v: evicted %v with %d frames, %v with as large a share of 8",
					refs, small.Evicted, share, large.Evicted)
			}
		}
	}
}

// agree checks that the policy and the frame table have the same frames loaded.
func agree(t *testing.T, d *Driver) {
	t.Helper()
	for f, page := range d.Page {
		if d.Policy.Holds(addr.Frame(f)) != (page != Free) {
			t.Fatalf("frame %d: the policy holds it: %v; pages %v", f, d.Policy.Holds(addr.Frame(f)), d.Page)
		}
	}
}

// mixedReference uses page if that is possible at all.
func mixedReference(t *testing.T, d *Driver, page int) {
	t.Helper()
	full := d.Find(page) == addr.NoFrame && d.Find(Free) == addr.NoFrame
	possible := !full || slices.Contains(d.Pinned, false)
	if _, err := d.Reference(page, false); (err == nil) != possible {
		t.Fatalf("page %d, pages %v, pinned %v: %v", page, d.Page, d.Pinned, err)
	}
}

// noAllocation checks that a policy at work needs no memory of its own.
func noAllocation(t *testing.T, drive maker) {
	t.Helper()
	d := drive(t, 16)
	for page := range 64 {
		must(t, d, page)
	}
	page := 64
	allocs := testing.AllocsPerRun(200, func() {
		d.Evicted = d.Evicted[:0]
		page++
		if _, err := d.Reference(page, false); err != nil {
			panic(fmt.Sprintf("reference %d: %v", page, err))
		}
	})
	if allocs != 0 {
		t.Fatalf("%v allocations a replacement", allocs)
	}
}

// RunStack checks what defines a stack algorithm: the pages that n frames hold are among those that n + 1
// hold, after every reference. So more frames never mean more faults.
func RunStack(t *testing.T, create New, params map[string]int) {
	t.Helper()
	for _, refs := range referenceStrings(100) {
		var ds []*Driver
		for n := 1; n <= 8; n++ {
			table := NewTable(n)
			p, err := create(table, params, 1)
			if err != nil {
				t.Fatal(err)
			}
			ds = append(ds, NewDriver(table, p))
		}
		for _, page := range refs {
			for i, d := range ds {
				must(t, d, page)
				if i > 0 {
					within(t, ds[i-1].Table, d.Table)
				}
			}
		}
	}
}

func within(t *testing.T, small, large *Table) {
	t.Helper()
	for _, page := range small.Page {
		if page != Free && large.Find(page) == addr.NoFrame {
			t.Fatalf("%d frames hold %v, %d frames hold %v", small.Len(), small.Page, large.Len(), large.Page)
		}
	}
}
