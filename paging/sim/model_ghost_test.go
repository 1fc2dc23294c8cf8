package sim

import (
	"math"
	"slices"
)

// Models of the policies that remember pages that are gone, or estimate. Lists run from the next to go to the
// newest.

func ghostModels() map[string]model {
	return map[string]model{
		"2q":              func(do task) []Eviction { return twoQueues(do, max(1, do.n/4), max(1, do.n/2)) },
		"2q kin=2 kout=3": func(do task) []Eviction { return twoQueues(do, 2, 3) },
		"arc":             func(do task) []Eviction { return (&arcModel{n: do.n}).run(do) },
		"arc pint=1":      func(do task) []Eviction { return (&arcModel{n: do.n, whole: true}).run(do) },
		"mq": func(do task) []Eviction {
			return (&mqModel{queues: make([][]uint64, 8), life: do.n, most: 4 * do.n}).run(do)
		},
		"mq queues=3 life=2 out=1": func(do task) []Eviction {
			return (&mqModel{queues: make([][]uint64, 3), life: 2, most: 1}).run(do)
		},
		"lecar":  lecarModel,
		"car":    func(do task) []Eviction { return (&carModel{}).run(do) },
		"s3fifo": func(do task) []Eviction { return (&s3{n: do.n}).run(do) },
		"s3fifo libcachesim=1": func(do task) []Eviction {
			return (&s3{n: do.n, early: true}).run(do)
		},
		"w-tinylfu": tinyLFU,
		"lirs": func(do task) []Eviction {
			return (&lirsModel{n: do.n, hirs: max(1, do.n/100)}).run(do)
		},
		"lirs skip_repeat=1": func(do task) []Eviction {
			return (&lirsModel{n: do.n, hirs: max(1, do.n/100), skip: true}).run(do)
		},
		"clock-pro":        func(do task) []Eviction { return (&proModel{n: do.n, target: do.n}).run(do) },
		"clock-pro cold=1": func(do task) []Eviction { return (&proModel{n: do.n, target: 1}).run(do) },
	}
}

func twoQueues(do task, kin, kout int) []Eviction {
	out := []Eviction{}
	var in, am, gone []uint64
	for t, x := range do.refs {
		if slices.Contains(am, x) {
			am = append(takeOut(am, x), x)
			continue
		}
		if slices.Contains(in, x) {
			continue
		}
		known := slices.Contains(gone, x)
		gone = takeOut(gone, x)
		if len(in)+len(am) == do.n {
			if len(in) > kin || len(am) == 0 {
				out, gone, in = append(out, Eviction{t, in[0]}), append(gone, in[0]), in[1:]
				if len(gone) > kout {
					gone = gone[1:]
				}
			} else {
				out, am = append(out, Eviction{t, am[0]}), am[1:]
			}
		}
		if known {
			am = append(am, x)
		} else {
			in = append(in, x)
		}
	}
	return out
}

type arcModel struct {
	n              int
	whole          bool
	t1, t2, b1, b2 []uint64
	p              float64
	out            []Eviction
}

func (m *arcModel) step(own, other int) float64 {
	switch {
	case own >= other:
		return 1
	case m.whole:
		return float64(other / own)
	}
	return float64(other) / float64(own)
}

func (m *arcModel) replace(t int, inB2 bool) {
	switch l := float64(len(m.t1)); {
	case len(m.t1)+len(m.t2) < m.n:
	case len(m.t1) > 0 && (l > m.p || inB2 && l == m.p):
		m.out = append(m.out, Eviction{t, m.t1[0]})
		m.b1, m.t1 = append(m.b1, m.t1[0]), m.t1[1:]
	default:
		m.out = append(m.out, Eviction{t, m.t2[0]})
		m.b2, m.t2 = append(m.b2, m.t2[0]), m.t2[1:]
	}
}

