package paging

import (
	"errors"
	"fmt"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/paging/policy"
)

// A pool is the frames among which one instance of the replacement policy chooses.
//
// Under global replacement there is one pool, and a fault of any process may put out any page. Under local
// replacement each address space has a pool, with a share of the frames (shares.go), and a process that has
// used up its share loses a page of its own:
//
//	fault of s ── s holds its share ──────────── victim: of s
//	          └── less ── a frame is free ────── none
//	                  └── none is free ───────── victim: of nobody, or of who holds most beyond its share
//
// The last line is needed because shares change as processes come and go; who then holds too much is not made
// to give it up at once. If nothing of a pool can go (pinned, locked, no room in swap), another has to give.
//
// A frame is charged to one pool, however many processes map it: to that of the process that touched its page
// first (Linux: memory control groups). When that process no longer maps it, it is charged to the next that
// does. What nobody maps, of the page cache, is nobody's: a pool without a share.
type pool struct {
	pager  *Pager
	space  *AddressSpace // nil: of all, or of nobody
	policy policy.Policy
	can    policy.Abilities
	watch  *watcher // nil: the policy does not want to know of every access
	used   int      // frames that are charged to it
	share  int      // most that it should have

	numbers map[identity]uint32 // by which the policy knows pages
	named   uint32              // how many it has been given
}

// newPool makes a pool for s; nil: for all spaces, or for none.
func (p *Pager) newPool(s *AddressSpace) (*pool, error) {
	q := &pool{pager: p, space: s, share: p.Mem.Frames()}
	var err error
	seen := policy.Frames(markedFrames{frames{p, q}})
	if p.cfg.Next != nil {
		seen = foreseen{markedFrames{frames{p, q}}, p.cfg.Next}
	}
	if q.policy, err = policy.New(p.cfg.Policy, seen, p.cfg.Params, p.cfg.Seed); err != nil {
		return nil, err
	}
	q.can = policy.AbilitiesOf(q.policy)
	q.watch = q.newWatcher()
	return q, nil
}

// maxPooled bounds what the policies' arrays of all pools take together: frames × pools.
const maxPooled = 1 << 26

var errNoShare = errors.New("no frames are left for the share of another process")

// enrol gives a new space its pool.
func (p *Pager) enrol(s *AddressSpace) error {
	if !p.local() {
		s.pool = p.common
		return nil
	}
	n := 1
	for range p.processes() {
		n++
	}
	if n > p.Mem.Frames()/MinFrames || n > maxPooled/p.Mem.Frames() {
		return errNoShare
	}
	var err error
	s.pool, err = p.newPool(s)
	p.divided = false
	return err
}

// local reports whether each process has frames of its own.
func (p *Pager) local() bool { return p.charged != nil }

// poolOf is the pool that f is charged to.
func (p *Pager) poolOf(f addr.Frame) *pool {
	if p.local() {
		return p.charged[f]
	}
	return p.common
}

// charge charges f, which has just been taken, to q.
func (p *Pager) charge(f addr.Frame, q *pool) {
	q.used++
	if p.local() {
		p.charged[f] = q
	}
}

// discharge tells the pool of f that its page has gone.
func (p *Pager) discharge(f addr.Frame) {
	q := p.poolOf(f)
	q.policy.Freed(f)
	q.used--
	if p.local() {
		p.charged[f] = nil
	}
}

// recharge charges f, whose page stays, to another pool.
func (p *Pager) recharge(f addr.Frame, to *pool) {
	p.discharge(f)
	p.charge(f, to)
	in := &p.Mem.Table[f]
	if to.can.Faulter != nil {
		to.can.Faulter.Fault(to.number(in.Owner, in.Page))
	}
	to.policy.Loaded(f)
}

// adopt charges f to s, which has begun to map it, if it is nobody's.
func (p *Pager) adopt(f addr.Frame, s *AddressSpace) {
	if p.local() && p.charged[f] == p.common {
		p.recharge(f, s.pool)
	}
}

// disown charges f to the next that maps it if it is charged to s, which maps it no longer.
func (p *Pager) disown(f addr.Frame, s *AddressSpace) {
	if !p.local() || p.charged[f] != s.pool {
		return
	}
	to := p.common
	if u := p.user(f, s); u == s {
		return
	} else if u != nil {
		to = u.pool
	}
	p.recharge(f, to)
}

