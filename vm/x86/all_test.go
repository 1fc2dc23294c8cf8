package x86

import (
	"slices"
	"testing"

	"golang.org/x/arch/x86/x86asm"
)

// TestAllOperations decodes every combination of mandatory prefix, opcode and ModRM that the decoder has a name for, in both
// modes. Each operation must be executed, refused by design (refused, refusedSSE, known), or privileged: there is no
// operation that memlab does not know.
func TestAllOperations(t *testing.T) {
	for _, mode32 := range []bool{false, true} {
		codes := map[x86asm.Op][]Code{}
		eachEncoding(mode32, func(code []byte) {
			inst, ok := decodeInst(code, mode32)
			if !ok {
				return
			}
			op, ok := Decode(code, 0, mode32)
			if !ok {
				t.Fatalf("% x: %d bytes are not enough", code, len(code))
			}
			if op.Code == Unsupported {
				t.Errorf("% x (%v, 32-bit %v) is not supported", code, inst.Op, mode32)
			}
			if int(op.Len) != inst.Len && op.Code != Undefined {
				t.Errorf("% x (%v): %d bytes, want %d", code, inst.Op, op.Len, inst.Len)
			}
			if !slices.Contains(codes[inst.Op], op.Code) {
				codes[inst.Op] = append(codes[inst.Op], op.Code)
			}
		})
		checkOperations(t, mode32, codes)
	}
}

// eachEncoding calls f with the instructions of all opcodes.
func eachEncoding(mode32 bool, f func([]byte)) {
	prefixes := [][]byte{nil, {0x66}, {0xF2}, {0xF3}}
	if !mode32 {
		prefixes = append(prefixes, []byte{0x48}, []byte{0x66, 0x48}, []byte{0xF2, 0x48}, []byte{0xF3, 0x48})
	}
	for _, p := range prefixes {
		for _, m := range [][]byte{nil, {0x0F}, {0x0F, 0x38}, {0x0F, 0x3A}} {
			for opcode := range 256 {
				if len(m) == 0 && legacyPrefix(byte(opcode)) {
					continue
				}
				for modrm := range 256 {
					code := append(append(slices.Clone(p), m...), byte(opcode), byte(modrm))
					f(append(code, make([]byte, MaxLen)...)[:MaxLen])
				}
			}
		}
	}
}

// checkOperations holds the names that are never executed against those that are listed, and the other way round.
func checkOperations(t *testing.T, mode32 bool, codes map[x86asm.Op][]Code) {
	t.Helper()
	executed := 0
	for o := x86asm.Op(1); o.String() != ""; o++ {
		if o > 4000 {
			break
		}
		seen := codes[o]
		if len(seen) == 0 {
			continue
		}
		runs := slices.ContainsFunc(seen, func(c Code) bool { return c != Undefined && c != Privileged })
		if runs {
			executed++
		}
		never := refused(o) || slices.Contains(neverExecuted, o) || mode32 && o == x86asm.SYSCALL
		if privileged := slices.Equal(seen, []Code{Privileged}); runs == never && !privileged {
			t.Errorf("%v (32-bit %v): executed %v, listed as refused %v", o, mode32, runs, never)
		}
	}
	if executed < 500 {
		t.Errorf("only %d operations are executed", executed)
	}
	t.Logf("32-bit %v: %d operations of the decoder have encodings, %d are executed", mode32, len(codes), executed)
}

// neverExecuted are operations that refused does not list, for they are recognised by their encoding.
var neverExecuted = []x86asm.Op{
	x86asm.MOVNTSS, x86asm.MOVNTSD, // SSE4a
}
