package linux

import "memlab/vm/linux/errno"

// The machine has no network, and no sockets within it either: a kernel built without them answers so.

// socket has no family of addresses: libc and every program that asks a daemon then goes on without.
func (c *call) socket() (uint64, errno.Errno) {
	if kind := c.a[1] & 0xf; kind == 0 || kind > 10 || int32(c.a[1])&^(0xf|0x80800) != 0 {
		return 0, errno.EINVAL
	}
	return 0, errno.EAFNOSUPPORT
}

// noSocket is any call on a socket: no descriptor is one.
func (c *call) noSocket() (uint64, errno.Errno) {
	if _, e := c.file(c.a[0]); e != errno.OK {
		return 0, e
	}
	return 0, errno.ENOTSOCK
}
