package vm_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"memlab/paging/event"
	"memlab/vm"
)

// several makes a machine with so many copies of a program in it.
func several(t *testing.T, cfg vm.Config, n int, argv ...string) (*vm.Machine, []*vm.Process) {
	t.Helper()
	m, err := vm.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return severalIn(t, m, n, argv...)
}

// severalIn loads so many more.
func severalIn(t *testing.T, m *vm.Machine, n int, argv ...string) (*vm.Machine, []*vm.Process) {
	t.Helper()
	root := os.DirFS(programs)
	var all []*vm.Process
	for range n {
		p, err := m.Load(vm.Program{Path: "./" + argv[0], Argv: argv, Env: environment, UID: 1000, Root: root})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return m, all
}

// finish runs m to its end.
func finish(t *testing.T, m *vm.Machine, all []*vm.Process) vm.Stats {
	t.Helper()
	if reason, err := m.Run(vm.RunOptions{}); err != nil || reason != vm.StopExited {
		t.Fatalf("the run ended with %v, %v", reason, err)
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if ended, exit := p.Exited(); !ended || exit.Status() != 0 {
			t.Errorf("process %d ended with status %d: %s", p.PID(), exit.Status(), exit.Report)
		}
	}
	return m.Stats()
}

// crowded is a machine that is too small for eight sweeps over 12 pages.
func crowded() vm.Config {
	cfg := config()
	cfg.Memory.Frames, cfg.Replacement.Policy = 48, "lru"
	return cfg
}

// TestSleepInFaults: one process waits for the disk while another computes, and the disk serves one after the
// other.
func TestSleepInFaults(t *testing.T) {
	cfg := config()
	m, all := several(t, cfg, 1, "sweep", "12", "400")
	one := finish(t, m, all)
	m, all = several(t, cfg, 2, "sweep", "12", "400")
	two := finish(t, m, all)
	if disk := one.SimulatedNS - one.BusyNS; disk != (one.PagesIn.File+one.PagesIn.Swap)*5_000_000 {
		t.Errorf("one process waited %d ns for %d reads of 5 ms", disk, one.PagesIn.File+one.PagesIn.Swap)
	}
	if two.Instructions != 2*one.Instructions || two.BusyNS < 2*one.BusyNS-one.BusyNS/10 {
		t.Errorf("two processes do twice the work of one: %+v, %+v", two, one)
	}
	reads := (two.PagesIn.File + two.PagesIn.Swap) * 5_000_000
	if two.SimulatedNS >= two.BusyNS+reads || two.SimulatedNS < max(two.BusyNS, reads) {
		t.Errorf("%d ns in all: %d ns of work and %d ns of reads have to overlap, but reads not each other",
			two.SimulatedNS, two.BusyNS, reads)
	}
	if one.CPUUse != 0.1236 || two.CPUUse != 0.2124 {
		t.Errorf("CPU use is %v with one process and %v with two", one.CPUUse, two.CPUUse)
	}
}

// TestThrashing: too many processes for memory use the processor for next to nothing; load control helps.
func TestThrashing(t *testing.T) {
	cfg := crowded()
	const copies, pages, rounds = 8, "12", "2000"
	m, all := several(t, cfg, copies, "sweep", pages, rounds)
	thrashes := finish(t, m, all)
	if thrashes.CPUUse > 0.001 || thrashes.Faults.Major < 100_000 {
		t.Errorf("it does not thrash: CPU use %v, %d major faults", thrashes.CPUUse, thrashes.Faults.Major)
	}
	for rule, want := range map[string]struct {
		use   float64
		major uint64
	}{"working_set": {0.15, 150}, "pff": {0.08, 300}} {
		for _, scope := range []string{"global", "local"} {
			cfg.Replacement.LoadControl, cfg.Replacement.Scope = rule, scope
			m, all := several(t, cfg, copies, "sweep", pages, rounds)
			cured := finish(t, m, all)
			if cured.CPUUse < want.use || cured.Faults.Major > want.major || cured.Load.Suspended == 0 ||
				cured.Load.Resumed != cured.Load.Suspended || cured.Instructions != thrashes.Instructions {
				t.Errorf("%s, %s: CPU use %v, %d major faults, %+v", rule, scope, cured.CPUUse,
					cured.Faults.Major, cured.Load)
			}
		}
	}
}

// TestRotation: a process that does not fit beside the others gets its turn all the same.
func TestRotation(t *testing.T) {
	cfg := crowded()
	cfg.Replacement.LoadControl = "working_set"
	cfg.Replacement.LoadParams = map[string]int{"patience": 200_000}
	m, all := several(t, cfg, 8, "sweep", "12", "8000")
	var order []string
	m.Bus().Subscribe(event.MaskOf(event.ProcSwap, event.Exit), func(ev *event.Event) event.Verdict {
		what := map[event.Kind]string{event.Exit: "end"}[ev.Kind]
		if ev.Kind == event.ProcSwap {
			what = []string{"out", "in"}[ev.Arg]
			if p := all[ev.PID-1]; p.InMemory() != (ev.Arg == 1) {
				t.Errorf("process %d in memory: %v", ev.PID, p.InMemory())
			}
		}
		order = append(order, fmt.Sprint(what, " ", ev.PID))
		return event.Continue
	})
	finish(t, m, all)
	first := slices.IndexFunc(order, func(s string) bool { return s[:3] == "end" })
	for _, p := range all {
		in, out := fmt.Sprint("in ", p.PID()), fmt.Sprint("out ", p.PID())
		if slices.Contains(order[:first], out) && !slices.Contains(order[:first], in) {
			t.Errorf("process %d waited until another had ended: %v", p.PID(), order)
		}
	}
}

// TestLoadControlOfFamilies runs programs whose processes wait for each other, in less memory than they need:
// a process that is suspended may be the one that all others wait for.
func TestLoadControlOfFamilies(t *testing.T) {
	want := golden(t)
	for _, argv := range [][]string{{"forktree"}, {"pipes"}, {"jobs"}, {"sigchld"}, {"cow"}} {
		at := slices.IndexFunc(runs, func(r []string) bool { return slices.Equal(r, argv) })
		for _, rule := range []string{"working_set", "pff"} {
			for _, scope := range []string{"global", "local"} {
				cfg := config()
				cfg.Memory.Frames, cfg.Verify = 20, true
				cfg.Replacement.Scope, cfg.Replacement.LoadControl = scope, rule
				if rule == "pff" {
					cfg.Replacement.LoadParams = map[string]int{"upper": 100, "lower": 50, "period": 20_000}
				}
				m, p, o := start(t, cfg, argv, nil)
				if got := run(t, m, p, o); !same(got, want[at]) {
					t.Errorf("%v, %s, %s:\ngot  %+v\nwant %+v", argv, rule, scope, got, want[at])
				}
				t.Log(argv, rule, scope, m.Stats().Load, m.Stats().Faults.Major)
			}
		}
	}
}

// TestWaysUnderLoadControl: stopping and looking on change nothing, with processes that sleep and are put out.
func TestWaysUnderLoadControl(t *testing.T) {
	cfg := crowded()
	cfg.Replacement.LoadControl = "working_set"
	var want vm.Stats
	for i, w := range waysToRun() {
		m, all := several(t, cfg, 6, "sweep", "12", "300")
		if w.prepare != nil {
			w.prepare(m)
		}
		for {
			reason, err := m.Run(vm.RunOptions{Steps: w.steps})
			if err != nil {
				t.Fatal(err)
			}
			if reason == vm.StopExited {
				break
			}
		}
		got := finish(t, m, all)
		if i == 0 {
			want = got
		} else if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("%s:\n%+v\nplain:\n%+v", w.name, got, want)
		}
	}
}
