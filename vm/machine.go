// Package vm joins memory, loader and processor into a Machine that runs Linux programs.
package vm

import (
	"errors"
	"io"
	"io/fs"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/vm/cpu"
)

var errLater = errors.New("vm: not joined yet")

// Machine is one simulated computer. It is not for concurrent use; several machines are independent.
type Machine struct{ bus event.Bus }

// Program says what to run.
type Program struct {
	Path string   // as the guest names it
	Argv []string // nil: just Path
	Env  []string // K=V
	Cwd  string   // "": /
	Root fs.FS    // what the guest sees as /, read-only under a private overlay; nil: nothing
	UID  int

	Stdin          io.Reader // nil: empty
	Stdout, Stderr io.Writer // nil: discarded

	Strategy string // "": the configuration's
	Window   int    // 0: the configuration's
}

// New makes a machine. cfg must have been validated (lab.Config.Validate).
func New(cfg Config) (*Machine, error) { return nil, errLater }

// Config is what the machine was made from.
func (m *Machine) Config() Config { return Config{} }

// Bus carries the machine's events.
func (m *Machine) Bus() *event.Bus { return &m.bus }

// Load makes a process and loads a program into it, as execve does. A failed execve is a *loader.Error or an Errno.
func (m *Machine) Load(p Program) (*Process, error) { return nil, errLater }

// Processes are the machine's processes in order of pid, ended ones included.
func (m *Machine) Processes() []*Process { return nil }

// RunOptions bound a run.
type RunOptions struct {
	Steps     uint64       // stop after so many instructions; 0: no bound
	Until     []addr.VAddr // stop before the instruction at one of these addresses
	Cancelled func() error // asked every few thousand instructions; an error stops the run with StopCancelled
}

// StopReason says why Run returned.
type StopReason int

// The reasons.
const (
	StopExited    StopReason = iota // no process is left to run
	StopSteps                       // RunOptions.Steps were made
	StopUntil                       // an address of RunOptions.Until is next
	StopVerdict                     // a listener said Stop
	StopLimit                       // cpu.max_instructions were made
	StopCancelled                   // RunOptions.Cancelled returned an error
)

// Run runs the machine's processes until one of the reasons to stop. The error is not nil when the machine cannot go
// on: an instruction that memlab lacks (*cpu.UnsupportedError), a failed Check, a cancelled run.
func (m *Machine) Run(o RunOptions) (StopReason, error) { return 0, errLater }

// Stats is the bill so far.
func (m *Machine) Stats() Stats { return Stats{} }

// Check walks every structure and says where two disagree.
func (m *Machine) Check() error { return nil }

// Process is one program in execution.
type Process struct{}

// PID is the process's number, from 1.
func (p *Process) PID() int { return 0 }

// Entry is the first instruction's address, EntryPoint the program's own e_entry (they differ under an interpreter).
func (p *Process) Entry() addr.VAddr { return 0 }

// Exited reports whether the process has ended, and how: Status is its exit code, or 128 + signal when it was killed.
func (p *Process) Exited() (ended bool, e ExitState) { return false, ExitState{} }

// ExitState is how a process ended.
type ExitState struct {
	Code   int    // exit code; 0 when killed
	Signal int    // the signal that killed it; 0 when it exited
	Report string // what happened, for people, when it was killed: signal, address, access, instruction, symbol, nearest area
}

// Status is the shell's view: exit code or 128 + signal.
func (e ExitState) Status() int {
	if e.Signal != 0 {
		return 128 + e.Signal
	}
	return e.Code
}

// CPU is the process's registers.
func (p *Process) CPU() *cpu.CPU { return nil }

// Areas are the process's areas in address order.
func (p *Process) Areas() []area.Area { return nil }

// MapsText is /proc/PID/maps.
func (p *Process) MapsText() string { return "" }

// Peek reads memory without any side effect: no fault, no event, no mark, no count. Pages that are not resident are
// read where they are (file, swap, zeros). It returns how many bytes from va on are mapped and were read.
func (p *Process) Peek(va addr.VAddr, b []byte) int { return 0 }

// Poke writes memory without any side effect but the write itself.
func (p *Process) Poke(va addr.VAddr, b []byte) int { return 0 }

// PageState is what is known of one page.
type PageState struct {
	Page     addr.Page
	Mapped   bool // inside an area
	Prot     addr.Prot
	Resident bool
	Frame    addr.Frame // while Resident
	Accessed bool       // the page-table entry's A bit
	Dirty    bool       // its D bit
	Swapped  bool       // its newest bytes lie in swap
	Slot     int        // swap slot; -1: none
	Faults   uint64     // faults on it so far
}

// Page describes the page that holds va.
func (p *Process) Page(va addr.VAddr) PageState { return PageState{} }

// Lookup finds a symbol's address.
func (p *Process) Lookup(name string) (addr.VAddr, bool) { return 0, false }

// Symbol is the symbol at or before va within its object, and the distance from it: "main", 12.
func (p *Process) Symbol(va addr.VAddr) (name string, off uint64, ok bool) { return "", 0, false }
