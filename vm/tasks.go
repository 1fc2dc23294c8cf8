package vm

import (
	"encoding/binary"
	"errors"
	"slices"

	"memlab/loader"
	"memlab/loader/elf"
	"memlab/loader/vdso"
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/vm/linux"
	"memlab/vm/linux/errno"
)

// process finds the machine's side of one of the kernel's processes.
func (m *Machine) process(lp *linux.Process) *Process {
	for _, p := range slices.Backward(m.procs) { // those that run are mostly young
		if p.linux == lp {
			return p
		}
	}
	return nil
}

// fork makes the machine's side of a child: with a copy of its parent's address space, or with the same.
func (m *Machine) fork(parent, child *linux.Process, shared bool) (linux.Body, errno.Errno) {
	p := m.process(parent)
	n := &Process{
		machine: m, linux: child, cpu: p.cpu, space: p.space, image: p.image,
		symbols: p.symbols, symbolsRead: p.symbolsRead,
	}
	if !shared {
		space, err := p.forkSpace()
		if err != nil {
			return linux.Body{}, errno.ENOMEM
		}
		n.space = space
	}
	m.forget()
	m.procs = append(m.procs, n)
	return n.body(), errno.OK
}

// remembered is how many processes that have ended a machine keeps besides those that were loaded.
const remembered = 256

// forget drops the oldest of the processes that have ended, once there are twice as many as are kept.
func (m *Machine) forget() {
	gone := func(p *Process) bool { return !p.loaded && p.linux.Buried() }
	if len(m.procs) < 2*remembered {
		return
	}
	n := 0
	for _, p := range m.procs {
		if gone(p) {
			n++
		}
	}
	if n < 2*remembered {
		return
	}
	m.procs = slices.DeleteFunc(m.procs, func(p *Process) bool {
		if n <= remembered || !gone(p) {
			return false
		}
		n--
		return true
	})
}

func (p *Process) body() linux.Body {
	b := linux.Body{Space: p.space, MapsText: p.procMaps, Usage: p.usage, Layout: p.layout()}
	b.Sigreturn, b.RTSigreturn = p.vdso("__kernel_sigreturn"), p.vdso("__kernel_rt_sigreturn")
	return b
}

// layout is what /proc shows of the program.
func (p *Process) layout() linux.Layout {
	m := p.image.MM
	l := linux.Layout{
		StartCode: m.StartCode, EndCode: m.EndCode, StartData: m.StartData, EndData: m.EndData,
		StartBrk: m.StartBrk, StartStack: m.StartStack,
		ArgStart: m.ArgStart, ArgEnd: m.ArgEnd, EnvStart: m.EnvStart, EnvEnd: m.EnvEnd,
	}
	for _, a := range p.image.Auxv {
		for _, v := range [...]uint64{a.Type, a.Value} {
			if p.image.Class == elf.Class32 {
				l.Auxv = binary.LittleEndian.AppendUint32(l.Auxv, uint32(v))
			} else {
				l.Auxv = binary.LittleEndian.AppendUint64(l.Auxv, v)
			}
		}
	}
	return l
}

// vdso is the address of a function of the vdso; 0: there is none of that name.
func (p *Process) vdso(name string) addr.VAddr {
	profile, known := loader.ProfileByName(p.machine.cfg.Loader.Profile)
	if !known || p.image.Vdso == 0 {
		return 0
	}
	at, ok := vdso.Symbol(p.image.Class, int(profile.SysinfoOffset), name)
	if !ok {
		return 0
	}
	return p.image.Vdso + addr.VAddr(at)
}

// execve puts another program in the place of t's. The old one's memory is freed once the new one's stands.
func (m *Machine) execve(t *linux.Task, r *linux.ExecRequest) (*linux.Image, *linux.ExecError) {
	p := m.process(t.Process)
	profile, _ := loader.ProfileByName(m.cfg.Loader.Profile) // Load has found it
	space, opened, used := p.space, p.opened, p.usage()
	image, err := m.image(p, r.Context, profile, &loader.Request{
		Path: r.Path, Argv: r.Argv, Env: r.Env, StackLimit: r.StackLimit, ExecFD: r.FreeFD,
	}, t.Process.PID)
	if err != nil {
		failed, ok := errors.AsType[*loader.Error](err)
		switch {
		case ok && failed.Fatal:
			return nil, &linux.ExecError{Errno: errno.Errno(failed.Errno), Fatal: failed.Error()}
		case ok:
			return nil, &linux.ExecError{Errno: errno.Errno(failed.Errno)}
		}
		if no, ok := errors.AsType[loader.Errno](err); ok {
			return nil, &linux.ExecError{Errno: errno.Errno(no)}
		}
		return nil, &linux.ExecError{Errno: errno.EIO, Fatal: err.Error()}
	}
	p.before, p.peak = paging.FaultCounts{Minor: used.MinorFaults, Major: used.MajorFaults}, used.MaxRSS
	m.leave(p, space)
	for _, f := range opened {
		f.Close()
	}
	p.start(t.CPU)
	m.bring(&Program{}, p)
	return &linux.Image{
		Body: p.body(), Exe: image.Program.Path(), Comm: image.Comm,
		Binary: execFile(image),
	}, nil
}

// ended frees what a process that has ended holds. The memory of the last one is kept until another program
// is loaded: a machine that has stopped can be looked at.
func (m *Machine) ended(lp *linux.Process) {
	p := m.process(lp)
	if p == nil {
		return
	}
	for _, f := range p.opened {
		f.Close()
	}
	p.opened = nil
	if m.living() {
		m.leave(p, p.space)
	}
}

// living reports whether any process has not ended.
func (m *Machine) living() bool {
	for _, p := range slices.Backward(m.procs) {
		if ended, _ := p.Exited(); !ended {
			return true
		}
	}
	return false
}

// leave frees the address space that p has used, unless another process uses it too.
func (m *Machine) leave(p *Process, s space) {
	if s.Ended() {
		return
	}
	for _, other := range m.procs {
		if ended, _ := other.Exited(); other != p && !ended && other.space == s {
			return
		}
	}
	s.Destroy()
}

// bury frees the memory of all processes that have ended.
func (m *Machine) bury() {
	for _, p := range m.procs {
		if ended, _ := p.Exited(); ended {
			m.leave(p, p.space)
		}
	}
}
