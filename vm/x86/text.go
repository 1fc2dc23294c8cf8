package x86

import (
	"fmt"

	"golang.org/x/arch/x86/x86asm"
)

// Text is the instruction at the start of code, whose address is pc, in Intel's syntax. What does not
// decode comes as "(bad)".
func Text(code []byte, pc uint64, mode32 bool) string {
	var buf [MaxLen]byte
	clean, dropped := tidy(code[:min(len(code), MaxLen)], &buf, mode32)
	var h header
	h.parse(clean, mode32)
	var op Op
	if n := known(clean, &h, mode32, &op); n > 0 {
		return knownText(clean, &h, &op)
	}
	inst, ok := decodeInst(clean, mode32)
	if !ok {
		return "(bad)"
	}
	inst.Len += dropped
	for i, a := range inst.Args { // trap 1; the formatter does not mend it for every width
		if m, ok := a.(x86asm.Mem); ok && (inst.Opcode>>24 < 0xA0 || inst.Opcode>>24 > 0xA3) {
			m.Disp = int64(int32(m.Disp))
			inst.Args[i] = m
		}
	}
	return x86asm.IntelSyntax(inst, pc, nil)
}

// knownText names what known has decoded.
func knownText(code []byte, h *header, op *Op) string {
	c := code[h.at:]
	switch {
	case op.Code == RdSegBase || op.Code == WrSegBase:
		name := map[Code]string{RdSegBase: "rd", WrSegBase: "wr"}[op.Code]
		return fmt.Sprintf("%s%csbase r%d", name, "fg"[op.Imm-SegFS], op.Dst)
	case h.rep == 0xF3 && len(c) > 2 && c[1] == 0x1E && c[2] == 0xFA:
		return "endbr64"
	case h.rep == 0xF3 && len(c) > 2 && c[1] == 0x1E && c[2] == 0xFB:
		return "endbr32"
	case op.Code == Nop:
		return "nop"
	case op.Code == Salc:
		return "salc"
	}
	return "(bad)"
}
