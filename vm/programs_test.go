package vm_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm"
)

const programs = "../testdata/programs"

var update = flag.Bool("update", false, "write testdata/programs/golden.json anew from what this host does")

// outcome is how a program ended and what it printed.
type outcome struct {
	Argv   []string `json:"argv"`
	Status int      `json:"status"` // as a shell shows it
	Stdout string   `json:"stdout"`
	Stderr string   `json:"stderr"`
}

// runs are the programs with arguments that keep a run short.
var runs = [][]string{
	{"hello"},
	{"matrix", "20"},
	{"sort", "128"},
	{"wordcount", "hello.c"},
	{"wordcount", "/missing"},
	{"recurse", "300"},
	{"bigbss"},
	{"rowrite"},
	{"nullderef"},
	{"args", "one", "two words"},
	{"belady"},
	{"sweep", "40", "3"},
	{"forktree"},
	{"pipes"},
	{"threads"},
	{"sigchld"},
	{"sysv"},
	{"sockets"},
	{"timers"},
	{"jobs"},
	{"apager", "paged-hello"},
	{"apager", "paged-bigbss"},
	{"dpager", "paged-hello"},
	{"dpager", "paged-sort", "32"},
	{"dpager", "paged-nullderef"},
	{"hpager", "paged-bigbss"},
	{"hpager", "paged-sort", "32"},
	{"cow"},
	{"hello-glibc"},
	{"sort-glibc", "32"},
	{"wordcount-pie", "hello.c"},
	{"tour32", "printf"},
	{"tour32", "signals"},
	{"tour32", "threads"},
	{"tour32", "files"},
}

var environment = []string{"PATH=/usr/bin:/bin", "HOME=/", "LANG=C"}

