package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// This file has the calls on the process itself.

// The codes of arch_prctl(2) (arch/x86/include/uapi/asm/prctl.h).
const (
	archSetGS = 0x1001
	archSetFS = 0x1002
	archGetFS = 0x1003
	archGetGS = 0x1004
)

func (c *call) archPrctl() (uint64, errno.Errno) {
	base := &c.t.CPU.FSBase
	if c.a[0] == archSetGS || c.a[0] == archGetGS {
		base = &c.t.CPU.GSBase
	}
	switch c.a[0] {
	case archSetFS, archSetGS:
		if c.a[1] >= taskSize {
			return 0, errno.EPERM
		}
		*base = c.a[1]
		return 0, errno.OK
	case archGetFS, archGetGS:
		if !c.putWords(c.a[1], *base) {
			return 0, errno.EFAULT
		}
		return 0, errno.OK
	}
	return 0, errno.EINVAL // CET and shadow stacks among them: programs go on without
}

func (c *call) setTIDAddress() (uint64, errno.Errno) {
	c.t.clearTID = c.a[0]
	return uint64(c.t.TID), errno.OK
}

// robustSize is the size of struct robust_list_head: three longs.
func (c *call) robustSize() uint64 { return 3 * uint64(c.word) }

func (c *call) setRobustList() (uint64, errno.Errno) {
	if c.a[1] != c.robustSize() {
		return 0, errno.EINVAL
	}
	c.t.robust, c.t.robustWord = c.a[0], c.word
	return 0, errno.OK
}

func (c *call) getRobustList() (uint64, errno.Errno) {
	t := c.t
	if id := int32(c.a[0]); id != 0 {
		if t = c.k.task(id); t == nil {
			return 0, errno.ESRCH
		}
	}
	if !c.putWords(c.a[2], c.robustSize()) || !c.putWords(c.a[1], t.robust) {
		return 0, errno.EFAULT
	}
	return 0, errno.OK
}

// The options of prctl(2) that are known (include/uapi/linux/prctl.h).
const (
	prSetPdeathsig  = 1
	prGetPdeathsig  = 2
	prGetDumpable   = 3
	prSetDumpable   = 4
	prGetKeepCaps   = 7
	prSetKeepCaps   = 8
	prSetName       = 15
	prGetName       = 16
	prGetSeccomp    = 21
	prCapbsetRead   = 23
	prSetTimerSlack = 29
	prGetTimerSlack = 30
	prSetSubreaper  = 36
	prGetSubreaper  = 37
	prSetNoNewPrivs = 38
	prGetNoNewPrivs = 39
	prSetNoHuge     = 41
	prGetNoHuge     = 42
	lastCapability  = 40
)

func (c *call) prctl() (uint64, errno.Errno) {
	t, arg := c.t, c.a[1]
	switch uint32(c.a[0]) {
	case prSetName:
		name, e := c.commAt(arg)
		if e == errno.OK {
			t.setComm(name)
		}
		return 0, e
	case prGetName:
		var b [16]byte
		copy(b[:], t.Comm)
		return c.result(0, c.put(arg, b[:]))
	case prSetPdeathsig:
		if arg > lastSignal {
			return 0, errno.EINVAL
		}
		t.deathSignal = arg
		return 0, errno.OK
	case prGetPdeathsig:
		return c.result(0, c.put32(arg, uint32(t.deathSignal)))
	case prGetDumpable:
		return t.dumpable, errno.OK
	case prSetDumpable:
		if arg > 1 {
			return 0, errno.EINVAL
		}
		t.dumpable = arg
		return 0, errno.OK
	case prCapbsetRead:
		if arg > lastCapability {
			return 0, errno.EINVAL
		}
		return 1, errno.OK
	case prSetSubreaper:
		c.p.reaper = arg != 0
		return 0, errno.OK
	case prGetSubreaper:
		var is uint32
		if c.p.reaper {
			is = 1
		}
		return c.result(0, c.put32(arg, is))
	case prSetNoNewPrivs:
		if arg != 1 || c.a[2]|c.a[3]|c.a[4] != 0 {
			return 0, errno.EINVAL
		}
		t.noNewPrivs = 1
		return 0, errno.OK
	case prGetNoNewPrivs:
		return t.noNewPrivs, errno.OK
	}
	return c.prctlRare(arg)
}

// prctlRare has the options that keep a value and change little here.
func (c *call) prctlRare(arg uint64) (uint64, errno.Errno) {
	flag := func(set bool) (uint64, errno.Errno) {
		if set {
			return 1, errno.OK
		}
		return 0, errno.OK
	}
	rest := c.a[2] | c.a[3] | c.a[4]
	switch uint32(c.a[0]) {
	case prGetKeepCaps:
		return flag(c.p.cred.keep)
	case prSetKeepCaps:
		if arg > 1 {
			return 0, errno.EINVAL
		}
		c.p.cred.keep = arg == 1
		return 0, errno.OK
	case prGetSeccomp:
		return 0, errno.OK // nobody can ask for it
	case prSetTimerSlack:
		c.t.slack = arg
		if int64(arg) <= 0 {
			c.t.slack = defaultSlack
		}
		return 0, errno.OK
	case prGetTimerSlack:
		return max(c.t.slack, 1), errno.OK
	case prSetNoHuge:
		if rest != 0 {
			return 0, errno.EINVAL
		}
		c.p.noHuge = arg != 0
		return 0, errno.OK
	case prGetNoHuge:
		if arg|rest != 0 {
			return 0, errno.EINVAL
		}
		return flag(c.p.noHuge)
	}
	return 0, errno.EINVAL // as to any option that a kernel does not know: PR_SET_VMA is one in some builds
}

