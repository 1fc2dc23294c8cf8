package main

import (
	"encoding/hex"
	"fmt"
	"strings"

	"memlab/loader/elf"
)

// elfHeader is the ELF header.
type elfHeader struct {
	Ident    string `json:"ident"` // 16 bytes
	Class    int    `json:"class"` // 64 or 32
	Type     string `json:"type"`
	Machine  uint16 `json:"machine"`
	Version  uint32 `json:"version"`
	Entry    hexNum `json:"entry"`
	PhOff    uint64 `json:"program_headers"` // offset in the file
	ShOff    uint64 `json:"section_headers"` // offset in the file
	Flags    hexNum `json:"flags"`
	EhSize   uint16 `json:"header_size"`
	PhEnt    uint16 `json:"program_header_size"`
	PhNum    uint16 `json:"program_header_count"`
	ShEnt    uint16 `json:"section_header_size"`
	ShNum    uint16 `json:"section_header_count"`
	ShStrNdx uint16 `json:"section_names"` // index of the section with the names
}

func headerOf(f *elf.File) *elfHeader {
	h := &f.Header
	return &elfHeader{
		Ident: hex.EncodeToString(h.Ident[:]), Class: f.Class.Bits(), Type: elf.TypeName(h.Type),
		Machine: h.Machine, Version: h.Version, Entry: hexNum(h.Entry), PhOff: h.PhOff, ShOff: h.ShOff,
		Flags: hexNum(h.Flags), EhSize: h.EhSize, PhEnt: h.PhEntSize, PhNum: h.PhNum, ShEnt: h.ShEntSize,
		ShNum: h.ShNum, ShStrNdx: h.ShStrNdx,
	}
}

// elfSection is a section header.
type elfSection struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Addr    hexNum `json:"address"`
	Off     hexNum `json:"offset"`
	Size    hexNum `json:"size"`
	EntSize uint64 `json:"entry_size"`
	Flags   string `json:"flags"`
	Link    uint32 `json:"link"`
	Info    uint32 `json:"info"`
	Align   uint64 `json:"align"`
}

func sectionsOf(sections []elf.Section) []elfSection {
	out := make([]elfSection, len(sections))
	for i := range sections {
		s := &sections[i]
		out[i] = elfSection{
			s.Name, elf.SectionTypeName(s.Type), hexNum(s.Addr), hexNum(s.Off), hexNum(s.Size), s.EntSize,
			s.FlagLetters(), s.Link, s.Info, s.AddrAlign,
		}
	}
	return out
}

// elfSegment is a program header and the sections that lie in it.
type elfSegment struct {
	Type     string   `json:"type"`
	Off      hexNum   `json:"offset"`
	VAddr    hexNum   `json:"vaddr"`
	PAddr    hexNum   `json:"paddr"`
	FileSz   hexNum   `json:"filesz"`
	MemSz    hexNum   `json:"memsz"`
	Flags    string   `json:"flags"` // rwx
	Align    hexNum   `json:"align"`
	Interp   string   `json:"interpreter,omitempty"`
	Sections []string `json:"sections"`
}

func segmentsOf(f *elf.File, sections []elf.Section) []elfSegment {
	out := make([]elfSegment, len(f.Progs))
	for i := range f.Progs {
		p := &f.Progs[i]
		s := elfSegment{
			Type: elf.ProgTypeName(p.Type), Off: hexNum(p.Off), VAddr: hexNum(p.VAddr),
			PAddr:  hexNum(p.PAddr),
			FileSz: hexNum(p.FileSz), MemSz: hexNum(p.MemSz), Flags: progFlags(p.Flags),
			Align:    hexNum(p.Align),
			Sections: []string{},
		}
		if p.Type == elf.ProgInterp {
			s.Interp = interpOf(f, p)
		}
		for j := range sections {
			if j > 0 && sections[j].InSegment(p) {
				s.Sections = append(s.Sections, sections[j].Name)
			}
		}
		out[i] = s
	}
	return out
}

// maxInterp is the longest interpreter path that execve takes, with its NUL.
const maxInterp = 4096

func interpOf(f *elf.File, p *elf.Prog) string {
	r, err := f.Content(p.Off, min(p.FileSz, maxInterp))
	if err != nil {
		return ""
	}
	b := make([]byte, r.Size())
	n, _ := r.ReadAt(b, 0) // what is there
	text, _, _ := strings.Cut(string(b[:n]), "\x00")
	return text
}

// progFlags are p_flags as rights.
func progFlags(flags uint32) string {
	out := []byte("---")
	for i, c := range "rwx" {
		if flags&(4>>i) != 0 {
			out[i] = byte(c)
		}
	}
	return string(out)
}

// elfDynamic is the dynamic section.
type elfDynamic struct {
	Off     hexNum     `json:"offset"`
	Entries []dynEntry `json:"entries"`
}

type dynEntry struct {
	Tag   hexNum `json:"tag"`
	Name  string `json:"name"`
	Value hexNum `json:"value"`
	Text  string `json:"text,omitempty"`
}

