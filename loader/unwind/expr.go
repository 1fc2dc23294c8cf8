package unwind

import "encoding/binary"

// Bounds on one expression: those of C libraries have some ten operations.
const (
	maxExprSteps = 1000
	maxExprStack = 64
)

// evaluator computes DWARF expressions (DWARF 5, section 2.5).
type evaluator struct {
	r     reader
	stack []uint64
	regs  *Regs
	mem   Memory
	bias  uint64
	word  int // bytes of an address
}

func (e *evaluator) push(v uint64) bool {
	if len(e.stack) >= maxExprStack {
		return false
	}
	e.stack = append(e.stack, v)
	return true
}

// pop takes the top; an empty stack makes the expression bad.
func (e *evaluator) pop() uint64 {
	if len(e.stack) == 0 {
		e.r.bad = true
		return 0
	}
	v := e.stack[len(e.stack)-1]
	e.stack = e.stack[:len(e.stack)-1]
	return v
}

// value runs the expression; false: it makes no sense, or memory is missing.
func (e *evaluator) value() (uint64, bool) {
	for n := 0; e.r.left() > 0; n++ {
		if n > maxExprSteps || !e.step(e.r.u8()) || e.r.bad {
			return 0, false
		}
	}
	v := e.pop()
	return v, !e.r.bad
}

func (e *evaluator) step(op byte) bool {
	switch {
	case op >= 0x30 && op <= 0x4f: // lit
		return e.push(uint64(op - 0x30))
	case op >= 0x70 && op <= 0x8f: // breg
		return e.pushReg(uint64(op-0x70), e.r.sleb())
	case op >= 0x08 && op <= 0x11, op == 0x03:
		return e.push(e.constant(op))
	case op >= 0x12 && op <= 0x17:
		return e.arrange(op)
	case op >= 0x1a && op <= 0x2e && op != 0x1f && op != 0x20 && op != 0x23 && op != 0x28:
		return e.binary(op)
	}
	switch op {
	case 0x06: // deref
		return e.load(e.word)
	case 0x94: // deref_size
		return e.load(int(e.r.u8()))
	case 0x92: // bregx
		reg := e.r.uleb()
		return e.pushReg(reg, e.r.sleb())
	case 0x1f:
		return e.push(-e.pop())
	case 0x20:
		return e.push(^e.pop())
	case 0x23:
		return e.push(e.pop() + e.r.uleb())
	case 0x28: // bra
		off := int16(e.r.u16())
		if e.pop() != 0 {
			return e.jump(off)
		}
		return true
	case 0x2f:
		return e.jump(int16(e.r.u16()))
	case 0x96:
		return true
	}
	return false
}

func (e *evaluator) jump(off int16) bool {
	to := e.r.at + int(off)
	if to < 0 || to > len(e.r.b) {
		return false
	}
	e.r.at = to
	return true
}

func (e *evaluator) pushReg(reg uint64, off int64) bool {
	v, ok := e.regs.Get(reg)
	return ok && e.push(v+uint64(off))
}

func (e *evaluator) constant(op byte) uint64 {
	r := &e.r
	switch op {
	case 0x03: // addr: of the file
		return r.word(e.word == 8) + e.bias
	case 0x08:
		return uint64(r.u8())
	case 0x09:
		return uint64(int64(int8(r.u8())))
	case 0x0a:
		return uint64(r.u16())
	case 0x0b:
		return uint64(int64(int16(r.u16())))
	case 0x0c:
		return uint64(r.u32())
	case 0x0d:
		return uint64(int64(int32(r.u32())))
	case 0x0e, 0x0f:
		return r.u64()
	case 0x10:
		return r.uleb()
	default:
		return uint64(r.sleb())
	}
}

// arrange executes dup, drop, over, pick, swap and rot.
func (e *evaluator) arrange(op byte) bool {
	pick := func(n int) bool {
		return n < len(e.stack) && e.push(e.stack[len(e.stack)-1-n])
	}
	switch op {
	case 0x12:
		return pick(0)
	case 0x13:
		e.pop()
		return true
	case 0x14:
		return pick(1)
	case 0x15:
		return pick(int(e.r.u8()))
	case 0x16:
		a, b := e.pop(), e.pop()
		return e.push(a) && e.push(b)
	default:
		a, b, c := e.pop(), e.pop(), e.pop()
		return e.push(a) && e.push(c) && e.push(b)
	}
}

// binary executes what takes two values; the one on top is the right one.
func (e *evaluator) binary(op byte) bool {
	b, a := e.pop(), e.pop()
	truth := func(t bool) bool {
		if t {
			return e.push(1)
		}
		return e.push(0)
	}
	switch op {
	case 0x1a:
		return e.push(a & b)
	case 0x1c:
		return e.push(a - b)
	case 0x1e:
		return e.push(a * b)
	case 0x21:
		return e.push(a | b)
	case 0x22:
		return e.push(a + b)
	case 0x24:
		return e.push(a << min(b, 64))
	case 0x25:
		return e.push(a >> min(b, 64))
	case 0x26:
		return e.push(uint64(int64(a) >> min(b, 64)))
	case 0x27:
		return e.push(a ^ b)
	case 0x29:
		return truth(a == b)
	case 0x2a:
		return truth(int64(a) >= int64(b))
	case 0x2b:
		return truth(int64(a) > int64(b))
	case 0x2c:
		return truth(int64(a) <= int64(b))
	case 0x2d:
		return truth(int64(a) < int64(b))
	case 0x2e:
		return truth(a != b)
	}
	return false
}

// load replaces the address on top by n bytes from there.
func (e *evaluator) load(n int) bool {
	var b [8]byte
	if n < 1 || n > 8 || !e.mem(e.pop(), b[:n]) {
		return false
	}
	return e.push(binary.LittleEndian.Uint64(b[:]))
}
