package cpu

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// TestExceptions runs one instruction each, behind a NOP, and looks at what it raises and where RIP is.
func TestExceptions(t *testing.T) {
	tests := []struct {
		name   string
		code   []byte
		vector Vector
		errno  uint32
		rip    uint64
	}{
		{"ud2", []byte{0x0f, 0x0b}, InvalidOpcode, 0, 0x1001},
		{"lock mov", []byte{0xf0, 0x89, 0xc0}, InvalidOpcode, 0, 0x1001},
		{"xgetbv", []byte{0x0f, 0x01, 0xd0}, InvalidOpcode, 0, 0x1001},
		{"rdrand", []byte{0x0f, 0xc7, 0xf0}, InvalidOpcode, 0, 0x1001},
		{"hlt", []byte{0xf4}, GeneralProtection, 0, 0x1001},
		{"in", []byte{0xec}, GeneralProtection, 0, 0x1001},
		{"cli", []byte{0xfa}, GeneralProtection, 0, 0x1001},
		{"int3", []byte{0xcc}, Breakpoint, 0, 0x1002},
		{"int 3", []byte{0xcd, 0x03}, Breakpoint, 0, 0x1003},
		{"int1", []byte{0xf1}, DebugException, 0, 0x1002},
		{"int 1", []byte{0xcd, 0x01}, GeneralProtection, 10, 0x1001},
		{"int 4", []byte{0xcd, 0x04}, Overflow, 0, 0x1003},
		{"int 21h", []byte{0xcd, 0x21}, GeneralProtection, 0x10a, 0x1001},
		{"div by 0", []byte{0x48, 0xf7, 0xf1}, DivideError, 0, 0x1001},
		{"idiv by 0", []byte{0xf7, 0xf9}, DivideError, 0, 0x1001},
		{"cmpxchg16b unaligned", []byte{0x48, 0x0f, 0xc7, 0x4b, 0x08}, GeneralProtection, 0, 0x1001},
		{"load", []byte{0x48, 0x8b, 0x02}, PageFault, 4, 0x1001},
		{"store", []byte{0x48, 0x89, 0x02}, PageFault, 4, 0x1001},
		{"read-modify-write", []byte{0xf0, 0x48, 0x01, 0x02}, PageFault, 4, 0x1001},
		{"wrfsbase", []byte{0xf3, 0x48, 0x0f, 0xae, 0xd2}, GeneralProtection, 0, 0x1001},
	}
	for _, tt := range tests {
		c := newTest(t, 16, append([]byte{0x90}, tt.code...)...)
		c.Regs[x86.RBX], c.Regs[x86.RDX] = 0x3000, 1<<63|1<<40
		before := c.Regs
		e := c.Run(100)
		x := c.Exception()
		if e.Kind != ExitException || x.Vector != tt.vector || x.Code != tt.errno || c.RIP != tt.rip {
			t.Errorf("%s: exit %+v, exception %+v at %#x", tt.name, e, x, c.RIP)
		}
		before[x86.RBlock] = c.Regs[x86.RBlock]
		if before != c.Regs {
			t.Errorf("%s: registers changed", tt.name)
		}
		wantInsns := uint64(1)
		if tt.rip != 0x1001 {
			wantInsns = 2 // a trap comes behind its instruction
		}
		if c.Insns != wantInsns {
			t.Errorf("%s: %d instructions, want %d", tt.name, c.Insns, wantInsns)
		}
	}
}

// TestDivide compares with math/big: quotient, remainder, and when the processor refuses.
func TestDivide(t *testing.T) {
	g := &caseGen{r: rand.New(rand.NewPCG(3, 4))}
	for range 20000 {
		size := uint8(1) << g.r.IntN(4)
		hi, lo, d := trunc(g.value(), size), trunc(g.value(), size), trunc(g.value(), size)
		signed := g.coin()
		if g.coin() && signed {
			hi = trunc(uint64(int64(sext(lo, size))>>63), size)
		}
		width := uint(size) * 8
		number := func(v uint64) *big.Int {
			if signed {
				return big.NewInt(int64(sext(v, size)))
			}
			return new(big.Int).SetUint64(v)
		}
		n := new(big.Int).Lsh(number(hi), width)
		n.Add(n, new(big.Int).SetUint64(lo))
		q, r := new(big.Int), new(big.Int)
		fits := d != 0
		if fits {
			q.QuoRem(n, number(d), r)
			least, most := big.NewInt(0), new(big.Int).Lsh(big.NewInt(1), width)
			if signed {
				least, most = new(big.Int).Lsh(big.NewInt(-1), width-1), new(big.Int).Lsh(big.NewInt(1), width-1)
			}
			fits = q.Cmp(least) >= 0 && q.Cmp(most) < 0
		}
		divider := divide
		if signed {
			divider = divideSigned
		}
		gotQ, gotR, ok := divider(hi, lo, d, size)
		mask := new(big.Int).SetUint64(trunc(^uint64(0), size))
		wantQ, wantR := new(big.Int).And(q, mask).Uint64(), new(big.Int).And(r, mask).Uint64()
		if ok != fits || ok && (trunc(gotQ, size) != wantQ || trunc(gotR, size) != wantR) {
			t.Fatalf("%#x:%#x / %#x size %d signed %v: %#x %#x %v, want %#x %#x %v",
				hi, lo, d, size, signed, gotQ, gotR, ok, wantQ, wantR, fits)
		}
	}
}

