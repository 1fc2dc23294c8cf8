package tlb

import (
	"fmt"
	"slices"
	"strings"

	"memlab/paging/addr"
)

// Policy says which entry of a full set goes.
type Policy uint8

// The policies.
const (
	LRU    Policy = iota // the one used longest ago
	FIFO                 // the one filled longest ago
	Random               // any: splitmix64, next() mod ways
	// BitPLRU has the lowest way go whose bit is clear. A use sets it, and clears the others if all are set
	// then.
	BitPLRU
	// TreePLRU follows a binary tree whose nodes point to a half; a use has those on its way point to the
	// other.
	TreePLRU
)

// Policies are the words for them, in order.
func Policies() []string { return []string{"lru", "fifo", "random", "bit_plru", "tree_plru"} }

// String is the word for p.
func (p Policy) String() string { return Policies()[p] }

// PolicyOf is the policy of that name.
func PolicyOf(name string) (Policy, error) {
	i := slices.Index(Policies(), name)
	if i < 0 {
		return 0, fmt.Errorf("TLB policy %q: must be one of %s", name, strings.Join(Policies(), ", "))
	}
	return Policy(i), nil
}

// choose is the way that goes of a full set, whose first entry is number first.
func (t *TLB) choose(set []Entry, first int) int {
	switch t.policy {
	case FIFO:
		filled := t.filled[first : first+len(set)]
		return slices.Index(filled, slices.Min(filled))
	case Random:
		return int(t.next() % uint64(len(set)))
	case BitPLRU:
		return max(0, slices.Index(t.used[first:first+len(set)], false))
	case TreePLRU:
		return oldestHalf(set)
	default:
		at := 0
		for i := range set {
			if set[i].Stamp < set[at].Stamp {
				at = i
			}
		}
		return at
	}
}

// oldestHalf follows the tree from its root. A node points away from the half in which the last use below it
// was, so to the half that was used longest ago: no bits need to be kept.
func oldestHalf(set []Entry) int {
	first := 0
	for len(set) > 1 {
		half := len(set) / 2
		if latest(set[:half]) <= latest(set[half:]) {
			set = set[:half]
		} else {
			set, first = set[half:], first+half
		}
	}
	return first
}

func latest(set []Entry) uint64 {
	last := uint64(0)
	for i := range set {
		last = max(last, set[i].Stamp)
	}
	return last
}

// Filled tells that p's translation has been put into that way.
func (t *TLB) Filled(p addr.Page, way int) {
	if t.policy == FIFO {
		t.fills++
		t.filled[t.Set(p)*t.ways+way] = t.fills
	}
	t.Touch(p, way)
}

// Touch tells of a use of p's entry in that way; only bit-PLRU asks for it (Told).
func (t *TLB) Touch(p addr.Page, way int) {
	if t.policy != BitPLRU {
		return
	}
	first := t.Set(p) * t.ways
	used := t.used[first : first+t.ways]
	used[way] = true
	if !slices.Contains(used, false) {
		clear(used)
		used[way] = true
	}
}

// next draws from splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
func (t *TLB) next() uint64 {
	t.seed += 0x9E3779B97F4A7C15
	z := t.seed
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}
