package script

import (
	"io"
	"math/rand/v2"
	"slices"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// state is one script: its Lua state and everything that belongs to it.
type state struct {
	opt    Options
	L      *lua.LState // the main thread
	budget *budget
	soft   *LimitError // the soft limit that was raised last
	origin *Error      // the error with a guest position that was raised last

	helpers []*lua.LState // threads that nobody uses (protect.go)
	running []*lua.LState // threads in protected calls and coroutines under way, outermost first
	co      coroutines
	out     output // of print, and of guests that inherit it
	errs    output // of guests that inherit it
	rng     *rand.Rand
	interns interns
	ids     identities
	types   metatables
	concat  *lua.LFunction

	machines []*machine
	suite    suite
	ended    error // what Run returned
}

// metatables are those of the host types. Each is locked: getmetatable shows a word, setmetatable refuses.
type metatables struct {
	u64, machine, process, hook, event, counter, registers, fault, failure *lua.LTable
}

// setArrayBound bounds the array part of all Lua tables of this process: gopher-lua has only a package
// variable for it.
//
//nolint:gochecknoglobals // see above
var setArrayBound = sync.OnceFunc(func() { lua.MaxArrayIndex = maxArray })

// newState makes a sandboxed Lua state: nothing is in it that is not listed in functions().
func newState(o Options) *state {
	setArrayBound()
	s := &state{opt: o}
	if s.opt.Stdout == nil {
		s.opt.Stdout = io.Discard
	}
	if s.opt.Stderr == nil {
		s.opt.Stderr = io.Discard
	}
	s.out = output{w: s.opt.Stdout, allowed: noLimits(o.Config.Limits).Output}
	s.errs = output{w: s.opt.Stderr, allowed: s.out.allowed}
	s.rng = rand.New(rand.NewPCG(o.Config.Machine.Seed, seedStream))
	s.budget = newBudget(o.Config.Limits, o.Expired, s.where)
	s.L = lua.NewState(lua.Options{
		SkipOpenLibs: true, CallStackSize: callStack,
		RegistrySize: 1024, RegistryMaxSize: maxRegistry, RegistryGrowStep: 1024,
	})
	s.L.G.MainThread, s.L.G.CurrentThread = s.L, s.L
	// Threads begin small: helpers and coroutines may be many.
	s.L.Options.RegistrySize = 256
	s.L.SetContext(s.budget)
	s.openLibraries()
	return s
}

// seedStream tells the generator of math.random from other uses of the machine's seed.
const seedStream = 0x6c7561 // "lua"

// openLibraries fills the globals, in a written order, so that pairs(_G) is the same on every host.
func (s *state) openLibraries() {
	upstream := s.upstream()
	globals := s.L.NewTable()
	s.L.G.Global, s.L.Env = globals, globals
	s.makeTypes()
	for _, name := range []string{
		"ipairs", "next", "pairs", "rawequal", "rawget", "rawset", "select",
		"type",
	} {
		globals.RawSetString(name, upstream.RawGetString(name))
	}
	if t, ok := upstream.RawGetString("math").(*lua.LTable); ok {
		s.openMath(globals, t)
	}
	globals.RawSetString("_G", globals)
	globals.RawSetString("_VERSION", lua.LString(lua.LuaVersion))
	for _, f := range s.functions() {
		s.register(globals, f)
	}
	s.openAssert(globals)
	s.concat = s.L.NewFunction(s.concatOperands)
	s.lockStrings(globals)
}

// upstream is what gopher-lua's own base and math libraries have; most of it is not passed on.
func (s *state) upstream() *lua.LTable {
	for _, open := range []lua.LGFunction{lua.OpenBase, lua.OpenMath} {
		s.L.Push(s.L.NewFunction(open))
		s.L.Call(0, 0)
	}
	return s.L.G.Global
}

// lockStrings gives strings their methods: from a table of their own, so that a script that changes `string`
// changes nothing for anybody else.
func (s *state) lockStrings(globals *lua.LTable) {
	methods := s.L.NewTable()
	if lib, ok := globals.RawGetString("string").(*lua.LTable); ok {
		each(lib, func(k, v lua.LValue) { methods.RawSet(k, v) })
	}
	mt := s.L.NewTable()
	mt.RawSetString("__index", methods)
	mt.RawSetString("__metatable", lua.LString("locked"))
	s.L.SetMetatable(lua.LString(""), mt)
}

// register puts a function where its name says: a global, a field of a library table, or a method of a host
// type.
func (s *state) register(globals *lua.LTable, f Function) {
	if f.call == nil {
		return // documentation of something that is not a plain function
	}
	fn := s.L.NewFunction(f.call)
	switch {
	case f.Table == "":
		globals.RawSetString(f.Name, fn)
	case f.method != nil:
		f.method(&s.types).RawSetString(f.Name, fn)
	default:
		t, ok := globals.RawGetString(f.Table).(*lua.LTable)
		if !ok {
			t = s.L.NewTable()
			globals.RawSetString(f.Table, t)
		}
		t.RawSetString(f.Name, fn)
	}
}

// makeTypes makes the metatables of the host types.
func (s *state) makeTypes() {
	for _, p := range []**lua.LTable{
		&s.types.u64, &s.types.machine, &s.types.process, &s.types.hook, &s.types.event, &s.types.counter,
		&s.types.registers, &s.types.fault, &s.types.failure,
	} {
		*p = s.L.NewTable()
		(*p).RawSetString("__metatable", lua.LString("locked"))
	}
}

// object wraps a Go value for Lua.
func (s *state) object(v any, mt *lua.LTable) *lua.LUserData {
	return &lua.LUserData{Value: v, Env: s.L.Env, Metatable: mt}
}

// output is where print writes, as far as it may.
type output struct {
	w       io.Writer
	used    uint64
	allowed uint64
	err     error // of w
}

// write passes text on; false: the limit is reached.
func (o *output) write(text string) bool {
	if o.used+uint64(len(text)) > o.allowed {
		return false
	}
	o.used += uint64(len(text))
	if o.err == nil {
		_, o.err = io.WriteString(o.w, text)
	}
	return true
}

// Function describes one function of the Lua API. The bindings and the reference come from the same list.
type Function struct {
	Table     string // library table ("string"), type (onMachine), or "" for a global
	Name      string
	Signature string // as a reader calls it: m:run{until_=, steps=} -> reason
	Doc       string
	Example   string

	call   lua.LGFunction
	method func(*metatables) *lua.LTable // of a type: its table of methods; nil: Table is a library
}

// Functions lists the Lua API in the order of the reference.
func Functions() []Function { return new(state).functions() }

func (s *state) functions() []Function {
	return slices.Concat(
		s.testFunctions(), s.assertFunctions(), s.machineFunctions(), s.processFunctions(),
		s.elfFunctions(), s.linkFunctions(), s.objectFunctions(),
		s.memoryFunctions(), s.disasmFunctions(), s.hookFunctions(),
		s.wordFunctions(), s.bitFunctions(), s.baseFunctions(), s.stringFunctions(), s.tableFunctions(),
		s.mathFunctions(), s.coroutineFunctions(),
	)
}
