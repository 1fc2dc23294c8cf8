package vm_test

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"memlab/vm"
)

// TestNoAllocations: once a program is warm, nothing is allocated on the host for an instruction, an access, a
// TLB miss or a fault, also while pages are evicted, written to swap and brought back.
func TestNoAllocations(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	for _, c := range []struct {
		program string // of testdata/programs, with arguments
		policy  string
		frames  int
		warm    uint64 // instructions
		faults  bool   // the measured part is to have some
	}{
		{"matrix 120", "clock", 4096, 6_000_000, false},
		{"sort 4096", "clock", 4096, 2_000_000, false},
		{"sweep 256 20000", "lru", 4096, 2_000_000, false},
		{"sweep 64 40000", "clock", 16, 1_000_000, true},
		{"sweep 64 40000", "lru", 16, 1_000_000, true},
		{"sweep 64 40000", "fifo", 16, 1_000_000, true},
		{"matrix 120", "clock", 16, 3_000_000, true},
	} {
		t.Run(strings.ReplaceAll(c.program, " ", "_")+"_"+c.policy, func(t *testing.T) {
			cfg := config()
			cfg.Memory.Frames, cfg.Replacement.Policy = c.frames, c.policy
			m, _, _ := start(t, cfg, strings.Fields(c.program), nil)
			if reason, err := m.Run(vm.RunOptions{Steps: c.warm}); err != nil || reason != vm.StopSteps {
				t.Fatalf("%v, %v", reason, err)
			}
			// A turn may end within a block, and the next one then begins with a block that is new: of
			// several stretches it is enough that one needs nothing.
			least := ^uint64(0)
			for range 8 {
				var before, after runtime.MemStats
				faults := m.Stats().Faults.Total
				runtime.ReadMemStats(&before)
				reason, err := m.Run(vm.RunOptions{Steps: 150_000})
				runtime.ReadMemStats(&after)
				if err != nil || reason != vm.StopSteps {
					t.Fatalf("%v, %v", reason, err)
				}
				if n := m.Stats().Faults.Total - faults; c.faults && n < 100 {
					t.Errorf("%d faults", n)
				}
				least = min(least, after.Mallocs-before.Mallocs)
			}
			if least != 0 {
				t.Errorf("at least %d allocations in each stretch", least)
			}
		})
	}
}
