package strace

import (
	"encoding/binary"
	"testing"

	"memlab/paging/addr"
)

// memory is bytes from address 0x1000 on.
type memory []byte

func (m memory) Peek(va addr.VAddr, b []byte) int {
	if va < 0x1000 || uint64(va-0x1000) > uint64(len(m)) {
		return 0
	}
	return copy(b, m[va-0x1000:])
}

func longs(values ...uint64) memory {
	var m memory
	for _, v := range values {
		m = binary.LittleEndian.AppendUint64(m, v)
	}
	return m
}

func negative(n int64) uint64 { return uint64(-n) }

// The lines are what strace 6.1 prints.
func TestCalls(t *testing.T) {
	long := memory("0123456789012345678901234567890123456789\x00")
	for _, tt := range []struct {
		call Call
		want string
	}{
		{Call{Name: "close", Args: [6]uint64{3}}, `close(3) = 0`},
		{
			Call{Name: "close", Args: [6]uint64{negative(1)}, Result: negative(9)},
			`close(-1) = -1 EBADF (Bad file descriptor)`,
		},
		{
			Call{Name: "openat", Args: [6]uint64{negative(100), 0x1000, 0o2100000}, Result: 3, Memory: memory("/a\"\n\x00")},
			`openat(AT_FDCWD, "/a\"\n", O_RDONLY|O_LARGEFILE|O_CLOEXEC) = 3`,
		},
		{
			Call{Name: "open", Args: [6]uint64{0x1000, 0o1102, 0o644}, Result: 3, Memory: memory("x\x00")},
			`open("x", O_RDWR|O_CREAT|O_TRUNC, 0644) = 3`,
		},
		{Call{Name: "open", Args: [6]uint64{0x10, 0}, Result: negative(14)}, `open(0x10, O_RDONLY) = -1 EFAULT (Bad address)`},
		{
			Call{Name: "read", Args: [6]uint64{0, 0x1000, 100}, Result: 40, Memory: long},
			`read(0, "01234567890123456789012345678901"..., 100) = 40`,
		},
		{
			Call{Name: "read", Args: [6]uint64{0, 0x1000, 100}, Result: negative(4), Memory: long},
			`read(0, 0x1000, 100) = -1 EINTR (Interrupted system call)`,
		},
		{
			Call{Name: "write", Args: [6]uint64{1, 0x1000, 5}, Result: 5, Memory: memory("\x00\x011\x7f\xff")},
			`write(1, "\0\0011\177\377", 5) = 5`,
		},
		{
			Call{Name: "mmap", Args: [6]uint64{0, 4096, 3, 0x22, negative(1), 0}, Result: 0x7ffff7ff0000},
			`mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7ffff7ff0000`,
		},
		{
			Call{Name: "execve", Args: [6]uint64{0x1030, 0x1000, 0x1018}, Memory: append(longs(0x1030, 0x1030, 0, 0x1030, 0, 0), "a\x00"...)},
			`execve("a", ["a", "a"], 0x1018 /* 1 var */) = 0`,
		},
		{
			Call{Name: "rt_sigprocmask", Args: [6]uint64{0, 0x1000, 0, 8}, Memory: longs(1<<1 | 1<<33)},
			`rt_sigprocmask(SIG_BLOCK, [INT RT_2], NULL, 8) = 0`,
		},
		{
			Call{Name: "rt_sigprocmask", Args: [6]uint64{2, 0x1000, 0, 8}, Memory: longs(^uint64(1 << 8))},
			`rt_sigprocmask(SIG_SETMASK, ~[KILL], NULL, 8) = 0`,
		},
		{
			Call{Name: "wait4", Args: [6]uint64{negative(1), 0x1000, 1, 0}, Result: 7, Memory: longs(11)},
			`wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV}], WNOHANG, NULL) = 7`,
		},
		{Call{Name: "fcntl", Args: [6]uint64{1, 3}, Result: 0o100002}, `fcntl(1, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)`},
		{Call{Name: "poll", Args: [6]uint64{0x1000, 1, 0}, Memory: longs(0x1_0000_0003)}, `poll([{fd=3, events=POLLIN}], 1, 0) = 0 (Timeout)`},
		{
			Call{Name: "prlimit64", Args: [6]uint64{0, 3, 0, 0x1000}, Memory: longs(8<<20, ^uint64(0))},
			`prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0`,
		},
		{
			Call{Name: "writev", Args: [6]uint64{1, 0x1000, 2}, Result: 1, Memory: append(longs(0x1020, 1, 0, 0), 'x')},
			`writev(1, [{iov_base="x", iov_len=1}, {iov_base=NULL, iov_len=0}], 2) = 1`,
		},
		{Call{Name: "umask", Args: [6]uint64{0o22}, Result: 0o77}, `umask(022) = 077`},
		{
			Call{Name: "utimensat", Args: [6]uint64{negative(100), 0x1020, 0x1000, 0}, Memory: append(longs(1000, 0, 0, 1<<30-2), "a\x00"...)},
			`utimensat(AT_FDCWD, "a", [{tv_sec=1000, tv_nsec=0} /* 1970-01-01T00:16:40+0000 */, UTIME_OMIT], 0) = 0`,
		},
		{Call{Name: "", Number: 0x1ff, Args: [6]uint64{1}, Result: negative(38)}, `syscall_0x1ff(0x1, 0, 0, 0, 0, 0) = -1 ENOSYS (Function not implemented)`},
	} {
		d := New()
		rest, result := d.Exit(&tt.call)
		if got := d.Enter(&tt.call) + rest + ") = " + result; got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestInfo(t *testing.T) {
	for _, tt := range []struct {
		info Info
		want string
	}{
		{Info{Signal: 11, Code: 1}, "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---"},
		{Info{Signal: 15, PID: 7, UID: 3}, "--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=7, si_uid=3} ---"},
		{
			Info{Signal: 17, Code: 2, PID: 7, Status: 9},
			"--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=7, si_uid=0, si_status=SIGKILL, si_utime=0, si_stime=0} ---",
		},
		{Info{Signal: 14, Code: 128}, "--- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---"},
	} {
		if got := tt.info.String(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// FuzzCalls: whatever registers and memory hold, a call is text.
func FuzzCalls(f *testing.F) {
	d := New()
	var names []string
	for name := range d.calls {
		names = append(names, name)
	}
	f.Add(uint(0), uint64(0x1000), uint64(1), uint64(0x1008), uint64(4), uint64(1), []byte("\x08\x10\x00\x00\x00\x00\x00\x00abc"))
	f.Add(uint(7), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), []byte{})
	f.Fuzz(func(t *testing.T, which uint, a, b, c, e, result uint64, mem []byte) {
		for i, name := range names {
			if which%64 != uint(i)%64 { // some of them each time
				continue
			}
			for _, narrow := range []bool{false, true} {
				call := Call{Name: name, Args: [6]uint64{a, b, c, e, a, b}, Result: result, Bits32: narrow, Memory: memory(mem)}
				enter := d.Enter(&call)
				rest, value := d.Exit(&call)
				if len(enter) > 1<<17 || len(rest) > 1<<17 || value == "" {
					t.Errorf("%s: %d and %d bytes, result %q", name, len(enter), len(rest), value)
				}
			}
		}
	})
}
