package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/phys"
)

// AddressSpace is what one program can address: its areas, its page table, its break.
type AddressSpace struct {
	ID    phys.Space
	areas []area.Area
}

// Map makes an area as mmap(2) does and returns its address. Errors are area.Errno.
func (s *AddressSpace) Map(r area.Request) (addr.VAddr, error) { return 0, nil }

// Unmap is munmap(2).
func (s *AddressSpace) Unmap(start addr.VAddr, length uint64) error { return nil }

// Protect is mprotect(2).
func (s *AddressSpace) Protect(start addr.VAddr, length uint64, prot addr.Prot) error { return nil }

// Remap is mremap(2); flags are its MAYMOVE 1, FIXED 2, DONTUNMAP 4.
func (s *AddressSpace) Remap(old addr.VAddr, oldLen, newLen uint64, flags uint32, to addr.VAddr) (addr.VAddr, error) {
	return 0, nil
}

// Brk is brk(2): it returns the break afterwards, moved or not.
func (s *AddressSpace) Brk(to addr.VAddr) addr.VAddr { return 0 }

// SetBrk sets where the heap begins: start_brk = brk.
func (s *AddressSpace) SetBrk(start addr.VAddr) {}

// Areas are the areas in address order. The caller must not change them.
func (s *AddressSpace) Areas() []area.Area { return s.areas }

// Read copies from the program's memory as the kernel does on its behalf (copy_from_user): through the MMU, counted,
// with faults resolved. It returns how many bytes could be read; fewer than len(b) means EFAULT.
func (s *AddressSpace) Read(va addr.VAddr, b []byte) int { return 0 }

// Write copies into the program's memory (copy_to_user).
func (s *AddressSpace) Write(va addr.VAddr, b []byte) int { return 0 }

// DontNeed drops the pages of a range (madvise MADV_DONTNEED): they read as the file, or as zeros, afterwards.
func (s *AddressSpace) DontNeed(start addr.VAddr, length uint64) error { return nil }
