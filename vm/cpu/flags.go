package cpu

import "math/bits"

// The bits of RFLAGS that user code sees.
const (
	flagCF = 1 << 0
	flagPF = 1 << 2
	flagAF = 1 << 4
	flagZF = 1 << 6
	flagSF = 1 << 7
	flagTF = 1 << 8
	flagIF = 1 << 9
	flagDF = 1 << 10
	flagOF = 1 << 11
	flagNT = 1 << 14
	flagAC = 1 << 18
	flagID = 1 << 21

	flagFixed  = 1 << 1 // always 1
	flagStatus = flagCF | flagPF | flagAF | flagZF | flagSF | flagOF
)

// Arithmetic flags are lazy: an instruction stores what they depend on, and whoever needs one computes it.
// kind says how. Operands and result are kept sign-extended to 64 bits whatever the operand size was, which
// preserves the order of both signed and unsigned numbers; so no formula depends on the size:
//
//	ZF = res == 0, SF = res < 0, PF = parity of the low byte of res, except under kindAll
//	x < y of a compare, signed or not, is a < b
type flagKind uint8

const (
	kindLogic flagKind = iota // CF = OF = AF = 0
	kindAdd                   // res = a + b
	kindAdc                   // res = a + b + 1
	kindSub                   // res = a - b
	kindSbb                   // res = a - b - 1
	kindInc                   // res = a + 1; b is CF
	kindDec                   // res = a - 1; b is CF
	kindSome                  // CF, AF and OF stand in a
	kindAll                   // all stand in a; res is 0 where ZF is set
)

type lazyFlags struct {
	kind      flagKind
	a, b, res uint64
}

func (f *lazyFlags) zf() bool { return f.res == 0 }

func (f *lazyFlags) sf() bool {
	if f.kind == kindAll {
		return f.a&flagSF != 0
	}
	return int64(f.res) < 0
}

func (f *lazyFlags) pf() bool {
	if f.kind == kindAll {
		return f.a&flagPF != 0
	}
	return bits.OnesCount8(uint8(f.res))&1 == 0
}

func (f *lazyFlags) cf() bool {
	switch f.kind {
	case kindLogic:
		return false
	case kindAdd:
		return f.res < f.a
	case kindAdc:
		return f.res <= f.a
	case kindSub:
		return f.a < f.b
	case kindSbb:
		return f.a <= f.b
	case kindInc, kindDec:
		return f.b != 0
	default:
		return f.a&flagCF != 0
	}
}

func (f *lazyFlags) of() bool {
	switch f.kind {
	case kindLogic:
		return false
	case kindAdd, kindAdc:
		return (f.a^f.res)&(f.b^f.res)>>63 != 0
	case kindSub, kindSbb:
		return (f.a^f.b)&(f.a^f.res)>>63 != 0
	case kindInc:
		return ^f.a&f.res>>63 != 0
	case kindDec:
		return f.a&^f.res>>63 != 0
	default:
		return f.a&flagOF != 0
	}
}

func (f *lazyFlags) af() bool {
	switch f.kind {
	case kindLogic:
		return false
	case kindAdd, kindAdc, kindSub, kindSbb:
		return (f.a^f.b^f.res)&0x10 != 0
	case kindInc, kindDec:
		return (f.a^f.res)&0x10 != 0
	default:
		return f.a&flagAF != 0
	}
}

// less is SF != OF: a signed comparison found less.
func (f *lazyFlags) less() bool {
	if f.kind == kindSub {
		return int64(f.a) < int64(f.b)
	}
	return f.sf() != f.of()
}

// lessEqual is a signed comparison's "less or equal".
func (f *lazyFlags) lessEqual() bool {
	if f.kind == kindSub {
		return int64(f.a) <= int64(f.b)
	}
	return f.zf() || f.sf() != f.of()
}

// belowEqual is an unsigned comparison's "less or equal".
func (f *lazyFlags) belowEqual() bool {
	if f.kind == kindSub {
		return f.a <= f.b
	}
	return f.zf() || f.cf()
}

// cond evaluates a condition as Jcc, SETcc and CMOVcc encode it.
func (f *lazyFlags) cond(cc uint8) bool {
	var v bool
	switch cc >> 1 {
	case 0:
		v = f.of()
	case 1:
		v = f.cf()
	case 2:
		v = f.zf()
	case 3:
		v = f.belowEqual()
	case 4:
		v = f.sf()
	case 5:
		v = f.pf()
	case 6:
		v = f.less()
	default:
		v = f.lessEqual()
	}
	return v != (cc&1 != 0)
}

// status is the six arithmetic flags as RFLAGS has them.
func (f *lazyFlags) status() uint64 {
	if f.kind == kindAll {
		return f.a & flagStatus
	}
	return bit(f.cf(), flagCF) | bit(f.pf(), flagPF) | bit(f.af(), flagAF) |
		bit(f.zf(), flagZF) | bit(f.sf(), flagSF) | bit(f.of(), flagOF)
}

// setStatus makes the six flags those of v.
func (f *lazyFlags) setStatus(v uint64) {
	f.kind, f.a, f.res = kindAll, v&flagStatus, 1
	if v&flagZF != 0 {
		f.res = 0
	}
}

func bit(on bool, mask uint64) uint64 {
	if on {
		return mask
	}
	return 0
}

// setFlags sets the six arithmetic flags.
func (c *CPU) setFlags(cf, pf, af, zf, sf, of bool) {
	c.flags.setStatus(bit(cf, flagCF) | bit(pf, flagPF) | bit(af, flagAF) |
		bit(zf, flagZF) | bit(sf, flagSF) | bit(of, flagOF))
}

// rflags is RFLAGS as PUSHF stores it.
func (c *CPU) rflags() uint64 { return c.flags.status() | c.system | flagFixed | flagIF }

// RFlags is the flags register.
func (c *CPU) RFlags() uint64 { return c.rflags() }

// SetRFlags loads the flags that user code may change (POPF at privilege level 3, IOPL 0: IF and IOPL stay).
func (c *CPU) SetRFlags(v uint64) {
	c.flags.setStatus(v)
	c.system = v & (flagTF | flagDF | flagNT | flagAC | flagID)
}
