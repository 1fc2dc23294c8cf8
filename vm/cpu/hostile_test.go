package cpu

import (
	"testing"

	"memlab/vm/x86"
)

// TestHostile runs what a program might try against its machine. Each run must end by its budget or an exception, and RIP
// must be an address of the mode.
func TestHostile(t *testing.T) {
	tests := []struct {
		name   string
		mode32 bool
		code   []byte
		set    func(*CPU)
		kind   ExitKind
		vector Vector
	}{
		{"a jump to itself", false, []byte{0xeb, 0xfe}, nil, ExitBudget, 0},
		{"rep stosb, 2^64-1 times", false, []byte{0xf3, 0xaa}, func(c *CPU) { c.Regs[x86.RCX] = ^uint64(0) }, ExitException, PageFault},
		{
			"rep lodsb downwards", false,
			[]byte{0xfd, 0xf3, 0xac},
			func(c *CPU) { c.Regs[x86.RCX], c.Regs[x86.RSI] = 1<<63, 0x8000 }, ExitException, PageFault,
		},
		{"rep scasb in 64 KiB", true, []byte{0x67, 0xf2, 0xae, 0xeb, 0xfb}, func(c *CPU) { c.Regs[x86.RCX] = 0xffff }, ExitBudget, 0},
		{"push at address 0", false, []byte{0x50}, func(c *CPU) { c.Regs[x86.RSP] = 0 }, ExitException, PageFault},
		{"push at address 0", true, []byte{0x50}, func(c *CPU) { c.Regs[x86.RSP] = 0 }, ExitException, PageFault},
		{"push across address 0", true, []byte{0x50}, func(c *CPU) { c.Regs[x86.RSP] = 2 }, ExitException, StackFault},
		{"pusha across address 0", true, []byte{0x60}, func(c *CPU) { c.Regs[x86.RSP] = 8 }, ExitException, PageFault},
		{"a jump over 2^32", true, []byte{0xe9, 0xfb, 0xef, 0xff, 0xff}, nil, ExitBudget, 0},
		{"a jump below 0", true, []byte{0xe9, 0x00, 0xee, 0xff, 0xff}, nil, ExitException, PageFault},
		{"a jump below 0", false, []byte{0xe9, 0x00, 0xee, 0xff, 0xff}, nil, ExitException, PageFault},
		{"code up to the end of memory", false, []byte{0xe9, 0xfa, 0xef, 0x00, 0x00}, nil, ExitException, PageFault},
		{
			"flags that nobody may set", false,
			[]byte{0x48, 0xc7, 0xc0, 0xff, 0xfe, 0xff, 0xff, 0x50, 0x9d, 0xeb, 0xfe},
			nil, ExitBudget, 0,
		},
		{"every flag, TF too", false, []byte{0x6a, 0xff, 0x9d, 0x90}, nil, ExitException, DebugException},
		{"enter with all levels", false, []byte{0xc8, 0xff, 0xff, 0x1f}, nil, ExitException, PageFault},
		{"lock cmpxchg for ever", false, []byte{0xf0, 0x0f, 0xb1, 0x0b, 0xeb, 0xfa}, func(c *CPU) { c.Regs[x86.RBX] = 0x3000 }, ExitBudget, 0},
		{"nothing but prefixes", false, []byte{
			0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
		}, nil, ExitException, GeneralProtection},
		{"a return to nowhere", false, []byte{0x50, 0xc3}, func(c *CPU) { c.Regs[x86.RAX] = 1 << 50 }, ExitException, GeneralProtection},
	}
	for _, tt := range tests {
		for _, fast := range []bool{false, true} {
			c := newTest(t, 16, tt.code...)
			c.Reset(tt.mode32)
			c.RIP, c.Regs[x86.RSP] = 0x1000, 0x8000
			c.Regs[x86.RDI] = 0x4000
			if tt.set != nil {
				tt.set(c)
			}
			if fast {
				fillLines(c.MMU)
			}
			e := c.Run(2000)
			if e.Kind != tt.kind || e.Kind == ExitException && c.Exception().Vector != tt.vector {
				t.Errorf("%s: exit %+v, exception %+v at %#x", tt.name, e, c.Exception(), c.RIP)
			}
			if tt.mode32 && c.RIP>>32 != 0 {
				t.Errorf("%s: RIP %#x", tt.name, c.RIP)
			}
			if c.Insns > 2000 {
				t.Errorf("%s: %d instructions", tt.name, c.Insns)
			}
		}
	}
}
