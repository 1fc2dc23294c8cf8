package vfs

import "memlab/vm/linux/errno"

// The seals of fcntl(F_ADD_SEALS) (include/uapi/linux/fcntl.h).
const (
	SealSeal        = 0x01 // no more seals
	SealShrink      = 0x02
	SealGrow        = 0x04
	SealWrite       = 0x08
	SealFutureWrite = 0x10 // no writes but through mappings that exist
	SealExec        = 0x20 // the mode's x bits stay as they are

	allSeals = SealSeal | SealShrink | SealGrow | SealWrite | SealFutureWrite | SealExec
)

// Memory makes a file without a name (memfd_create): open for reading and writing, empty, gone with its last
// user. It can be sealed if sealable is true.
func (f *FS) Memory(c *Context, name string, mode uint32, sealable bool) (*File, errno.Errno) {
	n := f.newNode(f.root.mount, typeReg|mode, c.Cred)
	n.parent, n.deleted, n.nlink = f.root, true, 0
	n.seals = SealSeal
	if sealable {
		n.seals = 0
	}
	n.memory = true
	file, e := f.open(n, OReadWrite|OLargeFile)
	if e != errno.OK {
		return nil, e
	}
	file.path = "/memfd:" + name + " (deleted)"
	return file, errno.OK
}

// Shared makes the file behind a segment of shared memory (ipc/shm.c): like one of Memory, with a size. path
// is what /proc/PID/maps shows.
func (f *FS) Shared(c *Context, path string, size int64) (*File, errno.Errno) {
	file, e := f.Memory(c, "", 0o777, false)
	if e != errno.OK {
		return nil, e
	}
	file.path = path
	if e := file.Truncate(size); e != errno.OK {
		file.Close()
		return nil, e
	}
	return file, errno.OK
}

// Seals are the file's seals; EINVAL: it is not of the kind that has any.
func (o *File) Seals() (uint32, errno.Errno) {
	if !o.node.memory {
		return 0, errno.EINVAL
	}
	return o.node.seals, errno.OK
}

// AddSeals adds seals. mapped says whether a mapping may write to the file: then SealWrite is EBUSY
// (mm/memfd.c, memfd_add_seals).
func (o *File) AddSeals(seals uint32, mapped bool) errno.Errno {
	switch {
	case !o.CanWrite():
		return errno.EPERM
	case seals&^allSeals != 0, !o.node.memory:
		return errno.EINVAL
	case o.node.seals&SealSeal != 0:
		return errno.EPERM
	case seals&SealWrite != 0 && o.node.seals&SealWrite == 0 && mapped:
		return errno.EBUSY
	}
	if seals&SealExec != 0 && o.node.mode&0o111 != 0 {
		seals |= SealShrink | SealGrow | SealWrite | SealFutureWrite
	}
	o.node.seals |= seals
	return errno.OK
}

// unsealed is what the file's seals let be written of b at off; nil: nothing (mm/shmem.c, shmem_write_begin).
func (o *File) unsealed(b []byte, off int64) []byte {
	seals := o.node.seals
	switch {
	case len(b) == 0:
		return []byte{}
	case seals&(SealWrite|SealFutureWrite) != 0:
		return nil
	case seals&SealGrow != 0 && off+int64(len(b)) > o.node.content.size:
		if off >= o.node.content.size {
			return nil
		}
		return b[:o.node.content.size-off]
	}
	return b
}

// sealed says whether a change of n's length from one to another is forbidden.
func (n *Node) sealed(from, to int64) errno.Errno {
	switch {
	case n.seals == 0:
	case to < from && n.seals&SealShrink != 0, to > from && n.seals&SealGrow != 0:
		return errno.EPERM
	}
	return errno.OK
}
