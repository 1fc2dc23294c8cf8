package paging

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/area"
)

// vary gives a pager of a random test any scope, rule of shares, prefetch and fault-around: what programs see
// must not depend on them.
func vary(rnd *rand.Rand, c Config) Config {
	c.Prefetch, c.Around = rnd.IntN(3), 1<<rnd.IntN(4)
	if rnd.IntN(2) == 0 {
		c.Local, c.Shares, c.MinShare = true, Shares(rnd.IntN(len(ShareRules()))), rnd.IntN(4)
		c.Frames = 16 // each process needs two at least
	}
	return c
}

// comeAndGo now and then suspends and resumes a process, makes it nice, or asks for its demand.
func comeAndGo(rnd *rand.Rand, s *AddressSpace) {
	switch rnd.IntN(40) {
	case 0:
		s.Suspend()
		s.Resume()
	case 1:
		s.SetNice(rnd.IntN(40) - 20)
	case 2:
		s.pager.KeepDemand()
		s.Since = s.pager.MMU.Clock / 2
		s.pager.Demand()
	}
}

func TestDivideFrames(t *testing.T) {
	for _, c := range []struct {
		source  string
		n       int
		least   int
		weights []uint64
		want    []int
	}{
		{"Silberschatz, equal allocation", 93, 2, []uint64{1, 1, 1, 1, 1}, []int{18, 18, 18, 18, 18}},
		{"Silberschatz, proportional allocation", 62, 2, []uint64{10, 127}, []int{4, 57}},
		{"one process", 7, 2, []uint64{3}, []int{7}},
		{"nobody", 7, 2, nil, []int{}},
		{"the least share", 64, 8, []uint64{1, 100}, []int{8, 56}},
		{"raising one makes another too small", 30, 8, []uint64{1, 9, 20}, []int{8, 8, 14}},
		{"all at the least", 16, 8, []uint64{1, 1000}, []int{8, 8}},
		{"large numbers", 1 << 30, 2, []uint64{1 << 60, 1 << 60}, []int{1 << 29, 1 << 29}},
	} {
		if got := divideFrames(c.n, c.least, c.weights); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.source, got, c.want)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		weights := make([]uint64, 1+rnd.IntN(9))
		for i := range weights {
			weights[i] = 1 + rnd.Uint64N(1<<rnd.IntN(40))
		}
		least := 2 + rnd.IntN(5)
		n, sum := least*len(weights)+rnd.IntN(200), 0
		got := divideFrames(n, least, weights)
		for i, share := range got {
			sum += share
			for j := range got {
				if share < least || weights[i] > weights[j] && share < got[j] {
					t.Fatalf("%d frames, at least %d, %v: %v", n, least, weights, got)
				}
			}
		}
		if sum > n || sum <= n-2*len(weights) {
			t.Fatalf("%d frames, at least %d, %v: %v are %d", n, least, weights, got, sum)
		}
	}
}

func TestNiceWeight(t *testing.T) {
	for nice, want := range map[int]uint64{0: 1 << 20, -1: 1310720, 1: 838860, 5: 343596} {
		if got := NiceWeight(nice); got != want {
			t.Errorf("nice %d: %d, want %d", nice, got, want)
		}
	}
	for nice := -20; nice < 19; nice++ {
		if NiceWeight(nice) <= NiceWeight(nice+1) {
			t.Errorf("nice %d does not weigh more than the next", nice)
		}
	}
}

