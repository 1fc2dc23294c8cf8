package policy

import (
	"fmt"
	"math"
	"slices"
)

// maker adapts a constructor that takes nothing but frames.
func maker[P Policy](create func(Frames) P) func(Frames, values) (Policy, error) {
	return func(f Frames, _ values) (Policy, error) { return create(f), nil }
}

// flag is a parameter that is 0 or 1.
func flag(name string, def int, about string) param {
	return param{name: name, most: 1, def: def, about: about}
}

// count is a parameter that is a number from least on.
func count(name string, least, def int, about string) param {
	return param{name: name, least: least, most: math.MaxInt32, def: def, about: about}
}

// share is a parameter that depends on the number of frames.
func share(name string, least int, of func(int) int, formula, about string) param {
	return param{name: name, least: least, most: math.MaxInt32, of: of, formula: formula, about: about}
}

// tau is the window of the policies that have one. No paper gives a default: 10000 references is memlab's.
func tau() param {
	return count("tau", 1, 10000, "references for which a page counts as in use")
}

func tick() param { return count("tick", 1, 4, "references between two ticks") }

func rOnLoad() param { return flag("r_on_load", 1, "1: being loaded counts as a use") }

func tieKeep() []param {
	return []param{
		{
			name: "tie", words: []string{nameLRU, nameFIFO},
			about: "among equals: by last use, or by loading",
		},
		flag("keep", 0, "1: the count outlives eviction"),
	}
}

// Sources of several policies.
const (
	belady       = "L. A. Belady, IBM Systems Journal 5(2), 1966"
	tanenbaum    = "A. S. Tanenbaum, Modern Operating Systems"
	silberschatz = "A. Silberschatz et al., Operating System Concepts"
)

// specs are all policies, in the order in which they are taught.
func specs() []spec {
	return slices.Concat(classic(), counting(), variable(), modern())
}

// classic are the policies of textbooks with a fixed number of frames.
func classic() []spec {
	return []spec{
		{
			name: nameFIFO, source: belady,
			about: "the page loaded longest ago", make: maker(newFIFO),
		},
		{
			name: nameLRU, source: "R. L. Mattson et al., IBM Systems Journal 9(2), 1970",
			about: "the page not used for the longest time",
			need:  NeedTrace, make: maker(newLRU),
		},
		{
			name: "clock", source: "F. J. Corbató, MIT Project MAC, MAC-M-384, 1968",
			about: "round the frames, sparing used ones once", need: NeedBits,
			params: []param{rOnLoad()},
			make: func(f Frames, v values) (Policy, error) {
				return newClock(f, v.flag("r_on_load")), nil
			},
		},
		{
			name: "random", source: belady,
			about: "a page drawn by lot",
			params: []param{{
				name: "seed", most: math.MaxInt, of: func(int) int { return 0 },
				formula: "the machine's seed",
				about:   "of the generator; 0: the machine's",
			}},
			make: func(f Frames, v values) (Policy, error) {
				if s := v.of["seed"]; s != 0 {
					return newRandom(f, uint64(s)), nil
				}
				return newRandom(f, v.seed), nil
			},
		},
		{
			name: "mru", source: "H.-T. Chou, D. J. DeWitt, VLDB 1985",
			about: "the page used last", need: NeedTrace, make: maker(newMRU),
		},
		{
			name: "opt", source: belady,
			about: "the page not needed for the longest time", need: NeedFuture,
			params: []param{{
				name: "tie", words: []string{"oldest", "newest"},
				about: "of pages never needed again, the one loaded first or last",
			}},
			make: func(f Frames, v values) (Policy, error) {
				future, err := futureOf("opt", f)
				return newOPT(f, future, v.flag("tie")), err
			},
		},
		{
			name: "second_chance", source: tanenbaum + "; as clock",
			about: "fifo that spares used pages once", need: NeedBits,
			params: []param{rOnLoad()},
			make: func(f Frames, v values) (Policy, error) {
				return newSecondChance(f, v.flag("r_on_load")), nil
			},
		},
		{
			name: "esc", source: "W. Stallings, Operating Systems; " + silberschatz,
			about: "enhanced second chance: clock that prefers clean pages", need: NeedBits,
			make: maker(newESC),
		},
		{
			name: "gclock", source: "A. J. Smith, ACM TODS 3(3), 1978",
			about: "clock with counters", need: NeedTrace,
			params: []param{
				{name: paramBits, least: 1, most: 16, def: 2, about: "width of the counters"},
				{name: "init", most: 1<<16 - 1, def: 1, about: "count of a loaded page"},
			},
			make: func(f Frames, v values) (Policy, error) {
				return newGClock(f, v.of[paramBits], v.of["init"]), nil
			},
		},
	}
}