// user is a process that maps f: s if it does, else the first that is known; nil: none does.
func (p *Pager) user(f addr.Frame, s *AddressSpace) *AddressSpace {
	in := &p.Mem.Table[f]
	var first *AddressSpace
	if owner := p.spaces[in.Owner]; owner != nil && owner.object == nil {
		first = owner
	}
	for i := in.Others; i != 0; i = p.sharing.nodes[i].next {
		u := p.sharing.nodes[i].space
		if u == s {
			return s
		}
		if first == nil {
			first = u
		}
	}
	return first
}

// expel takes the pool of a space that ends away.
func (p *Pager) expel(s *AddressSpace) {
	if !p.local() {
		return
	}
	for f, q := range p.charged {
		if q == s.pool {
			p.recharge(addr.Frame(f), p.common)
		}
	}
	p.divided = false
}

// giver is the pool that has to put a page out before q can have a frame; nil: there is a frame for it.
func (p *Pager) giver(q *pool) *pool {
	if !p.local() {
		if p.Mem.Free() > 0 {
			return nil
		}
		return q
	}
	p.divide()
	switch {
	case q.used >= q.share && q != p.common:
		return q
	case p.Mem.Free() > 0:
		return nil
	case p.common.used > 0:
		return p.common
	}
	return p.richest()
}

// richest is the pool that holds most beyond its share.
func (p *Pager) richest() *pool {
	var rich *pool
	for s := range p.processes() {
		if q := s.pool; rich == nil || q.used-q.share > rich.used-rich.share {
			rich = q
		}
	}
	return rich
}

// victim is a page that can go: of q if possible, else of any other pool.
func (p *Pager) victim(q *pool) addr.Frame {
	p.stale = unknown
	f := q.policy.Victim()
	if f != addr.NoFrame || !p.local() || p.Mem.Free() > 0 {
		return f
	}
	if f = p.common.policy.Victim(); f != addr.NoFrame {
		return f
	}
	for s := range p.processes() {
		if f = s.pool.policy.Victim(); f != addr.NoFrame {
			return f
		}
	}
	return addr.NoFrame
}

// takeFrame finds a frame for page of s, which user wants, evicting if none is free or user has its share.
func (p *Pager) takeFrame(s *AddressSpace, page addr.Page, user *AddressSpace) (addr.Frame, Cause) {
	q := user.pool
	gone := addr.NoFrame
	var old addr.VAddr
	var out event.Event
	if q.can.Faulter != nil {
		q.can.Faulter.Fault(q.number(s.ID, page))
	}
	q.shed()
	if from := p.giver(q); from != nil {
		gone = p.victim(from)
		if gone == addr.NoFrame && p.Mem.Free() == 0 {
			return 0, NoMemory
		}
		if gone != addr.NoFrame {
			old = p.place(gone)
			var cause Cause
			if out, cause = p.evict(gone); cause != NotPresent {
				return 0, cause
			}
		}
	}
	f, _ := p.Mem.Take()
	p.Mem.Table[f] = phys.Info{Owner: s.ID, Page: page, LastUse: p.MMU.Clock}
	p.charge(f, q)
	p.peak = max(p.peak, p.Mem.Frames()-p.Mem.Free())
	if gone != addr.NoFrame { // told only now: a listener must not be able to take the frame
		if out.Kind != event.None && p.Bus.On(out.Kind) {
			p.Bus.Emit(&out)
		}
		p.freed(old, gone)
		q.shed()
	}
	return f, NotPresent
}

// checkPools compares what pools count with what is charged to them.
func (p *Pager) checkPools() error {
	used := make(map[*pool]int)
	for f := range p.Mem.Table {
		q := p.poolOf(addr.Frame(f))
		taken := p.Mem.Table[f].Owner != 0
		if taken {
			if q == nil {
				return fmt.Errorf("frame %d is in use, but charged to nobody", f)
			}
			used[q]++
		}
		for _, o := range p.pools() {
			if holds, want := o.policy.Holds(addr.Frame(f)), taken && o == q; holds != want {
				return fmt.Errorf("frame %d: the replacement policy of %s counts it as loaded: %v, "+
					"the frame table gives it to space %d", f, o, holds, p.Mem.Table[f].Owner)
			}
		}
	}
	for _, q := range p.pools() {
		if q.used != used[q] {
			return fmt.Errorf("%d frames are charged to %s, but it counts %d", used[q], q, q.used)
		}
	}
	return nil
}

// pools are all there are.
func (p *Pager) pools() []*pool {
	all := []*pool{p.common}
	if p.local() {
		for s := range p.processes() {
			all = append(all, s.pool)
		}
	}
	return all
}

// String names the pool in reports.
func (q *pool) String() string {
	switch {
	case q.space != nil:
		return fmt.Sprintf("space %d", q.space.ID)
	case q.pager.local():
		return "nobody"
	}
	return "all spaces"
}
