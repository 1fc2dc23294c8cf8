package script

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// protect calls fn on a helper thread and catches what it throws (doc.go says why it needs a thread of its
// own). It is the one gate from Go into Lua for everything that may fail: depth is bounded, a Go panic
// becomes an error, and a spent budget is left for the caller to see: after every protect that failed,
// raiseSpent re-raises it.
func (s *state) protect(fn lua.LValue, args ...lua.LValue) (results []lua.LValue, err *Error) {
	if len(s.running) >= maxProtect {
		return nil, &Error{
			File: s.opt.Name, Line: s.lineNow(), Message: "stack overflow",
			value: lua.LString("stack overflow"),
		}
	}
	th := s.helper()
	outer := s.enter(th)
	depth := len(s.running)
	whole := false
	defer func() {
		if rcv := recover(); rcv != nil {
			// PCall let it out: its own unwinding failed. The helper is lost, everything around it is sound.
			results, err = nil, &Error{
				File: s.opt.Name, Line: s.lineNow(), Message: "registry overflow",
				value: lua.LString("registry overflow"),
			}
		}
		s.running = s.running[:depth-1]
		s.L.G.CurrentThread = outer
		if whole {
			s.helpers = append(s.helpers, th)
		}
	}()
	th.SetTop(0)
	th.Push(fn)
	for _, a := range args {
		th.Push(a)
	}
	if e := th.PCall(len(args), lua.MultRet, nil); e != nil {
		whole = true
		lerr := s.fromLua(e)
		if f, ok := fn.(*lua.LFunction); ok && f.IsG {
			lerr.nameless()
		}
		for i := len(s.running) - 2; i >= 0; i-- {
			lerr.Traceback = join(lerr.Traceback, s.frames(s.running[i]))
		}
		if lerr.Line == 0 {
			lerr.Line = s.lineNow()
		}
		th.SetTop(0)
		return nil, lerr
	}
	for i := 1; i <= th.GetTop(); i++ {
		results = append(results, th.Get(i))
	}
	th.SetTop(0)
	whole = true
	return results, nil
}

// nameless mends the message of a host function that was called directly, as in pcall(f): gopher-lua puts an
// empty position before it and takes it for the main chunk.
func (e *Error) nameless() {
	text, ok := e.value.(lua.LString)
	if !ok {
		return
	}
	mend := func(t string) string {
		return strings.Replace(strings.TrimPrefix(t, " "), " to main chunk (", " (", 1)
	}
	e.value, e.Message = lua.LString(mend(string(text))), mend(e.Message)
}

// helper takes a thread that nobody uses.
func (s *state) helper() *lua.LState {
	if n := len(s.helpers); n > 0 {
		th := s.helpers[n-1]
		s.helpers = s.helpers[:n-1]
		return th
	}
	return s.thread()
}

// thread makes a thread on the script's budget.
func (s *state) thread() *lua.LState {
	th, _ := s.L.NewThread()
	th.SetContext(s.budget)
	return th
}

// frames lists the Lua frames of a thread.
func (s *state) frames(th *lua.LState) string {
	out := ""
	for i := range 10 {
		dbg, ok := th.GetStack(i)
		if !ok {
			break
		}
		if _, err := th.GetInfo("Sl", dbg, lua.LNil); err != nil || dbg.CurrentLine <= 0 {
			continue
		}
		out = join(out, fmt.Sprintf("%s:%d: called from here", dbg.Source, dbg.CurrentLine))
	}
	return out
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// enter makes th the thread that runs, and returns the one that did.
func (s *state) enter(th *lua.LState) (outer *lua.LState) {
	outer = s.L.G.CurrentThread
	s.L.G.CurrentThread = th
	s.running = append(s.running, th)
	return outer
}

// where is the line that runs now: of the innermost Lua function.
func (s *state) where() (string, int) { return s.opt.Name, s.lineNow() }

func (s *state) lineNow() int {
	for _, th := range slices.Backward(s.running) {
		if line := s.line(th); line > 0 {
			return line
		}
	}
	return 0
}

// line is the line of the innermost function of the scenario itself on a thread; 0: none.
func (s *state) line(th *lua.LState) int {
	for i := 0; ; i++ {
		dbg, ok := th.GetStack(i)
		if !ok {
			return 0
		}
		if _, err := th.GetInfo("Sl", dbg, lua.LNil); err == nil && dbg.CurrentLine > 0 {
			return dbg.CurrentLine
		}
	}
}

// charge takes library work off the budget; when that spends it, it raises.
func (s *state) charge(n int) {
	if !s.budget.charge(n) {
		s.raiseSpent(s.L.G.CurrentThread)
	}
}

// raiseSpent raises when the budget is spent. Whoever has caught an error calls it, so that nothing outlives
// a hard limit.
func (s *state) raiseSpent(th *lua.LState) {
	if s.budget.spent == nil {
		return
	}
	if th == nil {
		th = s.L
	}
	th.RaiseError("%s", s.budget.spent.text())
}

// limit raises a soft limit: an error that Lua may catch, and that ends the script as a limit if it does not.
func (s *state) limit(ls *lua.LState, kind, used, allowed string) {
	s.soft = &LimitError{Kind: kind, File: s.opt.Name, Used: used, Allowed: allowed}
	ls.RaiseError("%s", s.soft.text())
}
