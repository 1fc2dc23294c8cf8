package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// sockOption is an option of a socket: level and number.
type sockOption struct{ level, name uint32 }

// The options of level SOL_SOCKET that mean something here (include/uapi/asm-generic/socket.h). The others,
// and those of the protocols (TCP_NODELAY), are kept and shown, nothing more.
const (
	solSocket = 1
	solTCP    = 6

	soType        = 3
	soError       = 4
	soSendBuffer  = 7
	soRecvBuffer  = 8
	soLinger      = 13
	soPassCred    = 16
	soPeerCred    = 17
	soRecvLowest  = 18
	soRecvTimeout = 20
	soSendTimeout = 21
	soAcceptConn  = 30
	soProtocol    = 38
	soDomain      = 39
	soPeerGroups  = 59
	lastSockOpt   = 83
)

// option is an option of level SOL_SOCKET.
func (s *socket) option(name uint32) int32 { return s.options[sockOption{solSocket, name}] }

// known reports whether a socket has an option at all.
func (s *socket) known(o sockOption) errno.Errno {
	switch {
	case o.level == solSocket && o.name > 0 && o.name <= lastSockOpt:
		return errno.OK
	case o.level == solSocket:
		return errno.ENOPROTOOPT
	case s.family == afUnix:
		return errno.EOPNOTSUPP
	case o.level == 0, o.level == solTCP && s.kind == sockStream: // IP and TCP
		return errno.OK
	}
	return errno.ENOPROTOOPT
}

// sockOption is the option that the call is about. The times of i386 have newer names for their 64-bit forms
// (SO_RCVTIMEO_NEW), which on x86-64 are the same.
func (c *call) sockOption() sockOption {
	const recvTimeoutNew, sendTimeoutNew = 66, 67
	o := sockOption{uint32(c.a[1]), uint32(c.a[2])}
	if o.level == solSocket && (o.name == recvTimeoutNew || o.name == sendTimeoutNew) {
		o.name -= recvTimeoutNew - soRecvTimeout
		c.word = 8
	}
	return o
}

func (c *call) setsockopt() (uint64, errno.Errno) {
	s, _, e := c.socketOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	o, size := c.sockOption(), int32(c.a[4])
	if e := s.known(o); e != errno.OK {
		return 0, e
	}
	if size < 4 {
		return 0, errno.EINVAL
	}
	if o.level == solSocket {
		switch o.name {
		case soType, soError, soPeerCred, soAcceptConn, soProtocol, soDomain, soPeerGroups:
			return 0, errno.ENOPROTOOPT // they can only be read
		case soRecvTimeout, soSendTimeout:
			return 0, c.setSocketTime(s, o.name, size)
		}
	}
	v, ok := c.get32(c.a[3])
	if !ok {
		return 0, errno.EFAULT
	}
	if o.level == solSocket && (o.name == soSendBuffer || o.name == soRecvBuffer) {
		v = min(max(v, 1024), sendBuffer) * 2 // room for what a buffer costs beside its bytes (socket(7))
	}
	if o == (sockOption{solSocket, soLinger}) {
		seconds, ok := c.get32(c.a[3] + 4)
		switch {
		case size < 8:
			return 0, errno.EINVAL
		case !ok:
			return 0, errno.EFAULT
		}
		s.abrupt = v != 0 && seconds == 0 && s.family == afInet
		s.linger = seconds
	}
	s.options[o] = int32(v)
	return 0, errno.OK
}

// setSocketTime sets how long a call may wait: a struct timeval.
func (c *call) setSocketTime(s *socket, name uint32, size int32) errno.Errno {
	var w [2]uint64
	if int(size) < 2*c.word {
		return errno.EINVAL
	}
	if !c.getLongs(c.a[3], w[:]) {
		return errno.EFAULT
	}
	if w[1] >= 1e6 {
		return errno.EDOM
	}
	ns := uint64(0)
	if int64(w[0]) >= 0 {
		ns, _ = timeval(w[0], w[1]) // both have been looked at
	}
	if name == soRecvTimeout {
		s.recvLimit = ns
	} else {
		s.sendLimit = ns
	}
	return errno.OK
}

func (c *call) getsockopt() (uint64, errno.Errno) {
	s, _, e := c.socketOf(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	o := c.sockOption()
	if e := s.known(o); e != errno.OK {
		return 0, e
	}
	size, ok := c.get32(c.a[4])
	switch {
	case !ok:
		return 0, errno.EFAULT
	case int32(size) < 0:
		return 0, errno.EINVAL
	}
	value := s.optionBytes(o)
	if c.word == 4 && o.level == solSocket && (o.name == soRecvTimeout || o.name == soSendTimeout) {
		value = append(value[:4:4], value[8:12]...) // seconds and microseconds of 32 bits
	}
	value = value[:min(int(size), len(value))]
	return c.result(0, c.put(c.a[3], value) && c.put32(c.a[4], uint32(len(value))))
}

// optionBytes is an option's value as getsockopt shows it.
func (s *socket) optionBytes(o sockOption) []byte {
	words := func(v ...uint32) (b []byte) {
		for _, w := range v {
			b = binary.LittleEndian.AppendUint32(b, w)
		}
		return b
	}
	timeval := func(ns uint64) []byte {
		return words(uint32(ns/1e9), uint32(ns/1e9>>32), uint32(ns%1e9/1e3), 0)
	}
	if o.level != solSocket {
		return words(uint32(s.options[o]))
	}
	switch o.name {
	case soType:
		return words(uint32(s.kind))
	case soError:
		return words(uint32(s.takeError()))
	case soPeerCred:
		if !s.linked || s.family != afUnix {
			return words(0, ^uint32(0), ^uint32(0))
		}
		return words(uint32(s.peerIs.pid), s.peerIs.uid, s.peerIs.gid)
	case soAcceptConn:
		if s.listening {
			return words(1)
		}
		return words(0)
	case soDomain:
		return words(uint32(s.family))
	case soProtocol:
		if s.family == afInet {
			return words(protoOf(s.kind))
		}
		return words(0)
	case soRecvTimeout:
		return timeval(s.recvLimit)
	case soSendTimeout:
		return timeval(s.sendLimit)
	case soLinger:
		return words(uint32(s.option(soLinger)), s.linger)
	case soSendBuffer, soRecvBuffer:
		if s.option(o.name) == 0 {
			return words(sendBuffer)
		}
	case soRecvLowest:
		return words(max(uint32(s.option(soRecvLowest)), 1))
	}
	return words(uint32(s.option(o.name)))
}
