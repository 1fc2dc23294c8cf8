package policy

import "memlab/paging/addr"

// fifo evicts the page that was loaded longest ago (L. A. Belady, "A study of replacement algorithms for a
// virtual-storage computer", IBM Systems Journal 5(2), 1966). References change nothing, so it needs to be
// told nothing; it is the policy in which more frames can mean more faults (Belady's anomaly).
//
// State: a queue of frames in order of loading. Cost: O(1), and one step for each pinned page passed over.
type fifo struct {
	frames Frames
	queue  lists
}

func newFIFO(frames Frames) *fifo { return &fifo{frames: frames, queue: newLists(1, frames.Len())} }

func (p *fifo) Name() string { return nameFIFO }

func (p *fifo) Need() Need { return NeedNothing }

func (p *fifo) Loaded(f addr.Frame) { p.queue.move(0, int32(f)) }

func (p *fifo) Freed(f addr.Frame) { p.queue.remove(int32(f)) }

func (p *fifo) Holds(f addr.Frame) bool { return p.queue.in(int32(f)) != none }

func (p *fifo) Victim() addr.Frame { return p.queue.evictable(0, p.frames) }
