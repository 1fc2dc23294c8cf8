package script

import (
	lua "github.com/yuin/gopher-lua"
)

// coroutines are the script's coroutines that are not dead. gopher-lua's own functions do not refuse to
// resume a coroutine that waits for another (the Go stack overflows), do not bound anything, and break when a
// yield crosses a Go function, so the bookkeeping is here and only Resume and Yield are used.
type coroutines struct {
	all    map[*lua.LState]*coroutine
	active []*lua.LState // resumed and not returned, outermost first
}

type coroutine struct {
	fn     *lua.LFunction
	status string // coSuspended, "running", "normal"
}

func (s *state) coroutineFunctions() []Function {
	f := func(name, sig, doc string, call lua.LGFunction) Function {
		return Function{Table: "coroutine", Name: name, Signature: sig, Doc: doc, call: call}
	}
	return []Function{
		f("create", "coroutine.create(f) -> thread", "A coroutine, suspended.", s.coCreate),
		f("resume", "coroutine.resume(co, ...) -> true, results | false, error",
			"Runs it until it yields or ends.", s.coResume),
		f("running", "coroutine.running() -> thread | nil", "The coroutine that runs; nil outside of one.",
			s.coRunning),
		f("status", "coroutine.status(co) -> string", "running, suspended, normal or dead.", s.coStatus),
		f("wrap", "coroutine.wrap(f) -> function", "A function that resumes and raises errors.", s.coWrap),
		f("yield", "coroutine.yield(...) -> values",
			"Suspends; not across pcall, a hook, a sort or another function of memlab.", s.coYield),
	}
}

func (s *state) newCoroutine(ls *lua.LState) *lua.LState {
	fn := ls.CheckFunction(1)
	if len(s.co.all) >= maxCoroutines {
		s.limit(ls, "coroutines", itoa(len(s.co.all)+1), itoa(maxCoroutines))
	}
	if s.co.all == nil {
		s.co.all = make(map[*lua.LState]*coroutine)
	}
	th := s.thread()
	s.charge(200) // it is some 20 KiB
	s.co.all[th] = &coroutine{fn: fn, status: coSuspended}
	return th
}

func (s *state) coCreate(ls *lua.LState) int {
	ls.Push(s.newCoroutine(ls))
	return 1
}

func (s *state) coResume(ls *lua.LState) int {
	th := ls.CheckThread(1)
	args := make([]lua.LValue, 0, ls.GetTop())
	for i := 2; i <= ls.GetTop(); i++ {
		args = append(args, ls.Get(i))
	}
	results, problem := s.resume(ls, th, args)
	if problem != nil {
		ls.Push(lua.LFalse)
		ls.Push(problem)
		return 2
	}
	return s.pushAll(ls, lua.LTrue, results)
}

func (s *state) coWrap(ls *lua.LState) int {
	th := s.newCoroutine(ls)
	ls.Push(ls.NewFunction(func(ls *lua.LState) int {
		args := make([]lua.LValue, ls.GetTop())
		for i := range args {
			args[i] = ls.Get(i + 1)
		}
		results, problem := s.resume(ls, th, args)
		if problem != nil {
			ls.Error(problem, 0)
		}
		for _, v := range results {
			ls.Push(v)
		}
		return len(results)
	}))
	return 1
}

// resume runs th until it yields, ends or fails; problem is then what it threw.
func (s *state) resume(ls, th *lua.LState, args []lua.LValue) (results []lua.LValue, problem lua.LValue) {
	co := s.co.all[th]
	switch {
	case co == nil:
		return nil, lua.LString("cannot resume dead coroutine")
	case co.status != coSuspended:
		return nil, lua.LString("cannot resume " + co.status + " coroutine")
	case len(s.co.active) >= maxResume:
		s.limit(ls, "coroutine depth", itoa(maxResume+1), itoa(maxResume))
	}
	if n := len(s.co.active); n > 0 {
		s.co.all[s.co.active[n-1]].status = "normal"
	}
	s.co.active = append(s.co.active, th)
	co.status = "running"
	depth := len(s.running)
	s.enter(th)
	s.L.G.CurrentThread = ls // Resume sets it itself, and refuses when it is th
	state, results, err := s.step(ls, th, co.fn, args)
	s.L.G.CurrentThread = ls
	s.running = s.running[:depth]
	s.co.active = s.co.active[:len(s.co.active)-1]
	if n := len(s.co.active); n > 0 {
		s.co.all[s.co.active[n-1]].status = "running"
	}
	co.status = coSuspended
	if state != lua.ResumeYield {
		delete(s.co.all, th)
	}
	s.raiseSpent(ls)
	if err != nil {
		return nil, err
	}
	return results, nil
}

// step is Resume with Go panics caught: what gopher-lua leaves behind when a yield crosses something it
// cannot.
func (s *state) step(ls, th *lua.LState, fn *lua.LFunction, args []lua.LValue) (
	state lua.ResumeState, results []lua.LValue, thrown lua.LValue,
) {
	top := ls.GetTop()
	defer func() {
		if rcv := recover(); rcv != nil {
			ls.SetTop(top)
			state, results = lua.ResumeError, nil
			thrown = lua.LString("attempt to yield across a metamethod, an iterator or a call of memlab")
		}
	}()
	state, err, results := ls.Resume(th, fn, args...)
	if err != nil {
		api, ok := err.(*lua.ApiError) //nolint:errorlint // Resume returns it as it is
		if !ok {
			return lua.ResumeError, nil, lua.LString(err.Error())
		}
		return lua.ResumeError, nil, api.Object
	}
	if len(results) == 1 && results[0] == lua.LNil {
		results = nil // Resume's way to say: none
	}
	return state, results, nil
}

func (s *state) coYield(ls *lua.LState) int {
	n := len(s.co.active)
	if n == 0 || s.co.active[n-1] != ls {
		ls.RaiseError("attempt to yield from outside a coroutine, or across pcall, a hook or a test")
	}
	for i := 1; ; i++ { // 0 is yield itself
		dbg, ok := ls.GetStack(i)
		if !ok {
			break
		}
		if _, err := ls.GetInfo("S", dbg, lua.LNil); err == nil && dbg.What == "G" {
			ls.RaiseError("attempt to yield across a call of memlab")
		}
	}
	return -1
}

func (s *state) coRunning(ls *lua.LState) int {
	if n := len(s.co.active); n > 0 {
		ls.Push(s.co.active[n-1])
	} else {
		ls.Push(lua.LNil)
	}
	return 1
}

func (s *state) coStatus(ls *lua.LState) int {
	th := ls.CheckThread(1)
	if co := s.co.all[th]; co != nil {
		ls.Push(lua.LString(co.status))
	} else {
		ls.Push(lua.LString("dead"))
	}
	return 1
}
