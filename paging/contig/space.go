package contig

import (
	"fmt"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/alloc"
	"memlab/paging/area"
	"memlab/paging/event"
)

// Space is the address space of one program.
type Space struct {
	m      *Memory
	list   *area.List
	regs   paging.Relocation
	pieces []piece // of regs.Segments, one each
	in     bool    // in memory; otherwise the pieces have their bytes themselves
	been   bool    // has been in memory before: it is in swap when it is not in
	waits  bool    // part.wait has been told
	tried  uint64  // Memory.freed when it last could not come in
	turn   uint64  // when it ran last, by Memory.turn
	failed bool    // the running call could not get memory
	ended  bool
	held   map[area.File]bool // files whose bytes may be asked for again
	peak   uint64
}

// piece is where the bytes of a segment are.
type piece struct {
	start, size uint64 // the block in memory; size is what it is to have while there is none
	placed      bool   // there is one
	out         []byte // the segment's bytes while it is not in memory; not nil then
}

// Extent is the range of addresses that a program lies in under Direct and Partitioned.
type Extent struct {
	Origin addr.VAddr // a multiple of addr.ABIPage
	Size   uint64     // bytes, of which the areas may use all
}

// NewSpace makes an empty space. Extent counts for Direct and Partitioned only. The space comes into memory
// at once if there is room, without others being put out; otherwise it waits outside.
func (m *Memory) NewSpace(layout area.Layout, e Extent) *Space {
	s := &Space{m: m, held: map[area.File]bool{}}
	s.list = area.NewList(layout, s)
	s.regs.Grow = s.grow
	if m.cfg.Scheme != Segmented {
		s.regs.Segments = alloc.Segments{{
			Start: e.Origin, Limit: e.Size, Prot: addr.ProtRead | addr.ProtWrite | addr.ProtExec,
		}}
		s.pieces = []piece{{size: e.Size}}
	}
	s.enlist()
	return s
}

// enlist makes a new space known and brings it in if there is room.
func (s *Space) enlist() {
	s.m.spaces = append(s.m.spaces, s)
	if s.in = s.place(); s.in {
		s.been = true
		return
	}
	for i := range s.pieces {
		s.pieces[i].out = make([]byte, s.regs.Segments[i].Limit)
	}
}

// place gets a block for each piece, or none.
func (s *Space) place() bool {
	for i := range s.pieces {
		seg, p := &s.regs.Segments[i], &s.pieces[i]
		b, ok := s.m.take(seg.From(), max(p.size, seg.Limit))
		if !ok {
			s.release()
			return false
		}
		s.at(i, b)
	}
	s.peak = max(s.peak, s.bytes())
	return true
}

// release gives the blocks of all pieces back.
func (s *Space) release() {
	for i := range s.pieces {
		if p := &s.pieces[i]; p.placed {
			p.placed = false
			s.m.give(s.regs.Segments[i].From(), p.start, p.size)
		}
	}
}

// at says that piece i lies in b: at its start, or at its end if the segment grows down.
func (s *Space) at(i int, b alloc.Block) {
	s.pieces[i].start, s.pieces[i].size, s.pieces[i].placed = b.Start, b.Size, true
	seg := &s.regs.Segments[i]
	seg.Base = addr.PAddr(b.Start)
	if seg.Down {
		seg.Base = addr.PAddr(b.End())
	}
	s.m.mmu.Changed(&s.regs)
}

// bytes is how much memory the pieces take.
func (s *Space) bytes() (sum uint64) {
	for i := range s.pieces {
		sum += s.pieces[i].size
	}
	return sum
}

// raw is where the bytes from va on are, as far as one segment has them; nil: nowhere.
func (s *Space) raw(va addr.VAddr) []byte {
	i := s.regs.Segments.Find(va)
	if i < 0 {
		return nil
	}
	seg, p := &s.regs.Segments[i], &s.pieces[i]
	off := uint64(va - seg.From())
	if p.out != nil {
		return p.out[off:]
	}
	return s.m.bytes(uint64(seg.Low())+off, seg.Limit-off)
}

// wrote says that n bytes at va have been changed behind the processor's back.
func (s *Space) wrote(va addr.VAddr, n int) {
	i := s.regs.Segments.Find(va)
	if n > 0 && i >= 0 && s.pieces[i].out == nil {
		s.m.changed(uint64(s.regs.Segments[i].Low())+uint64(va-s.regs.Segments[i].From()), uint64(n))
	}
}

// Switch makes s the space that the processor runs in. Precondition: it is in memory.
func (s *Space) Switch() {
	s.m.turn++
	s.turn = s.m.turn
	s.m.mmu.SwitchSegments(&s.regs)
}

// Segments are where the program lies now. The caller must not change them.
func (s *Space) Segments() alloc.Segments { return s.regs.Segments }

