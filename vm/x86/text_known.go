package x86

import "fmt"

// textOnly names what the decoder does not know, or takes for something else (traps 3 to 5, 11 and 19).
func textOnly(code []byte, h *header, mode32 bool) (Instruction, bool) {
	c := code[h.at:]
	switch {
	case len(c) < 2:
		return Instruction{}, false
	case c[0] == 0xC5 && len(c) >= 3 && c[1]&0x7B == 0x78 && c[2] == 0x77 && (!mode32 || c[1] >= 0xC0):
		name := "vzeroupper"
		if c[1]&4 != 0 {
			name = "vzeroall"
		}
		return Instruction{Len: h.at + 3, Text: name}, true
	case c[0] == 0xDB && (c[1] == 0xE0 || c[1] == 0xE1 || c[1] == 0xE4):
		name := map[byte]string{
			0xE0: "fneni(8087 only)", 0xE1: "fndisi(8087 only)", 0xE4: "fnsetpm(287 only)",
		}[c[1]]
		return Instruction{Len: h.at + 2, Text: name}, true
	case c[0] != 0x0F:
		return Instruction{}, false
	}
	return textOnly0F(c[1:], h, mode32)
}

// textOnly0F names two-byte opcodes; c begins at the second byte.
func textOnly0F(c []byte, h *header, mode32 bool) (Instruction, bool) {
	fixed := func(n int, text string) (Instruction, bool) {
		return Instruction{Len: h.at + 1 + n, Text: text}, true
	}
	switch {
	case h.rep == 0xF3 && len(c) >= 2 && c[0] == 0x1E && c[1] == 0xFA:
		return fixed(2, "endbr64")
	case h.rep == 0xF3 && len(c) >= 2 && c[0] == 0x1E && c[1] == 0xFB:
		return fixed(2, "endbr32")
	case h.rep == 0xF3 && len(c) >= 2 && c[0] == 0x1E && c[1] >= 0xC0 && c[1]>>3&7 == 1:
		return fixed(2, "rdssp"+shadowSize(h)+" "+wordReg(c[1]&7|h.rex&1<<3, h))
	case c[0] == 0x77 && !h.data16 && h.rep == 0:
		return fixed(1, "emms")
	case len(c) < 2:
	case c[0] == 0x01 && c[1] == 0xEE && h.rep == 0 && !h.data16:
		return fixed(2, "rdpkru")
	case c[0] == 0x01 && c[1] == 0xEF && h.rep == 0 && !h.data16:
		return fixed(2, "wrpkru")
	case c[0] == 0xC7 && c[1] >= 0xF8 && h.rep == 0:
		return fixed(2, "rdseed "+modrmReg(c[1], h))
	case c[0] == 0xC7 && c[1] >= 0xF8 && h.rep == 0xF3 && !mode32:
		return fixed(2, "rdpid "+regNames64[c[1]&7|h.rex&1<<3])
	case c[0] == 0x38 && c[1] == 0xF6 && len(c) > 2 && (h.data16 || h.rep == 0xF3):
		return carryAdd(c[2:], h, mode32)
	case c[0] == 0xAE:
		return textGroup15(c[1:], h, mode32)
	case c[0] == 0x0D || c[0] >= 0x18 && c[0] <= 0x1F:
		return hint(c[0], c[1:], h, mode32)
	}
	return Instruction{}, false
}

// shadowSize is the suffix of the instructions of the shadow stack.
func shadowSize(h *header) string {
	if h.rex&8 != 0 {
		return "q"
	}
	return "d"
}

// wordReg names register n with 64 bits if there is REX.W, or else 32.
func wordReg(n byte, h *header) string {
	if h.rex&8 != 0 {
		return regNames64[n]
	}
	return regNames32[n]
}

// carryAdd names ADCX and ADOX; c begins at ModRM.
func carryAdd(c []byte, h *header, mode32 bool) (Instruction, bool) {
	n, ok := modrmLen(c, mode32 && h.addr)
	if !ok || n > len(c) {
		return Instruction{}, false
	}
	name := "adcx "
	if h.rep == 0xF3 {
		name = "adox "
	}
	m := modrm{c: c[:n], h: h, mode32: mode32, size: 4}
	if h.rex&8 != 0 {
		m.size = 8
	}
	in := Instruction{Len: h.at + 3 + n, Text: name + wordReg(c[0]>>3&7|h.rex&4<<1, h) + ", " + m.operand()}
	in.Refers, in.Target = m.relative()
	return in, true
}

// modrmReg is the register that ModRM's r/m names.
func modrmReg(b byte, h *header) string {
	m := modrm{c: []byte{b}, h: h, size: hintSize(h)}
	return m.operand()
}

