package policy

// sketch estimates how often pages have been referenced lately, in memory in proportion to the frames: a
// count-min sketch (G. Cormode, S. Muthukrishnan, 2005) of four rows of counters up to 15. An estimate is
// the least of a page's four counters, so it is never too low. When ten references for each frame have been
// counted all counters are halved, so that the past fades (TinyLFU, section 3.3).
type sketch struct {
	counters []uint8 // four rows
	mask     uint64  // of a row
	added    int
	period   int
}

const sketchMost = 15

func newSketch(n int) sketch {
	width := rowWidth(n)
	return sketch{counters: make([]uint8, 4*width), mask: uint64(width - 1), period: 10 * n}
}

// rowWidth is the length of a row for n frames.
func rowWidth(n int) int {
	width := 16
	for width < n {
		width *= 2
	}
	return width
}

// resize makes it a sketch for n frames, at most as many as it was made for. A row of another length has the
// pages in other places, so that all is forgotten.
func (s *sketch) resize(n int) {
	s.period = 10 * n
	if mask := uint64(rowWidth(n) - 1); mask != s.mask {
		s.mask, s.added = mask, 0
		clear(s.counters)
	}
}

// slots are the places of page's counters.
func (s *sketch) slots(page uint32) [4]uint64 {
	_, a := splitmix64(uint64(page))
	_, b := splitmix64(a)
	w := s.mask + 1
	return [4]uint64{a & s.mask, w + a>>32&s.mask, 2*w + b&s.mask, 3*w + b>>32&s.mask}
}

// add counts a reference to page.
func (s *sketch) add(page uint32) {
	for _, i := range s.slots(page) {
		if s.counters[i] < sketchMost {
			s.counters[i]++
		}
	}
	if s.added++; s.added >= s.period {
		s.added /= 2
		for i := range s.counters {
			s.counters[i] /= 2
		}
	}
}

// count estimates the references to page.
func (s *sketch) count(page uint32) uint8 {
	least := uint8(sketchMost)
	for _, i := range s.slots(page) {
		least = min(least, s.counters[i])
	}
	return least
}
