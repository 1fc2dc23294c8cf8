package vm

import (
	"memlab/loader/unwind"
	"memlab/paging/addr"
	"memlab/vm/x86"
)

// maxScan is how far from its function's start an instruction may lie to be reached by a scan, in bytes.
const maxScan = 1 << 16

// depth is what is on the stack above the return address at one instruction.
type depth struct {
	bytes int64
	saved [16]int64 // where registers were pushed: at CFA - n; 0: not
}

// scanner follows a function's code from its start. The code is read once, from top to bottom; where control
// cannot come from above, the depth is what a branch to this place had, or what the function's body has.
type scanner struct {
	at     map[uint64]depth // at targets of branches
	now    depth
	body   depth // before the first instruction of the last epilogue
	known  bool
	inTail bool
}

// scanned finds the caller by what the function has done to the stack up to pc.
func (w *walker) scanned(m *module, pc uint64, called bool) (unwind.Regs, bool) {
	if m == nil || m.symbols == nil {
		return unwind.Regs{}, false
	}
	_, off, ok := m.symbols.At(w.inside(pc, called) - m.bias)
	if called {
		off++
	}
	if !ok || off > maxScan {
		return unwind.Regs{}, false
	}
	code := make([]byte, off+x86.MaxLen)
	n := w.p.Peek(addr.VAddr(pc-off), code)
	d, ok := scan(code[:n], pc-off, pc, w.mode32)
	if !ok {
		return unwind.Regs{}, false
	}
	cfa := w.regs.V[w.sp] + uint64(d.bytes) + uint64(w.word)
	ra, ok := w.load(cfa - uint64(w.word))
	if !ok || !w.afterCall(ra) {
		return unwind.Regs{}, false
	}
	next := w.regs
	for i, n := range d.saved {
		if n == 0 {
			continue
		}
		reg := i
		if !w.mode32 {
			reg = dwarf64[i]
		}
		if v, ok := w.load(cfa - uint64(n)); ok {
			next.Set(reg, v)
		}
	}
	next.Set(w.sp, cfa)
	next.Set(w.pc, ra)
	return next, true
}

// scan is the depth at pc in the function whose code begins at start.
func scan(code []byte, start, pc uint64, mode32 bool) (depth, bool) {
	s := scanner{at: map[uint64]depth{}, known: true}
	for va := start; va < pc; {
		e, ok := x86.EffectOn(code[va-start:min(va-start+x86.MaxLen, uint64(len(code)))], va, mode32)
		if !ok {
			return depth{}, false
		}
		if d, ok := s.at[va]; ok && !s.known {
			s.now, s.known = d, true
		}
		if !s.known {
			s.now, s.known = s.body, true
		}
		if !s.apply(&e, start, mode32) {
			return depth{}, false
		}
		va += uint64(e.Len)
		if va > pc {
			return depth{}, false // pc is inside an instruction
		}
	}
	if d, ok := s.at[pc]; ok && !s.known {
		return d, true
	}
	if !s.known {
		return s.body, true
	}
	return s.now, true
}

// apply lets one instruction take effect; false: nothing is known from here on.
func (s *scanner) apply(e *x86.StackEffect, start uint64, mode32 bool) bool {
	switch {
	case e.Lost:
		return false
	case e.Grow < 0 && !s.inTail:
		s.body, s.inTail = s.now, true
	case e.Grow > 0:
		s.inTail = false
	case e.Ends && !s.inTail:
		s.body = s.now
	}
	s.now.bytes += e.Grow
	if s.now.bytes < 0 {
		return false
	}
	word := int64(8)
	if mode32 {
		word = 4
	}
	if e.Pushes >= 0 && s.now.saved[e.Pushes] == 0 {
		s.now.saved[e.Pushes] = s.now.bytes + word
	}
	if e.Pops >= 0 {
		s.now.saved[e.Pops] = 0
	}
	if e.Branch && e.Target > start {
		if _, known := s.at[e.Target]; !known {
			s.at[e.Target] = s.now
		}
	}
	if e.Ends {
		s.known, s.inTail = false, false
	}
	return true
}
