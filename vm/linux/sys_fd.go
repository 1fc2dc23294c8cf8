package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has the calls on descriptors.

func (c *call) open() (uint64, errno.Errno) {
	return c.openIn(cwd(), c.a[0], uint32(c.a[1]), uint32(c.a[2]))
}

func (c *call) creat() (uint64, errno.Errno) {
	return c.openIn(cwd(), c.a[0], vfs.OCreate|vfs.OWriteOnly|vfs.OTruncate, uint32(c.a[1]))
}

func (c *call) openat() (uint64, errno.Errno) {
	return c.openIn(c.a[0], c.a[1], uint32(c.a[2]), uint32(c.a[3]))
}

func (c *call) openIn(fd, va uint64, flags, perm uint32) (uint64, errno.Errno) {
	if e := vfs.CheckFlags(flags); e != errno.OK {
		return 0, e
	}
	from, e := c.at(fd, va)
	if e != errno.OK {
		return 0, e
	}
	if c.abi == ABI64 { // fs/open.c, force_o_largefile
		flags |= vfs.OLargeFile
	}
	f, e := c.k.cfg.Files.Open(c.p.context(), from, flags, perm)
	if e != errno.OK {
		return 0, e
	}
	if flags&(vfs.OLargeFile|vfs.OPath) == 0 && f.Node().IsRegular() && f.Size() > vfs.MaxSmall {
		f.Close()
		return 0, errno.EOVERFLOW
	}
	met := f.Partner()
	if met() {
		return c.install(f, 0, flags&vfs.OCloseExec != 0)
	}
	return c.block(wait{
		what: "nobody opens the other end of the named pipe", restart: true, ready: met, undo: f.Close,
		done: func(bool) (uint64, errno.Errno) { return c.install(f, 0, flags&vfs.OCloseExec != 0) },
	})
}

// openat2 takes its arguments as struct open_how: flags, mode, how to resolve. Ways to resolve that the
// walk
// would have to be told of are refused as a kernel does that does not know them.
func (c *call) openat2() (uint64, errno.Errno) {
	var how [3]uint64
	const known = 24
	size := c.a[3]
	switch {
	case size < known:
		return 0, errno.EINVAL
	case size > 4096:
		return 0, errno.E2BIG
	}
	more := make([]byte, size-known)
	c.word = 8 // whatever the ABI
	if !c.getWords(c.a[2], how[:]) || !c.get(c.a[2]+known, more) {
		return 0, errno.EFAULT
	}
	for _, b := range more {
		if b != 0 {
			return 0, errno.E2BIG
		}
	}
	const noXDev = 1 // RESOLVE_NO_XDEV may be left out: there is one tree
	flags, mode := how[0], how[1]
	switch {
	case flags>>32 != 0, how[2]&^noXDev != 0, mode&^0o7777 != 0,
		mode != 0 && flags&(vfs.OCreate|vfs.OTmpFile) == 0:
		return 0, errno.EINVAL
	}
	return c.openIn(c.a[0], c.a[1], uint32(flags), uint32(mode))
}

// install gives a new open file a descriptor, or closes it if there is none left.
func (c *call) install(f *vfs.File, least int, closeExec bool) (uint64, errno.Errno) {
	fd, e := c.p.Files.add(f, least, c.maxFD(), closeExec)
	if e != errno.OK {
		f.Close()
		return 0, e
	}
	return uint64(fd), errno.OK
}

func (c *call) maxFD() uint64 { return min(c.p.Limits[limitNofile].Soft, maxFiles) }

func (c *call) closeFD() (uint64, errno.Errno) { return 0, c.p.Files.close(int(int32(c.a[0]))) }

func (c *call) closeRange() (uint64, errno.Errno) {
	first, last, flags := uint32(c.a[0]), uint32(c.a[1]), c.a[2]
	const unshare, cloexec = 2, 4
	if first > last || flags&^(unshare|cloexec) != 0 {
		return 0, errno.EINVAL
	}
	t := c.p.Files
	for fd := int(first); fd <= int(last) && fd < len(t.slots); fd++ {
		switch {
		case t.slots[fd].file == nil:
		case flags&cloexec != 0:
			t.slots[fd].closeExec = true
		default:
			t.set(fd, nil, false)
		}
	}
	return 0, errno.OK
}

func (c *call) dup() (uint64, errno.Errno) { return c.dupFrom(0, false) }

