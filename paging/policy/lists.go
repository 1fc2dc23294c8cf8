package policy

import "memlab/paging/addr"

// none is the index of no element.
const none = -1

// lists are several lists over the numbers from 0 on, each of which is in at most one of them: frames, or
// pages. They are links in one array without pointers, so that moving an element touches three entries and
// allocates nothing. A list runs from its head, the next to go, to its tail, the newest.
type lists struct {
	nodes []node // the anchors of the lists, then the elements
	size  []int  // by list
	k     int32  // number of lists
}

// node links to the neighbours by index in nodes: next is towards the tail.
type node struct {
	next, prev int32
	list       int32 // none: not in a list
}

// newLists makes k empty lists over the numbers below n.
func newLists(k, n int) lists {
	l := lists{size: make([]int, k), k: int32(k), nodes: make([]node, k, k+n)}
	for i := range l.nodes {
		l.nodes[i] = node{next: int32(i), prev: int32(i), list: none}
	}
	l.grow(n)
	return l
}

// grow makes room for the numbers below n.
func (l *lists) grow(n int) {
	have := len(l.nodes)
	l.nodes = grown(l.nodes, n+int(l.k))
	for i := have; i < len(l.nodes); i++ {
		l.nodes[i].list = none
	}
}

// grown is s with at least n elements; it grows by doubling.
func grown[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	if n <= cap(s) {
		return s[:n]
	}
	bigger := make([]T, n, max(2*n, 64))
	copy(bigger, s)
	return bigger
}

// grownNone is grown with none in the new elements.
func grownNone(s []int32, n int) []int32 {
	have := len(s)
	s = grown(s, n)
	for i := have; i < len(s); i++ {
		s[i] = none
	}
	return s
}

// in is the list of x, none if it is in no list or x is beyond all numbers.
func (l *lists) in(x int32) int32 {
	if i := int(x + l.k); i < len(l.nodes) {
		return l.nodes[i].list
	}
	return none
}

// head is the first element of a list, and tail the last; negative if it is empty.
func (l *lists) head(list int32) int32 { return l.nodes[list].next - l.k }

func (l *lists) tail(list int32) int32 { return l.nodes[list].prev - l.k }

// after is the neighbour of x towards the tail, and before that towards the head; negative at the end.
func (l *lists) after(x int32) int32 { return l.nodes[x+l.k].next - l.k }

func (l *lists) before(x int32) int32 { return l.nodes[x+l.k].prev - l.k }

// pushTail puts x, which is in no list, behind the last element.
func (l *lists) pushTail(list, x int32) {
	i, last := x+l.k, l.nodes[list].prev
	l.nodes[i] = node{next: list, prev: last, list: list}
	l.nodes[last].next = i
	l.nodes[list].prev = i
	l.size[list]++
}

// insertBefore puts x, which is in no list, before y, which is in one.
func (l *lists) insertBefore(y, x int32) {
	i, j := x+l.k, y+l.k
	list, prev := l.nodes[j].list, l.nodes[j].prev
	l.nodes[i] = node{next: j, prev: prev, list: list}
	l.nodes[prev].next = i
	l.nodes[j].prev = i
	l.size[list]++
}

// toTail moves x, which is in the list, to its tail.
func (l *lists) toTail(list, x int32) {
	i := x + l.k
	n := l.nodes[i]
	if n.next == list {
		return
	}
	l.nodes[n.prev].next, l.nodes[n.next].prev = n.next, n.prev
	last := l.nodes[list].prev
	l.nodes[last].next = i
	l.nodes[list].prev = i
	l.nodes[i].next, l.nodes[i].prev = list, last
}

// remove takes x out of its list; nothing happens if it is in none.
func (l *lists) remove(x int32) {
	i := x + l.k
	if int(i) >= len(l.nodes) || l.nodes[i].list == none {
		return
	}
	n := l.nodes[i]
	l.nodes[n.prev].next, l.nodes[n.next].prev = n.next, n.prev
	l.size[n.list]--
	l.nodes[i].list = none
}

// move takes x out of its list, if it is in one, and puts it at the tail of another.
func (l *lists) move(list, x int32) {
	l.remove(x)
	l.pushTail(list, x)
}

// trim drops elements at the head of a list until it has at most n.
func (l *lists) trim(list int32, n int) {
	for l.size[list] > max(n, 0) {
		l.remove(l.head(list))
	}
}

// evictable is the frame nearest to the head of a list whose page can go.
func (l *lists) evictable(list int32, frames Frames) addr.Frame {
	for f := l.head(list); f >= 0; f = l.after(f) {
		if frames.Evictable(addr.Frame(f)) {
			return addr.Frame(f)
		}
	}
	return addr.NoFrame
}
