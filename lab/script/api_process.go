package script

import (
	"fmt"
	"io/fs"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/paging/addr"
	"memlab/vm"
)

// process is a loaded program as the script sees it.
type process struct {
	m        *machine
	vm       *vm.Process
	path     string
	out, err capture
}

// String is how a process prints.
func (p *process) String() string { return fmt.Sprintf("process %d: %s", p.vm.PID(), p.path) }

// capture keeps what a guest writes, up to maxCapture bytes, and passes it on if it is asked to.
type capture struct {
	s       *state
	text    strings.Builder
	inherit *output // passed on to; nil: nowhere
	lost    uint64  // bytes beyond maxCapture
}

const maxCapture = 4 << 20

// Write never fails: the guest must not see a difference.
func (c *capture) Write(b []byte) (int, error) {
	keep := b[:min(len(b), maxCapture-c.text.Len())]
	c.text.Write(keep)
	c.lost += uint64(len(b) - len(keep))
	if o := c.inherit; o != nil && !o.write(string(b)) {
		c.s.budget.end("output", bytesText(o.used+uint64(len(b))), bytesText(o.allowed),
			setting("output", "16MiB"))
	}
	return len(b), nil
}

// load1 is m:load.
func (s *state) load1(ls *lua.LState) int {
	m := machineArg(ls)
	path := s.str(ls, 2)
	m.idle(ls, "m:load")
	o := optionsOf(ls, 3, "m:load")
	p, prog := s.programOf(ls, m, path, o)
	o.done()
	guest, root := s.locate(ls, "m:load", path)
	prog.Path, prog.Root = guest, root
	s.start(ls, "m:load", p, prog)
	return 1
}

// idle raises if a hook wants to load a program while the machine runs.
func (m *machine) idle(ls *lua.LState, what string) {
	if m.running || m.loading {
		ls.RaiseError("%s: the machine is running: a hook cannot load a program", what)
	}
}

// programOf reads the options that say how a program is started.
func (s *state) programOf(ls *lua.LState, m *machine, path string, o *options) (*process, vm.Program) {
	p := &process{m: m, path: path}
	prog := vm.Program{
		Argv: o.texts("argv", false), Env: o.texts("env", true), Cwd: o.str("cwd", s.opt.Cwd),
		Strategy: o.str("strategy", ""), Window: int(min(o.count("window", 0), 1<<20)),
		Nice:  o.between("nice", -20, 19),
		Stdin: strings.NewReader(o.str("stdin", "")), Stdout: &p.out, Stderr: &p.err,
	}
	inherit := o.str("stdout", "capture")
	if fn := o.fn("predict"); fn != nil {
		prog.Predict = (&predictor{p: p, fn: fn}).ask
	}
	if inherit != "capture" && inherit != outInherit {
		ls.RaiseError("%s: stdout must be \"capture\" or \"inherit\", got %q", o.what, clip(inherit))
	}
	p.out.s, p.err.s = s, s
	if inherit == outInherit {
		p.out.inherit, p.err.inherit = &s.out, &s.errs
	}
	checkStrategy(ls, o.what, prog.Strategy)
	prog.Env = lab.GuestEnv(prog.Env...)
	return p, prog
}

// locate finds a file that the script names: what the guest calls it, and the guest's files.
func (s *state) locate(ls *lua.LState, what, path string) (guest string, root fs.FS) {
	if s.opt.Resolve == nil {
		ls.RaiseError("%s: %s", what, errNoFile.Error())
	}
	guest, root, err := s.opt.Resolve(path)
	if err != nil {
		ls.RaiseError("%s: %s", what, clip(err.Error()))
	}
	return guest, root
}

// start loads the program and pushes the process.
func (s *state) start(ls *lua.LState, what string, p *process, prog vm.Program) {
	m := p.m
	m.failed, m.loading = nil, true
	var err error
	p.vm, err = m.loadGuarded(prog)
	m.loading = false
	s.raiseSpent(ls)
	if m.failed != nil {
		s.rethrow(ls, m.failed)
	}
	if err != nil {
		ls.RaiseError("%s: %s: %s", what, clip(p.path), clip(err.Error()))
	}
	m.procs = append(m.procs, p)
	ls.Push(s.object(p, s.types.process))
}

func (m *machine) loadGuarded(prog vm.Program) (*vm.Process, error) {
	defer func() { m.loading = false }()
	return m.vm.Load(prog)
}

// checkStrategy refuses a strategy that the configuration would refuse.
func checkStrategy(ls *lua.LState, what, word string) {
	if word == "" {
		return
	}
	var c lab.Config
	if err := c.Set("machine.loader.strategy", word); err != nil {
		ls.RaiseError("%s: strategy: %s", what, clip(err.Error()))
	}
}

// pc is the address of the instruction that is next, or that runs while a hook is called.
func (p *process) pc() addr.VAddr {
	bus := p.m.vm.Bus()
	if (p.m.running || p.m.loading) && int(bus.Now.PID) == p.vm.PID() {
		return bus.Now.PC
	}
	if c := p.vm.CPU(); c != nil {
		return addr.VAddr(c.RIP)
	}
	return 0
}

