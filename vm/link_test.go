package vm_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"memlab/loader/link"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm"
)

// linkSources are the parts of a program that needs two libraries, of which one needs a third: it has copied
// variables, an interposed, a weak, a protected and an undefined weak function, constructors and
// destructors, and opens a fourth library by itself.
var linkSources = map[string]string{
	"c.c": `
int shared = 3;
int twice(void) { return 30; }
__attribute__((weak)) int gentle(void) { return 3; }
__attribute__((constructor)) static void up(void) { shared++; }
__attribute__((destructor)) static void down(void) { shared--; }`,
	"a.c": `
extern int shared; int twice(void); int gentle(void);
int count = 5;
__attribute__((visibility("protected"))) int mine(void) { return 7; }
int a(void) { return twice() + mine() + gentle() + shared + count; }
__attribute__((constructor)) static void up(void) { count++; }`,
	"b.c": `
int twice(void) { return 20; }
int b(void) { return twice(); }
__attribute__((destructor)) static void down(void) { }`,
	"d.c": `
int a(void);
int d(void) { return a() * 2; }
__attribute__((constructor)) static void up(void) { }`,
	"m.c": `
#include <dlfcn.h>
#include <stdio.h>
int a(void), b(void); extern int shared, count;
int mine(void);
__attribute__((weak)) int nowhere(void);
int main(void) {
	printf("%d %d %d %d %d %d\n", a(), b(), shared, count, mine(), nowhere ? 1 : 0);
	void *h = dlopen("libd.so", RTLD_LAZY);
	if (!h) { puts(dlerror()); return 1; }
	int (*d)(void) = (int (*)(void))dlsym(h, "d");
	printf("%d\n", d());
	dlclose(h);
	return dlopen("libnone.so", RTLD_NOW) != 0;
}`,
}

// linkKind is a way to build the program.
type linkKind struct {
	name, compiler string
	flags          []string
}

func linkKinds() []linkKind {
	return []linkKind{
		{"glibc", "gcc", []string{"-Wl,-z,lazy"}},
		{"glibc32", "gcc", []string{"-m32", "-Wl,-z,lazy"}},
		{"glibc-now", "gcc", []string{"-Wl,-z,now", "-no-pie"}},
		{"glibc-nopie", "gcc", []string{"-Wl,-z,lazy", "-no-pie"}},
		{"musl", "musl-gcc", []string{"-no-pie"}},
	}
}

// buildLinked makes the program and its libraries in a folder; "": the host cannot.
func buildLinked(t *testing.T, k linkKind) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the guest runs as another user
		t.Fatal(err)
	}
	for name, text := range linkSources {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rpath := "-Wl,-rpath,$ORIGIN/nothing:$ORIGIN"
	for _, args := range [][]string{
		{"-shared", "-fPIC", "-o", "libc3.so", "c.c"},
		{"-shared", "-fPIC", "-o", "liba.so", "a.c", "-L.", "-lc3", rpath},
		{"-shared", "-fPIC", "-o", "libb.so", "b.c"},
		{"-shared", "-fPIC", "-o", "libd.so", "d.c"},
		{"-o", "m", "m.c", "-L.", "-la", "-lb", "-Wl,--no-as-needed", "-lc3", "-ldl", rpath},
	} {
		cmd := exec.CommandContext(t.Context(), k.compiler, slices.Concat([]string{"-O1"}, k.flags, args)...) //nolint:gosec // ours
		cmd.Dir = dir
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Logf("%v: %s", cmd, text)
			return ""
		}
	}
	return dir
}

