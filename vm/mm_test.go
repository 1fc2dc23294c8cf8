package vm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// mmFile has what mm does on Linux 6.18 with the first seed, recorded by -update.
const mmFile = "mm.txt"

// TestRandomMemoryCalls runs hundreds of random calls on memory and compares every answer with the recorded one
// and, on a host whose kernel gives the recorded one too, with the host's for more seeds. On machines with
// hardly any frames nothing is locked.
func TestRandomMemoryCalls(t *testing.T) {
	first := []string{"mm", "1", "200", "."}
	recorded, same := mmRecorded(t, first)
	mmOnMachine(t, first, recorded, 16384, 4096, "clock") // 64 MiB
	mmOnMachine(t, first, recorded, 256, 4096, "fifo")
	if !same || !zeroPage(t) {
		t.Log("this host's kernel does not what Linux 6.18 does by default: no more seeds are compared")
		return
	}
	seeds := 16
	if testing.Short() {
		seeds = 3
	}
	for seed := 2; seed <= seeds; seed++ {
		argv := []string{"mm", strconv.Itoa(seed), "200", "."}
		want := onHost(t, argv).Stdout
		mmOnMachine(t, argv, want, 16384, 4096, "fifo")
		mmOnMachine(t, argv, want, 256, 4096, "clock")
		argv = append(argv, "nolock")
		want = onHost(t, argv).Stdout
		mmOnMachine(t, argv, want, 8, 4096, "fifo")
		mmOnMachine(t, argv, want, 8, 4096, "clock")
		mmOnMachine(t, argv, want, 64, 512, "lru")
	}
}

// mmRecorded is what was recorded, and whether the host's kernel does the same.
func mmRecorded(t *testing.T, argv []string) (recorded string, same bool) {
	t.Helper()
	file := filepath.Join(programs, mmFile)
	host := ""
	if native {
		host = onHost(t, argv).Stdout
	}
	if *update && native {
		if err := os.WriteFile(file, []byte(host), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b), host == string(b)
}

func mmOnMachine(t *testing.T, argv []string, want string, frames int, size uint64, policy string) {
	t.Helper()
	t.Run(fmt.Sprintf("%s/%d/%d/%s", strings.Join(argv[1:], "_"), frames, size, policy), func(t *testing.T) {
		cfg := config()
		cfg.Memory.Frames, cfg.Memory.PageSize, cfg.Replacement.Policy = frames, size, policy
		cfg.Memory.Swap, cfg.Verify = 64<<20/int(size), frames == 256
		m, p, o := start(t, cfg, argv, nil)
		if got := run(t, m, p, o); got.Status != 0 || got.Stdout != want {
			t.Errorf("status %d, %s", got.Status, firstDifference(want, got.Stdout))
		}
		if err := m.Check(); err != nil {
			t.Error(err)
		}
	})
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range w {
		if i >= len(g) {
			return fmt.Sprintf("line %d is missing: %s", i+1, w[i])
		}
		if w[i] != g[i] {
			return fmt.Sprintf("line %d:\ngot  %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return "no line differs"
}
