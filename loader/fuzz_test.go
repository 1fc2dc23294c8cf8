package loader_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"memlab/loader"
	"memlab/paging/event"
)

// FuzzLoad loads arbitrary bytes with arbitrary limits: no panic, an *Error or a consistent address space,
// and nothing touched by what is refused.
func FuzzLoad(f *testing.F) {
	_, cases := readBadCases(f)
	for i, c := range cases {
		if c.File != nil && c.File.Size <= 16384 {
			if n := badNode(f, c.File); int64(len(n.data)) <= n.size {
				f.Add(n.data, uint32(c.File.Size), uint32(i), uint64(8<<20), uint8(i))
			}
		}
	}
	valid, err := filepath.Glob("testdata/elf/*")
	if err != nil || len(valid) < 100 {
		f.Fatal(len(valid), err)
	}
	for i, name := range valid {
		if data, err := os.ReadFile(name); err == nil && len(data) <= 16384 {
			f.Add(data, uint32(0), uint32(i), uint64(8<<20), uint8(i*7))
		}
	}
	interps := labDisk(f, "o_interp", "o_interp32", "t64_bss4", "o_pie_interp")
	f.Fuzz(func(t *testing.T, data []byte, extra, personality uint32, stack uint64, bits uint8) {
		req := &loader.Request{
			Path: "/x", File: &openFile{&node{data: data, size: int64(len(data)) + int64(extra)}, "/x"},
			Argv: slices.Repeat([]string{"argument"}, int(bits&7)), Env: slices.Repeat([]string{"A=b"},
				int(bits>>5)),
			Profile: loader.Linux618(), Personality: personality, StackLimit: stack,
			EUID: uint32(bits >> 3 & 1),
			Open: func(p string) (loader.File, error) { return interps.open("/", p, 0) },
		}
		if bits&16 != 0 {
			req.Profile = loader.Linux54()
		}
		s := &space{}
		res, err := loader.Exec(req, s, &event.Bus{})
		if err != nil {
			checkError(t, s, err)
			return
		}
		if err := s.List().Check(); err != nil {
			t.Error(err)
		}
		if res.Entry >= res.Layout.TaskSize || res.Stack.SP%16 != 0 || res.Stack.SP >= res.Stack.Top {
			t.Errorf("entry %v, sp %v, top %v", res.Entry, res.Stack.SP, res.Stack.Top)
		}
		if err := s.Read(res.Stack.SP, make([]byte, res.Stack.AuxEnd-res.Stack.SP)); err != nil {
			t.Errorf("the stack at %v cannot be read", res.Stack.SP)
		}
	})
}

func checkError(t *testing.T, s *space, err error) {
	t.Helper()
	var e *loader.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	if !e.Fatal && s.Space != nil {
		t.Errorf("%v, but the address space has been touched", err)
	}
}

// TestClaimsTakeNoMemory loads each recorded malformed file, and small ones whose headers claim all that they can: what
// the loader takes does not grow with it.
func TestClaimsTakeNoMemory(t *testing.T) {
	const most = 4 << 20 // bytes; the largest table of program headers is 64 KiB
	files := map[string]*node{}
	_, cases := readBadCases(t)
	for _, c := range cases {
		if c.File != nil && c.File.Size <= 1<<20 && c.ArgvLen == 0 && c.ArgvTotal == 0 {
			files[c.Name] = badNode(t, c.File)
		}
	}
	huge := []uint64{1 << 31, 1<<46 - 1, 1<<47 - 4096, 1 << 62, 1<<64 - 1}
	for i, v := range huge {
		for j, n := range [][5]uint64{
			{0, 0x400000, v, v, 4096}, {0, 0x400000, 4096, v, 4096}, {v, 0x400000, 4096, 4096, v}, {0, v, 4096, v, v}, {0, 0, 0, v, 1},
		} {
			name := fmt.Sprintf("claim %d %d", i, j)
			files[name] = claiming("EXEC", [2]uint32{1, 1}, n, n)
			files[name+" PIE"] = claiming("DYN", [2]uint32{1, 3}, n, [5]uint64{v, v, v, v, v})
		}
	}
	if len(files) < 150 {
		t.Fatalf("%d files", len(files))
	}
	for name, file := range files {
		var before, after runtime.MemStats
		d := disk{"/lab/elf/x": file}
		runtime.ReadMemStats(&before)
		_, _, _ = runMade(t, d, nil)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("%s: %d bytes", name, took)
		}
	}
}

// claiming is a file of 16 KiB with two program headers of these types and numbers: offset, vaddr, filesz, memsz, align.
func claiming(typ string, types [2]uint32, numbers ...[5]uint64) *node {
	none := ph("NULL", "rwx", 0, 0, 0, 0, 0)
	n := made(typ, "", none, none)
	for i, v := range numbers {
		b := n.data[64+56*i:]
		binary.LittleEndian.PutUint32(b, types[i])
		for j, at := range []int{8, 16, 32, 40, 48} {
			binary.LittleEndian.PutUint64(b[at:], v[j])
		}
	}
	return n
}
