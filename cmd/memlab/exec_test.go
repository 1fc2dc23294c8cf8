package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"memlab/lab"
	"memlab/loader"
	"memlab/vm"
)

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFindProgram(t *testing.T) {
	files := fstest.MapFS{
		"home/prog": {Mode: 0o755}, "usr/bin/ls": {Mode: 0o755}, "bin/ls": {Mode: 0o755}, "opt/tool": {Mode: 0o755},
		"usr/bin/data": {Mode: 0o644}, "bin/data": {Mode: 0o755}, "usr/bin/folder/x": {}, "home/ls.txt": {},
	}
	for _, tt := range []struct {
		name string
		env  []string
		want string // "": not found
	}{
		{"prog", nil, "prog"},
		{"./prog", nil, "./prog"},
		{"/home/prog", nil, "/home/prog"},
		{"../opt/tool", nil, "../opt/tool"},
		{"ls", nil, "/usr/bin/ls"},
		{"data", nil, "/bin/data"}, // the first of that name is not executable
		{"folder", nil, ""},
		{"tool", nil, ""},
		{"tool", []string{"PATH=/opt"}, "/opt/tool"},
		{"ls", []string{"PATH=:/nowhere"}, ""},
		{"./ls", nil, ""},
		{"", nil, ""},
	} {
		got, err := findProgram(vm.Program{Path: tt.name, Cwd: "/home", Root: files, Env: lab.GuestEnv(tt.env...)})
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%q with %v: got %q, %v; want %q", tt.name, tt.env, got, err, tt.want)
		}
		var exit *exitError
		if err != nil && (!errors.As(err, &exit) || exit.code != 127) {
			t.Errorf("%q: %v has not exit code 127", tt.name, err)
		}
	}
}

