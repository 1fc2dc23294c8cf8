//go:build linux && amd64

package linux

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// hostIDs makes one call of the host's kernel and says what came of it: ids, whether there are capabilities. The
// host has credentials for each thread, so the test's other threads keep theirs.
func hostIDs(name string, a [3]uint64) string {
	number := func(name string) uintptr { n, _ := Number(name); return uintptr(n) }
	v, _, e := syscall.RawSyscall(number(name), uintptr(a[0]), uintptr(a[1]), uintptr(a[2]))
	if e != 0 {
		v = 0
	}
	var uid, gid [3]uint32
	header, caps := [2]uint32{capVersion3}, [6]uint32{}
	for name, to := range map[string]*[3]uint32{"getresuid": &uid, "getresgid": &gid} {
		if _, _, e := syscall.RawSyscall(number(name), uintptr(unsafe.Pointer(&to[0])),
			uintptr(unsafe.Pointer(&to[1])), uintptr(unsafe.Pointer(&to[2]))); e != 0 {
			return name + ": " + e.Error()
		}
	}
	if _, _, e := syscall.RawSyscall(number("capget"), uintptr(unsafe.Pointer(&header)),
		uintptr(unsafe.Pointer(&caps)), 0); e != 0 {
		return "capget: " + e.Error()
	}
	return fmt.Sprint(v, int(e), uid, gid, caps[0] != 0, caps[1] != 0)
}

func ourIDs(r *rig, name string, a [3]uint64) string {
	v, e := r.call(name, a[:]...)
	c := r.p.cred
	three := func(i ids) [3]uint32 { return [3]uint32{i.real, i.effective, i.saved} }
	return fmt.Sprint(v, int(e), three(c.user), three(c.group), c.caps.effective != 0, c.caps.permitted != 0)
}

// TestCredentials makes random sequences of the calls that change ids, of the host's kernel and of ours.
func TestCredentials(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 5))
	names := []string{"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid"}
	some := []uint64{0, 0, 1000, 1001, keep}
	self := vfs.Cred{UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
	for range 300 {
		r := newRig(t, rigOptions{cred: self})
		calls, args := make([]string, 8), make([][3]uint64, 8)
		for i := range calls {
			calls[i] = names[rnd.IntN(len(names))]
			for n := range args[i] {
				args[i][n] = some[rnd.IntN(len(some))]
			}
		}
		want := make(chan string)
		go func() {
			runtime.LockOSThread() // and never unlocks: the thread ends with the goroutine
			for i := range calls {
				want <- hostIDs(calls[i], args[i])
			}
		}()
		for i := range calls {
			if got, want := ourIDs(r, calls[i], args[i]), <-want; got != want {
				t.Fatalf("%v\n%v\n%d: got %s, the host says %s", calls, args, i, got, want)
			}
		}
	}
}

func TestGroups(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.words(bufAt, 5|6<<32, 7)
	if _, e := r.call("setgroups", 3, bufAt); e != errno.OK {
		t.Fatal(e)
	}
	if n, e := r.call("getgroups", 0, 0); n != 3 || e != errno.OK {
		t.Errorf("%d groups, %v", n, e)
	}
	if n, e := r.call("getgroups", 3, bufAt+64); n != 3 || e != errno.OK || r.mem.word(bufAt+64) != 5|6<<32 {
		t.Errorf("%d groups, %v: %#x", n, e, r.mem.word(bufAt+64))
	}
	if _, e := r.call("getgroups", 2, bufAt); e != errno.EINVAL {
		t.Errorf("too little room: %v", e)
	}
	if _, e := r.call("setgroups", maxGroups+1, bufAt); e != errno.EINVAL {
		t.Errorf("too many groups: %v", e)
	}
	if _, e := r.call("setuid", 1000); e != errno.OK {
		t.Error(e)
	}
	if _, e := r.call("setgroups", 0, 0); e != errno.EPERM {
		t.Errorf("without the right: %v", e)
	}
}

// Capabilities can be given up, not taken; execve gives root all of them again.
func TestCapabilities(t *testing.T) {
	r := newRig(t, rigOptions{})
	set := func(effective, permitted uint64) errno.Errno {
		t.Helper()
		r.words(bufAt, capVersion3, effective&0xffffffff|permitted<<32, 0, effective>>32|permitted&^0xffffffff)
		r.words(bufAt+24, effective>>32|permitted>>32<<32, 0)
		// effective, permitted, inheritable of the low words, then of the high words
		_, e := r.call("capset", bufAt, bufAt+8)
		return e
	}
	if e := set(1<<capSetuid, 1<<capSetuid|1<<capSetgid); e != errno.OK {
		t.Fatal(e)
	}
	if got := r.p.cred.caps; got.effective != 1<<capSetuid || got.permitted != 1<<capSetuid|1<<capSetgid {
		t.Errorf("%+v", got)
	}
	if e := set(1<<capNice, 1<<capNice); e != errno.EPERM {
		t.Errorf("taking a capability: %v", e)
	}
	if e := set(1<<capSetgid, 1<<capSetuid); e != errno.EPERM {
		t.Errorf("effective without permitted: %v", e)
	}
	r.p.cred.newProgram()
	if got := r.p.cred.caps; got != (capabilities{effective: allCaps, permitted: allCaps}) {
		t.Errorf("after execve: %+v", got)
	}
}

func TestPriorities(t *testing.T) {
	r := newRig(t, rigOptions{cred: vfs.Cred{UID: 1000, GID: 1000}})
	for _, tt := range []struct {
		name string
		args []uint64
		want uint64
		errno.Errno
	}{
		{"getpriority", []uint64{0, 0}, 20, errno.OK},
		{"setpriority", []uint64{0, 0, 7}, 0, errno.OK},
		{"getpriority", []uint64{1, 0}, 13, errno.OK},
		{"setpriority", []uint64{2, 1000, neg(3)}, 0, errno.EACCES},
		{"setpriority", []uint64{0, 0, 99}, 0, errno.OK},
		{"getpriority", []uint64{2, 1000}, 1, errno.OK},
		{"getpriority", []uint64{2, 1}, 0, errno.ESRCH},
		{"sched_setscheduler", []uint64{0, schedBatch, bufAt}, 0, errno.OK},
		{"sched_getscheduler", []uint64{0}, schedBatch, errno.OK},
		{"sched_setparam", []uint64{0, bufAt}, 0, errno.OK},
		{"membarrier", []uint64{1 << 3, 0}, 0, errno.EPERM},
		{"membarrier", []uint64{1 << 4, 0}, 0, errno.OK},
		{"membarrier", []uint64{1 << 3, 0}, 0, errno.OK},
		{"membarrier", []uint64{1 << 0, 0}, 0, errno.OK},
		{"io_uring_setup", []uint64{8, bufAt}, 0, errno.ENOSYS},
	} {
		if got, e := r.call(tt.name, tt.args...); got != tt.want || e != tt.Errno {
			t.Errorf("%s(%v): %d, %v, want %d, %v", tt.name, tt.args, got, e, tt.want, tt.Errno)
		}
	}
}
