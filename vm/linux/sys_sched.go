package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
)

// The calls about scheduling. Tasks take turns whatever these say; what a program sets is kept and shown.

func schedCalls() handlers {
	return handlers{
		"sched_getparam":         {2, (*call).schedGetparam},
		"sched_setparam":         {2, (*call).schedSetparam},
		"sched_getscheduler":     {1, (*call).schedGetscheduler},
		"sched_setscheduler":     {3, (*call).schedSetscheduler},
		"sched_get_priority_max": {1, (*call).schedPriorityMax},
		"sched_get_priority_min": {1, (*call).schedPriorityMin},
		"sched_rr_get_interval":  {2, (*call).schedInterval},
		"sched_getattr":          {4, (*call).schedGetattr},
		"sched_setattr":          {3, (*call).schedSetattr},
		"getpriority":            {2, (*call).getpriority},
		"setpriority":            {3, (*call).setpriority},
		"ioprio_get":             {2, (*call).ioprioGet},
		"ioprio_set":             {3, (*call).ioprioSet},
		"membarrier":             {3, (*call).membarrier},
	}
}

// The policies of sched_setscheduler(2) (include/uapi/linux/sched.h).
const (
	schedOther    = 0
	schedFIFO     = 1
	schedRR       = 2
	schedBatch    = 3
	schedIdle     = 5
	schedDeadline = 6
	schedExt      = 7

	schedResetOnFork = 0x40000000
	mostUrgent       = 99 // of the real-time policies
)

// schedTask is the task that a call means: 0 is the caller.
func (c *call) schedTask(id uint64) (*Task, errno.Errno) {
	switch n := int32(id); {
	case n < 0:
		return nil, errno.EINVAL
	case n == 0:
		return c.t, errno.OK
	}
	t := c.k.task(int32(id))
	if t == nil {
		return nil, errno.ESRCH
	}
	return t, errno.OK
}

func (c *call) schedGetparam() (uint64, errno.Errno) {
	_, e := c.schedTask(c.a[0])
	switch {
	case c.a[1] == 0:
		return 0, errno.EINVAL
	case e != errno.OK:
		return 0, e
	}
	return c.result(0, c.put32(c.a[1], 0)) // nobody has got a real-time policy
}

func (c *call) schedSetparam() (uint64, errno.Errno) { return c.setPolicy(nil, c.a[1]) }

