package vfs

// Stat is what stat(2) tells of a file. Times are nanoseconds since 1970.
type Stat struct {
	Dev, Ino            uint64
	Mode, Nlink         uint32
	Owner               Cred
	Rdev                uint64
	Size                int64
	Blksize             int64
	Blocks              int64 // of 512 bytes
	Atime, Mtime, Ctime int64
	Mount               int // the mount's number
}

// HostStat is what an fs.FileInfo's Sys may return (as a pointer) when a file of the host's is to be shown
// with
// the owner, the numbers and the times that it has there. Such a file belongs to whom the host says, and
// that is
// what stat(2) shows; but whatever the host lets memlab do, the mode bits for the owner decide on, whoever
// asks:
// the guest's user is not one of the host's.
type HostStat struct {
	Dev, Ino, Rdev uint64
	Nlink          uint32
	Owner          Cred
	Blksize        int64
	Blocks         int64 // of 512 bytes
	Atime, Ctime   int64 // ns since 1970
}

// Stat tells of n.
func (f *FS) Stat(n *Node) Stat {
	s := Stat{
		Dev: n.mount.dev, Ino: n.ino, Mode: n.mode, Nlink: n.nlink, Owner: n.owner,
		Rdev: n.dev.rdev() | n.rdev,
		Size: n.size, Blksize: 4096, Mount: firstMount + int(n.mount.dev-firstDev), Atime: n.atime,
		Mtime: n.mtime, Ctime: n.ctime,
	}
	if n.fsdev != 0 {
		s.Dev = n.fsdev
	}
	if n.content != nil {
		s.Size = n.content.size
	}
	switch {
	case n.host != nil && (n.content == nil || n.content.untouched(n.size)):
		s.Rdev, s.Blksize, s.Blocks = n.host.Rdev, n.host.Blksize, n.host.Blocks
	case n.content != nil && n.content.base == nil: // pages that have been written
		s.Blocks = int64(len(n.content.pages)) * 8
	case n.IsRegular():
		s.Blocks = (s.Size + 4095) / 4096 * 8
	case n.IsDir() && !n.mount.volatile:
		s.Blocks = dirSize / 512
	}
	return s
}

// owns reports whether c has the rights of n's owner.
func (n *Node) owns(c Cred) bool { return c.UID == 0 || n.shared || c.UID == n.owner.UID }

// permitted reports whether the mode bits let c use n; want is a sum of 4 read, 2 write, 1 execute or
// search.
func (n *Node) permitted(c Cred, want uint32) bool {
	if c.UID == 0 { // Linux's generic_permission: the superuser needs one x bit to execute a file
		return want&1 == 0 || n.IsDir() || n.mode&0o111 != 0
	}
	bits := n.mode
	switch {
	case n.owns(c):
		bits >>= 6
	case c.GID == n.owner.GID:
		bits >>= 3
	}
	return bits&want == want
}
