package vdso

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"memlab/loader/elf"
)

const (
	codeAt = 0x5e0
	size   = 4096 // the smallest that a profile asks for
)

// load parses an image and returns its dynamic tags.
func load(t *testing.T, c elf.Class) (image []byte, f *elf.File, tags map[int]int) {
	t.Helper()
	image = Image(c, size, codeAt)
	if len(image) != size {
		t.Fatalf("%d bytes, want %d", len(image), size)
	}
	f, err := elf.Parse(bytes.NewReader(image), size)
	if err != nil {
		t.Fatal(err)
	}
	tags = map[int]int{}
	word := c.Bits() / 8
	for b := image[f.Progs[1].Off:]; ; b = b[2*word:] {
		tag, value := number(b[:word]), number(b[word:2*word])
		if tag == dtNull {
			return image, f, tags
		}
		tags[tag] = value
	}
}

func number(b []byte) int {
	if len(b) == 8 {
		return int(binary.LittleEndian.Uint64(b))
	}
	return int(binary.LittleEndian.Uint32(b))
}

func text(b []byte) string { return string(b[:bytes.IndexByte(b, 0)]) }

func TestSymbols(t *testing.T) {
	for _, c := range []struct {
		class elf.Class
		fns   []function
	}{{elf.Class64, functions64()}, {elf.Class32, functions32()}} {
		image, f, tags := load(t, c.class)
		table, err := f.Symbols()
		if err != nil || len(table.All()) != len(c.fns) {
			t.Fatalf("%d bits: %d symbols, error %v, want %d", c.class.Bits(), len(table.All()), err,
				len(c.fns))
		}
		for i, fn := range c.fns {
			s, ok := table.Lookup(fn.name)
			if !ok || s.Type != elf.SymFunc || s.Bind != elf.BindGlobal || s.Value%16 != 0 {
				t.Errorf("%s: %+v %v", fn.name, s, ok)
			}
			if code := image[s.Value : s.Value+s.Size]; !bytes.Equal(code, fn.code) {
				t.Errorf("%s: code % x, want % x", fn.name, code, fn.code)
			}
			version := binary.LittleEndian.Uint16(image[tags[dtVersym]+2*(i+1):])
			if got := definedVersion(image, tags, version); got != fn.version {
				t.Errorf("%s has version %q, want %q", fn.name, got, fn.version)
			}
			if got := hashLookup(image, tags, fn.name, c.class); got != i+1 {
				t.Errorf("the hash table finds %s at %d, want %d", fn.name, got, i+1)
			}
		}
		if got := hashLookup(image, tags, "no such name", c.class); got != 0 {
			t.Errorf("the hash table finds a name that is not there at %d", got)
		}
		if got := text(image[tags[dtStrtab]+tags[dtSoname]:]); got != map[elf.Class]string{
			elf.Class64: "linux-vdso.so.1", elf.Class32: "linux-gate.so.1",
		}[c.class] {
			t.Errorf("soname %q", got)
		}
	}
}

// definedVersion is the name of version number index, found as a dynamic linker does.
func definedVersion(image []byte, tags map[int]int, index uint16) string {
	le := binary.LittleEndian
	at := tags[dtVerdef]
	for range tags[dtVerdefnum] {
		def := image[at:]
		name := text(image[tags[dtStrtab]+int(le.Uint32(def[le.Uint32(def[12:]):])):])
		if le.Uint16(def[4:]) == index && le.Uint32(def[8:]) == sysvHash(name) {
			return name
		}
		at += int(le.Uint32(def[16:]))
	}
	return ""
}

// hashLookup finds name's index through DT_HASH, 0 if it is not there.
func hashLookup(image []byte, tags map[int]int, name string, c elf.Class) int {
	le := binary.LittleEndian
	hash := image[tags[dtHash]:]
	buckets := le.Uint32(hash)
	symSize := (&builder{class: c}).symSize()
	i := le.Uint32(hash[8+4*(sysvHash(name)%buckets):])
	for i != 0 {
		nameOff := le.Uint32(image[tags[dtSymtab]+int(i)*symSize:])
		if text(image[tags[dtStrtab]+int(nameOff):]) == name {
			return int(i)
		}
		i = le.Uint32(hash[8+4*(buckets+i):])
	}
	return 0
}

func TestSegments(t *testing.T) {
	for _, c := range []elf.Class{elf.Class64, elf.Class32} {
		_, f, _ := load(t, c)
		end := f.Progs[0].FileSz
		want := []elf.Prog{
			{Type: elf.ProgLoad, Flags: elf.FlagR | elf.FlagX, FileSz: end, MemSz: end, Align: 4096},
			{
				Type: elf.ProgDynamic, Flags: elf.FlagR, Off: f.Progs[1].Off, VAddr: f.Progs[1].Off,
				PAddr:  f.Progs[1].Off,
				FileSz: f.Progs[1].FileSz, MemSz: f.Progs[1].FileSz, Align: 8,
			},
		}
		if f.Type != elf.TypeDyn || f.Entry != codeAt || !slices.Equal(f.Progs, want) {
			t.Errorf("%d bits: %+v %+v", c.Bits(), f.Header, f.Progs)
		}
	}
}

// TestVersionHash has the value that the psABI's tools print for Linux's version.
func TestVersionHash(t *testing.T) {
	if got := sysvHash(version26); got != 0x03ae75f6 {
		t.Errorf("%s hashes to %#x, want 0x3ae75f6", version26, got)
	}
}
