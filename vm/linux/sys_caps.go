package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// This file has capget(2) and capset(2) (kernel/capability.c).

// The versions of the interface: the first has sets of 32 bits, the others of 64.
const (
	capVersion1 = 0x19980330
	capVersion2 = 0x20071026
	capVersion3 = 0x20080522
)

// capHeader reads the header: how many words a set has, and the process. A version that Linux does not know
// is answered with the one it likes.
func (c *call) capHeader() (words int, pid int32, e errno.Errno) {
	var b [8]byte
	if !c.get(c.a[0], b[:4]) {
		return 0, 0, errno.EFAULT
	}
	switch binary.LittleEndian.Uint32(b[:]) {
	case capVersion1:
		words = 1
	case capVersion2, capVersion3:
		words = 2
	default:
		if !c.put32(c.a[0], capVersion3) {
			return 0, 0, errno.EFAULT
		}
		return 0, 0, errno.EINVAL
	}
	if !c.get(c.a[0]+4, b[4:]) {
		return 0, 0, errno.EFAULT
	}
	return words, int32(binary.LittleEndian.Uint32(b[4:])), errno.OK
}

func (c *call) capget() (uint64, errno.Errno) {
	words, pid, e := c.capHeader()
	if c.a[1] == 0 && (e == errno.OK || e == errno.EINVAL) {
		return 0, errno.OK // the version is all that is asked for
	}
	if e != errno.OK {
		return 0, e
	}
	if pid < 0 {
		return 0, errno.EINVAL
	}
	p := c.p
	if pid != 0 {
		t := c.k.task(pid)
		if t == nil {
			return 0, errno.ESRCH
		}
		p = t.Process
	}
	var b []byte
	for shift := range words {
		for _, set := range []uint64{
			p.cred.caps.effective, p.cred.caps.permitted, p.cred.caps.inheritable,
		} {
			b = binary.LittleEndian.AppendUint32(b, uint32(set>>(32*shift)))
		}
	}
	return c.result(0, c.put(c.a[1], b))
}

func (c *call) capset() (uint64, errno.Errno) {
	words, pid, e := c.capHeader()
	if e != errno.OK {
		return 0, e
	}
	if pid != 0 && pid != c.t.TID {
		return 0, errno.EPERM
	}
	b := make([]byte, 12*words)
	if !c.get(c.a[1], b) {
		return 0, errno.EFAULT
	}
	var to capabilities
	for shift := range words {
		for n, set := range []*uint64{&to.effective, &to.permitted, &to.inheritable} {
			*set |= uint64(binary.LittleEndian.Uint32(b[12*shift+4*n:])) << (32 * shift)
		}
	}
	to.effective &= allCaps
	to.permitted &= allCaps
	to.inheritable &= allCaps
	old := c.p.cred.caps
	inheritable := old.inheritable | old.permitted
	if c.p.can(capSetpcap) {
		inheritable = allCaps
	}
	if to.inheritable&^inheritable != 0 || to.permitted&^old.permitted != 0 ||
		to.effective&^to.permitted != 0 {
		return 0, errno.EPERM
	}
	c.p.cred.caps = to
	return 0, errno.OK
}
