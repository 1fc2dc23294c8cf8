// Package loader puts a program into memory as Linux's execve does: it judges the file, follows #! lines,
// maps the segments of the program and of its interpreter, the vdso, and writes the first stack byte for
// byte.
//
// How one execve flows: the caller opens the file and hands it in with arguments, environment and limits
// (Request). Exec copies the strings (args.go), finds the format (exec.go, script.go), checks the ELF header
// and program headers and opens the interpreter (image.go). Up to here a failure is an errno and nothing has
// changed. Then comes the point of no return, Mapper.Begin: the layout of the space is settled (layout.go),
// the stack area is made (stack.go), the PT_LOADs are mapped (program.go, segment.go; bss.go for kernels
// before 6.7), the interpreter (interp.go), the vdso (special.go), and the tables below the strings are
// written (stack.go, auxv.go). A failure in this part is the program's end by SIGSEGV, an Error that is
// Fatal. The caller gets a Result: entry, stack pointer, registers, and the fields that /proc shows.
//
// The loader reads headers only. Bytes of segments come in when the Mapper's memory is touched, which is the
// pager's business. Everything that depends on the version of the kernel is a field of Profile.
//
// The names of Linux's functions stand in the comments where a rule comes from one: fs/exec.c,
// fs/binfmt_elf.c, fs/binfmt_script.c, arch/x86/mm/mmap.c.
package loader

import (
	"math"
	"strings"

	"memlab/loader/elf"
	"memlab/paging/addr"
	"memlab/paging/event"
)

// Request is one execve.
type Request struct {
	Path    string // as given to execve: a relative one stays relative
	File    File   // what Path names, opened for execution
	Argv    []string
	Env     []string
	Profile *Profile

	// Formats are asked before #! lines and ELF, in this order: entries of binfmt_misc, newest first, and
	// others.
	Formats []Format
	ExecFD  uint64 // the lowest free descriptor: what AT_EXECFD names if a format passes the file open

	// Open opens an interpreter, of a script or of an ELF file, for execution: relative paths are resolved
	// against the working directory. Its errors are those of execve's own open, as Errno.
	Open func(path string) (File, error)

	UID, EUID, GID, EGID uint32 // EUID 0 may map the lowest addresses
	Personality          uint32 // of the caller; without Rand ADDR_NO_RANDOMIZE is implied
	StackLimit           uint64 // RLIMIT_STACK in bytes, or Unlimited
	Random               [16]byte

	// Room decides where the address space ends, before it is made, from what the program needs: for
	// machines on which programs lie in memory as a whole. Its error is why execve fails, an Errno or one
	// that wraps it. nil: Linux's own end.
	Room func(Extent) (top addr.VAddr, err error)

	// Trail, if it is not nil, is filled with the names of the files that execve comes to.
	Trail *Trail

	// Rand makes the random numbers of address space randomisation; nil: there is none.
	Rand func() uint64
}

// Extent is what a program needs of an address space.
type Extent struct {
	Low, High uint64 // the addresses of its segments, whole pages: [Low, High); without bias
	Movable   bool   // it may be put elsewhere (ET_DYN)
	Interp    uint64 // bytes from the start to the end of the interpreter's segments; 0: there is none
	Strings   uint64 // bytes of arguments and environment
}

// Result is what a new program starts with.
type Result struct {
	Class      elf.Class
	Program    File   // the ELF file that was mapped; of a script its interpreter
	Interp     File   // what PT_INTERP names; nil without one
	InterpPath string // as PT_INTERP spells it
	Binary     File   // a file that the program gets open as descriptor Request.ExecFD; nil: none
	Comm       string // the task's name: up to 15 bytes of the last part of Request.Path

	Entry        addr.VAddr // the first instruction: the interpreter's if there is one
	ProgramEntry addr.VAddr // the program's own: AT_ENTRY
	LoadBias     uint64     // address minus p_vaddr, modulo 2^64
	InterpBase   addr.VAddr // AT_BASE
	Vdso         addr.VAddr // 0: none

	Stack Stack
	Auxv  []Aux
	MM    MM
	Regs  Regs

	Layout      Layout
	Personality uint32 // afterwards
}

