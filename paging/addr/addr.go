// Package addr has the types that name places in memory: virtual and physical addresses, pages, frames, the
// kinds of access and the rights on them. They are distinct types, so that a page number cannot be taken for
// an address or a virtual address for a physical one.
//
// addr is a leaf: it imports nothing of memlab, and everything else may import it.
package addr

import (
	"fmt"
	"math/bits"
)

// VAddr is a virtual address, as a program sees it.
type VAddr uint64

// PAddr is a physical address: an offset into the machine's memory.
type PAddr uint64

// Page is a virtual page number: a virtual address divided by the page size.
type Page uint64

// Frame is the number of a page frame: a physical address divided by the page size.
type Frame uint32

// NoFrame stands for "no frame at all".
const NoFrame = ^Frame(0)

// ABIPage is the page size in bytes that Linux on x86 promises to programs: areas begin and end at its
// multiples and AT_PAGESZ reports it, whatever the page size of the simulated MMU.
const ABIPage = 4096

// String prints the address in hexadecimal.
func (a VAddr) String() string { return fmt.Sprintf("%#x", uint64(a)) }

// String prints the address in hexadecimal.
func (a PAddr) String() string { return fmt.Sprintf("%#x", uint64(a)) }

// ABIDown rounds a down to a multiple of ABIPage.
func (a VAddr) ABIDown() VAddr { return a &^ (ABIPage - 1) }

// ABIUp rounds a up to a multiple of ABIPage. It wraps to 0 above 2^64 - ABIPage.
func (a VAddr) ABIUp() VAddr { return (a + ABIPage - 1) &^ (ABIPage - 1) }

// Access is what one use of memory does.
type Access uint8

// The accesses. A read-modify-write is one Write.
const (
	Read Access = iota
	Write
	Fetch
)

// String is one letter: r, w or x.
func (a Access) String() string {
	switch a {
	case Read:
		return "r"
	case Write:
		return "w"
	case Fetch:
		return "x"
	}
	return "?"
}

// Prot is a set of rights, with the bit values of Linux's PROT_READ, PROT_WRITE and PROT_EXEC.
type Prot uint8

// The rights.
const (
	ProtRead  Prot = 1
	ProtWrite Prot = 2
	ProtExec  Prot = 4
)

// String is the form of /proc/PID/maps without the last letter: "r-x".
func (p Prot) String() string {
	b := [3]byte{'-', '-', '-'}
	if p&ProtRead != 0 {
		b[0] = 'r'
	}
	if p&ProtWrite != 0 {
		b[1] = 'w'
	}
	if p&ProtExec != 0 {
		b[2] = 'x'
	}
	return string(b[:])
}

// Allows reports whether memory with rights p can be used as a says. As on x86 page tables, whatever can be
// written or executed can be read (Intel SDM Vol. 3, 4.6).
func (p Prot) Allows(a Access) bool {
	switch a {
	case Read:
		return p != 0
	case Write:
		return p&ProtWrite != 0
	default:
		return p&ProtExec != 0
	}
}

// PageSize is the size of a page and of a frame in bytes: a power of two.
type PageSize uint64

// Valid reports whether s is a power of two between 64 B and 2 MiB.
func (s PageSize) Valid() bool { return s >= 64 && s <= 2<<20 && s&(s-1) == 0 }

// Shift is the base-2 logarithm of s.
func (s PageSize) Shift() uint { return uint(bits.TrailingZeros64(uint64(s))) }

// PageOf is the page that holds va.
func (s PageSize) PageOf(va VAddr) Page { return Page(uint64(va) >> s.Shift()) }

// Base is the first address of page p.
func (s PageSize) Base(p Page) VAddr { return VAddr(uint64(p) << s.Shift()) }

// Offset is the distance of va from the start of its page.
func (s PageSize) Offset(va VAddr) uint64 { return uint64(va) & (uint64(s) - 1) }

// FrameBase is the first physical address of frame f.
func (s PageSize) FrameBase(f Frame) PAddr { return PAddr(uint64(f) << s.Shift()) }
