package script

import (
	lua "github.com/yuin/gopher-lua"
)

// coroutines are the script's coroutines that are not dead. gopher-lua's own functions do not refuse to resume a
// coroutine that waits for another (the Go stack overflows), do not bound anything, and break when a yield crosses a
// Go function, so the bookkeeping is here and only Resume and Yield are used.
type coroutines struct {
	all    map[*lua.LState]*coroutine
	active []*lua.LState // resumed and not returned, outermost first
}

type coroutine struct {
	fn     *lua.LFunction
	status string // "suspended", "running", "normal"
}

func (s *state) coroutineFunctions() []Function {
	f := func(name, sig, doc string, call lua.LGFunction) Function {
		return Function{Table: "coroutine", Name: name, Signature: sig, Doc: doc, call: call}
	}
	return []Function{
		f("create", "coroutine.create(f) -> thread", "A coroutine, suspended.", s.coCreate),
		f("resume", "coroutine.resume(co, ...) -> true, results | false, error", "Runs it until it yields or ends.", s.coResume),
		f("running", "coroutine.running() -> thread | nil", "The coroutine that runs; nil outside of one.", s.coRunning),
		f("status", "coroutine.status(co) -> string", "running, suspended, normal or dead.", s.coStatus),
		f("wrap", "coroutine.wrap(f) -> function", "A function that resumes and raises errors.", s.coWrap),
		f("yield", "coroutine.yield(...) -> values", "Suspends; not across pcall, a hook, a sort or another function of memlab.", s.coYield),
	}
}

func (s *state) newCoroutine(L *lua.LState) *lua.LState {
	fn := L.CheckFunction(1)
	if len(s.co.all) >= maxCoroutines {
		s.limit(L, "coroutines", itoa(len(s.co.all)+1), itoa(maxCoroutines))
	}
	if s.co.all == nil {
		s.co.all = make(map[*lua.LState]*coroutine)
	}
	th := s.thread()
	s.charge(200) // it is some 20 KiB
	s.co.all[th] = &coroutine{fn: fn, status: "suspended"}
	return th
}

func (s *state) coCreate(L *lua.LState) int {
	L.Push(s.newCoroutine(L))
	return 1
}

func (s *state) coResume(L *lua.LState) int {
	th := L.CheckThread(1)
	args := make([]lua.LValue, 0, L.GetTop())
	for i := 2; i <= L.GetTop(); i++ {
		args = append(args, L.Get(i))
	}
	results, problem := s.resume(L, th, args)
	if problem != nil {
		L.Push(lua.LFalse)
		L.Push(problem)
		return 2
	}
	return s.pushAll(L, lua.LTrue, results)
}

func (s *state) coWrap(L *lua.LState) int {
	th := s.newCoroutine(L)
	L.Push(L.NewFunction(func(L *lua.LState) int {
		args := make([]lua.LValue, L.GetTop())
		for i := range args {
			args[i] = L.Get(i + 1)
		}
		results, problem := s.resume(L, th, args)
		if problem != nil {
			L.Error(problem, 0)
		}
		for _, v := range results {
			L.Push(v)
		}
		return len(results)
	}))
	return 1
}

// resume runs th until it yields, ends or fails; problem is then what it threw.
func (s *state) resume(L, th *lua.LState, args []lua.LValue) (results []lua.LValue, problem lua.LValue) {
	co := s.co.all[th]
	switch {
	case co == nil:
		return nil, lua.LString("cannot resume dead coroutine")
	case co.status != "suspended":
		return nil, lua.LString("cannot resume " + co.status + " coroutine")
	case len(s.co.active) >= maxResume:
		s.limit(L, "coroutine depth", itoa(maxResume+1), itoa(maxResume))
	}
	if n := len(s.co.active); n > 0 {
		s.co.all[s.co.active[n-1]].status = "normal"
	}
	s.co.active = append(s.co.active, th)
	co.status = "running"
	depth := len(s.running)
	s.enter(th)
	s.L.G.CurrentThread = L // Resume sets it itself, and refuses when it is th
	state, results, err := s.step(L, th, co.fn, args)
	s.L.G.CurrentThread = L
	s.running = s.running[:depth]
	s.co.active = s.co.active[:len(s.co.active)-1]
	if n := len(s.co.active); n > 0 {
		s.co.all[s.co.active[n-1]].status = "running"
	}
	co.status = "suspended"
	if state != lua.ResumeYield {
		delete(s.co.all, th)
	}
	s.raiseSpent(L)
	if err != nil {
		return nil, err
	}
	return results, nil
}

// step is Resume with Go panics caught: what gopher-lua leaves behind when a yield crosses something it cannot.
func (s *state) step(L, th *lua.LState, fn *lua.LFunction, args []lua.LValue) (
	state lua.ResumeState, results []lua.LValue, thrown lua.LValue,
) {
	top := L.GetTop()
	defer func() {
		if rcv := recover(); rcv != nil {
			L.SetTop(top)
			state, results = lua.ResumeError, nil
			thrown = lua.LString("attempt to yield across a metamethod, an iterator or a call of memlab")
		}
	}()
	state, err, results := L.Resume(th, fn, args...)
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

func (s *state) coYield(L *lua.LState) int {
	n := len(s.co.active)
	if n == 0 || s.co.active[n-1] != L {
		L.RaiseError("attempt to yield from outside a coroutine, or across pcall, a hook or a test")
	}
	for i := 1; ; i++ { // 0 is yield itself
		dbg, ok := L.GetStack(i)
		if !ok {
			break
		}
		if _, err := L.GetInfo("S", dbg, lua.LNil); err == nil && dbg.What == "G" {
			L.RaiseError("attempt to yield across a call of memlab")
		}
	}
	return -1
}

func (s *state) coRunning(L *lua.LState) int {
	if n := len(s.co.active); n > 0 {
		L.Push(s.co.active[n-1])
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

func (s *state) coStatus(L *lua.LState) int {
	th := L.CheckThread(1)
	if co := s.co.all[th]; co != nil {
		L.Push(lua.LString(co.status))
	} else {
		L.Push(lua.LString("dead"))
	}
	return 1
}
