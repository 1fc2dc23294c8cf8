// Package f80 computes with the x87's 80-bit extended floating-point numbers, bit for bit as the processor
// does.
//
// A number is an F80: the ten bytes that FSTP m80 writes, as two integers. Operations are methods of Env,
// which holds the control word (rounding, precision, exception masks) that they obey and the status bits
// that they set. They return the result that a register would receive:
//
//	e := f80.Env{Control: 0x37f}
//	sum := e.Add(a, b)
//	if e.Status&f80.Precision != 0 { … } // sum was rounded
//
// Inside, operands are unpacked to a normalised significand and a biased exponent of unlimited range
// (parts), the exact result is formed with 128 bits of which the last is sticky, and pack rounds it.
// Transcendental functions work in wide, a 128-bit floating-point type, and are rounded the same way; they
// lie within one unit in the last place.
//
// The package is a leaf: it imports the standard library only, and knows nothing of registers, tags and
// instructions. Rules are those of the Intel SDM, Vol. 1, chapters 4 and 8; where the manual is silent the
// processor was asked (testdata/x87.c).
package f80

import (
	"fmt"
	"math/bits"
)

// F80 is a number in double extended format. Man is the significand with its explicit integer bit (bit 63);
// SE is the sign (bit 15) and the exponent (bits 0-14, biased by 16383).
type F80 struct {
	Man uint64
	SE  uint16
}

// Bits of Env.Status, at their places in the x87 status word.
const (
	Invalid   uint16 = 1 << 0 // IE
	Denormal  uint16 = 1 << 1 // DE
	ZeroDiv   uint16 = 1 << 2 // ZE
	Overflow  uint16 = 1 << 3 // OE
	Underflow uint16 = 1 << 4 // UE
	Precision uint16 = 1 << 5 // PE
	RoundedUp uint16 = 1 << 9 // C1: the result's magnitude was rounded up

	before = Invalid | Denormal | ZeroDiv // found before the result is formed
)

// Env is what an operation depends on and changes besides its operands.
type Env struct {
	Control uint16 // x87 control word: masks in bits 0-5, precision in bits 8-9, rounding in bits 10-11
	Status  uint16 // exceptions and RoundedUp are ORed into this; operations never clear it
}

const (
	signBit  = 0x8000
	maxExp   = 0x7fff
	bias     = 0x3fff
	intBit   = 1 << 63
	quietBit = 1 << 62
	wrapBias = 0x6000 // exponent adjustment of unmasked overflow and underflow (SDM Vol. 1, 8.5.4)
)

// String shows sign and exponent, and significand, as FXSAVE images and debuggers do.
func (x F80) String() string { return fmt.Sprintf("%04x:%016x", x.SE, x.Man) }

// Rounding control, bits 10-11 of the control word.
const (
	roundNearest = iota
	roundDown
	roundUp
	roundZero
)

// Indefinite returns the default NaN, the answer to a masked invalid operation.
func Indefinite() F80 { return F80{0xc000000000000000, 0xffff} }

// One returns 1.
func One() F80 { return F80{intBit, bias} }

func (e *Env) mode() uint16 { return e.Control >> 10 & 3 }

// bits returns the significand's width that the precision control asks of the basic operations.
func (e *Env) bits() uint {
	switch e.Control >> 8 & 3 {
	case 0:
		return 24
	case 2:
		return 53
	default:
		return 64
	}
}

// Stopped reports whether an exception that e does not mask was found before a result was formed: the
// destination then stays as it was.
func (e *Env) Stopped() bool { return e.Status&^e.Control&before != 0 }

// Unmasked reports whether e.Status holds an exception that e does not mask.
func (e *Env) Unmasked() bool { return e.Status&^e.Control&0x3f != 0 }

// Class is what FXAM tells about a number.
type Class uint8

// The classes.
const (
	ClassUnsupported Class = iota
	ClassNaN
	ClassNormal
	ClassInfinity
	ClassZero
	ClassDenormal
)

