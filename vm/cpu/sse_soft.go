package cpu

import "math/bits"

// Floating point bit by bit: every operation of SSE in every environment (rounding mode, denormals as
// zeros, flush to zero, masks) with exactly the exception flags that the processor reports. sse_fast.go
// takes the common cases away.
//
// An operand is unpacked into a num, the exact result is computed as a 64-bit significand with a sticky bit
// for all that lies below, and pack rounds once.
//
// Which exceptions an operation reports follows their priority (SDM Vol. 1, 4.9.2): a signalling NaN, then a
// quiet NaN (nothing), then other invalid operations and division by zero, then denormal operands, then
// overflow, underflow and inexactness of the result.

// The bits of MXCSR (SDM Vol. 1, 10.2.3).
const (
	mxIE   = 1 << 0 // invalid operation
	mxDE   = 1 << 1 // denormal operand
	mxZE   = 1 << 2 // division by zero
	mxOE   = 1 << 3 // overflow
	mxUE   = 1 << 4 // underflow
	mxPE   = 1 << 5 // inexact
	mxDAZ  = 1 << 6 // denormal operands count as zeros
	mxMask = 0x3f << mxMaskShift
	mxRC   = 3 << mxRCShift
	mxFTZ  = 1 << 15 // tiny results become zeros

	mxFlags     = 0x3f
	mxPre       = mxIE | mxDE | mxZE // found before computing
	mxMaskShift = 7
	mxRCShift   = 13
)

// Rounding modes.
const (
	roundNearest = iota
	roundDown
	roundUp
	roundZero
)

// float is a format: the number of bits of its stored significand. The other properties follow from it.
type float uint

const (
	single float = 23
	double float = 52
)

func (f float) bias() int {
	if f == single {
		return 127
	}
	return 1023
}

// maxExp is the exponent field of infinities and NaNs.
func (f float) maxExp() uint64 { return uint64(2*f.bias() + 1) }

func (f float) signBit() uint64 {
	if f == single {
		return 1 << 31
	}
	return 1 << 63
}

func (f float) inf() uint64        { return f.maxExp() << f }
func (f float) quiet() uint64      { return 1 << (f - 1) }
func (f float) indefinite() uint64 { return f.signBit() | f.inf() | f.quiet() } // the default NaN

func (f float) magnitude(x uint64) uint64 { return x &^ f.signBit() }
func (f float) isNaN(x uint64) bool       { return f.magnitude(x) > f.inf() }
func (f float) isInf(x uint64) bool       { return f.magnitude(x) == f.inf() }
func (f float) isZero(x uint64) bool      { return f.magnitude(x) == 0 }
func (f float) isSignalling(x uint64) bool {
	return f.isNaN(x) && x&f.quiet() == 0
}

func (f float) isDenormal(x uint64) bool {
	m := f.magnitude(x)
	return m != 0 && m < 1<<f
}

func (f float) withSign(x uint64, negative bool) uint64 {
	if negative {
		return x | f.signBit()
	}
	return x
}

// daz replaces a denormal operand by zero where MXCSR says so.
func (f float) daz(mx uint32, x uint64) uint64 {
	if mx&mxDAZ != 0 && f.isDenormal(x) {
		return x & f.signBit()
	}
	return x
}

// denormal is the flag for denormal operands.
func (f float) denormal(a, b uint64) uint32 {
	if f.isDenormal(a) || f.isDenormal(b) {
		return mxDE
	}
	return 0
}

// nan is the result of an operation with a NaN among its operands: the first one, quieted.
func (f float) nan(a, b uint64) (r uint64, flags uint32) {
	if f.isSignalling(a) || f.isSignalling(b) {
		flags = mxIE
	}
	if f.isNaN(a) {
		return a | f.quiet(), flags
	}
	return b | f.quiet(), flags
}

// num is a finite number that is not 0: sig / 2^63 * 2^exp with the top bit of sig set.
type num struct {
	neg bool
	exp int
	sig uint64
}

func (f float) unpack(x uint64) num {
	m := f.magnitude(x)
	n := num{neg: x&f.signBit() != 0}
	if e := m >> f; e != 0 {
		n.exp = int(e) - f.bias()
		n.sig = 1<<63 | m<<(63-f)
		return n
	}
	lead := bits.LeadingZeros64(m)
	n.sig = m << lead
	n.exp = 1 - f.bias() - (lead - (63 - int(f)))
	return n
}

// roundSig cuts the low drop bits (1 to 64) of sig off and rounds. The result may be one bit longer than
// expected.
func roundSig(sig uint64, drop uint, sticky, neg bool, rc uint32) (r uint64, inexact bool) {
	r = sig >> drop
	rest := sig << (64 - drop)
	if rest == 0 && !sticky {
		return r, false
	}
	const half = 1 << 63
	switch rc {
	case roundNearest:
		if rest > half || rest == half && (sticky || r&1 != 0) {
			r++
		}
	case roundDown:
		if neg {
			r++
		}
	case roundUp:
		if !neg {
			r++
		}
	}
	return r, true
}

