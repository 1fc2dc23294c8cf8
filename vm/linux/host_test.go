//go:build linux && amd64

package linux

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"memlab/paging/addr"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// hostSpace is the test's own memory, copied by the host's kernel, so that it fails where the host's does.
type hostSpace struct{ *fakeSpace }

func (hostSpace) copy(number uintptr, va addr.VAddr, b []byte) int {
	local := syscall.Iovec{Base: &b[0], Len: uint64(len(b))}
	remote := [2]uint64{uint64(va), uint64(len(b))}
	n, _, e := syscall.Syscall6(number, uintptr(os.Getpid()), uintptr(unsafe.Pointer(&local)), 1,
		uintptr(unsafe.Pointer(&remote)), 1, 0)
	if e != 0 {
		return 0
	}
	return int(n)
}

func (s hostSpace) Read(va addr.VAddr, b []byte) int  { return s.copy(310, va, b) } // process_vm_readv
func (s hostSpace) Write(va addr.VAddr, b []byte) int { return s.copy(311, va, b) } // process_vm_writev

// hostCase is a system call with the values that its arguments are chosen from.
type hostCase struct {
	name string
	args [][]uint64
	same bool // what it writes must be equal, too
}

// TestAgainstHostKernel makes the same calls of the host's kernel and of ours, with the same memory, over
// the product of awkward arguments, and compares the results: descriptors 200 a file, 201 a directory, 202
// and 203 a pipe, 204 a file opened with O_PATH, 205 a file open for writing only, 206 /dev/zero.
func TestAgainstHostKernel(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"f": 0o644, "w": 0o600, "x": 0o755, "none": 0} {
		if err := os.WriteFile(filepath.Join(dir, name), bytes.Repeat([]byte(name), 3000), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("f", filepath.Join(dir, "l")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	mem, err := syscall.Mmap(-1, 0, 8*4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	at := uint64(uintptr(unsafe.Pointer(&mem[0])))
	if err := syscall.Mprotect(mem[4096*2:4096*3], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mprotect(mem[4096*3:4096*4], syscall.PROT_READ); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, rigOptions{root: os.DirFS(dir), space: hostSpace{newSpace()}, policy: ENOSYSOnUnknown})
	hostFiles(t, r)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	r.p.Limits[limitNofile] = Limit{limit.Cur, limit.Max}

	buf, edge, hole, ro := at, at+2*4096-12, at+2*4096, at+3*4096
	paths := at + 4*4096
	path := map[string]uint64{}
	for _, s := range []string{"f", "d", "l", "nothing", "f/x", "none", "", "d/", "l/", "/"} {
		path[s] = paths
		copy(mem[paths-at:], s+"\x00")
		paths += 16
	}
	vec := at + 5*4096
	ptr := func(i int, v ...uint64) uint64 {
		for n, w := range v {
			*(*uint64)(unsafe.Pointer(&mem[5*4096+i*256+8*n])) = w
		}
		return vec + uint64(i)*256
	}
	pointers := []uint64{buf, edge, hole, ro, 0, 1 << 47, 1 << 63, ^uint64(0) - 7}
	names := []uint64{
		path["f"], path["d"], path["l"], path["nothing"], path["f/x"], path["none"], path[""], path["d/"], path["l/"],
		path["/"], hole, 0, edge,
	}
	fds := []uint64{200, 201, 204, 205, 206, 99, neg(1), neg(100), 1<<32 + 200}
	sizes := []uint64{0, 1, 7, 8, 12, 100, 4096, 20000, 1 << 31, 1 << 40, 1 << 63, neg(1)}
	vectors := []uint64{
		ptr(0, buf, 10, ro, 5), ptr(1, buf, 0, hole, 0), ptr(2, buf, 8, hole, 8), ptr(3, hole, 8, buf, 8),
		ptr(4, buf, 1<<63, buf, 1), ptr(5, buf, 1<<40, buf, 1), hole, 0,
	}
	specs := ptr(6, 0, 1e9) // a timespec with too many nanoseconds
	ptr(7, neg(1), 0)
	ptr(8, 0, 5)
	times := []uint64{specs, vec + 7*256, vec + 8*256, hole}
	offsets := []uint64{0, 1, 5999, 3000, 1 << 40, 1 << 62, 1 << 63, neg(5)}
	small := []uint64{0, 1, 2, 3, 4, 5, 8, 9, 10, 16, 64, 65, 1 << 31, neg(1)}
	cases := []hostCase{
		{"read", [][]uint64{fds, pointers, sizes}, true},
		{"pread64", [][]uint64{append(fds, 202), pointers, sizes, offsets}, true},
		{"write", [][]uint64{{99, 200, 201, 204, 205}, pointers, {0, 1, 12, 100}}, false},
		{"pwrite64", [][]uint64{{99, 200, 201, 203, 204, 205}, pointers, {0, 1, 12, 100}, {0, 9, 1 << 63}}, false},
		{"readv", [][]uint64{fds, vectors, {0, 1, 2, 1025, 1 << 40}}, true},
		{"writev", [][]uint64{{99, 205, 204, 201}, vectors, {0, 1, 2, 1025, 1 << 40}}, false},
		{"lseek", [][]uint64{{200, 202, 204, 205, 206, 99, neg(1)}, offsets, small}, false},
		{"lseek", [][]uint64{{201}, offsets, {0, 1, 5, neg(1)}}, false}, // where a directory ends, its file system says
		{"fstat", [][]uint64{append(fds, 202), pointers}, false},
		{"newfstatat", [][]uint64{fds, names, {buf, hole, 0}, {0, 0x100, 0x800, 0x1000, 0x200, 0x1100}}, false},
		{"statx", [][]uint64{fds, names, {0, 0x100, 0x1000, 0x6000, 0x2000, 1}, {0, 0x7ff, 1 << 31}, {buf, hole}}, false},
		{"stat", [][]uint64{names, {buf, hole, ro}}, false},
		{"lstat", [][]uint64{names, {buf, hole, ro}}, false},
		{"access", [][]uint64{names, {0, 1, 2, 4, 7, 8, neg(1)}}, false},
		{"faccessat2", [][]uint64{fds, names, {0, 1, 4, 8}, {0, 0x100, 0x200, 0x1000, 0x400}}, false},
		{"readlink", [][]uint64{names, pointers, sizes}, true},
		{"readlinkat", [][]uint64{fds, names, {buf, hole}, {0, 1, 10, neg(1)}}, true},
		{"getcwd", [][]uint64{{hole, 0}, {0, 1}}, false},
		{"chdir", [][]uint64{{path["f"], path["nothing"], path["f/x"], hole, 0, path[""]}}, false},
		{"fchdir", [][]uint64{{200, 99, 204}}, false},
		{"getdents64", [][]uint64{{200, 99, 204, 201}, {hole, 0, buf}, {0, 1, 20}}, false},
		{"fcntl", [][]uint64{fds, {1, 3, 2, 99, 1 << 20, neg(1)}, {0, 1}}, false},
		{"fcntl", [][]uint64{fds, {0, 1030}, {5000, 1 << 40, neg(1)}}, false},
		{"fcntl", [][]uint64{fds, {5, 6}, {hole, 0}}, false},
		{"dup2", [][]uint64{fds, {5000, neg(1), 1 << 31}}, false},
		{"dup2", [][]uint64{fds, fds[:1]}, false},
		{"dup3", [][]uint64{fds, {210, 5000, 1<<32 + 210}, {0, 1, 0o2000000}}, false},
		{"close", [][]uint64{{99, neg(1), 1 << 31}}, false},
		{"close_range", [][]uint64{{300, 400}, {300, 350}, {0, 1, 4, 8}}, false},
		{"ioctl", [][]uint64{append(fds, 202), {0x5401, 0x5413, 0x540f, 0x541b, 0xffffffff}, {buf, hole}}, false},
		{"ftruncate", [][]uint64{fds, {1 << 63, neg(1)}}, false},
		{"ftruncate", [][]uint64{{200, 201, 204, 99}, {0, 100}}, false},
		{"truncate", [][]uint64{{path["nothing"], path["d"], path["f/x"], hole, path[""]}, {0, 1 << 63}}, false},
		{"fsync", [][]uint64{append(fds, 202)}, false},
		{"fadvise64", [][]uint64{append(fds, 202), {0}, {0, 10, neg(1)}, {0, 2, 5, 6, neg(1)}}, false},
		{"mkdir", [][]uint64{{path["f"], path["d"], path["f/x"], hole, 0, path[""], path["/"]}, {0o777}}, false},
		{"rmdir", [][]uint64{{path["f"], path["nothing"], path["f/x"], hole, 0, path[""], path["/"]}}, false},
		{"unlink", [][]uint64{{path["d"], path["nothing"], path["f/x"], hole, 0, path[""], path["/"], path["l/"]}}, false},
		{"unlinkat", [][]uint64{{200, 99, 201, neg(100)}, {path["nothing"], hole, path[""]}, {0, 0x200, 1}}, false},
		{"rename", [][]uint64{{path["nothing"], hole, path["f/x"], path["/"]}, {path["d"], path["nothing"]}}, false},
		{"renameat2", [][]uint64{{neg(100), 99}, {path["f"]}, {neg(100)}, {path["d"], path["w"]}, {1, 8}}, false},
		{"symlink", [][]uint64{{path[""], hole, path["f"]}, {path["d"], path["f/x"], path["l"], hole}}, false},
		{"open", [][]uint64{names, {0o10000000 | 0o200000, 0o200000 | 0o100, 0o20200000, 3, 1, 0o400000}}, false},
		{"clock_gettime", [][]uint64{{12, 99, neg(1), 1 << 31}, {buf, hole}}, false},
		{"clock_gettime", [][]uint64{{0, 1, 2, 3, 4, 5, 6, 7, 11}, {buf, hole, ro}}, false},
		{"clock_getres", [][]uint64{{0, 1, 4, 7, 11, 99}, {buf, hole, 0}}, false},
		{"clock_nanosleep", [][]uint64{{0, 1, 4, 5, 6, 7, 11, 99, 3}, {0, 1}, times}, false},
		{"nanosleep", [][]uint64{times}, false},
		{"gettimeofday", [][]uint64{{buf, hole, 0}, {0, hole}}, false},
		{"time", [][]uint64{{hole, ro}}, false},
		{"times", [][]uint64{{hole, ro}}, false},
		{"getrusage", [][]uint64{{0, 1, 2, neg(1), neg(2)}, {buf, hole, ro}}, false},
		{"uname", [][]uint64{{buf, hole, ro, edge}}, false},
		{"sysinfo", [][]uint64{{buf, hole, ro, edge}}, false},
		{"getrandom", [][]uint64{pointers, {0, 1, 12, 100, 20000}, {0, 1, 2, 4, 6, 8}}, false},
		{"getrlimit", [][]uint64{{0, 3, 7, 15, 16, neg(1)}, {buf, hole, ro, 0}}, false},
		{"setrlimit", [][]uint64{{3, 16, 7}, {hole, 0, ptr(9, 10, 5)}}, false},
		{"prlimit64", [][]uint64{{0, 1 << 22}, {3, 16}, {0, hole, ptr(9, 10, 5)}, {0, buf, hole}}, false},
		{"getgroups", [][]uint64{{neg(1), 1 << 31}, {buf, hole}}, false},
		{"getresuid", [][]uint64{{buf, hole}, {buf, ro}, {buf, 0}}, true},
		{"capget", [][]uint64{{buf, hole, ptr(13, capVersion3), ptr(14, capVersion3|neg(1)<<32)}, {buf, hole, 0}}, false},
		{"capset", [][]uint64{{buf, hole, ptr(13, capVersion3), ptr(14, capVersion3|neg(1)<<32)}, {hole}}, false},
		{"getpriority", [][]uint64{{0, 3, neg(1)}, {0, 1 << 22}}, true},
		{"setpriority", [][]uint64{{0, 3, neg(1)}, {1 << 22}, {0}}, true},
		{"sched_getscheduler", [][]uint64{{0, neg(1), 1 << 22}}, true},
		{"sched_getparam", [][]uint64{{0, neg(1), 1 << 22}, {buf, hole, 0}}, true},
		{"sched_setparam", [][]uint64{{0, neg(1), 1 << 22}, {ptr(12, 5), hole, 0}}, true},
		{"sched_setscheduler", [][]uint64{{0, neg(1)}, {1, 2, 4, 9, neg(1)}, {ptr(10, 0), hole, 0}}, true},
		{"sched_get_priority_max", [][]uint64{{0, 1, 2, 3, 4, 5, 6, 7, 8, neg(1)}}, true},
		{"sched_get_priority_min", [][]uint64{{0, 1, 2, 3, 4, 5, 6, 7, 8, neg(1)}}, true},
		{"membarrier", [][]uint64{{0, 1 << 20, 3}, {1}}, true},
		{"getpgid", [][]uint64{{1 << 22, neg(1)}}, false},
		{"sched_getaffinity", [][]uint64{{0, 1 << 22, neg(1)}, {0, 4, 12, 1 << 32}, {buf}}, false},
		{"sched_setaffinity", [][]uint64{{0}, {8}, {hole, 0, ptr(10, 0)}}, false},
		{"set_robust_list", [][]uint64{{0}, {0, 23, 25}}, false},
		{"arch_prctl", [][]uint64{{0, 0x3001, 0x1005, 0x5001}, {buf, hole}}, false},
		{"arch_prctl", [][]uint64{{0x1002, 0x1001}, {1 << 47, 1 << 63}}, false},
		{"arch_prctl", [][]uint64{{0x1003, 0x1004}, {hole, 0}}, false},
		{"prctl", [][]uint64{{15, 16, 1, 99, 2}, {hole, 65, 0}}, false},
		{"rt_sigaction", [][]uint64{{0, 9, 19, 65, neg(1), 10}, {0, hole}, {0, hole, ro}, {8, 4, 16}}, false},
		{"rt_sigaction", [][]uint64{{9, 19, 65}, {buf}, {0}, {8}}, false},
		{"rt_sigprocmask", [][]uint64{{0, 1, 2, 3, neg(1)}, {hole}, {0, hole}, {8, 4}}, false},
		{"rt_sigprocmask", [][]uint64{{3, neg(1)}, {buf}, {0}, {8}}, false},
		{"rt_sigpending", [][]uint64{{buf, hole, ro}, {0, 4, 8, 9}}, false},
		{"rt_sigsuspend", [][]uint64{{buf, hole}, {4, 9}}, false},
		{"rt_sigsuspend", [][]uint64{{hole}, {8}}, false},
		{"sigaltstack", [][]uint64{{hole, ptr(11, 0, 0, 100), ptr(12, 0, 7, 10000)}, {0}}, false},
		{"kill", [][]uint64{{1 << 22}, {0, 9, 65, neg(1)}}, false},
		{"tkill", [][]uint64{{0, neg(1), 1 << 22}, {0, 65}}, false},
		{"tgkill", [][]uint64{{0, neg(1), 1 << 22}, {0, 1 << 22}, {0, 65}}, false},
		{"wait4", [][]uint64{{1 << 22}, {0}, {0, 1, 4}, {0}}, false},
		{"futex", [][]uint64{{buf, buf + 1, hole}, {1, 129, 10, 138, 257}, {1}, {0}, {0}, {0, 1}}, false},
		{"futex", [][]uint64{{buf, buf + 2, hole}, {0, 128, 9, 137, 256}, {12345}, {0, specs, hole}, {0}, {0, 1}}, false},
		{"futex", [][]uint64{{buf}, {0, 128}, {0}, {vec + 8*256}, {0}, {0}}, false},
		{"pipe2", [][]uint64{{hole}, {0, 1, 0o4000}}, false},
		{"poll", [][]uint64{{hole, 0}, {1, 1 << 40}, {0}}, false},
		{"open", [][]uint64{{path["f"], path["d"], path["l"], path["d/"]}, {0o301, 0o101, 0o100, 0o400100}}, false},
		{"madvise", [][]uint64{{buf, buf + 1, 0}, {0, neg(1)}, {0, 1, 4, 5, 6, 7, 30, 99}}, false},
		{"msync", [][]uint64{{buf, buf + 1}, {0, neg(1)}, {0, 1, 4, 5, 8}}, false},
	}
	total := 0
	for _, c := range cases {
		total += compareCase(t, r, c, mem)
	}
	t.Logf("%d calls compared", total)
}

// hostFiles opens the same descriptors on both sides.
func hostFiles(t *testing.T, r *rig) {
	t.Helper()
	give := func(want int, path string, flags int) {
		t.Helper()
		fd, err := syscall.Open(path, flags, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Dup2(fd, want); err != nil {
			t.Fatal(err)
		}
		_ = syscall.Close(fd)
		t.Cleanup(func() { _ = syscall.Close(want) })
		file, e := r.files.Open(r.p.context(), vfs.Path{Name: path}, uint32(flags), 0)
		if e != errno.OK {
			t.Fatal(path, e)
		}
		r.p.Files.set(want, file, false)
	}
	give(200, "f", syscall.O_RDONLY)
	give(201, "d", syscall.O_RDONLY)
	give(204, "f", vfs.OPath)
	give(205, "w", syscall.O_WRONLY)
	give(206, "/dev/zero", syscall.O_RDONLY)
	var pair [2]int
	if err := syscall.Pipe(pair[:]); err != nil {
		t.Fatal(err)
	}
	pr, pw := r.files.Pipe(0)
	for i, f := range []*vfs.File{pr, pw} {
		if err := syscall.Dup2(pair[i], 202+i); err != nil {
			t.Fatal(err)
		}
		_ = syscall.Close(pair[i])
		t.Cleanup(func() { _ = syscall.Close(202 + i) })
		r.p.Files.set(202+i, f, false)
	}
}

// maxPerCase bounds the product of a case's arguments; above it a random part is taken.
const maxPerCase = 1500

func compareCase(t *testing.T, r *rig, c hostCase, mem []byte) int {
	t.Helper()
	product := 1
	for _, a := range c.args {
		product *= len(a)
	}
	if len(c.args) == 0 {
		return 0
	}
	rnd := rand.New(rand.NewPCG(7, uint64(len(c.name))))
	failures, done := 0, 0
	for i := range min(product, maxPerCase) {
		if product > maxPerCase {
			i = rnd.IntN(product)
		}
		var a [6]uint64
		for n, list := range c.args {
			a[n] = list[i%len(list)]
			i /= len(list)
		}
		want, wantMem := hostCall(c.name, a, mem)
		got, gotMem := ourCall(t, r, c.name, a, mem)
		done++
		bad := got != want
		if int64(got) >= 0 && int64(want) >= 0 && !c.same {
			bad = false // numbers may differ: descriptors, times
		}
		if c.same && !bytes.Equal(wantMem, gotMem) {
			bad = true
		}
		if bad {
			t.Errorf("%s(%s): %d, the host says %d", c.name, hexArgs(a[:len(c.args)]), int64(got), int64(want))
			if failures++; failures > 4 {
				break
			}
		}
	}
	return done
}

func prepare(mem []byte) {
	for i := range mem[:2*4096] {
		mem[i] = 0
	}
	for _, fd := range []int{200, 201, 205} {
		_, _ = syscall.Seek(fd, 0, 0)
	}
}

func hostCall(name string, a [6]uint64, mem []byte) (uint64, []byte) {
	prepare(mem)
	n, _ := Number(name)
	v, _, e := syscall.RawSyscall6(uintptr(n), uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]),
		uintptr(a[5]))
	out := bytes.Clone(mem[:2*4096])
	if e == syscall.EINTR { // the Go runtime's own signals
		return hostCall(name, a, mem)
	}
	if e != 0 {
		return -uint64(e), out
	}
	if name == "open" || name == "dup2" || name == "dup3" || name == "fcntl" && (a[1] == 0 || a[1] == 1030) {
		if v != 200 {
			_ = syscall.Close(int(v))
		}
	}
	return uint64(v), out
}

func ourCall(t *testing.T, r *rig, name string, a [6]uint64, mem []byte) (uint64, []byte) {
	t.Helper()
	prepare(mem)
	for _, fd := range []int{200, 201, 205} {
		_, _ = r.p.Files.Get(fd).Lseek(0, vfs.SeekSet)
	}
	v, err := r.try(name, a[:]...)
	if err != nil {
		t.Fatalf("%s(%s): %v", name, hexArgs(a[:]), err)
	}
	if r.p.exited {
		t.Fatalf("%s(%s): %v", name, hexArgs(a[:]), r.p.exit)
	}
	if name == "open" && int64(v) >= 0 {
		_ = r.p.Files.close(int(v))
	}
	return v, bytes.Clone(mem[:2*4096])
}
