package policy_test

import (
	"slices"
	"testing"

	"memlab/paging/policy/policytest"
)

// Models too simple to be wrong: each keeps resident pages in a slice and says which goes.

type model struct {
	pages []int // fifo, second chance: oldest first. lru: least recently used first
	r     map[int]bool
}

// reference returns the page that is evicted, policytest.Free if none.
func (m *model) reference(name string, page, n int) int {
	out := policytest.Free
	i := slices.Index(m.pages, page)
	switch {
	case i >= 0 && name == "lru":
		m.pages = append(slices.Delete(m.pages, i, i+1), page)
		return out
	case i >= 0:
		m.r[page] = true
		return out
	}
	if len(m.pages) == n {
		for name == "clock" && m.r[m.pages[0]] { // second chance
			m.r[m.pages[0]] = false
			m.pages = append(m.pages[1:], m.pages[0])
		}
		out = m.pages[0]
		m.pages = m.pages[1:]
	}
	m.pages = append(m.pages, page)
	m.r[page] = true
	return out
}

// FuzzModels compares FIFO, LRU and CLOCK with the models; the model of CLOCK is second chance, which has
// the same victims (policies.md, D3).
func FuzzModels(f *testing.F) {
	f.Add([]byte{3, 1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5})
	f.Add([]byte{1, 0, 0, 1, 1, 0})
	f.Add([]byte{4, 4, 5, 3, 1, 0, 5, 2, 4, 5, 9, 200, 4, 4, 7})
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) < 2 {
			return
		}
		n := 1 + int(in[0]%8)
		var refs []int
		for _, b := range in[1:] {
			refs = append(refs, int(b%16))
		}
		for _, name := range []string{"fifo", "lru", "clock"} {
			_, got, _ := simulate(t, name, nil, n, refs)
			m := model{r: make(map[int]bool)}
			want := [][2]int{}
			for i, page := range refs {
				if out := m.reference(name, page, n); out != policytest.Free {
					want = append(want, [2]int{i, out})
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s, %d frames, %v: evicted %v, want %v", name, n, refs, got, want)
			}
		}
	})
}