func (c *call) schedGetscheduler() (uint64, errno.Errno) {
	t, e := c.schedTask(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	return uint64(t.policy), errno.OK
}

func (c *call) schedSetscheduler() (uint64, errno.Errno) {
	if int32(c.a[1]) < 0 {
		return 0, errno.EINVAL
	}
	return c.setPolicy(&c.a[1], c.a[2])
}

// setPolicy is __sched_setscheduler for a program without privileges: the policies of the real-time kind are
// not for it. No policy is the one that the task has.
func (c *call) setPolicy(to *uint64, param uint64) (uint64, errno.Errno) {
	if param == 0 || int32(c.a[0]) < 0 {
		return 0, errno.EINVAL
	}
	v, ok := c.get32(param)
	if !ok {
		return 0, errno.EFAULT
	}
	t, e := c.schedTask(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	policy := t.policy
	if to != nil {
		policy = uint32(*to)
	}
	kind, priority := policy&^schedResetOnFork, int32(v)
	urgent := kind == schedFIFO || kind == schedRR
	switch {
	case kind > schedDeadline || kind == 4, urgent != (priority != 0), priority < 0, priority > mostUrgent,
		kind == schedDeadline:
		return 0, errno.EINVAL
	case urgent:
		return 0, errno.EPERM
	}
	t.policy = policy
	return 0, errno.OK
}

func (c *call) schedPriorityMax() (uint64, errno.Errno) { return c.schedPriority(mostUrgent) }

func (c *call) schedPriorityMin() (uint64, errno.Errno) { return c.schedPriority(1) }

func (c *call) schedPriority(ofUrgent uint64) (uint64, errno.Errno) {
	switch uint32(c.a[0]) {
	case schedFIFO, schedRR:
		return ofUrgent, errno.OK
	case schedOther, schedBatch, schedIdle, schedDeadline, schedExt:
		return 0, errno.OK
	}
	return 0, errno.EINVAL
}

// schedInterval tells the slice of the fair policies (sysctl_sched_base_slice).
func (c *call) schedInterval() (uint64, errno.Errno) {
	if _, e := c.schedTask(c.a[0]); e != errno.OK {
		return 0, e
	}
	return c.result(0, c.putWords(c.a[1], 0, 2800000))
}

// schedAttrSize is the first size that struct sched_attr had: size, policy, flags, nice, priority, and three
// words for deadlines.
const schedAttrSize = 48

func (c *call) schedGetattr() (uint64, errno.Errno) {
	size := uint32(c.a[2])
	if size < schedAttrSize || size > 4096 || c.a[3] != 0 || c.a[1] == 0 {
		return 0, errno.EINVAL
	}
	t, e := c.schedTask(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	var b [schedAttrSize]byte
	binary.LittleEndian.PutUint32(b[0:], schedAttrSize)
	binary.LittleEndian.PutUint32(b[4:], t.policy&^schedResetOnFork)
	if t.policy&schedResetOnFork != 0 {
		b[8] = 1
	}
	binary.LittleEndian.PutUint32(b[16:], uint32(int32(t.Process.nice)))
	return c.result(0, c.put(c.a[1], b[:]))
}

func (c *call) schedSetattr() (uint64, errno.Errno) {
	var b [schedAttrSize]byte
	if c.a[1] == 0 || c.a[2] != 0 {
		return 0, errno.EINVAL
	}
	if !c.get(c.a[1], b[:]) {
		return 0, errno.EFAULT
	}
	t, e := c.schedTask(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	policy, urgency := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[20:])
	switch {
	case policy > schedDeadline || policy == 4, (policy == schedFIFO || policy == schedRR) != (urgency != 0):
		return 0, errno.EINVAL
	case urgency != 0 || policy == schedDeadline:
		return 0, errno.EPERM
	}
	t.policy = policy
	return 0, errno.OK
}

// The processes that getpriority and setpriority mean.
const (
	prioProcess = 0
	prioGroup   = 1
	prioUser    = 2
	mostNice    = 19
)

// niced are the processes that a call means.
func (c *call) niced() (list []*Process, e errno.Errno) {
	which, who := int32(c.a[0]), int32(c.a[1])
	for _, p := range c.k.procs {
		var hit bool
		switch which {
		case prioProcess:
			hit = p.PID == who || who == 0 && p == c.p
			if t := c.k.task(who); t != nil && t.Process == p {
				hit = true
			}
		case prioGroup:
			hit = p.PGID == who || who == 0 && p.PGID == c.p.PGID
		case prioUser:
			hit = p.cred.user.real == uint32(who) || who == 0 && p.cred.user.real == c.p.cred.user.real
		default:
			return nil, errno.EINVAL
		}
		if hit && !p.reaped {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil, errno.ESRCH
	}
	return list, errno.OK
}

// getpriority answers 20 minus the nice value, so that no answer is negative.
func (c *call) getpriority() (uint64, errno.Errno) {
	list, e := c.niced()
	if e != errno.OK {
		return 0, e
	}
	least := mostNice
	for _, p := range list {
		least = min(least, p.nice)
	}
	return uint64(20 - least), errno.OK
}

func (c *call) setpriority() (uint64, errno.Errno) {
	list, e := c.niced()
	if e != errno.OK {
		return 0, e
	}
	nice := int(min(max(int32(c.a[2]), -20), mostNice))
	for _, p := range list {
		if nice < p.nice && !c.p.can(capNice) {
			return 0, errno.EACCES
		}
		p.nice = nice
	}
	return 0, errno.OK
}

// ioprioGet: best effort, class 2 level 4, of anybody who never asked.
func (c *call) ioprioGet() (uint64, errno.Errno) {
	if c.a[0] < 1 || c.a[0] > 3 {
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

func (c *call) ioprioSet() (uint64, errno.Errno) {
	const class, realtime = 13, 1
	kind := uint32(c.a[2]) >> class
	switch {
	case c.a[0] < 1 || c.a[0] > 3, kind > 3:
		return 0, errno.EINVAL
	case kind == realtime && !c.p.can(capNice):
		return 0, errno.EPERM
	}
	return 0, errno.OK
}

// membarrier: on the one processor there is every access is seen by all in order. Which commands there are is
// asked with 0; the private ones are for who has registered, by the command behind each
// (kernel/sched/membarrier.c).
func (c *call) membarrier() (uint64, errno.Errno) {
	const private, registerPrivate, sync, registerSync = 1 << 3, 1 << 4, 1 << 5, 1 << 6
	const all = 1<<7 - 1
	cmd := uint32(c.a[0])
	switch {
	case c.a[1] != 0:
		return 0, errno.EINVAL
	case cmd == 0:
		return all, errno.OK
	case cmd&^all != 0 || cmd&(cmd-1) != 0:
		return 0, errno.EINVAL
	case cmd == registerPrivate || cmd == registerSync:
		c.p.barriers |= cmd
	case (cmd == private || cmd == sync) && c.p.barriers&(cmd<<1) == 0:
		return 0, errno.EPERM
	}
	return 0, errno.OK
}
