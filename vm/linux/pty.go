package linux

import (
	"slices"
	"strconv"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// Pseudo-terminals: /dev/ptmx makes a pair, a master that a terminal emulator has and a slave, /dev/pts/N,
// that programs take for a terminal (drivers/tty/pty.c). What the master writes is typed; the line
// discipline (ldisc.go) makes lines of it, echoes it and finds signals in it. What the slave writes the
// master reads.
//
//	pty.go        the two ends, opening and closing        ldisc.go      the line discipline, N_TTY
//	sys_pty.go    what ioctl and read do on them           tty.go        job control

// pty is one pair.
type pty struct {
	terminal

	k       *Kernel
	number  int
	termios termios
	window  [8]byte // struct winsize
	line    discipline
	out     []byte // what the master has not read
	shown   int    // how long that was before what is being typed
	slaves  int    // open files of the slave's
	used    bool   // the slave has been opened before
	locked  bool   // until TIOCSPTLCK the slave cannot be opened
	hungUp  bool   // the master is gone
	held    bool   // output stopped, by ^S or TCOOFF
	packets bool   // TIOCPKT: what the master reads begins with a byte that says what it is
	changes uint64
}

// maxPtys is how many pairs there may be (kernel.pty.max), ptyRoom what may lie on the way to one side.
const (
	maxPtys = 4096
	ptyRoom = 65536
)

// ptyEnd is an open file of one end.
type ptyEnd struct {
	*pty

	master bool
}

// Terminal marks what gives a line at a time.
func (e *ptyEnd) Terminal() {}

// The numbers of the devices (Documentation/admin-guide/devices.txt).
const (
	majorTTY  = 5
	majorPts  = 136
	minorTTY  = 0
	minorPtmx = 2
	ttyGroup  = 5
)

// makeTerminals makes /dev/ptmx, /dev/pts and /dev/tty.
func (k *Kernel) makeTerminals() errno.Errno {
	root := vfs.Cred{}
	tty := vfs.Cred{GID: ttyGroup}
	if e := k.cfg.Files.MakeDevice("/dev/pts", 0o755, 0, 0, root, nil); e != errno.OK {
		return e
	}
	e := k.cfg.Files.MakeDevice("/dev/ptmx", 0o666, majorTTY, minorPtmx, tty, k.openMaster)
	if e != errno.OK {
		return e
	}
	e = k.cfg.Files.MakeDevice("/dev/pts/ptmx", 0o666, majorTTY, minorPtmx, root, k.openMaster)
	if e != errno.OK {
		return e
	}
	return k.cfg.Files.MakeDevice("/dev/tty", 0o666, majorTTY, minorTTY, tty, k.openOwn)
}

// openMaster makes a pair.
func (k *Kernel) openMaster(uint32) (vfs.Special, *vfs.File, errno.Errno) {
	p := &pty{k: k, termios: freshTermios(), locked: true}
	if k.tty.there {
		p.number = 1 // 0 is the name of the standard streams' terminal
	}
	for slices.ContainsFunc(k.ptys, func(o *pty) bool { return o.number == p.number }) {
		p.number++
	}
	if p.number >= maxPtys {
		return nil, nil, errno.ENOSPC
	}
	owner := k.current.Process.Cred
	owner.GID = ttyGroup
	e := k.cfg.Files.MakeDevice(p.name(), 0o620, majorPts, uint64(p.number), owner, p.openSlave)
	if e != errno.OK {
		return nil, nil, e
	}
	p.there = true
	k.ptys = append(k.ptys, p)
	return &ptyEnd{p, true}, nil, errno.OK
}

func (p *pty) name() string { return "/dev/pts/" + strconv.Itoa(p.number) }

// openSlave opens the slave. A session's leader that has no terminal gets it as its own, unless it says
// O_NOCTTY.
func (p *pty) openSlave(flags uint32) (vfs.Special, *vfs.File, errno.Errno) {
	if p.locked || p.hungUp {
		return nil, nil, errno.EIO
	}
	who := p.k.current.Process
	wants := flags&vfs.ONoCtty == 0 && flags&vfs.OAccess != vfs.OWriteOnly
	if wants && who.PID == who.SID && p.session == 0 &&
		p.k.controlling(who) == nil {
		p.session, p.group = who.SID, who.PGID
	}
	p.slaves++
	p.used = true
	p.changes++
	return &ptyEnd{p, false}, nil, errno.OK
}

// openOwn opens /dev/tty: the controlling terminal, whichever it is.
func (k *Kernel) openOwn(flags uint32) (vfs.Special, *vfs.File, errno.Errno) {
	t := k.controlling(k.current.Process)
	switch {
	case t == nil:
		return nil, nil, errno.ENXIO
	case t == &k.tty:
		return nil, k.ttyFile, errno.OK
	}
	for _, p := range k.ptys {
		if t == &p.terminal {
			return p.openSlave(flags | vfs.ONoCtty)
		}
	}
	return nil, nil, errno.ENXIO
}

// Close is the end of an open file. Without a master the terminal has hung up.
func (e *ptyEnd) Close() {
	p := e.pty
	p.changes++
	if !e.master {
		p.slaves--
		return
	}
	p.hungUp = true
	p.k.ptys = slices.DeleteFunc(p.k.ptys, func(o *pty) bool { return o == p })
	p.k.cfg.Files.RemoveDevice(p.name())
	for _, o := range p.k.procs { // tty_signal_session_leader
		if p.session != 0 && o.PID == p.session && !o.exited {
			o.send(nil, sigInfo{sig: SIGHUP, code: siKernel})
			o.send(nil, sigInfo{sig: SIGCONT, code: siKernel})
		}
	}
	p.session, p.group = 0, 0
}

// Changes counts what poll could tell.
func (e *ptyEnd) Changes() uint64 { return e.changes }

// gone reports whether the master reads of a slave that nobody has open any more.
func (p *pty) gone() bool { return p.used && p.slaves == 0 }

// Ready reports whether a read, a write would not wait.
func (e *ptyEnd) Ready() (in, out bool) {
	p := e.pty
	if e.master {
		return len(p.out) > 0 || p.gone(), p.line.size() < ptyRoom
	}
	if p.hungUp {
		return true, true
	}
	return p.line.ready(&p.termios, 1), !p.held && len(p.out) < ptyRoom
}

// poll is what poll(2) says: the end of the other side is a hang-up.
func (e *ptyEnd) poll() uint16 {
	var v uint16
	in, out := e.Ready()
	if in && (!e.master || len(e.out) > 0) {
		v |= pollIn | pollRDN
	}
	if out {
		v |= pollOut | pollWRN
	}
	if e.master && e.gone() || e.hungUp {
		v |= pollHup
	}
	if !e.master && e.hungUp {
		v |= pollErr
	}
	return v
}

// ReadAt takes what there is: EAGAIN if that is nothing.
func (e *ptyEnd) ReadAt(b []byte, _ int64) (int, errno.Errno) {
	p := e.pty
	switch {
	case len(b) == 0:
		return 0, errno.OK
	case !e.master && p.hungUp:
		return 0, errno.OK
	case !e.master:
		n, e := p.line.take(&p.termios, b)
		p.changes++
		return n, e
	case len(p.out) == 0 && p.gone():
		return 0, errno.EIO
	case len(p.out) == 0:
		return 0, errno.EAGAIN
	}
	n := 0
	if p.packets {
		b[0], n = 0, 1 // TIOCPKT_DATA
	}
	moved := copy(b[n:], p.out)
	p.out = append(p.out[:0], p.out[moved:]...)
	p.changes++
	return n + moved, errno.OK
}

// WriteAt types what the master writes, and shows what the slave does.
func (e *ptyEnd) WriteAt(b []byte, _ int64) (int, errno.Errno) {
	p := e.pty
	if e.master {
		if room := ptyRoom - p.line.size(); room < len(b) {
			if b = b[:max(room, 0)]; len(b) == 0 {
				return 0, errno.EAGAIN
			}
		}
		p.changes++
		p.shown = len(p.out)
		for _, c := range b {
			p.typed(c)
		}
		return len(b), errno.OK
	}
	switch {
	case p.hungUp:
		return 0, errno.EIO
	case len(b) == 0:
		return 0, errno.OK
	case p.held || len(p.out) >= ptyRoom:
		return 0, errno.EAGAIN
	}
	n := 0
	for n < len(b) && len(p.out) < ptyRoom {
		p.show(b[n])
		n++
	}
	p.changes++
	return n, errno.OK
}
