package sim

import "slices"

// Models of the policies that count time, and of Linux's.

func timeModels() map[string]model {
	return map[string]model{
		"ws":          func(do task) []Eviction { return window(do, 10000) },
		"ws tau=1":    func(do task) []Eviction { return window(do, 1) },
		"ws tau=5":    func(do task) []Eviction { return window(do, 5) },
		"vmin":        func(do task) []Eviction { return lookAhead(do, 10000) },
		"vmin tau=1":  func(do task) []Eviction { return lookAhead(do, 1) },
		"vmin tau=5":  func(do task) []Eviction { return lookAhead(do, 5) },
		"pff":         func(do task) []Eviction { return chu(do, 10000) },
		"pff tau=1":   func(do task) []Eviction { return chu(do, 1) },
		"pff tau=4":   func(do task) []Eviction { return chu(do, 4) },
		"linux_lists": twoLists,
		"mglru":       generations,
	}
}

// window is the working set: the page that leaves W at t goes at t.
func window(do task, tau int) []Eviction {
	out := []Eviction{}
	for t := range do.refs {
		if at := t - tau; at >= 0 && !slices.Contains(do.refs[at+1:t+1], do.refs[at]) {
			out = append(out, Eviction{t, do.refs[at]})
		}
	}
	return out
}

// lookAhead is VMIN.
func lookAhead(do task, tau int) []Eviction {
	out := []Eviction{}
	for t, x := range do.refs {
		if !slices.Contains(do.refs[t+1:min(t+tau+1, len(do.refs))], x) {
			out = append(out, Eviction{t, x})
		}
	}
	return out
}

// chu is PFF.
func chu(do task, tau int) []Eviction {
	out := []Eviction{}
	last := map[uint64]int{}
	before := -1
	for t, x := range do.refs {
		if _, in := last[x]; !in {
			if before >= 0 && t-before > tau {
				var old []uint64
				for page, when := range last {
					if when < before {
						old = append(old, page)
					}
				}
				slices.Sort(old)
				for _, page := range old {
					delete(last, page)
					out = append(out, Eviction{t, page})
				}
			}
			before = t
		}
		last[x] = t
	}
	return out
}

// twoLists is LINUX_LISTS; the lists' first is the kernel's head.
func twoLists(do task) []Eviction {
	out := []Eviction{}
	var inactive, active []uint64
	a, flag, shadow := map[uint64]bool{}, map[uint64]bool{}, map[uint64]int{}
	age := 0
	reclaim := func(t int) {
		for {
			for len(inactive) < len(active) {
				x := active[len(active)-1]
				active, inactive = active[:len(active)-1], prepend(x, inactive)
				a[x], flag[x] = false, false
			}
			x := inactive[len(inactive)-1]
			inactive = inactive[:len(inactive)-1]
			switch {
			case a[x] && flag[x]:
				a[x], flag[x] = false, false
				active = prepend(x, active)
				age++
			case a[x]:
				a[x], flag[x] = false, true
				inactive = prepend(x, inactive)
			default:
				shadow[x] = age
				age++
				out = append(out, Eviction{t, x})
				return
			}
		}
	}
	for t, x := range do.refs {
		if !slices.Contains(inactive, x) && !slices.Contains(active, x) {
			if len(inactive)+len(active) == do.n {
				reclaim(t)
			}
			if s, known := shadow[x]; known && age-s <= len(active) {
				active = prepend(x, active)
			} else {
				inactive = prepend(x, inactive)
			}
			delete(shadow, x)
			flag[x] = false
		}
		a[x] = true
	}
	return out
}

// generations is MGLRU: frames, the generation of each, and when it joined that.
func generations(do task) []Eviction {
	type member struct {
		page      uint64
		gen, turn int
		a, full   bool
	}
	out := []Eviction{}
	all := make([]member, do.n)
	youngest, turn := 0, 0
	join := func(m *member) {
		turn++
		m.gen, m.turn, m.a = youngest, turn, false
	}
	victim := func() int {
		populated := map[int]bool{}
		for _, m := range all {
			populated[m.gen] = true
		}
		if len(populated) < 2 {
			for i := range all {
				if all[i].a {
					join(&all[i])
				}
			}
			youngest++
		}
		for {
			at := 0
			for i := range all {
				if all[i].gen < all[at].gen || all[i].gen == all[at].gen && all[i].turn < all[at].turn {
					at = i
				}
			}
			if !all[at].a {
				return at
			}
			join(&all[at])
		}
	}
	for t, x := range do.refs {
		at := slices.IndexFunc(all, func(m member) bool { return m.full && m.page == x })
		if at < 0 {
			if at = slices.IndexFunc(all, func(m member) bool { return !m.full }); at < 0 {
				at = victim()
				out = append(out, Eviction{t, all[at].page})
			}
			all[at] = member{page: x, full: true}
			join(&all[at])
		}
		all[at].a = true
	}
	return out
}
