package x86

// The x87 family's codes. ST(i) is named by its i; a memory operand has one of the formats below in Src. Imm
// holds the opcode as the register FOP shows it in bits 0-10, and the number of registers popped in bits
// 16-17.
const (
	X87Arith    Code = iota + firstX87 // ST(Dst) = ST(0) op ST(Src|Dst); Cond is the operation
	X87ArithMem                        // ST(0) = ST(0) op memory
	X87Com                             // compare ST(0) with ST(Src): FCOM
	X87Ucom                            // the same for FUCOM
	X87ComMem                          // compare ST(0) with memory
	X87Comi                            // FCOMI
	X87Ucomi                           // FUCOMI
	X87Tst
	X87Xam

	X87Ld      // push ST(Src)
	X87LdMem   // push memory
	X87LdConst // push constant Cond: 0-6 are 1, log2 10, log2 e, pi, log10 2, ln 2, 0
	X87St      // ST(Dst) = ST(0)
	X87StMem
	X87StTrunc // FISTTP
	X87Xch     // exchange ST(0) and ST(Src)
	X87Cmov    // under Cond ST(0) = ST(Src)
	X87Free    // ST(Dst)
	X87Incstp
	X87Decstp

	X87Chs
	X87Abs
	X87F2xm1
	X87Yl2x
	X87Ptan
	X87Patan
	X87Xtract
	X87Prem1
	X87Prem
	X87Yl2xp1
	X87Sqrt
	X87Sincos
	X87Rndint
	X87Scale
	X87Sin
	X87Cos

	X87Nop // FNOP and FWAIT: nothing but the pending exception
	X87Clex
	X87Init
	X87Ldcw
	X87Stcw
	X87Stsw
	X87StswAX
	X87Ldenv // Size is 14 or 28
	X87Stenv
	X87Rstor // Size is 94 or 108
	X87Save
)

// Formats of x87 memory operands.
const (
	X87Float32 = iota
	X87Int32
	X87Float64
	X87Int16
	X87Int64
	X87Float80
	X87BCD
)

// X87Pops is the number of registers that an x87 instruction takes from the stack at its end.
func (op *Op) X87Pops() int { return int(op.Imm >> 16) }

// X87Opcode is the x87 opcode without the five bits that all have in common.
func (op *Op) X87Opcode() uint16 { return uint16(op.Imm) & 0x7ff }
