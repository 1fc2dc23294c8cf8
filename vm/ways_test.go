package vm_test

import (
	"hash/maphash"
	"maps"
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm"
)

// way is one way to run a program.
type way struct {
	name    string
	prepare func(*vm.Machine)
	steps   uint64 // instructions a call of Run; 0: all
	most    uint64 // the longest program that is worth it; 0: any
}

func waysToRun() []way {
	nothing := func(*event.Event) event.Verdict { return event.Continue }
	unseen := func([]event.Event) {}
	every := ^event.Mask(0)
	const onlooking = event.PerData | event.PerInstruction&^(1<<event.Block)
	long := uint64(0)
	if testing.Short() {
		long = 3_000_000
	}
	return []way{
		{name: "plain"},
		{name: "accesses", prepare: func(m *vm.Machine) { m.Bus().Subscribe(event.PerAccess, nothing) }},
		{name: "instructions", prepare: func(m *vm.Machine) { m.Bus().Subscribe(event.PerInstruction, nothing) }},
		{name: "a sink of everything", prepare: func(m *vm.Machine) { m.Bus().Observe(every, unseen) }, most: long},
		{name: "a sink", prepare: func(m *vm.Machine) { m.Bus().Observe(onlooking, unseen) }, most: long},
		{name: "tallies", most: long, prepare: func(m *vm.Machine) {
			m.Bus().Tally(onlooking, event.TallyAll())
			m.Bus().Tally(event.PerData, event.TallyPages(addr.ABIPage, 0))
		}},
		{name: "some of each", most: long, prepare: func(m *vm.Machine) {
			m.Bus().Observe(event.MaskOf(event.MemRead, event.Call), unseen)
			m.Bus().Tally(event.MaskOf(event.MemWrite, event.Insn), event.TallyAll())
			m.Bus().Subscribe(event.MaskOf(event.PageFault, event.SyscallEnter, event.TLBMiss), nothing)
		}},
		{name: "who looks on comes and goes", prepare: comeAndGo, most: long},
		{name: "pieces", steps: 997},
		{name: "single steps", steps: 1, most: 700_000},
	}
}

// comeAndGo has listeners, sinks and tallies set up and removed in the middle of blocks: at each TLB miss.
func comeAndGo(m *vm.Machine) {
	bus, n := m.Bus(), 0
	var last *event.Subscription
	bus.Subscribe(event.MaskOf(event.TLBMiss), func(*event.Event) event.Verdict {
		if last != nil {
			last.Remove()
		}
		switch n++; n % 5 {
		case 0:
			last = bus.Subscribe(event.MaskOf(event.Insn, event.MemRead),
				func(*event.Event) event.Verdict { return event.Continue })
		case 1:
			last = bus.Observe(event.MaskOf(event.Insn, event.MemWrite), func([]event.Event) {})
		case 2:
			last = bus.Tally(event.PerData|event.MaskOf(event.Insn), event.TallyAll())
		case 3:
			last = bus.Observe(event.MaskOf(event.MemRead), func([]event.Event) {
				last.Remove() // in the middle of a block, without a TLB miss
				last = bus.Subscribe(event.PerData, func(*event.Event) event.Verdict { return event.Continue })
			})
		}
		return event.Continue
	})
}

// TestWaysToRun compares a plain run with one in which somebody listens or looks on, in many ways, and one in
// pieces: registers, memory, output and bill must be equal.
func TestWaysToRun(t *testing.T) {
	for _, argv := range runs {
		cfg := config()
		cfg.Memory.Frames = 24
		compareWays(t, cfg, argv)
	}
	all := translations()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, argv := range [][]string{{"hello"}} {
			cfg := config()
			cfg.Memory.Frames = 24
			all[name](&cfg)
			t.Run(name, func(t *testing.T) { compareWays(t, cfg, argv) })
		}
	}
}

func compareWays(t *testing.T, cfg vm.Config, argv []string) {
	t.Helper()
	var want ending
	for i, w := range waysToRun() {
		if w.most > 0 && want.Stats.Instructions > w.most {
			continue
		}
		m, p, o := start(t, cfg, argv, w.prepare)
		for {
			reason, err := m.Run(vm.RunOptions{Steps: w.steps})
			if err != nil {
				t.Fatalf("%v, %s: %v", argv, w.name, err)
			}
			if reason == vm.StopExited {
				break
			}
		}
		if err := m.Check(); err != nil {
			t.Errorf("%v, %s: %v", argv, w.name, err)
		}
		got := endingOf(m, p, o)
		if i == 0 {
			want = got
		} else if !got.equal(&want) {
			t.Errorf("%v, %s:\n%+v\nplain:\n%+v", argv, w.name, got, want)
		}
	}
}

