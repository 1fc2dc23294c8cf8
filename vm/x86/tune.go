package x86

// Tune readies a decoded block for execution: it replaces codes by others that do the same faster, in four
// ways. None changes what an instruction is: operands, lengths and numbers stay, and Generic undoes it.
//
//   - A code of the rare or vector family gets one in the hot switch, if its operands allow.
//   - An instruction whose flags are overwritten by a later one becomes Quiet, if nothing in between reads
//     them, can fail or can leave the block: nobody can tell the difference.
//   - A comparison directly before a conditional jump becomes Fused: it does both. Its Cond then has a bit
//     for each outcome of the comparison, set if the jump is to be taken: bit 0 of the outcome's number is
//     signed less, bit 1 unsigned less, bit 2 equal. The jump itself stays where it is.
//   - Two neighbours that often come together become a pair (see pair.go).
//
// A block executed in one go shows none of this. Where execution may stop between two instructions, each is
// executed in its generic form.
func Tune(ops []Op) {
	live := true // somebody may look at the flags behind ops[i]
	for i := len(ops) - 1; i >= 0; i-- {
		op := &ops[i]
		heat(op)
		was := live
		live = op.needsFlags(was)
		if !was && op.Code.quietable() {
			op.Code += Quiet
		}
	}
	if n := len(ops); n >= 2 {
		fuse(&ops[n-2], &ops[n-1])
	}
	pair(ops)
}

// Generic copies op into to with the code that it had before Tune.
func Generic(op, to *Op) *Op {
	*to = *op
	switch c := op.Code; {
	case c > firstPair && c < endOfPairs:
		to.Code = parts[c-firstPair][0]
	case c >= Moved && c < firstRare:
		to.Code = bySize(op, Mov64RR, Mov32RR)
	default:
	}
	switch op := *to; {
	case op.Code < Quiet:
	case op.Code < Fused:
		to.Code -= Quiet
	case op.Code < firstRare:
		to.Code -= Fused
		to.Cond = 0
	}
	if int(to.Code) < len(generic) && generic[to.Code] != 0 {
		to.Code = generic[to.Code]
	}
	return to
}

// generic has the code that heat replaced by each hot one.
//
//nolint:gochecknoglobals // a constant table
var generic = [Quiet]Code{
	Mov8MI: Mov, Cmp8RR: Cmp, Test8RI: Test,
	Rol64RI: Rol, Rol32RI: Rol, Ror64RI: Ror, Ror32RI: Ror,
	Inc64R: Inc, Inc32R: Inc, Dec64R: Dec, Dec32R: Dec, Neg64R: Neg, Neg32R: Neg, Not64R: Not, Not32R: Not,
	Add64MR: Add, Add32MR: Add, Cmov64RR: Cmov, Cmov32RR: Cmov,
	VMov: MovVec, VLoadA: LoadVecA, VLoadU: LoadVecU, VStoreA: StoreVecA, VStoreU: StoreVecU,
	VLoadQ: LoadQ, VLoadD: LoadD, VStoreQ: StoreQ, VStoreD: StoreD, VXor: PXor, VAnd: PAnd, VOr: POr,
	VAddPD: AddPD, VMulPD: MulPD, VSubPD: SubPD, VAddSD: AddSD, VMulSD: MulSD, VSubSD: SubSD,
}

// heat gives op a hot code if there is one for its operands.
func heat(op *Op) {
	switch {
	case op.Code < firstRare || op.Flags&FlagLock != 0 || !plain(op):
	case op.Code.IsSSE():
		heatVector(op)
	case op.Size == 1:
		heatByte(op)
	case op.Size >= 4:
		heatWord(op)
	}
}

func heatByte(op *Op) {
	form := op.Flags & (FlagMem | FlagDest | FlagImm)
	switch {
	case op.Code == Mov && form == FlagMem|FlagDest|FlagImm:
		op.Code = Mov8MI
	case op.Dst >= AH:
	case op.Code == Cmp && form == FlagDest && op.Src < AH:
		op.Code = Cmp8RR
	case op.Code == Test && form == FlagDest|FlagImm:
		op.Code = Test8RI
	}
}

