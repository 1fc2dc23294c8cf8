package object

import (
	"encoding/binary"

	"memlab/loader/elf"
)

// gotName is the symbol of the global offset table.
const gotName = "_GLOBAL_OFFSET_TABLE_"

// gotSlot is a word of the table, for a global symbol or for one of an object's own.
type gotSlot struct {
	global *global
	object *object
	index  int
}

// plan makes the parts that the linker adds, before anything has an address: the global offset table, room
// for common symbols, and the start code.
func (l *linker) plan() error {
	wanted := l.globals[gotName] != nil && !l.globals[gotName].defined
	seen := map[gotSlot]bool{}
	for _, o := range l.objects {
		for i := range o.relocs {
			if uint64(o.relocs[i].Section.Info) >= uint64(len(o.parts)) ||
				o.parts[o.relocs[i].Section.Info] == nil {
				continue
			}
			for _, r := range o.relocs[i].Relocs {
				f := formulaOf(l.class, r.Type)
				if f == nil || !f.slot && !f.table {
					continue
				}
				wanted = true
				if key, ok := l.slotOf(o, int(r.Sym)); f.slot && ok && !seen[key] {
					seen[key] = true
					l.slots = append(l.slots, key)
				}
			}
		}
	}
	if wanted {
		size := l.word() * uint64(len(l.slots)+1) // never empty
		l.got = &part{name: ".got", kind: data, align: l.word(), size: size, data: make([]byte, size)}
		l.parts = append(l.parts, l.got)
	}
	l.planCommon()
	return l.planStart()
}

// slotOf names the slot of an object's symbol.
func (l *linker) slotOf(o *object, index int) (gotSlot, bool) {
	if index >= len(o.symbols) {
		return gotSlot{}, false
	}
	s := &o.symbols[index].Symbol
	if s.Bind != elf.BindLocal {
		return gotSlot{global: l.globals[s.Name]}, true
	}
	return gotSlot{object: o, index: index}, true
}

// planCommon makes room for the common symbols, one part each, in the order of the objects.
func (l *linker) planCommon() {
	for _, o := range l.objects {
		for i := range o.symbols {
			s := &o.symbols[i].Symbol
			if g := l.globals[s.Name]; s.Bind != elf.BindLocal && g != nil && g.common && g.object == o &&
				g.index == i {
				g.room = &part{
					object: o,
					name:   "COMMON",
					kind:   data,
					align:  g.align,
					size:   g.size,
					nobits: true,
				}
				l.parts = append(l.parts, g.room)
			}
		}
	}
}

// fillGOT writes the table.
func (l *linker) fillGOT() error {
	if l.got == nil {
		return nil
	}
	l.out.GOT = l.got.addr
	l.slotAt = make(map[gotSlot]uint64, len(l.slots))
	for i, key := range l.slots {
		slot := Slot{Addr: l.got.addr + uint64(i+1)*l.word()}
		if key.global != nil {
			slot.Symbol, slot.Value = key.global.name, key.global.addr
		} else {
			var err error
			slot.Symbol = key.object.symbolName(key.index)
			if slot.Value, err = l.local(key.object, key.index); err != nil {
				return err
			}
		}
		at := l.got.data[uint64(i+1)*l.word():]
		if l.class == elf.Class64 {
			binary.LittleEndian.PutUint64(at, slot.Value)
		} else {
			binary.LittleEndian.PutUint32(at, uint32(slot.Value))
		}
		l.slotAt[key] = slot.Addr
		l.out.Slots = append(l.out.Slots, slot)
	}
	return nil
}

// symbolName is a symbol's name, or its section's.
func (o *object) symbolName(index int) string {
	s := &o.symbols[index].Symbol
	if s.Name == "" && s.Type == elf.SymSection && int(s.Section) < len(o.sections) {
		return o.sections[s.Section].Name
	}
	return s.Name
}
