package linux

import (
	"encoding/binary"
	"testing"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/cpu"
	"memlab/vm/linux/errno"
	"memlab/vm/x86"
)

func fault(va uint64, acc addr.Access, cause paging.Cause, code uint32) cpu.Exception {
	return cpu.Exception{
		Vector: cpu.PageFault, Code: code,
		Fault: paging.Fault{VA: addr.VAddr(va), Access: acc, Cause: cause, Code: code},
	}
}

// TestDeaths: each exception kills with Linux's signal and a report that says what happened.
func TestDeaths(t *testing.T) {
	tests := []struct {
		name   string
		x      cpu.Exception
		signal int
		report string
	}{
		{
			"null pointer", fault(8, addr.Read, paging.NoArea, 4), SIGSEGV,
			"SIGSEGV (SEGV_MAPERR): read of 0x8 by the instruction at 0x401002 (main+0x2)\n" +
				"  nothing is mapped there (a null pointer?)\n" +
				"  0xfff8 bytes before the start of 10000-12000 rw-p anonymous\n",
		},
		{
			"between areas", fault(0x12010, addr.Write, paging.NoArea, 6), SIGSEGV,
			"SIGSEGV (SEGV_MAPERR): write to 0x12010 by the instruction at 0x401002 (main+0x2)\n" +
				"  nothing is mapped there\n" +
				"  0x10 bytes behind the end of 10000-12000 rw-p anonymous\n" +
				"  0xdff0 bytes before the start of 20000-21000 r--p anonymous\n",
		},
		{
			"read only", fault(0x20004, addr.Write, paging.NoRight, 7), SIGSEGV,
			"SIGSEGV (SEGV_ACCERR): write to 0x20004 by the instruction at 0x401002 (main+0x2)\n" +
				"  it lies in 20000-21000 r--p anonymous, which cannot be written\n",
		},
		{
			"jump into data", fault(0x10000, addr.Fetch, paging.NoRight, 0x15), SIGSEGV,
			"SIGSEGV (SEGV_ACCERR): execution of 0x10000\n" +
				"  it lies in 10000-12000 rw-p anonymous, which cannot be executed\n",
		},
		{
			"stack full", fault(stackAt-9<<20, addr.Write, paging.NoArea, 6), SIGSEGV,
			"SIGSEGV (SEGV_MAPERR): write to 0x7f6f0000 by the instruction at 0x401002 (main+0x2)\n" +
				"  nothing is mapped there (the stack is full: its limit is 8192 KiB)\n" +
				"  0x7f6cf000 bytes behind the end of 20000-21000 r--p anonymous\n" +
				"  0x900000 bytes before the start of 7fff0000-80000000 rw-p [stack]\n",
		},
		{
			"no such address", fault(1<<63, addr.Read, paging.NonCanonical, 0), SIGSEGV,
			"SIGSEGV (SI_KERNEL): read of 0x8000000000000000 by the instruction at 0x401002 (main+0x2)\n" +
				"  that is no address: its upper 17 bits must be equal\n",
		},
		{
			"behind the file", fault(0x10800, addr.Read, paging.PastEOF, 4), SIGBUS,
			"SIGBUS (BUS_ADRERR): read of 0x10800 by the instruction at 0x401002 (main+0x2)\n" +
				"  it lies in 10000-12000 rw-p anonymous\n  its bytes could not be read\n",
		},
		{
			"divide",
			cpu.Exception{Vector: cpu.DivideError},
			SIGFPE,
			"SIGFPE (FPE_INTDIV): division by zero, or a quotient too large, at 0x401002 (main+0x2)\n",
		},
		{
			"illegal",
			cpu.Exception{Vector: cpu.InvalidOpcode},
			SIGILL,
			"SIGILL (ILL_ILLOPN): invalid instruction at 0x401002 (main+0x2)\n",
		},
		{
			"privileged",
			cpu.Exception{Vector: cpu.GeneralProtection},
			SIGSEGV,
			"SIGSEGV (SI_KERNEL): general protection fault (a misaligned or non-canonical address, " +
				"or a privileged instruction) at 0x401002 (main+0x2)\n",
		},
		{
			"int3",
			cpu.Exception{Vector: cpu.Breakpoint},
			SIGTRAP,
			"SIGTRAP (SI_KERNEL): breakpoint; the next instruction is at 0x401002 (main+0x2)\n",
		},
		{
			"memory", fault(0x10000, addr.Write, paging.NoMemory, 6), SIGKILL,
			"out of memory: the page of 0x10000 needs a frame; none is free and none can be evicted\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, rigOptions{})
			r.k.cfg.Symbol = func(_ *Process, va addr.VAddr) (string, uint64, bool) {
				return "main", uint64(va) - 0x401000, true
			}
			var exits []uint64
			r.bus.Subscribe(event.MaskOf(event.Exit), func(ev *event.Event) event.Verdict {
				exits = append(exits, ev.Arg)
				return event.Continue
			})
			if err := r.k.Exception(r.task, tt.x); err != nil {
				t.Fatal(err)
			}
			ended, e := r.p.Exited()
			if want := (ExitState{Signal: tt.signal, Report: tt.report}); !ended || e != want {
				t.Errorf("ended %v\n got %+v\nwant %+v", ended, e, want)
			}
			if len(exits) != 1 || exits[0] != uint64(tt.signal) {
				t.Errorf("exit events %v, want one with status %d", exits, tt.signal)
			}
		})
	}
}

