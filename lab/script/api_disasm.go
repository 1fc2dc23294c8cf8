package script

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/paging/addr"
	"memlab/vm/x86"
)

// Bounds on one call, and what is taken when nothing is said.
const (
	maxDisasm       = 1 << 14 // instructions
	defaultDisasm   = 10
	maxBacktrace    = 1 << 12 // frames
	defaultFrames   = 64
	chargeDisasm    = 8 // per instruction
	chargeBacktrace = 64
)

// disasmFunctions look at code and at the stack of a loaded program.
func (s *state) disasmFunctions() []Function {
	list := []Function{
		{
			Table: onMachine, Name: "disasm", Signature: "m:disasm(address [, n]) -> list",
			Doc: "n instructions (10) of the current process, from an address or symbol on, without side " +
				"effects: a list of {addr, bytes, text, symbol}; bytes in hex, symbol as main+0x4 or nil. " +
				"tostring gives a listing. It ends early where memory does.",
			Example: `print(m:disasm("main", 5))`, call: s.disasm,
			method: func(t *metatables) *lua.LTable { return t.machine },
		},
		{
			Table: onMachine, Name: "backtrace", Signature: "m:backtrace([most]) -> list",
			Doc:     "The stack of the current process; see p:backtrace.",
			Example: "print(m:backtrace())", call: s.backtrace,
			method: func(t *metatables) *lua.LTable { return t.machine },
		},
	}
	return append(list,
		Function{
			Table: onProcess, Name: "disasm", Signature: "p:disasm(address [, n]) -> list",
			Doc: "n instructions of the process; see m:disasm.", Example: `print(p:disasm(p.entry))`,
			call: s.disasm, method: func(t *metatables) *lua.LTable { return t.process },
		},
		Function{
			Table: onProcess, Name: "backtrace", Signature: "p:backtrace([most]) -> list",
			Doc: "The functions in execution, innermost first: a list of {addr, symbol, offset}; of " +
				"callers addr is behind the call. At most `most` (64). tostring gives a line a frame.",
			Example: `assert.equals("main", p:backtrace()[1].symbol)`, call: s.backtrace,
			method: func(t *metatables) *lua.LTable { return t.process },
		},
	)
}

// bounded is an optional count in argument n.
func (s *state) bounded(ls *lua.LState, n int, what string, otherwise, most int) int {
	if ls.Get(n) == lua.LNil {
		return otherwise
	}
	v := checkWord(ls, n)
	if v > uint64(most) {
		s.limit(ls, what, strconv.FormatUint(v, 10), itoa(most))
	}
	return int(v)
}

// printed gives a table a text.
func (s *state) printed(t *lua.LTable, text string) {
	mt := s.L.NewTable()
	mt.RawSetString("__metatable", lua.LString("locked"))
	mt.RawSetString("__tostring", s.L.NewFunction(func(ls *lua.LState) int { return s.pushString(ls, text) }))
	t.Metatable = mt
}

func (s *state) disasm(ls *lua.LState) int {
	p := processArg(ls)
	va := p.address(ls, ls.Get(2))
	n := s.bounded(ls, 3, "instructions", defaultDisasm, maxDisasm)
	s.charge(n * chargeDisasm)
	code := make([]byte, n*x86.MaxLen)
	code = code[:p.vm.Peek(va, code)]
	if len(code) == 0 && n > 0 {
		ls.RaiseError("%s", p.unmapped(va, 0, 1))
	}
	mode32 := p.vm.CPU() != nil && p.vm.CPU().Mode32
	list := s.L.NewTable()
	var lines strings.Builder
	for i := 1; i <= n && len(code) > 0; i++ {
		in := x86.Disassemble(code, uint64(va), mode32)
		text := in.WithNames(func(at uint64) string { return p.symbol(addr.VAddr(at)) })
		symbol := p.symbol(va)
		row := s.L.NewTable()
		row.RawSetString("addr", s.word(uint64(va)))
		row.RawSetString("bytes", lua.LString(hex.EncodeToString(code[:in.Len])))
		row.RawSetString("text", lua.LString(text))
		if symbol != "" {
			row.RawSetString("symbol", lua.LString(symbol))
		}
		label := ""
		if symbol != "" {
			label = " <" + symbol + ">"
		}
		line := fmt.Sprintf("%#x%s: %s", uint64(va), label, text)
		s.printed(row, line)
		list.RawSetInt(i, row)
		fmt.Fprintln(&lines, line)
		code, va = code[in.Len:], va+addr.VAddr(in.Len)
	}
	s.printed(list, strings.TrimSuffix(lines.String(), "\n"))
	ls.Push(list)
	return 1
}

