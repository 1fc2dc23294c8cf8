package script

import (
	lua "github.com/yuin/gopher-lua"
)

// matcher finds Lua patterns (Lua 5.1 manual, section 5.4.1). It differs from gopher-lua's in that every step
// is charged to the script's budget and the depth of its recursion is bounded, since both grow with hostile
// patterns.
type matcher struct {
	s        *state
	L        *lua.LState
	src, pat string
	level    int
	capture  [maxCaptures]submatch
	depth    int
	steps    int
}

const maxCaptures = 32

// submatch is a part of the subject. length has two special values.
type submatch struct{ start, length int }

const (
	captureOpen     = -1 // its closing parenthesis has not been met
	capturePosition = -2 // "()": the position itself
)

// noMatch is the answer of match when there is none; otherwise it is the end of the match.
const noMatch = -1

func (m *matcher) fail(text string) { m.L.RaiseError("malformed pattern (%s)", text) }

// step charges for work in portions.
func (m *matcher) step() {
	if m.steps++; m.steps == 64 {
		m.steps = 0
		m.s.charge(64)
	}
}

// match matches pattern from p on at subject position i.
func (m *matcher) match(i, p int) int {
	if m.depth++; m.depth > maxMatch {
		m.s.limit(m.L, "pattern", "depth "+itoa(m.depth), "depth "+itoa(maxMatch))
	}
	defer func() { m.depth-- }()
	for {
		m.step()
		if p >= len(m.pat) {
			return i
		}
		switch c := m.pat[p]; {
		case c == '(' && m.at(p+1) == ')':
			return m.open(i, p+2, capturePosition)
		case c == '(':
			return m.open(i, p+1, captureOpen)
		case c == ')':
			return m.shut(i, p+1)
		case c == '$' && p+1 == len(m.pat):
			if i == len(m.src) {
				return i
			}
			return noMatch
		}
		next, after, final := m.item(i, p)
		if final || next == noMatch {
			return next
		}
		i, p = next, after
	}
}

// at is a byte of the pattern, 0 behind its end.
func (m *matcher) at(p int) byte {
	if p < len(m.pat) {
		return m.pat[p]
	}
	return 0
}

// item matches one item of the pattern: a class with its suffix, or one of %b, %f, %1. final: next is
// the answer for the whole rest, not only for the item.
func (m *matcher) item(i, p int) (next, after int, final bool) {
	if m.pat[p] == '%' {
		switch c := m.at(p + 1); {
		case c == 'b':
			return m.balance(i, p+2), p + 4, false
		case c == 'f':
			end, ok := m.frontier(i, p+2)
			if !ok {
				return noMatch, 0, true
			}
			return i, end, false
		case c >= '0' && c <= '9':
			return m.back(i, c), p + 2, false
		}
	}
	end := m.classEnd(p)
	switch m.at(end) {
	case '*':
		return m.expand(i, p, end, 0), 0, true
	case '+':
		return m.expand(i, p, end, 1), 0, true
	case '-':
		return m.shortest(i, p, end), 0, true
	case '?':
		if m.single(i, p, end) {
			if r := m.match(i+1, end+1); r != noMatch {
				return r, 0, true
			}
		}
		return i, end + 1, false
	}
	if !m.single(i, p, end) {
		return noMatch, 0, true
	}
	return i + 1, end, false
}

func (m *matcher) expand(i, p, end, least int) int {
	n := 0
	for m.single(i+n, p, end) {
		n++
		m.step()
	}
	for ; n >= least; n-- {
		if r := m.match(i+n, end+1); r != noMatch {
			return r
		}
	}
	return noMatch
}

func (m *matcher) shortest(i, p, end int) int {
	for {
		if r := m.match(i, end+1); r != noMatch {
			return r
		}
		if !m.single(i, p, end) {
			return noMatch
		}
		i++
	}
}

func (m *matcher) open(i, p, length int) int {
	if m.level >= maxCaptures {
		m.L.RaiseError("too many captures in a pattern: at most %d", maxCaptures)
	}
	m.capture[m.level] = submatch{i, length}
	m.level++
	r := m.match(i, p)
	if r == noMatch {
		m.level--
	}
	return r
}

func (m *matcher) shut(i, p int) int {
	l := m.level - 1
	for l >= 0 && m.capture[l].length != captureOpen {
		l--
	}
	if l < 0 {
		m.fail("a ')' closes nothing")
	}
	m.capture[l].length = i - m.capture[l].start
	r := m.match(i, p)
	if r == noMatch {
		m.capture[l].length = captureOpen
	}
	return r
}