func heatWord(op *Op) {
	if op.Flags&FlagMem != 0 {
		if op.Code == Add && op.Flags&(FlagDest|FlagImm) == FlagDest {
			op.Code = bySize(op, Add64MR, Add32MR)
		}
		return
	}
	constant := op.Flags&FlagImm != 0 && op.Imm != 0
	switch {
	case op.Code == Rol && constant:
		op.Code = bySize(op, Rol64RI, Rol32RI)
	case op.Code == Ror && constant:
		op.Code = bySize(op, Ror64RI, Ror32RI)
	case op.Code == Inc:
		op.Code = bySize(op, Inc64R, Inc32R)
	case op.Code == Dec:
		op.Code = bySize(op, Dec64R, Dec32R)
	case op.Code == Neg:
		op.Code = bySize(op, Neg64R, Neg32R)
	case op.Code == Not:
		op.Code = bySize(op, Not64R, Not32R)
	case op.Code == Cmov:
		op.Code = bySize(op, Cmov64RR, Cmov32RR)
	}
}

func heatVector(op *Op) {
	for hot := VMov; hot <= VSubSD; hot++ {
		if generic[hot] != op.Code {
			continue
		}
		if hot < VXor || hot > VOr || op.Flags&FlagMem == 0 {
			op.Code = hot
		}
		return
	}
}

// quietable reports whether c has a Quiet form.
func (c Code) quietable() bool {
	switch {
	case c >= Add64RR && c <= Xor32RM:
		return (c-Add64RR)%forms < 4 // not with memory
	case c >= Shl64RI && c <= Dec32R:
		return true
	}
	return false
}

// needsFlags reports whether somebody may look at the flags in front of op if live says so of those behind
// it.
func (op *Op) needsFlags(live bool) bool {
	c := op.Code
	switch {
	case c <= Privileged || c >= Quiet || op.Accesses != 0 || op.Flags&(FlagMem|FlagEnd) != 0:
		return true // reads them, or may end here
	case c == Cmov64RR || c == Cmov32RR || c >= VAddPD:
		return true
	case c >= Rol64RI && c <= Ror32RI || c >= Inc64R && c <= Dec32R:
		return live // keeps some
	case c >= Add64RR && c <= Sar32RI || c >= Imul64RR && c <= Imul32RR || c == Neg64R || c == Neg32R:
		return false // sets all
	}
	return live
}

// fuse makes a comparison in front of a conditional jump do both.
func fuse(op, jump *Op) {
	if jump.Code < Jo || jump.Code > Jg {
		return
	}
	c := op.Code
	test := c >= Test64RR && c <= Test32RM || c == Test8RR || c == Test8RI
	if !test && (c < Cmp64RR || c > Cmp8RR) {
		return
	}
	switch c {
	case Cmp64MR, Cmp32MR, Test64RM, Test32RM:
		return // exec has no room for these
	default:
	}
	if mask := outcomes(jump.Code-Jo, test); mask != 0 {
		op.Code += Fused
		op.Cond = mask
	}
}

// The Conds of the most frequent fused jumps, which need only part of the comparison.
const (
	IfEqual    uint8 = 0xF0
	IfNotEqual uint8 = 0x0F
)

// outcomes is the Cond of a fused comparison with a jump on condition cc; 0: it cannot be fused.
func outcomes(cc Code, test bool) uint8 {
	const less, below, equal = 0xAA, 0xCC, IfEqual // the outcomes with each bit set
	var mask uint8
	switch cc >> 1 {
	case 1:
		mask = below
	case 2:
		mask = equal
	case 3:
		mask = below | equal
	case 4: // the sign; that of a difference is not the outcome
		if test {
			mask = less
		}
	case 6:
		mask = less
	case 7:
		mask = less | equal
	default: // overflow and parity
	}
	if mask != 0 && cc&1 != 0 {
		mask = ^mask
	}
	return mask
}
