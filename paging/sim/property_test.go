package sim

import (
	"math/rand/v2"
	"testing"

	"memlab/paging/policy"
)

// strings are reference strings with some locality, and which references write.
func randomStrings(n int) (all [][]uint64, writes [][]bool) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range n {
		refs, w := make([]uint64, 10+rng.IntN(150)), []bool{}
		for j := range refs {
			refs[j] = uint64(rng.IntN(12)) * 7
			if j > 2 && rng.IntN(3) == 0 {
				refs[j] = refs[j-1-rng.IntN(2)]
			}
			w = append(w, rng.IntN(3) == 0)
		}
		all, writes = append(all, refs), append(writes, w)
	}
	return all, writes
}

// TestProperties checks what holds for every policy.
func TestProperties(t *testing.T) {
	all, writes := randomStrings(150)
	for i, refs := range all {
		checkProperties(t, 2+i%6, refs, writes[i])
	}
}

// checkProperties runs every policy on one string.
func checkProperties(t *testing.T, n int, refs []uint64, writes []bool) {
	t.Helper()
	best, err := Run("opt", nil, n, refs, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range policy.Catalog() {
		r, err := Run(in.Name, nil, n, refs, writes)
		if err != nil {
			t.Fatal(err)
		}
		if r.Hits+r.Faults != len(refs) || r.Faults-len(r.Evicted) != len(r.Resident) {
			t.Fatalf("%s, %d frames, %v: %+v", in.Name, n, refs, r)
		}
		if !in.Unlimited && (len(r.Resident) > n || r.Faults < best.Faults) {
			t.Fatalf("%s, %d frames, %v: %+v, the optimum has %d faults", in.Name, n, refs, r, best.Faults)
		}
	}
}

// TestTwins are policies that must do the same: D3, D10, and gclock with one bit.
func TestTwins(t *testing.T) {
	all, writes := randomStrings(150)
	for i, refs := range all {
		n := 1 + i%6
		for _, twin := range [][2]string{
			{"clock", "second_chance"},
			{"clock r_on_load=0", "second_chance r_on_load=0"},
			{"clock", "gclock bits=1 init=1"},
			{"lru", "lru2 k=1"},
		} {
			if a, b := run(t, twin[0], n, refs, writes[i]), run(t, twin[1], n, refs, writes[i]); !same(a, b) {
				t.Fatalf("%v, %d frames, %v:\n%+v\n%+v", twin, n, refs, a, b)
			}
		}
		for _, tau := range []string{" tau=1", " tau=4", " tau=30"} {
			a, b := run(t, "ws"+tau, 1, refs, nil), run(t, "vmin"+tau, 1, refs, nil)
			if a.Events != b.Events {
				t.Fatalf("%v:\nws %s\nvmin %s", refs, a.Events, b.Events)
			}
		}
	}
}

func run(t *testing.T, what string, frames int, refs []uint64, writes []bool) Result {
	t.Helper()
	name, params := withParams(what)
	r, err := Run(name, params, frames, refs, writes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRoom: a claim of many frames costs no memory, and is checked all the same.
func TestRoom(t *testing.T) {
	refs := parse("1 2 3 1 2 3 4")
	for _, in := range policy.Catalog() {
		r, err := Run(in.Name, nil, 1<<60, refs, nil)
		left := 4
		if in.Name == "vmin" {
			left = 0 // nothing is needed again
		}
		if err != nil || r.Faults != 4 || len(r.Resident) != left {
			t.Errorf("%s: %+v, %v", in.Name, r, err)
		}
	}
	if _, err := Run("fifo", nil, 0, refs, nil); err == nil {
		t.Error("no frames are accepted")
	}
	if _, err := Run("fifo", nil, -1, refs, nil); err == nil {
		t.Error("a negative number of frames is accepted")
	}
	if _, err := Run("lirs", map[string]any{"hirs": 50}, 50, refs, nil); err == nil {
		t.Error("hirs is not checked where memory is roomy")
	}
}
