package vm_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"memlab/paging/addr"
	"memlab/vm"
)

// stop is a place where two backtraces are compared: the hit-th time that a function begins, and after some
// more instructions, step by step.
type stop struct {
	Argv  []string  `json:"argv"`
	Break string    `json:"break"` // "": where it dies
	Hit   int       `json:"hit"`
	GDB   [][]trace `json:"gdb"` // one for each of stopSteps, as far as the program goes
}

// trace is one frame as gdb shows it.
type trace struct {
	PC   string `json:"pc"`
	Func string `json:"func"` // "??": gdb knows none
}

// stopSteps are the instructions made between one comparison and the next.
var stopSteps = []int{0, 1, 1, 1, 2, 3, 5, 9, 20, 40}

var stops = []stop{
	{Argv: []string{"nullderef"}},
	{Argv: []string{"rowrite"}},
	{Argv: []string{"nullderef"}, Break: "printf_core", Hit: 2},
	{Argv: []string{"nullderef"}, Break: "__stdio_write", Hit: 1},
	{Argv: []string{"recurse", "40"}, Break: "descend", Hit: 10},
	{Argv: []string{"recurse", "40"}, Break: "printf", Hit: 1},
	{Argv: []string{"sort", "64"}, Break: "__fwritex", Hit: 1},
	{Argv: []string{"sort", "64"}, Break: "atol", Hit: 1},
	{Argv: []string{"sort", "64"}, Break: "exit", Hit: 1},
	{Argv: []string{"sort-glibc", "64"}, Break: "malloc", Hit: 3},
	{Argv: []string{"sort-glibc", "64"}, Break: "_int_malloc", Hit: 6},
	{Argv: []string{"sort-glibc", "64"}, Break: "____strtol_l_internal", Hit: 1},
	{Argv: []string{"sort-glibc", "64"}, Break: "_IO_new_file_write", Hit: 1},
	{Argv: []string{"sort-glibc", "64"}, Break: "_IO_flush_all_lockp", Hit: 1},
	{Argv: []string{"hello-glibc"}, Break: "__libc_setup_tls", Hit: 1},
	{Argv: []string{"hello-glibc"}, Break: "_IO_new_file_xsputn", Hit: 1},
	{Argv: []string{"hello-glibc"}, Break: "_exit", Hit: 1},
	{Argv: []string{"wordcount-pie", "hello.c"}, Break: "_IO_new_file_underflow", Hit: 1},
	{Argv: []string{"wordcount-pie", "hello.c"}, Break: "_IO_new_file_write", Hit: 1},
}

