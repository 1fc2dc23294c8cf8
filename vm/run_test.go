package vm_test

import (
	"errors"
	"hash/fnv"
	"os"
	"slices"
	"strings"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm"
)

// ending is everything that a run leaves: registers, memory, output and bill.
type ending struct {
	Regs   [16]uint64
	RIP    uint64
	Memory uint64 // hash over all areas
	Out    outcome
	Stats  vm.Stats
}

func endingOf(m *vm.Machine, p *vm.Process, o *outcome) ending {
	h := fnv.New64a()
	page := make([]byte, addr.ABIPage)
	for _, a := range p.Areas() {
		for va := a.Start; va < a.End; va += addr.ABIPage {
			n := p.Peek(va, page)
			h.Write(page[:n])
		}
	}
	_, x := p.Exited()
	o.Status = x.Status()
	e := ending{RIP: p.CPU().RIP, Memory: h.Sum64(), Stats: m.Stats()}
	copy(e.Regs[:], p.CPU().Regs[:16])
	e.Out = *o
	return e
}

func (e *ending) equal(o *ending) bool {
	return e.Regs == o.Regs && e.RIP == o.RIP && e.Memory == o.Memory && e.Stats == o.Stats && same(e.Out, o.Out)
}

// TestRunsRepeat compares every event of two runs.
func TestRunsRepeat(t *testing.T) {
	const most = 2_000_000
	for _, argv := range [][]string{{"hello"}, {"args", "one"}, {"hello-glibc"}, {"wordcount-pie", "hello.c"}} {
		var logs [2][]event.Event
		var ends [2]ending
		for i := range logs {
			cfg := config()
			cfg.Memory.Frames, cfg.Replacement.Policy, cfg.Seed = 16, "random", 7
			m, p, o := start(t, cfg, argv, func(m *vm.Machine) {
				m.Bus().Subscribe(^event.Mask(0), func(ev *event.Event) event.Verdict {
					if len(logs[i]) < most {
						logs[i] = append(logs[i], *ev)
					}
					return event.Continue
				})
			})
			run(t, m, p, o)
			ends[i] = endingOf(m, p, o)
		}
		if len(logs[0]) < 1000 || !slices.Equal(logs[0], logs[1]) || !ends[0].equal(&ends[1]) {
			t.Errorf("%v: two runs differ: %d and %d events", argv, len(logs[0]), len(logs[1]))
		}
	}
}

var errEnough = errors.New("enough")

