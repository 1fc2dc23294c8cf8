//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"memlab/loader/loadtest"
)

// badRun is what became of a malformed file.
type badRun struct {
	Exec json.RawMessage
	Run  *struct {
		Exit   *int
		Signal string
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

// badRoot lays out all files of the cases below /lab/bad.
func badRoot(t *testing.T) (root string, cases []badCase) {
	t.Helper()
	text, err := os.ReadFile(loaderData + "/badelf/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Setup []loadtest.File
		Cases []badCase
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	root = t.TempDir()
	for _, c := range doc.Cases {
		if c.File != nil {
			f := *c.File
			f.Name = c.Name
			doc.Setup = append(doc.Setup, f)
		}
	}
	for _, f := range doc.Setup {
		name := filepath.Join(root, "lab", "bad", f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		switch {
		case f.Dir:
			err = os.Mkdir(name, 0o700)
		case f.Symlink != "":
			err = os.Symlink(f.Symlink, name)
		case f.Fifo:
			err = syscall.Mkfifo(name, 0o755)
		default:
			data, bad := f.Bytes()
			if bad != nil {
				t.Fatal(bad)
			}
			put(t, root, "/lab/bad/"+f.Name, data[:min(int64(len(data)), f.Size)], f.Size)
			err = os.Chmod(name, os.FileMode(f.Perm()))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root, doc.Cases
}

// args are what PROG gets, and the options before it.
func (c *badCase) args(root, uid string) (options, prog []string) {
	options = []string{"--root", root, "--uid", uid}
	if c.Cwd != "" {
		options = append(options, "--cwd", c.Cwd)
	}
	if c.StackLimit != 0 {
		options = append(options, "--stack-limit", strconv.FormatUint(c.StackLimit, 10))
	}
	prog = []string{"--", c.Path}
	if c.ArgvLen > 0 {
		prog = append(prog, strings.Repeat("a", c.ArgvLen))
	}
	for range c.ArgvTotal / 1008 {
		prog = append(prog, strings.Repeat("a", 999))
	}
	return options, prog
}

// TestBadELFCommands replays the malformed files through `memlab maps`, and those that start through `memlab
// exec` to their recorded end.
func TestBadELFCommands(t *testing.T) {
	t.Parallel()
	root, cases := badRoot(t)
	if len(cases) != 160 {
		t.Fatalf("%d cases", len(cases))
	}
	signals := map[string]int{"SIGSEGV": 11, "SIGBUS": 7, "SIGILL": 4, "SIGTRAP": 5, "SIGFPE": 8}
	check := func(t *testing.T, c *badCase, uid string, want badRun) {
		t.Helper()
		options, prog := c.args(root, uid)
		got := memlab(t, "/", nil, append(append([]string{"maps", "--format", "json"}, options...), prog...)...)
		var doc, recorded map[string]any
		if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil {
			t.Fatalf("%v: %+v", err, got)
		}
		if err := json.Unmarshal(want.Exec, &recorded); err != nil {
			t.Fatal(err)
		}
		code := 3
		if recorded["ok"] == true {
			code = 0
			doc = map[string]any{"ok": doc["ok"]}
		}
		if g, w := indented(t, doc), indented(t, recorded); g != w || got.code != code || got.stderr != "" {
			t.Fatalf("%s: got %s, exit code %d, %s, want %s", c.Desc, g, got.code, got.stderr, w)
		}
		if want.Run == nil {
			return
		}
		status := 128 + signals[want.Run.Signal]
		if want.Run.Exit != nil {
			status = *want.Run.Exit
		}
		if got := memlab(t, "/", nil, append(append([]string{"exec"}, options...), prog...)...); got.code != status {
			t.Errorf("%s: exec ended with %d, want %d: %s", c.Desc, got.code, status, got.stderr)
		}
	}
	for i := range cases {
		c := &cases[i]
		if c.Busy != "" {
			continue // a file that another process has open for writing: package loader's test has it
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			check(t, c, "1000", c.badRun)
			if c.Root != nil {
				check(t, c, "0", *c.Root)
			}
		})
	}
}
