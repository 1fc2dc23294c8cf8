package vm_test

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"memlab/loader"
	"memlab/paging/event"
	"memlab/vm"
)

// wholeConfig is a machine of 16 MiB without pages.
func wholeConfig(scheme, fit string) vm.Config {
	cfg := config()
	cfg.Memory.Frames, cfg.Memory.Swap = 4096, 32768
	cfg.Allocation = vm.Allocation{
		Scheme: scheme, Fit: fit, Queue: "single", Coalesce: "address", Compaction: "never",
		Heap: 2 << 20, Stack: 256 << 10,
	}
	return cfg
}

// schemes are the machines without pages on which all programs run.
func schemes() map[string]vm.Config {
	return map[string]vm.Config{
		"direct": wholeConfig("direct", "first"), "fixed": wholeConfig("fixed", "best"),
		"dynamic": wholeConfig("dynamic", "best"), "buddy": wholeConfig("dynamic", "buddy"),
		"segmented": wholeConfig("segmented", "first"),
	}
}

// TestSchemes runs programs on machines without pages and compares with Linux. What differs must: a partition
// protects nothing inside, and a program larger than memory cannot be loaded.
func TestSchemes(t *testing.T) {
	const noSharing = "it wants memory that parent and child write to"
	differ := map[string]string{
		"rowrite direct": "no protection", "rowrite fixed": "no protection", "rowrite dynamic": "no protection",
		"rowrite buddy": "no protection", "nullderef direct": "no protection",
		"forktree direct": noSharing, "forktree fixed": noSharing, "forktree dynamic": noSharing,
		"forktree buddy": noSharing, "forktree segmented": noSharing,
		"sysv direct": noSharing, "sysv fixed": noSharing, "sysv dynamic": noSharing,
		"sysv buddy": noSharing, "sysv segmented": noSharing,
	}
	want := golden(t)
	for i, argv := range runs {
		if strings.HasSuffix(argv[0], "pager") {
			continue // they map pages where they like and live on page faults
		}
		for name, cfg := range schemes() {
			t.Run(strings.Join(argv, "_")+"/"+name, func(t *testing.T) {
				if testing.Short() && (name == "dynamic" || name == "buddy") {
					t.Skip("fixed and direct partitions have run it")
				}
				cfg.Verify = true
				cfg.Memory.Frames = 16384
				if name == "fixed" {
					cfg.Allocation.Partitions = []uint64{20 << 20, 44 << 20}
				}
				if argv[0] == "tour32" { // a thread's stack has 8 MiB
					cfg.Allocation.Heap = 36 << 20
				}
				m, err := vm.New(cfg)
				if err != nil {
					t.Fatal(err)
				}
				defer m.Close()
				var o outcome
				p, err := m.Load(vm.Program{
					Path: "./" + argv[0], Argv: append([]string{"./" + argv[0]}, argv[1:]...), Env: environment, UID: 1000,
					Root: os.DirFS(programs), Stdout: &writer{&o.Stdout}, Stderr: &writer{&o.Stderr},
				})
				if argv[0] == "tour32" && name == "direct" { // it is linked for 128 MiB
					if !errors.Is(err, loader.ENOMEM) {
						t.Errorf("loaded: %v", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				o.Argv = argv
				got := run(t, m, p, &o)
				if _, odd := differ[argv[0]+" "+name]; odd == same(got, want[i]) {
					t.Errorf("got  %+v\nwant %+v", got, want[i])
				}
				if err := m.Check(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// kindsOf are the names of the events of kinds that m emits, with how often each came, in the order of the first.
func kindsOf(m *vm.Machine, kinds ...event.Kind) *[]string {
	seen := &[]string{}
	m.Bus().Subscribe(event.MaskOf(kinds...), func(ev *event.Event) event.Verdict {
		*seen = append(*seen, fmt.Sprintf("%d %s", ev.PID, ev.Kind))
		return event.Continue
	})
	return seen
}

// TestCompactionWhileRunning stops a program in the middle, with a hole below it, moves it down, and lets it go
// on: the base changes, the output does not.
func TestCompactionWhileRunning(t *testing.T) {
	for _, scheme := range []string{"dynamic", "segmented"} {
		first, _, one := start(t, wholeConfig(scheme, "first"), []string{"hello"}, nil)
		second := load(t, first, one, "sort")
		if _, err := first.Run(vm.RunOptions{Steps: 60000}); err != nil { // hello ends
			t.Fatal(err)
		}
		before := second.Segments()[0].Low()
		if before == 0 || first.Fragmentation().Holes < 2 {
			t.Fatalf("%s: no hole below the program at %v: %+v", scheme, before, first.Fragmentation())
		}
		told := kindsOf(first, event.PartCompact)
		moved, err := first.Compact()
		if err != nil || moved == 0 {
			t.Fatalf("%s: moved %d, %v", scheme, moved, err)
		}
		if after, f := second.Segments()[0].Low(), first.Fragmentation(); after >= before || f.Holes != 1 || f.External != 0 {
			t.Errorf("%s: base %v, was %v; %+v", scheme, after, before, f)
		}
		if len(*told) != 1 || first.Stats().Partitions.BytesMoved != moved {
			t.Errorf("%s: events %v, %d bytes in the statistics", scheme, *told, first.Stats().Partitions.BytesMoved)
		}
		if err := first.Check(); err != nil {
			t.Error(err)
		}
		if _, err := first.Run(vm.RunOptions{}); err != nil {
			t.Fatal(err)
		}
		if want := outputOf(t, "hello") + outputOf(t, "sort"); one.Stdout != want {
			t.Errorf("%s: output %q, should be %q", scheme, one.Stdout, want)
		}
	}
}

// load loads another program, whose output goes where the first one's does.
func load(t *testing.T, m *vm.Machine, o *outcome, name string) *vm.Process {
	t.Helper()
	p, err := m.Load(vm.Program{
		Path: "./" + name, Argv: []string{"./" + name}, Env: environment, UID: 1000, Root: os.DirFS(programs),
		Stdout: &writer{&o.Stdout}, Stderr: &writer{&o.Stderr},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// outputOf is what a program prints on a machine with pages.
func outputOf(t *testing.T, name string) string {
	t.Helper()
	m, p, o := start(t, config(), []string{name}, nil)
	return run(t, m, p, o).Stdout
}

// TestWaitingForAPartition: of three programs and two partitions one waits until another has ended.
func TestWaitingForAPartition(t *testing.T) {
	cfg := wholeConfig("fixed", "first")
	cfg.Memory.Swap, cfg.CPU.Quantum = 0, 500
	cfg.Allocation.Partitions = []uint64{4 << 20, 4 << 20}
	m, _, o := start(t, cfg, []string{"sort", "20000"}, nil)
	told := kindsOf(m, event.PartAlloc, event.PartFree, event.PartFail, event.PartWait, event.ProcSwap)
	load(t, m, o, "sort")
	third := load(t, m, o, "hello")
	if third.InMemory() {
		t.Error("three programs in two partitions")
	}
	if _, err := m.Run(vm.RunOptions{}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"2 part.alloc", "3 part.fail", // as they are loaded
		"3 part.fail", "3 part.wait", // when it is first its turn
		"1 part.free", "3 part.alloc", "3 part.free",
	}
	if !reflect.DeepEqual(*told, want) {
		t.Errorf("events %q, should be %q", *told, want)
	}
	if n := strings.Count(o.Stdout, outputOf(t, "hello")); n != 1 {
		t.Errorf("output %q", o.Stdout)
	}
}

// TestSwapping puts a program out in the middle of its run; it comes back, elsewhere if its place is taken.
func TestSwapping(t *testing.T) {
	for name, cfg := range schemes() {
		m, p, o := start(t, cfg, []string{"sort"}, nil)
		told := kindsOf(m, event.ProcSwap)
		if _, err := m.Run(vm.RunOptions{Steps: 30000}); err != nil {
			t.Fatal(err)
		}
		if err := p.SwapOut(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := p.SwapOut(); err == nil || p.InMemory() || m.Stats().SwapUsed == 0 || m.Stats().Frames.Used != 0 {
			t.Errorf("%s: out twice: %v; %+v", name, err, m.Stats())
		}
		if err := m.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := run(t, m, p, o); got.Stdout != outputOf(t, "sort") {
			t.Errorf("%s: output %q", name, got.Stdout)
		}
		if want := []string{"1 proc.swap", "1 proc.swap"}; !reflect.DeepEqual(*told, want) {
			t.Errorf("%s: events %q", name, *told)
		}
	}
}

// TestForkTakesTurns: two processes on a machine with room for one are swapped in turn.
func TestForkTakesTurns(t *testing.T) {
	cfg := wholeConfig("direct", "first")
	m, p, o := start(t, cfg, []string{"pipes"}, nil)
	if got, want := run(t, m, p, o).Stdout, outputOf(t, "pipes"); got != want {
		t.Errorf("output %q, should be %q", got, want)
	}
	if s := m.Stats().Partitions; s.SwapIns == 0 || s.SwapIns > s.SwapOuts+3 {
		t.Errorf("%+v", s)
	}
}

// TestLimitFaults: what the report says of an access beyond the limit, and of one without the right.
func TestLimitFaults(t *testing.T) {
	for _, c := range []struct{ scheme, program, want string }{
		{
			"fixed", "nullderef", "it lies outside of the partition: addresses 0x400000-0x649000 rwx, base 0x0, limit 0x249000\n",
		},
		{"segmented", "nullderef", "it lies below all segments\n"},
		{"segmented", "rowrite", "it lies in segment 3: addresses 0x405000-0x406000 r--, base "},
	} {
		m, p, o := start(t, wholeConfig(c.scheme, "first"), []string{c.program}, nil)
		told := kindsOf(m, event.SegFault)
		if got := run(t, m, p, o); got.Status != 139 {
			t.Errorf("%s %s: status %d", c.scheme, c.program, got.Status)
		}
		if _, x := p.Exited(); !strings.Contains(x.Report, c.want) {
			t.Errorf("%s %s: %s", c.scheme, c.program, x.Report)
		}
		if want := []string{"1 seg.fault"}; !reflect.DeepEqual(*told, want) {
			t.Errorf("%s %s: events %q", c.scheme, c.program, *told)
		}
	}
}

// TestNoRoom: what can never be loaded is refused with the reason.
func TestNoRoom(t *testing.T) {
	small := wholeConfig("fixed", "first")
	small.Allocation.Partitions = []uint64{1 << 20}
	low := wholeConfig("direct", "first")
	low.Memory.Frames = 512
	for _, c := range []struct {
		cfg  vm.Config
		want string
	}{
		{small, "/hello: it needs a partition of 2387968 bytes (2363392 of them for heap and stack): " +
			"the largest there can be has 1048576 (ENOMEM)"},
		{low, "/hello: at physical addresses 0x400000 to 0x406000 with 2363392 bytes of heap and stack behind: " +
			"memory ends at 0x200000 (ENOMEM)"},
	} {
		m, err := vm.New(c.cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.Load(vm.Program{Path: "./hello", Env: environment, Root: os.DirFS(programs)})
		if err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
		m.Close()
	}
}

// TestFragmentationReports: whole reports, of programs before they run.
func TestFragmentationReports(t *testing.T) {
	for name, cfg := range schemes() {
		m, p, _ := start(t, cfg, []string{"hello"}, nil)
		f := m.Fragmentation()
		if f.Scheme != cfg.Allocation.Scheme || f.Internal != f.Granted-f.Requested || f.Blocks == 0 ||
			f.Granted+f.Free != 16<<20 || (f.Indices != nil) != (name == "buddy") {
			t.Errorf("%s: %+v", name, f)
		}
		var limits uint64
		for _, s := range p.Segments() {
			limits += s.Limit
		}
		if limits > f.Granted {
			t.Errorf("%s: segments of %d bytes in %d", name, limits, f.Granted)
		}
	}
	m, _, _ := start(t, config(), []string{"hello"}, nil)
	f := m.Fragmentation()
	if f.Free != uint64(m.Config().Memory.Frames-m.Stats().Frames.Used)*4096 || f.Indices == nil || f.Holes != 1 {
		t.Errorf("paged: %+v", f)
	}
	if _, err := m.Compact(); err == nil {
		t.Error("pages were compacted")
	}
}
