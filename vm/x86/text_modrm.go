package x86

import (
	le "encoding/binary"
	"fmt"
	"strings"
)

// Names of the integer registers in the encoding's order.
//
//nolint:gochecknoglobals // constant tables
var (
	regNames64 = [16]string{
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	}
	regNames32 = [16]string{
		"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi",
		"r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d",
	}
	regNames16 = [16]string{
		"ax", "cx", "dx", "bx", "sp", "bp", "si", "di",
		"r8w", "r9w", "r10w", "r11w", "r12w", "r13w", "r14w", "r15w",
	}
	pairs16 = [8]string{"bx+si", "bx+di", "bp+si", "bp+di", "si", "di", "bp", "bx"}
)

// hintSize is the size in bytes of an operand that follows 66 and REX.W.
func hintSize(h *header) int {
	switch {
	case h.rex&8 != 0:
		return 8
	case h.data16:
		return 2
	}
	return 4
}

// sizeNames are the words for the sizes of operands in memory.
//
//nolint:gochecknoglobals // a constant table
var sizeNames = map[int]string{
	1: "byte ptr ", 2: "word ptr ", 4: "dword ptr ", 6: "fword ptr ", 8: "qword ptr ", 10: "tbyte ptr ",
	16: "xmmword ptr ", 32: "ymmword ptr ", 64: "zmmword ptr ",
}

// modrm is the operand that ModRM's r/m names, for those instructions that the decoder does not know.
type modrm struct {
	c      []byte // ModRM, SIB, displacement, whole
	h      *header
	mode32 bool
	size   int // of the operand in bytes; 0: not told
}

// disp is the displacement at the operand's end.
func (m *modrm) disp(n int) int64 {
	b := m.c[len(m.c)-n:]
	switch n {
	case 1:
		return int64(int8(b[0]))
	case 2:
		return int64(int16(le.LittleEndian.Uint16(b)))
	case 4:
		return int64(int32(le.LittleEndian.Uint32(b)))
	}
	return 0
}

// relative reports an operand relative to RIP, and how far behind the instruction it lies.
func (m *modrm) relative() (bool, uint64) {
	if m.mode32 || m.c[0]&0xC7 != 5 {
		return false, 0
	}
	return true, uint64(m.disp(4))
}

// operand is the operand's text.
func (m *modrm) operand() string {
	mod, rm := m.c[0]>>6, m.c[0]&7
	if mod == 3 {
		names := map[int]*[16]string{2: &regNames16, 4: &regNames32, 8: &regNames64}[m.size]
		if names == nil {
			names = &regNames32
		}
		return names[rm|m.h.rex&1<<3]
	}
	names := &regNames64
	if m.mode32 != m.h.addr {
		names = &regNames32
	}
	var base, index string
	scale, wide := 1, 4
	switch {
	case m.mode32 && m.h.addr:
		wide = 2
		if mod != 0 || rm != 6 {
			base = pairs16[rm]
		}
	case rm == 4:
		sib := m.c[1]
		if sib&7 != 5 || mod != 0 {
			base = names[sib&7|m.h.rex&1<<3]
		}
		if i := sib>>3&7 | m.h.rex&2<<2; i != 4 {
			index, scale = names[i], 1<<(sib>>6)
		}
	case rm == 5 && mod == 0:
		if !m.mode32 {
			base = map[bool]string{false: "rip", true: "eip"}[m.h.addr]
		}
	default:
		base = names[rm|m.h.rex&1<<3]
	}
	disp := int64(0)
	switch {
	case mod == 1:
		disp = m.disp(1)
	case mod == 2 || base == "" || base == "rip" || base == "eip":
		disp = m.disp(wide)
	}
	return sizeNames[m.size] + segmentText(m.h) + memoryText(base, index, scale, disp, m.mode32)
}

// segmentText is the segment that a prefix names.
func segmentText(h *header) string {
	switch h.seg {
	case 0x26:
		return "es:"
	case 0x2E:
		return "cs:"
	case 0x36:
		return "ss:"
	case 0x3E:
		return "ds:"
	case 0x64:
		return "fs:"
	case 0x65:
		return "gs:"
	}
	return ""
}

// memoryText is an address: [rax+rcx*8-0x10].
func memoryText(base, index string, scale int, disp int64, mode32 bool) string {
	var b strings.Builder
	b.WriteString("[" + base)
	if index != "" {
		if base != "" {
			b.WriteByte('+')
		}
		b.WriteString(index)
		if scale > 1 {
			fmt.Fprintf(&b, "*%d", scale)
		}
	}
	switch {
	case base == "" && index == "" && mode32:
		fmt.Fprintf(&b, "%#x", uint32(disp))
	case base == "" && index == "":
		fmt.Fprintf(&b, "%#x", uint64(disp))
	case disp < 0:
		fmt.Fprintf(&b, "-%#x", uint64(-disp))
	case disp > 0:
		fmt.Fprintf(&b, "+%#x", disp)
	}
	b.WriteByte(']')
	return b.String()
}