func (m *arcModel) run(do task) []Eviction {
	m.out = []Eviction{}
	c := m.n
	for t, x := range do.refs {
		switch {
		case slices.Contains(m.t1, x), slices.Contains(m.t2, x):
			m.t1, m.t2 = takeOut(m.t1, x), append(takeOut(m.t2, x), x)
		case slices.Contains(m.b1, x):
			m.p = min(m.p+m.step(len(m.b1), len(m.b2)), float64(c))
			m.replace(t, false)
			m.b1, m.t2 = takeOut(m.b1, x), append(m.t2, x)
		case slices.Contains(m.b2, x):
			m.p = max(m.p-m.step(len(m.b2), len(m.b1)), 0)
			m.replace(t, true)
			m.b2, m.t2 = takeOut(m.b2, x), append(m.t2, x)
		default:
			if all := len(m.t1) + len(m.t2) + len(m.b1) + len(m.b2); len(m.t1)+len(m.b1) == c {
				if len(m.t1) < c {
					m.b1 = m.b1[1:]
					m.replace(t, false)
				} else {
					m.out, m.t1 = append(m.out, Eviction{t, m.t1[0]}), m.t1[1:]
				}
			} else if all >= c {
				if all == 2*c {
					m.b2 = m.b2[1:]
				}
				m.replace(t, false)
			}
			m.t1 = append(m.t1, x)
		}
	}
	return m.out
}

// carModel is CAR; the clocks begin at their hands.
type carModel struct {
	t1, t2, b1, b2 []uint64
	used           map[uint64]bool
	p              float64
	out            []Eviction
}

func (m *carModel) replace(t int) {
	for {
		clock, ghost := &m.t2, &m.b2
		if float64(len(m.t1)) >= max(1, m.p) {
			clock, ghost = &m.t1, &m.b1
		}
		h := (*clock)[0]
		*clock = (*clock)[1:]
		if !m.used[h] {
			m.out, *ghost = append(m.out, Eviction{t, h}), append(*ghost, h)
			return
		}
		m.used[h] = false
		m.t2 = append(m.t2, h)
	}
}

func (m *carModel) run(do task) []Eviction {
	m.out, m.used = []Eviction{}, map[uint64]bool{}
	c := do.n
	for t, x := range do.refs {
		if slices.Contains(m.t1, x) || slices.Contains(m.t2, x) {
			m.used[x] = true
			continue
		}
		in1, in2 := slices.Contains(m.b1, x), slices.Contains(m.b2, x)
		full := len(m.t1)+len(m.t2) == c
		if full {
			m.replace(t)
		}
		switch b1, b2 := float64(len(m.b1)), float64(len(m.b2)); {
		case in1:
			m.p = min(m.p+max(1, b2/b1), float64(c))
			m.b1, m.t2 = takeOut(m.b1, x), append(m.t2, x)
		case in2:
			m.p = max(m.p-max(1, b1/b2), 0)
			m.b2, m.t2 = takeOut(m.b2, x), append(m.t2, x)
		default:
			if full && len(m.t1)+len(m.b1) == c {
				m.b1 = m.b1[1:]
			} else if full && len(m.t1)+len(m.t2)+len(m.b1)+len(m.b2) == 2*c {
				m.b2 = m.b2[1:]
			}
			m.t1 = append(m.t1, x)
		}
		m.used[x] = false
	}
	return m.out
}

// mqModel is MQ.
type mqModel struct {
	queues     [][]uint64
	gone       []uint64
	refs, due  map[uint64]int
	life, most int
}

func (m *mqModel) use(x uint64, now int) {
	m.refs[x]++
	k := 0
	for 2<<k <= m.refs[x] && k < len(m.queues)-1 {
		k++
	}
	for i := range m.queues {
		m.queues[i] = takeOut(m.queues[i], x)
	}
	m.queues[k], m.due[x] = append(m.queues[k], x), now+m.life
	now++
	for k := 1; k < len(m.queues); k++ {
		if len(m.queues[k]) > 0 && m.due[m.queues[k][0]] < now {
			old := m.queues[k][0]
			m.queues[k], m.queues[k-1] = m.queues[k][1:], append(m.queues[k-1], old)
			m.due[old] = now + m.life
		}
	}
}

