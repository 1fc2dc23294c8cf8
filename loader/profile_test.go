package loader_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"memlab/loader"
	"memlab/paging/event"
)

// labDisk has programs of testdata/elf under /lab/elf.
func labDisk(tb testing.TB, names ...string) disk {
	tb.Helper()
	d := disk{}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join("testdata", "elf", name))
		if err != nil {
			tb.Fatal(err)
		}
		d["/lab/elf/"+name] = &node{data: data, size: int64(len(data)), mode: 0o755}
	}
	return d
}

func labRequest(tb testing.TB, d disk, name string) *loader.Request {
	tb.Helper()
	f, err := d.open("/", "/lab/elf/"+name, 1000)
	if err != nil {
		tb.Fatal(err)
	}
	return &loader.Request{
		Path: "/lab/elf/" + name, File: f, Argv: []string{name}, Profile: loader.Linux618(),
		StackLimit: 8 << 20,
		UID:        1000, EUID: 1000, GID: 1000, EGID: 1000,
		Open: func(p string) (loader.File, error) { return d.open("/", p, 1000) },
	}
}

// TestLinux54 asserts what the older kernel does differently with the same files: one bss for the whole
// program, p_align ignored, READ_IMPLIES_EXEC without PT_GNU_STACK, a shorter vdso and auxiliary vector.
func TestLinux54(t *testing.T) {
	vdso := []string{
		"7ffff7ffb000-7ffff7ffe000 r--p 0 [vvar]",
		"7ffff7ffe000-7ffff7fff000 r-xp 0 [vdso]",
	}
	stack, vsyscall := "7ffffffde000-7ffffffff000 rw-p 0 [stack]",
		"ffffffffff600000-ffffffffff601000 --xp 0 [vsyscall]"
	for _, c := range []struct {
		name string
		brk  uint64
		want []string
	}{
		{"o_spie", 0x7ffff7fff000, []string{ // the heap behind its own bss
			"7ffff7ff7000-7ffff7ffa000 r--p 0 [vvar]",
			"7ffff7ffa000-7ffff7ffb000 r-xp 0 [vdso]",
			"7ffff7ffb000-7ffff7ffc000 r-xp 0 /lab/elf/o_spie",
			"7ffff7ffd000-7ffff7ffe000 rw-p 1000 /lab/elf/o_spie",
			"7ffff7ffe000-7ffff7fff000 rw-p 0 ",
			stack, vsyscall,
		}},
		{"o_bss_over_next", 0x407000, []string{ // the last bss is made once more behind the second segment
			"401000-402000 r-xp 1000 /lab/elf/o_bss_over_next",
			"402000-403000 rw-p 2000 /lab/elf/o_bss_over_next",
			"403000-404000 rw-p 0 ",
			"404000-405000 rw-p 3000 /lab/elf/o_bss_over_next",
			"405000-407000 rw-p 0 ",
			vdso[0], vdso[1], stack, vsyscall,
		}},
		{"o_desc", 0x412000, []string{ // the lower segment's bss is never made
			"401000-402000 r-xp 1000 /lab/elf/o_desc",
			"405000-406000 rw-p 2000 /lab/elf/o_desc",
			"410000-411000 rw-p 3000 /lab/elf/o_desc",
			"411000-412000 rw-p 0 ",
			vdso[0], vdso[1], stack, vsyscall,
		}},
		{"t64_nonote", 0x405000, []string{
			"400000-403000 r-xp 0 /lab/elf/t64_nonote", // two segments become one area
			"403000-404000 rwxp 2000 /lab/elf/t64_nonote",
			"404000-405000 rwxp 0 ",
			vdso[0], vdso[1], strings.Replace(stack, "rw-p", "rwxp", 1), vsyscall,
		}},
		{"o_pie_interp_64k", 0x555555567000, []string{
			"555555554000-555555555000 r-xp 0 /lab/elf/o_pie_interp_64k",
			"555555565000-555555566000 rw-p 1000 /lab/elf/o_pie_interp_64k",
			"555555566000-555555567000 rw-p 0 ",
			"7ffff7ff5000-7ffff7ff8000 r--p 0 [vvar]",
			"7ffff7ff8000-7ffff7ff9000 r-xp 0 [vdso]",
			"7ffff7ff9000-7ffff7ffa000 r-xp 0 /lab/elf/o_interp",
			"7ffff7ffc000-7ffff7ffd000 rw-p 1000 /lab/elf/o_interp",
			"7ffff7ffd000-7ffff7fff000 rw-p 0 ",
			stack, vsyscall,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := labRequest(t, labDisk(t, c.name, "o_interp"), c.name)
			req.Profile = loader.Linux54()
			s := &space{}
			res, err := loader.Exec(req, s, &event.Bus{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows(s, res, nil, nil) {
				got = append(got, fmt.Sprintf("%x-%x %s %x %s", uint64(r.Start), uint64(r.End), r.Perms,
					uint64(r.Offset), r.Name))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			equal(t, "start_brk", res.MM.StartBrk, c.brk)
			equal(t, "entries of auxv", len(res.Auxv), 20)
		})
	}
}

// TestLinux54Refusals: what 6.18 accepts.
func TestLinux54Refusals(t *testing.T) {
	req := labRequest(t, labDisk(t, "o_ro_bss"), "o_ro_bss")
	req.Profile = loader.Linux54()
	_, err := loader.Exec(req, &space{}, &event.Bus{})
	want := "/lab/elf/o_ro_bss: the rest of the page at 0x402100 cannot be cleared " +
		"(killed by SIGSEGV in execve: EFAULT)"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}

	_, cases := readBadCases(t)
	for _, c := range cases {
		if c.Name != "h_phnum_74" {
			continue
		}
		req.File, req.Path = &openFile{badNode(t, c.File), c.Path}, c.Path
		_, err := loader.Exec(req, &space{}, &event.Bus{})
		want := c.Path + ": not an ELF executable: e_phnum is 74, must be 1 to 73 (ENOEXEC)"
		if err == nil || err.Error() != want || !errors.Is(err, loader.ENOEXEC) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestNoArguments(t *testing.T) {
	for _, name := range loader.ProfileNames() {
		req := labRequest(t, labDisk(t, "o_spie"), "o_spie")
		req.Argv = nil
		req.Profile, _ = loader.ProfileByName(name)
		res, err := loader.Exec(req, &space{}, &event.Bus{})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, name+": arguments", len(res.Stack.Argv), map[string]int{
			"linux-6.18": 1,
			"linux-5.4":  0,
		}[name])
	}
	if _, ok := loader.ProfileByName("linux-9"); ok {
		t.Error("an unknown profile was found")
	}
}
