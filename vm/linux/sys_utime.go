package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// This file has the calls that set a file's times, four generations of them.

// The nanoseconds that mean "now" and "leave it" to utimensat(2).
const (
	utimeNow  = 1<<30 - 1
	utimeOmit = 1<<30 - 2
)

// times are those of last access and last change: seconds and nanoseconds of each.
type times [4]uint64

func (c *call) utimensat() (uint64, errno.Errno) {
	if c.a[3]&^(atNoFollow|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	w := times{0, utimeNow, 0, utimeNow}
	if c.a[2] != 0 && !c.getLongs(c.a[2], w[:]) {
		return 0, errno.EFAULT
	}
	flags := c.a[3]
	if c.a[1] == 0 { // futimens
		flags |= atEmptyPath | nullIsEmpty
	}
	return c.setTimes(c.a[0], c.a[1], flags, w)
}

// utime has seconds only.
func (c *call) utime() (uint64, errno.Errno) {
	w := times{0, utimeNow, 0, utimeNow}
	if c.a[1] != 0 {
		var sec [2]uint64
		if !c.getLongs(c.a[1], sec[:]) {
			return 0, errno.EFAULT
		}
		w = times{sec[0], 0, sec[1], 0}
	}
	return c.setTimes(cwd(), c.a[0], 0, w)
}

func (c *call) utimes() (uint64, errno.Errno) { return c.microTimes(cwd(), c.a[0], c.a[1]) }

func (c *call) futimesat() (uint64, errno.Errno) { return c.microTimes(c.a[0], c.a[1], c.a[2]) }

// microTimes has seconds and microseconds.
func (c *call) microTimes(fd, va, at uint64) (uint64, errno.Errno) {
	w := times{0, utimeNow, 0, utimeNow}
	if at != 0 {
		if !c.getLongs(at, w[:]) {
			return 0, errno.EFAULT
		}
		if w[1] >= 1e6 || w[3] >= 1e6 {
			return 0, errno.EINVAL
		}
		w[1], w[3] = w[1]*1e3, w[3]*1e3
	}
	var flags uint64
	if va == 0 {
		flags = atEmptyPath | nullIsEmpty
	}
	return c.setTimes(fd, va, flags, w)
}

func (c *call) setTimes(fd, va, flags uint64, w times) (uint64, errno.Errno) {
	for _, nsec := range []uint64{w[1], w[3]} {
		if nsec >= 1e9 && nsec != utimeNow && nsec != utimeOmit {
			return 0, errno.EINVAL
		}
	}
	if w[1] == utimeOmit && w[3] == utimeOmit {
		return 0, errno.OK
	}
	n, e := c.lookup(fd, va, flags)
	if e != errno.OK {
		return 0, e
	}
	return 0, c.k.cfg.Files.SetTimes(c.p.context(), n, c.moment(w[0], w[1]), c.moment(w[2], w[3]),
		w[1] == utimeNow && w[3] == utimeNow)
}

// moment is a time in nanoseconds since 1970.
func (c *call) moment(s, nsec uint64) int64 {
	switch nsec {
	case utimeNow:
		return c.k.realtime()
	case utimeOmit:
		return vfs.KeepTime
	}
	const maxSeconds = 1 << 33 // keeps the product below 2^63; ext4 ends at 2446, too
	sec := max(min(int64(s), maxSeconds), -maxSeconds)
	return sec*1e9 + int64(nsec)
}
