package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// The flags of send(2) and recv(2) (include/linux/socket.h).
const (
	msgOOB       = 0x1
	msgPeek      = 0x2
	msgCtrunc    = 0x8
	msgTrunc     = 0x20
	msgDontWait  = 0x40
	msgEOR       = 0x80
	msgWaitAll   = 0x100
	msgNoSignal  = 0x4000
	msgWaitOne   = 0x10000
	msgCloseExec = 0x40000000
)

// packet is what a send or recv call is about: struct msghdr.
type packet struct {
	name        uint64
	nameLen     uint32
	pieces      []piece
	control     uint64
	controlSize uint64
	flags       uint32
}

func (c *call) sendto() (uint64, errno.Errno) {
	if !inRange(c.a[1], c.a[2]) {
		return 0, errno.EFAULT
	}
	p := packet{
		name: c.a[4], nameLen: uint32(c.a[5]), pieces: []piece{{c.a[1], min(c.a[2], maxTransfer)}},
		flags: uint32(c.a[3]),
	}
	return c.sendOn(c.a[0], &p)
}

func (c *call) recvfrom() (uint64, errno.Errno) {
	if !inRange(c.a[1], c.a[2]) {
		return 0, errno.EFAULT
	}
	p := packet{pieces: []piece{{c.a[1], min(c.a[2], maxTransfer)}}, flags: uint32(c.a[3])}
	got, n, e := c.recvOn(c.a[0], &p)
	c.closeAll(got.files, &controlOut{}) // nobody asked for them
	if e == errno.OK && c.t.waiting == nil && c.a[4] != 0 && got.any {
		e = c.putName(c.sender(c.a[0], got), c.a[4], c.a[5])
	}
	return n, e
}

// sender is the address that a received message came from: nothing of one without a name.
func (c *call) sender(fd uint64, r received) []byte {
	s, _, e := c.socketOf(fd)
	switch {
	case e != errno.OK || r.from == nil:
		return nil
	case s.family == afInet && s.kind == sockStream, s.family == afUnix && r.from.addr == nil:
		return nil
	}
	return r.from.name()
}

// msghdr reads a struct msghdr: name, its length, the pieces, their number, control, its length, flags.
func (c *call) msghdr(va uint64) (p packet, e errno.Errno) {
	var w [7]uint64
	if !c.getWords(va, w[:]) {
		return p, errno.EFAULT
	}
	p = packet{name: w[0], nameLen: uint32(w[1]), control: w[4], controlSize: w[5]}
	switch {
	case int32(p.nameLen) < 0:
		return p, errno.EINVAL
	case w[3] > maxIOV:
		return p, errno.EMSGSIZE
	case p.name == 0:
		p.nameLen = 0
	}
	p.nameLen = min(p.nameLen, maxAddrSize)
	p.pieces, e = c.pieces(w[2], uint32(w[3]))
	return p, e
}

func (c *call) sendmsg() (uint64, errno.Errno) { return c.sendmsgAt(c.a[1], uint32(c.a[2])) }

func (c *call) sendmsgAt(va uint64, flags uint32) (uint64, errno.Errno) {
	p, e := c.msghdr(va)
	if e != errno.OK {
		return 0, e
	}
	p.flags = flags
	return c.sendOn(c.a[0], &p)
}

func (c *call) recvmsg() (uint64, errno.Errno) { return c.recvmsgAt(c.a[1], uint32(c.a[2])) }

func (c *call) recvmsgAt(va uint64, flags uint32) (uint64, errno.Errno) {
	p, e := c.msghdr(va)
	if e != errno.OK {
		return 0, e
	}
	p.flags = flags
	got, n, e := c.recvOn(c.a[0], &p)
	if e != errno.OK || c.t.waiting != nil {
		return n, e
	}
	s, _, e := c.socketOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	out := c.controlFor(s, got, int(min(p.controlSize, maxControls)), flags&msgCloseExec != 0)
	shown := flags & msgCloseExec
	if out.cut {
		shown |= msgCtrunc
	}
	if uint64(got.whole) > n && s.kind != sockStream && flags&msgTrunc == 0 {
		shown |= msgTrunc
	}
	w, name := uint64(c.word), []byte(nil)
	if p.name != 0 && got.any {
		name = c.sender(c.a[0], got)
	}
	ok := c.put(p.name, name[:min(len(name), int(p.nameLen))]) && c.put(p.control, out.b) &&
		c.putWords(va+5*w, uint64(len(out.b))) && c.put32(va+6*w, shown) &&
		(p.name == 0 || c.put32(va+w, uint32(len(name))))
	return c.result(n, ok)
}

