package script

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm"
)

// machine is a simulated machine as the script sees it.
type machine struct {
	s     *state
	vm    *vm.Machine
	label string
	procs []*process

	running bool   // inside m:run
	loading bool   // inside m:load
	failed  *Error // what a hook threw; ends the run
	depth   int    // hooks under way: events nest
	inside  event.Kind
	events  []*heldEvent
	recent  recent
	hooks   int // subscribed so far; for messages
}

// String is how a machine prints.
func (m *machine) String() string {
	c := m.vm.Config()
	return fmt.Sprintf("%s: %d frames of %d bytes, %s", m.label, c.Memory.Frames, c.Memory.PageSize,
		c.Replacement.Policy)
}

func (s *state) machineFunctions() []Function {
	of := func(t *metatables) *lua.LTable { return t.machine }
	f := func(name, sig, doc, example string, call lua.LGFunction) Function {
		return Function{
			Table: onMachine, Name: name, Signature: sig, Doc: doc, Example: example, call: call,
			method: of,
		}
	}
	s.machineFields()
	return []Function{
		{
			Table: onMachine, Name: "new",
			Signature: "machine.new{memory=, replacement=, tlb=, loader=, cpu=, seed=, …} -> machine",
			Doc: "Makes a machine. The table has the names of the YAML below `machine`; what is left " +
				"out is as configured.",
			Example: `local m = machine.new{memory = {frames = 24}, replacement = {policy = "clock"}}`,
			call:    s.newMachine,
		},
		f(
			"load",
			"m:load(path, {argv=, env=, strategy=, window=, predict=, nice=, stdin=, cwd=, stdout=}) -> "+
				"process",
			"Loads a program as execve does. Its output is captured (p.stdout, p.stderr); "+
				"stdout=\"inherit\" also passes it on to the scenario's. predict=fn goes with strategy "+
				"\"hybrid\": after a fault fn(t) gets {page=, address=, access=, major=, number=, "+
				"area={start=, "+
				"stop=, prot=, name=, first=, last=}, image={first=, last=}, history={…}} (pages) and "+
				"answers a number of pages behind it, a list of pages, or nothing.",
			`local p = m:load("programs/matrix", {argv = {"matrix", "64"}, strategy = "demand"})`,
			s.load1,
		),
		f("run", "m:run{until_=, steps=} -> reason, details",
			"Runs until the programs end (\"exited\"), an address or symbol of until_ is next "+
				"(\"until\"), so many instructions were made (\"steps\"), a hook said so (\"stopped\"), "+
				"or cpu.max_instructions is reached (\"limit\"). details has reason, pc, symbol and "+
				"instructions.",
			`m:run{until_ = "main"}`, s.run),
		f("step", "m:step([n]) -> reason, details", "Runs n instructions, 1 if it is not given.",
			"m:step(10)", s.stepMachine),
		f("bill", "m:bill() -> table",
			"What bringing programs into memory has cost up to now: instructions, time_ns (simulated), "+
				"faults, major, minor, bytes_read (from files), bytes_swapped, ahead (pages brought "+
				"without a fault), resident (frames in use), peak. It can be taken at any moment, in a "+
				"hook too.",
			`m:on("page.fault", {every = 10}, function() curve[#curve + 1] = m:bill().resident end)`,
			s.bill),
		f("curve", "m:curve() -> list",
			"Resident pages over time: a point when a program was loaded, one after each fault (of a long "+
				"run after every second, fourth, …) and one for now, each {instructions, faults, "+
				"bytes_read, resident}.",
			"for _, c in ipairs(m:curve()) do print(c.instructions, c.resident) end", s.curve),
		f("binfmt", "m:binfmt(name, fn)",
			"Makes a Lua function a binary format, asked before those that are there: fn(file) gets "+
				"{path=, argv=, head= (the first 256 bytes), size=, depth=, read=function(offset, n)} and "+
				"answers nil (not mine), the name of an errno, {interpreter=, args={…}, keep_argv0=, "+
				"open=} as #! lines do, or {entry=, segments={{address=, prot=, size=, bytes=} or "+
				"{address=, prot=, size=, offset=, file_size=}, …}, bits=} to load the file itself. A "+
				"wrong answer is an error that names the loader's rule.",
			`m:binfmt("flat", function(f)
  if f.head:sub(1, 4) ~= "FLAT" then return nil end
  return {entry = 0x10020, segments = {{address = 0x10000, prot = "r-x", offset = 0, file_size = f.size}}}
end)`, s.binfmt),
		f("check", "m:check() -> true", "Walks every structure of the machine; raises where two disagree.",
			"m:check()", s.check),
		f("fragmentation", "m:fragmentation() -> table",
			"The fragmentation of memory now: scheme, requested, granted, internal, blocks, free, holes, "+
				"largest_hole in bytes, external as a fraction; with pages and buddies also Linux's "+
				"extfrag_index and unusable_index by order.",
			"print(m:fragmentation().external)", s.fragmentation),
		f("compact", "m:compact() -> bytes",
			"Moves all programs in partitions or segments together. Only while the machine does not run.",
			"local moved = m:compact()", s.compact),
		f("maps", "m:maps() -> maps", "The areas of the current process; see p:maps().", "print(m:maps())",
			s.maps),
	}
}

