package paging

import (
	"encoding/binary"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/table"
)

// Read copies from the program's memory as the kernel does on its behalf (copy_from_user): through the MMU,
// counted, with faults resolved. It returns how many bytes could be read; fewer than len(b) means EFAULT.
func (s *AddressSpace) Read(va addr.VAddr, b []byte) int {
	return s.copy(va, b, addr.Read)
}

// Write copies into the program's memory (copy_to_user).
func (s *AddressSpace) Write(va addr.VAddr, b []byte) int {
	return s.copy(va, b, addr.Write)
}

// copy moves bytes as the kernel does.
func (s *AddressSpace) copy(va addr.VAddr, b []byte, a addr.Access) int {
	s.pager.MMU.Switch(s)
	return s.pager.MMU.copy(va, b, a)
}

// copy moves bytes between b and the program's memory on the kernel's behalf, page by page: one access each.
func (m *MMU) copy(va addr.VAddr, b []byte, a addr.Access) int {
	m.kernel = true
	defer func() { m.kernel = false }()
	grain := min(m.Mask, addr.ABIPage-1) // rights can change at each ABI page
	done := 0
	for done < len(b) {
		at := va + addr.VAddr(done)
		n := min(len(b)-done, int(grain+1-uint64(at)&grain))
		pa, ok := m.Translate(at, a)
		if !ok {
			break
		}
		part := b[done : done+n]
		if a == addr.Write {
			copy(m.Mem.Bytes[pa:], part)
			m.CodeWritten(addr.Frame(uint64(pa) >> m.Shift))
		} else {
			copy(part, m.Mem.Bytes[pa:])
		}
		m.told(a, at, pa, part)
		done += n
	}
	return done
}

// told emits the kernel's access.
func (m *MMU) told(a addr.Access, va addr.VAddr, pa addr.PAddr, part []byte) {
	k := event.MemRead
	if a == addr.Write {
		k = event.MemWrite
	}
	if !m.Bus.On(k) {
		return
	}
	var first [8]byte
	copy(first[:], part)
	m.Bus.Emit(&event.Event{
		Kind: k, VA: va, PA: pa, Size: uint64(len(part)), Access: a, Flags: event.Kernel,
		Arg: binary.LittleEndian.Uint64(first[:]),
	})
}

// Peek reads memory without any side effect: no fault, no event, no mark, no count. Pages that are not
// resident are read where they are. It returns how many bytes from va on are mapped and were read.
func (s *AddressSpace) Peek(va addr.VAddr, b []byte) int {
	done := 0
	for done < len(b) {
		at := va + addr.VAddr(done)
		n := min(len(b)-done, int(addr.ABIPage-uint64(at)%addr.ABIPage))
		if _, ok := s.list.Find(at); !ok || !s.rawRead(at, b[done:done+n]) {
			break
		}
		done += n
	}
	return done
}

// rawPart reads bytes of one page wherever they are.
func (s *AddressSpace) rawPart(va addr.VAddr, b []byte) bool {
	p := s.pager
	size := p.Mem.Size()
	e := s.lookup(size.PageOf(va))
	if slot, ok := e.Slot(); ok {
		whole := make([]byte, size)
		err := p.swap.Read(slot, whole)
		copy(b, whole[size.Offset(va):])
		return err == nil
	}
	if e&table.Present != 0 {
		copy(b, p.Mem.Bytes[uint64(e.PAddr())+size.Offset(va):])
		return true
	}
	if o, index, ok := s.shown(size.PageOf(va)); ok && o.where(index) != fromFile {
		return o.peek(index, size.Offset(va), b)
	}
	clear(b)
	_, _, ok := s.compose(va, b)
	return ok
}

// peek reads bytes of a page that is in memory, in swap, or nothing yet.
func (o *object) peek(index addr.Page, off uint64, b []byte) bool {
	p := o.space.pager
	e := o.space.lookup(index)
	switch slot, swapped := e.Slot(); {
	case swapped:
		whole := make([]byte, p.Mem.Size())
		err := p.swap.Read(slot, whole)
		copy(b, whole[off:])
		return err == nil
	case e&table.Present != 0:
		copy(b, p.Mem.Bytes[uint64(e.PAddr())+off:])
	default:
		clear(b)
	}
	return true
}

// rawRead reads bytes of one ABI page wherever they are.
func (s *AddressSpace) rawRead(va addr.VAddr, b []byte) bool {
	size := s.pager.Mem.Size()
	for len(b) > 0 {
		n := min(uint64(len(b)), uint64(size)-size.Offset(va))
		if !s.rawPart(va, b[:n]) {
			return false
		}
		b = b[n:]
		va += addr.VAddr(n)
	}
	return true
}

// Poke writes memory as a debugger does: rights do not matter, and nothing is translated, marked as used or
// counted as an access or fault. A page that is not in memory is brought in, which the counters of pages and
// frames show, as do page.in and frame.alloc. It returns how many bytes from va on were written.
func (s *AddressSpace) Poke(va addr.VAddr, b []byte) int {
	p := s.pager
	size := p.Mem.Size()
	done := 0
	for done < len(b) {
		at := va + addr.VAddr(done)
		ar, ok := s.list.Find(at)
		if !ok {
			break
		}
		n := min(uint64(len(b)-done), uint64(size)-size.Offset(at), uint64(ar.End-at))
		page := size.PageOf(at)
		e := s.lookup(page)
		if e&table.Present == 0 {
			src, cause := s.source(page, ar, e, at)
			if cause != NotPresent {
				break
			}
			if _, cause = p.load(s, page, src, true); cause != NotPresent {
				break
			}
			e = s.lookup(page)
		}
		f, cause := p.ready(s, page, e, at)
		if cause != NotPresent {
			break
		}
		e = s.lookup(page)
		copy(p.Mem.Frame(f)[size.Offset(at):], b[done:done+int(n)])
		p.MMU.CodeWritten(f)
		s.update(page, e|table.Dirty)
		done += int(n)
	}
	return done
}

// PageState is what is known of one page.
type PageState struct {
	Entry  table.Entry
	Frame  addr.Frame // addr.NoFrame while not resident
	Slot   int        // swap slot; -1: none
	Faults uint64     // resolved so far
}

// Page describes a page.
func (s *AddressSpace) Page(page addr.Page) PageState {
	e := s.lookup(page)
	st := PageState{Entry: e, Frame: addr.NoFrame, Slot: -1, Faults: s.faults[page]}
	if slot, ok := e.Slot(); ok {
		st.Slot = slot
	}
	if e&table.Present != 0 {
		st.Frame = addr.Frame(uint64(e.PAddr()) >> s.pager.MMU.Shift)
		st.Slot = int(s.pager.Mem.Table[st.Frame].Slot) - 1
	}
	return st
}
