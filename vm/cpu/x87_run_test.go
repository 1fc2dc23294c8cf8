package cpu

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"testing"

	"memlab/vm/cpu/f80"
	"memlab/vm/x86"
)

// assembled is machine code written as hexadecimal lines with comments behind a semicolon.
func assembled(tb testing.TB, text string) []byte {
	tb.Helper()
	var code []byte
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, ";")
		b, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(line), " ", ""))
		if err != nil {
			tb.Fatal(err)
		}
		code = append(code, b...)
	}
	return code
}

// runX87 runs code, which stands at 0x1000 and ends in a system call, with RDI at 0x3000.
func runX87(t *testing.T, fast bool, text string, prepare func(c *CPU)) *CPU {
	t.Helper()
	c := newTest(t, 16, append(assembled(t, text), 0x0f, 0x05)...)
	if fast {
		fillLines(c.MMU)
	}
	c.Regs[x86.RDI] = 0x3000
	if prepare != nil {
		prepare(c)
	}
	if e := c.Run(1 << 16); e.Kind != ExitSyscall {
		t.Fatalf("exit %+v, exception %+v, at %#x", e, c.Exception(), c.RIP)
	}
	return c
}

// TestX87Run computes the hypotenuse of 3 and 4 from memory to memory, within a page and across a page boundary.
func TestX87Run(t *testing.T) {
	const code = `
		dd 07 ; fld qword [rdi]
		d8 c8 ; fmul st, st(0)
		dd 47 08 ; fld qword [rdi+8]
		dc c8 ; fmul st(0), st
		de c1 ; faddp st(1), st
		d9 fa ; fsqrt
		d9 c0 ; fld st(0)
		db 7f 10 ; fstp tbyte [rdi+16]
		dd 5f 20 ; fstp qword [rdi+32]`
	for _, fast := range []bool{false, true} {
		for _, at := range []uint64{0x3000, 0x3ffc, 0x3ff7, 0x3fe7, 0x3fef} {
			c := runX87(t, fast, code, func(c *CPU) {
				c.Regs[x86.RDI] = at
				binary.LittleEndian.PutUint64(c.MMU.Mem.Bytes[at:], math.Float64bits(3))
				binary.LittleEndian.PutUint64(c.MMU.Mem.Bytes[at+8:], math.Float64bits(4))
			})
			want := []byte{0, 0, 0, 0, 0, 0, 0, 0xa0, 0x01, 0x40}
			if got := c.MMU.Mem.Bytes[at+16 : at+26]; !bytes.Equal(got, want) {
				t.Errorf("at %#x: extended % x", at, got)
			}
			if got := math.Float64frombits(binary.LittleEndian.Uint64(c.MMU.Mem.Bytes[at+32:])); got != 5 {
				t.Errorf("at %#x: double %g", at, got)
			}
			if c.fpu.full != 0 || c.fpu.word() != 0 {
				t.Errorf("at %#x: full %08b, status %04x", at, c.fpu.full, c.fpu.word())
			}
		}
	}
}

