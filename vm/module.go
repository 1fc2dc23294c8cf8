package vm

import (
	"memlab/loader/elf"
	"memlab/loader/unwind"
	"memlab/paging/addr"
	"memlab/paging/area"
)

// module finds the file that the code at va comes from; nil: none that can be read. Files are read when they
// are first asked for, and kept.
func (p *Process) module(va addr.VAddr) *module {
	a, ok := p.space.List().Find(va)
	if !ok || a.File == nil {
		return nil
	}
	m, known := p.modules[a.File]
	if !known {
		m = newModule(a.File)
		if p.modules == nil {
			p.modules = map[area.File]*module{}
		}
		p.modules[a.File] = m
	}
	if m.file == nil {
		return nil
	}
	bias, ok := biasOf(m.file, &a, va)
	if !ok {
		return nil
	}
	out := *m
	out.bias = bias
	return &out
}

// newModule reads what a file tells of its code.
func newModule(f area.File) *module {
	file, err := elf.Parse(f, f.Size())
	if err != nil {
		return &module{}
	}
	m := &module{file: file}
	m.symbols, _ = file.Symbols() // what could be read of an odd table is better than nothing
	m.unwind, _ = unwind.New(file)
	return m
}

// biasOf is the difference between va and the address that the file has for the byte that is mapped there.
func biasOf(f *elf.File, a *area.Area, va addr.VAddr) (uint64, bool) {
	off := a.Offset + uint64(va-a.Start)
	for i := range f.Progs {
		s := &f.Progs[i]
		// A segment is mapped in whole pages: bytes before and behind it belong to it too.
		page := s.Off &^ (addr.ABIPage - 1)
		if s.Type == elf.ProgLoad && s.Flags&elf.FlagX != 0 && off >= page && off < s.Off+s.FileSz {
			return uint64(va) - (s.VAddr + off - s.Off), true
		}
	}
	return 0, false
}
