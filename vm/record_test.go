package vm_test

import (
	"fmt"
	"testing"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/policy"
	"memlab/paging/sim"
	traces "memlab/paging/sim/trace"
	"memlab/vm"
)

// recordedRun is a program, and its references.
type recordedRun struct {
	argv   []string
	blocks []sim.Block
	next   []uint32
	pages  int
}

// recordRun runs a program in ample memory.
func recordRun(t *testing.T, argv []string) *recordedRun {
	t.Helper()
	var all []sim.Block
	pages, err := traces.NewPager(nil, traces.Info{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[addr.Access]traces.Kind{addr.Read: traces.Read, addr.Write: traces.Write, addr.Fetch: traces.Fetch}
	take := func(refs []paging.Reference) {
		var row []traces.Access
		for _, r := range refs {
			a := traces.Access{Addr: uint64(r.Page), Size: 1, Space: r.Space, Kind: kinds[r.Access], Straddles: r.Straddles}
			if r.Gone {
				a.Kind = traces.Drop
			}
			row = append(row, a)
		}
		all = append(all, pages.Block(row))
	}
	cfg := config()
	cfg.Memory.Frames, cfg.Replacement.Policy, cfg.Replacement.Params = 4096, "fifo", nil
	m, p, o := start(t, cfg, argv, func(m *vm.Machine) { m.Record(take) })
	run(t, m, p, o)
	m.FlushRecord()
	return &recordedRun{argv, all, sim.NextUses(all), pages.Pages()}
}

// TestRecordedIsLive: a live run and the simulation of a recording, which was made in other memory, load and
// evict equally often. OPT knows the future from that recording.
func TestRecordedIsLive(t *testing.T) {
	programs := [][]string{{"hello"}, {"matrix", "20"}, {"wordcount", "hello.c"}, {"belady"}, {"sort", "8"}, {"recurse", "100"}}
	frames := []int{16, 24, 40, 100}
	if testing.Short() {
		programs, frames = programs[:2], frames[1:2]
	}
	for _, argv := range programs {
		r := recordRun(t, argv)
		for _, name := range []string{"fifo", "lru", "clock", "aging", "arc", "opt", "vmin"} {
			for _, n := range frames {
				if name == "vmin" && n < r.pages {
					continue // it is defined without a number of frames
				}
				t.Run(fmt.Sprintf("%s/%s/%d", argv[0], name, n), func(t *testing.T) {
					r.compare(t, name, n)
				})
			}
		}
	}
}

func (r *recordedRun) compare(t *testing.T, name string, n int) {
	t.Helper()
	params := map[string]int{}
	switch name {
	case "aging":
		params["tick"] = 1000
	case "vmin":
		params["tau"] = 2000
	}
	cfg := config()
	cfg.Memory.Frames, cfg.Replacement.Policy, cfg.Replacement.Params = n, name, params
	if in, err := policy.Describe(name); err != nil || in.Need == policy.NeedFuture {
		cfg.Next = r.next
	}
	m, p, o := start(t, cfg, r.argv, nil)
	run(t, m, p, o)
	e, err := sim.NewEngine(sim.Config{
		Policy: name, Params: params, Frames: n, Pages: r.pages, Seed: cfg.Seed, Next: r.next,
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.blocks {
		e.FeedBlock(&r.blocks[i])
	}
	live, evictions := m.Stats(), e.Evictions
	if name == "vmin" {
		evictions-- // what goes at the very last reference: no access comes before which it could go
	}
	if live.Faults.Loads != e.Faults || live.Evictions != evictions {
		t.Errorf("%d loads and %d evictions live, %d and %d simulated",
			live.Faults.Loads, live.Evictions, e.Faults, evictions)
	}
	if refs := m.References(); refs != 0 && refs != e.References() {
		t.Errorf("%d references live, %d recorded", refs, e.References())
	}
}
