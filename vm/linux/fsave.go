package linux

import (
	"encoding/binary"

	"memlab/vm/cpu"
)

// An i386 frame holds the x87's state twice: as FXSAVE writes it, and before that as FNSAVE would, which is
// what counts when the handler returns (arch/x86/kernel/fpu/regset.c, convert_from_fxsr, convert_to_fxsr).

// Places in FNSAVE's image, and of the same in FXSAVE's.
const (
	fsaveTags  = 8
	fsaveIP    = 12
	fsaveCS    = 16
	fsaveDP    = 20
	fsaveDS    = 24
	fsaveRegs  = 28
	fsaveFSW   = 108 // the status word again; behind it a magic number, 0 for "an FXSAVE image follows"
	fxsaveTags = 4
	fxsaveFOP  = 6
	fxsaveIP   = 8
	fxsaveDP   = 16
	fxsaveRegs = 32
)

// fsaveHeader is FNSAVE's image of what fx holds, with the two words behind it.
func (t *Task) fsaveHeader(fx *[fxSize]byte) (b [fsaveSize32]byte) {
	le := binary.LittleEndian
	const upper = 0xffff0000
	status := le.Uint16(fx[2:])
	le.PutUint32(b[0:], upper|uint32(le.Uint16(fx[0:])))
	le.PutUint32(b[4:], upper|uint32(status))
	le.PutUint32(b[fsaveTags:], upper|uint32(fullTags(fx)))
	le.PutUint32(b[fsaveIP:], le.Uint32(fx[fxsaveIP:]))
	le.PutUint32(b[fsaveCS:], uint32(t.CPU.Sel[cpu.SegCS]))
	le.PutUint32(b[fsaveDP:], le.Uint32(fx[fxsaveDP:]))
	le.PutUint32(b[fsaveDS:], upper|uint32(t.CPU.Sel[cpu.SegDS]))
	for i := range 8 {
		copy(b[fsaveRegs+10*i:][:10], fx[fxsaveRegs+16*i:])
	}
	le.PutUint16(b[fsaveFSW:], status)
	return b
}

// mergeFSave puts the state of FNSAVE's image b into fx.
func mergeFSave(fx *[fxSize]byte, b []byte) {
	le := binary.LittleEndian
	copy(fx[0:2], b[0:2])
	copy(fx[2:4], b[4:6])
	tags := le.Uint16(b[fsaveTags:])
	fx[fxsaveTags] = 0
	for i := range 8 {
		if tags>>(2*i)&3 != 3 {
			fx[fxsaveTags] |= 1 << i
		}
		copy(fx[fxsaveRegs+16*i:][:10], b[fsaveRegs+10*i:])
	}
	copy(fx[fxsaveFOP:], b[fsaveCS+2:fsaveCS+4])
	le.PutUint64(fx[fxsaveIP:], uint64(le.Uint32(b[fsaveIP:])))
	le.PutUint64(fx[fxsaveDP:], uint64(le.Uint32(b[fsaveDP:])))
}

// fullTags makes the tag word, of two bits a register, from FXSAVE's one bit and what the registers hold
// (SDM Vol. 1, 8.1.7).
func fullTags(fx *[fxSize]byte) (tags uint16) {
	const valid, zero, special, empty = 0, 1, 2, 3
	top := int(binary.LittleEndian.Uint16(fx[2:]) >> 11 & 7)
	for i := range 8 {
		st := fx[fxsaveRegs+16*((i-top)&7):]
		significand, exponent := binary.LittleEndian.Uint64(st), binary.LittleEndian.Uint16(st[8:])&0x7fff
		tag := uint16(special)
		switch {
		case fx[fxsaveTags]>>i&1 == 0:
			tag = empty
		case exponent == 0 && significand == 0:
			tag = zero
		case exponent != 0 && exponent != 0x7fff && significand>>63 != 0:
			tag = valid
		}
		tags |= tag << (2 * i)
	}
	return tags
}
