package sim

import (
	"maps"
	"slices"
)

// Windows finds, in one pass, what the working set of every window does (Denning and Slutz, "Generalized
// working sets for segment reference strings", CACM 21(9), 1978): all follows from how far apart in time the
// references to one page are. With window tau a reference faults if the one before it is more than tau away,
// and a page is held for min(tau, distance) references. VMIN, which knows the distance to come, faults on the
// same references and holds a page for the distance if that is at most tau, and else not at all.
type Windows struct {
	last  []uint64 // by page: time of its last reference + 1
	count map[uint64]uint64
	now   uint64
	pages uint64
}

// NewWindows has seen nothing.
func NewWindows() *Windows { return &Windows{count: make(map[uint64]uint64)} }

// Reference takes the next reference. Page numbers are small: memory grows with the largest, and with the
// number of different distances.
func (w *Windows) Reference(page uint32) {
	for int(page) >= len(w.last) {
		w.last = append(w.last, 0)
	}
	if was := w.last[page]; was != 0 {
		w.count[w.now+1-was]++
	} else {
		w.pages++
	}
	w.now++
	w.last[page] = w.now
}

// WindowPoint is what a window does.
type WindowPoint struct {
	Tau            int
	Faults         uint64
	Mean, MeanVMIN float64 // pages held, over all references
}

// Curve are the points at which something changes: windows for which some distance is just within. The
// faults are the same up to the next; the mean of the working set is that of the window itself.
func (w *Windows) Curve() []WindowPoint {
	distances := slices.Sorted(maps.Keys(w.count))
	if w.now == 0 {
		return nil
	}
	if len(distances) == 0 || distances[0] > 1 {
		distances = slices.Insert(distances, 0, 1)
	}
	ends := make([]uint64, 0, len(w.last)) // distances of last references to the end
	for _, at := range w.last {
		if at != 0 {
			ends = append(ends, w.now-at+1)
		}
	}
	slices.Sort(ends)
	faults, closed, left, end := w.now, uint64(0), w.now, 0
	ended := uint64(0) // sum of ends within the window
	var curve []WindowPoint
	for _, tau := range distances {
		n := w.count[tau]
		faults -= n
		closed += n * tau
		left -= n
		for end < len(ends) && ends[end] <= tau {
			ended += ends[end]
			end++
			left--
		}
		curve = append(curve, WindowPoint{
			Tau: int(tau), Faults: faults,
			Mean:     float64(closed+ended+left*tau) / float64(w.now),
			MeanVMIN: float64(closed) / float64(w.now),
		})
	}
	return curve
}