// pack rounds n, with sticky for bits below, to the format. If the flags hold an exception that is not
// masked there is no result.
func (f float) pack(mx uint32, n num, sticky bool) (r uint64, flags uint32) {
	rc := mx >> mxRCShift & 3
	drop := uint(63 - f)
	minExp := 1 - f.bias()
	r, inexact := roundSig(n.sig, drop, sticky, n.neg, rc)
	exp := n.exp
	if r>>(f+1) != 0 { // rounded up to the next power of two
		exp++
		r >>= 1
	}
	switch {
	case exp < minExp: // tiny after rounding, which is how SSE detects it
		if mx&(mxUE<<mxMaskShift) == 0 {
			return 0, mxUE | inexactFlag(inexact) // of the result as if exponents had no limit
		}
		return f.packTiny(mx, n, sticky, rc)
	case exp > f.bias():
		if mx&(mxOE<<mxMaskShift) == 0 {
			return 0, mxOE | inexactFlag(inexact)
		}
		return f.packHuge(n.neg, rc), mxOE | mxPE
	case inexact:
		flags = mxPE
	}
	r = uint64(exp+f.bias())<<f | r&^(1<<f)
	return f.withSign(r, n.neg), flags
}

func inexactFlag(inexact bool) uint32 {
	if inexact {
		return mxPE
	}
	return 0
}

// packTiny makes a denormal number, a zero or the smallest normal number; underflow is masked.
func (f float) packTiny(mx uint32, n num, sticky bool, rc uint32) (r uint64, flags uint32) {
	if mx&mxFTZ != 0 {
		return f.withSign(0, n.neg), mxUE | mxPE
	}
	drop := uint(63-f) + uint(1-f.bias()-n.exp)
	sig := n.sig
	if drop > 64 {
		sticky = true
		sig, drop = 0, 64
	}
	r, inexact := roundSig(sig, drop, sticky, n.neg, rc)
	if inexact {
		flags = mxUE | mxPE
	}
	return f.withSign(r, n.neg), flags // a carry into the exponent field is right as it is
}

// packHuge is the result of an overflow: infinity, or the largest finite number where rounding goes the
// other way.
func (f float) packHuge(neg bool, rc uint32) uint64 {
	r := f.inf()
	if rc == roundZero || rc == roundDown && !neg || rc == roundUp && neg {
		r--
	}
	return f.withSign(r, neg)
}

// add is a + b.
func (f float) add(mx uint32, a, b uint64) (r uint64, flags uint32) {
	a, b = f.daz(mx, a), f.daz(mx, b)
	if f.isNaN(a) || f.isNaN(b) {
		return f.nan(a, b)
	}
	switch {
	case f.isInf(a):
		if f.isInf(b) && a != b {
			return f.indefinite(), mxIE
		}
		return a, f.denormal(a, b)
	case f.isInf(b):
		return b, f.denormal(a, b)
	case f.isZero(a) && f.isZero(b):
		if a == b {
			return a, 0
		}
		return f.zeroSum(mx), 0
	case f.isZero(a):
		r, flags = f.pack(mx, f.unpack(b), false)
	case f.isZero(b):
		r, flags = f.pack(mx, f.unpack(a), false)
	default:
		r, flags = f.addNums(mx, f.unpack(a), f.unpack(b))
	}
	return r, flags | f.denormal(a, b)
}

// zeroSum is the zero that a sum of opposite numbers gives.
func (f float) zeroSum(mx uint32) uint64 {
	return f.withSign(0, mx>>mxRCShift&3 == roundDown)
}

func (f float) addNums(mx uint32, a, b num) (r uint64, flags uint32) {
	if a.exp < b.exp || a.exp == b.exp && a.sig < b.sig {
		a, b = b, a
	}
	// 128 bits hold both exactly up to a distance of 64 (the low 11 bits of every sig are 0); beyond that b
	// matters only as something that is not 0.
	dist := uint(a.exp - b.exp)
	var hi, lo uint64
	if dist <= 64 {
		hi, lo = b.sig>>dist, b.sig<<(64-dist)
	} else {
		lo = 1 // of no other consequence: a has zeros for 64 bits above
	}
	var carry uint64
	if a.neg == b.neg {
		hi, carry = bits.Add64(a.sig, hi, 0)
		if carry != 0 {
			sticky := lo|hi&1 != 0
			hi = hi>>1 | 1<<63
			a.exp++
			return f.pack(mx, num{a.neg, a.exp, hi}, sticky)
		}
		return f.pack(mx, num{a.neg, a.exp, hi}, lo != 0)
	}
	lo, carry = bits.Sub64(0, lo, 0)
	hi, _ = bits.Sub64(a.sig, hi, carry)
	if hi|lo == 0 {
		return f.zeroSum(mx), 0
	}
	lead := uint(bits.LeadingZeros64(hi))
	if hi == 0 {
		hi, lo, lead = lo, 0, uint(bits.LeadingZeros64(lo))
		a.exp -= 64
	}
	hi = hi<<lead | lo>>(64-lead)
	return f.pack(mx, num{a.neg, a.exp - int(lead), hi}, lo<<lead != 0)
}

