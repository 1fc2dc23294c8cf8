package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has the calls that tell of files.

func (c *call) stat() (uint64, errno.Errno) { return c.statIn(cwd(), c.a[0], c.a[1], 0) }

func (c *call) lstat() (uint64, errno.Errno) { return c.statIn(cwd(), c.a[0], c.a[1], atNoFollow) }

func (c *call) newfstatat() (uint64, errno.Errno) {
	if c.a[3]&^(atNoFollow|atNoAutomount|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	return c.statIn(c.a[0], c.a[1], c.a[2], c.a[3])
}

func (c *call) statIn(fd, va, out, flags uint64) (uint64, errno.Errno) {
	n, e := c.lookup(fd, va, orNull(flags))
	if e != errno.OK {
		return 0, e
	}
	return c.putStat(out, c.k.cfg.Files.Stat(n))
}

func (c *call) fstat() (uint64, errno.Errno) {
	f, e := c.anyFD(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return c.putStat(c.a[1], f.Stat())
}

// putStat writes struct stat.
func (c *call) putStat(va uint64, s vfs.Stat) (uint64, errno.Errno) {
	b, e := c.statBytes(s)
	if e == errno.OK && !c.put(va, b) {
		e = errno.EFAULT
	}
	return 0, e
}

// statBytes is struct stat as the call has it (arch/x86/include/uapi/asm/stat.h).
func (c *call) statBytes(s vfs.Stat) ([]byte, errno.Errno) {
	switch {
	case c.abi == ABI64:
		return stat64Bytes(s), errno.OK
	case c.word == 8:
		return stat32Bytes(s), errno.OK
	}
	return oldStatBytes(s)
}

func stat64Bytes(s vfs.Stat) []byte {
	var b [144]byte
	le := binary.LittleEndian
	le.PutUint64(b[0:], s.Dev)
	le.PutUint64(b[8:], s.Ino)
	le.PutUint64(b[16:], uint64(s.Nlink))
	le.PutUint32(b[24:], s.Mode)
	le.PutUint32(b[28:], s.Owner.UID)
	le.PutUint32(b[32:], s.Owner.GID)
	le.PutUint64(b[40:], s.Rdev)
	le.PutUint64(b[48:], uint64(s.Size))
	le.PutUint64(b[56:], uint64(s.Blksize))
	le.PutUint64(b[64:], uint64(s.Blocks))
	for i, ns := range []int64{s.Atime, s.Mtime, s.Ctime} {
		sec, nsec := split(ns)
		le.PutUint64(b[72+16*i:], sec)
		le.PutUint64(b[80+16*i:], nsec)
	}
	return b[:]
}

// split cuts nanoseconds since 1970 into seconds, rounded down, and the rest.
func split(ns int64) (sec, nsec uint64) {
	s, n := ns/1e9, ns%1e9
	if n < 0 {
		s, n = s-1, n+1e9
	}
	return uint64(s), uint64(n)
}

func (c *call) statx() (uint64, errno.Errno) {
	const reserved = 1 << 31
	flags, mask := c.a[2], uint32(c.a[3])
	if flags&^(atNoFollow|atNoAutomount|atEmptyPath|atStatxSync) != 0 || flags&atStatxSync == atStatxSync ||
		mask&reserved != 0 {
		return 0, errno.EINVAL
	}
	n, e := c.lookup(c.a[0], c.a[1], orNull(flags))
	if e != errno.OK {
		return 0, e
	}
	b := statxBytes(c.k.cfg.Files.Stat(n))
	if !c.put(c.a[4], b[:]) {
		return 0, errno.EFAULT
	}
	return 0, errno.OK
}

// statxBytes is struct statx (include/uapi/linux/stat.h), with STATX_BASIC_STATS.
func statxBytes(s vfs.Stat) (b [256]byte) {
	const basicStats, mountID = 0x7ff, 0x1000
	le := binary.LittleEndian
	le.PutUint32(b[0:], basicStats|mountID)
	le.PutUint32(b[4:], uint32(s.Blksize))
	le.PutUint32(b[16:], s.Nlink)
	le.PutUint32(b[20:], s.Owner.UID)
	le.PutUint32(b[24:], s.Owner.GID)
	le.PutUint16(b[28:], uint16(s.Mode))
	le.PutUint64(b[32:], s.Ino)
	le.PutUint64(b[40:], uint64(s.Size))
	le.PutUint64(b[48:], uint64(s.Blocks))
	for at, ns := range map[int]int64{64: s.Atime, 96: s.Ctime, 112: s.Mtime} { // each to its own place
		sec, nsec := split(ns)
		le.PutUint64(b[at:], sec)
		le.PutUint32(b[at+8:], uint32(nsec))
	}
	le.PutUint32(b[128:], uint32(s.Rdev>>8&0xfff))
	le.PutUint32(b[132:], uint32(s.Rdev&0xff))
	le.PutUint32(b[136:], uint32(s.Dev>>8&0xfff))
	le.PutUint32(b[140:], uint32(s.Dev&0xff))
	le.PutUint64(b[144:], uint64(s.Mount))
	return b
}

func (c *call) statfs() (uint64, errno.Errno) {
	name, e := c.path(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	n, e := c.k.cfg.Files.Lookup(c.p.context(), nil, name, true)
	if e != errno.OK {
		return 0, e
	}
	return c.putStatfs(c.a[1], n)
}

func (c *call) fstatfs() (uint64, errno.Errno) {
	f, e := c.anyFD(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return c.putStatfs(c.a[1], f.Node())
}

// fsMagics are the numbers of the types of file systems (include/uapi/linux/magic.h).
func fsMagics() map[string]uint64 {
	return map[string]uint64{
		"overlay": 0x794c7630, "proc": 0x9fa0, "sysfs": 0x62656572, "devtmpfs": 0x01021994,
		"9p": 0x01021997,
	}
}

// putStatfs writes struct statfs of the file system that n lies in: as large as the overlay may become, or
// without a size if it is made up.
func (c *call) putStatfs(va uint64, n *vfs.Node) (uint64, errno.Errno) {
	const block = 4096
	kind := n.MountType()
	magic := fsMagics()[kind]
	size, used := c.k.cfg.Files.Room()
	if kind == "proc" || kind == "sysfs" {
		size, used = 0, 0
	}
	free := uint64(size-used) / block
	if c.abi == ABI32 {
		return c.result(0, c.put(va, statfs32Bytes(statfs{
			kind: magic, block: block, blocks: uint64(size) / block, free: free,
			files: 1 << 20, name: 255,
		}, c.word == 8)))
	}
	if !c.putWords(va, magic, block, uint64(size)/block, free, free, 1<<20, 1<<20, 0, 255, block, 0,
		0, 0, 0, 0) {
		return 0, errno.EFAULT
	}
	return 0, errno.OK
}

func (c *call) access() (uint64, errno.Errno) { return c.accessIn(cwd(), c.a[0], c.a[1], 0) }

func (c *call) faccessat() (uint64, errno.Errno) { return c.accessIn(c.a[0], c.a[1], c.a[2], 0) }

func (c *call) faccessat2() (uint64, errno.Errno) {
	if c.a[3]&^(atNoFollow|atEAccess|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	return c.accessIn(c.a[0], c.a[1], c.a[2], c.a[3])
}

func (c *call) accessIn(fd, va, mode, flags uint64) (uint64, errno.Errno) {
	if uint32(mode)&^7 != 0 {
		return 0, errno.EINVAL
	}
	n, e := c.lookup(fd, va, flags&^atEAccess)
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.Access(c.p.context(), n, uint32(mode))
}
