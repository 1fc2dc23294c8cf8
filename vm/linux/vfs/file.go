package vfs

import (
	"io"

	"memlab/vm/linux/errno"
)

// File is an open file (Linux: an open file description): what descriptors, perhaps several, point to.
//
// A File can be mapped and loaded from: it is an io.ReaderAt with Size and Path, and two opens are two
// Files. Reading through it stays possible after Close, so a mapping may outlive its descriptor.
type File struct {
	fs    *FS
	node  *Node
	path  string
	flags uint32 // OAccess and what fcntl(F_SETFL) can change
	pos   int64
	refs  int
	back  backing
	dir   []Dirent // a directory's listing, made when it is first read
	exec  bool     // opened by OpenExec
}

// Path is the file's path when it was opened, as the guest names it.
func (o *File) Path() string { return o.path }

// Numbers are st_dev and st_ino.
func (o *File) Numbers() (dev, ino uint64) {
	s := o.fs.Stat(o.node)
	return s.Dev, s.Ino
}

// Node is the file's node.
func (o *File) Node() *Node { return o.node }

// Flags are OAccess, OAppend, ONonBlock and the others that F_GETFL shows.
func (o *File) Flags() uint32 { return o.flags &^ OCloseExec }

// SetFlags is fcntl(F_SETFL): it changes OAppend, ONonBlock, ODirect and O_NOATIME.
func (o *File) SetFlags(v uint32) {
	const settable = OAppend | ONonBlock | ODirect | 0o1000000 | 0o20000 // the last two: O_NOATIME, FASYNC
	o.flags = o.flags&^settable | v&settable
}

// CanRead reports whether the file is open for reading.
func (o *File) CanRead() bool {
	return o.flags&OPath == 0 && (o.flags&OAccess == OReadOnly || o.flags&OAccess == OReadWrite)
}

// CanWrite reports whether the file is open for writing.
func (o *File) CanWrite() bool {
	return o.flags&OPath == 0 && (o.flags&OAccess == OWriteOnly || o.flags&OAccess == OReadWrite)
}

// IsPath reports whether the file was opened with O_PATH: it names a place and cannot be read.
func (o *File) IsPath() bool { return o.flags&OPath != 0 }

// Hold adds a descriptor.
func (o *File) Hold() { o.refs++ }

// Close takes a descriptor away; with the last one the file is closed.
func (o *File) Close() {
	if o.refs--; o.refs != 0 {
		return
	}
	if o.CanWrite() {
		o.node.writers--
	}
	if o.exec {
		o.node.execs--
	}
	if c, ok := o.back.(closer); ok {
		c.close()
	}
	o.fs.Release(o.node)
}

// closer is a backing that has to know when it is no longer used.
type closer interface{ close() }

// Stat tells of the file.
func (o *File) Stat() Stat {
	if d, ok := o.back.(*direct); ok {
		d.refresh()
	}
	return o.fs.Stat(o.node)
}

// Size is the file's length in bytes.
func (o *File) Size() int64 { return o.Stat().Size }

// Mappable reports whether mmap(2) can map the file: a regular file.
func (o *File) Mappable() bool { return o.node.IsRegular() && o.back != nil }

// Seekable reports whether the file has a position.
func (o *File) Seekable() bool {
	switch o.node.mode & typeMask {
	case typeReg, typeDir, typeChr:
		_, stream := o.back.(*Stream)
		return !stream
	}
	return false
}

