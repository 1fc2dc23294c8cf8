package linux

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/vm/cpu"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
	"memlab/vm/x86"
)

// int80 makes an i386 system call by name.
func (r *rig) int80(name string, args ...uint64) (uint64, errno.Errno) {
	r.t.Helper()
	regs := &r.task.CPU.Regs
	regs[x86.RAX] = 1 << 32 // no number has more than 32 bits
	for n := range uint64(len(syscallNames)) {
		if name != "" && ABI32.Name(n) == name {
			regs[x86.RAX] = n
		}
	}
	if regs[x86.RAX] == 1<<32 {
		r.t.Fatalf("no i386 system call is called %q", name)
	}
	for i, reg := range []int{x86.RBX, x86.RCX, x86.RDX, x86.RSI, x86.RDI, x86.RBP} {
		regs[reg] = 0xabcd << 32 // what an i386 call does not look at
		if i < len(args) {
			regs[reg] |= uint64(uint32(args[i]))
		}
	}
	if err := r.k.Int80(r.task); err != nil {
		r.t.Fatal(err)
	}
	if v := regs[x86.RAX]; int64(v) < 0 {
		return 0, errno.Errno(-int64(v))
	}
	return regs[x86.RAX], errno.OK
}

// longs is what 32-bit words look like in memory.
func longs(w ...uint32) []byte {
	var b []byte
	for _, v := range w {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// TestTable32: names are at their numbers, and every form is one of a call that i386 has.
func TestTable32(t *testing.T) {
	for number, name := range map[uint64]string{
		0: "restart_syscall", 1: "exit", 4: "write", 11: "execve", 45: "brk", 119: "sigreturn", 120: "clone", 173: "rt_sigreturn",
		192: "mmap2", 243: "set_thread_area", 252: "exit_group", 258: "set_tid_address", 383: "statx", 403: "clock_gettime64",
		422: "futex_time64", 423: "sched_rr_get_interval_time64", 424: "pidfd_send_signal", 435: "clone3", 469: "file_setattr",
		222: "", 251: "", 387: "", 470: "", 1 << 32: "",
	} {
		if got := ABI32.Name(number); got != name {
			t.Errorf("%d is %q, want %q", number, got, name)
		}
	}
	known := map[string]bool{}
	for n := range uint64(len(syscallNames)) {
		known[ABI32.Name(n)] = true
	}
	forms := forms32()
	for name, f := range forms {
		if !known[name] {
			t.Errorf("i386 has no %q", name)
		}
		if _, ok := Number(f.as); f.as != "" && f.as != lacking && !ok {
			t.Errorf("%s is to be x86-64's %q, which there is not", name, f.as)
		}
	}
	for n, e := range table32(handlers{"write": {3, (*call).write}}) {
		if want := e.name == "write" || forms[e.name].fn != nil; (e.fn != nil) != want {
			t.Errorf("%d %q: handler %v, want %v", n, e.name, e.fn != nil, want)
		}
	}
}

// TestStructures32 makes i386 calls and compares what they leave in memory with what i386's headers say.
func TestStructures32(t *testing.T) {
	const out = bufAt + 0x800
	tests := []struct {
		name string
		args []uint64
		in   []byte // at bufAt
		want []byte // at out
		v    uint64
	}{
		{"clock_gettime", []uint64{1, out}, nil, longs(5, 0), 0},
		{"clock_gettime64", []uint64{1, out}, nil, longs(5, 0, 0, 0), 0},
		{"gettimeofday", []uint64{out, 0}, nil, longs(DefaultEpoch+5, 0), 0},
		{"time", []uint64{out}, nil, longs(DefaultEpoch + 5), DefaultEpoch + 5},
		{"pipe", []uint64{out}, nil, longs(3, 4), 0},
		{"ugetrlimit", []uint64{7, out}, nil, longs(1024, 4096), 0},
		{"ugetrlimit", []uint64{9, out}, nil, longs(1<<32-1, 1<<32-1), 0},
		{"getrlimit", []uint64{9, out}, nil, longs(1<<31-1, 1<<31-1), 0},
		{"prlimit64", []uint64{0, 9, 0, out}, nil, longs(1<<32-1, 1<<32-1, 1<<32-1, 1<<32-1), 0},
		{"get_robust_list", []uint64{0, out, out + 4}, nil, longs(0, 12), 0},
		{"sigaltstack", []uint64{bufAt, out}, longs(stackAt, 0, 4096), longs(0, 2, 0), 0},
		{"rt_sigaction", []uint64{10, bufAt, 0, 8}, longs(1, 0, 0, 5, 6), nil, 0},
		{"rt_sigaction", []uint64{10, 0, out, 8}, nil, longs(1, 0, 0, 5, 6), 0},
		{"sigaction", []uint64{10, 0, out}, nil, longs(1, 5, 0, 0), 0},
		{"rt_sigprocmask", []uint64{2, bufAt, 0, 8}, longs(1, 2), nil, 0},
		{"rt_sigprocmask", []uint64{0, 0, out, 8}, nil, longs(1, 2), 0},
		{"sigprocmask", []uint64{2, bufAt, out}, longs(4), longs(1), 0},
		{"rt_sigprocmask", []uint64{0, 0, out, 8}, nil, longs(4, 2), 0},
		{"_llseek", []uint64{5, 1, 2, out, 0}, nil, longs(2, 1), 0},
		{"lseek", []uint64{5, 1<<32 - 1, 2}, nil, nil, 199999},
		{"pread64", []uint64{5, out, 4, 1, 0}, nil, longs(0), 4},
		{"set_thread_area", []uint64{bufAt}, longs(1<<32-1, 0x1234, 0xfffff, 0x51), nil, 0},
		{"get_thread_area", []uint64{bufAt}, longs(12), nil, 0},
		{"fcntl64", []uint64{5, 12, bufAt}, longs(1, 0, 0, 0, 0, 7), nil, 0},
		{"fcntl64", []uint64{5, 5, bufAt}, longs(1, 0, 0, 7), nil, 0},
		{"getuid", nil, nil, nil, 65534},
		{"getuid32", nil, nil, nil, 70000},
		{"socketcall", []uint64{99, bufAt}, nil, nil, uint64(errno.EINVAL)},
		{"arch_prctl", []uint64{archGetFS, out}, nil, nil, uint64(errno.EINVAL)},
		{"statfs64", []uint64{bufAt, 80, out}, []byte("/\x00"), nil, uint64(errno.EINVAL)},
		{"select", []uint64{bufAt}, longs(0, 0, 0, 0, bufAt), nil, 0},
		{"mmap", []uint64{bufAt}, longs(0, 4096, 3, 0x22, 1<<32-1, 1), nil, uint64(errno.EINVAL)},
	}
	r := newRig(t, rigOptions{cred: vfs.Cred{UID: 70000}})
	if fd, e := r.int80("open", r.str(bufAt, "/big"), 0o100000); fd != 3 || e != errno.OK {
		t.Fatal(fd, e)
	}
	if _, e := r.int80("dup2", 3, 5); e != errno.OK {
		t.Fatal(e)
	}
	_ = r.p.Files.close(3)
	for _, tt := range tests {
		r.mem.put(bufAt, make([]byte, 64))
		r.mem.put(out, bytes.Repeat([]byte{0xee}, 128))
		r.mem.put(bufAt, tt.in)
		v, e := r.int80(tt.name, tt.args...)
		if e != errno.OK {
			v = uint64(e)
		}
		if v != tt.v {
			t.Errorf("%s: %d (%v), want %d", tt.name, v, e, tt.v)
		}
		want := append(bytes.Clone(tt.want), bytes.Repeat([]byte{0xee}, 128-len(tt.want))...)
		if got := r.mem.get(out, 128); !bytes.Equal(got, want) {
			t.Errorf("%s wrote % x, want % x and no more", tt.name, got[:32], tt.want)
		}
	}
	if tls := r.task.CPU.TLS; tls[0] != (cpu.TLSEntry{Base: 0x1234, Used: true}) {
		t.Errorf("set_thread_area made %+v", tls)
	}
}

// TestFrame32: a handler that an i386 call has set finds its frame where and as Linux puts it, and sigreturn puts
// everything back. The offsets are those of glibc's ucontext_t and siginfo_t on i386.
func TestFrame32(t *testing.T) {
	for _, siginfo := range []bool{true, false} {
		t.Run(fmt.Sprintf("siginfo %v", siginfo), func(t *testing.T) { testFrame32(t, siginfo) })
	}
}

func testFrame32(t *testing.T, siginfo bool) {
	t.Helper()
	r := newRig(t, rigOptions{})
	c, regs := r.task.CPU, &r.task.CPU.Regs
	c.SetMode(true)
	c.Sel[cpu.SegDS], c.Sel[cpu.SegES] = userSS, userSS
	r.p.sigreturn, r.p.rtSigreturn = 0x600000, 0x700000
	flags := uint32(0)
	if siginfo {
		flags = saSigInfo
	}
	r.mem.put(bufAt, longs(0x500000, flags, 0, 1<<9, 1<<2))
	if _, e := r.int80("rt_sigaction", SIGSEGV, bufAt, 0, 8); e != errno.OK {
		t.Fatal(e)
	}
	for i := range 8 {
		regs[i] = 0x11111111 * uint64(i+1)
	}
	sp := uint64(stackAt + 0x8007)
	regs[x86.RSP], c.RIP = sp, 0x401234
	r.fpu.flags = 0x202 | 1<<10 | 1
	for i := range r.fpu.image {
		r.fpu.image[i] = byte(i)
	}
	before, image := *regs, r.fpu.image
	if err := r.k.Exception(r.task, fault(0x12345, addr.Write, paging.NoArea, 6)); err != nil {
		t.Fatal(err)
	}
	base := regs[x86.RSP]
	word := func(at uint64) uint64 { return uint64(binary.LittleEndian.Uint32(r.mem.get(addr.VAddr(at), 4))) }
	fx := (sp - 512) &^ 63
	restorer, context, pop := uint64(0x600000), base+8, uint64(8)
	if siginfo {
		restorer, context, pop = 0x700000, base+164, 4
		if regs[x86.RDX] != base+16 || regs[x86.RCX] != base+144 || word(base+8) != base+16 || word(base+12) != base+144 ||
			word(base+16) != SIGSEGV || word(base+24) != segvMapErr || word(base+28) != 0x12345 || word(base+164+88) != 0 {
			t.Errorf("edx %#x ecx %#x frame % x", regs[x86.RDX], regs[x86.RCX], r.mem.get(addr.VAddr(base), 64))
		}
	}
	if (base+4)%16 != 0 || word(base) != restorer || word(base+4) != SIGSEGV || regs[x86.RAX] != SIGSEGV || c.RIP != 0x500000 {
		t.Errorf("frame at %#x: % x, eax %#x eip %#x", base, r.mem.get(addr.VAddr(base), 16), regs[x86.RAX], c.RIP)
	}
	for i, want := range [22]uint64{
		0, 0, userSS, userSS, before[x86.RDI], before[x86.RSI], before[x86.RBP], sp, before[x86.RBX], before[x86.RDX],
		before[x86.RCX], before[x86.RAX], 14, 6, 0x401234, userCS32, 0x202 | 1<<10 | 1 | flagRF, sp, userSS, fx - 112, 0, 0x12345,
	} {
		if got := word(context + 4*uint64(i)); got != want {
			t.Errorf("word %d of the sigcontext: %#x, want %#x", i, got, want)
		}
	}
	if got := [512]byte(r.mem.get(addr.VAddr(fx), 512)); got != image {
		t.Error("the FXSAVE image is not the processor's")
	}
	if want := SigSet(1<<(SIGSEGV-1) | 1<<9 | 1<<34); r.task.mask != want {
		t.Errorf("mask %#x, want %#x", r.task.mask, want)
	}
	// The handler changes ESI and the x87's control word, returns, and what it returns to calls sigreturn.
	r.mem.put(addr.VAddr(context+20), longs(0x77777777))
	r.mem.put(addr.VAddr(fx-112), longs(0xffff0f7f))
	regs[x86.RSP] += pop
	regs[x86.RAX] = 119
	if siginfo {
		regs[x86.RAX] = 173
	}
	if err := r.k.Int80(r.task); err != nil {
		t.Fatal(err)
	}
	before[x86.RSI] = 0x77777777
	if *regs != before || c.RIP != 0x401234 || r.task.mask != 0 || !c.Mode32 || r.fpu.flags != 0x202|1<<10|1|flagRF {
		t.Errorf("after sigreturn: regs %x\nwant %x\neip %#x mask %#x flags %#x", regs[:8], before[:8], c.RIP, r.task.mask, r.fpu.flags)
	}
	if got := binary.LittleEndian.Uint16(r.fpu.image[:]); got != 0x0f7f || !bytes.Equal(r.fpu.image[160:416], image[160:416]) {
		t.Errorf("control word %#x after sigreturn, or other vectors", got)
	}
}

// TestFSave: the x87's state survives the way into FNSAVE's form and back, and the tag word is that of SDM Vol. 1, 8.1.7.
func TestFSave(t *testing.T) {
	task := &Task{CPU: &cpu.CPU{}}
	var fx [fxSize]byte
	binary.LittleEndian.PutUint16(fx[0:], 0x37f)
	binary.LittleEndian.PutUint16(fx[2:], 5<<11)                 // the top is register 5
	fx[fxsaveTags] = 0xe0                                        // 5, 6 and 7 are in use
	copy(fx[32:], []byte{0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x3f}) // ST0, register 5: 1
	copy(fx[64:], []byte{0, 0, 0, 0, 0, 0, 0, 0x80, 0xff, 0x7f}) // ST2, register 7: infinity
	b := task.fsaveHeader(&fx)
	if got := binary.LittleEndian.Uint32(b[fsaveTags:]); got != 0xffff0000|2<<14|1<<12|0<<10|0x3ff {
		t.Errorf("tags %#x", got)
	}
	back := fx
	back[fxsaveTags] = 0
	clear(back[32:160])
	mergeFSave(&back, b[:])
	if back != fx {
		t.Errorf("% x\n% x", back[:160], fx[:160])
	}
}
