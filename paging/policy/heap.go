package policy

import "memlab/paging/addr"

// key is what frames are ordered by: first, and second among equals.
type key struct{ first, second uint64 }

func (k key) less(o key) bool {
	return k.first < o.first || k.first == o.first && k.second < o.second
}

// heap is a binary heap of frames by key, the least on top, that knows where each frame is.
type heap struct {
	order []int32
	at    []int32 // index in order, by frame; none: not in the heap
	keys  []key   // by frame
	aside []int32 // of the running least: frames that cannot go
}

func newHeap(n int) heap {
	h := heap{
		order: make([]int32, 0, n), at: make([]int32, n), keys: make([]key, n), aside: make([]int32, 0, n),
	}
	for i := range h.at {
		h.at[i] = none
	}
	return h
}

// set gives f a key, and puts it into the heap if it is not in it.
func (h *heap) set(f addr.Frame, k key) {
	i := h.at[f]
	if i < 0 {
		i = int32(len(h.order))
		h.order = append(h.order, int32(f))
		h.at[f] = i
		h.keys[f] = k
		h.rise(i)
		return
	}
	was := h.keys[f]
	h.keys[f] = k
	if k.less(was) {
		h.rise(i)
	} else {
		h.sink(i)
	}
}

// remove takes f out; nothing happens if it is not in the heap.
func (h *heap) remove(f addr.Frame) {
	i := h.at[f]
	if i < 0 {
		return
	}
	h.at[f] = none
	last := int32(len(h.order) - 1)
	moved := h.order[last]
	h.order = h.order[:last]
	if i == last {
		return
	}
	h.order[i], h.at[moved] = moved, i
	h.rise(i)
	h.sink(h.at[moved])
}

// least is the frame with the least key whose page can go.
func (h *heap) least(frames Frames) addr.Frame {
	victim := addr.NoFrame
	for len(h.order) > 0 {
		f := addr.Frame(h.order[0])
		if frames.Evictable(f) {
			victim = f
			break
		}
		h.remove(f)
		h.aside = append(h.aside, int32(f))
	}
	h.restore()
	return victim
}

// restore puts back what was set aside.
func (h *heap) restore() {
	for _, f := range h.aside {
		h.set(addr.Frame(f), h.keys[f])
	}
	h.aside = h.aside[:0]
}

func (h *heap) rise(i int32) {
	f := h.order[i]
	k := h.keys[f]
	for i > 0 {
		up := (i - 1) / 2
		g := h.order[up]
		if !k.less(h.keys[g]) {
			break
		}
		h.order[i], h.at[g] = g, i
		i = up
	}
	h.order[i], h.at[f] = f, i
}

func (h *heap) sink(i int32) {
	f := h.order[i]
	k := h.keys[f]
	n := int32(len(h.order))
	for {
		child := 2*i + 1
		if child >= n {
			break
		}
		if right := child + 1; right < n && h.keys[h.order[right]].less(h.keys[h.order[child]]) {
			child = right
		}
		g := h.order[child]
		if !h.keys[g].less(k) {
			break
		}
		h.order[i], h.at[g] = g, i
		i = child
	}
	h.order[i], h.at[f] = f, i
}
