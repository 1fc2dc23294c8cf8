package unwind

import (
	"bytes"
	"encoding/hex"
	"os"
	"testing"

	"memlab/loader/elf"
)

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// One CIE and one FDE as gcc writes them, at 0x1000: a function of 16 bytes at 0x2000 that pushes rbx.
const small = "14000000" + "00000000" + "017a520001781001" + "1b" + "0c0708" + "9001" + "0000" +
	"14000000" + "1c000000" + "e00f0000" + "10000000" + "00" + "410e108302" + "0000" + "00000000"

// Step applies the rules of the row that holds at an address.
func TestStep(t *testing.T) {
	table := &Table{class: elf.Class64}
	table.add(unhex(t, small), 0x1000, false)
	if table.Len() != 1 || table.fdes[0].start != 0x2000 || table.fdes[0].end != 0x2010 {
		t.Fatalf("%+v", table.fdes)
	}
	stack := map[uint64]uint64{0x7000: 0xbbbb, 0x7008: 0x4444}
	mem := func(va uint64, b []byte) bool {
		v, ok := stack[va]
		for i := range b {
			b[i] = byte(v >> (8 * i))
		}
		return ok
	}
	for _, tt := range []struct {
		at, sp, wantSP, wantBX uint64
	}{
		{0x2000, 0x7008, 0x7010, 1}, // before the push
		{0x2001, 0x7000, 0x7010, 0xbbbb},
		{0x2004, 0x7000, 0x7010, 0xbbbb},
	} {
		var r Regs
		r.Set(3, 1)
		r.Set(SP64, tt.sp)
		got, how := table.Step(&r, tt.at, 0, mem)
		if how != Caller || got.V[SP64] != tt.wantSP || got.V[3] != tt.wantBX || got.V[PC64] != 0x4444 {
			t.Errorf("%#x: %v %+v", tt.at, how, got)
		}
	}
	if _, how := table.Step(&Regs{}, 0x2010, 0, mem); how != Unknown {
		t.Errorf("behind the function: %v", how)
	}
	if _, how := table.Step(&Regs{}, 0x2000, 0, mem); how != Unknown {
		t.Errorf("without memory: %v", how)
	}
}

func TestExpression(t *testing.T) {
	mem := func(va uint64, b []byte) bool {
		for i := range b {
			b[i] = byte(va)
		}
		return va < 0x100
	}
	for _, tt := range []struct {
		code string
		want uint64
		ok   bool
	}{
		{"7708" + "8000" + "3f1a3b2a3324" + "22", 0x7008 + 8, true}, // a PLT entry: rsp + 8 + ((rip & 15) >= 11) * 8
		{"31321c", ^uint64(0), true},                                // 1 - 2
		{"08ff09ff22", 0xfe, true},
		{"3112" + "22", 2, true},              // dup
		{"31323317" + "1c", ^uint64(0), true}, // [1 2 3] rotates to [3 1 2]
		{"3606", 0x0606060606060606, true},    // deref
		{"0a000106", 0, false},                // of what is not there
		{"22", 0, false},                      // of nothing
		{"2ffdff", 0, false},                  // a loop without end
		{"", 0, false},
		{"ff", 0, false},
	} {
		var r Regs
		r.Set(SP64, 0x7000)
		r.Set(PC64, 0x40100b)
		e := evaluator{r: reader{b: unhex(t, tt.code), class: elf.Class64}, regs: &r, mem: mem, word: 8}
		if got, ok := e.value(); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%s: %#x %v, want %#x %v", tt.code, got, ok, tt.want, tt.ok)
		}
	}
}

// FuzzTable reads arbitrary records and walks through every function that they claim.
func FuzzTable(f *testing.F) {
	f.Add(unhex(f, small), false)
	f.Add(unhex(f, small), true)
	if b, err := os.ReadFile("../../testdata/programs/sort"); err == nil {
		if i := bytes.Index(b, []byte("\x14\x00\x00\x00\x00\x00\x00\x00\x01zR\x00")); i >= 0 {
			f.Add(b[i:min(i+0x68, len(b))], false)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, debug bool) {
		for _, class := range []elf.Class{elf.Class32, elf.Class64} {
			table := &Table{class: class}
			table.add(b, 0x1000, debug)
			if table.Len() > len(b)/8 {
				t.Fatalf("%d functions of %d bytes", table.Len(), len(b))
			}
			for i := range table.fdes {
				for _, at := range []uint64{table.fdes[i].start, table.fdes[i].end - 1} {
					r := Regs{V: [Registers]uint64{7: 0x7000, 4: 0x7000, 6: 0x7100}}
					table.Step(&r, at, 0, func(va uint64, b []byte) bool {
						for i := range b {
							b[i] = byte(va)
						}
						return va%3 != 0
					})
				}
			}
		}
	})
}
