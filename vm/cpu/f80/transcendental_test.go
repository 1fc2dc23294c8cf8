package f80

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// The transcendental functions against series of 300 bits, summed term by term: so exactly that the nearest number of 64
// bits is known.

const modelBits = 300

func model() *big.Float                { return new(big.Float).SetPrec(modelBits) }
func modelInt(n int64) *big.Float      { return model().SetInt64(n) }
func times(x, y *big.Float) *big.Float { return model().Mul(x, y) }
func plus(x, y *big.Float) *big.Float  { return model().Add(x, y) }
func over(x, y *big.Float) *big.Float  { return model().Quo(x, y) }

// series sums term × ratio(1), × ratio(2), … until nothing is added.
func series(term *big.Float, ratio func(n int64) *big.Float) *big.Float {
	sum := model().Set(term)
	for n := int64(1); ; n++ {
		term = times(term, ratio(n))
		next := plus(sum, term)
		if next.Cmp(sum) == 0 {
			return sum
		}
		sum = next
	}
}

// powers sums x × (1 + s/3 + s²/5 + …), s being x² times sign: the inverse tangents.
func powers(x *big.Float, sign int64) *big.Float {
	s := times(times(x, x), modelInt(sign))
	return series(x, func(n int64) *big.Float { return times(s, over(modelInt(2*n-1), modelInt(2*n+1))) })
}

func modelLn(x *big.Float) *big.Float {
	mant := model()
	exp := x.MantExp(mant) // from 1/2 to 1
	ln2 := times(modelInt(2), powers(over(modelInt(1), modelInt(3)), 1))
	ln := times(modelInt(2), powers(over(plus(mant, modelInt(-1)), plus(mant, modelInt(1))), 1))
	return plus(ln, times(modelInt(int64(exp)), ln2))
}

func modelAtan(x *big.Float) *big.Float {
	for range 4 { // arctan x = 2 arctan(x / (1 + √(1+x²)))
		root := model().Sqrt(plus(modelInt(1), times(x, x)))
		x = over(x, plus(modelInt(1), root))
	}
	return times(modelInt(16), powers(x, -1))
}

func modelExpm1(x *big.Float) *big.Float {
	return series(x, func(n int64) *big.Float { return over(x, modelInt(n+1)) })
}

// modelSin is the sine of x; with shift 1 the cosine. The circle is the processor's.
func modelSin(x *big.Float, shift int64) *big.Float {
	half, _ := model().SetString("0x3243f6a8885a308d3p-65")
	q, _ := plus(over(x, half), model().SetFloat64(0.5)).Int(nil)
	if x.Sign() < 0 {
		q, _ = plus(over(x, half), model().SetFloat64(-0.5)).Int(nil)
	}
	r := plus(x, times(model().SetInt(q), half).Neg(times(model().SetInt(q), half)))
	quadrant := (new(big.Int).And(q, big.NewInt(3)).Int64() + shift) & 3
	square := times(r, r)
	square.Neg(square)
	first, from := r, int64(1)
	if quadrant&1 != 0 {
		first, from = modelInt(1), 0
	}
	sum := series(first, func(n int64) *big.Float {
		return over(square, modelInt((2*n-1+from)*(2*n+from)))
	})
	if quadrant&2 != 0 {
		sum.Neg(sum)
	}
	return sum
}

// drawNumber is a number with an exponent from low to high.
func drawNumber(r *rand.Rand, low, high int) F80 {
	return F80{r.Uint64() | intBit, uint16(bias+low+r.IntN(high-low+1)) | uint16(r.Uint32())&signBit}
}

func TestTranscendental(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	ln2 := modelLn(modelInt(2))
	nearest := func(e *Env, f func(e *Env) F80) F80 { e.Control = 0x37f; return f(e) }
	check := func(name string, x, y F80, f func(e *Env) F80, want *big.Float) {
		t.Helper()
		var e Env
		got := nearest(&e, f)
		if toBig(got).Cmp(new(big.Float).SetPrec(64).Set(want)) != 0 {
			t.Errorf("%s %v %v: got %v, want %s", name, x, y, got, want.Text('p', 20))
		}
		if e.Status != Precision && e.Status != Precision|RoundedUp {
			t.Errorf("%s %v %v: status %04x", name, x, y, e.Status)
		}
	}
	for range 300 {
		x, y := drawNumber(r, -40, 62), drawNumber(r, -40, 40)
		bx, by := toBig(x), toBig(y)
		check("sin", x, y, func(e *Env) F80 { v, _ := e.Sin(x); return v }, modelSin(bx, 0))
		check("cos", x, y, func(e *Env) F80 { v, _ := e.Cos(x); return v }, modelSin(bx, 1))
		check("tan", x, y, func(e *Env) F80 { v, _, _ := e.Tan(x); return v }, over(modelSin(bx, 0), modelSin(bx, 1)))

		positive := F80{x.Man, x.SE &^ signBit}
		check("log2", positive, y, func(e *Env) F80 { return e.Log2(positive, y) },
			times(by, over(modelLn(toBig(positive)), ln2)))
		check("atan", positive, y, func(e *Env) F80 { return e.Atan(positive, y) },
			modelAtan(over(by, toBig(positive))))

		small := drawNumber(r, -60, -1)
		check("2^x-1", small, y, func(e *Env) F80 { return e.Exp2m1(small) }, modelExpm1(times(toBig(small), ln2)))
		small = drawNumber(r, -60, -3)
		check("log2(x+1)", small, y, func(e *Env) F80 { return e.Log2p1(small, y) },
			times(by, over(modelLn(plus(modelInt(1), toBig(small))), ln2)))
	}
}
