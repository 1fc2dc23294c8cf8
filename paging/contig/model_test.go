package contig

import (
	"slices"
	"testing"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/alloc"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/paging/phys"
)

const (
	modelPages = 40 // that the model's calls touch, from modelBase on
	modelBase  = addr.VAddr(0x100000)
	everything = addr.ProtRead | addr.ProtWrite
)

// model is an address space as a page's rights and one byte for each page: there is nothing in it to be
// wrong.
type model struct {
	mapped [modelPages]bool
	prot   [modelPages]addr.Prot
	value  [modelPages]byte
}

// machine makes memory of so many pages.
func machine(tb testing.TB, scheme Scheme, pages int, a alloc.Allocator, swap uint64) *Memory {
	tb.Helper()
	mem, err := phys.New(addr.ABIPage, pages)
	if err != nil {
		tb.Fatal(err)
	}
	bus := &event.Bus{}
	m, err := New(Config{Scheme: scheme, Allocator: a, Compact: true, Swap: swap}, paging.NewDirect(mem, bus), bus)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func dynamicMemory(tb testing.TB, pages int) alloc.Allocator {
	tb.Helper()
	a, err := alloc.NewDynamic(alloc.DynamicConfig{Size: uint64(pages) * addr.ABIPage, Align: addr.ABIPage})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// FuzzSegments compares a space in segments, in a memory that is nearly too small, with the model: three
// bytes an operation.
func FuzzSegments(f *testing.F) {
	f.Add([]byte("\x00\x00\x08\x03\x02\x55\x01\x02\x03\x02\x04\x01\x05\x00\x00\x06\x00\x00\x07\x00\x00"))
	f.Add([]byte("\x00\x00\x14\x00\x05\x04\x03\x06\x11\x04\x00\x0a\x05\x00\x00\x00\x0c\x10\x08\x00\x00\x03\x0d\x22"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		const pages = 30
		m := machine(t, Segmented, pages, dynamicMemory(t, pages), 1<<20)
		other := m.NewSpace(area.Linux618(1<<20), Extent{}) // what there is to move around
		if _, err := other.Map(request(0, 3, everything)); err != nil {
			t.Fatal(err)
		}
		s := m.NewSpace(area.Linux618(1<<20), Extent{})
		var want model
		ops = ops[:min(len(ops), 600)]
		for ; len(ops) >= 3; ops = ops[3:] {
			step(t, m, s, &want, ops[:3])
			if err := m.Check(); err != nil {
				t.Fatal(err)
			}
			want.compare(t, s)
		}
		s.Destroy()
		other.Destroy()
		if r := alloc.Measure(m.Allocator()); r.Blocks != 0 || r.Holes != 1 {
			t.Fatalf("all is ended: %+v", r)
		}
	})
}

func request(page, n int, prot addr.Prot) area.Request {
	return area.Request{
		Addr: modelBase + addr.VAddr(page*addr.ABIPage), Len: uint64(n * addr.ABIPage), Prot: prot,
		Flags: area.MapPrivate | area.MapAnonymous | area.MapFixed,
	}
}

func step(t *testing.T, m *Memory, s *Space, want *model, in []byte) {
	t.Helper()
	op, page, arg := in[0], int(in[1])%modelPages, in[2]
	n := min(1+int(arg)%12, modelPages-page)
	r := request(page, n, []addr.Prot{everything, addr.ProtRead, addr.ProtRead | addr.ProtExec}[int(arg)/12%3])
	switch op % 9 {
	case 0:
		_, err := s.Map(r)
		if err != nil && err != area.ENOMEM { //nolint:errorlint // plain
			t.Fatal(err)
		}
		for i := page; i < page+n; i++ {
			want.mapped[i], want.prot[i], want.value[i] = err == nil, r.Prot, 0
		}
	case 1:
		if err := s.Unmap(r.Addr, r.Len); err != nil {
			t.Fatal(err)
		}
		clear(want.mapped[page : page+n])
	case 2:
		err := s.Protect(r.Addr, r.Len, r.Prot)
		whole := !slices.Contains(want.mapped[page:page+n], false)
		if (err == nil) != whole {
			t.Fatalf("Protect: %v", err)
		}
		for i := page; i < page+n && want.mapped[i]; i++ { // up to the first hole
			want.prot[i] = r.Prot
		}
	case 3:
		done := s.Write(r.Addr, slices.Repeat([]byte{arg}, addr.ABIPage))
		if ok := want.mapped[page] && want.prot[page]&addr.ProtWrite != 0; (done == addr.ABIPage) != ok {
			t.Fatalf("%d bytes written", done)
		} else if ok {
			want.value[page] = arg
		}
	case 4:
		s.Poke(r.Addr, slices.Repeat([]byte{arg}, addr.ABIPage))
		want.value[page] = arg
	case 5:
		if _, ok := m.Compact(); !ok {
			t.Fatal("cannot be compacted")
		}
	case 6:
		m.SwapOut(s)
	case 7:
		if !m.Admit(s) && s.limits() <= uint64(len(m.mmu.Mem.Bytes)) {
			t.Fatal("cannot come in: swap has room for the other")
		}
	case 8:
		c, err := s.Fork()
		if err != nil {
			t.Fatal(err)
		}
		want.compare(t, c)
		c.Poke(r.Addr, slices.Repeat([]byte{arg + 1}, addr.ABIPage)) // the parent must not see it
		c.Destroy()
	}
}

// compare reads everything that should be there and nothing else.
func (w *model) compare(t *testing.T, s *Space) {
	t.Helper()
	var b [addr.ABIPage]byte
	for i := range modelPages {
		va := modelBase + addr.VAddr(i*addr.ABIPage)
		n := s.Peek(va, b[:])
		if (n == len(b)) != w.mapped[i] {
			t.Fatalf("page %d: %d bytes are there, mapped %v", i, n, w.mapped[i])
		}
		if first, last := b[0], b[len(b)-1]; n > 0 && (first != w.value[i] || last != w.value[i]) {
			t.Fatalf("page %d holds %d and %d, should hold %d", i, first, last, w.value[i])
		}
		if seg := s.regs.Segments.Find(va); seg >= 0 && s.regs.Segments[seg].Prot != w.prot[i] {
			t.Fatalf("page %d: rights %v, should be %v", i, s.regs.Segments[seg].Prot, w.prot[i])
		}
	}
}

// TestStackGrows: a stack's segment grows down, in its own block and into others, keeps its bytes, and
// stops when memory is full.
func TestStackGrows(t *testing.T) {
	const pages = 24
	m := machine(t, Segmented, pages, dynamicMemory(t, pages), 0)
	s := m.NewSpace(area.Linux618(1<<30), Extent{})
	r := request(200, 1, everything)
	r.Flags |= area.MapGrowsDown
	if _, err := s.Map(r); err != nil {
		t.Fatal(err)
	}
	grown := 1
	for ; ; grown++ {
		va := r.Addr - addr.VAddr(grown*addr.ABIPage)
		if s.Write(va, []byte{byte(grown)}) == 0 {
			break
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
	}
	// From a block of 8 pages the next is one of 16, which fills memory: then there is no room for both.
	if grown != 16 || s.Areas()[0].End-s.Areas()[0].Start != 16*addr.ABIPage {
		t.Errorf("%d pages, areas %+v", grown, s.Areas())
	}
	for i := 1; i < grown; i++ {
		var b [1]byte
		if s.Peek(r.Addr-addr.VAddr(i*addr.ABIPage), b[:]); b[0] != byte(i) {
			t.Errorf("page %d holds %d", i, b[0])
		}
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
}

// TestPartition: base and limit move addresses and stop at the limit; within it nothing is protected.
func TestPartition(t *testing.T) {
	a, err := alloc.NewFixed(alloc.FixedConfig{Partitions: []uint64{8192, 16384}, Fit: alloc.BestFit})
	if err != nil {
		t.Fatal(err)
	}
	m := machine(t, Partitioned, 6, a, 0)
	lay := area.Linux618(1 << 20)
	lay.TaskSize = 0x403000
	s := m.NewSpace(lay, Extent{Origin: 0x400000, Size: 12288})
	if seg := s.Segments()[0]; seg.Base != 8192 || seg.Limit != 12288 {
		t.Errorf("%+v", seg)
	}
	s.Switch()
	for _, c := range []struct {
		va addr.VAddr
		ok bool
	}{{0x400000, true}, {0x402fff, true}, {0x403000, false}, {0x3fffff, false}, {0, false}} {
		pa, ok := m.mmu.Translate(c.va, addr.Write)
		if ok != c.ok || ok && uint64(pa) != uint64(c.va)-0x400000+8192 {
			t.Errorf("%v: %v, %v", c.va, pa, ok)
		}
		if f := m.mmu.LastFault(); !ok && (f.Cause != paging.NoArea || f.VA != c.va) {
			t.Errorf("%v: %+v", c.va, f)
		}
	}
	if got, want := s.Explain(0), "it lies outside of the partition: addresses 0x400000-0x403000 rwx, base 0x2000, "+
		"limit 0x3000"; got != want {
		t.Errorf("%s", got)
	}
	if _, err := s.Map(area.Request{Len: 4096, Prot: everything, Flags: area.MapShared | area.MapAnonymous}); err != area.ENODEV { //nolint:errorlint // plain
		t.Errorf("shared memory: %v", err)
	}
}
