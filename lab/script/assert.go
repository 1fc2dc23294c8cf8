package script

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
)

// failure is an assertion that did not hold: the error value that it raises.
type failure struct {
	Message          string
	Expected, Actual string // "": the message says it all
	Line             int
	doing            []string
}

// String is what a script sees that catches it.
func (f *failure) String() string {
	t := f.Message
	if f.Expected != "" || f.Actual != "" {
		t += "\nexpected: " + f.Expected + "\nactual:   " + f.Actual
	}
	return t
}

// assertion is one word after assert. check returns nil when it holds; negated is asked for by is_not and the
// like.
type assertion struct {
	names   []string
	args    string
	doc     string
	check   func(c *assertCall) (held bool, f failure)
	oneway  bool // has no negated form
	message int  // index of the optional message argument; 0: none
}

// assertFunctions document the assertions for the reference.
func (s *state) assertFunctions() []Function {
	list := []Function{{
		Name: "assert", Signature: "assert(condition [, message]) -> condition, …",
		Doc: "Raises unless the condition is true. The words below are its fields; is, are, has, does and " +
			"not may stand before them: assert.is_not.equal(a, b).",
	}}
	for _, a := range s.assertions() {
		list = append(list, Function{
			Table: "assert", Name: a.names[0],
			Signature: "assert." + spoken(a.names[0]) + "(" + a.args + ")", Doc: a.doc,
		})
	}
	return list
}

// spoken is a word as one writes it: assert.is_true, since true is a keyword.
func spoken(name string) string {
	switch name {
	case "true", "false", "nil", "function":
		return "is_" + name
	case nameError:
		return "has_error"
	}
	return name
}

// assertCall is one use of an assertion.
type assertCall struct {
	s       *state
	L       *lua.LState
	negated bool
	results int // values that the assertion returns, on the stack
}

func (c *assertCall) arg(n int) lua.LValue { return c.L.Get(n) }

// openAssert makes the global assert: a function as in Lua, and a family of words as in luassert. Words like
// is, are, has and not are read as part of a name: assert.is_not.equal, assert.are.same, assert.not_equal.
func (s *state) openAssert(globals *lua.LTable) {
	list := s.assertions()
	byName := make(map[string]*assertion)
	var names []string
	for i := range list {
		for _, n := range list[i].names {
			byName[n] = &list[i]
			names = append(names, n)
		}
	}
	cache := make(map[string]lua.LValue)
	var chain func(prefix string) lua.LValue
	chain = func(prefix string) lua.LValue {
		mt := s.L.NewTable()
		mt.RawSetString("__metatable", lua.LString("locked"))
		mt.RawSetString("__index", s.L.NewFunction(func(ls *lua.LState) int {
			name := prefix + ls.Get(2).String()
			if v := cache[name]; v != nil {
				ls.Push(v)
				return 1
			}
			var v lua.LValue
			a, negated, linked := s.resolveAssertion(name, byName)
			switch {
			case a != nil:
				v = s.L.NewFunction(s.assertFunction(a, negated))
			case linked:
				v = chain(name + "_")
			default:
				hint := ""
				if near, ok := lab.Suggest(strings.TrimPrefix(name, prefix), names); ok {
					hint = fmt.Sprintf("; did you mean %q?", near)
				}
				ls.RaiseError("there is no assertion %q%s", clip(name), hint)
			}
			cache[name] = v
			ls.Push(v)
			return 1
		}))
		if prefix == "" {
			mt.RawSetString("__call", s.L.NewFunction(s.assertPlain))
		}
		return s.object(assertWord(strings.TrimSuffix(prefix, "_")), mt)
	}
	globals.RawSetString("assert", chain(""))
	s.failureType()
}

// failureType lets a script that caught a failure read it and use it as text.
func (s *state) failureType() {
	read := func(get func(f *failure) lua.LValue) func(*lua.LState, any) lua.LValue {
		return func(_ *lua.LState, v any) lua.LValue {
			if f, ok := v.(*failure); ok {
				return get(f)
			}
			return lua.LNil
		}
	}
	s.properties("failure", s.types.failure, []field{
		{"message", read(func(f *failure) lua.LValue { return lua.LString(f.Message) })},
		{"expected", read(func(f *failure) lua.LValue { return lua.LString(f.Expected) })},
		{"actual", read(func(f *failure) lua.LValue { return lua.LString(f.Actual) })},
		{"line", read(func(f *failure) lua.LValue { return lua.LNumber(f.Line) })},
	})
	s.types.failure.RawSetString("__concat", s.L.NewFunction(s.joinText))
}

// joinText is ".." of host objects that have a text.
func (s *state) joinText(ls *lua.LState) int {
	text := s.text(ls, ls.Get(1)) + s.text(ls, ls.Get(2))
	s.sized(ls, len(text))
	return s.pushString(ls, text)
}

