package unwind

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"memlab/loader/elf"
)

func open(t *testing.T, name string) *elf.File {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := elf.Parse(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// names64 are readelf's names of registers by DWARF number.
var names64 = [Registers]string{
	"rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "ra",
}

// TestReadelf compares every row of every function with readelf's interpretation: of our programs and of the
// host's C library.
func TestReadelf(t *testing.T) {
	readelf, err := exec.LookPath("readelf")
	if err != nil {
		t.Skip("readelf is not installed")
	}
	for _, name := range []string{
		"../../testdata/programs/nullderef", "../../testdata/programs/sort", "../../testdata/programs/hello-glibc",
		"../../testdata/programs/wordcount-pie", "/lib/x86_64-linux-gnu/libc.so.6",
		"/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			file := open(t, name)
			table, err := New(file)
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), readelf, "-wNF", name).Output() //nolint:gosec // readelf
			if err != nil {
				t.Fatal(err)
			}
			compare(t, table, string(out))
		})
	}
}

func compare(t *testing.T, table *Table, out string) {
	t.Helper()
	var columns []string
	functions, rows, inFDE := 0, 0, false
	lines := bufio.NewScanner(strings.NewReader(out))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 0:
			inFDE = false
		case strings.Contains(lines.Text(), " FDE cie="):
			inFDE = true
			functions++
		case inFDE && words[0] == "LOC":
			columns = words[1:]
		case inFDE && len(words) == len(columns)+1:
			at, err := strconv.ParseUint(words[0], 16, 64)
			if err != nil {
				t.Fatal(err)
			}
			f := table.find(at)
			if f == nil {
				continue // readelf shows a row behind the last instruction, too
			}
			w, ok := table.rowAt(f, at)
			if !ok {
				t.Fatalf("%#x: no row", at)
			}
			rows++
			for i, c := range columns {
				if got, want := column(w, c), words[i+1]; got != want && (got != "s" || want != "u") {
					t.Fatalf("%#x: %s is %s, readelf: %s", at, c, got, want)
				}
			}
		}
	}
	t.Logf("%d functions, %d rows", functions, rows)
	if functions != table.Len() || rows < functions {
		t.Errorf("readelf has %d functions, memlab %d; %d rows compared", functions, table.Len(), rows)
	}
}

// column is one rule as readelf writes it.
func column(w *row, name string) string {
	if name == "CFA" {
		if w.cfaExpr != nil {
			return "exp"
		}
		return fmt.Sprintf("%s%+d", names64[w.cfaReg], w.cfaOff)
	}
	for i, n := range names64 {
		if n != name {
			continue
		}
		switch r := w.regs[i]; r.kind {
		case same:
			return "s"
		case undefined:
			return "u"
		case offset:
			return fmt.Sprintf("c%+d", r.n)
		case valOffset:
			return fmt.Sprintf("v%+d", r.n)
		case inReg:
			return names64[r.n]
		case expr:
			return "exp"
		case valExpr:
			return "vexp"
		}
	}
	return "s" // a register that memlab does not have
}
