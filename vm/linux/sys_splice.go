package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// spliced is one side of a splice(2).
type spliced struct {
	file *vfs.File
	pipe bool
	va   uint64 // where its position is; 0: the file's own
	at   int64
}

// side checks one side: a pipe, which has no position, or a regular file.
func (c *call) side(fd, va uint64) (s spliced, e errno.Errno) {
	if s.file, e = c.file(fd); e != errno.OK {
		return s, e
	}
	_, s.pipe = s.file.Buffered()
	s.va = va
	switch {
	case s.pipe && va != 0:
		return s, errno.ESPIPE
	case s.pipe:
		return s, errno.OK
	case !s.file.Mappable():
		return s, errno.EINVAL // sockets and devices: programs copy by themselves then
	}
	s.at, e = c.offset(va, s.file)
	if e == errno.OK && s.at < 0 {
		e = errno.EINVAL
	}
	return s, e
}

// splice moves bytes between a pipe and a file, or two pipes (fs/splice.c, do_splice).
func (c *call) splice() (uint64, errno.Errno) {
	const known, nonblock = 15, 2
	flags := c.a[5]
	if c.a[4] == 0 {
		return 0, errno.OK
	}
	if flags&^known != 0 {
		return 0, errno.EINVAL
	}
	in, e := c.side(c.a[0], c.a[1])
	if e != errno.OK {
		return 0, e
	}
	out, e := c.side(c.a[2], c.a[3])
	switch {
	case e != errno.OK:
		return 0, e
	case !in.file.CanRead() || !out.file.CanWrite():
		return 0, errno.EBADF
	case !in.pipe && !out.pipe, in.pipe && out.pipe && in.file.Node() == out.file.Node(),
		!out.pipe && out.file.Flags()&vfs.OAppend != 0:
		return 0, errno.EINVAL
	}
	n, e := c.spliceSome(&in, &out, min(c.a[4], scratchSize))
	may := flags&nonblock == 0 && (in.file.Flags()|out.file.Flags())&vfs.ONonBlock == 0
	switch {
	case e == errno.EAGAIN && may:
		return c.block(wait{
			what: "nobody has the other end of the pipe", restart: true,
			ready: func() bool { return in.readable() && out.writable() },
		})
	case e == errno.EPIPE:
		c.brokenPipe()
	}
	return n, e
}

// readable and writable report whether a splice need not wait for this side.
func (s *spliced) readable() bool {
	n, _ := s.file.Buffered()
	return !s.pipe || n > 0 || s.file.HungUp()
}

func (s *spliced) writable() bool {
	n, _ := s.file.Buffered()
	return !s.pipe || n < vfs.PipeSize || s.file.HungUp()
}

// spliceSome moves up to n bytes, as many as there are and as there is room for.
func (c *call) spliceSome(in, out *spliced, n uint64) (uint64, errno.Errno) {
	if out.pipe {
		held, _ := out.file.Buffered()
		switch n = min(n, uint64(vfs.PipeSize-held)); {
		case out.file.HungUp():
			return 0, errno.EPIPE
		case n == 0:
			return 0, errno.EAGAIN
		}
	}
	b := c.k.scratch[:n]
	var got, put int
	var e errno.Errno
	if in.pipe {
		got, e = in.file.Read(b)
	} else {
		got, e = in.file.Pread(b, in.at)
	}
	if e != errno.OK || got == 0 {
		return 0, e
	}
	if out.pipe {
		put, e = out.file.Write(b[:got])
	} else {
		put, e = out.file.Pwrite(b[:got], out.at)
	}
	if put == 0 && e != errno.OK {
		return 0, e
	}
	c.copied(in, put)
	c.copied(out, put)
	return uint64(put), errno.OK
}

// copied moves the position of a side that has one.
func (c *call) copied(s *spliced, n int) {
	if !s.pipe {
		c.advance(s.va, s.file, s.at+int64(n))
	}
}
