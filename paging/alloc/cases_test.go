package alloc_test

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"reflect"
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/alloc"
)

// row is one line of a case file.
type row struct {
	ID, Kind        string
	Input, Expected json.RawMessage
}

// rows reads the rows of a kind.
func rows(t *testing.T, file, kind string) []row {
	t.Helper()
	f, err := os.Open("testdata/cases/" + file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	var out []row
	for s := bufio.NewScanner(f); s.Scan(); {
		var r row
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	return out
}

func decode[T any](t *testing.T, raw json.RawMessage) (v T) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// fragmentation is the input of all models.
type fragmentation struct {
	Model  string
	NrFree []uint64 `json:"nr_free"`
	Fit    string
	Size   uint64
	Order  int
	Ops    [][2]any
}

// outcome is the answer of the models dynamic and buddy.
type outcome struct {
	Placed   []*uint64   `json:"placed"`
	HoleList [][2]uint64 `json:"hole_list"`
	NrFree   []uint64    `json:"nr_free"`
	Report   struct {
		Holes                        int
		Free                         uint64
		LargestHole                  uint64 `json:"largest_hole"`
		External                     float64
		Requested, Granted, Internal uint64
	}
}

// TestFragmentationCases replays all rows: Linux's indices, and the end of each series of operations.
func TestFragmentationCases(t *testing.T) {
	count := map[string]int{}
	for _, r := range rows(t, "fragmentation.jsonl", "fragmentation") {
		in := decode[fragmentation](t, r.Input)
		count[in.Model]++
		switch in.Model {
		case "linux_indices":
			want := decode[alloc.Indices](t, r.Expected)
			if got := alloc.LinuxIndices(in.NrFree); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, should be %+v", r.ID, got, want)
			}
		case "dynamic":
			fits := map[string]alloc.Fit{
				"first": alloc.FirstFit, "best": alloc.BestFit, "worst": alloc.WorstFit, "next": alloc.NextFit,
			}
			d, err := alloc.NewDynamic(alloc.DynamicConfig{Size: in.Size, Fit: fits[in.Fit]})
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, d, in.Ops)
			for _, h := range d.FreeList() {
				got.HoleList = append(got.HoleList, [2]uint64{h.Start, h.Size})
			}
			same(t, r, got)
		case "buddy":
			b, err := alloc.NewBuddy(alloc.BuddyConfig{Units: 1 << in.Order, Unit: 1, MaxOrder: in.Order})
			if err != nil {
				t.Fatal(err)
			}
			got := replay(t, b, in.Ops)
			got.NrFree = b.FreeCounts()
			same(t, r, got)
		}
	}
	if want := map[string]int{"linux_indices": 95, "dynamic": 52, "buddy": 30}; !reflect.DeepEqual(count, want) {
		t.Errorf("replayed %v, should be %v", count, want)
	}
}

func replay(t *testing.T, a alloc.Allocator, ops [][2]any) outcome {
	t.Helper()
	var got outcome
	for _, op := range ops {
		size, _ := op[1].(float64)
		n := uint64(size)
		if op[0] == "free" {
			if err := a.Free(n); err != nil {
				t.Fatal(err)
			}
			continue
		}
		var start *uint64
		if b, err := a.Alloc(n); err == nil {
			start = &b.Start
		}
		got.Placed = append(got.Placed, start)
	}
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	m := alloc.Measure(a)
	r := &got.Report
	r.Holes, r.Free, r.LargestHole, r.External = m.Holes, m.Free, m.LargestHole, m.External
	r.Requested, r.Granted, r.Internal = m.Requested, m.Granted, m.Internal
	return got
}

func same(t *testing.T, r row, got outcome) {
	t.Helper()
	want := decode[outcome](t, r.Expected)
	if math.Abs(want.Report.External-got.Report.External) > 1e-9 {
		t.Errorf("%s: external %v, should be %v", r.ID, got.Report.External, want.Report.External)
	}
	want.Report.External = got.Report.External
	if len(got.HoleList) == 0 && len(want.HoleList) == 0 {
		want.HoleList = got.HoleList
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %+v, should be %+v", r.ID, got, want)
	}
}

