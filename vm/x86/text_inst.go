package x86

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

// texter makes the text of what the decoder has decoded. x86asm's own formatters print some displacements
// wrong (trap 1) and hide operand values.
type texter struct {
	inst   *x86asm.Inst
	h      *header
	mode32 bool
	code   []byte
	vector bool // VEX or EVEX
}

// instruction makes text, branch and target; Target counts from the instruction's end.
func (t *texter) instruction() Instruction {
	var in Instruction
	t.vector = len(t.code) > t.h.at && isVector(t.code[t.h.at:], t.mode32)
	args := t.args(&in)
	name := t.name(&args)
	in.Text = t.prefixes() + name
	if len(args) > 0 {
		in.Text += " " + strings.Join(args, ", ")
	}
	return in
}

// isVector reports whether c begins with VEX or EVEX.
func isVector(c []byte, mode32 bool) bool {
	return (c[0] == 0xC4 || c[0] == 0xC5 || c[0] == 0x62) && (!mode32 || len(c) > 1 && c[1] >= 0xC0)
}

// prefixes are LOCK and REP where they mean something.
func (t *texter) prefixes() string {
	var s string
	if t.h.lock {
		s = "lock "
	}
	switch {
	case t.vector:
	case t.h.rep == 0xF3 && repeats(t.inst.Op):
		s += "rep "
		if compares(t.inst.Op) {
			s = s[:len(s)-1] + "z "
		}
	case t.h.rep == 0xF2 && repeats(t.inst.Op):
		s += "repnz "
	case t.h.rep == 0xF3 && t.inst.Op == x86asm.RET:
		s += "repz "
	case t.h.rep == 0xF2 && isNear(t.inst.Op):
		s += "bnd "
	case t.h.seg == 0x3E && (t.inst.Op == x86asm.JMP || t.inst.Op == x86asm.CALL):
		s += "notrack "
	}
	return s
}

// isNear reports whether op is a branch that F2 marks for MPX.
func isNear(op x86asm.Op) bool {
	switch op {
	case x86asm.CALL, x86asm.JMP, x86asm.RET:
		return true
	default:
		return conditional(op)
	}
}

func conditional(op x86asm.Op) bool {
	switch op {
	case x86asm.JA, x86asm.JAE, x86asm.JB, x86asm.JBE, x86asm.JE, x86asm.JG, x86asm.JGE, x86asm.JL,
		x86asm.JLE, x86asm.JNE, x86asm.JNO, x86asm.JNP, x86asm.JNS, x86asm.JO, x86asm.JP, x86asm.JS:
		return true
	default:
		return false
	}
}

// repeats reports whether op is a string instruction.
func repeats(op x86asm.Op) bool {
	switch op {
	case x86asm.MOVSB, x86asm.MOVSW, x86asm.MOVSD, x86asm.MOVSQ,
		x86asm.STOSB, x86asm.STOSW, x86asm.STOSD, x86asm.STOSQ,
		x86asm.LODSB, x86asm.LODSW, x86asm.LODSD, x86asm.LODSQ,
		x86asm.INSB, x86asm.INSW, x86asm.INSD, x86asm.OUTSB, x86asm.OUTSW, x86asm.OUTSD:
		return true
	default:
		return compares(op)
	}
}

// compares reports whether op is a string instruction that looks at ZF when it is repeated.
func compares(op x86asm.Op) bool {
	switch op {
	case x86asm.CMPSB, x86asm.CMPSW, x86asm.CMPSD, x86asm.CMPSQ,
		x86asm.SCASB, x86asm.SCASW, x86asm.SCASD, x86asm.SCASQ:
		return true
	default:
		return false
	}
}

// predicates are those of CMPPS and its like.
//
//nolint:gochecknoglobals // a constant table
var predicates = [32]string{
	"eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord",
	"eq_uq", "nge", "ngt", "false", "neq_oq", "ge", "gt", "true",
	"eq_os", "lt_oq", "le_oq", "unord_s", "neq_us", "nlt_uq", "nle_uq", "ord_s",
	"eq_us", "nge_uq", "ngt_uq", "false_os", "neq_os", "ge_oq", "gt_oq", "true_us",
}

// integerPredicates are those of VPCMP; 3 and 7 have no word.
//
//nolint:gochecknoglobals // a constant table
var integerPredicates = [8]string{"eq", "lt", "le", "", "neq", "nlt", "nle", ""}

