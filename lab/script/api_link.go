package script

import (
	lua "github.com/yuin/gopher-lua"

	"memlab/loader/elf"
	"memlab/loader/link"
	"memlab/vm"
)

// linkFunctions show what the dynamic linker of a process has done.
func (s *state) linkFunctions() []Function {
	f := func(name, sig, doc, example string, call lua.LGFunction) Function {
		return Function{
			Table: onProcess, Name: name, Signature: sig, Doc: doc, Example: example, call: call,
			method: func(t *metatables) *lua.LTable { return t.process },
		}
	}
	const slots = "Each has object, symbol, version, address, value, type, state (\"unset\", \"lazy\", " +
		"\"bound\", \"zero\", \"other\"), to (path of the object whose symbol it binds to) and target " +
		"(that symbol's address)"
	return []Function{
		f("link_map", "p:link_map() -> list | nil, why",
			"The objects of the dynamic linker's link map in its order, read from the program's memory "+
				"without touching it: {index, name, path, base, dynamic, soname, needed, rpath, runpath, "+
				"bind_now, init}. init lists {address, how, number}: the functions that are called when the "+
				"object comes and goes. The list itself has state (\"consistent\", \"add\", \"delete\"), "+
				"debug and brk, the addresses of r_debug and of what it names r_brk.",
			"for _, o in ipairs(p:link_map()) do print(hex(o.base), o.path) end", s.linkMap),
		f("got", "p:got([object]) -> list | nil, why",
			"The slots that the dynamic linker fills with the addresses of symbols, but for those of the "+
				"procedure linkage table, of one object (its path, or the last part of it) or of all. "+
				slots+"; copied is true for a variable that was copied into the program.",
			`for _, g in ipairs(p:got("libc.so")) do print(g.symbol, g.state, g.to) end`,
			func(ls *lua.LState) int { return s.slots(ls, false) }),
		f("plt", "p:plt([object]) -> list | nil, why",
			"The slots through which the procedure linkage table jumps. "+slots+
				"; stub is where it leads until it is bound.",
			`for _, g in ipairs(p:plt()) do print(g.symbol, g.state, hex(g.value)) end`,
			func(ls *lua.LState) int { return s.slots(ls, true) }),
		f("resolve", "p:resolve(name, [version]) -> table | nil, why",
			"What a reference of the program to a symbol binds to by the rules of its dynamic linker: "+
				"{object, index, symbol, version, address, size, weak, kind}.",
			`print(p:resolve("write").object)`, s.resolve),
		f("searches", "p:searches() -> list",
			"The files that the dynamic linker has tried to open, in order: {path, errno, why}. errno is "+
				"nil if the file was opened; why is \"DT_RPATH\", \"LD_LIBRARY_PATH\", \"DT_RUNPATH\", "+
				"\"system\" or \"configuration\".",
			"for _, t in ipairs(p:searches()) do print(t.path, t.errno, t.why) end", s.searches),
	}
}

// linksOf is the picture of the process's links, or nil and why there is none, which has been pushed.
func linksOf(ls *lua.LState) (*vm.Links, int) {
	l, err := processArg(ls).vm.Links()
	if err != nil {
		ls.Push(lua.LNil)
		ls.Push(lua.LString(clip(err.Error())))
		return nil, 2
	}
	return l, 0
}

func (s *state) linkMap(ls *lua.LState) int {
	l, n := linksOf(ls)
	if l == nil {
		return n
	}
	t := s.L.NewTable()
	for i, o := range l.Scope.Objects {
		row := s.L.NewTable()
		row.RawSetString("index", lua.LNumber(i))
		row.RawSetString("name", lua.LString(o.Name))
		row.RawSetString("path", lua.LString(o.Path))
		row.RawSetString("base", s.word(o.Base))
		row.RawSetString("dynamic", s.word(uint64(o.Dynamic)))
		if o.Linking != nil {
			s.linkingFields(row, o.Linking)
		}
		init := s.L.NewTable()
		for j, f := range l.Initialisers(i) {
			call := s.L.NewTable()
			call.RawSetString("address", s.word(uint64(f.Addr)))
			call.RawSetString("how", lua.LString(f.Kind))
			call.RawSetString("number", lua.LNumber(f.Number))
			init.RawSetInt(j+1, call)
		}
		row.RawSetString("init", init)
		t.RawSetInt(i+1, row)
	}
	t.RawSetString("state", lua.LString(l.Map.State.String()))
	t.RawSetString("debug", s.word(uint64(l.Map.Debug)))
	t.RawSetString("brk", s.word(uint64(l.Map.Break)))
	ls.Push(t)
	return 1
}

