package cpu

// What a signal frame holds of the processor, and what the kernel sets of it, between two runs.

// FXSave writes the image of FXSAVE64, with all registers: the kernel is 64-bit code.
func (c *CPU) FXSave(image *[512]byte) {
	mode := c.Mode32
	c.Mode32 = false
	c.FXImage(image, true)
	c.Mode32 = mode
}

// FXRestore loads the image of FXRSTOR64; false if it has reserved bits of MXCSR set, and nothing is changed
// then.
func (c *CPU) FXRestore(image *[512]byte) bool {
	mode := c.Mode32
	c.Mode32 = false
	ok := c.SetFXImage(image, true)
	c.Mode32 = mode
	return ok
}

// ResetFPU puts the x87 and SSE units into the state in which a program and a signal handler begin.
func (c *CPU) ResetFPU() {
	c.fpu = x87{}
	c.fpu.init()
	c.X = [16]Vec{}
	c.MXCSR = 0x1F80
}

// SetMode makes the program go on as 32-bit or as 64-bit code: CS holds Linux's segment for it. What was in
// the upper halves of the registers is lost on the way to 32-bit code (SDM Vol. 1, 3.4.1.1, leaves it open).
func (c *CPU) SetMode(mode32 bool) {
	c.Sel[SegCS] = selectorCode64
	if mode32 {
		c.Sel[SegCS] = selectorCode32
		for i := range 8 {
			c.Regs[i] = uint64(uint32(c.Regs[i]))
		}
		c.RIP = uint64(uint32(c.RIP))
	}
	c.Mode32 = mode32
}

// SetSegment loads a segment register other than CS as the kernel does: with a null selector where the
// instruction would be refused.
func (c *CPU) SetSegment(seg int, sel uint16) {
	d, ok := c.descriptor(uint64(sel))
	if null(uint64(sel)) {
		d = descriptor{}
	} else if !ok {
		sel, d = 0, descriptor{}
	}
	c.Sel[seg] = sel
	switch seg {
	case SegFS:
		c.FSBase = uint64(d.base)
	case SegGS:
		c.GSBase = uint64(d.base)
	}
}

// SetTLS sets an entry of the descriptor table; segment registers that hold its selector see it at once.
func (c *CPU) SetTLS(i int, e TLSEntry) {
	c.TLS[i] = e
	for _, seg := range [...]int{SegES, SegDS, SegFS, SegGS} {
		if sel := c.Sel[seg]; int(sel>>3) == firstTLS+i && sel&4 == 0 {
			c.SetSegment(seg, sel)
		}
	}
}
