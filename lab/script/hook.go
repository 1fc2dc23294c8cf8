package script

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/paging/event"
)

// hook is one subscription of a script: the handle that m:on returns.
type hook struct {
	m      *machine
	number int
	fn     *lua.LFunction
	filter *filter
	keeps  bool // its events stay readable: it is called a known number of times
	sub    *event.Subscription
	hits   uint64
	active bool
}

// String is how a handle prints.
func (h *hook) String() string { return fmt.Sprintf("hook %d: %d hits", h.number, h.hits) }

func (s *state) hookFunctions() []Function {
	s.eventType()
	s.hookType()
	s.counterType()
	machines := func(t *metatables) *lua.LTable { return t.machine }
	return []Function{
		{
			Table: onMachine, Name: "on", Signature: "m:on(kinds, [filter,] fn) -> hook",
			Doc: "Calls fn(ev) for events: a kind, a family \"tlb.*\", or a list. filter: from, to (not " +
				"included), addr, len, symbol, pid, access, " +
				"every, first, once, when = \"user\"|\"loader\". fn returns nothing or \"continue\", " +
				"\"stop\", \"skip\", \"retry\", \"kill\". " +
				"ev is valid during the call; with once or first it stays readable.",
			Example: `m:on("page.fault", {from = "table", to = "table_end"}, function(ev) print(ev) end)`,
			call:    s.on, method: machines,
		},
		{
			Table: onMachine, Name: "count", Signature: "m:count(kinds, {by=, filter…}) -> counter",
			Doc: "Counts events without entering Lua: by \"page\", \"pc\", \"symbol\", \"pid\" or " +
				"\"frame\". counter.total, counter[key], counter:top(n) -> list of {key, count}, " +
				"counter:remove().",
			Example: `local c = m:count("tlb.miss", {by = namePage})`, call: s.count, method: machines,
		},
		{
			Table: "hook", Name: "remove", Signature: "hook:remove()",
			Doc:  "Ends the subscription; may be called twice and inside the hook. hook.hits, hook.active.",
			call: s.removeHook, method: func(t *metatables) *lua.LTable { return t.hook },
		},
		{
			Table: "event", Name: "copy", Signature: "ev:copy() -> table",
			Doc: "A plain table of the event's fields, to keep.",
		},
		{
			Table: "event", Name: "set_result", Signature: "ev:set_result(value)",
			Doc: "What the program gets from a system call: in syscall.enter together with the " +
				"verdict \"skip\", or in syscall.exit.",
			Example: `m:on("syscall.enter", function(ev)
  if ev.name == "getpid" then ev:set_result(42) return "skip" end
end)`,
		},
	}
}

// on is m:on.
func (s *state) on(ls *lua.LState) int {
	m := machineArg(ls)
	mask, err := kindsOf(ls.CheckAny(2))
	if err != nil {
		ls.RaiseError("m:on: %s", err.Error())
	}
	last := 3
	if ls.GetTop() >= 4 {
		last = 4
	}
	fn, ok := ls.Get(last).(*lua.LFunction)
	if !ok {
		ls.ArgError(last, "a function expected: m:on(kinds, [filter,] function(ev) … end)")
	}
	o := optionsOf(ls, 0, "m:on")
	if last == 4 {
		o = optionsOf(ls, 3, "m:on")
	}
	m.subscribing()
	h := &hook{m: m, number: m.hooks, fn: fn, filter: m.filterOf(o), active: true}
	o.done()
	h.keeps = h.filter.first > 0
	h.sub = m.vm.Bus().Subscribe(mask, h.listen)
	ls.Push(s.object(h, s.types.hook))
	return 1
}

// subscribing counts a subscription and charges for it: the bus walks all of them to know who listens.
func (m *machine) subscribing() {
	m.hooks++
	m.s.charge(m.hooks)
}

func (h *hook) remove() {
	h.active = false
	h.sub.Remove()
}

func (s *state) removeHook(ls *lua.LState) int {
	if ud, ok := ls.Get(1).(*lua.LUserData); ok {
		if h, isHook := ud.Value.(*hook); isHook {
			h.remove()
			return 0
		}
	}
	ls.ArgError(1, "hook expected: call it as h:remove()")
	return 0
}

