package link

import (
	"memlab/loader/elf"
	"memlab/paging/addr"
)

// SlotState says what stands in a slot.
type SlotState uint8

// The states of slots.
const (
	Unset SlotState = iota // what the file has: nobody has relocated it
	Lazy                   // it leads into its own object's procedure linkage table: the first call binds it
	Bound                  // it has what the reference binds to
	Zero                   // a weak reference that nothing defines
	Other                  // something else, which the program has put there
)

// String is the state in one word.
func (s SlotState) String() string {
	return [...]string{"unset", "lazy", "bound", "zero", "other"}[s]
}

// Slot is one place that the dynamic linker fills with a symbol's address or bytes: an entry of the global
// offset table, with or without a stub of the procedure linkage table that jumps through it, a copied
// variable, or a pointer in data.
type Slot struct {
	Object *Object
	Index  int // of Object in the scope
	Reloc  elf.Reloc
	PLT    bool       // from DT_JMPREL
	Number int        // of Reloc in its table
	Addr   addr.VAddr // in memory

	Symbol     *elf.TableSymbol // that the relocation names
	Value      uint64           // what memory has there now
	Stub       addr.VAddr       // of a PLT slot: where it leads before it is bound; 0: not known
	Definition *Definition      // what the reference binds to; nil: nothing defines it
	State      SlotState
}

// Types of relocations that have the same number on x86-64 and i386.
const (
	relAbs      = 1 // R_X86_64_64, R_386_32
	relCopy     = 5
	relJumpSlot = 7
)

func isTLS(c elf.Class, typ uint32) bool {
	if c == elf.Class64 {
		return typ >= 16 && typ <= 18 || typ == 36
	}
	return typ == 14 || typ >= 35 && typ <= 37 || typ == 41
}

// IsCopy reports whether a relocation copies a variable into the program.
func IsCopy(r *elf.Reloc) bool { return r.Type == relCopy }

// IsCopy reports whether the slot is a variable that was copied into the program.
func (s *Slot) IsCopy() bool { return IsCopy(&s.Reloc) }

// Slots are the slots of object n in the order of its relocations, as memory m has them.
func (s *Scope) Slots(m Memory, n int) []Slot {
	o := s.Objects[n]
	if o.Linking == nil {
		return nil
	}
	var out []Slot
	for _, t := range []struct {
		relocs []elf.Reloc
		plt    bool
	}{{o.Linking.Relocs, false}, {o.Linking.JmpRel, true}} {
		for i := range t.relocs {
			r := &t.relocs[i]
			if r.Sym == 0 || int(r.Sym) >= len(o.Linking.Symbols) {
				continue
			}
			out = append(out, s.slot(m, n, r, i, t.plt))
		}
	}
	return out
}

// slot is the slot of one relocation.
func (s *Scope) slot(m Memory, n int, r *elf.Reloc, number int, plt bool) Slot {
	o := s.Objects[n]
	rd := reader{m, s.Class}
	slot := Slot{
		Object: o, Index: n, Reloc: *r, PLT: plt, Number: number, Symbol: &o.Linking.Symbols[r.Sym],
		Addr: addr.VAddr(narrow(s.Class, o.Base+r.Off)),
	}
	if w, ok := rd.words(slot.Addr, 1); ok {
		slot.Value = w[0]
	}
	if d, ok := s.Binding(n, r); ok {
		slot.Definition = &d
	}
	if plt {
		slot.Stub = o.stub(s.Class, r)
	}
	slot.State = s.state(&slot)
	return slot
}

// stub is where the file makes the slot of r lead: into the procedure linkage table.
func (o *Object) stub(c elf.Class, r *elf.Reloc) addr.VAddr {
	if o.Initial == nil {
		return 0
	}
	v, ok := o.Initial(r.Off)
	if !ok || v == 0 {
		return 0
	}
	return addr.VAddr(narrow(c, o.Base+v))
}

// Binding is what relocation r of object n binds to.
func (s *Scope) Binding(n int, r *elf.Reloc) (Definition, bool) {
	o := s.Objects[n]
	sym := &o.Linking.Symbols[r.Sym]
	const internal, protected = 1, 3
	own := sym.Defined() && (sym.Bind == elf.BindLocal || sym.Visibility >= internal)
	if own && sym.Visibility <= protected && r.Type != relCopy {
		return Definition{o, n, sym, int(r.Sym)}, true
	}
	ref := Reference{
		Name: sym.Name, From: n, Copy: r.Type == relCopy,
		Call: r.Type == relJumpSlot || isTLS(s.Class, r.Type),
	}
	if v := sym.Version; v != nil {
		ref.Version, ref.Hidden = v.Name, v.Needed && v.Hidden
	}
	return s.Lookup(ref)
}

// state compares what memory has with what ought to stand there.
func (s *Scope) state(slot *Slot) SlotState {
	d := slot.Definition
	switch {
	case slot.IsCopy():
		if d == nil {
			return Unset
		}
		return Bound
	case slot.PLT && slot.Stub != 0 && slot.Value == uint64(slot.Stub):
		return Lazy
	case d == nil && slot.Value == 0 && slot.Symbol.Bind == elf.BindWeak:
		return Zero
	case slot.Value == 0:
		return Unset
	case d == nil:
		return Other
	case isTLS(s.Class, slot.Reloc.Type):
		return Bound
	}
	want := uint64(d.Addr(s.Class))
	if slot.Reloc.Type == relAbs {
		want += uint64(slot.Reloc.Addend)
	}
	switch {
	case slot.Value == narrow(s.Class, want) || s.Class == elf.Class32 && slot.Reloc.Type == relAbs:
		return Bound // of i386 the addend lay in the place and is gone
	case d.Symbol.Type == elf.SymIFunc:
		return Bound // to what the function has chosen
	}
	return Other
}

// RelocName is the relocation's type: "R_X86_64_JUMP_SLOT".
func (s *Slot) RelocName(c elf.Class) string { return elf.RelocName(c, s.Reloc.Type) }
