package x86

// This file says how long an instruction that has no meaning is. The processor fetches it whole before it
// raises #UD: at the end of a page it matters whether the next page is touched.

// undefinedLen is the length of the undefined instruction at the start of code, whose opcode is at h.at;
// false when code ends before it does (Intel SDM Vol. 2, appendix A).
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
	n := 2
	switch c[1] {
	case 0x38, 0x3A:
		n = 3
	case 0x04, 0x0A, 0x0C, 0x0E, 0x36, 0x39, 0x3B, 0x3C, 0x3D, 0x3E, 0x3F: // no operands, as far as one can tell
		return h.at + 2, true
	}
	if len(c) < n {
		return 0, false
	}
	return withModRM(c, h, n, mode32)
}

// cutOff reports whether code is the beginning of an instruction that has a meaning.
func cutOff(code []byte, mode32 bool) bool {
	var buf [MaxLen]byte
	copy(buf[:], code)
	inst, ok := decodeInst(buf[:], mode32)
	return ok && inst.Len > len(code)
}

func undefinedOneByte(c []byte, h *header, mode32 bool) (int, bool) {
	switch c[0] {
	case 0x8C, 0x8D, 0x8E, 0x8F, 0xC4, 0xC5, 0xC6, 0xC7, 0xFE, 0xFF, 0x62, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD,
		0xDE, 0xDF:
		return withModRM(c, h, 1, mode32)
	}
	if mode32 || !only32(c[0]) {
		return 0, false
	}
	n := 1
	switch c[0] {
	case 0xD4, 0xD5:
		n = 2
	case 0x9A, 0xEA: // as long as they were in 32-bit code
		n = 7
		if h.data16 {
			n = 5
		}
	case 0x82:
		m, ok := modrmLen(c[1:], false)
		if !ok {
			return 0, false
		}
		n = 2 + m
	}
	return h.at + n, n <= len(c)
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

func withModRM(c []byte, h *header, n int, mode32 bool) (int, bool) {
	m, ok := modrmLen(c[n:], mode32 && h.addr)
	if !ok || n+m > len(c) {
		return 0, false
	}
	return h.at + n + m, true
}