// handle installs a handler by sigaction.
func (r *rig) handle(sig int, flags, mask uint64) {
	r.t.Helper()
	r.words(bufAt, 0x500000, flags|saRestorer, 0x600000, mask)
	if _, e := r.call("rt_sigaction", uint64(sig), bufAt, 0, 8); e != errno.OK {
		r.t.Fatal(e)
	}
}

// TestFrame: a handler finds its frame where and as Linux puts it, and rt_sigreturn puts everything back.
// The offsets are those of glibc's ucontext_t and siginfo_t on x86-64.
func TestFrame(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.handle(SIGSEGV, saSigInfo, 1<<9)
	regs := &r.task.CPU.Regs
	for i := range 16 {
		regs[i] = 0x1111111111111111 * uint64(i%8+1)
	}
	sp := uint64(stackAt + 0x8007)
	regs[x86.RSP] = sp
	r.task.CPU.RIP = 0x401234
	r.fpu.flags = 0x202 | 1<<10 | 1<<0 // DF, CF
	for i := range r.fpu.image {
		r.fpu.image[i] = byte(i)
	}
	before, image := *regs, r.fpu.image
	if err := r.k.Exception(r.task, fault(0x12345, addr.Write, paging.NoArea, 6)); err != nil {
		t.Fatal(err)
	}
	if ended, e := r.p.Exited(); ended {
		t.Fatal(e)
	}
	base := regs[x86.RSP]
	if (base+8)%16 != 0 || base+440 > sp-128-512 {
		t.Errorf("frame at %#x below %#x", base, sp)
	}
	if regs[x86.RDI] != SIGSEGV || regs[x86.RSI] != base+312 || regs[x86.RDX] != base+8 || regs[x86.RAX] != 0 {
		t.Errorf("arguments %#x %#x %#x, rax %#x", regs[x86.RDI], regs[x86.RSI], regs[x86.RDX], regs[x86.RAX])
	}
	if r.task.CPU.RIP != 0x500000 || r.fpu.flags != 0x203 || r.fpu.resets != 1 {
		t.Errorf("rip %#x flags %#x resets %d", r.task.CPU.RIP, r.fpu.flags, r.fpu.resets)
	}
	uc := addr.VAddr(base + 8)
	fp := r.mem.word(uc + 224)
	for _, w := range []struct {
		name     string
		at, want uint64
	}{
		{"return address", base, 0x600000},
		{"uc_flags", base + 8, 6},
		{"ss_flags", base + 8 + 24, 0}, // as last set, not as sigaltstack shows it
		{"r8", base + 8 + 40, before[x86.R8]},
		{"r15", base + 8 + 40 + 56, before[x86.R15]},
		{"rdi", base + 8 + 40 + 64, before[x86.RDI]},
		{"rbx", base + 8 + 40 + 88, before[x86.RBX]},
		{"rax", base + 8 + 40 + 104, before[x86.RAX]},
		{"rsp", base + 8 + 40 + 120, sp},
		{"rip", base + 8 + 168, 0x401234},
		{"eflags", base + 8 + 176, 0x202 | 1<<10 | 1 | flagRF},
		{"cs gs fs ss", base + 8 + 184, 0x33 | 0x2b<<48},
		{"err", base + 8 + 192, 6},
		{"trapno", base + 8 + 200, 14},
		{"cr2", base + 8 + 216, 0x12345},
		{"fpstate", base + 8 + 224, (sp - 128 - 512) &^ 63},
		{"mask", base + 8 + 296, 0},
		{"si_signo", base + 312, SIGSEGV},
		{"si_code", base + 312 + 8, segvMapErr},
		{"si_addr", base + 312 + 16, 0x12345},
	} {
		if got := r.mem.word(addr.VAddr(w.at)); got != w.want {
			t.Errorf("%s: %#x, want %#x", w.name, got, w.want)
		}
	}
	if got := [512]byte(r.mem.get(addr.VAddr(fp), 512)); got != image {
		t.Error("the FXSAVE image is not the processor's")
	}
	if want := setOf(SIGSEGV, 10); r.task.mask != want {
		t.Errorf("mask %#x, want %#x", r.task.mask, want)
	}
	regs[x86.RSP] += 8 // the handler's RET
	if _, err := r.try("rt_sigreturn"); err != nil {
		t.Fatal(err)
	}
	if *regs != before || r.task.CPU.RIP != 0x401234 || r.task.mask != 0 || r.fpu.image != image ||
		r.fpu.flags != 0x202|1<<10|1|flagRF {
		t.Errorf("after rt_sigreturn: regs %x\nwant %x\nrip %#x mask %#x flags %#x", *regs, before,
			r.task.CPU.RIP, r.task.mask, r.fpu.flags)
	}
}

