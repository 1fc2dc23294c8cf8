package sim

import (
	"math/rand/v2"
	"slices"
	"testing"
)

type curveCase struct {
	ID       string
	Input    struct{ Refs []uint64 }
	Expected struct {
		Distinct    int
		LRUFaults   []int `json:"lru_faults"`
		OPTFaults   []int `json:"opt_faults"`
		LRUDistance []int `json:"lru_distance"`
		OPTDistance []int `json:"opt_distance"`
	}
}

// The recorded curves.
func TestCurveCases(t *testing.T) {
	rows := eachCase(t, "curve.jsonl.gz", func(c curveCase) {
		want := c.Expected
		lru, opt := LRUCurve(c.Input.Refs), OPTCurve(c.Input.Refs)
		if len(lru.Faults) != want.Distinct || !slices.Equal(lru.Faults, want.LRUFaults) ||
			!slices.Equal(lru.Distances, want.LRUDistance) {
			t.Errorf("%s: LRU %v, want %v", c.ID, lru, want)
		}
		if !slices.Equal(opt.Faults, want.OPTFaults) || !slices.Equal(opt.Distances, want.OPTDistance) {
			t.Errorf("%s: OPT %v, want %v", c.ID, opt, want)
		}
	})
	if rows != 40 {
		t.Errorf("%d rows, want 40", rows)
	}
}

// slowLRU and slowOPT are the definitions, entry by entry.
func slowLRU(refs []uint64) []int {
	var stack []uint64
	var distances []int
	for _, page := range refs {
		i := slices.Index(stack, page)
		distances = append(distances, i+1)
		if i >= 0 {
			stack = slices.Delete(stack, i, i+1)
		}
		stack = slices.Insert(stack, 0, page)
	}
	return distances
}

// slowOPT runs OPT with every number of frames: the distance is the least with which a reference hits.
func slowOPT(refs []uint64, most int) []int {
	distances := make([]int, len(refs))
	for frames := most; frames > 0; frames-- {
		var resident []uint64
		for t, page := range refs {
			if slices.Contains(resident, page) {
				distances[t] = frames
				continue
			}
			if len(resident) < frames {
				resident = append(resident, page)
				continue
			}
			use := func(p uint64) int {
				if i := slices.Index(refs[t:], p); i >= 0 {
					return i
				}
				return len(refs)
			}
			victim := 0
			for i, p := range resident {
				if use(p) > use(resident[victim]) {
					victim = i
				}
			}
			resident[victim] = page
		}
	}
	return distances
}

func checkCurves(t *testing.T, refs []uint64) {
	t.Helper()
	if got, want := LRUCurve(refs).Distances, slowLRU(refs); !slices.Equal(got, want) {
		t.Fatalf("%v: LRU distances %v, want %v", refs, got, want)
	}
	pages, _ := compact(refs, nil)
	if got, want := OPTCurve(refs).Distances, slowOPT(refs, len(pages)); !slices.Equal(got, want) {
		t.Fatalf("%v: OPT distances %v, want %v", refs, got, want)
	}
}

// Random strings against the definitions; also long ones on few pages, so that LRU's slots run out.
func TestCurvesByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		refs := make([]uint64, rng.IntN(80))
		pages := 1 + rng.Uint64N(20)
		for i := range refs {
			refs[i] = rng.Uint64N(pages) << 40
		}
		checkCurves(t, refs)
	}
	long := make([]uint64, 20000)
	for i := range long {
		long[i] = rng.Uint64N(1 + rng.Uint64N(1500))
	}
	if got, want := LRUCurve(long).Distances, slowLRU(long); !slices.Equal(got, want) {
		t.Errorf("a long string: LRU distances differ from the definition's")
	}
}

func FuzzCurves(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5})
	f.Fuzz(func(t *testing.T, pages []byte) {
		refs := make([]uint64, min(len(pages), 100))
		for i := range refs {
			refs[i] = uint64(pages[i] % 16)
		}
		checkCurves(t, refs)
	})
}

// program is a string like a program's: most references go where one of the last few went, or just behind;
// the rest goes round a loop over many pages, or anywhere.
func program(n int, pages uint32) []Ref {
	rng := rand.New(rand.NewPCG(2, 2))
	ids := make([]Ref, n)
	var recent [8]uint32
	loop := uint32(0)
	for i := range ids {
		r := &recent[rng.IntN(len(recent))]
		switch k := rng.IntN(1000); {
		case k < 1:
			*r = rng.Uint32N(pages)
		case k < 20:
			loop = (loop + 1) % pages
			*r = loop
		case k < 50:
			*r = (*r + 1) % pages
		}
		ids[i] = ReadOf(*r)
	}
	return ids
}

func BenchmarkLRUCurve(b *testing.B) {
	ids := program(1<<20, 10000)
	for b.Loop() {
		stack := NewLRUStack()
		for _, id := range ids {
			stack.Reference(id.Page())
		}
	}
	b.ReportMetric(float64(len(ids))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrefs/s")
}

func BenchmarkOPTCurve(b *testing.B) {
	ids := program(1<<20, 10000)
	for b.Loop() {
		next := NextUses([]Block{{Refs: ids}})
		stack := NewOPTStack()
		for t, id := range ids {
			stack.Reference(id.Page(), next[t])
		}
	}
	b.ReportMetric(float64(len(ids))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrefs/s")
}
