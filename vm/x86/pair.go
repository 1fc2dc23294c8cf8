package x86

// A pair is two neighbours in a block that one case of the execution switch does together. The first has a
// code that stands for both, the second stays as it is: it is executed alone where the first had to take the
// slow way to memory. So a pair never begins with an instruction that can fail, but for the loads and stores
// that have such a way out.

// The codes of pairs, named after their parts, which are in the comments where names would be too long.
const (
	firstPair Code = iota + 0x180

	MovMov64
	MovMov32
	AddAdd64   // Add64RI, Add64RI; what is not followed by a jump is Quiet
	AddCmp64II // Add64RI, fused Cmp64RI
	AddCmp64IR // Add64RI, fused Cmp64RR
	AddCmp64RI // Add64RR, fused Cmp64RI
	AddCmp64RR // Add64RR, fused Cmp64RR
	AddCmp32II // as above
	AddCmp32IR //
	SubJne64   // Sub64RI, Jne; the flags are set
	SubJne32   // Sub32RI, Jne
	AndJe32    // And32RI, Je
	MovCmp64   // Mov64RR, fused Cmp64RR
	MovCmp32   // Mov32RR, fused Cmp32RR
	LoadTest64 // Mov64RM, fused Test64RR
	LoadTest32 // Mov32RM, fused Test32RR
	LoadCmp64  // Mov64RM, fused Cmp64RR
	LoadCmp32  // Mov32RM, fused Cmp32RR
	XorMov64   // Xor64RR, Mov64RR
	XorMov32   // Xor32RR, Mov32RR
	AddMov32   // Add32RR, Mov32RR
	AndXor32   // And32RR, Xor32RR
	XorXor32   // Xor32RR, Xor32RR
	RorRor32   // Ror32RI, Ror32RI
	PopPop     // Pop64, Pop64
	PushPush   // Push64, Push64
	LoadMulPD  // VLoadA, VMulPD of registers
	AddPDStore // VAddPD, VStoreA
	SubCmp32   // Sub64RI, fused Cmp32RR

	// An instruction and a pair.
	MulAddPDStore // VMulPD of registers, AddPDStore
	LoadMulAddPD  // VLoadA, MulAddPDStore
	StoreAddCmp   // Mov8MI, AddCmp64RI
	LoadMovCmp32  // Mov32RM, MovCmp32
	endOfPairs
)

// Moved added to the code of an operation on registers or on a register and a constant, makes that of a pair:
// MOV of the same size in front of it, into the register that it works on. Flags are not set.
const Moved Code = 0x1C0

// parts has the codes of each pair, in their tuned form.
//
//nolint:gochecknoglobals // a constant table
var parts = [endOfPairs - firstPair][2]Code{
	MovMov64 - firstPair:   {Mov64RR, Mov64RR},
	MovMov32 - firstPair:   {Mov32RR, Mov32RR},
	AddAdd64 - firstPair:   {Quiet + Add64RI, Quiet + Add64RI},
	AddCmp64II - firstPair: {Quiet + Add64RI, Fused + Cmp64RI},
	AddCmp64IR - firstPair: {Quiet + Add64RI, Fused + Cmp64RR},
	AddCmp64RI - firstPair: {Quiet + Add64RR, Fused + Cmp64RI},
	AddCmp64RR - firstPair: {Quiet + Add64RR, Fused + Cmp64RR},
	AddCmp32II - firstPair: {Quiet + Add32RI, Fused + Cmp32RI},
	AddCmp32IR - firstPair: {Quiet + Add32RI, Fused + Cmp32RR},
	SubJne64 - firstPair:   {Sub64RI, Jne},
	SubJne32 - firstPair:   {Sub32RI, Jne},
	AndJe32 - firstPair:    {And32RI, Je},
	MovCmp64 - firstPair:   {Mov64RR, Fused + Cmp64RR},
	MovCmp32 - firstPair:   {Mov32RR, Fused + Cmp32RR},
	LoadTest64 - firstPair: {Mov64RM, Fused + Test64RR},
	LoadTest32 - firstPair: {Mov32RM, Fused + Test32RR},
	LoadCmp64 - firstPair:  {Mov64RM, Fused + Cmp64RR},
	LoadCmp32 - firstPair:  {Mov32RM, Fused + Cmp32RR},
	XorMov64 - firstPair:   {Quiet + Xor64RR, Mov64RR},
	XorMov32 - firstPair:   {Quiet + Xor32RR, Mov32RR},
	AddMov32 - firstPair:   {Quiet + Add32RR, Mov32RR},
	AndXor32 - firstPair:   {Quiet + And32RR, Quiet + Xor32RR},
	XorXor32 - firstPair:   {Quiet + Xor32RR, Quiet + Xor32RR},
	RorRor32 - firstPair:   {Quiet + Ror32RI, Quiet + Ror32RI},
	PopPop - firstPair:     {Pop64, Pop64},
	PushPush - firstPair:   {Push64, Push64},
	LoadMulPD - firstPair:  {VLoadA, VMulPD},
	AddPDStore - firstPair: {VAddPD, VStoreA},
	SubCmp32 - firstPair:   {Quiet + Sub64RI, Fused + Cmp32RR},

	MulAddPDStore - firstPair: {VMulPD, AddPDStore},
	LoadMulAddPD - firstPair:  {VLoadA, MulAddPDStore},
	StoreAddCmp - firstPair:   {Mov8MI, AddCmp64RI},
	LoadMovCmp32 - firstPair:  {Mov32RM, MovCmp32},
}

// pair makes pairs in a block, from its end: the comparison of a loop is done together with what precedes it.
// The second of a pair may begin one itself, where parts says so.
func pair(ops []Op) {
	for i := len(ops) - 2; i >= 0; i-- {
		if c := together(&ops[i], &ops[i+1]); c != 0 {
			ops[i].Code = c
		}
	}
}

// together is the code of the pair of op and after, 0 if they are none.
func together(op, after *Op) Code {
	switch {
	case moves(op, after):
		return Moved + after.Code - Quiet
	case after.Code == VMulPD && after.Flags&FlagMem != 0, op.Code == VMulPD && op.Flags&FlagMem != 0:
		return 0
	}
	for i, p := range parts {
		if p == [2]Code{op.Code, after.Code} {
			return firstPair + Code(i)
		}
	}
	return 0
}

// moves reports whether op is a MOV of the register that after works on.
func moves(op, after *Op) bool {
	c := after.Code - Quiet
	switch {
	case op.Code != bySize(after, Mov64RR, Mov32RR) || op.Dst != after.Dst:
		return false
	case c >= Shl64RI && c <= Ror32RI:
		return true
	case c < Add64RR || c > Xor32RI:
		return false
	}
	form := (c - Add64RR) % forms
	return form == 2 || form == 3 || form < 2 && after.Src != after.Dst
}
