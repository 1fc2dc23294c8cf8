package x86

import (
	"encoding/hex"
	"testing"
)

// TestDecodeX87 states what the translation makes of one encoding of each kind.
func TestDecodeX87(t *testing.T) {
	reg := func(code Code, dst, src, cond uint8, imm int64) Op {
		return Op{Code: code, Len: 2, Dst: dst, Src: src, Cond: cond, Imm: imm, Base: RZero, Index: RZero}
	}
	mem := func(code Code, size, format, cond uint8, imm int64) Op {
		return Op{
			Code: code, Len: 2, Size: size, Dst: RZero, Src: format, Cond: cond, Imm: imm, Base: RDI,
			Index: RZero, Flags: FlagMem, Accesses: 1,
		}
	}
	const pop, pop2 = 1 << 16, 2 << 16
	for text, want := range map[string]Op{
		"d8e3": reg(X87Arith, 0, 3, 4, 0x0e3),     // fsub st, st(3)
		"dce3": reg(X87Arith, 3, 3, 4, 0x4e3),     // fsubr st(3), st
		"deeb": reg(X87Arith, 3, 3, 5, pop|0x6eb), // fsubp st(3), st
		"d8d2": reg(X87Com, 0, 2, 0, 0x0d2),       // fcom st(2)
		"ded9": reg(X87Com, 0, 1, 0, pop2|0x6d9),  // fcompp
		"dae9": reg(X87Ucom, 0, 1, 0, pop2|0x2e9), // fucompp
		"dfe9": reg(X87Ucomi, 0, 1, 0, pop|0x7e9), // fucomip st, st(1)
		"dbf4": reg(X87Comi, 0, 4, 0, 0x3f4),      // fcomi st, st(4)
		"dbd9": reg(X87Cmov, 0, 1, 11, 0x3d9),     // fcmovnu st, st(1)
		"d9ed": reg(X87LdConst, 0, 5, 5, 0x1ed),   // fldln2
		"ddda": reg(X87St, 2, 2, 0, pop|0x5da),    // fstp st(2)
		"dfc1": reg(X87Free, 1, 1, 0, pop|0x7c1),  // ffreep st(1)
		"dfe0": reg(X87StswAX, 0, 0, 0, 0x7e0),    // fnstsw ax
		"d9fb": reg(X87Sincos, 0, 3, 0, 0x1fb),    // fsincos
		"d827": mem(X87ArithMem, 4, X87Float32, 4, 0x027),
		"da3f": mem(X87ArithMem, 4, X87Int32, 7, 0x23f),
		"dc1f": mem(X87ComMem, 8, X87Float64, 0, pop|0x41f),
		"de17": mem(X87ComMem, 2, X87Int16, 0, 0x617),
		"db2f": mem(X87LdMem, 10, X87Float80, 0, 0x32f),
		"db3f": mem(X87StMem, 10, X87Float80, 0, pop|0x33f),
		"dd0f": mem(X87StTrunc, 8, X87Int64, 0, pop|0x50f),
		"df27": mem(X87LdMem, 10, X87BCD, 0, 0x727),
		"df2f": mem(X87LdMem, 8, X87Int64, 0, 0x72f),
		"df37": mem(X87StMem, 10, X87BCD, 0, pop|0x737),
		"df3f": mem(X87StMem, 8, X87Int64, 0, pop|0x73f),
		"d93f": mem(X87Stcw, 2, X87Float32, 0, 0x13f),
		"dd3f": mem(X87Stsw, 2, X87Float64, 0, 0x53f),
	} {
		code, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, mode32 := range []bool{false, true} {
			got, ok := Decode(append(code, make([]byte, MaxLen)...), 0, mode32)
			want := want
			if mode32 && want.Flags&FlagMem != 0 {
				want.Flags |= FlagAddr32
			}
			if !ok || got != want {
				t.Errorf("%s mode32 %t:\n got %+v\nwant %+v", text, mode32, got, want)
			}
		}
	}
}

// TestDecodeX87Images checks the sizes that the decoder leaves open (trap 7).
func TestDecodeX87Images(t *testing.T) {
	for text, want := range map[string]struct {
		code Code
		size uint8
	}{
		"d927": {X87Ldenv, 28}, "66d927": {X87Ldenv, 14}, "d937": {X87Stenv, 28}, "66d937": {X87Stenv, 14},
		"dd27": {X87Rstor, 108}, "66dd27": {X87Rstor, 94}, "dd37": {X87Save, 108}, "66dd37": {X87Save, 94},
	} {
		code, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		op, ok := Decode(append(code, make([]byte, MaxLen)...), 0, false)
		if !ok || op.Code != want.code || op.Size != want.size || op.Accesses != ManyAccesses {
			t.Errorf("%s: %+v", text, op)
		}
	}
}
