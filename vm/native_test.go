//go:build linux && amd64

package vm_test

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"
)

// native says that this host can run the programs itself.
const native = true

// runs32 reports whether the kernel runs i386 programs. Where it does not, as in a virtual machine without
// the processor's help, what is peculiar to segments and processor is not compared with the host either.
var runs32 = sync.OnceValue(func() bool {
	return !errors.Is(exec.Command(programs+"/tour32").Run(), syscall.ENOEXEC)
})

// command is a command line that runs a program of the host's: by itself, or an i386 one by qemu-i386 where
// the kernel cannot. It skips the test where neither is possible.
func command(t *testing.T, program string) []string {
	t.Helper()
	f, err := elf.Open(program)
	if err != nil || f.Class == elf.ELFCLASS64 || runs32() {
		return []string{program}
	}
	qemu, err := exec.LookPath("qemu-i386")
	if err != nil {
		t.Skip("this host's kernel runs no i386 programs, and it has no qemu-i386 (Debian's qemu-user)")
	}
	return []string{qemu, program}
}

// zeroPage reports whether reading a private page that was never written maps the zero page, as Linux does it
// (do_anonymous_page in mm/memory.c). Kernels of virtual machines may be told to give out a page at once (on
// PVM), which shows in how areas merge.
func zeroPage(t *testing.T) bool {
	t.Helper()
	const size = 1 << 20
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(b) }()
	for i := 0; i < size; i += 4096 {
		if b[i] != 0 {
			t.Fatal("a fresh page is not zero")
		}
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	var start, end uintptr
	for line := range strings.Lines(string(smaps)) {
		kilobytes := 0
		switch at := uintptr(unsafe.Pointer(&b[0])); {
		case strings.Contains(line, " r--p "):
			_, err = fmt.Sscanf(line, "%x-%x", &start, &end)
		case start <= at && at < end && strings.HasPrefix(line, "Rss:"):
			_, err = fmt.Sscanf(line, "Rss: %d kB", &kilobytes)
			return err == nil && kilobytes < size/1024
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return true
}

// onHost runs a program natively.
func onHost(t *testing.T, argv []string) outcome {
	t.Helper()
	cmd := exec.Command("./"+argv[0], argv[1:]...) //nolint:gosec // the repository's own programs
	cmd.Dir, cmd.Env = programs, environment
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if _, ok := errors.AsType[*exec.ExitError](cmd.Run()); !ok && cmd.ProcessState == nil {
		t.Fatalf("%v cannot be run", argv)
	}
	status := cmd.ProcessState.ExitCode()
	if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		status = 128 + int(w.Signal())
	}
	return outcome{argv, status, out.String(), errs.String()}
}
