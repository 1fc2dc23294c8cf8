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
	NoReplace                      // at Addr exactly, failing on any overlap
	GrowsDown                      // the stack
	Special                        // vdso, vvar
)

// Mapping is one request to map. Without Fixed or NoReplace the space chooses the place, Addr being a hint (0: none).
type Mapping struct {
	Addr   addr.VAddr
	Len    uint64 // bytes, rounded up to pages by the space
	Prot   addr.Prot
	Flags  MapFlags
	File   File // nil: anonymous
	Offset uint64
	Name   string // of a Special mapping
}

// Mapper is the address space that a program is loaded into. Mappings are private. Addresses and lengths of requests
// are multiples of addr.ABIPage. Errors are Errno values.
type Mapper interface {
	Map(m Mapping) (addr.VAddr, error)
	Unmap(start addr.VAddr, length uint64) error
	// Write puts bytes into the program's memory as the kernel does: rights of the area apply.
	Write(va addr.VAddr, b []byte) error
	// SetBrk sets where the heap begins (start_brk = brk).
	SetBrk(start addr.VAddr)
}

// Errno is a Linux error number; execve fails with one before the point of no return.
type Errno int
