package sim

// LRUStack finds stack distances of LRU as references come (Bennett and Kruskal, IBM J. Res. Dev. 19(4),
// 1975). The distance is the number of different pages since the last reference to this one, itself included.
// Each reference takes the next of a row of slots, and a page leaves its old one: so the ones that are taken
// behind a page's slot are those pages. A Fenwick tree counts them in logarithmic time. When the slots run
// out, the pages are moved up, in their order, to the front: with twice as many slots as pages that is seldom
// enough to cost constant time a reference. Memory is in proportion to the pages, not to the references.
//
//	slots   a . c . . b d .          a was used longest ago; d at last
//	        a: distance 4   c: 3   b: 2   d: 1
type LRUStack struct {
	slot  []int32 // of each page, from 1; 0: it has not been referenced
	page  []int32 // of each slot; a page that left it is still there
	tree  []int32 // Fenwick: tree[i] counts the taken slots of (i - lowest bit of i, i]
	last  int32   // the slot taken last
	pages int32   // that have been referenced
}

// leastSlots keeps small stacks from being renumbered all the time.
const leastSlots = 1024

// NewLRUStack is an empty stack.
func NewLRUStack() *LRUStack {
	return &LRUStack{page: make([]int32, leastSlots+1), tree: make([]int32, leastSlots+1)}
}

// Reference is the distance of a reference to a page, 0 for its first. Page numbers are small: memory grows
// with the largest.
func (s *LRUStack) Reference(page uint32) int {
	if int(page) >= len(s.slot) {
		s.slot = append(s.slot, make([]int32, int(page)+1-len(s.slot))...)
	}
	if at := s.slot[page]; at != 0 && at == s.last {
		return 1 // the page is on top and stays there
	}
	if int(s.last)+1 == len(s.page) {
		s.renumber()
	}
	at := s.slot[page]
	distance := 0
	if at != 0 {
		distance = int(s.behind(at)) + 1
	} else {
		s.pages++
	}
	s.last++
	s.slot[page], s.page[s.last] = s.last, int32(page)
	s.move(at, s.last)
	return distance
}

// behind counts the taken slots behind at: those up to the last less those up to at. The nodes that both sums
// share are left out, so that a page that was used lately is found soon.
func (s *LRUStack) behind(at int32) int32 {
	n, i := int32(0), s.last
	for ; i > at; i &= i - 1 {
		n += s.tree[i]
	}
	for ; at > i; at &= at - 1 {
		n -= s.tree[at]
	}
	return n
}

// move marks slot from as free, 0: none, and slot to, behind it, as taken. Where their ways up the tree meet
// nothing changes any more.
func (s *LRUStack) move(from, to int32) {
	i, j, tree := int(from), int(to), s.tree
	if i == 0 {
		i = len(tree)
	}
	for i != j && min(i, j) < len(tree) {
		if i < j {
			tree[i]--
			i += i & -i
		} else {
			tree[j]++
			j += j & -j
		}
	}
}

// renumber moves the pages to slots 1, 2, … in their order, in a row that has room for as many again.
func (s *LRUStack) renumber() {
	old := s.page
	size := max(leastSlots, 2*int(s.pages)) + 1
	s.page = make([]int32, size)
	s.tree = make([]int32, size)
	s.last = 0
	for at := int32(1); int(at) < len(old); at++ {
		if page := old[at]; s.slot[page] == at {
			s.last++
			s.slot[page], s.page[s.last] = s.last, page
			s.tree[s.last] = 1
		}
	}
	for i := 1; i < size; i++ { // each node adds itself to the one above it
		if up := i + i&-i; up < size {
			s.tree[up] += s.tree[i]
		}
	}
}