// TestRepeatFaults: the iterations before the one that fails count, and the instruction can go on from there.
func TestRepeatFaults(t *testing.T) {
	for _, fast := range []bool{false, true} {
		c := newTest(t, 16, 0xf3, 0x48, 0xab) // rep stosq
		if fast {
			fillLines(c.MMU)
		}
		end := uint64(16 * 4096)
		c.Regs[x86.RAX], c.Regs[x86.RCX], c.Regs[x86.RDI] = 0x1122334455667788, 10, end-20
		e := c.Run(100)
		x := c.Exception()
		if e.Kind != ExitException || x.Vector != PageFault || c.RIP != 0x1000 || c.Insns != 0 {
			t.Errorf("exit %+v, exception %+v, RIP %#x", e, x, c.RIP)
		}
		if c.Regs[x86.RCX] != 8 || c.Regs[x86.RDI] != end-4 || c.MMU.Mem.Bytes[end-4] != 0 {
			t.Errorf("rcx %d, rdi %#x, byte %#x", c.Regs[x86.RCX], c.Regs[x86.RDI], c.MMU.Mem.Bytes[end-4])
		}
		c.Regs[x86.RDI] = 0x3000
		c.MMU.Mem.Bytes[0x1003], c.MMU.Mem.Bytes[0x1004] = 0x0f, 0x05
		c.MMU.CodeWritten(1)
		if e := c.Run(100); e.Kind != ExitSyscall || c.Regs[x86.RDI] != 0x3040 || c.Insns != 2 {
			t.Errorf("after the fault: %+v rdi %#x insns %d", e, c.Regs[x86.RDI], c.Insns)
		}
	}
}

// TestRepeatIsSliced: no single instruction may take unbounded time.
func TestRepeatIsSliced(t *testing.T) {
	c := newTest(t, 64, 0xf3, 0xaa, 0x0f, 0x05)
	fillLines(c.MMU)
	n := uint64(stringSlice*2 + 5)
	c.Regs[x86.RCX], c.Regs[x86.RDI] = n, 0x3000
	for want := range uint64(2) {
		if e := c.Run(1); e.Kind != ExitBudget || c.RIP != 0x1000 || c.Regs[x86.RCX] != n-(want+1)*stringSlice {
			t.Fatalf("exit %+v RIP %#x RCX %d", e, c.RIP, c.Regs[x86.RCX])
		}
	}
	if e := c.Run(2); e.Kind != ExitSyscall || c.Insns != 4 || c.Regs[x86.RDI] != 0x3000+n {
		t.Errorf("exit %+v insns %d rdi %#x", e, c.Insns, c.Regs[x86.RDI])
	}
}

// TestUnsupported: an operation that memlab does not execute, should there be one, ends the run with its name.
func TestUnsupported(t *testing.T) {
	c := newTest(t, 16, 0x90, 0xcb) // lret
	c.cache.find(0x1000, false).Ops[1].Code = x86.Unsupported
	e := c.Run(10)
	if e.Kind != ExitUnsupported || e.Err == nil || c.RIP != 0x1001 || c.Insns != 1 {
		t.Fatalf("exit %+v", e)
	}
	if got, want := e.Err.Error(), "unsupported instruction retf (bytes cb) at 0x1001"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSyscallRegisters(t *testing.T) {
	c := newTest(t, 16, 0xf9, 0x0f, 0x05) // stc; syscall
	if e := c.Run(10); e.Kind != ExitSyscall {
		t.Fatal(e)
	}
	if c.RIP != 0x1003 || c.Regs[x86.RCX] != 0x1003 || c.Regs[x86.R11] != 0x203 || c.Insns != 2 {
		t.Errorf("rip %#x rcx %#x r11 %#x", c.RIP, c.Regs[x86.RCX], c.Regs[x86.R11])
	}
}

func TestBreaks(t *testing.T) {
	for _, seen := range []bool{false, true} {
		c := newTest(t, 16, sum...)
		c.Regs[x86.RCX], c.Regs[x86.RBX] = 3, 0x3000
		if seen {
			c.Bus.Subscribe(event.MaskOf(event.Insn), func(*event.Event) event.Verdict { return event.Continue })
		} else {
			fillLines(c.MMU)
		}
		c.cache.SetBreaks([]addr.VAddr{0x1006})
		for i := range uint64(3) {
			if e := c.Run(100); e.Kind != ExitBreak || c.RIP != 0x1006 || c.Insns != 2+6*i {
				t.Fatalf("break %d: %+v at %#x after %d", i, e, c.RIP, c.Insns)
			}
			if e := c.Run(100); e.Kind != ExitBreak || c.Insns != 2+6*i {
				t.Fatalf("a run that is not told to pass: %+v", e)
			}
			c.PassBreak = true
		}
		if e := c.Run(100); e.Kind != ExitSyscall || c.Insns != 19 {
			t.Errorf("end: %+v after %d", e, c.Insns)
		}
	}
}
