package vm_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"memlab/vm"
)

// TestBacktraceKinds crashes in a signal handler, in code that is compiled with and without records, frame
// pointers and optimisation, against two C libraries: each way of walking a stack must find the whole chain.
func TestBacktraceKinds(t *testing.T) {
	if !native {
		t.Skip("needs a compiler for linux/amd64")
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("gcc is not installed")
	}
	source, err := os.ReadFile("testdata/backtrace.c")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ compiler, flags string }{
		{"gcc", "-O2"},
		{"gcc", "-O0"},
		{"gcc", "-O2 -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-unwind-tables"},
		{"musl-gcc", "-O2"},
		{"musl-gcc", "-O0 -fno-asynchronous-unwind-tables -fno-unwind-tables"},
	} {
		t.Run(tt.compiler+" "+tt.flags, func(t *testing.T) {
			if _, err := exec.LookPath(tt.compiler); err != nil {
				t.Skip("not installed")
			}
			dir := t.TempDir()
			args := append(strings.Fields(tt.flags), "-w", "-static", "-no-pie", "-xc", "-", "-o", filepath.Join(dir, "prog"))
			cmd := exec.CommandContext(t.Context(), tt.compiler, args...) //nolint:gosec // compilers
			cmd.Stdin = strings.NewReader(string(source))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Skipf("%v: %s", err, out)
			}
			chain(t, dir)
		})
	}
}

// chain runs the program and looks at its report.
func chain(t *testing.T, dir string) {
	t.Helper()
	m, err := vm.New(config())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	p, err := m.Load(vm.Program{Path: "/prog", Root: os.DirFS(dir)})
	if err != nil {
		t.Fatal(err)
	}
	runTo(t, m, vm.RunOptions{})
	_, end := p.Exited()
	var names []string
	for line := range strings.Lines(end.Report) {
		words := strings.Fields(line)
		if len(words) == 3 && words[0][0] == '#' {
			name, _, _ := strings.Cut(words[2], "+")
			names = append(names, name)
		}
	}
	if i := slices.Index(names, "middle"); i >= 0 { // what lies between is the C library's
		names = append(slices.Clone(names[:2]), names[i:]...)
	}
	want := []string{"inner", "handler", "middle", "outer", "main"}
	if len(names) < len(want)+1 || !slices.Equal(names[:len(want)], want) || names[len(names)-1] != "_start" {
		t.Errorf("got %v, want %v … _start\n%s", names, want, end.Report)
	}
}
