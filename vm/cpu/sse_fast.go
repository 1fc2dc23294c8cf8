package cpu

import (
	"math"
	"unsafe"

	"memlab/vm/x86"
)

// The common case of floating-point arithmetic: exceptions are masked, results are rounded to nearest,
// operands and result are ordinary numbers, and the only flag that may come up, PE, is either set already
// or does not come up because the result is exact. Then Go's own operation gives the result, whatever is
// to be done with denormal numbers. Everything else is left to sse_soft.go.
//
// So PE costs a few operations more while it is clear, a slow operation when it is set, and nothing from
// then on; and STMXCSR shows at any time what the processor would.

const (
	mxEnv     = mxMask | mxRC
	mxDefault = mxMask // all exceptions masked, to nearest
)

// normal64 reports whether x is neither zero nor denormal nor infinite nor NaN.
func normal64(x uint64) bool { return x>>52&0x7ff-1 < 0x7fe }

func normal32(x uint64) bool { return x>>23&0xff-1 < 0xfe }

// plain64 reports whether x is normal or a zero.
func plain64(x uint64) bool { return normal64(x) || x<<1 == 0 }

func plain32(x uint64) bool { return normal32(x) || x&0x7fffffff == 0 }

// big64 reports whether x is normal and not of the least binade: of a result of that size it does not show
// whether it was tiny before it was rounded.
func big64(x uint64) bool { return x>>52&0x7ff-2 < 0x7fd }

func big32(x uint64) bool { return x>>23&0xff-2 < 0xfd }

// errorFits64 reports whether the rounding error of an operation of x's magnitude is a double, too.
func errorFits64(x uint64) bool { return x>>52&0x7ff > 110 }

func f64(x uint64) float64 { return math.Float64frombits(x) }
func f32(x uint64) float32 { return math.Float32frombits(uint32(x)) }
func b64(x float64) uint64 { return math.Float64bits(x) }
func b32(x float32) uint64 { return uint64(math.Float32bits(x)) }

// exactSum64 reports whether z = x + y has no rounding error (Knuth's two-sum).
func exactSum64(x, y, z float64) bool {
	v := z - x
	return (x-(z-v))+(y-v) == 0
}

func exactSum32(x, y, z float32) bool {
	v := float32(z - x)
	return float32(x-float32(z-v))+float32(y-v) == 0
}

func add64(mx uint32, a, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && plain64(a) && plain64(b) {
		x, y := f64(a), f64(b)
		z := x + y
		// Of such operands a zero is exact, too.
		if r = b64(z); plain64(r) && (mx&mxPE != 0 || exactSum64(x, y, z)) {
			return r, 0
		}
	}
	return double.add(mx, a, b)
}

func sub64(mx uint32, a, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && plain64(a) && plain64(b) {
		x, y := f64(a), f64(b)
		z := x - y
		if r = b64(z); plain64(r) && (mx&mxPE != 0 || exactSum64(x, -y, z)) {
			return r, 0
		}
	}
	return double.sub(mx, a, b)
}

func mul64(mx uint32, a, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && normal64(a) && normal64(b) {
		x, y := f64(a), f64(b)
		z := float64(x * y)
		if r = b64(z); big64(r) && (mx&mxPE != 0 || errorFits64(r) && math.FMA(x, y, -z) == 0) {
			return r, 0
		}
	}
	return double.mul(mx, a, b)
}

func div64(mx uint32, a, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && normal64(a) && normal64(b) {
		x, y := f64(a), f64(b)
		z := x / y
		if r = b64(z); big64(r) && (mx&mxPE != 0 || errorFits64(a) && math.FMA(z, y, -x) == 0) {
			return r, 0
		}
	}
	return double.div(mx, a, b)
}

func sqrt64(mx uint32, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && normal64(b) && b>>63 == 0 {
		x := f64(b)
		z := math.Sqrt(x)
		if mx&mxPE != 0 || errorFits64(b) && math.FMA(z, z, -x) == 0 {
			return b64(z), 0
		}
	}
	return double.sqrt(mx, b)
}

func add32(mx uint32, a, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && plain32(a) && plain32(b) {
		x, y := f32(a), f32(b)
		z := float32(x + y)
		if r = b32(z); plain32(r) && (mx&mxPE != 0 || exactSum32(x, y, z)) {
			return r, 0
		}
	}
	return single.add(mx, a, b)
}

func sub32(mx uint32, a, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && plain32(a) && plain32(b) {
		x, y := f32(a), f32(b)
		z := float32(x - y)
		if r = b32(z); plain32(r) && (mx&mxPE != 0 || exactSum32(x, -y, z)) {
			return r, 0
		}
	}
	return single.sub(mx, a, b)
}

// Products of two singles are exact as doubles, which tells whether the other operations were exact.

func mul32(mx uint32, a, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && normal32(a) && normal32(b) {
		exact := float64(f32(a)) * float64(f32(b))
		z := float32(exact)
		if r = b32(z); big32(r) && (mx&mxPE != 0 || float64(z) == exact) {
			return r, 0
		}
	}
	return single.mul(mx, a, b)
}