// linkedRun runs the program as far as it goes.
func linkedRun(t *testing.T, dir string, prepare func(*vm.Machine)) (*vm.Machine, *vm.Process, *bytes.Buffer) {
	t.Helper()
	cfg := config()
	cfg.Memory.Frames = 4096
	m, err := vm.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	if prepare != nil {
		prepare(m)
	}
	out := &bytes.Buffer{}
	p, err := m.Load(vm.Program{
		Path: dir + "/m", Env: []string{"LC_ALL=C"}, Root: os.DirFS("/"), Stdout: out,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m, p, out
}

// TestBindings compares what the resolver says with what stands in memory at the end of main, and with what
// the host's ld.so says of the same program (LD_DEBUG=bindings).
func TestBindings(t *testing.T) {
	if !native {
		t.Skip("this host does not run Linux x86-64 programs")
	}
	for _, k := range linkKinds() {
		t.Run(k.name, func(t *testing.T) {
			dir := buildLinked(t, k)
			if dir == "" {
				t.Skip("this host's compiler does not make such programs")
			}
			m, p, out := linkedRun(t, dir, nil)
			end, _ := p.Lookup("main")
			run := func(o vm.RunOptions) {
				t.Helper()
				if _, err := m.Run(o); err != nil {
					t.Fatal(err)
				}
			}
			run(vm.RunOptions{Until: []addr.VAddr{end}})
			before := slotStates(t, p)
			run(vm.RunOptions{})
			if want := "40 20 4 6 7 0\n80\n"; out.String() != want {
				t.Errorf("printed %q, want %q", out, want)
			}
			after := slotStates(t, p)
			if k.name == "glibc" && (before["m a"] != "lazy liba.so" || after["m a"] != "bound liba.so") {
				t.Errorf("slot of a: %q before the call, %q after it", before["m a"], after["m a"])
			}
			if k.compiler == "gcc" {
				compareBindings(t, dir, before)
			}
		})
	}
}

// slotStates are the states of all slots by "object symbol", and checks that what the resolver says stands
// there.
func slotStates(t *testing.T, p *vm.Process) map[string]string {
	t.Helper()
	l, err := p.Links()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	bound := 0
	for n, o := range l.Scope.Objects {
		for _, s := range l.Slots(n) {
			to := ""
			if s.Definition != nil {
				to = " " + filepath.Base(s.Definition.Object.Path)
			}
			key := filepath.Base(o.Path) + " " + s.Symbol.Name
			if old, ok := out[key]; ok && strings.HasPrefix(old, "lazy") {
				continue
			}
			out[key] = s.State.String() + to
			if s.State == link.Bound {
				bound++
			}
			if s.State == link.Other || s.State == link.Unset {
				t.Errorf("%s: %s (%s) at %v has %#x, resolved to%s: %v", filepath.Base(o.Path), s.Symbol.Name,
					s.RelocName(l.Scope.Class), s.Addr, s.Value, to, s.State)
			}
		}
	}
	if bound == 0 {
		t.Error("no slot is bound")
	}
	return out
}

var bindingLine = regexp.MustCompile(`binding file (\S+) \[0\] to (\S+) \[0\]: (normal|protected) symbol .(\w+)'`)

// compareBindings holds every binding of a run on the host against the resolver's.
func compareBindings(t *testing.T, dir string, states map[string]string) {
	t.Helper()
	env := []string{"LD_DEBUG=bindings", "LC_ALL=C"}
	line := command(t, dir+"/m")
	if len(line) > 1 { // qemu has an environment of its own
		line = slices.Insert(line, 1, "-E", env[0], "-E", env[1])
		env = nil
	}
	cmd := exec.CommandContext(t.Context(), line[0], line[1:]...) //nolint:gosec // ours
	cmd.Env = env
	text, _ := cmd.CombinedOutput()
	n := 0
	for _, b := range bindingLine.FindAllStringSubmatch(string(text), -1) {
		from, to, symbol := filepath.Base(b[1]), filepath.Base(b[2]), b[4]
		if from == "libd.so" || to == "libd.so" {
			continue // gone at the end
		}
		state, known := states[from+" "+symbol]
		if !known {
			continue // by dlsym
		}
		if n++; !strings.HasSuffix(state, " "+to) {
			t.Errorf("%s binds %s to %s on the host, here: %s", from, symbol, to, state)
		}
	}
	t.Logf("%d bindings compared", n)
	if n < 10 {
		t.Errorf("only %d bindings compared:\n%s", n, text)
	}
}

// TestLinkEvents asserts the story of one program, and that listening to it changes nothing.
func TestLinkEvents(t *testing.T) {
	if !native {
		t.Skip("this host does not run Linux x86-64 programs")
	}
	for _, k := range linkKinds() {
		t.Run(k.name, func(t *testing.T) {
			dir := buildLinked(t, k)
			if dir == "" {
				t.Skip("this host's compiler does not make such programs")
			}
			var quiet *outcome
			var want *ending
			for i, kinds := range []event.Mask{
				0, event.MaskOf(event.LinkMap, event.LinkInit), event.MaskOf(event.MemWrite), event.MaskOf(event.LinkBind), ^event.Mask(0),
			} {
				var story []string
				var p *vm.Process
				m, p, out := linkedRun(t, dir, func(m *vm.Machine) {
					m.Bus().Subscribe(kinds, func(ev *event.Event) event.Verdict {
						if ev.Kind >= event.LinkSearch && ev.Kind <= event.LinkInit {
							story = append(story, told(p, ev))
						}
						return event.Continue
					})
				})
				o := &outcome{}
				story = nil
				for {
					reason, err := m.Run(vm.RunOptions{})
					if err != nil {
						t.Fatal(err)
					}
					if reason == vm.StopExited {
						break
					}
				}
				o.Stdout = out.String()
				got := endingOf(m, p, o)
				if i == 0 {
					quiet, want = o, &got
				} else if !want.equal(&got) || o.Stdout != quiet.Stdout {
					t.Errorf("listening to %b:\n%+v\nwithout:\n%+v", kinds, got, *want)
				}
				if i == 1 && k.compiler == "gcc" {
					compareStory(t, story)
				}
			}
		})
	}
}

// compareStory checks what does not depend on the C library: the objects in the order of the look-ups, and
// that each begins after those that it needs, and ends before them.
func compareStory(t *testing.T, story []string) {
	t.Helper()
	var maps, inits []string
	for _, line := range story {
		if name, ok := strings.CutPrefix(line, "link.map 0 "); ok && strings.HasPrefix(name, "lib") {
			maps = append(maps, name)
		}
		name := line[strings.LastIndex(line, " ")+1:]
		how := strings.TrimSuffix(strings.TrimPrefix(line, "link.init "), " of "+name)
		ours := name == "m" || len(name) == len("liba.so") && strings.HasPrefix(name, "lib")
		if ours && strings.HasPrefix(line, "link.init") && (len(inits) == 0 || inits[len(inits)-1] != how+" "+name) {
			inits = append(inits, how+" "+name)
		}
	}
	if want := []string{"liba.so", "libb.so", "libc3.so", "libc.so.6", "libd.so"}; !slices.Equal(maps, want) {
		t.Errorf("maps %q, want %q", maps, want)
	}
	want := []string{
		"init libb.so", "init_array libb.so", "init liba.so", "init_array liba.so", "init m", "init_array m",
		"init libd.so", "init_array libd.so", "fini_array libd.so", "fini libd.so",
		"fini_array m", "fini m", "fini_array liba.so", "fini liba.so", "fini_array libb.so", "fini libb.so",
	}
	if !slices.Equal(inits, want) {
		t.Errorf("initialisers and finishers %q,\nwant %q", inits, want)
	}
}

// told is a link event in words.
func told(p *vm.Process, ev *event.Event) string {
	if p == nil {
		return ev.Kind.String()
	}
	name := "?"
	if l, err := p.Links(); err == nil && ev.Kind != event.LinkSearch {
		i := ev.Arg
		if ev.Kind == event.LinkInit {
			i = ev.Arg2
		}
		if i < uint64(len(l.Scope.Objects)) {
			name = filepath.Base(l.Scope.Objects[i].Path)
		}
	}
	switch ev.Kind { //nolint:exhaustive // the others have nothing to add
	case event.LinkMap:
		return fmt.Sprintf("%s %d %s", ev.Kind, ev.Arg2, name)
	case event.LinkInit:
		return fmt.Sprintf("%s %s of %s", ev.Kind, vm.InitKind(ev.Arg), name)
	}
	return ev.Kind.String()
}