// assertWord is a part of an assertion's name.
type assertWord string

// String is how it prints.
func (w assertWord) String() string { return strings.TrimSuffix("assert."+string(w), ".") }

// resolveAssertion reads a name like "is_not_equal". linked: it is only the beginning of one.
func (s *state) resolveAssertion(name string, byName map[string]*assertion) (a *assertion, negated,
	linked bool,
) {
	for range 4 {
		if found := byName[name]; found != nil {
			return found, negated, false
		}
		if name == "" {
			return nil, negated, true
		}
		word, rest, _ := strings.Cut(name, "_")
		switch word {
		case "is", "are", "has", "have", "was", "does":
		case "not", "no":
			negated = !negated
		default:
			return nil, false, false
		}
		name = rest
	}
	return nil, false, false
}

// assertPlain is assert(condition, message): Lua's own, with all arguments as results.
func (s *state) assertPlain(ls *lua.LState) int {
	n := ls.GetTop() // 1 is assert itself
	if n < 2 {
		ls.RaiseError("assert: a condition expected")
	}
	if lua.LVAsBool(ls.Get(2)) {
		return n - 1
	}
	msg := "assertion failed!"
	if v := ls.Get(3); v != lua.LNil {
		msg = s.text(ls, v)
	}
	s.raiseFailure(ls, failure{Message: msg})
	return 0
}

func (s *state) assertFunction(a *assertion, negated bool) lua.LGFunction {
	return func(ls *lua.LState) int {
		if negated && a.oneway {
			ls.RaiseError("assert.%s has no negated form", a.names[0])
		}
		c := &assertCall{s: s, L: ls, negated: negated}
		top := ls.GetTop()
		held, f := a.check(c)
		if held != negated {
			return c.results
		}
		if negated {
			f.Message, f.Expected = "not "+a.names[0]+" expected", "anything else"
		}
		if a.message > 0 && top >= a.message {
			f.Message = s.text(ls, ls.Get(a.message))
		}
		s.raiseFailure(ls, f)
		return 0
	}
}

// raiseFailure raises an assertion's failure, with the line of the script and what the machine was doing.
func (s *state) raiseFailure(ls *lua.LState, f failure) {
	f.Message, f.Expected, f.Actual = clip(f.Message), clip(f.Expected), clip(f.Actual)
	f.Line, f.doing = s.line(ls), s.doing()
	ls.Error(s.object(&f, s.types.failure), 0)
}

// show is a value in a failure's message.
func (s *state) show(v lua.LValue) string {
	var b strings.Builder
	s.showTo(&b, v, 0)
	return b.String()
}

func (s *state) showTo(b *strings.Builder, v lua.LValue, depth int) {
	if b.Len() > maxMessage {
		return
	}
	switch v := v.(type) {
	case lua.LString:
		fmt.Fprintf(b, "%q", clip(string(v)))
	case lua.LNumber:
		b.WriteString(numberText(v))
		if v >= 4096 && v < 1<<53 && v == lua.LNumber(uint64(v)) {
			fmt.Fprintf(b, " (%#x)", uint64(v))
		}
	case *lua.LTable:
		if depth > 3 {
			b.WriteString("{…}")
			return
		}
		b.WriteByte('{')
		first := true
		n := v.Len()
		for i := 1; i <= n && b.Len() < maxMessage; i++ {
			separate(b, &first)
			s.showTo(b, v.RawGetInt(i), depth+1)
		}
		each(v, func(k, val lua.LValue) {
			if i, ok := k.(lua.LNumber); ok && i >= 1 && i <= lua.LNumber(n) || b.Len() > maxMessage {
				return
			}
			separate(b, &first)
			b.WriteString(s.plain(k) + " = ")
			s.showTo(b, val, depth+1)
		})
		b.WriteByte('}')
	default:
		b.WriteString(clip(s.plain(v)))
	}
}

func separate(b *strings.Builder, first *bool) {
	if !*first {
		b.WriteString(", ")
	}
	*first = false
}

// same is deep equality of tables; everything else as ==, without metamethods.
func (s *state) same(a, b lua.LValue, depth int) bool {
	s.charge(1)
	if a == b {
		return true
	}
	ta, ok1 := a.(*lua.LTable)
	tb, ok2 := b.(*lua.LTable)
	if !ok1 || !ok2 || depth > maxNesting {
		return false
	}
	equal := true
	count := 0
	each(ta, func(k, v lua.LValue) {
		count++
		equal = equal && s.same(v, tb.RawGet(k), depth+1)
	})
	each(tb, func(_, _ lua.LValue) { count-- })
	return equal && count == 0
}
