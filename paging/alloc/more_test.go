package alloc_test

import (
	"reflect"
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/alloc"
)

// TestAllocCompacting: 30 free bytes in two holes serve 25 after moving 20; 31 move nothing.
func TestAllocCompacting(t *testing.T) {
	d, err := alloc.NewDynamic(alloc.DynamicConfig{Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []uint64{20, 10, 20, 30} {
		if _, err := d.Alloc(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Free(20); err != nil {
		t.Fatal(err)
	}
	if _, moved, err := d.AllocCompacting(31, nil); moved != 0 || err == nil {
		t.Errorf("31 bytes: moved %d, %v", moved, err)
	} else if want := "no room for 31 bytes: only 30 are free"; err.Error() != want {
		t.Errorf("31 bytes: %v", err)
	}
	_, err = d.Alloc(25)
	if want := "no room for 25 bytes: 30 are free, but no hole to be used is larger than 20"; err == nil ||
		err.Error() != want {
		t.Errorf("25 bytes: %v", err)
	}
	type move struct{ from, to, size uint64 }
	var moves []move
	b, moved, err := d.AllocCompacting(25, func(from, to, size uint64) { moves = append(moves, move{from, to, size}) })
	if err != nil || moved != 50 || b.Start != 70 {
		t.Errorf("25 bytes: %+v, moved %d, %v", b, moved, err)
	}
	if want := []move{{30, 20, 20}, {50, 40, 30}}; !slices.Equal(moves, want) {
		t.Errorf("moves %v, should be %v", moves, want)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

func TestSegment(t *testing.T) {
	code := alloc.Segment{Start: 0x1000, Limit: 0x100, Base: 0x8000, Prot: addr.ProtRead | addr.ProtExec}
	stack := alloc.Segment{Start: 0x4000, Limit: 0x200, Base: 0x9000, Prot: addr.ProtRead | addr.ProtWrite, Down: true}
	table := alloc.Segments{code, stack}
	if err := table.Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		va   addr.VAddr
		a    addr.Access
		pa   addr.PAddr
		why  alloc.Lookup
		find int
	}{
		{0x1000, addr.Fetch, 0x8000, alloc.Inside, 0},
		{0x10ff, addr.Read, 0x80ff, alloc.Inside, 0},
		{0x1100, addr.Read, 0, alloc.Outside, -1},
		{0xfff, addr.Read, 0, alloc.Outside, -1},
		{0x1080, addr.Write, 0, alloc.Forbidden, 0},
		{0x3fff, addr.Write, 0x8fff, alloc.Inside, 1},
		{0x3e00, addr.Read, 0x8e00, alloc.Inside, 1},
		{0x3dff, addr.Read, 0, alloc.Outside, -1},
		{0x4000, addr.Read, 0, alloc.Outside, -1},
		{0x3f00, addr.Fetch, 0, alloc.Forbidden, 1},
	} {
		if got := table.Find(c.va); got != c.find {
			t.Errorf("%v is in segment %d, should be %d", c.va, got, c.find)
		}
		s := &code
		if c.va > 0x2000 {
			s = &stack
		}
		if pa, why := s.Translate(c.va, c.a); pa != c.pa || why != c.why {
			t.Errorf("%v %v: %v, %d; should be %v, %d", c.va, c.a, pa, why, c.pa, c.why)
		}
	}
	if stack.Low() != 0x8e00 || code.Low() != 0x8000 {
		t.Errorf("lowest bytes at %v and %v", stack.Low(), code.Low())
	}
	for _, bad := range []alloc.Segments{{stack, code}, {code, code}, {{Start: 1}}} {
		if bad.Check() == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

// TestQueue: with one queue a large job holds up those behind it only if it is strict.
func TestQueue(t *testing.T) {
	for _, c := range []struct {
		strict bool
		want   []int // in the order of their admission after 60 bytes have been freed
		left   []alloc.Job
	}{
		{false, []int{1, 3}, []alloc.Job{{ID: 2, Size: 90}}},
		{true, []int{1}, []alloc.Job{{ID: 2, Size: 90}, {ID: 3, Size: 20}}},
	} {
		d, err := alloc.NewDynamic(alloc.DynamicConfig{Size: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []uint64{60, 40} {
			if _, err := d.Alloc(n); err != nil {
				t.Fatal(err)
			}
		}
		q := alloc.Queue{Strict: c.strict}
		for _, j := range []alloc.Job{{ID: 1, Size: 30}, {ID: 2, Size: 90}, {ID: 3, Size: 20}, {ID: 4, Size: 5}} {
			q.Wait(j)
		}
		if !q.Leave(4) || q.Leave(4) {
			t.Error("job 4 did not leave once")
		}
		if j, _, ok := q.Admit(d); ok {
			t.Errorf("job %d was admitted to full memory", j.ID)
		}
		if err := d.Free(0); err != nil {
			t.Fatal(err)
		}
		var got []int
		for j, _, ok := q.Admit(d); ok; j, _, ok = q.Admit(d) {
			got = append(got, j.ID)
		}
		if !slices.Equal(got, c.want) || !slices.Equal(q.Waiting(), c.left) {
			t.Errorf("strict %v: admitted %v, left %v", c.strict, got, q.Waiting())
		}
	}
}

// TestSeries: a full series keeps every other point, always as far apart.
func TestSeries(t *testing.T) {
	s := alloc.NewSeries(4)
	asked := 0
	for i := range uint64(19) {
		s.Add(i, func() alloc.Report { asked++; return alloc.Report{Free: i} })
	}
	var want []alloc.Point
	for _, i := range []uint64{0, 8, 16} {
		want = append(want, alloc.Point{Time: i, Report: alloc.Report{Free: i}})
	}
	if got := s.Points(); !reflect.DeepEqual(got, want) {
		t.Errorf("points %+v, should be %+v", got, want)
	}
	if asked != 9 {
		t.Errorf("asked for %d reports, should be 9", asked)
	}
}

func TestBuddyInfo(t *testing.T) {
	got := alloc.BuddyInfo(0, "DMA", []uint64{1, 20, 300})
	if want := "Node 0, zone      DMA      1     20    300 "; got != want {
		t.Errorf("%q, should be %q", got, want)
	}
}
