package cpu

import (
	"bytes"
	"testing"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
)

// bill is all that a run leaves behind: whichever loop made it, it must be the same.
type bill struct {
	regs            [16]uint64
	rip, insns      uint64
	fetches, data   uint64
	misses, evicts  uint64
	walks, retries  uint64
	pager           paging.PagerStats
	resident, slots int
}

// runPaged runs the program of cases under a real MMU with few frames and a small TLB.
func runPaged(t *testing.T, cfg paging.Config, code, data []byte, budget uint64, prepare func(*CPU)) (bill, []byte) {
	t.Helper()
	bus := &event.Bus{}
	p, err := paging.NewPager(cfg, bus)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.NewSpace(area.Linux618(8 << 20))
	if err != nil {
		t.Fatal(err)
	}
	p.MMU.Switch(s)
	const anonymous = area.MapPrivate | area.MapAnonymous | area.MapFixed
	for _, m := range []struct {
		at    addr.VAddr
		bytes []byte
	}{{hostCode, code}, {hostData - 0x2000, append(make([]byte, 0x2000), data...)}} {
		r := area.Request{
			Addr: m.at, Len: uint64(addr.VAddr(len(m.bytes)).ABIUp()), Flags: anonymous,
			Prot: addr.ProtRead | addr.ProtWrite | addr.ProtExec,
		}
		if _, err := s.Map(r); err != nil {
			t.Fatal(err)
		}
		if n := s.Write(m.at, m.bytes); n != len(m.bytes) {
			t.Fatalf("wrote %d of %d bytes", n, len(m.bytes))
		}
	}
	c := New(p.MMU, bus, NewCache(p.MMU))
	c.RIP = hostCode
	prepare(c)
	for {
		e := c.Run(budget)
		if e.Kind == ExitSyscall {
			break
		}
		if e.Kind != ExitBudget {
			t.Fatalf("exit %+v, exception %+v at %#x", e, c.Exception(), c.RIP)
		}
	}
	m := &p.MMU.Stats
	b := bill{
		regs: [16]uint64(c.Regs[:16]), rip: c.RIP, insns: c.Insns,
		fetches: m.Fetches + m.SlowFetches, data: p.MMU.Data(), misses: m.TLBMisses, evicts: m.TLBEvicts,
		walks: m.Walks, retries: m.Retries, pager: p.Stats, slots: p.SwapUsed(),
	}
	b.resident, _ = p.Used()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(data))
	if n := s.Peek(hostData, out); n != len(out) {
		t.Fatalf("%d of %d bytes of output", n, len(out))
	}
	return b, out
}

// TestLoopsAgree: the fast loop, in small portions too and with all who leave it be, and the loop that does one
// instruction at a time leave the same registers, memory, counters, faults and evictions behind.
func TestLoopsAgree(t *testing.T) {
	cases := makeCases()[:1500]
	code, data := hostProgram(cases)
	for _, cfg := range []paging.Config{
		{PageSize: 4096, Frames: 12, TLB: paging.TLBConfig{Entries: 8, Ways: 2}, Policy: "lru"},
		{PageSize: 512, Frames: 200, TLB: paging.TLBConfig{Entries: 64, Ways: 4}, Policy: "clock"},
		{PageSize: 4096, Frames: 40, TLB: paging.TLBConfig{}, Policy: "fifo"},
		{PageSize: 16384, Frames: 8, TLB: paging.TLBConfig{Entries: 4, Ways: 4}, Policy: "lru"},
	} {
		cfg.SwapPages, cfg.Table.Levels, cfg.Seed = 20000, 4, 1
		watch := func(c *CPU) {
			quiet := func(*event.Event) event.Verdict { return event.Continue }
			c.Bus.Subscribe(event.PerInstruction|event.PerAccess, quiet)
		}
		want, out := runPaged(t, cfg, code, data, 1<<40, watch)
		for name, w := range map[string]struct {
			budget  uint64
			prepare func(*CPU)
		}{
			"whole":    {1 << 40, func(*CPU) {}},
			"portions": {7, func(*CPU) {}},
			"looked on": {1 << 40, func(c *CPU) {
				c.Bus.Observe(event.PerData|event.MaskOf(event.Insn, event.Call), func([]event.Event) {})
			}},
			"counted": {1 << 40, func(c *CPU) {
				c.Bus.Tally(event.PerData|event.MaskOf(event.Insn), event.TallyPages(cfg.PageSize, 0))
			}},
			"listened": {1 << 40, func(c *CPU) {
				c.Bus.Subscribe(event.PerData, func(*event.Event) event.Verdict { return event.Continue })
			}},
		} {
			got, out2 := runPaged(t, cfg, code, data, w.budget, w.prepare)
			if got != want {
				t.Errorf("%+v, %s:\n got      %+v\n observed %+v", cfg, name, got, want)
			}
			if !bytes.Equal(out, out2) {
				t.Errorf("%+v, %s: memory differs", cfg, name)
			}
		}
	}
}
