package cpu

import (
	"encoding/binary"
	"math"
	"testing"

	"memlab/paging/event"
	"memlab/vm/x86"
)

// TestApproximations checks RCPPS and RSQRTPS against their specification, which leaves the bits open: relative errors
// of at most 1.5 * 2^-12 (SDM Vol. 2), special operands exactly.
func TestApproximations(t *testing.T) {
	const bound = 1.5 / 4096
	x := xorshift(1)
	worst, worstRoot := 0.0, 0.0
	for i := range 1 << 20 {
		// Every interval of the tables, a random place in it, and its ends.
		sig := uint64(i) << 12 & 0x7fffff
		switch i >> 11 & 3 {
		case 0:
			sig |= x.next() & 0xfff
		case 1:
			sig |= 0xfff
		}
		v := uint64(1+x.below(252))<<23 | sig
		exact := float64(f32(v))
		worst = max(worst, math.Abs(float64(f32(reciprocal(v)))*exact-1))
		worstRoot = max(worstRoot, math.Abs(float64(f32(reciprocalRoot(v)))*math.Sqrt(exact)-1))
	}
	t.Logf("worst relative errors in units of 2^-12: %.3f, %.3f", worst*4096, worstRoot*4096)
	if worst > bound || worstRoot > bound {
		t.Errorf("relative errors %g and %g, allowed are %g", worst, worstRoot, bound)
	}
	for _, c := range []struct{ x, reciprocal, root uint64 }{
		{0x3f800000, 0x3f7ff000, 0x3f7ff000}, // 1: what Intel's processors give
		{0, 0x7f800000, 0x7f800000},
		{0x80000000, 0xff800000, 0xff800000},
		{1, 0x7f800000, 0x7f800000}, // denormals are zeros
		{0x807fffff, 0xff800000, 0xff800000},
		{0x7f800000, 0, 0},
		{0xff800000, 0x80000000, 0xffc00000},
		{0xbf800000, 0xbf7ff000, 0xffc00000},
		{0x7f7fffff, 0, 0x1f800000}, // tiny results are zeros
		{0xff7fffff, 0x80000000, 0xffc00000},
		{0x7fa00001, 0x7fe00001, 0x7fe00001},
		{0xffc12345, 0xffc12345, 0xffc12345},
	} {
		if r, q := reciprocal(c.x), reciprocalRoot(c.x); r != c.reciprocal || q != c.root {
			t.Errorf("%#x: %#x, %#x, want %#x, %#x", c.x, r, q, c.reciprocal, c.root)
		}
	}
}

// TestFastFloat holds the short ways of sse_fast.go against the long one, which the host's processor has approved.
func TestFastFloat(t *testing.T) {
	x := xorshift(2)
	for range 100000 {
		mx := uint32(x.env()) &^ (mxEnv ^ mxDefault) // the environment of the short ways, any flags
		if mx&mxMask != mxMask {
			mx |= mxMask
		}
		checkFast(t, mx, x.word('d'), x.word('d'))
		checkFast(t, mx, x.single(), x.single())
	}
}

func FuzzFastFloat(f *testing.F) {
	for i, a := range edge64 {
		f.Add(uint16(0x1f80), a, edge64[(i*7+3)%len(edge64)])
	}
	for i, a := range edge32 {
		f.Add(uint16(0x1fa0), a, edge32[(i*7+3)%len(edge32)])
	}
	f.Fuzz(func(t *testing.T, mx uint16, a, b uint64) { checkFast(t, uint32(mx), a, b) })
}

// checkFast computes with a and b as doubles, and with their low halves as singles. A flag that is set already may be
// reported or not.
func checkFast(t *testing.T, mx uint32, a, b uint64) {
	t.Helper()
	for kind := kindFAdd; kind <= kindFSqrt; kind++ {
		r, flags := arith64(kind, mx, a, b)
		want, wantFlags := soft(double, kind, mx, a, b)
		if r != want || (flags^wantFlags)&^mx != 0 {
			t.Errorf("mxcsr %#x: double kind %d of %#x and %#x: %#x, flags %#x, want %#x, %#x",
				mx, kind, a, b, r, flags, want, wantFlags)
		}
		a32, b32 := a&0xffffffff, b&0xffffffff
		r, flags = arith32(kind, mx, a32, b32)
		want, wantFlags = soft(single, kind, mx, a32, b32)
		if r != want || (flags^wantFlags)&^mx != 0 {
			t.Errorf("mxcsr %#x: single kind %d of %#x and %#x: %#x, flags %#x, want %#x, %#x",
				mx, kind, a32, b32, r, flags, want, wantFlags)
		}
	}
}

