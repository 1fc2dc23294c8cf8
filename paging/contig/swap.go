package contig

import (
	"fmt"

	"memlab/paging/alloc"
	"memlab/paging/event"
)

// This file moves whole programs between memory and swap. Swap holds bytes, not places: a program may come
// back to another partition than the one that it left, with another base.

// In reports whether the space is in memory.
func (s *Space) In() bool { return s.in }

// Admit brings a space into memory so that it can run: into free memory, after compaction, or in the place of
// others, those that have not run for the longest time first. False: it has to wait, for there is no room and
// nobody, or no swap, to make any.
func (m *Memory) Admit(s *Space) bool {
	if s.in || s.ended {
		return true
	}
	if s.waits && s.tried == m.freed {
		return false // nothing has changed
	}
	for !s.place() {
		victim := m.victim(s)
		if victim != nil && m.SwapOut(victim) {
			continue
		}
		if victim == nil || !m.exchange(s, victim) {
			m.wait(s)
			return false
		}
		break
	}
	m.bring(s)
	return true
}

// exchange puts victim out where s was in swap, which has no room for both, if s then finds a place in
// memory.
func (m *Memory) exchange(s, victim *Space) bool {
	if n := s.limits(); !s.been || victim.limits() > n && !m.swapHolds(victim.limits()-n) {
		return false
	}
	m.putOut(victim)
	if s.place() {
		return true
	}
	if victim.place() { // where it was, if nowhere else
		m.bring(victim)
	}
	return false
}

// bring copies the bytes of s, which has got its place in memory.
func (m *Memory) bring(s *Space) {
	for i := range s.pieces {
		seg, p := &s.regs.Segments[i], &s.pieces[i]
		copy(m.bytes(uint64(seg.Low()), seg.Limit), p.out)
		p.out = nil
	}
	s.in, s.waits = true, false
	if s.been {
		m.Stats.SwapIns++
		m.Stats.BytesIn += s.limits()
		m.tellSwap(s, 1)
	}
	s.been = true
}

// wait tells that a space has to wait, once.
func (m *Memory) wait(s *Space) {
	s.tried = m.freed
	if s.waits {
		return
	}
	s.waits = true
	m.Stats.Waits++
	if m.bus.On(event.PartWait) {
		m.bus.Emit(&event.Event{Kind: event.PartWait, Size: s.bytes()})
	}
}

// victim is the space in memory that ran longest ago; nil: there is none beside s.
func (m *Memory) victim(s *Space) *Space {
	var found *Space
	for _, o := range m.spaces {
		if o != s && o.in && (found == nil || o.turn < found.turn) {
			found = o
		}
	}
	return found
}

// limits is how many bytes the program's segments have.
func (s *Space) limits() (sum uint64) {
	for i := range s.regs.Segments {
		sum += s.regs.Segments[i].Limit
	}
	return sum
}

// swapHolds reports whether swap has room for n bytes more.
func (m *Memory) swapHolds(n uint64) bool { return n <= m.cfg.Swap-min(m.Swapped(), m.cfg.Swap) }

// SwapOut puts a program out of memory; false: it is not in, or swap has no room.
func (m *Memory) SwapOut(s *Space) bool {
	if !s.in || s.ended || !m.swapHolds(s.limits()) {
		return false
	}
	m.putOut(s)
	return true
}

// putOut copies a program to swap, which has room for it, and gives its memory back.
func (m *Memory) putOut(s *Space) {
	for i := range s.pieces {
		seg, p := &s.regs.Segments[i], &s.pieces[i]
		p.out = append(make([]byte, 0, seg.Limit), m.bytes(uint64(seg.Low()), seg.Limit)...)
	}
	s.in = false
	s.release()
	m.mmu.Changed(&s.regs)
	m.Stats.SwapOuts++
	m.Stats.BytesOut += s.limits()
	m.tellSwap(s, 0)
}

func (m *Memory) tellSwap(s *Space, in uint64) {
	if m.bus.On(event.ProcSwap) {
		m.bus.Emit(&event.Event{Kind: event.ProcSwap, Size: s.limits(), Arg: in})
	}
}

// Check walks allocator, blocks, segments and areas and says where two disagree.
func (m *Memory) Check() error {
	if err := m.cfg.Allocator.Check(); err != nil {
		return err
	}
	blocks := map[uint64]alloc.Block{}
	for _, b := range m.cfg.Allocator.Blocks() {
		blocks[b.Start] = b
	}
	var granted uint64
	for n, s := range m.spaces {
		if err := s.check(blocks); err != nil {
			return fmt.Errorf("program %d: %w", n, err)
		}
		for i := range s.pieces {
			if s.in {
				granted += s.pieces[i].size
			}
		}
	}
	switch {
	case len(blocks) > 0:
		return fmt.Errorf("%d blocks in use belong to no program", len(blocks))
	case granted != m.granted:
		return fmt.Errorf("%d bytes are in use, but %d are counted", granted, m.granted)
	}
	return nil
}

// check compares one space with the blocks, and takes its own out of them.
func (s *Space) check(blocks map[uint64]alloc.Block) error {
	if err := s.list.Check(); err != nil {
		return err
	}
	if err := s.regs.Segments.Check(); err != nil {
		return err
	}
	for i := range s.pieces {
		seg, p := &s.regs.Segments[i], &s.pieces[i]
		switch b, ok := blocks[p.start]; {
		case s.in != (p.out == nil), s.in != p.placed, p.out != nil && uint64(len(p.out)) != seg.Limit:
			return fmt.Errorf("segment %d: is half in memory and half out", i)
		case !s.in:
		case !ok || b.Size != p.size:
			return fmt.Errorf("segment %d: no block of %d bytes at %d", i, p.size, p.start)
		case seg.Down && uint64(seg.Base) != b.End(), !seg.Down && uint64(seg.Base) != b.Start,
			seg.Limit > b.Size:
			return fmt.Errorf("segment %d: base %v, limit %d do not fit block %+v",
				i, seg.Base, seg.Limit, b)
		default:
			delete(blocks, p.start)
		}
	}
	return s.checkAreas()
}

// checkAreas finds an area that segments of its rights do not cover.
func (s *Space) checkAreas() error {
	for _, a := range s.list.All() {
		for va := a.Start; va < a.End; {
			i := s.regs.Segments.Find(va)
			if i < 0 {
				return fmt.Errorf("area %v-%v: nothing at %v", a.Start, a.End, va)
			}
			seg := &s.regs.Segments[i]
			if s.m.cfg.Scheme == Segmented && seg.Prot != a.Prot {
				return fmt.Errorf("area %v-%v %v: segment %v-%v %v", a.Start, a.End, a.Prot,
					seg.From(), seg.End(), seg.Prot)
			}
			va = seg.End()
		}
	}
	return nil
}
