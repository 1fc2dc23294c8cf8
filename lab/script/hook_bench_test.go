package script

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"memlab/lab"
)

// BenchmarkHooks runs a program with hooks and counters of Lua, each time next to a run without, and reports
// how many events a second arrive and how many times as long the run takes.
func BenchmarkHooks(b *testing.B) {
	const (
		matrix = `m:load("matrix", {argv = {"matrix", "30"}})`
		large  = `m:load("matrix", {argv = {"matrix", "90"}})`
		sort   = `m:load("sort", {argv = {"sort", "256"}})`
		calls  = ` local n = 0 m:on("insn", function(ev) n = n + 1 end) done = function() return n end`
		fields = ` local n, x = 0, 0 m:on("insn", function(ev) n, x = n + 1, ev.va end)
			done = function() return n end`
		data = ` local n, x = 0, 0 m:on({"mem.read", "mem.write"}, function(ev)
				if ev.va < 0x7fffff000000 then n, x = n + 1, x + ev.size end
			end) done = function() return n end`
		ranged = ` local h = m:on("mem.write", {addr = 0x10000, len = 8}, function(ev) end)
			done = function() return h.hits end`
	)
	counter := func(kinds, by string) string {
		return ` local c = m:count(` + kinds + `, {by = "` + by + `"}) done = function() return c.total end`
	}
	for _, c := range []struct{ name, load, hook string }{
		{"call", matrix, calls},
		{"call-with-field", matrix, fields},
		{"call-with-two-fields", matrix, data},
		{"filtered-out", large, ranged},
		{"count-mem-by-page", large, counter(`{"mem.read", "mem.write"}`, "page")},
		{"count-insn-by-page", large, counter(`"insn"`, "page")},
		{"count-tlb.miss-by-page", large, counter(`"tlb.miss"`, "page")},
		{"count-mem-by-pc", large, counter(`{"mem.read", "mem.write"}`, "pc")},
		{"sort/count-mem-by-page", sort, counter(`{"mem.read", "mem.write"}`, "page")},
	} {
		b.Run(c.name, func(b *testing.B) {
			var events uint64
			var plain, hooked time.Duration
			for b.Loop() {
				_, took := timedScript(b, c.load)
				plain += took
				n, took := timedScript(b, c.load+c.hook)
				hooked += took
				events += n
			}
			b.ReportMetric(float64(events)/hooked.Seconds()/1e6, "Mevents/s")
			b.ReportMetric(hooked.Seconds()/plain.Seconds(), "x-plain")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// timedScript runs a script that sets m up, and then the machine. It returns what the script's done() says,
// and the CPU time of the machine's run.
func timedScript(b *testing.B, prepare string) (n uint64, took time.Duration) {
	b.Helper()
	clock := &stopwatch{}
	_, out, err := runScript(b, `local m = machine.new{memory = {frames = 4096}} local done
`+prepare+`
		print("start") m:run() print("stop") print(done and done() or 0)`, programs(b), func(o *Options) {
		o.Verify, o.Config.Limits = false, lab.Limits{}
		clock.w = o.Stdout
		o.Stdout = clock
	})
	if err != nil {
		b.Fatal(err)
	}
	lines := strings.Fields(out)
	if n, err = strconv.ParseUint(lines[len(lines)-1], 10, 64); err != nil {
		b.Fatal(err)
	}
	return n, clock.took
}
