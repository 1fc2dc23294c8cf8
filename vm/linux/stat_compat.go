package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// The structures about files and memory as i386 programs have them.

// stat32Bytes is i386's struct stat64: the inode stands in it twice, 32 bits of it and all.
func stat32Bytes(s vfs.Stat) []byte {
	var b [96]byte
	le := binary.LittleEndian
	le.PutUint64(b[0:], s.Dev)
	le.PutUint32(b[12:], uint32(s.Ino))
	le.PutUint32(b[16:], s.Mode)
	le.PutUint32(b[20:], s.Nlink)
	le.PutUint32(b[24:], s.Owner.UID)
	le.PutUint32(b[28:], s.Owner.GID)
	le.PutUint64(b[32:], s.Rdev)
	le.PutUint64(b[44:], uint64(s.Size))
	le.PutUint32(b[52:], uint32(s.Blksize))
	le.PutUint64(b[56:], uint64(s.Blocks))
	putTimes32(b[64:], s)
	le.PutUint64(b[88:], s.Ino)
	return b[:]
}

// oldStatBytes is i386's struct stat, whose fields can be too small (fs/stat.c, cp_new_stat).
func oldStatBytes(s vfs.Stat) ([]byte, errno.Errno) {
	if s.Size > 1<<31-1 || s.Ino > 1<<32-1 || s.Nlink > 1<<16-1 {
		return nil, errno.EOVERFLOW
	}
	var b [64]byte
	le := binary.LittleEndian
	le.PutUint32(b[0:], uint32(s.Dev))
	le.PutUint32(b[4:], uint32(s.Ino))
	le.PutUint16(b[8:], uint16(s.Mode))
	le.PutUint16(b[10:], uint16(s.Nlink))
	le.PutUint16(b[12:], uint16(s.Owner.UID))
	le.PutUint16(b[14:], uint16(s.Owner.GID))
	le.PutUint32(b[16:], uint32(s.Rdev))
	le.PutUint32(b[20:], uint32(s.Size))
	le.PutUint32(b[24:], uint32(s.Blksize))
	le.PutUint32(b[28:], uint32(s.Blocks))
	putTimes32(b[32:], s)
	return b[:], errno.OK
}

func putTimes32(b []byte, s vfs.Stat) {
	for i, ns := range [...]int64{s.Atime, s.Mtime, s.Ctime} {
		sec, nsec := split(ns)
		binary.LittleEndian.PutUint32(b[8*i:], uint32(sec))
		binary.LittleEndian.PutUint32(b[8*i+4:], uint32(nsec))
	}
}

// statfs is what statfs(2) tells.
type statfs struct{ kind, block, blocks, free, files, name uint64 }

// statfs64Size is the size of i386's struct statfs64, which programs have to name.
const statfs64Size = 84

// statfs32Bytes is i386's struct statfs, or statfs64: type, block size, five counts, an id of two words,
// length of names, fragment size, flags and room.
func statfs32Bytes(s statfs, wide bool) []byte {
	var b []byte
	word := func(v uint64) { b = binary.LittleEndian.AppendUint32(b, uint32(v)) }
	count := word
	size := 64
	if wide {
		count = func(v uint64) { b = binary.LittleEndian.AppendUint64(b, v) }
		size = statfs64Size
	}
	word(s.kind)
	word(s.block)
	for _, v := range [...]uint64{s.blocks, s.free, s.free, s.files, s.files} {
		count(v)
	}
	for _, v := range [...]uint64{0, 0, s.name, s.block} {
		word(v)
	}
	return append(b, make([]byte, size-len(b))...)
}

// sysinfo32Bytes is i386's struct sysinfo. Memory of 4 GiB and more is counted in pages
// (kernel/sys.c, COMPAT_SYSCALL_DEFINE1(sysinfo)).
func sysinfo32Bytes(uptime uint64, ram RAM, procs uint16) []byte {
	const page = 4096
	unit := uint64(1)
	if (ram.Total|ram.SwapTotal)>>32 != 0 {
		unit = page
	}
	var b [64]byte
	le := binary.LittleEndian
	le.PutUint32(b[0:], uint32(uptime))
	le.PutUint32(b[16:], uint32(ram.Total/unit))
	le.PutUint32(b[20:], uint32(ram.Free/unit))
	le.PutUint32(b[32:], uint32(ram.SwapTotal/unit))
	le.PutUint32(b[36:], uint32(ram.SwapFree/unit))
	le.PutUint16(b[40:], procs)
	le.PutUint32(b[52:], uint32(unit))
	return b[:]
}
