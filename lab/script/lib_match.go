package script

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func (s *state) strFind(L *lua.LState) int {
	if src, pat := s.str(L, 1), s.str(L, 2); L.ToBool(4) || !strings.ContainsAny(pat, "^$*+?.([%-") {
		from, ok := start(L.OptInt(3, 1), len(src))
		s.charge((len(src) + len(pat)) / 16)
		at := -1
		if ok {
			at = strings.Index(src[from:], pat)
		}
		if at < 0 {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(lua.LNumber(from + at + 1))
		L.Push(lua.LNumber(from + at + len(pat)))
		return 2
	}
	return s.search(L, true)
}

func (s *state) strMatch(L *lua.LState) int { return s.search(L, false) }

// start is where a search begins; false: behind the subject's end, where Lua 5.1 finds nothing.
func start(init, n int) (int, bool) {
	if init < 0 {
		init = max(n+init+1, 1)
	}
	init = max(init, 1) - 1
	return init, init <= n
}

func (s *state) search(L *lua.LState, find bool) int {
	m := matcher{s: s, L: L, src: s.str(L, 1), pat: s.str(L, 2)}
	i, ok := start(L.OptInt(3, 1), len(m.src))
	anchored := m.anchor()
	for ; ok && i <= len(m.src); i++ {
		m.level = 0
		if end := m.match(i, 0); end != noMatch {
			if !find {
				return m.pushCaptures(i, end, true)
			}
			L.Push(lua.LNumber(i + 1))
			L.Push(lua.LNumber(end))
			return 2 + m.pushCaptures(i, end, false)
		}
		if anchored {
			break
		}
	}
	L.Push(lua.LNil)
	return 1
}

// anchor takes a leading ^ off the pattern.
func (m *matcher) anchor() bool {
	rest, ok := strings.CutPrefix(m.pat, "^")
	m.pat = rest
	return ok
}

func (m *matcher) pushCaptures(from, to int, whole bool) int {
	n := m.level
	if n == 0 && whole {
		n = 1
	}
	for l := range n {
		m.L.Push(m.value(l, from, to))
	}
	return n
}

func (s *state) strGmatch(L *lua.LState) int {
	src, pat := s.str(L, 1), s.str(L, 2)
	i := 0
	L.Push(L.NewFunction(func(L *lua.LState) int {
		m := matcher{s: s, L: L, src: src, pat: pat}
		for ; i <= len(src); i++ {
			m.level = 0
			end := m.match(i, 0)
			if end == noMatch {
				continue
			}
			from := i
			if i = end; end == from {
				i++ // an empty match: go on behind it
			}
			return m.pushCaptures(from, end, true)
		}
		return 0
	}))
	return 1
}

func (s *state) strGsub(L *lua.LState) int {
	m := matcher{s: s, L: L, src: s.str(L, 1), pat: s.str(L, 2)}
	repl := L.Get(3)
	switch r := repl.(type) {
	case lua.LNumber:
		repl = lua.LString(numberText(r))
	case lua.LString, *lua.LTable, *lua.LFunction:
	default:
		L.ArgError(3, "string, function or table expected, got "+repl.Type().String())
	}
	most := math.MaxInt
	if L.Get(4) != lua.LNil {
		most = L.CheckInt(4)
	}
	anchored := m.anchor()
	var b strings.Builder
	i, n := 0, 0
	for n < most {
		m.level = 0
		end := m.match(i, 0)
		if end != noMatch {
			n++
			part := m.replacement(repl, i, end)
			s.charge(len(part) / 16)
			b.WriteString(part)
			s.capped(L, b.Len())
		}
		switch {
		case end != noMatch && end > i:
			i = end
		case i < len(m.src):
			b.WriteByte(m.src[i])
			i++
		default:
			i++
		}
		if i > len(m.src) || anchored {
			break
		}
	}
	if i < len(m.src) {
		b.WriteString(m.src[i:])
	}
	s.sized(L, b.Len())
	L.Push(lua.LString(b.String()))
	L.Push(lua.LNumber(n))
	return 2
}

// replacement is what gsub puts in place of the match [from, to).
func (m *matcher) replacement(repl lua.LValue, from, to int) string {
	L := m.L
	var got lua.LValue
	switch r := repl.(type) {
	case lua.LString:
		return m.template(string(r), from, to)
	case *lua.LTable:
		got = L.GetTable(r, m.value(0, from, to))
	default:
		L.Push(repl)
		n := m.pushCaptures(from, to, true)
		L.Call(n, 1)
		got = L.Get(-1)
		L.Pop(1)
	}
	if text, ok := textual(got); ok {
		return text
	}
	if got != lua.LNil && got != lua.LFalse {
		L.RaiseError("invalid replacement value (a %s)", got.Type().String())
	}
	return m.src[from:to]
}

func (m *matcher) template(r string, from, to int) string {
	if !strings.Contains(r, "%") {
		return r
	}
	var b strings.Builder
	for i := 0; i < len(r); i++ {
		if r[i] != '%' {
			b.WriteByte(r[i])
			continue
		}
		if i++; i >= len(r) {
			m.L.RaiseError("invalid use of '%%' in a replacement: it ends in it")
		}
		switch c := r[i]; {
		case c == '0':
			b.WriteString(m.src[from:to])
		case c >= '1' && c <= '9':
			text, _ := textual(m.value(int(c-'1'), from, to))
			b.WriteString(text)
		default:
			b.WriteByte(c)
		}
		m.s.capped(m.L, b.Len())
	}
	return b.String()
}
