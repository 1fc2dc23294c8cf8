package script

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/linux"
	"memlab/vm/x86"
)

// heldEvent is the event object of a hook: one for each depth of nesting, used again for every call. Its fields are
// read when they are asked for. Outside of the call ev is nil and every field raises. Hooks that are called a few times
// only (once, first) get one of their own that stays readable.
type heldEvent struct {
	m      *machine
	ev     *event.Event
	kept   event.Event // what ev points to when the object outlives the call
	args   []uint64    // of a kept syscall.enter: the registers then
	object *lua.LUserData
}

// eventField is one field of events. Most mean something for some kinds only.
type eventField struct {
	name string
	mask event.Mask // 0: every kind
	get  func(h *heldEvent) lua.LValue
}

const anyKind = event.Mask(0)

// eventFields is the table of all fields (hook_event.go documents them by being it).
func (s *state) eventFields() []eventField {
	of := event.MaskOf
	num := func(get func(ev *event.Event) uint64) func(*heldEvent) lua.LValue {
		return func(h *heldEvent) lua.LValue { return s.word(get(h.ev)) }
	}
	text := func(get func(h *heldEvent) string) func(*heldEvent) lua.LValue {
		return func(h *heldEvent) lua.LValue {
			if t := get(h); t != "" {
				return lua.LString(t)
			}
			return lua.LNil
		}
	}
	arg := num(func(ev *event.Event) uint64 { return ev.Arg })
	arg2 := num(func(ev *event.Event) uint64 { return ev.Arg2 })
	arg3 := num(func(ev *event.Event) uint64 { return ev.Arg3 })
	va := num(func(ev *event.Event) uint64 { return uint64(ev.VA) })
	memory := of(event.MemRead, event.MemWrite, event.MemFetch)
	access := memory | of(event.PageFault, event.TLBHit, event.TLBMiss, event.WalkLevel)
	sys := of(event.SyscallEnter, event.SyscallExit)
	areas := of(event.VMAMap, event.VMAUnmap, event.VMAProtect, event.VMAGrow)
	tlb := of(event.TLBHit, event.TLBMiss, event.TLBEvict)
	framed := of(event.TLBHit, event.TLBEvict, event.PageIn, event.PageOut, event.PageZero, event.CowBreak,
		event.FrameAlloc, event.FrameFree, event.FrameEvict)
	paged := framed | access
	return []eventField{
		{"seq", anyKind, num(func(ev *event.Event) uint64 { return ev.Seq })},
		{"insn", anyKind, num(func(ev *event.Event) uint64 { return ev.Insn })},
		{"pid", anyKind, num(func(ev *event.Event) uint64 { return uint64(ev.PID) })},
		{"kind", anyKind, text(func(h *heldEvent) string { return h.ev.Kind.String() })},
		{"pc", anyKind, num(func(ev *event.Event) uint64 { return uint64(ev.PC) })},
		{"sym", anyKind, text(func(h *heldEvent) string { return h.m.symbolOf(about(h.ev)) })},
		{"at", anyKind, text(func(h *heldEvent) string { return h.m.symbolOf(h.ev.PC) })},
		{"va", anyKind, va},
		{"size", memory | areas | of(event.LoadSegment, event.LoadStack, event.Insn, event.Block, event.PageIn), num(func(ev *event.Event) uint64 { return ev.Size })},
		{"pa", memory | of(event.WalkLevel), num(func(ev *event.Event) uint64 { return uint64(ev.PA) })},
		{"page", paged, func(h *heldEvent) lua.LValue { return s.word(h.m.pageOf(h.ev.VA)) }},
		{"frame", framed, func(h *heldEvent) lua.LValue { return lua.LNumber(h.ev.Frame) }},
		{"access", access, text(func(h *heldEvent) string { a, _ := accessOf(h.ev); return a.String() })},
		{"prot", areas | of(event.LoadSegment), text(func(h *heldEvent) string { return h.ev.Prot.String() })},
		{"value", of(event.MemRead, event.MemWrite), arg},
		{"high", of(event.MemRead, event.MemWrite), arg2},
		{"set", tlb, arg},
		{"way", of(event.TLBHit, event.TLBEvict), arg2},
		{"entries", of(event.TLBFlush), arg},
		{"level", of(event.WalkLevel), arg},
		{"before", of(event.WalkLevel), arg2},
		{"after", of(event.WalkLevel), arg3},
		{"code", of(event.PageFault), arg},
		{"cause", of(event.PageFault), text(func(h *heldEvent) string { return paging.Cause(h.ev.Arg2).String() })},
		{"major", of(event.PageFault), func(h *heldEvent) lua.LValue { return lua.LBool(h.ev.Flags&event.Major != 0) }},
		{"dirty", of(event.FrameEvict), func(h *heldEvent) lua.LValue { return lua.LBool(h.ev.Flags&event.Dirty != 0) }},
		{"kernel", anyKind, func(h *heldEvent) lua.LValue { return lua.LBool(h.ev.Flags&event.Kernel != 0) }},
		{"source", of(event.PageIn), text(func(h *heldEvent) string { return []string{"file", "swap"}[h.ev.Arg&1] })},
		{"slot", of(event.PageIn, event.PageOut), arg2},
		{"offset", of(event.LoadSegment, event.PageIn), arg2},
		{"offset", of(event.VMAMap), arg},
		{"index", of(event.LoadSegment), num(func(ev *event.Event) uint64 { return ev.Arg & (1<<32 - 1) })},
		{"interpreter", of(event.LoadSegment), func(h *heldEvent) lua.LValue { return lua.LBool(h.ev.Arg>>32 != 0) }},
		{"argc", of(event.ExecStart), arg},
		{"envc", of(event.ExecStart), arg2},
		{"file_size", of(event.LoadSegment), arg3},
		{"headers", of(event.LoadHeader), arg},
		{"elf_type", of(event.LoadHeader), arg2},
		{"entry", of(event.LoadHeader, event.LoadDone), va},
		{"sp", of(event.LoadStack), va},
		{"sp", of(event.Call, event.Ret), arg},
		{"target", of(event.Call, event.Ret), va},
		{"arg", of(event.ExecFormat), arg},
		{"instructions", of(event.Block), arg},
		{"old_frame", of(event.CowBreak), arg},
		{"refs", of(event.CowBreak), arg2},
		{"old", of(event.Brk), arg},
		{"nr", sys, arg},
		{"name", sys, text(func(h *heldEvent) string { return linux.Name(h.ev.Arg) })},
		{"args", sys, func(h *heldEvent) lua.LValue { return h.arguments() }},
		{"result", of(event.SyscallExit), func(h *heldEvent) lua.LValue { return lua.LNumber(int64(h.ev.Arg2)) }},
		{"errno", of(event.SyscallExit), func(h *heldEvent) lua.LValue { return errnoOf(h.ev.Arg2) }},
		{"signo", of(event.Signal), arg},
		{"si_code", of(event.Signal), func(h *heldEvent) lua.LValue { return lua.LNumber(int64(h.ev.Arg2)) }},
		{"status", of(event.Exit), arg},
		{"child", of(event.Clone), arg},
	}
}

