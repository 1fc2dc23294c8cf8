package object_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"memlab/loader/elf"
	"memlab/loader/object"
)

// inputs opens files as inputs.
func inputs(t *testing.T, names ...string) []object.Input {
	t.Helper()
	var out []object.Input
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, object.Input{Name: filepath.Base(name), R: bytes.NewReader(b), Size: int64(len(b))})
	}
	return out
}

// flagSets are ways to compile that ask for other relocations.
func flagSets() map[string][]string {
	return map[string][]string{
		"O0":          {"-O0", "-fno-pic"},
		"O2":          {"-O2", "-fno-pic"},
		"pic":         {"-O2", "-fPIC"},
		"pie":         {"-O1", "-fPIE"},
		"large":       {"-O2", "-fno-pic", "-mcmodel=large"},
		"largepic":    {"-O1", "-fPIC", "-mcmodel=large"},
		"sections":    {"-O2", "-fPIC", "-ffunction-sections", "-fdata-sections"},
		"common":      {"-O0", "-fcommon", "-fno-plt", "-fPIC"},
		"unwind":      {"-O2", "-fasynchronous-unwind-tables", "-g"},
		"m32":         {"-m32", "-O0", "-fno-pic"},
		"m32pic":      {"-m32", "-O2", "-fPIC"},
		"m32pie":      {"-m32", "-O1", "-fPIE", "-fno-plt"},
		"m32sections": {"-m32", "-O2", "-fno-pic", "-ffunction-sections"},
	}
}

// compile makes the objects.
func compile(t *testing.T, flags []string, sources ...string) []string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil || runtime.GOARCH != "amd64" || runtime.GOOS != "linux" {
		t.Skip("SKIPPED: no gcc for x86-64 Linux; only the committed objects are linked")
	}
	dir := t.TempDir()
	var out []string
	for i, name := range sources {
		obj := filepath.Join(dir, fmt.Sprintf("part%d.o", i))
		args := append([]string{"-c", "-w", "-fno-stack-protector", "-ffreestanding", "-o", obj, name}, flags...)
		if text, err := exec.CommandContext(context.Background(), gcc, args...).CombinedOutput(); err != nil { //nolint:gosec // the host's gcc
			t.Fatalf("%v: %s", err, text)
		}
		out = append(out, obj)
	}
	return out
}

// run runs a program on the host.
func run(t *testing.T, name string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, "arg")
	cmd.Env = []string{"A=b"}
	text, err := cmd.CombinedOutput()
	return fmt.Sprintf("%s%v", text, err)
}

// TestAgainstLd links the same objects here and with ld, and runs both programs on the host. Those for i386, which
// many hosts do not run, are executed by package vm's test.
func TestAgainstLd(t *testing.T) {
	for name, flags := range flagSets() {
		t.Run(name, func(t *testing.T) {
			objects := compile(t, flags, "testdata/main.c", "testdata/a.c", "testdata/b.c")
			l, err := object.Link(inputs(t, objects...), object.Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkFile(t, l)
			if l.Class == elf.Class32 {
				return
			}
			dir := t.TempDir()
			ours, theirs := filepath.Join(dir, "ours"), filepath.Join(dir, "theirs")
			if err := os.WriteFile(ours, l.File(), 0o700); err != nil { //nolint:gosec // a program
				t.Fatal(err)
			}
			start := filepath.Join(dir, "start.o")
			compileStart(t, start)
			args := append([]string{"-static", "-o", theirs, start}, objects...)
			if text, err := exec.CommandContext(t.Context(), "ld", args...).CombinedOutput(); err != nil { //nolint:gosec // the host's ld
				t.Fatalf("ld: %v: %s", err, text)
			}
			if got, want := run(t, ours), run(t, theirs); got != want || len(want) < 50 {
				t.Errorf("got\n%s\nwith ld\n%s", got, want)
			}
		})
	}
}

// compileStart makes a _start for ld that does what the linker's own does.
func compileStart(t *testing.T, name string) {
	t.Helper()
	if text, err := exec.CommandContext(t.Context(), "gcc", "-c", "-o", name, "testdata/start.S").CombinedOutput(); err != nil { //nolint:gosec // the host's gcc
		t.Fatalf("%v: %s", err, text)
	}
}

// checkFile holds what is written to what tools ask of a file, and the relocations to their formulas.
func checkFile(t *testing.T, l *object.Linked) {
	t.Helper()
	b := l.File()
	f, err := elf.Parse(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range l.Symbols {
		if got, ok := symbols.Lookup(want.Name); want.Bind == elf.BindGlobal && (!ok || got.Value != want.Addr) {
			t.Errorf("%s is at %#x, want %#x", want.Name, got.Value, want.Addr)
		}
	}
	for _, r := range l.Relocs {
		var slot uint64
		if r.Slot != 0 {
			slot = r.Slot - l.GOT
		}
		want := map[string]uint64{
			"S + A": r.Value + uint64(r.Addend), "S + A - P": r.Value + uint64(r.Addend) - r.Place,
			"L + A - P": r.Value + uint64(r.Addend) - r.Place, "G + A": slot + uint64(r.Addend),
			"G + GOT + A - P": r.Slot + uint64(r.Addend) - r.Place, "G + GOT + A": r.Slot + uint64(r.Addend),
			"S + A - GOT": r.Value + uint64(r.Addend) - l.GOT, "L + A - GOT": r.Value + uint64(r.Addend) - l.GOT,
			"GOT + A - P": l.GOT + uint64(r.Addend) - r.Place, "Z + A": r.Value + uint64(r.Addend),
		}[r.Formula]
		if shift := 64 - 8*r.Size; r.After != want<<shift>>shift {
			t.Errorf("%+v: want %#x", r, want)
		}
		at, err := f.BytesAt(r.Place, uint64(r.Size))
		if err != nil || len(at) != r.Size {
			t.Fatalf("%+v: %v", r, err)
		}
		var now uint64
		for i, c := range at {
			now |= uint64(c) << (8 * i)
		}
		if now != r.After {
			t.Errorf("%+v: the file has %#x", r, now)
		}
	}
}
