package vm_test

import (
	"fmt"
	"testing"

	"memlab/paging/policy"
)

// TestLocalAlone: a process that is alone has all frames as its share, so that local replacement is global
// replacement, policy by policy.
func TestLocalAlone(t *testing.T) {
	for _, argv := range [][]string{{"hello"}, {"matrix", "12"}, {"sweep", "40", "2"}} {
		for _, in := range policy.Catalog() {
			if in.Need == policy.NeedFuture {
				continue
			}
			cfg := config()
			cfg.Memory.Frames, cfg.Replacement.Policy = 20, in.Name
			m, p, o := start(t, cfg, argv, nil)
			run(t, m, p, o)
			cfg.Replacement.Scope, cfg.Verify = "local", true
			alone, p, o := start(t, cfg, argv, nil)
			run(t, alone, p, o)
			if got, want := fmt.Sprintf("%+v", alone.Stats()), fmt.Sprintf("%+v", m.Stats()); got != want {
				t.Errorf("%v, %s:\nlocal  %s\nglobal %s", argv, in.Name, got, want)
			}
		}
	}
}

// TestLocalProtects: a process that fits into its share is not touched by one that does not fit into its own,
// whatever the policy.
func TestLocalProtects(t *testing.T) {
	faults := func(scope, name string) (small uint64) {
		cfg := config()
		cfg.Memory.Frames, cfg.Replacement.Policy, cfg.Replacement.Scope = 64, name, scope
		m, all := several(t, cfg, 1, "matrix", "24")
		_, more := severalIn(t, m, 1, "sweep", "150", "3")
		finish(t, m, append(all, more...))
		if share, _ := all[0].Share(); share != 64 {
			t.Errorf("%s: all frames are open to a process that is alone again, but its share is %d", scope, share)
		}
		return all[0].Faults().Major + all[0].Faults().Minor
	}
	for _, name := range []string{"fifo", "lru", "clock", "aging", "2q", "arc", "lirs", "sieve"} {
		cfg := config()
		cfg.Memory.Frames, cfg.Replacement.Policy = 32, name
		m, all := several(t, cfg, 1, "matrix", "24")
		finish(t, m, all)
		alone := all[0].Faults().Major + all[0].Faults().Minor
		if local := faults("local", name); local != alone {
			t.Errorf("%s: %d faults with a share of 32 frames, %d alone with 32", name, local, alone)
		}
	}
	if local, global := faults("local", "fifo"), faults("global", "fifo"); local >= global {
		t.Errorf("fifo: %d faults under local, %d under global replacement", local, global)
	}
}
