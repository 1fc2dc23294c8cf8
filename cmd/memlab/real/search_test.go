//go:build linux && amd64

package real_test

import "testing"

// maxFaults bounds what the search takes for working: with fewer and fewer frames a program ends up doing nothing
// but faults. So many take memlab a second or two.
const maxFaults = 150_000

// search looks for the fewest frames, and then for the least swap space, with which the row gives the same under
// both policies, within maxFaults. It logs them with a quarter added.
func (r row) search(t *testing.T, dir string) {
	t.Helper()
	want, b := r.guest(t, dir, machine{})
	t.Logf("64 MiB: status %d, %d faults", want.Status, b.Faults.Total)
	works := func(frames, swap int) bool {
		for _, policy := range []string{"lru", "clock"} {
			got, b := r.guest(t, dir, machine{frames, swap, policy})
			if got != want || b.Faults.Total > maxFaults {
				return false
			}
		}
		return true
	}
	const most = 16384
	frames := lowest(most, func(n int) bool { return works(n, 4*most) })
	roomy := frames + (frames+3)/4
	swap := lowest(4*most, func(n int) bool { return works(roomy, n) })
	t.Logf("least %d frames; the row: frames: %d, swap: %d", frames, roomy, swap+(swap+3)/4)
}

// lowest is the smallest number from 1 to most for which works holds, when it holds from there on; it goes up in
// octaves first, since small numbers are quick to refuse.
func lowest(most int, works func(int) bool) int {
	high := 8
	for high < most && !works(high) {
		high *= 2
	}
	low := high / 2
	if high == 8 {
		low = 0
	}
	for high-low > 1+high/16 {
		if mid := (low + high) / 2; works(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}