func TestAltStack(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.words(bufAt+0x100, bufAt+0x1000, 0, 0x1000)
	if _, e := r.call("sigaltstack", bufAt+0x100, 0); e != errno.OK {
		t.Fatal(e)
	}
	r.handle(SIGUSR1, saOnStack, 0)
	if v, e := r.call("kill", 1, SIGUSR1); e != errno.OK || v != 0 {
		t.Fatal(v, e)
	}
	sp := r.task.CPU.Regs[x86.RSP]
	if sp < bufAt+0x1000 || sp >= bufAt+0x2000 {
		t.Fatalf("the handler's stack pointer is %#x", sp)
	}
	if _, e := r.call("sigaltstack", bufAt+0x100, 0); e != errno.EPERM {
		t.Errorf("changing the stack in use: %v", e)
	}
	if _, e := r.call("sigaltstack", 0, bufAt+0x200); e != errno.OK || r.mem.word(bufAt+0x208)&3 != ssOnStack {
		t.Errorf("state %#x, %v", r.mem.word(bufAt+0x208), e)
	}
	// A frame that does not fit any more is a SIGSEGV.
	r.task.CPU.Regs[x86.RSP] = bufAt + 0x1100
	if err := r.k.Exception(r.task, fault(1, addr.Read, paging.NoArea, 4)); err != nil {
		t.Fatal(err)
	}
	if ended, e := r.p.Exited(); !ended || e.Signal != SIGSEGV {
		t.Errorf("%v %+v", ended, e)
	}
}

// TestStackOverflowInHandler: a SIGSEGV whose frame cannot be written kills.
func TestFrameWithoutStack(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.handle(SIGSEGV, 0, 0)
	r.task.CPU.Regs[x86.RSP] = holeAt
	if err := r.k.Exception(r.task, fault(1, addr.Read, paging.NoArea, 4)); err != nil {
		t.Fatal(err)
	}
	want := ExitState{Signal: SIGSEGV, Report: "SIGSEGV (SI_KERNEL): the frame of a handler of SIGSEGV " +
		"could not be written to the stack\n"}
	if _, e := r.p.Exited(); e != want {
		t.Errorf("%+v", e)
	}
}

func TestForcedWhenBlockedOrIgnored(t *testing.T) {
	for _, block := range []bool{true, false} {
		r := newRig(t, rigOptions{})
		if block {
			r.handle(SIGFPE, 0, 0)
			r.task.mask = setOf(SIGFPE)
		} else {
			r.p.Actions[SIGFPE].Handler = handlerIgnore
		}
		if err := r.k.Exception(r.task, cpu.Exception{Vector: cpu.DivideError}); err != nil {
			t.Fatal(err)
		}
		if _, e := r.p.Exited(); e.Signal != SIGFPE {
			t.Errorf("blocked %v: %+v", block, e)
		}
	}
}

