package vm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"memlab/vm"
)

// wakeups measures how late sleeps end and timers fire while others compute: in thousandths of what was
// asked for.
const wakeups = `#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static int64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec; }
static volatile int hits;
static void hit(int sig) { (void)sig, hits++; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
int main(void) {
  volatile int *steps = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t busy[2];
  for (int i = 0; i < 2; i++) if (!(busy[i] = fork())) for (;;) steps[i]++;
  int64_t late = 0;
  struct timespec t = {0, 300000};
  for (int i = 0; i < 40; i++) {
    int64_t before = now();
    nanosleep(&t, 0);
    if (i > 3) late = most(late, now() - before - 300000);
  }
  printf("sleeps: %s\n", late < 60000 ? "in time" : "late");
  printf("others: %s\n", steps[0] > 1000 && steps[1] > 1000 ? "ran" : "starved");
  t.tv_nsec = 1;
  int was = steps[0];
  for (int i = 0; i < 2000; i++) nanosleep(&t, 0);
  printf("short sleeps: the others %s\n", steps[0] > was ? "ran" : "starved");
  for (int i = 0; i < 2; i++) kill(busy[i], SIGKILL), wait(0);
  signal(SIGALRM, hit);
  struct itimerval each = {{0, 1000}, {0, 1000}};
  setitimer(ITIMER_REAL, &each, 0);
  while (hits < 2) ;
  int64_t before = now();
  while (hits < 12) ;
  int64_t took = now() - before;
  printf("ticks: %s\n", took > 9900000 && took < 10100000 ? "in time" : "late");
  return 0;
}
`

// TestWakeups: sleepers and timers interrupt who computes, at their time; cutting the run into pieces
// changes nothing.
func TestWakeups(t *testing.T) {
	program := compiled(t, "wakeups.c", wakeups, "-static")
	if program == "" {
		t.Skip("this host cannot compile it")
	}
	dir := t.TempDir()
	if err := os.Rename(program, filepath.Join(dir, "wakeups")); err != nil {
		t.Fatal(err)
	}
	const want = "sleeps: in time\nothers: ran\nshort sleeps: the others ran\nticks: in time\n"
	var ends []ending
	for _, steps := range []uint64{0, 1009, 4096} {
		m, err := vm.New(config())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(m.Close)
		var o outcome
		p, err := m.Load(vm.Program{
			Path: "/wakeups", Env: environment, UID: 1000, Root: os.DirFS(dir), Stdout: &writer{&o.Stdout}, Stderr: &writer{&o.Stderr},
		})
		if err != nil {
			t.Fatal(err)
		}
		reason := vm.StopSteps
		for reason == vm.StopSteps && err == nil {
			reason, err = m.Run(vm.RunOptions{Steps: steps})
		}
		if err != nil || o.Stdout != want {
			t.Fatalf("by %d steps: %v, %v, %+v", steps, reason, err, o)
		}
		ends = append(ends, endingOf(m, p, &o))
	}
	for _, e := range ends[1:] {
		if !e.equal(&ends[0]) {
			t.Error(fmt.Sprintf("in pieces: %+v", e), fmt.Sprintf("at once: %+v", ends[0]))
		}
	}
}
