package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// This file has the calls about the machine.

func (c *call) uname() (uint64, errno.Errno) {
	const field = 65
	var b [6 * field]byte
	for i, s := range []string{
		"Linux", c.k.cfg.Hostname, c.k.cfg.Release, kernelVersion, "x86_64", "(none)",
	} {
		copy(b[i*field:(i+1)*field-1], s)
	}
	return c.result(0, c.put(c.a[0], b[:]))
}

// sysinfo writes struct sysinfo: uptime, three load averages, memory in bytes, number of processes.
func (c *call) sysinfo() (uint64, errno.Errno) {
	var ram RAM
	if c.k.cfg.RAM != nil {
		ram = c.k.cfg.RAM()
	}
	var procs uint16
	for _, p := range c.k.procs {
		if !p.exited {
			procs++
		}
	}
	if c.abi == ABI32 {
		return c.result(0, c.put(c.a[0], sysinfo32Bytes(c.k.cfg.Clock.Now()/1e9, ram, procs)))
	}
	var b [112]byte
	le := binary.LittleEndian
	le.PutUint64(b[0:], c.k.cfg.Clock.Now()/1e9)
	le.PutUint64(b[32:], ram.Total)
	le.PutUint64(b[40:], ram.Free)
	le.PutUint64(b[64:], ram.SwapTotal)
	le.PutUint64(b[72:], ram.SwapFree)
	le.PutUint16(b[80:], procs)
	le.PutUint32(b[104:], 1) // mem_unit
	return c.result(0, c.put(c.a[0], b[:]))
}

// getrandom never blocks: the machine's generator is always ready.
func (c *call) getrandom() (uint64, errno.Errno) {
	const nonBlock, random, insecure = 1, 2, 4
	flags := uint32(c.a[2])
	if flags&^(nonBlock|random|insecure) != 0 || flags&(random|insecure) == random|insecure {
		return 0, errno.EINVAL
	}
	left := min(c.a[1], 1<<31-1)
	if !inRange(c.a[0], left) {
		return 0, errno.EFAULT
	}
	var total uint64
	for left > 0 {
		b := c.k.scratch[:min(left, scratchSize)]
		c.k.random.Fill(b)
		n := uint64(c.putPart(c.a[0]+total, b))
		total += n
		if n < uint64(len(b)) {
			break
		}
		left -= n
	}
	return c.result(total, total > 0 || left == 0)
}
