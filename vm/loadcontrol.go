package vm

import (
	"cmp"
	"slices"

	"memlab/paging"
	"memlab/paging/event"
	"memlab/vm/linux"
)

// Load control keeps so few processes active that their memory needs fit: the balance set (P. J. Denning,
// "Working sets past and present", IEEE TSE 6(1), 1980; R. W. Carr, J. L. Hennessy, "WSClock", SOSP 1981). It
// looks on at the end of each turn and, when pages have been replaced, behind the instruction or call.
//
//	working_set  the working sets of the active processes, over the last tau instructions that each has made
//	             itself, are more than the frames: one is suspended. When the first of the suspended fits
//	             again, with the working set that it had, it is resumed.
//	pff          by page fault frequency (W. W. Chu, H. Opderbeck, AFIPS FJCC 1972): more than upper pages
//	             replaced per million instructions suspend one process; fewer than lower, over period
//	             instructions, resume the first of the suspended, if as many frames as it held are unused.
//
// To suspend a process is to put out what only it uses (proc.swap) and not to run it; its pages come back on
// demand. An active process is one that could run but for the disk: one that waits in a call needs nothing
// now. The last active process is never suspended. Which one goes: the nicest, among equals the one that
// began, or was resumed, last; but one that was resumed is safe for patience instructions.
//
// Nobody starves: when nothing has changed for patience instructions while processes are suspended, the first
// of them takes the place of the active process that has been so longest. And when those that are left all
// wait in calls, the first of the suspended is resumed, as it may be the one they wait for.
type loadControl struct {
	machine *Machine
	rule    string
	params  map[string]int
	out     []*Process // suspended, the first for longest
	changed uint64     // instructions of the machine when somebody was suspended or resumed last
	begun   uint64     // pff: instructions of the machine when the period began
	base    uint64     // evictions when the period began; working_set: at the last look
	turns   uint64     // processes that have become active
	stats   LoadStats
}

// LoadStats counts what load control has done.
type LoadStats struct {
	Suspended uint64 `json:"suspended"` // processes put out
	Resumed   uint64 `json:"resumed"`
	PagesOut  uint64 `json:"pages_out"` // pages of processes that were suspended
}

// newLoadControl makes the load control of m; nil: there is none.
func newLoadControl(m *Machine) (*loadControl, error) {
	r := &m.cfg.Replacement
	if r.LoadControl == "" || r.LoadControl == loadOff {
		return nil, nil //nolint:nilnil // documented
	}
	params, err := LoadParams(r.LoadControl, r.LoadParams)
	if err != nil {
		return nil, err
	}
	if r.LoadControl == loadWorkingSet {
		m.pager.KeepDemand()
	}
	return &loadControl{machine: m, rule: r.LoadControl, params: params}, nil
}

func (l *loadControl) param(name string) uint64 { return uint64(l.params[name]) }

// activity is what load control knows of a process.
type activity struct {
	since  uint64 // orders processes by when they became active; 0: not yet
	safe   uint64 // instructions of the machine before which it is not suspended
	wants  int    // while suspended: frames without which it is not resumed
	starts []start
}

// start says what the clock of accesses showed when the process had made so many instructions.
type start struct{ insns, clock uint64 }

// begins notes that p begins to run.
func (l *loadControl) begins(p *Process) {
	if l == nil {
		return
	}
	if p.activity.since == 0 {
		l.turns++
		p.activity.since = l.turns
	}
	if l.rule == loadWorkingSet {
		p.activity.starts = append(p.activity.starts, start{p.insns, l.machine.pager.MMU.Clock})
	}
}

// from is the clock when p began the turn in which the last tau of its instructions began.
func (p *Process) from(tau uint64) uint64 {
	a := &p.activity
	n := 0
	for n+1 < len(a.starts) && a.starts[n+1].insns+tau <= p.insns {
		n++
	}
	a.starts = slices.Delete(a.starts, 0, n)
	if p.insns < tau || len(a.starts) == 0 {
		return 0
	}
	return a.starts[0].clock
}

// look suspends or resumes processes where the rule wants it. The turn says that one has ended; otherwise it
// only matters whether pages have been replaced.
func (l *loadControl) look(turn bool) {
	if l == nil || !turn && l.machine.pager.Stats.Evictions == l.base {
		return
	}
	l.out = slices.DeleteFunc(l.out, func(p *Process) bool {
		ended, _ := p.Exited()
		return ended
	})
	active := l.active()
	switch {
	case l.rotate(active):
	case l.rule == loadWorkingSet:
		l.balance(active)
	default:
		l.frequency(active)
	}
}

