package contig

import (
	"memlab/paging/addr"
	"memlab/paging/alloc"
	"memlab/paging/area"
	"memlab/paging/event"
)

// This file keeps the segments and the bytes in step with the areas: the methods of area.Observer.

// Mapped implements area.Observer: the bytes of a new area are there at once.
func (s *Space) Mapped(a area.Area) {
	s.tell(event.VMAMap, a.Start, a.End, a.Prot, a.Offset)
	s.hold(a.File)
	if s.m.cfg.Scheme == Segmented && !s.add(&a) {
		s.failed = true
		return
	}
	s.fill(&a, a.Start, a.End)
}

// hold keeps a file's bytes from going while an area may show them again.
func (s *Space) hold(f area.File) {
	if h, ok := f.(area.Held); ok && !s.held[f] {
		s.held[f] = true
		h.Hold()
	}
}

// fill gives the range of a the bytes that it was mapped with.
func (s *Space) fill(a *area.Area, start, end addr.VAddr) {
	for start < end {
		b := s.raw(start)
		if b == nil {
			return
		}
		b = b[:min(uint64(len(b)), uint64(end-start))]
		n := 0
		if a.File != nil {
			n, _ = a.File.ReadAt(b, int64(a.Offset+uint64(start-a.Start))) // what is not there is zero
			s.m.Stats.FileBytes += uint64(n)
		}
		clear(b[n:])
		s.wrote(start, len(b))
		start += addr.VAddr(len(b))
	}
}

// add makes a segment for an area, or extends the one below it that has the same rights.
func (s *Space) add(a *area.Area) bool {
	size := uint64(a.End - a.Start)
	i := s.index(a.Start)
	if i > 0 && s.extend(i-1, a, size) {
		return true
	}
	seg := alloc.Segment{Start: a.Start, Limit: size, Prot: a.Prot}
	if a.Flags&area.GrowsDown != 0 {
		seg.Start, seg.Down = a.End, true
	}
	p := piece{size: size}
	if s.in {
		b, ok := s.m.take(a.Start, size)
		if !ok {
			return false
		}
		i = s.index(a.Start)
		s.insert(i, seg, p)
		s.at(i, b)
		s.peak = max(s.peak, s.bytes())
		return true
	}
	p.out = make([]byte, size)
	s.insert(i, seg, p)
	return true
}

// index is where a segment that begins at va belongs.
func (s *Space) index(va addr.VAddr) int {
	i := 0
	for i < len(s.regs.Segments) && s.regs.Segments[i].From() < va {
		i++
	}
	return i
}

// extend lets segment i take in an area that begins where it ends, if memory behind it is free.
func (s *Space) extend(i int, a *area.Area, size uint64) bool {
	seg, p := &s.regs.Segments[i], &s.pieces[i]
	if whole, _ := s.list.Find(a.Start); whole.Start > seg.From() {
		return false // another area's
	}
	if seg.End() != a.Start || seg.Down || a.Flags&area.GrowsDown != 0 ||
		seg.Prot != a.Prot || a.File != nil {
		return false
	}
	memory, _ := s.m.cfg.Allocator.(extender) // New has checked
	switch {
	case p.out != nil:
		p.out = append(p.out, make([]byte, size)...)
	case !memory.Extend(p.start, size):
		return false
	default:
		s.m.granted += size
		s.m.Stats.PeakGranted = max(s.m.Stats.PeakGranted, s.m.granted)
	}
	p.size += size
	seg.Limit += size
	s.peak = max(s.peak, s.bytes())
	return true
}

func (s *Space) insert(i int, seg alloc.Segment, p piece) {
	s.regs.Segments = append(s.regs.Segments, alloc.Segment{})
	copy(s.regs.Segments[i+1:], s.regs.Segments[i:])
	s.regs.Segments[i] = seg
	s.pieces = append(s.pieces, piece{})
	copy(s.pieces[i+1:], s.pieces[i:])
	s.pieces[i] = p
	s.m.mmu.Changed(&s.regs)
}

// Unmapped implements area.Observer: segments are cut.
func (s *Space) Unmapped(start, end addr.VAddr) {
	s.tell(event.VMAUnmap, start, end, 0, 0)
	if s.m.cfg.Scheme != Segmented {
		return
	}
	s.cut(start)
	s.cut(end)
	for i := s.index(start); i < len(s.pieces) && s.regs.Segments[i].From() < end; {
		p, from := s.pieces[i], s.regs.Segments[i].From()
		s.pieces = append(s.pieces[:i], s.pieces[i+1:]...)
		s.regs.Segments = append(s.regs.Segments[:i], s.regs.Segments[i+1:]...)
		s.m.mmu.Changed(&s.regs)
		if p.placed {
			s.m.give(from, p.start, p.size)
		}
	}
}