func (s *state) backtrace(ls *lua.LState) int {
	p := processArg(ls)
	most := s.bounded(ls, 2, "frames", defaultFrames, maxBacktrace)
	s.charge(most * chargeBacktrace)
	list := s.L.NewTable()
	var lines []string
	for i, f := range p.vm.Backtrace(p.pc(), most) {
		row := s.L.NewTable()
		row.RawSetString("addr", s.word(uint64(f.PC)))
		if f.Symbol != "" {
			row.RawSetString("symbol", lua.LString(f.Symbol))
			row.RawSetString("offset", s.word(f.Offset))
		}
		line := fmt.Sprintf("#%d %v", i, f)
		s.printed(row, line)
		list.RawSetInt(i+1, row)
		lines = append(lines, line)
	}
	s.printed(list, strings.Join(lines, "\n"))
	ls.Push(list)
	return 1
}

// flagBits are the flags of RFLAGS that a program can see, in the order of their bits.
//
//nolint:gochecknoglobals // a constant table (Intel SDM Vol. 1, figure 3-8)
var flagBits = []struct {
	name string
	bit  uint
}{
	{"CF", 0},
	{"PF", 2},
	{"AF", 4},
	{"ZF", 6},
	{"SF", 7},
	{"TF", 8},
	{"IF", 9},
	{"DF", 10},
	{"OF", 11},
	{"NT", 14},
	{"AC", 18},
	{"ID", 21},
}

// flagsText names the flags that are set; IF always is.
func flagsText(rflags uint64) string {
	var names []string
	for _, f := range flagBits {
		if rflags>>f.bit&1 != 0 && f.name != "IF" {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, " ")
}

// flags is m.cpu.flags: {CF = true, ZF = false, …}, whose text is "CF SF".
func (s *state) flags(rflags uint64) *lua.LTable {
	t := s.L.NewTable()
	for _, f := range flagBits {
		t.RawSetString(f.name, lua.LBool(rflags>>f.bit&1 != 0))
	}
	s.strict(t)
	if mt, ok := t.Metatable.(*lua.LTable); ok {
		text := flagsText(rflags)
		mt.RawSetString("__tostring", s.L.NewFunction(func(ls *lua.LState) int {
			return s.pushString(ls, text)
		}))
	}
	return t
}

// String is how m.cpu prints: four registers a row, then the place, the flags and the bases. In 32-bit code
// there are eight.
func (r *registers) String() string {
	c := r.p.vm.CPU()
	if c == nil {
		return errNoRegisters.Error()
	}
	list := []int{
		x86.RAX, x86.RBX, x86.RCX, x86.RDX, x86.RSI, x86.RDI, x86.RBP, x86.RSP,
		x86.R8, x86.R9, x86.R10, x86.R11, x86.R12, x86.R13, x86.R14, x86.R15,
	}
	prefix, digits := "r", 16
	names := registerNames[:]
	if c.Mode32 {
		list, prefix, digits, names = list[:8], "e", 8, registerNames32[:]
	}
	var b strings.Builder
	for i, n := range list {
		end := "  "
		if i%4 == 3 {
			end = "\n"
		}
		fmt.Fprintf(&b, "%-3s %0*x%s", names[n], digits, c.Regs[n], end)
	}
	at := ""
	if name := r.p.symbol(r.p.pc()); name != "" {
		at = " <" + name + ">"
	}
	fmt.Fprintf(&b, "%sip %0*x%s\n", prefix, digits, uint64(r.p.pc()), at)
	flags := c.RFlags()
	fmt.Fprintf(&b, "%sflags %#x [%s]  fs_base %#x  gs_base %#x",
		prefix, flags, flagsText(flags), c.FSBase, c.GSBase)
	return b.String()
}
