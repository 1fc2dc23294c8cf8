package table

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/phys"
)

// format is one way to make tables for the suite.
type format struct {
	name string
	size addr.PageSize
	open func(mem *phys.Memory) (func(space phys.Space) (Table, bool), bool)
}

func each(open func(mem *phys.Memory) (Table, bool)) func(mem *phys.Memory) (func(phys.Space) (Table, bool), bool) {
	return func(mem *phys.Memory) (func(phys.Space) (Table, bool), bool) {
		return func(phys.Space) (Table, bool) { return open(mem) }, true
	}
}

func formats() []format {
	all := []format{
		{"linear", 4096, each(func(mem *phys.Memory) (Table, bool) { return NewLinear(mem) })},
		{"linear", 512, each(func(mem *phys.Memory) (Table, bool) { return NewLinear(mem) })},
	}
	for _, size := range []addr.PageSize{512, 4096, 64 << 10} {
		all = append(all, format{"inverted", size, func(mem *phys.Memory) (func(phys.Space) (Table, bool), bool) {
			h, ok := NewHashed(mem)
			return func(space phys.Space) (Table, bool) { return NewInverted(h, space) }, ok
		}})
	}
	for _, tree := range []struct {
		size   addr.PageSize
		widths []uint
	}{
		{4096, Split(4096, 3)},
		{4096, Split(4096, 4)},
		{4096, Split(4096, 5)},
		{512, Split(512, 4)},
		{2 << 20, Split(2<<20, 2)},
		{2 << 20, []uint{1, 20, 6}},
		{4096, []uint{2, 2, 10, 11, 11}},
	} {
		all = append(all, format{fmt.Sprint("radix ", tree.widths), tree.size, each(func(mem *phys.Memory) (Table, bool) {
			return NewRadix(mem, tree.widths)
		})})
	}
	return all
}

// steps is what the processor reads on a walk.
type steps struct {
	mem  *phys.Memory
	seen []int
	last addr.PAddr
}

func (s *steps) Visit(pa addr.PAddr, level int) Entry {
	s.seen, s.last = append(s.seen, level), pa
	return Entry(s.mem.Tables.Load64(pa))
}

// model is one space's table that is too simple to be wrong.
type model struct {
	table Table
	want  map[addr.Page]Entry
}

// operate does one operation that three numbers say, and compares.
func (m *model) operate(t *testing.T, mem *phys.Memory, op byte, p addr.Page, v uint64) {
	t.Helper()
	a := addr.Access(v % 3)
	switch op % 8 {
	case 0, 1, 2:
		e := At(addr.PAddr(v%8)<<mem.Size().Shift(), Rights(addr.Prot(v>>3%8)))
		if v>>8%16 == 0 {
			e |= Mixed
		}
		if !m.table.Set(p, e) {
			t.Skip("the tables are full")
		}
		m.want[p] = e
	case 3:
		if !m.table.Set(p, InSwap(int(v%1000))) {
			t.Skip("the tables are full")
		}
		m.want[p] = InSwap(int(v % 1000))
	case 4:
		m.table.Set(p, 0)
		delete(m.want, p)
	case 5:
		want, ok := used(m.want[p], a)
		got, allowed := m.table.Use(p, a)
		if got != want || allowed != ok {
			t.Fatalf("page %#x used to %s: %#x %v, want %#x %v", p, a, got, allowed, want, ok)
		}
		if ok {
			m.want[p] = want
		}
	case 6:
		s := &steps{mem: mem}
		e := m.table.Walk(p, s)
		want := m.want[p]
		if e&Present != want&Present || e&Present != 0 && (e != want || s.seen[len(s.seen)-1] != 1) {
			t.Fatalf("page %#x walked: %#x by way of levels %v, want %#x", p, e, s.seen, want)
		}
		if _, pa := m.table.Lookup(p); want&Present != 0 && pa != s.last {
			t.Fatalf("page %#x lies at %s, the walk ends at %s", p, pa, s.last)
		}
	case 7:
		m.table.Prune()
	}
	if got, pa := m.table.Lookup(p); got != m.want[p] || got != 0 && !mem.Tables.Contains(pa) {
		t.Fatalf("after operation %d page %#x is %#x, want %#x", op%8, p, got, m.want[p])
	}
}

