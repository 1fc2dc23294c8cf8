package object_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"memlab/loader/elf"
	"memlab/loader/object"
)

const programs = "../../testdata/programs/objects/"

// TestCommittedObjects links the objects that lie in the tree, so that hosts without a compiler do, too.
func TestCommittedObjects(t *testing.T) {
	for _, suffix := range []string{"", "32"} {
		l, err := object.Link(inputs(t, programs+"stock"+suffix+".o", programs+"prices"+suffix+".o"), object.Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkFile(t, l)
		if len(l.Relocs) < 25 || l.GOT == 0 || l.Sections[0].Name != ".start" || l.Entry != l.Sections[0].Addr {
			t.Errorf("%d relocations, table at %#x, entry %#x", len(l.Relocs), l.GOT, l.Entry)
		}
	}
}

// edit changes a committed object.
func edit(t *testing.T, name string, change func(b []byte, f *elf.File, sections []elf.Section) []byte) object.Input {
	t.Helper()
	b, err := os.ReadFile(programs + name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.Parse(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	sections, err := f.Sections()
	if err != nil {
		t.Fatal(err)
	}
	b = change(b, f, sections)
	return object.Input{Name: name, R: bytes.NewReader(b), Size: int64(len(b))}
}

// section finds a section.
func section(t *testing.T, sections []elf.Section, name string) (int, *elf.Section) {
	t.Helper()
	for i := range sections {
		if sections[i].Name == name {
			return i, &sections[i]
		}
	}
	t.Fatalf("no section %s", name)
	return 0, nil
}

// TestErrors asserts what cannot be linked, with the whole message.
func TestErrors(t *testing.T) {
	stock, prices := inputs(t, programs+"stock.o")[0], inputs(t, programs+"prices.o")[0]
	first := func(b []byte, _ *elf.File, sections []elf.Section, name string, at int, v ...byte) []byte {
		_, s := section(t, sections, name)
		copy(b[int(s.Off)+at:], v)
		return b
	}
	header := func(b []byte, f *elf.File, index, at int, v ...byte) []byte {
		copy(b[int(f.ShOff)+index*64+at:], v)
		return b
	}
	for _, c := range []struct {
		name   string
		inputs []object.Input
		opt    object.Options
		want   string
	}{
		{"nothing", nil, object.Options{}, "0 objects, must be 1 to 1024"},
		{
			"a program", inputs(t, "../../testdata/programs/hello"),
			object.Options{},
			"hello: not a relocatable file: e_type is 2, must be 1 (gcc -c makes one)",
		},
		{"text", inputs(t, "doc.go"), object.Options{}, "doc.go: at offset 0x0: not an ELF file: it " +
			"begins with 2f 2f 20 50"},
		{
			"undefined",
			[]object.Input{prices},
			object.Options{},
			"prices.o: undefined symbol worth: no object defines it",
		},
		{
			"several undefined",
			[]object.Input{stock},
			object.Options{},
			"stock.o: undefined symbols: no object defines kinds, name_of, prices",
		},
		{"twice", []object.Input{stock, prices, prices}, object.Options{}, "prices.o: name_of is defined " +
			"here and in prices.o"},
		{
			"two machines",
			[]object.Input{stock, inputs(t, programs+"prices32.o")[0]},
			object.Options{},
			"prices32.o: it is for 32 bits and stock.o for 64",
		},
		{
			"no entry",
			[]object.Input{stock, prices},
			object.Options{Entry: "go"},
			"no object defines go, at which the program is to begin",
		},
		{
			"a base that is none",
			[]object.Input{stock, prices},
			object.Options{Base: 0x1001},
			"the base must be a multiple of the page size 4096 and an address of a program",
		},
		{
			"too far",
			[]object.Input{prices, stock},
			object.Options{Base: 0x100000000},
			"prices.o: .text+0x7: R_X86_64_32S: S + A is 0x100001020 with .rodata at 0x100001020, which " +
				"does not fit into 4 bytes",
		},
		{
			"a type that is not known",
			[]object.Input{stock, edit(t, "prices.o", func(b []byte, f *elf.File, s []elf.Section) []byte {
				return first(b, f, s, ".rela.text", 8, 23) // TPOFF32
			})},
			object.Options{},
			"prices.o: .text+0x7: R_X86_64_TPOFF32: relocations of this type are not linked here",
		},
		{
			"a place outside",
			[]object.Input{stock, edit(t, "prices.o", func(b []byte, f *elf.File, s []elf.Section) []byte {
				return first(b, f, s, ".rela.text", 0, 0xff, 0xff)
			})},
			object.Options{},
			"prices.o: .text+0xffff: R_X86_64_32S: the place is outside the section, which has 42 bytes",
		},
		{
			"a symbol that is not there",
			[]object.Input{stock, edit(t, "prices.o", func(b []byte, f *elf.File, s []elf.Section) []byte {
				return first(b, f, s, ".rela.text", 12, 0xff, 0xff)
			})},
			object.Options{},
			"prices.o: .text+0x7: R_X86_64_32S: it names symbol 65535, there are 13",
		},
		{
			"an alignment",
			[]object.Input{stock, edit(t, "prices.o", func(b []byte, f *elf.File, s []elf.Section) []byte {
				i, _ := section(t, s, ".text")
				return header(b, f, i, 48, 0, 0, 0, 0, 1)
			})},
			object.Options{},
			"prices.o: section .text is aligned to 0x100000000, must be a power of two up to 0x200000",
		},
		{
			"thread-local",
			[]object.Input{stock, edit(t, "prices.o", func(b []byte, f *elf.File, s []elf.Section) []byte {
				i, _ := section(t, s, ".data")
				return header(b, f, i, 9, 4)
			})},
			object.Options{},
			"prices.o: section .data holds thread-local variables, which are not linked here",
		},
		{
			"more bytes than there are",
			[]object.Input{edit(t, "prices.o", func(b []byte, f *elf.File, s []elf.Section) []byte {
				i, _ := section(t, s, ".comment")
				return header(b, f, i, 32, 0, 8)
			})},
			object.Options{},
			"prices.o: section 9: the sections have more bytes than the file",
		},
		{
			"a bss larger than the address space",
			[]object.Input{edit(t, "stock.o", func(b []byte, f *elf.File, s []elf.Section) []byte {
				i, _ := section(t, s, ".bss")
				return header(b, f, i, 32, 0, 0, 0, 0, 0, 0, 1)
			}), prices},
			object.Options{},
			"stock.o: section .bss does not fit into the address space",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := object.Link(c.inputs, c.opt)
			var e *object.Error
			if !errors.As(err, &e) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// FuzzLink links an arbitrary file with a proper one: no panic, an *Error, or a program that is whole.
func FuzzLink(f *testing.F) {
	names, err := filepath.Glob(programs + "*.o")
	if err != nil || len(names) < 4 {
		f.Fatal(names, err)
	}
	other := map[int][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, true)
		f.Add(b, false)
		switch filepath.Base(name) {
		case "prices.o":
			other[64] = b
		case "prices32.o":
			other[32] = b
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, wide bool) {
		with := other[32]
		if wide {
			with = other[64]
		}
		in := []object.Input{
			{Name: "x.o", R: bytes.NewReader(b), Size: int64(len(b))},
			{Name: "prices.o", R: bytes.NewReader(with), Size: int64(len(with))},
		}
		l, err := object.Link(in, object.Options{})
		if err != nil {
			if _, ok := errors.AsType[*object.Error](err); !ok {
				t.Fatalf("%v is no *Error", err)
			}
			return
		}
		file := l.File()
		if most := 64*len(b) + 24<<20; len(file) > most {
			t.Errorf("%d bytes made of %d", len(file), len(b))
		}
		out, err := elf.Parse(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Symbols(); err != nil {
			t.Error(err)
		}
		for i := range l.Relocs {
			if l.Terms(&l.Relocs[i]) == "" {
				t.Error("a relocation without terms")
			}
		}
	})
}
