package script

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// field reads a property of a host object; unknown names are errors, so that a misspelt one is not nil.
type field struct {
	name string
	get  func(ls *lua.LState, self any) lua.LValue
}

// properties gives a type its __index: methods first, then fields.
func (s *state) properties(what string, mt *lua.LTable, fields []field) {
	if mt == nil {
		return // only the reference is wanted
	}
	byName := make(map[string]field, len(fields))
	for _, f := range fields {
		byName[f.name] = f
	}
	mt.RawSetString("__index", s.L.NewFunction(func(ls *lua.LState) int {
		ud, ok := ls.Get(1).(*lua.LUserData)
		key, isName := ls.Get(2).(lua.LString)
		if !ok || !isName {
			ls.RaiseError("%s: fields have names, got a %s", what, ls.Get(2).Type().String())
		}
		name := string(key)
		if f, found := byName[name]; found {
			ls.Push(f.get(ls, ud.Value))
			return 1
		}
		if v := mt.RawGetString(name); v != lua.LNil && !strings.HasPrefix(name, "__") {
			ls.Push(v)
			return 1
		}
		s.unknownField(ls, what, name, mt, fields)
		return 0
	}))
	mt.RawSetString("__newindex", s.L.NewFunction(func(ls *lua.LState) int {
		ls.RaiseError("%s: %s cannot be set", what, clip(ls.Get(2).String()))
		return 0
	}))
}

