package vm_test

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"memlab/vm"
)

// allWays has every program meet every machine: go test ./vm -run Translations -allways.
var allWays = flag.Bool("allways", false, "TestTranslations: every program on every machine")

// translations are machines with page tables and TLBs of all kinds.
func translations() map[string]func(*vm.Config) {
	second := vm.SecondTLB{Entries: 64, Ways: 4, Policy: "lru"}
	return map[string]func(*vm.Config){
		"linear":             func(c *vm.Config) { c.PageTable.Kind = "linear" },
		"inverted":           func(c *vm.Config) { c.PageTable.Kind = "inverted" },
		"2 levels":           func(c *vm.Config) { c.PageTable.Levels = 2 },
		"5 levels":           func(c *vm.Config) { c.PageTable.Levels = 5 },
		"split":              func(c *vm.Config) { c.PageTable.Split = []uint64{3, 13, 12, 8} },
		"linear, no TLB":     func(c *vm.Config) { c.PageTable.Kind, c.TLB.Entries = "linear", 0 },
		"inverted, no ASIDs": func(c *vm.Config) { c.PageTable.Kind, c.TLB.ASID = "inverted", false },
		"direct mapped":      func(c *vm.Config) { c.TLB.Ways = 1 },
		"associative":        func(c *vm.Config) { c.TLB.Entries, c.TLB.Ways = 12, 12 },
		"fifo":               func(c *vm.Config) { c.TLB.Entries, c.TLB.Policy = 8, "fifo" },
		"random":             func(c *vm.Config) { c.TLB.Entries, c.TLB.Policy = 8, "random" },
		"bit-PLRU":           func(c *vm.Config) { c.TLB.Entries, c.TLB.Policy = 8, "bit_plru" },
		"tree-PLRU":          func(c *vm.Config) { c.TLB.Entries, c.TLB.Policy = 8, "tree_plru" },
		"2nd level":          func(c *vm.Config) { c.TLB.Entries, c.TLB.Ways, c.TLB.Second = 4, 2, second },
		"2nd level, inverted, fifo": func(c *vm.Config) {
			c.PageTable.Kind, c.TLB.Entries, c.TLB.Policy, c.TLB.Second = "inverted", 8, "fifo", second
			c.TLB.Second.Policy = "tree_plru"
		},
		"lazy": func(c *vm.Config) { c.TLB.Lazy = true },
	}
}

// TestTranslations runs programs on machines with page tables and TLBs of all kinds, every structure checked
// after every fault. Each program meets a quarter of the machines; -allways has it meet all.
func TestTranslations(t *testing.T) {
	want := golden(t)
	all := translations()
	for i, argv := range runs {
		for j, name := range slices.Sorted(maps.Keys(all)) {
			for k, frames := range []int{16, 256} {
				if !*allWays && (i+j)%4 != 2*k || testing.Short() && i%4 != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%d", strings.Join(argv, "_"), name, frames), func(t *testing.T) {
					cfg := config()
					cfg.Memory.Frames, cfg.Verify = frames, frames == 16
					if name == "lazy" {
						cfg.Replacement.Policy = "sieve"
					}
					all[name](&cfg)
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

// TestTablesCountAlike: the kind of page tables changes what they cost, and nothing else.
func TestTablesCountAlike(t *testing.T) {
	argv := []string{"sort", "32"}
	var first vm.Stats
	for i, kind := range []string{"radix", "linear", "inverted"} {
		cfg := config()
		cfg.Memory.Frames, cfg.PageTable.Kind = 24, kind
		m, p, o := start(t, cfg, argv, nil)
		run(t, m, p, o)
		got := m.Stats()
		if got.PageTables == 0 || (got.FullTable == 8<<36) != (kind == "linear") {
			t.Errorf("%s: %d bytes of tables, a full one has %d", kind, got.PageTables, got.FullTable)
		}
		got.PageTables, got.FullTable, got.SimulatedNS, got.BusyNS, got.CPUUse = 0, 0, 0, 0, 0
		if i == 0 {
			first = got
		} else if fmt.Sprint(got) != fmt.Sprint(first) {
			t.Errorf("%s: %+v\nradix: %+v", kind, got, first)
		}
	}
}
