package x86

import (
	"encoding/hex"
	"testing"
)

// at is an Op with the fields that most have: no memory operand.
func opOf(code Code, length, size, dst, src uint8, flags uint8) Op {
	return Op{Code: code, Len: length, Size: size, Dst: dst, Src: src, Base: RZero, Index: RZero, Flags: flags}
}

func with(op Op, change func(*Op)) Op {
	change(&op)
	return op
}

func memory(base uint8, disp int64) func(*Op) {
	return func(o *Op) { o.Base, o.Disp, o.Accesses = base, disp, 1 }
}

const ends = FlagEnd

// TestDecodeTraps has an example, or several, of everything that x86asm gets wrong, and of what it gets
// right against expectation. mode 64 unless it says 32.
func TestDecodeTraps(t *testing.T) {
	nop := func(n uint8) Op { return opOf(Nop, n, 0, RZero, RZero, 0) }
	ud := func(n uint8) Op { return opOf(Undefined, n, 0, RZero, RZero, ends) }
	many := func(o *Op) { o.Accesses = ManyAccesses }
	tests := []struct {
		name, code string
		mode32     bool
		want       Op
	}{
		{
			"1 negative disp32", "8b80f0ffffff", false,
			with(opOf(Mov32RM, 6, 4, RAX, RZero, FlagMem), memory(RAX, -16)),
		},
		{
			"1 backward RIP-relative", "488b05f9ffffff", false,
			with(opOf(Mov64RM, 7, 8, RAX, RZero, FlagMem), memory(RBlock, 0)),
		},
		{
			"1 fs:-8", "64488b0425f8ffffff", false,
			with(with(opOf(Mov, 9, 8, RAX, RZero, FlagMem), memory(RZero, -8)), func(o *Op) { o.Seg = SegFS }),
		},
		{
			"1 moffs keeps 64 bits", "48a1f0ffffff00000080", false,
			with(opOf(Mov64RM, 10, 8, RAX, RZero, FlagMem), memory(RZero, -0x7fffffff00000010)),
		},
		{"1 disp8", "8b40f0", false, with(opOf(Mov32RM, 3, 4, RAX, RZero, FlagMem), memory(RAX, -16))},
		{"3 endbr64", "f30f1efa", false, nop(4)},
		{"3 endbr32", "f30f1efb", true, nop(4)},
		{"4 rdsspq", "f3480f1ec8", false, nop(5)},
		{"4 incsspq", "f3480faee8", false, ud(5)},
		{"5 nopq", "480f1f440000", false, nop(6)},
		{"5 hint nop", "0f1cc0", false, nop(3)},
		{"5 prefetch reserved", "0f0d00", false, nop(3)},
		{"5 lfence with rm", "0faee9", false, nop(3)},
		{"5 8087 control", "dbe0", false, nop(2)},
		{
			"6 test alias", "f6c801", false,
			with(opOf(Test, 3, 1, RAX, RZero, FlagDest|FlagImm), func(o *Op) { o.Imm = 1 }),
		},
		{
			"6 sal alias", "d1f0", false,
			with(opOf(Shl32RI, 2, 4, RAX, RZero, FlagDest|FlagImm), func(o *Op) { o.Imm = 1 }),
		},
		{
			"6 opcode 82", "82c005", true,
			with(opOf(Add, 3, 1, RAX, RZero, FlagDest|FlagImm), func(o *Op) { o.Imm = 5 }),
		},
		{
			"7 movsb", "a4", false,
			with(opOf(Movs, 1, 1, RZero, RZero, 0), func(o *Op) { o.Accesses = ManyAccesses }),
		},
		{
			"7 rep stosq", "f348ab", false,
			with(opOf(Stos, 3, 8, RZero, RZero, FlagRep|ends), func(o *Op) { o.Accesses = ManyAccesses }),
		},
		{
			"8 push", "50", false,
			with(opOf(Push64, 1, 8, RZero, RAX, 0), func(o *Op) { o.Base, o.Accesses = RSP, 1 }),
		},
		{
			"8 push 16", "6650", false,
			with(opOf(Push, 2, 2, RZero, RAX, 0), func(o *Op) { o.Base, o.Accesses = RSP, 1 }),
		},
		{
			"8 push 32", "50", true,
			with(opOf(Push, 1, 4, RZero, RAX, 0), func(o *Op) { o.Base, o.Accesses = RSP, 1 }),
		},
		{"8 ret", "c3", false, with(opOf(Ret64, 1, 8, RZero, RZero, ends), memory(RSP, 1))},
		{"9 rep bsf", "f30fbcc1", false, opOf(Bsf, 4, 4, RAX, RCX, FlagDest)},
		{"9 lzcnt", "f30fbdc1", false, opOf(Bsr, 4, 4, RAX, RCX, FlagDest)},
		{
			"10 lock on a register", "f001c0", false,
			with(ud(3), func(o *Op) { o.Flags |= FlagLock }),
		},
		{
			"10 lock inc", "f048ff00", false,
			with(opOf(Inc, 4, 8, RZero, RZero, FlagMem|FlagDest|FlagLock), memory(RAX, 0)),
		},
		{"11 clwb", "660fae37", false, ud(4)},
		{"11 ptwrite", "f30fae20", false, ud(4)},
		{"11 tpause", "660faef0", false, ud(4)},
		{"11 wrfsbase of memory", "f30fae10", false, ud(4)},
		{"11 xsave", "0fae20", false, ud(3)},
		{
			"11 rdgsbase r9", "f3490faec9", false,
			with(opOf(RdSegBase, 5, 8, R9, RZero, 0), func(o *Op) { o.Imm = SegGS }),
		},
		{"11 mfence", "0faef0", false, nop(3)},
		{"12 66 emms", "660f77", false, ud(3)},
		{"12 mov from tr", "0f24c0", false, ud(2)},
		{"12 rdrand", "0fc7f0", false, ud(3)},
		{"13 adcx", "660f38f6c1000000000000000000000000", false, ud(5)},
		{"14 bnd ret", "f2c3", false, with(opOf(Ret64, 2, 8, RZero, RZero, ends), memory(RSP, 2))},
		{
			"14 notrack jmp", "3effe0", false,
			with(opOf(JmpInd, 3, 8, RZero, RAX, ends), func(o *Op) { o.Disp = 3 }),
		},
		{"14 rex before prefix", "486601c0", false, opOf(Add, 4, 2, RAX, RAX, FlagDest)},
		{"14 rex twice", "404801c0", false, opOf(Add64RR, 4, 8, RAX, RAX, FlagDest)},
		{"14 ds ignored", "3e8b00", false, with(opOf(Mov32RM, 3, 4, RAX, RZero, FlagMem), memory(RAX, 0))},
		{
			"15 66 jmp is rel32", "66e9fcffffff", false,
			with(opOf(Jmp, 6, 8, RZero, RZero, ends), func(o *Op) { o.Imm, o.Disp = 2, 6 }),
		},
		{
			"17 imm8 is extended by size", "80c080", false,
			with(opOf(Add, 3, 1, RAX, RZero, FlagDest|FlagImm), func(o *Op) { o.Imm = -128 }),
		},
		{
			"17 shift count", "c1e0ff", false,
			with(opOf(Shl32RI, 3, 4, RAX, RZero, FlagDest|FlagImm), func(o *Op) { o.Imm = 31 }),
		},
		{
			"17 mov r32, imm32", "b8ffffffff", false,
			with(opOf(MovRI, 5, 4, RAX, RZero, FlagDest|FlagImm), func(o *Op) { o.Imm = 0xffffffff }),
		},
		{"18 nop", "90", false, nop(1)},
		{"18 xchg r8d, eax", "4190", false, opOf(Xchg, 2, 4, R8, RAX, FlagDest)},
		{"18 pause", "f390", false, nop(2)},
		{"19 vzeroupper", "c5f877", false, ud(1)},
		{
			"19 les in 32-bit code", "c400", true,
			with(with(opOf(LoadFar, 2, 4, RAX, RZero, FlagMem|FlagAddr32), memory(RAX, 0)), many),
		},
		{"ah", "88e0", false, opOf(Mov, 2, 1, RAX, AH, FlagDest)},
		{"spl", "4088e0", false, opOf(Mov, 3, 1, RAX, RSP, FlagDest)},
		{"hlt", "f4", false, opOf(Privileged, 1, 0, RZero, RZero, ends)},
		{"mov cr0", "0f22c0", false, opOf(Privileged, 3, 0, RZero, RZero, ends)},
		{"ud2", "0f0b", false, ud(2)},
		{
			"16-bit addressing", "678b00", true,
			with(with(opOf(Mov, 3, 4, RAX, RZero, FlagMem|FlagAddr32), memory(RBX, 0)),
				func(o *Op) { o.Index, o.Seg = RSI, SegAddr16 }),
		},
		{
			"addr32 call", "67e800000000", false,
			with(opOf(Call64, 6, 8, RZero, RZero, ends), func(o *Op) { o.Imm, o.Disp, o.Base, o.Accesses = 6, 6, RSP, 1 }),
		},
	}
	for _, tt := range tests {
		code, err := hex.DecodeString(tt.code)
		if err != nil {
			t.Fatal(err)
		}
		n := int(tt.want.Len)
		full := append(append([]byte(nil), code...), make([]byte, MaxLen)...)
		got, ok := Decode(full, 0, tt.mode32)
		if !ok || got != tt.want {
			t.Errorf("%s (%s):\n got %+v %v\nwant %+v", tt.name, tt.code, got, ok, tt.want)
		}
		for cut := range min(n, len(code)) {
			if got, ok := Decode(code[:cut], 0, tt.mode32); ok && int(got.Len) > cut {
				t.Errorf("%s cut to %d bytes: %+v", tt.name, cut, got)
			}
		}
	}
}

