package cpu

// What a signal frame holds of the processor, for the kernel.

// FXSave writes the image of FXSAVE64.
func (c *CPU) FXSave(image *[512]byte) { c.FXImage(image, !c.Mode32) }

// FXRestore loads the image of FXRSTOR64; false if it has reserved bits of MXCSR set, and nothing is changed
// then.
func (c *CPU) FXRestore(image *[512]byte) bool { return c.SetFXImage(image, !c.Mode32) }

// ResetFPU puts the x87 and SSE units into the state in which a program and a signal handler begin.
func (c *CPU) ResetFPU() {
	c.fpu = x87{}
	c.fpu.init()
	c.X = [16]Vec{}
	c.MXCSR = 0x1F80
}