// Read copies from the program's memory as the kernel does; fewer bytes than len(b) mean EFAULT.
func (s *Space) Read(va addr.VAddr, b []byte) int {
	if s.in {
		return s.m.mmu.CopyOut(&s.regs, va, b)
	}
	return s.each(va, b, addr.Read, func(at []byte, b []byte) int { return copy(b, at) })
}

// Write copies into the program's memory.
func (s *Space) Write(va addr.VAddr, b []byte) int {
	if s.in {
		return s.m.mmu.CopyIn(&s.regs, va, b)
	}
	return s.each(va, b, addr.Write, func(at []byte, b []byte) int { return copy(at, b) })
}

// each does something with the parts of b, as far as the segments allow the access.
func (s *Space) each(va addr.VAddr, b []byte, a addr.Access, do func(at, b []byte) int) int {
	done := 0
	for done < len(b) {
		at := va + addr.VAddr(done)
		i := s.regs.Segments.Find(at)
		if i < 0 && !s.grow(at) {
			break
		}
		i = s.regs.Segments.Find(at)
		if _, why := s.regs.Segments[i].Translate(at, a); why != alloc.Inside {
			break
		}
		done += do(s.raw(at), b[done:])
	}
	return done
}

// Peek reads memory without any side effect. It returns how many bytes from va on were read.
func (s *Space) Peek(va addr.VAddr, b []byte) int {
	done := 0
	for done < len(b) {
		at := s.raw(va + addr.VAddr(done))
		if at == nil {
			break
		}
		done += copy(b[done:], at)
	}
	return done
}

// Poke writes memory as a debugger does: rights do not matter, and nothing is counted.
func (s *Space) Poke(va addr.VAddr, b []byte) int {
	done := 0
	for done < len(b) {
		at := s.raw(va + addr.VAddr(done))
		if at == nil {
			break
		}
		n := copy(at, b[done:])
		s.wrote(va+addr.VAddr(done), n)
		done += n
	}
	return done
}

// Destroy gives all memory back. The areas can still be looked at.
func (s *Space) Destroy() {
	s.release()
	s.m.freed++
	for f := range s.held { // each is closed: the order does not matter
		if h, ok := f.(area.Held); ok {
			h.Close()
		}
	}
	s.held, s.pieces, s.regs.Segments, s.ended = nil, nil, nil, true
	s.m.mmu.Changed(&s.regs)
	s.m.forget(s)
}

// Ended reports whether Destroy has been called.
func (s *Space) Ended() bool { return s.ended }

// Fork makes the address space of a child: the same areas with copies of their bytes. When memory has no room
// for it the child is made in swap, as in Unix V6 (newproc). Errors are area.Errno.
func (s *Space) Fork() (*Space, error) {
	c := &Space{m: s.m, held: map[area.File]bool{}}
	c.list = s.list.Clone(c)
	c.regs.Grow = c.grow
	for i := range s.regs.Segments {
		c.regs.Segments = append(c.regs.Segments, s.regs.Segments[i])
		c.pieces = append(c.pieces, piece{size: s.pieces[i].size})
	}
	if c.enlist(); !c.in {
		if !c.m.swapHolds(c.limits()) {
			c.m.forget(c)
			return nil, area.ENOMEM
		}
		c.been = true
	}
	for i := range c.regs.Segments {
		seg := &c.regs.Segments[i]
		copy(c.raw(seg.From()), s.raw(seg.From())[:seg.Limit])
	}
	for _, ar := range c.list.All() {
		c.hold(ar.File)
	}
	return c, nil
}

// Explain says in words how the address of a fault lies to the partition or the segments.
func (s *Space) Explain(va addr.VAddr) string {
	if i := s.regs.Segments.Find(va); i >= 0 {
		return "it lies in " + s.describe(i)
	}
	if s.m.cfg.Scheme != Segmented && len(s.regs.Segments) > 0 {
		return "it lies outside of " + s.describe(0)
	}
	for i := len(s.regs.Segments) - 1; i >= 0; i-- {
		if s.regs.Segments[i].End() <= va {
			return "it is beyond the limit of " + s.describe(i)
		}
	}
	return "it lies below all segments"
}

// describe is one segment as its registers have it.
func (s *Space) describe(i int) string {
	seg := &s.regs.Segments[i]
	what := fmt.Sprintf("segment %d", i+1)
	switch s.m.cfg.Scheme {
	case Direct:
		what = "physical memory"
	case Partitioned:
		what = "the partition"
	case Segmented:
	}
	return fmt.Sprintf("%s: addresses %#x-%#x %v, base %#x, limit %#x", what,
		uint64(seg.From()), uint64(seg.End()), seg.Prot, uint64(seg.Low()), seg.Limit)
}

// tell emits an event about a range of addresses.
func (s *Space) tell(k event.Kind, start, end addr.VAddr, prot addr.Prot, arg uint64) {
	if s.m.bus.On(k) {
		s.m.bus.Emit(&event.Event{Kind: k, VA: start, Size: uint64(end - start), Prot: prot, Arg: arg})
	}
}
