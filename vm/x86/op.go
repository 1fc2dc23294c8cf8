// Package x86 turns the bytes of x86-64 and i386 instructions into compact operations.
//
// Decode wraps golang.org/x/arch/x86/x86asm, mends what that decoder gets wrong or does not know (trap by
// trap, as listed in decode.go), and translates each instruction once into an Op: a dense operation code
// and operands that the execution switch of vm/cpu can use without looking anything up. Nothing else of
// memlab sees x86asm.
//
// An instruction that memlab does not execute is not an error of decoding: it becomes an Op with code
// Unsupported or Undefined, which acts only if the program really reaches it.
package x86

// Reg numbers an integer register: 0-15 are RAX RCX RDX RBX RSP RBP RSI RDI R8-R15 (the encoding's order),
// the others below.
const (
	RAX = iota
	RCX
	RDX
	RBX
	RSP
	RBP
	RSI
	RDI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
	RZero  // always 0: the base or index that is not there
	RBlock // the virtual address of the running block's first byte: base of RIP-relative operands

	Regs = 256 // entries of a register file: one for each value of a byte spares the bounds checks
)

// The high-byte registers, as Dst or Src of 8-bit operations: bits 8-15 of registers 0 to 3.
const (
	AH = 32 + iota
	CH
	DH
	BH
)

// Seg is the segment base that an address adds; with SegAddr16 the address is cut to 16 bits before.
const (
	SegNone = iota
	SegFS
	SegGS

	SegAddr16 = 4 // prefix 67 in 32-bit code
)

// Flags of an Op.
const (
	FlagLock   = 1 << iota // LOCK prefix
	FlagRep                // F3 on a string instruction
	FlagRepne              // F2 on a string instruction
	FlagAddr32             // effective addresses wrap at 32 bits
	FlagEnd                // the block ends behind this instruction
	FlagMem                // the operand that ModRM's r/m names is memory
	FlagDest               // r/m (memory or Dst) is written; otherwise r/m is the source
	FlagImm                // the source is Imm
)

// Op is one decoded instruction. An Op holds no absolute address, for its block is cached by physical frame
// and may run at several virtual addresses: RIP-relative operands and branch targets are relative to
// RBlock, the start of the block.
//
// An effective address is Regs[Base] + Regs[Index]<<Scale + Disp (+ FS or GS base), cut to 32 bits under
// FlagAddr32.
type Op struct {
	Code  Code
	Off   uint16 // distance of this instruction from the start of its block, bytes
	Len   uint8  // length in bytes
	N     uint8  // number of this instruction within its block, from 0
	Size  uint8  // operand size in bytes: 1 2 4 8 10 16
	Dst   uint8  // register written (integer or vector), or first operand
	Src   uint8  // register read
	Base  uint8
	Index uint8
	Scale uint8 // shift count 0-3
	Seg   uint8
	Cond  uint8 // condition of SETcc, CMOVcc: 0 O, 1 NO, 2 B … 15 G as encoded; elsewhere free
	Flags uint8

	// Accesses is the number of data accesses that the instruction makes: 0, 1 (a read-modify-write is one)
	// or ManyAccesses, when it is more or varies.
	Accesses uint8

	Disp int64 // displacement; for RIP-relative operands relative to RBlock
	Imm  int64 // immediate, extended as the instruction does; of branches the target, relative to RBlock
}

// ManyAccesses is the Accesses of an instruction that reads or writes memory more than once. It must report
// its own fetch before the first of them (see cpu.CPU).
const ManyAccesses = 255

// Code says what an Op does. Families have ranges of their own, each dense, so that every family's switch
// becomes a jump table: integer codes in codes_int.go, SSE and MMX in codes_sse.go, x87 in codes_x87.go.
type Code uint16

// The families' first codes.
const (
	firstInt Code = 0
	firstSSE Code = 0x400
	firstX87 Code = 0x800
)

// IsHot reports whether c is a hot code or made from hot ones.
func (c Code) IsHot() bool { return c < firstRare }

// IsSSE reports whether c belongs to the SSE and MMX family.
func (c Code) IsSSE() bool { return c >= firstSSE && c < firstX87 }

// IsX87 reports whether c belongs to the x87 family.
func (c Code) IsX87() bool { return c >= firstX87 }
