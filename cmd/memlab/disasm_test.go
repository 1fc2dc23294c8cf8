package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"memlab/loader/elf"
)

// addresses are those of the instructions in a listing of memlab or objdump.
func addresses(text string) []string {
	var list []string
	for l := range strings.Lines(text) {
		at, rest, ok := strings.Cut(l, ":")
		at = strings.TrimSpace(at)
		if _, err := strconv.ParseUint(at, 16, 64); err == nil && ok && strings.TrimSpace(rest) != "" {
			list = append(list, at)
		}
	}
	return list
}

// Instructions begin where objdump says: in our programs and in the host's C library.
func TestDisasmObjdump(t *testing.T) {
	objdump, err := exec.LookPath("objdump")
	if err != nil {
		t.Skip("objdump is not installed")
	}
	files, err := filepath.Glob("../../testdata/programs/*")
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(name string) bool {
		info, err := os.Stat(name)
		return filepath.Ext(name) != "" || err != nil || info.IsDir()
	})
	if libc := "/lib/x86_64-linux-gnu/libc.so.6"; !testing.Short() {
		if _, err := os.Stat(libc); err == nil {
			files = append(files, libc)
		}
	}
	for _, file := range files {
		out, err := exec.CommandContext(t.Context(), objdump, "-d", "-z", "-w", "--no-show-raw-insn", file).Output() //nolint:gosec // objdump
		if err != nil {
			t.Fatal(err)
		}
		want := addresses(string(out))
		r := memlab(t, "", nil, "disasm", mustAbs(t, file))
		if r.code != 0 || r.stderr != "" {
			t.Fatalf("%s: %d %s", file, r.code, r.stderr)
		}
		got := addresses(r.stdout)
		t.Logf("%s: %d instructions", filepath.Base(file), len(want))
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("%s: instruction %d is at %s, objdump: %s", file, i, got[i], want[i])
			}
		}
		if len(got) != len(want) || len(got) == 0 {
			t.Errorf("%s: %d instructions, objdump: %d", file, len(got), len(want))
		}
	}
}

func mustAbs(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// The two formats tell the same, and parts of a file are pieces of the whole.
func TestDisasmFormats(t *testing.T) {
	file := mustAbs(t, "../../testdata/programs/nullderef")
	whole := memlab(t, "", nil, "disasm", file).stdout
	var doc struct {
		Schema, File, Machine string
		Instructions          []jsonInstruction
	}
	if err := json.Unmarshal([]byte(memlab(t, "", nil, "disasm", "--format", "json", file).stdout), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != "memlab.disasm/v1" || doc.File != file || doc.Machine != "x86-64" {
		t.Errorf("%q %q %q", doc.Schema, doc.File, doc.Machine)
	}
	var fromJSON []string
	for _, in := range doc.Instructions {
		fromJSON = append(fromJSON, strings.TrimPrefix(in.Address, "0x"))
	}
	if text := addresses(whole); !slices.Equal(text, fromJSON) {
		t.Errorf("%d instructions as text, %d as JSON", len(text), len(fromJSON))
	}
	for _, args := range [][]string{{"--symbol", "main"}, {"--range", "main:0x40105d"}, {"--range", "0x401030:main+45"}} {
		part := memlab(t, "", nil, append([]string{"disasm", file}, args...)...).stdout
		_, body, _ := strings.Cut(part, "<main>:\n")
		if !strings.Contains(whole, "<main>:\n"+body) || len(addresses(part)) != 9 {
			t.Errorf("%v: %s", args, part)
		}
	}
}

// Without section headers the executable segments are shown, from their start.
func TestDisasmStripped(t *testing.T) {
	dir := t.TempDir()
	if err := writeTiny(dir); err != nil {
		t.Fatal(err)
	}
	got := memlab(t, dir, nil, "disasm", "segv", "--range", "0x400078:0x40007c")
	want := result{stdout: `segv: x86-64

segment 0:
  400078:  31 c0                    xor eax, eax
  40007a:  89 00                    mov dword ptr [rax], eax
`}
	if got != want {
		t.Errorf("got %+v", got)
	}
}

// i386 code with bytes in it that are none.
func TestDisasm386(t *testing.T) {
	code := []byte{0x60, 0xA1, 0x78, 0x56, 0x34, 0x12, 0x67, 0x8B, 0x40, 0x10, 0x0F, 0x04, 0x90, 0xEB, 0xFE, 0xE8}
	b := tinyELF32(code)
	dir := t.TempDir()
	writeFile(t, dir, "p", string(b))
	got := memlab(t, dir, nil, "disasm", "p", "--range", "0x8048054:0x8048071")
	want := result{stdout: `p: i386

segment 0:
 8048054:  60                       pusha
 8048055:  a1 78 56 34 12           mov eax, [0x12345678]
 804805a:  67 8b 40 10              mov eax, dword ptr [bx+si+0x10]
 804805e:  0f                       (bad)
 804805f:  04 90                    add al, 0x90
 8048061:  eb fe                    jmp 0x8048061
 8048063:  e8                       (bad)
`}
	if got != want {
		t.Errorf("got %+v", got)
	}
}

// tinyELF32 wraps code into an i386 ELF file with one segment.
func tinyELF32(code []byte) []byte {
	b := make([]byte, 84, 84+len(code))
	copy(b, "\x7fELF\x01\x01\x01")
	put := func(at int, v uint32) {
		b[at], b[at+1], b[at+2], b[at+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
	}
	put(16, 2|3<<16) // ET_EXEC, EM_386
	put(20, 1)
	put(24, 0x8048054)
	put(28, 52)
	put(40, 52|32<<16) // e_ehsize, e_phentsize
	put(44, 1|40<<16)
	size := uint32(84 + len(code))
	for i, v := range []uint32{1, 0, 0x8048000, 0x8048000, size, size, 5, 4096} {
		put(52+4*i, v)
	}
	return append(b, code...)
}

// FuzzDisasm lists whatever a file claims to be code.
func FuzzDisasm(f *testing.F) {
	for _, code := range tinyPrograms {
		f.Add(tinyELF(code))
	}
	f.Add(tinyELF32([]byte{0xEB, 0xFE}))
	if b, err := os.ReadFile("../../testdata/programs/nullderef"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := elf.Parse(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		l, err := newListing(file, uint64(len(b)))
		if err != nil {
			return
		}
		count := &counting{}
		if err := l.walk(count, context.Background().Err); err != nil {
			t.Fatal(err)
		}
		if count.lines > len(b) {
			t.Fatal(fmt.Errorf("%d instructions in %d bytes", count.lines, len(b)))
		}
	})
}

type counting struct{ lines int }

func (c *counting) begin(string, *elf.File) {}
func (c *counting) part(string)             {}
func (c *counting) end()                    {}
func (c *counting) line(l *line) error {
	c.lines++
	_, err := io.WriteString(io.Discard, l.text)
	return err
}
