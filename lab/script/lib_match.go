package script

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func (s *state) strFind(ls *lua.LState) int {
	if src, pat := s.str(ls, 1), s.str(ls, 2); ls.ToBool(4) || !strings.ContainsAny(pat, "^$*+?.([%-") {
		from, ok := start(ls.OptInt(3, 1), len(src))
		s.charge((len(src) + len(pat)) / 16)
		at := -1
		if ok {
			at = strings.Index(src[from:], pat)
		}
		if at < 0 {
			ls.Push(lua.LNil)
			return 1
		}
		ls.Push(lua.LNumber(from + at + 1))
		ls.Push(lua.LNumber(from + at + len(pat)))
		return 2
	}
	return s.search(ls, true)
}

func (s *state) strMatch(ls *lua.LState) int { return s.search(ls, false) }

// start is where a search begins; false: behind the subject's end, where Lua 5.1 finds nothing.
func start(init, n int) (int, bool) {
	if init < 0 {
		init = max(n+init+1, 1)
	}
	init = max(init, 1) - 1
	return init, init <= n
}

func (s *state) search(ls *lua.LState, find bool) int {
	m := matcher{s: s, L: ls, src: s.str(ls, 1), pat: s.str(ls, 2)}
	i, ok := start(ls.OptInt(3, 1), len(m.src))
	anchored := m.anchor()
	for ; ok && i <= len(m.src); i++ {
		m.level = 0
		if end := m.match(i, 0); end != noMatch {
			if !find {
				return m.pushCaptures(i, end, true)
			}
			ls.Push(lua.LNumber(i + 1))
			ls.Push(lua.LNumber(end))
			return 2 + m.pushCaptures(i, end, false)
		}
		if anchored {
			break
		}
	}
	ls.Push(lua.LNil)
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

func (s *state) strGmatch(ls *lua.LState) int {
	src, pat := s.str(ls, 1), s.str(ls, 2)
	i := 0
	ls.Push(ls.NewFunction(func(ls *lua.LState) int {
		m := matcher{s: s, L: ls, src: src, pat: pat}
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

func (s *state) strGsub(ls *lua.LState) int {
	m := matcher{s: s, L: ls, src: s.str(ls, 1), pat: s.str(ls, 2)}
	repl := ls.Get(3)
	switch r := repl.(type) {
	case lua.LNumber:
		repl = lua.LString(numberText(r))
	case lua.LString, *lua.LTable, *lua.LFunction:
	default:
		ls.ArgError(3, "string, function or table expected, got "+repl.Type().String())
	}
	most := math.MaxInt
	if ls.Get(4) != lua.LNil {
		most = ls.CheckInt(4)
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
			s.capped(ls, b.Len())
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
	s.sized(ls, b.Len())
	ls.Push(lua.LString(b.String()))
	ls.Push(lua.LNumber(n))
	return 2
}

// replacement is what gsub puts in place of the match [from, to).
func (m *matcher) replacement(repl lua.LValue, from, to int) string {
	ls := m.L
	var got lua.LValue
	switch r := repl.(type) {
	case lua.LString:
		return m.template(string(r), from, to)
	case *lua.LTable:
		got = ls.GetTable(r, m.value(0, from, to))
	default:
		ls.Push(repl)
		n := m.pushCaptures(from, to, true)
		ls.Call(n, 1)
		got = ls.Get(-1)
		ls.Pop(1)
	}
	if text, ok := textual(got); ok {
		return text
	}
	if got != lua.LNil && got != lua.LFalse {
		ls.RaiseError("invalid replacement value (a %s)", got.Type().String())
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
