package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has the calls that make sockets and connect them.

func socketCalls() handlers {
	return handlers{
		"socket":      {3, (*call).socket},
		"socketpair":  {4, (*call).socketpair},
		"connect":     {3, (*call).connect},
		"bind":        {3, (*call).bind},
		"listen":      {2, (*call).listen},
		"accept":      {3, (*call).accept},
		"accept4":     {4, (*call).accept4},
		"getsockname": {3, (*call).getsockname},
		"getpeername": {3, (*call).getpeername},
		"setsockopt":  {5, (*call).setsockopt},
		"getsockopt":  {5, (*call).getsockopt},
		"shutdown":    {2, (*call).shutdown},
		"sendto":      {6, (*call).sendto},
		"recvfrom":    {6, (*call).recvfrom},
		"sendmsg":     {3, (*call).sendmsg},
		"recvmsg":     {3, (*call).recvmsg},
		"sendmmsg":    {4, (*call).sendmmsg},
		"recvmmsg":    {5, (*call).recvmmsg},
	}
}

// The flags that are or-ed to the kind of a new socket are those of open(2).
const (
	sockKind    = 0xf
	sockFlags   = vfs.OCloseExec | vfs.ONonBlock
	lastKind    = 10 // SOCK_PACKET
	protoUnix   = 1  // PF_UNIX
	protoTCP    = 6
	protoUDP    = 17
	maxBacklogs = 4096 // net.core.somaxconn
)

// socketArgs checks what socket and socketpair are asked for. Families that the machine has not are refused
// as by a kernel built without them: programs that ask a daemon or a name server then go on without.
func (c *call) socketArgs() (family, kind int, flags uint32, e errno.Errno) {
	family, kind = int(int32(c.a[0])), int(c.a[1]&sockKind)
	flags = uint32(c.a[1]) &^ sockKind
	proto := int32(c.a[2])
	switch {
	case flags&^sockFlags != 0, kind > lastKind:
		return 0, 0, 0, errno.EINVAL
	case family != afUnix && family != afInet:
		return 0, 0, 0, errno.EAFNOSUPPORT
	case kind == 3 && family == afUnix: // SOCK_RAW is taken for SOCK_DGRAM (unix_create)
		kind = sockDgram
	}
	switch {
	case family == afUnix && proto != 0 && proto != protoUnix:
		return 0, 0, 0, errno.EPROTONOSUPPORT
	case kind == 3: // raw sockets are for the privileged
		return 0, 0, 0, errno.EPERM
	case kind != sockStream && kind != sockDgram && (kind != sockSeq || family != afUnix):
		return 0, 0, 0, errno.ESOCKTNOSUPPORT
	case family == afInet && proto != 0 && proto != int32(protoOf(kind)):
		return 0, 0, 0, errno.EPROTONOSUPPORT
	}
	return family, kind, flags, errno.OK
}

// protoOf is the protocol of AF_INET's sockets of a kind.
func protoOf(kind int) uint32 {
	if kind == sockStream {
		return protoTCP
	}
	return protoUDP
}

func (c *call) installSocket(s *socket, flags uint32) (uint64, errno.Errno) {
	return c.install(c.k.cfg.Files.OpenSocket(s, flags&vfs.ONonBlock), 0, flags&vfs.OCloseExec != 0)
}

func (c *call) socket() (uint64, errno.Errno) {
	family, kind, flags, e := c.socketArgs()
	if e != errno.OK {
		return 0, e
	}
	return c.installSocket(c.newSocket(family, kind), flags)
}

func (c *call) socketpair() (uint64, errno.Errno) {
	family, kind, flags, e := c.socketArgs()
	switch {
	case e != errno.OK:
		return 0, e
	case family != afUnix:
		return 0, errno.EOPNOTSUPP
	}
	a, b := c.newSocket(family, kind), c.newSocket(family, kind)
	a.join(b)
	a.peerIs, b.peerIs = c.creds(), c.creds()
	one, e := c.installSocket(a, flags)
	if e != errno.OK {
		b.Close()
		return 0, e
	}
	two, e := c.installSocket(b, flags)
	if e == errno.OK && !c.put64(c.a[3], one|two<<32) {
		_ = c.p.Files.close(int(two)) // both have just been opened
		e = errno.EFAULT
	}
	if e != errno.OK {
		_ = c.p.Files.close(int(one))
	}
	return 0, e
}

func (c *call) creds() ucred { return ucred{c.p.PID, c.p.Cred.UID, c.p.Cred.GID} }

// socketAndAddress reads the arguments of a call on a socket with an address.
func (c *call) socketAndAddress() (s *socket, f *vfs.File, raw []byte, e errno.Errno) {
	if s, f, e = c.socketOf(c.a[0]); e != errno.OK {
		return nil, nil, nil, e
	}
	raw, e = c.sockaddr(c.a[1], c.a[2])
	return s, f, raw, e
}

func (c *call) bind() (uint64, errno.Errno) {
	s, _, raw, e := c.socketAndAddress()
	if e != errno.OK {
		return 0, e
	}
	return 0, c.bindSocket(s, raw)
}

func (c *call) listen() (uint64, errno.Errno) {
	s, _, e := c.socketOf(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case !s.connects():
		return 0, errno.EOPNOTSUPP
	case s.addr == nil && s.family == afInet:
		if e := c.bindInet(s, inetAddr(0, [4]byte{})); e != errno.OK {
			return 0, e
		}
	case s.addr == nil, s.linked:
		return 0, errno.EINVAL
	}
	s.listening, s.own = true, c.creds()
	s.most = int(min(uint32(c.a[1]), maxBacklogs))
	s.changes++
	return 0, errno.OK
}

