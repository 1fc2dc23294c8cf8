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
}

// Stat tells of n.
func (f *FS) Stat(n *Node) Stat {
	s := Stat{
		Dev: n.mount.dev, Ino: n.ino, Mode: n.mode, Nlink: n.nlink, Owner: n.owner, Rdev: n.dev.rdev(),
		Size: n.size, Blksize: 4096, Atime: n.mtime, Mtime: n.mtime, Ctime: n.ctime,
	}
	if n.content != nil {
		s.Size = n.content.size
	}
	if n.IsRegular() {
		s.Blocks = (s.Size + 4095) / 4096 * 8
	}
	return s
}

// permitted reports whether the mode bits let c use n; want is a sum of 4 read, 2 write, 1 execute or search.
func (n *Node) permitted(c Cred, want uint32) bool {
	if c.UID == 0 { // Linux's generic_permission: the superuser needs one x bit to execute a file
		return want&1 == 0 || n.IsDir() || n.mode&0o111 != 0
	}
	bits := n.mode
	switch {
	case c.UID == n.owner.UID:
		bits >>= 6
	case c.GID == n.owner.GID:
		bits >>= 3
	}
	return bits&want == want
}