func soft(f float, kind int, mx uint32, a, b uint64) (r uint64, flags uint32) {
	switch kind {
	case kindFAdd:
		return f.add(mx, a, b)
	case kindFMul:
		return f.mul(mx, a, b)
	case kindFSub:
		return f.sub(mx, a, b)
	case kindFDiv:
		return f.div(mx, a, b)
	case kindFSqrt:
		return f.sqrt(mx, b)
	case kindFMin:
		return f.lesser(mx, a, b)
	default:
		return f.greater(mx, a, b)
	}
}

// TestVectorFaults executes every instruction with a memory operand that is not there, or only its first byte is: it
// raises, and nothing has changed.
func TestVectorFaults(t *testing.T) {
	b := newBench(t)
	end := uint64(len(b.MMU.Mem.Bytes))
	x := xorshift(3)
	n := 0
	for _, in := range vecInsns(t) {
		c := makeCase(in, &x)
		c.MXCSR = 0x1f80
		c.XMM[2] = Vec{^uint64(0), ^uint64(0)} // of MASKMOVDQU: all bytes
		c.MM[1] = ^uint64(0)
		op, ok := x86.Decode(in.code, 0, false)
		if !ok || op.Flags&x86.FlagMem == 0 {
			continue
		}
		for _, at := range []uint64{end, end - 1, end - 16, 1 << 63} {
			want := c
			b.load(c)
			last := b.MMU.Mem.Bytes[end-32:]
			for i := range last {
				last[i] = byte(i)
			}
			b.Regs[x86.RSI], b.Regs[x86.RDI] = at, at
			b.execSSE(&op)
			size := uint64(op.Size)
			if at+size > at && at+size <= end { // the operand is there after all
				continue
			}
			n++
			wantVector := PageFault
			if size == 16 && at&15 != 0 && needsAlignment(op.Code) {
				wantVector = GeneralProtection
			}
			if !b.raised || b.exc.Vector != wantVector {
				t.Errorf("%s at end%+d: raised %v %d", in.text, int64(at-end), b.raised, b.exc.Vector)
			}
			got := b.save(c)
			got.Trap = 0
			if got != want {
				t.Errorf("%s at end%+d:\n got  %s\n want %s", in.text, int64(at-end), got.state(), want.state())
			}
			for i := range last {
				if last[i] != byte(i) {
					t.Errorf("%s at end%+d: memory has changed", in.text, int64(at-end))
					break
				}
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d faults", n)
	}
	t.Logf("%d faults", n)
}

func needsAlignment(code x86.Code) bool {
	switch code {
	case x86.LoadVecU, x86.StoreVecU, x86.MaskMovDQU, x86.PCmpEStrI, x86.PCmpEStrM, x86.PCmpIStrI, x86.PCmpIStrM:
		return false
	default:
		return true
	}
}

// TestMaskMove stores single bytes next to a page that is not there: only selected bytes count.
func TestMaskMove(t *testing.T) {
	b := newBench(t)
	end := uint64(len(b.MMU.Mem.Bytes))
	op, _ := x86.Decode([]byte{0x66, 0x0f, 0xf7, 0xca}, 0, false)
	b.X[1] = Vec{0x0706050403020100, 0x0f0e0d0c0b0a0908}
	b.Regs[x86.RDI] = end - 4
	b.X[2] = Vec{0x80008000, 0} // bytes 1 and 3
	b.execSSE(&op)
	if got := [4]byte(b.MMU.Mem.Bytes[end-4:]); b.raised || got != [4]byte{0, 1, 0, 3} {
		t.Errorf("%v, raised %v", got, b.raised)
	}
	b.X[2] = Vec{0x8000000080, 0} // bytes 0 and 4
	b.execSSE(&op)
	if got := [4]byte(b.MMU.Mem.Bytes[end-4:]); !b.raised || got != [4]byte{0, 1, 0, 3} {
		t.Errorf("%v, raised %v", got, b.raised)
	}
	b.raised = false
	b.X[2] = Vec{} // nothing: no access
	b.Regs[x86.RDI] = 1 << 63
	if b.execSSE(&op); b.raised {
		t.Error("an empty mask has raised")
	}
}

// TestFXSave stores and loads the image, across a page boundary and not, in 64- and in 32-bit code.
func TestFXSave(t *testing.T) {
	for _, mode32 := range []bool{false, true} {
		for _, at := range []uint64{0x1000, 0x1000 + 4096 - 512 + 64, 0x2000 - 16} {
			b := newBench(t)
			mem := b.MMU.Mem.Bytes
			for i := range mem {
				mem[i] = 0xcc
			}
			b.Mode32 = mode32
			b.MXCSR = 0x9fc3
			for i := range b.X {
				b.X[i] = Vec{uint64(i)<<56 | 0x1111, uint64(i)<<48 | 0x2222}
			}
			b.fpu.setMMX(3, 0x123456789abcdef0)
			b.fpu.mmxEnter()
			before := *b.CPU
			b.Regs[x86.RSI] = at
			save, _ := x86.Decode([]byte{0x0f, 0xae, 0x06}, 0, mode32)
			if b.execSSE(&save); b.raised {
				t.Fatal("FXSAVE raised")
			}
			regs := 16
			if mode32 {
				regs = 8
			}
			img := mem[at : at+512]
			if mx, mask := binary.LittleEndian.Uint32(img[24:]), binary.LittleEndian.Uint32(img[28:]); mx != 0x9fc3 ||
				mask != 0xffff || img[4] != 0xff {
				t.Errorf("mxcsr %#x, mask %#x, tags %#x", mx, mask, img[4])
			}
			if v := binary.LittleEndian.Uint64(img[32+3*16:]); v != 0x123456789abcdef0 {
				t.Errorf("ST3 %#x", v)
			}
			for i := range regs {
				if v := getVec((*[16]byte)(img[160+16*i:])); v != before.X[i] {
					t.Errorf("xmm%d %x", i, v)
				}
			}
			for i := 160 + 16*regs; i < 512; i++ {
				if img[i] != 0xcc {
					t.Fatalf("byte %d has changed", i)
				}
			}
			b.X, b.MXCSR, b.fpu = [16]Vec{}, 0x1f80, x87{}
			load, _ := x86.Decode([]byte{0x0f, 0xae, 0x0e}, 0, mode32)
			if b.execSSE(&load); b.raised {
				t.Fatal("FXRSTOR raised")
			}
			clear(before.X[regs:])
			if b.X != before.X || b.MXCSR != before.MXCSR || b.fpu.mmx(3) != 0x123456789abcdef0 || b.fpu.full != 0xff {
				t.Errorf("loaded %x, mxcsr %#x", b.X, b.MXCSR)
			}
		}
	}
}

// TestFXFaults: unaligned images and reserved bits of MXCSR are #GP, images that end beyond memory change nothing.
func TestFXFaults(t *testing.T) {
	b := newBench(t)
	mem := b.MMU.Mem.Bytes
	end := uint64(len(mem))
	save, _ := x86.Decode([]byte{0x0f, 0xae, 0x06}, 0, false)
	load, _ := x86.Decode([]byte{0x0f, 0xae, 0x0e}, 0, false)
	mem[0x1000+24+2] = 1 // bit 16
	for _, c := range []struct {
		name string
		op   x86.Op
		at   uint64
		want Vector
	}{
		{"save unaligned", save, 0x1008, GeneralProtection},
		{"load unaligned", load, 0x1008, GeneralProtection},
		{"load reserved", load, 0x1000, GeneralProtection},
		{"save beyond", save, end - 64, PageFault},
		{"load beyond", load, end - 64, PageFault},
	} {
		b.raised = false
		b.X[0], b.MXCSR = Vec{1, 2}, 0x1f80
		b.Regs[x86.RSI] = c.at
		if b.execSSE(&c.op); !b.raised || b.exc.Vector != c.want {
			t.Errorf("%s: raised %v, vector %d", c.name, b.raised, b.exc.Vector)
		}
		if b.X[0] != (Vec{1, 2}) || b.MXCSR != 0x1f80 {
			t.Errorf("%s: registers have changed", c.name)
		}
		for i, v := range mem[end-64:] {
			if v != 0 {
				t.Errorf("%s: byte %d has changed", c.name, i)
			}
		}
	}
}

// TestMMXWaits: a pending x87 exception comes before anything an MMX instruction does.
func TestMMXWaits(t *testing.T) {
	b := newBench(t)
	b.fpu.init()
	b.fpu.setControl(0)      // nothing masked
	b.fpu.setWord(1 | 7<<11) // IE
	for _, code := range [][]byte{{0x0f, 0xfc, 0xca}, {0x0f, 0x77}, {0x0f, 0x2a, 0xca}, {0x0f, 0x6f, 0x0e}} {
		op, _ := x86.Decode(code, 0, false)
		b.raised = false
		if b.execSSE(&op); !b.raised || b.exc.Vector != FPUError || b.fpu.top != 7 || b.fpu.full != 0 {
			t.Errorf("% x: raised %v, vector %d, top %d", code, b.raised, b.exc.Vector, b.fpu.top)
		}
	}
}

// TestVectorRun runs vector code by both run loops.
func TestVectorRun(t *testing.T) {
	code := []byte{
		0xf2, 0x48, 0x0f, 0x2a, 0xc1, // cvtsi2sd xmm0, rcx
		0xf2, 0x0f, 0x51, 0xc0, // sqrtsd xmm0, xmm0
		0xf2, 0x0f, 0x11, 0x03, // movsd [rbx], xmm0
		0x0f, 0x6f, 0x0b, // movq mm1, [rbx]
		0x0f, 0xfc, 0xc9, // paddb mm1, mm1
		0x0f, 0x7f, 0x4b, 0x08, // movq [rbx+8], mm1
		0x0f, 0x77, // emms
		0x0f, 0xae, 0x5b, 0x10, // stmxcsr [rbx+16]
		0x0f, 0x05, // syscall
	}
	for _, listening := range []bool{false, true} {
		c := newTest(t, 4, code...)
		if listening {
			c.Bus.Subscribe(event.PerAccess, func(*event.Event) event.Verdict { return event.Continue })
		}
		c.Regs[x86.RCX], c.Regs[x86.RBX] = 2, 0x2000
		exit := c.Run(100)
		got := [3]uint64{}
		for i := range got {
			got[i] = binary.LittleEndian.Uint64(c.MMU.Mem.Bytes[0x2000+8*i:])
		}
		want := [3]uint64{0x3ff6a09e667f3bcd, 0x7eec403cccfe769a, 0x1fa0}
		if exit.Kind != ExitSyscall || got != want {
			t.Errorf("listening %v: exit %d, %#x, want %#x", listening, exit.Kind, got, want)
		}
	}
}

// hotInsns are the vector instructions that programs execute most.
var hotInsns = []struct {
	name string
	code []byte
}{
	{"addsd", []byte{0xf2, 0x0f, 0x58, 0xca}},
	{"mulsd", []byte{0xf2, 0x0f, 0x59, 0xca}},
	{"divsd", []byte{0xf2, 0x0f, 0x5e, 0xca}},
	{"mulps", []byte{0x0f, 0x59, 0xca}},
	{"ucomisd", []byte{0x66, 0x0f, 0x2e, 0xca}},
	{"cvtsi2sd", []byte{0xf2, 0x48, 0x0f, 0x2a, 0xca}},
	{"movups load", []byte{0x0f, 0x10, 0x0e}},
	{"movaps", []byte{0x0f, 0x28, 0xca}},
	{"pxor", []byte{0x66, 0x0f, 0xef, 0xca}},
	{"pcmpeqb", []byte{0x66, 0x0f, 0x74, 0xca}},
	{"pmovmskb", []byte{0x66, 0x0f, 0xd7, 0xca}},
	{"pshufb", []byte{0x66, 0x0f, 0x38, 0x00, 0xca}},
	{"paddusb", []byte{0x66, 0x0f, 0xdc, 0xca}},
	{"pcmpistri", []byte{0x66, 0x0f, 0x3a, 0x63, 0xca, 0x0c}},
}

func hotBench(tb testing.TB) bench {
	tb.Helper()
	b := newBench(tb)
	fillLines(b.MMU)
	b.MXCSR = 0x1fa0
	b.Regs[x86.RSI] = benchAddr
	return b
}

func TestVectorAllocations(t *testing.T) {
	b := hotBench(t)
	for _, in := range vecInsns(t) {
		op, ok := x86.Decode(in.code, 0, false)
		if !ok || !op.Code.IsSSE() {
			continue
		}
		b.MXCSR = 0x1f80
		if n := testing.AllocsPerRun(3, func() { b.execSSE(&op) }); n != 0 {
			t.Errorf("%s: %v allocations", in.text, n)
		}
		b.raised = false
		b.Regs[x86.RSI], b.Regs[x86.RDI] = benchAddr, benchAddr
	}
}

func BenchmarkVector(b *testing.B) {
	for _, in := range hotInsns {
		for _, exact := range []bool{false, true} {
			name := in.name
			v := Vec{0x3ff199999999999a, 0x3ff199999999999a}
			mx := uint32(0x1fa0)
			if exact {
				name += " exact"
				v = Vec{0x3ff0000000000000, 0x3ff0000000000000}
				mx = 0x1f80
			}
			op, _ := x86.Decode(in.code, 0, false)
			c := hotBench(b)
			b.Run(name, func(b *testing.B) {
				for b.Loop() {
					c.MXCSR = mx
					c.X[1], c.X[2] = v, v
					c.execSSE(&op)
				}
			})
		}
	}
}
