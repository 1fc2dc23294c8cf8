package policy

import "memlab/paging/addr"

// used are the frames that can have their accessed bit set since the last tick. The bits alone would do, and
// they decide; but a tick that comes every few references should not have to look at all of memory.
type used struct {
	frames []int32
	in     []bool // by frame
}

func newUsed(n int) used { return used{frames: make([]int32, 0, n), in: make([]bool, n)} }

func (u *used) add(f addr.Frame) {
	if !u.in[f] {
		u.in[f] = true
		u.frames = append(u.frames, int32(f))
	}
}

// reset forgets them.
func (u *used) reset() {
	for _, f := range u.frames {
		u.in[f] = false
	}
	u.frames = u.frames[:0]
}
