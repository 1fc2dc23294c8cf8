package linux

import (
	"errors"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm/linux/errno"
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
		case !f.Mappable():
			return 0, errno.ENODEV
		}
		r.File, r.FileReadable, r.FileWritable = f, f.CanRead(), f.CanWrite()
	}
	va, err := c.p.Space.Map(r)
	return uint64(va), mapErrno(err)
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

// The advice of madvise(2) that changes what a program reads; the rest is about speed
// (include/uapi/asm-generic/ mman-common.h).
const (
	adviceDontNeed       = 4
	adviceFree           = 8
	adviceDontNeedLocked = 24
)

func (c *call) madvise() (uint64, errno.Errno) {
	start, advice := addr.VAddr(c.a[0]), c.a[2]
	switch { // madvise_behavior_valid
	case advice <= adviceDontNeed, advice == adviceFree, advice >= 12 && advice <= 17,
		advice >= 20 && advice <= adviceDontNeedLocked:
	default: // fork and huge-page collapsing behaviour, poisoning, punching holes
		return 0, errno.EINVAL
	}
	length := uint64(addr.VAddr(c.a[1]).ABIUp())
	switch {
	case start%addr.ABIPage != 0, length < c.a[1], uint64(start)+length < uint64(start):
		return 0, errno.EINVAL
	case length == 0:
		return 0, errno.OK
	}
	if advice == adviceDontNeed || advice == adviceDontNeedLocked || advice == adviceFree {
		return 0, mapErrno(c.p.Space.DontNeed(start, length)) // MADV_FREE may drop at once
	}
	if !c.covered(start, length) {
		return 0, errno.ENOMEM
	}
	return 0, errno.OK
}

// covered reports whether [start, start+length) is mapped without holes.
func (c *call) covered(start addr.VAddr, length uint64) bool {
	end := start + addr.VAddr(length)
	for _, a := range c.p.Space.Areas() {
		if a.Start <= start && start < a.End {
			start = a.End
		}
		if start >= end {
			return true
		}
	}
	return false
}

// residency is an address space that can tell which of its pages are in memory.
type residency interface {
	Resident(va addr.VAddr) bool
}

func (c *call) mincore() (uint64, errno.Errno) {
	r, ok := c.p.Space.(residency)
	if !ok {
		return 0, c.lacking()
	}
	start := addr.VAddr(c.a[0])
	length := uint64(addr.VAddr(c.a[1]).ABIUp())
	switch {
	case start%addr.ABIPage != 0:
		return 0, errno.EINVAL
	case !inRange(c.a[0], c.a[1]):
		return 0, errno.ENOMEM
	case length == 0:
		return 0, errno.OK
	case !c.covered(start, length):
		return 0, errno.ENOMEM
	}
	out := c.a[2]
	for pages := length / addr.ABIPage; pages > 0; {
		b := c.k.scratch[:min(pages, scratchSize)]
		for i := range b {
			b[i] = 0
			if r.Resident(start) {
				b[i] = 1
			}
			start += addr.ABIPage
		}
		if !c.put(out, b) {
			return 0, errno.EFAULT
		}
		out += uint64(len(b))
		pages -= uint64(len(b))
	}
	return 0, errno.OK
}

func (c *call) msync() (uint64, errno.Errno) {
	const async, invalidate, sync = 1, 2, 4
	length := uint64(addr.VAddr(c.a[1]).ABIUp())
	switch {
	case c.a[2]&^(async|invalidate|sync) != 0, c.a[0]%addr.ABIPage != 0, c.a[2]&(async|sync) == async|sync:
		return 0, errno.EINVAL
	case c.a[0]+length < c.a[0]:
		return 0, errno.ENOMEM
	case length > 0 && !c.covered(addr.VAddr(c.a[0]), length):
		return 0, errno.ENOMEM
	}
	return 0, errno.OK
}
