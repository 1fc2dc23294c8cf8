// Package vm joins memory, loader, processor and kernel into a Machine that runs Linux programs.
//
// One run flows like this: New makes physical memory and the pager; Load opens a file in the guest's tree,
// lets the loader map it into a fresh address space, and gives it a task; Run executes until a system call or
// an exception, lets the kernel serve it, and goes on with the task whose turn it is. A fork adds a process
// with an address space of its own in the same memory. Everything that happens is told on the Bus.
package vm

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"memlab/loader"
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/contig"
	"memlab/paging/event"
	"memlab/vm/cpu"
	"memlab/vm/linux"
	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// Machine is one simulated computer. It is not for concurrent use; several machines are independent.
type Machine struct {
	cfg    Config
	bus    event.Bus
	pager  *paging.Pager
	whole  *contig.Memory // of a machine without pages; nil: it has them
	cache  *cpu.Cache
	kernel *linux.Kernel // nil until the first Load, which brings the file tree
	files  *vfs.FS
	root   fs.FS
	strace io.Writer
	procs  []*Process
	seed   linux.SplitMix
	slept  uint64 // simulated ns in which all processes waited
	disk   disk
	load   *loadControl // nil: there is none
	turns

	stepping bool                 // Run or Load is under way
	running  bool                 // its program runs at this moment
	retired  uint64               // instructions of all tasks, while none runs
	atBreak  map[*linux.Task]bool // those that stopped before a break and have not executed it yet
	formats  []loader.Format      // that execve asks before #! lines and ELF
	trail    loader.Trail         // names of the files of the latest execve
	curve    curve                // resident pages over time
	until    []addr.VAddr         // RunOptions.Until of the run under way, or the last
	linking  *linkWatch           // what listens to dynamic linkers
	broken   error                // a failed check: the machine cannot be trusted any more
}

// Program says what to run.
type Program struct {
	Path string   // as the guest names it
	Made []byte   // not nil: what is in the file Path, which is made or made anew in the machine's overlay
	Argv []string // nil: just Path; empty but not nil: execve with argc 0
	Env  []string // K=V
	Cwd  string   // "": /
	Root fs.FS    // what the guest sees as /, read-only under a private overlay; one a machine
	UID  int

	// Mounts are trees more, which come with the first program of a machine, as Root does.
	Mounts []Mount

	Stdin          io.Reader // nil: empty
	Stdout, Stderr io.Writer // nil: discarded

	// Owner says whom a file of Root belongs to; nil: the guest, so that the mode bits for the owner decide.
	// It counts for the first program of a machine, as Root does.
	Owner func(fs.FileInfo) vfs.Cred

	Personality uint32 // bits of personality(2) beyond ADDR_NO_RANDOMIZE
	StackLimit  uint64 // RLIMIT_STACK in bytes; 0: 8 MiB
	Nice        int    // -20 to 19
	Strategy    string // "": the configuration's
	Window      int    // 0: the configuration's

	// Predict, under strategy hybrid, says which pages come in with the one of a fault, instead of Window. It
	// is the program's and its forks', up to an execve.
	Predict paging.Predictor
}

// Mount is a tree that takes the guest's writes itself, instead of the overlay.
type Mount struct {
	At   string // where the guest sees it, absolute
	Tree vfs.WriteTree
}

// New makes a machine. cfg must have been validated (lab.Config.Validate).
func New(cfg Config) (*Machine, error) {
	m := &Machine{cfg: cfg, seed: linux.SplitMix{State: cfg.Seed}, atBreak: map[*linux.Task]bool{}}
	var err error
	var shares paging.Shares
	if cfg.Replacement.Shares != "" {
		if shares, err = paging.ParseShares(cfg.Replacement.Shares); err != nil {
			return nil, err
		}
	}
	m.pager, err = paging.NewPager(paging.Config{
		PageSize:  addr.PageSize(cfg.Memory.PageSize),
		Frames:    cfg.Memory.Frames,
		SwapPages: cfg.Memory.Swap,
		Table:     tableConfig(cfg.PageTable),
		TLB:       tlbConfig(cfg.TLB),
		ASIDs:     cfg.TLB.ASID,
		LazyTLB:   cfg.TLB.Lazy,
		Policy:    cfg.Replacement.Policy,
		Params:    cfg.Replacement.Params,
		Seed:      cfg.Seed,
		Local:     cfg.Replacement.Scope == "local",
		Shares:    shares,
		MinShare:  cfg.Replacement.MinFrames,
		Prefetch:  cfg.Replacement.Prefetch,
		Around:    cfg.Loader.FaultAround,
		Next:      cfg.Next,
	}, &m.bus)
	if err != nil {
		return nil, err
	}
	if err := m.allocate(); err != nil {
		return nil, err
	}
	if err := m.addMisc(); err != nil {
		return nil, err
	}
	m.cache = cpu.NewCache(m.pager.MMU)
	m.linking = newLinkWatch(m)
	m.pager.AfterFault = m.faulted
	if m.load, err = newLoadControl(m); err != nil {
		return nil, err
	}
	return m, nil
}

func tableConfig(t PageTable) paging.TableConfig {
	c := paging.TableConfig{Kind: t.Kind, Levels: t.Levels}
	for _, bits := range t.Split {
		c.Split = append(c.Split, int(bits))
	}
	return c
}

