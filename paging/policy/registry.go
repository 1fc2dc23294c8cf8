package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// spec is how one policy is made.
type spec struct {
	name   string
	params []param
	make   func(frames Frames, p params, seed uint64) Policy
}

// param is an integer that a policy can be given.
type param struct {
	name             string
	least, most, def int
}

type params = map[string]int

// specs are all policies, in the order in which they are taught.
func specs() []spec {
	return []spec{
		{name: "fifo", make: func(f Frames, _ params, _ uint64) Policy { return newFIFO(f) }},
		{name: "lru", make: func(f Frames, _ params, _ uint64) Policy { return newLRU(f) }},
		{
			name: "clock", params: []param{{name: "r_on_load", least: 0, most: 1, def: 1}},
			make: func(f Frames, p params, _ uint64) Policy { return newClock(f, p["r_on_load"] != 0) },
		},
		{name: "random", make: func(f Frames, _ params, seed uint64) Policy { return newRandom(f, seed) }},
	}
}

// Names are the names that New knows.
func Names() []string {
	var names []string
	for _, s := range specs() {
		names = append(names, s.name)
	}
	return names
}

// New makes the policy of that name, in any letter case, on frames, all of them free. Parameters that are
// absent have their defaults; seed is for policies that draw lots. The error names what is unknown or out
// of range and what is allowed.
func New(name string, frames Frames, params map[string]int, seed uint64) (Policy, error) {
	for _, s := range specs() {
		if strings.EqualFold(s.name, name) {
			all, err := s.check(params)
			if err != nil {
				return nil, err
			}
			return s.make(frames, all, seed), nil
		}
	}
	return nil, unknown(name)
}

// Check says what is wrong with a policy's name and parameters, as New would, without making the policy.
func Check(name string, params map[string]int) error {
	for _, s := range specs() {
		if strings.EqualFold(s.name, name) {
			_, err := s.check(params)
			return err
		}
	}
	return unknown(name)
}

func unknown(name string) error {
	return fmt.Errorf("replacement policy %q: must be one of %s", name, strings.Join(Names(), ", "))
}

// check fills in the defaults of s and complains about what s does not know.
func (s *spec) check(given map[string]int) (map[string]int, error) {
	all := make(map[string]int)
	var known []string
	for _, p := range s.params {
		all[p.name] = p.def
		known = append(known, p.name)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		i := slices.Index(known, name)
		if i < 0 {
			allowed := "it has none"
			if len(known) > 0 {
				allowed = "must be one of " + strings.Join(known, ", ")
			}
			return nil, fmt.Errorf("parameter %q of replacement policy %s: %s", name, s.name, allowed)
		}
		p, v := s.params[i], given[name]
		if v < p.least || v > p.most {
			return nil, fmt.Errorf("parameter %s of replacement policy %s is %d: must be from %d to %d",
				name, s.name, v, p.least, p.most)
		}
		all[name] = v
	}
	return all, nil
}
