package x86

import (
	"bytes"

	"golang.org/x/arch/x86/x86asm"
)

// decodeX87 translates the instructions of the x87 family. It reports whether inst is one of them. code
// holds the bytes of the instruction: opcode and ModRM byte say all that x86asm's name for it says, in an
// order of their own (Intel SDM Vol. 2, appendix A.5), which is why the name is not looked at.
func decodeX87(inst *x86asm.Inst, code []byte, op *Op) bool {
	first := byte(inst.Opcode >> 24)
	at := bytes.IndexByte(code, first) // no prefix has the same value
	switch {
	case at < 0:
		return false
	case first == 0x9B:
		op.Code = X87Nop
		return true
	case first&0xF8 != 0xD8 || at+1 >= len(code):
		return false
	}
	modrm := code[at+1]
	op.Imm = int64(first&7)<<8 | int64(modrm)
	if modrm >= 0xC0 {
		return x87Register(first, modrm, op)
	}
	m, ok := memArg(inst)
	if !ok {
		return false
	}
	memOperand(inst, m, op)
	op.Accesses = 1
	return x87Memory(first, modrm>>3&7, bytes.IndexByte(code[:at], 0x66) >= 0 && !hasREXW(inst), op)
}

func (op *Op) x87Pop(n uint8) { op.Imm |= int64(n) << 16 }

// x87Memory translates opcode first with digit in the reg field of ModRM.
func x87Memory(first, digit uint8, data16 bool, op *Op) bool {
	x87Format(op, first>>1&3)
	switch {
	case first&1 == 0 && digit&6 == 2:
		op.Code = X87ComMem
		op.x87Pop(digit & 1)
		return true
	case first&1 == 0:
		op.Code, op.Cond = X87ArithMem, digit
		return true
	}
	switch digit {
	case 0:
		op.Code = X87LdMem
	case 1:
		op.Code = X87StTrunc
		op.x87Pop(1)
		if first == 0xDD {
			x87Format(op, X87Int64)
		}
		return first != 0xD9
	case 2, 3:
		op.Code = X87StMem
		op.x87Pop(digit & 1)
	default:
		return x87Upper(first, digit, data16, op)
	}
	return true
}

// x87Upper translates the memory forms of D9, DB, DD and DF from /4 on.
func x87Upper(first, digit uint8, data16 bool, op *Op) bool {
	switch first {
	case 0xD9:
		op.Code = [4]Code{X87Ldenv, X87Ldcw, X87Stenv, X87Stcw}[digit&3]
		if digit&1 != 0 {
			op.Size = 2
		} else {
			x87Image(op, 28, data16)
		}
	case 0xDB:
		x87Format(op, X87Float80)
		return x87LoadStore(digit, op)
	case 0xDD:
		switch digit {
		case 4, 6:
			op.Code = [2]Code{X87Rstor, X87Save}[digit>>1&1]
			x87Image(op, 108, data16)
		case 7:
			op.Code, op.Size = X87Stsw, 2
		default:
			return false
		}
	default: // DF: /4 and /6 are packed decimal, /5 and /7 64-bit integers
		x87Format(op, X87BCD-digit&1*(X87BCD-X87Int64))
		return x87LoadStore(5|digit&2, op)
	}
	return true
}

// x87LoadStore is /5, a load, and /7, a store that pops.
func x87LoadStore(digit uint8, op *Op) bool {
	switch digit {
	case 5:
		op.Code = X87LdMem
	case 7:
		op.Code = X87StMem
		op.x87Pop(1)
	default:
		return false
	}
	return true
}

func x87Format(op *Op, format uint8) {
	op.Src = format
	op.Size = [...]uint8{4, 4, 8, 2, 8, 10, 10}[format]
}

// x87Image is an operand of size bytes, or of half the environment's with a prefix 66.
func x87Image(op *Op, size uint8, data16 bool) {
	if data16 {
		size -= 14
	}
	op.Size, op.Accesses = size, ManyAccesses
}

// x87Register translates opcode first with a ModRM byte that names registers.
func x87Register(first, modrm uint8, op *Op) bool {
	digit, i := modrm>>3&7, modrm&7
	op.Src, op.Dst = i, 0
	switch first {
	case 0xD8, 0xDC, 0xDE:
		return x87Basic(first, digit, i, op)
	case 0xD9:
		return x87D9(digit, i, op)
	case 0xDA, 0xDB:
		return x87DADB(first, digit, i, op)
	case 0xDD:
		return x87DD(digit, i, op)
	default:
		return x87DF(digit, i, op)
	}
}

func x87Basic(first, digit, i uint8, op *Op) bool {
	switch {
	case first == 0xDE && digit == 3:
		op.Code = X87Com
		op.x87Pop(2)
		return i == 1 // FCOMPP
	case digit&6 == 2:
		op.Code = X87Com
		op.x87Pop(digit&1 | first>>1&1) // DE D0: an alias of FCOMP
		return true
	}
	// In all forms /4 is ST(0) - other, /5 other - ST(0), and likewise /6 and /7.
	op.Code, op.Cond = X87Arith, digit
	if first != 0xD8 {
		op.Dst = i
	}
	op.x87Pop(first >> 1 & 1)
	return true
}

func x87D9(digit, i uint8, op *Op) bool {
	switch digit {
	case 0:
		op.Code = X87Ld
	case 1:
		op.Code = X87Xch
	case 2:
		op.Code = X87Nop
		return i == 0
	case 4:
		op.Code = [8]Code{0: X87Chs, 1: X87Abs, 4: X87Tst, 5: X87Xam}[i]
		return op.Code != 0
	case 5:
		op.Code, op.Cond = X87LdConst, i
		return i < 7
	case 6:
		op.Code = [8]Code{
			X87F2xm1, X87Yl2x, X87Ptan, X87Patan, X87Xtract, X87Prem1, X87Decstp, X87Incstp,
		}[i]
	case 7:
		op.Code = [8]Code{
			X87Prem, X87Yl2xp1, X87Sqrt, X87Sincos, X87Rndint, X87Scale, X87Sin, X87Cos,
		}[i]
	default:
		return false
	}
	return true
}

func x87DADB(first, digit, i uint8, op *Op) bool {
	negate := first & 1
	switch {
	case digit < 4: // below, equal, below or equal, unordered (parity)
		op.Code, op.Cond = X87Cmov, [4]uint8{2, 4, 6, 10}[digit]|negate
	case first == 0xDA:
		op.Code = X87Ucom
		op.x87Pop(2)
		return digit == 5 && i == 1
	case digit == 4:
		op.Code = [8]Code{2: X87Clex, 3: X87Init}[i]
		return op.Code != 0
	case digit == 5:
		op.Code = X87Ucomi
	case digit == 6:
		op.Code = X87Comi
	default:
		return false
	}
	return true
}

func x87DD(digit, i uint8, op *Op) bool {
	op.Dst = i
	switch digit {
	case 0:
		op.Code = X87Free
	case 2, 3:
		op.Code = X87St
		op.x87Pop(digit & 1)
	case 4, 5:
		op.Code = X87Ucom
		op.x87Pop(digit & 1)
	default:
		return false
	}
	return true
}

func x87DF(digit, i uint8, op *Op) bool {
	op.x87Pop(1)
	switch digit {
	case 0: // FFREEP
		op.Code, op.Dst = X87Free, i
	case 4:
		op.Code, op.Imm = X87StswAX, op.Imm&0x7ff
		return i == 0
	case 5:
		op.Code = X87Ucomi
	case 6:
		op.Code = X87Comi
	default:
		return false
	}
	return true
}
