package linux

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"memlab/paging"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// TestTable: every handler is reachable under a name that Linux has, and the names are at their numbers.
func TestTable(t *testing.T) {
	table, handled := syscallTables()[ABI64], 0
	for i := range table {
		if table[i].fn != nil {
			handled++
		}
	}
	listed := 0
	for _, g := range handlerGroups() {
		listed += len(g)
	}
	if handled != listed {
		t.Errorf("%d handlers are listed, %d have a number", listed, handled)
	}
	for name, want := range map[string]uint64{
		"read": 0, "exit_group": 231, "openat": 257, "rseq": 334, "clone3": 435, "mseal": 462, "file_setattr": 469,
	} {
		if got, ok := Number(name); got != want || !ok || Name(want) != name {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	if Name(400) != "" || Name(1<<40) != "" {
		t.Error("numbers that Linux does not have are named")
	}
}

func TestUnknown(t *testing.T) {
	r := newRig(t, rigOptions{})
	_, err := r.try("mount", 1, 2, 3)
	want := "system call mount (number 165) is not supported: mount(0x1, 0x2, 0x3, 0x0, 0x0, 0x0) at 0x401000"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	if v, err := r.number(100000); err != nil || v != neg(int64(errno.ENOSYS)) {
		t.Errorf("a number that Linux does not have: %d %v", int64(v), err)
	}
	r = newRig(t, rigOptions{policy: ENOSYSOnUnknown})
	for _, name := range []string{"mount", "swapon", "mount"} {
		if _, e := r.call(name); e != errno.ENOSYS {
			t.Errorf("%s: %v", name, e)
		}
	}
	want = "[{x86-64 165 mount 2} {x86-64 167 swapon 1}]"
	if got := fmt.Sprint(r.k.Unknown()); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestEvents(t *testing.T) {
	r := newRig(t, rigOptions{})
	var got []string
	r.bus.Subscribe(event.MaskOf(event.SyscallEnter, event.SyscallExit, event.Exit),
		func(ev *event.Event) event.Verdict {
			got = append(got, fmt.Sprintf("%v %d %d", ev.Kind, ev.Arg, int64(ev.Arg2)))
			return event.Continue
		})
	_, _ = r.call("getpid")
	_, _ = r.call("close", 77)
	_, _ = r.call("exit_group", 0x103)
	want := "[syscall.enter 39 0 syscall.exit 39 1 syscall.enter 3 0 syscall.exit 3 -9 " +
		"syscall.enter 231 0 exit 768 0]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v\nwant %v", got, want)
	}
	if ended, e := r.p.Exited(); !ended || e != (ExitState{Code: 3}) {
		t.Errorf("%v %+v", ended, e)
	}
}

func TestReadWrite(t *testing.T) {
	var out bytes.Buffer
	r := newRig(t, rigOptions{in: strings.NewReader("input"), out: &out})
	if n, e := r.call("read", 0, bufAt, 100); n != 5 || e != errno.OK || string(r.mem.get(bufAt, 5)) != "input" {
		t.Error(n, e)
	}
	if n, e := r.call("read", 0, bufAt, 100); n != 0 || e != errno.OK {
		t.Error("end of input:", n, e)
	}
	r.str(bufAt, "hello ")
	r.str(bufAt+0x100, "world\n")
	r.words(bufAt+0x200, bufAt, 6, bufAt+0x100, 6)
	if n, e := r.call("writev", 1, bufAt+0x200, 2); n != 12 || e != errno.OK || out.String() != "hello world\n" {
		t.Errorf("%d %v %q", n, e, out.String())
	}
	out.Reset()
	if n, e := r.call("write", 1, bufAt+0x1ff0, 100); n != 16 || e != errno.OK || out.Len() != 16 {
		t.Errorf("a write that ends in a hole: %d %v, %d bytes arrived", n, e, out.Len())
	}
	fd, e := r.call("open", r.str(bufAt, "/big"), 0, 0)
	if e != errno.OK {
		t.Fatal(e)
	}
	if n, e := r.call("read", fd, bufAt+0x1000, 200000); n != 0x1000 || e != errno.OK {
		t.Errorf("a read that ends in a hole: %d %v", n, e)
	}
	if pos, e := r.call("lseek", fd, 0, vfs.SeekCur); pos != 0x1000 || e != errno.OK {
		t.Errorf("the position after it: %#x %v", pos, e)
	}
}

func TestBrokenPipe(t *testing.T) {
	pr, pw := io.Pipe()
	_ = pr.Close()
	r := newRig(t, rigOptions{out: pw})
	if _, err := r.try("write", 1, bufAt, 5); err != nil {
		t.Fatal(err)
	}
	want := ExitState{
		Signal: SIGPIPE, Report: "SIGPIPE: sent because nobody reads what it writes, at 0x401002\n",
	}
	if _, e := r.p.Exited(); e != want {
		t.Errorf("%+v", e)
	}
	r = newRig(t, rigOptions{out: pw})
	r.p.Actions[SIGPIPE].Handler = handlerIgnore
	if _, e := r.call("write", 1, bufAt, 5); e != errno.EPIPE || r.p.exited {
		t.Error(e)
	}
}

func TestDeadlocks(t *testing.T) {
	for name, start := range map[string]func(r *rig) error{
		"futex": func(r *rig) error { _, err := r.try("futex", bufAt, 0, 0); return err },
		"pause": func(r *rig) error { _, err := r.try("pause"); return err },
		"read": func(r *rig) error {
			_, _ = r.call("pipe", bufAt)
			_, err := r.try("read", 3, bufAt, 1)
			return err
		},
		"poll": func(r *rig) error { _, err := r.try("poll", 0, 0, neg(1)); return err },
		"stop": func(r *rig) error { _, err := r.try("kill", 1, SIGSTOP); return err },
	} {
		r := newRig(t, rigOptions{})
		if d, ok := errors.AsType[*DeadlockError](start(r)); !ok || d.Tasks[0].PID != 1 || d.Tasks[0].What == "" {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func TestDescriptors(t *testing.T) {
	r := newRig(t, rigOptions{})
	passwd := r.str(bufAt, "/etc/passwd")
	fd, _ := r.call("openat", neg(100), passwd, vfs.OCloseExec, 0)
	dup, _ := r.call("dup", fd)
	if fd != 3 || dup != 4 {
		t.Fatal(fd, dup)
	}
	_, _ = r.call("read", fd, bufAt+0x100, 5)
	if pos, _ := r.call("lseek", dup, 0, 1); pos != 5 {
		t.Errorf("a duplicate is at %d", pos)
	}
	for _, k := range []struct{ fd, want uint64 }{{fd, 1}, {dup, 0}} {
		if v, _ := r.call("fcntl", k.fd, fGetFD); v != k.want {
			t.Errorf("close-on-exec of %d: %d", k.fd, v)
		}
	}
	r.p.Files.CloseExec()
	if _, e := r.call("fstat", fd, bufAt+0x100); e != errno.EBADF {
		t.Errorf("close-on-exec: %v", e)
	}
	r.words(bufAt+0x100, 6, 6)
	_, _ = r.call("setrlimit", limitNofile, bufAt+0x100)
	for want := uint64(3); want < 6; want++ {
		if want == 4 {
			continue
		}
		if v, e := r.call("open", passwd, 0); v != want || e != errno.OK {
			t.Errorf("descriptor %d %v, want %d", v, e, want)
		}
	}
	if _, e := r.call("open", passwd, 0); e != errno.EMFILE {
		t.Errorf("one too many: %v", e)
	}
	if _, e := r.call("open", r.str(bufAt, "/secret"), vfs.OReadOnly); e != errno.EMFILE {
		t.Errorf("the superuser may: %v", e)
	}
	r = newRig(t, rigOptions{cred: vfs.Cred{UID: 5, GID: 5}})
	if _, e := r.call("open", r.str(bufAt, "/secret"), vfs.OReadOnly); e != errno.EACCES {
		t.Errorf("others may not: %v", e)
	}
}

func TestDirectories(t *testing.T) {
	r := newRig(t, rigOptions{})
	ok := func(name string, a ...uint64) uint64 {
		t.Helper()
		v, e := r.call(name, a...)
		if e != errno.OK {
			t.Fatalf("%s: %v", name, e)
		}
		return v
	}
	ok("mkdir", r.str(bufAt, "/etc/new"), 0o777)
	ok("chdir", r.str(bufAt, "etc"))
	n := ok("getcwd", bufAt+0x100, 100)
	if got := string(r.mem.get(bufAt+0x100, int(n))); got != "/etc\x00" {
		t.Errorf("%q", got)
	}
	fd := ok("open", r.str(bufAt, "."), vfs.ODirectory)
	var names []string
	for {
		n := ok("getdents64", fd, bufAt+0x200, 60)
		if n == 0 {
			break
		}
		for b := r.mem.get(bufAt+0x200, int(n)); len(b) > 0; b = b[binary.LittleEndian.Uint16(b[16:]):] {
			name, _, _ := bytes.Cut(b[19:], []byte{0})
			names = append(names, fmt.Sprintf("%s:%d", name, b[18]))
		}
	}
	if got := fmt.Sprint(names); got != "[.:4 ..:4 passwd:8 new:4]" {
		t.Error(got)
	}
}

func TestProc(t *testing.T) {
	r := newRig(t, rigOptions{})
	read := func(path string) string {
		t.Helper()
		fd, e := r.call("open", r.str(bufAt, path), 0)
		if e != errno.OK {
			return e.Name()
		}
		n, e := r.call("read", fd, bufAt+0x1000, 0x1000)
		_, _ = r.call("close", fd)
		if e != errno.OK {
			return e.Name()
		}
		return string(r.mem.get(bufAt+0x1000, int(n)))
	}
	link := func(path string) string {
		n, e := r.call("readlink", r.str(bufAt, path), bufAt+0x1000, 0x1000)
		if e != errno.OK {
			return e.Name()
		}
		return string(r.mem.get(bufAt+0x1000, int(n)))
	}
	for _, k := range []struct{ what, got, want string }{
		{"maps", read("/proc/self/maps"), "00010000-00012000 rw-p\n"},
		{"cmdline", read("/proc/self/cmdline"), "prog\x00x\x00"},
		{"environ", read("/proc/1/environ"), "A=1\x00"},
		{"comm", read("/proc/self/comm"), "prog\n"},
		{"exe", link("/proc/self/exe"), "/bin/prog"},
		{"exe's bytes", read("/proc/self/exe"), "\x7fELF"},
		{"self", link("/proc/self"), "1"},
		{"fd", link("/proc/self/fd/2"), "/dev/pts/0"},
		{"cwd", link("/proc/self/cwd"), "/"},
		{"through cwd", read("/proc/self/cwd/etc/passwd"), "root:x:0:0\n"},
		{"no process", read("/proc/2/maps"), "ENOENT"},
		{"nothing", read("/proc/self/nothing"), "ENOENT"},
		{"stdin", read("/dev/stdin"), ""},
		{"no fd", link("/proc/self/fd/03"), "ENOENT"},
	} {
		if k.got != k.want {
			t.Errorf("%s: %q, want %q", k.what, k.got, k.want)
		}
	}
	if _, e := r.call("open", r.str(bufAt, "/proc/self/comm"), vfs.OWriteOnly); e != errno.EROFS {
		t.Errorf("writing: %v", e)
	}
	if n := len(r.p.Files.slots); n != 4 {
		t.Errorf("%d descriptors are in use", n)
	}
}

func TestMemoryCalls(t *testing.T) {
	r := newRig(t, rigOptions{})
	file, _ := r.call("open", r.str(bufAt, "/big"), 0)
	dir, _ := r.call("open", r.str(bufAt, "/etc"), 0)
	const anon, private = uint64(area.MapAnonymous | area.MapPrivate), uint64(area.MapPrivate)
	tests := []struct {
		name string
		args []uint64
		want errno.Errno
		asks string
	}{
		{"mmap", []uint64{0x1000, 1, 3, anon, neg(1), 0}, errno.OK, "[map]"},
		{"mmap", []uint64{0, 1, 3, private, file, 0x1000}, errno.OK, "[map]"},
		{"mmap", []uint64{0, 1, 3, private, file, 1}, errno.EINVAL, "[]"},
		{"mmap", []uint64{0, 1, 3, private, 99, 0}, errno.EBADF, "[]"},
		{"mmap", []uint64{0, 1, 3, private, dir, 0}, errno.ENODEV, "[]"},
		{"mprotect", []uint64{0x1001, 1, 1}, errno.EINVAL, "[]"},
		{"mprotect", []uint64{0x1000, 0, 1}, errno.OK, "[]"},
		{"mprotect", []uint64{0x1000, 1, 0x40}, errno.EINVAL, "[]"},
		{"mprotect", []uint64{0x1000, 1, 1}, errno.OK, "[protect]"},
		{"mprotect", []uint64{stackAt + 0x1000, 0x1000, protDown | 1}, errno.OK, "[protect]"},
		{"mprotect", []uint64{bufAt, 0x1000, protDown | 1}, errno.EINVAL, "[]"},
		{"munmap", []uint64{0x1000, 1}, errno.OK, "[unmap]"},
		{"mremap", []uint64{0x1000, 1, 2, 1, 0}, errno.OK, "[remap]"},
		{"mmap", []uint64{0, 1, 3, anon | 0x40000, neg(1), 0}, errno.ENOMEM, "[]"},
		{"mmap", []uint64{0, 1, 3, anon | 0x40000 | 20<<26, neg(1), 0}, errno.EINVAL, "[]"},
		{"madvise", []uint64{bufAt, 0x2000, 4}, errno.OK, "[advise 4]"},
		{"madvise", []uint64{bufAt, 0x3000, 1}, errno.ENOMEM, "[advise 1]"},
		{"madvise", []uint64{bufAt, 0x1fff, 1}, errno.OK, "[advise 1]"},
		{"madvise", []uint64{bufAt, 0x2000, 77}, errno.EINVAL, "[]"},
		{"msync", []uint64{bufAt, 0x3000, 4}, errno.ENOMEM, "[msync]"},
		{"mlock", []uint64{bufAt, 0x1000}, errno.OK, "[mlock]"},
		{"mlock2", []uint64{bufAt, 0x1000, 2}, errno.EINVAL, "[]"},
		{"mlock2", []uint64{bufAt, 0x1000, 1}, errno.OK, "[mlock]"},
		{"munlock", []uint64{bufAt, 0x1000}, errno.OK, "[munlock]"},
		{"mlockall", []uint64{0}, errno.EINVAL, "[]"},
		{"mlockall", []uint64{1}, errno.OK, "[mlockall]"},
		{"munlockall", nil, errno.OK, "[mlockall]"},
	}
	for _, tt := range tests {
		r.mem.calls = nil
		_, e := r.call(tt.name, tt.args...)
		if got := fmt.Sprint(r.mem.calls); e != tt.want || got != tt.asks {
			t.Errorf("%s(%s): %v %s, want %v %s", tt.name, hexArgs(tt.args), e, got, tt.want, tt.asks)
		}
	}
	r.mem.err = area.EEXIST
	if _, e := r.call("mmap", 0, 1, 3, anon, 0, 0); e != errno.EEXIST {
		t.Errorf("the space's error: %v", e)
	}
	if v, e := r.call("brk", 0x123456); v != 0x123456 || e != errno.OK {
		t.Error(v, e)
	}
}

// TestOutOfMemoryInCopy: a copy that fails for lack of a frame kills instead of giving EFAULT.
func TestOutOfMemoryInCopy(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.mem.fault = paging.Fault{VA: holeAt, Cause: paging.NoMemory}
	if _, err := r.try("uname", holeAt); err != nil {
		t.Fatal(err)
	}
	want := ExitState{Signal: SIGKILL, Report: "out of memory: the page of 0x30000 needs a frame; " +
		"none is free and none can be evicted\n"}
	if _, e := r.p.Exited(); e != want {
		t.Errorf("%+v", e)
	}
}

func TestTime(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.words(bufAt, 2, 500)
	if _, e := r.call("nanosleep", bufAt, 0); e != errno.OK || r.clock.now != 7e9+500 {
		t.Error(e, r.clock.now)
	}
	_, _ = r.call("clock_gettime", clockRealtime, bufAt)
	if s, ns := r.mem.word(bufAt), r.mem.word(bufAt+8); s != DefaultEpoch+7 || ns != 500 {
		t.Error(s, ns)
	}
	r.words(bufAt, 10, 0)
	_, _ = r.call("clock_nanosleep", clockMonotonic, 1, bufAt)
	_, _ = r.call("clock_nanosleep", clockMonotonic, 1, bufAt)
	if r.clock.now != 10e9 {
		t.Error(r.clock.now)
	}
	_, _ = r.call("clock_gettime", clockProcess, bufAt)
	if s, ns := r.mem.word(bufAt), r.mem.word(bufAt+8); s != 5 || ns != 0 {
		t.Errorf("sleep was counted as work: %d.%09d s", s, ns)
	}
	for range 3 { // sleeping for ever ends, and time stays sane
		r.words(bufAt, 1<<62, 999999999)
		if _, e := r.call("nanosleep", bufAt, 0); e != errno.OK || r.clock.now > farFuture {
			t.Error(e, r.clock.now)
		}
	}
}

func TestRandom(t *testing.T) {
	var first []byte
	for range 2 {
		r := newRig(t, rigOptions{})
		if n, e := r.call("getrandom", bufAt, 0x3000, 0); n != 0x2000 || e != errno.OK {
			t.Fatal(n, e)
		}
		b := r.mem.get(bufAt, 0x2000)
		if first != nil && !bytes.Equal(first, b) {
			t.Error("the same seed gives other bytes")
		}
		first = b
	}
	// splitmix64 of seed 1: the published sequence.
	if got := binary.LittleEndian.Uint64(first); got != 0x910a2dec89025cc1 {
		t.Errorf("first word %#x", got)
	}
}

// FuzzSyscall makes calls with arbitrary numbers and arguments: each ends in a result, an errno or a named
// stop.
func FuzzSyscall(f *testing.F) {
	f.Add(uint64(0), uint64(0), uint64(bufAt), uint64(100), uint64(0), uint64(0), uint64(0))
	for n := range uint64(len(syscallNames)) {
		f.Add(n, uint64(bufAt), uint64(bufAt+64), uint64(8), uint64(bufAt+128), uint64(1), uint64(2))
		f.Add(n, uint64(3), uint64(roAt), neg(1), uint64(1)<<63, neg(100), uint64(4))
	}
	f.Fuzz(func(t *testing.T, number, a, b, c, d, e, g uint64) {
		r := newRig(t, rigOptions{policy: ENOSYSOnUnknown, in: strings.NewReader("text"), out: io.Discard})
		_, _ = r.call("open", r.str(bufAt+0x800, "/big"), vfs.OReadWrite)
		r.mem.put(bufAt+64, []byte("/etc/passwd\x00"))
		r.words(bufAt+128, bufAt, 16, bufAt+64, 16)
		_, err := r.number(number%512, a, b, c, d, e, g)
		if err != nil {
			if _, ok := errors.AsType[*DeadlockError](err); !ok {
				t.Fatalf("%s(%s): %v", Name(number%512), hexArgs([]uint64{a, b, c, d, e, g}), err)
			}
		}
		if limit, used := r.files.Room(); used < 0 || used > limit {
			t.Fatalf("%d of %d bytes in use", used, limit)
		}
	})
}
