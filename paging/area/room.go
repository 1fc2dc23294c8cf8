package area

import (
	"math/bits"

	"memlab/paging/addr"
)

// crowded remembers how far down from the top a search has found no room, so that the next need not look
// again (Linux keeps the widest hole in each node of its tree of areas). There is one note for each power of
// two of lengths, so that a program that asks for two sizes in turn does not lose what is known of the other.
type crowded struct {
	base  addr.VAddr // Layout.MmapBase that it is true for
	notes [64]note
}

// note says that no hole that begins at from or higher, and below MmapBase, has length bytes.
type note struct{ from, length addr.VAddr }

func lengthClass(length addr.VAddr) int { return bits.Len64(uint64(length)) - 1 }

// start is the area below which a search from the top for length bytes begins: what lies above has no room.
func (l *List) start(length addr.VAddr) int {
	top := l.first(l.layout.MmapBase)
	if l.crowded.base != l.layout.MmapBase {
		return top
	}
	// A note for as many bytes, or fewer, will do.
	lowest := l.layout.MmapBase
	for k := range lengthClass(length) + 1 {
		if n := l.crowded.notes[k]; n.length != 0 && n.length <= length && n.from < lowest {
			lowest = n.from
		}
	}
	return l.first(lowest)
}

// learn notes that no hole above area i has room for length bytes.
func (l *List) learn(i int, length addr.VAddr) {
	if i >= len(l.areas) {
		return
	}
	if l.crowded.base != l.layout.MmapBase {
		l.crowded = crowded{base: l.layout.MmapBase}
	}
	l.crowded.notes[lengthClass(length)] = note{l.areas[i].Start, length}
}

// loosen is called when nothing is mapped before area i any more, where something was up to end.
func (l *List) loosen(i int, end addr.VAddr) {
	for k := range l.crowded.notes {
		n := &l.crowded.notes[k]
		switch {
		case n.length == 0 || end <= n.from:
		case i < len(l.areas) && l.areas[i].Start < l.crowded.base:
			n.from = l.areas[i].Start
		default:
			*n = note{}
		}
	}
}
