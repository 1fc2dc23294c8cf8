package policy

import "memlab/paging/addr"

// queue is a list of frames without allocation: links in two arrays, indexed by frame. The entry behind the
// last frame is the list's anchor: next of it is the head, prev of it the tail. A frame that links to
// itself is not in the list.
type queue struct {
	next, prev []uint32
}

func newQueue(n int) queue {
	q := queue{next: make([]uint32, n+1), prev: make([]uint32, n+1)}
	for i := range q.next {
		q.next[i], q.prev[i] = uint32(i), uint32(i)
	}
	return q
}

func (q *queue) anchor() uint32 { return uint32(len(q.next) - 1) }

// pushTail puts f, which is not in the list, at its end.
func (q *queue) pushTail(f addr.Frame) {
	a := q.anchor()
	last := q.prev[a]
	q.prev[f], q.next[f] = last, a
	q.next[last], q.prev[a] = uint32(f), uint32(f)
}

// remove takes f out of the list; nothing happens if it is not in it.
func (q *queue) remove(f addr.Frame) {
	n, p := q.next[f], q.prev[f]
	q.next[p], q.prev[n] = n, p
	q.next[f], q.prev[f] = uint32(f), uint32(f)
}
