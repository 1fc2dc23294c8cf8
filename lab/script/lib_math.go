package script

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"
)

// openMath passes on gopher-lua's functions that only compute. random is the script's own.
func (s *state) openMath(globals, upstream *lua.LTable) {
	t := s.L.NewTable()
	for _, name := range []string{
		"abs", "acos", "asin", "atan", "atan2", "ceil", "cos", "cosh", "deg", "exp", "floor", "fmod",
		"frexp", "ldexp",
		"log", "log10", "max", "min", "modf", "pow", "rad", "sin", "sinh", "sqrt", "tan", "tanh",
	} {
		t.RawSetString(name, upstream.RawGetString(name))
	}
	t.RawSetString("pi", lua.LNumber(math.Pi))
	t.RawSetString("huge", lua.LNumber(math.Inf(1)))
	globals.RawSetString("math", t)
}

func (s *state) mathFunctions() []Function {
	return []Function{
		{
			Table: "math", Name: "random", Signature: "math.random([m [, n]]) -> number",
			Doc: "A random number: in [0,1), from 1 to m, or from m to n. The sequence follows from " +
				"machine.seed and repeats.",
			Example: "math.random(6)", call: s.random,
		},
		{
			Table: "math", Name: "randomseed", Signature: "math.randomseed(n)",
			Doc: "Restarts the sequence.", call: s.randomseed,
		},
	}
}

func (s *state) random(ls *lua.LState) int {
	lo := lua.LNumber(1)
	var hi lua.LNumber
	switch ls.GetTop() {
	case 0:
		ls.Push(lua.LNumber(s.rng.Float64()))
		return 1
	case 1:
		hi = ls.CheckNumber(1)
	default:
		lo, hi = ls.CheckNumber(1), ls.CheckNumber(2)
	}
	lo, hi = lua.LNumber(math.Floor(float64(lo))), lua.LNumber(math.Floor(float64(hi)))
	if !(lo <= hi) || hi-lo >= 1<<53 || math.Abs(float64(lo)) > 1<<53 {
		ls.RaiseError("math.random: the interval is empty or too large")
	}
	ls.Push(lo + lua.LNumber(s.rng.Uint64N(uint64(hi-lo)+1)))
	return 1
}

func (s *state) randomseed(ls *lua.LState) int {
	s.rng = rand.New(rand.NewPCG(math.Float64bits(float64(ls.CheckNumber(1))), seedStream))
	return 0
}