// about is the address that an event's symbol is of.
func about(ev *event.Event) addr.VAddr {
	va, _ := span(ev)
	return va
}

// errnoOf is the error number of a system call's result, -4095 to -1; nil when it succeeded.
func errnoOf(result uint64) lua.LValue {
	if n := -int64(result); n >= 1 && n <= 4095 {
		return lua.LNumber(n)
	}
	return lua.LNil
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

// arguments are the six registers that a system call takes its arguments from (x86-64 psABI, A.2.1).
func (h *heldEvent) arguments() lua.LValue {
	args := h.args
	if args == nil {
		args = h.m.syscallArgs()
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

func (m *machine) syscallArgs() []uint64 {
	p := m.current()
	if p == nil || p.vm.CPU() == nil {
		return nil
	}
	r := &p.vm.CPU().Regs
	return []uint64{r[x86.RDI], r[x86.RSI], r[x86.RDX], r[x86.R10], r[x86.R8], r[x86.R9]}
}

// eventType gives event objects their fields and ev:copy().
func (s *state) eventType() {
	mt := s.types.event
	if mt == nil {
		return
	}
	fields := s.eventFields()
	byName := make(map[string][]eventField)
	for _, f := range fields {
		byName[f.name] = append(byName[f.name], f)
	}
	methods := map[string]*lua.LFunction{
		"copy": s.L.NewFunction(func(L *lua.LState) int {
			L.Push(s.copyEvent(eventArg(L), fields))
			return 1
		}),
		"set_result": s.L.NewFunction(setResult),
	}
	mt.RawSetString("__index", s.L.NewFunction(func(L *lua.LState) int {
		h := eventArg(L)
		name := L.Get(2).String()
		if f := methods[name]; f != nil {
			L.Push(f)
			return 1
		}
		for _, f := range byName[name] {
			if f.mask == anyKind || f.mask&event.MaskOf(h.ev.Kind) != 0 {
				L.Push(f.get(h))
				return 1
			}
		}
		s.noSuchField(L, h.ev.Kind, name, fields)
		return 0
	}))
	mt.RawSetString("__newindex", s.L.NewFunction(func(L *lua.LState) int {
		L.RaiseError("an event cannot be changed")
		return 0
	}))
	mt.RawSetString("__tostring", s.L.NewFunction(func(L *lua.LState) int {
		h := eventArg(L)
		return s.pushString(L, eventText(h.m, h.ev))
	}))
}

// setResult is ev:set_result: what the program gets from a system call. The event is before the call and the hook says
// "skip", or it is after it.
func setResult(L *lua.LState) int {
	h := eventArg(L)
	p := h.m.current()
	if k := h.ev.Kind; k != event.SyscallEnter && k != event.SyscallExit || p == nil {
		L.RaiseError("ev:set_result: a %s event has no result", k)
	}
	p.vm.CPU().Regs[x86.RAX] = checkWord(L, 2)
	return 0
}

// eventArg is the event that a field is asked of.
func eventArg(L *lua.LState) *heldEvent {
	ud, ok := L.Get(1).(*lua.LUserData)
	if !ok {
		L.ArgError(1, "event expected: call it as ev:copy()")
	}
	h, ok := ud.Value.(*heldEvent)
	if !ok {
		L.ArgError(1, "event expected: call it as ev:copy()")
	}
	if h.ev == nil {
		L.RaiseError("event used after its hook returned; keep ev:copy()")
	}
	return h
}

func (s *state) noSuchField(L *lua.LState, k event.Kind, name string, fields []eventField) {
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
	L.RaiseError("a %s event has no field %q%s", k, clip(name), hint)
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
	t := fmt.Sprintf("#%d %s", ev.Seq, ev.Kind)
	switch ev.Kind {
	case event.SyscallEnter, event.SyscallExit:
		if name := linux.Name(ev.Arg); name != "" {
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
