package paging

import (
	"errors"
	"fmt"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/paging/policy"
	"memlab/paging/swap"
	"memlab/paging/table"
	"memlab/paging/tlb"
)

// Config says what a Pager is made of.
type Config struct {
	PageSize   addr.PageSize
	Frames     int // for the pages of programs
	SwapPages  int // 0: no swap
	Levels     int // of the page tables
	TLBEntries int // 0: no TLB
	TLBWays    int
	ASIDs      bool // TLB entries carry their address space
	Policy     string
	Params     map[string]int
	Seed       uint64

	// Next has, for each reference that the program is going to make, the index of the next to the same page,
	// the largest uint32 for none: what Record gave for the same program before, by way of sim.NextUses. It
	// is for policies that need the future.
	Next []uint32
}

// Pager owns physical memory: it resolves page faults, choosing a victim when no frame is free.
type Pager struct {
	Bus   *event.Bus
	Mem   *phys.Memory
	MMU   *MMU
	Stats PagerStats

	// AfterFault, when set, is called after every fault that was resolved; an error ends the access as
	// NoMemory would.
	AfterFault func() error

	levels int
	policy policy.Policy
	can    policy.Abilities
	swap   *swap.Swap
	spaces []*AddressSpace // by ID; entry 0 is unused, ended ones are nil
	unused []phys.Space    // numbers of ended spaces
	peak   int             // most frames that were in use at once

	sharing sharing
	locks   int             // spaces with locked areas
	cache   map[any]*object // by file or object; see cache.go
	idle    []*object       // that the running call has left without an area
	spare   []byte          // room for a page that is copied
	stale   int             // what staleSlot found while a victim is chosen, or unknown

	numbers map[identity]uint32 // by which the policy knows pages
	named   uint32              // how many it has been given
}

// PagerStats counts what the pager did.
type PagerStats struct {
	Faults     uint64 // resolved
	Major      uint64 // of them: file or swap was read
	Zero       uint64 // of them: the page was filled with zeros only
	Copies     uint64 // of them: the page was in memory, and a write made it the process's own
	Loads      uint64 // of them: a page was put into a frame: read, made of zeros, or copied
	Ahead      uint64 // pages put into frames without a fault of their own
	FileReads  uint64 // pages that needed the file
	SwapReads  uint64
	ZeroFills  uint64
	Evictions  uint64
	WriteBacks uint64 // pages written to swap or back to their file
	FileBytes  uint64 // bytes read from files
}

// brought is how many pages have been put into frames, by whatever way.
func (s *PagerStats) brought() uint64 { return s.FileReads + s.SwapReads + s.ZeroFills }

// NewPager makes memory, MMU and replacement policy. It fails on impossible sizes and unknown policies.
func NewPager(c Config, bus *event.Bus) (*Pager, error) {
	if c.Levels < table.MinLevels || c.Levels > table.MaxLevels {
		return nil, fmt.Errorf("page tables of %d levels: must have %d to %d",
			c.Levels, table.MinLevels, table.MaxLevels)
	}
	mem, err := phys.New(c.PageSize, c.Frames)
	if err != nil {
		return nil, err
	}
	if c.Frames < MinFrames {
		return nil, fmt.Errorf("%d frames: an access can span two pages, "+
			"so a paged machine needs at least %d", c.Frames, MinFrames)
	}
	p := &Pager{Bus: bus, Mem: mem, levels: c.Levels, spaces: make([]*AddressSpace, 1)}
	p.MMU = NewDirect(mem, bus)
	p.MMU.asids = c.ASIDs
	if c.TLBEntries > 0 {
		if p.MMU.tlb, err = tlb.New(c.TLBEntries, c.TLBWays); err != nil {
			return nil, err
		}
	}
	seen := policy.Frames(markedFrames{frames{p}})
	if c.Next != nil {
		seen = foreseen{markedFrames{frames{p}}, c.Next}
	}
	if p.policy, err = policy.New(c.Policy, seen, c.Params, c.Seed); err != nil {
		return nil, err
	}
	p.can = policy.AbilitiesOf(p.policy)
	p.MMU.Stamp = p.policy.Need() == policy.NeedTrace && p.can.Stream == nil
	p.watch()
	bus.Changed = p.MMU.Observe
	p.MMU.Observe(bus.Mask())
	p.swap = swap.New(swap.NewMemory(int(c.PageSize)), c.SwapPages)
	return p, nil
}

// MinFrames is the least number of frames of a paged machine: an access may lie in two pages.
const MinFrames = 2

var errNoTables = errors.New("no memory for page tables")

// NewSpace makes an empty address space with the rules of layout.
func (p *Pager) NewSpace(layout area.Layout) (*AddressSpace, error) {
	s, err := p.emptySpace()
	if err == nil {
		s.list = area.NewList(layout, s)
	}
	return s, err
}

// maxSpaces is how many address spaces can be told apart in the TLB.
const maxSpaces = 1 << 16

