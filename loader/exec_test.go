package loader_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"memlab/loader"
	"memlab/paging/event"
)

// TestEvents: a PIE with an interpreter behind a script. The events are the golden story's (TestStories).
func TestEvents(t *testing.T) {
	d := labDisk(t, "s_interp", "o_pie_interp", "o_interp")
	var kinds []event.Kind
	bus := &event.Bus{}
	bus.Subscribe(^event.Mask(0), func(ev *event.Event) event.Verdict {
		if len(kinds) == 0 || kinds[len(kinds)-1] != ev.Kind {
			kinds = append(kinds, ev.Kind)
		}
		return event.Continue
	})
	req := labRequest(t, d, "s_interp")
	req.Trail = &loader.Trail{}
	res, err := loader.Exec(req, &space{}, bus)
	if err != nil {
		t.Fatal(err)
	}
	want := []event.Kind{
		event.ExecStart, event.ExecCheck, event.ExecFormat, event.ExecRefuse, event.ExecFormat,
		event.LoadHeader, event.ExecCommit, event.LoadArgs, event.LoadBase, event.LoadSegment, event.LoadBSS,
		event.LoadBase, event.LoadSegment, event.LoadBSS, event.LoadInterp, event.LoadSpecial,
		event.LoadStack, event.LoadBrk, event.LoadRegs, event.LoadDone,
	}
	if !slices.Equal(kinds, want) {
		t.Errorf("got %v, want %v", kinds, want)
	}
	trail := loader.Trail{
		Files:  []string{"/lab/elf/s_interp", "/lab/elf/o_pie_interp"},
		Interp: "/lab/elf/o_interp",
	}
	if !slices.Equal(req.Trail.Files, trail.Files) || req.Trail.Interp != trail.Interp {
		t.Errorf("trail %+v, want %+v", *req.Trail, trail)
	}
	equal(t, "comm", res.Comm, "s_interp")
	equal(t, "program", res.Program.Path(), "/lab/elf/o_pie_interp")
	equal(t, "interpreter", res.Interp.Path(), "/lab/elf/o_interp")
	equal(t, "interpreter as spelt", res.InterpPath, "/lab/elf/o_interp")
}

// TestMessages has one message of each kind whole.
func TestMessages(t *testing.T) {
	setup, cases := readBadCases(t)
	d := disk{}
	for i := range setup {
		d["/lab/bad/"+setup[i].Name] = badNode(t, &setup[i])
	}
	for _, c := range cases {
		if c.File != nil {
			d["/lab/bad/"+c.Name] = badNode(t, c.File)
		}
	}
	const segv = " (killed by SIGSEGV in execve: "
	want := map[string]string{
		"h_magic_0":      "not an ELF executable: begins with 7e 45 4c 46, must be 7f 45 4c 46 (ENOEXEC)",
		"h_phentsize_55": "not an ELF executable: e_phentsize is 55, must be 56 (ENOEXEC)",
		"h_mach_0":       "not an ELF executable: e_machine is 0, must be 62 (x86-64) or 3 or 6 (i386) (ENOEXEC)",
		"h_phoff_eof": "not an ELF executable: the program headers at 0x3000 need 112 bytes, " +
			"the file has 0 there (ENOEXEC)",
		"i_missing":    "interpreter /lab/bad/no_such_file cannot be opened (ENOENT)",
		"i_empty_path": "the interpreter's path is empty (EACCES)",
		"x_self":       "more than 5 interpreters in front of a program (ELOOP)",
		"x_nl":         "the #! line names no interpreter (ENOEXEC)",
		"s_on_stack_first": "program header 0: 8192 bytes at 0x7fffffffc000 cannot be mapped: " +
			"something is mapped there" + segv + "EEXIST)",
		"s_incongruent": "program header 1: p_offset 0x2010 and p_vaddr 0x404000 differ " +
			"within their pages" + segv + "EINVAL)",
		"h_entry_task": "the entry 0x7ffffffff000 is not below 0x7ffffffff000" + segv + "EINVAL)",
	}
	for _, c := range cases {
		w, ok := want[c.Name]
		if !ok {
			continue
		}
		delete(want, c.Name)
		if _, err := c.exec(d, &space{}, 1000); err == nil || err.Error() != c.Path+": "+w {
			t.Errorf("%s\n got %v\nwant %s", c.Name, err, c.Path+": "+w)
		}
	}
	for name := range want {
		t.Errorf("there is no case %s", name)
	}
}