func dynamicOf(f *elf.File, sections []elf.Section) (*elfDynamic, error) {
	entries, off, err := f.DynamicEntries(sections)
	if err != nil || entries == nil {
		return nil, err
	}
	d := &elfDynamic{Off: hexNum(off)}
	for _, e := range entries {
		d.Entries = append(d.Entries, dynEntry{hexNum(e.Tag), elf.DynName(e.Tag), hexNum(e.Value), e.Text})
	}
	return d, nil
}

// elfSymbols is a symbol table.
type elfSymbols struct {
	Table   string      `json:"table"`
	Symbols []elfSymbol `json:"symbols"`
}

type elfSymbol struct {
	Value      hexNum `json:"value"`
	Size       uint64 `json:"size"`
	Type       string `json:"type"`
	Bind       string `json:"bind"`
	Visibility string `json:"visibility"`
	Section    string `json:"section"`
	Name       string `json:"name"`
	Version    string `json:"version,omitempty"` // with @ or @@ before it
	Needed     uint16 `json:"needed,omitempty"`  // index of the version that is needed of another object
}

func symbolsOf(f *elf.File, tables []elf.SymbolTable, sections []elf.Section) []elfSymbols {
	var out []elfSymbols
	for _, t := range tables {
		list := make([]elfSymbol, len(t.Symbols))
		for i := range t.Symbols {
			s := &t.Symbols[i]
			list[i] = elfSymbol{
				Value: hexNum(s.Value), Size: s.Size, Type: f.SymTypeName(s.Type),
				Bind:       f.BindName(s.Bind),
				Visibility: elf.VisibilityName(s.Visibility), Section: elf.SectionIndexName(s.Section),
				Name: symbolName(s, sections),
			}
			if v := s.Version; v != nil {
				list[i].Version = versionText(v)
				if v.Needed {
					list[i].Needed = v.Index
				}
			}
		}
		out = append(out, elfSymbols{t.Section.Name, list})
	}
	return out
}

// symbolName is the symbol's name, of a nameless section symbol the section's.
func symbolName(s *elf.TableSymbol, sections []elf.Section) string {
	if s.Name == "" && s.Type == elf.SymSection && int(s.Section) < len(sections) {
		return sections[s.Section].Name
	}
	return s.Name
}

// versionText is a version as it is written behind a symbol: one that new programs link to with two signs.
func versionText(v *elf.Version) string {
	if v.Needed || v.Hidden {
		return "@" + v.Name
	}
	return "@@" + v.Name
}

// elfRelocs is a section of relocations.
type elfRelocs struct {
	Section string     `json:"section"`
	Off     hexNum     `json:"offset"`
	Relocs  []elfReloc `json:"relocations,omitempty"`
	Relr    []hexNum   `json:"relative,omitempty"` // of a RELR section
	entries uint64
	addends bool
}

type elfReloc struct {
	Off     hexNum  `json:"offset"`
	Info    hexNum  `json:"info"`
	Type    string  `json:"type"`
	Value   *hexNum `json:"value,omitempty"` // of the symbol
	Symbol  string  `json:"symbol,omitempty"`
	Version string  `json:"version,omitempty"`
	Addend  *int64  `json:"addend,omitempty"` // REL sections have it in the place
	ifunc   bool
}

func relocsOf(f *elf.File, sections []elf.Section, tables []elf.SymbolTable) ([]elfRelocs, error) {
	groups, err := f.Relocations(sections)
	if err != nil {
		return nil, err
	}
	var out []elfRelocs
	for _, g := range groups {
		r := elfRelocs{
			Section: g.Section.Name, Off: hexNum(g.Section.Off), entries: g.Entries,
			addends: g.Section.Type == elf.SectionRela,
		}
		for _, va := range g.Relr {
			r.Relr = append(r.Relr, hexNum(va))
		}
		var symbols []elf.TableSymbol
		for _, t := range tables {
			if t.Index == int(g.Section.Link) {
				symbols = t.Symbols
			}
		}
		for i := range g.Relocs {
			x := &g.Relocs[i]
			e := elfReloc{Off: hexNum(x.Off), Info: hexNum(x.Info), Type: elf.RelocName(f.Class, x.Type)}
			if r.addends {
				e.Addend = &x.Addend
			}
			if x.Sym != 0 {
				if uint64(x.Sym) >= uint64(len(symbols)) {
					return nil, fmt.Errorf("%s: relocation %d names symbol %d, its table has %d", r.Section,
						i, x.Sym,
						len(symbols))
				}
				s := &symbols[x.Sym]
				value := hexNum(s.Value)
				e.Value, e.Symbol, e.ifunc = &value, symbolName(s, sections), s.Type == elf.SymIFunc
				if s.Version != nil {
					e.Version = versionText(s.Version)
				}
			}
			r.Relocs = append(r.Relocs, e)
		}
		out = append(out, r)
	}
	return out, nil
}