// golden is what the programs do on Linux: recorded, and on linux/amd64 compared with the host itself.
func golden(t *testing.T) []outcome {
	t.Helper()
	file := filepath.Join(programs, "golden.json")
	var host []outcome
	if native {
		for _, argv := range runs {
			if !runs32() && strings.HasSuffix(argv[0], "32") {
				host = append(host, outcome{})
				continue
			}
			host = append(host, onHost(t, argv))
		}
	}
	if *update && native && runs32() {
		b, err := json.MarshalIndent(host, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(b, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var recorded []outcome
	if err := json.Unmarshal(b, &recorded); err != nil {
		t.Fatal(err)
	}
	if len(recorded) != len(runs) {
		t.Fatalf("golden.json has %d runs, the test %d: run with -update on linux/amd64", len(recorded), len(runs))
	}
	if native {
		for i := range host {
			if host[i].Argv != nil && !same(host[i], recorded[i]) {
				t.Errorf("this host does not what golden.json says:\n%+v\n%+v", host[i], recorded[i])
			}
		}
	}
	return recorded
}

func same(a, b outcome) bool {
	return slices.Equal(a.Argv, b.Argv) && a.Status == b.Status && a.Stdout == b.Stdout && a.Stderr == b.Stderr
}

func config() vm.Config {
	return vm.Config{
		Memory:      vm.Memory{PageSize: 4096, Frames: 256, Swap: 1024},
		Allocation:  vm.Allocation{Scheme: "paged"},
		PageTable:   vm.PageTable{Kind: "radix", Levels: 4},
		TLB:         vm.TLB{Entries: 64, Ways: 4, Policy: "lru", ASID: true},
		Replacement: vm.Replacement{Policy: "clock", Scope: "global"},
		Loader:      vm.Loader{Strategy: "demand", Window: 2, Profile: "linux-6.18"},
		Costs: vm.Costs{
			Instruction: time.Nanosecond, Memory: 100 * time.Nanosecond, TLBHit: time.Nanosecond,
			DiskRead: 5 * time.Millisecond, DiskWrite: 5 * time.Millisecond,
		},
		Seed: 1,
	}
}

// start makes a machine with one program in it; prepare may subscribe to events before it is loaded.
func start(tb testing.TB, cfg vm.Config, argv []string, prepare func(*vm.Machine)) (*vm.Machine, *vm.Process, *outcome) {
	tb.Helper()
	m, err := vm.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(m.Close)
	if prepare != nil {
		prepare(m)
	}
	var out, errs writer
	p, err := m.Load(vm.Program{
		Path: "./" + argv[0], Argv: append([]string{"./" + argv[0]}, argv[1:]...), Env: environment, UID: 1000,
		Root: os.DirFS(programs), Stdout: &out, Stderr: &errs,
	})
	if err != nil {
		tb.Fatal(err)
	}
	o := &outcome{Argv: argv}
	out.to, errs.to = &o.Stdout, &o.Stderr
	return m, p, o
}

// writer appends what is written to a string.
type writer struct{ to *string }

func (w *writer) Write(b []byte) (int, error) {
	*w.to += string(b)
	return len(b), nil
}

func run(tb testing.TB, m *vm.Machine, p *vm.Process, o *outcome) outcome {
	tb.Helper()
	reason, err := m.Run(vm.RunOptions{})
	if err != nil || reason != vm.StopExited {
		tb.Fatalf("the run ended with %v, %v", reason, err)
	}
	_, exit := p.Exited()
	o.Status = exit.Status()
	return *o
}

// TestPrograms runs every program in every kind of machine and compares with Linux.
func TestPrograms(t *testing.T) {
	want := golden(t)
	frames := []int{16, 64, 1024}
	for i, argv := range runs {
		for _, n := range frames {
			for _, policy := range []string{"fifo", "lru", "clock"} {
				for _, strategy := range []string{"eager", "demand", "hybrid"} {
					if testing.Short() && (n != 16 || strategy == "hybrid") {
						continue
					}
					t.Run(fmt.Sprintf("%s/%d/%s/%s", strings.Join(argv, "_"), n, policy, strategy), func(t *testing.T) {
						cfg := config()
						cfg.Memory.Frames, cfg.Replacement.Policy, cfg.Loader.Strategy = n, policy, strategy
						cfg.Verify = n == 16 || argv[0] != "sort" // a check walks all frames
						m, p, o := start(t, cfg, argv, nil)
						if got := run(t, m, p, o); !same(got, want[i]) {
							t.Errorf("got  %+v\nwant %+v", got, want[i])
						}
						if err := m.Check(); err != nil {
							t.Error(err)
						}
					})
				}
			}
		}
	}
}

// TestPageSizes runs programs whose segments are aligned to 4 KiB on machines with other pages.
func TestPageSizes(t *testing.T) {
	want := golden(t)
	for i, argv := range runs {
		for size := uint64(512); size <= 65536; size *= 2 {
			if testing.Short() && size != 512 && size != 65536 {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d", strings.Join(argv, "_"), size), func(t *testing.T) {
				cfg := config()
				cfg.Memory.PageSize, cfg.Memory.Frames, cfg.Memory.Swap = size, max(12, int(65536/size)), int(16<<20/size)
				cfg.Verify = true
				m, p, o := start(t, cfg, argv, nil)
				if got := run(t, m, p, o); !same(got, want[i]) {
					t.Errorf("got  %+v\nwant %+v", got, want[i])
				}
			})
		}
	}
}

// TestFaultsAreTheTextbooks records the page reference string of a run and hands it to FIFO and LRU as
// textbooks define them: a list of pages.
func TestFaultsAreTheTextbooks(t *testing.T) {
	for _, argv := range [][]string{{"hello"}, {"matrix", "12"}, {"sort", "64"}, {"wordcount", "hello.c"}, {"sweep", "30", "3"}} {
		for _, n := range []int{16, 64, 1024} {
			for _, policy := range []string{"fifo", "lru"} {
				for _, strategy := range []string{"eager", "demand", "hybrid"} {
					t.Run(fmt.Sprintf("%s/%d/%s/%s", argv[0], n, policy, strategy), func(t *testing.T) {
						cfg := config()
						cfg.Memory.Frames, cfg.Replacement.Policy, cfg.Loader.Strategy = n, policy, strategy
						// The plain run, and the same run watched.
						m, p, o := start(t, cfg, argv, nil)
						run(t, m, p, o)
						book := &textbook{frames: n, lru: policy == "lru", size: addr.PageSize(cfg.Memory.PageSize)}
						watched, p, o := start(t, cfg, argv, book.watch)
						run(t, watched, p, o)
						plain, seen := m.Stats(), watched.Stats()
						if plain != seen {
							t.Errorf("watching changes the bill:\n%+v\n%+v", plain, seen)
						}
						if plain.Faults.Loads != book.faults || plain.Evictions != book.evictions {
							t.Errorf("%d loads by faults and %d evictions, the textbook has %d and %d",
								plain.Faults.Loads, plain.Evictions, book.faults, book.evictions)
						}
					})
				}
			}
		}
	}
}

// textbook simulates demand paging on a reference string.
type textbook struct {
	frames            int
	lru               bool
	size              addr.PageSize
	resident          []addr.Page // FIFO: by loading; LRU: by use, the most recent last
	faults, evictions uint64
}

// watch feeds it the run: every look-up of the MMU, and the pages that come in without one of their own.
func (b *textbook) watch(m *vm.Machine) {
	m.Bus().Subscribe(event.MaskOf(event.TLBHit, event.TLBMiss), func(ev *event.Event) event.Verdict {
		b.touch(b.size.PageOf(ev.VA), true)
		return event.Continue
	})
	m.Bus().Subscribe(event.MaskOf(event.PageIn, event.PageZero), func(ev *event.Event) event.Verdict {
		b.touch(b.size.PageOf(ev.VA), false)
		return event.Continue
	})
}

func (b *textbook) touch(page addr.Page, counts bool) {
	if i := slices.Index(b.resident, page); i >= 0 {
		if b.lru {
			b.resident = append(slices.Delete(b.resident, i, i+1), page)
		}
		return
	}
	if counts {
		b.faults++
	}
	if len(b.resident) == b.frames {
		b.resident = slices.Delete(b.resident, 0, 1)
		b.evictions++
	}
	b.resident = append(b.resident, page)
}