// name is the mnemonic. A comparison's predicate goes from the operands into it.
func (t *texter) name(args *[]string) string {
	op := t.inst.Op
	name, ok := opNames[op]
	if !ok {
		name = strings.ToLower(op.String())
	}
	switch op {
	case x86asm.CMPPS, x86asm.CMPPD, x86asm.CMPSS, x86asm.CMPSD_XMM:
		return t.comparison(name, args, 8)
	case x86asm.VCMPPS, x86asm.VCMPPD, x86asm.VCMPSS, x86asm.VCMPSD:
		return t.comparison(name, args, 32)
	case x86asm.VPCMPB, x86asm.VPCMPUB, x86asm.VPCMPW, x86asm.VPCMPUW,
		x86asm.VPCMPD, x86asm.VPCMPUD, x86asm.VPCMPQ, x86asm.VPCMPUQ:
		return t.comparison(name, args, 8)
	case x86asm.PCLMULQDQ, x86asm.VPCLMULQDQ:
		return t.halves(name, args)
	case x86asm.INT:
		if t.inst.Opcode>>24 == 0xCC {
			*args = nil
			return "int3"
		}
	case x86asm.MOV:
		first := t.inst.Opcode >> 24
		if first&^7 == 0xB8 && t.h.rex&8 != 0 || first&^3 == 0xA0 && !t.mode32 {
			return "movabs"
		}
	case x86asm.NOP:
		if t.h.data16 && t.inst.Opcode>>24 == 0x90 {
			*args = []string{"ax", "ax"}
			return "xchg"
		}
	case x86asm.FADD, x86asm.FMUL, x86asm.FCOM, x86asm.FCOMP,
		x86asm.FSUB, x86asm.FSUBR, x86asm.FDIV, x86asm.FDIVR,
		x86asm.FADDP, x86asm.FMULP, x86asm.FSUBP, x86asm.FSUBRP, x86asm.FDIVP, x86asm.FDIVRP,
		x86asm.FUCOMI, x86asm.FUCOMIP, x86asm.FCOMI, x86asm.FCOMIP, x86asm.FCMOVB, x86asm.FCMOVE,
		x86asm.FCMOVBE, x86asm.FCMOVU, x86asm.FCMOVNB, x86asm.FCMOVNE, x86asm.FCMOVNBE, x86asm.FCMOVNU,
		x86asm.FLD, x86asm.FST, x86asm.FSTP, x86asm.FXCH, x86asm.FFREE, x86asm.FFREEP,
		x86asm.FUCOM, x86asm.FUCOMP:
		t.encodedStack(*args)
	default:
	}
	return name
}

// encodedStack writes the top of the stack as st(0) where the instruction's bytes name it.
func (t *texter) encodedStack(args []string) {
	i := len(args) - 1
	if op := t.code[t.h.at]; op == 0xDC || op == 0xDE {
		i = 0
	}
	if i >= 0 && args[i] == "st" {
		args[i] = "st(0)"
	}
}

// halves puts the choice of quadwords, which is the last operand of PCLMULQDQ, into the name.
func (t *texter) halves(name string, args *[]string) string {
	last := len(*args) - 1
	i := slices.Index([]string{"0x0", "0x1", "0x10", "0x11"}, (*args)[last])
	if i < 0 {
		return name
	}
	*args = (*args)[:last]
	return strings.TrimSuffix(name, "qdq") + [...]string{"lqlqdq", "hqlqdq", "lqhqdq", "hqhqdq"}[i]
}

// comparison puts the predicate, which is the last operand, behind "cmp" or "vcmp".
func (t *texter) comparison(name string, args *[]string, known int64) string {
	for i := len(t.inst.Args) - 1; i >= 0; i-- {
		imm, ok := t.inst.Args[i].(x86asm.Imm)
		if !ok {
			continue
		}
		p := int64(uint8(imm))
		if p >= known || len(*args) == 0 || known == 8 && name[0] == 'v' && p&3 == 3 {
			return name
		}
		*args = (*args)[:len(*args)-1]
		at := strings.Index(name, "cmp") + len("cmp")
		if name[0] == 'v' && name[1] == 'p' {
			return name[:at] + integerPredicates[p] + name[at:]
		}
		return name[:at] + predicates[p] + name[at:]
	}
	return name
}