func (s *state) hookType() {
	self := func(get func(h *hook) lua.LValue) func(*lua.LState, any) lua.LValue {
		return func(_ *lua.LState, v any) lua.LValue {
			h, ok := v.(*hook)
			if !ok {
				return lua.LNil
			}
			return get(h)
		}
	}
	s.properties("hook", s.types.hook, []field{
		{"hits", self(func(h *hook) lua.LValue { return s.word(h.hits) })},
		{"active", self(func(h *hook) lua.LValue { return lua.LBool(h.active) })},
	})
}

// listen is called by the bus: filter, then Lua, then the verdict. After an error the machine is on its way
// to a stop and nothing more is called.
func (h *hook) listen(ev *event.Event) event.Verdict {
	m := h.m
	if !h.active || m.failed != nil || m.s.budget.spent != nil {
		return event.Continue
	}
	if !h.filter.fits(ev, m.loading, m.symbolName) {
		return event.Continue
	}
	fire, last := h.filter.take()
	if last {
		h.remove()
	}
	if !fire {
		return event.Continue
	}
	h.hits++
	held := m.hold(ev, h.keeps)
	outer := m.inside
	m.inside = ev.Kind
	results, err := m.s.protect(h.fn, held.object)
	m.inside = outer
	m.release(held, h.keeps)
	if err == nil {
		var verdict event.Verdict
		if verdict, err = h.verdict(results, ev.Kind); err == nil {
			return verdict
		}
	}
	err.PC = uint64(ev.PC)
	err.Symbol = m.symbolOf(ev.PC)
	m.failed = err
	return event.Stop
}

// hold makes an event readable for Lua.
func (m *machine) hold(ev *event.Event, keep bool) *heldEvent {
	if keep {
		h := &heldEvent{m: m, kept: *ev}
		h.ev = &h.kept
		switch ev.Kind { //nolint:exhaustive // the kinds that speak of the registers
		case event.SyscallEnter, event.SyscallExit, event.SyscallMiss:
			h.args, h.text = m.syscallArgs(ev), h.callText()
		}
		h.object = m.s.object(h, m.s.types.event)
		return h
	}
	if m.depth == len(m.events) {
		h := &heldEvent{m: m}
		h.object = m.s.object(h, m.s.types.event)
		m.events = append(m.events, h)
	}
	h := m.events[m.depth]
	m.depth++
	h.ev = ev
	return h
}

func (m *machine) release(h *heldEvent, keep bool) {
	if keep {
		return
	}
	m.depth--
	h.ev = nil
}

// verdict reads what a hook returned.
func (h *hook) verdict(results []lua.LValue, k event.Kind) (event.Verdict, *Error) {
	if len(results) == 0 || results[0] == lua.LNil {
		return event.Continue, nil
	}
	v, err := verdictWord(results[0], k)
	if err != nil {
		e := &Error{File: h.m.s.opt.Name, Line: h.fn.Proto.LineDefined, Message: err.Error()}
		e.value = lua.LString(fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message))
		return event.Stop, e
	}
	return v, nil
}

// verdictWord reads a verdict and refuses one that events of kind k cannot honour.
func verdictWord(v lua.LValue, k event.Kind) (event.Verdict, error) {
	word, ok := v.(lua.LString)
	if !ok {
		return 0, fmt.Errorf("a hook returns nothing or a word, got a %s", v.Type().String())
	}
	words := []string{"continue", "stop", "skip", "retry", "kill"}
	for i, w := range words {
		if w != string(word) {
			continue
		}
		verdict := event.Verdict(i)
		if !honours(k, verdict) {
			return 0, fmt.Errorf("%s events cannot honour the verdict %q", k, w)
		}
		return verdict, nil
	}
	hint := "; verdicts: continue, stop, skip, retry, kill"
	if near, found := lab.Suggest(string(word), words); found {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return 0, fmt.Errorf("unknown verdict %q%s", clip(string(word)), hint)
}

// honours reports whether a verdict makes sense for a kind: anything can stop the run or kill the program,
// only what has not happened yet can be skipped, and only a fault can be tried again.
func honours(k event.Kind, v event.Verdict) bool {
	switch v {
	case event.Skip:
		return k == event.SyscallEnter || k == event.Signal || k == event.Insn
	case event.Retry:
		return k == event.PageFault
	case event.Continue, event.Stop, event.Kill:
	}
	return true
}
