package cpu

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"memlab/vm/x86"
)

// pairProgram makes instructions of the kinds that form pairs, in random order and on few registers, with
// jumps over the next one; RBX points to data.
func pairProgram(rnd *rand.Rand) []byte {
	var code []byte
	reg := func() byte { return []byte{0, 1, 2, 6}[rnd.IntN(4)] }
	emit := func(b ...byte) { code = append(code, b...) }
	wide := func() {
		if rnd.IntN(2) == 0 {
			emit(0x48)
		}
	}
	alu := []byte{0x01, 0x09, 0x21, 0x29, 0x31}
	jump := func() { emit(byte(0x70+rnd.IntN(16)), 2, 0xff, 0xc2) } // over inc edx
	compare := func() {
		wide()
		switch r := reg(); rnd.IntN(3) {
		case 0:
			emit(0x39, 0xc0|r<<3|reg())
		case 1:
			emit(0x85, 0xc0|r<<3|reg())
		default:
			emit(0x83, 0xf8|r, byte(rnd.IntN(5)-2))
		}
		jump()
	}
	simple := func() {
		wide()
		switch r := reg(); rnd.IntN(5) {
		case 0:
			emit(0x89, 0xc0|r<<3|reg())
		case 1:
			emit(alu[rnd.IntN(5)], 0xc0|r<<3|reg())
		case 2:
			emit(0x83, 0xc0|[]byte{0, 1, 4, 5, 6}[rnd.IntN(5)]<<3|r, byte(rnd.Uint32()))
		case 3:
			emit(0xc1, 0xc0|[]byte{0, 1, 4, 5, 7}[rnd.IntN(5)]<<3|r, byte(1+rnd.IntN(31)))
		default:
			emit(0x8b, 0x03|r<<3)
		}
	}
	for range 2 + rnd.IntN(12) {
		switch rnd.IntN(12) {
		case 11: // two of xor, and, ror, whose flags the comparison overwrites
			for range 2 {
				switch r := reg(); rnd.IntN(3) {
				case 0:
					emit(0x31, 0xc0|r<<3|reg())
				case 1:
					emit(0x21, 0xc0|r<<3|reg())
				default:
					emit(0xc1, 0xc8|r, byte(1+rnd.IntN(31)))
				}
			}
			emit(0x39, 0xc0|reg()<<3|reg())
			jump()
		case 8:
			emit(0xc6, 0x03, byte(rnd.Uint32()), 0x48, 0x01, 0xc0|reg()<<3) // mov byte [rbx], imm; add rax, reg
			emit(0x48, 0x83, 0xf8, byte(rnd.Uint32()))                      // cmp rax, imm
			jump()
		case 9:
			emit(0x8b, 0x03|reg()<<3, 0x89, 0xc0|reg()<<3|reg(), 0x39, 0xc0|reg()<<3|reg())
			jump() // mov reg, [rbx]; mov; cmp
		case 10:
			emit(0x48, 0x83, 0xe8|reg(), byte(rnd.Uint32()), 0x39, 0xc0|reg()<<3|reg()) // sub reg, imm; cmp
			jump()
		case 0:
			r := reg()
			wide()
			emit(0x89, 0xc0|reg()<<3|r) // mov, and work on the result
			simple()
		case 1:
			simple()
			compare()
		case 2:
			emit(0x83, 0xe8|reg(), byte(rnd.IntN(4)), 0x75, 2, 0xff, 0xc2) // sub, jne
		case 3:
			emit(0x83, 0xe0|reg(), byte(rnd.IntN(4)), 0x74, 2, 0xff, 0xc2) // and, je
			emit(0x48, 0x83, 0xe8|reg(), byte(rnd.IntN(4)), 0x75, 2, 0xff, 0xc2)
		case 4:
			emit(0x50|reg(), 0x50|reg(), 0x58|reg(), 0x58|reg())
		case 5:
			emit(0x0f, 0x28, 0x03, 0x66, 0x0f, 0x59, 0xc1) // movaps xmm0, [rbx]; mulpd xmm0, xmm1
			if rnd.IntN(2) == 0 {
				emit(0x66, 0x0f, 0x58, 0x03, 0x0f, 0x29, 0x03) // addpd xmm0, [rbx]; movaps [rbx], xmm0
			}
		case 6:
			emit(0x66, 0x0f, 0x58, 0xc2, 0x0f, 0x29, 0x0b) // addpd xmm0, xmm2; movaps [rbx], xmm1
			compare()
		default:
			simple()
			simple()
		}
	}
	return append(code, 0x0f, 0x05)
}