// opNames are the mnemonics that the decoder spells in another way.
//
//nolint:gochecknoglobals // a constant table
var opNames = map[x86asm.Op]string{
	x86asm.MOVSD_XMM: "movsd", x86asm.CMPSD_XMM: "cmpsd", x86asm.XLATB: "xlatb", x86asm.ICEBP: "int1",
	x86asm.LCALL: "call far", x86asm.LJMP: "jmp far", x86asm.LRET: "retf",
	x86asm.PUSHFD: "pushf", x86asm.POPFD: "popf", x86asm.PUSHAD: "pusha", x86asm.POPAD: "popa",
	x86asm.PUSHFQ: "pushf", x86asm.POPFQ: "popf",
}

// args are the operands that a reader wants to see.
func (t *texter) args(in *Instruction) []string {
	var out []string
	if repeats(t.inst.Op) || t.inst.Op == x86asm.XLATB {
		return nil
	}
	for i, a := range t.inst.Args {
		if a == nil {
			break
		}
		switch a := a.(type) {
		case x86asm.Rel:
			in.Branch, in.Target = true, uint64(int64(a))
			continue
		case x86asm.Mem:
			out = append(out, t.memory(a, in))
		case x86asm.Imm:
			out = append(out, t.immediate(a))
		case x86asm.Reg:
			if mask := x86asm.K0 <= a && a <= x86asm.K7; mask && i == 1 && t.masked() {
				out = t.mask(out, a)
				continue
			}
			out = append(out, regName(a))
		default:
			out = append(out, strings.ToLower(a.String()))
		}
	}
	return out
}

// masked reports whether operand 1 is the mask of an AVX-512 instruction rather than an operand.
func (t *texter) masked() bool {
	return t.vector && t.code[t.h.at] == 0x62 && !strings.HasPrefix(t.inst.Op.String(), "K")
}

// mask puts {k1}{z} behind the destination.
func (t *texter) mask(args []string, k x86asm.Reg) []string {
	if k == x86asm.K0 || len(args) == 0 {
		return args
	}
	args[len(args)-1] += "{" + regName(k) + "}"
	if t.inst.Zeroing {
		args[len(args)-1] += "{z}"
	}
	return args
}

// immediate is a constant, cut to the size that it has in the instruction.
func (t *texter) immediate(v x86asm.Imm) string {
	size := 1
	switch t.inst.Op {
	case x86asm.ADD, x86asm.OR, x86asm.ADC, x86asm.SBB, x86asm.AND, x86asm.SUB, x86asm.XOR, x86asm.CMP,
		x86asm.TEST, x86asm.MOV, x86asm.IMUL:
		size = t.operandBytes()
	case x86asm.PUSH:
		size = 8
		if t.h.data16 {
			size = 2
		} else if t.mode32 {
			size = 4
		}
	case x86asm.RET, x86asm.LRET:
		size = 2
	case x86asm.ENTER:
		if v > 0xFF {
			size = 2
		}
	case x86asm.LCALL, x86asm.LJMP:
		size = 4
	default: // a byte of control
	}
	if size < 8 {
		v &= 1<<(8*size) - 1
	}
	if op := t.inst.Opcode >> 24; op == 0xD0 || op == 0xD1 {
		return "1" // it is not among the instruction's bytes
	}
	return fmt.Sprintf("%#x", uint64(v))
}

// operandBytes is the size of the first operand.
func (t *texter) operandBytes() int {
	switch a := t.inst.Args[0].(type) {
	case x86asm.Mem:
		return t.inst.MemBytes
	case x86asm.Reg:
		switch {
		case a >= x86asm.AL && a <= x86asm.R15B:
			return 1
		case a >= x86asm.AX && a <= x86asm.R15W:
			return 2
		case a >= x86asm.EAX && a <= x86asm.R15L:
			return 4
		}
	}
	return 8
}

