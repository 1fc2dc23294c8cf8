package linux

import (
	"encoding/binary"
	"slices"

	"memlab/vm/linux/errno"
)

// The limits of semaphores (include/uapi/linux/sem.h), and SEM_UNDO.
const (
	semMost  = 32000 // in a set
	semOps   = 500   // in a call
	semValue = 32767
	semUndo  = 0x1000
	semTotal = 1 << 20 // in all sets; Linux's is higher than any host could hold
)

// semSet is a set of semaphores.
type semSet struct {
	ipcPerm

	values  []int32
	pids    []int32 // who changed each last
	used    int64   // seconds since 1970; 0: never
	waiting []*semWait
}

// semOp is struct sembuf.
type semOp struct {
	num   uint16
	op    int16
	flags uint16
}

// semWait is a call that sleeps, because of its operation at.
type semWait struct{ at semOp }

// semAdjust is what a process's end is to add to the semaphores of a set.
type semAdjust struct {
	set *semSet
	by  []int32
}

func (c *call) semget() (uint64, errno.Errno) {
	n := int(int32(c.a[1]))
	if n < 0 || n > semMost {
		return 0, errno.EINVAL
	}
	fits := func(s *semSet) errno.Errno {
		if n > len(s.values) {
			return errno.EINVAL
		}
		return errno.OK
	}
	return ipcGet(c, &c.k.ipc.sets, c.a[2], fits, func(p ipcPerm) (*semSet, errno.Errno) {
		if n == 0 {
			return nil, errno.EINVAL
		}
		total := n
		for _, s := range c.k.ipc.sets.list {
			total += len(s.values)
		}
		if total > semTotal {
			return nil, errno.ENOSPC
		}
		return &semSet{ipcPerm: p, values: make([]int32, n), pids: make([]int32, n)}, errno.OK
	})
}

func (c *call) semop() (uint64, errno.Errno) { return c.operate(0, false) }

func (c *call) semtimedop() (uint64, errno.Errno) {
	if c.a[3] == 0 {
		return c.operate(0, false)
	}
	ns, e := c.timespec(c.a[3])
	if e != errno.OK {
		return 0, e
	}
	return c.operate(c.k.after(ns), true)
}