// mmsgSize is the size of struct mmsghdr in words: a msghdr and how much was moved.
const mmsgSize = 8

func (c *call) sendmmsg() (uint64, errno.Errno) {
	return c.several(func(va uint64, first bool) (uint64, errno.Errno) {
		flags := uint32(c.a[3])
		if !first {
			flags |= msgDontWait
		}
		return c.sendmsgAt(va, flags)
	})
}

// recvmmsg waits for the first message only: a program that wants to wait for more asks for them.
func (c *call) recvmmsg() (uint64, errno.Errno) {
	return c.several(func(va uint64, first bool) (uint64, errno.Errno) {
		flags := uint32(c.a[3]) &^ msgWaitOne
		if !first {
			flags |= msgDontWait
		}
		return c.recvmsgAt(va, flags)
	})
}

// several makes one call for each struct mmsghdr until one fails; that error shows only if it is the first.
func (c *call) several(one func(va uint64, first bool) (uint64, errno.Errno)) (uint64, errno.Errno) {
	most, w := min(uint32(c.a[2]), maxIOV), uint64(c.word)
	for i := range uint64(most) {
		va := c.a[1] + i*mmsgSize*w
		n, e := one(va, i == 0)
		switch {
		case c.t.waiting != nil:
			return 0, errno.OK
		case e != errno.OK && i > 0:
			return i, errno.OK
		case e != errno.OK:
			return 0, e
		case !c.put32(va+7*w, uint32(n)):
			return i, errno.EFAULT
		}
	}
	return uint64(most), errno.OK
}

// sendOn sends a packet through the socket of a descriptor.
func (c *call) sendOn(fd uint64, p *packet) (uint64, errno.Errno) {
	s, f, e := c.socketOf(fd)
	if e != errno.OK {
		return 0, e
	}
	if p.flags&msgOOB != 0 {
		return 0, errno.EOPNOTSUPP
	}
	to, e := c.receiver(s, p)
	if e == errno.ECONNREFUSED && s.family == afInet && s.kind == sockDgram && s.peer == nil {
		t := transfer{pieces: p.pieces}
		return t.size(), errno.OK // it is lost: nobody tells a socket that is not connected
	}
	if e == errno.OK {
		t := transfer{c: c, file: f, pieces: p.pieces}
		var n uint64
		n, e = c.sendPieces(s, to, p, &t)
		if e == errno.OK || e == errno.EAGAIN && n > 0 && p.dontWait(f) {
			return n, errno.OK
		}
		c.moved = n
	}
	switch {
	case e == errno.EAGAIN && !p.dontWait(f):
		return c.waitSocket(s, true, "nobody reads what it sends")
	case e == errno.EPIPE && p.flags&msgNoSignal == 0 && s.kind == sockStream:
		c.brokenPipe()
	}
	if c.moved > 0 {
		return c.moved, errno.OK
	}
	return 0, e
}

func (p *packet) dontWait(f *vfs.File) bool {
	return p.flags&msgDontWait != 0 || f.Flags()&vfs.ONonBlock != 0
}

// receiver is the socket that a packet goes to: the address's, or the one that s is connected to.
func (c *call) receiver(s *socket, p *packet) (*socket, errno.Errno) {
	if p.name != 0 && p.nameLen > 0 && s.kind == sockDgram {
		raw, e := c.sockaddr(p.name, uint64(p.nameLen))
		if e != errno.OK {
			return nil, e
		}
		to, e := c.find(s, raw)
		if e == errno.OK && s.family == afUnix && to.peer != nil && to.peer != s {
			e = errno.EPERM
		}
		return to, e
	}
	switch {
	case p.name != 0 && p.nameLen > 0 && s.linked && s.family == afUnix:
		return nil, errno.EISCONN
	case p.name != 0 && p.nameLen > 0 && s.family == afUnix:
		return nil, errno.EOPNOTSUPP
	case s.peer != nil:
		return s.peer, errno.OK
	case s.err != errno.OK:
		return nil, s.takeError()
	case s.family == afInet && s.kind == sockStream:
		return nil, errno.EPIPE
	case s.family == afInet:
		return nil, errno.EDESTADDRREQ
	}
	return nil, errno.ENOTCONN
}

