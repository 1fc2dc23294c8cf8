package area

import (
	"fmt"
	"slices"
	"testing"

	"memlab/paging/addr"
)

// rows are the areas with their names.
func rows(l *List) (out []string) {
	name := l.Names(0)
	for _, a := range l.areas {
		out = append(out, fmt.Sprintf("%x-%x %s %s", uint64(a.Start), uint64(a.End), a.Prot, name.Of(a)))
	}
	return out
}

// TestHeapAndBSS draws the bss of a program with its heap behind it, under the rules of both kernels.
func TestHeapAndBSS(t *testing.T) {
	const bss, start = 0x403000, 0x405000
	for _, c := range []struct {
		name          string
		merges, exec  bool
		gap           addr.VAddr
		want, shrunk  []string
		written, fork bool
	}{
		{
			name: "6.18", want: []string{"403000-405000 rw- ", "405000-408000 rw- [heap]"},
			shrunk: []string{"403000-405000 rw- "},
		},
		{
			name: "5.4", merges: true, want: []string{"403000-408000 rw- [heap]"},
			shrunk: []string{"403000-405000 rw- [heap]"},
		},
		{
			name: "5.4, bss written", merges: true, written: true, want: []string{"403000-408000 rw- [heap]"},
			shrunk: []string{"403000-405000 rw- [heap]"},
		},
		{
			name: "5.4, bss of an executable segment", merges: true, exec: true,
			want:   []string{"403000-405000 rwx [heap]", "405000-408000 rw- [heap]"},
			shrunk: []string{"403000-405000 rwx [heap]"},
		},
		{
			name: "5.4, a page between them", merges: true, gap: addr.ABIPage,
			want:   []string{"403000-405000 rw- ", "406000-409000 rw- [heap]"},
			shrunk: []string{"403000-405000 rw- "},
		},
		{
			name: "5.4, a child's, bss written before the fork", merges: true, written: true, fork: true,
			want:   []string{"403000-405000 rw- [heap]", "405000-408000 rw- [heap]"},
			shrunk: []string{"403000-405000 rw- [heap]"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			lay := Linux618(8 << 20)
			lay.HeapMergesBSS, lay.LooseHeap = c.merges, c.merges
			l := NewList(lay, nil)
			if err := l.MapZero(bss, start-bss, c.exec); err != nil {
				t.Fatal(err)
			}
			if c.written {
				l.FirstPrivateWrite(bss)
			}
			l.SetBrk(start + c.gap)
			if c.fork {
				l = l.Clone(nil)
			}
			for n := range addr.VAddr(3) { // as malloc does: a bit at a time
				want := start + c.gap + (n+1)*addr.ABIPage
				if got := l.Brk(want); got != want {
					t.Fatalf("brk gives %v, want %v", got, want)
				}
			}
			if got := rows(l); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			l.Brk(start + c.gap)
			if got := rows(l); !slices.Equal(got, c.shrunk) {
				t.Errorf("after brk back: %q, want %q", got, c.shrunk)
			}
			if err := l.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}
