package cpu

import (
	"testing"

	"memlab/paging/event"
	"memlab/vm/x86"
)

// TestModes goes from 64-bit code to 32-bit code and back in a loop, fast and observed. Both call the same bytes, of which
// the first increments EAX in the one mode and is a prefix in the other: their blocks must not be mixed up.
func TestModes(t *testing.T) {
	code := make([]byte, 0x60)
	copy(code, []byte{
		0xe8, 0x3b, 0, 0, 0, // 1000: call 1040
		0x6a, 0x23, // push 23h
		0x68, 0x20, 0x10, 0, 0, // push 1020h
		0x48, 0xcb, // lretq
	})
	copy(code[0x20:], []byte{
		0xe8, 0x1b, 0, 0, 0, // 1020: call 1040
		0x6a, 0x33, // push 33h
		0x68, 0x30, 0x10, 0, 0, // push 1030h
		0xcb, // lret
	})
	copy(code[0x30:], []byte{
		0xff, 0xcf, // 1030: dec edi
		0x75, 0xcc, // jnz 1000
		0x0f, 0x05, // syscall
	})
	copy(code[0x40:], []byte{0x40, 0x90, 0xc3}) // 1040: inc eax, or a prefix; nop; ret
	const rounds = 1000
	for _, observed := range []bool{false, true} {
		c := newTest(t, 16, code...)
		c.Sel[SegCS] = selectorCode64
		fillLines(c.MMU)
		if observed {
			c.Bus.Subscribe(event.PerInstruction, func(*event.Event) event.Verdict { return event.Continue })
		}
		c.Regs[x86.RSP], c.Regs[x86.RDI], c.Regs[x86.R8] = 0x4000, rounds, 1<<63
		e := c.Run(1 << 20)
		if e.Kind != ExitSyscall || c.Regs[x86.RAX] != rounds || c.Regs[x86.RSP] != 0x4000 || c.Mode32 ||
			c.Sel[SegCS] != selectorCode64 || c.Regs[x86.R8] != 1<<63 {
			t.Errorf("observed %v: exit %+v, exception %+v, rip %#x, rax %d, mode32 %v", observed, e, c.Exception(),
				c.RIP, c.Regs[x86.RAX], c.Mode32)
		}
		// call, ret, nop, inc, two push, lret, twice (one of them without INC), dec jnz; the last round's SYSCALL
		if want := uint64(rounds*(6+7+2) + 1); c.Insns != want {
			t.Errorf("observed %v: %d instructions, want %d", observed, c.Insns, want)
		}
	}
}