// TestLocal: a process that has used its share loses its own pages, also while frames are free; one that has
// less takes what others hold too much.
func TestLocal(t *testing.T) {
	p, a := newPager(t, Config{PageSize: 4096, Frames: 12, SwapPages: 64, Policy: "fifo", Local: true})
	at := mustMap(t, a, area.Request{Len: 20 * 4096, Prot: 3, Flags: private})
	touch := func(s *AddressSpace, from, n int) {
		t.Helper()
		for i := range n {
			va := at + addr.VAddr((from+i)*4096)
			if s.Write(va, []byte{1}) != 1 {
				t.Fatalf("page %d: %v", from+i, p.MMU.LastFault())
			}
		}
	}
	holds := func(s *AddressSpace, want ...int) {
		t.Helper()
		var got []int
		for i := range 20 {
			if s.Page(p.Mem.Size().PageOf(at)+addr.Page(i)).Frame != addr.NoFrame {
				got = append(got, i)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("space %d has the pages %v in memory, want %v", s.ID, got, want)
		}
	}
	touch(a, 0, 13) // alone: all frames are its share
	holds(a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	b, err := a.Fork()
	if err != nil {
		t.Fatal(err)
	}
	if share, charged := b.Share(); share != 6 || charged != 0 {
		t.Errorf("the child has a share of %d and is charged for %d, want 6 and 0", share, charged)
	}
	touch(b, 14, 4) // below its share: the parent, who is above, gives its oldest, which the child shows too
	holds(b, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17)
	holds(a, 5, 6, 7, 8, 9, 10, 11, 12)
	touch(b, 18, 2)
	touch(b, 13, 1) // its share is used up
	holds(b, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19)
	a.Destroy() // what the child shows is charged to it now
	if share, charged := b.Share(); share != 12 || charged != 12 {
		t.Errorf("the child has a share of %d and is charged for %d, want 12 and 12", share, charged)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
}

// TestLocalRoom: there are no more processes than can have two frames each.
func TestLocalRoom(t *testing.T) {
	_, a := newPager(t, Config{PageSize: 4096, Frames: 6, SwapPages: 64, Policy: "lru", Local: true})
	for range 2 {
		if _, err := a.Fork(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Fork(); fmt.Sprint(err) != fmt.Sprint(area.ENOMEM) {
		t.Errorf("a fourth process with 6 frames: %v", err)
	}
}

// TestPrefetch: what a fault reads beyond its own page, and what becomes of that.
func TestPrefetch(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 8, SwapPages: 64, Policy: "fifo", Prefetch: 2})
	at := mustMap(t, s, area.Request{Len: 12 * 4096, Prot: 1, Flags: area.MapPrivate, File: newFile(12 * 4096), FileReadable: true})
	read := func(page int) {
		t.Helper()
		if s.Read(at+addr.VAddr(page*4096), make([]byte, 1)) != 1 {
			t.Fatal(p.MMU.LastFault())
		}
	}
	check := func(faults, all, useful, useless uint64) {
		t.Helper()
		if a, b, c := p.Prefetches(); p.Stats.Faults != faults || a != all || b != useful || c != useless {
			t.Errorf("%d faults, %d prefetched, %d useful, %d useless; want %d, %d, %d, %d",
				p.Stats.Faults, a, b, c, faults, all, useful, useless)
		}
	}
	read(0) // and 1, 2
	check(1, 2, 0, 0)
	read(1)
	check(1, 2, 1, 0)
	read(11) // the last page of the area: nothing is behind it
	check(2, 2, 1, 0)
	read(4) // and 5, 6
	check(3, 4, 1, 0)
	read(8) // and 9, 10: in place of 0 and 1
	check(4, 6, 1, 0)
	read(3) // in place of 2, which nobody has used; 4 and 5 are there
	check(5, 6, 1, 1)
	read(9)
	check(5, 6, 2, 1)
}

// TestFaultAround: a fault maps what the page cache has in its aligned window, and reads nothing for it.
func TestFaultAround(t *testing.T) {
	p, a := newPager(t, Config{PageSize: 4096, Frames: 32, SwapPages: 64, Policy: "fifo", Around: 4})
	file := &disk{bytes: make([]byte, 12*4096), reserved: map[int64]bool{}, t: t}
	request := area.Request{
		Addr: 0x10000000, Len: 12 * 4096, Prot: 1, Flags: area.MapShared | area.MapFixed, File: file,
		FileReadable: true,
	}
	mustMap(t, a, request)
	for _, page := range []addr.VAddr{0, 1, 3, 4, 6} {
		a.Read(request.Addr+page*4096, make([]byte, 1))
	}
	b, err := p.NewSpace(area.Linux618(8 << 20))
	if err != nil {
		t.Fatal(err)
	}
	b.Window = 1
	mustMap(t, b, request)
	before := p.Stats
	b.Read(request.Addr+4096, make([]byte, 1))
	var mapped []int
	for i := range 12 {
		if b.Page(p.Mem.Size().PageOf(request.Addr)+addr.Page(i)).Frame != addr.NoFrame {
			mapped = append(mapped, i)
		}
	}
	if !slices.Equal(mapped, []int{0, 1, 3}) || p.Stats.Around != before.Around+2 ||
		p.Stats.FileReads != before.FileReads || p.Stats.Faults != before.Faults+1 {
		t.Errorf("mapped %v, %+v", mapped, p.Stats)
	}
}

// TestDemand: a working set is what has been used since a point in time, in memory or not.
func TestDemand(t *testing.T) {
	p, s := newPager(t, Config{PageSize: 4096, Frames: 4, SwapPages: 64, Policy: "fifo"})
	p.KeepDemand()
	at := mustMap(t, s, area.Request{Len: 20 * 4096, Prot: 3, Flags: private})
	touch := func(page int) { s.Write(at+addr.VAddr(page*4096), []byte{1}) }
	for page := range 3 {
		touch(page)
	}
	since := p.MMU.Clock + 1
	for page := 5; page < 12; page++ {
		touch(page)
	}
	s.Since = since
	if p.Demand(); s.Demand != 7 {
		t.Errorf("%d pages of 5 to 11", s.Demand)
	}
	s.Since = 0
	touch(1) // the only one of the first that is known again: the others have been forgotten
	if p.Demand(); s.Demand != 8 {
		t.Errorf("%d pages of 1 and 5 to 11", s.Demand)
	}
	if n := s.Suspend(); n != 4 || s.Present() != 0 || !s.Suspended() {
		t.Errorf("%d pages put out, %d left", n, s.Present())
	}
}
