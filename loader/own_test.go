package loader_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"memlab/loader"
	"memlab/loader/elf"
	"memlab/paging/addr"
	"memlab/paging/event"
)

// own is a format that takes every file at depth 1.
type own struct {
	answer *loader.Handover
	asked  []loader.Candidate
	argv   [][]string
}

func (o *own) Name() string { return "own" }

func (o *own) Try(c *loader.Candidate) (*loader.Handover, error) {
	o.asked, o.argv = append(o.asked, *c), append(o.argv, c.Argv())
	if c.Depth > 1 {
		return nil, nil //nolint:nilnil // not the format's own
	}
	return o.answer, nil
}

// TestOwnImage maps a file by a format of its own: bytes of the file, bytes of the format's, zeros.
func TestOwnImage(t *testing.T) {
	d := labDisk(t, "o_ro_bss")
	req := labRequest(t, d, "o_ro_bss")
	req.Argv = []string{"one", "two"}
	f := &own{answer: &loader.Handover{Image: &loader.Image{
		Class: elf.Class64, Entry: 0x10010,
		Segments: []loader.Segment{
			{Addr: 0x10000, MemSize: 0x1000, FileSize: 0x1000, Prot: addr.ProtRead | addr.ProtExec},
			{Addr: 0x20010, MemSize: 0x2000, Bytes: []byte("hello"), Prot: addr.ProtRead | addr.ProtWrite},
			{Addr: 0x30000, MemSize: 1, Prot: addr.ProtRead},
		},
	}}}
	req.Formats = []loader.Format{f}
	s, bus := &space{}, &event.Bus{}
	story := loader.Record(bus, nil)
	res, err := loader.Exec(req, s, bus)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "entry", res.Entry, addr.VAddr(0x10010))
	equal(t, "heap", res.MM.StartBrk, uint64(0x31000))
	equal(t, "stack's rights", res.Stack.Prot.String(), "rw-")
	if !slices.Equal(f.argv[0], req.Argv) {
		t.Errorf("the format is told of %q, want %q", f.argv[0], req.Argv)
	}
	for _, a := range res.Auxv {
		if a.Type == loader.AtPhnum && a.Value != 0 || a.Type == loader.AtPhdr && a.Value != 0 {
			t.Errorf("%s is %#x", loader.AuxName(a.Type), a.Value)
		}
	}
	for _, c := range []struct {
		at   addr.VAddr
		want string
	}{{0x10000, "\x7fELF"}, {0x20000, "\x00\x00\x00\x00"}, {0x20010, "hello\x00\x00"}, {
		0x21ffc,
		"\x00\x00\x00\x00",
	}} {
		got := make([]byte, len(c.want))
		if err := s.Read(c.at, got); err != nil || string(got) != c.want {
			t.Errorf("at %v is %q (%v), want %q", c.at, got, err, c.want)
		}
	}
	var rules []string
	for _, step := range story.Steps {
		if step.Kind == event.LoadSegment || step.Kind == event.LoadBSS || step.Kind == event.LoadHeader {
			rules = append(rules, loader.Rule(step.Rule).String())
		}
	}
	want := "own-image first-noreplace later-fixed bss-tail bss-anon no-file bss-anon"
	if got := strings.Join(rules, " "); got != want {
		t.Errorf("rules %s, want %s", got, want)
	}
}

// TestOwnImageIsChecked: what no address space can hold is ENOEXEC, before anything has changed.
func TestOwnImageIsChecked(t *testing.T) {
	one := func(s loader.Segment) *loader.Image {
		return &loader.Image{Class: elf.Class64, Segments: []loader.Segment{s}}
	}
	for _, c := range []struct {
		image *loader.Image
		rule  loader.Rule
	}{
		{&loader.Image{Class: elf.Class64}, loader.RulePhNum},
		{&loader.Image{Class: elf.Class64, Segments: make([]loader.Segment, 1171)}, loader.RulePhNum},
		{one(loader.Segment{Addr: 0x10000}), loader.RuleTotal},
		{one(loader.Segment{Addr: 0x10000, MemSize: 1, FileSize: 2}), loader.RuleFileSize},
		{one(loader.Segment{Addr: 0x10000, MemSize: ^uint64(0)}), loader.RuleBelowTask},
		{one(loader.Segment{Addr: ^addr.VAddr(0), MemSize: 1}), loader.RuleBelowTask},
		{one(loader.Segment{Addr: 0x10001, MemSize: 9, FileSize: 1}), loader.RuleCongruent},
		{one(loader.Segment{Addr: 0x10000, MemSize: 9, FileSize: 9, Offset: 1 << 63}), loader.RuleFileRange},
		{one(loader.Segment{Addr: 0x10000, MemSize: 9, Offset: 1, Bytes: []byte{1}}), loader.RuleFileRange},
		{
			&loader.Image{Class: elf.Class32, Entry: 0xffffe000, Segments: []loader.Segment{{
				Addr:    4096,
				MemSize: 1,
			}}},
			loader.RuleEntry,
		},
	} {
		req := labRequest(t, labDisk(t, "o_spie"), "o_spie")
		req.Formats = []loader.Format{&own{answer: &loader.Handover{Image: c.image}}}
		s := &space{}
		_, err := loader.Exec(req, s, &event.Bus{})
		var e *loader.Error
		if !errors.As(err, &e) || e.Rule != c.rule || e.Errno != loader.ENOEXEC || e.Fatal || s.Space != nil {
			t.Errorf("%+v: got %v, want rule %s", c.image, err, c.rule)
		}
	}
}