// linkingFields are what an object's dynamic section says.
func (s *state) linkingFields(row *lua.LTable, l *elf.Linking) {
	needed := s.L.NewTable()
	for i, name := range l.Needed {
		needed.RawSetInt(i+1, lua.LString(clip(name)))
	}
	row.RawSetString("needed", needed)
	for _, f := range []struct{ name, text string }{
		{"soname", l.Soname}, {"rpath", l.Rpath}, {"runpath", l.Runpath},
	} {
		if f.text != "" {
			row.RawSetString(f.name, lua.LString(f.text))
		}
	}
	row.RawSetString("bind_now", lua.LBool(l.BindNow))
}

// slots is p:got and p:plt.
func (s *state) slots(ls *lua.LState, plt bool) int {
	l, n := linksOf(ls)
	if l == nil {
		return n
	}
	want, count := "", 0
	if ls.Get(2) != lua.LNil {
		want = s.str(ls, 2)
	}
	t := s.L.NewTable()
	for i, o := range l.Scope.Objects {
		if want != "" && want != o.Path && want != lastPart(o.Path) {
			continue
		}
		for _, slot := range l.Slots(i) {
			if slot.PLT != plt {
				continue
			}
			if count++; count >= maxArray {
				s.limit(ls, "list", itoa(count), itoa(maxArray-1))
			}
			t.RawSetInt(count, s.slotRow(l, &slot))
		}
	}
	ls.Push(t)
	return 1
}

// lastPart is what stands behind the last slash.
func lastPart(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}

func (s *state) slotRow(l *vm.Links, slot *link.Slot) *lua.LTable {
	row := s.L.NewTable()
	row.RawSetString(nameObject, lua.LString(slot.Object.Path))
	row.RawSetString("symbol", lua.LString(slot.Symbol.Name))
	if v := slot.Symbol.Version; v != nil {
		row.RawSetString("version", lua.LString(v.Name))
	}
	row.RawSetString("address", s.word(uint64(slot.Addr)))
	row.RawSetString("value", s.word(slot.Value))
	row.RawSetString("type", lua.LString(slot.RelocName(l.Scope.Class)))
	row.RawSetString("state", lua.LString(slot.State.String()))
	row.RawSetString("copied", lua.LBool(slot.IsCopy()))
	if slot.Stub != 0 {
		row.RawSetString("stub", s.word(uint64(slot.Stub)))
	}
	if d := slot.Definition; d != nil {
		row.RawSetString("to", lua.LString(d.Object.Path))
		row.RawSetString("target", s.word(uint64(d.Addr(l.Scope.Class))))
	}
	return row
}

func (s *state) resolve(ls *lua.LState) int {
	l, n := linksOf(ls)
	if l == nil {
		return n
	}
	name, version := s.str(ls, 2), ""
	if ls.Get(3) != lua.LNil {
		version = s.str(ls, 3)
	}
	d, ok := l.Resolve(name, version)
	if !ok {
		ls.Push(lua.LNil)
		ls.Push(lua.LString("no object of the link map defines " + clip(name)))
		return 2
	}
	t := s.L.NewTable()
	t.RawSetString(nameObject, lua.LString(d.Object.Path))
	t.RawSetString("index", lua.LNumber(d.Index))
	t.RawSetString("symbol", lua.LString(d.Symbol.Name))
	if v := d.Symbol.Version; v != nil {
		t.RawSetString("version", lua.LString(v.Name))
	}
	t.RawSetString("address", s.word(uint64(d.Addr(l.Scope.Class))))
	t.RawSetString("size", s.word(d.Symbol.Size))
	t.RawSetString("weak", lua.LBool(d.Symbol.Bind == elf.BindWeak))
	t.RawSetString("kind", lua.LString(elf.SymTypeName(d.Symbol.Type)))
	ls.Push(t)
	return 1
}

func (s *state) searches(ls *lua.LState) int {
	t := s.L.NewTable()
	for i, x := range processArg(ls).vm.Searches() {
		row := s.L.NewTable()
		row.RawSetString("path", lua.LString(clip(x.Path)))
		if x.Errno != 0 {
			row.RawSetString("errno", lua.LNumber(x.Errno))
		}
		row.RawSetString("why", lua.LString(x.Why))
		t.RawSetInt(i+1, row)
	}
	ls.Push(t)
	return 1
}
