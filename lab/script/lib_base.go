package script

import (
	"fmt"
	"strconv"
	"strings"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

func (s *state) baseFunctions() []Function {
	return []Function{
		{
			Name: "print", Signature: "print(...)",
			Doc:  "Writes its arguments, separated by tabs, and a newline. Control characters are escaped.",
			call: s.print,
		},
		{Name: nameError, Signature: "error(value [, level])", Doc: "Raises an error.", call: s.raise},
		{
			Name: "pcall", Signature: "pcall(f, ...) -> true, results | false, error",
			Doc: "Calls f and catches its error. Hard limits cannot be caught.", call: s.pcall,
		},
		{
			Name: "xpcall", Signature: "xpcall(f, handler) -> true, results | false, handler's result",
			Doc: "As pcall; the handler gets the error after the stack has been unwound.", call: s.xpcall,
		},
		{
			Name: "tostring", Signature: "tostring(value) -> string",
			Doc: "Text of a value. Tables and functions are numbered, no host addresses.", call: s.tostring,
		},
		{
			Name: "tonumber", Signature: "tonumber(text [, base]) -> number | u64 | nil",
			Doc: "Reads a number; a whole one from 2^53 on becomes a u64.", call: s.tonumber,
		},
		{
			Name: "load", Signature: "load(source [, name]) -> function | nil, message",
			Doc: "Compiles text. It takes no reader functions and no bytecode.", call: s.loadText,
		},
		{
			Name: "loadstring", Signature: "loadstring(source [, name])", Doc: "The same as load.",
			call: s.loadText,
		},
		{
			Name: "setmetatable", Signature: "setmetatable(table, metatable) -> table", Doc: "Tables only.",
			call: s.setmetatable,
		},
		{
			Name: "getmetatable", Signature: "getmetatable(value)",
			Doc: "The metatable, or its __metatable field.", call: s.getmetatable,
		},
		{
			Name: "unpack", Signature: "unpack(list [, i [, j]]) -> values", Doc: "At most 7,999 values.",
			call: s.unpack,
		},
	}
}

func (s *state) print(ls *lua.LState) int {
	var b strings.Builder
	for i := 1; i <= ls.GetTop(); i++ {
		if i > 1 {
			b.WriteByte('\t')
		}
		b.WriteString(s.text(ls, ls.Get(i)))
		if b.Len() > maxString {
			s.limit(ls, "string", bytesText(uint64(b.Len())), bytesText(maxString))
		}
	}
	b.WriteByte('\n')
	s.charge(b.Len() / 16)
	s.emit(ls, printable(b.String()))
	return 0
}

// emit writes to the script's output.
func (s *state) emit(ls *lua.LState, text string) {
	if s.out.write(text) {
		return
	}
	used := bytesText(s.out.used + uint64(len(text)))
	s.budget.end("output", used, bytesText(s.out.allowed), setting("output", "16MiB"))
	s.raiseSpent(ls)
}

// raise is error(). Levels count the functions of the thread that runs.
func (s *state) raise(ls *lua.LState) int {
	ls.Error(ls.Get(1), ls.OptInt(2, 1))
	return 0
}

func (s *state) pcall(ls *lua.LState) int {
	fn := ls.CheckAny(1)
	args := make([]lua.LValue, 0, ls.GetTop())
	for i := 2; i <= ls.GetTop(); i++ {
		args = append(args, ls.Get(i))
	}
	results, err := s.protect(fn, args...)
	if err != nil {
		s.raiseSpent(ls)
		ls.Push(lua.LFalse)
		ls.Push(err.thrown())
		return 2
	}
	return s.pushAll(ls, lua.LTrue, results)
}

func (s *state) xpcall(ls *lua.LState) int {
	fn, handler := ls.CheckAny(1), ls.CheckAny(2)
	results, err := s.protect(fn)
	if err == nil {
		return s.pushAll(ls, lua.LTrue, results)
	}
	s.raiseSpent(ls)
	results, err = s.protect(handler, err.thrown())
	if err != nil {
		s.raiseSpent(ls)
		results = []lua.LValue{err.thrown()}
	}
	return s.pushAll(ls, lua.LFalse, results)
}

// thrown is the value that a script sees of an error.
func (e *Error) thrown() lua.LValue {
	if e.value != nil {
		return e.value
	}
	return lua.LString(e.Message)
}

func (s *state) pushAll(ls *lua.LState, first lua.LValue, rest []lua.LValue) int {
	ls.Push(first)
	for _, v := range rest {
		ls.Push(v)
	}
	return 1 + len(rest)
}

func (s *state) tostring(ls *lua.LState) int {
	ls.Push(lua.LString(s.text(ls, ls.CheckAny(1))))
	return 1
}

// text is tostring: with __tostring.
func (s *state) text(ls *lua.LState, v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case *lua.LTable, *lua.LUserData:
		if f, ok := metafield(v, "__tostring").(*lua.LFunction); ok {
			ls.Push(f)
			ls.Push(v)
			ls.Call(1, 1)
			got := ls.Get(-1)
			ls.Pop(1)
			switch got := got.(type) {
			case lua.LString:
				return string(got)
			case lua.LNumber:
				return numberText(got)
			}
			ls.RaiseError("'__tostring' must return a string")
		}
	}
	return s.plain(v)
}

