package unwind

import (
	"bytes"
	"encoding/binary"

	"memlab/loader/elf"
)

// Encodings of pointers (LSB, DWARF exception header encoding).
const (
	encAbsolute = 0x00
	encULEB     = 0x01
	encU2       = 0x02
	encU4       = 0x03
	encU8       = 0x04
	encSLEB     = 0x09
	encS2       = 0x0a
	encS4       = 0x0b
	encS8       = 0x0c
	encPCRel    = 0x10 // from the pointer's own place
	encIndirect = 0x80
)

// reader takes values off bytes; reading behind their end gives zeros and makes it bad.
type reader struct {
	b     []byte
	at    int
	va    uint64 // address of b[0]
	class elf.Class
	bad   bool
}

func (r *reader) left() int { return len(r.b) - r.at }

// sub is the same reader with the bytes from end on cut off.
func (r *reader) sub(end int) reader {
	out := *r
	out.b = r.b[:min(end, len(r.b))]
	return out
}

func (r *reader) take(n int) []byte {
	if r.bad || n > r.left() {
		r.bad = true
		return make([]byte, 8)
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

func (r *reader) skip(n uint64) {
	if n > uint64(r.left()) {
		r.bad = true
		return
	}
	r.at += int(n)
}

func (r *reader) u8() byte    { return r.take(1)[0] }
func (r *reader) u16() uint16 { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *reader) u32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

// word is an offset of the 64-bit or the 32-bit format.
func (r *reader) word(wide bool) uint64 {
	if wide {
		return r.u64()
	}
	return uint64(r.u32())
}

func (r *reader) cstring() string {
	i := bytes.IndexByte(r.b[min(r.at, len(r.b)):], 0)
	if i < 0 {
		r.bad = true
		return ""
	}
	s := string(r.b[r.at : r.at+i])
	r.at += i + 1
	return s
}

// uleb reads an unsigned LEB128 number; bits beyond 64 are lost.
func (r *reader) uleb() uint64 {
	v := uint64(0)
	for shift := uint(0); ; shift += 7 {
		b := r.u8()
		v |= uint64(b&0x7f) << min(shift, 64)
		if b&0x80 == 0 || r.bad {
			return v
		}
	}
}

// sleb reads a signed one.
func (r *reader) sleb() int64 {
	v := uint64(0)
	for shift := uint(0); ; {
		b := r.u8()
		v |= uint64(b&0x7f) << min(shift, 64)
		shift += 7
		if b&0x80 == 0 || r.bad {
			if b&0x40 != 0 {
				v |= ^uint64(0) << min(shift, 64)
			}
			return int64(v)
		}
	}
}

// pointer reads an address. What leads through memory, or from a place that only a running program knows, is
// bad.
func (r *reader) pointer(enc byte) uint64 {
	from := r.va + uint64(r.at)
	var v uint64
	switch enc & 0x0f {
	case encAbsolute:
		v = r.word(r.class == elf.Class64)
	case encULEB:
		v = r.uleb()
	case encU2:
		v = uint64(r.u16())
	case encU4:
		v = uint64(r.u32())
	case encU8, encS8:
		v = r.u64()
	case encSLEB:
		v = uint64(r.sleb())
	case encS2:
		v = uint64(int64(int16(r.u16())))
	case encS4:
		v = uint64(int64(int32(r.u32())))
	default:
		r.bad = true
	}
	switch enc & 0xf0 {
	case 0:
	case encPCRel:
		v += from
	default:
		r.bad = true
	}
	if r.class == elf.Class32 {
		v &= 0xffffffff
	}
	return v
}
