package script

import (
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// assertions are all words after assert: about values here, about machines in assert_machine.go.
func (s *state) assertions() []assertion {
	list := []assertion{
		{
			names: []string{"equals", "equal"}, args: "expected, actual [, message]",
			doc: "The same value, as ==.", message: 3, check: checkEqual,
		},
		{
			names: []string{"same"}, args: "expected, actual [, message]",
			doc: "The same value; tables by their contents.", message: 3, check: checkSame,
		},
		{
			names: []string{"near"}, args: "expected, actual, tolerance [, message]",
			doc: "Numbers no farther apart than the tolerance.", message: 4, check: checkNear,
		},
		{
			names: []string{"true"}, args: oneValueArgs, doc: "Exactly true.", message: 2,
			check: checkIs("true", func(v lua.LValue) bool { return v == lua.LTrue }),
		},
		{
			names: []string{"false"}, args: oneValueArgs, doc: "Exactly false.", message: 2,
			check: checkIs("false", func(v lua.LValue) bool { return v == lua.LFalse }),
		},
		{
			names: []string{"nil"}, args: oneValueArgs, doc: "Exactly nil.", message: 2,
			check: checkIs("nil", func(v lua.LValue) bool { return v == lua.LNil }),
		},
		{
			names: []string{"truthy"}, args: oneValueArgs, doc: "Neither nil nor false.", message: 2,
			check: checkIs("a true value", lua.LVAsBool),
		},
		{
			names: []string{"falsy"}, args: oneValueArgs, doc: "nil or false.", message: 2,
			check: checkIs("nil or false", lua.LVIsFalse),
		},
		{
			names: []string{"matches", "match"}, args: "pattern, text [, message]",
			doc: "The text has a match of the Lua pattern.", message: 3, check: checkMatches,
		},
		{
			names: []string{nameError, "errors"}, args: "function [, part of the message]",
			doc: "The function raises. Returns the error.", check: checkError,
		},
		order("greater_than", "greater", "above", func(c int) bool { return c > 0 }),
		order("less_than", "less", "below", func(c int) bool { return c < 0 }),
		order("at_least", "greater_or_equal", "at least", func(c int) bool { return c >= 0 }),
		order("at_most", "less_or_equal", "at most", func(c int) bool { return c <= 0 }),
	}
	for _, t := range []string{"number", "string", "table", "function", "boolean"} {
		list = append(list, assertion{
			names: []string{t}, args: oneValueArgs, doc: "A value of this type.", message: 2,
			check: checkIs("a "+t, func(v lua.LValue) bool { return v.Type().String() == t }),
		})
	}
	return append(list, s.machineAssertions()...)
}

func checkEqual(c *assertCall) (bool, failure) {
	want, got := c.arg(1), c.arg(2)
	return c.L.Equal(want, got), failure{
		Message: "equal values expected", Expected: c.s.show(want),
		Actual: c.s.show(got),
	}
}

func checkSame(c *assertCall) (bool, failure) {
	want, got := c.arg(1), c.arg(2)
	return c.s.same(want, got, 0), failure{
		Message: "the same contents expected", Expected: c.s.show(want),
		Actual: c.s.show(got),
	}
}

func checkIs(what string, is func(lua.LValue) bool) func(*assertCall) (bool, failure) {
	return func(c *assertCall) (bool, failure) {
		v := c.arg(1)
		return is(v), failure{Message: what + " expected", Expected: what, Actual: c.s.show(v)}
	}
}

func checkNear(c *assertCall) (bool, failure) {
	want, got, tol := c.number(1), c.number(2), c.number(3)
	return math.Abs(want-got) <= tol, failure{
		Message:  "near values expected",
		Expected: fmt.Sprintf("%s ± %s", c.s.show(c.arg(1)), c.s.show(c.arg(3))), Actual: c.s.show(c.arg(2)),
	}
}

// number is a number or u64 argument as a float.
func (c *assertCall) number(n int) float64 {
	if w, ok := wordOf(c.arg(n)); ok {
		return float64(w)
	}
	return float64(c.L.CheckNumber(n))
}

// order is an assertion about (actual, bound).
func order(name, other, word string, holds func(cmp int) bool) assertion {
	return assertion{
		names: []string{name, other}, args: "actual, bound [, message]",
		doc: "actual is " + word + " bound.", message: 3,
		check: func(c *assertCall) (bool, failure) {
			a, b := c.number(1), c.number(2)
			wa, isA := wordOf(c.arg(1))
			wb, isB := wordOf(c.arg(2))
			words := isA && isB
			cmp := 0
			switch {
			case words && wa < wb, !words && a < b:
				cmp = -1
			case words && wa > wb, !words && a > b:
				cmp = 1
			}
			return holds(cmp) && !math.IsNaN(a) && !math.IsNaN(b), failure{
				Message:  "a value " + word + " the bound expected",
				Expected: word + " " + c.s.show(c.arg(2)), Actual: c.s.show(c.arg(1)),
			}
		},
	}
}

func checkMatches(c *assertCall) (bool, failure) {
	pattern, text := c.s.str(c.L, 1), c.s.str(c.L, 2)
	m := matcher{s: c.s, L: c.L, src: text, pat: pattern}
	anchored := m.anchor()
	found := false
	for i := 0; i <= len(text) && !found; i++ {
		m.level = 0
		found = m.match(i, 0) != noMatch
		if anchored {
			break
		}
	}
	return found, failure{
		Message: "a match expected", Expected: "a match of " + c.s.show(c.arg(1)),
		Actual: c.s.show(c.arg(2)),
	}
}

func checkError(c *assertCall) (bool, failure) {
	fn := c.L.CheckAny(1)
	part := ""
	if c.arg(2) != lua.LNil {
		part = c.s.str(c.L, 2)
	}
	_, err := c.s.protect(fn)
	c.s.raiseSpent(c.L)
	want := "an error"
	if part != "" {
		want = fmt.Sprintf("an error with %q in its message", part)
	}
	if err == nil {
		return false, failure{Message: "an error expected", Expected: want, Actual: "no error"}
	}
	if !c.negated {
		c.L.Push(err.thrown())
		c.results = 1
	}
	text := err.Message
	if err.value != nil {
		text = c.s.plain(err.value)
	}
	return strings.Contains(text, part), failure{
		Message: "another error expected", Expected: want,
		Actual: fmt.Sprintf("the error %q", clip(text)),
	}
}
