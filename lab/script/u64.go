package script

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// u64 is a 64-bit word that a Lua number cannot hold. Every value has one form only: 0 to 2^53-1 are plain
// numbers, larger words are userdata holding a u64. So addresses of programs, which end at 2^47, are always
// numbers.
type u64 uint64

// String is how a word prints: in hexadecimal, as the large ones are addresses or masks.
func (v u64) String() string { return fmt.Sprintf("%#x", uint64(v)) }

// interns keeps one userdata for each word in use, so that == and table keys, which go by identity, go by
// value.
type interns struct {
	words map[u64]weak.Pointer[lua.LUserData]
	sweep int // sweep when so many are kept
}

// word makes v a Lua value in its one form.
func (s *state) word(v uint64) lua.LValue {
	if v < 1<<53 {
		return lua.LNumber(v)
	}
	in := &s.interns
	if ud := in.words[u64(v)].Value(); ud != nil {
		return ud
	}
	if in.words == nil {
		in.words, in.sweep = make(map[u64]weak.Pointer[lua.LUserData]), 1024
	}
	if len(in.words) >= in.sweep {
		for k, p := range in.words {
			if p.Value() == nil {
				delete(in.words, k)
			}
		}
		in.sweep = max(1024, 2*len(in.words))
	}
	ud := s.object(u64(v), s.types.u64)
	in.words[u64(v)] = weak.Make(ud)
	return ud
}

// wordOf is the word that a u64 holds.
func wordOf(v lua.LValue) (uint64, bool) {
	if ud, ok := v.(*lua.LUserData); ok {
		w, isWord := ud.Value.(u64)
		return uint64(w), isWord
	}
	return 0, false
}

// toWord takes a number (whole, from -2^63; a negative one means two's complement), a u64, or text of an
// integer.
func toWord(v lua.LValue) (uint64, error) {
	switch v := v.(type) {
	case lua.LNumber:
		f := float64(v)
		switch {
		case math.IsNaN(f) || math.IsInf(f, 0):
			return 0, fmt.Errorf("%s is not a whole number", numberText(v))
		case f != math.Trunc(f):
			return 0, fmt.Errorf("%s is not a whole number", numberText(v))
		case f < -(1<<63) || f >= 1<<64:
			return 0, fmt.Errorf("%s does not fit into 64 bits", numberText(v))
		case f < 0:
			return uint64(int64(f)), nil
		}
		return uint64(f), nil
	case lua.LString:
		return parseWord(string(v))
	}
	if w, ok := wordOf(v); ok {
		return w, nil
	}
	return 0, fmt.Errorf("number or u64 expected, got %s", v.Type().String())
}

func parseWord(text string) (uint64, error) {
	t := strings.TrimSpace(text)
	digits, negative := strings.CutPrefix(t, "-")
	base := 10
	if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		digits, base = digits[2:], 16
	}
	v, err := strconv.ParseUint(digits, base, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not an integer of 64 bits", clip(text))
	}
	if negative {
		v = -v
	}
	return v, nil
}

// checkWord is toWord of an argument.
func checkWord(ls *lua.LState, n int) uint64 {
	v, err := toWord(ls.CheckAny(n))
	if err != nil {
		ls.ArgError(n, err.Error())
	}
	return v
}

func (s *state) wordFunctions() []Function {
	s.wordOperators()
	return []Function{
		{
			Name: "u64", Signature: "u64(value) -> number | u64",
			Doc: "A 64-bit word from a number, hex or decimal text. Words below 2^53 are plain " +
				"numbers. + - * / % wrap at 64 bits, compare unsigned.",
			Example: `u64"0xffffffff80000000" + 8`, call: s.newWord,
		},
		{
			Name: "s64", Signature: "s64(value) -> number",
			Doc:     "The word read as signed, as near as a number comes.",
			Example: "s64(u64\"0xffffffffffffffff\") == -1", call: s.signed64,
		},
		{Name: "u32", Signature: "u32(value) -> number", Doc: "The low 32 bits.", call: s.low32},
		{
			Name: "i32", Signature: "i32(value) -> number", Doc: "The low 32 bits read as signed.",
			call: s.signed32,
		},
		{
			Name: "hex", Signature: "hex(value [, digits]) -> string",
			Doc:     "The word in hexadecimal with 0x.",
			Example: "hex(4096) == \"0x1000\"", call: s.hex,
		},
		{
			Name: "ult", Signature: "ult(a, b) -> boolean",
			Doc: "Unsigned a < b, for numbers and u64 mixed (< itself takes two of a kind).", call: s.ult,
		},
	}
}

func (s *state) newWord(ls *lua.LState) int {
	ls.Push(s.word(checkWord(ls, 1)))
	return 1
}

func (s *state) signed64(ls *lua.LState) int {
	ls.Push(lua.LNumber(int64(checkWord(ls, 1))))
	return 1
}

func (s *state) low32(ls *lua.LState) int {
	ls.Push(lua.LNumber(uint32(checkWord(ls, 1))))
	return 1
}

