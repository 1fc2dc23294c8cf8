package elf_test

import (
	"bytes"
	"os"
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

// TestSystemNames asserts names that depend on the system a file is for, and on its machine.
func TestSystemNames(t *testing.T) {
	whole, err := os.ReadFile("../testdata/elf/c_pie")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		osabi             byte
		typ, bind, letter string
	}{
		{0, "<OS specific>: 10", "<OS specific>: 10", "WAo"},
		{3, "IFUNC", "UNIQUE", "WAR"},
		{9, "IFUNC", "<OS specific>: 10", "WAR"},
	} {
		data := bytes.Clone(whole)
		data[7] = c.osabi
		f, err := parse(data)
		if err != nil {
			t.Fatal(err)
		}
		sections, err := f.Sections()
		if err != nil {
			t.Fatal(err)
		}
		s := sections[len(sections)-1]
		s.Flags = 0x200003
		if f.SymTypeName(10) != c.typ || f.BindName(10) != c.bind || s.FlagLetters() != c.letter {
			t.Errorf("EI_OSABI %d: %s, %s, %s", c.osabi, f.SymTypeName(10), f.BindName(10), s.FlagLetters())
		}
	}
}

// TestX32 asserts that a file for x32 is named as what it is, while an x86-64 file with a wrong EI_CLASS is read.
func TestX32(t *testing.T) {
	x32 := make([]byte, 64)
	copy(x32, "\x7fELF\x01\x01\x01")
	x32[16], x32[18], x32[40] = 3, 62, 52
	const want = "at offset 0x4: an x32 file: e_machine is x86-64 and the layout that of 32 bits; such files are not read"
	if _, err := parse(x32); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	x32[52] = 64
	if _, err := parse(x32); err != nil && err.Error() == want {
		t.Error("a 64-bit file with EI_CLASS 1 is taken for x32")
	}
}