func div32(mx uint32, a, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && normal32(a) && normal32(b) {
		x, y := f32(a), f32(b)
		z := float32(x / y)
		if r = b32(z); big32(r) && (mx&mxPE != 0 || float64(z)*float64(y) == float64(x)) {
			return r, 0
		}
	}
	return single.div(mx, a, b)
}

func sqrt32(mx uint32, b uint64) (r uint64, flags uint32) {
	if mx&mxEnv == mxDefault && normal32(b) && b>>31&1 == 0 {
		x := float64(f32(b))
		z := float32(math.Sqrt(x))
		if mx&mxPE != 0 || float64(z)*float64(z) == x {
			return b32(z), 0
		}
	}
	return single.sqrt(mx, b)
}

// hotFloat executes the additions, subtractions and multiplications of doubles that have hot codes.
func (c *CPU) hotFloat(op *x86.Op) {
	s := c.X[op.Src&15]
	packed := op.Code <= x86.VSubPD
	if op.Flags&x86.FlagMem != 0 {
		va := c.plain(op)
		if !packed {
			s.Lo = c.load64(op, va)
		} else if c.aligned(va) {
			s = c.load128(op, va)
		}
		if c.raised {
			return
		}
	}
	d := &c.X[op.Dst&15]
	r, f := *d, uint32(0)
	var flags uint32
	switch op.Code {
	case x86.VAddPD:
		r.Hi, f = add64(c.MXCSR, d.Hi, s.Hi)
		fallthrough
	case x86.VAddSD:
		r.Lo, flags = add64(c.MXCSR, d.Lo, s.Lo)
	case x86.VSubPD:
		r.Hi, f = sub64(c.MXCSR, d.Hi, s.Hi)
		fallthrough
	case x86.VSubSD:
		r.Lo, flags = sub64(c.MXCSR, d.Lo, s.Lo)
	case x86.VMulPD:
		r.Hi, f = mul64(c.MXCSR, d.Hi, s.Hi)
		fallthrough
	default:
		r.Lo, flags = mul64(c.MXCSR, d.Lo, s.Lo)
	}
	if flags |= f; flags != 0 && c.signal(flags) {
		return
	}
	*d = r
}

// quick reports whether arithmetic of ordinary numbers sets no flag that is not set already, and rounds to
// nearest.
func (c *CPU) quick() bool { return c.MXCSR&(mxEnv|mxPE) == mxDefault|mxPE }

// loadAligned is MOVAPS and the like from memory, the slow way.
//
//go:noinline
func (c *CPU) loadAligned(op *x86.Op, va uint64) {
	if !c.aligned(va) {
		return
	}
	if v := c.load128(op, va); !c.raised {
		c.X[op.Dst&15] = v
	}
}

// Exponent and sign of doubles.
const (
	exp64  = 0x7ff << 52
	sign64 = 1 << 63
)

// usual64 reports whether x is not denormal. Where neither an operand nor the result is, and the result is
// finite, so are the operands: nothing has happened that sets a flag besides PE.
func usual64(x uint64) bool { return x&exp64 != 0 || x&^sign64 == 0 }

// finite64 reports whether x is a number.
func finite64(x uint64) bool { return x&exp64 != exp64 }

func (c *CPU) addPD(op *x86.Op) {
	d := &c.X[op.Dst&15]
	s := c.X[op.Src&15]
	if op.Flags&x86.FlagMem != 0 {
		va := c.plain(op)
		m, l := c.reader(va)
		if va&15 == 0 && va-l.Start <= m.Last[15] {
			p := m.Hit(l, va-l.Start)
			s = Vec{get64(p), get64(unsafe.Add(p, 8))}
		} else if s = c.vecMem(op); c.raised {
			return
		}
	}
	if c.quick() && usual64(s.Lo) && usual64(s.Hi) && usual64(d.Lo) && usual64(d.Hi) {
		lo, hi := b64(f64(d.Lo)+f64(s.Lo)), b64(f64(d.Hi)+f64(s.Hi))
		if usual64(lo) && usual64(hi) && finite64(lo) && finite64(hi) {
			d.Lo, d.Hi = lo, hi
			return
		}
	}
	if r, flags := packed64(kindFAdd, c.MXCSR, *d, s); flags == 0 || !c.signal(flags) {
		*d = r
	}
}

func (c *CPU) mulPD(op *x86.Op) {
	d := &c.X[op.Dst&15]
	s := c.X[op.Src&15]
	if op.Flags&x86.FlagMem != 0 {
		if s = c.vecMem(op); c.raised {
			return
		}
	}
	// A result that is normal and not of the least binade has no operand that is zero, infinite or NaN.
	if c.quick() && s.Lo&exp64 != 0 && s.Hi&exp64 != 0 && d.Lo&exp64 != 0 && d.Hi&exp64 != 0 {
		lo, hi := b64(f64(d.Lo)*f64(s.Lo)), b64(f64(d.Hi)*f64(s.Hi))
		if big64(lo) && big64(hi) {
			d.Lo, d.Hi = lo, hi
			return
		}
	}
	if r, flags := packed64(kindFMul, c.MXCSR, *d, s); flags == 0 || !c.signal(flags) {
		*d = r
	}
}