// sendPieces sends what the pieces hold, behind what the call has moved before it had to wait: a stream's
// bytes one buffer after the other, anything else as one message. n counts what has been moved in all.
func (c *call) sendPieces(s, to *socket, p *packet, t *transfer) (n uint64, e errno.Errno) {
	n = c.moved
	m := &message{cred: c.creds()}
	if p.controlSize > 0 && n == 0 {
		if p.controlSize > maxControls {
			return 0, errno.ENOBUFS
		}
		b := make([]byte, p.controlSize)
		if !c.get(p.control, b) {
			return 0, errno.EFAULT
		}
		if e := c.control(m, b); e != errno.OK {
			return 0, e
		}
	}
	defer func() { // what did not go out
		for _, f := range m.files {
			f.Close()
		}
	}()
	t.skip(n)
	left := t.size()
	b := c.k.scratch[:streamPart]
	switch {
	case s.kind != sockStream && left > sendBuffer-32:
		return 0, errno.EMSGSIZE
	case s.kind != sockStream && left > streamPart:
		b = make([]byte, left)
	case s.kind == sockStream && left == 0:
		return n, errno.OK
	}
	for {
		got, ok := t.gather(b)
		if !ok && (got == 0 || s.kind != sockStream) {
			return n, errno.EFAULT
		}
		for b := b[:got]; ; {
			m.data = b
			done, e := s.send(to, m)
			if e != errno.OK {
				return n, e
			}
			m = &message{cred: m.cred}
			n += uint64(done)
			if b = b[done:]; len(b) == 0 {
				break
			}
		}
		if t.size() == 0 {
			return n, errno.OK
		}
	}
}

// recvOn receives into a packet's pieces from the socket of a descriptor. n is what the call answers.
func (c *call) recvOn(fd uint64, p *packet) (r received, n uint64, e errno.Errno) {
	s, f, e := c.socketOf(fd)
	if e != errno.OK {
		return r, 0, e
	}
	if p.flags&msgOOB != 0 {
		return r, 0, errno.EINVAL
	}
	t := transfer{c: c, file: f, pieces: p.pieces}
	t.skip(c.moved)
	size := t.size()
	if size == 0 && s.kind == sockStream && c.moved == 0 && s.linked {
		return r, 0, errno.OK
	}
	b := make([]byte, min(size, s.waiting()))
	r, e = s.recv(b, p.flags&msgPeek != 0)
	switch {
	case e == errno.EAGAIN && !p.dontWait(f):
		n, e = c.waitSocket(s, false, "nobody sends to the socket")
		return r, n, e
	case e != errno.OK && c.moved > 0:
		return r, c.moved, errno.OK
	case e != errno.OK:
		return r, 0, e
	}
	if put := t.scatter(b[:r.n]); put < r.n {
		c.closeAll(r.files, &controlOut{})
		return r, 0, errno.EFAULT
	}
	n = c.moved + uint64(r.n)
	all := p.flags&(msgWaitAll|msgPeek) == msgWaitAll && s.kind == sockStream
	if all && r.any && uint64(r.n) < size && len(r.files) == 0 && !s.noRecv && !p.dontWait(f) {
		c.moved = n
		n, e = c.waitSocket(s, false, "nobody sends the rest of what it wants")
		return r, n, e
	}
	if p.flags&msgTrunc != 0 && s.kind != sockStream {
		n = uint64(r.whole)
	}
	return r, n, errno.OK
}

// waiting bounds what one recv can get.
func (s *socket) waiting() uint64 {
	var n uint64
	for _, m := range s.queue {
		n += uint64(len(m.data))
	}
	return n
}

// scatter copies b into the pieces; how much could be copied is returned.
func (t *transfer) scatter(b []byte) (done int) {
	for _, p := range t.pieces {
		n := min(int(min(p.n, maxTransfer)), len(b)-done)
		put := t.c.putPart(p.va, b[done:done+n])
		done += put
		if put < n {
			break
		}
	}
	return done
}

// pieces reads the struct iovecs of a vector.
func (c *call) pieces(va uint64, n uint32) ([]piece, errno.Errno) {
	w := make([]uint64, 2*n)
	if !c.getWords(va, w) {
		return nil, errno.EFAULT
	}
	list := make([]piece, n)
	for i := range list {
		p := piece{w[2*i], w[2*i+1]}
		if int64(p.n) < 0 {
			return nil, errno.EINVAL
		}
		if p.n = min(p.n, maxTransfer); !inRange(p.va, p.n) {
			return nil, errno.EFAULT
		}
		list[i] = p
	}
	return list, errno.OK
}
