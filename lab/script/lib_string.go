package script

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func (s *state) stringFunctions() []Function {
	f := func(name, sig, doc string, call lua.LGFunction) Function {
		return Function{Table: "string", Name: name, Signature: sig, Doc: doc, call: call}
	}
	return []Function{
		f("byte", "string.byte(s [, i [, j]]) -> numbers", "The bytes from i to j.", s.strByte),
		f("char", "string.char(...) -> string", "The string of these bytes.", s.strChar),
		f("find", "string.find(s, pattern [, init [, plain]]) -> start, stop, captures | nil",
			"Looks for a Lua pattern.", s.strFind),
		f("format", "string.format(format, ...) -> string",
			"C's rules for %d %i %u %c %x %X %o %e %E %f %g %G %q %s %%; %d %u %x %X %o take u64.",
			s.strFormat),
		f("gmatch", "string.gmatch(s, pattern) -> iterator", "Every match.", s.strGmatch),
		f("gsub", "string.gsub(s, pattern, replacement [, n]) -> string, count", "Replaces matches.",
			s.strGsub),
		f("len", "string.len(s) -> number", "Bytes in s.", s.strLen),
		f("lower", "string.lower(s) -> string", "ASCII letters in lower case.", s.strLower),
		f("match", "string.match(s, pattern [, init]) -> captures | nil",
			"The captures of the first match.", s.strMatch),
		f("rep", "string.rep(s, n) -> string", "n copies of s.", s.strRep),
		f("reverse", "string.reverse(s) -> string", "The bytes backwards.", s.strReverse),
		f("sub", "string.sub(s, i [, j]) -> string",
			"The bytes from i to j; negative ones count from the end.", s.strSub),
		f("upper", "string.upper(s) -> string", "ASCII letters in upper case.", s.strUpper),
	}
}

// str is a string argument; numbers count as their text.
func (s *state) str(ls *lua.LState, n int) string {
	switch v := ls.Get(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return numberText(v)
	}
	ls.TypeError(n, lua.LTString)
	return ""
}

// sized raises unless a string of n bytes is allowed, and charges for it.
func (s *state) sized(ls *lua.LState, n int) {
	s.capped(ls, n)
	s.charge(n / 16)
}

// capped is sized for a string that grows and has been charged for.
func (s *state) capped(ls *lua.LState, n int) {
	if n > maxString {
		s.limit(ls, "string", bytesText(uint64(n)), bytesText(maxString))
	}
}

func (s *state) pushString(ls *lua.LState, text string) int {
	ls.Push(lua.LString(text))
	return 1
}

// bounds turns Lua's i and j (from 1, both included, negative from the end) into a half-open Go range.
func bounds(i, j, n int) (from, to int) {
	if i < 0 {
		i = max(n+i+1, 1)
	}
	if j < 0 {
		j = n + j + 1
	}
	from, to = max(i, 1)-1, min(j, n)
	if from >= to {
		return 0, 0
	}
	return from, to
}

func (s *state) strLen(ls *lua.LState) int {
	ls.Push(lua.LNumber(len(s.str(ls, 1))))
	return 1
}

func (s *state) strSub(ls *lua.LState) int {
	text := s.str(ls, 1)
	from, to := bounds(ls.CheckInt(2), ls.OptInt(3, -1), len(text))
	return s.pushString(ls, text[from:to])
}

func (s *state) strByte(ls *lua.LState) int {
	text := s.str(ls, 1)
	i := ls.OptInt(2, 1)
	from, to := bounds(i, ls.OptInt(3, i), len(text))
	if to-from > maxUnpack {
		s.limit(ls, "values", itoa(to-from), itoa(maxUnpack))
	}
	for _, c := range []byte(text[from:to]) {
		ls.Push(lua.LNumber(c))
	}
	return to - from
}

func (s *state) strChar(ls *lua.LState) int {
	b := make([]byte, ls.GetTop())
	for i := range b {
		c := ls.CheckNumber(i + 1)
		if c < 0 || c > 255 || c != lua.LNumber(int(c)) {
			ls.ArgError(i+1, "invalid value: a byte is 0 to 255")
		}
		b[i] = byte(c)
	}
	return s.pushString(ls, string(b))
}

func (s *state) strRep(ls *lua.LState) int {
	text, n := s.str(ls, 1), ls.CheckNumber(2)
	if !(n > 0) || text == "" { // also NaN
		return s.pushString(ls, "")
	}
	if float64(n)*float64(len(text)) > maxString {
		s.limit(ls, "string", bytesText(uint64(min(float64(n)*float64(len(text)), 1<<60))),
			bytesText(maxString))
	}
	s.sized(ls, int(n)*len(text))
	return s.pushString(ls, strings.Repeat(text, int(n)))
}

func (s *state) strReverse(ls *lua.LState) int {
	text := s.str(ls, 1)
	s.sized(ls, len(text))
	b := make([]byte, len(text))
	for i := range b {
		b[len(text)-1-i] = text[i]
	}
	return s.pushString(ls, string(b))
}

func (s *state) strLower(ls *lua.LState) int { return s.mapBytes(ls, 'A', 'Z', 'a'-'A') }

func (s *state) strUpper(ls *lua.LState) int { return s.mapBytes(ls, 'a', 'z', 256-('a'-'A')) }

// mapBytes adds delta to the bytes from lo to hi and leaves all others alone, UTF-8 or not.
func (s *state) mapBytes(ls *lua.LState, lo, hi byte, delta int) int {
	text := s.str(ls, 1)
	s.sized(ls, len(text))
	b := []byte(text)
	for i, c := range b {
		if c >= lo && c <= hi {
			b[i] = byte(int(c) + delta)
		}
	}
	return s.pushString(ls, string(b))
}

// concatOperands is "..": it gets all operands of a chain. The operator is right-associative, and a
// metamethod may stand between any two.
func (s *state) concatOperands(ls *lua.LState) int {
	n := ls.GetTop()
	total := 0
	for i := 1; i <= n; i++ {
		switch v := ls.Get(i).(type) {
		case lua.LString:
			total += len(v)
		case lua.LNumber:
			total += 24
		default:
			return s.concatMixed(ls, n)
		}
	}
	s.sized(ls, total)
	var b strings.Builder
	b.Grow(total)
	for i := 1; i <= n; i++ {
		switch v := ls.Get(i).(type) {
		case lua.LString:
			b.WriteString(string(v))
		case lua.LNumber:
			b.WriteString(numberText(v))
		}
	}
	return s.pushString(ls, b.String())
}

func (s *state) concatMixed(ls *lua.LState, n int) int {
	acc := ls.Get(n)
	for i := n - 1; i >= 1; i-- {
		lhs := ls.Get(i)
		a, ok1 := textual(lhs)
		b, ok2 := textual(acc)
		if ok1 && ok2 {
			s.sized(ls, len(a)+len(b))
			acc = lua.LString(a + b)
			continue
		}
		f, ok := metafield(lhs, "__concat").(*lua.LFunction)
		if !ok {
			f, ok = metafield(acc, "__concat").(*lua.LFunction)
		}
		if !ok {
			bad := lhs
			if ok1 {
				bad = acc
			}
			ls.RaiseError("attempt to concatenate a %s value", bad.Type().String())
		}
		ls.Push(f)
		ls.Push(lhs)
		ls.Push(acc)
		ls.Call(2, 1)
		acc = ls.Get(-1)
		ls.Pop(1)
	}
	ls.Push(acc)
	return 1
}

func textual(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return numberText(v), true
	}
	return "", false
}
