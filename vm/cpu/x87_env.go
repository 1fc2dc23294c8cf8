package cpu

import (
	"encoding/binary"

	"memlab/vm/cpu/f80"
	"memlab/vm/x86"
)

// This file is about the images of the x87 state in memory (SDM Vol. 1, 8.1.10): an environment of seven
// words of 32 bits, or of 16 with a prefix 66, and for FNSAVE and FRSTOR the eight registers of 80 bits
// behind it.

const maxImage = 28 + 80

// environment fills b with the environment, in words of size bytes (2 or 4).
func (f *x87) environment(b []byte, size int) {
	words := [7]uint32{
		uint32(f.control), uint32(f.word()), uint32(f.tags()),
		uint32(f.fip), uint32(f.fcs) | uint32(f.fop)<<16, uint32(f.fdp), uint32(f.fds),
	}
	for i, w := range words {
		if size == 2 {
			binary.LittleEndian.PutUint16(b[2*i:], uint16(w))
			continue
		}
		if i < 3 || i == 6 {
			w |= 0xffff0000
		}
		binary.LittleEndian.PutUint32(b[4*i:], w)
	}
}

// setEnvironment is the opposite of environment.
func (f *x87) setEnvironment(b []byte, size int) {
	var words [7]uint32
	for i := range words {
		if size == 2 {
			words[i] = uint32(binary.LittleEndian.Uint16(b[2*i:]))
		} else {
			words[i] = binary.LittleEndian.Uint32(b[4*i:])
		}
	}
	f.control = uint16(words[0])&fcwBits | fcwFixed
	f.setWord(uint16(words[1]))
	f.setTags(uint16(words[2]))
	f.fip, f.fcs, f.fop = uint64(words[3]), uint16(words[4]), uint16(words[4]>>16)&fopMask
	f.fdp, f.fds = uint64(words[5]), uint16(words[6])
}

// image fills b, of 94 or 108 bytes, with what FNSAVE writes.
func (f *x87) image(b []byte) {
	f.environment(b, (len(b)-80)/7)
	for i, at := uint8(0), len(b)-80; i < 8; i, at = i+1, at+10 {
		v := f.st(i)
		binary.LittleEndian.PutUint64(b[at:], v.Man)
		binary.LittleEndian.PutUint16(b[at+8:], v.SE)
	}
}

// setImage is the opposite of image.
func (f *x87) setImage(b []byte) {
	f.setEnvironment(b, (len(b)-80)/7)
	for i, at := uint8(0), len(b)-80; i < 8; i, at = i+1, at+10 {
		f.reg[f.index(i)] = f80.F80{
			Man: binary.LittleEndian.Uint64(b[at:]),
			SE:  binary.LittleEndian.Uint16(b[at+8:]),
		}
	}
}

// x87Stenv is FNSTENV, which masks all exceptions after.
func (c *CPU) x87Stenv(op *x86.Op) {
	var buf [maxImage]byte
	b := buf[:op.Size]
	c.fpu.environment(b, len(b)/7)
	if c.x87Write(op, b) {
		c.fpu.setControl(c.fpu.control | fswFlags)
	}
}

// x87Save is FNSAVE, which resets the unit after.
func (c *CPU) x87Save(op *x86.Op) {
	var buf [maxImage]byte
	b := buf[:op.Size]
	c.fpu.image(b)
	if c.x87Write(op, b) {
		c.fpu.init()
	}
}

// x87Ldenv is FLDENV.
func (c *CPU) x87Ldenv(op *x86.Op) {
	var buf [maxImage]byte
	b := buf[:op.Size]
	if c.x87Read(op, b) {
		c.fpu.setEnvironment(b, len(b)/7)
	}
}

// x87Rstor is FRSTOR.
func (c *CPU) x87Rstor(op *x86.Op) {
	var buf [maxImage]byte
	b := buf[:op.Size]
	if c.x87Read(op, b) {
		c.fpu.setImage(b)
	}
}

// x87Part is the size of the accesses that an image is read and written by: 4 or 2 bytes (the last).
func x87Part(rest int) uint8 {
	if rest >= 4 {
		return 4
	}
	return 2
}

// x87Address is the address of the byte at in the operand that begins at va.
func (c *CPU) x87Address(va uint64, at int) uint64 {
	va += uint64(at)
	if c.Mode32 {
		return uint64(uint32(va))
	}
	return va
}

func (c *CPU) x87Read(op *x86.Op, b []byte) bool {
	c.fetched(op)
	va := c.ea(op)
	for at := 0; at < len(b); {
		n := x87Part(len(b) - at)
		v := c.load(op, c.x87Address(va, at), n)
		if c.raised {
			return false
		}
		if n == 4 {
			binary.LittleEndian.PutUint32(b[at:], uint32(v))
		} else {
			binary.LittleEndian.PutUint16(b[at:], uint16(v))
		}
		at += int(n)
	}
	return true
}

// x87Write writes b, or nothing: when it reaches into another page, that is asked for first.
func (c *CPU) x87Write(op *x86.Op, b []byte) bool {
	c.fetched(op)
	va := c.ea(op)
	shift, mask := c.MMU.Shift, c.MMU.Mask
	for at := len(b) - 1; at > 0; {
		end := c.x87Address(va, at)
		if end>>shift == va>>shift {
			break
		}
		if !c.canWrite(op, end, 1) {
			return false
		}
		at -= int(end&mask) + 1
	}
	for at := 0; at < len(b); {
		n := x87Part(len(b) - at)
		v := uint64(binary.LittleEndian.Uint16(b[at:]))
		if n == 4 {
			v = uint64(binary.LittleEndian.Uint32(b[at:]))
		}
		c.store(op, c.x87Address(va, at), n, v)
		if c.raised {
			return false
		}
		at += int(n)
	}
	return true
}