func (m *mqModel) run(do task) []Eviction {
	out := []Eviction{}
	m.refs, m.due = map[uint64]int{}, map[uint64]int{}
	for t, x := range do.refs {
		in, all := false, 0
		for _, q := range m.queues {
			in, all = in || slices.Contains(q, x), all+len(q)
		}
		if !in {
			if !slices.Contains(m.gone, x) {
				m.refs[x] = 0
			}
			m.gone = takeOut(m.gone, x)
			if all == do.n {
				k := slices.IndexFunc(m.queues, func(q []uint64) bool { return len(q) > 0 })
				old := m.queues[k][0]
				out, m.queues[k] = append(out, Eviction{t, old}), m.queues[k][1:]
				if m.gone = append(m.gone, old); len(m.gone) > m.most {
					m.gone = m.gone[1:]
				}
			}
		}
		m.use(x, t)
	}
	return out
}

// s3 is S3-FIFO with the default parameters.
type s3 struct {
	n       int
	early   bool
	s, m, g []uint64
	freq    map[uint64]int
	out     []Eviction
}

func (q *s3) small() int { return max(1, q.n/10) }

func (q *s3) evictS(t int) {
	for len(q.s) > 0 {
		x := q.s[0]
		q.s = q.s[1:]
		if q.freq[x] > 1 {
			q.m, q.freq[x] = append(q.m, x), 0
			if !q.early && len(q.m) > q.n-q.small() {
				q.evictM(t)
			}
			continue
		}
		if q.g = append(q.g, x); len(q.g) > q.n-q.small() {
			q.g = q.g[1:]
		}
		q.out = append(q.out, Eviction{t, x})
		return
	}
}

func (q *s3) evictM(t int) {
	for len(q.m) > 0 {
		x := q.m[0]
		q.m = q.m[1:]
		if q.freq[x] == 0 {
			q.out = append(q.out, Eviction{t, x})
			return
		}
		q.m, q.freq[x] = append(q.m, x), q.freq[x]-1
	}
}

func (q *s3) run(do task) []Eviction {
	q.out, q.freq = []Eviction{}, map[uint64]int{}
	for t, x := range do.refs {
		if slices.Contains(q.s, x) || slices.Contains(q.m, x) {
			q.freq[x] = min(q.freq[x]+1, 3)
			continue
		}
		known := q.early && slices.Contains(q.g, x)
		if q.early {
			q.g = takeOut(q.g, x)
		}
		for len(q.s)+len(q.m) >= q.n {
			fromS := len(q.s) >= q.small() || len(q.m) == 0
			if q.early {
				fromS = len(q.m) <= q.n-q.small() && len(q.s) > 0
			}
			if fromS {
				q.evictS(t)
			} else {
				q.evictM(t)
			}
		}
		if !q.early {
			known = slices.Contains(q.g, x)
			q.g = takeOut(q.g, x)
		}
		q.freq[x] = 0
		if known {
			q.m = append(q.m, x)
		} else {
			q.s = append(q.s, x)
		}
	}
	return q.out
}

// lirsModel is LIRS; S runs from its bottom.
type lirsModel struct {
	n, hirs int
	skip    bool
	s, q    []uint64
	lir     map[uint64]bool
	in      map[uint64]bool
}

func (m *lirsModel) prune() {
	for len(m.s) > 0 && !m.lir[m.s[0]] {
		m.s = m.s[1:]
	}
}

// top puts x on top of S; as makes it LIR, and demotes the bottom if there are too many.
func (m *lirsModel) top(x uint64, as bool) {
	m.s = append(takeOut(m.s, x), x)
	if as {
		m.lir[x] = true
		m.q = takeOut(m.q, x)
	}
	m.prune()
	n := 0
	for _, is := range m.lir {
		if is {
			n++
		}
	}
	if n > m.n-m.hirs {
		bottom := m.s[0]
		m.s, m.q = m.s[1:], append(m.q, bottom)
		m.lir[bottom] = false
		m.prune()
	}
}

func (m *lirsModel) run(do task) []Eviction {
	out := []Eviction{}
	m.lir, m.in = map[uint64]bool{}, map[uint64]bool{}
	for t, x := range do.refs {
		if m.skip && t > 0 && do.refs[t-1] == x {
			continue
		}
		inS := slices.Contains(m.s, x)
		switch {
		case m.in[x] && m.lir[x]:
			m.top(x, true)
		case m.in[x] && inS:
			m.top(x, true)
		case m.in[x]:
			m.q = append(takeOut(m.q, x), x)
			m.top(x, false)
		default:
			start := m.n-len(m.in) > m.hirs
			if len(m.in) == m.n {
				out = append(out, Eviction{t, m.q[0]})
				delete(m.in, m.q[0])
				m.q = m.q[1:]
			}
			m.in[x] = true
			if inS || start {
				m.top(x, true)
			} else {
				m.q = append(m.q, x)
				m.top(x, false)
			}
		}
	}
	return out
}