// stream is a sequence of events, as its length, hash, hash of the events' numbers, and by kind.
type stream struct {
	n, sum, numbers uint64

	kinds [event.Kinds]uint64
}

func (s *stream) add(seed maphash.Seed, ev *event.Event) {
	one := *ev
	one.Seq = 0
	s.n++
	s.numbers = s.numbers*31 + ev.Seq
	s.sum = s.sum*0x9E3779B97F4A7C15 + maphash.Comparable(seed, one)
	s.kinds[ev.Kind]++
}

// TestSinksSeeWhatListenersHear compares the records that a sink gets with those of a listener to the same
// kinds in another run, number by number, and tallies with both.
func TestSinksSeeWhatListenersHear(t *testing.T) {
	all := ^event.Mask(0)
	instructions := event.MaskOf(event.Insn, event.Call, event.Ret)
	seed := maphash.MakeSeed()
	for _, argv := range [][]string{
		{"hello"},
		{"hello-glibc"},
		{"recurse", "40"},
		{"wordcount-pie", "hello.c"},
		{"nullderef"},
		{"belady"},
		{"forktree"},
		{"threads"},
		{"sigchld"},
		{"args", "one"},
	} {
		for _, mask := range []event.Mask{
			all, all &^ event.MaskOf(event.TLBHit, event.Block), instructions, event.PerData,
			event.MaskOf(event.MemFetch, event.MemWrite, event.Call, event.PageFault),
		} {
			cfg := config()
			cfg.Memory.Frames, cfg.CPU.Quantum = 24, 997
			var heard, seen stream
			pages := event.TallyPages(addr.ABIPage, 0)
			m, p, o := start(t, cfg, argv, func(m *vm.Machine) {
				m.Bus().Subscribe(mask, func(ev *event.Event) event.Verdict {
					heard.add(seed, ev)
					return event.Continue
				})
			})
			run(t, m, p, o)
			m, p, o = start(t, cfg, argv, func(m *vm.Machine) {
				m.Bus().Observe(mask, func(batch []event.Event) {
					for i := range batch {
						seen.add(seed, &batch[i])
					}
				})
			})
			run(t, m, p, o)
			if heard != seen || heard.n == 0 {
				t.Errorf("%v, kinds %x: the listener heard %d events %v, the sink saw %d %v",
					argv, mask, heard.n, heard.kinds, seen.n, seen.kinds)
			}
			var slow stream
			m, p, o = start(t, cfg, argv, func(m *vm.Machine) {
				m.Bus().Subscribe(mask, func(ev *event.Event) event.Verdict {
					slow.add(seed, ev)
					return event.Continue
				})
				m.Bus().Subscribe(event.MaskOf(event.Insn), func(*event.Event) event.Verdict { return event.Continue })
			})
			run(t, m, p, o)
			slow.numbers = heard.numbers // it has events more
			if slow != heard {
				t.Errorf("%v, kinds %x: heard %d events %v, instruction by instruction %d %v",
					argv, mask, heard.n, heard.kinds, slow.n, slow.kinds)
			}
			m, p, o = start(t, cfg, argv, func(m *vm.Machine) { m.Bus().Tally(mask, pages) })
			run(t, m, p, o)
			if pages.Total != heard.n {
				t.Errorf("%v, kinds %x: tallied %d of %d", argv, mask, pages.Total, heard.n)
			}
		}
	}
}

// TestTalliesByPage compares the tallies of pages with counts made from records.
func TestTalliesByPage(t *testing.T) {
	for _, argv := range [][]string{{"matrix", "12"}, {"bigbss"}, {"hello-glibc"}, {"forktree"}} {
		for _, k := range []event.Kind{event.Insn, event.MemFetch, event.MemRead, event.MemWrite, event.TLBMiss} {
			tally, want := event.TallyPages(addr.ABIPage, 0), map[uint64]uint64{}
			m, p, o := start(t, config(), argv, func(m *vm.Machine) { m.Bus().Tally(event.MaskOf(k), tally) })
			run(t, m, p, o)
			m, p, o = start(t, config(), argv, func(m *vm.Machine) {
				m.Bus().Subscribe(event.MaskOf(k), func(ev *event.Event) event.Verdict {
					want[uint64(ev.VA)/addr.ABIPage]++
					return event.Continue
				})
			})
			run(t, m, p, o)
			n := 0
			tally.Each(func(page, count uint64) {
				if n++; want[page] != count {
					t.Errorf("%v, %s: page %#x counted %d times, heard %d", argv, k, page, count, want[page])
				}
			})
			if n != len(want) {
				t.Errorf("%v, %s: %d pages, want %d", argv, k, n, len(want))
			}
		}
	}
}

