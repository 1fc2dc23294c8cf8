package vm

import (
	"memlab/loader/elf"
	"memlab/loader/link"
	"memlab/paging/addr"
)

// Binding is what a link.bind event is about.
type Binding struct {
	Object  string // path of the file that the slot is in
	Symbol  string
	Version string // "": none is asked for
	Type    string // of the relocation: "R_X86_64_JUMP_SLOT"
	PLT     bool   // a slot of the procedure linkage table
	Lazy    bool   // it leads back into its own object: the first call will bind it
	Copy    bool   // not an address: a variable is copied here
	To      string // path of the file that the value leads to; "": none
}

// Binding describes a link.bind event by its VA, Arg and Arg2.
func (p *Process) Binding(va addr.VAddr, value, reloc uint64) (Binding, bool) {
	f, base := p.fileAround(va)
	if f == nil {
		return Binding{}, false
	}
	l, plt, n := f.linking, reloc>>32 == 1, reloc&(1<<32-1)
	relocs := l.Relocs
	if plt {
		relocs = l.JmpRel
	}
	if n >= uint64(len(relocs)) || int(relocs[n].Sym) >= len(l.Symbols) {
		return Binding{}, false
	}
	r := &relocs[n]
	s := &l.Symbols[r.Sym]
	out := Binding{Symbol: s.Name, Type: elf.RelocName(p.image.Class, r.Type), PLT: plt, Object: f.path}
	if s.Version != nil {
		out.Version = s.Version.Name
	}
	word := uint64(p.image.Class.Bits() / 8)
	if b, err := f.file.BytesAt(r.Off, word); err == nil && plt && uint64(len(b)) == word {
		out.Lazy = wordOf(b) != 0 && wordOf(b)+base == value
	}
	if out.Copy = link.IsCopy(r); !out.Copy {
		out.To = p.PathAt(addr.VAddr(value))
	}
	return out, true
}

// fileAround is the object whose segments have va, bss included, and its load bias.
func (p *Process) fileAround(va addr.VAddr) (*linkedFile, uint64) {
	for _, a := range p.space.Areas() {
		if a.File == nil {
			continue
		}
		f := p.linked(a.File)
		if f.linking == nil {
			continue
		}
		base, ok := baseOf(f.file, a.Offset, a.Start)
		if !ok {
			continue
		}
		for i := range f.file.Progs {
			s := &f.file.Progs[i]
			if s.Type == elf.ProgLoad && uint64(va)-base-s.VAddr < s.MemSz {
				return f, base
			}
		}
	}
	return nil, 0
}

// PathAt is the path of the dynamic object that va belongs to, bss included; "": none.
func (p *Process) PathAt(va addr.VAddr) string {
	if f, _ := p.fileAround(va); f != nil {
		return f.path
	}
	return ""
}
