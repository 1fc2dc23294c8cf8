package linux

import (
	"testing"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/vm/x86"
)

// TestVsyscall: the three entries answer and return; all else in the page is a fault.
func TestVsyscall(t *testing.T) {
	const result, stack = stackAt + 0x100, stackAt + 0x8000
	for _, tt := range []struct {
		name   string
		at     uint64
		access addr.Access
		arg    uint64
		rax    uint64
		dead   bool
	}{
		{"gettimeofday", vsyscallPage, addr.Fetch, result, 0, false},
		{"time", vsyscallPage + 0x400, addr.Fetch, 0, DefaultEpoch + 5, false},
		{"getcpu", vsyscallPage + 0x800, addr.Fetch, result, 0, false},
		{"no fourth entry", vsyscallPage + 0xc00, addr.Fetch, 0, 0, true},
		{"between entries", vsyscallPage + 0x410, addr.Fetch, 0, 0, true},
		{"a read", vsyscallPage, addr.Read, 0, 0, true},
		{"a bad address", vsyscallPage, addr.Fetch, 0x10, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, rigOptions{})
			regs := &r.task.CPU.Regs
			regs[x86.RDI], regs[x86.RSI], regs[x86.RSP] = tt.arg, 0, stack
			r.words(stack, 0x401234)
			r.task.CPU.RIP = tt.at
			err := r.k.Exception(r.task, fault(tt.at, tt.access, paging.NoArea, 0x14))
			if err != nil || r.task.ended != tt.dead {
				t.Fatalf("error %v, ended %v", err, r.task.ended)
			}
			if !tt.dead && (regs[x86.RAX] != tt.rax || regs[x86.RSP] != stack+8 || r.task.CPU.RIP != 0x401234) {
				t.Errorf("rax %#x rsp %#x rip %#x", regs[x86.RAX], regs[x86.RSP], r.task.CPU.RIP)
			}
		})
	}
}
