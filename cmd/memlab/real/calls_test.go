//go:build linux && amd64

package real_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCalls compiles the programs of testdata/calls, each about a few system calls, and compares what they print with
// the host, on pages of 4 and of 16 KiB. They sleep in the order in which things are to happen, so that a machine that is
// short of frames, where every step may take a disk's time, is not for them.
func TestCalls(t *testing.T) { //nolint:tparallel // as TestReal
	if testing.Short() {
		t.Skip("long: the race detector's run leaves it to the plain one")
	}
	sources, err := filepath.Glob("testdata/calls/*.c")
	if err != nil || len(sources) == 0 {
		t.Fatal(err)
	}
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".c")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			have(t, "gcc")
			dir := t.TempDir()
			out := filepath.Join(dir, name)
			//nolint:gosec // our own programs
			text, err := exec.CommandContext(t.Context(), "gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-pthread",
				"-o", out, source).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			r := row{name: name, argv: []string{"./" + name}}
			want, _ := r.host(t, dir)
			for _, m := range []machine{{}, {frames: 4096, pageSize: 16384}} {
				if got, _ := r.guest(t, dir, m); got != want {
					t.Errorf("%+v: status %d, want %d%s%s", m, got.Status, want.Status,
						differ("standard output", got.Stdout, want.Stdout), differ("standard error", got.Stderr, want.Stderr))
				}
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("the program left files behind: %v, %v", entries, err)
			}
		})
	}
}
