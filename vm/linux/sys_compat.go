package linux

import "memlab/vm/linux/errno"

// This file has what only i386 programs ask for: calls that x86-64 never had, and those whose form is too
// different for one of table32.go's.

// getBits reads size bytes of a set of bits into 64-bit words.
func (c *call) getBits(va uint64, size int, set []uint64) bool {
	b := make([]byte, size)
	if !c.get(va, b) {
		return false
	}
	for i, v := range b {
		set[i/8] |= uint64(v) << (i % 8 * 8)
	}
	return true
}

// getPointers reads pointers: those of the ABI, also in calls whose times have 64 bits.
func (c *call) getPointers(va uint64, words []uint64) bool {
	wide := c.word
	c.word = c.abi.word()
	ok := c.getWords(va, words)
	c.word = wide
	return ok
}

// pointer makes a pointer of a long that may have been read as a signed one.
func (c *call) pointer(v uint64) uint64 {
	if c.abi == ABI32 {
		return uint64(uint32(v))
	}
	return v
}

func (c *call) llseek() (uint64, errno.Errno) {
	at, result := c.a[1]<<32|c.a[2], c.a[3]
	c.a[1], c.a[2] = at, c.a[4]
	pos, e := c.lseek()
	if e != errno.OK {
		return 0, e
	}
	return c.result(0, c.put64(result, pos))
}

// oldMmap and oldSelect have their arguments in memory.
func (c *call) oldMmap() (uint64, errno.Errno) {
	if !c.getWords(c.a[0], c.a[:]) {
		return 0, errno.EFAULT
	}
	return c.mmap()
}

func (c *call) oldSelect() (uint64, errno.Errno) {
	if !c.getWords(c.a[0], c.a[:5]) {
		return 0, errno.EFAULT
	}
	return c.selectTimeval()
}

// sized is a statfs64 call: x86-64's with the size of the structure between its arguments.
func sized(fn func(*call) (uint64, errno.Errno)) func(*call) (uint64, errno.Errno) {
	return func(c *call) (uint64, errno.Errno) {
		if c.a[1] != statfs64Size {
			return 0, errno.EINVAL
		}
		c.a[1] = c.a[2]
		return fn(c)
	}
}

// id16 is a call that returns a user's or group's number, of those that fit 16 bits.
func id16(fn func(*call) (uint64, errno.Errno)) func(*call) (uint64, errno.Errno) {
	const overflow = 65534 // what a number that does not fit is shown as (kernel.overflowuid)
	return func(c *call) (uint64, errno.Errno) {
		id, e := fn(c)
		if id > 0xffff {
			id = overflow
		}
		return id, e
	}
}

// wideIDs widens the two 16-bit numbers of a chown: all ones stay all ones.
func wideIDs(c *call) {
	for _, i := range [...]int{1, 2} {
		if c.a[i] &= 0xffff; c.a[i] == 0xffff {
			c.a[i] = 0xffffffff
		}
	}
}

// lockForm tells fcntl's record locks with 64-bit offsets from those with 32-bit ones.
func (c *call) lockForm() {
	const getLk64, setLkW64, ofdGetLk, ofdSetLkW = 12, 14, 36, 38
	switch cmd := c.a[1]; {
	case cmd >= getLk64 && cmd <= setLkW64:
		c.a[1] -= getLk64 - fGetLk
		c.word = 8
	case cmd >= ofdGetLk && cmd <= ofdSetLkW:
		c.word = 8
	}
}

// flockSize is the size of struct flock: i386 has none of its 64-bit fields aligned.
func (c *call) flockSize() int {
	switch {
	case c.abi == ABI64:
		return 32
	case c.word == 8:
		return 24
	}
	return 16
}

// noLimit is RLIM_INFINITY of i386, and of any limit that does not fit.
const noLimit32 = 1<<32 - 1

func (c *call) getLimits(va uint64, pair *[2]uint64) bool {
	ok := c.getWords(va, pair[:])
	for i := range pair {
		if c.word == 4 && pair[i] == noLimit32 {
			pair[i] = unlimited
		}
	}
	return ok
}

func (c *call) putLimits(va uint64, l Limit) bool {
	if c.word == 4 {
		l = Limit{min(l.Soft, noLimit32), min(l.Hard, noLimit32)}
	}
	return c.putWords(va, l.Soft, l.Hard)
}

// oldGetrlimit shows nothing above 2 GiB (kernel/sys.c, old_getrlimit).
func (c *call) oldGetrlimit() (uint64, errno.Errno) {
	const most = 1<<31 - 1
	n := uint32(c.a[0])
	if int(n) >= len(c.p.Limits) {
		return 0, errno.EINVAL
	}
	l := c.p.Limits[n]
	return c.result(0, c.putWords(c.a[1], min(l.Soft, most), min(l.Hard, most)))
}

// archPrctl32 has none of the requests about bases: those of i386 are in the descriptor table.
func (c *call) archPrctl32() (uint64, errno.Errno) { return 0, errno.EINVAL }

// socketcall is all calls on sockets by number, with the arguments in memory (net/compat.c).
func (c *call) socketcall() (uint64, errno.Errno) {
	calls := socketCalls32()
	if c.a[0] < 1 || c.a[0] >= uint64(len(calls)) {
		return 0, errno.EINVAL
	}
	is := calls[c.a[0]]
	var a [6]uint64
	if !c.getWords(c.a[1], a[:is.nargs]) {
		return 0, errno.EFAULT
	}
	n, _ := Number(is.name)
	fn := c.k.tables[ABI64][n].fn
	if fn == nil {
		return 0, c.lacking()
	}
	c.a, c.fn = a, fn
	return fn(c)
}
