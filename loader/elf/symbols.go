package elf

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// Symbols finds symbols by name and by address.
//
// For addresses the file's symbols, which may overlap, are turned once into pieces that do not: of several
// symbols over one byte the one that starts last has it, so that what lies inside something else is found; of
// several that start together the best has it. A symbol without size reaches up to the next one, or the end
// of its section, and counts only where no symbol with a size is.
type Symbols struct {
	all    []Symbol
	byName map[string]int // index in all
	pieces []piece        // ascending, disjoint
}

type piece struct {
	start, end uint64 // [start, end)
	sym        int
}

// All are the symbols in the order of the file, .symtab first. The caller must not change them.
func (t *Symbols) All() []Symbol { return t.all }

// Lookup finds the symbol that the file defines under this name: a global one before a weak one before a
// local one, a function before data before a bare label, and one from .symtab before one from .dynsym.
func (t *Symbols) Lookup(name string) (Symbol, bool) {
	i, ok := t.byName[name]
	if !ok {
		return Symbol{}, false
	}
	return t.all[i], true
}

// At finds the symbol that covers the address va of the file, and how far va is behind its start.
func (t *Symbols) At(va uint64) (s Symbol, off uint64, ok bool) {
	i := sort.Search(len(t.pieces), func(i int) bool { return t.pieces[i].end > va })
	if i == len(t.pieces) || va < t.pieces[i].start {
		return Symbol{}, 0, false
	}
	s = t.all[t.pieces[i].sym]
	return s, va - s.Value, true
}

// better compares two symbols of one name or one place: negative if a is to be preferred.
func better(a, b *Symbol) int {
	return cmp.Or(
		cmp.Compare(bindRank(a.Bind), bindRank(b.Bind)),
		cmp.Compare(typeRank(a.Type), typeRank(b.Type)),
		cmp.Compare(min(b.Size, 1), min(a.Size, 1)), // one with a size first
	)
}

func bindRank(b uint8) int {
	switch b {
	case BindGlobal, BindUnique:
		return 0
	case BindWeak:
		return 1
	}
	return 2
}

func typeRank(t uint8) int {
	switch t {
	case SymFunc, SymIFunc:
		return 0
	case SymObject, SymTLS, SymCommon:
		return 1
	}
	return 2
}

func newSymbols(all []Symbol, sections []Section, progs []Prog) *Symbols {
	t := &Symbols{all: all, byName: map[string]int{}}
	var sized, bare []piece
	for i := range all {
		s := &all[i]
		if s.Defined() && s.Name != "" && s.Type != SymSection && s.Type != SymFile {
			if old, ok := t.byName[s.Name]; !ok || better(s, &all[old]) < 0 {
				t.byName[s.Name] = i
			}
		}
		switch {
		case !s.placed():
		case s.Size == 0:
			bare = append(bare, piece{s.Value, limit(s, sections, progs), i})
		default:
			sized = append(sized, piece{s.Value, addSat(s.Value, s.Size), i})
		}
	}
	t.pieces = mergeBare(flatten(t.bestOfPlace(sized)), t.bestOfPlace(bare))
	return t
}

func addSat(a, b uint64) uint64 {
	if a+b < a {
		return math.MaxUint64
	}
	return a + b
}

// limit is how far a symbol without size can reach: to the end of its section, or else of its segment.
func limit(s *Symbol, sections []Section, progs []Prog) uint64 {
	if int(s.Section) < len(sections) {
		sec := &sections[s.Section]
		if s.Value >= sec.Addr && s.Value-sec.Addr < sec.Size {
			return addSat(sec.Addr, sec.Size)
		}
		return addSat(s.Value, 1)
	}
	for i := range progs {
		if p := &progs[i]; p.Type == ProgLoad && s.Value >= p.VAddr && s.Value-p.VAddr < p.MemSz {
			return addSat(p.VAddr, p.MemSz)
		}
	}
	return addSat(s.Value, 1)
}

// bestOfPlace sorts by start and keeps the best of those that start together.
func (t *Symbols) bestOfPlace(p []piece) []piece {
	slices.SortFunc(p, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.start, b.start), better(&t.all[a.sym], &t.all[b.sym]), cmp.Compare(a.sym,
			b.sym))
	})
	return slices.CompactFunc(p, func(a, b piece) bool { return a.start == b.start })
}

// flatten turns pieces that are sorted by start into disjoint ones: the one that starts last has the bytes.
func flatten(in []piece) []piece {
	var out, open []piece
	at := uint64(0)
	emit := func(to uint64, p piece) {
		if at < to {
			out = append(out, piece{at, to, p.sym})
			at = to
		}
	}
	for _, p := range in {
		for len(open) > 0 && open[len(open)-1].end <= p.start {
			emit(open[len(open)-1].end, open[len(open)-1])
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			emit(p.start, open[len(open)-1])
		}
		at = p.start
		open = append(open, p)
	}
	for _, p := range slices.Backward(open) {
		emit(p.end, p)
	}
	return out
}

// mergeBare adds those of bare that no piece covers, each up to what comes next.
func mergeBare(sized, bare []piece) []piece {
	out := make([]piece, 0, len(sized)+len(bare))
	for i, p := range bare {
		for len(sized) > 0 && sized[0].end <= p.start {
			out, sized = append(out, sized[0]), sized[1:]
		}
		if len(sized) > 0 && sized[0].start <= p.start {
			continue // inside a symbol with a size
		}
		if i+1 < len(bare) {
			p.end = min(p.end, bare[i+1].start)
		}
		if len(sized) > 0 {
			p.end = min(p.end, sized[0].start)
		}
		if p.start < p.end {
			out = append(out, p)
		}
	}
	return append(out, sized...)
}
