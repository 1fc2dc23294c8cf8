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
)

// Config says what a Pager is made of.
type Config struct {
	PageSize  addr.PageSize
	Frames    int // for the pages of programs
	SwapPages int // 0: no swap
	Table     TableConfig
	TLB       TLBConfig
	ASIDs     bool // TLB entries carry their address space
	LazyTLB   bool // clearing an accessed bit leaves the TLB alone (Linux on x86: ptep_clear_flush_young)
	Policy    string
	Params    map[string]int
	Seed      uint64

	Local    bool   // each process has a share of the frames and replaces its own pages
	Shares   Shares // of local replacement
	Prefetch int    // pages that a fault which reads file or swap reads beyond its own
	Around   int    // pages of the window in which a fault maps what is cached, a power of two; 0, 1: none
	MinShare int    // frames that a share has at least, while there are so many; 0: MinFrames

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

	cfg    Config
	tables TableConfig
	hashed *table.Hashed // of inverted tables; otherwise nil
	common *pool         // of all; under local replacement of nobody
	swap   *swap.Swap
	spaces []*AddressSpace // by ID; entry 0 is unused, ended ones are nil
	unused []phys.Space    // numbers of ended spaces
	peak   int             // most frames that were in use at once

	sharing   sharing
	recording *recorder       // nil: nobody records
	locks     int             // spaces with locked areas
	cache     map[any]*object // by file or object; see cache.go
	idle      []*object       // that the running call has left without an area
	spare     []byte          // room for a page that is copied
	stale     int             // what staleSlot found while a victim is chosen, or unknown

	charged  []*pool // by frame, under local replacement; otherwise nil
	demand   bool    // what Demand needs is kept
	divided  bool    // the shares are up to date
	variable bool    // the policy is defined without a number of frames
}

// PagerStats counts what the pager did.
type PagerStats struct {
	Faults     uint64 // resolved
	Major      uint64 // of them: file or swap was read
	Zero       uint64 // of them: the page was filled with zeros only
	Copies     uint64 // of them: the page was in memory, and a write made it the process's own
	Loads      uint64 // of them: a page was put into a frame: read, made of zeros, or copied
	Ahead      uint64 // pages put into frames without a fault of their own
	Prefetched uint64 // of them: read with another page, whose fault read file or swap
	Useful     uint64 // of those: known to have been used; see Pager.Prefetches
	Useless    uint64 // of those: put out or unmapped before any use
	Around     uint64 // pages of the page cache that were mapped without a fault of their own
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
	mem, err := phys.New(c.PageSize, c.Frames)
	if err != nil {
		return nil, err
	}
	if c.Frames < MinFrames {
		return nil, fmt.Errorf("%d frames: an access can span two pages, "+
			"so a paged machine needs at least %d", c.Frames, MinFrames)
	}
	p := &Pager{cfg: c, Bus: bus, Mem: mem, spaces: make([]*AddressSpace, 1)}
	p.MMU = NewDirect(mem, bus)
	p.MMU.asids = c.ASIDs
	if err := p.setTables(c.Table); err != nil {
		return nil, err
	}
	if err := p.MMU.setTLB(c.TLB, c.Seed); err != nil {
		return nil, err
	}
	if err := p.choose(); err != nil {
		return nil, err
	}
	bus.Changed = p.MMU.Observe
	p.MMU.Observe(bus.Mask())
	p.swap = swap.New(swap.NewMemory(int(c.PageSize)), c.SwapPages)
	return p, nil
}

// choose makes the replacement policy, as many of them as the scope says.
func (p *Pager) choose() (err error) {
	if p.common, err = p.newPool(nil); err != nil {
		return err
	}
	p.MMU.watch = p.common.watch
	p.MMU.Stamp = p.common.policy.Need() == policy.NeedTrace && p.common.can.Stream == nil
	if p.cfg.Local {
		p.charged = make([]*pool, p.Mem.Frames())
	}
	about, err := policy.Describe(p.cfg.Policy)
	p.variable = about.Unlimited
	return err
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
	s := &AddressSpace{ID: id, pager: p, faults: make(map[addr.Page]uint64)}
	if !p.giveTable(s) && (!p.pruneTables() || !p.giveTable(s)) {
		p.unused = append(p.unused, id)
		return nil, errNoTables
	}
	s.asid = uint16(s.ID)
	if err := p.enrol(s); err != nil {
		s.table.Destroy()
		p.unused = append(p.unused, id)
		return nil, err
	}
	p.spaces[s.ID] = s
	return s, nil
}

// Used is the number of frames in use, and the most there have been.
func (p *Pager) Used() (now, peak int) { return p.Mem.Frames() - p.Mem.Free(), p.peak }

// SwapUsed is the number of swap slots in use.
func (p *Pager) SwapUsed() int { return p.swap.Used() }

// retried tells the policy that the access which faulted on the page in f has been made.
func (p *Pager) retried(f addr.Frame) {
	if r := p.poolOf(f).can.Retrier; r != nil {
		r.Retried(f)
	}
}

// frames shows the frame table to the policy of one pool.
type frames struct {
	p *Pager
	q *pool
}

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
	if v.p.Mem.Table[f].Ahead && v.Accessed(f) {
		v.p.judge(f, true)
	}
	switch {
	case v.p.Mem.Table[f].Owner == 0:
	case v.p.cfg.LazyTLB:
		v.p.forEach(f, func(s *AddressSpace, page addr.Page) { s.set(page, s.lookup(page)&^table.Accessed) })
	default:
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
	if p.demand {
		p.leaves(f)
	}
	p.judge(f, p.marks(f)&table.Accessed != 0)
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
	p.discharge(f)
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
