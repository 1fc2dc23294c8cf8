package x86

// The integer family's codes. The names follow Intel's mnemonics. Where operations are frequent enough to
// have codes of their own by size and kind of operand, a suffix tells them: 64 or 32 the operand size, R a
// register, I an immediate, M memory with a plain address (no segment base, not cut to 32 bits),
// destination first. The codes without a suffix do all the rest, as Size and Flags say.
//
// The hot codes are below Quiet. Added to one of them, Quiet and Fused make further codes (see Tune).
const (
	Undefined   Code = iota + firstInt // raises #UD
	Unsupported                        // known to the processor, not to memlab: ends the run with its name
	Privileged                         // raises #GP
	Nop

	Mov64RR
	Mov32RR
	MovRI // a register of 32 or 64 bits from Imm
	Mov64RM
	Mov32RM
	Mov64MR
	Mov32MR
	Mov8MR // Src is a low byte
	Mov64MI
	Mov32MI
	Mov8MI
	Movzx8RM // to 32 or 64 bits
	Movzx16RM
	Movzx8RR
	Movzx16RR
	Movsxd64RR
	Movsxd64RM
	Lea64
	Lea32

	// Seven operations of six forms each, in the order of the generic codes from Add on without Adc and Sbb.
	Add64RR
	Add32RR
	Add64RI
	Add32RI
	Add64RM
	Add32RM
	Or64RR
	Or32RR
	Or64RI
	Or32RI
	Or64RM
	Or32RM
	And64RR
	And32RR
	And64RI
	And32RI
	And64RM
	And32RM
	Sub64RR
	Sub32RR
	Sub64RI
	Sub32RI
	Sub64RM
	Sub32RM
	Xor64RR
	Xor32RR
	Xor64RI
	Xor32RI
	Xor64RM
	Xor32RM
	Cmp64RR
	Cmp32RR
	Cmp64RI
	Cmp32RI
	Cmp64RM
	Cmp32RM
	Test64RR
	Test32RR
	Test64RI
	Test32RI
	Test64RM
	Test32RM

	Cmp64MR
	Cmp32MR
	Cmp64MI
	Cmp32MI
	Cmp8MI
	Cmp8RI
	Cmp8RR
	Test8RR
	Test8RI
	Shl64RI // Imm is 1 to 63
	Shl32RI // Imm is 1 to 31
	Shr64RI
	Shr32RI
	Sar64RI
	Sar32RI
	Rol64RI // Imm is 1 to 63
	Rol32RI // Imm is 1 to 31
	Ror64RI
	Ror32RI
	Imul64RR
	Imul32RR
	Inc64R
	Inc32R
	Dec64R
	Dec32R
	Neg64R
	Neg32R
	Not64R
	Not32R
	Add64MR
	Add32MR
	Cmov64RR
	Cmov32RR

	VMov // MovVec and so on, with plain addresses
	VLoadA
	VLoadU
	VStoreA
	VStoreU
	VLoadQ
	VLoadD
	VStoreQ
	VStoreD
	VXor // of registers
	VAnd
	VOr
	VAddPD // register or memory
	VMulPD
	VSubPD
	VAddSD
	VMulSD
	VSubSD

	Push64
	Pop64
	Call64
	Ret64
	Jmp
	Jo // Jcc: Jo + condition
	Jno
	Jb
	Jae
	Je
	Jne
	Jbe
	Ja
	Js
	Jns
	Jp
	Jnp
	Jl
	Jge
	Jle
	Jg

	BlockNext // behind the last instruction of a block: go on at Disp
	BlockLeft // likewise: the last instruction has said where to go on
)

// What is added to hot codes to make others.
const (
	Quiet Code = 0xC0  // does not set the flags, for nobody will see them
	Fused Code = 0x120 // a comparison together with the conditional jump behind it
)

// The integer codes that are not worth a place in the hot switch.
const (
	firstRare Code = iota + 0x220

	Mov
	Movzx // Size: destination; Imm: source size in bytes
	Movsx
	Lea

	Add
	Or
	And
	Sub
	Xor
	Cmp
	Test
	Adc
	Sbb
	Inc
	Dec
	Neg
	Not

	Rol // Rol to Sar: count in Imm, or CL without FlagImm
	Ror
	Rcl
	Rcr
	Shl
	Shr
	Sar
	Shld // destination r/m, Src; Imm, or CL without FlagImm
	Shrd

	Mul
	Imul1
	Imul2 // Dst times r/m
	Imul3 // r/m times Imm
	Div
	Idiv

	Bt
	Bts
	Btr
	Btc
	Bsf
	Bsr
	Bswap
	Popcnt
	Crc32 // Dst 32 or 64 bits; Size: source

	Xchg
	Xadd
	Cmpxchg
	Cmpxchg8b
	Cmpxchg16b

	Setcc
	Cmov

	Push // register, memory or immediate, of Size
	Pop
	Pusha
	Popa
	Pushf
	Popf
	Enter // Imm: frame size | nesting level << 16
	Leave
	Call    // relative, return address of Size
	CallInd // r/m
	JmpInd
	Ret   // Imm: bytes released besides
	Jcxz  // counter register of Size; Scale 1: the target is cut to 16 bits
	Loop  // Cond: 0 LOOPNE, 1 LOOPE, 2 LOOP; counter register of Size; Scale as for Jcxz
	Jcc16 // a relative jump whose target is cut to 16 bits; Cond: condition, 16: always

	JmpFar     // Imm: offset; Disp: selector; Size: operand size
	CallFar    // likewise
	JmpFarInd  // memory: an offset of Size bytes, then the selector
	CallFarInd // likewise
	RetFar     // Imm: bytes released besides
	Iret

	Cbw // AL to AX, AX to EAX, EAX to RAX; Size: destination
	Cwd // sign of the accumulator into the data register; Size
	Lahf
	Sahf
	Clc
	Stc
	Cmc
	Cld
	Std
	Xlat
	Aaa
	Aas
	Daa
	Das
	Aam
	Aad

	Movs // string operations: Size, FlagRep, FlagRepne
	Stos
	Lods
	Scas
	Cmps

	Cpuid
	Rdtsc
	RdSegBase // Imm: SegFS or SegGS
	WrSegBase
	MovFromSeg // Imm: segment register 0-5 as encoded
	MovToSeg
	PushSeg // likewise
	PopSeg
	LoadFar // LES to LGS: a pointer from memory into Dst and the segment register Imm
	Arpl
	Lar
	Lsl
	Verr
	Verw
	Sgdt
	Sidt
	Sldt
	Str
	Smsw
	Bound
	Salc
	Syscall
	Int80
	Int3
	Int // Imm: vector
	Into
	TooLong // more than 15 bytes: raises #GP
)

// IsCall reports whether c calls a procedure.
func (c Code) IsCall() bool {
	return c == Call64 || c == Call || c == CallInd || c == CallFar || c == CallFarInd
}

// IsRet reports whether c returns from one.
func (c Code) IsRet() bool { return c == Ret64 || c == Ret || c == RetFar }

// IsRare reports whether c is an integer code outside the hot switch.
func (c Code) IsRare() bool { return c > firstRare && c < firstSSE }