// ReadAt reads bytes of a regular file for a mapping or the loader, whatever the file is open for.
func (o *File) ReadAt(b []byte, off int64) (int, error) {
	if !o.Mappable() || off < 0 {
		return 0, errno.EINVAL
	}
	n, e := o.back.readAt(b, off)
	if e != errno.OK {
		return n, e
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// Read reads at the position and moves it. EAGAIN means that nothing is there yet (a pipe).
func (o *File) Read(b []byte) (int, errno.Errno) {
	if e := o.readable(); e != errno.OK {
		return 0, e
	}
	if o.node.IsRegular() {
		o.fs.cfg.Cache.Sync(o.Identity(), o.pos, int64(len(b)))
	}
	n, e := o.back.readAt(b, o.pos)
	if o.node.IsRegular() {
		o.pos += int64(n)
	}
	return n, partial(n, e)
}

// Pread reads at off.
func (o *File) Pread(b []byte, off int64) (int, errno.Errno) {
	if e := o.readable(); e != errno.OK {
		return 0, e
	}
	if !o.Seekable() {
		return 0, errno.ESPIPE
	}
	if o.node.IsRegular() {
		o.fs.cfg.Cache.Sync(o.Identity(), off, int64(len(b)))
	}
	n, e := o.back.readAt(b, off)
	return n, partial(n, e)
}

// Write writes at the position, or at the end with OAppend, and moves the position.
func (o *File) Write(b []byte) (int, errno.Errno) {
	if e := o.writable(); e != errno.OK {
		return 0, e
	}
	if !o.node.IsRegular() {
		n, e := o.back.writeAt(b, 0)
		return n, partial(n, e)
	}
	if o.flags&OAppend != 0 {
		o.pos = o.Size()
	}
	b, e := o.within(b, o.pos)
	if e != errno.OK {
		return 0, e
	}
	n, e := o.back.writeAt(b, o.pos)
	o.pos += int64(n)
	return n, partial(n, e)
}

// Pwrite writes at off; with OAppend at the end, as Linux does against POSIX.
func (o *File) Pwrite(b []byte, off int64) (int, errno.Errno) {
	if e := o.writable(); e != errno.OK {
		return 0, e
	}
	if !o.Seekable() {
		return 0, errno.ESPIPE
	}
	if o.flags&OAppend != 0 {
		off = o.Size()
	}
	b, e := o.within(b, off)
	if e != errno.OK {
		return 0, e
	}
	n, e := o.back.writeAt(b, off)
	return n, partial(n, e)
}

// MaxSmall is how long a file can get that was opened without O_LARGEFILE (MAX_NON_LFS).
const MaxSmall = 1<<31 - 1

// within cuts b to what may be written from off on: as the file's seals let it, and as such a file has room
// (mm/filemap.c, generic_write_check_limits).
func (o *File) within(b []byte, off int64) ([]byte, errno.Errno) {
	if b = o.unsealed(b, off); b == nil {
		return nil, errno.EPERM
	}
	switch {
	case o.flags&OLargeFile != 0, !o.node.IsRegular(), len(b) == 0:
		return b, errno.OK
	case off >= MaxSmall:
		return nil, errno.EFBIG
	}
	return b[:min(int64(len(b)), MaxSmall-off)], errno.OK
}

// partial drops the reason of an incomplete transfer: it shows at the next call.
func partial(n int, e errno.Errno) errno.Errno {
	if n > 0 {
		return errno.OK
	}
	return e
}

func (o *File) readable() errno.Errno {
	switch {
	case !o.CanRead():
		return errno.EBADF
	case o.node.IsDir():
		return errno.EISDIR
	case o.back == nil:
		return errno.EINVAL
	}
	return errno.OK
}

func (o *File) writable() errno.Errno {
	switch {
	case !o.CanWrite():
		return errno.EBADF
	case o.back == nil:
		return errno.EINVAL
	}
	return errno.OK
}

// The values of lseek's whence.
const (
	SeekSet  = 0
	SeekCur  = 1
	SeekEnd  = 2
	SeekData = 3
	SeekHole = 4
)

// Lseek is lseek(2).
func (o *File) Lseek(off int64, whence int) (int64, errno.Errno) {
	switch {
	case o.IsPath():
		return 0, errno.EBADF
	case whence < SeekSet || whence > SeekHole:
		return 0, errno.EINVAL
	case !o.Seekable():
		return 0, errno.ESPIPE
	case o.node.mode&typeMask == typeChr:
		return 0, errno.OK // null_lseek: the position stays 0, whatever is asked
	}
	size := o.Size()
	switch whence {
	case SeekCur:
		off += o.pos
	case SeekEnd:
		off += size
	case SeekData, SeekHole: // all data, the hole at the end: what a file system without holes says
		if off < 0 || off >= size {
			return 0, errno.ENXIO
		}
		if whence == SeekHole {
			off = size
		}
	}
	if off < 0 || off > maxSize && !o.node.IsDir() {
		return 0, errno.EINVAL
	}
	o.pos = off
	if o.node.IsDir() && off == 0 {
		o.dir = nil // rewinddir sees what is new
	}
	return off, errno.OK
}

// Truncate is ftruncate(2).
func (o *File) Truncate(size int64) errno.Errno {
	switch {
	case o.IsPath():
		return errno.EBADF
	case size < 0, !o.node.IsRegular(), !o.CanWrite():
		return errno.EINVAL
	}
	if d, ok := o.back.(*direct); ok {
		return d.truncate(size)
	}
	return o.fs.truncate(o.node, size)
}

// Zero clears n bytes from off on, as fallocate(2) does to punch a hole; the file's size stays. Mappings see
// it.
func (o *File) Zero(off, n int64) errno.Errno {
	b, ok := o.back.(*overlaid)
	switch {
	case !ok:
		return errno.EOPNOTSUPP
	case o.node.seals&(SealWrite|SealFutureWrite) != 0:
		return errno.EPERM
	}
	e := b.zero(off, n)
	o.fs.cfg.Cache.Punched(o.Identity(), off, n)
	o.node.pin()
	o.fs.touch(o.node)
	return e
}

// Entries are the directory's entries from the position on. SetEntry moves the position.
func (o *File) Entries() ([]Dirent, errno.Errno) {
	switch {
	case o.IsPath():
		return nil, errno.EBADF
	case !o.node.IsDir():
		return nil, errno.ENOTDIR
	case o.node.deleted:
		return nil, errno.ENOENT
	}
	if o.dir == nil {
		var e errno.Errno
		if o.dir, e = o.fs.list(o.node); e != errno.OK {
			return nil, e
		}
	}
	return o.dir[min(o.pos, int64(len(o.dir))):], errno.OK
}

// Position is where the next read begins: in bytes, or in entries of a directory.
func (o *File) Position() int64 { return o.pos }

// SkipEntries moves the position over n entries.
func (o *File) SkipEntries(n int) { o.pos += int64(n) }
