package linux

import (
	"errors"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has the calls that change the address space. What they mean is the address space's business;
// here are the arguments.

// mapErrno is the Errno of an error of the address space.
func mapErrno(err error) errno.Errno {
	if err == nil {
		return errno.OK
	}
	if e, ok := errors.AsType[area.Errno](err); ok {
		return errno.Errno(e)
	}
	return errno.ENOMEM
}

func (c *call) brk() (uint64, errno.Errno) {
	return uint64(c.p.Space.Brk(addr.VAddr(c.a[0]))), errno.OK
}

// protMask are PROT_READ, WRITE and EXEC; protSem (no effect on x86), protDown and protUp are mprotect's.
const (
	protMask = 7
	protSem  = 8
	protDown = 0x01000000
	protUp   = 0x02000000
)

func (c *call) mmap() (uint64, errno.Errno) {
	if c.a[5]%addr.ABIPage != 0 {
		return 0, errno.EINVAL
	}
	r := area.Request{
		Addr: addr.VAddr(c.a[0]), Len: c.a[1], Prot: addr.Prot(c.a[2] & protMask),
		Flags: area.MapFlags(c.a[3]), Offset: c.a[5], Low: c.abi == ABI32,
	}
	if r.Flags&area.MapAnonymous == 0 {
		f, e := c.file(c.a[4])
		switch {
		case e != errno.OK:
			return 0, e
		case r.Flags&mapHuge != 0:
			return 0, errno.EINVAL // no file system here has huge pages
		case !f.Mappable():
			return 0, errno.ENODEV
		}
		r.File, r.FileReadable, r.FileWritable = f, f.CanRead(), f.CanWrite()
		if e := sealedMap(f, &r); e != errno.OK {
			return 0, e
		}
	} else if r.Flags&mapHuge != 0 {
		return 0, hugeErrno(&r)
	}
	va, err := c.p.Space.Map(r)
	if err == nil && r.Flags&(area.MapPopulate|area.MapLocked) != 0 {
		c.k.populated(r.Len)
	}
	return uint64(va), mapErrno(err)
}

// mapHuge is MAP_HUGETLB, with the logarithm of a size in bits 26 to 31.
const mapHuge area.MapFlags = 0x40000

// hugeErrno is why memory of huge pages cannot be had: there are pools of 2 MiB and 1 GiB, and nothing in
// them (mm/mmap.c, ksys_mmap_pgoff; mm/hugetlb.c).
func hugeErrno(r *area.Request) errno.Errno {
	shift := uint(r.Flags >> 26 & 0x3f)
	if shift == 0 {
		shift = 21
	}
	fixed := r.Flags&(area.MapFixed|area.MapFixedNoReplace) != 0
	if shift != 21 && shift != 30 || r.Len == 0 || fixed && r.Addr%(1<<shift) != 0 {
		return errno.EINVAL
	}
	return errno.ENOMEM
}

// sealedMap applies the seals of a memory file to a shared mapping of it (mm/memfd.c,
// memfd_check_seals_mmap).
func sealedMap(f *vfs.File, r *area.Request) errno.Errno {
	const writes = vfs.SealWrite | vfs.SealFutureWrite
	seals, e := f.Seals()
	if e != errno.OK || seals&writes == 0 || r.Flags&area.MapSharedValidate == area.MapPrivate {
		return errno.OK
	}
	if r.Prot&addr.ProtWrite != 0 {
		return errno.EPERM
	}
	r.FileWritable = false // mprotect may not give the right to write either
	return errno.OK
}

// populated charges a call that has brought in up to n bytes of pages.
func (k *Kernel) populated(n uint64) {
	const most = 64 << 20 // of one call
	k.copied += min(n, most)
}

func (c *call) munmap() (uint64, errno.Errno) {
	return 0, mapErrno(c.p.Space.Unmap(addr.VAddr(c.a[0]), c.a[1]))
}

// mprotect extends the range itself for PROT_GROWSDOWN: down to the start of its area.
func (c *call) mprotect() (uint64, errno.Errno) {
	start, length, prot := addr.VAddr(c.a[0]), c.a[1], c.a[2]
	grows := prot & (protDown | protUp)
	switch {
	case grows == protDown|protUp, start%addr.ABIPage != 0:
		return 0, errno.EINVAL
	case length == 0:
		return 0, errno.OK
	case prot&^(protMask|protSem|protDown|protUp) != 0:
		return 0, errno.EINVAL
	case grows == protUp:
		return 0, errno.EINVAL // no area of x86 grows up
	case grows == protDown:
		a := c.areaAt(start)
		if a == nil || a.Flags&area.GrowsDown == 0 {
			return 0, errno.EINVAL
		}
		length += uint64(start - a.Start)
		start = a.Start
	}
	return 0, mapErrno(c.p.Space.Protect(start, length, addr.Prot(prot&protMask)))
}

// areaAt is the area that holds va.
func (c *call) areaAt(va addr.VAddr) *area.Area {
	areas := c.p.Space.Areas()
	for i := range areas {
		if areas[i].Start <= va && va < areas[i].End {
			return &areas[i]
		}
	}
	return nil
}

func (c *call) mremap() (uint64, errno.Errno) {
	flags := uint32(min(c.a[3], 1<<31))
	va, err := c.p.Space.Remap(addr.VAddr(c.a[0]), c.a[1], c.a[2], flags, addr.VAddr(c.a[4]))
	return uint64(va), mapErrno(err)
}