// TestPairsLikeSingles: blocks of pairs leave what their instructions leave when each is executed alone in its
// generic form, also where an access fails, straddles pages or takes the slow way, and where the run ends in
// the middle of a pair.
func TestPairsLikeSingles(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	seen := make(map[x86.Code]bool)
	programs := 30_000
	if testing.Short() {
		programs = 12_000
	}
	for range programs {
		code := pairProgram(rnd)
		var regs [16]uint64
		for i := range regs {
			regs[i] = uint64(int64(rnd.Uint64()) >> rnd.IntN(64))
		}
		regs[x86.RBX] = []uint64{0x3000, 0x3010, 0x3ff0, 0x3ffa, 0x3008, 0x7ff0, 1 << 40}[rnd.IntN(7)]
		regs[x86.RSP] = []uint64{0x5000, 0x5100, 0x5004, 0x4ffc, 8, 0x8000 - 8}[rnd.IntN(6)]
		data := make([]byte, 0x3000)
		for i := range data {
			data[i] = byte(rnd.Uint32() | 0x10)
		}
		fast := rnd.IntN(4) != 0
		run := func(budget func() uint64) (*CPU, Exit) {
			c := newTest(t, 8, code...)
			copy(c.MMU.Mem.Bytes[0x3000:], data)
			if fast {
				fillLines(c.MMU)
			}
			copy(c.Regs[:16], regs[:])
			c.X[0], c.X[1], c.X[2] = Vec{regs[5], regs[6]}, Vec{0x3ff8 << 48, regs[7]}, Vec{regs[8], regs[9]}
			c.MXCSR |= mxPE
			for range 1000 {
				if e := c.Run(budget()); e.Kind != ExitBudget {
					return c, e
				}
			}
			t.Fatalf("does not end: % x", code)
			return nil, Exit{}
		}
		want, how := run(func() uint64 { return 1 })
		for name, budget := range map[string]func() uint64{
			"whole": func() uint64 { return 1 << 40 }, "portions": func() uint64 { return 1 + rnd.Uint64N(5) },
		} {
			got, e := run(budget)
			if e != how || got.Regs != withBlock(want, got) || got.X != want.X || got.RIP != want.RIP ||
				got.Insns != want.Insns || got.RFlags() != want.RFlags() || got.MXCSR != want.MXCSR ||
				got.exc != want.exc || got.MMU.Clock-2*got.MMU.Stats.Turns != want.MMU.Clock-2*want.MMU.Stats.Turns ||
				!bytes.Equal(got.MMU.Mem.Bytes, want.MMU.Mem.Bytes) {
				t.Fatalf("%s, fast %v: % x\n%v at %#x, %#x\n%v at %#x, %#x", name, fast, code,
					e, got.RIP, got.Regs[:16], how, want.RIP, want.Regs[:16])
			}
			for _, list := range got.cache.frames {
				for _, b := range list {
					for i := range b.Ops {
						seen[b.Ops[i].Code] = true
					}
				}
			}
		}
	}
	missing := func(c x86.Code) {
		if !seen[c] {
			t.Errorf("no block had code %#x", c)
		}
	}
	for c := x86.MovMov64; c <= x86.LoadMovCmp32; c++ {
		missing(c)
	}
	for first := x86.Add64RR; first <= x86.Xor64RR; first += x86.Or64RR - x86.Add64RR {
		for form := range x86.Code(4) {
			missing(x86.Moved + first + form)
		}
	}
	for c := x86.Shl64RI; c <= x86.Ror32RI; c++ {
		missing(x86.Moved + c)
	}
}

// withBlock is want's registers with the RBlock of got: where the blocks began differs.
func withBlock(want, got *CPU) [x86.Regs]uint64 {
	r := want.Regs
	r[x86.RBlock] = got.Regs[x86.RBlock]
	return r
}
