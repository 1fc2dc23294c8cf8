package linux

import (
	"memlab/paging/addr"
	"memlab/vm/cpu"
	"memlab/vm/linux/errno"
	"memlab/vm/x86"
)

// The vsyscall page: three entry points of the first x86-64 kernels, at a fixed address behind all that a
// program can map. Since Linux 5.2 the page can be executed and not read (vsyscall=xonly): calling an entry
// faults, and the kernel answers as if a function had run and returned
// (arch/x86/entry/vsyscall/vsyscall_64.c).
const (
	vsyscallPage    = 0xffffffffff600000
	vsyscallEntries = 0xc00 // the bits that tell the entries apart, 1 KiB each
)

// vsyscall serves t if the exception x is its call of an entry point. false: the fault is one like any other;
// so are a call without a readable return address and one whose arguments are bad addresses.
func (k *Kernel) vsyscall(t *Task, x cpu.Exception) bool {
	r := &t.CPU.Regs
	at := uint64(x.Fault.VA)
	if at&^vsyscallEntries != vsyscallPage || x.Fault.Access != addr.Fetch || t.CPU.RIP != at {
		return false
	}
	t.call = call{k: k, t: t, p: t.Process, word: ABI64.word(), a: [6]uint64{r[x86.RDI], r[x86.RSI]}}
	c := &t.call
	back, ok := c.get64(r[x86.RSP])
	if !ok {
		return false
	}
	var result uint64
	var e errno.Errno
	switch (at - vsyscallPage) >> 10 {
	case 0:
		result, e = c.gettimeofday()
	case 1:
		result, e = c.time()
	case 2:
		result, e = c.getcpu()
	default:
		return false
	}
	if e != errno.OK {
		return false
	}
	r[x86.RAX] = result
	r[x86.RSP] += 8
	t.CPU.RIP = back
	return true
}
