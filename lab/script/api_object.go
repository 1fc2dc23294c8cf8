package script

import (
	"bytes"
	"io/fs"
	"path"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"memlab/loader/elf"
	"memlab/loader/object"
)

// objectFunctions link relocatable files and call what is in them.
func (s *state) objectFunctions() []Function {
	return []Function{
		{
			Table: onMachine, Name: "link",
			Signature: "m:link{file, …, base=, entry=, name=, argv=, env=, strategy=, …} -> process, link",
			Doc: "Links relocatable files (.o) in memory and loads the program, which begins at _start " +
				"(made if no " +
				"object has it: it calls the constructors and main), or at entry. Functions can be " +
				"called at once " +
				"with p:call. name is what the guest calls the program (\"linked\"), beside the first " +
				"object. The " +
				"other options are those of m:load. link has entry, got, sections {object, name, " +
				"address, size, " +
				"prot}, symbols {object, name, address, size, type, bind}, slots of the global offset " +
				"table " +
				"{address, symbol, value}, and relocations in the order of their application: {object, " +
				"section, " +
				"offset, place, type, symbol, value, addend, slot, formula, terms, size, before, after}.",
			Example: `local p, link = m:link{"sum.o", "table.o"}; print(link.relocations[1].terms)`,
			call:    s.link,
			method:  func(t *metatables) *lua.LTable { return t.machine },
		},
		{
			Table: onProcess, Name: "call",
			Signature: "p:call(function, argument…, {returns=, steps=}) -> value | nil, why",
			Doc: "Calls a function of the program, an address or a symbol, as the System V ABI says, and " +
				"runs the " +
				"machine until it returns; registers are then as before. Arguments: numbers and u64 are " +
				"integers, text " +
				"is put on the stack with a zero behind it and its address passed, true and false are 1 " +
				"and 0, " +
				"{double = x} and {float = x} are floating point, {address = \"name\"} is a symbol's " +
				"address. returns: \"ulong\" " +
				"(if it is not said), \"long\", \"int\", \"uint\", \"bool\", \"double\", \"float\", " +
				"\"void\". If the function does not " +
				"return, the value is nil and why says what happened: the signal that killed the " +
				"program, \"exited " +
				"with 3\", \"stopped\" by a hook, \"limit\", \"steps\".",
			Example: `assert.equals(7, p:call("sum", 3, 4, {returns = "int"}))`,
			call:    s.callFunction,
			method:  func(t *metatables) *lua.LTable { return t.process },
		},
	}
}

// maxObject bounds the size of a file that is linked.
const maxObject = 64 << 20

// link is m:link.
func (s *state) link(ls *lua.LState) int {
	const what = "m:link"
	m := machineArg(ls)
	m.idle(ls, what)
	list := ls.CheckTable(2)
	o := optionsOf(ls, 2, what)
	var inputs []object.Input
	var first string
	var root fs.FS
	for i := 1; i <= list.Len(); i++ {
		o.seen = append(o.seen, itoa(i))
		name, ok := list.RawGetInt(i).(lua.LString)
		if !ok {
			o.bad(itoa(i), "the name of a relocatable file", list.RawGetInt(i))
		}
		guest, tree := s.locate(ls, what, string(name))
		if i == 1 {
			first, root = guest, tree
		}
		inputs = append(inputs, s.input(ls, string(name), guest, tree))
	}
	if len(inputs) == 0 {
		ls.RaiseError("%s: no file; write m:link{\"a.o\", \"b.o\"}", what)
	}
	opt := object.Options{Base: o.count("base", 0), Entry: o.str("entry", "")}
	name := o.str("name", "linked")
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		ls.RaiseError("%s: name must be a file's name without /, got %q", what, clip(name))
	}
	p, prog := s.programOf(ls, m, name, o)
	o.done()
	linked, err := object.Link(inputs, opt)
	if err != nil {
		ls.RaiseError("%s: %s", what, clip(err.Error()))
	}
	prog.Path, prog.Root, prog.Made = path.Join(path.Dir(first), name), root, linked.File()
	s.charge(len(prog.Made) / 16)
	s.start(ls, what, p, prog)
	ls.Push(s.linkTable(ls, linked))
	return 2
}

// input reads one file.
func (s *state) input(ls *lua.LState, name, guest string, root fs.FS) object.Input {
	file := strings.TrimPrefix(guest, "/")
	info, err := fs.Stat(root, file)
	if err == nil && info.Size() > maxObject {
		ls.RaiseError("m:link: %s has %d bytes, at most %d are linked", clip(name), info.Size(), maxObject)
	}
	var b []byte
	if err == nil {
		b, err = fs.ReadFile(root, file)
	}
	if err != nil {
		ls.RaiseError("m:link: %s", clip(err.Error()))
	}
	s.charge(len(b) / 16)
	return object.Input{Name: name, R: bytes.NewReader(b), Size: int64(len(b))}
}

// rows makes a list of n rows.
func (s *state) rows(ls *lua.LState, n int, fill func(i int, row *lua.LTable)) *lua.LTable {
	if n >= maxArray {
		s.limit(ls, "list", itoa(n), itoa(maxArray-1))
	}
	s.charge(n)
	t := s.L.NewTable()
	for i := range n {
		row := s.L.NewTable()
		fill(i, row)
		t.RawSetInt(i+1, row)
	}
	return t
}

// linkTable is what was done, for the script.
func (s *state) linkTable(ls *lua.LState, l *object.Linked) *lua.LTable {
	text := func(row *lua.LTable, name, v string) { row.RawSetString(name, lua.LString(clip(v))) }
	word := func(row *lua.LTable, name string, v uint64) { row.RawSetString(name, s.word(v)) }
	t := s.L.NewTable()
	word(t, "entry", l.Entry)
	word(t, "got", l.GOT)
	t.RawSetString("sections", s.rows(ls, len(l.Sections), func(i int, row *lua.LTable) {
		c := &l.Sections[i]
		text(row, nameObject, c.Object)
		text(row, "name", c.Name)
		word(row, "address", c.Addr)
		word(row, "size", c.Size)
		text(row, "prot", c.Prot)
	}))
	t.RawSetString("symbols", s.rows(ls, len(l.Symbols), func(i int, row *lua.LTable) {
		c := &l.Symbols[i]
		text(row, nameObject, c.Object)
		text(row, "name", c.Name)
		word(row, "address", c.Addr)
		word(row, "size", c.Size)
		text(row, "type", elf.SymTypeName(c.Type))
		text(row, "bind", elf.BindName(c.Bind))
	}))
	t.RawSetString("slots", s.rows(ls, len(l.Slots), func(i int, row *lua.LTable) {
		word(row, "address", l.Slots[i].Addr)
		text(row, "symbol", l.Slots[i].Symbol)
		word(row, "value", l.Slots[i].Value)
	}))
	t.RawSetString("relocations", s.rows(ls, len(l.Relocs), func(i int, row *lua.LTable) {
		r := &l.Relocs[i]
		text(row, nameObject, r.Object)
		text(row, "section", r.Section)
		word(row, "offset", r.Offset)
		word(row, "place", r.Place)
		text(row, "type", elf.RelocName(l.Class, r.Type))
		text(row, "symbol", r.Symbol)
		word(row, "value", r.Value)
		row.RawSetString("addend", lua.LNumber(r.Addend))
		if r.Slot != 0 {
			word(row, "slot", r.Slot)
		}
		text(row, "formula", r.Formula)
		text(row, "terms", l.Terms(r))
		row.RawSetString("size", lua.LNumber(r.Size))
		word(row, "before", r.Before)
		word(row, "after", r.After)
	}))
	return t
}