// TestX87Pending divides by zero with the exception unmasked: the next waiting instruction raises #MF, those that do
// not wait pass.
func TestX87Pending(t *testing.T) {
	const code = `
		66 c7 07 7b 03 ; mov word [rdi], 0x37b
		d9 2f ; fldcw [rdi]
		d9 e8 ; fld1
		d9 ee ; fldz
		de f9 ; fdivp st(1), st
		df e0 ; fnstsw ax
		d9 7f 02 ; fnstcw [rdi+2]`
	for name, next := range map[string]string{"fwait": "9b", "fld1": "d9 e8", "fxch": "d9 c9", "fnop": "d9 d0"} {
		c := newTest(t, 16, assembled(t, code+"\n"+next)...)
		c.Regs[x86.RDI] = 0x3000
		e := c.Run(100)
		if e.Kind != ExitException || c.Exception() != (Exception{Vector: FPUError}) || c.RIP != 0x1012 {
			t.Errorf("%s: exit %+v %+v at %#x", name, e, c.Exception(), c.RIP)
		}
		if ax := uint16(c.Regs[x86.RAX]); ax != 0xb084 { // B, TOP 6, ES, ZE; nothing popped
			t.Errorf("%s: status %04x", name, ax)
		}
		if c.fpu.st(0) != (f80.F80{}) || c.fpu.st(1) != f80.One() {
			t.Errorf("%s: registers %v %v", name, c.fpu.st(0), c.fpu.st(1))
		}
		if c.fpu.fop != 0x6f9 || c.fpu.fip != 0x100b {
			t.Errorf("%s: FOP %x FIP %x", name, c.fpu.fop, c.fpu.fip)
		}
	}
	for name, next := range map[string]string{"fnclex": "db e2 9b", "fninit": "db e3 9b", "fnsave": "dd 37 9b"} {
		c := runX87(t, false, code+"\n"+next, nil)
		if c.fpu.pending() {
			t.Errorf("%s: still pending", name)
		}
	}
}

// TestX87Fault lets accesses fail: nothing of the instruction must be visible.
func TestX87Fault(t *testing.T) {
	for name, code := range map[string]string{
		"fld m32":           "d9 07",
		"fld m80":           "db 2f",
		"fadd m64":          "dc 07",
		"fcomp m32":         "d8 1f",
		"fstp m64":          "dd 1f",
		"fstp m80":          "db 3f",
		"fistp m16 invalid": "df 1f",
		"fisttp m64":        "dd 0f",
		"fbstp":             "df 37",
		"fldcw":             "d9 2f",
		"fnstcw":            "d9 3f",
		"fnstsw":            "dd 3f",
		"fnstenv":           "d9 37",
		"fldenv":            "d9 27",
		"fnsave":            "dd 37",
		"frstor":            "dd 27",
	} {
		for back := range uint64(2) { // all beyond the end of memory, and all but the first byte
			c := newTest(t, 16, assembled(t, "d9 e8 \n d9 eb \n"+code)...)
			end := uint64(len(c.MMU.Mem.Bytes))
			c.Regs[x86.RDI] = end - back
			c.MMU.Mem.Bytes[end-1] = 0x5a
			c.Run(2)
			c.fpu.control &^= f80.Invalid
			before := c.fpu
			if e := c.Run(1); e.Kind != ExitException || c.Exception().Vector != PageFault {
				t.Errorf("%s: exit %+v %+v", name, e, c.Exception())
			}
			if c.fpu != before || c.MMU.Mem.Bytes[end-1] != 0x5a || c.RIP != 0x1004 {
				t.Errorf("%s back %d: visible at %#x: %+v, before %+v", name, back, c.RIP, c.fpu, before)
			}
		}
	}
}

// TestX87Images compares the pointers of FNSAVE and FXSAVE after an instruction with an operand in memory.
func TestX87Images(t *testing.T) {
	c := runX87(t, false, `
		d9 e8 ; fld1
		d9 eb ; fldpi
		d8 47 10 ; fadd dword [rdi+16]
		d9 3f ; fnstcw [rdi], which leaves the pointers`, nil)
	var img [512]byte
	c.fxsaveX87(&img)
	want := "7f03 0030 c0 00 0000 04100000 3300 0000 10300000 0000 0000 0000000000000000" +
		"35c26821a2da0fc90040 000000000000 0000000000000080ff3f 000000000000"
	got := hex.EncodeToString(img[:64])
	if got != strings.ReplaceAll(want, " ", "") {
		t.Errorf("FXSAVE\n got %s\nwant %s", got, strings.ReplaceAll(want, " ", ""))
	}
	c.fpu.fip, c.fpu.fdp = 0x123456789a, 0xba9876543210
	c.fxsaveWide(&img)
	if got, want := hex.EncodeToString(img[8:24]), "9a785634120000001032547698ba0000"; got != want {
		t.Errorf("FXSAVE64 pointers %s, want %s", got, want)
	}
	c.fpu.fcs, c.fpu.fds = 0, 0
	saved := c.fpu
	c.fpu = x87{}
	c.fxrstorX87(&img)
	c.fxrstorWide(&img)
	if c.fpu != saved {
		t.Errorf("restored %+v\nsaved %+v", c.fpu, saved)
	}
	var b [108]byte
	c.fpu.fcs, c.fpu.fds, c.fpu.fop = 0x23, 0x2b, 0x123
	c.fpu.environment(b[:28], 4)
	if got, want := hex.EncodeToString(b[:28]), "7f03ffff0030ffffff0fffff9a78563423002301103254762b00ffff"; got != want {
		t.Errorf("environment %s, want %s", got, want)
	}
	c.fpu.environment(b[:14], 2)
	if got, want := hex.EncodeToString(b[:14]), "7f030030ff0f9a78230010322b00"; got != want {
		t.Errorf("environment of 16 bits %s, want %s", got, want)
	}
}

