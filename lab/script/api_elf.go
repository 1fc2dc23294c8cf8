package script

import (
	lua "github.com/yuin/gopher-lua"

	"memlab/loader/elf"
)

// elfFunctions show what a program's file says of itself.
func (s *state) elfFunctions() []Function {
	f := func(name, sig, doc, example string, call lua.LGFunction) Function {
		return Function{
			Table: onProcess, Name: name, Signature: sig, Doc: doc, Example: example, call: call,
			method: func(t *metatables) *lua.LTable { return t.process },
		}
	}
	return []Function{
		f("segments", "p:segments() -> list",
			"The program headers of the program's file: {index, type, offset, address (where it is in "+
				"memory), file_size, memory_size, align, prot}.",
			`for _, g in ipairs(p:segments()) do print(g.type, hex(g.address), g.prot) end`, s.segments),
		f("sections", "p:sections() -> list",
			"The section headers of the program's file, which no loader looks at: {index, name, type, "+
				"offset, address (in memory; nil if it is not loaded), size, flags, segment (index of the "+
				"LOAD segment that it lies in)}.",
			`for _, c in ipairs(p:sections()) do print(c.name, c.segment) end`, s.sections),
	}
}

// programFile is the ELF file of a process's program.
func programFile(ls *lua.LState) (*process, *elf.File) {
	p := processArg(ls)
	file := p.vm.Image().Program
	f, err := elf.Parse(file, file.Size())
	if err != nil {
		ls.RaiseError("%s", clip(err.Error()))
	}
	return p, f
}

func (s *state) segments(ls *lua.LState) int {
	p, f := programFile(ls)
	t := s.L.NewTable()
	for i := range f.Progs {
		g := &f.Progs[i]
		row := s.L.NewTable()
		row.RawSetString("index", lua.LNumber(i))
		row.RawSetString("type", lua.LString(elf.ProgTypeName(g.Type)))
		row.RawSetString("offset", s.word(g.Off))
		row.RawSetString("address", s.word(g.VAddr+p.vm.Image().LoadBias))
		row.RawSetString("file_size", s.word(g.FileSz))
		row.RawSetString("memory_size", s.word(g.MemSz))
		row.RawSetString("align", s.word(g.Align))
		prot := []byte("---")
		for j, flag := range []uint32{elf.FlagR, elf.FlagW, elf.FlagX} {
			if g.Flags&flag != 0 {
				prot[j] = "rwx"[j]
			}
		}
		row.RawSetString("prot", lua.LString(prot))
		t.RawSetInt(i+1, row)
	}
	ls.Push(t)
	return 1
}

func (s *state) sections(ls *lua.LState) int {
	p, f := programFile(ls)
	all, err := f.Sections()
	if err != nil {
		ls.RaiseError("%s", clip(err.Error()))
	}
	t := s.L.NewTable()
	for i := range all {
		c := &all[i]
		row := s.L.NewTable()
		row.RawSetString("index", lua.LNumber(i))
		row.RawSetString("name", lua.LString(clip(c.Name)))
		row.RawSetString("type", lua.LString(elf.SectionTypeName(c.Type)))
		row.RawSetString("offset", s.word(c.Off))
		row.RawSetString("size", s.word(c.Size))
		row.RawSetString("flags", lua.LString(c.FlagLetters()))
		if c.Flags&elf.SectionAlloc != 0 {
			row.RawSetString("address", s.word(c.Addr+p.vm.Image().LoadBias))
			for j := range f.Progs {
				if g := &f.Progs[j]; g.Type == elf.ProgLoad && c.InSegment(g) {
					row.RawSetString("segment", lua.LNumber(j))
					break
				}
			}
		}
		t.RawSetInt(i+1, row)
	}
	ls.Push(t)
	return 1
}