func TestStopReasons(t *testing.T) {
	for _, c := range []struct {
		name    string
		opts    func(p *vm.Process) vm.RunOptions
		limit   uint64
		kind    event.Kind
		verdict event.Verdict
		want    vm.StopReason
		err     error
		check   func(m *vm.Machine, p *vm.Process) bool
	}{
		{name: "exited", want: vm.StopExited, check: func(_ *vm.Machine, p *vm.Process) bool {
			ended, x := p.Exited()
			return ended && x.Status() == 0
		}},
		{
			name: "steps", want: vm.StopSteps, opts: func(*vm.Process) vm.RunOptions { return vm.RunOptions{Steps: 37} },
			check: func(m *vm.Machine, _ *vm.Process) bool { return m.Stats().Instructions == 37 },
		},
		{name: "until", want: vm.StopUntil, opts: func(p *vm.Process) vm.RunOptions {
			main, _ := p.Lookup("main")
			return vm.RunOptions{Until: []addr.VAddr{main}}
		}, check: func(_ *vm.Machine, p *vm.Process) bool {
			main, ok := p.Lookup("main")
			return ok && p.CPU().RIP == uint64(main)
		}},
		{
			name: "limit", want: vm.StopLimit, limit: 41,
			check: func(m *vm.Machine, _ *vm.Process) bool { return m.Stats().Instructions == 41 },
		},
		{
			name: "verdict stop", want: vm.StopVerdict, kind: event.SyscallEnter, verdict: event.Stop,
			check: func(_ *vm.Machine, p *vm.Process) bool { ended, _ := p.Exited(); return !ended },
		},
		{
			name: "verdict kill", want: vm.StopExited, kind: event.SyscallEnter, verdict: event.Kill,
			check: func(_ *vm.Machine, p *vm.Process) bool { ended, x := p.Exited(); return ended && x.Signal == 9 },
		},
		{name: "cancelled", want: vm.StopCancelled, err: errEnough, opts: func(*vm.Process) vm.RunOptions {
			return vm.RunOptions{Cancelled: func() error { return errEnough }}
		}, check: func(m *vm.Machine, _ *vm.Process) bool { return m.Stats().Instructions == 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config()
			cfg.CPU.MaxInstructions = c.limit
			m, p, _ := start(t, cfg, []string{"hello"}, nil)
			if c.verdict != event.Continue {
				m.Bus().Subscribe(event.MaskOf(c.kind), func(*event.Event) event.Verdict { return c.verdict })
			}
			var o vm.RunOptions
			if c.opts != nil {
				o = c.opts(p)
			}
			reason, err := m.Run(o)
			if reason != c.want || !errors.Is(err, c.err) || !c.check(m, p) {
				t.Errorf("%v, %v, %d instructions at %#x", reason, err, m.Stats().Instructions, p.CPU().RIP)
			}
			if err := m.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		program vm.Program
		profile string
		want    string
	}{
		{"no such file", vm.Program{Path: "/nothing"}, "", "/nothing"},
		{"not a program", vm.Program{Path: "/golden.json", UID: 1000}, "", "/golden.json"},
		{"a folder", vm.Program{Path: "/"}, "", "/"},
		{"no such profile", vm.Program{Path: "/hello"}, "linux-0.1", `loader profile "linux-0.1"`},
		{"no such working directory", vm.Program{Path: "/hello", Cwd: "/nowhere"}, "", "working directory /nowhere"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config()
			if c.profile != "" {
				cfg.Loader.Profile = c.profile
			}
			m, err := vm.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(m.Close)
			c.program.Root = os.DirFS(programs)
			if _, err = m.Load(c.program); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Load: %v, want something about %q", err, c.want)
			}
			if got := m.Stats(); got.Frames.Used != 0 || got.PageTables != 0 || len(m.Processes()) != 0 {
				t.Errorf("a failed Load leaves %+v", got)
			}
			if err := m.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTwoPrograms runs a second program on the machine of a first, and looks at the memory of both ends.
func TestTwoPrograms(t *testing.T) {
	m, one, o := start(t, config(), []string{"hello"}, nil)
	run(t, m, one, o)
	entry := one.Entry()
	var b [4]byte
	if n := one.Peek(entry, b[:]); n != 4 || !one.Page(entry).Resident {
		t.Errorf("after the end: %d bytes, %+v", n, one.Page(entry))
	}
	if one.Poke(entry, []byte{0x90}) != 1 || one.Peek(entry, b[:1]) != 1 || b[0] != 0x90 {
		t.Errorf("Poke after the end reads back as %#x", b[0])
	}
	var out string
	two, err := m.Load(vm.Program{Path: "/hello", Root: os.DirFS(programs), Stdout: &writer{&out}, UID: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if one.Peek(entry, b[:]) != 0 || one.Poke(entry, b[:]) != 0 || one.Page(entry).Resident || !one.Page(entry).Mapped {
		t.Errorf("the first program's memory is still there: %+v", one.Page(entry))
	}
	if reason, err := m.Run(vm.RunOptions{}); reason != vm.StopExited || err != nil {
		t.Fatal(reason, err)
	}
	if ended, x := two.Exited(); !ended || x.Status() != 0 || out == "" || two.PID() != 2 || len(m.Processes()) != 2 {
		t.Errorf("the second program: %v, %+v, %q", ended, x, out)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	if _, err := m.Load(vm.Program{Path: "/hello", Root: os.DirFS("/")}); err == nil {
		t.Error("a second file tree was taken")
	}
}
