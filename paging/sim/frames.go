package sim

import (
	"math/bits"

	"memlab/paging/addr"
)

// frames is a frame table reduced to arrays. It is what policies see of the Engine.
type frames struct {
	now     uint64
	frameOf []int32  // by page; absent: not in memory
	pageOf  []uint32 // by frame
	marks   []uint8  // by frame
	freeSet []uint64 // bit f%64 of word f/64: frame f is free
	free    int
	low     int    // no word before freeSet[low] has a free frame
	pinned  int32  // a frame whose page cannot go; absent: none
	cleaned uint64 // pages written back because a policy asked for it
}

const absent = -1

const (
	accessed uint8 = 1 << iota // by a reference: of a write shifted by its flag into dirty
	dirty
	present
)

func newFrames(n, pages int) frames {
	t := frames{
		frameOf: make([]int32, pages), pageOf: make([]uint32, n), marks: make([]uint8, n),
		freeSet: make([]uint64, (n+63)/64), free: n, pinned: absent,
	}
	for i := range t.frameOf {
		t.frameOf[i] = absent
	}
	for f := range n {
		t.freeSet[f/64] |= 1 << (f % 64)
	}
	return t
}

// know makes room for page.
func (t *frames) know(page uint32) {
	for int(page) >= len(t.frameOf) {
		t.frameOf = append(t.frameOf, absent)
	}
}

// take is the lowest free frame. There is one.
func (t *frames) take() addr.Frame {
	for t.freeSet[t.low] == 0 {
		t.low++
	}
	bit := bits.TrailingZeros64(t.freeSet[t.low])
	t.freeSet[t.low] &^= 1 << bit
	t.free--
	return addr.Frame(t.low*64 + bit)
}

// release frees f and returns the page that it held.
func (t *frames) release(f addr.Frame) uint32 {
	page := t.pageOf[f]
	t.frameOf[page] = absent
	t.marks[f] = 0
	word := int(f / 64)
	t.freeSet[word] |= 1 << (f % 64)
	t.free++
	t.low = min(t.low, word)
	return page
}

func (t *frames) Len() int { return len(t.pageOf) }

func (t *frames) Evictable(f addr.Frame) bool {
	return t.marks[f]&present != 0 && int32(f) != t.pinned
}

func (t *frames) Accessed(f addr.Frame) bool { return t.marks[f]&accessed != 0 }

func (t *frames) ClearAccessed(f addr.Frame) { t.marks[f] &^= accessed }

func (t *frames) Dirty(f addr.Frame) bool { return t.marks[f]&dirty != 0 }

func (t *frames) Clean(f addr.Frame) {
	t.marks[f] &^= dirty
	t.cleaned++
}

func (t *frames) PageOf(f addr.Frame) uint32 { return t.pageOf[f] }

func (t *frames) Now() uint64 { return t.now }

// foresight is frames with the references to come.
type foresight struct {
	*frames
	next []uint32 // by reference: index of the next one to the same page
}

// never is what next has for the last reference to a page.
const never = 1<<32 - 1

// NextUse is the index of the next reference to the page of the running one.
func (t foresight) NextUse() uint64 {
	n := t.next[t.now]
	if n == never {
		return 1<<64 - 1
	}
	return uint64(n)
}

// NextUses is, for every reference of a string, the index of the next one to the same page: the largest
// uint32 where there is none, or where the page is gone before it.
func NextUses(blocks []Block) []uint32 {
	n := 0
	for i := range blocks {
		n += len(blocks[i].Refs)
	}
	next := make([]uint32, n)
	var seen []uint32 // by page: its next use
	know := func(page uint32) {
		for int(page) >= len(seen) {
			seen = append(seen, never)
		}
	}
	for i := len(blocks) - 1; i >= 0; i-- {
		b := &blocks[i]
		end := len(b.Refs)
		n -= end
		for m := len(b.Marks) - 1; m >= -1; m-- {
			from := 0
			if m >= 0 {
				from = b.Marks[m].At
			}
			for j := end - 1; j >= from; j-- {
				page := b.Refs[j].Page()
				know(page)
				next[n+j] = seen[page]
				seen[page] = uint32(n + j)
			}
			end = from
			if m >= 0 && !b.Marks[m].Pair {
				know(b.Marks[m].Gone)
				seen[b.Marks[m].Gone] = never
			}
		}
	}
	return next
}
