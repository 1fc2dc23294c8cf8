package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// Sockets within the machine: AF_UNIX between its processes, and AF_INET as far as a machine goes whose only
// interface is the loopback one.
//
//	socket.go          what a socket is, its end, poll
//	socket_queue.go    messages on their way from one to the other
//	socket_addr.go     addresses and who is bound to them
//	sys_socket.go      socket, bind, listen, accept, connect ...
//	sys_sendrecv.go    send, recv and their kin        socket_control.go   what travels beside the bytes
//	sys_sockopt.go     getsockopt, setsockopt
//
// A connection is two sockets that are each other's peer; what one sends lies in the other's queue.

// The families and kinds of socket(2) (include/linux/socket.h, include/linux/net.h).
const (
	afUnix = 1
	afInet = 2

	sockStream = 1
	sockDgram  = 2
	sockSeq    = 5
)

// sendBuffer is how much may lie in the other side's queue (net.core.wmem_default), packets how many
// datagrams may wait there (net.unix.max_dgram_qlen).
const (
	sendBuffer = 212992
	maxPackets = 10
)

// ucred is who is on the other side, for SO_PEERCRED and SCM_CREDENTIALS.
type ucred struct {
	pid      int32
	uid, gid uint32
}

// socket is one end of a conversation. It is a vfs.Special.
type socket struct {
	k            *Kernel
	family, kind int
	options      map[sockOption]int32 // those that were set
	recvLimit    uint64               // ns that a call waits at most; 0: for ever
	sendLimit    uint64

	addr *sockAddr // nil: bound to nothing
	peer *socket   // nil: connected to nobody

	listening bool
	backlog   []*socket // of a listening one: connections that nobody has accepted
	most      int       // of the backlog

	queue   []*message
	charged int  // bytes of its own that lie in others' queues
	noRecv  bool // shutdown: nothing comes any more
	noSend  bool
	linked  bool // it has been connected, though its peer may be gone
	closed  bool
	reset   bool        // TCP: the connection is over, for both sides
	err     errno.Errno // what the next call fails with (SO_ERROR)
	peerIs  ucred
	own     ucred  // of a listening one, when it began to
	linger  uint32 // seconds of SO_LINGER: kept and shown
	abrupt  bool   // SO_LINGER for 0 seconds: close is an RST
	changes uint64
}

func (c *call) newSocket(family, kind int) *socket {
	return &socket{k: c.k, family: family, kind: kind, options: map[sockOption]int32{}}
}

// connected reports whether the kind of socket is one that makes connections.
func (s *socket) connects() bool { return s.kind != sockDgram }

// ReadAt is never called: the calls on descriptors ask for sockets first.
func (s *socket) ReadAt([]byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// WriteAt is never called either.
func (s *socket) WriteAt([]byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// Changes grows with everything that poll could tell.
func (s *socket) Changes() uint64 { return s.changes }

// Ready reports whether recv (or accept) and send would not have to wait.
func (s *socket) Ready() (in, out bool) {
	p := s.poll()
	return p&(pollIn|pollHup|pollErr) != 0, p&(pollOut|pollHup|pollErr) != 0
}

// poll is unix_poll and unix_dgram_poll.
func (s *socket) poll() uint16 {
	var v uint16
	if s.err != errno.OK {
		v |= pollErr
	}
	if s.noRecv {
		v |= pollRdHup | pollIn | pollRDN
	}
	if s.noRecv && s.noSend || s.connects() && !s.linked && !s.listening {
		v |= pollHup
	}
	if len(s.queue) > 0 || len(s.backlog) > 0 {
		v |= pollIn | pollRDN
	}
	// A quarter of the buffer, so that a writer is not woken for every byte (unix_writable).
	if !s.listening && s.charged*4 <= sendBuffer && !s.peerFull() {
		v |= pollOut | pollWRN | pollWRB
	}
	return v
}

// peerFull reports whether the other side has as many datagrams as may wait.
func (s *socket) peerFull() bool {
	return s.peer != nil && s.fills(s.peer)
}

// fills reports whether to has no room for another datagram of s. Of two that are connected with each other
// only the buffer counts (unix_dgram_sendmsg).
func (s *socket) fills(to *socket) bool {
	return s.kind == sockDgram && s.family == afUnix && to.peer != s && len(to.queue) > maxPackets
}

// join connects two sockets.
func (s *socket) join(o *socket) {
	s.peer, o.peer, s.linked, o.linked = o, s, true, true
	s.changes++
	o.changes++
}

// shut is shutdown(2) on one side, and what the other notices of it (net/unix/af_unix.c, unix_shutdown).
func (s *socket) shut(recv, send bool) {
	s.noRecv, s.noSend = s.noRecv || recv, s.noSend || send
	s.changes++
	if o := s.peer; o != nil && s.connects() {
		o.noRecv, o.noSend = o.noRecv || send, o.noSend || recv && s.family == afUnix
		if s.family == afInet && s.noSend && o.noSend {
			s.reset, o.reset = true, true // both have said that nothing more comes
		}
		o.changes++
	}
}

// Close is the end of the socket: the last descriptor of it is gone (unix_release_sock).
func (s *socket) Close() {
	if s.closed {
		return
	}
	s.closed = true
	if s.addr != nil && s.k.bound[s.addr.key] == s {
		delete(s.k.bound, s.addr.key)
	}
	for _, embryo := range s.backlog {
		if o := embryo.peer; o != nil {
			o.err = errno.ECONNRESET
			o.reset = s.family == afInet
		}
		embryo.Close()
	}
	s.backlog, s.listening = nil, false
	if o := s.peer; o != nil && s.connects() {
		unread := len(s.queue) > 0 || s.abrupt
		if unread && o.err == errno.OK {
			o.err = errno.ECONNRESET
		}
		s.shut(true, true)
		// TCP says by a FIN that nothing more comes, and answers by an RST if something does.
		o.reset = o.reset || unread && s.family == afInet
		o.noSend = o.noSend || s.family == afUnix || o.reset
	}
	for _, m := range s.queue {
		m.drop()
	}
	s.queue = nil
}

// takeError is the error that waits, which is told once.
func (s *socket) takeError() errno.Errno {
	e := s.err
	s.err = errno.OK
	return e
}

// socketOf is the socket behind a descriptor.
func (c *call) socketOf(fd uint64) (*socket, *vfs.File, errno.Errno) {
	f, e := c.file(fd)
	if e != errno.OK {
		return nil, nil, e
	}
	s, ok := f.Special().(*socket)
	if !ok {
		return nil, nil, errno.ENOTSOCK
	}
	return s, f, errno.OK
}
