package elf

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// linkedFiles are programs and libraries that are linked dynamically.
func linkedFiles(tb testing.TB) map[string][]byte {
	tb.Helper()
	names, err := filepath.Glob("../../scripts/dynamic/*")
	if err != nil {
		tb.Fatal(err)
	}
	names = append(names, "../../testdata/programs/hello-dyn32", "../../testdata/programs/sort-dyn32")
	out := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		if bytes.HasPrefix(b, []byte(Magic)) {
			out[filepath.Base(name)] = b
		}
	}
	return out
}

// TestLinkingAgreesWithSections compares what the program headers lead to with what the section headers say.
func TestLinkingAgreesWithSections(t *testing.T) {
	files := linkedFiles(t)
	if len(files) != 8 {
		t.Errorf("%d files", len(files))
	}
	for name, b := range files {
		f, err := Parse(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		l, err := f.Linking()
		if err != nil || l == nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sections, err := f.Sections()
		if err != nil {
			t.Fatal(err)
		}
		tables, err := f.SymbolTables(sections)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			if table.Section.Type == SectionDynsym && !reflect.DeepEqual(table.Symbols, l.Symbols) {
				t.Errorf("%s: %d dynamic symbols, the section has %d, or they differ", name, len(l.Symbols), len(table.Symbols))
			}
		}
		relocs, err := f.Relocations(sections)
		if err != nil {
			t.Fatal(err)
		}
		var all []Reloc
		for _, r := range relocs {
			all = append(all, r.Relocs...)
		}
		if got := append(append([]Reloc{}, l.Relocs...), l.JmpRel...); len(got)+len(all) > 0 && !reflect.DeepEqual(got, all) {
			t.Errorf("%s: %d relocations, the sections have %d, or they differ", name, len(got), len(all))
		}
	}
}

func TestLinking(t *testing.T) {
	b := linkedFiles(t)["lazy"]
	f, err := Parse(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	l, err := f.Linking()
	if err != nil {
		t.Fatal(err)
	}
	want := Linking{
		Addr: l.Addr, Needed: []string{"libcount.so", "libtext.so"}, Runpath: "/lab/nothing:$ORIGIN", PLTGOT: l.PLTGOT,
		InitArray: Array{l.InitArray.Addr, 8}, FiniArray: Array{l.FiniArray.Addr, 8}, Rela: true,
		Relocs: l.Relocs, JmpRel: l.JmpRel, Symbols: l.Symbols,
	}
	if !reflect.DeepEqual(*l, want) || len(l.JmpRel) != 2 || l.PLTGOT == 0 {
		t.Errorf("got %+v", *l)
	}
}

// FuzzLinking: no file makes it panic or take memory that the file has no bytes for.
func FuzzLinking(f *testing.F) {
	for name, b := range linkedFiles(f) {
		if len(b) < 20000 && name != "pie" {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := Parse(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		l, err := file.Linking()
		if err == nil && l != nil && len(l.Symbols)*file.Class.symSize() > len(b) {
			t.Errorf("%d symbols of %d bytes", len(l.Symbols), len(b))
		}
	})
}