// compare holds all of the table against the model.
func (m *model) compare(t *testing.T, from, to addr.Page) {
	t.Helper()
	var pages []addr.Page
	m.table.Visit(from, to, func(p addr.Page, e Entry) {
		if m.want[p] != e {
			t.Fatalf("the visit of page %#x has %#x, want %#x", p, e, m.want[p])
		}
		pages = append(pages, p)
	})
	var want []addr.Page
	for _, p := range slices.Sorted(maps.Keys(m.want)) {
		if p >= from && p < to {
			want = append(want, p)
		}
	}
	if !slices.Equal(pages, want) {
		t.Fatalf("visited %x\nwant    %x", pages, want)
	}
}

// run operates on two spaces, then ends them, after which no memory may be left but what all share.
func (f format) run(t *testing.T, next func() (op byte, p, v uint64, ok bool)) {
	t.Helper()
	mem, err := phys.New(f.size, 8)
	if err != nil {
		t.Fatal(err)
	}
	open, ok := f.open(mem)
	if !ok {
		t.Fatal("no memory")
	}
	var spaces []*model
	for i := range 2 {
		table, ok := open(phys.Space(i + 1))
		if !ok {
			t.Fatal("no memory")
		}
		spaces = append(spaces, &model{table, map[addr.Page]Entry{}})
	}
	pages := uint64(1) << (VirtualBits - f.size.Shift())
	for {
		op, p, v, ok := next()
		if !ok {
			break
		}
		spaces[op>>7].operate(t, mem, op, addr.Page(p%pages), v)
	}
	for _, m := range spaces {
		m.compare(t, 0, addr.Page(pages))
		m.compare(t, 100, addr.Page(pages-pages/8))
		m.compare(t, 5, 6)
		if m.table.Bytes() <= 0 {
			t.Errorf("it takes %d bytes", m.table.Bytes())
		}
		m.table.Destroy()
	}
	h, isHashed := spaces[0].table.(*Inverted)
	left := 0
	if isHashed {
		left = h.table.Bytes()
		if h.table.inUse != 0 {
			t.Errorf("%d entries are left", h.table.inUse)
		}
	}
	if mem.Tables.InUse() != left {
		t.Errorf("%d bytes are left, want %d", mem.Tables.InUse(), left)
	}
}

// TestSuite is what every format must do.
func TestSuite(t *testing.T) {
	for _, f := range formats() {
		t.Run(fmt.Sprintf("%s/%d", f.name, f.size), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			n := 0
			f.run(t, func() (op byte, p, v uint64, ok bool) {
				n++
				p = r.Uint64()
				if r.IntN(4) > 0 {
					p = r.Uint64N(600)
				}
				op = byte(r.IntN(256))
				if op%8 == 7 && r.IntN(20) > 0 {
					op--
				}
				return op, p, r.Uint64(), n < 4000
			})
		})
	}
}

// FuzzTable is the suite on operations that a fuzzer thinks of.
func FuzzTable(f *testing.F) {
	f.Add(byte(0), []byte{0, 1, 2, 3, 5, 1, 2, 3, 4, 1, 0, 0, 128, 1, 2, 3, 7, 0, 0, 0})
	f.Add(byte(3), []byte{0, 1, 2, 3, 6, 1, 0, 0, 3, 9, 9, 9})
	f.Fuzz(func(t *testing.T, which byte, ops []byte) {
		all := formats()
		all[int(which)%len(all)].run(t, func() (op byte, p, v uint64, ok bool) {
			if len(ops) < 4 {
				return 0, 0, 0, false
			}
			op, p, v = ops[0], uint64(ops[1])<<(ops[2]%40), uint64(ops[3])*257
			ops = ops[4:]
			return op, p, v, true
		})
	})
}