func TestDecodeLengthLimit(t *testing.T) {
	long := []byte{0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90}
	if op, ok := Decode(long, 0, false); !ok || op.Code != Nop || op.Len != 15 {
		t.Errorf("15 bytes: %+v %v", op, ok)
	}
	if op, ok := Decode(append([]byte{0x66}, long...), 0, false); !ok || op.Code != TooLong {
		t.Errorf("16 bytes: %+v %v", op, ok)
	}
	if _, ok := Decode(long[:14], 0, false); ok {
		t.Error("14 prefixes are no instruction")
	}
	bad := []byte{0x0f, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	if op, ok := Decode(bad, 0, false); !ok || op.Code != Undefined {
		t.Errorf("no instruction: %+v %v", op, ok)
	}
}

func TestDecodeOffset(t *testing.T) {
	// The same jump, displaced within its block: targets are relative to the block's start.
	op, ok := Decode([]byte{0x75, 0xF0}, 20, false)
	want := Op{
		Code: Jne, Off: 20, Len: 2, Size: 8, Dst: RZero, Src: RZero, Base: RZero, Index: RZero, Flags: FlagEnd,
		Disp: 22, Imm: 6,
	}
	if !ok || op != want {
		t.Errorf("got %+v, want %+v", op, want)
	}
}

func TestText(t *testing.T) {
	tests := []struct{ code, want string }{
		{"8b80f0ffffff", "mov eax, dword ptr [rax-0x10]"},
		{"f30f1efa", "endbr64"},
		{"480f1f440000", "nop qword ptr [rax+rax]"},
		{"660f1f840000000000", "nop word ptr [rax+rax]"},
		{"c5f877", "vzeroupper"},
		{"c5fe6f05f0ffffff", "vmovdqu ymm0, ymmword ptr [rip-0x10]"},
		{"4883e4f0", "and rsp, 0xfffffffffffffff0"},
		{"83c880", "or eax, 0xffffff80"},
		{"f348ab", "rep stosq"},
		{"0fae3f", "clflush [rdi]"},
		{"660fae37", "clwb [rdi]"},
		{"db28", "fld tbyte ptr [rax]"},
		{"64488b042500000000", "mov rax, qword ptr fs:[0x0]"},
		{"0fc2c101", "cmpltps xmm0, xmm1"},
		{"f001c0", "(bad)"},
		{"", "(bad)"},
		{"0fff", "(bad)"},
		{"f3490faec9", "rdgsbase r9"},
		{"66480f6ec7", "movq xmm0, rdi"},
		{"e8fbffffff", "call 0x1000"},
	}
	for _, tt := range tests {
		code, err := hex.DecodeString(tt.code)
		if err != nil {
			t.Fatal(err)
		}
		if got := Text(code, 0x1000, false); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.code, got, tt.want)
		}
	}
}

// FuzzDecode looks for panics, for instructions that end behind the bytes given, and for answers that more
// bytes change.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"8b80f0ffffff", "f30f1efa", "48660f6fc0", "c5f877", "660fae37", "f0480fc70f", "d9f7"} {
		b, err := hex.DecodeString(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, false)
		f.Add(b, true)
	}
	f.Fuzz(func(t *testing.T, code []byte, mode32 bool) {
		op, ok := Decode(code, 0, mode32)
		if !ok {
			if len(code) >= MaxLen {
				t.Fatalf("% x: %d bytes are not enough", code, len(code))
			}
			return
		}
		if op.Len == 0 || op.Len > MaxLen || int(op.Len) > len(code) && op.Code != Undefined && op.Code != Unsupported {
			t.Fatalf("% x: length %d of %d", code, op.Len, len(code))
		}
		again, ok := Decode(append(append([]byte(nil), code...), 0, 0, 0), 0, mode32)
		if len(code) < MaxLen && (!ok || again != op) {
			t.Fatalf("% x: %+v, with more bytes %+v %v", code, op, again, ok)
		}
		Text(code, 0, mode32)
	})
}
