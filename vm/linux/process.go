package linux

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/vm/cpu"
	"memlab/vm/linux/vfs"
)

// Memory is a program's memory as the kernel copies from and to it: how many bytes could be copied is
// returned, fewer than len(b) mean EFAULT.
type Memory interface {
	Read(va addr.VAddr, b []byte) int
	Write(va addr.VAddr, b []byte) int
}

// Mapper changes what is mapped. Errors are area.Errno.
type Mapper interface {
	Map(r area.Request) (addr.VAddr, error)
	Unmap(start addr.VAddr, length uint64) error
	Protect(start addr.VAddr, length uint64, prot addr.Prot) error
	Remap(old addr.VAddr, oldLen, newLen uint64, flags uint32, to addr.VAddr) (addr.VAddr, error)
	Brk(to addr.VAddr) addr.VAddr
}

// Space is an address space; *paging.AddressSpace is one.
type Space interface {
	Memory
	Mapper
	Areas() []area.Area
}

// Processor is what a signal frame holds of the processor beyond the fields of cpu.CPU.
type Processor interface {
	RFlags() uint64
	SetRFlags(v uint64)
	FXSave(image *[512]byte)
	FXRestore(image *[512]byte) bool // false: the image has reserved bits of MXCSR set
	ResetFPU()                       // x87 and SSE as at the start of a program
}

// Body is what the machine has of a process.
type Body struct {
	Space    Space
	MapsText func() string // /proc/PID/maps; nil: no such file
	Layout   Layout        // what /proc/PID/stat and auxv show
	Usage    func() Usage  // for getrusage; nil: zeros

	// Sigreturn and RTSigreturn are where the vdso of an i386 program has the code to which handlers return
	// that name none of their own.
	Sigreturn, RTSigreturn addr.VAddr
}

// Program describes a new process.
type Program struct {
	Body

	CPU       *cpu.CPU
	Processor Processor // nil: signal handlers cannot be entered (HandlerError)

	Path string   // as execve got it; "": Exe
	Exe  string   // absolute path of the program: /proc/PID/exe
	Comm string   // its name: the last part of execve's path
	Args []string // /proc/PID/cmdline
	Env  []string // /proc/PID/environ
	Cwd  string   // "": /
	Nice int      // -20 to 19
	Cred vfs.Cred

	Stdin, Stdout, Stderr *vfs.File // nil: closed
	Binary                *vfs.File // what AT_EXECFD names, as descriptor 3; nil: none
}

// Layout is where the parts of a program lie, and its auxiliary vector as the stack has it.
type Layout struct {
	StartCode, EndCode, StartData, EndData uint64
	StartBrk, StartStack                   uint64
	ArgStart, ArgEnd, EnvStart, EnvEnd     uint64
	Auxv                                   []byte
}

// Usage is what a process has used, as getrusage(2) and times(2) tell.
type Usage struct {
	User                     uint64 // nanoseconds of simulated time in the program
	MinorFaults, MajorFaults uint64
	MaxRSS                   uint64 // bytes
}

// Process is one program in execution: what its tasks share.
type Process struct {
	PID, PPID, PGID, SID int32

	k        *Kernel
	Space    Space
	Tasks    []*Task // the first is the one that the process began with
	Files    *FDTable
	FS       *FSContext
	Actions  *Actions
	Limits   Limits
	Cred     vfs.Cred    // the ids with which it asks for files
	cred     credentials // the others
	barriers uint32      // that membarrier has registered
	Exe      string
	Args     []string
	Env      []string
	mapsText func() string
	layout   Layout
	peakSize uint64 // the most that VmSize has been whenever it was asked for
	started  uint64 // of Clock
	usage    func() Usage

	sigreturn, rtSigreturn uint64 // see Body

	pending queue // signals for the process, not for one task
	exited  bool
	exit    ExitState
	loaded  bool // by NewProcess: nobody's child

	itimers    [itimers]timer
	timers     []*posixTimer
	nextTimer  int32
	nice       int
	persona    uint32
	parent     *Process   // nil: none
	children   []*Process // those that it has not waited for
	childUsage Usage      // of those that it has
	exitSignal int        // what its parent is told its end by; 0: nothing
	adopted    bool       // its parent has ended, and it has another now
	adjusts    []semAdjust
	borrows    bool // its memory is its parent's (vfork), until execve
	execed     bool // it has called execve
	reaper     bool // it takes the orphans among its descendants (PR_SET_CHILD_SUBREAPER)
	reaped     bool // ended, and its parent knows
	noHuge     bool // PR_SET_THP_DISABLE: kept and shown
	stopNews   bool // it has been stopped, and nobody has waited for that
	contNews   bool // it goes on, and nobody has waited for that

	stopped    bool // by a signal: its tasks do not run
	stopSignal int
}