// pruneTables gives back the nodes of page tables that hold nothing any more, once there is no memory for
// others, and reports whether there were any. (Linux frees them as it unmaps, mm/memory.c, free_pgtables;
// that mostly costs more than it brings.)
func (p *Pager) pruneTables() bool {
	was := p.Mem.Tables.InUse()
	for _, s := range p.spaces {
		if s != nil && s.table != nil {
			s.table.Prune()
		}
	}
	return p.Mem.Tables.InUse() < was
}

var errNoSpace = errors.New("no address space identifier is left")

// emptySpace makes an address space that has no list of areas yet. The number of one that has ended is used
// again: nothing is left in the TLB under it.
func (p *Pager) emptySpace() (*AddressSpace, error) {
	id, err := p.newID()
	if err != nil {
		return nil, err
	}
	t, ok := table.NewRadix(p.Mem, p.levels)
	if !ok && p.pruneTables() {
		t, ok = table.NewRadix(p.Mem, p.levels)
	}
	if !ok {
		p.unused = append(p.unused, id)
		return nil, errNoTables
	}
	s := &AddressSpace{ID: id, pager: p, table: t, faults: make(map[addr.Page]uint64)}
	s.asid = uint16(s.ID)
	p.spaces[s.ID] = s
	return s, nil
}

// Used is the number of frames in use, and the most there have been.
func (p *Pager) Used() (now, peak int) { return p.Mem.Frames() - p.Mem.Free(), p.peak }

// SwapUsed is the number of swap slots in use.
func (p *Pager) SwapUsed() int { return p.swap.Used() }

// retried tells the policy that the access which faulted on the page in f has been made.
func (p *Pager) retried(f addr.Frame) {
	if p.can.Retrier != nil {
		p.can.Retrier.Retried(f)
	}
}

// frames shows the frame table to the policy.
type frames struct{ p *Pager }

func (v frames) Len() int { return v.p.Mem.Frames() }

// entry is the page-table entry that maps frame f.
func (p *Pager) entry(f addr.Frame) (*AddressSpace, table.Entry) {
	in := &p.Mem.Table[f]
	if in.Owner == 0 {
		return nil, 0
	}
	s := p.spaces[in.Owner]
	e := s.lookup(in.Page)
	return s, e
}

func (v frames) Accessed(f addr.Frame) bool {
	return v.p.marks(f)&table.Accessed != 0
}

func (v frames) Dirty(f addr.Frame) bool {
	return v.p.marks(f)&table.Dirty != 0
}

// ClearAccessed clears the A bit, and drops the TLB entry: otherwise a hit would not set it again.
func (v frames) ClearAccessed(f addr.Frame) {
	if v.p.Mem.Table[f].Owner != 0 {
		v.p.setAll(f, table.Accessed, false, 0)
	}
}

// Evictable reports whether the page in f can go: it is not pinned, and either nothing is lost with it or
// there is room for it in swap.
func (v frames) Evictable(f addr.Frame) bool {
	in := &v.p.Mem.Table[f]
	if in.Owner == 0 || in.Pins != 0 || v.p.locks > 0 && v.p.locked(f) {
		return false
	}
	ownSlot := in.Slot != 0 && v.p.swap.Refs(int(in.Slot-1)) == 1
	if ownSlot || v.p.swap.Used() < v.p.swap.Slots() || !v.Dirty(f) {
		return true
	}
	if o := v.p.objectOf(f); o != nil && o.anon == nil {
		return true // it goes to its file
	}
	if v.p.stale == unknown { // asked of every frame, but nothing changes between: one search is enough
		v.p.stale = v.p.staleSlot()
	}
	return v.p.stale >= 0
}

// unknown says that stale has to be found out.
const unknown = -2

// staleSlot finds a frame whose page has been written since it came in from the slot that it still keeps;
// -1 if none.
func (p *Pager) staleSlot() int {
	for f := range p.Mem.Table {
		in := &p.Mem.Table[f]
		if in.Slot != 0 && p.swap.Refs(int(in.Slot-1)) == 1 && p.marks(addr.Frame(f))&table.Dirty != 0 {
			return f
		}
	}
	return -1
}

// takeFrame finds a frame for page of s, evicting if none is free.
func (p *Pager) takeFrame(s *AddressSpace, page addr.Page) (addr.Frame, Cause) {
	gone := addr.NoFrame
	var old addr.VAddr
	var out event.Event
	if p.can.Faulter != nil {
		p.can.Faulter.Fault(p.number(s.ID, page))
	}
	p.shed()
	if p.Mem.Free() == 0 {
		p.stale = unknown
		if gone = p.policy.Victim(); gone == addr.NoFrame {
			return 0, NoMemory
		}
		old = p.place(gone)
		var cause Cause
		if out, cause = p.evict(gone); cause != NotPresent {
			return 0, cause
		}
	}
	f, _ := p.Mem.Take()
	p.Mem.Table[f] = phys.Info{Owner: s.ID, Page: page, LastUse: p.MMU.Clock}
	p.peak = max(p.peak, p.Mem.Frames()-p.Mem.Free())
	if gone != addr.NoFrame { // told only now: a listener must not be able to take the frame
		if out.Kind != event.None && p.Bus.On(out.Kind) {
			p.Bus.Emit(&out)
		}
		p.freed(old, gone)
		p.shed()
	}
	return f, NotPresent
}

