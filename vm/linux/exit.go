package linux

import (
	"slices"

	"memlab/paging/event"
	"memlab/vm/linux/errno"
)

// exit ends the calling task, and the process with its last.
func (c *call) exit() (uint64, errno.Errno) {
	code := int(c.a[0] & 0xff)
	living := 0
	for _, t := range c.p.Tasks {
		if !t.ended {
			living++
		}
	}
	if c.t == c.p.Tasks[0] {
		c.p.exit.Code = code
	}
	if living == 1 {
		c.k.kill(c.p, ExitState{Code: c.p.exit.Code})
		return 0, errno.OK
	}
	c.release()
	c.t.code = code
	c.t.traceEnd(c.k)
	c.k.delist(c.t)
	if first := c.p.Tasks[0]; c.t != first { // the first stays, ended: it stands for the process
		c.p.Tasks = slices.DeleteFunc(c.p.Tasks, func(t *Task) bool { return t == c.t })
	}
	return 0, errno.OK
}

func (c *call) exitGroup() (uint64, errno.Errno) {
	c.k.kill(c.p, ExitState{Code: int(c.a[0] & 0xff)})
	return 0, errno.OK
}

// release tells the other tasks that the calling one is going: its locks (robust list) and who joins it
// (kernel/fork.c, mm_release).
func (c *call) release() {
	if c.t.robust != 0 {
		c.releaseLocks(c.t.robust)
	}
	c.k.orphanPI(c.t)
	if va := c.t.clearTID; va != 0 && c.put32(va, 0) {
		c.wakeOne(va)
	}
}

// releaseAll does so for all tasks of a process that ends: its locks in shared memory are others' too, and a
// vfork's parent may wait for the child's number to be cleared. Memory that is nobody else's is left as it
// is: nobody could look (mm_release looks at mm_users).
func (k *Kernel) releaseAll(p *Process) {
	for _, t := range p.Tasks {
		if t.ended || t.robust == 0 && t.clearTID == 0 && len(k.sleepers) == 0 {
			continue
		}
		c := call{k: k, t: t, p: p, abi: t.call.abi, word: t.call.abi.word()}
		if !p.borrows {
			t.clearTID = 0
		}
		c.release()
	}
}

// wakeOne wakes a sleeper at va, whichever way that knows the futex.
func (c *call) wakeOne(va uint64) {
	if c.k.wakeFutex(c.futexAt(va, true), ^uint32(0), 1) == 0 {
		c.k.wakeFutex(c.futexAt(va, false), ^uint32(0), 1)
	}
}

// The bits of a futex word that is a lock (include/uapi/linux/futex.h).
const (
	futexWaiters   = 1 << 31
	futexOwnerDied = 1 << 30
	futexTID       = futexOwnerDied - 1
)

// releaseLocks marks the locks that a dying task holds (kernel/futex/core.c, exit_robust_list).
func (c *call) releaseLocks(head uint64) {
	const most = 2048 // ROBUST_LIST_LIMIT
	c.word = c.t.robustWord
	var h [3]uint64 // the first entry, the offset of the futex in each, one that is just being locked
	if !c.getWords(head, h[:]) {
		return
	}
	at := h[0]
	for n := 0; at&^1 != head && n < most; n++ {
		next, ok := c.getWord(at &^ 1)
		if at&^1 != h[2]&^1 {
			c.ownerDied(at&^1+h[1], at&1 != 0)
		}
		if !ok {
			return
		}
		at = next
	}
	if h[2] != 0 {
		c.ownerDied(h[2]&^1+h[1], h[2]&1 != 0)
	}
}

// ownerDied marks one lock. One with priority inheritance (pi) is handed on by orphanPI.
func (c *call) ownerDied(va uint64, pi bool) {
	v, ok := c.get32(va)
	if !ok || v&futexTID != uint32(c.t.TID) {
		return
	}
	if c.put32(va, v&futexWaiters|futexOwnerDied) && v&futexWaiters != 0 && !pi {
		c.wakeOne(va)
	}
}

// kill ends the process.
func (k *Kernel) kill(p *Process, e ExitState) {
	if p.exited {
		return
	}
	p.exited, p.exit, p.stopped = true, e, false
	k.zombies++
	k.releaseAll(p)
	p.undoAll()
	k.dropTimers(func(t *timer) bool { return t.owner == p })
	for _, t := range p.Tasks {
		t.traceEnd(k)
		k.delist(t)
	}
	if p.Files.users--; p.Files.users == 0 {
		p.Files.CloseAll()
	}
	if p.FS.users--; p.FS.users == 0 {
		k.cfg.Files.Release(p.FS.Cwd)
	}
	if bus := k.cfg.Bus; bus.On(event.Exit) {
		was := bus.Now.PID
		bus.Now.PID = p.PID
		bus.Emit(&event.Event{Kind: event.Exit, Arg: e.WaitStatus()})
		bus.Now.PID = was
	}
	k.leaveTerminal(p)
	k.bereave(p, p.children)
	k.orphan(p)
	code := int32(cldExited)
	if e.Signal != 0 {
		code = cldKilled
	}
	k.tellParent(news{p, code})
	if k.cfg.Ended != nil {
		k.cfg.Ended(p)
	}
	k.sweepSegments()
}

// initPID is the parent that orphans see. It is not the machine's first process, which has that number too
// but is somebody's shell: init lies outside, and forgets them when they end.
const initPID = 1

// orphan gives p's children to its nearest ancestor that has asked for them (PR_SET_CHILD_SUBREAPER), or to
// init (kernel/exit.c, find_new_reaper).
func (k *Kernel) orphan(p *Process) {
	heir := p.parent
	for heir != nil && (heir.exited || !heir.reaper) {
		heir = heir.parent
	}
	for _, child := range p.children {
		child.parent, child.PPID, child.adopted = heir, initPID, true
		if heir != nil {
			child.PPID = heir.PID
			heir.children = append(heir.children, child)
		}
		if len(child.Tasks) > 0 {
			if sig := child.Tasks[0].deathSignal; sig != 0 {
				child.send(nil, sigInfo{sig: int(sig), code: siUser, pid: p.PID})
			}
		}
		if child.exited {
			k.tellParent(news{child, cldExited})
		}
	}
	p.children = nil
}

// tellParent sends the SIGCHLD of news. A child whose parent does not care is forgotten when it has ended
// (kernel/signal.c, do_notify_parent).
func (k *Kernel) tellParent(n news) {
	p, ended := n.child.parent, n.code == cldExited || n.code == cldKilled
	if p == nil || p.exited {
		if ended {
			k.bury(n.child)
		}
		return
	}
	a := p.Actions[SIGCHLD]
	if !ended {
		if a.Flags&saNoCldStop == 0 && a.Handler != handlerIgnore {
			p.send(nil, n.info())
		}
		return
	}
	sig := n.child.exitSignal
	ignored := sig == SIGCHLD && a.Handler == handlerIgnore
	if sig != 0 && !ignored {
		i := n.info()
		i.sig = sig
		p.send(nil, i)
	}
	if ignored || sig == SIGCHLD && a.Flags&saNoCldWait != 0 {
		k.reap(n.child)
	}
}

// halt stops or continues all tasks of p.
func (k *Kernel) halt(p *Process, sig int) {
	p.stopped, p.stopSignal = true, sig
	p.stopNews, p.contNews = true, false
	k.tellParent(news{p, cldStopped})
}
