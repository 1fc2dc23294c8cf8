package object

import (
	"fmt"
	"slices"
	"strings"

	"memlab/loader/elf"
)

// global is a symbol that objects share by name.
type global struct {
	name    string
	object  *object // that defines it; nil: none, or the linker
	index   int     // in the object's table
	strong  bool    // defined and not weak
	common  bool    // room for it is made
	room    *part   // of a common one
	size    uint64
	align   uint64
	needs   *object // the first that refers to it and is not content with 0
	defined bool
	addr    uint64
	typ     uint8
	bind    uint8
}

// collect gathers the global symbols of all objects: a definition beats room of common, which beats a weak
// definition; two definitions are an error.
func (l *linker) collect() error {
	for _, o := range l.objects {
		for i := range o.symbols {
			s := &o.symbols[i].Symbol
			if s.Bind == elf.BindLocal || i == 0 {
				continue
			}
			g := l.globals[s.Name]
			if g == nil {
				g = &global{name: s.Name, align: 1, bind: s.Bind, typ: s.Type}
				l.globals[s.Name] = g
			}
			if err := g.add(o, i, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// add takes one more appearance of the symbol into account.
func (g *global) add(o *object, index int, s *elf.Symbol) error {
	switch {
	case s.Type == elf.SymIFunc:
		return o.wrong("%s is an indirect function, which is not linked here", clip(s.Name))
	case s.Type == elf.SymTLS:
		return o.wrong("%s is a thread-local variable, which is not linked here", clip(s.Name))
	case s.Section == elf.SectionUndef || int(s.Section) < len(o.dropped) && o.dropped[s.Section]:
		if s.Bind != elf.BindWeak && g.needs == nil {
			g.needs = o
		}
	case s.Section == elf.SectionCommon:
		align := max(s.Value, 1)
		if align&(align-1) != 0 || align > maxAlign {
			return o.wrong(
				"common symbol %s is aligned to %#x, must be a power of two up to %#x",
				clip(s.Name),
				align,
				maxAlign,
			)
		}
		if g.strong {
			return nil
		}
		g.common, g.defined, g.object, g.index = true, true, o, index
		g.size, g.align, g.typ, g.bind = max(g.size, s.Size), max(g.align, align), elf.SymObject, s.Bind
	case s.Bind == elf.BindWeak:
		if !g.defined {
			g.take(o, index, s)
		}
	case g.strong:
		return o.wrong("%s is defined here and in %s", clip(s.Name), g.object.name)
	default:
		g.take(o, index, s)
		g.strong, g.common = true, false
	}
	return nil
}

func (g *global) take(o *object, index int, s *elf.Symbol) {
	g.object, g.index, g.defined, g.size, g.typ, g.bind = o, index, true, s.Size, s.Type, s.Bind
}

// resolve gives every global symbol its address. Those that are missing are one error.
func (l *linker) resolve() error {
	var missing []string
	var by *object
	names := make([]string, 0, len(l.globals))
	for name := range l.globals {
		names = append(names, name)
	}
	slices.Sort(names)
	ends := l.ends()
	for _, name := range names {
		g := l.globals[name]
		if g.common {
			g.addr = g.room.addr
			continue
		}
		if g.defined {
			var err error
			if g.addr, err = l.local(g.object, g.index); err != nil {
				return err
			}
			continue
		}
		if at, ok := ends(name); ok {
			g.addr, g.defined = at, true
			continue
		}
		if g.needs != nil {
			if by == nil {
				by = g.needs
			}
			missing = append(missing, clip(name))
		}
	}
	if len(missing) > 0 {
		return undefined(missing, by)
	}
	return nil
}

func undefined(missing []string, by *object) error {
	const most = 5
	if len(missing) == 1 {
		return by.wrong("undefined symbol %s: no object defines it", missing[0])
	}
	more := ""
	if len(missing) > most {
		more = fmt.Sprintf(" and %d more", len(missing)-most)
		missing = missing[:most]
	}
	return by.wrong("undefined symbols: no object defines %s%s", strings.Join(missing, ", "), more)
}

// local is the address of a symbol that the object defines.
func (l *linker) local(o *object, index int) (uint64, error) {
	s := &o.symbols[index].Symbol
	switch {
	case s.Section == elf.SectionAbs:
		return s.Value, nil
	case int(s.Section) >= len(o.parts):
		return 0, o.wrong(
			"symbol %s lies in section %#x, there are %d",
			clip(s.Name),
			s.Section,
			len(o.parts),
		)
	}
	p := o.parts[s.Section]
	if p == nil {
		return 0, nil // not loaded, or dropped: relocations that want it are judged where they are
	}
	if s.Value > p.size {
		return 0, o.wrong(
			"symbol %s is %#x bytes into section %s, which has %#x",
			clip(s.Name),
			s.Value,
			clip(p.name),
			p.size,
		)
	}
	return p.addr + s.Value, nil
}

// ends knows the symbols that linkers make: where things begin and end.
func (l *linker) ends() func(name string) (uint64, bool) {
	known := map[string]uint64{}
	set := func(at uint64, names ...string) {
		for _, n := range names {
			known[n] = at
		}
	}
	for i := range l.out.segments {
		s := &l.out.segments[i]
		if i == 0 {
			set(s.addr, "__executable_start")
		}
		set(s.addr+s.size, "_end", "end")
		switch s.kind {
		case code:
			set(s.addr+s.size, "_etext", "etext", "__etext")
		case data:
			set(s.addr+s.inFile, "_edata", "edata", "__bss_start")
		default:
		}
	}
	first, last := l.constructors()
	set(first, "__init_array_start", "__preinit_array_start", "__preinit_array_end")
	set(last, "__init_array_end")
	if l.got != nil {
		set(l.got.addr, gotName)
	}
	for _, p := range l.parts { // of sections whose names are words of C
		if _, seen := known["__start_"+p.name]; !seen {
			known["__start_"+p.name] = p.addr
		}
		known["__stop_"+p.name] = p.addr + p.size
	}
	return func(name string) (uint64, bool) {
		at, ok := known[name]
		return at, ok
	}
}

// constructors are where the table of constructors begins and ends.
func (l *linker) constructors() (first, last uint64) {
	for _, p := range l.parts {
		if _, ok := p.constructor(); ok && !p.nobits && p.kind == data {
			if first == 0 {
				first = p.addr
			}
			last = p.addr + p.size
		}
	}
	return first, last
}