// symbol is "main+0x12"; "" when no symbol is known.
func (p *process) symbol(va addr.VAddr) string {
	name, off, ok := p.vm.Symbol(va)
	switch {
	case !ok:
		return ""
	case off == 0:
		return name
	}
	return fmt.Sprintf("%s+%#x", name, off)
}

func (s *state) processFunctions() []Function {
	of := func(t *metatables) *lua.LTable { return t.process }
	f := func(name, sig, doc, example string, call lua.LGFunction) Function {
		return Function{
			Table: onProcess, Name: name, Signature: sig, Doc: doc, Example: example, call: call,
			method: of,
		}
	}
	s.processFields()
	return []Function{
		f("maps", "p:maps() -> maps",
			"The areas: a list of {start, stop, end, prot, name, offset}. tostring gives the text of "+
				"/proc/PID/maps.",
			"for _, a in ipairs(p:maps()) do print(hex(a.start), a.prot, a.name) end", s.maps),
		f(namePage, "p:page(address) -> table",
			"What is known of a page: page, mapped, resident, frame, prot, accessed, dirty, swapped, "+
				"slot, faults.",
			`assert.is_true(p:page("main").resident)`, s.page),
		f("placement", "p:placement() -> list",
			"Where the program lies under partitions (one) and segments: {start, limit, base, prot, down}. "+
				"base is nil while it is swapped out. Empty with pages.",
			"print(hex(p:placement()[1].base))", s.placement),
		f("swap_out", "p:swap_out()",
			"Puts a whole program out of memory, under partitions or segments; it comes back when it runs.",
			"p:swap_out()", s.swapOut),
		f("symbol", "p:symbol(name) -> address | nil", "A symbol's address.", `p:symbol("main")`,
			s.symbolAddress),
		f("lookup", "p:lookup(address) -> name, offset | nil", "The symbol at or before an address.",
			"p:lookup(m.cpu.rip)", s.symbolAt),
	}
}

// processArg is the process that a method was called on; a machine stands for its current one.
func processArg(ls *lua.LState) *process {
	if ud, ok := ls.Get(1).(*lua.LUserData); ok {
		switch v := ud.Value.(type) {
		case *process:
			return v
		case *machine:
			if p := v.current(); p != nil {
				return p
			}
			ls.RaiseError("no program is loaded; call m:load first")
		}
	}
	ls.ArgError(1, "process or machine expected: call it as p:name(…)")
	return nil
}

func (p *process) address(ls *lua.LState, v lua.LValue) addr.VAddr {
	va, err := address(v, p.vm)
	if err != nil {
		ls.RaiseError("%s", clip(err.Error()))
	}
	return va
}

func (s *state) symbolAddress(ls *lua.LState) int {
	va, ok := processArg(ls).vm.Lookup(s.str(ls, 2))
	if !ok {
		ls.Push(lua.LNil)
		return 1
	}
	ls.Push(s.word(uint64(va)))
	return 1
}

func (s *state) symbolAt(ls *lua.LState) int {
	p := processArg(ls)
	name, off, ok := p.vm.Symbol(p.address(ls, ls.Get(2)))
	if !ok {
		ls.Push(lua.LNil)
		return 1
	}
	ls.Push(lua.LString(name))
	ls.Push(s.word(off))
	return 2
}

func (s *state) page(ls *lua.LState) int {
	p := processArg(ls)
	st := p.vm.Page(p.address(ls, ls.Get(2)))
	t := s.L.NewTable()
	t.RawSetString(namePage, s.word(uint64(st.Page)))
	t.RawSetString(nameMapped, lua.LBool(st.Mapped))
	t.RawSetString("prot", lua.LString(st.Prot.String()))
	t.RawSetString(nameResident, lua.LBool(st.Resident))
	if st.Resident {
		t.RawSetString(nameFrame, lua.LNumber(st.Frame))
	}
	t.RawSetString("accessed", lua.LBool(st.Accessed))
	t.RawSetString(nameDirty, lua.LBool(st.Dirty))
	t.RawSetString("swapped", lua.LBool(st.Swapped))
	if st.Slot >= 0 && st.Swapped {
		t.RawSetString("slot", lua.LNumber(st.Slot))
	}
	t.RawSetString("faults", s.word(st.Faults))
	ls.Push(t)
	return 1
}

func (s *state) maps(ls *lua.LState) int {
	p := processArg(ls)
	t := s.L.NewTable()
	for i, a := range p.vm.Areas() {
		if i+1 >= maxArray {
			s.limit(ls, "list", itoa(i+1), itoa(maxArray-1))
		}
		row := s.L.NewTable()
		row.RawSetString("start", s.word(uint64(a.Start)))
		row.RawSetString("stop", s.word(uint64(a.End)))
		row.RawSetString("end", s.word(uint64(a.End)))
		row.RawSetString("prot", lua.LString(a.Prot.String()))
		row.RawSetString("name", lua.LString(p.vm.AreaName(a)))
		row.RawSetString("offset", s.word(a.Offset))
		t.RawSetInt(i+1, row)
	}
	text := p.vm.MapsText()
	mt := s.L.NewTable()
	mt.RawSetString("__metatable", lua.LString("locked"))
	mt.RawSetString("__tostring", s.L.NewFunction(func(ls *lua.LState) int { return s.pushString(ls, text) }))
	t.Metatable = mt
	ls.Push(t)
	return 1
}
