package x86

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// TestSSEAccesses holds what the decoder says about memory against the operands in the list of instructions that
// vm/cpu executes on the host.
func TestSSEAccesses(t *testing.T) {
	data, err := os.ReadFile("../cpu/testdata/sse_insns.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		codeText, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		code, err := hex.DecodeString(codeText)
		if err != nil {
			t.Fatal(err)
		}
		if _, after, ok := strings.Cut(text, "# "); ok {
			text = strings.TrimPrefix(after, "rex.w ")
		}
		op, ok := Decode(code, 0, false)
		if !ok || int(op.Len) != len(code) {
			t.Errorf("%s: %+v", text, op)
			continue
		}
		if op.Code == Nop {
			continue
		}
		name, operands, _ := strings.Cut(text, " ")
		hidden := strings.HasPrefix(name, "maskmov")
		mem := strings.Contains(operands, "[") || hidden
		dest := strings.HasPrefix(operands, "[") && name != "ldmxcsr" && name != "clflush" || hidden
		base := uint8(RZero)
		if mem {
			base = RSI
		}
		if hidden {
			base = RDI
		}
		accesses := uint8(0)
		if mem {
			accesses = 1
		}
		if hidden {
			accesses = ManyAccesses
		}
		written := op.Flags&(FlagMem|FlagDest) == FlagMem|FlagDest
		got := [...]any{op.Code.IsSSE(), op.Flags&FlagMem != 0, written, op.Accesses, op.Base}
		want := [...]any{true, mem, dest, accesses, base}
		if got != want {
			t.Errorf("%s: sse, memory, written, accesses, base = %v, want %v", text, got, want)
		}
		n++
	}
	if n < 1400 {
		t.Errorf("only %d instructions", n)
	}
}

func TestSSEFields(t *testing.T) {
	xmm := func(code Code, size, dst, src uint8) Op {
		return Op{Code: code, Size: size, Dst: dst, Src: src, Base: RZero, Index: RZero}
	}
	mem := func(o Op, flags, base uint8, disp int64) Op {
		o.Flags, o.Base, o.Disp, o.Accesses = flags|FlagMem, base, disp, 1
		return o
	}
	imm := func(o Op, flags uint8, v int64) Op {
		o.Flags |= flags
		o.Imm = v
		return o
	}
	with := func(o Op, cond, accesses uint8) Op {
		o.Cond, o.Accesses = cond, accesses
		return o
	}
	for _, c := range []struct {
		text, code string
		want       Op
	}{
		{"addsd xmm9, xmm14", "f2450f58ce", xmm(AddSD, 8, 9, 14)},
		{"addss xmm1, [rip-16]", "f30f580df0ffffff", mem(xmm(AddSS, 4, 1, RZero), 0, RBlock, -8)},
		{"movaps xmm3, xmm12", "410f28dc", xmm(MovVec, 16, 3, 12)},
		{"movaps xmm12, xmm3 (store form)", "410f29dc", xmm(MovVec, 16, 12, 3)},
		{"movups [rbp-32], xmm8", "440f1145e0", mem(xmm(StoreVecU, 16, 0, 8), FlagDest, RBP, -32)},
		{"movsd xmm2, xmm9", "f2410f10d1", xmm(MovLowQ, 8, 2, 9)},
		{"movss [r12], xmm2", "f3410f111424", mem(xmm(StoreD, 4, 0, 2), FlagDest, R12, 0)},
		{"movq xmm1, r15", "66490f6ecf", xmm(GprToVec, 8, 1, R15)},
		{"movd r9d, xmm1", "66410f7ec9", xmm(VecToGpr, 4, R9, 1)},
		{"movq xmm1, [rsi]", "f30f7e0e", mem(xmm(LoadQ, 8, 1, RZero), 0, RSI, 0)},
		{"movq [rsi], xmm1", "660fd60e", mem(xmm(StoreQ, 8, 0, 1), FlagDest, RSI, 0)},
		{"psllq xmm11, 200", "66410f73f3c8", imm(xmm(PSllQ, 16, 11, 0), FlagImm, 200)},
		{"pslldq xmm1, 3", "660f73f903", imm(xmm(PSllDQ, 16, 1, 0), FlagImm, 3)},
		{"paddb mm1, mm2", "0ffcca", xmm(PAddB+MMXShift, 8, 1, 2)},
		{"punpcklbw mm1, [rsi]", "0f600e", mem(xmm(PUnpckLBW+MMXShift, 4, 1, RZero), 0, RSI, 0)},
		{"pshufd xmm1, xmm2, 0xe4", "660f70cae4", imm(xmm(PShufD, 16, 1, 2), 0, 0xe4)},
		{"cvttsd2si rax, xmm3", "f2480f2cc3", with(xmm(CvtSD2SI, 8, RAX, 3), 8|CvtTruncate, 0)},
		{"cvtss2si r10d, xmm3", "f3440f2dd3", with(xmm(CvtSS2SI, 4, R10, 3), 4, 0)},
		{"cvtsi2sd xmm3, r10", "f2490f2ada", xmm(CvtSI2SD, 8, 3, R10)},
		{"ucomisd xmm1, xmm2", "660f2eca", with(xmm(ComISD, 8, 1, 2), 1, 0)},
		{"pcmpestri xmm1, xmm2, 12, 64-bit lengths", "66480f3a61ca0c", imm(with(xmm(PCmpEStrI, 16, 1, 2), 1, 0), 0, 12)},
		{"fxsave [rsp]", "0fae0424", with(mem(xmm(FXSave, 16, RZero, RZero), FlagDest, RSP, 0), 0, ManyAccesses)},
		{"fxrstor64 [rsp]", "480fae0c24", with(mem(xmm(FXRstor, 16, RZero, RZero), 0, RSP, 0), 1, ManyAccesses)},
		{"fs maskmovdqu xmm1, xmm2", "64660ff7ca", func() Op {
			o := with(mem(xmm(MaskMovDQU, 16, 1, 2), FlagDest, RDI, 0), 0, ManyAccesses)
			o.Seg = SegFS
			return o
		}()},
	} {
		code, err := hex.DecodeString(c.code)
		if err != nil {
			t.Fatal(err)
		}
		c.want.Len = uint8(len(code))
		got, ok := Decode(code, 0, false)
		if !ok || got != c.want {
			t.Errorf("%s:\n got  %+v\n want %+v", c.text, got, c.want)
		}
	}
}

// TestSSERefused lists encodings that x86asm accepts and processors do not (trap 12 of decode.go), or not those that
// CPUID describes.
func TestSSERefused(t *testing.T) {
	for _, c := range []struct{ text, code string }{
		{"66 movlpd xmm0, xmm0", "660f12c0"},
		{"66 movhpd xmm0, xmm0", "660f16c0"},
		{"66 rcpps", "660f53ca"},
		{"66 rsqrtps", "660f52ca"},
		{"66 emms", "660f77"},
		{"66 movnti", "660fc30e"},
		{"movntss", "f30f2b0e"},
		{"movntsd", "f20f2b0e"},
	} {
		code, err := hex.DecodeString(c.code)
		if err != nil {
			t.Fatal(err)
		}
		if op, ok := Decode(append(code, make([]byte, MaxLen)...), 0, false); !ok || op.Code != Undefined {
			t.Errorf("%s: %+v, want Undefined", c.text, op)
		}
	}
}
