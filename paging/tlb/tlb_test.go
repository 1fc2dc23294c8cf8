package tlb

import (
	"math/rand/v2"
	"testing"

	"memlab/paging/addr"
)

func TestNewRefusesWhatCannotBe(t *testing.T) {
	for _, c := range []struct {
		entries, ways int
		want          string
	}{
		{0, 1, "TLB of 0 entries, 1 ways: the ways must divide the entries"},
		{8, 3, "TLB of 8 entries, 3 ways: the ways must divide the entries"},
		{12, 2, "TLB of 12 entries, 2 ways: 6 sets is not a power of two"},
	} {
		if _, err := New(c.entries, c.ways); err == nil || err.Error() != c.want {
			t.Errorf("New(%d, %d): %v, want %s", c.entries, c.ways, err, c.want)
		}
	}
}

// TestAgainstLists compares with one list of pages a set, the most recently used last.
func TestAgainstLists(t *testing.T) {
	type key struct {
		page addr.Page
		asid uint16
	}
	for _, shape := range [][2]int{{1, 1}, {8, 1}, {8, 8}, {16, 4}, {24, 3}} {
		b, err := New(shape[0], shape[1])
		if err != nil {
			t.Fatal(err)
		}
		sets := make(map[int][]key)
		rnd := rand.New(rand.NewPCG(3, 4))
		for clock := range uint64(5000) {
			k := key{addr.Page(rnd.IntN(40)), uint16(rnd.IntN(2))}
			set := sets[b.Set(k.page)]
			at := -1
			for i := range set {
				if set[i] == k {
					at = i
				}
			}
			e, _ := b.Lookup(k.page, k.asid)
			if (e != nil) != (at >= 0) {
				t.Fatalf("%v: %v hits %v, the list says %v", shape, k, e != nil, at >= 0)
			}
			switch {
			case at >= 0:
				set = append(set[:at], set[at+1:]...)
			case len(set) == shape[1]:
				set = set[1:]
			}
			if e == nil {
				e, _ = b.Victim(k.page)
				*e = Entry{Page: k.page, ASID: k.asid, Valid: true}
			}
			e.Stamp = clock
			sets[b.Set(k.page)] = append(set, k)
		}
	}
}

// TestFind: Find is Lookup, and Victim where that finds nothing.
func TestFind(t *testing.T) {
	buffer, err := New(16, 4)
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
