//go:build linux && amd64

package real_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var least = flag.Bool("least", false, "look for the least memory with which each row works, and log it")

// row is one program with what it is given and what it needs.
type row struct {
	name   string
	argv   []string // argv[0] is looked up in the PATH below
	stdin  string
	needs  []string // programs besides argv[0], as packages.txt names them
	ours   []string // programs of testdata/programs that it finds in its folder
	wide   bool     // run it on pages of 16 KiB, too
	bits32 bool     // argv[0] is an i386 program
	build  []string // command line that the host runs first, in the row's folder

	// The least memory, measured by -least on pages of 4 KiB, and a quarter more, since other versions of the same
	// program need a few pages more or less. Where the search takes minutes (pagers, i386, python with processes)
	// it is what a row like it needs. 0: the row runs with 64 MiB only.
	frames, swap int

	patience time.Duration // after which a run is killed; 0: two minutes
}

// environment is what memlab gives a guest by default; the host's run gets the same.
var environment = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/", "LANG=C"}

// outcome is how a program ended and what it printed.
type outcome struct {
	Status         int // as a shell shows it
	Stdout, Stderr string
}

// machine is the part of the configuration in which a row's runs differ; zeros: memlab's defaults, 64 MiB.
type machine struct {
	frames, swap, pageSize int
	policy                 string
}

func (m machine) options() []string {
	var o []string
	if m.frames != 0 {
		o = append(o, "--frames", strconv.Itoa(m.frames))
	}
	if m.swap != 0 {
		o = append(o, "--swap", strconv.Itoa(m.swap))
	}
	if m.pageSize != 0 {
		o = append(o, "--page-size", strconv.Itoa(m.pageSize))
	}
	if m.policy != "" {
		o = append(o, "--policy", m.policy)
	}
	return o
}

// TestReal runs every row.
func TestReal(t *testing.T) { //nolint:tparallel // the packages beside it want the processors, too
	if testing.Short() {
		t.Skip("long: the race detector's run leaves it to the plain one")
	}
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.test(t)
		})
	}
}

func (r row) test(t *testing.T) {
	t.Helper()
	have(t, append(r.needs, r.argv[0])...)
	dir := r.folder(t)
	if *least {
		r.search(t, dir)
		return
	}
	machines := []machine{{}}
	if r.frames != 0 {
		machines = append(machines, machine{frames: r.frames, swap: r.swap, policy: "lru"},
			machine{frames: r.frames, swap: r.swap, policy: "clock"})
	}
	if r.wide {
		machines = append(machines, machine{frames: 4096, pageSize: 16384, policy: "random"})
	}
	got := make([]outcome, len(machines))
	for i, m := range machines {
		var b bill
		got[i], b = r.guest(t, dir, m)
		t.Logf("%+v: %.2f s, %d M instructions, %d faults", m, b.seconds, b.Instructions/1e6, b.Faults.Total)
	}
	want, seconds := r.host(t, dir)
	t.Logf("host: %.2f s", seconds)
	for i, m := range machines {
		if got[i] != want {
			t.Errorf("%+v: status %d, want %d%s%s", m, got[i].Status, want.Status,
				differ("standard output", got[i].Stdout, want.Stdout),
				differ("standard error", got[i].Stderr, want.Stderr))
		}
	}
}

// differ shows two texts from the first line on in which they differ; nothing if they are the same.
func differ(what, got, want string) string {
	if got == want {
		return ""
	}
	n, g, w := 1, got, want
	for {
		gotLine, moreGot, gotFull := strings.Cut(g, "\n")
		wantLine, moreWant, wantFull := strings.Cut(w, "\n")
		if gotLine != wantLine || !gotFull || !wantFull {
			return fmt.Sprintf("\n%s from line %d:\ngot  %.600q\nwant %.600q", what, n, g, w)
		}
		n, g, w = n+1, moreGot, moreWant
	}
}

// folder is a fresh copy of testdata/files, in which everything was last written at the same time, with what build
// makes of it.
func (r row) folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "real")
	if err := os.CopyFS(dir, os.DirFS("testdata/files")); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(name string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		when := time.Unix(1_700_000_000, 0)
		return os.Chtimes(name, when, when) //nolint:gosec // nobody else writes to the folder
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range r.ours {
		program, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "programs", name))
		if err != nil {
			t.Fatal(err)
		}
		//nolint:gosec // a program
		if err := os.WriteFile(filepath.Join(dir, name), program, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.build) > 0 {
		have(t, r.build[0])
		cmd := exec.CommandContext(t.Context(), r.build[0], r.build[1:]...) //nolint:gosec // the test's own list
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", r.build, err, out)
		}
	}
	return dir
}

// host runs the row natively, and says what that took.
func (r row) host(t *testing.T, dir string) (outcome, float64) {
	t.Helper()
	name, args := r.argv[0], r.argv[1:]
	if !strings.Contains(name, "/") {
		name = find(name)
	}
	if r.bits32 && !runs32() {
		name, args = emulator(t, r.argv)
	}
	cmd := exec.Command(name, args...) //nolint:gosec // the test's own list
	if !r.bits32 {
		cmd.Args[0] = r.argv[0]
	}
	cmd.Env = environment
	return r.run(t, dir, cmd)
}

// bill is the part of --stats-file that counts here, and the processor time that memlab took.
type bill struct {
	Instructions uint64
	Faults       struct{ Total uint64 }

	seconds float64
}

// guest runs the row under `memlab exec`.
func (r row) guest(t *testing.T, dir string, m machine) (outcome, bill) {
	t.Helper()
	stats := filepath.Join(t.TempDir(), "bill.json")
	args := []string{
		"exec", "--uid", strconv.Itoa(os.Getuid()), "--env", environment[0], "--env", environment[1],
		"--env", environment[2], "--stats-file", stats,
	}
	args = append(append(args, m.options()...), "--")
	cmd := exec.Command(memlab(t), append(args, r.argv...)...) //nolint:gosec // the test's own list
	cmd.Env = []string{}                                       // a MEMLAB_ variable would change the machine
	o, seconds := r.run(t, dir, cmd)
	b := bill{seconds: seconds}
	if text, err := os.ReadFile(stats); err == nil {
		if err := json.Unmarshal(text, &b); err != nil {
			t.Fatal(err)
		}
	}
	return o, b
}

// run runs a command in the row's folder and waits until everything that holds its output has ended. It returns the
// processor time, too, of the command and what it has waited for.
func (r row) run(t *testing.T, dir string, cmd *exec.Cmd) (o outcome, seconds float64) {
	t.Helper()
	patience := r.patience
	if patience == 0 {
		patience = 2 * time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })()
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, strings.NewReader(r.stdin), &stdout, &stderr
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	status := cmd.ProcessState.ExitCode()
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		status = 128 + int(ws.Signal())
	}
	seconds = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	return outcome{Status: status, Stdout: stdout.String(), Stderr: stderr.String()}, seconds
}