// counting are the policies of textbooks that count uses or ticks.
func counting() []spec {
	return []spec{
		{
			name: "nru", source: tanenbaum,
			about: "not recently used: by classes of accessed and dirty", need: NeedBits,
			params: []param{tick()},
			make: func(f Frames, v values) (Policy, error) {
				return newNRU(f, v.of["tick"]), nil
			},
		},
		{
			name: "nfu", source: tanenbaum,
			about: "the page used at the fewest ticks",
			need:  NeedBits, params: []param{tick()},
			make: func(f Frames, v values) (Policy, error) {
				return newNFU(f, v.of["tick"]), nil
			},
		},
		{
			name: "aging", source: tanenbaum,
			about: "the smallest shift register of accessed bits", need: NeedBits,
			params: []param{
				tick(), {name: paramBits, least: 1, most: 64, def: 8, about: "width of the registers"},
			},
			make: func(f Frames, v values) (Policy, error) {
				return newAging(f, v.of["tick"], v.of[paramBits]), nil
			},
		},
		{
			name: "lfu", source: silberschatz,
			about: "the page used least often", need: NeedTrace, params: tieKeep(),
			make: func(f Frames, v values) (Policy, error) {
				return newLFU(f, v.flag("tie"), v.flag("keep"), false), nil
			},
		},
		{
			name: "mfu", source: silberschatz,
			about: "the page used most often", need: NeedTrace, params: tieKeep(),
			make: func(f Frames, v values) (Policy, error) {
				return newLFU(f, v.flag("tie"), v.flag("keep"), true), nil
			},
		},
	}
}

// variable are the policies that watch time: working sets and their kin.
func variable() []spec {
	return []spec{
		{
			name: "ws", source: "P. J. Denning, CACM 11(5), 1968",
			about: "the working set: pages used within tau", need: NeedTrace, free: true,
			params: []param{tau()},
			make: func(f Frames, v values) (Policy, error) {
				return newWS(f, v.of["tau"]), nil
			},
		},
		{
			name: "vmin", source: "B. G. Prieve, R. S. Fabry, CACM 19(5), 1976",
			about: "pages needed again within tau",
			need:  NeedFuture, free: true, params: []param{tau()},
			make: func(f Frames, v values) (Policy, error) {
				future, err := futureOf("vmin", f)
				return newVMIN(f, future, v.of["tau"]), err
			},
		},
		{
			name: "wsclock", source: "R. W. Carr, J. L. Hennessy, SOSP 1981",
			about: "clock that spares the working set",
			need:  NeedBits, params: []param{tau()},
			make: func(f Frames, v values) (Policy, error) {
				return newWSClock(f, v.of["tau"]), nil
			},
		},
		{
			name: "pff", source: "Wesley W. Chu, H. Opderbeck, AFIPS FJCC 1972",
			about: "page fault frequency: shrinks when faults are rare",
			need:  NeedBits, free: true,
			params: []param{tau()},
			make: func(f Frames, v values) (Policy, error) {
				return newPFF(f, v.of["tau"]), nil
			},
		},
	}
}

// futureOf is where frames know the references to come.
func futureOf(name string, frames Frames) (Future, error) {
	if future, ok := frames.(Future); ok {
		return future, nil
	}
	return nil, fmt.Errorf("replacement policy %s needs the future, which a running program does not tell: "+
		"record its references and simulate them", name)
}
