package script

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/linux"
	"memlab/vm/x86"
)

// heldEvent is the event object of a hook: one for each depth of nesting, used again for every call. Its
// fields are read when they are asked for. Outside of the call ev is nil and every field raises. Hooks that
// are called a few times only (once, first) get one of their own that stays readable.
type heldEvent struct {
	m      *machine
	ev     *event.Event
	kept   event.Event // what ev points to when the object outlives the call
	args   []uint64    // of a kept syscall.enter: the registers then
	text   string      // and the call as strace writes it
	object *lua.LUserData
}

// about is the address that an event's symbol is of.
func about(ev *event.Event) addr.VAddr {
	va, _ := span(ev)
	return va
}

func (m *machine) pageOf(va addr.VAddr) uint64 {
	return uint64(va) / max(m.vm.Config().Memory.PageSize, 1)
}

// symbolOf is the current process's symbol at an address, with offset.
func (m *machine) symbolOf(va addr.VAddr) string {
	if p := m.current(); p != nil {
		return p.symbol(va)
	}
	return ""
}

// symbolName is symbolOf without the offset.
func (m *machine) symbolName(va addr.VAddr) string {
	if p := m.current(); p != nil {
		if name, _, ok := p.vm.Symbol(va); ok {
			return name
		}
	}
	return ""
}

// arguments are the six registers that a system call takes its arguments from.
func (h *heldEvent) arguments() lua.LValue {
	args := h.args
	if args == nil {
		args = h.m.syscallArgs(h.ev)
	}
	if args == nil {
		return lua.LNil
	}
	t := h.m.s.L.NewTable()
	for i, v := range args {
		t.RawSetInt(i+1, h.m.s.word(v))
	}
	return t
}

func (m *machine) syscallArgs(ev *event.Event) []uint64 {
	p := m.current()
	if p == nil || p.vm.CPU() == nil {
		return nil
	}
	args := abiOf(ev).Args(&p.vm.CPU().Regs)
	return args[:]
}

// abiOf is the ABI of a system call's event, which is known by the size of its words.
func abiOf(ev *event.Event) linux.ABI {
	if ev.Size == 4 {
		return linux.ABI32
	}
	return linux.ABI64
}

// named is what a name stands for in an event: a method, or a field, which kinds may have in different
// places.
type named struct {
	method *lua.LFunction
	fields []eventField
}

// eventType gives event objects their fields and ev:copy().
func (s *state) eventType() {
	mt := s.types.event
	if mt == nil {
		return
	}
	fields := s.eventFields()
	names := map[string]*named{
		"copy": {method: s.L.NewFunction(func(ls *lua.LState) int {
			ls.Push(s.copyEvent(eventArg(ls), fields))
			return 1
		})},
		"set_result": {method: s.L.NewFunction(setResult)},
	}
	for _, f := range fields {
		n := names[f.name]
		if n == nil {
			n = &named{}
			names[f.name] = n
		}
		n.fields = append(n.fields, f)
	}
	mt.RawSetString("__index", s.L.NewFunction(func(ls *lua.LState) int {
		h := eventArg(ls)
		name := ls.Get(2).String()
		n := names[name]
		if n == nil {
			s.noSuchField(ls, h.ev.Kind, name, fields)
			return 0
		}
		if n.method != nil {
			ls.Push(n.method)
			return 1
		}
		for i := range n.fields {
			if f := &n.fields[i]; f.mask == anyKind || f.mask&(1<<h.ev.Kind) != 0 {
				ls.Push(f.get(h))
				return 1
			}
		}
		s.noSuchField(ls, h.ev.Kind, name, fields)
		return 0
	}))
	mt.RawSetString("__newindex", s.L.NewFunction(func(ls *lua.LState) int {
		ls.RaiseError("an event cannot be changed")
		return 0
	}))
	mt.RawSetString("__tostring", s.L.NewFunction(func(ls *lua.LState) int {
		h := eventArg(ls)
		return s.pushString(ls, eventText(h.m, h.ev))
	}))
}

// callText is the system call that the event is about, as strace writes it.
func (h *heldEvent) callText() string {
	if h.text != "" {
		return h.text
	}
	return h.m.vm.CallText(h.ev.Arg2, h.ev.Kind == event.SyscallExit)
}

// setResult is ev:set_result: what the program gets from a system call. The event is before the call and
// the
// hook says "skip", or it is after it.
func setResult(ls *lua.LState) int {
	h := eventArg(ls)
	p := h.m.current()
	if k := h.ev.Kind; k != event.SyscallEnter && k != event.SyscallExit || p == nil {
		ls.RaiseError("ev:set_result: a %s event has no result", k)
	}
	p.vm.CPU().Regs[x86.RAX] = checkWord(ls, 2)
	return 0
}

// eventArg is the event that a field is asked of.
func eventArg(ls *lua.LState) *heldEvent {
	ud, ok := ls.Get(1).(*lua.LUserData)
	if !ok {
		ls.ArgError(1, "event expected: call it as ev:copy()")
	}
	h, ok := ud.Value.(*heldEvent)
	if !ok {
		ls.ArgError(1, "event expected: call it as ev:copy()")
	}
	if h.ev == nil {
		ls.RaiseError("event used after its hook returned; keep ev:copy()")
	}
	return h
}

func (s *state) noSuchField(ls *lua.LState, k event.Kind, name string, fields []eventField) {
	var known []string
	for _, f := range fields {
		if f.mask == anyKind || f.mask&event.MaskOf(k) != 0 {
			known = append(known, f.name)
		}
	}
	hint := "; it has " + strings.Join(known, ", ")
	if near, ok := lab.Suggest(name, known); ok {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	ls.RaiseError("a %s event has no field %q%s", k, clip(name), hint)
}

// copyEvent makes a plain table of all fields that the event's kind has.
func (s *state) copyEvent(h *heldEvent, fields []eventField) *lua.LTable {
	t := s.L.NewTable()
	for _, f := range fields {
		if f.mask == anyKind || f.mask&event.MaskOf(h.ev.Kind) != 0 {
			t.RawSetString(f.name, f.get(h))
		}
	}
	return t
}

// eventText is an event in one line.
func eventText(m *machine, ev *event.Event) string {
	if event.Loading&(1<<ev.Kind) != 0 {
		return fmt.Sprintf("#%d %s", ev.Seq, m.step(ev))
	}
	t := fmt.Sprintf("#%d %s", ev.Seq, ev.Kind)
	switch ev.Kind {
	case event.SyscallEnter, event.SyscallExit, event.SyscallMiss:
		if name := abiOf(ev).Name(ev.Arg); name != "" {
			t += " " + name
		} else {
			t += fmt.Sprintf(" %d", ev.Arg)
		}
	case event.Exit:
		t += fmt.Sprintf(" status %d", ev.Arg)
	case event.Signal:
		t += fmt.Sprintf(" %d at %s", ev.Arg, ev.VA)
	default:
		t += " " + ev.VA.String()
	}
	if a, ok := accessOf(ev); ok {
		t += " " + a.String()
	}
	if sym := m.symbolOf(ev.PC); sym != "" {
		t += " in " + sym
	}
	return t
}
