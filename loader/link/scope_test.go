package link

import (
	"testing"

	"memlab/loader/elf"
)

// define makes a symbol of a library.
func define(name string, value uint64, change func(*elf.TableSymbol)) elf.TableSymbol {
	s := elf.TableSymbol{Symbol: elf.Symbol{
		Name: name, Value: value, Type: elf.SymFunc, Bind: elf.BindGlobal, Section: 7, Dynamic: true,
	}}
	if change != nil {
		change(&s)
	}
	return s
}

func version(name string, index uint16, hidden bool) func(*elf.TableSymbol) {
	return func(s *elf.TableSymbol) { s.Version = &elf.Version{Name: name, Index: index, Hidden: hidden} }
}

// object makes one of symbols.
func object(base uint64, symbols ...elf.TableSymbol) *Object {
	l := &elf.Linking{Symbols: append([]elf.TableSymbol{{}}, symbols...)}
	for i := range symbols {
		l.Versions = l.Versions || symbols[i].Version != nil
	}
	return &Object{Entry: Entry{Base: base}, Linking: l}
}

// TestLookup holds the rules of the ABI and of glibc's versions.
func TestLookup(t *testing.T) {
	weak := func(s *elf.TableSymbol) { s.Bind = elf.BindWeak }
	hidden := func(s *elf.TableSymbol) { s.Visibility = 2 }
	undefined := func(s *elf.TableSymbol) { s.Section = elf.SectionUndef }
	local := func(s *elf.TableSymbol) { s.Bind = elf.BindLocal }
	scope := &Scope{Class: elf.Class64, Objects: []*Object{
		object(0, define("stub", 0x100, undefined), define("copied", 0x110, nil)),
		object(0x10000, define("first", 1, weak), define("secret", 2, hidden), define("own", 3, local)),
		{Entry: Entry{Base: 0x20000}}, // nothing is known of it
		object(0x30000, define("first", 1, nil), define("secret", 2, nil), define("own", 3, nil),
			define("copied", 4, nil), define("stub", 5, nil)),
		object(0x40000, define("f", 1, version("V1", 2, true)), define("f", 2, version("V2", 3, false)),
			define("g", 3, version("V1", 2, false)), define("h", 4, version("V2", 3, true))),
	}}
	for _, c := range []struct {
		name string
		ref  Reference
		want uint64 // 0: nothing
	}{
		{"a weak definition that comes first wins", Reference{Name: "first", From: -1}, 0x10001},
		{"a hidden one does not count", Reference{Name: "secret", From: -1}, 0x30002},
		{"nor does a local one", Reference{Name: "own", From: -1}, 0x30003},
		{"a copy is not taken from the copying object", Reference{Name: "copied", Copy: true}, 0x30004},
		{"anybody else finds the copy", Reference{Name: "copied", From: 3}, 0x110},
		{"an address is the program's stub", Reference{Name: "stub", From: 3}, 0x100},
		{"a call goes to the function", Reference{Name: "stub", Call: true}, 0x30005},
		{"an old version", Reference{Name: "f", Version: "V1", From: -1}, 0x40001},
		{"a new version", Reference{Name: "f", Version: "V2", From: -1}, 0x40002},
		{"a version that nobody has", Reference{Name: "f", Version: "V3", From: -1}, 0},
		{"no version: the oldest", Reference{Name: "f", From: -1}, 0x40001},
		{"no version: the only default", Reference{Name: "g", From: -1}, 0x40003},
		{"no version: a hidden one does not count", Reference{Name: "h", From: -1}, 0},
		{"a version wanted of an object without any", Reference{Name: "first", Version: "V9", From: -1}, 0x10001},
		{"nobody has it", Reference{Name: "nowhere", From: -1}, 0},
	} {
		got := uint64(0)
		if d, ok := scope.Lookup(c.ref); ok {
			got = uint64(d.Addr(scope.Class))
		}
		if got != c.want {
			t.Errorf("%s: %#x, want %#x", c.name, got, c.want)
		}
	}
	scope.Musl = true
	if d, ok := scope.Lookup(Reference{Name: "f", Version: "V1", From: -1}); !ok || d.Addr(scope.Class) != 0x40002 {
		t.Errorf("musl: %+v, %v", d, ok)
	}
	scope.Musl = false
	scope.Objects[3].Linking.Symbolic = true
	if d, ok := scope.Lookup(Reference{Name: "copied", From: 3}); !ok || d.Addr(scope.Class) != 0x30004 {
		t.Errorf("DT_SYMBOLIC: %+v, %v", d, ok)
	}
}