func (m *matcher) balance(i, p int) int {
	if p+1 >= len(m.pat) {
		m.fail("%b needs two characters")
	}
	if i >= len(m.src) || m.src[i] != m.pat[p] {
		return noMatch
	}
	depth := 1
	for k := i + 1; k < len(m.src); k++ {
		m.step()
		switch m.src[k] {
		case m.pat[p+1]:
			if depth--; depth == 0 {
				return k + 1
			}
		case m.pat[p]:
			depth++
		}
	}
	return noMatch
}

func (m *matcher) frontier(i, p int) (end int, ok bool) {
	if p >= len(m.pat) || m.pat[p] != '[' {
		m.fail("%f needs a set")
	}
	end = m.classEnd(p)
	before, here := byte(0), byte(0)
	if i > 0 {
		before = m.src[i-1]
	}
	if i < len(m.src) {
		here = m.src[i]
	}
	return end, !m.inSet(before, p, end-1) && m.inSet(here, p, end-1)
}

func (m *matcher) back(i int, digit byte) int {
	l := int(digit - '1')
	if l < 0 || l >= m.level || m.capture[l].length < 0 {
		m.fail("%" + string(rune(digit)) + " is not a finished capture")
	}
	part := m.src[m.capture[l].start : m.capture[l].start+m.capture[l].length]
	m.s.charge(len(part) / 16)
	if len(m.src)-i < len(part) || m.src[i:i+len(part)] != part {
		return noMatch
	}
	return i + len(part)
}

// classEnd is the index behind the single-character class at p.
func (m *matcher) classEnd(p int) int {
	c := m.pat[p]
	p++
	switch c {
	case '%':
		if p >= len(m.pat) {
			m.fail("it ends in %")
		}
		return p + 1
	case '[':
		if p < len(m.pat) && m.pat[p] == '^' {
			p++
		}
		for first := true; first || p >= len(m.pat) || m.pat[p] != ']'; first = false {
			if p >= len(m.pat) {
				m.fail("a '[' is not closed")
			}
			if m.pat[p] == '%' {
				p++
			}
			p++
		}
		return p + 1
	}
	return p
}

func (m *matcher) single(i, p, end int) bool {
	if i >= len(m.src) {
		return false
	}
	c := m.src[i]
	switch m.pat[p] {
	case '.':
		return true
	case '%':
		return inClass(c, m.pat[p+1])
	case '[':
		return m.inSet(c, p, end-1)
	}
	return m.pat[p] == c
}

// inSet reports whether c is in the set from '[' at p to ']' at last.
func (m *matcher) inSet(c byte, p, last int) bool {
	p++
	in := true
	if m.pat[p] == '^' {
		in = false
		p++
	}
	for ; p < last; p++ {
		m.step()
		switch {
		case m.pat[p] == '%':
			p++
			if inClass(c, m.pat[p]) {
				return in
			}
		case p+2 < last && m.pat[p+1] == '-':
			if m.pat[p] <= c && c <= m.pat[p+2] {
				return in
			}
			p += 2
		case m.pat[p] == c:
			return in
		}
	}
	return !in
}

// inClass is %a and the like, for ASCII as in the C locale; a capital letter is the complement.
func inClass(c, class byte) bool {
	lower := class | 0x20
	var in bool
	switch lower {
	case 'a':
		in = isAlpha(c)
	case 'c':
		in = c < ' ' || c == 0x7f
	case 'd':
		in = c >= '0' && c <= '9'
	case 'l':
		in = c >= 'a' && c <= 'z'
	case 'p':
		in = c > ' ' && c < 0x7f && !isAlpha(c) && (c < '0' || c > '9')
	case 's':
		in = c == ' ' || c >= '\t' && c <= '\r'
	case 'u':
		in = c >= 'A' && c <= 'Z'
	case 'w':
		in = isAlpha(c) || c >= '0' && c <= '9'
	case 'x':
		in = c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
	case 'z':
		in = c == 0
	default:
		return class == c
	}
	if !isAlpha(class) {
		return class == c
	}
	return in != (class >= 'A' && class <= 'Z')
}

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// value is capture l of a match of [from, to); without captures the whole match stands for the first.
func (m *matcher) value(l, from, to int) lua.LValue {
	if l >= m.level {
		if l > 0 {
			m.L.RaiseError("invalid capture index %d", l+1)
		}
		return lua.LString(m.src[from:to])
	}
	c := m.capture[l]
	switch c.length {
	case captureOpen:
		m.fail("a '(' is not closed")
	case capturePosition:
		return lua.LNumber(c.start + 1)
	}
	return lua.LString(m.src[c.start : c.start+c.length])
}