// FSContext is what CLONE_FS shares: where the process is in the file tree.
type FSContext struct {
	Cwd   *vfs.Node
	Umask uint32
	users int // processes that have it
}

// Task is one thread: what the scheduler runs.
type Task struct {
	TID       int32
	Process   *Process
	CPU       *cpu.CPU
	Processor Processor
	Comm      string // at most 15 bytes
	Insns     uint64 // retired by it; the machine counts them (CPU.Insns is the machine's count)

	traced  tracing
	code    int    // of exit, of a task that is not the last
	number  int    // orders tasks by their making
	call    call   // the system call that it makes, or made last
	waiting *wait  // what it sleeps for; nil: it runs
	held    uint64 // of Clock: the disk works for it until then; 0: it does not
	frozen  bool   // a vfork's parent: only SIGKILL gets through
	ended   bool

	mask    SigSet
	awaits  SigSet // rt_sigtimedwait: those that it takes without a handler
	pending queue
	alt     altStack
	trap    trap
	faulted bool // the signal that is being delivered is of a fault

	clearTID     uint64 // set_tid_address: cleared and woken when the task ends
	robust       uint64 // set_robust_list
	robustWord   int    // bytes of a long in that list: 4 when a call of i386's has set it
	deathSignal  uint64 // prctl(PR_SET_PDEATHSIG)
	dumpable     uint64
	noNewPrivs   uint64
	slack        uint64 // of timers, in ns: kept and shown
	policy       uint32 // of scheduling
	savedMask    SigSet // rt_sigsuspend: put back after the handler
	restoreSaved bool
}

// ExitState is how a process ended.
type ExitState struct {
	Code   int    // exit code; 0 when killed
	Signal int    // the signal that killed it; 0 when it exited
	Report string // for people, when it was killed
}

// WaitStatus is the state as wait(2) reports it.
func (e ExitState) WaitStatus() uint64 {
	if e.Signal != 0 {
		return uint64(e.Signal)
	}
	return uint64(e.Code&0xff) << 8
}

// NewProcess makes a process with the next free pid.
func (k *Kernel) NewProcess(pr Program) (*Process, error) {
	c := &vfs.Context{Cred: pr.Cred, Cwd: k.cfg.Files.Root()}
	cwd := c.Cwd
	if pr.Cwd != "" {
		dir, e := k.cfg.Files.Directory(c, nil, pr.Cwd)
		if err := e.Err(); err != nil {
			return nil, err
		}
		cwd = dir
	}
	k.cfg.Files.Hold(cwd)
	k.lastPID++
	pid := k.lastPID
	p := &Process{
		k: k, PID: pid, PPID: 0, PGID: pid, SID: pid, Files: newFDTable(k.closed), Actions: &Actions{},
		FS: &FSContext{Cwd: cwd, Umask: 0o022, users: 1}, Limits: defaultLimits(), Cred: pr.Cred,
		cred: newCredentials(pr.Cred), nice: min(max(pr.Nice, -20), mostNice),
		Exe: pr.Exe, Args: pr.Args, Env: pr.Env,
	}
	p.embody(pr.Body)
	p.started = k.cfg.Clock.Now()
	for fd, file := range []*vfs.File{pr.Stdin, pr.Stdout, pr.Stderr, pr.Binary} {
		if file != nil {
			p.Files.set(fd, file, false)
		}
	}
	t := &Task{TID: pid, Process: p, CPU: pr.CPU, Processor: pr.Processor, dumpable: 1, slack: defaultSlack}
	t.setComm(pr.Comm)
	p.Tasks, p.loaded = []*Task{t}, true
	p.limitMemory(false)
	k.adopt(p, pr.Stdin, pr.Stdout, pr.Stderr)
	k.procs = append(k.procs, p)
	k.enlist(t)
	if pr.Path == "" {
		pr.Path = pr.Exe
	}
	t.traceLoaded(k, &pr)
	return p, nil
}

// embody takes over what the machine has of the process.
func (p *Process) embody(b Body) {
	p.Space, p.mapsText, p.usage, p.layout = b.Space, b.MapsText, b.Usage, b.Layout
	p.sigreturn, p.rtSigreturn = uint64(b.Sigreturn), uint64(b.RTSigreturn)
}

// NextPID is the number that the next process or task gets; a machine's first has 1.
func (k *Kernel) NextPID() int32 { return k.lastPID + 1 }

func (t *Task) setComm(s string) {
	if len(s) > 15 {
		s = s[:15]
	}
	t.Comm = s
}

// Exited reports whether the process has ended, and how.
func (p *Process) Exited() (ended bool, e ExitState) { return p.exited, p.exit }

// Buried reports whether the process has ended and nobody can wait for it any more.
func (p *Process) Buried() bool { return p.reaped }

// context is who asks for files.
func (p *Process) context() *vfs.Context {
	return &vfs.Context{Cred: p.Cred, Cwd: p.FS.Cwd, Umask: p.FS.Umask}
}