// meter counts what is read of a file.
type meter struct {
	loader.File
	bytes int
}

func (m *meter) ReadAt(b []byte, off int64) (int, error) {
	m.bytes += len(b)
	return m.File.ReadAt(b, off)
}

// TestReadsHeadersOnly: judging a program reads less than a page of it.
func TestReadsHeadersOnly(t *testing.T) {
	req := labRequest(t, labDisk(t, "o_pie_interp", "o_interp"), "o_pie_interp")
	m := &meter{File: req.File}
	req.File = m
	failing := errors.New("stop")
	_, err := loader.Exec(req, &stopAtBegin{err: failing}, &event.Bus{})
	if err == nil {
		t.Fatal("the space refused, the program started all the same")
	}
	if m.bytes == 0 || m.bytes > 4096 {
		t.Errorf("%d bytes were read before the point of no return", m.bytes)
	}
}

// stopAtBegin refuses the new address space.
type stopAtBegin struct {
	space
	err error
}

func (s *stopAtBegin) Begin(loader.Layout) error { return s.err }

// broken is a file whose device fails.
type broken struct{ size int64 }

func (b broken) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }
func (b broken) Size() int64                       { return b.size }
func (b broken) Path() string                      { return "/broken" }

func TestUnreadableFile(t *testing.T) {
	req := labRequest(t, labDisk(t, "o_spie"), "o_spie")
	req.File = broken{100}
	_, err := loader.Exec(req, &space{}, &event.Bus{})
	if !errors.Is(err,
		loader.EIO) || err.Error() != "/broken: cannot be read: io: read/write on closed pipe (EIO)" {
		t.Errorf("got %v", err)
	}
}

// TestArgumentLimits: the limits of section 2 of the kernel's execve, at their edges.
func TestArgumentLimits(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit uint64
		argv  []string
		want  error
	}{
		{"longest string", 8 << 20, []string{strings.Repeat("a", 131071)}, nil},
		{"one more", 8 << 20, []string{strings.Repeat("a", 131072)}, loader.E2BIG},
		{"a quarter of the stack", 1 << 20, slices.Repeat([]string{strings.Repeat("a", 999)}, 260), nil},
		{"one argument more", 1 << 20, slices.Repeat([]string{strings.Repeat("a", 999)}, 261), loader.E2BIG},
		{"pointers alone", 1 << 20, make([]string, 32768), loader.E2BIG},
		{"the stack limit", 64 << 10, slices.Repeat([]string{strings.Repeat("a", 999)}, 64), nil},
		{
			"more than the stack limit", 64 << 10, slices.Repeat([]string{strings.Repeat("a", 999)}, 66),
			loader.E2BIG,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := labRequest(t, labDisk(t, "o_spie"), "o_spie")
			req.Argv, req.StackLimit = c.argv, c.limit
			s := &space{}
			_, err := loader.Exec(req, s, &event.Bus{})
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// TestRandomBytes: the bytes that AT_RANDOM points to are those handed in.
func TestRandomBytes(t *testing.T) {
	req := labRequest(t, labDisk(t, "o_spie"), "o_spie")
	copy(req.Random[:], "0123456789abcdef")
	s := &space{}
	res, err := loader.Exec(req, s, &event.Bus{})
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 16)
	if err := s.Read(res.Stack.Random, got); err != nil || !bytes.Equal(got, req.Random[:]) {
		t.Errorf("got %q, error %v", got, err)
	}
}
