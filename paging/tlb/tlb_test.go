package tlb

import (
	"math/rand/v2"
	"slices"
	"testing"

	"memlab/paging/addr"
)

func TestNewRefusesWhatCannotBe(t *testing.T) {
	for _, c := range []struct {
		entries, ways int
		policy        Policy
		want          string
	}{
		{0, 1, LRU, "TLB of 0 entries, 1 ways: the ways must divide the entries"},
		{8, 3, LRU, "TLB of 8 entries, 3 ways: the ways must divide the entries"},
		{12, 2, LRU, "TLB of 12 entries, 2 ways: 6 sets is not a power of two"},
		{6, 3, TreePLRU, "TLB of 3 ways with policy tree_plru: its tree needs a power of two"},
	} {
		if _, err := New(c.entries, c.ways, c.policy, 0); err == nil || err.Error() != c.want {
			t.Errorf("New(%d, %d): %v, want %s", c.entries, c.ways, err, c.want)
		}
	}
}

// bits and tree are the definitions of bit-PLRU and tree-PLRU, written down with the bits that hardware has.
type bits []bool

func (b bits) touch(way int) {
	b[way] = true
	if !slices.Contains(b, false) {
		clear(b)
		b[way] = true
	}
}

// tree has node 1 at the root, nodes 2n and 2n+1 below node n; true: evict from the right half.
type tree []bool

func (n tree) touch(way int) {
	for node := len(n) + way; node > 1; node /= 2 {
		n[node/2] = node%2 == 0
	}
}

func (n tree) victim() int {
	node := 1
	for node < len(n) {
		node *= 2
		if n[node/2] {
			node++
		}
	}
	return node - len(n)
}

// naive is one set, too simple to be wrong.
type naive struct {
	ways   []*key // by way; nil: free
	used   []int  // by way: when it was used last
	filled []int
	bits   bits
	tree   tree
}

type key struct {
	page addr.Page
	asid uint16
}

func newNaive(ways int) *naive {
	return &naive{make([]*key, ways), make([]int, ways), make([]int, ways), make(bits, ways), make(tree, ways)}
}

func (n *naive) victim(p Policy, random func() uint64) int {
	if way := slices.Index(n.ways, nil); way >= 0 {
		return way
	}
	switch p {
	case FIFO:
		return slices.Index(n.filled, slices.Min(n.filled))
	case Random:
		return int(random() % uint64(len(n.ways)))
	case BitPLRU:
		return max(0, slices.Index(n.bits, false))
	case TreePLRU:
		return n.tree.victim()
	default:
		return slices.Index(n.used, slices.Min(n.used))
	}
}

// TestAgainstSets compares every policy with sets that are written down as the definition says, entries being
// invalidated and flushed in between.
func TestAgainstSets(t *testing.T) {
	for policy := range Policy(len(Policies())) {
		for _, shape := range [][2]int{{1, 1}, {8, 1}, {8, 8}, {16, 4}, {24, 3}, {32, 2}} {
			if policy == TreePLRU && shape[1]&(shape[1]-1) != 0 {
				continue
			}
			b, err := New(shape[0], shape[1], policy, 5)
			if err != nil {
				t.Fatal(err)
			}
			lots, _ := New(1, 1, policy, 5)
			sets := map[int]*naive{}
			rnd := rand.New(rand.NewPCG(3, 4))
			for clock := 1; clock < 6000; clock++ {
				k := key{addr.Page(rnd.IntN(40)), uint16(rnd.IntN(2))}
				number := b.Set(k.page)
				if sets[number] == nil {
					sets[number] = newNaive(shape[1])
				}
				set := sets[number]
				at := slices.IndexFunc(set.ways, func(w *key) bool { return w != nil && *w == k })
				e, way := b.Lookup(k.page, k.asid)
				if (e != nil) != (at >= 0) || e != nil && way != at {
					t.Fatalf("%s %v: %v hits %v in way %d, the set says way %d", policy, shape, k, e != nil, way, at)
				}
				if e != nil && rnd.IntN(16) == 0 {
					e.Valid, set.ways[at] = false, nil
					continue
				}
				if e == nil {
					at = set.victim(policy, lots.next)
					e, way = b.Victim(k.page)
					if way != at {
						t.Fatalf("%s %v: way %d goes, the set says %d", policy, shape, way, at)
					}
					*e = Entry{Page: k.page, ASID: k.asid, Valid: true}
					b.Filled(k.page, at)
					set.ways[at], set.filled[at] = &k, clock
				}
				e.Stamp, set.used[at] = uint64(clock), clock
				b.Touch(k.page, at)
				set.bits.touch(at)
				set.tree.touch(at)
			}
		}
	}
}

// TestFind: Find is Lookup, and Victim where that finds nothing.
func TestFind(t *testing.T) {
	buffer, err := New(16, 4, LRU, 0)
	if err != nil {
		t.Fatal(err)
	}
	x := uint64(1)
	for clock := uint64(2); clock < 20_000; clock += 2 {
		x = x*6364136223846793005 + 1442695040888963407
		p, asid := addr.Page(x>>33%40), uint16(x>>60%2)
		e, _ := buffer.Lookup(p, asid)
		want := e
		if e == nil {
			want, _ = buffer.Victim(p)
		}
		if got, hit := buffer.Find(p, asid); got != want || hit != (e != nil) {
			t.Fatalf("clock %d: page %d: %+v, %v; want %+v", clock, p, got, hit, want)
		}
		*want = Entry{Stamp: clock, Page: p, ASID: asid, Valid: x>>20%8 != 0}
	}
}