func tlbConfig(t TLB) paging.TLBConfig {
	c := paging.TLBConfig{Entries: t.Entries, Ways: t.Ways, Policy: t.Policy}
	if t.Second.Entries > 0 {
		c.Second = &paging.TLBConfig{Entries: t.Second.Entries, Ways: t.Second.Ways, Policy: t.Second.Policy}
	}
	return c
}

// Strace lets all system calls and signals be written to w as strace(1) writes them. It must be asked for
// before
// the first program is loaded.
func (m *Machine) Strace(w io.Writer) { m.strace = w }

// StopTrace ends the last line of the trace when a run has stopped within a system call.
func (m *Machine) StopTrace() {
	if m.kernel != nil {
		m.kernel.StopTrace()
	}
}

// CallText is the system call that is being served, for a listener of its events: in strace's words.
func (m *Machine) CallText(result uint64, made bool) string {
	if m.kernel == nil {
		return ""
	}
	return m.kernel.CallText(result, made)
}

// Config is what the machine was made from.
func (m *Machine) Config() Config { return m.cfg }

// HostMemory is where the bytes of all frames lie in the host's memory, for whoever owns the process to tell
// its kernel about. It must not be written.
func (m *Machine) HostMemory() []byte { return m.pager.Mem.Bytes }

// Bus carries the machine's events.
func (m *Machine) Bus() *event.Bus { return &m.bus }

// Processes are the machine's processes in order of pid, ended ones included. Of those that other processes
// have made and waited for, the latest few hundred are kept.
func (m *Machine) Processes() []*Process { return m.procs }

// UnknownCalls are the system calls that programs have made and that memlab lacks, by number: each was
// answered with ENOSYS.
func (m *Machine) UnknownCalls() []linux.UnknownCall {
	if m.kernel == nil {
		return nil
	}
	return m.kernel.Unknown()
}

// Close gives back what the machine holds of the host: open files.
func (m *Machine) Close() {
	if m.files != nil {
		m.files.Close()
	}
}

// Check walks every structure and says where two disagree.
func (m *Machine) Check() error {
	check := m.pager.Check
	if m.whole != nil {
		check = m.whole.Check
	}
	if err := check(); err != nil {
		return fmt.Errorf("check failed: %w", err)
	}
	return nil
}

var errOtherRoot = errors.New("all programs of a machine share one file tree: this one has another root")

// boot makes the kernel when the first program brings the file tree.
func (m *Machine) boot(p *Program) error {
	if m.kernel != nil {
		if !sameTree(m.root, p.Root) {
			return errOtherRoot
		}
		return nil
	}
	m.root = p.Root
	m.files = vfs.New(vfs.Config{
		Root: p.Root, Now: linux.Realtime(clock{m}, 0), Owner: p.Owner, Cache: m.pager,
		Cred: vfs.Cred{UID: uint32(p.UID), GID: uint32(p.UID)},
	})
	for _, mount := range p.Mounts {
		if e := m.files.Mount(mount.At, mount.Tree, vfs.MountWrite); e != errno.OK {
			return fmt.Errorf("mount %s: %w", mount.At, e.Err())
		}
	}
	unknown := linux.ENOSYSOnUnknown
	if m.cfg.StopOnMissing {
		unknown = linux.StopOnUnknown
	}
	k, e := linux.New(linux.Config{
		Files: m.files, Bus: &m.bus, Strace: m.strace,
		PageSize: addr.PageSize(m.cfg.Memory.PageSize), CPUInfo: cpu.Info(), Clock: clock{m},
		Seed: m.cfg.Seed, OnUnknown: unknown,
		Symbol: m.symbol, Backtrace: m.backtraceLines, RAM: m.ram,
		CPUTime: func(insns uint64) uint64 { return insns * uint64(m.cfg.Costs.Instruction) },
		Fork:    m.fork, Exec: m.execve, Ended: m.ended,
		Admit: m.admission(), Worked: m.settle, Starved: m.load.starved,
	})
	if e != errno.OK {
		return fmt.Errorf("the guest's file tree: %w", e.Err())
	}
	if err := m.openMisc(); err != nil {
		return err
	}
	m.kernel = k
	return nil
}

// sameTree compares two file trees by identity; values that cannot be compared are taken for different.
func sameTree(a, b fs.FS) (same bool) {
	defer func() {
		if recover() != nil { // comparing uncomparable dynamic types
			same = false
		}
	}()
	return a == b
}

// ram is what sysinfo tells.
func (m *Machine) ram() linux.RAM {
	size := m.cfg.Memory.PageSize
	used, _, swapped := m.used()
	return linux.RAM{
		Total: uint64(m.cfg.Memory.Frames) * size, Free: uint64(m.cfg.Memory.Frames-used) * size,
		SwapTotal: uint64(m.cfg.Memory.Swap) * size,
		SwapFree:  uint64(m.cfg.Memory.Swap-swapped) * size,
		Cached:    uint64(m.pager.Cached()) * size,
		Mapped:    m.mappedFiles(),
		Tables:    uint64(m.pager.Mem.Tables.InUse()),
	}
}

// mappedFiles is how much of files is in the memory of processes, what several share counted once each.
func (m *Machine) mappedFiles() uint64 {
	var n uint64
	for _, p := range m.procs {
		if ended, _ := p.Exited(); !ended {
			for _, a := range p.space.Areas() {
				if u := p.space.Usage(a); a.File != nil && u.Rss > 0 {
					n += u.Pss * (u.Rss - u.Anonymous) / u.Rss
				}
			}
		}
	}
	return n
}
