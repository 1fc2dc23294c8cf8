package linux

import (
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm/linux/errno"
)

// This file has the calls about the pages of a program's memory: what becomes of them, where they are.

// Pages is what a program can say and ask about the pages of its memory; *paging.AddressSpace is one. A
// Space without it lacks these calls.
type Pages interface {
	Resident(va addr.VAddr) bool
	Advise(start addr.VAddr, length uint64, a paging.Advice) error
	Msync(start addr.VAddr, length uint64, flags int) error
	Mlock(start addr.VAddr, length uint64, onFault bool) error
	Munlock(start addr.VAddr, length uint64) error
	MlockAll(flags int) error
}

// pages calls fn with the space of the process.
func (c *call) pages(fn func(Pages) error) (uint64, errno.Errno) {
	p, ok := c.p.Space.(Pages)
	if !ok {
		return 0, c.lacking()
	}
	return 0, mapErrno(fn(p))
}

func (c *call) madvise() (uint64, errno.Errno) {
	start, advice := addr.VAddr(c.a[0]), paging.Advice(uint32(c.a[2]))
	switch { // madvise_behavior_valid
	case advice <= paging.AdviseDontNeed,
		advice >= paging.AdviseFree && advice <= paging.AdviseDontNeedLocked:
	default: // collapsing into huge pages, poisoning, guards
		return 0, errno.EINVAL
	}
	length := uint64(addr.VAddr(c.a[1]).ABIUp())
	switch {
	case start%addr.ABIPage != 0, length < c.a[1], uint64(start)+length < uint64(start):
		return 0, errno.EINVAL
	case length == 0:
		return 0, errno.OK
	case advice == paging.AdviseWillNeed, advice == paging.AdvisePopulateRead,
		advice == paging.AdvisePopulateWrite:
		c.k.populated(length)
	}
	return c.pages(func(p Pages) error { return p.Advise(start, length, advice) })
}

// mincore tells area by area: what lies before a hole is written (mm/mincore.c).
func (c *call) mincore() (uint64, errno.Errno) {
	start := addr.VAddr(c.a[0])
	length := uint64(addr.VAddr(c.a[1]).ABIUp())
	switch {
	case start%addr.ABIPage != 0:
		return 0, errno.EINVAL
	case !inRange(c.a[0], c.a[1]):
		return 0, errno.ENOMEM
	case !inRange(c.a[2], length/addr.ABIPage):
		return 0, errno.EFAULT
	}
	return c.pages(func(p Pages) error { return c.tellResident(p, start, start+addr.VAddr(length)) })
}

func (c *call) tellResident(p Pages, start, end addr.VAddr) error {
	out := c.a[2]
	for start < end {
		a := c.areaAt(start)
		if a == nil {
			return area.ENOMEM
		}
		stop := min(end, a.End)
		for start < stop {
			b := c.k.scratch[:min(uint64(stop-start)/addr.ABIPage, scratchSize)]
			for i := range b {
				b[i] = 0
				if p.Resident(start) {
					b[i] = 1
				}
				start += addr.ABIPage
			}
			if !c.put(out, b) {
				return area.EFAULT
			}
			out += uint64(len(b))
		}
	}
	return nil
}

func (c *call) msync() (uint64, errno.Errno) {
	const all = paging.SyncAsync | paging.SyncInvalidate | paging.SyncSync
	length := uint64(addr.VAddr(c.a[1]).ABIUp())
	flags := int(uint32(c.a[2]))
	switch {
	case flags&^all != 0, c.a[0]%addr.ABIPage != 0,
		flags&(paging.SyncAsync|paging.SyncSync) == paging.SyncAsync|paging.SyncSync:
		return 0, errno.EINVAL
	case c.a[0]+length < c.a[0]:
		return 0, errno.ENOMEM
	case length == 0:
		return 0, errno.OK
	}
	return c.pages(func(p Pages) error { return p.Msync(addr.VAddr(c.a[0]), length, flags) })
}

func (c *call) mlock() (uint64, errno.Errno) { return c.lockRange(false) }

func (c *call) mlock2() (uint64, errno.Errno) {
	const onFault = 1
	flags := uint32(c.a[2])
	if flags&^onFault != 0 {
		return 0, errno.EINVAL
	}
	return c.lockRange(flags == onFault)
}

func (c *call) lockRange(onFault bool) (uint64, errno.Errno) {
	c.k.populated(c.a[1])
	return c.pages(func(p Pages) error { return p.Mlock(addr.VAddr(c.a[0]), c.a[1], onFault) })
}

func (c *call) munlock() (uint64, errno.Errno) {
	return c.pages(func(p Pages) error { return p.Munlock(addr.VAddr(c.a[0]), c.a[1]) })
}

func (c *call) mlockall() (uint64, errno.Errno) {
	flags := int(uint32(c.a[0]))
	if flags == 0 {
		return 0, errno.EINVAL
	}
	return c.pages(func(p Pages) error { return p.MlockAll(flags) })
}

func (c *call) munlockall() (uint64, errno.Errno) {
	return c.pages(func(p Pages) error { return p.MlockAll(0) })
}
