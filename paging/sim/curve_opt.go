package sim

// OPTStack finds stack distances of OPT, Mattson's priority stack. A page that is referenced goes to the top;
// the one that was there goes down, and at each depth stays the one of the two, it or the one that it meets,
// that is used again sooner: with that many frames the other would have been evicted. This ends where the
// referenced page was found. Going through the stack entry by entry would cost its depth; but only entries
// that are used later than all above them change places, and a tree of maxima finds the next of these in
// logarithmic time.
//
//	next use   9 4 6 7 3 | 8     the page at depth 5 is referenced, next use 11
//	          11 4 6 7 9 | 8     9 went down: later than 4, 6 and 7, it passes; it ends in the gap
type OPTStack struct {
	pos   []int32  // depth of each page, from 1; 0: it is not on the stack
	page  []int32  // by depth - 1
	tree  []uint32 // tree[leaves+i]: next use of the page at depth i+1; above them the maxima; 0: nothing
	depth int      // entries
}

// NewOPTStack is an empty stack.
func NewOPTStack() *OPTStack { return &OPTStack{tree: make([]uint32, 2)} }

// leaves is the number of entries that the tree has room for, a power of two.
func (s *OPTStack) leaves() int { return len(s.tree) / 2 }

// Reference is the distance of a reference to a page that is used again at time next, the index of that
// reference, or the largest uint32 if it is not; 0 for the first reference. Page numbers are small: memory
// grows with the largest.
func (s *OPTStack) Reference(page, next uint32) int {
	if int(page) >= len(s.pos) {
		s.pos = append(s.pos, make([]int32, int(page)+1-len(s.pos))...)
	}
	distance := int(s.pos[page])
	end := distance - 1 // the gap that the page leaves
	if distance == 0 {
		if s.depth == s.leaves() {
			s.grow()
		}
		end = s.depth
		s.depth++
		if len(s.page) < s.depth {
			s.page = append(s.page, 0)
		}
	}
	if end == 0 {
		s.put(0, int32(page), next)
		return distance
	}
	carried, use := s.page[0], s.tree[s.leaves()]
	s.put(0, int32(page), next)
	for i := s.later(1, end, use); i < end; i = s.later(i+1, end, use) {
		met, metUse := s.page[i], s.tree[s.leaves()+i]
		s.put(i, carried, use)
		carried, use = met, metUse
	}
	s.put(end, carried, use)
	return distance
}

// put writes the entry at index i.
func (s *OPTStack) put(i int, page int32, use uint32) {
	s.page[i], s.pos[page] = page, int32(i)+1
	n := s.leaves() + i
	s.tree[n] = use
	for n > 1 {
		n /= 2
		most := max(s.tree[2*n], s.tree[2*n+1])
		if s.tree[n] == most {
			return
		}
		s.tree[n] = most
	}
}

// later is the first index from i on, and below end, of an entry that is used later than use; end: there is
// none.
func (s *OPTStack) later(i, end int, use uint32) int {
	if i >= end {
		return end
	}
	n := s.leaves() + i
	for s.tree[n] <= use {
		for n&1 == 1 { // the last of its parent: nothing there either
			n /= 2
		}
		if n == 0 {
			return end
		}
		n++
	}
	for n < s.leaves() {
		if n *= 2; s.tree[n] <= use {
			n++
		}
	}
	return min(n-s.leaves(), end)
}

// grow doubles the room.
func (s *OPTStack) grow() {
	old, n := s.tree, s.leaves()
	s.tree = make([]uint32, 4*n)
	copy(s.tree[2*n:], old[n:])
	for i := 2*n - 1; i > 0; i-- {
		s.tree[i] = max(s.tree[2*i], s.tree[2*i+1])
	}
}