// TestBacktraceGDB compares with what gdb has said; -update asks it anew. gdb knows less of musl's functions,
// which have no call frame information: it must not know anything that memlab does not.
func TestBacktraceGDB(t *testing.T) {
	file := filepath.Join("testdata", "backtraces.json")
	if *update && native {
		for i := range stops {
			stops[i].GDB = askGDB(t, &stops[i])
		}
		b, err := json.MarshalIndent(stops, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(b, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var recorded []stop
	if err := json.Unmarshal(b, &recorded); err != nil {
		t.Fatal(err)
	}
	if len(recorded) != len(stops) {
		t.Fatalf("%s has %d stops, the test %d: run with -update", file, len(recorded), len(stops))
	}
	for i := range recorded {
		s := &recorded[i]
		t.Run(fmt.Sprint(s.Argv[0], " ", s.Break), func(t *testing.T) { s.compare(t) })
	}
}

// compare runs to the place and compares the frames.
func (s *stop) compare(t *testing.T) {
	t.Helper()
	m, p, _ := start(t, config(), s.Argv, nil)
	if s.Break == "" {
		runTo(t, m, vm.RunOptions{})
		s.frames(t, p, s.GDB[0], 0)
		return
	}
	at, ok := p.Lookup(s.Break)
	if !ok {
		t.Fatalf("no symbol %s", s.Break)
	}
	for range s.Hit {
		if r := runTo(t, m, vm.RunOptions{Until: []addr.VAddr{at}}); r != vm.StopUntil {
			t.Fatalf("stopped by %v", r)
		}
	}
	bias := uint64(at) - number(t, s.GDB[0][0].PC)
	for i, want := range s.GDB {
		// gdb counts each round of a REP as a step: go to where it stood.
		if pc := number(t, want[0].PC) + bias; pc != p.CPU().RIP {
			if r := runTo(t, m, vm.RunOptions{Until: []addr.VAddr{addr.VAddr(pc)}}); r != vm.StopUntil {
				t.Fatalf("step %d: stopped by %v before %#x", i, r, pc)
			}
		}
		s.frames(t, p, want, bias)
	}
}

func number(t *testing.T, text string) uint64 {
	t.Helper()
	v, err := strconv.ParseUint(text, 0, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func runTo(t *testing.T, m *vm.Machine, o vm.RunOptions) vm.StopReason {
	t.Helper()
	r, err := m.Run(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// frames compares one backtrace. Where gdb has no records to go by it takes data for return addresses, and
// then finds its way again, or gives up: those are left out, and the rest must be among memlab's frames, in
// order. Both walks must end at the program's first function.
func (s *stop) frames(t *testing.T, p *vm.Process, want []trace, bias uint64) {
	t.Helper()
	got := p.Backtrace(addr.VAddr(p.CPU().RIP), 64)
	records := strings.Contains(s.Argv[0], "-") // of glibc and gcc: then gdb makes no mistakes
	rest := got
	for _, w := range want {
		pc := addr.VAddr(number(t, w.PC) + bias)
		if w.Func == "??" || !isCode(p, pc) {
			if records {
				t.Errorf("gdb does not know %v", w)
			}
			continue
		}
		for len(rest) > 0 && rest[0].PC != pc && !records {
			rest = rest[1:]
		}
		if len(rest) == 0 || rest[0].PC != pc || !named(p, rest[0], w.Func) {
			t.Errorf("at %v:\ngot %v\ngdb %v", pc, got, want)
			return
		}
		rest = rest[1:]
	}
	if records && len(rest) > 0 || got[0].PC != addr.VAddr(number(t, want[0].PC)+bias) ||
		got[len(got)-1].Symbol != "_start" {
		t.Errorf("got %v\ngdb %v", got, want)
	}
}

func isCode(p *vm.Process, pc addr.VAddr) bool {
	for _, a := range p.Areas() {
		if pc >= a.Start && pc < a.End {
			return a.Prot&addr.ProtExec != 0
		}
	}
	return false
}

// named reports whether a frame has a name, which gdb shows without .part.0, or another one for the same
// place.
func named(p *vm.Process, f vm.Frame, name string) bool {
	at, ok := p.Lookup(name)
	return f.Symbol == name || strings.HasPrefix(f.Symbol, name+".") || ok && at == f.PC-addr.VAddr(f.Offset)
}

var gdbFrame = regexp.MustCompile(`^#\d+ +0x([0-9a-f]+) in ([^ ]+) \(`)

// askGDB runs the program under gdb.
func askGDB(t *testing.T, s *stop) [][]trace {
	t.Helper()
	args := []string{"-batch", "-nx"}
	do := func(commands ...string) {
		for _, c := range commands {
			args = append(args, "-ex", c)
		}
	}
	do("set pagination off", "set backtrace past-main on", "set startup-with-shell off", "set confirm off")
	if s.Break != "" { // starti first: a position-independent program has no addresses before
		do("starti", "break *(long)&'"+s.Break+"'", "ignore 1 "+strconv.Itoa(s.Hit-1), "continue")
	} else {
		do("run")
	}
	do("echo ==\\n", "bt 32")
	for _, n := range stopSteps[1:] {
		if s.Break != "" {
			do("stepi "+strconv.Itoa(n), "echo ==\\n", "bt 32")
		}
	}
	args = append(args, "--args", "./"+s.Argv[0])
	args = append(args, s.Argv[1:]...)
	cmd := exec.CommandContext(t.Context(), "gdb", args...)
	cmd.Dir, cmd.Env = programs, append(slices.Clone(environment), "LINES=1000", "COLUMNS=1000")
	out, err := cmd.CombinedOutput()
	var all [][]trace
	for _, part := range strings.Split(string(out), "==\n")[1:] {
		var frames []trace
		for line := range strings.Lines(part) {
			if m := gdbFrame.FindStringSubmatch(line); m != nil {
				pc, _ := strconv.ParseUint(m[1], 16, 64)
				frames = append(frames, trace{fmt.Sprintf("%#x", pc), m[2]})
			}
		}
		if frames == nil {
			break
		}
		all = append(all, frames)
	}
	if all == nil {
		t.Fatalf("%v %s: %v: %s", s.Argv, s.Break, err, out)
	}
	return all
}