// proModel is CLOCK-Pro with the choices that its file names. The circle is a slice, hands are pages.
type proModel struct {
	n, target       int
	circle          []uint64
	hot, test, used map[uint64]bool
	in              map[uint64]bool
	cold, hotHand   uint64
	testHand        uint64
	out             []Eviction
}

func (m *proModel) count(of map[uint64]bool) int {
	n := 0
	for _, is := range of {
		if is {
			n++
		}
	}
	return n
}

func (m *proModel) next(x uint64) uint64 {
	return m.circle[(slices.Index(m.circle, x)+1)%len(m.circle)]
}

func (m *proModel) adapt(by int) { m.target = min(max(m.target+by, 1), m.n) }

// leave takes x out of the circle; hands that point to it go on.
func (m *proModel) leave(x uint64) {
	after := m.next(x)
	for _, hand := range []*uint64{&m.cold, &m.hotHand, &m.testHand} {
		if *hand == x {
			*hand = after
		}
	}
	m.circle = takeOut(m.circle, x)
}

// enter puts x just behind the hot hand.
func (m *proModel) enter(x uint64) {
	if len(m.circle) == 0 {
		m.circle, m.cold, m.hotHand, m.testHand = []uint64{x}, x, x, x
		return
	}
	m.circle = slices.Insert(slices.Clone(m.circle), slices.Index(m.circle, m.hotHand), x)
}

func (m *proModel) endTest(x uint64) {
	if !m.test[x] {
		return
	}
	m.test[x] = false
	m.adapt(-1)
	if !m.in[x] {
		m.leave(x)
	}
}

func (m *proModel) demote() {
	for m.count(m.hot) > 0 {
		x := m.hotHand
		m.hotHand = m.next(x)
		switch {
		case !m.hot[x]:
			m.endTest(x)
		case m.used[x]:
			m.used[x] = false
		default:
			m.hot[x] = false
			return
		}
	}
}

func (m *proModel) promote(x uint64) {
	m.hot[x], m.test[x] = true, false
	for m.count(m.hot) > max(m.n-m.target, 0) {
		m.demote()
	}
}

func (m *proModel) evict(t int) {
	for {
		x := m.cold
		switch {
		case m.hot[x] || !m.in[x]:
			if m.count(m.hot) == len(m.in) {
				m.demote()
			}
			m.cold = m.next(m.cold)
		case m.used[x]:
			m.used[x] = false
			tested := m.test[x]
			m.leave(x)
			m.test[x] = true
			m.enter(x)
			if tested {
				m.adapt(+1)
				m.promote(x)
			}
		default:
			m.out = append(m.out, Eviction{t, x})
			delete(m.in, x)
			if !m.test[x] {
				m.leave(x)
				return
			}
			m.cold = m.next(x)
			for len(m.circle)-len(m.in) > m.n {
				x := m.testHand
				m.testHand = m.next(x)
				if !m.hot[x] {
					m.endTest(x)
				}
			}
			return
		}
	}
}

func (m *proModel) run(do task) []Eviction {
	m.out = []Eviction{}
	m.hot, m.test, m.used, m.in = map[uint64]bool{}, map[uint64]bool{}, map[uint64]bool{}, map[uint64]bool{}
	for t, x := range do.refs {
		if m.in[x] {
			m.used[x] = true
			continue
		}
		if len(m.in) == m.n {
			m.evict(t)
		}
		proved := slices.Contains(m.circle, x)
		if proved {
			m.leave(x)
			m.adapt(+1)
		}
		m.in[x], m.test[x], m.used[x], m.hot[x] = true, true, false, false
		m.enter(x)
		if proved {
			m.promote(x)
		}
	}
	return m.out
}

