package policy

import "memlab/paging/addr"

// esc is enhanced second chance: clock with the dirty bit as well, so that a page which need not be written
// goes before one that must (Stallings, "Operating Systems", and Silberschatz, after the Macintosh's virtual
// memory). It has Stallings' scan: one revolution for a page neither used nor written,
// changing nothing; then one for a page written but not used, clearing the accessed bit of each frame that
// is passed; then both again. With (u, m) = (0, 0) after the second pass, four revolutions find one.
//
// State: the hand, just past the replaced frame; a load into a free frame does not move it. Frames that are
// free or cannot go are passed and left as they are. Cost: O(n) a fault.
type esc struct {
	frames Frames
	loaded []bool
	hand   int
}

func newESC(frames Frames) *esc { return &esc{frames: frames, loaded: make([]bool, frames.Len())} }

func (p *esc) Name() string { return "esc" }

func (p *esc) Need() Need { return NeedBits }

func (p *esc) Loaded(f addr.Frame) { p.loaded[f] = true }

func (p *esc) Freed(f addr.Frame) { p.loaded[f] = false }

func (p *esc) Holds(f addr.Frame) bool { return p.loaded[f] }

func (p *esc) Victim() addr.Frame {
	for range 2 {
		if f := p.scan(false); f != addr.NoFrame {
			return f
		}
		if f := p.scan(true); f != addr.NoFrame {
			return f
		}
	}
	return addr.NoFrame
}

// scan goes round once from the hand for a page that is not used and is dirty or not, as asked.
func (p *esc) scan(dirty bool) addr.Frame {
	at := p.hand
	for range len(p.loaded) {
		f := addr.Frame(at)
		if at++; at == len(p.loaded) {
			at = 0
		}
		if !p.loaded[f] || !p.frames.Evictable(f) {
			continue
		}
		used := p.frames.Accessed(f)
		if !used && p.frames.Dirty(f) == dirty {
			p.hand = at
			return f
		}
		if used && dirty {
			p.frames.ClearAccessed(f)
		}
	}
	return addr.NoFrame
}
