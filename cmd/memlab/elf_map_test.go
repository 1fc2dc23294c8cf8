package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// TestELFMap has maps of programs whose pages are shared, cleared and empty.
func TestELFMap(t *testing.T) {
	dir, err := filepath.Abs(loaderData + "/elf")
	if err != nil {
		t.Fatal(err)
	}
	const head = "Map\n  File              Seg  Rights  Memory                             Area  Sections\n"
	const mark = "                                                                    * "
	for _, c := range []struct{ name, want string }{
		{"m_shared_page", head +
			"  000000-001000       0  r-x     0000000000400000-0000000000401000     1  .text1\n" + mark +
			"mapped twice: also at 0x600000 by segment 1\n" +
			"  000000-001000       1  rw-     0000000000600000-0000000000601000     2  .adata .bdata .abss\n" + mark +
			"mapped twice: also at 0x400000 by segment 0\n" + mark +
			"cleared from 0x600152\n" +
			"  -                   1  rw-     0000000000601000-0000000000604000     3  .abss .bbss\n" + mark +
			"bss: zeros on demand\n"},
	} {
		got := memlab(t, dir, nil, "elf", "--map", c.name)
		if got.code != 0 || got.stderr != "" {
			t.Fatalf("%+v", got)
		}
		if got.stdout != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got.stdout, c.want)
		}
	}
}

// tinyPE is a PE file for x86-64 with a section of code, one of data that has more room than bytes, and one
// without bytes.
func tinyPE() []byte {
	le := binary.LittleEndian
	b := make([]byte, 0x600)
	copy(b, "MZ")
	le.PutUint32(b[0x3c:], 0x40)
	copy(b[0x40:], "PE\x00\x00")
	coff := b[0x44:]
	le.PutUint16(coff, 0x8664)
	le.PutUint16(coff[2:], 3)
	le.PutUint16(coff[16:], 240)
	opt := b[0x58:]
	le.PutUint16(opt, 0x20b)
	le.PutUint32(opt[16:], 0x1000)
	le.PutUint64(opt[24:], 0x140000000)
	le.PutUint32(opt[32:], 0x1000)
	le.PutUint32(opt[36:], 0x200)
	le.PutUint32(opt[60:], 0x200)
	le.PutUint32(opt[108:], 16)
	for i, s := range []struct {
		name                    string
		size, va, raw, off, chr uint32
	}{
		{".text", 0x150, 0x1000, 0x200, 0x200, 0x60000020},
		{".data", 0x1800, 0x2000, 0x200, 0x400, 0xc0000040},
		{".bss", 0x100, 0x4000, 0, 0, 0xc0000080},
	} {
		h := b[0x58+240+40*i:]
		copy(h, s.name)
		for j, v := range []uint32{s.size, s.va, s.raw, s.off} {
			le.PutUint32(h[8+4*j:], v)
		}
		le.PutUint32(h[36:], s.chr)
	}
	return b
}

func TestPEMap(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tiny.exe"), tinyPE(), 0o600); err != nil {
		t.Fatal(err)
	}
	got := memlab(t, dir, nil, "elf", "--map", "tiny.exe")
	want := result{stdout: `Map
  File              Seg  Rights  Memory                             Area  Sections
  000000-000200       -  r--     0000000140000000-0000000140001000     1  (headers)
  000200-000400       0  r-x     0000000140001000-0000000140002000     2  .text
  000400-000600       1  rw-     0000000140002000-0000000140004000     3  .data
                                                                    * zeros behind the file's bytes
  -                   2  rw-     0000000140004000-0000000140005000     4  .bss
                                                                    * zeros on demand
`}
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := memlab(t, dir, nil, "elf", "tiny.exe"); got.code != 2 ||
		got.stderr != "memlab: elf: tiny.exe: at offset 0x0: not an ELF file: it begins with 4d 5a 00 00\n" {
		t.Errorf("without --map: %+v", got)
	}
}

// FuzzReadELF shows everything of arbitrary files: an error with words, or text.
func FuzzReadELF(f *testing.F) {
	for _, name := range []string{"c_pie", "o_spie", "t32_bss4", "m_shared_page"} {
		data, err := os.ReadFile(filepath.Join(loaderData, "elf", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(tinyPE())
	f.Fuzz(func(t *testing.T, data []byte) {
		r := bytes.NewReader(data)
		if isPE(r) {
			if text, err := peMap(r, formatText); err == nil && text == "" {
				t.Error("a map without text")
			}
			return
		}
		all := elfOptions{
			header: true, segments: true, sections: true, symbols: true, relocs: true, dynamic: true, notes: true,
		}
		for _, o := range []elfOptions{all, {layout: true}} {
			doc, err := readELF(r, r.Size(), &o)
			switch {
			case err != nil && err.Error() == "":
				t.Error("an error without words")
			case err == nil && (doc.text(&o) == "" || toJSON(doc) == ""):
				t.Error("nothing is shown")
			}
		}
	})
}
