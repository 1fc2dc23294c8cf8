package vm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path"

	"memlab/loader"
	"memlab/loader/elf"
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm/cpu"
	"memlab/vm/linux"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
	"memlab/vm/x86"
)

// firstFreeFD is the lowest descriptor that a machine's first program has not open.
const firstFreeFD = 3

// defaultStack is RLIMIT_STACK unless a Program says otherwise.
const defaultStack = 8 << 20

// Load makes a process and loads a program into it, as execve does. A failed execve is a *loader.Error or
// wraps an errno.Errno.
func (m *Machine) Load(p Program) (*Process, error) {
	if p.Argv == nil {
		p.Argv = []string{p.Path}
	}
	if p.StackLimit == 0 {
		p.StackLimit = defaultStack
	}
	profile, ok := loader.ProfileByName(m.cfg.Loader.Profile)
	if !ok {
		return nil, fmt.Errorf("loader profile %q: must be one of %q",
			m.cfg.Loader.Profile, loader.ProfileNames())
	}
	if p.Predict != nil {
		if err := m.mayPredict(&p); err != nil {
			return nil, err
		}
	}
	if err := m.boot(&p); err != nil {
		return nil, err
	}
	if err := m.makeFile(&p); err != nil {
		return nil, err
	}
	m.bury()
	m.settle(nil)
	m.disk.overlaps = false // nobody runs meanwhile
	m.stepping = true
	defer func() { m.stepping = false }()
	proc := &Process{machine: m, loaded: true, cpu: cpu.New(m.pager.MMU, &m.bus, m.cache)}
	proc.cpu.TSC = func(insns uint64) uint64 { return m.now(insns) }
	if _, err := m.exec(&p, profile, proc); err != nil {
		return nil, err
	}
	proc.start(proc.cpu)
	if err := m.enrol(&p, proc); err != nil {
		return nil, err
	}
	m.procs = append(m.procs, proc)
	if s := proc.paged(); s != nil {
		s.SetNice(p.Nice)
	}
	m.bring(&p, proc)
	m.curve.note(m.point())
	m.settle(nil)
	m.linking.mapped(proc)
	return proc, nil
}

// makeFile makes the program's file if its bytes come with the call.
func (m *Machine) makeFile(p *Program) error {
	if p.Made == nil {
		return nil
	}
	fail := func(e errno.Errno) error { return fmt.Errorf("%s cannot be made: %w", p.Path, e.Err()) }
	if _, e := m.files.MakeDirs(path.Dir(p.Path)); e != errno.OK {
		return fail(e)
	}
	root := &vfs.Context{Cwd: m.files.Root()}
	f, e := m.files.Open(
		root,
		vfs.Path{At: m.files.Root(), Name: p.Path},
		vfs.OCreate|vfs.OTruncate|vfs.OWriteOnly|vfs.OLargeFile,
		0o755,
	)
	if e != errno.OK {
		return fail(e)
	}
	defer f.Close()
	for b := p.Made; len(b) > 0; {
		n, e := f.Write(b)
		if e != errno.OK {
			return fail(e)
		}
		b = b[n:]
	}
	if e := m.files.Chmod(root, f.Node(), 0o755); e != errno.OK {
		return fail(e)
	}
	return nil
}

// exec opens the file and lets the loader do its work.
func (m *Machine) exec(p *Program, profile *loader.Profile, proc *Process) (*loader.Result, error) {
	ctx := &vfs.Context{Cred: vfs.Cred{UID: uint32(p.UID), GID: uint32(p.UID)}, Cwd: m.files.Root()}
	if p.Cwd != "" {
		dir, e := m.files.Directory(ctx, nil, p.Cwd)
		if e != errno.OK {
			return nil, fmt.Errorf("working directory %s: %w", p.Cwd, e.Err())
		}
		ctx.Cwd = dir
	}
	return m.image(proc, ctx, profile, &loader.Request{
		Path: p.Path, Argv: p.Argv, Env: p.Env, StackLimit: p.StackLimit, Personality: p.Personality,
		ExecFD: firstFreeFD,
	}, m.kernel.NextPID())
}