// operate makes all operations of a call at once, or waits until it can.
func (c *call) operate(until uint64, timed bool) (uint64, errno.Errno) {
	n := uint32(c.a[2])
	switch {
	case n == 0:
		return 0, errno.EINVAL
	case n > semOps:
		return 0, errno.E2BIG
	}
	raw := make([]byte, 6*n)
	if !c.get(c.a[1], raw) {
		return 0, errno.EFAULT
	}
	s, e := c.k.ipc.sets.find(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	ops := make([]semOp, n)
	want := uint32(ipcRead)
	for i := range ops {
		b := raw[6*i:]
		u16 := binary.LittleEndian.Uint16
		ops[i] = semOp{u16(b), int16(u16(b[2:])), u16(b[4:])}
		if int(ops[i].num) >= len(s.values) {
			return 0, errno.EFBIG
		}
		if ops[i].op != 0 {
			want = ipcWrite
		}
	}
	if e := c.mayIPC(&s.ipcPerm, want); e != errno.OK {
		return 0, e
	}
	return c.attempt(s, ops, until, timed)
}

// attempt makes the operations, or sleeps and makes them later.
func (c *call) attempt(s *semSet, ops []semOp, until uint64, timed bool) (uint64, errno.Errno) {
	if s.removed {
		return 0, errno.EIDRM
	}
	stuck, e := c.perform(s, ops)
	if e != errno.OK || stuck == nil {
		return 0, e
	}
	if stuck.flags&ipcNoWait != 0 {
		return 0, errno.EAGAIN
	}
	w := &semWait{*stuck}
	s.waiting = append(s.waiting, w)
	leave := func() {
		s.waiting = slices.DeleteFunc(s.waiting, func(o *semWait) bool { return o == w })
	}
	return c.block(wait{
		what: "nobody changes the semaphores that it waits for", timed: timed, until: until,
		ready: func() bool {
			values := slices.Clone(s.values)
			stuck, e := try(values, ops)
			return s.removed || stuck == nil || e != errno.OK
		},
		done: func(timedOut bool) (uint64, errno.Errno) {
			leave()
			if timedOut && !s.removed {
				return 0, errno.EAGAIN
			}
			return c.attempt(s, ops, until, timed)
		},
		undo: leave,
	})
}

// try makes the operations on values; stuck is the first that has to wait.
func try(values []int32, ops []semOp) (stuck *semOp, e errno.Errno) {
	for i := range ops {
		o := &ops[i]
		v := values[o.num]
		if o.op == 0 && v != 0 || v+int32(o.op) < 0 {
			return o, errno.OK
		}
		if v += int32(o.op); v > semValue {
			return nil, errno.ERANGE
		}
		values[o.num] = v
	}
	return nil, errno.OK
}

// perform is try, with the values put in place if it succeeds (ipc/sem.c, perform_atomic_semop).
func (c *call) perform(s *semSet, ops []semOp) (stuck *semOp, e errno.Errno) {
	values := slices.Clone(s.values)
	if stuck, e = try(values, ops); stuck != nil || e != errno.OK {
		return stuck, e
	}
	var by []int32
	for _, o := range ops {
		if o.flags&semUndo == 0 {
			continue
		}
		if by == nil {
			by = slices.Clone(c.p.undo(s))
		}
		by[o.num] -= int32(o.op)
		if v := by[o.num]; v < -semValue-1 || v > semValue {
			return nil, errno.ERANGE
		}
	}
	if by != nil {
		copy(c.p.undo(s), by)
	}
	s.values = values
	for _, o := range ops {
		s.pids[o.num] = c.p.PID
	}
	s.used = c.seconds()
	return nil, errno.OK
}

// undo is what p's end is to add to the semaphores of s.
func (p *Process) undo(s *semSet) []int32 {
	p.adjusts = slices.DeleteFunc(p.adjusts, func(a semAdjust) bool { return a.set.removed })
	for _, a := range p.adjusts {
		if a.set == s {
			return a.by
		}
	}
	p.adjusts = append(p.adjusts, semAdjust{s, make([]int32, len(s.values))})
	return p.adjusts[len(p.adjusts)-1].by
}

// undoAll is exit_sem.
func (p *Process) undoAll() {
	for _, a := range p.adjusts {
		for i, by := range a.by {
			if by != 0 && !a.set.removed {
				a.set.values[i] = min(max(a.set.values[i]+by, 0), semValue)
				a.set.pids[i] = p.PID
			}
		}
	}
	p.adjusts = nil
}

// set gives semaphore i of s a value; nobody's end undoes what was before.
func (c *call) setSem(s *semSet, i int, v int32) {
	s.values[i], s.pids[i] = v, c.p.PID
	for _, p := range c.k.procs {
		for _, a := range p.adjusts {
			if a.set == s {
				a.by[i] = 0
			}
		}
	}
	s.changed = c.seconds()
}

// The commands of semctl(2) beside those of all kinds.
const (
	semGetPID     = 11
	semGetVal     = 12
	semGetAll     = 13
	semGetWaiting = 14
	semGetZero    = 15
	semSetVal     = 16
	semSetAll     = 17
)

func (c *call) semctl() (uint64, errno.Errno) {
	s, e := c.k.ipc.sets.find(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	command := c.a[2] &^ ipc64
	switch command {
	case ipcRemove:
		if e := c.ownsIPC(&s.ipcPerm); e != errno.OK {
			return 0, e
		}
		c.k.ipc.sets.remove(s)
		return 0, errno.OK
	case ipcSet:
		return 0, c.setPerm(&s.ipcPerm, c.a[3])
	case semSetVal, semSetAll:
		if e := c.mayIPC(&s.ipcPerm, ipcWrite); e != errno.OK {
			return 0, e
		}
	default:
		if e := c.mayIPC(&s.ipcPerm, ipcRead); e != errno.OK {
			return 0, e
		}
	}
	switch command {
	case ipcStat:
		b := ipcBytes{word: c.word}
		b.perm(&s.ipcPerm)
		b.long(uint64(s.used), 0, uint64(s.changed), 0, uint64(len(s.values)), 0, 0)
		return c.result(0, c.put(c.a[3], b.b))
	case semGetAll, semSetAll:
		return c.allSems(s, command == semSetAll)
	}
	return c.oneSem(s, command)
}

// allSems are the commands that read or write all values: 16 bits each.
func (c *call) allSems(s *semSet, set bool) (uint64, errno.Errno) {
	b := make([]byte, 2*len(s.values))
	if !set {
		for i, v := range s.values {
			binary.LittleEndian.PutUint16(b[2*i:], uint16(v))
		}
		return c.result(0, c.put(c.a[3], b))
	}
	if !c.get(c.a[3], b) {
		return 0, errno.EFAULT
	}
	for i := range s.values {
		if binary.LittleEndian.Uint16(b[2*i:]) > semValue {
			return 0, errno.ERANGE
		}
	}
	for i := range s.values {
		c.setSem(s, i, int32(binary.LittleEndian.Uint16(b[2*i:])))
	}
	return 0, errno.OK
}

// oneSem are the commands about one semaphore.
func (c *call) oneSem(s *semSet, command uint64) (uint64, errno.Errno) {
	i := int(int32(c.a[1]))
	if command < semGetPID || command > semSetVal || i < 0 || i >= len(s.values) {
		return 0, errno.EINVAL
	}
	switch command {
	case semGetPID:
		return uint64(s.pids[i]), errno.OK
	case semGetVal:
		return uint64(s.values[i]), errno.OK
	case semSetVal:
		v := int32(c.a[3])
		if v < 0 || v > semValue {
			return 0, errno.ERANGE
		}
		c.setSem(s, i, v)
		return 0, errno.OK
	}
	var n uint64
	for _, w := range s.waiting {
		if int(w.at.num) == i && (w.at.op == 0) == (command == semGetZero) {
			n++
		}
	}
	return n, errno.OK
}
