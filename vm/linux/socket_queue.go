package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// message is what one send call has put into a queue: a datagram, or a part of a stream.
type message struct {
	data   []byte
	files  []*vfs.File // SCM_RIGHTS: held until they are taken out
	cred   ucred
	from   *socket
	charge int // of from's buffer
}

// drop gives back what the message holds.
func (m *message) drop() {
	m.from.charged -= m.charge
	m.from.changes++
	for _, f := range m.files {
		f.Close()
	}
	m.files, m.charge = nil, 0
}

// How Linux cuts a stream into buffers: up to linearPart bytes in one piece, the rest up to pagedPart in
// pages (SKB_MAX_HEAD, UNIX_SKB_FRAGS_SZ); and what a buffer costs beside its bytes (struct
// skb_shared_info, struct sk_buff).
const (
	linearPart = 3776
	pagedPart  = 32768
	streamPart = linearPart + pagedPart
	infoCost   = 320
	buffCost   = 256
)

// chargeOf is what n bytes in one buffer take of the sender's room (sk_buff.truesize), and how many of them
// one buffer takes.
func chargeOf(n int) (charge, bytes int) {
	n = min(n, streamPart)
	paged := 0
	if n > linearPart {
		paged = (min(n-linearPart, pagedPart) + 4095) &^ 4095
	}
	linear := 512
	for linear < max(n-paged, 0)+infoCost {
		linear *= 2
	}
	return linear + buffCost + paged, n
}

// send puts one message for the socket to into its queue. A stream takes as much as one buffer holds; n is
// how much that was.
func (s *socket) send(to *socket, m *message) (n int, e errno.Errno) {
	switch {
	case s.family == afInet && s.err != errno.OK: // sk_stream_error
		return 0, s.takeError()
	case s.noSend:
		return 0, errno.EPIPE
	case s.err != errno.OK:
		return 0, s.takeError()
	case s.kind == sockDgram && to.closed:
		if s.peer == to {
			s.peer = nil
		}
		return 0, errno.ECONNREFUSED
	case s.family == afInet && s.connects() && (to.closed || to.noRecv && to.noSend):
		s.err, s.noSend, s.noRecv, s.reset = errno.EPIPE, true, true, true // the answer (tcp_reset)
		s.changes++
		return len(m.data), errno.OK
	case to.noRecv && s.family == afUnix || to.closed:
		return 0, errno.EPIPE
	case s.charged >= sendBuffer, s.fills(to):
		return 0, errno.EAGAIN
	}
	charge, n := chargeOf(len(m.data))
	if s.kind != sockStream {
		n = len(m.data)
		charge = max(charge, n)
	}
	m.data = append([]byte(nil), m.data[:n]...)
	m.from, m.charge = s, charge
	s.charged += charge
	to.queue = append(to.queue, m)
	to.changes++
	return n, errno.OK
}

// received is what one recv call has got.
type received struct {
	n     int // bytes
	whole int // length of the datagram, n of a stream
	from  *socket
	files []*vfs.File
	cred  ucred
	any   bool // there was a message at all; false: the end of the stream
}

// head is what the next recv can take, or why there is nothing.
func (s *socket) head() (*message, errno.Errno) {
	switch {
	case s.err == errno.EPIPE && s.reset: // behind the end that was told before
		return nil, errno.OK
	case s.err != errno.OK && len(s.queue) == 0:
		return nil, s.takeError()
	case s.listening, s.connects() && !s.linked:
		if s.family == afUnix && s.kind == sockStream {
			return nil, errno.EINVAL
		}
		return nil, errno.ENOTCONN
	case len(s.queue) > 0:
		return s.queue[0], errno.OK
	case s.noRecv:
		return nil, errno.OK
	}
	return nil, errno.EAGAIN
}

// recv takes bytes out of the queue into b; with peek it leaves them. Of a stream it stops behind bytes that
// files came with, and where other credentials begin if the reader asks for those.
func (s *socket) recv(b []byte, peek bool) (r received, e errno.Errno) {
	m, e := s.head()
	if e != errno.OK || m == nil {
		return r, e
	}
	r = received{from: m.from, cred: m.cred, any: true}
	if s.kind != sockStream {
		r.n, r.whole, r.files = copy(b, m.data), len(m.data), m.files
		s.taken(m, len(m.data), peek)
		return r, errno.OK
	}
	for i := 0; i < len(s.queue) && r.n < len(b); {
		m = s.queue[i]
		if r.n > 0 && s.option(soPassCred) != 0 && m.cred != r.cred {
			break
		}
		n := copy(b[r.n:], m.data)
		r.n += n
		files := m.files
		all := n == len(m.data)
		s.taken(m, n, peek)
		if len(files) > 0 {
			r.files = files
			break
		}
		if peek || !all {
			i++
		}
	}
	r.whole = r.n
	return r, errno.OK
}

// taken takes n bytes and the files off a message at the head of the queue; the files' holder is then the
// caller, of a copy if it only looks.
func (s *socket) taken(m *message, n int, peek bool) {
	if peek {
		for _, f := range m.files {
			f.Hold()
		}
		return
	}
	m.files = nil
	m.data = m.data[n:]
	if len(m.data) == 0 || s.kind != sockStream {
		s.queue[0] = nil
		s.queue = s.queue[1:]
		m.drop()
	}
	s.changes++
}