// MM are the fields of an address space that /proc/PID/stat shows.
type MM struct {
	StartCode, EndCode, StartData, EndData uint64
	StartBrk, StartStack                   uint64
	ArgStart, ArgEnd, EnvStart, EnvEnd     uint64
}

// load is one execve under way.
type load struct {
	req  *Request
	prof *Profile
	m    Mapper
	bus  *event.Bus
	args *argArea

	prog, interp *image // interp: nil without one
	interpPath   string // as PT_INTERP spells it
	keptArgv0    bool   // Handover.KeepArgv0 of some level
	openBinary   bool   // Handover.OpenFile of some level
	binary       File   // what is passed open
	class        elf.Class
	task         uint64 // TASK_SIZE
	personality  uint32

	bias     uint64
	phdr     uint64 // AT_PHDR
	brk      uint64 // highest p_vaddr+p_memsz
	pieBase  bool   // an ET_DYN without interpreter: its heap may lie elsewhere
	stackLow uint64 // start of the stack area
	stackTop uint64
	depth    uint64 // how often the formats have been asked, this time included
	quiet    bool   // nothing is told: what is done will be undone
	res      *Result
}

// Exec replaces the program in m by the one that req names and tells bus of its steps; none of the three is
// nil. An error is always an *Error; if it is not Fatal, m has not been touched.
func Exec(req *Request, m Mapper, bus *event.Bus) (*Result, error) {
	l := &load{req: req, prof: req.Profile, m: m, bus: bus, personality: req.Personality}
	if req.Rand == nil {
		l.personality |= AddrNoRandomize
	}
	tellStart(bus, req)
	l.tread(req.Path)
	if err := l.run(); err != nil {
		l.tellFailure(err)
		return nil, err
	}
	return l.res, nil
}

// run is all of execve.
func (l *load) run() error {
	var err error
	if l.args, err = newArgArea(l.req); err != nil {
		return err
	}
	l.tellChecked()
	if err := l.findFormat(); err != nil {
		return err
	}
	if err := l.openInterp(); err != nil {
		return err
	}
	l.res = &Result{Class: l.class, Program: l.prog.file, Binary: l.binary, Comm: comm(l.req.Path)}
	return l.commit()
}

// open opens the interpreter that file asks for. The empty path is the working directory, which cannot be
// executed.
func (l *load) open(file File, path string) (File, error) {
	if path == "" {
		return nil, refuse(RuleInterpPath, EACCES, file.Path(), "the interpreter's path is empty")
	}
	if len(path) >= pathMax {
		return nil, refuse(RuleInterpPath, ENAMETOOLONG, file.Path(), "the interpreter's path has %d bytes",
			len(path))
	}
	f, err := l.req.Open(path)
	if err != nil {
		return nil, refuse(RuleNoOpen, errnoOf(err), file.Path(), "interpreter %s cannot be opened", path)
	}
	return f, nil
}

// openInterp opens and checks what PT_INTERP names.
func (l *load) openInterp() error {
	path, ok, err := l.prog.interpPath()
	if err != nil || !ok {
		return err
	}
	if t := l.req.Trail; t != nil {
		t.Interp = path
	}
	f, err := l.open(l.prog.file, path)
	if err != nil {
		return err
	}
	l.interpPath = path
	if l.interp, err = readInterp(f, l.class, l.prof); err != nil {
		return err
	}
	l.tellHeader(l.interp, RuleInterpHeader)
	return nil
}

