package script

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/lab"
	"memlab/paging/addr"
)

// Words that several tables use.
const (
	onMachine    = "machine" // types of the reference
	onProcess    = "process"
	bitLibrary   = "bit"
	atAddress    = "process, address" // arguments of assertions
	oneValueArgs = "value [, message]"
	coSuspended  = "suspended"
	outInherit   = "inherit"
	namePID      = "pid"
	nameRIP      = "rip"
	nameFlags    = "flags"
	nameMapped   = "mapped"
	nameDirty    = "dirty"
	nameFrame    = "frame"
	namePage     = "page"
	nameError    = "error"
	nameMajor    = "major"
	nameFaults   = "faults"
	nameResident = "resident"
	nameObject   = "object"
	namePath     = "path"
	nameOffset   = "offset"
	nameErrno    = "errno"
)

// options reads a table of named options; a name that nobody asked for is an error.
type options struct {
	what string // for messages: "m:run"
	L    *lua.LState
	t    *lua.LTable
	seen []string
}

// optionsOf reads argument n as options; nil means none.
func optionsOf(ls *lua.LState, n int, what string) *options {
	o := &options{what: what, L: ls}
	switch v := ls.Get(n).(type) {
	case *lua.LNilType:
	case *lua.LTable:
		o.t = v
	default:
		ls.ArgError(n, "a table of options expected, got "+v.Type().String())
	}
	return o
}

func (o *options) get(name string) lua.LValue {
	o.seen = append(o.seen, name)
	if o.t == nil {
		return lua.LNil
	}
	return o.t.RawGetString(name)
}

func (o *options) bad(name, wanted string, got lua.LValue) {
	o.L.RaiseError("%s: %s must be %s, got %s", o.what, name, wanted, got.Type().String())
}

func (o *options) str(name, otherwise string) string {
	switch v := o.get(name).(type) {
	case *lua.LNilType:
		return otherwise
	case lua.LString:
		return string(v)
	default:
		o.bad(name, "text", v)
		return ""
	}
}

func (o *options) boolean(name string) bool {
	switch v := o.get(name).(type) {
	case *lua.LNilType:
		return false
	case lua.LBool:
		return bool(v)
	default:
		o.bad(name, "true or false", v)
		return false
	}
}

// fn is a function, nil if there is none.
func (o *options) fn(name string) *lua.LFunction {
	switch v := o.get(name).(type) {
	case *lua.LNilType:
	case *lua.LFunction:
		return v
	default:
		o.bad(name, "a function", v)
	}
	return nil
}

// count is a whole number that is not negative.
func (o *options) count(name string, otherwise uint64) uint64 {
	v := o.get(name)
	if v == lua.LNil {
		return otherwise
	}
	n, ok := v.(lua.LNumber)
	w, err := toWord(v)
	if err != nil || ok && n < 0 {
		o.L.RaiseError("%s: %s must be a whole number from 0 on", o.what, name)
	}
	return w
}

// between is a whole number from least to most, 0 if it is not given.
func (o *options) between(name string, least, most int) int {
	v := o.get(name)
	if v == lua.LNil {
		return 0
	}
	n, ok := v.(lua.LNumber)
	if !ok || n < lua.LNumber(least) || n > lua.LNumber(most) || n != lua.LNumber(int(n)) {
		o.L.RaiseError("%s: %s must be a whole number from %d to %d", o.what, name, least, most)
	}
	return int(n)
}

// texts is a list of texts. A map {K = "V"} is accepted with pairs, as K=V in order of the table.
func (o *options) texts(name string, pairs bool) []string {
	v := o.get(name)
	if v == lua.LNil {
		return nil
	}
	t, ok := v.(*lua.LTable)
	if !ok {
		o.bad(name, "a list of texts", v)
	}
	list := []string{}
	for i := 1; i <= t.Len(); i++ {
		text, isText := textual(t.RawGetInt(i))
		if !isText {
			o.bad(fmt.Sprintf("%s[%d]", name, i), "text", t.RawGetInt(i))
		}
		list = append(list, text)
	}
	each(t, func(k, v lua.LValue) {
		key, isKey := k.(lua.LString)
		value, isText := textual(v)
		if pairs && isKey && isText {
			list = append(list, string(key)+"="+value)
		} else if isKey {
			o.bad(name, "a list of texts", v)
		}
	})
	return list
}

// done refuses options that nobody read.
func (o *options) done() {
	if o.t == nil {
		return
	}
	unknown := ""
	each(o.t, func(k, _ lua.LValue) {
		text, ok := textual(k)
		if !ok {
			text = "a " + k.Type().String()
		}
		for _, name := range o.seen {
			if ok && name == text {
				return
			}
		}
		if unknown == "" {
			unknown = text
		}
	})
	if unknown == "" {
		return
	}
	hint := "; known: " + strings.Join(o.seen, ", ")
	if near, ok := lab.Suggest(unknown, o.seen); ok {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	o.L.RaiseError("%s: unknown option %q%s", o.what, clip(unknown), hint)
}

// symbols finds addresses by name. A process is one.
type symbols interface {
	Lookup(name string) (addr.VAddr, bool)
}

var errNoAddress = errors.New("an address is missing: a number, hex text, a u64 or a symbol's name")

// address takes what may stand for an address: a number, hex text, a u64, a symbol, "symbol+off".
func address(v lua.LValue, in symbols) (addr.VAddr, error) {
	text, ok := v.(lua.LString)
	if !ok {
		if v == lua.LNil {
			return 0, errNoAddress
		}
		w, err := toWord(v)
		if err != nil {
			return 0, fmt.Errorf("address: %w", err)
		}
		return addr.VAddr(w), nil
	}
	name := strings.TrimSpace(string(text))
	if name == "" {
		return 0, errNoAddress
	}
	if name[0] >= '0' && name[0] <= '9' {
		w, err := parseWord(name)
		return addr.VAddr(w), err
	}
	if in == nil {
		return 0, fmt.Errorf("symbol %q: no program is loaded", clip(name))
	}
	if va, found := in.Lookup(name); found {
		return va, nil // a name may have a + in it
	}
	base, off, hasOff := strings.Cut(name, "+")
	va, found := in.Lookup(base)
	if !found {
		return 0, fmt.Errorf("symbol %q is not in the program", clip(base))
	}
	if !hasOff {
		return va, nil
	}
	w, err := parseWord(off)
	if err != nil {
		return 0, fmt.Errorf("%q: the offset %w", clip(name), err)
	}
	return va + addr.VAddr(w), nil
}

// tree turns a Lua table into nested maps for lab.Config.SetTree.
func tree(ls *lua.LState, t *lua.LTable, depth int) map[string]any {
	if depth > 8 {
		ls.RaiseError("machine.new: the table nests too deep")
	}
	out := make(map[string]any)
	each(t, func(k, v lua.LValue) {
		key, ok := k.(lua.LString)
		if !ok {
			ls.RaiseError("machine.new: keys are names, got %s", k.String())
		}
		switch v := v.(type) {
		case *lua.LTable:
			out[string(key)] = tree(ls, v, depth+1)
		case lua.LString:
			out[string(key)] = string(v)
		case lua.LNumber:
			out[string(key)] = float64(v)
		case lua.LBool:
			out[string(key)] = bool(v)
		default:
			if w, isWord := wordOf(v); isWord {
				out[string(key)] = w
				return
			}
			ls.RaiseError("machine.new: %s cannot be a %s", string(key), v.Type().String())
		}
	})
	return out
}
