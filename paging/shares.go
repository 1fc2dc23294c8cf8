package paging

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"

	"memlab/paging/policy"
)

// Shares says how local replacement divides the frames among the processes that there are.
//
// The shares are computed anew when a process comes or goes, is suspended or resumed, or its size or weight
// changes. A share is rounded down, and what rounding leaves over stays in reserve, as in the textbooks
// (Silberschatz, "Allocation of frames": 93 frames for 5 processes are 18 each; 62 frames for processes of 10
// and 127 pages are 4 and 57). Who would get less than the minimum gets that, and the others divide the rest.
type Shares int

// The rules.
const (
	SharesEqual        Shares = iota // the same for each
	SharesProportional               // by size: pages of areas that can be accessed at all, in memory or not
	SharesPriority                   // by weight, which follows from the nice value
)

// ShareRules are the names of the rules.
func ShareRules() []string { return []string{"equal", "proportional", "priority"} }

// ParseShares finds a rule by its name.
func ParseShares(name string) (Shares, error) {
	i := slices.Index(ShareRules(), name)
	if i < 0 {
		return 0, fmt.Errorf("frame shares %q: must be one of %q", name, ShareRules())
	}
	return Shares(i), nil
}

// NiceWeight is the weight of a process of so much niceness: a step is a quarter, as in Linux's scheduler
// (kernel/sched/core.c, sched_prio_to_weight). 0 has 1 << 20.
func NiceWeight(nice int) uint64 {
	w := uint64(1) << 20
	for ; nice < 0; nice++ {
		w = w * 5 / 4
	}
	for ; nice > 0; nice-- {
		w = w * 4 / 5
	}
	return w
}

// SetNice says how nice the process of s is.
func (s *AddressSpace) SetNice(nice int) {
	if s.nice != nice {
		s.nice = nice
		s.pager.divided = false
	}
}

// Share is how many frames local replacement grants s, and how many are charged to it. Under global
// replacement the share is all frames, and the charge 0.
func (s *AddressSpace) Share() (share, charged int) {
	p := s.pager
	if !p.local() || s.Ended() {
		return p.Mem.Frames(), 0
	}
	p.divide()
	return s.pool.share, s.pool.used
}

// processes are the address spaces of processes, in the order of their numbers.
func (p *Pager) processes() iter.Seq[*AddressSpace] {
	return func(yield func(*AddressSpace) bool) {
		for _, s := range p.spaces {
			if s != nil && s.object == nil && !yield(s) {
				return
			}
		}
	}
}

// size is how many pages s could have in memory.
func (s *AddressSpace) size() uint64 {
	var n uint64
	for _, a := range s.list.All() {
		if a.Prot != 0 {
			first, last := s.span(a.Start, a.End)
			n += uint64(last - first)
		}
	}
	return n
}

// divide computes the shares if something has changed. A policy that holds as many pages as it wants has no
// share: all frames are open to it.
func (p *Pager) divide() {
	if p.divided || !p.local() {
		return
	}
	p.divided = true
	p.common.share = 0
	var active []*AddressSpace
	var weights []uint64
	for s := range p.processes() {
		if s.suspended {
			s.pool.resize(0)
			continue
		}
		active = append(active, s)
		weights = append(weights, p.weight(s))
	}
	if p.variable {
		for _, s := range active {
			s.pool.resize(p.Mem.Frames())
		}
		return
	}
	least := max(min(p.cfg.MinShare, p.Mem.Frames()/max(len(active), 1)), MinFrames)
	for i, n := range divideFrames(p.Mem.Frames(), least, weights) {
		active[i].pool.resize(n)
	}
}

// weight is what the rule of division makes of s.
func (p *Pager) weight(s *AddressSpace) uint64 {
	switch p.cfg.Shares {
	case SharesProportional:
		return max(s.size(), 1)
	case SharesPriority:
		return NiceWeight(s.nice)
	default:
		return 1
	}
}

// resize sets the share of q and tells its policy.
func (q *pool) resize(n int) {
	if q.share == n {
		return
	}
	q.share = n
	policy.Resize(q.policy, q.pager.cfg.Params, max(n, 1))
}

// divideFrames divides n frames by weight, with no less than least for each while there are so many.
func divideFrames(n, least int, weights []uint64) []int {
	shares := make([]int, len(weights))
	fixed := make([]bool, len(weights))
	for {
		rest, sum := n, uint64(0)
		for i, w := range weights {
			if fixed[i] {
				rest -= least
			} else {
				sum += w
			}
		}
		again := false
		for i, w := range weights {
			if fixed[i] {
				continue
			}
			if shares[i] = portion(max(rest, 0), w, sum); shares[i] < least {
				shares[i], fixed[i], again = least, true, true
			}
		}
		if !again {
			return shares
		}
	}
}

// portion is n × w ÷ sum, rounded down; w is at most sum.
func portion(n int, w, sum uint64) int {
	hi, lo := bits.Mul64(uint64(n), w)
	q, _ := bits.Div64(hi, lo, sum)
	return int(q)
}
