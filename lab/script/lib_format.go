package script

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func itoa(n int) string { return strconv.Itoa(n) }

// numberText is a number as C's %.14g writes it, but whole numbers up to 2^53 with all their digits: they may
// be addresses.
func numberText(n lua.LNumber) string {
	f := float64(n)
	if f == math.Trunc(f) && math.Abs(f) <= 1<<53 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return general(f, 14, false)
}

// special is C's text of infinities and NaN.
func special(f float64) (string, bool) {
	switch {
	case math.IsNaN(f):
		return "nan", true
	case math.IsInf(f, 1):
		return "inf", true
	case math.IsInf(f, -1):
		return "-inf", true
	}
	return "", false
}

// general is C's %.Pg; alt keeps trailing zeros (#).
func general(f float64, prec int, alt bool) string {
	if t, ok := special(f); ok {
		return t
	}
	if prec == 0 {
		prec = 1
	}
	text := strconv.FormatFloat(f, 'e', prec-1, 64)
	mantissa, exp, _ := strings.Cut(text, "e")
	x, err := strconv.Atoi(exp)
	if err != nil {
		return text
	}
	if x < -4 || x >= prec {
		if !alt && strings.Contains(mantissa, ".") {
			mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
		}
		return mantissa + "e" + exp
	}
	text = strconv.FormatFloat(f, 'f', prec-1-x, 64)
	if !alt && strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// spec is one conversion of string.format.
type spec struct {
	minus, plus, space, alt, zero bool
	width, prec                   int // prec -1: not given
	verb                          byte
}

func (s *state) strFormat(ls *lua.LState) int {
	format := s.str(ls, 1)
	s.charge(len(format))
	var b strings.Builder
	arg := 1
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i++; i < len(format) && format[i] == '%' {
			b.WriteByte('%')
			continue
		}
		sp, next := parseSpec(ls, format, i)
		i = next
		arg++
		if arg > ls.GetTop() {
			ls.ArgError(arg, "no value for a conversion of the format")
		}
		part := s.convert(ls, sp, arg)
		s.charge(len(part) / 16)
		b.WriteString(part)
		s.capped(ls, b.Len())
	}
	return s.pushString(ls, b.String())
}

// parseSpec reads a conversion from format[i] on, which is behind the %, and returns the index of its verb.
func parseSpec(ls *lua.LState, format string, i int) (spec, int) {
	sp := spec{prec: -1}
	flags := map[byte]*bool{'-': &sp.minus, '+': &sp.plus, ' ': &sp.space, '#': &sp.alt, '0': &sp.zero}
	for ; i < len(format) && flags[format[i]] != nil; i++ {
		*flags[format[i]] = true
	}
	digits := func() int {
		from := i
		for i < len(format) && format[i] >= '0' && format[i] <= '9' {
			i++
		}
		if i-from > 2 {
			ls.RaiseError("invalid format: width and precision have at most two digits")
		}
		n, err := strconv.Atoi(format[from:i])
		if err != nil {
			return 0
		}
		return n
	}
	sp.width = digits()
	if i < len(format) && format[i] == '.' {
		i++
		sp.prec = digits()
	}
	if i >= len(format) {
		ls.RaiseError("invalid format: it ends in a conversion")
	}
	sp.verb = format[i]
	return sp, i
}

func (s *state) convert(ls *lua.LState, sp spec, n int) string {
	switch sp.verb {
	case 'd', 'i':
		return sp.signed(s.integer(ls, n))
	case 'u', 'x', 'X', 'o':
		return sp.unsigned(s.bits(ls, n))
	case 'c':
		return sp.pad("", string([]byte{byte(s.bits(ls, n))}), false)
	case 'e', 'E', 'f', 'g', 'G':
		return sp.float(float64(ls.CheckNumber(n)))
	case 'q':
		return s.quote(ls, s.str(ls, n))
	case 's':
		text := s.text(ls, ls.Get(n))
		if sp.prec >= 0 && sp.prec < len(text) {
			text = text[:sp.prec]
		}
		return sp.pad("", text, false)
	}
	ls.RaiseError("invalid conversion %s in a format", "%"+string(rune(sp.verb)))
	return ""
}

// pad brings text to the width. Zeros come behind the sign or prefix.
func (sp spec) pad(prefix, text string, zeros bool) string {
	n := sp.width - len(prefix) - len(text)
	switch {
	case n <= 0:
		return prefix + text
	case sp.minus:
		return prefix + text + strings.Repeat(" ", n)
	case zeros && sp.zero:
		return prefix + strings.Repeat("0", n) + text
	}
	return strings.Repeat(" ", n) + prefix + text
}

func (sp spec) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case sp.plus:
		return "+"
	case sp.space:
		return " "
	}
	return ""
}

func (sp spec) signed(magnitude uint64, negative bool) string {
	return sp.pad(sp.sign(negative), sp.digits(strconv.FormatUint(magnitude, 10)), sp.prec < 0)
}

func (sp spec) unsigned(v uint64) string {
	base, prefix := 10, ""
	switch sp.verb {
	case 'x', 'X':
		base = 16
		if sp.alt && v != 0 {
			prefix = "0" + string(rune(sp.verb))
		}
	case 'o':
		base = 8
		if sp.alt {
			prefix = "0"
		}
	}
	text := strconv.FormatUint(v, base)
	if sp.verb == 'X' {
		text = strings.ToUpper(text)
	}
	return sp.pad(prefix, sp.digits(text), sp.prec < 0)
}

// digits brings an integer to its precision, the least number of digits.
func (sp spec) digits(text string) string {
	if sp.prec == 0 && text == "0" {
		return ""
	}
	return strings.Repeat("0", max(sp.prec-len(text), 0)) + text
}

func (sp spec) float(f float64) string {
	negative := math.Signbit(f) && !math.IsNaN(f)
	mag := math.Abs(f)
	prec := sp.prec
	if prec < 0 {
		prec = 6
	}
	text, isSpecial := special(mag)
	if !isSpecial {
		switch sp.verb {
		case 'f':
			text = strconv.FormatFloat(mag, 'f', prec, 64)
		case 'e', 'E':
			text = strconv.FormatFloat(mag, 'e', prec, 64)
		default:
			text = general(mag, prec, sp.alt)
		}
	}
	if sp.verb == 'E' || sp.verb == 'G' {
		text = strings.ToUpper(text)
	}
	return sp.pad(sp.sign(negative), text, !isSpecial)
}

// quote writes a string so that the Lua reader gives the same bytes back.
func (s *state) quote(ls *lua.LState, text string) string {
	s.sized(ls, 4*len(text))
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString("\\n")
		case c == '\r':
			b.WriteString("\\r")
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, "\\%03d", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// integer is an argument of %d: a number or a u64 as sign and magnitude. A fraction is cut off as C does.
func (s *state) integer(ls *lua.LState, n int) (magnitude uint64, negative bool) {
	if v, ok := wordOf(ls.Get(n)); ok {
		return v, false
	}
	f := float64(ls.CheckNumber(n))
	if math.IsNaN(f) || math.Abs(f) >= 1<<64 {
		ls.ArgError(n, "number has no integer representation")
	}
	return uint64(math.Abs(f)), f < 0
}

// bits is an argument of %x: two's complement when it is negative.
func (s *state) bits(ls *lua.LState, n int) uint64 {
	m, negative := s.integer(ls, n)
	if negative {
		return -m
	}
	return m
}