// active are the processes that could run but for the disk, in the order in which they became active.
func (l *loadControl) active() []*Process {
	var all []*Process
	for _, p := range l.machine.procs {
		s, paged := p.space.(*paging.AddressSpace)
		if ended, _ := p.Exited(); paged && !ended && !s.Ended() && !s.Suspended() && !p.linux.Blocked() {
			all = append(all, p)
		}
	}
	slices.SortStableFunc(all, bySince)
	return all
}

// balance is the rule working_set.
func (l *loadControl) balance(active []*Process) {
	m := l.machine
	replaced := m.pager.Stats.Evictions != l.base
	l.base = m.pager.Stats.Evictions
	if !replaced && len(l.out) == 0 {
		return
	}
	for _, p := range active {
		p.paged().Since = p.from(l.param("tau"))
	}
	m.pager.Demand()
	sum := 0
	for _, p := range active {
		sum += p.paged().Demand
	}
	if len(l.out) > 0 && sum+l.out[0].activity.wants <= m.cfg.Memory.Frames {
		l.resume()
		return
	}
	for replaced && sum > m.cfg.Memory.Frames && len(active) > 1 {
		p := l.victim(active)
		active = slices.DeleteFunc(active, func(q *Process) bool { return q == p })
		sum -= p.paged().Demand
		l.suspend(p, p.paged().Demand)
	}
	l.base = m.pager.Stats.Evictions
}

// frequency is the rule pff.
func (l *loadControl) frequency(active []*Process) {
	m := l.machine
	const million = 1_000_000
	replaced, insns := (m.pager.Stats.Evictions-l.base)*million, m.retired-l.begun
	period := l.param("period")
	switch {
	case replaced > l.param("upper")*period:
		if len(active) > 1 {
			p := l.victim(active)
			l.suspend(p, p.paged().Present())
		}
	case insns < period:
		return
	case len(l.out) > 0 && replaced < l.param("lower")*insns &&
		m.pager.Unused() >= l.out[0].activity.wants:
		l.resume()
	}
	l.begun, l.base = m.retired, m.pager.Stats.Evictions
}

// rotate lets the first of the suspended take the place of the oldest of the active when they have waited
// long enough.
func (l *loadControl) rotate(active []*Process) bool {
	if len(l.out) == 0 || l.machine.retired-l.changed < l.param("patience") {
		return false
	}
	if len(active) > 0 {
		p := active[0]
		l.suspend(p, max(p.paged().Demand, p.paged().Present()))
	}
	l.resume()
	l.begun, l.base = l.machine.retired, l.machine.pager.Stats.Evictions
	return true
}

// victim is the process that is suspended next.
func (l *loadControl) victim(active []*Process) *Process {
	safe := func(p *Process) bool { return p.activity.safe > l.machine.retired }
	from := slices.DeleteFunc(slices.Clone(active), safe)
	if len(from) == 0 {
		from = active
	}
	return slices.MaxFunc(from, func(a, b *Process) int {
		return cmp.Or(cmp.Compare(a.linux.Nice(), b.linux.Nice()), bySince(a, b))
	})
}

// bySince orders processes by when they became active.
func bySince(a, b *Process) int { return cmp.Compare(a.activity.since, b.activity.since) }

// suspend puts p out. The disk writes its pages behind what others wait for.
func (l *loadControl) suspend(p *Process, wants int) {
	m := l.machine
	p.activity.wants = wants
	n := p.paged().Suspend()
	m.writeBehind()
	l.stats.Suspended++
	l.stats.PagesOut += uint64(n)
	l.out = append(l.out, p)
	l.changed = m.retired
	l.tell(p, uint64(n)*m.cfg.Memory.PageSize, 0)
}

// resume lets the first of the suspended run again.
func (l *loadControl) resume() {
	p := l.out[0]
	l.out = l.out[1:]
	p.paged().Resume()
	l.turns++
	p.activity.since, p.activity.safe = l.turns, l.machine.retired+l.param("patience")
	l.stats.Resumed++
	l.changed = l.machine.retired
	l.tell(p, 0, 1)
}

func (l *loadControl) tell(p *Process, size, in uint64) {
	b := &l.machine.bus
	if !b.On(event.ProcSwap) {
		return
	}
	was := b.Now.PID
	b.Now.PID = p.linux.PID
	b.Emit(&event.Event{Kind: event.ProcSwap, Size: size, Arg: in})
	b.Now.PID = was
}

// starved is called when nobody can run whose process is active, but suspended ones could.
func (l *loadControl) starved() bool {
	if l == nil || len(l.out) == 0 {
		return false
	}
	l.resume()
	return true
}

// paged is the address space of a process on a machine with pages.
func (p *Process) paged() *paging.AddressSpace {
	s, _ := p.space.(*paging.AddressSpace)
	return s
}

// admits reports whether load control lets lp run.
func (m *Machine) admits(lp *linux.Process) bool {
	s := m.process(lp).paged()
	return s == nil || s.Ended() || !s.Suspended()
}
