package cpu

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"memlab/paging/event"
	"memlab/vm/x86"
)

// FuzzRun executes arbitrary bytes, which mostly end in an exception soon, and sometimes write over themselves. Nothing
// may panic or go on for ever, and all ways to run must leave the same state behind.
func FuzzRun(f *testing.F) {
	f.Add(sum, uint64(0x3000), false)
	f.Add([]byte{0xf3, 0xaa, 0xeb, 0xfc}, uint64(0xffe), false)
	f.Add([]byte{0xc6, 0x05, 0x01, 0, 0, 0, 0x2a, 0xb0, 0x01, 0xeb, 0xf5}, uint64(3), false)
	f.Add([]byte{0x60, 0xe8, 0xfa, 0xff, 0xff, 0xff}, uint64(1), true)
	for _, code := range [][]byte{
		{0x6a, 0xff, 0x9d, 0x90, 0x90},
		{0x68, 0, 0x41, 0, 0, 0x9d, 0xcf},
		{0xc8, 8, 0, 31, 0xc9},
		{0x67, 0xf3, 0xa5},
		{0x1e, 0x07, 0x0f, 0xa8, 0x0f, 0xa1},
		{0xc4, 0x03, 0x62, 0x03},
		{0x9a, 0, 0x10, 0, 0, 0x23, 0, 0xcb},
		{0x66, 0xe8, 0, 0},
		{0xf0, 0x0f, 0xb1, 0x0b, 0xeb, 0xfa},
		{0x66, 0x61, 0x60},
		{0x0f, 0x02, 0xc0, 0x0f, 0x00, 0xe0},
		{0xff, 0x2b},
	} {
		f.Add(code, uint64(5), false)
		f.Add(code, uint64(7), true)
	}
	f.Fuzz(func(t *testing.T, code []byte, seed uint64, mode32 bool) {
		if len(code) > 0x2000 {
			return
		}
		compareWays(t, code, seed, mode32)
	})
}

// TestGeneratedCode runs straight lines of valid instructions, most of which touch memory near RBX.
func TestGeneratedCode(t *testing.T) {
	for seed := range uint64(400) {
		g := &caseGen{r: rand.New(rand.NewPCG(seed, 9))}
		var code []byte
		for range 60 {
			c := g.next(0x1000 + uint64(g.r.IntN(2))*0x2000)
			code = append(code, c.code...)
		}
		compareWays(t, append(code, 0x0f, 0x05), seed, false)
	}
}

// compareWays runs code in the fast loop, one instruction at a time, and observed.
func compareWays(t *testing.T, code []byte, seed uint64, mode32 bool) {
	t.Helper()
	run := func(prepare func(*CPU)) (*CPU, Exit) {
		c := newTest(t, 16, code...)
		c.Reset(mode32)
		c.RIP = 0x1000
		for r := range uint64(16) {
			c.Regs[r] = (seed*(2*r+1) + r<<9) & 0xffff
		}
		c.Regs[x86.RCX] &= 0xff
		c.Regs[x86.RSP] = 0x8000
		prepare(c)
		e := c.Run(300)
		return c, e
	}
	want, exit := run(func(*CPU) {})
	for _, prepare := range []func(*CPU){
		func(c *CPU) { fillLines(c.MMU) },
		func(c *CPU) {
			quiet := func(*event.Event) event.Verdict { return event.Continue }
			c.Bus.Subscribe(event.PerInstruction|event.PerAccess, quiet)
		},
	} {
		got, exit2 := run(prepare)
		got.Regs[x86.RBlock], want.Regs[x86.RBlock] = 0, 0
		if exit.Kind != exit2.Kind || got.RIP != want.RIP || got.Insns != want.Insns || got.Regs != want.Regs ||
			got.rflags() != want.rflags() || exit.Kind == ExitException && got.exc != want.exc {
			t.Fatalf("% x: %+v %+v\n rip %#x insns %d regs %#x\n%+v %+v\n rip %#x insns %d regs %#x", code,
				exit, want.exc, want.RIP, want.Insns, want.Regs[:16],
				exit2, got.exc, got.RIP, got.Insns, got.Regs[:16])
		}
		if !bytes.Equal(got.MMU.Mem.Bytes, want.MMU.Mem.Bytes) {
			t.Fatalf("% x: memory differs", code)
		}
	}
}
