package script

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func (s *state) tableFunctions() []Function {
	f := func(name, sig, doc string, call lua.LGFunction) Function {
		return Function{Table: "table", Name: name, Signature: sig, Doc: doc, call: call}
	}
	return []Function{
		f("concat", "table.concat(list [, separator [, i [, j]]]) -> string", "Joins strings and numbers.",
			s.tabConcat),
		f("insert", "table.insert(list, [position,] value)",
			"Inserts before a position, at the end without one. A list holds at most 65,535 values.",
			s.tabInsert),
		f("maxn", "table.maxn(t) -> number", "The largest positive number used as a key.", s.tabMaxn),
		f("remove", "table.remove(list [, position]) -> value",
			"Removes a value, the last one without a position.", s.tabRemove),
		f("sort", "table.sort(list [, less])", "Sorts in place; equal values keep their order.", s.tabSort),
	}
}

func (s *state) tabConcat(ls *lua.LState) int {
	t, sep := ls.CheckTable(1), ""
	if ls.Get(2) != lua.LNil {
		sep = s.str(ls, 2)
	}
	i, j := ls.OptInt(3, 1), ls.OptInt(4, t.Len())
	var b strings.Builder
	for k := i; k <= j; k++ {
		text, ok := textual(t.RawGetInt(k))
		if !ok {
			ls.RaiseError("invalid value (a %s) at index %d in table for 'concat'",
				t.RawGetInt(k).Type().String(), k)
		}
		if b.Len()+len(text)+len(sep) > maxString {
			s.sized(ls, b.Len()+len(text)+len(sep))
		}
		b.WriteString(text)
		if k < j {
			b.WriteString(sep)
		}
		s.charge(1 + len(text)/16)
	}
	return s.pushString(ls, b.String())
}

func (s *state) tabInsert(ls *lua.LState) int {
	t := ls.CheckTable(1)
	n := t.Len()
	if n+1 >= maxArray {
		s.limit(ls, "list", itoa(n+1), itoa(maxArray-1))
	}
	switch ls.GetTop() {
	case 2:
		t.RawSetInt(n+1, ls.Get(2))
	case 3:
		at := ls.CheckInt(2)
		if at < 1 || at > n+1 {
			ls.ArgError(2, "position out of bounds")
		}
		s.charge((n - at + 1) / 8)
		for k := n; k >= at; k-- {
			t.RawSetInt(k+1, t.RawGetInt(k))
		}
		t.RawSetInt(at, ls.Get(3))
	default:
		ls.RaiseError("wrong number of arguments to 'insert'")
	}
	return 0
}

func (s *state) tabRemove(ls *lua.LState) int {
	t := ls.CheckTable(1)
	n := t.Len()
	at := ls.OptInt(2, n)
	if n == 0 || at < 1 || at > n {
		ls.Push(lua.LNil)
		return 1
	}
	s.charge((n - at) / 8)
	got := t.RawGetInt(at)
	for k := at; k < n; k++ {
		t.RawSetInt(k, t.RawGetInt(k+1))
	}
	t.RawSetInt(n, lua.LNil)
	ls.Push(got)
	return 1
}

func (s *state) tabMaxn(ls *lua.LState) int {
	var most lua.LNumber
	each(ls.CheckTable(1), func(k, _ lua.LValue) {
		if n, ok := k.(lua.LNumber); ok && n > most {
			most = n
		}
	})
	ls.Push(most)
	return 1
}

// tabSort is a merge sort of a copy: stable, the same comparisons on every Go version, and sound whatever the
// comparator answers, changes or raises.
func (s *state) tabSort(ls *lua.LState) int {
	t := ls.CheckTable(1)
	var less *lua.LFunction
	if ls.Get(2) != lua.LNil {
		less = ls.CheckFunction(2)
	}
	list := make([]lua.LValue, t.Len())
	for i := range list {
		list[i] = t.RawGetInt(i + 1)
	}
	s.charge(len(list))
	so := sorter{s: s, L: ls, less: less, spare: make([]lua.LValue, len(list))}
	so.sort(list)
	for i, v := range list {
		t.RawSetInt(i+1, v)
	}
	return 0
}

type sorter struct {
	s     *state
	L     *lua.LState
	less  *lua.LFunction
	spare []lua.LValue
}

func (so *sorter) sort(list []lua.LValue) {
	if len(list) < 2 {
		return
	}
	mid := len(list) / 2
	so.sort(list[:mid])
	so.sort(list[mid:])
	a, b := so.spare[:copy(so.spare, list[:mid])], list[mid:]
	for k := range list {
		if len(a) > 0 && (len(b) == 0 || !so.before(b[0], a[0])) {
			list[k], a = a[0], a[1:]
			continue
		}
		if len(b) == 0 {
			return
		}
		list[k], b = b[0], b[1:]
	}
}

func (so *sorter) before(a, b lua.LValue) bool {
	so.s.charge(1)
	if so.less == nil {
		return so.L.LessThan(a, b)
	}
	so.L.Push(so.less)
	so.L.Push(a)
	so.L.Push(b)
	so.L.Call(2, 1)
	v := so.L.Get(-1)
	so.L.Pop(1)
	return lua.LVAsBool(v)
}

// each visits a table's entries in the order in which pairs does: that of their insertion. gopher-lua's own
// ForEach follows Go's maps, which have none.
func each(t *lua.LTable, visit func(k, v lua.LValue)) {
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		visit(k, v)
	}
}