// cut makes two segments of the one that has va inside it. Bytes stay where they are. Of one that grows
// down the lower part still does.
func (s *Space) cut(va addr.VAddr) {
	i := s.regs.Segments.Find(va)
	if i < 0 || s.regs.Segments[i].From() == va {
		return
	}
	seg, p := s.regs.Segments[i], s.pieces[i]
	upper, lower := seg, seg
	upper.Down, upper.Start, upper.Limit = false, va, uint64(seg.End()-va)
	lower.Limit -= upper.Limit
	below := p.size - upper.Limit // of the block; more than the lower segment if there is room to grow
	if !seg.Down {
		below = lower.Limit
	}
	rest := piece{size: p.size - below, placed: p.placed}
	if p.out != nil {
		p.out, rest.out = p.out[:lower.Limit:lower.Limit], p.out[lower.Limit:]
	} else {
		memory, _ := s.m.cfg.Allocator.(splitter) // New has checked
		memory.Split(p.start, below)
		rest.start = p.start + below
		upper.Base = addr.PAddr(rest.start)
	}
	if p.size = below; lower.Down {
		lower.Start = va
		lower.Base = addr.PAddr(p.start + below)
	}
	s.regs.Segments[i], s.pieces[i] = lower, p
	s.insert(i+1, upper, rest)
}

// Protected implements area.Observer.
func (s *Space) Protected(start, end addr.VAddr, prot addr.Prot) {
	s.tell(event.VMAProtect, start, end, prot, 0)
	if s.m.cfg.Scheme != Segmented {
		return
	}
	s.cut(start)
	s.cut(end)
	for i := s.index(start); i < len(s.pieces) && s.regs.Segments[i].From() < end; i++ {
		s.regs.Segments[i].Prot = prot
	}
	s.m.mmu.Changed(&s.regs)
}

// Moved implements area.Observer: bytes go along.
func (s *Space) Moved(from, to addr.VAddr, length uint64) {
	b := make([]byte, min(length, 1<<16))
	for done := uint64(0); done < length; done += uint64(len(b)) {
		n := s.Peek(from+addr.VAddr(done), b[:min(uint64(len(b)), length-done)])
		s.Poke(to+addr.VAddr(done), b[:n])
	}
}

// grow extends a stack down to va.
func (s *Space) grow(va addr.VAddr) bool {
	if s.m.cfg.Scheme != Segmented {
		return false
	}
	s.failed = false
	if _, mapped := s.list.Find(va); mapped || !s.list.Grow(va) {
		return false
	}
	if ar, _ := s.list.Find(va); s.failed {
		_ = s.list.Unmap(ar.Start, uint64(s.stackFrom(ar)-ar.Start))
		return false
	}
	return true
}

// stackFrom is where the segments of a stack begin.
func (s *Space) stackFrom(a area.Area) addr.VAddr {
	if i := s.index(a.Start); i < len(s.regs.Segments) {
		return min(a.End, s.regs.Segments[i].From())
	}
	return a.End
}

// Grown implements area.GrowObserver: a stack's segment grows down into its block, or gets one twice as
// large, so that a deep recursion does not copy its stack at each page.
func (s *Space) Grown(start, old addr.VAddr) {
	s.tell(event.VMAGrow, start, old, 0, 0)
	i := s.regs.Segments.Find(old)
	if i < 0 || !s.regs.Segments[i].Down {
		s.failed = true
		return
	}
	need := uint64(s.regs.Segments[i].End() - start)
	if s.pieces[i].out != nil {
		s.pieces[i].out = append(make([]byte, old-start), s.pieces[i].out...)
		s.pieces[i].size = max(s.pieces[i].size, need)
	} else if need > s.pieces[i].size && !s.larger(i, max(need, 2*s.pieces[i].size)) && !s.larger(i, need) {
		s.failed = true
		return
	}
	s.regs.Segments[i].Limit = need
	s.m.mmu.Changed(&s.regs)
}

// larger moves the segment i, which grows down, to a block of size bytes.
func (s *Space) larger(i int, size uint64) bool {
	b, ok := s.m.take(s.regs.Segments[i].From(), size)
	if !ok {
		return false
	}
	p, seg := s.pieces[i], s.regs.Segments[i] // after take, which may have moved it
	copy(s.m.bytes(b.End()-seg.Limit, seg.Limit), s.m.bytes(uint64(seg.Low()), seg.Limit))
	s.at(i, b)
	s.m.give(seg.From(), p.start, p.size)
	s.peak = max(s.peak, s.bytes())
	return true
}