func (c *call) accept() (uint64, errno.Errno) { return c.acceptWith(0) }

func (c *call) accept4() (uint64, errno.Errno) {
	if c.a[3]&^sockFlags != 0 {
		return 0, errno.EINVAL
	}
	return c.acceptWith(uint32(c.a[3]))
}

func (c *call) acceptWith(flags uint32) (uint64, errno.Errno) {
	s, f, e := c.socketOf(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case !s.connects():
		return 0, errno.EOPNOTSUPP
	case !s.listening:
		return 0, errno.EINVAL
	case len(s.backlog) == 0 && f.Flags()&vfs.ONonBlock != 0:
		return 0, errno.EAGAIN
	case len(s.backlog) == 0:
		return c.waitSocket(s, false, "nobody connects to the socket")
	}
	n := s.backlog[0]
	s.backlog = s.backlog[1:]
	s.changes++
	fd, e := c.installSocket(n, flags)
	if e != errno.OK || c.a[1] == 0 {
		return fd, e
	}
	if e := c.putName(n.peerName(), c.a[1], c.a[2]); e != errno.OK {
		_ = c.p.Files.close(int(fd)) // it has just been opened
		return 0, e
	}
	return fd, errno.OK
}

// peerName is the address of a socket's peer, which may be gone.
func (s *socket) peerName() []byte {
	if s.peer != nil {
		return s.peer.name()
	}
	return (&socket{family: s.family}).name()
}

func (c *call) connect() (uint64, errno.Errno) {
	s, f, raw, e := c.socketAndAddress()
	if e != errno.OK {
		return 0, e
	}
	const unspecified = 0
	switch {
	case len(raw) < familySize:
		return 0, errno.EINVAL
	case !s.connects() && raw[0] == unspecified && raw[1] == 0:
		s.peer, s.linked = nil, false
		return 0, errno.OK
	case s.connects() && s.linked:
		return 0, errno.EISCONN
	case s.listening && s.family == afInet:
		return 0, errno.EISCONN
	case s.listening:
		return 0, errno.EINVAL
	}
	o, e := c.find(s, raw)
	if e == errno.OK && s.connects() && !o.listening {
		e = errno.ECONNREFUSED
	}
	if !s.connects() {
		if e == errno.OK && o.peer != nil && o.peer != s {
			e = errno.EPERM
		}
		if e == errno.OK {
			s.peer, s.linked = o, true
			s.changes++
		}
		return 0, e
	}
	pending := s.family == afInet && f.Flags()&vfs.ONonBlock != 0
	switch {
	case e == errno.ECONNREFUSED && pending: // found out when the answer comes, which is at once
		s.err = e
		s.changes++
		return 0, errno.EINPROGRESS
	case e != errno.OK:
		return 0, e
	case len(o.backlog) > o.most && f.Flags()&vfs.ONonBlock != 0:
		return 0, errno.EAGAIN
	case len(o.backlog) > o.most:
		return c.block(wait{
			what: "nobody accepts the connections that wait", restart: true,
			ready: func() bool { return o.closed || len(o.backlog) <= o.most },
		})
	}
	c.reach(s, o)
	if pending {
		return 0, errno.EINPROGRESS
	}
	return 0, errno.OK
}

// reach connects s with a new socket that waits to be accepted from o.
func (c *call) reach(s, o *socket) {
	n := c.newSocket(o.family, o.kind)
	n.addr = o.addr
	if port, ip, e := inetParts(o.addr.raw); o.family == afInet && e == errno.OK && ip == [4]byte{} {
		n.addr = &sockAddr{inetAddr(port, [4]byte{127, 0, 0, 1}), o.addr.key}
	}
	n.join(s)
	n.peerIs, s.peerIs = c.creds(), o.own
	o.backlog = append(o.backlog, n)
	o.changes++
}

func (c *call) getsockname() (uint64, errno.Errno) {
	s, _, e := c.socketOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return 0, c.putName(s.name(), c.a[1], c.a[2])
}

func (c *call) getpeername() (uint64, errno.Errno) {
	s, _, e := c.socketOf(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case s.peer == nil, s.reset:
		return 0, errno.ENOTCONN
	}
	return 0, c.putName(s.peer.name(), c.a[1], c.a[2])
}

func (c *call) shutdown() (uint64, errno.Errno) {
	s, _, e := c.socketOf(c.a[0])
	const both = 2
	how := int32(c.a[1])
	switch {
	case e != errno.OK:
		return 0, e
	case how < 0 || how > both:
		return 0, errno.EINVAL
	case s.family == afInet && !s.linked:
		return 0, errno.ENOTCONN
	}
	s.shut(how != 1, how != 0)
	return 0, errno.OK
}

// waitSocket makes the caller wait until s can be read from or, with out, written to; the call is then made
// again. The socket's time limit counts from the first wait on.
func (c *call) waitSocket(s *socket, out bool, what string) (uint64, errno.Errno) {
	w := wait{what: what, expired: errno.EAGAIN, ready: func() bool {
		if out {
			// Unlike poll, a sleeping writer goes on as soon as there is any room at all.
			return s.noSend || s.err != errno.OK || s.charged < sendBuffer && !s.peerFull()
		}
		in, _ := s.Ready()
		return in
	}}
	ns := s.recvLimit
	if out {
		ns = s.sendLimit
	}
	if ns > 0 {
		if c.deadline == 0 {
			c.deadline = c.k.after(ns)
		}
		w.timed, w.until = true, c.deadline
	} else {
		w.restart = true // with a time limit the call ends with EINTR (sock_intr_errno)
	}
	return c.block(w)
}
