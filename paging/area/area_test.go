package area

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"memlab/paging/addr"
)

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		limit uint64
		base  addr.VAddr
	}{
		{8 << 20, 0x7ffff7fff000},
		{127 << 20, 0x7ffff7fff000},
		{128 << 20, 0x7ffff7eff000},
		{256 << 20, 0x7fffefeff000},
		{1 << 30, 0x7fffbfeff000},
		{Unlimited, 0x155555556000},
	} {
		if got := Linux618(c.limit); got.MmapBase != c.base || got.BottomUpBase != 0x2aaaaaaab000 {
			t.Errorf("stack limit %d: mmap base %v, bottom-up base %v", c.limit, got.MmapBase, got.BottomUpBase)
		}
	}
	for _, c := range []struct {
		limit        uint64
		small        bool
		base, bottom addr.VAddr
	}{
		{8 << 20, false, 0xf7ffe000, 0x55555000},
		{Unlimited, false, 0x2aaab000, 0x55555000},
		{8 << 20, true, 0xb8000000, 0x40000000},
	} {
		got := Linux618i386(c.limit, c.small)
		if got.MmapBase != c.base || got.BottomUpBase != c.bottom || !got.Bits32 {
			t.Errorf("i386, stack limit %d: %+v", c.limit, got)
		}
	}
}

// recorder writes down what an observer is told, and what the list looked like then.
type recorder struct {
	list *List
	log  []string
}

func (r *recorder) add(format string, args ...any) {
	row := []string{fmt.Sprintf(format, args...)}
	for _, a := range r.list.All() {
		row = append(row, fmt.Sprintf("%x-%x", uint64(a.Start), uint64(a.End)))
	}
	r.log = append(r.log, strings.Join(row, " "))
}

func (r *recorder) Mapped(a Area)            { r.add("map %x-%x %v:", uint64(a.Start), uint64(a.End), a.Prot) }
func (r *recorder) Unmapped(s, e addr.VAddr) { r.add("unmap %x-%x:", uint64(s), uint64(e)) }
func (r *recorder) Grown(start, old addr.VAddr) {
	r.add("grow %x from %x:", uint64(start), uint64(old))
}

func (r *recorder) Moved(f, t addr.VAddr, n uint64) {
	r.add("move %x to %x, %x:", uint64(f), uint64(t), n)
}

func (r *recorder) Protected(s, e addr.VAddr, p addr.Prot) {
	r.add("protect %x-%x %v:", uint64(s), uint64(e), p)
}

const (
	rw      = addr.ProtRead | addr.ProtWrite
	private = MapPrivate | MapAnonymous
)