// tinyLFU is W-TinyLFU with the default parameters; the sketch's counters are a map.
func tinyLFU(do task) []Eviction {
	out := []Eviction{}
	width := uint64(16)
	for width < uint64(do.n) {
		width *= 2
	}
	mix := func(s uint64) uint64 { return mixed(s + 0x9E3779B97F4A7C15) }
	type place struct {
		row  int
		slot uint64
	}
	counters, added := map[place]int{}, 0
	sorted := slices.Clone(do.refs)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	places := func(x uint64) []place {
		a := mix(uint64(slices.Index(sorted, x)))
		b := mix(a)
		return []place{{0, a % width}, {1, a >> 32 % width}, {2, b % width}, {3, b >> 32 % width}}
	}
	estimate := func(x uint64) int {
		n := 15
		for _, at := range places(x) {
			n = min(n, counters[at])
		}
		return n
	}
	note := func(x uint64) {
		for _, at := range places(x) {
			counters[at] = min(counters[at]+1, 15)
		}
		if added++; added >= 10*do.n {
			added /= 2
			for at := range counters {
				counters[at] /= 2
			}
		}
	}
	fresh := max(1, do.n/100)
	most := 4 * (do.n - fresh) / 5
	var window, trial, safe []uint64
	for t, x := range do.refs {
		note(x)
		switch {
		case slices.Contains(window, x):
			window = append(takeOut(window, x), x)
			continue
		case slices.Contains(safe, x):
			safe = append(takeOut(safe, x), x)
			continue
		case slices.Contains(trial, x):
			trial, safe = takeOut(trial, x), append(safe, x)
			if len(safe) > most {
				trial, safe = append(trial, safe[0]), safe[1:]
			}
			continue
		}
		if len(window)+len(trial)+len(safe) == do.n {
			old := trial
			if len(old) == 0 {
				old = safe
			}
			gone := window[0]
			if len(old) > 0 && (len(window) < fresh || estimate(window[0]) > estimate(old[0])) {
				gone = old[0]
			}
			out = append(out, Eviction{t, gone})
			window, trial, safe = takeOut(window, gone), takeOut(trial, gone), takeOut(safe, gone)
		}
		if window = append(window, x); len(window) > fresh {
			trial, window = append(trial, window[0]), window[1:]
		}
	}
	return out
}

// lecarModel is LeCaR. What is in memory or in a history is a list of pages with all that is known of them.
func lecarModel(do task) []Eviction {
	type known struct {
		page              uint64
		count, last, gone int
	}
	out := []Eviction{}
	var in []known
	var history [2][]known
	w := [2]float64{0.5, 0.5}
	find := func(list []known, x uint64) int {
		return slices.IndexFunc(list, func(k known) bool { return k.page == x })
	}
	state := uint64(1)
	for t, x := range do.refs {
		if i := find(in, x); i >= 0 {
			in[i].count++
			in[i].last = t
			continue
		}
		now := known{page: x, count: 1, last: t}
		for erred := range history {
			i := find(history[erred], x)
			if i < 0 {
				continue
			}
			old := history[erred][i]
			history[erred] = slices.Delete(history[erred], i, i+1)
			now.count = old.count + 1
			w[1-erred] *= math.Exp(0.45 * math.Pow(0.005, float64(t-old.gone)/float64(do.n)))
			w[0] /= w[0] + w[1]
			w[1] = 1 - w[0]
		}
		if len(in) == do.n { //nolint:nestif // as the paper has it
			lru, lfu := 0, 0
			for i, k := range in {
				if k.last < in[lru].last {
					lru = i
				}
				if f := in[lfu]; k.count < f.count || k.count == f.count && k.last < f.last {
					lfu = i
				}
			}
			state += 0x9E3779B97F4A7C15
			at, by := lfu, 1
			if float64(mixed(state)>>11)/(1<<53) < w[0] {
				at, by = lru, 0
			}
			gone := in[at]
			gone.gone = t
			out, in = append(out, Eviction{t, gone.page}), slices.Delete(in, at, at+1)
			if lru != lfu {
				if history[by] = append(history[by], gone); len(history[by]) > do.n {
					history[by] = history[by][1:]
				}
			}
		}
		in = append(in, now)
	}
	return out
}
