package linux

import (
	"bytes"
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// sockAddr is where a socket can be found.
type sockAddr struct {
	raw []byte // struct sockaddr, as programs see it
	key any    // by which the kernel finds it: *vfs.Node, abstractName or inetPort
}

type abstractName string

type inetPort struct {
	kind int
	port uint16
}

// The sizes of struct sockaddr_un and of the parts of it and of struct sockaddr_in.
const (
	familySize   = 2
	unixAddrSize = 110
	inetAddrSize = 16
	maxAddrSize  = 128 // struct sockaddr_storage

	loopbackNet    = 127
	firstEphemeral = 32768 // net.ipv4.ip_local_port_range
	lastEphemeral  = 60999
)

// sockaddr reads an address; nil if there is none.
func (c *call) sockaddr(va, size uint64) ([]byte, errno.Errno) {
	n := int32(size)
	if n < 0 || n > maxAddrSize {
		return nil, errno.EINVAL
	}
	b := make([]byte, n)
	if !c.get(va, b) {
		return nil, errno.EFAULT
	}
	return b, errno.OK
}

// unixName checks an address of AF_UNIX (unix_validate_addr): the path, or the abstract name, which begins
// with a NUL.
func unixName(raw []byte) (path string, abstract bool, e errno.Errno) {
	if len(raw) <= familySize || len(raw) > unixAddrSize || binary.LittleEndian.Uint16(raw) != afUnix {
		return "", false, errno.EINVAL
	}
	name := raw[familySize:]
	if name[0] == 0 {
		return string(name), true, errno.OK
	}
	name, _, _ = bytes.Cut(name, []byte{0})
	return string(name), false, errno.OK
}

// bindUnix gives s a name in the file tree, or an abstract one.
func (c *call) bindUnix(s *socket, raw []byte) errno.Errno {
	if len(raw) == familySize && binary.LittleEndian.Uint16(raw) == afUnix {
		return c.autobind(s)
	}
	name, abstract, e := unixName(raw)
	switch {
	case e != errno.OK:
		return e
	case s.addr != nil:
		return errno.EINVAL
	case abstract:
		return c.bindTo(s, sockAddr{raw, abstractName(name)})
	}
	node, e := c.k.cfg.Files.MakeSocket(c.p.context(), nil, name)
	if e != errno.OK {
		return e
	}
	raw = append(raw[:familySize:familySize], name...)
	return c.bindTo(s, sockAddr{append(raw, 0), node})
}

// autobind gives s an abstract name of five hexadecimal digits (unix_autobind).
func (c *call) autobind(s *socket) errno.Errno {
	for n := range 1 << 20 {
		raw := binary.LittleEndian.AppendUint16(nil, afUnix)
		raw = append(raw, 0)
		for shift := 16; shift >= 0; shift -= 4 {
			raw = append(raw, "0123456789abcdef"[n>>shift&15])
		}
		if e := c.bindTo(s, sockAddr{raw, abstractName(raw[familySize:])}); e != errno.EADDRINUSE {
			return e
		}
	}
	return errno.ENOSPC
}

func (c *call) bindTo(s *socket, a sockAddr) errno.Errno {
	if c.k.bound[a.key] != nil {
		return errno.EADDRINUSE
	}
	c.k.bound[a.key], s.addr = s, &a
	return errno.OK
}

// findUnix finds the socket that an address of AF_UNIX means.
func (c *call) findUnix(raw []byte) (*socket, errno.Errno) {
	name, abstract, e := unixName(raw)
	if e != errno.OK {
		return nil, e
	}
	var key any = abstractName(name)
	if !abstract {
		node, e := c.k.cfg.Files.Lookup(c.p.context(), nil, name, true)
		if e == errno.OK {
			e = c.k.cfg.Files.Access(c.p.context(), node, 2)
		}
		if e == errno.OK && !node.IsSocket() {
			e = errno.ECONNREFUSED
		}
		if e != errno.OK {
			return nil, e
		}
		key = node
	}
	s := c.k.bound[key]
	if s == nil {
		return nil, errno.ECONNREFUSED
	}
	return s, errno.OK
}

// inetAddr is struct sockaddr_in of the loopback interface's first address.
func inetAddr(port uint16, ip [4]byte) []byte {
	b := make([]byte, inetAddrSize)
	binary.LittleEndian.PutUint16(b, afInet)
	binary.BigEndian.PutUint16(b[2:], port)
	copy(b[4:], ip[:])
	return b
}

// inetParts are the port and address of a struct sockaddr_in.
func inetParts(raw []byte) (port uint16, ip [4]byte, e errno.Errno) {
	if len(raw) < inetAddrSize {
		return 0, ip, errno.EINVAL
	}
	if binary.LittleEndian.Uint16(raw) != afInet {
		return 0, ip, errno.EAFNOSUPPORT
	}
	copy(ip[:], raw[4:])
	return binary.BigEndian.Uint16(raw[2:]), ip, errno.OK
}

// bindInet gives s a port of the loopback interface, or of all there are, which is the same.
func (c *call) bindInet(s *socket, raw []byte) errno.Errno {
	port, ip, e := inetParts(raw)
	switch {
	case e != errno.OK:
		return e
	case ip[0] != loopbackNet && ip != [4]byte{}:
		return errno.EADDRNOTAVAIL
	case s.addr != nil:
		return errno.EINVAL
	case port != 0 && port < 1024 && c.p.Cred.UID != 0:
		return errno.EACCES
	case port != 0:
		return c.bindTo(s, sockAddr{inetAddr(port, ip), inetPort{s.kind, port}})
	}
	for port := uint16(firstEphemeral); port <= lastEphemeral; port++ {
		a := sockAddr{inetAddr(port, ip), inetPort{s.kind, port}}
		if e := c.bindTo(s, a); e != errno.EADDRINUSE {
			return e
		}
	}
	return errno.EADDRINUSE
}

// findInet finds the socket that an address of AF_INET means: there is no network beyond the loopback one.
func (c *call) findInet(s *socket, raw []byte) (*socket, errno.Errno) {
	port, ip, e := inetParts(raw)
	switch {
	case e != errno.OK:
		return nil, e
	case ip[0] != loopbackNet && ip != [4]byte{}:
		return nil, errno.ENETUNREACH
	}
	if s.addr == nil {
		if e := c.bindInet(s, inetAddr(0, [4]byte{127, 0, 0, 1})); e != errno.OK {
			return nil, e
		}
	}
	if o := c.k.bound[inetPort{s.kind, port}]; o != nil {
		return o, errno.OK
	}
	return nil, errno.ECONNREFUSED
}

// bind gives s an address.
func (c *call) bindSocket(s *socket, raw []byte) errno.Errno {
	if s.family == afInet {
		return c.bindInet(s, raw)
	}
	return c.bindUnix(s, raw)
}

// find is the socket that s would reach at an address.
func (c *call) find(s *socket, raw []byte) (*socket, errno.Errno) {
	if s.family == afInet {
		return c.findInet(s, raw)
	}
	o, e := c.findUnix(raw)
	if e == errno.OK && o.kind != s.kind {
		return nil, errno.EPROTOTYPE
	}
	return o, e
}

// name is a socket's address as programs see it.
func (s *socket) name() []byte {
	switch {
	case s.addr != nil:
		return s.addr.raw
	case s.family == afInet:
		return inetAddr(0, [4]byte{})
	}
	return binary.LittleEndian.AppendUint16(nil, s.family16())
}

func (s *socket) family16() uint16 { return uint16(s.family) }

// putName writes an address as getsockname does: as much as there is room for, and its whole length.
func (c *call) putName(name []byte, va, sizeAt uint64) errno.Errno {
	if sizeAt == 0 {
		return errno.EFAULT
	}
	room, ok := c.get32(sizeAt)
	switch {
	case !ok:
		return errno.EFAULT
	case int32(room) < 0:
		return errno.EINVAL
	case !c.put(va, name[:min(int(room), len(name))]) || !c.put32(sizeAt, uint32(len(name))):
		return errno.EFAULT
	}
	return errno.OK
}
