package cpu

import (
	"testing"

	"memlab/vm/x86"
)

// TestDecimal adds and subtracts all pairs of two-digit numbers with DAA and DAS, and of digits with AAA and AAS.
func TestDecimal(t *testing.T) {
	bcd := func(n int) uint64 { return uint64(n/10<<4 | n%10) }
	mod := func(n, m int) int { return (n%m + m) % m }
	daa := decimalRunner(t, []byte{0x00, 0xd8, 0x27, 0xcd, 0x80}) // add al, bl; daa
	das := decimalRunner(t, []byte{0x28, 0xd8, 0x2f, 0xcd, 0x80}) // sub al, bl; das
	aaa := decimalRunner(t, []byte{0x00, 0xd8, 0x37, 0xcd, 0x80})
	aas := decimalRunner(t, []byte{0x28, 0xd8, 0x3f, 0xcd, 0x80})
	for a := range 100 {
		for b := range 100 {
			if got, cf := daa(bcd(a), bcd(b)); got != bcd((a+b)%100) || cf != (a+b > 99) {
				t.Fatalf("%d + %d: %#x carry %v", a, b, got, cf)
			}
			if got, cf := das(bcd(a), bcd(b)); got != bcd(mod(a-b, 100)) || cf != (a < b) {
				t.Fatalf("%d - %d: %#x borrow %v", a, b, got, cf)
			}
			if a > 9 || b > 9 {
				continue
			}
			if got, cf := aaa(uint64(a), uint64(b)); got != uint64((a+b)/10<<8|(a+b)%10) || cf != (a+b > 9) {
				t.Fatalf("aaa %d + %d: %#x carry %v", a, b, got, cf)
			}
			if got, cf := aas(0x500|uint64(a), uint64(b)); cf != (a < b) || int(got&0xff) != mod(a-b, 10) {
				t.Fatalf("aas %d - %d: %#x borrow %v", a, b, got, cf)
			}
		}
	}
	aam := decimalRunner(t, []byte{0xd4, 0x0a, 0xcd, 0x80})
	aad := decimalRunner(t, []byte{0xd5, 0x0a, 0xcd, 0x80})
	for n := range 100 {
		digits := uint64(n/10<<8 | n%10)
		if got, _ := aam(uint64(n), 0); got != digits {
			t.Errorf("aam %d: %#x", n, got)
		}
		if got, _ := aad(digits, 0); got != uint64(n) {
			t.Errorf("aad %#x: %d", digits, got)
		}
	}
}

// decimalRunner returns a function that executes code with EAX and EBX and returns AX and CF.
func decimalRunner(t *testing.T, code []byte) func(a, b uint64) (uint64, bool) {
	t.Helper()
	c := newTest(t, 16, code...)
	return func(a, b uint64) (uint64, bool) {
		c.Reset(true)
		c.RIP, c.Regs[x86.RAX], c.Regs[x86.RBX] = 0x1000, a, b
		if e := c.Run(10); e.Kind != ExitInt80 {
			t.Fatalf("% x: %+v %+v", code, e, c.Exception())
		}
		return c.Regs[x86.RAX] & 0xffff, c.rflags()&flagCF != 0
	}
}