// hint names prefetches and reserved NOPs; c begins at ModRM.
func hint(opcode byte, c []byte, h *header, mode32 bool) (Instruction, bool) {
	r := c[0] >> 3 & 7
	name := "nop"
	switch {
	case opcode == 0x0D && c[0] < 0xC0:
		name = "prefetch"
		if r == 1 || r == 2 {
			name = [...]string{1: "prefetchw", 2: "prefetchwt1"}[r]
		}
	case opcode == 0x18 && c[0] < 0xC0 && r < 4:
		name = [...]string{"prefetchnta", "prefetcht0", "prefetcht1", "prefetcht2"}[r]
	case opcode == 0x1C && c[0] < 0xC0 && r == 0 && h.rep == 0 && !h.data16:
		name = "cldemote"
	case opcode >= 0x1A && opcode <= 0x1B && !mode32:
		if n := boundName(opcode, c[0], h); n != "" {
			name = n
		}
	}
	n, ok := modrmLen(c, mode32 && h.addr)
	if !ok || n > len(c) {
		return Instruction{}, false
	}
	in := Instruction{Len: h.at + 2 + n}
	m := modrm{c: c[:n], h: h, mode32: mode32, size: hintSize(h)}
	switch {
	case name == "nop":
		in.Text = name + " " + m.operand()
	case c[0] >= 0xC0:
		in.Text = name + " " + m.operand()
	default:
		m.size = 0
		in.Text = name + " " + m.operand()
	}
	in.Refers, in.Target = m.relative()
	return in, true
}

// boundName names the instructions of MPX that programs of its time have; "": a NOP.
func boundName(opcode, modrm byte, h *header) string {
	switch {
	case opcode == 0x1A && h.rep == 0xF3:
		return "bndcl " + boundReg(modrm) + ","
	case opcode == 0x1A && h.rep == 0xF2:
		return "bndcu " + boundReg(modrm) + ","
	case opcode == 0x1B && h.rep == 0xF3 && modrm < 0xC0:
		return "bndmk " + boundReg(modrm) + ","
	case opcode == 0x1B && h.rep == 0xF2:
		return "bndcn " + boundReg(modrm) + ","
	case opcode == 0x1A && h.data16:
		return "bndmov " + boundReg(modrm) + ","
	}
	return ""
}

func boundReg(modrm byte) string { return fmt.Sprintf("bnd%d", modrm>>3&3) }

const ptwrite = "ptwrite"

// textGroup15 names the forms of 0F AE by prefix, mod and /r; c begins at ModRM.
func textGroup15(c []byte, h *header, mode32 bool) (Instruction, bool) {
	r, memory := c[0]>>3&7, c[0] < 0xC0
	name, reg := "", false
	switch {
	case memory && h.rep == 0xF3:
		name = map[byte]string{4: ptwrite, 6: "clrssbsy"}[r]
	case memory && h.data16:
		name = map[byte]string{6: "clwb", 7: "clflushopt"}[r]
	case memory && h.rep == 0:
		name = [...]string{
			"fxsave", "fxrstor", "ldmxcsr", "stmxcsr", "xsave", "xrstor", "xsaveopt", "clflush",
		}[r]
		if h.rex&8 != 0 && r != 2 && r != 3 && r != 7 {
			name += "64"
		}
	case memory:
	case h.rep == 0xF3 && !mode32 && r < 4:
		name, reg = [...]string{"rdfsbase", "rdgsbase", "wrfsbase", "wrgsbase"}[r], true
	case h.rep == 0xF3 && r == 4:
		name, reg = ptwrite, true
	case h.rep == 0xF3 && r == 5:
		name, reg = "incssp"+shadowSize(h), true
	case h.rep == 0xF3 && r == 6:
		name, reg = "umonitor", true
	case h.rep == 0xF2 && r == 6:
		name, reg = "umwait", true
	case h.data16 && r == 6:
		name, reg = "tpause", true
	case h.rep == 0 && !h.data16 && r >= 5:
		return Instruction{Len: h.at + 3, Text: [...]string{5: "lfence", 6: "mfence", 7: "sfence"}[r]}, true
	}
	n, ok := modrmLen(c, mode32 && h.addr)
	if name == "" || !ok || n > len(c) || h.lock {
		return Instruction{Len: min(1, len(c)), Text: Bad}, true
	}
	in := Instruction{Len: h.at + 2 + n}
	if reg {
		in.Text = name + " " + wordReg(c[0]&7|h.rex&1<<3, h)
		if name == "umonitor" && !mode32 {
			in.Text = name + " " + regNames64[c[0]&7|h.rex&1<<3]
		}
		return in, true
	}
	m := modrm{c: c[:n], h: h, mode32: mode32, size: map[string]int{"ldmxcsr": 4, "stmxcsr": 4}[name]}
	if name == ptwrite {
		m.size = hintSize(h)
	}
	in.Text = name + " " + m.operand()
	in.Refers, in.Target = m.relative()
	return in, true
}
