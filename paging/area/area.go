// Package area keeps the areas (Linux: VMAs) of an address space: which ranges are mapped, from what, with
// which rights, and where a new one goes. It knows rules, not pages: what happens to pages is told to an
// Observer.
package area

import (
	"io"

	"memlab/paging/addr"
)

// File is what an area can be mapped from. Two areas have the same file if the interface values are equal
// (one open file: two opens of one path never merge), so the dynamic type must be comparable.
type File interface {
	io.ReaderAt
	Size() int64
	Path() string // as the guest names it; what /proc/PID/maps shows
}

// Area is one VMA.
type Area struct {
	Start, End addr.VAddr // [Start, End), multiples of addr.ABIPage
	Prot       addr.Prot
	Flags      Flags
	File       File      // nil: anonymous
	Offset     uint64    // bytes: where Start lies in File or Object; of other areas where it once lay
	Name       string    // of a special area: [vdso], [vvar]; prctl names; otherwise ""
	AnonID     uint32    // Linux's anon_vma: 0 until the first private page exists
	May        addr.Prot // the rights that mprotect may give (Linux: VM_MAYREAD, VM_MAYWRITE, VM_MAYEXEC)
	Object     *Object   // of a shared anonymous area: the memory object whose bytes it shows; otherwise nil
}

// Object is a piece of shared anonymous memory (Linux: an unlinked shmem file). Areas show it from their
// Offset on. It keeps the size that it was made with: an area may grow past it (mremap), its pages there
// are past the end.
type Object struct {
	Size uint64 // bytes, a multiple of addr.ABIPage
}

// Flags are an area's yes-or-no attributes.
type Flags uint32

// The attributes (reference: Linux mm.h VM_*).
const (
	Shared Flags = 1 << iota
	GrowsDown
	Locked
	NoReserve
	NoHuge // made with MAP_STACK
	Account
	DontFork
	WipeOnFork
	Special     // vdso, vvar: cannot be split, grown or joined
	Inherited   // AnonID is from before a fork: not compatible with an area that has none
	LockOnFault // with Locked: pages are not brought in ahead
	RandRead    // MADV_RANDOM
	SeqRead     // MADV_SEQUENTIAL
	DontDump    // MADV_DONTDUMP
	Mergeable   // MADV_MERGEABLE
	Huge        // MADV_HUGEPAGE; MADV_NOHUGEPAGE is NoHuge
)

// Request is one mmap.
type Request struct {
	Addr   addr.VAddr
	Len    uint64
	Prot   addr.Prot
	Flags  MapFlags
	File   File
	Offset uint64 // bytes
	Name   string // names a Special area
	Low    bool   // by an i386 system call: placed as in an i386 process, also in one that is none
	Exact  bool   // Prot is final, READ_IMPLIES_EXEC or not: execve's own areas, its stack above all

	FileReadable, FileWritable bool // how File is open
}

// MapFlags are mmap's flags with Linux's values.
type MapFlags uint32

// The flags of mmap(2) on x86.
const (
	MapShared         MapFlags = 0x1
	MapPrivate        MapFlags = 0x2
	MapSharedValidate MapFlags = 0x3
	MapFixed          MapFlags = 0x10
	MapAnonymous      MapFlags = 0x20
	Map32Bit          MapFlags = 0x40
	MapGrowsDown      MapFlags = 0x100
	MapLocked         MapFlags = 0x2000
	MapNoReserve      MapFlags = 0x4000
	MapPopulate       MapFlags = 0x8000
	MapNonblock       MapFlags = 0x10000
	MapStack          MapFlags = 0x20000
	MapFixedNoReplace MapFlags = 0x100000
)

// The flags of mremap(2).
const (
	RemapMayMove   = 1
	RemapFixed     = 2
	RemapDontUnmap = 4
)

// Observer is told what happens to ranges of an address space. Whenever a method is called the list is
// consistent and may be read, but must not be changed. Every range that is new is Mapped and every range
// that is gone is Unmapped; Moved comes between the two while both places are in the list.
type Observer interface {
	Mapped(a Area)                                   // [a.Start, a.End) is new (it may have joined others)
	Unmapped(start, end addr.VAddr)                  // what was there is gone, its pages too
	Protected(start, end addr.VAddr, prot addr.Prot) // rights have changed
	Moved(from, to addr.VAddr, length uint64)        // pages go along
}

// GoneObserver is what an Observer may be as well: Gone comes before Unmapped and says what was there.
type GoneObserver interface{ Gone(a Area) }

// GrowObserver is what an Observer may be as well.
type GrowObserver interface {
	Grown(start, old addr.VAddr) // a stack that began at old begins at start now
}