// TestX87MMX checks that an MMX register is the significand of a physical register.
func TestX87MMX(t *testing.T) {
	f := &x87{}
	f.init()
	f.push(f80.One()) // physical register 7
	if f.mmx(7) != 1<<63 {
		t.Errorf("MM7 = %x", f.mmx(7))
	}
	f.mmxEnter()
	f.setMMX(2, 0x1122334455667788)
	if f.st(2) != (f80.F80{Man: 0x1122334455667788, SE: 0xffff}) || f.tags() != 0x2aaa && f.tags()>>4&3 != 2 {
		t.Errorf("ST2 = %v, tags %04x", f.st(2), f.tags())
	}
	f.emms()
	if f.tags() != 0xffff {
		t.Errorf("tags after EMMS %04x", f.tags())
	}
}

// FuzzX87 executes x87 instructions on any state: none may panic, and what FNSAVE writes FRSTOR must read.
func FuzzX87(f *testing.F) {
	f.Add([]byte{0xd9, 0xfb}, []byte{0x7f, 0x03})
	f.Add([]byte{0xdd, 0x37}, bytes.Repeat([]byte{0xff}, 108))
	f.Add([]byte{0x66, 0xd9, 0x27}, bytes.Repeat([]byte{0x35, 0xc2, 0x40}, 36))
	c := newX87(f)
	f.Fuzz(func(t *testing.T, insn, state []byte) {
		var s x87State
		copy(s.image[:], state)
		copy(s.memory[:], state)
		s.run(c, insn)
		before := c.fpu
		before.fip, before.fdp = uint64(uint32(before.fip)), uint64(uint32(before.fdp))
		var b [108]byte
		c.fpu.image(b[:])
		c.fpu.setImage(b[:])
		if c.fpu != before {
			t.Errorf("% x: state %+v became %+v", insn, before, c.fpu)
		}
	})
}

func TestX87NoAllocation(t *testing.T) {
	c := newX87(t)
	for _, insn := range []string{"d8 c1", "dc 0f", "db 3f", "dd 37", "d9 fe", "df f1"} {
		b := assembled(t, insn)
		op, _ := x86.Decode(append(b, make([]byte, x86.MaxLen)...), 0, false)
		n := testing.AllocsPerRun(100, func() {
			c.fpu.init()
			c.fpu.push(f80.One())
			c.fpu.push(f80.FromInt(3))
			c.execX87(&op)
		})
		if n != 0 {
			t.Errorf("%s: %v allocations", insn, n)
		}
	}
}

func BenchmarkX87(b *testing.B) {
	c := newX87(b)
	fillLines(c.MMU)
	load, _ := x86.Decode(append(assembled(b, "dd 07"), make([]byte, x86.MaxLen)...), 0, false)
	add, _ := x86.Decode(append(assembled(b, "de c1"), make([]byte, x86.MaxLen)...), 0, false)
	c.fpu.push(f80.One())
	for b.Loop() {
		c.execX87(&load)
		c.execX87(&add)
	}
}
