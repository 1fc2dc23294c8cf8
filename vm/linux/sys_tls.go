package linux

import (
	"encoding/binary"

	"memlab/vm/cpu"
	"memlab/vm/linux/errno"
)

// i386 programs find a thread's own data by a segment: set_thread_area makes an entry of the descriptor table
// from a struct user_desc, and the program loads its selector into GS (arch/x86/kernel/tls.c).

// userDesc is struct user_desc: entry, base and limit, and a word of bits.
type userDesc struct{ entry, base, limit, bits uint32 }

// The bits of a user_desc.
const (
	descSeg32      = 1 << 0
	descContents   = 3 << 1 // 0 and 1: data; 2 and 3: code
	descReadOnly   = 1 << 3
	descPages      = 1 << 4 // the limit counts pages
	descNotPresent = 1 << 5
	descUseable    = 1 << 6
	descFlat       = descSeg32 | descPages
	wholeLimit     = 0xfffff
	firstTLSEntry  = 12
)

func (c *call) userDesc(va uint64) (d userDesc, ok bool) {
	var b [16]byte
	ok = c.get(va, b[:])
	le := binary.LittleEndian
	return userDesc{le.Uint32(b[0:]), le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:])}, ok
}

// empty reports whether the entry is to be cleared: LDT_empty or LDT_zero.
func (d userDesc) empty() bool {
	known := d.bits &^ (1 << 7) // lm
	return d.base == 0 && d.limit == 0 && (known == descReadOnly|descNotPresent || known == 0)
}

func (c *call) setThreadArea() (uint64, errno.Errno) {
	d, ok := c.userDesc(c.a[0])
	if !ok {
		return 0, errno.EFAULT
	}
	return 0, c.setEntry(c.t, d, c.a[0])
}

// setTLS is what clone does with its TLS argument: x86-64's is a base for FS.
func (c *call) setTLS(t *Task, tls uint64) errno.Errno {
	if c.abi == ABI64 {
		t.CPU.FSBase = tls
		return errno.OK
	}
	d, ok := c.userDesc(tls)
	if !ok {
		return errno.EFAULT
	}
	return c.setEntry(t, d, 0)
}

// setEntry is do_set_thread_area. An entry of -1 asks for a free one, whose number is written to va; 0: that
// is not allowed.
func (c *call) setEntry(t *Task, d userDesc, va uint64) errno.Errno {
	tls := &t.CPU.TLS
	if !d.empty() && (d.bits&descSeg32 == 0 || d.bits&descContents > 1<<1 || d.bits&descNotPresent != 0) {
		return errno.EINVAL
	}
	entry := int32(d.entry)
	if entry == -1 && va != 0 {
		i := 0
		for ; i < len(tls) && tls[i].Used; i++ {
		}
		if i == len(tls) {
			return errno.ESRCH
		}
		entry = int32(firstTLSEntry + i)
		if !c.put32(va, uint32(entry)) {
			return errno.EFAULT
		}
	}
	i := entry - firstTLSEntry
	switch {
	case i < 0 || int(i) >= len(tls):
		return errno.EINVAL
	case d.empty():
		t.CPU.SetTLS(int(i), cpu.TLSEntry{})
		return errno.OK
	case d.limit != wholeLimit || d.bits&(descContents|descReadOnly|descPages) != descPages:
		return c.lacking() // segments that end, that grow down, that cannot be written
	}
	t.CPU.SetTLS(int(i), cpu.TLSEntry{Base: d.base, Used: true})
	return errno.OK
}

func (c *call) getThreadArea() (uint64, errno.Errno) {
	d, ok := c.userDesc(c.a[0])
	if !ok {
		return 0, errno.EFAULT
	}
	i := int32(d.entry) - firstTLSEntry
	if i < 0 || int(i) >= len(c.t.CPU.TLS) {
		return 0, errno.EINVAL
	}
	e := c.t.CPU.TLS[i]
	d = userDesc{entry: d.entry, bits: descReadOnly | descNotPresent}
	if e.Used {
		d = userDesc{d.entry, e.Base, wholeLimit, descFlat | descUseable}
	}
	var b [16]byte
	for n, v := range [...]uint32{d.entry, d.base, d.limit, d.bits} {
		binary.LittleEndian.PutUint32(b[4*n:], v)
	}
	return c.result(0, c.put(c.a[0], b[:]))
}
