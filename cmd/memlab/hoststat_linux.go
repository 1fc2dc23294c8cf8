package main

import (
	"syscall"

	"memlab/vm/linux/vfs"
)

// hostStat is what a FileInfo's Sys says, in the guest's terms.
func hostStat(sys any) *vfs.HostStat {
	s, ok := sys.(*syscall.Stat_t)
	if !ok {
		return nil
	}
	// The conversions matter on some processors, whose fields are narrower.
	return &vfs.HostStat{
		Dev: uint64(s.Dev), Ino: s.Ino, Rdev: uint64(s.Rdev), //nolint:unconvert,nolintlint
		Nlink: uint32(s.Nlink), Owner: vfs.Cred{UID: s.Uid, GID: s.Gid},
		Blksize: int64(s.Blksize), Blocks: s.Blocks, //nolint:unconvert,nolintlint
		Atime: s.Atim.Nano(), Ctime: s.Ctim.Nano(),
	}
}
