package x86

// This file is about bytes that no instruction begins with: whether more of them are needed to be sure (trap
// 2), and how long an instruction is that has no meaning. The processor fetches it whole before it raises
// #UD: at the end of a page it matters whether the next one is touched.

// missing answers for code that does not decode, whose prefixes are h; without are the bytes that tidy left
// out. It returns false when the instruction goes on behind code; otherwise op is one that faults.
func missing(code []byte, h *header, mode32 bool, without int, op *Op) bool {
	op.Code, op.Len, op.Flags = TooLong, 1, FlagEnd
	room := MaxLen - without
	if h.at >= room {
		return len(code) >= room
	}
	if h.at < len(code) {
		short, dropped := reduced(code, h)
		if inst, ok := decodeInst(short[:], mode32); ok {
			return inst.Len+dropped > room && len(code) >= room
		}
	}
	n, whole := undefinedLen(code, h, mode32)
	switch {
	case !whole:
		return len(code) >= room
	case n <= len(code):
		op.Code, op.Len = Undefined, uint8(n+without)
		return true
	}
	return n > room && len(code) >= room
}

// reduced is code with no more prefixes than matter for its length, and zeros behind it; dropped is how many
// are left out.
func reduced(code []byte, h *header) (short [MaxLen]byte, dropped int) {
	n := 0
	keep := func(b byte, yes bool) {
		if yes {
			short[n] = b
			n++
		}
	}
	keep(0x66, h.data16)
	keep(0x67, h.addr)
	keep(h.rep, h.rep != 0)
	keep(h.rex, h.rex != 0)
	dropped = h.at - n
	copy(short[n:], code[h.at:])
	return short, dropped
}

// undefinedLen is the length of the undefined instruction at the start of code, whose opcode is at h.at;
// false when code does not tell (Intel SDM Vol. 2, appendix A).
func undefinedLen(code []byte, h *header, mode32 bool) (int, bool) {
	c := code[h.at:]
	switch {
	case len(c) == 0:
		return 0, false
	case c[0] != 0x0F:
		return undefinedOneByte(c, h, mode32)
	case len(c) < 2:
		return 0, false
	}
	n, imm := 2, 0
	switch c[1] {
	case 0x38:
		n = 3
	case 0x3A:
		n, imm = 3, 1
	case 0x70, 0x71, 0x72, 0x73, 0xA4, 0xAC, 0xBA, 0xC2, 0xC4, 0xC5, 0xC6:
		imm = 1
	case 0x04, 0x0A, 0x0C, 0x0E, 0x36, 0x39, 0x7A, 0x7B, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F:
		return h.at + 2, true // no operands, as far as one can tell
	}
	return withModRM(c, h, n, imm, mode32)
}

func undefinedOneByte(c []byte, h *header, mode32 bool) (int, bool) {
	word := 4
	if h.data16 && h.rex&8 == 0 {
		word = 2
	}
	switch c[0] {
	case 0x8C, 0x8D, 0x8E, 0x8F, 0xFE, 0xFF, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF:
		return withModRM(c, h, 1, 0, mode32)
	case 0xC6:
		return withModRM(c, h, 1, 1, mode32)
	case 0xC7:
		return withModRM(c, h, 1, word, mode32)
	}
	if mode32 || !only32(c[0]) {
		return h.at + 1, c[0] == 0xD6
	}
	switch c[0] { // as long as they were in 32-bit code
	case 0xD4, 0xD5:
		return h.at + 2, true
	case 0x9A, 0xEA:
		return h.at + 3 + word, true
	case 0x82:
		return withModRM(c, h, 1, 1, mode32)
	}
	return h.at + 1, true
}

// only32 reports opcodes that exist in 32-bit code alone.
func only32(b byte) bool {
	switch b {
	case 0x06, 0x07, 0x0E, 0x16, 0x17, 0x1E, 0x1F, 0x27, 0x2F, 0x37, 0x3F, 0x60, 0x61, 0x82, 0x9A, 0xCE, 0xD4,
		0xD5, 0xD6, 0xEA:
		return true
	}
	return false
}

// withModRM is the length of an opcode of n bytes, ModRM with what belongs to it, and imm bytes.
func withModRM(c []byte, h *header, n, imm int, mode32 bool) (int, bool) {
	if len(c) < n {
		return 0, false
	}
	m, ok := modrmLen(c[n:], mode32 && h.addr)
	return h.at + n + m + imm, ok
}
