package linux

import "memlab/vm/linux/errno"

// Futexes with priority inheritance: the word holds the number of the task that has the lock, and the kernel
// hands the lock on (kernel/futex/pi.c). Nobody's priority counts here, so waiters get it in the order in
// which they came.
//
//	the word: 0, free; the owner's number; FUTEX_WAITERS: ask the kernel to unlock; FUTEX_OWNER_DIED

// futexBlock is the part of a wait that all of these have: timeouts of a lock are points in time.
func (c *call) futexBlock(s *sleeper, timeout uint64, realtime bool) (wait, errno.Errno) {
	w := wait{
		what: "nobody can wake it", ready: func() bool { return s.awoken },
		undo: func() { c.k.forgetSleeper(s) },
		done: func(timedOut bool) (uint64, errno.Errno) {
			if timedOut {
				c.k.forgetSleeper(s)
				return 0, errno.ETIMEDOUT
			}
			return 0, s.result
		},
	}
	if timeout == 0 {
		w.restart = true
		return w, errno.OK
	}
	until, e := c.timespec(timeout)
	now := c.k.cfg.Clock.Now()
	if realtime {
		now = uint64(c.k.realtime())
	}
	w.timed, w.until = true, c.k.after(until-min(until, now))
	return w, e
}

// lockPI takes the lock, waits for it, or with try says that it would have to.
func (c *call) lockPI(try, realtime bool) (uint64, errno.Errno) {
	s := &sleeper{bits: ^uint32(0), pi: true, c: c}
	w, e := c.futexBlock(s, c.a[3], realtime)
	switch {
	case e != errno.OK:
		return 0, e
	case c.a[0]%4 != 0:
		return 0, errno.EINVAL
	}
	s.at, s.va = c.futexAt(c.a[0], c.a[1]&futexPrivate != 0), c.a[0]
	owned, e := c.k.acquirePI(s, false)
	switch {
	case e != errno.OK, owned:
		return 0, e
	case try:
		return 0, errno.EAGAIN
	}
	c.k.sleepers = append(c.k.sleepers, s)
	return c.block(w)
}

// acquirePI takes the lock of s for its task if it is free, or marks it as waited for
// (futex_lock_pi_atomic). Passed on says that it is somebody else's call that does this for s.
func (k *Kernel) acquirePI(s *sleeper, passedOn bool) (owned bool, e errno.Errno) {
	v, ok := s.c.get32(s.va)
	if !ok {
		return false, errno.EFAULT
	}
	owner, tid := v&futexTID, uint32(s.c.t.TID)
	waiters := k.waiterPI(s.at) != nil
	switch {
	case owner == tid:
		return false, errno.EDEADLK
	case owner == 0 && !waiters:
		fresh := v&futexOwnerDied | tid
		if passedOn {
			fresh |= futexWaiters
		}
		return s.c.put32(s.va, fresh), errno.OK
	case !waiters && k.task(int32(owner)) == nil:
		return false, errno.ESRCH
	case !s.c.put32(s.va, v|futexWaiters):
		return false, errno.EFAULT
	}
	return false, errno.OK
}

// waiterPI is who has waited longest for a lock; nil: nobody does.
func (k *Kernel) waiterPI(at futexKey) *sleeper {
	for _, s := range k.sleepers {
		if s.pi && s.at == at {
			return s
		}
	}
	return nil
}

// unlockPI hands the lock to the first who waits.
func (c *call) unlockPI() (uint64, errno.Errno) {
	if c.a[0]%4 != 0 {
		return 0, errno.EINVAL
	}
	v, ok := c.get32(c.a[0])
	switch {
	case !ok:
		return 0, errno.EFAULT
	case v&futexTID != uint32(c.t.TID):
		return 0, errno.EPERM
	}
	if s := c.k.waiterPI(c.futexAt(c.a[0], c.a[1]&futexPrivate != 0)); s != nil {
		c.k.handPI(s, 0)
		return 0, errno.OK
	}
	return c.result(0, c.put32(c.a[0], 0))
}

// handPI makes the task of s the owner of the lock that it waits for. The bit for waiters stays until an
// unlock finds none.
func (k *Kernel) handPI(s *sleeper, died uint32) {
	k.forgetSleeper(s)
	s.awoken = true
	if !s.c.put32(s.va, uint32(s.c.t.TID)|futexWaiters|died) {
		s.result = errno.EFAULT
	}
}

// orphanPI hands on the locks with priority inheritance that an ending task has.
func (k *Kernel) orphanPI(t *Task) {
	for {
		i := 0
		for ; i < len(k.sleepers); i++ {
			if s := k.sleepers[i]; s.pi && s.c.t != t {
				v, ok := s.c.get32(s.va)
				if ok && (v&futexTID == uint32(t.TID) || v&(futexTID|futexOwnerDied) == futexOwnerDied) {
					k.handPI(s, futexOwnerDied)
					break
				}
			}
		}
		if i >= len(k.sleepers) {
			return
		}
	}
}

// waitRequeuePI waits at one futex until a cmpRequeuePI gives it the lock at the other.
func (c *call) waitRequeuePI(realtime bool) (uint64, errno.Errno) {
	private := c.a[1]&futexPrivate != 0
	s := &sleeper{bits: ^uint32(0), c: c, va: c.a[4]}
	w, e := c.futexBlock(s, c.a[3], realtime)
	v, ok := c.get32(c.a[0])
	expected := uint32(c.a[2])
	switch {
	case e != errno.OK:
		return 0, e
	case c.a[0]%4 != 0, c.a[4]%4 != 0, c.a[0] == c.a[4]:
		return 0, errno.EINVAL
	case !ok:
		return 0, errno.EFAULT
	case v != expected:
		return 0, errno.EAGAIN
	}
	s.at, s.lock = c.futexAt(c.a[0], private), c.futexAt(c.a[4], private)
	c.k.sleepers = append(c.k.sleepers, s)
	return c.block(w)
}

// cmpRequeuePI gives the lock to the first that waits for that, and lets the others wait for it.
func (c *call) cmpRequeuePI() (uint64, errno.Errno) {
	private := c.a[1]&futexPrivate != 0
	v, ok := c.get32(c.a[0])
	expected := uint32(c.a[5])
	switch {
	case uint32(c.a[2]) != 1, int32(c.a[3]) < 0, c.a[0]%4 != 0, c.a[4]%4 != 0, c.a[0] == c.a[4]:
		return 0, errno.EINVAL
	case !ok:
		return 0, errno.EFAULT
	case v != expected:
		return 0, errno.EAGAIN
	}
	from, to := c.futexAt(c.a[0], private), c.futexAt(c.a[4], private)
	done, most := uint64(0), 1+c.a[3]
	for i := 0; i < len(c.k.sleepers) && done < most; {
		s := c.k.sleepers[i]
		if s.at != from {
			i++
			continue
		}
		if s.lock != to {
			return done, errno.EINVAL
		}
		s.at, s.lock = to, futexKey{}
		owned, e := c.k.acquirePI(s, done+1 < most)
		if e != errno.OK {
			s.result = e
		}
		s.pi = true
		if owned || e != errno.OK {
			s.awoken = true
			c.k.forgetSleeper(s)
		} else {
			i++
		}
		done++
	}
	return done, errno.OK
}
