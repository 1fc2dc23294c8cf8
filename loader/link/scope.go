package link

import (
	"memlab/loader/elf"
	"memlab/paging/addr"
)

// Object is one object of a link map with what its file says.
type Object struct {
	Entry

	Path    string       // for people: of the program too
	Linking *elf.Linking // nil: its file cannot be read, or has no dynamic section

	// Initial reads the word that the file has at an unbiased address.
	Initial func(va uint64) (uint64, bool)

	byName map[string][]int // indices in Linking.Symbols of those that others can bind to
}

// symbols are the numbers of those symbols of that name that others could bind to.
func (o *Object) symbols(name string) []int {
	if o.byName == nil {
		o.byName = map[string][]int{}
		if o.Linking != nil {
			for i := range o.Linking.Symbols {
				if s := &o.Linking.Symbols[i]; i > 0 && s.Bind != elf.BindLocal && s.Name != "" {
					o.byName[s.Name] = append(o.byName[s.Name], i)
				}
			}
		}
	}
	return o.byName[name]
}

// Scope is where symbols are looked for: the objects of a process in the order of loading.
type Scope struct {
	Class   elf.Class
	Objects []*Object

	// Musl has its linker's rules instead of glibc's: no reference asks for a version, and of several
	// versions the one that is not hidden is found.
	Musl bool
}

// Reference asks for a symbol.
type Reference struct {
	Name    string
	Version string // "": none
	From    int    // index of the object that asks; -1: nobody in particular
	Call    bool   // for a PLT slot, or thread-local: an undefined symbol with a value does not count
	Copy    bool   // for a copy relocation: the asking object's own does not count
	Hidden  bool   // the version is wanted from an object that has it, a base version will not do
}

// Definition is the symbol that a reference binds to.
type Definition struct {
	Object *Object
	Index  int // of Object in the scope
	Symbol *elf.TableSymbol
	Number int // of the symbol in its table
}

// Addr is where the symbol is: of a thread-local one its offset in the block, of an IFUNC the function that
// chooses.
func (d *Definition) Addr(c elf.Class) addr.VAddr {
	s := d.Symbol
	if s.Type == elf.SymTLS || s.Section == elf.SectionAbs {
		return addr.VAddr(s.Value)
	}
	return addr.VAddr(narrow(c, s.Value+d.Object.Base))
}

func narrow(c elf.Class, v uint64) uint64 {
	if c == elf.Class32 {
		return uint64(uint32(v))
	}
	return v
}

// Lookup finds what a reference binds to (System V ABI, "Shared Object Dependencies"; versions as in glibc's
// do_lookup_x and check_match): the first object in the scope with a matching definition, weak or not.
func (s *Scope) Lookup(r Reference) (Definition, bool) {
	if r.From >= 0 && r.From < len(s.Objects) {
		if o := s.Objects[r.From]; o.Linking != nil && o.Linking.Symbolic && !r.Copy {
			if i, ok := s.in(o, &r); ok {
				return Definition{o, r.From, &o.Linking.Symbols[i], i}, true
			}
		}
	}
	for n, o := range s.Objects {
		if r.Copy && n == r.From {
			continue
		}
		if i, ok := s.in(o, &r); ok {
			return Definition{o, n, &o.Linking.Symbols[i], i}, true
		}
	}
	return Definition{}, false
}

// in finds the symbol of o that r binds to.
func (s *Scope) in(o *Object, r *Reference) (int, bool) {
	only, versioned := -1, 0
	for _, i := range o.symbols(r.Name) {
		sym := &o.Linking.Symbols[i]
		if !s.offers(sym, r) {
			continue
		}
		v := sym.Version
		switch {
		case s.Musl:
			if v == nil || !v.Hidden {
				return i, true
			}
		case !o.Linking.Versions:
			return i, true
		case r.Version != "":
			if v != nil && v.Name == r.Version || v == nil && !r.Hidden {
				return i, true
			}
		case v == nil || v.Index <= 2:
			return i, true
		case !v.Hidden:
			if versioned++; versioned == 1 {
				only = i
			}
		}
	}
	return only, versioned == 1
}

// offers reports whether others can bind to sym at all.
func (s *Scope) offers(sym *elf.TableSymbol, r *Reference) bool {
	const hidden, internal = 2, 1
	if sym.Visibility == hidden || sym.Visibility == internal {
		return false
	}
	switch sym.Type {
	case elf.SymNoType, elf.SymObject, elf.SymFunc, elf.SymCommon, elf.SymIFunc:
		if sym.Value == 0 && sym.Section != elf.SectionAbs {
			return false
		}
	case elf.SymTLS:
	default:
		return false
	}
	// An undefined function with a value: the program's own stub stands in for its address everywhere.
	return sym.Defined() || !r.Call && sym.Type != elf.SymTLS
}