// newMachine is machine.new.
func (s *state) newMachine(ls *lua.LState) int {
	cfg := s.opt.Config
	if ls.GetTop() > 0 && ls.Get(1) != lua.LNil {
		if err := cfg.SetTree(onMachine, tree(ls, ls.CheckTable(1), 0)); err != nil {
			ls.RaiseError("machine.new: %s", clip(err.Error()))
		}
	}
	if err := cfg.Validate(); err != nil {
		ls.RaiseError("machine.new: %s", clip(err.Error()))
	}
	if len(s.machines) >= maxMachines {
		s.limit(ls, "machines", itoa(len(s.machines)+1), itoa(maxMachines))
	}
	size := machineBytes(cfg)
	if allowed := s.budget.limits.LuaMemory; s.hosted()+size > max(allowed, 1<<30) {
		ls.RaiseError("machine.new: this scenario's machines would take %s of host memory",
			bytesText(s.hosted()+size))
	}
	vcfg := cfg.Machine
	vcfg.Verify = s.opt.Verify
	before := s.budget.heap()
	vmachine, err := vm.New(vcfg)
	if err != nil {
		ls.RaiseError("machine.new: %s", clip(err.Error()))
	}
	if after := s.budget.heap(); after > before {
		s.budget.host(after - before)
	}
	m := &machine{s: s, vm: vmachine, label: fmt.Sprintf("machine %d", len(s.machines)+1)}
	m.recent.listen(m.vm.Bus())
	s.machines = append(s.machines, m)
	ls.Push(s.object(m, s.types.machine))
	return 1
}

// machineBytes is what a machine takes of the host's memory from the start: frames and the frame table. Swap
// takes room when it is used; the script's memory limit sees that.
func machineBytes(c lab.Config) uint64 {
	mem := c.Machine.Memory
	return uint64(mem.Frames) * (mem.PageSize + 64)
}

func (s *state) hosted() uint64 {
	var sum uint64
	for _, m := range s.machines {
		sum += machineBytes(lab.Config{Machine: m.vm.Config()})
	}
	return sum
}

// machineArg is the machine that a method was called on.
func machineArg(ls *lua.LState) *machine {
	if ud, ok := ls.Get(1).(*lua.LUserData); ok {
		if m, isMachine := ud.Value.(*machine); isMachine {
			return m
		}
	}
	ls.ArgError(1, "machine expected: call it as m:name(…)")
	return nil
}

func (s *state) check(ls *lua.LState) int {
	if err := machineArg(ls).vm.Check(); err != nil {
		ls.RaiseError("m:check: %s", clip(err.Error()))
	}
	ls.Push(lua.LTrue)
	return 1
}

func (s *state) stepMachine(ls *lua.LState) int {
	m := machineArg(ls)
	n := uint64(1)
	if ls.Get(2) != lua.LNil {
		n = checkWord(ls, 2)
	}
	if n == 0 {
		ls.RaiseError("m:step: at least one step")
	}
	return m.run(ls, vm.RunOptions{Steps: n})
}

func (s *state) run(ls *lua.LState) int {
	m := machineArg(ls)
	o := optionsOf(ls, 2, "m:run")
	ro := vm.RunOptions{Steps: o.count("steps", 0)}
	until := o.get("until_")
	o.done()
	list, isList := until.(*lua.LTable)
	switch {
	case until == lua.LNil:
	case isList:
		for i := 1; i <= list.Len(); i++ {
			ro.Until = append(ro.Until, m.addressOf(ls, "m:run: until_", list.RawGetInt(i)))
		}
	default:
		ro.Until = []addr.VAddr{m.addressOf(ls, "m:run: until_", until)}
	}
	return m.run(ls, ro)
}

// addressOf reads an address with the symbols of the current process.
func (m *machine) addressOf(ls *lua.LState, what string, v lua.LValue) addr.VAddr {
	va, err := address(v, m.symbols())
	if err != nil {
		ls.RaiseError("%s: %s", what, clip(err.Error()))
	}
	return va
}

func (m *machine) symbols() symbols {
	if p := m.current(); p != nil {
		return p.vm
	}
	return nil
}

// current is the process that runs, or the one that was loaded last; nil: none.
func (m *machine) current() *process {
	pid := int(m.vm.Bus().Now.PID)
	for _, p := range m.procs {
		if p.vm.PID() == pid {
			return p
		}
	}
	if m.loading {
		return nil // it is being made
	}
	if n := len(m.procs); n > 0 {
		return m.procs[n-1]
	}
	return nil
}

