package script

import (
	"fmt"
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/vm"
	"memlab/vm/linux"
)

// The types that a called function can return.
const (
	returnsULong  = "ulong"
	returnsDouble = "double"
	returnsFloat  = "float"
)

// callFunction is p:call.
func (s *state) callFunction(ls *lua.LState) int {
	const what = "p:call"
	p := processArg(ls)
	m := p.m
	if m.running || m.loading {
		ls.RaiseError("%s: the machine is running: a hook cannot call a function", what)
	}
	fn := p.address(ls, ls.Get(2))
	top := ls.GetTop()
	opt := &options{what: what, L: ls}
	if t, ok := ls.Get(top).(*lua.LTable); ok && top > 2 && !isArgument(t) {
		opt.t = t
		top--
	}
	returns := opt.str("returns", returnsULong)
	ro := vm.RunOptions{Steps: opt.count("steps", 0), Cancelled: m.mayGoOn}
	opt.done()
	mode32 := p.vm.CPU().Mode32
	if why := returnable(returns, mode32); why != "" {
		ls.RaiseError("%s: returns: %s", what, why)
	}
	var args []vm.CallArg
	for i := 3; i <= top; i++ {
		args = append(args, p.callArg(ls, i, ls.Get(i)))
	}
	var r vm.CallResult
	m.drive(ls, what, func() (err error) {
		r, err = p.vm.Call(fn, args, ro)
		return err
	})
	if !r.Returned {
		ls.Push(lua.LNil)
		ls.Push(lua.LString(clip(p.notReturned(r.Reason))))
		return 2
	}
	if returns == "void" {
		return 0
	}
	ls.Push(s.returned(returns, &r, mode32))
	return 1
}

// isArgument tells an argument that is a table from the options.
func isArgument(t *lua.LTable) bool {
	for _, name := range []string{returnsDouble, returnsFloat, "address"} {
		if t.RawGetString(name) != lua.LNil {
			return true
		}
	}
	return false
}

// returnable says what is wrong with a type.
func returnable(word string, mode32 bool) string {
	known := []string{"void", "bool", "int", "uint", "long", returnsULong, returnsDouble, returnsFloat}
	switch {
	case !slices.Contains(known, word):
		return fmt.Sprintf("%q is not allowed; allowed: %s", clip(word), strings.Join(known, ", "))
	case mode32 && (word == returnsDouble || word == returnsFloat):
		return fmt.Sprintf("%q of an i386 function is in the x87 registers, which are not read", word)
	}
	return ""
}

// callArg reads argument i.
func (p *process) callArg(ls *lua.LState, i int, v lua.LValue) vm.CallArg {
	switch v := v.(type) {
	case lua.LBool:
		if v {
			return vm.CallArg{Word: 1}
		}
		return vm.CallArg{}
	case lua.LString:
		return vm.CallArg{Text: []byte(v)}
	case *lua.LTable:
		if n, ok := v.RawGetString(returnsDouble).(lua.LNumber); ok {
			return vm.CallArg{Word: math.Float64bits(float64(n)), Double: true}
		}
		if n, ok := v.RawGetString(returnsFloat).(lua.LNumber); ok {
			return vm.CallArg{Word: uint64(math.Float32bits(float32(n))), Float: true}
		}
		if at := v.RawGetString("address"); at != lua.LNil {
			return vm.CallArg{Word: uint64(p.address(ls, at))}
		}
	default:
		w, err := toWord(v)
		if err == nil {
			return vm.CallArg{Word: w}
		}
		ls.ArgError(i, err.Error()+"; a floating-point argument is {double = x}")
	}
	ls.ArgError(i, "an argument is a number, a u64, a text, {double = x}, {float = x} or {address = a}")
	return vm.CallArg{}
}

// returned is the result as the type says.
func (s *state) returned(word string, r *vm.CallResult, mode32 bool) lua.LValue {
	switch word {
	case "bool":
		return lua.LBool(r.Word&0xff != 0)
	case "int":
		return lua.LNumber(int32(uint32(r.Word)))
	case "uint":
		return lua.LNumber(uint32(r.Word))
	case "long":
		v := int64(r.Word)
		if mode32 {
			v = int64(int32(uint32(r.Word)))
		}
		if v < 0 && v > -1<<53 {
			return lua.LNumber(v)
		}
		return s.word(uint64(v))
	case returnsDouble:
		return lua.LNumber(math.Float64frombits(r.Double))
	case returnsFloat:
		return lua.LNumber(math.Float32frombits(uint32(r.Double)))
	}
	if mode32 {
		return s.word(r.Word & (1<<32 - 1))
	}
	return s.word(r.Word)
}

// notReturned says why a function did not come back.
func (p *process) notReturned(reason vm.StopReason) string {
	ended, exit := p.vm.Exited()
	switch {
	case !ended:
		return reason.String()
	case exit.Signal == 0:
		return fmt.Sprintf("exited with %d", exit.Code)
	case exit.Report != "":
		return exit.Report
	}
	return "killed by " + linux.SignalName(exit.Signal)
}