// plain is the text of a value without entering Lua.
func (s *state) plain(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return numberText(v)
	case *lua.LTable:
		return "table: " + s.ids.of(weak.Make(v))
	case *lua.LFunction:
		return "function: " + s.ids.of(weak.Make(v))
	case *lua.LState:
		return "thread: " + s.ids.of(weak.Make(v))
	case *lua.LUserData:
		if t, ok := v.Value.(fmt.Stringer); ok {
			return t.String()
		}
		return "userdata: " + s.ids.of(weak.Make(v))
	}
	return v.String()
}

// identities number tables and functions, since their addresses differ from run to run. They hold nobody
// alive.
type identities struct {
	numbers map[any]int
	next    int
}

func (ids *identities) of(weakPointer any) string {
	if ids.numbers == nil || len(ids.numbers) > 1<<16 {
		ids.numbers = make(map[any]int) // the old numbers are not used again
	}
	n, ok := ids.numbers[weakPointer]
	if !ok {
		ids.next++
		n = ids.next
		ids.numbers[weakPointer] = n
	}
	return "#" + strconv.Itoa(n)
}

// metafield is a field of a table's or userdata's metatable.
func metafield(v lua.LValue, name string) lua.LValue {
	var mt lua.LValue
	switch v := v.(type) {
	case *lua.LTable:
		mt = v.Metatable
	case *lua.LUserData:
		mt = v.Metatable
	}
	if t, ok := mt.(*lua.LTable); ok {
		return t.RawGetString(name)
	}
	return lua.LNil
}

func (s *state) tonumber(ls *lua.LState) int {
	v := ls.CheckAny(1)
	base := ls.OptInt(2, 10)
	if base < 2 || base > 36 {
		ls.ArgError(2, "base out of range")
	}
	switch v := v.(type) {
	case lua.LNumber:
		ls.Push(v)
		return 1
	case *lua.LUserData:
		if _, ok := v.Value.(u64); ok {
			ls.Push(v)
			return 1
		}
	case lua.LString:
		ls.Push(s.parseNumber(string(v), base, ls.GetTop() < 2))
		return 1
	}
	ls.Push(lua.LNil)
	return 1
}

// parseNumber reads what a Lua source could have as a number; nil if it is none.
func (s *state) parseNumber(text string, base int, guess bool) lua.LValue {
	text = strings.Trim(text, " \t\n\v\f\r")
	digits, negative := strings.CutPrefix(text, "-")
	if guess && (strings.HasPrefix(digits, "0x") || strings.HasPrefix(digits, "0X")) {
		base, digits = 16, digits[2:]
	}
	if strings.ContainsAny(digits, "+_") && base != 10 || strings.Contains(digits, "_") {
		return lua.LNil
	}
	if n, err := strconv.ParseUint(digits, base, 64); err == nil {
		if negative {
			return lua.LNumber(-float64(n))
		}
		return s.word(n)
	}
	if base != 10 || strings.ContainsAny(digits, "xXpPiInN") {
		return lua.LNil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return lua.LNil
	}
	return lua.LNumber(f)
}

func (s *state) loadText(ls *lua.LState) int {
	v, ok := ls.Get(1).(lua.LString)
	if !ok {
		ls.ArgError(1, "text expected, got "+ls.Get(1).Type().String())
	}
	fn, err := s.load(string(v), ls.OptString(2, "loaded text"))
	if err != nil {
		s.raiseSpent(ls)
		ls.Push(lua.LNil)
		ls.Push(lua.LString(err.Error()))
		return 2
	}
	ls.Push(fn)
	return 1
}

func (s *state) setmetatable(ls *lua.LState) int {
	t, ok := ls.Get(1).(*lua.LTable)
	if !ok {
		ls.ArgError(1, "table expected, got "+ls.Get(1).Type().String())
	}
	if metafield(t, "__metatable") != lua.LNil {
		ls.RaiseError("cannot change a protected metatable")
	}
	switch mt := ls.CheckAny(2).(type) {
	case *lua.LTable:
		t.Metatable = mt
	case *lua.LNilType:
		t.Metatable = lua.LNil
	default:
		ls.ArgError(2, "table or nil expected, got "+mt.Type().String())
	}
	ls.Push(t)
	return 1
}

func (s *state) getmetatable(ls *lua.LState) int {
	ls.Push(ls.GetMetatable(ls.CheckAny(1)))
	return 1
}

func (s *state) unpack(ls *lua.LState) int {
	t := ls.CheckTable(1)
	i, j := ls.OptInt(2, 1), ls.OptInt(3, t.Len())
	if i > j {
		return 0
	}
	n := uint64(j) - uint64(i) + 1
	if n > maxUnpack {
		s.limit(ls, "values", strconv.FormatUint(n, 10), strconv.Itoa(maxUnpack))
	}
	s.charge(int(n))
	for k := i; k <= j; k++ {
		ls.Push(t.RawGetInt(k))
	}
	return int(n)
}
