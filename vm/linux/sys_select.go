package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// What select(2) takes for readable, writable and exceptional (fs/select.c, POLLIN_SET and so on).
const (
	selectIn  = pollIn | pollRDN | pollHup | pollErr
	selectOut = pollOut | pollWRN | pollErr
)

func (c *call) selectTimeval() (uint64, errno.Errno) {
	if c.a[4] == 0 {
		return c.selectFor(0, true)
	}
	var w [2]uint64 // struct timeval: seconds, microseconds
	if !c.getLongs(c.a[4], w[:]) {
		return 0, errno.EFAULT
	}
	if int64(w[0]) < 0 || int64(w[1]) < 0 {
		return 0, errno.EINVAL
	}
	return c.selectFor(min(w[0], farFuture/1_000_000_000)*1e9+min(w[1], farFuture/1000)*1000, false)
}

func (c *call) pselect6() (uint64, errno.Errno) {
	ns, forever, e := c.patience(c.a[4])
	if e == errno.OK && c.a[5] != 0 {
		var w [2]uint64 // a pointer to the mask, and its size
		if !c.getPointers(c.a[5], w[:]) {
			return 0, errno.EFAULT
		}
		e = c.maskDuring(w[0], w[1])
	}
	if e != errno.OK {
		return 0, e
	}
	return c.selectFor(ns, forever)
}

// selectFor looks at three sets of descriptors: to read, to write, and exceptional, of which there are none.
//
//nolint:gocognit // three sets, looked at three times: apart they would share all their variables
func (c *call) selectFor(ns uint64, forever bool) (uint64, errno.Errno) {
	n := int32(c.a[0])
	if n < 0 {
		return 0, errno.EINVAL
	}
	n = min(n, int32(len(c.p.Files.slots)))
	words := (int(n) + 63) / 64
	size := (int(n) + 8*c.abi.word() - 1) / (8 * c.abi.word()) * c.abi.word() // bytes of a set: whole longs
	var sets [3][]uint64
	for i := range sets {
		sets[i] = make([]uint64, words)
		if c.a[1+i] != 0 && !c.getBits(c.a[1+i], size, sets[i]) {
			return 0, errno.EFAULT
		}
	}
	bit := func(set []uint64, fd int32) bool { return set[fd/64]>>(fd%64)&1 != 0 }
	var list []polled
	var origin [][2]int32 // of each of the list: set and descriptor
	for fd := range n {
		for i, want := range [...]uint16{selectIn, selectOut, 0} {
			if !bit(sets[i], fd) {
				continue
			}
			f := c.p.Files.Get(int(fd))
			if f == nil {
				return 0, errno.EBADF
			}
			list = append(list, polled{file: f, want: want})
			origin = append(origin, [2]int32{int32(i), fd})
		}
	}
	hit := func(i int) bool { return list[i].want != 0 && readiness(list[i].file)&list[i].want != 0 }
	ready := func() bool {
		for i := range list {
			if hit(i) {
				return true
			}
		}
		return false
	}
	answer := func() (uint64, errno.Errno) {
		var out [3][]byte
		for i := range out {
			out[i] = make([]byte, 8*words)
		}
		var count uint64
		for i, o := range origin {
			if hit(i) {
				at := out[o[0]][o[1]/64*8:]
				binary.LittleEndian.PutUint64(at, binary.LittleEndian.Uint64(at)|1<<(o[1]%64))
				count++
			}
		}
		for i := range out {
			if c.a[1+i] != 0 && !c.put(c.a[1+i], out[i][:size]) {
				return 0, errno.EFAULT
			}
		}
		return count, errno.OK
	}
	return c.await(ready, answer, ns, forever)
}
