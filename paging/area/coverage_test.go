package area

import (
	"testing"

	"memlab/paging/addr"
)

// coverage is an Observer that keeps the rights of every mapped page, from what it is told alone.
type coverage map[addr.VAddr]addr.Prot

func (c coverage) Mapped(a Area) {
	for p := a.Start; p < a.End; p += addr.ABIPage {
		c[p] = a.Prot
	}
}

func (c coverage) Unmapped(start, end addr.VAddr) {
	for p := start; p < end; p += addr.ABIPage {
		delete(c, p)
	}
}

func (c coverage) Protected(start, end addr.VAddr, prot addr.Prot) {
	for p := start; p < end; p += addr.ABIPage {
		c[p] = prot
	}
}

func (c coverage) Moved(_, _ addr.VAddr, _ uint64) {}

func (c coverage) Grown(start, old addr.VAddr) {
	for p := start; p < old; p += addr.ABIPage {
		c[p] = c[old]
	}
}

// check compares what was told with what the list has.
func (c coverage) check(t *testing.T, l *List, what string) {
	t.Helper()
	if err := l.Check(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	n := 0
	for _, a := range l.All() {
		for p := a.Start; p < a.End; p += addr.ABIPage {
			if got, ok := c[p]; !ok || got != a.Prot {
				t.Fatalf("%s: the observer thinks that %v is mapped: %v, %v; the list says %v", what, p, ok, got, a.Prot)
			}
			n++
		}
	}
	if n != len(c) {
		t.Fatalf("%s: %d pages are mapped, the observer knows of %d", what, n, len(c))
	}
}
