package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has the calls that move bytes from file to file.

func (c *call) sendfile() (uint64, errno.Errno) {
	out, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	in, e := c.file(c.a[1])
	if e != errno.OK {
		return 0, e
	}
	switch {
	case !in.CanRead() || !out.CanWrite():
		return 0, errno.EBADF
	case !in.Mappable(), out.Flags()&vfs.OAppend != 0:
		return 0, errno.EINVAL
	}
	off := in.Position()
	if c.a[2] != 0 {
		var v [1]uint64
		if !c.getLongs(c.a[2], v[:]) {
			return 0, errno.EFAULT
		}
		off = int64(v[0])
		if off < 0 {
			return 0, errno.EINVAL
		}
	}
	count := min(c.a[3], maxTransfer)
	total, e := c.pump(in, out, off, count-min(count, c.moved))
	if c.a[2] == 0 {
		_, _ = in.Lseek(off+int64(total), vfs.SeekSet) // a position that was just read up to
	} else if !c.putWords(c.a[2], uint64(off)+total) {
		return 0, errno.EFAULT
	}
	t := &transfer{c: c, file: out, writes: true, left: count - c.moved - total}
	return t.end(total, e)
}

// pump copies up to n bytes between files.
func (c *call) pump(in, out *vfs.File, off int64, n uint64) (total uint64, e errno.Errno) {
	for total < n {
		b := c.k.scratch[:min(n-total, scratchSize)]
		got, e := in.Pread(b, off+int64(total))
		if e != errno.OK || got == 0 {
			return total, e
		}
		put, e := c.writeTo(out, b[:got])
		total += uint64(put)
		if e != errno.OK || put < got {
			return total, e
		}
	}
	return total, errno.OK
}

// copyFileRange copies within regular files, from and to positions that memory holds, or the files'.
func (c *call) copyFileRange() (uint64, errno.Errno) {
	in, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	out, e := c.file(c.a[2])
	if e != errno.OK {
		return 0, e
	}
	from, e := c.offset(c.a[1], in)
	if e != errno.OK {
		return 0, e
	}
	to, e := c.offset(c.a[3], out)
	if e != errno.OK {
		return 0, e
	}
	n := int64(min(c.a[4], maxTransfer))
	switch { // fs/read_write.c, generic_copy_file_checks
	case c.a[5] != 0:
		return 0, errno.EINVAL
	case in.Node().IsDir() || out.Node().IsDir():
		return 0, errno.EISDIR
	case !in.Mappable() || !out.Mappable():
		return 0, errno.EINVAL
	case !in.CanRead() || !out.CanWrite() || out.Flags()&vfs.OAppend != 0:
		return 0, errno.EBADF
	case from < 0 || to < 0:
		return 0, errno.EINVAL
	case in.Node() == out.Node() && from < to+n && to < from+n:
		return 0, errno.EINVAL
	}
	total, e := c.pumpTo(in, out, [2]int64{from, to}, uint64(n))
	if total > 0 {
		e = errno.OK
	}
	c.advance(c.a[1], in, from+int64(total))
	c.advance(c.a[3], out, to+int64(total))
	return total, e
}

// offset is the position at va, or the file's own if va is 0.
func (c *call) offset(va uint64, f *vfs.File) (int64, errno.Errno) {
	if va == 0 {
		return f.Position(), errno.OK
	}
	v, ok := c.get64(va)
	if !ok {
		return 0, errno.EFAULT
	}
	return int64(v), errno.OK
}

// advance puts a position back to where it came from.
func (c *call) advance(va uint64, f *vfs.File, to int64) {
	if va == 0 {
		_, _ = f.Lseek(to, vfs.SeekSet) // a position that was just reached
	} else {
		c.put64(va, uint64(to)) // it was read from there
	}
}

// pumpTo copies up to n bytes from one position to another.
func (c *call) pumpTo(in, out *vfs.File, at [2]int64, n uint64) (total uint64, e errno.Errno) {
	for total < n {
		b := c.k.scratch[:min(n-total, scratchSize)]
		got, e := in.Pread(b, at[0]+int64(total))
		if e != errno.OK || got == 0 {
			return total, e
		}
		put, e := out.Pwrite(b[:got], at[1]+int64(total))
		total += uint64(put)
		if e != errno.OK || put < got {
			return total, e
		}
	}
	return total, errno.OK
}
