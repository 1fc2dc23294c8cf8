package x86

import "golang.org/x/arch/x86/x86asm"

// MaxLen is the most bytes that an instruction may have (Intel SDM Vol. 2, 2.3.11).
const MaxLen = 15

// Decode translates the instruction at the start of code. off is its distance from the start of the block
// that it becomes part of. code should reach to the end of the page: Decode looks at no more than it needs.
// It returns false when the instruction goes on behind code; given MaxLen bytes it never does.
//
// Whatever the bytes are, the result is an Op: one that raises #UD or #GP, or ends the run, if that is what
// they do.
func Decode(code []byte, off uint16, mode32 bool) (Op, bool) {
	var buf [MaxLen]byte
	code = code[:min(len(code), MaxLen)]
	clean, dropped := tidy(code, &buf, mode32)
	op := Op{Off: off, Base: RZero, Index: RZero, Dst: RZero, Src: RZero}
	var h header
	h.parse(clean, mode32)
	switch n := known(clean, &h, mode32, &op); {
	case n < 0:
		ok := missing(clean, &h, mode32, dropped, &op)
		return op, ok
	case n > 0:
		op.Len = uint8(n + dropped)
		return op, true
	}
	inst, ok := decodeInst(clean, mode32)
	if !ok {
		ok = missing(clean, &h, mode32, dropped, &op)
		return op, ok
	}
	op.Len = uint8(inst.Len + dropped)
	translate(&inst, clean[:inst.Len], &h, &op)
	return op, true
}

// decodeInst is x86asm's Decode with its failures made plain: trap 2, an error that is no error and an Op
// of 0.
func decodeInst(code []byte, mode32 bool) (x86asm.Inst, bool) {
	mode := 64
	if mode32 {
		mode = 32
	}
	inst, err := x86asm.Decode(code, mode)
	return inst, err == nil && inst.Op != 0
}

// known handles what the decoder must not see, and rewrites in place what it knows under another encoding.
// It returns the length of the instruction if op is complete, 0 if the decoder is to go on, and -1 if bytes
// are missing.
func known(code []byte, h *header, mode32 bool, op *Op) int {
	c := code[h.at:]
	if len(c) == 0 {
		return -1
	}
	switch c[0] {
	case 0x0F:
		if len(c) < 2 {
			return -1
		}
		return known0F(c[1:], h, mode32, op)
	case 0xC4, 0xC5, 0x62:
		return knownVEX(c, h, mode32, op)
	}
	if mode32 && c[0] == 0xD6 && !h.lock {
		op.Code, op.Size = Salc, 1
		return h.at + 1
	}
	alias(c, mode32)
	if len(c) >= 2 && c[0] == 0xDB && (c[1] == 0xE0 || c[1] == 0xE1 || c[1] == 0xE4) {
		op.Code = Nop // trap 5: FNENI, FNDISI, FNSETPM of the 8087 and 80287
		return h.at + 2
	}
	return 0
}

// knownVEX refuses VEX and EVEX: no CPUID bit promises them (trap 19). In 32-bit code the same bytes are
// LES, LDS and BOUND unless the second has its upper bits set.
func knownVEX(c []byte, h *header, mode32 bool, op *Op) int {
	if len(c) < 2 {
		return -1
	}
	if mode32 && c[1] < 0xC0 {
		return 0
	}
	op.Flags |= FlagEnd
	op.Code = Undefined
	return h.at + 1
}

// known0F handles the two-byte opcodes that the decoder does not know or confuses; c begins at the second
// byte.
func known0F(c []byte, h *header, mode32 bool, op *Op) int {
	switch {
	case c[0] >= 0x18 && c[0] <= 0x1F || c[0] == 0x0D:
		// Traps 3, 4, 5: prefetches, hint NOPs, ENDBR, RDSSP. None accesses memory or changes a register.
		n, ok := modrmLen(c[1:], mode32 && h.addr)
		if !ok || h.at+2+n > h.at+1+len(c) {
			return -1
		}
		op.Code = Nop
		if h.lock {
			op.Code, op.Flags = Undefined, FlagEnd
		}
		return h.at + 2 + n
	case c[0] == 0xAE:
		if len(c) < 2 {
			return -1
		}
		return known0FAE(c[1], h, mode32, op)
	case c[0] == 0x24 || c[0] == 0x26:
		op.Code, op.Flags = Undefined, FlagEnd // trap 12: the test registers of the 80486
		return h.at + 2
	case c[0] == 0x77 && (h.data16 || h.rep != 0):
		op.Code, op.Flags = Undefined, FlagEnd // trap 12: EMMS takes no prefix
		return h.at + 2
	}
	return 0
}

// known0FAE decides group 15 by prefix, mod and /r (trap 11). What is left to the decoder is FXSAVE,
// FXRSTOR, LDMXCSR, STMXCSR and CLFLUSH.
func known0FAE(modrm byte, h *header, mode32 bool, op *Op) int {
	r := modrm >> 3 & 7
	plain := h.rep == 0 && !h.data16
	n := h.at + 3
	switch {
	case h.lock:
	case modrm < 0xC0 && plain && (r < 4 || r == 7):
		return 0
	case modrm >= 0xC0 && plain && r >= 5:
		op.Code = Nop // LFENCE, MFENCE, SFENCE: nothing here is out of order
		return n
	case modrm >= 0xC0 && h.rep == 0xF3 && r < 4 && !mode32:
		op.Code = RdSegBase
		if r >= 2 {
			op.Code = WrSegBase
		}
		op.Imm = int64(SegFS + r&1)
		op.Dst = modrm&7 | h.rex&1<<3
		op.Size = 4
		if h.rex&8 != 0 {
			op.Size = 8
		}
		return n
	}
	op.Code, op.Flags = Undefined, FlagEnd
	return n
}

// alias rewrites encodings that the decoder rejects into those of the same instruction that it knows (trap
// 6).
func alias(c []byte, mode32 bool) {
	if len(c) < 2 {
		if len(c) == 1 && c[0] == 0x82 && mode32 {
			c[0] = 0x80
		}
		return
	}
	r := c[1] >> 3 & 7
	switch c[0] {
	case 0xF6, 0xF7: // TEST
		if r == 1 {
			c[1] &^= 0x38
		}
	case 0xC0, 0xC1, 0xD0, 0xD1, 0xD2, 0xD3: // SAL
		if r == 6 {
			c[1] = c[1]&^0x38 | 4<<3
		}
	case 0x82:
		if mode32 {
			c[0] = 0x80
		}
	case 0xD9, 0xDC, 0xDD, 0xDE, 0xDF:
		if c[1] >= 0xC0 {
			aliasX87(c, r)
		}
	}
}

// aliasX87 rewrites FSTP1, FCOM2, FCOMP3, FXCH4, FCOMP5, FXCH7, FSTP8 and FSTP9.
func aliasX87(c []byte, r byte) {
	i := c[1] & 7
	switch {
	case c[0] == 0xDC && r == 2:
		c[0], c[1] = 0xD8, 0xD0|i
	case c[0] == 0xDC && r == 3, c[0] == 0xDE && r == 2:
		c[0], c[1] = 0xD8, 0xD8|i
	case c[0] == 0xDD && r == 1, c[0] == 0xDF && r == 1:
		c[0], c[1] = 0xD9, 0xC8|i
	case c[0] == 0xDF && (r == 2 || r == 3), c[0] == 0xD9 && r == 3:
		c[0], c[1] = 0xDD, 0xD8|i
	}
}
