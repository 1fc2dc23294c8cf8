package x86

// header is what stands before an instruction's opcode, and where the opcode is.
type header struct {
	lock   bool
	rep    byte // 0xF2, 0xF3 or 0: the last one
	data16 bool
	addr   bool // 67
	seg    byte // the last segment prefix; 0: none
	rex    byte
	cs     bool // 2E is the last segment override
	at     int  // of the first opcode byte
}

// legacyPrefix reports whether b is a prefix in both modes.
func legacyPrefix(b byte) bool {
	switch b {
	case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3:
		return true
	}
	return false
}

// tidy copies code into buf without the REX prefixes that another prefix follows, which the processor
// ignores and the decoder cannot take (trap 14). It returns the bytes and how many were left out.
func tidy(code []byte, buf *[15]byte, mode32 bool) (clean []byte, dropped int) {
	n, i := 0, 0
	for i < len(code) && n < len(buf) {
		b := code[i]
		rex := !mode32 && b&0xF0 == 0x40
		if !rex && !legacyPrefix(b) {
			break
		}
		if rex {
			rest := code[i+1:]
			if len(rest) == 0 || !legacyPrefix(rest[0]) && rest[0]&0xF0 != 0x40 {
				break
			}
			dropped++
			i++
			continue
		}
		buf[n] = b
		n++
		i++
	}
	n += copy(buf[n:], code[i:])
	return buf[:n], dropped
}

// parse reads the prefixes of code.
func (h *header) parse(code []byte, mode32 bool) {
	for i, b := range code {
		h.at = i
		switch b {
		case 0xF0:
			h.lock = true
		case 0xF2, 0xF3:
			h.rep = b
		case 0x66:
			h.data16 = true
		case 0x67:
			h.addr = true
		case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65:
			h.cs = b == 0x2E
			h.seg = b
		default:
			if !mode32 && b&0xF0 == 0x40 {
				h.rex = b
				h.at++
			}
			return
		}
	}
	h.at = len(code)
}

// modrmLen is the number of bytes of ModRM, SIB and displacement at the start of b; false when b is too
// short to tell.
func modrmLen(b []byte, addr16 bool) (int, bool) {
	if len(b) == 0 {
		return 0, false
	}
	mod, rm := b[0]>>6, b[0]&7
	if mod == 3 {
		return 1, true
	}
	if addr16 {
		switch {
		case mod == 1:
			return 2, true
		case mod == 2 || rm == 6:
			return 3, true
		}
		return 1, true
	}
	n := 1
	base := rm
	if rm == 4 {
		if len(b) < 2 {
			return 0, false
		}
		base = b[1] & 7
		n++
	}
	switch {
	case mod == 1:
		n++
	case mod == 2 || base == 5:
		n += 4
	}
	return n, true
}
