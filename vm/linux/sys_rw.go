package linux

import (
	"memlab/paging/addr"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// maxTransfer is the most that one read or write moves (MAX_RW_COUNT); maxIOV how many pieces a vector may
// have.
const (
	maxTransfer = 0x7ffff000
	maxIOV      = 1024
)

// fd is the file of descriptor a, which may be open with O_PATH.
func (c *call) anyFD(a uint64) (*vfs.File, errno.Errno) {
	f := c.p.Files.Get(int(int32(a)))
	if f == nil {
		return nil, errno.EBADF
	}
	return f, errno.OK
}

// file is the file of descriptor a, but for O_PATH.
func (c *call) file(a uint64) (*vfs.File, errno.Errno) {
	f, e := c.anyFD(a)
	if e == errno.OK && f.IsPath() {
		return nil, errno.EBADF
	}
	return f, e
}

// piece is one part of a transfer's memory.
type piece struct{ va, n uint64 }

// transfer is a read or write under way.
type transfer struct {
	c      *call
	file   *vfs.File
	pieces []piece
	off    int64
	at     bool // at off, not at the file's position
	writes bool
	left   uint64 // of a write: bytes that could not be written at once
}

func (c *call) read() (uint64, errno.Errno)  { return c.plain(false, true) }
func (c *call) write() (uint64, errno.Errno) { return c.plain(false, false) }

func (c *call) pread64() (uint64, errno.Errno)  { return c.plain(true, true) }
func (c *call) pwrite64() (uint64, errno.Errno) { return c.plain(true, false) }

func (c *call) readv() (uint64, errno.Errno)   { return c.vector(false, true) }
func (c *call) writev() (uint64, errno.Errno)  { return c.vector(false, false) }
func (c *call) preadv() (uint64, errno.Errno)  { return c.vector(true, true) }
func (c *call) pwritev() (uint64, errno.Errno) { return c.vector(true, false) }

// preadv2 and pwritev2 take flags, and -1 for the file's position.
func (c *call) preadv2() (uint64, errno.Errno)  { return c.vector2(true) }
func (c *call) pwritev2() (uint64, errno.Errno) { return c.vector2(false) }

// vector2 knows the flags that ask for no more than is done anyway, RWF_HIPRI, RWF_DSYNC and RWF_SYNC, and
// RWF_NOWAIT for regular files, which never wait.
func (c *call) vector2(reads bool) (uint64, errno.Errno) {
	const hipri, dsync, sync, nowait = 1, 2, 4, 8
	if c.a[5]&^(hipri|dsync|sync|nowait) != 0 {
		return 0, errno.EOPNOTSUPP
	}
	if f, e := c.file(c.a[0]); e == errno.OK && c.a[5]&nowait != 0 && !f.Mappable() {
		return 0, errno.EOPNOTSUPP
	}
	return c.vector(int64(c.a[3]) != -1, reads)
}

// begin makes the checks that come before any look at memory, in the order of fs/read_write.c.
func (c *call) begin(at bool, reads bool) (*transfer, errno.Errno) {
	if at && int64(c.a[3]) < 0 {
		return nil, errno.EINVAL
	}
	f, e := c.file(c.a[0])
	switch {
	case e != errno.OK:
		return nil, e
	case at && !f.Seekable():
		return nil, errno.ESPIPE
	case reads && !f.CanRead(), !reads && !f.CanWrite():
		return nil, errno.EBADF
	}
	return &transfer{c: c, file: f, off: int64(c.a[3]), at: at}, errno.OK
}

// plain is read and write with one buffer.
func (c *call) plain(at, reads bool) (uint64, errno.Errno) {
	t, e := c.begin(at, reads)
	switch {
	case e != errno.OK:
		return 0, e
	case !inRange(c.a[1], c.a[2]):
		return 0, errno.EFAULT
	}
	t.pieces = []piece{{c.a[1], min(c.a[2], maxTransfer)}}
	return t.run(reads)
}

// vector is read and write with several buffers.
func (c *call) vector(at, reads bool) (uint64, errno.Errno) {
	t, e := c.begin(at, reads)
	if e != errno.OK {
		return 0, e
	}
	n := uint32(c.a[2])
	if n > maxIOV {
		return 0, errno.EINVAL
	}
	raw := make([]uint64, 2*n)
	if !c.getLongs(c.a[1], raw) {
		return 0, errno.EFAULT
	}
	t.pieces = make([]piece, n)
	for i := range t.pieces {
		p := piece{c.pointer(raw[2*i]), raw[2*i+1]}
		if int64(p.n) < 0 {
			return 0, errno.EINVAL
		}
		t.pieces[i] = p
	}
	if !t.clip() {
		return 0, errno.EFAULT
	}
	if t.size() == 0 {
		return 0, errno.OK
	}
	return t.run(reads)
}

// skip takes off what a call that had to wait has moved before.
func (t *transfer) skip(n uint64) {
	for n > 0 {
		p := &t.pieces[0]
		m := min(p.n, n)
		p.va, p.n, n = p.va+m, p.n-m, n-m
		if p.n == 0 {
			t.pieces = t.pieces[1:]
		}
	}
}

// clip cuts the pieces down to maxTransfer in all. It reports false if one lies outside every program's
// memory; that is asked of one piece alone after it was cut, of several before (lib/iov_iter.c,
// __import_iovec).
func (t *transfer) clip() bool {
	left := uint64(maxTransfer)
	for i := range t.pieces {
		p := &t.pieces[i]
		if len(t.pieces) > 1 && !inRange(p.va, p.n) {
			return false
		}
		p.n = min(p.n, left)
		left -= p.n
		if !inRange(p.va, p.n) {
			return false
		}
	}
	return true
}

func (t *transfer) run(reads bool) (uint64, errno.Errno) {
	if _, ok := t.file.Special().(*socket); ok {
		p := packet{pieces: t.pieces}
		if !reads {
			return t.c.sendOn(t.c.a[0], &p)
		}
		r, n, e := t.c.recvOn(t.c.a[0], &p)
		t.c.closeAll(r.files, &controlOut{})
		return n, e
	}
	if s, ok := t.file.Special().(*ptyEnd); ok && !s.master {
		return t.runTerminal(s.pty, reads)
	}
	t.skip(t.c.moved)
	if s := t.file.Stream(); reads && s != nil && s.TTY {
		if again, e := t.c.checkTerminal(&t.c.k.tty, SIGTTIN); again {
			return t.c.anew()
		} else if e != errno.OK {
			return 0, e
		}
	}
	if reads {
		return t.in()
	}
	return t.out()
}

// in reads from the file into memory.
func (t *transfer) in() (uint64, errno.Errno) {
	var total uint64
	if t.size() == 0 {
		_, e := t.readFile(nil)
		return 0, e
	}
	for _, p := range t.pieces {
		for p.n > 0 {
			b := t.c.k.scratch[:min(p.n, scratchSize)]
			n, e := t.readFile(b)
			if e != errno.OK || n == 0 {
				return t.end(total, e)
			}
			put := t.c.putPart(p.va, b[:n])
			total += uint64(put)
			if put < n {
				t.unread(n - put)
				return t.end(total, errno.EFAULT)
			}
			if n < len(b) || t.file.IsTerminal() { // a terminal gives a line at a time
				return total, errno.OK
			}
			p.va += uint64(n)
			p.n -= uint64(n)
		}
	}
	return total, errno.OK
}

func (t *transfer) size() uint64 {
	var n uint64
	for _, p := range t.pieces {
		n += p.n
	}
	return n
}

func (t *transfer) readFile(b []byte) (n int, e errno.Errno) {
	if t.at {
		n, e = t.file.Pread(b, t.off)
		t.off += int64(n)
		return n, e
	}
	return t.file.Read(b)
}

// unread takes the position back over bytes that did not arrive.
func (t *transfer) unread(n int) {
	if !t.at && t.file.Mappable() {
		_, _ = t.file.Lseek(int64(-n), vfs.SeekCur) // back to where it was just before
	}
}

// end is the result of a transfer that stopped early: what was moved, or why nothing was. One that would
// have to wait waits: a read for its first byte, a write until the last is gone.
func (t *transfer) end(total uint64, e errno.Errno) (uint64, errno.Errno) {
	if e == errno.EAGAIN && t.file.Flags()&vfs.ONonBlock == 0 && (total == 0 || t.writes) {
		t.c.moved += total
		return t.wait()
	}
	if e == errno.EPIPE { // even if something was written before (fs/pipe.c, pipe_write)
		t.c.brokenPipe()
	}
	if total += t.c.moved; total > 0 || e == errno.OK {
		return total, errno.OK
	}
	return 0, e
}

// brokenPipe sends the caller SIGPIPE, which looks as if it had sent it itself (send_sig's SEND_SIG_NOINFO).
func (c *call) brokenPipe() {
	c.p.send(c.t, sigInfo{
		sig: SIGPIPE, code: siUser, pid: c.p.PID, uid: c.p.cred.user.real,
		report: "SIGPIPE: sent because nobody reads what it writes, at " +
			c.k.place(c.p, addr.VAddr(c.t.CPU.RIP)) + "\n",
	})
}

// wait waits until the other end of the pipe has done something.
func (t *transfer) wait() (uint64, errno.Errno) {
	f, left := t.file, t.left
	return t.c.block(wait{
		what: "nobody has the other end of the pipe", restart: true,
		ready: func() bool {
			if s := f.Special(); s != nil {
				in, out := s.Ready()
				return in && !t.writes || out && t.writes
			}
			n, _ := f.Buffered()
			room := vfs.PipeSize-uint64(n) >= min(left, vfs.PipeAtomic)
			return f.HungUp() || !t.writes && n > 0 || t.writes && room
		},
	})
}

// out writes from memory into the file: the pieces are gathered, so that a pipe gets a small write whole.
func (t *transfer) out() (uint64, errno.Errno) {
	var total uint64
	t.writes = true
	if t.size() == 0 && t.c.moved == 0 {
		_, e := t.writeFile(nil)
		return t.end(0, e)
	}
	for {
		n, ok := t.gather(t.c.k.scratch)
		if n == 0 && !ok {
			return t.end(total, errno.EFAULT)
		}
		for b := t.c.k.scratch[:n]; len(b) > 0; {
			done, e := t.writeFile(b)
			total += uint64(done)
			b = b[done:]
			if e != errno.OK || done == 0 {
				t.left = uint64(len(b)) + t.size()
				return t.end(total, e)
			}
		}
		if !ok || t.size() == 0 {
			return t.end(total, errno.OK)
		}
	}
}

func (t *transfer) writeFile(b []byte) (n int, e errno.Errno) {
	if t.at {
		n, e = t.file.Pwrite(b, t.off)
		t.off += int64(n)
		return n, e
	}
	return t.file.Write(b)
}

// gather moves the next bytes of the pieces into b; ok is false when a piece ends in unmapped memory. It
// stays on one page at a time, so that everything before a hole is found.
func (t *transfer) gather(b []byte) (n int, ok bool) {
	for len(t.pieces) > 0 && n < len(b) {
		p := &t.pieces[0]
		m := min(p.n, uint64(len(b)-n))
		if m > 0 {
			got := t.c.getPart(p.va, b[n:n+int(m)])
			n += got
			if uint64(got) < m {
				return n, false
			}
		}
		p.va += m
		if p.n -= m; p.n == 0 {
			t.pieces = t.pieces[1:]
		}
	}
	return n, true
}
