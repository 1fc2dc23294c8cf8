package linux

import (
	"fmt"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// The flags of shmat(2), and the mode bit of a segment that goes with its last user.
const (
	shmReadOnly = 0o10000
	shmRound    = 0o20000
	shmRemap    = 0o40000
	shmExec     = 0o100000
	shmDest     = 0o1000
)

// segment is shared memory: a file without a name, whose pages count as the overlay's.
type segment struct {
	ipcPerm

	file               *vfs.File
	size               uint64 // bytes, as it was asked for
	attached, detached int64  // seconds since 1970
	maker, last        int32
}

func (c *call) shmget() (uint64, errno.Errno) {
	size := c.a[1]
	c.k.sweepSegments()
	fits := func(s *segment) errno.Errno {
		if size > s.size {
			return errno.EINVAL
		}
		return errno.OK
	}
	return ipcGet(c, &c.k.ipc.segments, c.a[2], fits, func(p ipcPerm) (*segment, errno.Errno) {
		const most = 1 << 46 // more than an address space
		switch {
		case size == 0:
			return nil, errno.EINVAL
		case size > most:
			return nil, errno.ENOMEM
		}
		f, e := c.k.cfg.Files.Shared(c.p.context(), fmt.Sprintf("/SYSV%08x (deleted)", uint32(p.key)),
			int64(addr.VAddr(size).ABIUp()))
		return &segment{ipcPerm: p, file: f, size: size, maker: c.p.PID}, e
	})
}

func (c *call) shmat() (uint64, errno.Errno) {
	at, flags := c.a[1], c.a[2]
	s, e := c.k.ipc.segments.find(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	switch {
	case at%addr.ABIPage != 0 && flags&shmRound == 0, at == 0 && flags&shmRemap != 0:
		return 0, errno.EINVAL
	}
	r := area.Request{
		Addr: addr.VAddr(at).ABIDown(), Len: s.size, Prot: addr.ProtRead, Flags: area.MapShared, File: s.file,
		FileReadable: true, FileWritable: flags&shmReadOnly == 0, Low: c.abi == ABI32,
	}
	want := uint32(ipcRead)
	if r.FileWritable {
		r.Prot |= addr.ProtWrite
		want |= ipcWrite
	}
	if flags&shmExec != 0 {
		r.Prot |= addr.ProtExec
		want |= 0o111
	}
	if e := c.mayIPC(&s.ipcPerm, want); e != errno.OK {
		return 0, e
	}
	switch {
	case at != 0 && flags&shmRemap != 0:
		r.Flags |= area.MapFixed
	case at != 0:
		r.Flags |= area.MapFixedNoReplace
	}
	va, err := c.p.Space.Map(r)
	if err != nil {
		if e = mapErrno(err); e == errno.EEXIST {
			e = errno.EINVAL
		}
		return 0, e
	}
	s.attached, s.last = c.seconds(), c.p.PID
	return uint64(va), errno.OK
}

// shmdt takes away all that is left of the segment that was attached at an address.
func (c *call) shmdt() (uint64, errno.Errno) {
	at := addr.VAddr(c.a[0])
	for _, s := range c.k.ipc.segments.list {
		var parts []area.Area
		for _, a := range c.p.Space.Areas() {
			if f, ok := a.File.(*vfs.File); ok && f == s.file && a.Start == at+addr.VAddr(a.Offset) {
				parts = append(parts, a)
			}
		}
		if len(parts) == 0 {
			continue
		}
		for _, a := range parts {
			if err := c.p.Space.Unmap(a.Start, uint64(a.End-a.Start)); err != nil {
				return 0, mapErrno(err)
			}
		}
		s.detached, s.last = c.seconds(), c.p.PID
		c.k.sweepSegments()
		return 0, errno.OK
	}
	return 0, errno.EINVAL
}

// attachments is how many areas show s.
func (k *Kernel) attachments(s *segment) uint64 {
	var n uint64
	for _, p := range k.procs {
		if p.exited || p.borrows {
			continue
		}
		for _, a := range p.Space.Areas() {
			if f, ok := a.File.(*vfs.File); ok && f == s.file {
				n++
			}
		}
	}
	return n
}

// sweepSegments drops segments that have been removed and that nobody shows any more.
func (k *Kernel) sweepSegments() {
	for i := 0; i < len(k.ipc.segments.list); i++ {
		if s := k.ipc.segments.list[i]; s.mode&shmDest != 0 && k.attachments(s) == 0 {
			k.ipc.segments.remove(s)
			s.file.Close()
			i--
		}
	}
}

func (c *call) shmctl() (uint64, errno.Errno) {
	const lock, unlock = 11, 12
	c.k.sweepSegments()
	s, e := c.k.ipc.segments.find(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	switch c.a[1] &^ ipc64 {
	case ipcRemove:
		if e := c.ownsIPC(&s.ipcPerm); e != errno.OK {
			return 0, e
		}
		s.mode |= shmDest
		s.key = ipcPrivate
		c.k.sweepSegments()
		return 0, errno.OK
	case ipcSet:
		return 0, c.setPerm(&s.ipcPerm, c.a[2])
	case ipcStat:
		if e := c.mayIPC(&s.ipcPerm, ipcRead); e != errno.OK {
			return 0, e
		}
		b := ipcBytes{word: c.word}
		b.perm(&s.ipcPerm)
		b.long(s.size)
		b.time(s.attached)
		b.time(s.detached)
		b.time(s.changed)
		b.u32(uint32(s.maker), uint32(s.last))
		b.long(c.k.attachments(s), 0, 0)
		return c.result(0, c.put(c.a[2], b.b))
	case lock, unlock:
		return 0, c.ownsIPC(&s.ipcPerm) // its pages may be evicted all the same
	}
	return 0, errno.EINVAL
}