// sub is a - b.
func (f float) sub(mx uint32, a, b uint64) (r uint64, flags uint32) {
	if f.isNaN(b) { // keeps its sign
		return f.add(mx, a, b)
	}
	return f.add(mx, a, b^f.signBit())
}

// mul is a * b.
func (f float) mul(mx uint32, a, b uint64) (r uint64, flags uint32) {
	a, b = f.daz(mx, a), f.daz(mx, b)
	if f.isNaN(a) || f.isNaN(b) {
		return f.nan(a, b)
	}
	neg := (a^b)&f.signBit() != 0
	switch {
	case f.isInf(a) && f.isZero(b) || f.isZero(a) && f.isInf(b):
		return f.indefinite(), mxIE
	case f.isInf(a) || f.isInf(b):
		return f.withSign(f.inf(), neg), f.denormal(a, b)
	case f.isZero(a) || f.isZero(b):
		return f.withSign(0, neg), f.denormal(a, b)
	}
	x, y := f.unpack(a), f.unpack(b)
	hi, lo := bits.Mul64(x.sig, y.sig)
	exp := x.exp + y.exp + 1
	if hi>>63 == 0 {
		hi = hi<<1 | lo>>63
		lo <<= 1
		exp--
	}
	r, flags = f.pack(mx, num{neg, exp, hi}, lo != 0)
	return r, flags | f.denormal(a, b)
}

// div is a / b.
func (f float) div(mx uint32, a, b uint64) (r uint64, flags uint32) {
	a, b = f.daz(mx, a), f.daz(mx, b)
	if f.isNaN(a) || f.isNaN(b) {
		return f.nan(a, b)
	}
	neg := (a^b)&f.signBit() != 0
	switch {
	case f.isInf(a) && f.isInf(b) || f.isZero(a) && f.isZero(b):
		return f.indefinite(), mxIE
	case f.isInf(a):
		return f.withSign(f.inf(), neg), f.denormal(a, b)
	case f.isZero(b):
		return f.withSign(f.inf(), neg), mxZE
	case f.isZero(a) || f.isInf(b):
		return f.withSign(0, neg), f.denormal(a, b)
	}
	x, y := f.unpack(a), f.unpack(b)
	quo, rem := bits.Div64(x.sig>>1, 0, y.sig) // the low bits of every sig are 0
	exp := x.exp - y.exp
	if quo>>63 == 0 {
		// One more bit of the quotient comes from the remainder.
		quo = quo<<1 | rem>>63
		rem <<= 1
		if quo&1 != 0 || rem >= y.sig {
			quo |= 1
			rem -= y.sig
		}
		exp--
	}
	r, flags = f.pack(mx, num{neg, exp, quo}, rem != 0)
	return r, flags | f.denormal(a, b)
}

// sqrt is the square root of b.
func (f float) sqrt(mx uint32, b uint64) (r uint64, flags uint32) {
	b = f.daz(mx, b)
	switch {
	case f.isNaN(b):
		return f.nan(b, b)
	case f.isZero(b):
		return b, 0
	case b&f.signBit() != 0:
		return f.indefinite(), mxIE
	case f.isInf(b):
		return b, 0
	}
	x := f.unpack(b)
	// x = sig * 2^(exp-63). With an even distance the root of sig * 2^63 or sig * 2^64 is a number of 64
	// bits.
	hi, lo := x.sig>>1, uint64(0)
	exp := x.exp >> 1
	if x.exp&1 != 0 {
		hi = x.sig
	}
	root, exact := sqrt128(hi, lo)
	r, flags = f.pack(mx, num{false, exp, root}, !exact)
	return r, flags | f.denormal(b, b)
}

// sqrt128 is the whole root of hi*2^64 + lo, and whether it is exact. hi is at least 2^62.
func sqrt128(hi, lo uint64) (root uint64, exact bool) {
	for bit := uint64(1) << 63; bit != 0; bit >>= 1 {
		try := root | bit
		if h, l := bits.Mul64(try, try); h < hi || h == hi && l <= lo {
			root = try
		}
	}
	h, l := bits.Mul64(root, root)
	return root, h == hi && l == lo
}