func (s *state) unknownField(ls *lua.LState, what, name string, mt *lua.LTable, fields []field) {
	var known []string
	for _, f := range fields {
		known = append(known, f.name)
	}
	each(mt, func(k, _ lua.LValue) {
		if text := k.String(); !strings.HasPrefix(text, "__") {
			known = append(known, text)
		}
	})
	hint := "; known: " + strings.Join(known, ", ")
	if near, ok := lab.Suggest(name, known); ok {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	ls.RaiseError("a %s has no field %q%s", what, clip(name), hint)
}

func (s *state) machineFields() {
	self := func(get func(ls *lua.LState, m *machine) lua.LValue) func(*lua.LState, any) lua.LValue {
		return func(ls *lua.LState, v any) lua.LValue {
			m, ok := v.(*machine)
			if !ok {
				return lua.LNil
			}
			return get(ls, m)
		}
	}
	s.properties(onMachine, s.types.machine, []field{
		{"stats", self(func(_ *lua.LState, m *machine) lua.LValue {
			return s.reflected(reflect.ValueOf(m.vm.Stats()))
		})},
		{"config", self(func(_ *lua.LState, m *machine) lua.LValue {
			return s.reflected(reflect.ValueOf(m.vm.Config()))
		})},
		{"cpu", self(func(ls *lua.LState, m *machine) lua.LValue {
			p := m.current()
			if p == nil {
				ls.RaiseError("m.cpu: no program is loaded; call m:load first")
			}
			return s.object(&registers{p}, s.types.registers)
		})},
	})
}

func (s *state) processFields() {
	self := func(get func(p *process) lua.LValue) func(*lua.LState, any) lua.LValue {
		return func(_ *lua.LState, v any) lua.LValue {
			p, ok := v.(*process)
			if !ok {
				return lua.LNil
			}
			return get(p)
		}
	}
	ended := func(get func(ended bool, p *process) lua.LValue) func(*lua.LState, any) lua.LValue {
		return self(func(p *process) lua.LValue {
			is, _ := p.vm.Exited()
			return get(is, p)
		})
	}
	s.properties(onProcess, s.types.process, []field{
		{namePID, self(func(p *process) lua.LValue { return lua.LNumber(p.vm.PID()) })},
		{"entry", self(func(p *process) lua.LValue { return s.word(uint64(p.vm.Entry())) })},
		{
			"entry_page",
			self(func(p *process) lua.LValue { return s.word(uint64(p.vm.Page(p.vm.Entry()).Page)) }),
		},
		{"path", self(func(p *process) lua.LValue { return lua.LString(p.path) })},
		{"stdout", self(func(p *process) lua.LValue { return lua.LString(p.out.text.String()) })},
		{"lost_output", self(func(p *process) lua.LValue { return s.word(p.out.lost + p.err.lost) })},
		{"stderr", self(func(p *process) lua.LValue { return lua.LString(p.err.text.String()) })},
		{"cpu", self(func(p *process) lua.LValue { return s.object(&registers{p}, s.types.registers) })},
		{nameFaults, self(func(p *process) lua.LValue {
			t, n := s.L.NewTable(), p.vm.Faults()
			t.RawSetString(nameMajor, s.word(n.Major))
			t.RawSetString("minor", s.word(n.Minor))
			t.RawSetString("total", s.word(n.Major+n.Minor))
			return t
		})},
		{"share", self(func(p *process) lua.LValue {
			share, _ := p.vm.Share()
			return lua.LNumber(share)
		})},
		{"charged", self(func(p *process) lua.LValue {
			_, charged := p.vm.Share()
			return lua.LNumber(charged)
		})},
		{"in_memory", self(func(p *process) lua.LValue { return lua.LBool(p.vm.InMemory()) })},
		{"exited", ended(func(is bool, _ *process) lua.LValue { return lua.LBool(is) })},
		{"status", ended(func(is bool, p *process) lua.LValue {
			if !is {
				return lua.LNil
			}
			_, st := p.vm.Exited()
			return lua.LNumber(st.Status())
		})},
		{"signal", ended(func(is bool, p *process) lua.LValue {
			if _, st := p.vm.Exited(); is && st.Signal != 0 {
				return lua.LNumber(st.Signal)
			}
			return lua.LNil
		})},
		{"report", ended(func(_ bool, p *process) lua.LValue {
			_, st := p.vm.Exited()
			return lua.LString(st.Report)
		})},
	})
}

// reflected turns a struct into a table by its JSON names: statistics and configurations. Each use takes a
// new one, so m.stats is always the bill so far.
func (s *state) reflected(v reflect.Value) lua.LValue {
	switch v.Kind() { //nolint:exhaustive // the kinds that a configuration or a bill has
	case reflect.Struct:
		t := s.L.NewTable()
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name != "" && name != "-" {
				t.RawSetString(name, s.reflected(v.Field(i)))
			}
		}
		s.strict(t)
		return t
	case reflect.Map:
		t := s.L.NewTable()
		for _, k := range sortedKeys(v) {
			t.RawSetString(k.String(), s.reflected(v.MapIndex(k)))
		}
		return t
	case reflect.String:
		return lua.LString(v.String())
	case reflect.Bool:
		return lua.LBool(v.Bool())
	case reflect.Int, reflect.Int64, reflect.Int32:
		return lua.LNumber(v.Int())
	case reflect.Uint64, reflect.Uint32, reflect.Uint:
		return s.word(v.Uint())
	case reflect.Float64:
		return lua.LNumber(v.Float())
	}
	return lua.LNil
}

