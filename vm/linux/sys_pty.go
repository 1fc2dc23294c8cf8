package linux

import (
	"encoding/binary"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// What ioctl(2), read(2) and write(2) do on pseudo-terminals.

// Requests that only they have here (include/uapi/asm-generic/ioctls.h).
const (
	tcGets2      = 0x802c542a
	tcSets2      = 0x402c542b
	tcSetsW2     = 0x402c542c
	tcSetsF2     = 0x402c542d
	tcSendBreak  = 0x5409
	tcFlow       = 0x540a
	tcFlush      = 0x540b
	tiocExcl     = 0x540c
	tiocNExcl    = 0x540d
	tiocOutQ     = 0x5411
	tiocSWinSz   = 0x5414
	tiocPkt      = 0x5420
	tiocGetD     = 0x5424
	tcDrainPosix = 0x5425 // TCSBRKP
	tiocSig      = 0x40045436
	tiocGPtN     = 0x80045430
	tiocSPtLck   = 0x40045431
	tiocGPtLck   = 0x80045439
	tiocGPtPeer  = 0x5441

	speed38400 = 38400
)

func (c *call) ptyRequest(s *ptyEnd) (uint64, errno.Errno) {
	p, request := s.pty, uint32(c.a[1])
	if !s.master && p.hungUp {
		return 0, errno.EIO
	}
	if isJobRequest(request) {
		return c.jobRequest(&p.terminal, s.master)
	}
	switch request {
	case tcGets:
		return c.result(0, c.put(c.a[2], p.termios.bytes()))
	case tcGets2:
		b := binary.LittleEndian.AppendUint32(p.termios.bytes(), speed38400)
		return c.result(0, c.put(c.a[2], binary.LittleEndian.AppendUint32(b, speed38400)))
	case tcSets, tcSetsW, tcSetsF, tcSets2, tcSetsW2, tcSetsF2:
		return c.setTermios(s)
	case tiocGWinSz:
		return c.result(0, c.put(c.a[2], p.window[:]))
	case tiocSWinSz:
		was := p.window
		if !c.get(c.a[2], p.window[:]) {
			p.window = was
			return 0, errno.EFAULT
		}
		if p.window != was && p.group != 0 {
			c.k.sendGroup(p.group, sigInfo{sig: SIGWINCH, code: siKernel})
		}
		return 0, errno.OK
	case fionRead:
		n := len(p.out)
		if !s.master {
			n = p.line.size()
			if p.termios.local&localLines != 0 {
				n -= len(p.line.edit) + len(p.line.lines)
			}
		}
		return c.result(0, c.put32(c.a[2], uint32(n)))
	case tiocOutQ, tiocGetD:
		return c.result(0, c.put32(c.a[2], 0))
	case tcSendBreak, tcDrainPosix, tiocExcl, tiocNExcl:
		return 0, errno.OK
	case tcFlow, tcFlush:
		return 0, c.ptyFlow(s)
	}
	if s.master {
		return c.masterRequest(p)
	}
	return 0, errno.ENOTTY
}

func (c *call) setTermios(s *ptyEnd) (uint64, errno.Errno) {
	p := s.pty
	if !s.master {
		if again, e := c.checkTerminal(&p.terminal, SIGTTOU); e != errno.OK || again {
			if again {
				return c.anew()
			}
			return 0, e
		}
	}
	var b [termiosSize]byte
	if !c.get(c.a[2], b[:]) {
		return 0, errno.EFAULT
	}
	if r := uint32(c.a[1]); r == tcSetsF || r == tcSetsF2 {
		p.line.flush()
	}
	lines := p.termios.local & localLines
	p.termios.set(b[:])
	if lines == 0 && p.termios.local&localLines != 0 && len(p.line.edit) > 0 {
		p.line.lines, p.line.edit = append(p.line.lines, typedLine{p.line.edit}), nil
	}
	p.changes++
	return 0, errno.OK
}

// ptyFlow is tcflow and tcflush: what is stopped or dropped.
func (c *call) ptyFlow(s *ptyEnd) errno.Errno {
	p, arg, request := s.pty, c.a[2], uint32(c.a[1])
	const in, out, both = 0, 1, 2
	if arg > 3 || request == tcFlush && arg > both {
		return errno.EINVAL
	}
	if request == tcFlow {
		if arg <= 1 { // TCOOFF, TCOON; the other two are for the other side
			p.held = arg == 0
		}
		p.changes++
		return errno.OK
	}
	if s.master {
		arg = [...]uint64{out, in, both}[arg]
	}
	if arg != out {
		p.line.flush()
	}
	if arg != in {
		p.out = nil
	}
	p.changes++
	return errno.OK
}

// masterRequest are those that only the master's side has.
func (c *call) masterRequest(p *pty) (uint64, errno.Errno) {
	flag := func(b bool) (uint64, errno.Errno) {
		v := uint32(0)
		if b {
			v = 1
		}
		return c.result(0, c.put32(c.a[2], v))
	}
	request := uint32(c.a[1])
	switch request {
	case tiocGPtN:
		return c.result(0, c.put32(c.a[2], uint32(p.number)))
	case tiocGPtLck:
		return flag(p.locked)
	case tiocSPtLck, tiocPkt:
		v, ok := c.get32(c.a[2])
		if !ok {
			return 0, errno.EFAULT
		}
		if request == tiocPkt {
			p.packets = v != 0
		} else {
			p.locked = v != 0
		}
		return 0, errno.OK
	case tiocGPtPeer:
		flags := uint32(c.a[2])
		root := &vfs.Context{Cwd: c.k.cfg.Files.Root()}
		f, e := c.k.cfg.Files.Open(root, vfs.Path{Name: p.name()}, flags, 0)
		if e != errno.OK {
			return 0, e
		}
		return c.install(f, 0, flags&vfs.OCloseExec != 0)
	case tiocSig:
		sig := int(c.a[2])
		if sig != SIGINT && sig != SIGQUIT && sig != SIGTSTP {
			return 0, errno.EINVAL
		}
		if p.group != 0 {
			c.k.sendGroup(p.group, sigInfo{sig: sig, code: siKernel})
		}
		return 0, errno.OK
	}
	return 0, errno.ENOTTY
}

// runTerminal reads from or writes to the slave, if the caller may.
func (t *transfer) runTerminal(p *pty, reads bool) (uint64, errno.Errno) {
	sig := SIGTTIN
	if !reads {
		sig = SIGTTOU
	}
	if reads || p.termios.local&localStop != 0 {
		if again, e := t.c.checkTerminal(&p.terminal, sig); again {
			return t.c.anew()
		} else if e != errno.OK {
			return 0, e
		}
	}
	t.skip(t.c.moved)
	if !reads {
		return t.out()
	}
	if p.termios.local&localLines == 0 && !p.hungUp && t.file.Flags()&vfs.ONonBlock == 0 {
		if wait := t.patience(p); wait != nil {
			return t.c.block(*wait)
		}
	}
	return t.in()
}

// patience is how a read without lines waits: for VMIN characters, as long as VTIME says; nil: it need not.
func (t *transfer) patience(p *pty) *wait {
	least, tenths := int(p.termios.cc[charMin]), uint64(p.termios.cc[charTime])
	least = int(min(uint64(least), t.size()))
	have := p.line.size()
	w := &wait{
		what: "nobody types", restart: true,
		ready: func() bool { return p.hungUp || p.line.size() >= max(least, 1) },
	}
	switch {
	case have >= max(least, 1), least == 0 && tenths == 0 && have > 0:
		return nil
	case least == 0 && tenths == 0:
		w.timed, w.until = true, t.c.k.after(0)
	case tenths > 0 && (least == 0 || have > 0): // from the call on, or between two characters
		w.timed, w.until = true, t.c.k.after(tenths*1e8)
		if least > 0 {
			w.ready = func() bool { return p.hungUp || p.line.size() > have }
		}
	case tenths > 0:
		w.ready = func() bool { return p.hungUp || p.line.size() > 0 }
	}
	c := t.c
	w.done = func(timedOut bool) (uint64, errno.Errno) {
		switch {
		case timedOut && p.line.size() == 0:
			return 0, errno.OK
		case timedOut:
			return t.in()
		}
		return c.fn(c)
	}
	return w
}
