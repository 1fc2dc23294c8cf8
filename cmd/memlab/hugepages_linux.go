package main

import "syscall"

// hugePages asks the kernel to back mem, the frames of a machine, by huge pages. A guest that jumps about in
// its memory then costs the host fewer TLB misses: without them the simulated ones would hardly be what is
// measured. It is advice only; nothing depends on whether it is followed.
func hugePages(mem []byte) {
	_ = syscall.Madvise(mem, syscall.MADV_HUGEPAGE)
}