// evict puts the page in f out of memory: to its file or to swap if it is dirty. A clean page of a file can
// be read again; a clean page of a process either has its copy in swap or was never written since it was
// filled. It returns NotPresent when it could, and the event of a page that was written. The caller emits
// that and tells of the free frame.
func (p *Pager) evict(f addr.Frame) (told event.Event, cause Cause) {
	in := &p.Mem.Table[f]
	s := p.spaces[in.Owner]
	va := p.place(f)
	write := p.marks(f)&table.Dirty != 0
	if p.Bus.On(event.FrameEvict) {
		ev := event.Event{Kind: event.FrameEvict, VA: va, Frame: f}
		if write {
			ev.Flags = event.Dirty
		}
		in.Pins++ // it must not be the victim of what a listener does
		p.Bus.Emit(&ev)
		in.Pins--
		write = p.marks(f)&table.Dirty != 0 // a listener may have written to it
	}
	out := table.Entry(0)
	if write {
		if told, cause = p.writeOut(f, va); cause != NotPresent {
			return event.Event{}, cause
		}
	}
	if in.Slot != 0 {
		out = table.InSwap(int(in.Slot - 1))
	}
	in.Slot = 0          // the entries have it now
	if s.object != nil { // the processes' entries find it through their area
		p.setAll(f, 0, true, 0)
		s.set(in.Page, out)
	} else {
		if slot, ok := out.Slot(); ok {
			for range p.mappings(f) - 1 {
				p.swap.Share(slot)
			}
		}
		p.setAll(f, 0, true, out)
	}
	p.unshareAll(f)
	p.Stats.Evictions++
	p.vacate(f)
	if s.object != nil {
		p.forget(s.object)
	}
	return told, NotPresent
}

// unshareAll drops the list of mappings of f beyond the first.
func (p *Pager) unshareAll(f addr.Frame) {
	in := &p.Mem.Table[f]
	for in.Others != 0 {
		in.Others = p.sharing.remove(in.Others)
	}
}

// writeOut writes frame f, which is mapped at va, to its file or swap slot and returns the event that tells
// of it.
func (p *Pager) writeOut(f addr.Frame, va addr.VAddr) (event.Event, Cause) {
	in := &p.Mem.Table[f]
	if o := p.objectOf(f); o != nil && o.anon == nil {
		off := uint64(p.Mem.Size().Base(in.Page))
		return event.Event{Kind: event.PageOut, VA: va, Frame: f, Arg2: off}, p.writeFile(o, f)
	}
	cause := p.swapOut(f)
	return event.Event{Kind: event.PageOut, VA: va, Frame: f, Arg: 1, Arg2: uint64(in.Slot - 1)}, cause
}

// swapOut writes frame f to its swap slot, finding one if it has none.
func (p *Pager) swapOut(f addr.Frame) Cause {
	in := &p.Mem.Table[f]
	if in.Slot != 0 && p.swap.Refs(int(in.Slot-1)) > 1 { // others still need what it holds
		p.swap.Free(int(in.Slot - 1))
		in.Slot = 0
	}
	if in.Slot == 0 {
		slot, ok := p.swap.Alloc()
		if !ok {
			stale := p.staleSlot()
			if stale < 0 {
				return NoMemory
			}
			slot = int(p.Mem.Table[stale].Slot - 1)
			p.Mem.Table[stale].Slot = 0
		}
		in.Slot = int32(slot + 1)
	}
	if err := p.swap.Write(int(in.Slot-1), p.Mem.Frame(f)); err != nil {
		return WriteError
	}
	p.Stats.WriteBacks++
	return NotPresent
}

// release takes frame f from its page, whose entry no longer names it, frees it and its swap slot, and
// tells of it.
func (p *Pager) release(f addr.Frame) {
	va := p.place(f)
	p.vacate(f)
	p.freed(va, f)
}

// vacate frees f, which no entry names any more.
func (p *Pager) vacate(f addr.Frame) {
	in := &p.Mem.Table[f]
	if s := p.spaces[in.Owner]; s.object == nil {
		p.MMU.Invalidate(s, in.Page)
	}
	p.MMU.CodeWritten(f)
	p.policy.Freed(f)
	if in.Slot != 0 {
		p.swap.Free(int(in.Slot - 1))
	}
	p.Mem.Release(f)
}

// freed tells that f no longer holds the page of va.
func (p *Pager) freed(va addr.VAddr, f addr.Frame) {
	if p.Bus.On(event.FrameFree) {
		p.Bus.Emit(&event.Event{Kind: event.FrameFree, VA: va, Frame: f})
	}
}
