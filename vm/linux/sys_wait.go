package linux

import (
	"encoding/binary"
	"slices"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// The options of wait4(2) and waitid(2), and what a SIGCHLD is about.
const (
	waitNoHang    = 1
	waitStopped   = 2 // WUNTRACED
	waitExited    = 4
	waitContinued = 8
	waitNoWait    = 0x1000000
	waitNoThread  = 1 << 29
	waitAll       = 1 << 30
	waitClone     = 1 << 31

	cldExited    = 1
	cldKilled    = 2
	cldStopped   = 5
	cldContinued = 6
)

// news is what a parent can learn of a child.
type news struct {
	child *Process
	code  int32 // cldExited and so on
}

// status is the news as wait4 tells it.
func (n news) status() uint32 {
	switch n.code {
	case cldStopped:
		return uint32(n.child.stopSignal)<<8 | 0x7f
	case cldContinued:
		return 0xffff
	}
	return uint32(n.child.exit.WaitStatus())
}

// info is the news as a SIGCHLD or waitid tells it.
func (n news) info() sigInfo {
	i := sigInfo{sig: SIGCHLD, code: n.code, pid: n.child.PID, uid: n.child.cred.user.real}
	switch n.code {
	case cldExited:
		i.status = int32(n.child.exit.Code & 0xff)
	case cldKilled:
		i.status = int32(n.child.exit.Signal)
	case cldStopped:
		i.status = int32(n.child.stopSignal)
	case cldContinued:
		i.status = SIGCONT
	}
	return i
}

// learn looks for news of the children that want names; none says that there is no such child.
func (c *call) learn(want func(*Process) bool, options uint32) (n news, none bool) {
	none = true
	for _, child := range c.p.children {
		if !want(child) || options&(waitAll|waitClone) == 0 && child.exitSignal != SIGCHLD ||
			options&(waitAll|waitClone) == waitClone && child.exitSignal == SIGCHLD {
			continue
		}
		none = false
		switch {
		case child.exited && options&waitExited != 0:
			if child.exit.Signal != 0 {
				return news{child, cldKilled}, false
			}
			return news{child, cldExited}, false
		case child.stopNews && options&waitStopped != 0:
			return news{child, cldStopped}, false
		case child.contNews && options&waitContinued != 0:
			return news{child, cldContinued}, false
		}
	}
	return news{}, none
}

// take makes the news old: a child that has ended is forgotten.
func (c *call) take(n news) {
	switch n.code {
	case cldStopped:
		n.child.stopNews = false
	case cldContinued:
		n.child.contNews = false
	default:
		c.k.reap(n.child)
	}
}

// reap forgets a child that has ended.
func (k *Kernel) reap(child *Process) {
	k.bury(child)
	if p := child.parent; p != nil {
		u := child.used(k)
		p.childUsage.User += u.User + child.childUsage.User
		p.children = slices.DeleteFunc(p.children, func(o *Process) bool { return o == child })
	}
}

// remembered is how many processes that have ended are kept, for whoever looks at the machine.
const remembered = 256

// bury notes that nobody can wait for child any more.
func (k *Kernel) bury(child *Process) {
	if !child.reaped {
		child.reaped = true
		k.zombies--
		k.buried++
	}
}

// forget drops the oldest of the processes that have ended and been waited for, once there are twice as many
// as are kept.
func (k *Kernel) forget() {
	if k.buried < 2*remembered {
		return
	}
	k.procs = slices.DeleteFunc(k.procs, func(p *Process) bool {
		if p.loaded || !p.reaped || k.buried <= remembered {
			return false
		}
		k.buried--
		return true
	})
}

// await waits for news, or says at once that there are none.
func (c *call) waitFor(
	want func(*Process) bool, options uint32, tell func(news) (uint64, errno.Errno),
) (uint64, errno.Errno) {
	n, none := c.learn(want, options)
	switch {
	case n.child != nil:
		return tell(n)
	case none:
		return 0, errno.ECHILD
	case options&waitNoHang != 0:
		return tell(n)
	}
	return c.block(wait{
		what: "none of its children can do what it waits for", restart: true,
		ready: func() bool {
			n, none := c.learn(want, options)
			return n.child != nil || none
		},
	})
}

func (c *call) wait4() (uint64, errno.Errno) {
	const known = waitNoHang | waitStopped | waitContinued | waitNoThread | waitAll | waitClone
	options := uint32(c.a[2])
	if options&^known != 0 {
		return 0, errno.EINVAL
	}
	pid := int32(c.a[0])
	want := func(p *Process) bool {
		switch {
		case pid > 0:
			return p.PID == pid
		case pid == 0:
			return p.PGID == c.p.PGID
		}
		return pid == -1 || p.PGID == -pid
	}
	return c.waitFor(want, options|waitExited, func(n news) (uint64, errno.Errno) {
		if n.child == nil {
			return 0, errno.OK
		}
		status, used := n.status(), n.child.used(c.k)
		c.take(n)
		if c.a[1] != 0 && !c.put32(c.a[1], status) || c.a[3] != 0 && !c.putUsage(c.a[3], used) {
			return 0, errno.EFAULT
		}
		return uint64(n.child.PID), errno.OK
	})
}

func (c *call) waitid() (uint64, errno.Errno) {
	const all, onePID, group, pidfd = 0, 1, 2, 3
	const known = waitNoHang | waitStopped | waitExited | waitContinued | waitNoWait |
		waitNoThread | waitAll | waitClone
	kind, id, options := uint32(c.a[0]), int32(c.a[1]), uint32(c.a[3])
	switch {
	case options&^known != 0, options&(waitExited|waitStopped|waitContinued) == 0, kind > pidfd,
		kind == onePID && id <= 0, kind == group && id < 0:
		return 0, errno.EINVAL
	}
	if kind == group && id == 0 {
		id = c.p.PGID
	}
	if kind == pidfd {
		p, f, e := c.pidfdOf(c.a[1])
		if e != errno.OK {
			return 0, e
		}
		if f.Flags()&vfs.ONonBlock != 0 && options&waitNoHang == 0 {
			if n, none := c.learn(func(o *Process) bool { return o == p }, options); !none && n.child == nil {
				return 0, errno.EAGAIN
			}
		}
		kind, id = onePID, p.PID
	}
	want := func(p *Process) bool {
		return kind == all || kind == onePID && p.PID == id || kind == group && p.PGID == id
	}
	return c.waitFor(want, options, func(n news) (uint64, errno.Errno) {
		var b [128]byte // nothing has happened: all zero
		var used Usage
		if n.child != nil {
			i := n.info()
			b, used = c.infoBytes(i), n.child.used(c.k)
			if options&waitNoWait == 0 {
				c.take(n)
			}
		}
		if c.a[2] != 0 && !c.put(c.a[2], b[:]) || c.a[4] != 0 && !c.putUsage(c.a[4], used) {
			return 0, errno.EFAULT
		}
		return 0, errno.OK
	})
}

// childBytes is the siginfo_t of a SIGCHLD from where its fields begin.
func (i sigInfo) childBytes(b []byte) {
	binary.LittleEndian.PutUint32(b[0:], uint32(i.pid))
	binary.LittleEndian.PutUint32(b[4:], i.uid)
	binary.LittleEndian.PutUint32(b[8:], uint32(i.status))
}