func TestProgramOfOptions(t *testing.T) {
	dir := t.TempDir()
	tree(t, dir, "root/bin/prog", "data/file")
	p := &process{dir: dir, env: []string{"HOME=/me", "SHELL=/bin/x"}}
	o := execOptions{
		argv: []string{"prog", "a", "b"}, argv0: "zero", env: []string{"K=V"}, passEnv: true, uid: 5, stack: 65536,
		files: fileOptions{root: "root", binds: []string{"data/file:/etc/one", "data:/data"}},
	}
	prog, files, err := p.program(o)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	prog.Root = nil
	want := vm.Program{
		Path: "/bin/prog", Argv: []string{"zero", "a", "b"}, Cwd: "/", UID: 5, StackLimit: 65536,
		Env: []string{
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/me", "LANG=C", "SHELL=/bin/x", "K=V",
		},
	}
	if !reflect.DeepEqual(prog, want) {
		t.Errorf("got  %+v\nwant %+v", prog, want)
	}
	for name, want := range map[string]string{"etc/one": "data/file", "data/file": "data/file", "bin/prog": "root/bin/prog"} {
		if b, err := fs.ReadFile(files, name); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

func TestStatsTable(t *testing.T) {
	s := vm.Stats{
		Instructions: 1234567, Accesses: vm.Accesses{Fetches: 1000, Data: 999},
		Faults:    vm.Faults{Total: 10, Major: 4, Minor: 6, Zero: 2, Cow: 3, Loads: 9},
		Evictions: 5, WriteBacks: 1, PagesIn: vm.PagesIn{File: 4, Swap: 1, Zero: 2, Ahead: 3},
		TLB: vm.TLBStats{Hits: 999, Misses: 1}, Walks: 11, Frames: vm.FrameStats{Total: 64, Used: 7, Peak: 8},
		SwapUsed: 1, PageTables: 16384, SimulatedNS: 1_500_000, BusyNS: 300_000,
	}
	want := `instructions       1 234 567
accesses               1 999
  fetches              1 000
  data                   999
page faults               10
  major                    4
  minor                    6
    zero                   2
    copy-on-write          3
pages in                   7
  file                     4
  swap                     1
  zero                     2
  of them ahead            3
evictions                  5
  write-backs              1
TLB hits                 999
TLB misses                 1
TLB hit rate         99.90 %
page walks                11
frames                    64
  used                     7
  peak                     8
swap used                  1
page-table bytes      16 384
simulated time         1.5ms
CPU use              20.00 %
`
	if got := statsTable(s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	s = vm.Stats{Load: vm.LoadStats{Suspended: 3, PagesOut: 20, Resumed: 2}}
	s.Prefetch = vm.Prefetch{Pages: 9, Useful: 5, Useless: 1, Around: 4}
	want = `CPU use             -
prefetched          9
  useful            5
  useless           1
mapped around       4
suspended           3
  pages out        20
  resumed           2
`
	if _, got, _ := strings.Cut(statsTable(s), "0s\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := rate(0, 0); got != "-" {
		t.Errorf("rate of nothing: %q", got)
	}
}

func TestStatsFile(t *testing.T) {
	dir := t.TempDir()
	p := &process{dir: dir}
	s := vm.Stats{Schema: vm.StatsSchema, Instructions: 7}
	writeFile(t, dir, "bill.json", "old")
	if err := p.bill(execOptions{statsFile: "bill.json"}, s, nil); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "bill.json"))
	if err != nil {
		t.Fatal(err)
	}
	var back vm.Stats
	if err := json.Unmarshal(b, &back); err != nil || back != s || b[len(b)-1] != '\n' {
		t.Errorf("%s: %v", b, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("beside it lies %v, %v", entries, err)
	}
	err = p.bill(execOptions{statsFile: "no/bill.json"}, s, nil)
	if want := "--stats-file no/bill.json: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestStackLimit(t *testing.T) {
	for text, want := range map[string]stackLimit{
		"65536": 65536, "64K": 65536, "8MiB": 8 << 20, "unlimited": stackLimit(loader.Unlimited),
	} {
		var s stackLimit
		if err := s.Set(text); err != nil || s != want {
			t.Errorf("%s: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "8MB", "much"} {
		if err := new(stackLimit).Set(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestLoadError(t *testing.T) {
	for _, tt := range []struct {
		err  error
		code int
		text string
	}{
		{&loader.Error{Errno: loader.ENOENT, Path: "/x", Reason: "no interpreter /y"}, 127, "exec: /x: no interpreter /y (ENOENT)"},
		{&loader.Error{Errno: loader.ENOTDIR, Path: "/x", Reason: "r"}, 127, "exec: /x: r (ENOTDIR)"},
		{&loader.Error{Errno: loader.ENOEXEC, Path: "/x", Reason: "r"}, 126, "exec: /x: r (ENOEXEC)"},
		{&loader.Error{Errno: loader.EACCES, Path: "/x", Reason: "r"}, 126, "exec: /x: r (EACCES)"},
		{
			&loader.Error{Errno: loader.ENOMEM, Path: "/x", Reason: "r", Fatal: true}, 139,
			"exec: /x: r (killed by SIGSEGV in execve: ENOMEM)",
		},
		{errors.New("other"), 125, "exec: other"},
	} {
		var exit *exitError
		if err := loadError(tt.err); !errors.As(err, &exit) || exit.code != tt.code || err.Error() != tt.text {
			t.Errorf("%v: got %v, want %d %s", tt.err, err, tt.code, tt.text)
		}
	}
}

// An interrupt ends a program, and a scenario, that never would; the bill is written all the same.
func TestInterruptStopsTheRun(t *testing.T) {
	dir := t.TempDir()
	if err := writeTiny(dir); err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "loop.lua", "local m = machine.new{}\nm:load('loop')\nm:run()\n")
	writeFile(t, dir, "busy.lua", "while true do end\n")
	for _, tt := range []struct {
		args []string
		want result
	}{
		{[]string{"exec", "--stats-file", "bill.json", "loop"}, result{130, "", "memlab: exec: interrupted\n"}},
		{[]string{"run", "--format", "json", "loop.lua"}, result{130, "", "memlab: run: interrupted\n"}},
		{[]string{"run", "--format", "json", "busy.lua"}, result{130, "", "memlab: run: interrupted\n"}},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		got := memlabWith(t, &process{dir: dir, args: tt.args, ctx: ctx})
		cancel()
		got.stdout = "" // the report of run
		if got != tt.want {
			t.Errorf("%v:\ngot  %+v\nwant %+v", tt.args, got, tt.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "bill.json")); err != nil {
		t.Error(err)
	}
}
