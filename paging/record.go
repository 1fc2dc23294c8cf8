package paging

import (
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/paging/policy"
)

// Reference is one reference of a program to a page, as policies count them: see watcher. Gone marks what is
// none: the page was unmapped, or ended with its process, and what it held is lost.
type Reference struct {
	Page   addr.Page
	Space  int32 // address spaces are numbered from 1 as they first come up; no number comes twice
	PID    int32 // of the process that made it
	Access addr.Access
	Gone   bool
	// Straddles says that the next reference is to the other page of the same access.
	Straddles bool
}

// recorded is how many references are handed over at once.
const recorded = 1 << 10

// recorder gathers references for somebody who wants them all.
type recorder struct {
	to     func([]Reference)
	batch  []Reference
	spaces map[phys.Space]int32
	last   int32 // number given last
	space  phys.Space
	number int32 // of space
	first  int   // in batch, of the access to two pages under way; -1: none
	bus    *event.Bus
}

// Record hands all references to fn, in order, some at a time; fn must not keep the slice. The last come with
// FlushRecord. It must be called before the first access. Recording changes nothing that the program or the
// policy sees; all accesses go the long way.
func (p *Pager) Record(fn func([]Reference)) {
	p.recording = &recorder{
		to: fn, batch: make([]Reference, 0, recorded), spaces: make(map[phys.Space]int32),
		first: -1, bus: p.Bus,
	}
	p.common.watched().record = p.recording
	p.MMU.watch = p.common.watch
	p.MMU.DropLines()
}

// FlushRecord hands over what has been recorded.
func (p *Pager) FlushRecord() {
	if p.recording != nil {
		p.recording.flush()
	}
}

func (r *recorder) flush() {
	if len(r.batch) > 0 {
		r.to(r.batch)
		r.batch = r.batch[:0]
	}
	r.first = -1
}

// add notes a reference. Room for the second half of an access is always left.
func (r *recorder) add(s phys.Space, page addr.Page, a addr.Access) {
	if len(r.batch) >= recorded-1 && r.first < 0 {
		r.flush()
	}
	if s != r.space {
		r.turn(s)
	}
	r.batch = append(r.batch, Reference{Page: page, Space: r.number, PID: r.bus.Now.PID, Access: a})
}

// turn makes s the space of the references that follow.
func (r *recorder) turn(s phys.Space) {
	n, ok := r.spaces[s]
	if !ok {
		r.last++
		n = r.last
		r.spaces[s] = n
	}
	r.space, r.number = s, n
}

// gone notes that what page held is lost.
func (r *recorder) gone(s phys.Space, page addr.Page) {
	if _, known := r.spaces[s]; !known {
		return // it was never referenced
	}
	r.add(s, page, addr.Read)
	r.batch[len(r.batch)-1].Gone = true
}

// ended notes that a space is no more: its number is going to be used again.
func (r *recorder) ended(s phys.Space) {
	delete(r.spaces, s)
	if s == r.space {
		r.space = 0
	}
}

// begin notes that the reference made last is the first of an access to two pages.
func (w *watcher) begin() {
	w.half = true
	if r := w.record; r != nil {
		r.first = len(r.batch) - 1
	}
}

// end notes that the second has been made, or, not ok, that it could not.
func (w *watcher) end(ok bool) {
	w.half = false
	if r := w.record; r != nil {
		if ok && r.first >= 0 && r.first == len(r.batch)-2 {
			r.batch[r.first].Straddles = true
		}
		r.first = -1
	}
}

// foreseen are frames of a run whose references are known, because it has been made before.
type foreseen struct {
	markedFrames

	next []uint32 // as sim.NextUses has them
}

// NextUse is the index of the next reference to the page of the running one.
func (v foreseen) NextUse() uint64 {
	now := v.Now()
	if now >= uint64(len(v.next)) || v.next[now] == 1<<32-1 {
		return policy.Never
	}
	return uint64(v.next[now])
}

// References is how many references have been made, 0 if nobody counts them.
func (p *Pager) References() uint64 {
	w := p.MMU.watch
	switch {
	case w == nil:
		return 0
	case w.over:
		return w.now + 1
	}
	return w.now
}
