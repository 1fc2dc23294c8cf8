//go:build linux && amd64

package real_test

import (
	"testing"
	"time"
)

// What the search takes for working: with fewer and fewer frames a program ends up doing nothing but faults. So
// many take memlab a second or so. searchPatience ends a run that is beyond that anyway.
const (
	maxFaults      = 60_000
	searchPatience = time.Minute
)

// search looks for the fewest frames, and then for the least swap space, with which the row gives the same under
// both policies, within maxFaults. It logs them with a quarter added.
func (r row) search(t *testing.T, dir string) {
	t.Helper()
	want, b := r.guest(t, dir, machine{})
	t.Logf("64 MiB: status %d, %d faults", want.Status, b.Faults.Total)
	r.patience = searchPatience
	works := func(frames, swap int) bool {
		for _, policy := range []string{"clock", "lru"} {
			got, b := r.guest(t, dir, machine{frames: frames, swap: swap, policy: policy})
			if got != want || b.Faults.Total > maxFaults {
				return false
			}
		}
		return true
	}
	const enough = 16384
	frames := lowest(1024, func(n int) bool { return works(n, enough) })
	frames += (frames + 3) / 4
	swap := lowest(4096, func(n int) bool { return works(frames, n) })
	swap += (swap + 3) / 4
	t.Logf("frames: %d, swap: %d", frames, swap)
}

// lowest is the smallest number for which works holds, when it holds from there on, give or take a quarter. It comes
// from above, where runs are short.
func lowest(from int, works func(int) bool) int {
	for !works(from) && from < 1<<16 {
		from *= 2
	}
	for from > 1 && works(from/2) {
		from /= 2
	}
	if from > 2 && works(from*3/4) {
		return from * 3 / 4
	}
	return from
}
