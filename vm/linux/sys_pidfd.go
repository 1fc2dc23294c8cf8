package linux

import (
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// pidFD stands for a process, whatever becomes of its number.
type pidFD struct{ p *Process }

func pidfdCalls() handlers {
	return handlers{
		"pidfd_open":        {2, (*call).pidfdOpen},
		"pidfd_send_signal": {4, (*call).pidfdSendSignal},
		"pidfd_getfd":       {3, (*call).pidfdGetfd},
	}
}

// ReadAt fails: there is nothing to read.
func (f *pidFD) ReadAt([]byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// WriteAt fails too.
func (f *pidFD) WriteAt([]byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// Ready reports whether the process has ended.
func (f *pidFD) Ready() (in, out bool) { return f.p.exited, false }

// poll is pidfd_poll: a process that its parent has waited for hangs up.
func (f *pidFD) poll() uint16 {
	switch {
	case f.p.reaped:
		return pollIn | pollRDN | pollHup
	case f.p.exited:
		return pollIn | pollRDN
	}
	return 0
}

// Changes is 1 when the process has ended, 2 when somebody knows.
func (f *pidFD) Changes() uint64 {
	var n uint64
	if f.p.exited {
		n++
	}
	if f.p.reaped {
		n++
	}
	return n
}

func (c *call) openPidfd(p *Process, flags uint32) (uint64, errno.Errno) {
	return c.install(c.k.cfg.Files.OpenSpecial("pidfd", &pidFD{p}, flags), 0, true)
}

func (c *call) pidfdOpen() (uint64, errno.Errno) {
	pid := int32(c.a[0])
	switch {
	case c.a[1]&^vfs.ONonBlock != 0, pid <= 0: // PIDFD_THREAD is not there: as before Linux 6.9
		return 0, errno.EINVAL
	}
	p := c.process(pid)
	switch {
	case p == nil && c.k.task(pid) != nil:
		return 0, errno.ENOENT // a thread that leads no process
	case p == nil:
		return 0, errno.ESRCH
	}
	return c.openPidfd(p, uint32(c.a[1]))
}

// pidfdOf is the process behind a descriptor.
func (c *call) pidfdOf(fd uint64) (*Process, *vfs.File, errno.Errno) {
	f, e := c.file(fd)
	if e != errno.OK {
		return nil, nil, e
	}
	p, ok := f.Special().(*pidFD)
	if !ok {
		return nil, nil, errno.EBADF
	}
	return p.p, f, errno.OK
}

func (c *call) pidfdSendSignal() (uint64, errno.Errno) {
	sig := int(int32(c.a[1]))
	if c.a[3] != 0 {
		return 0, errno.EINVAL
	}
	p, _, e := c.pidfdOf(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case p.reaped:
		return 0, errno.ESRCH
	}
	i := sigInfo{sig: sig, code: siUser, pid: c.p.PID, uid: c.p.cred.user.real}
	if c.a[2] != 0 {
		if i, e = c.queuedInfo(c.a[2], sig, p.PID); e != errno.OK {
			return 0, e
		}
	}
	return 0, c.queueTo(p, nil, i)
}

func (c *call) pidfdGetfd() (uint64, errno.Errno) {
	if c.a[2] != 0 {
		return 0, errno.EINVAL
	}
	p, _, e := c.pidfdOf(c.a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case p.exited:
		return 0, errno.ESRCH
	}
	f := p.Files.Get(int(int32(c.a[1])))
	if f == nil {
		return 0, errno.EBADF
	}
	f.Hold()
	return c.install(f, 0, true)
}
