package loader

import (
	"memlab/loader/elf"
	"memlab/paging/addr"
)

// The personality bits that execve looks at (Linux uapi/linux/personality.h).
const (
	AddrNoRandomize  = 0x40000
	MmapPageZero     = 0x100000  // map address 0 at the very end
	AddrCompatLayout = 0x200000  // search upwards
	ReadImpliesExec  = 0x400000  // what can be read can be executed
	AddrLimit3GB     = 0x8000000 // i386: 3 GiB of address space
)

// Unlimited is the stack limit RLIM_INFINITY.
const Unlimited = ^uint64(0)

const (
	taskSize64    = 0x7ffffffff000
	taskSize32    = 0xffffe000
	taskSize3GB   = 0xc0000000
	stackGuardGap = 1 << 20
)

func pageDown(a uint64) uint64 { return a &^ (addr.ABIPage - 1) }
func pageUp(a uint64) uint64   { return (a + addr.ABIPage - 1) &^ (addr.ABIPage - 1) }
func pageOff(a uint64) uint64  { return a & (addr.ABIPage - 1) }

// taskSize is the first address that a program of this class cannot have.
func taskSize(c elf.Class, personality uint32) uint64 {
	switch {
	case c == elf.Class64:
		return taskSize64
	case personality&AddrLimit3GB != 0:
		return taskSize3GB
	}
	return taskSize32
}

// mmapBase is where searches for room begin (arch/x86/mm/mmap.c, mmap_base, without randomisation): below the
// room that the stack may need, which is at least 128 MiB and at most five sixths of the space. pad is how
// far the stack's top may be moved.
func mmapBase(task, stackLimit, pad uint64) uint64 {
	gap := stackLimit
	if pad += stackGuardGap; gap+pad > gap {
		gap += pad
	}
	gap = max(gap, 128<<20)
	gap = min(gap, task/6*5)
	return pageUp(task - gap)
}

// bottomUpBase is TASK_UNMAPPED_BASE.
func bottomUpBase(task uint64) uint64 { return pageUp(task / 3) }

// etDynBase is ELF_ET_DYN_BASE: where a PIE with an interpreter goes. It is not page aligned for 64 bits.
func etDynBase(c elf.Class, task uint64) uint64 {
	if c == elf.Class64 {
		return task / 3 * 2
	}
	return bottomUpBase(task) + 0x1000000
}