// Class returns the class of x. Pseudo-denormals are denormals; unnormals, pseudo-infinities and pseudo-NaNs
// are unsupported (SDM Vol. 1, table 8-3).
func (x F80) Class() Class {
	switch exp := x.SE & maxExp; {
	case exp == 0 && x.Man == 0:
		return ClassZero
	case exp == 0:
		return ClassDenormal
	case x.Man&intBit == 0:
		return ClassUnsupported
	case exp != maxExp:
		return ClassNormal
	case x.Man == intBit:
		return ClassInfinity
	default:
		return ClassNaN
	}
}

// Neg reports whether x's sign bit is set.
func (x F80) Neg() bool { return x.SE&signBit != 0 }

func (x F80) sign() uint16   { return x.SE & signBit }
func (x F80) exp() int       { return int(x.SE & maxExp) }
func (x F80) isZero() bool   { return x.SE&maxExp == 0 && x.Man == 0 }
func (x F80) isInf() bool    { return x.SE&maxExp == maxExp && x.Man == intBit }
func (x F80) isDenorm() bool { return x.SE&maxExp == 0 && x.Man != 0 }

// isBad reports whether x is one of the formats that every operation refuses.
func (x F80) isBad() bool { return x.SE&maxExp != 0 && x.Man&intBit == 0 }
func (x F80) isNaN() bool { return x.SE&maxExp == maxExp && x.Man<<1 != 0 }
func (x F80) isSNaN() bool {
	return x.isNaN() && x.Man&quietBit == 0
}

func (x F80) quiet() F80 { return F80{x.Man | quietBit, x.SE} }

func zero(sign uint16) F80     { return F80{0, sign} }
func infinity(sign uint16) F80 { return F80{intBit, sign | maxExp} }

// parts returns the significand with bit 63 set, and the exponent that goes with it, which is below 1 for
// small denormals. The significand of zero is 0.
func (x F80) parts() (exp int, man uint64) {
	exp = x.exp()
	if exp != 0 || x.Man == 0 {
		return exp, x.Man
	}
	n := bits.LeadingZeros64(x.Man)
	return 1 - n, x.Man << n
}

// invalid notes an invalid operation and returns its masked answer.
func (e *Env) invalid() F80 {
	e.Status |= Invalid
	return Indefinite()
}

// checkOne deals with what needs no arithmetic. If done, r is the answer; otherwise a is a finite number or
// infinity.
func (e *Env) checkOne(a F80) (r F80, done bool) {
	switch {
	case a.isBad():
		return e.invalid(), true
	case a.isNaN():
		if a.isSNaN() {
			e.Status |= Invalid
		}
		return a.quiet(), true
	case a.isDenorm():
		e.Status |= Denormal
	}
	return F80{}, false
}

// checkTwo is checkOne for two operands.
func (e *Env) checkTwo(a, b F80) (r F80, done bool) {
	switch {
	case a.isBad() || b.isBad():
		return e.invalid(), true
	case a.isNaN() || b.isNaN():
		return e.pickNaN(a, b), true
	case a.isDenorm() || b.isDenorm():
		e.Status |= Denormal
	}
	return F80{}, false
}

// pickNaN chooses between operands of which one at least is a NaN (SDM Vol. 1, table 4-7): a quiet one
// before a signalling one, else the larger significand, else the positive one.
func (e *Env) pickNaN(a, b F80) F80 {
	sa, sb := a.isSNaN(), b.isSNaN()
	if sa || sb {
		e.Status |= Invalid
	}
	switch {
	case !b.isNaN():
		return a.quiet()
	case !a.isNaN():
		return b.quiet()
	case sa && !sb:
		return b
	case sb && !sa:
		return a
	case a.Man > b.Man, a.Man == b.Man && a.SE < b.SE:
		return a.quiet()
	default:
		return b.quiet()
	}
}
