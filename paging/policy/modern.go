package policy

import (
	"fmt"
	"slices"
)

// modern are the policies that remember pages that are gone, or estimate, or keep generations.
func modern() []spec {
	return append([]spec{
		{
			name: "lru2", source: "E. J. O'Neil, P. E. O'Neil, G. Weikum, SIGMOD 1993",
			about: "LRU-K: the page whose k-th last use is oldest", need: NeedTrace,
			params: []param{
				{name: "k", least: 1, most: 64, def: 2, about: "references that count"},
				flag("keep", 1, "1: history outlives eviction"),
			},
			make: func(f Frames, v values) (Policy, error) {
				return newLRUK(f, v.of["k"], v.flag("keep")), nil
			},
		},
		{
			name: "slru", source: "R. Karedla, J. S. Love, B. G. Wherry, IEEE Computer 27(3), 1994",
			about: "segmented LRU: probationary and protected pages", need: NeedTrace,
			params: []param{share("prot", 0, func(n int) int { return 4 * n / 5 }, "4/5 of the frames",
				"most pages of the protected segment")},
			make: func(f Frames, v values) (Policy, error) {
				return newSLRU(f, v.of["prot"]), nil
			},
		},
		{
			name: "2q", source: "T. Johnson, D. Shasha, VLDB 1994",
			about: "a queue for new pages, a list for proved ones", need: NeedTrace,
			params: []param{
				share("kin", 0, func(n int) int { return max(1, n/4) }, "1/4 of the frames, at least 1",
					"most pages of the queue A1in"),
				share("kout", 0, func(n int) int { return max(1, n/2) }, "1/2 of the frames, at least 1",
					"most pages remembered in A1out"),
			},
			make: func(f Frames, v values) (Policy, error) {
				return newTwoQ(f, v.of["kin"], v.of["kout"]), nil
			},
		},
		{
			name: "arc", source: "N. Megiddo, D. S. Modha, FAST 2003",
			about: "adaptive: recent and frequent pages in balance", need: NeedTrace,
			params: []param{flag("pint", 0, "1: the target moves by whole numbers")},
			make: func(f Frames, v values) (Policy, error) {
				return newARC(f, v.flag("pint")), nil
			},
		},
		{
			name: "mq", source: "Y. Zhou, J. F. Philbin, K. Li, USENIX ATC 2001",
			about: "several queues, by how often pages were used", need: NeedTrace,
			params: []param{
				{name: "queues", least: 1, most: 32, def: 8, about: "how many"},
				share("life", 1, func(n int) int { return max(1, n) }, "as many as frames",
					"references after which a page sinks by a queue"),
				share("out", 0, func(n int) int { return 4 * n }, "4 times the frames",
					"most pages remembered in Qout"),
			},
			make: func(f Frames, v values) (Policy, error) {
				return newMQ(f, v.of["queues"], v.of["life"], v.of["out"]), nil
			},
		},
		{
			name: "car", source: "S. Bansal, D. S. Modha, FAST 2004",
			about: "arc with clocks", need: NeedBits, make: maker(newCAR),
		},
		{
			name: "lirs", source: "S. Jiang, X. Zhang, SIGMETRICS 2002",
			about: "by the distance between the last two uses", need: NeedTrace,
			params: []param{
				{
					name: "hirs", least: 1, most: 1 << 30, about: "frames of pages with a high distance",
					of:      func(n int) int { return max(1, n/100) },
					formula: "1/100 of the frames, at least 1", within: func(n int) int { return n - 1 },
				},
				flag("skip_repeat", 0, "1: using a page twice in a row counts once"),
			},
			make: func(f Frames, v values) (Policy, error) {
				if f.Len() < 2 {
					return nil, fmt.Errorf("replacement policy lirs: must have at least 2 frames, not %d",
						f.Len())
				}
				return newLIRS(f, v.of["hirs"], v.flag("skip_repeat")), nil
			},
		},
	}, slices.Concat(latest(), learning())...)
}

// latest are the clocks and queues of this century.
func latest() []spec {
	return []spec{
		{
			name: "clock-pro", source: "S. Jiang, F. Chen, X. Zhang, USENIX ATC 2005",
			about: "lirs as a clock", need: NeedBits,
			params: []param{{
				name: "cold", least: 1, most: 1 << 30, about: "frames for cold pages, at the start",
				of: func(n int) int { return max(1, n) }, formula: "all frames",
				within: func(n int) int { return n },
			}},
			make: func(f Frames, v values) (Policy, error) {
				return newClockPro(f, v.of["cold"]), nil
			},
		},
		{
			name: "sieve", source: "Y. Zhang et al., NSDI 2024",
			about: "fifo with a hand that passes used pages",
			need:  NeedBits, make: maker(newSIEVE),
		},
		{
			name: "s3fifo", source: "J. Yang et al., SOSP 2023",
			about: "three queues: small, main, and of pages gone", need: NeedTrace,
			params: []param{
				{
					name: "small", least: 1, most: 1 << 30, about: "pages of the small queue",
					of:      func(n int) int { return max(1, n/10) },
					formula: "1/10 of the frames, at least 1", within: func(n int) int { return n },
				},
				{
					name: "ghost", least: -1, most: 1 << 30, def: -1, formula: "the frames less small",
					about: "pages remembered; -1: the frames less small",
				},
				{name: "thr", most: 3, def: 1, about: "uses above which a page passes"},
				flag("libcachesim", 0, "1: as libCacheSim had it"),
			},
			make: func(f Frames, v values) (Policy, error) {
				s := s3params{v.of["small"], v.of["ghost"], v.of["thr"], v.flag("libcachesim")}
				if s.ghost < 0 {
					s.ghost = f.Len() - s.small
				}
				return newS3FIFO(f, s), nil
			},
		},
	}
}

// learning are the policies that weigh what they have seen, and Linux's.
func learning() []spec {
	return []spec{
		{
			name: "w-tinylfu", source: "G. Einziger, R. Friedman, B. Manes, ACM TOS 13(4), 2017",
			about: "a window, and frequent pages behind it", need: NeedTrace,
			params: []param{
				{
					name: "window", least: 1, most: 1 << 30, about: "pages of the window",
					of:      func(n int) int { return max(1, n/100) },
					formula: "1/100 of the frames, at least 1", within: func(n int) int { return n },
				},
				{
					name: "prot", least: -1, most: 1 << 30, def: -1, formula: "4/5 of the frames less window",
					about: "most protected pages; -1: 4/5 of the frames less window",
				},
			},
			make: func(f Frames, v values) (Policy, error) {
				prot := v.of["prot"]
				if prot < 0 {
					prot = 4 * (f.Len() - v.of["window"]) / 5
				}
				return newWTinyLFU(f, v.of["window"], prot), nil
			},
		},
		{
			name: "lecar", source: "G. Vietri et al., HotStorage 2018",
			about: "learns whether lru or lfu does better", need: NeedTrace,
			make: func(f Frames, v values) (Policy, error) {
				return newLeCaR(f, v.seed), nil
			},
		},
		{
			name: "mglru", source: "Linux 6.1, mm/vmscan.c, Yu Zhao; simplified",
			about: "Linux's generations, simplified: no tiers, no feedback", need: NeedBits,
			make: maker(newMGLRU),
		},
		{
			name: "linux_lists", source: "Linux, mm/workingset.c, J. Weiner 2013; simplified",
			about: "Linux's active and inactive lists with refault distance, simplified",
			need:  NeedBits, make: maker(newLinuxLists),
		},
	}
}
