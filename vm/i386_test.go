package vm_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// exceptions32 throws through frames with destructors and between threads.
const exceptions32 = `#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
struct Loud { std::string n; ~Loud() { std::cout << "~" << n << "\n"; } };
int deep(int n) { Loud l{std::to_string(n)}; if (n == 0) throw std::runtime_error("deep"); return deep(n - 1) + 1; }
int main() {
	try { deep(3); } catch (const std::exception &e) { std::cout << "caught " << e.what() << "\n"; }
	std::map<std::string, double> m;
	for (int i = 0; i < 20; i++) m["k" + std::to_string(i * 7 % 20)] = i * 1.5;
	for (auto &p : m) std::cout << p.first << "=" << p.second << " ";
	int x = 0;
	std::thread t([&] { try { throw 5; } catch (int i) { x = i; } });
	t.join();
	std::cout << x << std::endl;
	return x;
}
`

// change goes through execve from an i386 program to an x86-64 one and back.
const change = `#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
	int left = argc == 4 ? atoi(argv[1]) : 0;
	printf("%d bytes a pointer, %d left\n", (int)sizeof(void *), left);
	fflush(stdout);
	if (left == 0) return 8 + sizeof(void *);
	char next[16];
	sprintf(next, "%d", left - 1);
	execl(argv[2], argv[2], next, argv[3], argv[2], (char *)0);
	return 1;
}
`

// TestDynamic32 runs i386 programs with the host's ld-linux.so.2 and libraries, and compares with the host.
func TestDynamic32(t *testing.T) {
	if !native {
		t.Skip("this host does not run Linux x86-64 programs")
	}
	if _, err := os.Stat("/lib/ld-linux.so.2"); err != nil {
		t.Skip("this host has no /lib/ld-linux.so.2: i386 programs that are dynamic are not run")
	}
	dir, err := filepath.Abs(programs)
	if err != nil {
		t.Fatal(err)
	}
	for _, argv := range [][]string{
		{dir + "/hello-dyn32"},
		{dir + "/sort-dyn32", "32"},
		{dir + "/tour-dyn32", "printf"},
		{dir + "/tour-dyn32", "signals"},
		{dir + "/tour-dyn32", "threads"},
		{compiled(t, "exceptions.cc", exceptions32, "-m32", "-pthread")},
	} {
		t.Run(strings.Join(append([]string{filepath.Base(argv[0])}, argv[1:]...), "_"), func(t *testing.T) {
			if len(argv) > 1 && argv[1] == "signals" && !runs32() {
				t.Skip("this host's kernel runs no i386 programs, and qemu's signal frames are not Linux's")
			}
			compareReal(t, argv)
		})
	}
}

// TestChangeOfABI goes through execve from an i386 program to an x86-64 one and back.
func TestChangeOfABI(t *testing.T) {
	if !native || !runs32() {
		t.Skip("this host does not run both kinds of programs")
	}
	short := compiled(t, "change32.c", change, "-m32", "-static")
	long := compiled(t, "change64.c", change, "-static")
	compareReal(t, []string{short, "3", long, short})
	compareReal(t, []string{long, "4", short, long})
}

// compareReal runs a program of the host's with few frames and with many, and compares with the host. A name that is
// empty is that of a program that could not be made.
func compareReal(t *testing.T, argv []string) {
	t.Helper()
	if argv[0] == "" {
		t.Skip("this host's compiler makes no i386 programs")
	}
	want := hostRun(t, argv)
	for _, frames := range []int{64, 16384} {
		cfg := config()
		cfg.Memory.Frames, cfg.Memory.Swap = frames, 65536
		got := realRun(t, cfg, argv)
		if got.Status > 128 {
			got.Status = -1 // as os/exec has it
		}
		if !same(got, want) {
			t.Errorf("%d frames:\ngot  %+v\nwant %+v", frames, got, want)
		}
	}
}

// compiled makes a program of a source for the test; "": the host cannot.
func compiled(t *testing.T, name, source string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	src, out := filepath.Join(dir, name), filepath.Join(dir, "prog")
	if err := os.WriteFile(src, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	compiler := "gcc"
	if strings.HasSuffix(name, ".cc") {
		compiler = "g++"
	}
	cmd := exec.CommandContext(t.Context(), compiler, append(flags, "-O1", "-o", out, src)...) //nolint:gosec // our own program
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Logf("%s %v: %s", compiler, flags, text)
		return ""
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the guest runs as another user
		t.Fatal(err)
	}
	return out
}