// memory is an operand in memory.
func (t *texter) memory(m x86asm.Mem, in *Instruction) string {
	moffs := t.inst.Op == x86asm.MOV && t.inst.Opcode>>24 >= 0xA0 && t.inst.Opcode>>24 <= 0xA3
	if !moffs {
		m.Disp = int64(int32(m.Disp)) // trap 1
		if t.inst.AddrSize == 16 {
			m.Disp = int64(int16(m.Disp))
		}
	}
	t.mendVEX(&m)
	if m.Base == x86asm.RIP || m.Base == x86asm.EIP {
		in.Refers, in.Target = true, uint64(m.Disp)
	}
	var base, index string
	if m.Base != 0 {
		base = regName(m.Base)
	}
	if m.Index != 0 && m.Scale != 0 {
		index = regName(m.Index)
	}
	text := t.segment(m) + memoryText(base, index, int(m.Scale), m.Disp, t.mode32)
	if !moffs { // its register says it
		text = sizeNames[t.memBytes()] + text
	}
	if t.inst.Broadcast {
		text += fmt.Sprintf("{1to%d}", t.vectorBytes()/max(t.inst.MemBytes, 1))
	}
	return text
}

// segment is the segment that a prefix names.
func (t *texter) segment(m x86asm.Mem) string {
	if t.inst.Op == x86asm.LEA || m.Segment == 0 && t.h.seg == 0 {
		return ""
	}
	return segmentText(t.h)
}

// mendVEX gives RIP back to operands that are relative to it (trap 19).
func (t *texter) mendVEX(m *x86asm.Mem) {
	if !t.vector || m.Base != 0 || m.Index != 0 || t.mode32 {
		return
	}
	at := t.h.at + map[byte]int{0xC5: 3, 0xC4: 4, 0x62: 5}[t.code[t.h.at]]
	if at < len(t.code) && t.code[at]&0xC7 == 5 {
		m.Base = x86asm.RIP
	}
}

// vectorBytes is the size of the first vector register.
func (t *texter) vectorBytes() int {
	for _, a := range t.inst.Args {
		r, ok := a.(x86asm.Reg)
		switch {
		case !ok:
		case r >= x86asm.X0 && r <= x86asm.X31:
			return 16
		case r >= x86asm.Y0 && r <= x86asm.Y31:
			return 32
		case r >= x86asm.Z0 && r <= x86asm.Z31:
			return 64
		}
	}
	return 0
}

// memBytes is the size of the operand in memory; 0: not told. Trap 7.
func (t *texter) memBytes() int {
	switch t.inst.Op {
	case x86asm.LEA, x86asm.INVLPG, x86asm.FXSAVE, x86asm.FXRSTOR, x86asm.FXSAVE64, x86asm.FXRSTOR64,
		x86asm.FNSAVE, x86asm.FRSTOR, x86asm.FLDENV, x86asm.FNSTENV, x86asm.CLFLUSH:
		return 0
	case x86asm.FBLD, x86asm.FBSTP:
		return 10
	case x86asm.FLD, x86asm.FSTP:
		if t.inst.MemBytes == 0 {
			return 10
		}
	case x86asm.PUSH, x86asm.POP, x86asm.CALL, x86asm.JMP:
		switch {
		case t.h.data16 && (t.inst.Op == x86asm.PUSH || t.inst.Op == x86asm.POP):
			return 2
		case !t.mode32:
			return 8
		}
	default:
	}
	return t.inst.MemBytes
}

// regName is a register's name.
func regName(r x86asm.Reg) string {
	switch {
	case r == x86asm.F0:
		return "st"
	case r > x86asm.F0 && r <= x86asm.F7:
		return fmt.Sprintf("st(%d)", r-x86asm.F0)
	case r >= x86asm.M0 && r <= x86asm.M7:
		return fmt.Sprintf("mm%d", r-x86asm.M0)
	case r >= x86asm.X0 && r <= x86asm.X31:
		return fmt.Sprintf("xmm%d", r-x86asm.X0)
	case r >= x86asm.Y0 && r <= x86asm.Y31:
		return fmt.Sprintf("ymm%d", r-x86asm.Y0)
	case r >= x86asm.Z0 && r <= x86asm.Z31:
		return fmt.Sprintf("zmm%d", r-x86asm.Z0)
	case r >= x86asm.R8L && r <= x86asm.R15L:
		return fmt.Sprintf("r%dd", 8+r-x86asm.R8L)
	case r >= x86asm.SPB && r <= x86asm.DIB:
		return [...]string{"spl", "bpl", "sil", "dil"}[r-x86asm.SPB]
	}
	return strings.ToLower(r.String())
}