// image loads the program of req into a new address space, which proc gets if that succeeds.
func (m *Machine) image(
	proc *Process, ctx *vfs.Context, profile *loader.Profile, req *loader.Request, pid int32,
) (*loader.Result, error) {
	var opened []*vfs.File
	open := func(name string) (loader.File, error) {
		f, e := m.files.OpenExec(ctx, name)
		if e != errno.OK {
			return nil, loader.Errno(e)
		}
		opened = append(opened, f)
		return f, nil
	}
	m.trail = loader.Trail{}
	req.Trail = &m.trail
	m.bus.Now.PID = pid
	var err error
	if req.File, err = open(req.Path); err != nil {
		no, _ := errors.AsType[loader.Errno](err)
		return nil, loader.CannotOpen(req, no, &m.bus)
	}
	req.Open, req.Profile, req.Formats = open, profile, m.formats
	req.UID, req.EUID, req.GID, req.EGID = ctx.Cred.UID, ctx.Cred.UID, ctx.Cred.GID, ctx.Cred.GID
	if m.cfg.Loader.ASLR {
		req.Rand = m.seed.Next
	}
	binary.LittleEndian.PutUint64(req.Random[:], m.seed.Next())
	binary.LittleEndian.PutUint64(req.Random[8:], m.seed.Next())
	to := m.mapper(req)
	image, err := loader.Exec(req, to, &m.bus)
	if err != nil {
		if to.space != nil {
			to.space.Destroy()
		}
		for _, f := range opened {
			f.Close()
		}
		return nil, err
	}
	to.space.SetLimits(area.Limits{
		AS: area.Unlimited, Data: area.Unlimited, Memlock: area.Unlimited,
		Segment: image.MM.EndData - image.MM.StartData,
	})
	proc.space, proc.image, proc.opened = to.space, image, opened
	proc.symbols, proc.symbolsRead = nil, false
	proc.loads, proc.loadsRead = nil, false
	proc.searches = nil
	return image, nil
}

// start sets the registers to what execve leaves.
func (p *Process) start(c *cpu.CPU) {
	r := &p.image.Regs
	c.Reset(p.image.Class == elf.Class32)
	c.RIP = uint64(r.IP)
	c.Regs[x86.RSP] = uint64(r.SP)
}

// enrol tells the kernel of the process.
func (m *Machine) enrol(p *Program, proc *Process) error {
	exe := proc.image.Program.Path()
	var err error
	proc.linux, err = m.kernel.NewProcess(linux.Program{
		Body: proc.body(),
		CPU:  proc.cpu, Processor: proc.cpu,
		Path: p.Path, Exe: exe, Comm: proc.image.Comm, Args: p.Argv, Env: p.Env, Cwd: p.Cwd, Nice: p.Nice,
		Cred:   vfs.Cred{UID: uint32(p.UID), GID: uint32(p.UID)},
		Binary: execFile(proc.image),
		Stdin:  m.files.OpenStream(vfs.Stream{}, p.Stdin, nil, vfs.OReadOnly|vfs.OLargeFile),
		Stdout: m.files.OpenStream(vfs.Stream{}, nil, p.Stdout, vfs.OWriteOnly|vfs.OLargeFile),
		Stderr: m.files.OpenStream(vfs.Stream{}, nil, p.Stderr, vfs.OWriteOnly|vfs.OLargeFile),
	})
	return err
}

// mayPredict refuses a predictor that would never be asked.
func (m *Machine) mayPredict(p *Program) error {
	strategy := p.Strategy
	if strategy == "" {
		strategy = m.cfg.Loader.Strategy
	}
	if m.whole != nil {
		return fmt.Errorf("a predictor needs pages: allocation scheme %s has none", m.cfg.Allocation.Scheme)
	}
	if strategy != "hybrid" {
		return fmt.Errorf("a predictor needs strategy hybrid, not %s", strategy)
	}
	return nil
}

// bring loads pages as the strategy says: all of the program's at once, or later by faults.
func (m *Machine) bring(p *Program, proc *Process) {
	strategy, window := p.Strategy, p.Window
	if strategy == "" {
		strategy = m.cfg.Loader.Strategy
	}
	if window == 0 {
		window = m.cfg.Loader.Window
	}
	paged, ok := proc.space.(*paging.AddressSpace)
	if !ok {
		return // without pages a program is there as a whole from the start
	}
	paged.Window = 1
	switch strategy {
	case "hybrid":
		paged.Window, paged.Predict = max(window, 1), p.Predict
	case "eager":
		for _, a := range paged.Areas() {
			own := a.File != nil && a.File.Path() == proc.image.Program.Path()
			if own || a.End <= addr.VAddr(proc.image.MM.StartBrk) {
				paged.Populate(a.Start, a.End)
			}
		}
	}
}

// symbolsOf reads a program's symbol table.
func symbolsOf(f loader.File) (*elf.Symbols, error) {
	file, err := elf.Parse(f, f.Size())
	if err != nil {
		return nil, err
	}
	return file.Symbols()
}
