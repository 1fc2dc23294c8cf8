package vm

import (
	"memlab/loader"
	"memlab/loader/elf"
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/table"
	"memlab/vm/cpu"
	"memlab/vm/linux"
	"memlab/vm/linux/vfs"
)

// Process is one program in execution.
type Process struct {
	machine  *Machine
	linux    *linux.Process
	cpu      *cpu.CPU // of the task that it began with
	loaded   bool     // by Load: no process has made it
	insns    uint64   // retired by all its tasks
	space    space
	image    *loader.Result
	opened   []*vfs.File        // that it was loaded from: they cannot be written to while it runs
	before   paging.FaultCounts // of the programs that were in its place before execve
	activity activity
	peak     uint64 // most bytes in frames of one of those

	loads     []extent // of the image; see segments
	loadsRead bool

	symbols     *elf.Symbols // nil: the program has none; see table
	symbolsRead bool
	modules     map[area.File]*module
	links       map[area.File]*linkedFile
	searches    []Search
}

// PID is the process's number, from 1.
func (p *Process) PID() int { return int(p.linux.PID) }

// Image is what execve made of the program.
func (p *Process) Image() *loader.Result { return p.image }

// ImageRange is where the pages of the program's own file lie: from the first to the end of the last. low and
// high are 0 without any.
func (p *Process) ImageRange() (low, high addr.VAddr) {
	for _, a := range p.space.Areas() {
		if a.File != nil && a.File.Path() == p.image.Program.Path() {
			if high == 0 {
				low = a.Start
			}
			high = a.End
		}
	}
	return low, high
}

// Entry is the address of the first instruction: the interpreter's if the program has one.
func (p *Process) Entry() addr.VAddr { return p.image.Entry }

// Exited reports whether the process has ended, and how.
func (p *Process) Exited() (ended bool, e ExitState) {
	ended, x := p.linux.Exited()
	return ended, ExitState{Code: x.Code, Signal: x.Signal, Report: x.Report}
}

// ExitState is how a process ended.
type ExitState struct {
	Code   int    // exit code; 0 when killed
	Signal int    // the signal that killed it; 0 when it exited
	Report string // when killed, for people: signal, address, access, instruction, symbol, nearest area
}

// Status is the shell's view: exit code or 128 + signal.
func (e ExitState) Status() int {
	if e.Signal != 0 {
		return 128 + e.Signal
	}
	return e.Code
}

// CPU is the registers of the task that runs or ran last, if it is one of the process's, or else of its
// first.
func (p *Process) CPU() *cpu.CPU {
	if t := p.machine.current; t != nil && t.Process == p.linux {
		return t.CPU
	}
	if p.linux != nil && len(p.linux.Tasks) > 0 {
		return p.linux.Tasks[0].CPU
	}
	return p.cpu
}

// Faults counts the page faults of the process that were resolved, those of programs before execve included.
func (p *Process) Faults() paging.FaultCounts {
	now := p.space.Faults()
	return paging.FaultCounts{Minor: p.before.Minor + now.Minor, Major: p.before.Major + now.Major}
}

// Share is how many frames the process may have, and how many it is charged for: under local replacement.
// Otherwise the share is all frames, and nothing is charged.
func (p *Process) Share() (share, charged int) {
	if s := p.paged(); s != nil {
		return s.Share()
	}
	return p.machine.cfg.Memory.Frames, 0
}

// Areas are the process's areas in address order, also after its end.
func (p *Process) Areas() []area.Area { return p.space.Areas() }

// AreaName is the last column of an area's row in /proc/PID/maps.
func (p *Process) AreaName(a area.Area) string {
	return p.space.List().Names(p.image.Stack.SP).Of(a)
}

// MapsText is /proc/PID/maps but for devices and inodes, which are the host's: they are 00:00 0.
func (p *Process) MapsText() string {
	return area.MapsText(p.Areas(), p.space.List().Names(p.image.Stack.SP))
}

// procMaps is /proc/PID/maps.
func (p *Process) procMaps() string {
	names := p.space.List().Names(p.image.Stack.SP)
	names.Numbers = true
	return area.MapsText(p.Areas(), names)
}

