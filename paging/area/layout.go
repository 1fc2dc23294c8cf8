package area

import "memlab/paging/addr"

// Layout is what the rules of an address space depend on: the kernel's profile, the class of the process,
// its limits and its personality. It does not change while the address space lives.
type Layout struct {
	TaskSize     addr.VAddr // the first address that a process cannot have
	MmapBase     addr.VAddr // where the search for a free place begins, downwards
	BottomUpBase addr.VAddr // where it begins upwards: BottomUp, or nothing is free downwards
	MmapMinHint  addr.VAddr // hints are raised to it, searches and stacks stop there (vm.mmap_min_addr)
	MmapMinFixed addr.VAddr // fixed addresses below it are refused unless Privileged

	StackLimit  uint64 // RLIMIT_STACK in bytes; Unlimited
	CommitLimit uint64 // most bytes that one call may commit (overcommit_memory 0); 0: no limit
	MaxAreas    int    // vm.max_map_count

	Bits32          bool // an i386 process
	Privileged      bool // may map below MmapMinFixed (CAP_SYS_RAWIO)
	BottomUp        bool // personality ADDR_COMPAT_LAYOUT
	ReadImpliesExec bool // personality READ_IMPLIES_EXEC

	HugeAlignFile bool // files of 2 MiB and more are placed for huge pages (ext4 and others, since 5.18)
	HugeAlignAnon bool // so are anonymous lengths that are multiples of 2 MiB (since 6.7)
	StackNoHuge   bool // MAP_STACK keeps huge pages away, and so from merging with other areas (since 6.7)
	RemapMany     bool // mremap moves several areas at once (since 6.17)
	HeapMergesBSS bool // the heap joins a bss that ends where it begins: one [heap] (before 6.1)
	LooseHeap     bool // /proc/PID/maps: what only touches the break is [heap] too (up to 6.1)
}

// Unlimited is RLIM_INFINITY.
const Unlimited = ^uint64(0)

const (
	guardGap = 256 * addr.ABIPage // what stays free below a stack (stack_guard_gap)
	hugePage = 2 << 20

	taskSize64 = 0x7ffffffff000
	taskSize32 = 0xffffe000 // of an i386 process under a 64-bit kernel
	taskSize3G = 0xc0000000 // the same with personality ADDR_LIMIT_3GB
)

// Linux618 is the layout of an x86-64 process under Linux 6.18 without address space randomisation.
// stackLimit is RLIMIT_STACK at exec time in bytes.
func Linux618(stackLimit uint64) Layout { return linux618(taskSize64, stackLimit) }

// Linux618i386 is the layout of an i386 process under a 64-bit Linux 6.18; with limit3G that of
// ADDR_LIMIT_3GB.
func Linux618i386(stackLimit uint64, limit3G bool) Layout {
	task := addr.VAddr(taskSize32)
	if limit3G {
		task = taskSize3G
	}
	l := linux618(task, stackLimit)
	l.Bits32 = true
	return l
}

func linux618(task addr.VAddr, stackLimit uint64) Layout {
	return Layout{
		TaskSize:      task,
		MmapBase:      mmapBase(task, stackLimit),
		BottomUpBase:  (task / 3).ABIUp(),
		MmapMinHint:   65536,
		MmapMinFixed:  4096,
		StackLimit:    stackLimit,
		CommitLimit:   1 << 40,
		MaxAreas:      65530,
		HugeAlignFile: true,
		HugeAlignAnon: true,
		StackNoHuge:   true,
		RemapMany:     true,
	}
}

// mmapBase leaves room for the stack to grow to its limit, but not less than 128 MiB and not more than five
// sixths of the address space (arch/x86/mm/mmap.c, mmap_base).
func mmapBase(task addr.VAddr, stackLimit uint64) addr.VAddr {
	gap := stackLimit
	if gap+guardGap > gap {
		gap += guardGap
	}
	gap = min(max(gap, 128<<20), uint64(task/6*5))
	return (task - addr.VAddr(gap)).ABIUp()
}
