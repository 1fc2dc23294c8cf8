package sim

import "slices"

// Models of the policies that put pages in an order or in queues.

// entry is a page in memory as these models know it.
type entry struct {
	page         uint64
	loaded, last int
	count        int
	times        []int // of all references, of this stay or of all
	used         bool
}

// byOrder is a policy whose memory is a slice in order of loading: pick says which entry goes. With keep,
// counts and times outlive eviction.
type byOrder struct {
	keep bool
	pick func(m []entry, refs []uint64, t int) (victim int, rest []entry)
}

func (b byOrder) run(do task) []Eviction {
	out := []Eviction{}
	var in []entry
	gone := map[uint64]entry{}
	for t, page := range do.refs {
		i := slices.IndexFunc(in, func(e entry) bool { return e.page == page })
		if i < 0 {
			if len(in) == do.n {
				var victim int
				victim, in = b.pick(in, do.refs, t)
				out = append(out, Eviction{t, in[victim].page})
				gone[in[victim].page] = in[victim]
				in = slices.Delete(in, victim, victim+1)
			}
			e := entry{page: page}
			if b.keep {
				e.count, e.times = gone[page].count, gone[page].times
			}
			e.loaded = t
			in = append(in, e)
			i = len(in) - 1
		}
		e := &in[i]
		e.last, e.used = t, true
		e.count++
		e.times = append(slices.Clone(e.times), t)
	}
	return out
}

// least picks the first entry with the smallest key.
func least(keep bool, key func(e entry) [2]int) model {
	return byOrder{keep, func(m []entry, _ []uint64, _ int) (int, []entry) {
		at := 0
		for i := range m {
			if a, b := key(m[i]), key(m[at]); a[0] < b[0] || a[0] == b[0] && a[1] < b[1] {
				at = i
			}
		}
		return at, m
	}}.run
}

// kth is the time of the k-th most recent reference, -1 if there are fewer.
func kth(k int) func(e entry) [2]int {
	return func(e entry) [2]int {
		if len(e.times) < k {
			return [2]int{-1, e.last}
		}
		return [2]int{e.times[len(e.times)-k], e.last}
	}
}

// secondChance sends used pages from the front to the back.
func secondChance(m []entry, _ []uint64, _ int) (int, []entry) {
	for m[0].used {
		m[0].used = false
		m = append(m[1:], m[0])
	}
	return 0, m
}

// farthest is the page whose next use is last; of those never used again the first or the last loaded.
func farthest(newest bool) model {
	return byOrder{false, func(m []entry, refs []uint64, t int) (int, []entry) {
		at, most := 0, -1
		for i := range m {
			next := slices.Index(refs[t:], m[i].page)
			if next < 0 {
				next = len(refs)
			}
			if next > most || newest && next == most {
				at, most = i, next
			}
		}
		return at, m
	}}.run
}

func orderModels() map[string]model {
	return map[string]model{
		"fifo":           least(false, func(e entry) [2]int { return [2]int{e.loaded} }),
		"lru":            least(false, func(e entry) [2]int { return [2]int{e.last} }),
		"mru":            least(false, func(e entry) [2]int { return [2]int{-e.last} }),
		"lfu":            least(false, func(e entry) [2]int { return [2]int{e.count, e.last} }),
		"lfu tie=fifo":   least(false, func(e entry) [2]int { return [2]int{e.count, e.loaded} }),
		"lfu keep=1":     least(true, func(e entry) [2]int { return [2]int{e.count, e.last} }),
		"mfu":            least(false, func(e entry) [2]int { return [2]int{-e.count, e.last} }),
		"mfu tie=fifo":   least(false, func(e entry) [2]int { return [2]int{-e.count, e.loaded} }),
		"mfu keep=1":     least(true, func(e entry) [2]int { return [2]int{-e.count, e.last} }),
		"lru2":           least(true, kth(2)),
		"lru2 keep=0":    least(false, kth(2)),
		"lru2 k=3":       least(true, kth(3)),
		"opt":            farthest(false),
		"opt tie=newest": farthest(true),
		"second_chance":  byOrder{false, secondChance}.run,

		"second_chance r_on_load=0": coldChance,
		"slru":                      func(do task) []Eviction { return segments(do, 4*do.n/5) },
		"slru prot=2":               func(do task) []Eviction { return segments(do, 2) },
		"sieve":                     sieved,
	}
}

// coldChance is second chance that loads with the bit clear.
func coldChance(do task) []Eviction {
	out := []Eviction{}
	var queue []uint64
	used := map[uint64]bool{}
	for t, x := range do.refs {
		if slices.Contains(queue, x) {
			used[x] = true
			continue
		}
		if len(queue) == do.n {
			for used[queue[0]] {
				used[queue[0]] = false
				queue = append(queue[1:], queue[0])
			}
			out = append(out, Eviction{t, queue[0]})
			queue = queue[1:]
		}
		queue = append(queue, x)
		used[x] = false
	}
	return out
}

// segments is SLRU. Lists run from the LRU to the MRU end.
func segments(do task, most int) []Eviction {
	out := []Eviction{}
	var trial, safe []uint64
	for t, x := range do.refs {
		switch {
		case slices.Contains(safe, x):
			safe = append(takeOut(safe, x), x)
		case slices.Contains(trial, x):
			trial, safe = takeOut(trial, x), append(safe, x)
			if len(safe) > most {
				trial, safe = append(trial, safe[0]), safe[1:]
			}
		default:
			if len(trial)+len(safe) == do.n {
				if len(trial) > 0 {
					out, trial = append(out, Eviction{t, trial[0]}), trial[1:]
				} else {
					out, safe = append(out, Eviction{t, safe[0]}), safe[1:]
				}
			}
			trial = append(trial, x)
		}
	}
	return out
}

// sieved is SIEVE; the queue's first is the newest.
func sieved(do task) []Eviction {
	out := []Eviction{}
	var queue []uint64
	visited := map[uint64]bool{}
	hand, has := uint64(0), false
	for t, x := range do.refs {
		if slices.Contains(queue, x) {
			visited[x] = true
			continue
		}
		if len(queue) == do.n {
			at := len(queue) - 1
			if has {
				at = slices.Index(queue, hand)
			}
			for visited[queue[at]] {
				visited[queue[at]] = false
				if at--; at < 0 {
					at = len(queue) - 1
				}
			}
			out = append(out, Eviction{t, queue[at]})
			if has = at > 0; has {
				hand = queue[at-1]
			}
			queue = slices.Delete(queue, at, at+1)
		}
		queue = prepend(x, queue)
		visited[x] = false
	}
	return out
}
