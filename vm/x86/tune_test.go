package x86

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTuneCodes: the codes that Tune makes are none that exist otherwise.
func TestTuneCodes(t *testing.T) {
	seen := make(map[Code]string)
	claim := func(c Code, as string) {
		if seen[c] != "" || c >= firstRare {
			t.Errorf("code %d is %q and %q", c, seen[c], as)
		}
		seen[c] = as
	}
	for c := range BlockLeft + 1 {
		claim(c, "hot")
		if c.quietable() {
			claim(Quiet+c, "quiet")
		}
		if c >= Cmp64RR && c <= Test8RI {
			claim(Fused+c, "fused")
		}
		if c >= Add64RR && c <= Xor32RM || c >= Shl64RI && c <= Ror32RI {
			claim(Moved+c, "moved")
		}
	}
	for c := firstPair + 1; c < endOfPairs; c++ {
		claim(c, "pair")
	}
	if firstRare <= Fused || TooLong >= firstSSE {
		t.Error("the families overlap")
	}
}

// block decodes random instructions up to a jump, mostly such as Tune is interested in.
func block(rnd *rand.Rand) []Op {
	var code []byte
	for range 1 + rnd.IntN(6) {
		first := []byte{
			0x01, 0x29, 0x31, 0x39, 0x85, 0x89, 0x8b, 0x3b, 0xff, 0xf7, 0xc1, 0x83, 0x80, 0x38, 0xa8, 0xc6,
		}
		if rnd.IntN(2) == 0 {
			code = append(code, 0x48)
		}
		code = append(code, first[rnd.IntN(len(first))], byte(rnd.Uint32()), byte(rnd.Uint32()))
	}
	code = append(code, 0x0f, 0x58, 0xc1, 0x66, 0x0f, 0x59, 0x03, byte(0x70+rnd.IntN(16)), 5)
	code = append(code, make([]byte, MaxLen)...)
	var ops []Op
	for off := 0; len(ops) < 10; {
		op, ok := Decode(code[off:], uint16(off), false)
		if !ok {
			break
		}
		op.N = uint8(len(ops))
		ops = append(ops, op)
		if off += int(op.Len); op.Flags&FlagEnd != 0 {
			break
		}
	}
	return ops
}

// TestGenericUndoesTune: whatever Tune has done, Generic brings back what was decoded.
func TestGenericUndoesTune(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	made := make(map[Code]bool)
	for range 200_000 {
		ops := block(rnd)
		tuned := slices.Clone(ops)
		Tune(tuned)
		for i := range tuned {
			// Codes that the decoder chooses itself are generic enough.
			var back, want Op
			if Generic(&tuned[i], &back); back != ops[i] {
				if Generic(&ops[i], &want); back != want {
					t.Fatalf("%+v\nbecame %+v\nand then %+v", ops[i], tuned[i], back)
				}
			}
			made[tuned[i].Code] = made[tuned[i].Code] || tuned[i].Code != ops[i].Code
		}
	}
	n := 0
	for _, yes := range made {
		if yes {
			n++
		}
	}
	if n < 60 {
		t.Errorf("only %d codes were made", n)
	}
}

// TestOutcomes compares the masks of fused jumps with the conditions' definition.
func TestOutcomes(t *testing.T) {
	for cc := range Code(16) {
		for _, test := range []bool{false, true} {
			mask := outcomes(cc, test)
			if mask == 0 {
				continue
			}
			for n := range 8 {
				less, below, equal := n&1 != 0, n&2 != 0, n&4 != 0
				want := [8]bool{1: below, 2: equal, 3: below || equal, 4: less, 6: less, 7: less || equal}[cc>>1]
				if got := mask>>n&1 != 0; got != (want != (cc&1 != 0)) {
					t.Errorf("condition %d, outcome %d: %v", cc, n, got)
				}
			}
		}
	}
}
