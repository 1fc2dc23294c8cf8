package paging

import (
	"maps"

	"memlab/paging/addr"
)

// This file tells how much memory processes need, for whoever decides how many of them may run.
//
// The working set W(t, tau) of a process is the pages that it has referenced within the last tau of its own
// time (P. J. Denning, "The working set model for program behavior", CACM 11(5), 1968). Frames keep the clock
// of their last use; a page that has been put out leaves it behind with its process, for what other processes
// have taken from a working set belongs to it still. A page that several processes have in common counts for
// one of them, the one that its frame is charged to, or else the one that mapped it first.

// KeepDemand has the pager keep what Demand needs: a store at each reference, a note at each eviction.
func (p *Pager) KeepDemand() { p.MMU.Stamp, p.demand = true, true }

// Demand counts the pages that each process has referenced at the clock of its Since (MMU.Clock) or later,
// and leaves the numbers in AddressSpace.Demand.
func (p *Pager) Demand() {
	for s := range p.processes() {
		maps.DeleteFunc(s.left, func(_ addr.Page, last uint64) bool { return last < s.Since })
		s.Demand = len(s.left)
	}
	for f := range p.Mem.Table {
		if s := p.holder(addr.Frame(f)); s != nil && p.Mem.Table[f].LastUse >= s.Since {
			s.Demand++
		}
	}
}

// holder is the process that f counts for; nil: nobody.
func (p *Pager) holder(f addr.Frame) *AddressSpace {
	if p.local() && p.charged[f] != nil {
		return p.charged[f].space
	}
	return p.user(f, nil)
}

// leaves notes when the page in f, which is put out, was used last.
func (p *Pager) leaves(f addr.Frame) {
	s := p.holder(f)
	if s == nil {
		return
	}
	in := &p.Mem.Table[f]
	page := in.Page
	if in.Owner != s.ID {
		for i := in.Others; i != 0; i = p.sharing.nodes[i].next {
			if n := &p.sharing.nodes[i]; n.space == s {
				page = n.page
			}
		}
	}
	if s.left == nil {
		s.left = make(map[addr.Page]uint64)
	}
	s.left[page] = in.LastUse
}

// Suspend puts out what only s uses, as far as it can go, and takes its share of the frames away. It returns
// the number of pages put out. The process must not run before Resume.
func (s *AddressSpace) Suspend() int {
	p := s.pager
	s.suspended, p.divided = true, false
	before := p.Stats.Evictions
	for f := range p.Mem.Table {
		if p.Mem.Table[f].Owner != 0 && p.only(addr.Frame(f), s) {
			p.evictNow(addr.Frame(f))
		}
	}
	return int(p.Stats.Evictions - before)
}

// Resume lets the process of s have frames again. Its pages come back as it uses them.
func (s *AddressSpace) Resume() { s.suspended, s.pager.divided = false, false }

// Suspended reports whether s is between Suspend and Resume.
func (s *AddressSpace) Suspended() bool { return s.suspended }

// only reports whether s maps f, and nobody else who runs.
func (p *Pager) only(f addr.Frame, s *AddressSpace) bool {
	in := &p.Mem.Table[f]
	mine := in.Owner == s.ID
	if owner := p.spaces[in.Owner]; !mine && owner.object == nil && !owner.suspended {
		return false
	}
	for i := in.Others; i != 0; i = p.sharing.nodes[i].next {
		u := p.sharing.nodes[i].space
		if u != s && !u.suspended {
			return false
		}
		mine = mine || u == s
	}
	return mine
}
