package loader

import (
	"io"

	"memlab/paging/addr"
)

// File is an open file that a program is loaded from.
type File interface {
	io.ReaderAt
	Size() int64
	Path() string // as the guest names it
}

// MapFlags say how a mapping is placed.
type MapFlags uint8

// The flags.
const (
	Fixed     MapFlags = 1 << iota // at Addr exactly, replacing what is there
	NoReplace                      // at Addr exactly, failing with EEXIST on any overlap
	GrowsDown                      // the stack
	Special                        // vdso, vvar: named Name, with File's bytes or zeros
	BrkLike                        // a bss: may join the area below, never the one above (vm_brk_flags)
)

// Mapping is one request to map. Without Fixed or NoReplace the space chooses the place, Addr being a hint
// (0: none).
type Mapping struct {
	Addr   addr.VAddr
	Len    uint64 // bytes, rounded up to pages by the space
	Prot   addr.Prot
	Flags  MapFlags
	File   File // nil: anonymous
	Offset uint64
	Name   string // of a Special mapping
}

// Layout is what execve decides about an address space before anything is mapped into it.
type Layout struct {
	Bits            int        // 64 or 32
	TaskSize        addr.VAddr // first address that cannot be mapped
	MmapBase        addr.VAddr // searches go down from here
	BottomUpBase    addr.VAddr // searches go up from here when nothing is found below MmapBase, or always:
	BottomUp        bool       // ADDR_COMPAT_LAYOUT
	ReadImpliesExec bool       // later mappings that can be read can be executed too
	StackLimit      uint64     // RLIMIT_STACK in bytes: how far a GrowsDown area may grow
	Privileged      bool       // may map below Profile.MinAddrFixed
	Profile         *Profile   // the kernel whose rules hold
}

// Mapper is the address space that a program is loaded into. Mappings are private. Addresses of requests are
// multiples of addr.ABIPage. Errors are Errno values; after Begin each of them is the program's end.
//
// The loader adds x itself where ReadImpliesExec asks for it, so Prot is final. Map obeys the rules of mmap:
// a Fixed or NoReplace range that ends above TaskSize is ENOMEM, one below Profile.MinAddrFixed is EPERM
// unless Privileged, a private writable length above Profile.CommitLimit is ENOMEM.
type Mapper interface {
	// Begin is the point of no return: what was mapped before is gone, an empty space with this layout is
	// there.
	Begin(l Layout) error
	// Map returns where the mapping went.
	Map(m Mapping) (addr.VAddr, error)
	Unmap(start addr.VAddr, length uint64) error
	// Read and Write copy from and to the program's memory as the kernel does: rights of the area apply, a
	// touch below a GrowsDown area makes it grow, and a page behind the end of its file cannot be touched.
	// Errors are EFAULT.
	Read(va addr.VAddr, b []byte) error
	Write(va addr.VAddr, b []byte) error
	// SetBrk sets where the heap begins (start_brk = brk).
	SetBrk(start addr.VAddr)
}
