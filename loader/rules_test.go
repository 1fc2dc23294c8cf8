package loader_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"memlab/loader"
	"memlab/loader/loadtest"
	"memlab/paging/event"
)

// made is an x86-64 file of 16 KiB with the given type and program headers; every byte behind them is 0x55.
func made(typ, interp string, phdrs ...loadtest.Phdr) *node {
	n := standIn(loadtest.ELF{
		Type: typ, Class: 64, Size: 16384, Entry: 0x401000, Phoff: 64, Phnum: len(phdrs), Phdrs: phdrs,
	}, interp)
	fill := bytes.Repeat([]byte{0x55}, int(n.size)-len(n.data))
	n.data = append(n.data, fill...)
	return n
}

func ph(typ, flags string, n ...uint64) loadtest.Phdr { // offset, vaddr, filesz, memsz, align
	return loadtest.Phdr{Type: typ, Flags: flags, Offset: n[0], Vaddr: n[1], Filesz: n[2], Memsz: n[3], Align: n[4]}
}

func runMade(t *testing.T, d disk, edit func(*loader.Request)) (*space, *loader.Result, error) {
	t.Helper()
	req := labRequest(t, d, "x")
	if edit != nil {
		edit(req)
	}
	s := &space{}
	res, err := loader.Exec(req, s, &event.Bus{})
	return s, res, err
}

// TestMadeFiles asserts the areas that Linux 6.18 was seen to make of these files.
func TestMadeFiles(t *testing.T) {
	text := ph("LOAD", "r-x", 0x1000, 0x401000, 0x100, 0x100, 0x1000)
	for _, c := range []struct {
		name string
		file *node
		want []string
	}{
		{
			"static PIE on 8 KiB", made("DYN", "",
				ph("LOAD", "r-x", 0, 0, 0x1000, 0x1000, 0x2000), ph("LOAD", "rw-", 0x1000, 0x3000, 0x1000,
					0x1000, 0x1000)),
			[]string{
				"7ffff7ffa000-7ffff7ffb000 r-xp /lab/elf/x",
				"7ffff7ffd000-7ffff7ffe000 rw-p /lab/elf/x",
			},
		},
		{
			"a bss below a bss", made("EXEC", "", text,
				ph("LOAD", "rw-", 0, 0x410000, 0, 0x1000, 0x1000), ph("LOAD", "rw-", 0, 0x40f000, 0, 0x1000,
					0x1000)),
			[]string{"401000-402000 r-xp /lab/elf/x", "40f000-410000 rw-p ", "410000-411000 rw-p "},
		},
		{
			"a bss above a bss", made("EXEC", "", text,
				ph("LOAD", "rw-", 0, 0x40f000, 0, 0x1000, 0x1000), ph("LOAD", "rw-", 0, 0x410000, 0, 0x1000,
					0x1000)),
			[]string{"401000-402000 r-xp /lab/elf/x", "40f000-411000 rw-p "},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, res, err := runMade(t, disk{"/lab/elf/x": c.file}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows(s, res, nil, nil) {
				if !strings.HasPrefix(r.Name, "[") {
					got = append(got, fmt.Sprintf("%x-%x %s %s", uint64(r.Start), uint64(r.End), r.Perms,
						r.Name))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestInterpreterNameOfOneByte: too short to be a path, so it is not even looked at.
func TestInterpreterNameOfOneByte(t *testing.T) {
	file := made("EXEC", "\x00", ph("INTERP", "r--", 0x200, 0, 1, 1, 1))
	if _, _, err := runMade(t, disk{"/lab/elf/x": file}, nil); !errors.Is(err, loader.ENOEXEC) {
		t.Errorf("got %v, want ENOEXEC", err)
	}
}

// TestScriptLeavesPages: a script drops argv[0], but the pages that it took on the new stack stay.
func TestScriptLeavesPages(t *testing.T) {
	d := labDisk(t, "t64_bss4")
	script := "#!/lab/elf/t64_bss4\n"
	d["/lab/elf/x"] = &node{data: []byte(script), size: int64(len(script)), mode: 0o755}
	_, res, err := runMade(t, d, func(req *loader.Request) {
		req.Argv = []string{strings.Repeat("a", 5000), "b"}
	})
	if err != nil {
		t.Fatal(err)
	}
	// "/lab/elf/x" and NUL, "b" and NUL, 5001 bytes: 5023 with the 8 at the top, so two pages and 128 KiB.
	equal(t, "start of the stack area", res.Stack.Start, res.Stack.Top-(128<<10)-2*4096)
	equal(t, "arguments", len(res.Stack.Argv), 3)
}

// TestPendingBSS54: before 6.7 a bss that ends inside its first page is cleared to its end only when another
// segment follows, and to the end of the page when none does.
func TestPendingBSS54(t *testing.T) {
	bss := ph("LOAD", "rw-", 0x1000, 0x401000, 0x100, 0x200, 0x1000)
	next := ph("LOAD", "rw-", 0x2000, 0x402000, 0x1000, 0x1000, 0x1000)
	for _, c := range []struct {
		name  string
		file  *node
		clear int // bytes behind the first 0x100 that are zeros
	}{
		{"another follows", made("EXEC", "", bss, next), 0x100},
		{"the last", made("EXEC", "", bss), 0xf00},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _, err := runMade(t, disk{"/lab/elf/x": c.file},
				func(req *loader.Request) { req.Profile = loader.Linux54() })
			if err != nil {
				t.Fatal(err)
			}
			got := make([]byte, 4096)
			if err := s.Read(0x401000, got); err != nil {
				t.Fatal(err)
			}
			want := bytes.Repeat([]byte{0x55}, 4096)
			clear(want[0x100 : 0x100+c.clear])
			if !bytes.Equal(got, want) {
				t.Errorf("zeros from %d to %d, want 256 to %d", bytes.IndexByte(got, 0),
					bytes.LastIndexByte(got, 0), 0xff+c.clear)
			}
		})
	}
}

// TestInterpNameOffset asserts what a name at the end of the range of file offsets gives: it is the position behind
// the name that Linux judges first.
func TestInterpNameOffset(t *testing.T) {
	for _, c := range []struct {
		off  uint64
		want loader.Errno
	}{
		{1<<63 - 4, loader.EINVAL},
		{1<<63 - 5, loader.EIO},
		{1 << 63, loader.EINVAL},
		{20000, loader.EIO},
	} {
		d := disk{"/lab/elf/x": made("EXEC", "", ph("LOAD", "r-x", 0, 0x400000, 0x1000, 0x1000, 0x1000))}
		b := d["/lab/elf/x"].data
		copy(b[64:], "\x03\x00\x00\x00") // PT_INTERP
		binary.LittleEndian.PutUint64(b[64+8:], c.off)
		binary.LittleEndian.PutUint64(b[64+32:], 4)
		_, _, err := runMade(t, d, nil)
		var e *loader.Error
		if !errors.As(err, &e) || e.Errno != c.want || e.Fatal {
			t.Errorf("p_offset %#x: got %v, want %v", c.off, err, c.want)
		}
	}
}
