package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// signalFD gives whoever reads it the signals that wait for him.
type signalFD struct {
	k    *Kernel
	want SigSet
}

// signalfdSize is the size of struct signalfd_siginfo.
const signalfdSize = 128

// waiting are the signals that the task which the kernel works for could read.
func (f *signalFD) waiting() SigSet {
	t := f.k.current
	return (t.pending.set() | t.Process.pending.set()) & f.want
}

// ReadAt takes as many signals as there is room for.
func (f *signalFD) ReadAt(b []byte, _ int64) (n int, e errno.Errno) {
	if len(b) < signalfdSize {
		return 0, errno.EINVAL
	}
	for ; len(b)-n >= signalfdSize; n += signalfdSize {
		i, ok := f.k.current.takeSignal(f.want)
		if !ok {
			break
		}
		info := i.fdBytes()
		copy(b[n:], info[:])
	}
	if n == 0 {
		return 0, errno.EAGAIN
	}
	return n, errno.OK
}

// WriteAt fails: signals are sent with kill.
func (f *signalFD) WriteAt([]byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// Ready reports whether a signal waits for the task that asks.
func (f *signalFD) Ready() (in, out bool) { return f.waiting() != 0, false }

// Changes grows with every signal that is sent in the machine: which it was, who asks finds out.
func (f *signalFD) Changes() uint64 { return f.k.sent }

// fdBytes is the signal as struct signalfd_siginfo: the fields of siginfo_t at places of their own.
func (i sigInfo) fdBytes() (b [signalfdSize]byte) {
	put := func(at int, v uint32) { binary.LittleEndian.PutUint32(b[at:], v) }
	raw := i.bytes()
	put(0, uint32(i.sig))
	put(4, binary.LittleEndian.Uint32(raw[4:])) // ssi_errno
	put(8, uint32(i.code))
	switch {
	case i.code == siTimer:
		put(24, uint32(i.pid)) // ssi_tid: of the timer
		put(32, uint32(i.overrun))
		i.putValue(b[:])
	case i.code == siKernel:
	case i.sig == SIGCHLD && i.code > 0:
		put(12, uint32(i.pid))
		put(16, i.uid)
		put(40, uint32(i.status))
	case i.code > 0: // a fault
		binary.LittleEndian.PutUint64(b[72:], i.addr)
	default:
		put(12, uint32(i.pid))
		put(16, i.uid)
		i.putValue(b[:])
	}
	return b
}

// putValue writes what sigqueue handed over: as a number and as an address.
func (i sigInfo) putValue(b []byte) {
	binary.LittleEndian.PutUint32(b[44:], uint32(i.value))
	binary.LittleEndian.PutUint64(b[48:], i.value)
}

func signalfdCalls() handlers {
	return handlers{
		"signalfd":          {3, (*call).signalfd},
		"signalfd4":         {4, (*call).signalfd4},
		"rt_sigtimedwait":   {4, (*call).rtSigtimedwait},
		"rt_sigqueueinfo":   {3, (*call).rtSigqueueinfo},
		"rt_tgsigqueueinfo": {4, (*call).rtTgsigqueueinfo},
	}
}

func (c *call) signalfd() (uint64, errno.Errno) { return c.makeSignalfd(0) }

func (c *call) signalfd4() (uint64, errno.Errno) { return c.makeSignalfd(uint32(c.a[3])) }

// makeSignalfd makes a descriptor, or gives an old one another set.
func (c *call) makeSignalfd(flags uint32) (uint64, errno.Errno) {
	if c.a[2] != sigSetSize {
		return 0, errno.EINVAL
	}
	v, ok := c.get64(c.a[1])
	if !ok {
		return 0, errno.EFAULT
	}
	if flags&^(vfs.OCloseExec|vfs.ONonBlock) != 0 {
		return 0, errno.EINVAL
	}
	want := SigSet(v) &^ unblockable()
	if int32(c.a[0]) != -1 {
		f, e := c.file(c.a[0])
		if e != errno.OK {
			return 0, e
		}
		s, ok := f.Special().(*signalFD)
		if !ok {
			return 0, errno.EINVAL
		}
		s.want = want
		return uint64(uint32(c.a[0])), errno.OK
	}
	s := &signalFD{c.k, want}
	file := c.k.cfg.Files.OpenSpecial("signalfd", s, flags&vfs.ONonBlock)
	return c.install(file, 0, flags&vfs.OCloseExec != 0)
}
