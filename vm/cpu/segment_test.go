package cpu

import (
	"testing"

	"memlab/vm/x86"
)

// TestSegments32 loads GS in 32-bit code and uses it.
func TestSegments32(t *testing.T) {
	tests := []struct {
		name   string
		sel    uint64
		kind   ExitKind
		vector Vector
		errno  uint32
		rip    uint64
	}{
		{"an entry of set_thread_area", 0x63, ExitInt80, 0, 0, 0x100A},
		{"an entry that is not there", 0x6B, ExitException, GeneralProtection, 0x68, 0x1000},
		{"flat data", 0x2B, ExitInt80, 0, 0, 0x100A},
		{"null", 0, ExitException, GeneralProtection, 0, 0x1002},
		{"the kernel's", 0x18, ExitException, GeneralProtection, 0x18, 0x1000},
		{"a local one", 0x0F, ExitException, GeneralProtection, 0x0C, 0x1000},
	}
	for _, tt := range tests {
		// mov gs, eax; mov eax, gs:[0x100]; int 80h
		c := newTest(t, 16, 0x8e, 0xe8, 0x65, 0xa1, 0x00, 0x01, 0x00, 0x00, 0xcd, 0x80)
		c.Reset(true)
		c.RIP, c.TLS[0] = 0x1000, TLSEntry{Base: 0x3000, Used: true}
		c.MMU.Mem.Bytes[0x3100], c.MMU.Mem.Bytes[0x100] = 7, 8
		c.Regs[x86.RAX] = tt.sel
		e := c.Run(10)
		x := c.Exception()
		if e.Kind != tt.kind || e.Kind == ExitException && (x.Vector != tt.vector || x.Code != tt.errno) || c.RIP != tt.rip {
			t.Errorf("%s: exit %+v, exception %+v at %#x", tt.name, e, x, c.RIP)
		}
		want := map[uint64]uint64{0x63: 7, 0x2B: 8}[tt.sel]
		if e.Kind == ExitInt80 && c.Regs[x86.RAX] != want {
			t.Errorf("%s: read %d, want %d", tt.name, c.Regs[x86.RAX], want)
		}
	}
}
