package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestLinkedPrograms links one program with memlab and with ld, in ways that need other relocations, and executes both
// on memlab: those for i386 as well, which not every host runs.
func TestLinkedPrograms(t *testing.T) {
	t.Parallel()
	gcc, err := exec.LookPath("gcc")
	if err != nil || runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("SKIPPED: no gcc for x86-64 Linux; nothing was linked")
	}
	tool := func(t *testing.T, name string, args ...string) {
		t.Helper()
		if text, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil { //nolint:gosec // the host's compiler
			t.Fatalf("%s: %v: %s", name, err, text)
		}
	}
	for name, flags := range map[string][]string{
		"m32": {"-m32", "-O0", "-fno-pic"}, "m32pic": {"-m32", "-O2", "-fPIC"}, "m32pie": {"-m32", "-O1", "-fPIE", "-fno-plt"},
		"m32common": {"-m32", "-O1", "-fno-pic", "-fcommon", "-ffunction-sections"}, "pic": {"-O2", "-fPIC"}, "O0": {"-O0", "-fno-pic"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var objects []string
			for _, part := range []string{"main", "a", "b"} {
				object := filepath.Join(dir, part+".o")
				tool(t, gcc, append(slices.Clone(flags), "-c", "-w", "-fno-stack-protector", "-ffreestanding", "-o", object,
					filepath.Join("..", "..", "loader", "object", "testdata", part+".c"))...)
				objects = append(objects, object)
			}
			ours, theirs, start := filepath.Join(dir, "ours"), filepath.Join(dir, "theirs"), filepath.Join(dir, "start.o")
			r := memlab(t, dir, nil, append([]string{"elf", "--link", "--output", ours}, objects...)...)
			if r.code != 0 {
				t.Fatal(r.stderr)
			}
			emulation := "elf_x86_64"
			if strings.HasPrefix(flags[0], "-m32") {
				emulation = "elf_i386"
			}
			tool(t, gcc, append(slices.Clone(flags[:1]), "-c", "-o", start, filepath.Join("..", "..", "loader", "object", "testdata",
				"start.S"))...)
			tool(t, "ld", append([]string{"-m", emulation, "-static", "-o", theirs, start}, objects...)...)
			got := memlab(t, dir, nil, "exec", "--root", "/", "--env", "A=b", "--", ours, "arg")
			want := memlab(t, dir, nil, "exec", "--root", "/", "--env", "A=b", "--", theirs, "arg")
			if got != want || want.code != 42 || len(want.stdout) < 50 || want.stderr != "" {
				t.Errorf("got %+v, with ld %+v", got, want)
			}
		})
	}
}
