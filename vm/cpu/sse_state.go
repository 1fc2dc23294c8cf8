package cpu

import (
	"encoding/binary"

	"memlab/vm/x86"
)

// execState executes what concerns MXCSR, the caches and the FXSAVE image.
func (c *CPU) execState(op *x86.Op) {
	switch op.Code {
	case x86.CLFlush:
		c.load8(op, c.ea(op)) // faults as a read does
	case x86.LdMXCSR:
		v := uint32(c.load32(op, c.ea(op)))
		if c.raised {
			return
		}
		if v&^mxcsrMask != 0 {
			c.raise(GeneralProtection, 0)
			return
		}
		c.MXCSR = v
	case x86.StMXCSR:
		c.store32(op, c.ea(op), uint64(c.MXCSR))
	case x86.FXSave:
		c.fxsave(op)
	default: // FXRSTOR
		c.fxrstor(op)
	}
}

// mxcsrMask has the bits of MXCSR that may be set.
const mxcsrMask = 0xffff

// The image of FXSAVE (SDM Vol. 1, 10.5): 512 bytes, of which the last 96 are left alone.
const (
	fxMXCSR     = 24
	fxMXCSRMask = 28
	fxXMM       = 160
)

// FXImage writes the state of the vector registers and of the x87 to img as FXSAVE does. Bytes that FXSAVE
// does not write keep their values. wide is FXSAVE64: the x87's instruction and operand pointers have 64
// bits.
func (c *CPU) FXImage(img *[512]byte, wide bool) {
	c.fxsaveX87(img)
	if wide {
		c.fxsaveWide(img)
	}
	binary.LittleEndian.PutUint32(img[fxMXCSR:], c.MXCSR)
	binary.LittleEndian.PutUint32(img[fxMXCSRMask:], mxcsrMask)
	for i := range c.fxRegs() {
		putVec((*[16]byte)(img[fxXMM+16*i:]), c.X[i])
	}
}

// SetFXImage loads the state that img holds, as FXRSTOR does. It reports false, and changes nothing, if
// reserved bits of MXCSR are set.
func (c *CPU) SetFXImage(img *[512]byte, wide bool) bool {
	mx := binary.LittleEndian.Uint32(img[fxMXCSR:])
	if mx&^mxcsrMask != 0 {
		return false
	}
	c.fxrstorX87(img)
	if wide {
		c.fxrstorWide(img)
	}
	c.MXCSR = mx
	for i := range c.fxRegs() {
		c.X[i] = getVec((*[16]byte)(img[fxXMM+16*i:]))
	}
	return true
}

// fxRegs is the number of vector registers in the image: 32-bit code has eight.
func (c *CPU) fxRegs() int {
	if c.Mode32 {
		return 8
	}
	return 16
}

// imageAligned checks the address of an image: where accesses have to be aligned, to a word first, and then
// to 16 bytes.
func (c *CPU) imageAligned(va uint64) bool {
	if c.system&flagAC != 0 && va&3 != 0 {
		c.raise(AlignmentCheck, 0)
		return false
	}
	return c.aligned(va)
}

// fxsave stores the image. No page is written before all can be.
func (c *CPU) fxsave(op *x86.Op) {
	va := c.ea(op)
	if !c.imageAligned(va) {
		return
	}
	c.fetched(op)
	size := uint64(fxXMM + 16*c.fxRegs())
	for at := uint64(0); at < size; at += 16 {
		// Only the first chunk of a page can fail, and a failing first chunk of all has written nothing.
		if at != 0 && (va+at)&c.MMU.Mask == 0 && !c.canWrite(op, c.beyond(va, at), 16) {
			return
		}
	}
	var img [512]byte
	c.FXImage(&img, op.Cond != 0)
	for at := uint64(0); at < size; at += 16 {
		v := getVec((*[16]byte)(img[at:]))
		c.store128(op, c.beyond(va, at), v)
		if c.raised {
			return
		}
	}
}

func (c *CPU) fxrstor(op *x86.Op) {
	va := c.ea(op)
	if !c.imageAligned(va) {
		return
	}
	c.fetched(op)
	var img [512]byte
	for at := uint64(0); at < uint64(fxXMM+16*c.fxRegs()); at += 16 {
		v := c.load128(op, c.beyond(va, at))
		if c.raised {
			return
		}
		putVec((*[16]byte)(img[at:]), v)
	}
	if !c.SetFXImage(&img, op.Cond != 0) {
		c.raise(GeneralProtection, 0)
	}
}