// TestStepsThroughTasks runs programs of several tasks in pieces and, beside it, instruction by instruction:
// at the end of each piece all processors must stand at the same place with the same registers.
func TestStepsThroughTasks(t *testing.T) {
	const piece, most = 1009, 150_000
	for _, argv := range [][]string{{"threads"}, {"forktree"}, {"pipes"}, {"sigchld"}} {
		for _, quantum := range []uint64{0, 61} {
			cfg := config()
			cfg.Memory.Frames, cfg.CPU.Quantum = 48, quantum
			whole, _, _ := start(t, cfg, argv, nil)
			steps, _, _ := start(t, cfg, argv, nil)
			for end := false; !end && whole.Stats().Instructions < most; {
				reason, err := whole.Run(vm.RunOptions{Steps: piece})
				if err != nil {
					t.Fatal(err)
				}
				end = reason == vm.StopExited
				for n := 0; n < piece && (end || steps.Stats().Instructions < whole.Stats().Instructions); n++ {
					if reason, err = steps.Run(vm.RunOptions{Steps: 1}); err != nil {
						t.Fatal(err)
					}
					if reason == vm.StopExited {
						break
					}
				}
				if a, b := standing(whole), standing(steps); !slices.Equal(a, b) ||
					whole.Stats() != steps.Stats() || end != (reason == vm.StopExited) {
					t.Fatalf("%v, quantum %d, after %d instructions:\n%+v\nstep by step:\n%+v", argv, quantum,
						whole.Stats().Instructions, a, b)
				}
			}
		}
	}
}

// stand is where a process stands.
type stand struct {
	pid    int
	exited bool
	rip    uint64
	regs   [16]uint64
}

func standing(m *vm.Machine) []stand {
	var out []stand
	for _, p := range m.Processes() {
		s := stand{pid: p.PID()}
		s.exited, _ = p.Exited()
		if c := p.CPU(); c != nil && !s.exited {
			s.rip = c.RIP
			copy(s.regs[:], c.Regs[:16])
		}
		out = append(out, s)
	}
	return out
}

// visit is one instruction that was about to run.
type visit struct {
	insn uint64
	pc   addr.VAddr
}

// TestBreaksAcrossTasks stops programs of several tasks before the instructions that their functions begin
// with: Run must stop before each of them once, whichever task comes there and whenever its turn ends, and
// the end must be that of a plain run.
func TestBreaksAcrossTasks(t *testing.T) {
	const most = 4000
	for _, argv := range [][]string{{"threads"}, {"forktree"}, {"pipes"}, {"sigchld"}} {
		for _, quantum := range []uint64{0, 7, 61} {
			if argv[0] == "pipes" && (quantum == 7 || testing.Short()) {
				continue // long
			}
			cfg := config()
			cfg.CPU.Quantum = quantum
			breaks := targets(t, cfg, argv)
			var want, got []visit
			m, p, o := start(t, cfg, argv, func(m *vm.Machine) {
				m.Bus().Observe(event.MaskOf(event.Insn), func(batch []event.Event) {
					for i := range batch {
						if slices.Contains(breaks, batch[i].PC) && len(want) < most {
							want = append(want, visit{batch[i].Insn, batch[i].PC})
						}
					}
				})
			})
			run(t, m, p, o)
			plain := endingOf(m, p, o)
			m, p, o = start(t, cfg, argv, nil)
			for {
				reason, err := m.Run(vm.RunOptions{Until: breaks})
				if err != nil {
					t.Fatal(err)
				}
				if reason != vm.StopUntil {
					break
				}
				if len(got) < most {
					got = append(got, visit{m.Stats().Instructions, m.Bus().Now.PC})
				}
			}
			if len(want) < 20 || !slices.Equal(got, want) {
				i := 0
				for i < min(len(got), len(want)) && got[i] == want[i] {
					i++
				}
				t.Errorf("%v, quantum %d: %d stops, want %d; the first %d are right, then %v, want %v", argv,
					quantum, len(got), len(want), i, got[i:min(i+4, len(got))], want[i:min(i+4, len(want))])
			}
			if end := endingOf(m, p, o); !end.equal(&plain) {
				t.Errorf("%v, quantum %d: with breaks\n%+v\nplain\n%+v", argv, quantum, end, plain)
			}
		}
	}
}

// targets are some functions that a program calls: those called from 3 to 300 times, as far as there are.
func targets(t *testing.T, cfg vm.Config, argv []string) []addr.VAddr {
	t.Helper()
	calls := map[addr.VAddr]int{}
	m, p, o := start(t, cfg, argv, func(m *vm.Machine) {
		m.Bus().Observe(event.MaskOf(event.Call), func(batch []event.Event) {
			for i := range batch {
				calls[batch[i].VA]++
			}
		})
	})
	run(t, m, p, o)
	var out []addr.VAddr
	for at, n := range calls {
		if n >= 3 && n <= 300 {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 12)]
}
