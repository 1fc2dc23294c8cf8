package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"memlab/lab"
)

// TestStraceOfHost: programs are traced as the host's strace traces them, but for what differs between the
// machines: addresses, numbers of processes, random bytes, times, rseq, which memlab's kernel has not.
func TestStraceOfHost(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("this host has no strace")
	}
	programs, err := filepath.Abs("../../testdata/programs")
	if err != nil {
		t.Fatal(err)
	}
	for _, argv := range [][]string{
		{programs + "/hello"},
		{programs + "/args", "a", "b"},
		{programs + "/hello-glibc"},
		{"/bin/cat", "data"},
		{"/bin/mkdir", "-m", "750", "made"},
		{"/bin/chmod", "600", "data"},
		{"/bin/wc", "data"},
		{"/bin/tac", "data"},
		{"/bin/readlink", "link"},
		{"/bin/truncate", "-s", "9", "data"},
		{"/bin/sh", "-c", "cd .; umask 77; echo x; kill -TERM 0"},
	} {
		t.Run(filepath.Base(argv[0]), func(t *testing.T) {
			if _, err := os.Stat(argv[0]); err != nil {
				t.Skip("this host has no", argv[0])
			}
			want := traceLines(t, func(dir, file string) {
				c := exec.Command(strace, slices.Concat([]string{"-o", file}, argv)...) //nolint:gosec // strace
				c.Dir, c.Env, c.Stdout = dir, lab.GuestEnv(), &strings.Builder{}
				c.SysProcAttr = ownGroup()
				_ = c.Run() // a program may fail, as kill does
			})
			got := traceLines(t, func(dir, file string) {
				p := &process{
					dir: dir, stdin: strings.NewReader(""), stdout: &strings.Builder{}, stderr: &strings.Builder{}, ctx: t.Context(),
					now: time.Now, args: slices.Concat([]string{"exec", "--uid", "0", "--strace-out", file}, argv),
				}
				_ = p.run()
			})
			if !slices.Equal(got, want) {
				for i := range max(len(got), len(want)) {
					if i >= len(got) || i >= len(want) || got[i] != want[i] {
						t.Errorf("line %d\n got %s\nwant %s", i, strings.Join(got[min(i, len(got)):min(i+3, len(got))], "\n     "),
							strings.Join(want[min(i, len(want)):min(i+3, len(want))], "\n     "))
						return
					}
				}
			}
		})
	}
}

// traceLines runs a program in a fresh folder, with run, which leaves a trace in file.
func traceLines(t *testing.T, run func(dir, file string)) []string {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, dir, "data", "one\ntwo\nthree\n")
	if err := os.Symlink("data", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "trace")
	run(dir, file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(b), dir, "DIR")
	for _, r := range [][2]string{
		{`/* \d+ vars \*/`, `/* N vars */`},
		{`0x[0-9a-f]{5,}`, `ADDRESS`},
		{`"(\\x[0-9a-f]{2})+"`, `RANDOM`},
		{` +=`, ` =`},
		{`(getp*id|set_tid_address)\((.*)\) = \d+`, `$1($2) = PID`},
		{`si_pid=\d+, si_uid=\d+`, `SENDER`},
		{`read\(3, "nodev.*`, `FILESYSTEMS`},
	} {
		text = regexp.MustCompile(r[0]).ReplaceAllString(text, r[1])
	}
	own := regexp.MustCompile(`^(rseq|clock_gettime|gettimeofday)\(`)
	return slices.DeleteFunc(strings.Split(text, "\n"), own.MatchString)
}