func (s *state) signed32(ls *lua.LState) int {
	ls.Push(lua.LNumber(int32(checkWord(ls, 1))))
	return 1
}

func (s *state) hex(ls *lua.LState) int {
	digits := min(max(ls.OptInt(2, 1), 1), 16)
	return s.pushString(ls, fmt.Sprintf("0x%0*x", digits, checkWord(ls, 1)))
}

func (s *state) ult(ls *lua.LState) int {
	ls.Push(lua.LBool(checkWord(ls, 1) < checkWord(ls, 2)))
	return 1
}

// wordOperators fills the metatable of u64. Lua asks it when either operand is a u64; the other may be a
// number.
func (s *state) wordOperators() {
	mt := s.types.u64
	if mt == nil {
		return // only the reference is wanted
	}
	binary := func(name string, op func(ls *lua.LState, a, b uint64) uint64) {
		mt.RawSetString(name, s.L.NewFunction(func(ls *lua.LState) int {
			ls.Push(s.word(op(ls, checkWord(ls, 1), checkWord(ls, 2))))
			return 1
		}))
	}
	binary("__add", func(_ *lua.LState, a, b uint64) uint64 { return a + b })
	binary("__sub", func(_ *lua.LState, a, b uint64) uint64 { return a - b })
	binary("__mul", func(_ *lua.LState, a, b uint64) uint64 { return a * b })
	binary("__div", func(ls *lua.LState, a, b uint64) uint64 { return a / divisor(ls, b) })
	binary("__mod", func(ls *lua.LState, a, b uint64) uint64 { return a % divisor(ls, b) })
	mt.RawSetString("__unm", s.L.NewFunction(func(ls *lua.LState) int {
		ls.Push(s.word(-checkWord(ls, 1)))
		return 1
	}))
	compare := func(name string, op func(a, b uint64) bool) {
		mt.RawSetString(name, s.L.NewFunction(func(ls *lua.LState) int {
			ls.Push(lua.LBool(op(checkWord(ls, 1), checkWord(ls, 2))))
			return 1
		}))
	}
	compare("__eq", func(a, b uint64) bool { return a == b })
	compare("__lt", func(a, b uint64) bool { return a < b })
	compare("__le", func(a, b uint64) bool { return a <= b })
	mt.RawSetString("__tostring", s.L.NewFunction(func(ls *lua.LState) int {
		return s.pushString(ls, u64(checkWord(ls, 1)).String())
	}))
	mt.RawSetString("__concat", s.L.NewFunction(s.joinText))
}

func divisor(ls *lua.LState, b uint64) uint64 {
	if b == 0 {
		ls.RaiseError("a u64 cannot be divided by zero")
	}
	return b
}

func (s *state) bitFunctions() []Function {
	fold := func(name, doc string, op func(a, b uint64) uint64) Function {
		return Function{
			Table: bitLibrary, Name: name, Signature: "bit." + name + "(...) -> number | u64", Doc: doc,
			call: func(ls *lua.LState) int {
				v := checkWord(ls, 1)
				for i := 2; i <= ls.GetTop(); i++ {
					v = op(v, checkWord(ls, i))
				}
				ls.Push(s.word(v))
				return 1
			},
		}
	}
	shift := func(name, doc string, op func(v, n uint64) uint64) Function {
		return Function{
			Table: bitLibrary, Name: name, Signature: "bit." + name + "(value, n) -> number | u64", Doc: doc,
			call: func(ls *lua.LState) int {
				v, n := checkWord(ls, 1), checkWord(ls, 2)
				ls.Push(s.word(op(v, n)))
				return 1
			},
		}
	}
	return []Function{
		fold("band", "And of 64-bit words.", func(a, b uint64) uint64 { return a & b }),
		fold("bor", "Or of 64-bit words.", func(a, b uint64) uint64 { return a | b }),
		fold("bxor", "Exclusive or of 64-bit words.", func(a, b uint64) uint64 { return a ^ b }),
		{
			Table: bitLibrary, Name: "bnot", Signature: "bit.bnot(value) -> number | u64",
			Doc: "All 64 bits turned.",
			call: func(ls *lua.LState) int {
				ls.Push(s.word(^checkWord(ls, 1)))
				return 1
			},
		},
		shift("lshift", "Shifted left; 64 and more give 0.", func(v, n uint64) uint64 { return v << n }),
		shift("rshift", "Shifted right, zeros come in.", func(v, n uint64) uint64 { return v >> n }),
		shift("arshift", "Shifted right, the sign comes in.",
			func(v, n uint64) uint64 { return uint64(int64(v) >> n) }),
		shift("rol", "Rotated left.", func(v, n uint64) uint64 { return bits.RotateLeft64(v, int(n%64)) }),
		shift("ror", "Rotated right.", func(v, n uint64) uint64 { return bits.RotateLeft64(v, -int(n%64)) }),
	}
}