// defaultSlack is how late a timer may be, in ns, unless a program says otherwise. Here none is.
const defaultSlack = 50000

// commAt reads a task's name: up to 15 bytes, the rest is cut off.
func (c *call) commAt(va uint64) (string, errno.Errno) {
	var b [15]byte
	for i := range b { // byte by byte: it may end just before unmapped memory
		if !c.get(va+uint64(i), b[i:i+1]) {
			return "", errno.EFAULT
		}
		if b[i] == 0 {
			return string(b[:i]), errno.OK
		}
	}
	return string(b[:]), errno.OK
}

// result is v, or EFAULT if a copy failed.
func (c *call) result(v uint64, copied bool) (uint64, errno.Errno) {
	if !copied {
		return 0, errno.EFAULT
	}
	return v, errno.OK
}

func (c *call) prlimit64() (uint64, errno.Errno) {
	if c.a[2] != 0 && !c.get(c.a[2], make([]byte, 16)) {
		return 0, errno.EFAULT
	}
	if pid := int32(c.a[0]); pid != 0 && pid != c.p.PID {
		return 0, errno.ESRCH
	}
	return c.limits(c.a[1], c.a[2], c.a[3])
}

func (c *call) getrlimit() (uint64, errno.Errno) {
	if int(uint32(c.a[0])) < len(c.p.Limits) && c.a[1] == 0 {
		return 0, errno.EFAULT
	}
	return c.limits(c.a[0], 0, c.a[1])
}

func (c *call) setrlimit() (uint64, errno.Errno) {
	if c.a[1] == 0 {
		return 0, errno.EFAULT
	}
	return c.limits(c.a[0], c.a[1], 0)
}

// limits sets a limit from fresh and writes the one before to old; 0 is for neither.
func (c *call) limits(n, fresh, old uint64) (uint64, errno.Errno) {
	var pair [2]uint64
	if fresh != 0 && !c.getLimits(fresh, &pair) {
		return 0, errno.EFAULT
	}
	if n = uint64(uint32(n)); n >= uint64(len(c.p.Limits)) {
		return 0, errno.EINVAL
	}
	l := &c.p.Limits[n]
	before := *l
	if fresh != 0 {
		switch {
		case pair[0] > pair[1]:
			return 0, errno.EINVAL
		case n == limitNofile && pair[1] > maxFiles:
			return 0, errno.EPERM
		case pair[1] > l.Hard && !c.p.can(capResource):
			return 0, errno.EPERM
		}
		*l = Limit{pair[0], pair[1]}
		c.p.limitMemory(n == limitStack)
	}
	return c.result(0, old == 0 || c.putLimits(old, before))
}

// schedGetaffinity shows one processor.
func (c *call) schedGetaffinity() (uint64, errno.Errno) {
	size, word := uint32(c.a[1]), uint32(c.word)
	switch {
	case size < word, size%word != 0:
		return 0, errno.EINVAL
	case c.a[0] != 0 && c.k.task(int32(c.a[0])) == nil:
		return 0, errno.ESRCH
	}
	mask := [8]byte{1}
	n := min(size, 8)
	return c.result(uint64(n), c.put(c.a[2], mask[:n]))
}

func (c *call) schedSetaffinity() (uint64, errno.Errno) {
	var b [8]byte
	if !c.get(c.a[2], b[:min(c.a[1], 8)]) {
		return 0, errno.EFAULT
	}
	switch {
	case c.a[0] != 0 && c.k.task(int32(c.a[0])) == nil:
		return 0, errno.ESRCH
	case binary.LittleEndian.Uint64(b[:])&1 == 0:
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

// schedYield lets every other task run that can, before its caller goes on.
func (c *call) schedYield() (uint64, errno.Errno) {
	if len(c.k.ring) == 1 {
		return 0, errno.OK
	}
	return c.block(wait{
		ready: func() bool { return true },
		done:  func(bool) (uint64, errno.Errno) { return 0, errno.OK },
	})
}

func (c *call) getcpu() (uint64, errno.Errno) {
	for _, va := range c.a[:2] {
		if va != 0 && !c.put32(va, 0) {
			return 0, errno.EFAULT
		}
	}
	return 0, errno.OK
}

// task finds a task by its number.
func (k *Kernel) task(tid int32) *Task {
	for _, p := range k.procs {
		for _, t := range p.Tasks {
			if t.TID == tid && !t.ended {
				return t
			}
		}
	}
	return nil
}