func TestBadSigreturn(t *testing.T) {
	for name, spoil := range map[string]func(r *rig){
		"unmapped":     func(r *rig) { r.task.CPU.Regs[x86.RSP] = holeAt },
		"zeros":        func(*rig) {},
		"fxrstor":      func(r *rig) { r.fpu.refuse = true; r.words(stackAt+0x8000-8+232, stackAt) },
		"kernel space": func(r *rig) { r.task.CPU.Regs[x86.RSP] = neg(64) },
	} {
		r := newRig(t, rigOptions{})
		spoil(r)
		if _, err := r.try("rt_sigreturn"); err != nil {
			t.Fatal(err)
		}
		want := ExitState{
			Signal: SIGSEGV, Report: "SIGSEGV (SI_KERNEL): rt_sigreturn found no frame of a signal handler on the stack\n",
		}
		if _, e := r.p.Exited(); e != want {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// TestSending: kill, masks, ignoring, SIGCHLD's default, pending signals and their order.
func TestSending(t *testing.T) {
	r := newRig(t, rigOptions{})
	ok := func(name string, a ...uint64) {
		t.Helper()
		if _, e := r.call(name, a...); e != errno.OK {
			t.Fatalf("%s: %v", name, e)
		}
	}
	ok("kill", 1, SIGCHLD)
	ok("tgkill", 1, 1, 0)
	r.words(bufAt+0x100, uint64(setOf(SIGUSR1, SIGUSR2, SIGKILL)))
	ok("rt_sigprocmask", 0, bufAt+0x100, 0, 8)
	if r.task.mask != setOf(SIGUSR1, SIGUSR2) {
		t.Errorf("mask %#x", r.task.mask)
	}
	ok("kill", 0, SIGUSR2)
	ok("tkill", 1, SIGUSR1)
	ok("tkill", 1, SIGUSR1)
	ok("rt_sigpending", bufAt+0x200, 8)
	if got := SigSet(r.mem.word(bufAt + 0x200)); got != setOf(SIGUSR1, SIGUSR2) {
		t.Errorf("pending %#x", got)
	}
	r.handle(SIGUSR1, saSigInfo|saNoDefer, 0)
	r.words(bufAt+0x100, 0)
	ok("rt_sigprocmask", 2, bufAt+0x100, 0, 8) // SIGUSR1's handler is entered, then SIGUSR2 kills
	want := ExitState{Signal: SIGUSR2, Report: "SIGUSR2: sent by the program itself, at 0x500000\n"}
	if _, e := r.p.Exited(); e != want {
		t.Errorf("%+v", e)
	}
}

func TestSuspend(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.handle(SIGUSR1, 0, 0)
	r.task.mask = setOf(SIGUSR1)
	if _, e := r.call("kill", 1, SIGUSR1); e != errno.OK {
		t.Fatal(e)
	}
	r.words(bufAt+0x100, 0)
	v, err := r.try("rt_sigsuspend", bufAt+0x100, 8)
	if err != nil || v != 0 || r.task.CPU.RIP != 0x500000 { // RAX is the handler's; EINTR lies in the frame
		t.Fatal(v, err)
	}
	base := addr.VAddr(r.task.CPU.Regs[x86.RSP])
	if got := r.mem.word(base + 8 + 40 + 104); got != neg(int64(errno.EINTR)) {
		t.Errorf("rax in the frame %#x", got)
	}
	if got := SigSet(r.mem.word(base + 8 + 296)); got != setOf(SIGUSR1) {
		t.Errorf("mask in the frame %#x", got)
	}
}

func TestHookVerdicts(t *testing.T) {
	r := newRig(t, rigOptions{})
	verdict := event.Skip
	r.bus.Subscribe(event.MaskOf(event.Signal, event.SyscallEnter), func(ev *event.Event) event.Verdict {
		if ev.Kind == event.Signal || ev.Arg == 39 {
			return verdict
		}
		return event.Continue
	})
	if _, e := r.call("kill", 1, SIGTERM); e != errno.OK || r.p.exited {
		t.Error("a skipped signal was delivered")
	}
	if v, e := r.call("getpid"); v != 39 || e != errno.OK {
		t.Errorf("a skipped call changed rax to %d", v)
	}
	verdict = event.Kill
	if _, err := r.try("getpid"); err != nil {
		t.Fatal(err)
	}
	if _, e := r.p.Exited(); e.Signal != SIGKILL {
		t.Errorf("%+v", e)
	}
}

func TestFloatingPointCodes(t *testing.T) {
	for i, want := range []int32{fpeFltInv, fpeFltUnd, fpeFltDiv, fpeFltOvf, fpeFltUnd, fpeFltRes} {
		r := newRig(t, rigOptions{})
		r.task.CPU.MXCSR = 0x1f80&^(1<<(7+i)) | 0x3f
		if got := r.task.fpeCode(cpu.SIMDError); got != want {
			t.Errorf("SSE exception %d: %d, want %d", i, got, want)
		}
		binary.LittleEndian.PutUint16(r.fpu.image[0:], 0x37f&^(1<<i))
		binary.LittleEndian.PutUint16(r.fpu.image[2:], 0x3f)
		if got := r.task.fpeCode(cpu.FPUError); got != want {
			t.Errorf("x87 exception %d: %d, want %d", i, got, want)
		}
	}
}
