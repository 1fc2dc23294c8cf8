package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has the calls on an open file that are neither reading nor writing.

func (c *call) lseek() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	if c.a[2] > vfs.SeekHole {
		return 0, errno.EINVAL
	}
	pos, e := f.Lseek(int64(c.a[1]), int(c.a[2]))
	return uint64(pos), e
}

func (c *call) ftruncate() (uint64, errno.Errno) {
	if int64(c.a[1]) < 0 {
		return 0, errno.EINVAL
	}
	f, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, f.Truncate(int64(c.a[1]))
}

func (c *call) truncate() (uint64, errno.Errno) {
	if int64(c.a[1]) < 0 {
		return 0, errno.EINVAL
	}
	name, e := c.path(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	ctx := c.p.context()
	n, e := c.k.cfg.Files.Lookup(ctx, nil, name, true)
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Truncate(ctx, n, int64(c.a[1]))
}

// fsync has nothing to do: what is written is where it will stay.
func (c *call) fsync() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	if e == errno.OK && !f.Mappable() && !f.Node().IsDir() {
		e = errno.EINVAL
	}
	if e == errno.OK {
		e = f.Fsync()
	}
	return 0, e
}

func (c *call) fadvise64() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case !f.Seekable():
		return 0, errno.ESPIPE
	case int64(c.a[2]) < 0, c.a[3] > 5: // POSIX_FADV_NOREUSE is the last
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

// The modes of fallocate(2) (include/uapi/linux/falloc.h).
const (
	fallocKeepSize  = 1
	fallocPunchHole = 2
	fallocZeroRange = 0x10
)

// fallocate makes room by letting the file grow: the overlay's pages are made when they are written. Holes
// are punched by writing zeros, what is more (collapsing, inserting) the file system does not do.
func (c *call) fallocate() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	mode, off, n := uint32(c.a[1]), int64(c.a[2]), int64(c.a[3])
	switch {
	case off < 0, n <= 0:
		return 0, errno.EINVAL
	case mode&^(fallocKeepSize|fallocPunchHole|fallocZeroRange) != 0,
		mode&fallocPunchHole != 0 && mode != fallocPunchHole|fallocKeepSize:
		return 0, errno.EOPNOTSUPP
	case !f.CanWrite():
		return 0, errno.EBADF
	case !f.Seekable():
		return 0, errno.ESPIPE
	case f.Node().IsDir():
		return 0, errno.EISDIR
	case !f.Mappable():
		return 0, errno.ENODEV
	case off+n < 0:
		return 0, errno.EFBIG
	}
	if mode&(fallocPunchHole|fallocZeroRange) != 0 {
		if e := f.Zero(off, n); e != errno.OK {
			return 0, e
		}
	}
	if mode&fallocKeepSize == 0 && off+n > f.Size() {
		return 0, f.Truncate(off + n)
	}
	return 0, errno.OK
}

// readahead has nothing to fetch before it is needed.
func (c *call) readahead() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case !f.CanRead():
		return 0, errno.EBADF
	case !f.Mappable():
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

// syncFileRange has nothing to do, as fsync.
func (c *call) syncFileRange() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	switch off, n := int64(c.a[1]), int64(c.a[2]); {
	case e != errno.OK:
		return 0, e
	case off < 0, n < 0, off+n < 0, c.a[3]&^7 != 0:
		return 0, errno.EINVAL
	case !f.Seekable():
		return 0, errno.ESPIPE
	}
	return 0, errno.OK
}

func (c *call) syncfs() (uint64, errno.Errno) {
	_, e := c.file(c.a[0])
	return 0, e
}

// getdents64 writes struct linux_dirent64: inode, position of the next entry, length, type, name with its
// NUL; each a multiple of 8 bytes long.
func (c *call) getdents64() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	entries, e := f.Entries()
	if e != errno.OK {
		return 0, e
	}
	room := int(min(c.a[2]&(1<<32-1), scratchSize))
	out, taken := c.k.scratch[:0], 0
	for _, d := range entries {
		length := (19 + len(d.Name) + 1 + 7) &^ 7
		if len(out)+length > room {
			break
		}
		start := len(out)
		out = binary.LittleEndian.AppendUint64(out, d.Ino)
		out = binary.LittleEndian.AppendUint64(out, uint64(f.Position())+uint64(taken)+1)
		out = binary.LittleEndian.AppendUint16(out, uint16(length))
		out = append(out, d.Type)
		out = append(out, d.Name...)
		for len(out) < start+length {
			out = append(out, 0)
		}
		taken++
	}
	switch {
	case len(entries) > 0 && taken == 0:
		return 0, errno.EINVAL
	case !c.put(c.a[1], out):
		return 0, errno.EFAULT
	}
	f.SkipEntries(taken)
	return uint64(len(out)), errno.OK
}
