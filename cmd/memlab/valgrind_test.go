package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// valgrind runs a tool of valgrind on a program of testdata/programs with an empty environment, and returns
// what the tool says. Valgrind adds three variables of its own to the program's environment.
func valgrind(t *testing.T, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("valgrind")
	if err != nil {
		t.Skip("valgrind is not installed: traces are NOT compared with lackey's, nor LRU with cachegrind's")
	}
	cmd := exec.CommandContext(t.Context(), path, args...) //nolint:gosec // valgrind on our own programs
	cmd.Dir, cmd.Env = filepath.Join("..", "..", "testdata", "programs"), []string{"PATH=/bin"}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", args, err, errs.String())
	}
	return errs.String()
}

// accessLines are the accesses of a trace in lackey's form, with all addresses of the stack made one.
func accessLines(text string) []string {
	var lines []string
	last := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if len(line) < 4 || line[0] != 'I' && line[0] != ' ' {
			continue
		}
		at, size, _ := strings.Cut(strings.TrimSpace(line[3:]), ",")
		if v, err := strconv.ParseUint(at, 16, 64); err == nil && v > 1<<32 {
			line = line[:3] + "stack," + size
		}
		if line[0] == 'I' {
			if line == last {
				continue
			}
			last = line
		}
		lines = append(lines, line)
	}
	return lines
}

// TestLackey compares a trace with valgrind's. Static program, same lines, but: addresses on the stack, which
// lies elsewhere; an instruction with rep is one fetch here and one a round there; "bt r32, r32" is a store
// and load on the stack there, for that is how valgrind executes it; and the auxiliary vector has other
// entries, so that the loops that look through it take other numbers of rounds.
func TestLackey(t *testing.T) {
	dir := t.TempDir()
	valgrind(t, "--tool=lackey", "--trace-mem=yes", "--log-file="+filepath.Join(dir, "theirs"), "./hello")
	theirs, err := os.ReadFile(filepath.Join(dir, "theirs"))
	if err != nil {
		t.Fatal(err)
	}
	ours := recordLackey(t, dir, "hello")
	a, b := accessLines(string(theirs)), accessLines(ours)
	extra := 0
	for _, line := range a {
		if len(b) > 0 && b[0] == line {
			b = b[1:]
		} else {
			extra++
		}
	}
	if len(b) > 0 || extra > 24 || len(a) < 1000 {
		t.Errorf("%d of %d lines only from lackey; %d of ours not found there, from %.3q on", extra, len(a), len(b), b)
	}
}

// recordLackey records a program with as many environment variables as it has under valgrind.
func recordLackey(t *testing.T, dir string, argv ...string) string {
	t.Helper()
	programs, err := filepath.Abs(filepath.Join("..", "..", "testdata", "programs"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "ours")
	args := []string{"trace", "record", "--format", "lackey", "-o", file, "--env", "A=1", "--env", "B=1", "--env", "C=1", "--"}
	argv[0] = "./" + argv[0]
	if r := memlab(t, programs, nil, append(args, argv...)...); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestCachegrind compares LRU with cachegrind, whose first-level data cache is made a memory of pages: fully
// associative, with lines as long as a page. Its numbers of frames must be powers of two, and instructions
// are not among its references.
func TestCachegrind(t *testing.T) {
	dir := t.TempDir()
	argv := []string{"./sort", "8"}
	valgrind(t, append([]string{"--tool=lackey", "--trace-mem=yes", "--log-file=" + filepath.Join(dir, "theirs")}, argv...)...)
	theirs, err := os.ReadFile(filepath.Join(dir, "theirs"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"theirs": string(theirs), "ours": recordLackey(t, dir, "sort", "8"),
	} {
		var data strings.Builder
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, " ") {
				data.WriteString(line)
			}
		}
		writeFile(t, dir, name, data.String())
	}
	misses := regexp.MustCompile(`D1 +misses: +([0-9,]+)`)
	for _, page := range []int{256, 4096} {
		for _, frames := range []int{2, 4, 16} {
			d1 := fmt.Sprintf("--D1=%d,%d,%d", page*frames, frames, page)
			said := valgrind(t, append([]string{
				"--tool=cachegrind", "--cache-sim=yes", "--cachegrind-out-file=/dev/null", d1,
				fmt.Sprintf("--LL=%d,%d,%d", page*frames*2, frames, page*2),
			}, argv...)...)
			found := misses.FindStringSubmatch(said)
			if found == nil {
				t.Fatalf("cachegrind says %s", said)
			}
			want, err := strconv.ParseUint(strings.ReplaceAll(found[1], ",", ""), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"theirs", "ours"} {
				got := lruFaults(t, dir, name, page, frames)
				if got != want && (name == "theirs" || got > want+want/50+2 || want > got+got/50+2) {
					t.Errorf("%s, %d frames of %d bytes: %d faults, cachegrind has %d misses", name, frames, page, got, want)
				}
			}
		}
	}
}

// lruFaults simulates a trace without instructions.
func lruFaults(t *testing.T, dir, name string, page, frames int) uint64 {
	t.Helper()
	r := memlab(t, dir, nil, "sim", "--policy", "lru", "--frames", strconv.Itoa(frames), "--trace", name,
		"--trace-format", "cachelab", "--page-size", strconv.Itoa(page), "--format", "json")
	var answer struct{ Simulations []struct{ Faults uint64 } }
	if err := json.Unmarshal([]byte(r.stdout), &answer); err != nil || len(answer.Simulations) != 1 {
		t.Fatalf("%v, %+v", err, r)
	}
	return answer.Simulations[0].Faults
}
