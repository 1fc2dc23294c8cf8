package loader_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"memlab/loader"
	"memlab/loader/loadtest"
	"memlab/paging/event"
)

// badNode is the node of a file of testdata/badelf.
func badNode(tb testing.TB, f *loadtest.File) *node {
	tb.Helper()
	data, err := f.Bytes()
	if err != nil {
		tb.Fatal(err)
	}
	return &node{data: data, size: f.Size, link: f.Symlink, special: f.Dir || f.Fifo, mode: f.Perm()}
}

// outcome is what execve did.
type outcome struct {
	OK            bool
	Errno, Signal string
}

type badRun struct {
	Exec outcome
	Run  *struct {
		Exit   *int
		Signal string
		Code   int          `json:"si_code"`
		Addr   loadtest.Hex `json:"si_addr"`
	}
}

type badCase struct {
	badRun
	Name, Desc, Path, Cwd, Busy string
	StackLimit                  uint64 `json:"stack_limit"`
	ArgvLen                     int    `json:"argv_len"`
	ArgvTotal                   int    `json:"argv_total"`
	File                        *loadtest.File
	Root                        *badRun
}

func readBadCases(tb testing.TB) (setup []loadtest.File, cases []badCase) {
	tb.Helper()
	raw, err := os.ReadFile("testdata/badelf/cases.json")
	if err != nil {
		tb.Fatal(err)
	}
	var doc struct {
		Setup []loadtest.File
		Cases []badCase
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		tb.Fatal(err)
	}
	return doc.Setup, doc.Cases
}

// TestBadELF compares what becomes of malformed files with what Linux 6.18 was recorded to do with them. Path
// lookup and file modes are those of the test's own disk.
func TestBadELF(t *testing.T) {
	setup, cases := readBadCases(t)
	base := disk{}
	for i := range setup {
		base["/lab/bad/"+setup[i].Name] = badNode(t, &setup[i])
	}
	for i := range cases { // some cases use each other's files
		if c := &cases[i]; c.File != nil {
			base["/lab/bad/"+c.Name] = badNode(t, c.File)
		}
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) { c.check(t, base, 1000, c.badRun) })
		if c.Root != nil {
			t.Run(c.Name+"/root", func(t *testing.T) { c.check(t, base, 0, *c.Root) })
		}
	}
}

func (c *badCase) check(t *testing.T, d disk, uid uint32, want badRun) {
	t.Helper()
	if c.Busy != "" {
		d[c.Busy].busy = true
		defer func() { d[c.Busy].busy = false }()
	}
	s := &space{}
	res, err := c.exec(d, s, uid)
	got := outcome{OK: err == nil}
	if err != nil {
		var e *loader.Error
		no, _ := errors.AsType[loader.Errno](err)
		if errors.As(err, &e) && e.Fatal {
			got.Signal = "SIGSEGV"
		} else {
			got.Errno = no.Error()
			if s.Space != nil {
				t.Error("the address space was touched before the point of no return")
			}
		}
		if strings.ContainsRune(err.Error(), '\n') {
			t.Errorf("the message is not one line: %q", err)
		}
	}
	if got != want.Exec {
		t.Fatalf("%s: got %+v (%v), want %+v", c.Desc, got, err, want.Exec)
	}
	if err != nil {
		return
	}
	if err := s.List().Check(); err != nil {
		t.Error(err)
	}
	c.checkEntry(t, s, res, want)
}

// checkEntry compares the first instruction's fetch where the recorded end tells what it was.
func (c *badCase) checkEntry(t *testing.T, s *space, res *loader.Result, want badRun) {
	t.Helper()
	a, mapped := s.List().Find(res.Entry)
	fault := ""
	switch {
	case !mapped:
		fault = "MAPERR"
	case a.Prot&4 == 0:
		fault = "ACCERR"
	case a.File != nil && int64(a.Offset)+int64(res.Entry.ABIDown()-a.Start) >= (a.File.Size()+4095)&^4095:
		fault = "SIGBUS"
	}
	ran := want.Run != nil && want.Run.Exit != nil
	if ran && fault != "" {
		t.Errorf("the program ran, but %v would be %s", res.Entry, fault)
	}
	if r := want.Run; r != nil && !ran && uint64(r.Addr) == uint64(res.Entry) {
		recorded := map[int]string{1: "MAPERR", 2: "ACCERR"}[r.Code]
		if r.Signal == "SIGBUS" {
			recorded = "SIGBUS"
		}
		equal(t, "fault at the entry", fault, recorded)
	}
}

func (c *badCase) exec(d disk, s *space, uid uint32) (*loader.Result, error) {
	req, err := c.request(d, uid)
	if err != nil {
		return nil, err
	}
	return loader.Exec(req, s, &event.Bus{})
}

func (c *badCase) request(d disk, uid uint32) (*loader.Request, error) {
	cwd, limit := c.Cwd, c.StackLimit
	if cwd == "" {
		cwd = "/"
	}
	if limit == 0 {
		limit = 8 << 20
	}
	argv := []string{c.Path}
	if c.ArgvLen > 0 {
		argv = append(argv, strings.Repeat("a", c.ArgvLen))
	}
	for range c.ArgvTotal / 1008 {
		argv = append(argv, strings.Repeat("a", 999))
	}
	open := func(p string) (loader.File, error) { return d.open(cwd, p, uid) }
	f, err := open(c.Path)
	if err != nil {
		return nil, err
	}
	return &loader.Request{
		Path: c.Path, File: f, Argv: argv, Profile: loader.Linux618(), Open: open,
		UID: uid, EUID: uid, GID: uid, EGID: uid, StackLimit: limit,
	}, nil
}