// TestFormatsSeeTheArguments: behind a script they are those that it has made.
func TestFormatsSeeTheArguments(t *testing.T) {
	d := labDisk(t, "s_interp", "o_pie_interp", "o_interp")
	req := labRequest(t, d, "s_interp")
	req.Argv = []string{"zero", "one"}
	f := &own{}
	req.Formats = []loader.Format{f}
	if _, err := loader.Exec(req, &space{}, &event.Bus{}); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"zero", "one"}, {"/lab/elf/o_pie_interp", "/lab/elf/s_interp", "one"}}
	if !slices.EqualFunc(f.argv, want, slices.Equal) || f.asked[0].Depth != 1 || f.asked[1].Depth != 2 {
		t.Errorf("got %q, want %q", f.argv, want)
	}
}

// TestCannotOpen is the shortest story.
func TestCannotOpen(t *testing.T) {
	bus := &event.Bus{}
	trail := &loader.Trail{}
	story := loader.Record(bus, trail)
	err := loader.CannotOpen(&loader.Request{Path: "/none", Trail: trail}, loader.ENOENT, bus)
	if err == nil || err.Error() != "/none: cannot be executed (ENOENT)" || !errors.Is(err, loader.ENOENT) {
		t.Errorf("got %v", err)
	}
	story.Close()
	_ = loader.CannotOpen(&loader.Request{Path: "/none"}, loader.ENOENT, bus)
	if len(story.Steps) != 2 || !strings.HasPrefix(story.Text(),
		"exec.start    argc 0, envc 0\nexec.fail     ENOENT") {
		t.Errorf("got %q", story.Text())
	}
}

// FuzzImage: whatever a format of its own answers, the load succeeds or fails with an Error, and what is
// refused before the point of no return has changed nothing.
func FuzzImage(f *testing.F) {
	f.Add(uint64(0x10000), uint64(0x1000), uint64(0), uint64(0x1000), uint64(0x10010), uint8(5), false)
	f.Add(uint64(0x20010), uint64(0x2000), uint64(16), uint64(16), uint64(0), uint8(3), true)
	f.Add(^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), uint8(7), true)
	f.Add(uint64(0x7fffffffd000), uint64(4096), uint64(0), uint64(1), uint64(0), uint8(1), false)
	d := labDisk(f, "o_ro_bss")
	f.Fuzz(func(t *testing.T, at, mem, off, size, entry uint64, prot uint8, narrow bool) {
		im := &loader.Image{Class: elf.Class64, Entry: addr.VAddr(entry), Segments: []loader.Segment{
			{Addr: addr.VAddr(at), MemSize: mem, Offset: off, FileSize: size, Prot: addr.Prot(prot & 7)},
			{Addr: addr.VAddr(at + mem), MemSize: size, Bytes: []byte{1, 2}, Prot: addr.ProtRead},
		}}
		if narrow {
			im.Class = elf.Class32
		}
		req := labRequest(t, d, "o_ro_bss")
		req.Formats = []loader.Format{&own{answer: &loader.Handover{Image: im}}}
		s := &space{}
		_, err := loader.Exec(req, s, &event.Bus{})
		var e *loader.Error
		switch {
		case err == nil:
			if err := s.List().Check(); err != nil {
				t.Error(err)
			}
		case !errors.As(err, &e) || e.Rule == loader.NoRule:
			t.Errorf("got %v", err)
		case !e.Fatal && s.Space != nil:
			t.Errorf("%v, but the old memory is gone", err)
		}
	})
}
