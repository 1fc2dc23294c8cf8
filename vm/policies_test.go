package vm_test

import (
	"fmt"
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/policy"
	"memlab/paging/sim"
	"memlab/vm"
)

// references records the page reference string of a run: every look-up of the MMU but the repeated ones
// after a fault. Pages are numbered in the order of their first use.
type references struct {
	size   addr.PageSize
	number map[addr.Page]uint32
	refs   []sim.Ref
	again  bool // the next look-up repeats one that faulted
}

func (r *references) watch(m *vm.Machine) {
	m.Bus().Subscribe(event.MaskOf(event.PageFault), func(*event.Event) event.Verdict {
		r.again = true
		return event.Continue
	})
	m.Bus().Subscribe(event.MaskOf(event.TLBHit, event.TLBMiss), func(ev *event.Event) event.Verdict {
		page := r.size.PageOf(ev.VA)
		n, ok := r.number[page]
		if !ok {
			n = uint32(len(r.number))
			r.number[page] = n
		}
		ref := sim.ReadOf(n)
		if ev.Access == addr.Write {
			ref = sim.WriteOf(n)
		}
		if last := len(r.refs) - 1; r.again && r.refs[last].Page() == n {
			r.again = false
			r.refs[last] |= ref // a write that faults is one reference, too
		} else {
			r.again = false
			r.refs = append(r.refs, ref)
		}
		return event.Continue
	})
}

// TestLiveIsSimulated runs programs under every policy that can do without the future and compares with the
// simulation of the reference string of that very run: of policies without a number of frames where memory
// is large enough. (sweep is not among them: a page of its file is mapped at two addresses, which is one page
// in memory, remembered as one when it is gone, and two in the string.)
func TestLiveIsSimulated(t *testing.T) {
	programs, frames := [][]string{{"hello"}, {"matrix", "20"}, {"wordcount", "hello.c"}}, []int{24, 200}
	if testing.Short() {
		programs, frames = programs[:1], []int{16}
	}
	want := golden(t)
	for _, argv := range programs {
		at := slices.IndexFunc(runs, func(r []string) bool { return slices.Equal(r, argv) })
		for _, n := range frames {
			for _, in := range policy.Catalog() {
				if in.Need == policy.NeedFuture || in.Unlimited && n < 200 {
					continue
				}
				t.Run(fmt.Sprintf("%s/%d/%s", argv[0], n, in.Name), func(t *testing.T) {
					compareLive(t, want[at], n, in)
				})
			}
		}
	}
}

func compareLive(t *testing.T, want outcome, n int, in policy.Info) {
	t.Helper()
	params := map[string]int{}
	if slices.ContainsFunc(in.Params, func(p policy.ParamInfo) bool { return p.Name == "tick" }) {
		params["tick"] = 1000
	}
	cfg := config()
	cfg.Memory.Frames, cfg.Replacement.Policy, cfg.Replacement.Params, cfg.Verify = n, in.Name, params, true
	r := &references{size: addr.PageSize(cfg.Memory.PageSize), number: make(map[addr.Page]uint32)}
	m, p, o := start(t, cfg, want.Argv, r.watch)
	if got := run(t, m, p, o); !same(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	e, err := sim.NewEngine(sim.Config{
		Policy: in.Name, Params: params, Frames: n, Pages: len(r.number), Seed: cfg.Seed,
	})
	if err != nil {
		t.Fatal(err)
	}
	e.Feed(r.refs)
	live := m.Stats()
	if live.Faults.Loads != e.Faults || live.Evictions != e.Evictions {
		t.Errorf("%d loads and %d evictions live, %d and %d simulated",
			live.Faults.Loads, live.Evictions, e.Faults, e.Evictions)
	}
}
