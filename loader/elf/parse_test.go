package elf_test

import (
	"bytes"
	stdelf "debug/elf"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"memlab/loader/elf"
)

// programs are the recorded programs of package loader's tests.
func programs(tb testing.TB) map[string][]byte {
	tb.Helper()
	paths, err := filepath.Glob("../testdata/elf/*")
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string][]byte{}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			tb.Fatal(err)
		}
		if bytes.HasPrefix(data, []byte(elf.Magic)) {
			out[filepath.Base(p)] = data
		}
	}
	if len(out) < 90 {
		tb.Fatalf("%d programs", len(out))
	}
	return out
}

func parse(data []byte) (*elf.File, error) { return elf.Parse(bytes.NewReader(data), int64(len(data))) }

// TestAgainstStandardLibrary compares everything with debug/elf, where that accepts the file.
func TestAgainstStandardLibrary(t *testing.T) {
	compared := 0
	for name, data := range programs(t) {
		std, err := stdelf.NewFile(bytes.NewReader(data))
		if err != nil {
			continue // it trusts EI_CLASS and refuses some files that Linux runs
		}
		compared++
		t.Run(name, func(t *testing.T) { compare(t, data, std) })
	}
	if compared < 90 {
		t.Errorf("only %d programs were compared", compared)
	}
}

func compare(t *testing.T, data []byte, std *stdelf.File) {
	t.Helper()
	f, err := parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if f.Entry != std.Entry || f.Type != uint16(std.Type) || f.Machine != uint16(std.Machine) {
		t.Errorf("header: got %+v, want %+v", f.Header, std.FileHeader)
	}
	if len(f.Progs) != len(std.Progs) {
		t.Fatalf("%d program headers, want %d", len(f.Progs), len(std.Progs))
	}
	for i, p := range std.Progs {
		want := elf.Prog{
			Type: uint32(p.Type), Flags: uint32(p.Flags), Off: p.Off, VAddr: p.Vaddr, PAddr: p.Paddr,
			FileSz: p.Filesz,
			MemSz:  p.Memsz, Align: p.Align,
		}
		if f.Progs[i] != want {
			t.Errorf("program header %d: got %+v, want %+v", i, f.Progs[i], want)
		}
	}
	sections, err := f.Sections()
	if err != nil || len(sections) != len(std.Sections) {
		t.Fatalf("%d sections, error %v, want %d", len(sections), err, len(std.Sections))
	}
	for i, s := range std.Sections {
		g := &sections[i]
		got := stdelf.SectionHeader{
			Name: g.Name, Type: stdelf.SectionType(g.Type), Flags: stdelf.SectionFlag(g.Flags), Addr: g.Addr,
			Offset: g.Off, Size: g.Size, Link: g.Link, Info: g.Info, Addralign: g.AddrAlign,
			Entsize:  g.EntSize,
			FileSize: s.FileSize,
		}
		if got != s.SectionHeader {
			t.Errorf("section %d: got %+v, want %+v", i, got, s.SectionHeader)
		}
	}
	compareSymbols(t, f, std)
}

func compareSymbols(t *testing.T, f *elf.File, std *stdelf.File) {
	t.Helper()
	table, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	static, _ := std.Symbols() // no such section is an error there
	dynamic, _ := std.DynamicSymbols()
	want := slices.Concat(static, dynamic)
	if len(table.All()) != len(want) {
		t.Fatalf("%d symbols, want %d", len(table.All()), len(want))
	}
	for i, g := range table.All() {
		w := want[i]
		name, _, _ := strings.Cut(w.Name, "@")
		got, _, _ := strings.Cut(g.Name, "@")
		if got != name || g.Value != w.Value || g.Size != w.Size || g.Bind<<4|g.Type != w.Info ||
			g.Section != uint16(w.Section) || g.Dynamic != (i >= len(static)) {
			t.Errorf("symbol %d: got %+v, want %+v", i, g, w)
		}
	}
}

func TestLookupInProgram(t *testing.T) {
	data := programs(t)["musl_static"]
	f, err := parse(data)
	if err != nil {
		t.Fatal(err)
	}
	table, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	start, ok := table.Lookup("_start")
	if !ok || start.Value != f.Entry {
		t.Fatalf("_start: %+v %v, the entry is %#x", start, ok, f.Entry)
	}
	main, ok := table.Lookup("main")
	if !ok || main.Type != elf.SymFunc || main.Size == 0 {
		t.Fatalf("main: %+v %v", main, ok)
	}
	for _, off := range []uint64{0, 1, main.Size - 1} {
		if s, at, ok := table.At(main.Value + off); !ok || s.Name != "main" || at != off {
			t.Errorf("main+%d: got %s+%d %v", off, s.Name, at, ok)
		}
	}
	if s, _, ok := table.At(main.Value + main.Size); ok && s.Name == "main" {
		t.Error("main covers the byte behind its end")
	}
	if _, ok := table.Lookup("no such name"); ok {
		t.Error("a name was found that is not there")
	}
}