// TestFreespaceCases replays OSTEP's malloc.py: the list after each operation, and how far each search went.
func TestFreespaceCases(t *testing.T) {
	all := rows(t, "ostep.jsonl", "freespace")
	if len(all) != 60 {
		t.Fatalf("%d rows, should be 60", len(all))
	}
	for _, r := range all {
		in := decode[struct {
			HeapSize  uint64 `json:"heap_size"`
			Base      uint64
			Header    uint64
			Align     *uint64
			Fit       string
			ListOrder string `json:"list_order"`
			Coalesce  bool
			Ops       []struct {
				Op       string
				ID, Size uint64
			}
		}](t, r.Input)
		c := alloc.DynamicConfig{
			Base: in.Base, Size: in.HeapSize, Header: in.Header, Coalesce: alloc.JoinNone,
			Fit: map[string]alloc.Fit{"BEST": alloc.BestFit, "WORST": alloc.WorstFit, "FIRST": alloc.FirstFit}[in.Fit],
			Order: map[string]alloc.Order{
				"ADDRSORT": alloc.ByAddress, "SIZESORT+": alloc.BySizeUp, "SIZESORT-": alloc.BySizeDown,
				"INSERT-FRONT": alloc.Front, "INSERT-BACK": alloc.Back,
			}[in.ListOrder],
		}
		if in.Align != nil {
			c.Align = *in.Align
		}
		if in.Coalesce {
			c.Coalesce = alloc.JoinList
		}
		d, err := alloc.NewDynamic(c)
		if err != nil {
			t.Fatal(err)
		}
		steps := decode[struct {
			Steps []struct {
				Addr     *uint64
				Searched int
				Ret      int
				FreeList [][2]uint64 `json:"free_list"`
			}
		}](t, r.Expected).Steps
		at := map[uint64]uint64{}
		for i, op := range in.Ops {
			want := steps[i]
			if op.Op == "alloc" {
				b, err := d.Alloc(op.Size)
				if err == nil {
					at[op.ID] = b.Start
				}
				if (err == nil) != (want.Addr != nil) || err == nil && b.Start != *want.Addr || d.Searched() != want.Searched {
					t.Fatalf("%s step %d: %+v, %v, searched %d; should be %+v", r.ID, i, b, err, d.Searched(), want)
				}
			} else {
				start, ok := at[op.ID]
				if !ok {
					start = 1<<64 - 1
				}
				if ret := d.Free(start); (ret == nil) != (want.Ret == 0) {
					t.Fatalf("%s step %d: free gives %v, should be %d", r.ID, i, ret, want.Ret)
				}
			}
			list := [][2]uint64{}
			for _, h := range d.FreeList() {
				list = append(list, [2]uint64{h.Start, h.Size})
			}
			if !slices.Equal(list, want.FreeList) {
				t.Fatalf("%s step %d: list %v, should be %v", r.ID, i, list, want.FreeList)
			}
			if err := d.Check(); err != nil {
				t.Fatalf("%s step %d: %v", r.ID, i, err)
			}
		}
	}
}

// TestRelocationCases replays OSTEP's base and limit, and TestSegmentationCases its two segments.
func TestRelocationCases(t *testing.T) {
	all := rows(t, "ostep.jsonl", "relocation")
	if len(all) != 20 {
		t.Fatalf("%d rows, should be 20", len(all))
	}
	for _, r := range all {
		in := decode[struct {
			Base, Limit uint64
			VAddrs      []uint64
		}](t, r.Input)
		s := alloc.Segment{Base: addr.PAddr(in.Base), Limit: in.Limit, Prot: 7}
		for i, want := range decode[translations](t, r.Expected).Translations {
			judge(t, r.ID, &s, addr.VAddr(in.VAddrs[i]), want)
		}
	}
}

// TestSegmentationCases: the upper half of the addresses is the stack's.
func TestSegmentationCases(t *testing.T) {
	all := rows(t, "ostep.jsonl", "segmentation")
	if len(all) != 20 {
		t.Fatalf("%d rows, should be 20", len(all))
	}
	type half struct {
		Base, Limit uint64
		Grows       string
	}
	for _, r := range all {
		in := decode[struct {
			AddressSpace uint64 `json:"address_space"`
			Seg0, Seg1   half
			VAddrs       []uint64
		}](t, r.Input)
		segs := []alloc.Segment{}
		for i, h := range []half{in.Seg0, in.Seg1} {
			s := alloc.Segment{
				Start: addr.VAddr(uint64(i) * in.AddressSpace / 2), Base: addr.PAddr(h.Base), Limit: h.Limit, Prot: 7,
				Down: h.Grows == "down",
			}
			if s.Down {
				s.Start = addr.VAddr(uint64(i+1) * in.AddressSpace / 2)
			}
			segs = append(segs, s)
		}
		for i, want := range decode[translations](t, r.Expected).Translations {
			judge(t, r.ID, &segs[want.Seg], addr.VAddr(in.VAddrs[i]), want)
		}
	}
}

type translations struct{ Translations []translation }

type translation struct {
	Seg int
	OK  bool
	PA  *uint64
}

func judge(t *testing.T, id string, s *alloc.Segment, va addr.VAddr, want translation) {
	t.Helper()
	pa, why := s.Translate(va, addr.Read)
	if (why == alloc.Inside) != want.OK || want.OK && uint64(pa) != *want.PA {
		t.Errorf("%s: %v translates to %v, %d; should be %+v", id, va, pa, why, want)
	}
}
