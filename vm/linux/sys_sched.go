package linux

import "memlab/vm/linux/errno"

// This file has the calls about priorities. The scheduler gives every task the same turn whatever its nice
// value: that is kept, inherited and reported only.

func schedulingCalls() handlers {
	return handlers{
		"getpriority":            {2, (*call).getpriority},
		"setpriority":            {3, (*call).setpriority},
		"sched_getscheduler":     {1, (*call).schedGetscheduler},
		"sched_setscheduler":     {3, (*call).schedSetscheduler},
		"sched_getparam":         {2, (*call).schedGetparam},
		"sched_setparam":         {2, (*call).schedSetparam},
		"sched_get_priority_max": {1, func(c *call) (uint64, errno.Errno) { return c.priorityRange(maxRealtime) }},
		"sched_get_priority_min": {1, func(c *call) (uint64, errno.Errno) { return c.priorityRange(1) }},
		"membarrier":             {3, (*call).membarrier},
	}
}

// The kinds of "who" of getpriority(2), and the range of nice values.
const (
	prioProcess = 0
	prioGroup   = 1
	prioUser    = 2
	minNice     = -20
	maxNice     = 19
)

// whom are the tasks that getpriority and setpriority are about.
func (c *call) whom() ([]*Task, errno.Errno) {
	which, who := int32(c.a[0]), int32(c.a[1])
	if which < prioProcess || which > prioUser {
		return nil, errno.EINVAL
	}
	if which == prioProcess {
		t := c.t
		if who != 0 {
			t = c.k.task(who)
		}
		if t == nil {
			return nil, errno.ESRCH
		}
		return []*Task{t}, errno.OK
	}
	if who == 0 {
		who = c.p.PGID
		if which == prioUser {
			who = int32(c.p.cred.user.real)
		}
	}
	var all []*Task
	for _, p := range c.k.procs {
		if which == prioGroup && p.PGID == who || which == prioUser && p.cred.user.real == uint32(who) {
			for _, t := range p.Tasks {
				if !t.ended {
					all = append(all, t)
				}
			}
		}
	}
	if len(all) == 0 {
		return nil, errno.ESRCH
	}
	return all, errno.OK
}

// getpriority answers 20 minus the lowest nice value: 1 to 40, so that no answer is an error number.
func (c *call) getpriority() (uint64, errno.Errno) {
	tasks, e := c.whom()
	if e != errno.OK {
		return 0, e
	}
	lowest := maxNice
	for _, t := range tasks {
		lowest = min(lowest, t.nice)
	}
	return uint64(20 - lowest), errno.OK
}

func (c *call) setpriority() (uint64, errno.Errno) {
	tasks, e := c.whom()
	if e != errno.OK {
		return 0, e
	}
	to := max(minNice, min(maxNice, int(int32(c.a[2]))))
	for _, t := range tasks {
		own := c.p.cred.user.effective
		switch {
		case !c.p.can(capNice) && own != t.Process.cred.user.real && own != t.Process.cred.user.effective:
			e = errno.EPERM
		case to < t.nice && !c.p.can(capNice): // RLIMIT_NICE is 0
			e = errno.EACCES
		default:
			t.nice = to
		}
	}
	return 0, e
}

// The scheduling policies (include/uapi/linux/sched.h), and the flag that children do not inherit.
const (
	schedOther    = 0
	schedFIFO     = 1
	schedRR       = 2
	schedBatch    = 3
	schedIdle     = 5
	schedDeadline = 6
	schedExt      = 7
	resetOnFork   = 0x40000000
	maxRealtime   = 99
)

func (c *call) priorityRange(realtime uint64) (uint64, errno.Errno) {
	switch int32(c.a[0]) {
	case schedFIFO, schedRR:
		return realtime, errno.OK
	case schedOther, schedBatch, schedIdle, schedDeadline, schedExt:
		return 0, errno.OK
	}
	return 0, errno.EINVAL
}

// scheduled is the task of the call's first argument.
func (c *call) scheduled() (*Task, errno.Errno) {
	tid := int32(c.a[0])
	switch {
	case tid < 0:
		return nil, errno.EINVAL
	case tid == 0:
		return c.t, errno.OK
	}
	if t := c.k.task(tid); t != nil {
		return t, errno.OK
	}
	return nil, errno.ESRCH
}

func (c *call) schedGetscheduler() (uint64, errno.Errno) {
	t, e := c.scheduled()
	if e != errno.OK {
		return 0, e
	}
	return t.schedPolicy, errno.OK
}

// schedSetscheduler refuses the real-time policies as Linux does to who lacks CAP_SYS_NICE or has no real-time
// bandwidth: the round-robin scheduler has one class.
func (c *call) schedSetscheduler() (uint64, errno.Errno) {
	if int32(c.a[1]) < 0 {
		return 0, errno.EINVAL
	}
	return c.setScheduler(&c.a[1], c.a[2])
}

func (c *call) schedSetparam() (uint64, errno.Errno) { return c.setScheduler(nil, c.a[1]) }

// setScheduler sets policy, nil: leaves it, with the priority at param, which must be the one that it has.
func (c *call) setScheduler(policy *uint64, param uint64) (uint64, errno.Errno) {
	if param == 0 || int32(c.a[0]) < 0 {
		return 0, errno.EINVAL
	}
	priority, ok := c.get32(param)
	if !ok {
		return 0, errno.EFAULT
	}
	t, e := c.scheduled()
	if e != errno.OK {
		return 0, e
	}
	to := t.schedPolicy
	if policy != nil {
		to = uint64(uint32(*policy))
	}
	switch to &^ resetOnFork {
	case schedOther, schedBatch, schedIdle:
		if priority != 0 {
			return 0, errno.EINVAL
		}
		t.schedPolicy = to
		return 0, errno.OK
	case schedFIFO, schedRR:
		if priority < 1 || priority > maxRealtime {
			return 0, errno.EINVAL
		}
		return 0, errno.EPERM
	}
	return 0, errno.EINVAL
}

func (c *call) schedGetparam() (uint64, errno.Errno) {
	if c.a[1] == 0 {
		return 0, errno.EINVAL
	}
	if _, e := c.scheduled(); e != errno.OK {
		return 0, e
	}
	return c.result(0, c.put32(c.a[1], 0))
}

// The commands of membarrier(2): every even power of two from PRIVATE_EXPEDITED on, and GLOBAL_EXPEDITED, has a
// registration as its neighbour (include/uapi/linux/membarrier.h).
const (
	barrierGlobal          = 1 << 0
	barrierGlobalExpedited = 1 << 1
	barrierRegisterGlobal  = 1 << 2
	barrierPrivate         = 1 << 3
	barrierRegisterPrivate = 1 << 4
	barrierSyncCore        = 1 << 5
	barrierRegisterSync    = 1 << 6
	barriers               = 1<<7 - 1
)

// membarrier has nothing to do: one processor runs all tasks, and each sees all that was written before. Only
// who has registered may ask for the private barriers.
func (c *call) membarrier() (uint64, errno.Errno) {
	if c.a[1] != 0 {
		return 0, errno.EINVAL
	}
	switch cmd := uint32(c.a[0]); cmd {
	case 0:
		return barriers, errno.OK
	case barrierGlobal, barrierGlobalExpedited:
	case barrierRegisterGlobal, barrierRegisterPrivate, barrierRegisterSync:
		c.p.barriers |= cmd
	case barrierPrivate, barrierSyncCore:
		if c.p.barriers&(cmd<<1) == 0 {
			return 0, errno.EPERM
		}
	default:
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}
