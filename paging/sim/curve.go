package sim

// Fault curves: how often a stack algorithm faults with 1, 2, … frames, all from one pass over the string
// (Mattson, Gecsei, Slutz and Traiger, IBM Systems Journal 9(2), 1970). A stack algorithm keeps with c frames
// a subset of what it keeps with c+1, so all memories together are one list of pages, the stack: its first c
// entries are what c frames hold. The depth at which a reference finds its page is its stack distance; it
// hits with that many frames or more. Stack distance 0 stands for infinity: the first reference to a page.
//
//	refs → distances (curve_lru.go, curve_opt.go) → Histogram → faults for each number of frames

// Histogram counts stack distances: what is needed for a curve, without the string.
type Histogram struct {
	Refs  int   // references, cold ones included
	Count []int // by distance; Count[0] of the first references
}

// Add counts one distance.
func (h *Histogram) Add(distance int) {
	h.Refs++
	if distance >= len(h.Count) {
		h.Count = append(h.Count, make([]int, distance+1-len(h.Count))...)
	}
	h.Count[distance]++
}

// Distinct is the number of pages.
func (h *Histogram) Distinct() int {
	if len(h.Count) == 0 {
		return 0
	}
	return h.Count[0]
}

// Faults are the faults, cold ones included, with 1, 2, … Distinct() frames. More frames do not help.
func (h *Histogram) Faults() []int {
	faults := make([]int, h.Distinct())
	left := h.Refs
	for i := range faults {
		if i+1 < len(h.Count) {
			left -= h.Count[i+1]
		}
		faults[i] = left
	}
	return faults
}

// Curve is the stack distance of every reference of a string, and what follows from them.
type Curve struct {
	Distances []int // one a reference; 0: infinite
	Faults    []int // with 1, 2, … frames, up to the number of distinct pages
}

func newCurve(distances []int) Curve {
	var h Histogram
	for _, d := range distances {
		h.Add(d)
	}
	return Curve{distances, h.Faults()}
}

// LRUCurve is the curve of LRU, in time O(n log m) for n references to m pages.
func LRUCurve(refs []uint64) Curve {
	stack := NewLRUStack()
	_, dense := compact(refs, nil)
	distances := make([]int, len(refs))
	for t, r := range dense {
		distances[t] = stack.Reference(r.Page())
	}
	return newCurve(distances)
}

// OPTCurve is the curve of OPT, Belady's MIN, in time O((n + moves) log m): see OPTStack.
func OPTCurve(refs []uint64) Curve {
	stack := NewOPTStack()
	_, dense := compact(refs, nil)
	next := NextUses([]Block{{Refs: dense}})
	distances := make([]int, len(refs))
	for t, r := range dense {
		distances[t] = stack.Reference(r.Page(), next[t])
	}
	return newCurve(distances)
}