// strict makes a table raise on names that it does not have.
func (s *state) strict(t *lua.LTable) {
	mt := s.L.NewTable()
	mt.RawSetString("__metatable", lua.LString("locked"))
	mt.RawSetString("__index", s.L.NewFunction(func(ls *lua.LState) int {
		var known []string
		each(t, func(k, _ lua.LValue) { known = append(known, k.String()) })
		name := ls.Get(2).String()
		hint := "; known: " + strings.Join(known, ", ")
		if near, ok := lab.Suggest(name, known); ok {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		ls.RaiseError("there is no %q here%s", clip(name), hint)
		return 0
	}))
	t.Metatable = mt
}

var (
	errNoRegisters = errors.New("the process has no registers any more")
	errFlags       = errors.New("flags can only be read; set rflags")
)

// registers is the proxy m.cpu.
type registers struct{ p *process }

// registerNames are the 64-bit registers by number of package x86.
//
//nolint:gochecknoglobals // a constant table
var registerNames = [...]string{
	x86.RAX: "rax", x86.RCX: "rcx", x86.RDX: "rdx", x86.RBX: "rbx", x86.RSP: "rsp", x86.RBP: "rbp",
	x86.RSI: "rsi",
	x86.RDI: "rdi", x86.R8: "r8", x86.R9: "r9", x86.R10: "r10", x86.R11: "r11", x86.R12: "r12",
	x86.R13: "r13",
	x86.R14: "r14", x86.R15: "r15",
}

// registerNames32 are the lower halves of the first eight, which are all that 32-bit code has.
//
//nolint:gochecknoglobals // a constant table
var registerNames32 = [...]string{
	x86.RAX: "eax", x86.RCX: "ecx", x86.RDX: "edx", x86.RBX: "ebx", x86.RSP: "esp", x86.RBP: "ebp",
	x86.RSI: "esi", x86.RDI: "edi",
}

// wholeName is the 64-bit name of a register, and whether name is that of its lower half.
func wholeName(name string) (whole string, half bool) {
	if slices.Contains(registerNames32[:], name) || name == "eip" || name == "eflags" {
		return "r" + name[1:], true
	}
	return name, false
}

func (r *registers) get(name string) (uint64, bool) {
	whole, half := wholeName(name)
	v, ok := r.value(whole)
	if half {
		v = uint64(uint32(v))
	}
	return v, ok
}

func (r *registers) value(name string) (uint64, bool) {
	c := r.p.vm.CPU()
	if c == nil {
		return 0, false
	}
	for i, n := range registerNames {
		if n == name {
			return c.Regs[i], true
		}
	}
	switch name {
	case nameRIP:
		return uint64(r.p.pc()), true
	case "rflags":
		return c.RFlags(), true
	case "fs_base":
		return c.FSBase, true
	case "gs_base":
		return c.GSBase, true
	}
	return 0, false
}

// set sets a register. The upper half of one that is named by its lower half becomes zero, as instructions
// have it.
func (r *registers) set(name string, v uint64) error {
	c := r.p.vm.CPU()
	name, half := wholeName(name)
	if half {
		v = uint64(uint32(v))
	}
	for i, n := range registerNames {
		if n == name && c != nil {
			c.Regs[i] = v
			return nil
		}
	}
	switch {
	case c == nil:
		return errNoRegisters
	case name == nameFlags:
		return errFlags
	case name == nameRIP && r.p.m.running && r.p.m.inside != event.Insn:
		return fmt.Errorf("rip can be set between runs and in insn hooks, not in a %s hook", r.p.m.inside)
	case name == nameRIP:
		c.RIP = v
	case name == "rflags":
		c.SetRFlags(v)
	case name == "fs_base":
		c.FSBase = v
	case name == "gs_base":
		c.GSBase = v
	default:
		return fmt.Errorf("there is no register %q", clip(name))
	}
	return nil
}

func (s *state) registerProxy() {
	mt := s.types.registers
	if mt == nil {
		return
	}
	of := func(ls *lua.LState) *registers {
		if ud, ok := ls.Get(1).(*lua.LUserData); ok {
			if r, isRegs := ud.Value.(*registers); isRegs {
				return r
			}
		}
		ls.ArgError(1, "registers expected")
		return nil
	}
	mt.RawSetString("__index", s.L.NewFunction(func(ls *lua.LState) int {
		name := ls.Get(2).String()
		if c := of(ls).p.vm.CPU(); name == nameFlags && c != nil {
			ls.Push(s.flags(c.RFlags()))
			return 1
		}
		v, ok := of(ls).get(name)
		if !ok {
			known := append(registerNames[:], nameRIP, "rflags", nameFlags, "fs_base", "gs_base")
			hint := ""
			if near, found := lab.Suggest(name, known); found {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			ls.RaiseError("there is no register %q%s", clip(name), hint)
		}
		ls.Push(s.word(v))
		return 1
	}))
	mt.RawSetString("__newindex", s.L.NewFunction(func(ls *lua.LState) int {
		if err := of(ls).set(ls.Get(2).String(), checkWord(ls, 3)); err != nil {
			ls.RaiseError("%s", err.Error())
		}
		return 0
	}))
}
