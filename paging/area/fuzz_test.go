package area

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"memlab/paging/addr"
)

// page is what the model knows of one mapped page.
type page struct {
	prot   addr.Prot
	shared bool
	file   File
	object *Object
	offset uint64 // of files and objects; 0 for private memory, whose offsets are the merge rule's affair
}

// pages is an address space without areas: a map from pages to attributes. It is told the answers (where a mapping
// went), and knows what must follow from them.
type pageModel map[addr.VAddr]page

func modelPage(a Area, va addr.VAddr) page {
	p := page{prot: a.Prot, shared: a.Flags&Shared != 0, file: a.File, object: a.Object}
	if a.File != nil || a.Object != nil {
		p.offset = a.Offset + uint64(va-a.Start)
	}
	return p
}

// compare checks that the list covers exactly the pages of the model, with their attributes.
func (m pageModel) compare(t *testing.T, l *List, what string) {
	t.Helper()
	if err := l.Check(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	n := 0
	for _, a := range l.All() {
		for va := a.Start; va < a.End; va += addr.ABIPage {
			want, ok := m[va]
			if got := modelPage(a, va); !ok || got != want {
				t.Fatalf("%s: page %v is %+v, the model has %+v, %v", what, va, got, want, ok)
			}
			n++
		}
	}
	if n != len(m) {
		t.Fatalf("%s: %d pages, the model has %d", what, n, len(m))
	}
}

func (m pageModel) unmap(start addr.VAddr, length uint64) {
	for va := start; va < start+addr.VAddr(length); va += addr.ABIPage {
		delete(m, va)
	}
}

// protect changes page after page up to the first hole or the first page that may not have the rights.
func (m pageModel) protect(start addr.VAddr, length uint64, prot addr.Prot, readOnly File) error {
	for va := start; va < start+addr.VAddr(length); va += addr.ABIPage {
		p, ok := m[va]
		if !ok {
			return ENOMEM
		}
		if p.shared && p.file == readOnly && prot&addr.ProtWrite != 0 {
			return EACCES
		}
		p.prot = prot
		m[va] = p
	}
	return nil
}

// moved carries pages along; what is new behind them continues the last one.
func (m pageModel) moved(from, to addr.VAddr, oldLen, newLen uint64, keep bool) {
	carried := make(map[addr.VAddr]page)
	for off := addr.VAddr(0); off < addr.VAddr(min(oldLen, newLen)); off += addr.ABIPage {
		if p, ok := m[from+off]; ok {
			carried[to+off] = p
		}
	}
	last := carried[to+addr.VAddr(min(oldLen, newLen))-addr.ABIPage]
	for off := oldLen; off < newLen; off += addr.ABIPage {
		if last.file != nil || last.object != nil {
			last.offset += addr.ABIPage
		}
		carried[to+addr.VAddr(off)] = last
	}
	if !keep {
		m.unmap(from, oldLen)
	}
	maps.Copy(m, carried)
}

type fuzzer struct {
	t     *testing.T
	in    []byte
	list  *List
	model pageModel
	told  coverage
	files [2]File
	last  addr.VAddr // where the last mapping went
}

func (f *fuzzer) next(n int) int {
	if len(f.in) == 0 {
		return 0
	}
	b := f.in[0]
	f.in = f.in[1:]
	return int(b) % n
}

func (f *fuzzer) addr() addr.VAddr {
	if f.next(4) == 0 {
		return f.last
	}
	return 0x10000000 + addr.VAddr(f.next(48))*addr.ABIPage
}

func (f *fuzzer) length() uint64 { return uint64(f.next(9)+1) * addr.ABIPage }

func (f *fuzzer) free(start addr.VAddr, length uint64, what string) {
	for va := start; va < start+addr.VAddr(length); va += addr.ABIPage {
		if _, ok := f.model[va]; ok {
			f.t.Fatalf("%s: went to %v, but %v is mapped", what, start, va)
		}
	}
}

func (f *fuzzer) mmap() string {
	kinds := []MapFlags{MapPrivate, MapShared}
	q := Request{
		Len: f.length(), Prot: addr.Prot(f.next(8)), Flags: kinds[f.next(2)], Offset: uint64(f.next(4)) * addr.ABIPage,
		FileReadable: true,
	}
	if n := f.next(4); n < 2 {
		q.File = f.files[n]
		q.FileWritable = n == 0
	} else {
		q.Flags |= MapAnonymous
	}
	how := []MapFlags{0, 0, MapFixed, MapFixedNoReplace, MapStack, MapNoReserve, MapGrowsDown, MapGrowsDown | MapFixed}
	q.Flags |= how[f.next(len(how))]
	if f.next(3) != 0 || q.Flags&(MapFixed|MapFixedNoReplace) != 0 {
		q.Addr = f.addr()
	}
	at, err := f.list.Map(q)
	what := fmt.Sprintf("map %+v: %v %v", q, at, err)
	if err != nil {
		return what
	}
	if q.Flags&MapFixed == 0 {
		f.free(at, q.Len, what)
	}
	a, ok := f.list.Find(at)
	if !ok {
		f.t.Fatalf("%s: not there", what)
	}
	for off := addr.VAddr(0); off < addr.VAddr(q.Len); off += addr.ABIPage {
		p := page{prot: q.Prot, shared: q.Flags&MapShared != 0, file: q.File}
		switch {
		case q.File != nil:
			p.offset = q.Offset + uint64(off)
		case p.shared:
			p.object, p.offset = a.Object, uint64(off)
		}
		f.model[at+off] = p
	}
	f.last = at
	return what
}

func (f *fuzzer) remap() string {
	old, to := f.addr(), f.addr()
	oldLen := f.length()
	newLen := oldLen
	if f.next(2) == 0 {
		newLen = f.length()
	}
	flags := []uint32{0, RemapMayMove, RemapMayMove | RemapFixed, RemapMayMove | RemapDontUnmap, 7}[f.next(5)]
	at, err := f.list.Remap(old, oldLen, newLen, flags, to)
	what := fmt.Sprintf("remap %v %#x %#x %d %v: %v %v", old, oldLen, newLen, flags, to, at, err)
	if err != nil {
		return what // then nothing has changed
	}
	switch {
	case flags&RemapFixed != 0 && oldLen == newLen: // area by area: the targets of holes stay
		f.model.moved(old, at, oldLen, newLen, flags&RemapDontUnmap != 0)
	case flags&RemapFixed != 0:
		f.model.unmap(at, newLen)
		f.model.moved(old, at, oldLen, newLen, false)
	case at == old && newLen <= oldLen:
		f.model.unmap(old+addr.VAddr(newLen), oldLen-newLen)
	case at == old:
		f.free(old+addr.VAddr(oldLen), newLen-oldLen, what)
		f.model.moved(old, at, oldLen, newLen, true)
	default:
		f.free(at, newLen, what)
		f.model.moved(old, at, oldLen, newLen, flags&RemapDontUnmap != 0)
	}
	f.last = at
	return what
}

func (f *fuzzer) brk() string {
	was := f.list.Brk(0)
	to := addr.VAddr(0x10008000 + f.next(16)*0x800)
	now := f.list.Brk(to)
	if now != was && now != to {
		f.t.Fatalf("brk %v: %v, was %v", to, now, was)
	}
	f.model.unmap(now.ABIUp(), uint64(max(was.ABIUp(), now.ABIUp())-now.ABIUp()))
	for va := was.ABIUp(); va < now.ABIUp(); va += addr.ABIPage {
		f.free(va, addr.ABIPage, "brk")
		f.model[va] = page{prot: addr.ProtRead | addr.ProtWrite}
	}
	return fmt.Sprintf("brk %v: %v", to, now)
}

func (f *fuzzer) grow() string {
	va := f.addr() + addr.VAddr(f.next(4096))
	above, ok := f.list.Next(va)
	grown := f.list.Grow(va)
	if grown && (!ok || above.Start > va && above.Flags&GrowsDown == 0) {
		f.t.Fatalf("grow %v: there is no stack above", va)
	}
	for p := va.ABIDown(); grown && p < above.Start; p += addr.ABIPage {
		f.model[p] = page{prot: above.Prot}
	}
	return fmt.Sprintf("grow %v: %v", va, grown)
}

func (f *fuzzer) step() string {
	switch f.next(8) {
	case 0, 1:
		return f.mmap()
	case 2:
		start, length := f.addr(), f.length()
		if err := f.list.Unmap(start, length); err != nil {
			f.t.Fatalf("unmap %v %#x: %v", start, length, err)
		}
		f.model.unmap(start, length)
		return fmt.Sprintf("unmap %v %#x", start, length)
	case 3:
		start, length, prot := f.addr(), f.length(), addr.Prot(f.next(8))
		err := f.list.Protect(start, length, prot)
		want := f.model.protect(start, length, prot, f.files[1])
		if !errors.Is(err, want) {
			f.t.Fatalf("protect %v %#x %v: %v, want %v", start, length, prot, err, want)
		}
		return fmt.Sprintf("protect %v %#x %v: %v", start, length, prot, err)
	case 4:
		return f.remap()
	case 5:
		return f.brk()
	case 6:
		return f.grow()
	}
	va := f.addr()
	f.list.FirstPrivateWrite(va)
	return fmt.Sprintf("write %v", va)
}

// FuzzOperations runs operations on a List and on the model of pages.
func FuzzOperations(f *testing.F) {
	f.Add([]byte{0, 3, 3, 0, 0, 3, 2, 1, 1, 4, 7, 1, 5, 3, 1, 6, 2, 1})
	f.Add([]byte{5, 9, 0, 1, 7, 1, 1, 2, 3, 0, 5, 3, 6, 1, 2, 3, 4, 1, 1, 8, 1, 20, 4, 2, 2})
	f.Add([]byte("mmap munmap mprotect mremap brk and stacks, all over one small range of pages: 0123456789"))
	f.Fuzz(func(t *testing.T, in []byte) {
		size := int64(1 << 20)
		z := fuzzer{
			t: t, in: in, model: pageModel{}, told: coverage{},
			files: [2]File{&testFile{path: "F", size: &size}, &testFile{path: "R", size: &size}},
		}
		layout := Linux618(64 << 10) // small stacks: every page is compared after every step
		layout.BottomUp = len(in) > 0 && in[0]&0x80 != 0
		z.list = NewList(layout, z.told)
		z.list.SetBrk(0x10008000)
		for steps := 0; len(z.in) > 0 && steps < 200; steps++ {
			what := z.step()
			z.model.compare(t, z.list, what)
			z.told.check(t, z.list, what)
		}
	})
}
