package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// The requests of ioctl(2) that are known (include/uapi/asm-generic/ioctls.h).
const (
	tcGets     = 0x5401
	tcSets     = 0x5402
	tcSetsW    = 0x5403
	tcSetsF    = 0x5404
	tiocSCtty  = 0x540e
	tiocGPgrp  = 0x540f
	tiocSPgrp  = 0x5410
	tiocGWinSz = 0x5413
	fionRead   = 0x541b
	fionBIO    = 0x5421
	fioNClex   = 0x5450
	fioClex    = 0x5451
	tiocNotty  = 0x5422
	tiocGSid   = 0x5429
)

func (c *call) ioctl() (uint64, errno.Errno) {
	f, e := c.file(c.a[0])
	if e != errno.OK {
		return 0, e
	}
	fd := int(int32(c.a[0]))
	request := uint32(c.a[1])
	switch request {
	case fioClex, fioNClex:
		c.p.Files.slots[fd].closeExec = request == fioClex
		return 0, errno.OK
	case fionBIO:
		on, ok := c.get32(c.a[2])
		if !ok {
			return 0, errno.EFAULT
		}
		flags := f.Flags() &^ vfs.ONonBlock
		if on != 0 {
			flags |= vfs.ONonBlock
		}
		f.SetFlags(flags)
		return 0, errno.OK
	case fionRead:
		if _, ok := f.Special().(*ptyEnd); !ok {
			return c.waiting(f)
		}
	}
	const clone, cloneRange = 0x40049409, 0x4020940d // FICLONE, FICLONERANGE: copies that share blocks
	if f.Mappable() && (request == clone || request == cloneRange) {
		return 0, errno.EOPNOTSUPP
	}
	if s := f.Stream(); s != nil && s.TTY {
		return c.terminal(s)
	}
	if s, ok := f.Special().(*ptyEnd); ok {
		return c.ptyRequest(s)
	}
	return 0, errno.ENOTTY
}

// waiting is FIONREAD: how many bytes can be read at once.
func (c *call) waiting(f *vfs.File) (uint64, errno.Errno) {
	n, pipe := f.Buffered()
	switch {
	case f.Mappable():
		n = int(f.Size() - f.Position())
	case !pipe:
		return 0, errno.ENOTTY
	}
	if !c.put32(c.a[2], uint32(n)) {
		return 0, errno.EFAULT
	}
	return 0, errno.OK
}

// terminal answers for a terminal in the state that a login leaves it in. Setting attributes is accepted
// without effect: the terminal is the host's.
func (c *call) terminal(s *vfs.Stream) (uint64, errno.Errno) {
	var out []byte
	request := uint32(c.a[1])
	if isJobRequest(request) {
		return c.jobRequest(&c.k.tty, false)
	}
	switch request {
	case tcGets:
		out = make([]byte, 36) // struct termios: iflag, oflag, cflag, lflag, line, cc[19]
		binary.LittleEndian.PutUint32(out[0:], 0x4500)
		binary.LittleEndian.PutUint32(out[4:], 0x5)
		binary.LittleEndian.PutUint32(out[8:], 0xbf)
		binary.LittleEndian.PutUint32(out[12:], 0x8a3b)
		copy(out[17:], []byte{3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22})
	case tcSets, tcSetsW, tcSetsF:
		if again, e := c.checkTerminal(&c.k.tty, SIGTTOU); e != errno.OK || again {
			if again {
				return c.anew()
			}
			return 0, e
		}
		if b := make([]byte, 36); !c.get(c.a[2], b) {
			return 0, errno.EFAULT
		}
		return 0, errno.OK
	case tiocGWinSz:
		out = make([]byte, 8) // struct winsize: rows, columns, and two in pixels
		binary.LittleEndian.PutUint16(out[0:], s.Rows)
		binary.LittleEndian.PutUint16(out[2:], s.Cols)
	default:
		return 0, errno.ENOTTY
	}
	if !c.put(c.a[2], out) {
		return 0, errno.EFAULT
	}
	return 0, errno.OK
}

// isJobRequest reports whether a request is about whose terminal it is.
func isJobRequest(request uint32) bool {
	switch request {
	case tiocGPgrp, tiocGSid, tiocSPgrp, tiocSCtty, tiocNotty:
		return true
	}
	return false
}

// jobRequest answers such a request. The master's side of a pseudo-terminal may ask whoever has it.
func (c *call) jobRequest(t *terminal, master bool) (uint64, errno.Errno) {
	switch request := uint32(c.a[1]); request {
	case tiocGPgrp, tiocGSid:
		v := t.group
		if request == tiocGSid {
			v = t.session
		}
		if !t.owns(c.p) && (!master || request == tiocGSid && v == 0) {
			return 0, errno.ENOTTY
		}
		return c.result(0, c.put32(c.a[2], uint32(v)))
	case tiocSPgrp:
		return c.foreground(t)
	case tiocSCtty:
		return c.takeTerminal(t)
	}
	if !t.owns(c.p) { // tiocNotty
		return 0, errno.ENOTTY
	}
	c.k.leaveTerminal(c.p)
	return 0, errno.OK
}
