package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/table"
)

// Shared anonymous memory belongs to no process: a page of it has to be the same for all who map it, also
// when it has not been touched yet, is in swap, or nobody has it mapped at the moment. So it lives in an
// address space of the pager's own (Linux: the kernel's shmem file system), in which every object has a
// place; those of processes map its frames as well.
//
//	object at 0x10000 of the hidden space ── frame 5 ── 0x7ffff7ff7000 of space 1, 0x7ffff7ff7000 of space 2
//
// A process's entry of such a page is either present or nothing; swap slots are known to the hidden space
// only. A page that is larger than an ABI page and not wholly one object's is treated as private memory is:
// after a fork its writes are not seen by the other side.

// shmem is the hidden space and what lies where in it.
type shmem struct {
	space   *AddressSpace // nil until the first object is touched
	objects []sharedObject
	next    addr.VAddr // where the next object goes
}

type sharedObject struct {
	object *area.Object
	at     addr.VAddr
	size   uint64
}

// firstObject is where the first object lies in the hidden space: anywhere but at 0.
const firstObject = 1 << 21

// objectAt finds an object in the hidden space, making room for it if it is new; false: there is no memory.
func (p *Pager) objectAt(o *area.Object) (addr.VAddr, bool) {
	for i := range p.shmem.objects {
		if p.shmem.objects[i].object == o {
			return p.shmem.objects[i].at, true
		}
	}
	const top = 1 << (table.VirtualBits - 1)
	if p.shmem.space == nil {
		s, err := p.NewSpace(area.Layout{
			TaskSize: top, MmapBase: top, MaxAreas: 1 << 30, StackLimit: area.Unlimited,
		})
		if err != nil {
			return 0, false
		}
		s.hidden, s.Window = true, 1
		p.shmem.space, p.shmem.next = s, firstObject
	}
	grain := uint64(max(p.Mem.Size(), addr.ABIPage))
	size := (o.Size + grain - 1) &^ (grain - 1)
	at := p.shmem.next
	if uint64(at)+size > top {
		return 0, false
	}
	if _, err := p.shmem.space.Map(area.Request{
		Addr: at, Len: size, Prot: addr.ProtRead | addr.ProtWrite,
		Flags: area.MapPrivate | area.MapAnonymous | area.MapFixed,
	}); err != nil {
		return 0, false
	}
	p.shmem.next += addr.VAddr(size)
	p.shmem.objects = append(p.shmem.objects, sharedObject{o, at, size})
	return at, true
}

// object finds the hidden space's page that page of s shows; ok is false if it is no object's.
func (s *AddressSpace) object(page addr.Page) (hidden addr.Page, ok bool) {
	p := s.pager
	va := p.Mem.Size().Base(page)
	ar, found := s.list.Find(va)
	if !found || ar.Object == nil || ar.End-va < addr.VAddr(p.Mem.Size()) || s.hidden {
		return 0, false
	}
	off := ar.Offset + uint64(va-ar.Start)
	if off%uint64(p.Mem.Size()) != 0 {
		return 0, false
	}
	at, ok := p.objectAt(ar.Object)
	return p.Mem.Size().PageOf(at + addr.VAddr(off)), ok
}

// objectSource is where the bytes of the hidden space's page are.
func (p *Pager) objectSource(hidden addr.Page) source {
	e, _ := p.shmem.space.table.Lookup(hidden)
	if e&table.Present != 0 {
		return fromObject
	}
	if _, ok := e.Slot(); ok {
		return fromSwap
	}
	return fromZero
}

// mapObject maps the hidden space's page at page of s, bringing it in first if need be.
func (p *Pager) mapObject(s *AddressSpace, page, hidden addr.Page) (addr.Frame, Cause) {
	h := p.shmem.space
	if src := p.objectSource(hidden); src != fromObject {
		if _, cause := p.load(h, hidden, src, true); cause != NotPresent {
			return 0, cause
		}
	}
	e, _ := h.table.Lookup(hidden)
	f := addr.Frame(uint64(e.PAddr()) >> p.MMU.Shift)
	if now, _ := s.table.Lookup(page); now&table.Present != 0 { // a listener has touched it
		return f, NotPresent
	}
	if !p.share(f, s, page) {
		return 0, NoMemory
	}
	if !s.set(page, table.At(e.PAddr(), s.rights(page, true))) {
		p.unshare(f, s, page)
		return 0, NoMemory
	}
	return f, NotPresent
}

// sweep drops the objects that no area shows any more.
func (p *Pager) sweep() {
	kept := p.shmem.objects[:0]
	for _, o := range p.shmem.objects {
		if p.shows(o.object) {
			kept = append(kept, o)
			continue
		}
		_ = p.shmem.space.Unmap(o.at, o.size) // it was mapped there
	}
	clear(p.shmem.objects[len(kept):])
	p.shmem.objects = kept
}

func (p *Pager) shows(o *area.Object) bool {
	for _, s := range p.spaces {
		if s == nil {
			continue
		}
		for i := range s.list.All() {
			if s.list.All()[i].Object == o {
				return true
			}
		}
	}
	return false
}