// commit is everything from the point of no return on, in Linux's order.
func (l *load) commit() error {
	top, err := l.room()
	if err != nil {
		return err
	}
	l.settle(top)
	if err := l.m.Begin(l.res.Layout); err != nil {
		return fatal(RuleCommit, errnoOf(err), l.req.Path, "the address space cannot be made: %v", err)
	}
	lay := &l.res.Layout
	l.tell(RuleCommit, NoRule, event.Event{
		Kind: event.ExecCommit, VA: lay.MmapBase, Size: l.task, Arg: uint64(l.personality),
	})
	steps := []func() error{l.mapStack, l.mapProgram, l.mapInterp, l.mapSpecial, l.writeTables, l.setBrk}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	l.mapPageZero()
	l.res.Regs = startRegs(l.class, l.res.Entry, addr.VAddr(l.res.MM.StartStack))
	r := &l.res.Regs
	l.tell(RuleRegs, NoRule, event.Event{Kind: event.LoadRegs, VA: r.IP, Arg: uint64(r.SP), Arg2: r.Flags})
	rule := RuleStartProgram
	if l.interp != nil {
		rule = RuleStartInterp
	}
	l.tell(rule, NoRule, event.Event{Kind: event.LoadDone, VA: l.res.Entry})
	return nil
}

// room asks for the end of the address space; 0: it is Linux's.
func (l *load) room() (uint64, error) {
	if l.req.Room == nil {
		return 0, nil
	}
	low, high := l.prog.extent()
	e := Extent{
		Low: low, High: high, Movable: l.prog.head.Type == elf.TypeDyn, Strings: uint64(len(l.args.bytes())),
	}
	if l.interp != nil {
		from, to := l.interp.extent()
		e.Interp = to - from
	}
	top, err := l.req.Room(e)
	if err != nil {
		return 0, refuse(RuleRoom, errnoOf(err), l.prog.file.Path(), "%v", err)
	}
	return uint64(top), nil
}

// extent is the range of addresses that the PT_LOADs take, whole pages. Sizes that overflow take all there
// is.
func (img *image) extent() (low, high uint64) {
	low = math.MaxUint64
	for i := range img.progs {
		ph := &img.progs[i]
		if ph.Type != elf.ProgLoad {
			continue
		}
		low = min(low, pageDown(ph.VAddr))
		end := ph.VAddr + ph.MemSz
		if end < ph.VAddr || pageUp(end) < end {
			end = pageDown(math.MaxUint64)
		}
		high = max(high, pageUp(end))
	}
	return min(low, high), high
}

// settle decides personality and layout (SET_PERSONALITY2, setup_new_exec). top is the end of the address
// space if it is not Linux's own.
func (l *load) settle(top uint64) {
	kind := l.prog.stackKind()
	if l.class == elf.Class64 {
		l.personality &^= ReadImpliesExec
	}
	if l.prof.ReadImpliesByStack && kind != stackNX || l.class == elf.Class32 && kind == stackDefault {
		l.personality |= ReadImpliesExec
	}
	l.task = taskSize(l.class, l.personality)
	if top != 0 {
		l.task = min(l.task, top)
	}
	l.res.Personality = l.personality
	moved := l.mmapRandom()
	lay := &l.res.Layout
	*lay = Layout{
		Bits: l.class.Bits(), TaskSize: addr.VAddr(l.task),
		MmapBase:        addr.VAddr(mmapBase(l.task, l.req.StackLimit, l.stackRandom()) - moved),
		BottomUpBase:    addr.VAddr(bottomUpBase(l.task) + moved),
		BottomUp:        l.personality&AddrCompatLayout != 0,
		ReadImpliesExec: l.readImpliesExec(), StackLimit: l.req.StackLimit,
		Privileged: l.req.EUID == 0, Profile: l.prof,
	}
}

func (l *load) readImpliesExec() bool { return l.personality&ReadImpliesExec != 0 }

// setBrk sets where the heap starts: behind the program, or far from it for a static PIE, whose own end lies
// among the mappings.
func (l *load) setBrk() error {
	brk, rule, also := l.brk, RuleBrk, NoRule
	far := l.pieBase && (l.prof.StaticPIEBrk || l.random())
	if far {
		brk, rule = etDynBase(l.class, l.task), RuleBrkBase
	}
	if l.random() {
		also = RuleBrkRandom
	}
	l.res.MM.StartBrk = l.randomBrk(pageUp(brk), far)
	l.m.SetBrk(addr.VAddr(l.res.MM.StartBrk))
	l.tell(rule, also, event.Event{Kind: event.LoadBrk, VA: addr.VAddr(l.res.MM.StartBrk)})
	return nil
}

// comm is the task's name.
func comm(path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	return name[:min(len(name), 15)]
}
