package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// spliced is one side of a splice(2).
type spliced struct {
	file *vfs.File
	pipe bool
	sock bool
	va   uint64 // where its position is; 0: the file's own
	at   int64
}

// side checks one side: a pipe, which has no position, or a regular file.
func (c *call) side(fd, va uint64, out bool) (s spliced, e errno.Errno) {
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
	case s.file.Special() != nil:
		if _, ok := s.file.Special().(*socket); !ok {
			return s, errno.EINVAL // programs copy by themselves then
		}
		if s.sock = true; va != 0 {
			return s, errno.EINVAL
		}
		return s, errno.OK
	}
	if device, empty := s.file.IsDevice(); !s.file.Mappable() && (!device || empty && !out) {
		return s, errno.EINVAL
	}
	s.at, e = c.offset(va, s.file)
	if e == errno.OK && s.at < 0 {
		e = errno.EINVAL
	}
	return s, e
}

// splice moves bytes between a pipe and a file, or two pipes (fs/splice.c, do_splice).
func (c *call) splice() (uint64, errno.Errno) {
	const known = 15
	flags := c.a[5]
	if c.a[4] == 0 {
		return 0, errno.OK
	}
	if flags&^known != 0 {
		return 0, errno.EINVAL
	}
	in, e := c.side(c.a[0], c.a[1], false)
	if e != errno.OK {
		return 0, e
	}
	out, e := c.side(c.a[2], c.a[3], true)
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
	may := flags&spliceNonBlock == 0 && (in.file.Flags()|out.file.Flags())&vfs.ONonBlock == 0
	switch {
	case e == errno.EAGAIN && may:
		return c.block(wait{
			what: "nobody has the other end", restart: true,
			ready: func() bool { return in.readable() && out.writable() },
		})
	case e == errno.EPIPE:
		c.brokenPipe()
	}
	return n, e
}

// readable and writable report whether a splice need not wait for this side.
func (s *spliced) readable() bool {
	if s.sock {
		in, _ := s.file.Special().Ready()
		return in
	}
	n, _ := s.file.Buffered()
	return !s.pipe || n > 0 || s.file.HungUp()
}

func (s *spliced) writable() bool {
	if s.sock {
		_, out := s.file.Special().Ready()
		return out
	}
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
	switch {
	case out.sock && !out.writable():
		return 0, errno.EAGAIN
	case in.sock || in.pipe && out.sock:
		got, e = c.peekFrom(in.file, b) // what the other side does not take stays
	case in.pipe:
		got, e = in.file.Read(b)
	default:
		got, e = in.file.Pread(b, in.at)
	}
	if e != errno.OK || got == 0 {
		return 0, e
	}
	if out.pipe || out.sock {
		put, e = c.writeTo(out.file, b[:got])
	} else {
		put, e = out.file.Pwrite(b[:got], out.at)
	}
	if in.sock || in.pipe && out.sock {
		_, _ = c.readFrom(in.file, b[:put]) // they are there
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
	if !s.pipe && !s.sock {
		c.advance(s.va, s.file, s.at+int64(n))
	}
}

// readFrom, peekFrom and writeTo move bytes between the kernel's memory and a pipe or socket, without
// waiting.
func (c *call) readFrom(f *vfs.File, b []byte) (int, errno.Errno) {
	s, ok := f.Special().(*socket)
	if !ok {
		return f.Read(b)
	}
	r, e := s.recv(b, false)
	c.closeAll(r.files, &controlOut{})
	return r.n, e
}

func (c *call) peekFrom(f *vfs.File, b []byte) (int, errno.Errno) {
	s, ok := f.Special().(*socket)
	if !ok {
		return f.Peek(b)
	}
	r, e := s.recv(b, true)
	c.closeAll(r.files, &controlOut{})
	return r.n, e
}

func (c *call) writeTo(f *vfs.File, b []byte) (n int, e errno.Errno) {
	s, ok := f.Special().(*socket)
	if !ok {
		return f.Write(b)
	}
	to, e := c.receiver(s, &packet{})
	for e == errno.OK && n < len(b) {
		var done int
		done, e = s.send(to, &message{cred: c.creds(), data: b[n:]})
		n += done
	}
	return n, e
}

// tee copies what waits in one pipe into another, and leaves it there.
func (c *call) tee() (uint64, errno.Errno) {
	const known = 15
	if c.a[3]&^known != 0 {
		return 0, errno.EINVAL
	}
	if c.a[2] == 0 {
		return 0, errno.OK
	}
	in, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	out, e := c.file(c.a[1])
	if e != errno.OK {
		return 0, e
	}
	_, from := in.Buffered()
	held, to := out.Buffered()
	switch {
	case !in.CanRead() || !out.CanWrite():
		return 0, errno.EBADF
	case !from || !to || in.Node() == out.Node():
		return 0, errno.EINVAL
	}
	a, b := spliced{file: in, pipe: true}, spliced{file: out, pipe: true}
	switch may := c.a[3]&spliceNonBlock == 0; {
	case out.HungUp():
		c.brokenPipe()
		return 0, errno.EPIPE
	case (!a.readable() || !b.writable()) && may:
		return c.block(wait{
			what: "nobody has the other end", restart: true,
			ready: func() bool { return a.readable() && b.writable() },
		})
	case !a.readable() || !b.writable():
		return 0, errno.EAGAIN
	}
	buf := c.k.scratch[:min(c.a[2], uint64(vfs.PipeSize-held))]
	n, e := in.Peek(buf)
	if e != errno.OK || n == 0 {
		return 0, e
	}
	n, e = out.Write(buf[:n])
	return uint64(n), e
}

// spliceNonBlock is SPLICE_F_NONBLOCK.
const spliceNonBlock = 2

// vmsplice moves bytes between memory and a pipe: here they are copied, whoever would give pages away.
func (c *call) vmsplice() (uint64, errno.Errno) {
	const known = 15
	f, e := c.file(c.a[0])
	n, pipe := uint32(c.a[2]), false
	if e == errno.OK {
		_, pipe = f.Buffered()
	}
	switch {
	case c.a[3]&^known != 0:
		return 0, errno.EINVAL
	case e != errno.OK:
		return 0, e
	case !pipe:
		return 0, errno.EBADF
	case n > maxIOV:
		return 0, errno.EINVAL
	}
	pieces, e := c.pieces(c.a[1], n)
	if e != errno.OK {
		return 0, e
	}
	t := &transfer{c: c, file: f, pieces: pieces, writes: f.CanWrite()}
	if t.size() == 0 {
		return 0, errno.OK
	}
	held, _ := f.Buffered()
	waits := !f.HungUp() && (t.writes && held == vfs.PipeSize || !t.writes && held == 0)
	if waits && c.a[3]&spliceNonBlock != 0 {
		return 0, errno.EAGAIN
	}
	return t.run(!t.writes)
}
