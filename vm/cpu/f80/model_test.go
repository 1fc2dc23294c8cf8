package f80

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// toBig is the value of a finite number.
func toBig(a F80) *big.Float {
	exp, man := a.parts()
	v := new(big.Float).SetPrec(64).SetUint64(man)
	v.SetMantExp(v, exp-bias-63)
	if a.Neg() {
		v.Neg(v)
	}
	return v
}

// FuzzArithmetic compares the basic operations with math/big at 64 bits, and with float64 at 53 bits.
func FuzzArithmetic(f *testing.F) {
	f.Add(uint64(1<<63), uint16(0x3fff), uint64(3<<62), uint16(0xc000), uint8(0))
	f.Add(uint64(math.MaxUint64), uint16(0x4020), uint64(1<<63|1), uint16(0x3fe0), uint8(2))
	f.Fuzz(func(t *testing.T, ma uint64, sa uint16, mb uint64, sb uint16, mode uint8) {
		a := F80{ma | intBit, sa&signBit | bias + sa&0x1fff - 0x1000}
		b := F80{mb | intBit, sb&signBit | bias + sb&0x1fff - 0x1000}
		rounding := [4]big.RoundingMode{big.ToNearestEven, big.ToNegativeInf, big.ToPositiveInf, big.ToZero}[mode&3]
		control := 0x37f | uint16(mode&3)<<10
		x, y := toBig(a), toBig(b)
		model := func() *big.Float { return new(big.Float).SetPrec(64).SetMode(rounding) }
		for name, c := range map[string]struct {
			got  func(e *Env) F80
			want *big.Float
		}{
			"add": {func(e *Env) F80 { return e.Add(a, b) }, model().Add(x, y)},
			"sub": {func(e *Env) F80 { return e.Sub(a, b) }, model().Sub(x, y)},
			"mul": {func(e *Env) F80 { return e.Mul(a, b) }, model().Mul(x, y)},
			"div": {func(e *Env) F80 { return e.Div(a, b) }, model().Quo(x, y)},
		} {
			e := Env{Control: control}
			got := c.got(&e)
			if toBig(got).Cmp(c.want) != 0 {
				t.Errorf("%s %v %v mode %d: got %v, want %v", name, a, b, mode&3, toBig(got), c.want)
			}
			if inexact := c.want.Acc() != big.Exact; inexact != (e.Status&Precision != 0) {
				t.Errorf("%s %v %v mode %d: status %04x, inexact %t", name, a, b, mode&3, e.Status, inexact)
			}
		}
	})
}

// FuzzDouble compares a precision of 53 bits with the machine's float64, which the exponents of normal results let.
func FuzzDouble(f *testing.F) {
	f.Add(1.5, -2.25)
	f.Add(math.Pi, 1e300)
	f.Add(5e-324, math.Inf(1))
	f.Fuzz(func(t *testing.T, a, b float64) {
		e := Env{Control: 0x27f}
		x, y := e.FromFloat64(math.Float64bits(a)), e.FromFloat64(math.Float64bits(b))
		for i, c := range [4]struct {
			got  F80
			want float64
		}{
			{e.Add(x, y), float64(a + b)},
			{e.Sub(x, y), float64(a - b)},
			{e.Mul(x, y), float64(a * b)},
			{e.Div(x, y), float64(a / b)},
		} {
			got := c.got.Float64()
			if math.Abs(c.want) < 0x1p-1021 { // rounded twice
				continue
			}
			if got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
				t.Errorf("operation %d on %g and %g: got %g, want %g", i, a, b, got, c.want)
			}
		}
	})
}

func TestRoundTrips(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100000 {
		e := Env{Control: 0x37f}
		v := r.Uint64()
		if got := uint64(e.ToInt(FromInt(int64(v)), 64)); got != v {
			t.Errorf("integer %x: got %x", v, got)
		}
		if x, _ := Widen64(v); !x.isNaN() && e.ToFloat64(x) != v {
			t.Errorf("double %x: got %x", v, e.ToFloat64(x))
		}
		low := uint32(v)
		if x, _ := Widen32(low); !x.isNaN() && e.ToFloat32(x) != low {
			t.Errorf("single %x: got %x", low, e.ToFloat32(x))
		}
		n := FromInt(int64(v) % 1e18)
		if got := FromBCD(e.ToBCD(n)); got != n {
			t.Errorf("decimal of %v: got %v", n, got)
		}
		if e.Status&^Denormal != 0 {
			t.Errorf("%x: status %04x", v, e.Status)
		}
	}
}

// TestConstants are the constants of FLD1 to FLDZ as each rounding mode has them: nearest, down, up, zero.
func TestConstants(t *testing.T) {
	want := [7][4]uint64{
		{intBit, intBit, intBit, intBit},
		{0xd49a784bcd1b8afe, 0xd49a784bcd1b8afe, 0xd49a784bcd1b8aff, 0xd49a784bcd1b8afe},
		{0xb8aa3b295c17f0bc, 0xb8aa3b295c17f0bb, 0xb8aa3b295c17f0bc, 0xb8aa3b295c17f0bb},
		{0xc90fdaa22168c235, 0xc90fdaa22168c234, 0xc90fdaa22168c235, 0xc90fdaa22168c234},
		{0x9a209a84fbcff799, 0x9a209a84fbcff798, 0x9a209a84fbcff799, 0x9a209a84fbcff798},
		{0xb17217f7d1cf79ac, 0xb17217f7d1cf79ab, 0xb17217f7d1cf79ac, 0xb17217f7d1cf79ab},
	}
	for i, modes := range want {
		for mode, man := range modes {
			e := Env{Control: 0x37f | uint16(mode)<<10}
			if got := e.Constant(uint8(i)); got.Man != man || e.Status != 0 {
				t.Errorf("constant %d mode %d: got %v status %x, want %x", i, mode, got, e.Status, man)
			}
		}
	}
}

func TestNoAllocation(t *testing.T) {
	a, b := FromInt(1234567), F80{0xc90fdaa22168c235, 0x4000}
	var sink F80
	n := testing.AllocsPerRun(100, func() {
		e := Env{Control: 0x37f}
		sink = e.Add(sink, e.Mul(a, e.Div(a, e.Sqrt(b))))
		s, _ := e.Sin(b)
		sink = e.Atan(e.Log2(a, s), e.Exp2m1(s))
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAdd(b *testing.B) { benchmark(b, (*Env).Add) }
func BenchmarkMul(b *testing.B) { benchmark(b, (*Env).Mul) }
func BenchmarkDiv(b *testing.B) { benchmark(b, (*Env).Div) }
func BenchmarkSqrt(b *testing.B) {
	benchmark(b, func(e *Env, x, _ F80) F80 { return e.Sqrt(x) })
}

func BenchmarkSin(b *testing.B) {
	benchmark(b, func(e *Env, x, _ F80) F80 { r, _ := e.Sin(x); return r })
}
func BenchmarkAtan(b *testing.B) { benchmark(b, (*Env).Atan) }
func BenchmarkLog2(b *testing.B) { benchmark(b, (*Env).Log2) }

func benchmark(b *testing.B, f func(e *Env, x, y F80) F80) {
	b.Helper()
	e := Env{Control: 0x37f}
	x, y := FromInt(1234567), F80{0xc90fdaa22168c235, 0x4000}
	for b.Loop() {
		f(&e, x, y)
	}
}
