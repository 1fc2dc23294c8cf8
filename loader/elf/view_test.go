package elf_test

import (
	"slices"
	"testing"

	"memlab/loader/elf"
)

// TestRelr unpacks addresses and bitmaps.
func TestRelr(t *testing.T) {
	f, err := parse(programs(t)["c_pie"])
	if err != nil {
		t.Fatal(err)
	}
	// Read a RELR section from bytes that are there: the file's first 24.
	s := []elf.Section{{Name: "r", Type: elf.SectionRelr, Off: 0, Size: 24}}
	groups, err := f.Relocations(s)
	if err != nil || len(groups) != 1 || groups[0].Entries != 3 {
		t.Fatalf("%+v, %v", groups, err)
	}
	// 0x00010102464c457f is odd: a bitmap before any address; 0 is an address; 0x00000001003e0003 a bitmap.
	first, want := uint64(0x00010102464c457f), []uint64{}
	for i := range 63 {
		if first>>(i+1)&1 != 0 {
			want = append(want, uint64(i)*8)
		}
	}
	want = append(want, 0)
	for i := range 63 {
		if uint64(0x00000001003e0003)>>(i+1)&1 != 0 {
			want = append(want, 8+uint64(i)*8)
		}
	}
	if !slices.Equal(groups[0].Relr, want) {
		t.Errorf("got %#x, want %#x", groups[0].Relr, want)
	}
}

func TestRelocName(t *testing.T) {
	for _, c := range []struct {
		class elf.Class
		n     uint32
		want  string
	}{
		{elf.Class64, 42, "R_X86_64_REX_GOTPCRELX"},
		{elf.Class64, 37, "R_X86_64_IRELATIVE"},
		{elf.Class64, 39, "unrecognized: 27"},
		{elf.Class64, 1 << 31, "unrecognized: 80000000"},
		{elf.Class32, 42, "R_386_IRELATIVE"},
		{elf.Class32, 14, "R_386_TLS_TPOFF"},
		{elf.Class32, 43, "R_386_GOT32X"},
		{elf.Class32, 35, "R_386_TLS_DTPMOD32"},
		{elf.Class32, 12, "unrecognized: c"},
	} {
		if got := elf.RelocName(c.class, c.n); got != c.want {
			t.Errorf("%d: got %s, want %s", c.n, got, c.want)
		}
	}
}

// FuzzViews reads everything that reports show of arbitrary bytes.
func FuzzViews(f *testing.F) {
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
		sections, err := file.Sections()
		if err != nil {
			sections = nil
		}
		limit := 64 * (len(data) + 64) // what a file's bytes can say, and no more
		relocs, _ := file.Relocations(sections)
		n := 0
		for _, r := range relocs {
			n += len(r.Relocs) + len(r.Relr)
		}
		if n > limit*max(len(sections), 1) {
			t.Errorf("%d relocations of %d bytes", n, len(data))
		}
		_, _, _ = file.DynamicEntries(sections)
		_, _ = file.Notes(sections)
		_, _ = file.SymbolTables(sections)
		for i := range sections {
			_ = sections[i].FlagLetters()
			for j := range file.Progs {
				_ = sections[i].InSegment(&file.Progs[j])
			}
		}
	})
}
