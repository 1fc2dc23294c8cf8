package linux

import (
	"io"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/strace"
	"memlab/vm/linux/vfs"
)

// Config is what a kernel is made of.
type Config struct {
	Files     *vfs.FS
	Bus       *event.Bus
	Clock     Clock
	Seed      uint64 // of getrandom and /dev/urandom
	OnUnknown Policy

	// Fork makes the machine's side of child, with a copy of parent's memory or, shared, with the same.
	// Exec
	// puts a new program in the place of t's: into its memory and its registers. nil: no such system call.
	Fork func(parent, child *Process, shared bool) (Body, errno.Errno)
	Exec func(t *Task, r *ExecRequest) (*Image, *ExecError)

	// CPUTime is how long so many instructions take, in ns; nil: a task's time is its process's.
	CPUTime func(insns uint64) uint64

	// Admit makes sure that a process can run: that its memory is there. False: it has to wait, and is
	// asked for again. nil: memory is always there.
	Admit func(p *Process) bool

	// Starved is called when no task can run, nobody waits for the disk, and Admit has refused some. It
	// reports whether it has changed that; nil: it cannot.
	Starved func() bool

	// Worked is called when the kernel has done something for a task in Next; nil: nobody wants to know.
	Worked func(t *Task)

	// Ended is called when a process has ended; nil: nobody wants to know.
	Ended func(p *Process)

	// Symbol names a place in a process for reports; nil: addresses only.
	Symbol func(p *Process, va addr.VAddr) (name string, off uint64, ok bool)

	// Backtrace is the stack of a task for reports, a line a frame; nil: reports have none.
	Backtrace func(t *Task) []string

	// RAM tells sysinfo(2) of the machine; nil: zeros.
	RAM func() RAM

	Strace io.Writer // what strace(1) would write of all processes; nil: nothing

	PageSize addr.PageSize // of the machine, for smaps and pagemap; 0: 4 KiB
	CPUInfo  string        // /proc/cpuinfo

	Epoch    int64  // CLOCK_REALTIME at the machine's start, seconds since 1970; 0: DefaultEpoch
	Release  string // uname; "": DefaultRelease
	Hostname string // uname; "": memlab
}

// What a configuration that says nothing gets.
const (
	DefaultEpoch   = 1767225600 // 2026-01-01 00:00:00 UTC
	DefaultRelease = "6.18.0-memlab"
)

// Clock is the machine's simulated time.
type Clock interface {
	Now() uint64     // nanoseconds since the machine's start
	Sleep(ns uint64) // lets time pass while a task waits
}

// RAM is the machine's memory, in bytes.
type RAM struct {
	Total, Free, SwapTotal, SwapFree uint64

	Cached uint64 // pages of files that no process maps
	Mapped uint64 // pages of files that processes map
	Tables uint64 // page tables; they are beside Total
}

// Policy says what to do with a system call that memlab lacks.
type Policy int

// The policies.
const (
	StopOnUnknown   Policy = iota // the run stops with an UnknownError
	ENOSYSOnUnknown               // the program is told that there is no such call
)

// Kernel serves the processes of one machine. It is not for concurrent use.
type Kernel struct {
	cfg     Config
	tables  [abis][]entry
	unknown map[unknownKey]*UnknownCall
	random  SplitMix
	procs   []*Process // in order of pid
	current *Task      // whose call or exception is served
	ring    []*Task    // those that have not ended, in the order of their making
	tasks   int        // made so far
	zombies int        // processes that have ended and that nobody has waited for
	buried  int        // those of procs that have ended otherwise
	lastPID int32      // given out
	tty     terminal
	ttyFile *vfs.File // an open file of it
	ptys    []*pty    // in the order of their making
	idle    uint64    // ns in which every task slept
	copied  uint64    // bytes that calls moved to and from programs' memory

	timers []*timer // that are set, in the order of their setting
	sent   uint64   // signals so far

	looked   uint64 // the time of the last Interrupt
	due      uint64 // the time of the next, if dueKnown
	dueKnown bool

	sleepers []*sleeper // at futexes, in the order in which they fell asleep

	locks lockTable
	ipc   ipcTables

	trace   *tracer // nil: nobody wants one
	decoder *strace.Decoder
	bound   map[any]*socket // sockets that have an address, by sockAddr.key

	scratch []byte // what goes between files and memory
	fatal   error  // why the run cannot go on
}

// scratchSize bounds what one step of a transfer moves.
const scratchSize = 64 << 10

// New makes a kernel, with /proc and /dev in its files.
func New(c Config) (*Kernel, errno.Errno) {
	if c.Epoch == 0 {
		c.Epoch = DefaultEpoch
	}
	if c.PageSize == 0 {
		c.PageSize = addr.ABIPage
	}
	if c.Release == "" {
		c.Release = DefaultRelease
	}
	if c.Hostname == "" {
		c.Hostname = "memlab"
	}
	k := &Kernel{
		cfg: c, tables: syscallTables(), unknown: map[unknownKey]*UnknownCall{},
		random: SplitMix{State: c.Seed}, scratch: make([]byte, scratchSize), locks: newLockTable(),
		ipc: newIPC(), bound: map[any]*socket{},
	}
	if c.Strace != nil {
		k.trace = &tracer{to: c.Strace, decoder: strace.New()}
	}
	if e := c.Files.MountDevices(k.random.Fill); e != errno.OK {
		return nil, e
	}
	if e := k.makeTerminals(); e != errno.OK {
		return nil, e
	}
	if e := k.mountTrees(); e != errno.OK {
		return nil, e
	}
	return k, errno.OK
}

// Realtime is the simulated time of day, in nanoseconds since 1970: what vfs.Config.Now wants.
func Realtime(c Clock, epoch int64) func() int64 {
	if epoch == 0 {
		epoch = DefaultEpoch
	}
	return func() int64 { return epoch*1e9 + int64(c.Now()) }
}

// Processes are the processes in order of pid; of those that have ended and been waited for, the latest.
func (k *Kernel) Processes() []*Process { return k.procs }