func mustMap(t *testing.T, l *List, at addr.VAddr, length uint64, prot addr.Prot, flags MapFlags) addr.VAddr {
	t.Helper()
	if at != 0 {
		flags |= MapFixed
	}
	got, err := l.Map(Request{Addr: at, Len: length, Prot: prot, Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestObserver checks the order of what an observer is told, and that the list is already as it says.
func TestObserver(t *testing.T) {
	r := &recorder{}
	l := NewList(Linux618(8<<20), r)
	r.list = l
	mustMap(t, l, 0x100000, 0x4000, rw, private)
	mustMap(t, l, 0x101000, 0x1000, addr.ProtRead, private)
	if err := l.Protect(0x100000, 0x2000, rw); err != nil {
		t.Fatal(err)
	}
	mustMap(t, l, 0x181000, 0x1000, addr.ProtRead, private)
	if _, err := l.Remap(0x102000, 0x2000, 0x3000, RemapMayMove|RemapFixed, 0x180000); err != nil {
		t.Fatal(err)
	}
	l.SetBrk(0x200000)
	l.Brk(0x201800)
	l.Brk(0x200800)
	mustMap(t, l, 0x500000, 0x1000, rw, private|MapGrowsDown)
	if !l.Grow(0x4fef00) || !l.Grow(0x4fe000) {
		t.Error("the stack does not grow")
	}
	if err := l.Unmap(0, 0x400000); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"map 100000-104000 rw-: 100000-104000",
		"unmap 101000-102000: 100000-101000 101000-102000 102000-104000",
		"map 101000-102000 r--: 100000-101000 101000-102000 102000-104000",
		"protect 101000-102000 rw-: 100000-104000",
		"map 181000-182000 r--: 100000-104000 181000-182000",
		"unmap 181000-182000: 100000-104000",
		"map 180000-183000 rw-: 100000-104000 180000-183000",
		"move 102000 to 180000, 2000: 100000-104000 180000-183000",
		"unmap 102000-104000: 100000-102000 180000-183000",
		"map 200000-202000 rw-: 100000-102000 180000-183000 200000-202000",
		"unmap 201000-202000: 100000-102000 180000-183000 200000-201000",
		"map 500000-501000 rw-: 100000-102000 180000-183000 200000-201000 500000-501000",
		"grow 4fe000 from 500000: 100000-102000 180000-183000 200000-201000 4fe000-501000",
		"unmap 100000-102000: 4fe000-501000",
		"unmap 180000-183000: 4fe000-501000",
		"unmap 200000-201000: 4fe000-501000",
	}
	if !slices.Equal(r.log, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(r.log, "\n  "), strings.Join(want, "\n  "))
	}
}

// ranges are the areas of l as text.
func ranges(l *List) []string {
	var all []string
	for _, a := range l.All() {
		all = append(all, fmt.Sprintf("%x-%x %v", uint64(a.Start), uint64(a.End), a.Prot))
	}
	return all
}

func expect(t *testing.T, l *List, want ...string) {
	t.Helper()
	if got := ranges(l); !slices.Equal(got, want) {
		t.Errorf("areas %q, want %q", got, want)
	}
}

// TestFork is what was measured: parent and child each grow the heap and map a page behind a written private page that
// the child inherited. The parent's join; the child's do not.
func TestFork(t *testing.T) {
	l := NewList(Linux618(8<<20), nil)
	l.SetBrk(0x10000000)
	l.Brk(0x10001000)
	l.FirstPrivateWrite(0x10000000)
	mustMap(t, l, 0x30000000, 0x1000, rw, private)
	l.FirstPrivateWrite(0x30000000)
	child := l.Clone(nil)
	for _, p := range []*List{l, child} {
		p.Brk(0x10004000)
		mustMap(t, p, 0x30001000, 0x1000, rw, private)
	}
	expect(t, l, "10000000-10004000 rw-", "30000000-30002000 rw-")
	expect(t, child, "10000000-10001000 rw-", "10001000-10004000 rw-", "30000000-30001000 rw-", "30001000-30002000 rw-")
}

func TestMapZero(t *testing.T) {
	l := NewList(Linux618(8<<20), nil)
	mustMap(t, l, 0x400000, 0x1000, rw, private)
	mustMap(t, l, 0x402000, 0x2000, rw, private)
	if err := l.MapZero(0x401000, 0x1800, false); err != nil {
		t.Fatal(err)
	}
	expect(t, l, "400000-403000 rw-", "403000-404000 rw-") // joins left only
	if err := l.MapZero(0x405000, 0x1000, true); err != nil {
		t.Fatal(err)
	}
	expect(t, l, "400000-403000 rw-", "403000-404000 rw-", "405000-406000 rwx")
	for _, c := range []struct {
		start  addr.VAddr
		length uint64
		want   error
	}{
		{0x405000, 0, nil},
		{0x405001, 4096, EINVAL},
		{0, 4096, EPERM},
		{0x7fffffffe000, 8192, ENOMEM},
		{0x1000, 1<<64 - 1, ENOMEM},
	} {
		if err := l.MapZero(c.start, c.length, false); !errors.Is(err, c.want) {
			t.Errorf("MapZero(%v, %#x): %v, want %v", c.start, c.length, err, c.want)
		}
	}
}

func TestProtectDown(t *testing.T) {
	l := NewList(Linux618(8<<20), nil)
	mustMap(t, l, 0x500000, 0x4000, rw, private|MapGrowsDown)
	mustMap(t, l, 0x600000, 0x4000, rw, private)
	if err := l.ProtectDown(0x502000, 0x1000, addr.ProtRead); err != nil {
		t.Fatal(err)
	}
	if err := l.ProtectDown(0x602000, 0x1000, addr.ProtRead); !errors.Is(err, EINVAL) {
		t.Errorf("an area that does not grow: %v", err)
	}
	expect(t, l, "500000-503000 r--", "503000-504000 rw-", "600000-604000 rw-")
}

func TestLimits(t *testing.T) {
	layout := Linux618(8 << 20)
	layout.MaxAreas = 3
	l := NewList(layout, nil)
	for i := range addr.VAddr(4) { // like Linux, mmap itself may go one over
		mustMap(t, l, 0x100000+i*0x2000, 0x1000, rw, private)
	}
	if _, err := l.Map(Request{Len: 4096, Flags: private}); !errors.Is(err, ENOMEM) {
		t.Errorf("a fifth area: %v", err)
	}
	if err := l.Unmap(0x100000, 0x1000); err != nil {
		t.Error(err)
	}
	layout.MaxAreas = 65530
	l = NewList(layout, nil)
	if _, err := l.Map(Request{Len: 1<<40 + 4096, Prot: rw, Flags: private}); !errors.Is(err, ENOMEM) {
		t.Errorf("more than can be committed: %v", err)
	}
	at := mustMap(t, l, 0, 1<<40+4096, addr.ProtRead, private)
	if err := l.Protect(at, 1<<40+4096, rw); !errors.Is(err, ENOMEM) {
		t.Errorf("more than can be committed made writable: %v", err)
	}
	mustMap(t, l, 0x1000000, 1<<40+4096, rw, private|MapNoReserve)
}

func TestFindAndNext(t *testing.T) {
	l := NewList(Linux618(8<<20), nil)
	for i := range addr.VAddr(50) {
		mustMap(t, l, 0x100000+i*0x3000, uint64(0x1000+i%2*0x1000), rw, private)
	}
	for va := addr.VAddr(0xff800); va < 0x100000+51*0x3000; va += 0x800 {
		var in, next Area
		for _, a := range slices.Backward(l.All()) {
			if a.End > va {
				next = a
			}
			if a.Start <= va && va < a.End {
				in = a
			}
		}
		a, ok := l.Find(va)
		n, more := l.Next(va)
		if a != in || ok != (in.End != 0) || n != next || more != (next.End != 0) {
			t.Fatalf("%v: in %v, %v; next %v, %v", va, a, ok, n, more)
		}
	}
	if n := testing.AllocsPerRun(10, func() { l.Find(0x100000); l.Find(0x103000) }); n != 0 {
		t.Errorf("Find makes %v allocations", n)
	}
}

func TestRequestErrors(t *testing.T) {
	size := int64(1 << 20)
	f := &testFile{path: "f", size: &size}
	for _, c := range []struct {
		name string
		r    Request
		want error
	}{
		{"neither file nor anonymous", Request{Len: 1, Flags: MapPrivate}, EBADF},
		{"unknown kind", Request{Len: 1, Flags: 5 | MapAnonymous}, EINVAL},
		{"validate without a file", Request{Len: 1, Flags: MapSharedValidate | MapAnonymous}, EINVAL},
		{
			"validate an unknown flag",
			Request{Len: 1, Flags: MapSharedValidate | 0x2000000, File: f, FileReadable: true},
			EOPNOTSUPP,
		},
		{"not readable", Request{Len: 1, Flags: MapPrivate, File: f, FileWritable: true}, EACCES},
		{"stack of a file", Request{Len: 1, Flags: MapPrivate | MapGrowsDown, File: f, FileReadable: true}, EINVAL},
		{"below the minimum", Request{Flags: private | MapFixed, Len: 1}, EPERM},
		{"beyond the end", Request{Addr: 0x7ffffffff000, Flags: private | MapFixed, Len: 1}, ENOMEM},
	} {
		l := NewList(Linux618(8<<20), nil)
		if at, err := l.Map(c.r); !errors.Is(err, c.want) || at != 0 || len(l.All()) != 0 {
			t.Errorf("%s: %v, %v, want %v", c.name, at, err, c.want)
		}
	}
	if got := []string{EINVAL.Error(), Errno(9).String(), Errno(1000).Error()}; !slices.Equal(got,
		[]string{"EINVAL", "EBADF", "errno 1000"}) {
		t.Errorf("names %q", got)
	}
}

// FuzzArguments calls everything with any numbers: no panic, and the list stays in order.
func FuzzArguments(f *testing.F) {
	f.Add(uint64(0x10000000), uint64(4096), uint64(1<<63), uint64(0x10001000), uint32(0x22))
	f.Add(^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0), ^uint32(0))
	f.Add(uint64(0x7fffffffe000), uint64(1<<47), uint64(0), uint64(1), uint32(7))
	f.Fuzz(func(t *testing.T, a, b, c, d uint64, flags uint32) {
		for _, layout := range []Layout{Linux618(8 << 20), Linux618i386(b, c%2 == 0)} {
			l := NewList(layout, nil)
			mustMap(t, l, 0x10000000, 0x4000, rw, private)
			mustMap(t, l, 0x10008000, 0x4000, rw, private|MapGrowsDown)
			for range 2 {
				l.SetBrk(addr.VAddr(d).ABIDown() % layout.TaskSize)
				l.Brk(addr.VAddr(a))
				l.Grow(addr.VAddr(c))
				l.FirstPrivateWrite(addr.VAddr(a))
				_, remap := l.Remap(addr.VAddr(a), b, c, flags&7, addr.VAddr(d))
				_, mmap := l.Map(Request{Addr: addr.VAddr(a), Len: b, Prot: addr.Prot(c), Flags: MapFlags(flags)})
				_, place := l.Place(a)
				errs := []error{
					remap, mmap, place, l.MapZero(addr.VAddr(d), b, true), l.Protect(addr.VAddr(a), b, addr.Prot(d)),
					l.ProtectDown(addr.VAddr(a), c, addr.Prot(d)), l.Lock(addr.VAddr(b), c, true, false),
					l.Unmap(addr.VAddr(d), c),
				}
				for i, err := range errs {
					if _, ok := errors.AsType[Errno](err); err != nil && !ok {
						t.Fatalf("call %d: %v is not an Errno", i, err)
					}
				}
				if err := l.Check(); err != nil {
					t.Fatal(err)
				}
				a, b, c, d = d, a, b, c
			}
		}
	})
}
