package vm_test

import (
	"testing"
	"time"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm"
)

// observers are the ways to look on at a run. Each returns how many events it has seen.
func observers() []struct {
	name   string
	attach func(*event.Bus) func() uint64
} {
	sink := func(m event.Mask) func(*event.Bus) func() uint64 {
		return func(b *event.Bus) func() uint64 {
			n, sum := uint64(0), uint64(0)
			b.Observe(m, func(batch []event.Event) {
				n += uint64(len(batch))
				for i := range batch {
					sum += uint64(batch[i].VA) ^ batch[i].Arg // a sink that reads what it gets
				}
			})
			return func() uint64 { return n }
		}
	}
	listener := func(m event.Mask) func(*event.Bus) func() uint64 {
		return func(b *event.Bus) func() uint64 {
			n := uint64(0)
			b.Subscribe(m, func(*event.Event) event.Verdict { n++; return event.Continue })
			return func() uint64 { return n }
		}
	}
	tally := func(m event.Mask) func(*event.Bus) func() uint64 {
		return func(b *event.Bus) func() uint64 {
			t := event.TallyPages(addr.ABIPage, 0)
			b.Tally(m, t)
			return func() uint64 { return t.Total }
		}
	}
	insn := event.MaskOf(event.Insn)
	return []struct {
		name   string
		attach func(*event.Bus) func() uint64
	}{
		{"sink-insn", sink(insn)},
		{"sink-mem", sink(event.PerData)},
		{"sink-insn-mem", sink(insn | event.PerData)},
		{"listener-insn", listener(insn)},
		{"listener-mem", listener(event.PerData)},
		{"tally-insn", tally(insn)},
		{"tally-mem", tally(event.PerData)},
		{"tally-tlb", tally(event.MaskOf(event.TLBMiss, event.PageFault))},
	}
}

// BenchmarkObserve runs programs with somebody looking on, each time next to a run with nobody, and reports
// events a second and how many times as long the run takes.
func BenchmarkObserve(b *testing.B) {
	for _, argv := range [][]string{{"matrix", "80"}, {"sort", "256"}, {"recurse", "4000"}} {
		for _, o := range observers() {
			b.Run(argv[0]+"/"+o.name, func(b *testing.B) {
				var events uint64
				var plain, watched time.Duration
				for b.Loop() {
					plain += timed(b, argv, nil)
					var n func() uint64
					watched += timed(b, argv, func(m *vm.Machine) { n = o.attach(m.Bus()) })
					events += n()
				}
				b.ReportMetric(float64(events)/watched.Seconds()/1e6, "Mevents/s")
				b.ReportMetric(watched.Seconds()/plain.Seconds(), "x-plain")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// timed runs a program with frames enough and returns the host's CPU time for the run, which other programs on the host disturb
// least.
func timed(b *testing.B, argv []string, prepare func(*vm.Machine)) time.Duration {
	b.Helper()
	cfg := config()
	cfg.Memory.Frames = 4096
	m, p, o := start(b, cfg, argv, prepare)
	from := cpuTime()
	got := run(b, m, p, o)
	took := cpuTime() - from
	if got.Status != 0 {
		b.Fatalf("%+v", got)
	}
	return took
}