// run is the one way into the machine's loop.
func (m *machine) run(ls *lua.LState, ro vm.RunOptions) int {
	if m.running || m.loading {
		ls.RaiseError("m:run: the machine is running: a hook cannot run it")
	}
	if len(m.procs) == 0 {
		ls.RaiseError("m:run: no program is loaded; call m:load first")
	}
	reason := vm.StopExited
	m.drive(ls, "m:run", func() (err error) {
		ro.Cancelled = m.mayGoOn
		reason, err = m.vm.Run(ro)
		return err
	})
	ls.Push(lua.LString(reason.String()))
	ls.Push(m.details(reason))
	return 2
}

// mayGoOn is asked now and then whether the script's budget lasts and nothing of the script has failed.
func (m *machine) mayGoOn() error {
	b := m.s.budget
	if b.spent == nil {
		b.test()
	}
	if m.failed != nil {
		return m.failed // of a format or a predictor, which have no verdict
	}
	return b.Err()
}

// drive runs the machine by run, and raises what hooks, limits and the machine have to say afterwards.
func (m *machine) drive(ls *lua.LState, what string, run func() error) {
	m.running, m.failed = true, nil
	err := m.guarded(run)
	m.running = false
	m.s.raiseSpent(ls)
	if m.failed != nil {
		m.s.rethrow(ls, m.failed)
	}
	if err != nil {
		m.s.thrown(ls, m.describe(what, err))
	}
}

// guarded runs the machine and clears running also when something panics through.
func (m *machine) guarded(run func() error) error {
	ok := false
	defer func() {
		if !ok {
			m.running = false
		}
	}()
	err := run()
	ok = true
	return err
}

func (m *machine) details(r vm.StopReason) *lua.LTable {
	t := m.s.L.NewTable()
	t.RawSetString("reason", lua.LString(r.String()))
	pc, sym := m.position()
	t.RawSetString("pc", m.s.word(uint64(pc)))
	if sym != "" {
		t.RawSetString("symbol", lua.LString(sym))
	}
	t.RawSetString("instructions", m.s.word(m.vm.Stats().Instructions))
	return t
}

// position is where the current process stands.
func (m *machine) position() (addr.VAddr, string) {
	p := m.current()
	if p == nil {
		return 0, ""
	}
	pc := p.pc()
	return pc, p.symbol(pc)
}

// describe makes an error of the machine that says where the guest was.
func (m *machine) describe(what string, err error) *Error {
	e := &Error{File: m.s.opt.Name, Message: what + ": " + clip(err.Error())}
	pc, sym := m.position()
	e.PC, e.Symbol = uint64(pc), sym
	return e
}

// thrown raises a Go error that carries a guest position. Lua sees its text; the position reaches the host
// when nobody catches it (fromLua).
func (s *state) thrown(ls *lua.LState, e *Error) {
	e.Line = s.line(ls)
	e.value = lua.LString(fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message))
	s.rethrow(ls, e)
}

// rethrow raises e.value and remembers e for fromLua.
func (s *state) rethrow(ls *lua.LState, e *Error) {
	s.origin = e
	ls.Error(e.thrown(), 0)
}

// recent keeps the last rare events of a machine, for the messages of failed assertions. It listens to kinds
// only that leave the machine on its fast path.
type recent struct {
	ring [recentEvents]event.Event
	n    int
}

const recentEvents = 4

func (r *recent) listen(bus *event.Bus) {
	mask := event.MaskOf(event.PageFault, event.FrameEvict, event.SyscallEnter, event.Signal, event.Exit,
		event.VMAMap, event.VMAUnmap, event.VMAProtect, event.LoadDone)
	bus.Subscribe(mask, func(ev *event.Event) event.Verdict {
		r.ring[r.n%recentEvents] = *ev
		r.n++
		return event.Continue
	})
}

// lines are the recent events, oldest first.
func (r *recent) lines(m *machine) []string {
	var out []string
	for i := max(0, r.n-recentEvents); i < r.n; i++ {
		out = append(out, eventText(m, &r.ring[i%recentEvents]))
	}
	return out
}

// doing says what the machine was doing, for a failed assertion.
func (m *machine) doing() []string {
	if len(m.procs) == 0 {
		return []string{m.String() + ", nothing loaded"}
	}
	pc, sym := m.position()
	at := fmt.Sprintf("at %#x", uint64(pc))
	if sym != "" {
		at += " " + sym
	}
	lines := []string{fmt.Sprintf("%s; %s after %d instructions", m, at, m.vm.Stats().Instructions)}
	if p := m.current(); p != nil {
		if ended, st := p.vm.Exited(); ended {
			lines = append(lines, fmt.Sprintf("process %d has ended with status %d", p.vm.PID(), st.Status()))
		}
	}
	if ev := m.recent.lines(m); len(ev) > 0 {
		lines = append(lines, "last events: "+strings.Join(ev, "; "))
	}
	return lines
}

var errNoFile = errors.New("this scenario cannot open files")
