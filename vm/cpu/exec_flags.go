package cpu

import "math/bits"

// shifted sets the flags after a shift by at least 1.
func (c *CPU) shifted(res, cf, of uint64) {
	c.flags.kind, c.flags.a, c.flags.res = kindSome, cf|of<<11, res
}

// added, subtracted and logical set the flags after an addition, a subtraction or comparison, and after AND,
// OR, XOR and TEST.
func (c *CPU) added(a, b, r uint64)      { c.flags = lazyFlags{kindAdd, a, b, r} }
func (c *CPU) subtracted(a, b, r uint64) { c.flags = lazyFlags{kindSub, a, b, r} }
func (c *CPU) logical(r uint64)          { c.flags.kind, c.flags.res = kindLogic, r }

// rotated sets CF and OF after a rotation and leaves the other flags alone.
func (c *CPU) rotated(cf, of uint64) {
	c.flags.setStatus(c.flags.status()&^(flagCF|flagOF) | cf | of<<11)
}

// multiplied sets the flags after a multiplication: CF and OF say that the upper half matters. The others,
// which are undefined, follow the lower half.
func (c *CPU) multiplied(lo uint64, over bool) {
	c.flags.kind, c.flags.a, c.flags.res = kindSome, bit(over, flagCF|flagOF), lo
}

// signedMul is the 128-bit product of two signed numbers.
func signedMul(a, b uint64) (hi, lo uint64) {
	hi, lo = bits.Mul64(a, b)
	return hi - uint64(int64(a)>>63)&b - uint64(int64(b)>>63)&a, lo
}