// TestNoSectionHeaders takes the section headers away: the dynamic symbols are still found.
func TestNoSectionHeaders(t *testing.T) {
	data := bytes.Clone(programs(t)["c_pie"])
	whole, err := parse(data)
	if err != nil {
		t.Fatal(err)
	}
	all, err := whole.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	var want []elf.Symbol
	for _, s := range all.All() {
		if s.Dynamic {
			want = append(want, s)
		}
	}
	clear(data[40:48]) // e_shoff
	f, err := parse(data)
	if err != nil {
		t.Fatal(err)
	}
	table, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	got := table.All()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("symbol %d: got %+v, want %+v", i, got[i], want[i])
		}
	}
	// A GNU hash table does not count undefined symbols behind the hashed ones; this program has none hashed.
	if len(want) == 0 || len(got) == 0 || len(got) > len(want) {
		t.Errorf("%d dynamic symbols, the sections say %d", len(got), len(want))
	}
}

func TestErrors(t *testing.T) {
	good := programs(t)["c_pie"]
	edit := func(off int, b ...byte) []byte {
		data := bytes.Clone(good)
		copy(data[off:], b)
		return data
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "at offset 0x0: not an ELF file: it begins with "},
		{"magic", edit(0, 'X'), "at offset 0x0: not an ELF file: it begins with 58 45 4c 46"},
		{"short", good[:50], "at offset 0x0: the file has 50 bytes, an ELF header has 52"},
		{"short64", good[:60], "at offset 0x0: the file has 60 bytes, an ELF header has 64"},
		{"machine", edit(18, 183), "at offset 0x12: e_machine is 183, must be 62 (x86-64), 3 or 6 (i386)"},
		{"phentsize", edit(54, 55), "at offset 0x0: e_phentsize is 55, must be 56"},
		{
			"phoff", edit(32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
			"at offset 0xffffffffffffffff: the program header table needs 784 bytes, the file ends at 0x40a8",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(c.data)
			var fe *elf.FormatError
			if !errors.As(err, &fe) || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestHugeClaims: a reader that has no bytes, whatever it says its size is, costs an error and no memory.
func TestHugeClaims(t *testing.T) {
	data := programs(t)["c_pie"]
	f, err := elf.Parse(bytes.NewReader(data), 1<<60)
	if err != nil {
		t.Fatal(err)
	}
	f.ShNum, f.ShOff = 0xffff, 1<<50
	if _, err := f.Sections(); err == nil {
		t.Error("sections were read from nowhere")
	}
}

func TestPiecesAgainstModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var syms []elf.Symbol
		for range 1 + r.IntN(12) {
			syms = append(syms, elf.Symbol{
				Name: "s", Value: uint64(r.IntN(40)), Size: uint64(r.IntN(15)), Type: uint8(r.IntN(3)),
				Bind:    uint8(r.IntN(3)),
				Section: 1,
			})
		}
		sections := []elf.Section{{}, {Addr: 0, Size: 64}}
		table := elf.NewSymbols(syms, sections)
		for va := range uint64(70) {
			want, ok := model(syms, va)
			got, off, gotOK := table.At(va)
			if ok != gotOK || ok && (got != want || off != va-want.Value) {
				t.Fatalf("%#v\nat %d: got %+v %v, want %+v %v", syms, va, got, gotOK, want, ok)
			}
		}
	}
}

// model says by definition which symbol has va: of those with a size that cover it the one that starts last,
// or else the last label before it with nothing in between.
func model(syms []elf.Symbol, va uint64) (elf.Symbol, bool) {
	best := map[[2]uint64]elf.Symbol{} // by start, and whether it has a size
	for _, s := range syms {
		k := [2]uint64{s.Value, min(s.Size, 1)}
		if old, ok := best[k]; !ok || elf.Better(&s, &old) < 0 {
			best[k] = s
		}
	}
	for start := int64(va); start >= 0; start-- {
		if s, ok := best[[2]uint64{uint64(start), 1}]; ok && s.Value+s.Size > va {
			return s, true
		}
	}
	covered := func(at uint64) bool {
		for k, s := range best {
			if k[1] == 1 && s.Value <= at && at < s.Value+s.Size {
				return true
			}
		}
		return false
	}
	for start := int64(min(va, 63)); start >= 0 && va < 64; start-- {
		if covered(uint64(start)) {
			return elf.Symbol{}, false
		}
		if s, ok := best[[2]uint64{uint64(start), 0}]; ok {
			return s, true
		}
	}
	return elf.Symbol{}, false
}

func FuzzParse(f *testing.F) {
	for _, data := range programs(f) {
		if len(data) <= 16384 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parse(data)
		if err != nil {
			return
		}
		if _, err := file.Sections(); err != nil && err.Error() == "" {
			t.Error("an error without text")
		}
		table, _ := file.Symbols()
		for _, s := range table.All() {
			if got, off, ok := table.At(s.Value); ok && got.Value+off != s.Value {
				t.Errorf("At(%#x) is %+v at %#x", s.Value, got, off)
			}
			if s.Defined() {
				table.Lookup(s.Name)
			}
		}
	})
}