// Peek reads memory without any side effect: no fault, no event, no mark, no count. Pages that are not
// resident are read where they are (file, swap, zeros). It returns how many bytes from va on are mapped and
// were read.
func (p *Process) Peek(va addr.VAddr, b []byte) int {
	if p.space.Ended() {
		return 0
	}
	return p.space.Peek(va, b)
}

// Poke writes memory without any side effect but the write itself.
func (p *Process) Poke(va addr.VAddr, b []byte) int {
	if p.space.Ended() {
		return 0
	}
	return p.space.Poke(va, b)
}

// PageState is what is known of one page.
type PageState struct {
	Page     addr.Page
	Mapped   bool // inside an area
	Prot     addr.Prot
	Resident bool
	Frame    addr.Frame // while Resident
	Accessed bool       // the page-table entry's A bit
	Dirty    bool       // its D bit
	Private  bool       // the process's own: no longer the file's, nor shared (also when Swapped)
	Swapped  bool       // its newest bytes lie in swap only
	Slot     int        // swap slot; -1: none
	Faults   uint64     // faults on it so far
}

// Page describes the page that holds va.
func (p *Process) Page(va addr.VAddr) PageState {
	page := addr.PageSize(p.machine.cfg.Memory.PageSize).PageOf(va)
	st := PageState{Page: page, Frame: addr.NoFrame, Slot: -1}
	a, ok := p.space.List().Find(va)
	st.Mapped, st.Prot = ok, a.Prot
	if p.space.Ended() {
		return st
	}
	s := p.space.Page(st.Page)
	st.Frame, st.Slot, st.Faults = s.Frame, s.Slot, s.Faults
	st.Resident = s.Frame != addr.NoFrame
	st.Swapped = !st.Resident && s.Slot >= 0
	st.Private = st.Swapped
	if st.Resident {
		st.Private = p.machine.whole != nil || p.machine.pager.Mem.Table[s.Frame].Private
		st.Accessed, st.Dirty = s.Entry&table.Accessed != 0, s.Entry&table.Dirty != 0
	}
	return st
}

// Pages describes the pages of [start, end) that are in memory or in swap, in address order, each
// with the first of its addresses that lies in the range.
func (p *Process) Pages(start, end addr.VAddr, fn func(va addr.VAddr, st PageState)) {
	if p.space.Ended() {
		return
	}
	size := addr.PageSize(p.machine.cfg.Memory.PageSize)
	p.space.Pages(start, end, func(page addr.Page) {
		va := max(size.Base(page), start)
		fn(va, p.Page(va))
	})
}

// table is the program's symbol table, read when it is first asked for; nil: it has none. One that is odd is
// no reason not to run.
func (p *Process) table() *elf.Symbols {
	if !p.symbolsRead {
		p.symbolsRead = true
		p.symbols, _ = symbolsOf(p.image.Program)
	}
	return p.symbols
}

// Lookup finds a symbol's address.
func (p *Process) Lookup(name string) (addr.VAddr, bool) {
	symbols := p.table()
	if symbols == nil {
		return 0, false
	}
	s, ok := symbols.Lookup(name)
	return addr.VAddr(s.Value + p.image.LoadBias), ok
}

// Symbol is the symbol that covers va, and the distance from its start: "main", 12.
func (p *Process) Symbol(va addr.VAddr) (name string, off uint64, ok bool) {
	symbols := p.table()
	if symbols == nil {
		return "", 0, false
	}
	s, off, ok := symbols.At(uint64(va) - p.image.LoadBias)
	return s.Name, off, ok
}

// symbol names a place for the kernel's reports.
func (m *Machine) symbol(lp *linux.Process, va addr.VAddr) (name string, off uint64, ok bool) {
	if p := m.process(lp); p != nil {
		return p.Symbol(va)
	}
	return "", 0, false
}

// usage is what getrusage tells.
func (p *Process) usage() linux.Usage {
	now := p.space.Faults()
	return linux.Usage{
		User:        p.insns * uint64(p.machine.cfg.Costs.Instruction),
		MinorFaults: p.before.Minor + now.Minor, MajorFaults: p.before.Major + now.Major,
		MaxRSS: max(p.peak, p.space.Peak()),
	}
}
