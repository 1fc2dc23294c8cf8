package sim

import (
	"reflect"
	"slices"
	"testing"
)

func same(a, b Result) bool { return reflect.DeepEqual(a, b) }

// entry is a page in memory as the models know it.
type entry struct {
	page         uint64
	loaded, last int
	count        int
	before       int // time of the reference before the last; -1: none
	used         bool
}

// model is a policy too simple to be wrong: memory is a slice in order of loading, and pick says which entry
// goes.
type model struct {
	pick func(m []entry, refs []uint64, t int) (victim int, rest []entry)
}

// least picks the first entry with the smallest key.
func least(key func(e entry) [2]int) model {
	return model{func(m []entry, _ []uint64, _ int) (int, []entry) {
		at := 0
		for i := range m {
			if a, b := key(m[i]), key(m[at]); a[0] < b[0] || a[0] == b[0] && a[1] < b[1] {
				at = i
			}
		}
		return at, m
	}}
}

// secondChance sends used pages from the front to the back.
func secondChance(m []entry, _ []uint64, _ int) (int, []entry) {
	for m[0].used {
		m[0].used = false
		m = append(m[1:], m[0])
	}
	return 0, m
}

// farthest is the page whose next use is last, of those never used again the first loaded.
func farthest(m []entry, refs []uint64, t int) (int, []entry) {
	at, most := 0, -1
	for i := range m {
		next := slices.Index(refs[t:], m[i].page)
		if next < 0 {
			next = len(refs)
		}
		if next > most {
			at, most = i, next
		}
	}
	return at, m
}

func models() map[string]model {
	return map[string]model{
		"fifo":          least(func(e entry) [2]int { return [2]int{e.loaded} }),
		"lru":           least(func(e entry) [2]int { return [2]int{e.last} }),
		"mru":           least(func(e entry) [2]int { return [2]int{-e.last} }),
		"lfu":           least(func(e entry) [2]int { return [2]int{e.count, e.last} }),
		"lfu tie=1":     least(func(e entry) [2]int { return [2]int{e.count, e.loaded} }),
		"mfu":           least(func(e entry) [2]int { return [2]int{-e.count, e.last} }),
		"lru2 keep=0":   least(func(e entry) [2]int { return [2]int{e.before, e.last} }),
		"opt":           {farthest},
		"clock":         {secondChance},
		"second_chance": {secondChance},
	}
}

// run replays refs.
func (m model) run(n int, refs []uint64) (evicted []Eviction) {
	evicted = []Eviction{}
	var in []entry
	for t, page := range refs {
		i := slices.IndexFunc(in, func(e entry) bool { return e.page == page })
		if i >= 0 {
			e := &in[i]
			e.before, e.last, e.used = e.last, t, true
			e.count++
			continue
		}
		if len(in) == n {
			var victim int
			victim, in = m.pick(in, refs, t)
			evicted = append(evicted, Eviction{t, in[victim].page})
			in = slices.Delete(in, victim, victim+1)
		}
		in = append(in, entry{page: page, loaded: t, last: t, count: 1, before: -1, used: true})
	}
	return evicted
}

// FuzzModels compares policies with the models.
func FuzzModels(f *testing.F) {
	f.Add([]byte{3, 1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5})
	f.Add([]byte{1, 0, 0, 1, 1, 0})
	f.Add([]byte{4, 4, 5, 3, 1, 0, 5, 2, 4, 5, 9, 200, 4, 4, 7})
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) < 2 || len(in) > 400 {
			return
		}
		n := 1 + int(in[0]%8)
		var refs []uint64
		for _, b := range in[1:] {
			refs = append(refs, uint64(b%16))
		}
		for name, m := range models() {
			if name == "lfu tie=1" {
				r, err := Run("lfu", map[string]any{"tie": "fifo"}, n, refs, nil)
				if want := m.run(n, refs); err != nil || !slices.Equal(r.Evicted, want) {
					t.Fatalf("%s, %d frames, %v: evicted %v, want %v", name, n, refs, r.Evicted, want)
				}
				continue
			}
			got, want := run(t, name, n, refs, nil).Evicted, m.run(n, refs)
			if !slices.Equal(got, want) {
				t.Fatalf("%s, %d frames, %v: evicted %v, want %v", name, n, refs, got, want)
			}
		}
	})
}

// FuzzInvariants runs every policy on any string: nothing is lost, nothing invented, the optimum not beaten.
func FuzzInvariants(f *testing.F) {
	f.Add([]byte{3, 1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5})
	f.Add([]byte{7, 200, 31, 3, 9, 200, 14, 4, 31, 5, 1, 2, 3, 4, 5})
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) < 2 || len(in) > 400 {
			return
		}
		refs, writes := []uint64{}, []bool{}
		for _, b := range in[1:] {
			refs, writes = append(refs, uint64(b%32)), append(writes, b >= 128)
		}
		checkProperties(t, 2+int(in[0]%8), refs, writes)
	})
}
