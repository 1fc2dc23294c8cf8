package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// The events of poll(2).
const (
	pollIn   = 0x1
	pollOut  = 0x4
	pollErr  = 0x8
	pollHup  = 0x10
	pollNval = 0x20
	pollRDN  = 0x40
	pollWRN  = 0x100
)

func (c *call) poll() (uint64, errno.Errno) {
	ms := int64(int32(c.a[2]))
	return c.pollFor(ms*1e6, ms < 0)
}

func (c *call) ppoll() (uint64, errno.Errno) {
	if c.a[2] == 0 {
		return c.pollFor(0, true)
	}
	ns, e := c.timespec(c.a[2])
	if e != errno.OK {
		return 0, e
	}
	return c.pollFor(int64(min(ns, 1<<62)), false)
}

// pollFor looks at the descriptors once: nothing about them can change while their only user waits, except
// that time passes.
func (c *call) pollFor(ns int64, forever bool) (uint64, errno.Errno) {
	n := uint64(uint32(c.a[1]))
	if n > min(c.maxFD(), scratchSize/8) {
		return 0, errno.EINVAL
	}
	b := make([]byte, 8*n) // struct pollfd: fd, events, revents
	if !c.get(c.a[0], b) {
		return 0, errno.EFAULT
	}
	var ready uint64
	for i := range n {
		fd := int32(binary.LittleEndian.Uint32(b[8*i:]))
		got := c.ready(fd) & (binary.LittleEndian.Uint16(b[8*i+4:]) | pollErr | pollHup | pollNval)
		binary.LittleEndian.PutUint16(b[8*i+6:], got)
		if got != 0 {
			ready++
		}
	}
	if !c.put(c.a[0], b) {
		return 0, errno.EFAULT
	}
	switch {
	case ready > 0:
	case forever:
		return c.deadlock("nobody else can make one of the descriptors ready")
	default:
		c.sleep(uint64(ns))
	}
	return ready, errno.OK
}

// ready is what poll says of a descriptor.
func (c *call) ready(fd int32) uint16 {
	if fd < 0 {
		return 0
	}
	f := c.p.Files.Get(int(fd))
	if f == nil || f.IsPath() {
		return pollNval
	}
	var v uint16
	n, pipe := f.Buffered()
	if f.CanRead() && (!pipe || n > 0) {
		v |= pollIn | pollRDN
	}
	if f.CanWrite() && (!pipe || n < 65536) {
		v |= pollOut | pollWRN
	}
	if pipe && f.HungUp() {
		v |= pollHup
		if f.CanWrite() {
			v = v&^pollHup | pollErr
		}
	}
	return v
}
