package sim

// Models of the policies that look at frames in order of their numbers.

// slot is a frame of a model.
type slot struct {
	page   uint64
	full   bool
	r, m   bool
	count  uint64
	last   int
	loaded int
}

// byFrames is a policy of frames: what a load, a hit and a tick do to a frame, and which frame is the victim.
type byFrames struct {
	load, hit func(s *slot)
	ticks     int
	tick      func(s *slot)
	victim    func(all []slot, now int) int
}

func (b byFrames) run(do task) []Eviction {
	out := []Eviction{}
	all := make([]slot, do.n)
	for t, page := range do.refs {
		if b.ticks > 0 && t > 0 && t%b.ticks == 0 {
			for i := range all {
				if all[i].full {
					b.tick(&all[i])
				}
			}
		}
		at, free := -1, -1
		for i := range all {
			if all[i].full && all[i].page == page {
				at = i
			}
			if !all[i].full && free < 0 {
				free = i
			}
		}
		if at < 0 {
			if at = free; at < 0 {
				at = b.victim(all, t)
				out = append(out, Eviction{t, all[at].page})
			}
			all[at] = slot{page: page, full: true, loaded: t, last: t, r: true}
			if b.load != nil {
				b.load(&all[at])
			}
		} else {
			all[at].r = true
			if b.hit != nil {
				b.hit(&all[at])
			}
		}
		all[at].m = all[at].m || t < len(do.writes) && do.writes[t]
	}
	return out
}

// fresh makes a model anew for each run: hands and generators are state.
func fresh(create func(n int) byFrames) model {
	return func(do task) []Eviction { return create(do.n).run(do) }
}

func frameModels() map[string]model {
	lowest := func(key func(s *slot) uint64) func([]slot, int) int {
		return func(all []slot, _ int) int {
			at := 0
			for i := range all {
				if key(&all[i]) < key(&all[at]) {
					at = i
				}
			}
			return at
		}
	}
	cold := func(s *slot) { s.r = false }
	return map[string]model{
		"random":               fresh(func(int) byFrames { return byFrames{victim: drawn()} }),
		"clock":                fresh(func(int) byFrames { return byFrames{victim: handOfClock()} }),
		"clock r_on_load=0":    fresh(func(int) byFrames { return byFrames{victim: handOfClock(), load: cold} }),
		"esc":                  fresh(func(int) byFrames { return byFrames{victim: stallings()} }),
		"gclock":               fresh(func(int) byFrames { return counted(1, 3) }),
		"gclock bits=1 init=0": fresh(func(int) byFrames { return counted(0, 1) }),
		"gclock bits=4 init=9": fresh(func(int) byFrames { return counted(9, 15) }),
		"nru": fresh(func(int) byFrames {
			return byFrames{ticks: 4, tick: cold, victim: lowest(func(s *slot) uint64 {
				class := uint64(0)
				if s.r {
					class += 2
				}
				if s.m {
					class++
				}
				return class
			})}
		}),
		"aging": fresh(func(int) byFrames {
			return byFrames{
				ticks: 4, tick: shift(8), victim: lowest(func(s *slot) uint64 { return s.count }),
			}
		}),
		"aging bits=2 tick=3": fresh(func(int) byFrames {
			return byFrames{
				ticks: 3, tick: shift(2), victim: lowest(func(s *slot) uint64 { return s.count }),
			}
		}),
		"nfu": fresh(func(int) byFrames {
			return byFrames{
				ticks: 4, victim: lowest(func(s *slot) uint64 { return s.count }),
				tick: func(s *slot) {
					if s.r {
						s.count++
					}
					s.r = false
				},
			}
		}),
		"wsclock":        fresh(func(int) byFrames { return byFrames{victim: carr(10000)} }),
		"wsclock tau=3":  fresh(func(int) byFrames { return byFrames{victim: carr(3)} }),
		"wsclock tau=12": fresh(func(int) byFrames { return byFrames{victim: carr(12)} }),
	}
}

// drawn draws the victim.
func drawn() func([]slot, int) int {
	state := uint64(1)
	return func(all []slot, _ int) int {
		state += 0x9E3779B97F4A7C15
		return int(mixed(state) % uint64(len(all)))
	}
}

// mixed is the number that splitmix64 gives in a state.
func mixed(z uint64) uint64 {
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func handOfClock() func([]slot, int) int {
	hand := 0
	return func(all []slot, _ int) int {
		for all[hand%len(all)].r {
			all[hand%len(all)].r = false
			hand++
		}
		at := hand % len(all)
		hand = at + 1
		return at
	}
}

// stallings is enhanced second chance.
func stallings() func([]slot, int) int {
	hand := 0
	return func(all []slot, _ int) int {
		n := len(all)
		for {
			for i := range n {
				if s := &all[(hand+i)%n]; !s.r && !s.m {
					hand = (hand + i + 1) % n
					return (hand + n - 1) % n
				}
			}
			for i := range n {
				s := &all[(hand+i)%n]
				if !s.r && s.m {
					hand = (hand + i + 1) % n
					return (hand + n - 1) % n
				}
				s.r = false
			}
		}
	}
}

func counted(init, most uint64) byFrames {
	hand := 0
	return byFrames{
		load: func(s *slot) { s.count = init },
		hit:  func(s *slot) { s.count = min(s.count+1, most) },
		victim: func(all []slot, _ int) int {
			for all[hand%len(all)].count > 0 {
				all[hand%len(all)].count--
				hand++
			}
			at := hand % len(all)
			hand = at + 1
			return at
		},
	}
}

func shift(bits int) func(*slot) {
	return func(s *slot) {
		s.count >>= 1
		if s.r {
			s.count |= 1 << (bits - 1)
		}
		s.r = false
	}
}

// carr is WSClock.
func carr(tau int) func([]slot, int) int {
	hand := 0
	return func(all []slot, now int) int {
		n := len(all)
		scheduled := false
		for step := range 2 * n {
			if step == n && !scheduled {
				break
			}
			at := (hand + step) % n
			switch s := &all[at]; {
			case s.r:
				s.r, s.last = false, now
			case now-s.last <= tau:
			case s.m:
				s.m, scheduled = false, true
			default:
				hand = (at + 1) % n
				return at
			}
		}
		at := hand
		for i := range n {
			if !all[(hand+i)%n].m {
				at = (hand + i) % n
				break
			}
		}
		hand = (at + 1) % n
		return at
	}
}