// dupFrom duplicates descriptor a0 to the lowest free one from least on.
func (c *call) dupFrom(least int, closeExec bool) (uint64, errno.Errno) {
	f, e := c.anyFD(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	f.Hold()
	return c.install(f, least, closeExec)
}

func (c *call) dup2() (uint64, errno.Errno) {
	if int32(c.a[0]) == int32(c.a[1]) {
		_, e := c.anyFD(c.a[0])
		return uint64(uint32(c.a[1])), e
	}
	return c.dupTo(false)
}

func (c *call) dup3() (uint64, errno.Errno) {
	if c.a[2]&^vfs.OCloseExec != 0 || int32(c.a[0]) == int32(c.a[1]) {
		return 0, errno.EINVAL
	}
	return c.dupTo(c.a[2] != 0)
}

func (c *call) dupTo(closeExec bool) (uint64, errno.Errno) {
	to := uint32(c.a[1])
	if uint64(to) >= c.maxFD() {
		return 0, errno.EBADF
	}
	f, e := c.anyFD(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	f.Hold()
	c.p.Files.set(int(to), f, closeExec)
	return uint64(to), errno.OK
}

// The commands of fcntl(2).
const (
	fDupFD        = 0
	fGetFD        = 1
	fSetFD        = 2
	fGetFL        = 3
	fSetFL        = 4
	fGetLk        = 5
	fSetLk        = 6
	fSetLkW       = 7
	fSetOwn       = 8
	fGetOwn       = 9
	fOFDGetLk     = 36
	fOFDSetLk     = 37
	fOFDSetLkW    = 38
	fDupFDCloexec = 1030
	fGetPipeSize  = 1032
	fAddSeals     = 1033
	fGetSeals     = 1034
)

func (c *call) fcntl() (uint64, errno.Errno) {
	f, e := c.anyFD(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	fd := int(int32(c.a[0]))
	cmd, arg := uint32(c.a[1]), c.a[2]
	if f.IsPath() && cmd > fGetFL && cmd != fDupFDCloexec {
		return 0, errno.EBADF
	}
	switch cmd {
	case fDupFD, fDupFDCloexec:
		least := uint32(arg)
		if uint64(least) >= c.maxFD() {
			return 0, errno.EINVAL
		}
		return c.dupFrom(int(least), cmd == fDupFDCloexec)
	case fGetFD:
		if c.p.Files.slots[fd].closeExec {
			return 1, errno.OK
		}
		return 0, errno.OK
	case fSetFD:
		c.p.Files.slots[fd].closeExec = arg&1 != 0
		return 0, errno.OK
	case fGetFL:
		return uint64(f.Flags()), errno.OK
	case fSetFL:
		f.SetFlags(uint32(arg))
		return 0, errno.OK
	case fGetLk, fSetLk, fSetLkW, fOFDGetLk, fOFDSetLk, fOFDSetLkW:
		return c.lock(cmd, f)
	case fSetOwn, fGetOwn:
		return 0, errno.OK
	case fAddSeals, fGetSeals:
		return c.seals(cmd == fAddSeals, f)
	case fGetPipeSize:
		if _, pipe := f.Buffered(); pipe {
			return 65536, errno.OK
		}
		return 0, errno.EBADF
	}
	return 0, errno.EINVAL
}

func (c *call) pipe() (uint64, errno.Errno) { return c.makePipe(0) }

func (c *call) pipe2() (uint64, errno.Errno) {
	if c.a[1]&^(vfs.OCloseExec|vfs.ONonBlock|vfs.ODirect) != 0 {
		return 0, errno.EINVAL
	}
	return c.makePipe(uint32(c.a[1]))
}

func (c *call) makePipe(flags uint32) (uint64, errno.Errno) {
	r, w := c.k.cfg.Files.Pipe(flags &^ vfs.OCloseExec)
	rfd, e := c.install(r, 0, flags&vfs.OCloseExec != 0)
	if e != errno.OK {
		w.Close()
		return 0, e
	}
	wfd, e := c.install(w, 0, flags&vfs.OCloseExec != 0)
	if e == errno.OK && !c.put64(c.a[0], rfd|wfd<<32) {
		_ = c.p.Files.close(int(wfd)) // both have just been opened
		e = errno.EFAULT
	}
	if e != errno.OK {
		_ = c.p.Files.close(int(rfd))
	}
	return 0, e
}
