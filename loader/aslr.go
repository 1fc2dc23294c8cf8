package loader

import (
	"memlab/loader/elf"
	"memlab/paging/addr"
)

// How far address space randomisation moves things (arch/x86): bits of pages, bytes where they say so.
const (
	mmapBits64   = 28 // mmap_rnd_bits, and of a PIE's base
	mmapBits32   = 8  // mmap_rnd_compat_bits
	stackMask64  = 0x3fffff
	stackMask32  = 0x7ff
	stackJitter  = 8192     // bytes, arch_align_stack
	brkRange32   = 32 << 20 // bytes, arch_randomize_brk
	hugePageSize = 2 << 20
)

// random reports whether places are randomised (PF_RANDOMIZE).
func (l *load) random() bool { return l.req.Rand != nil && l.personality&AddrNoRandomize == 0 }

// below is a random number in [0, n), 0 without randomisation.
func (l *load) below(n uint64) uint64 {
	if !l.random() {
		return 0
	}
	return l.req.Rand() % n
}

// mmapRandom is how far the mmap area, and a PIE, are moved: whole pages (arch_mmap_rnd).
func (l *load) mmapRandom() uint64 {
	if l.class == elf.Class64 {
		return l.below(1<<mmapBits64) * addr.ABIPage
	}
	return l.below(1<<mmapBits32) * addr.ABIPage
}

// stackRandom is the most that the stack's top is moved, in bytes (stack_maxrandom_size); 0 without
// randomisation.
func (l *load) stackRandom() uint64 {
	switch {
	case !l.random():
		return 0
	case l.class == elf.Class64:
		return stackMask64 * addr.ABIPage
	}
	return stackMask32 * addr.ABIPage
}

// alignStack moves an address of the stack down a little (arch_align_stack).
func (l *load) alignStack(p uint64) uint64 { return (p - l.below(stackJitter)) &^ 15 }

// randomTop is the end of the stack area (randomize_stack_top, setup_arg_pages).
func (l *load) randomTop() uint64 {
	top := l.task - l.below(l.stackRandom()/addr.ABIPage+1)*addr.ABIPage
	return pageUp(l.alignStack(top))
}

// randomBrk moves the start of the heap: away from the bss, if it lies behind it, and then anywhere in a
// range (load_elf_binary, arch_randomize_brk). moved says that the heap does not lie behind the bss.
func (l *load) randomBrk(brk uint64, moved bool) uint64 {
	if !l.random() {
		return brk
	}
	if l.prof.BrkGap && !moved {
		brk += addr.ABIPage
	}
	size := l.prof.BrkRange64
	if l.class == elf.Class32 {
		size = brkRange32
	}
	return brk + l.below(size/addr.ABIPage)*addr.ABIPage
}

// vdsoHint is where kernels up to 6.1 put a 64-bit vdso of so many bytes: somewhere between the stack and the
// next 2 MiB boundary (arch/x86/entry/vdso/vma.c, vdso_addr). 0: anywhere.
func (l *load) vdsoHint(length uint64) uint64 {
	if !l.random() || !l.prof.VdsoAboveStack || l.class != elf.Class64 {
		return 0
	}
	start := pageUp(l.stackTop - l.args.depth)
	end := min((start+length+hugePageSize-1)&^(hugePageSize-1), l.task) - length
	if end <= start {
		return start
	}
	return start + l.below((end-start)/addr.ABIPage+1)*addr.ABIPage
}
