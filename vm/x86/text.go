package x86

import (
	"fmt"

	"golang.org/x/arch/x86/x86asm"
)

// Bad is the text of bytes that no instruction begins with.
const Bad = "(bad)"

// Instruction is one disassembled instruction. It may be one that memlab does not execute: AVX and its
// successors have names here, too.
type Instruction struct {
	Len    int    // in bytes, at least 1 if there was any; of Bad always 1
	Text   string // in Intel's syntax, or Bad
	Branch bool   // a near branch to Target, which Text ends with
	Refers bool   // has an operand relative to RIP, which lies at Target
	Target uint64
}

// WithNames is the text with what name says of the target: "call 0x401030 <main>", and for an operand
// relative to RIP "lea rdi, [rip+0xe2a] # 0x405004 <table+0x4>". An empty name is left out.
func (in *Instruction) WithNames(name func(va uint64) string) string {
	if !in.Branch && !in.Refers {
		return in.Text
	}
	text := in.Text
	if in.Refers {
		text += fmt.Sprintf(" # %#x", in.Target)
	}
	if s := name(in.Target); s != "" {
		text += " <" + s + ">"
	}
	return text
}

// Text is the instruction at the start of code, whose address is pc, in Intel's syntax. What does not
// decode comes as Bad.
func Text(code []byte, pc uint64, mode32 bool) string {
	in := Disassemble(code, pc, mode32)
	return in.Text
}

// Disassemble names the instruction at the start of code, whose address is pc. code should have MaxLen bytes
// if there are so many: an instruction that it cuts off is Bad.
//
// Lengths and texts are those of objdump -d -M intel (binutils 2.40), but for the following.
//
// Spelling: lower case throughout, a blank behind each comma, no "*1", no displacement of 0 and no index that
// is none (eiz); string instructions by their short names (movsb, rep stosq); the size of what is only an
// address (lea, fxsave, prefetch) is left out.
//
// Meaning: FWAIT stands alone (fstcw is fwait and fnstcw); a prefix 66 at a near branch of 64-bit code is
// ignored, as Intel's processors do; redundant prefixes are not shown, and so are no hints of branches; what
// the decoder does not know (FMA4, XOP, AMX, a few of AVX-512 and of the system's instructions) is Bad, one
// byte at a time.
func Disassemble(code []byte, pc uint64, mode32 bool) Instruction {
	var buf [MaxLen]byte
	code = code[:min(len(code), MaxLen)]
	clean, dropped := tidy(code, &buf, mode32)
	var h header
	h.parse(clean, mode32)
	if in, ok := textOnly(clean, &h, mode32); ok {
		in.Len += dropped
		in.place(pc, mode32)
		return in
	}
	if h.at < len(clean) {
		alias(clean[h.at:], mode32)
	}
	inst, ok := decodeInst(clean, mode32)
	if !ok || invalidPrefix(&inst) {
		return Instruction{Len: min(1, len(code)), Text: Bad}
	}
	t := texter{inst: &inst, h: &h, mode32: mode32, code: clean[:inst.Len]}
	in := t.instruction()
	in.Len = inst.Len + dropped
	in.place(pc, mode32)
	return in
}

// place turns Target, which is the distance from the instruction's end, into an address.
func (in *Instruction) place(pc uint64, mode32 bool) {
	if !in.Branch && !in.Refers {
		return
	}
	in.Target += pc + uint64(in.Len)
	if mode32 {
		in.Target &= 0xFFFFFFFF
	}
	if in.Branch {
		in.Text += fmt.Sprintf(" %#x", in.Target)
	}
}

// invalidPrefix reports a LOCK that the instruction does not take (trap 10).
func invalidPrefix(inst *x86asm.Inst) bool {
	for _, p := range inst.Prefix {
		if p == 0 || p.IsVEX() || p.IsEVEX() {
			return false
		}
		if p&x86asm.PrefixInvalid != 0 {
			return true
		}
	}
	return false
}
