package object

import (
	"encoding/binary"
	"fmt"

	"memlab/loader/elf"
)

// Reloc is one relocation as it was applied.
type Reloc struct {
	Object  string
	Section string
	Offset  uint64 // in the section
	Place   uint64 // P: its address
	Type    uint32 // r_type; elf.RelocName has its name
	Symbol  string
	Value   uint64 // S: the symbol's address; of a SIZE relocation its size
	Addend  int64  // A; of a REL section what stood at the place
	Slot    uint64 // address of the symbol's slot in the global offset table; 0: it needs none
	Formula string
	Size    int    // bytes that were written
	Before  uint64 // what stood there
	After   uint64 // the result, cut to Size
}

// relocate applies the relocations of all sections that are loaded, in the order of the objects.
func (l *linker) relocate() error {
	for _, o := range l.objects {
		for i := range o.relocs {
			rs := &o.relocs[i]
			if uint64(rs.Section.Info) >= uint64(len(o.parts)) {
				return o.wrong(
					"section %s relocates section %d, there are %d",
					clip(rs.Section.Name),
					rs.Section.Info,
					len(o.parts),
				)
			}
			p := o.parts[rs.Section.Info]
			if p == nil {
				continue
			}
			for j := range rs.Relocs {
				if err := l.apply(o, p, rs.Section.Type == elf.SectionRela, &rs.Relocs[j]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// apply applies one relocation. rela: it has its addend with it.
func (l *linker) apply(o *object, p *part, rela bool, r *elf.Reloc) error {
	wrong := func(format string, args ...any) error {
		place := fmt.Sprintf("%s+%#x: %s", clip(p.name), r.Off, elf.RelocName(l.class, r.Type))
		return &Error{Object: o.name, Place: place, Msg: fmt.Sprintf(format, args...)}
	}
	f := formulaOf(l.class, r.Type)
	switch {
	case f == nil:
		return wrong("relocations of this type are not linked here")
	case uint64(r.Sym) >= uint64(max(len(o.symbols), 1)):
		return wrong("it names symbol %d, there are %d", r.Sym, len(o.symbols))
	case uint64(f.size) > uint64(len(p.data)) || r.Off > uint64(len(p.data)-f.size):
		return wrong("the place is outside the section, which has %d bytes", len(p.data))
	case f.size == 0:
		return nil
	}
	place := p.data[r.Off:]
	if l.class == elf.Class32 && (r.Type == got32 || r.Type == got32x) && noBase(p.data, r.Off) {
		f = direct()
	}
	rec := Reloc{
		Object: o.name, Section: p.name, Offset: r.Off, Place: p.addr + r.Off, Type: r.Type, Formula: f.text,
		Size:   f.size,
		Before: get(place, f.size), Addend: r.Addend,
	}
	if !rela {
		rec.Addend = extend(rec.Before, f.size)
	}
	v := values{a: uint64(rec.Addend), p: rec.Place, got: l.out.GOT}
	size, err := l.symbolValue(o, p, int(r.Sym), &rec)
	if err != nil {
		return wrong("%v", err)
	}
	v.s, v.z = rec.Value, size
	if f.text == textSize {
		rec.Value = size
	}
	if f.slot {
		key, ok := l.slotOf(o, int(r.Sym))
		if rec.Slot = l.slotAt[key]; !ok || rec.Slot == 0 {
			return wrong("it needs a symbol")
		}
		v.g = rec.Slot - l.out.GOT
	}
	value := f.values(&v)
	if !f.fits(value, l.class) {
		return wrong(
			"%s is %#x with %s at %#x, which does not fit into %d bytes",
			f.text,
			value,
			clip(rec.Symbol),
			rec.Value,
			f.size,
		)
	}
	put(place, f.size, value)
	rec.After = get(place, f.size)
	l.out.Relocs = append(l.out.Relocs, rec)
	return nil
}

// symbolValue fills in the symbol that a relocation names: its name and address. Symbol 0 is none, with the
// value 0.
func (l *linker) symbolValue(o *object, p *part, index int, rec *Reloc) (size uint64, err error) {
	if index == 0 || index >= len(o.symbols) {
		return 0, nil
	}
	s := &o.symbols[index].Symbol
	rec.Symbol = o.symbolName(index)
	if s.Bind != elf.BindLocal {
		g := l.globals[s.Name]
		rec.Value = g.addr
		if g.object != nil && !g.common {
			return g.size, l.loaded(g.object, &g.object.symbols[g.index].Symbol, p)
		}
		return g.size, nil
	}
	if s.Section == elf.SectionUndef {
		return 0, nil
	}
	if rec.Value, err = l.local(o, index); err != nil {
		return 0, err
	}
	return s.Size, l.loaded(o, s, p)
}

// loaded refuses a reference to what is not loaded. Tables about functions may name those of a COMDAT group
// that another object has: 0 stands for them.
func (l *linker) loaded(o *object, s *elf.Symbol, from *part) error {
	if int(s.Section) >= len(o.parts) || o.parts[s.Section] != nil {
		return nil
	}
	if o.dropped[s.Section] && (from.name == ".eh_frame" || from.name == ".gcc_except_table") {
		return nil
	}
	return fmt.Errorf(
		"%s lies in section %s, which is not loaded",
		clip(s.Name),
		clip(o.sections[s.Section].Name),
	)
}

// noBase reports whether the instruction before the place at off addresses memory without a base register:
// its ModRM byte, just before the place, has mod 0 and r/m 5.
func noBase(data []byte, off uint64) bool { return off > 0 && data[off-1]&0xc7 == 5 }

func get(b []byte, size int) uint64 {
	var w [8]byte
	copy(w[:], b[:size])
	return binary.LittleEndian.Uint64(w[:])
}

func put(b []byte, size int, v uint64) {
	var w [8]byte
	binary.LittleEndian.PutUint64(w[:], v)
	copy(b[:size], w[:size])
}

// extend is a value of size bytes with its sign.
func extend(v uint64, size int) int64 {
	shift := 64 - 8*size
	return int64(v<<shift) >> shift
}
