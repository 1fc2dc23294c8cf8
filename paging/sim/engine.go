package sim

import (
	"fmt"
	"math"

	"memlab/paging/addr"
	"memlab/paging/policy"
)

// Ref is one reference: a page number below MaxPages, and whether it writes. Numbers should be dense, for
// an Engine keeps an array over them.
type Ref uint32

// MaxPages is how many pages a Ref can tell apart.
const MaxPages = 1 << 31

// ReadOf and WriteOf are references to page.
func ReadOf(page uint32) Ref { return Ref(page << 1) }

// WriteOf is a writing reference to page.
func WriteOf(page uint32) Ref { return Ref(page<<1 | 1) }

// Page is the number of the page.
func (r Ref) Page() uint32 { return uint32(r >> 1) }

// Write reports whether r writes.
func (r Ref) Write() bool { return r&1 != 0 }

// Config says what an Engine simulates.
type Config struct {
	Policy string
	Params map[string]int
	Frames int // at least 1; policies without a number of frames get as many as there are Pages
	Pages  int // page numbers are below this; more are allowed, except where Frames is not used
	Seed   uint64
	Future []Ref    // all references that will be fed: only for policies that need the future
	Next   []uint32 // instead of Future, and shared by engines: NextUses of them
}

// Observer is told of faults as they happen, t being the index of the reference.
type Observer interface {
	Faulted(t uint64, page uint32)
	Evicted(t uint64, page uint32)
}

// Engine is one policy on one number of frames.
type Engine struct {
	Faults     uint64 // all misses, first references included
	Evictions  uint64
	WriteBacks uint64 // evictions of dirty pages; see Written
	Drops      uint64 // pages that left memory without being evicted: see Mark
	Observer   Observer

	frames frames
	policy policy.Policy
	can    policy.Abilities
	timed  bool // each reference has to be looked at, not only misses
	tick   uint64
	fed    uint64

	holding bool   // what expires stays: the access is not over
	pair    [1]Ref // half of an access
}

// NewEngine makes an engine, all frames free. The error says what is wrong with the policy or the sizes.
func NewEngine(c Config) (*Engine, error) {
	info, err := policy.Describe(c.Policy)
	if err != nil {
		return nil, err
	}
	n := c.Frames
	if info.Unlimited {
		n = max(c.Pages, 1)
	}
	if n < 1 || c.Pages < 0 || c.Pages > MaxPages || n > MaxPages {
		return nil, fmt.Errorf("%d frames for %d pages: must be at least 1 frame, and at most %d of each",
			c.Frames, c.Pages, MaxPages)
	}
	e := &Engine{frames: newFrames(n, c.Pages)}
	seen := policy.Frames(&e.frames)
	if info.Need == policy.NeedFuture {
		next := c.Next
		if next == nil {
			next = NextUses([]Block{{Refs: c.Future}})
		}
		if uint64(len(next)) > MaxFuture {
			return nil, fmt.Errorf("%d references: policy %s can look at %d at most",
				len(next), info.Name, uint64(MaxFuture))
		}
		seen = foresight{&e.frames, next}
	}
	if e.policy, err = policy.New(c.Policy, seen, c.Params, c.Seed); err != nil {
		return nil, err
	}
	e.can = policy.AbilitiesOf(e.policy)
	if e.can.Ticker != nil {
		e.tick = e.can.Ticker.Every()
	}
	e.timed = e.tick != 0 || e.can.Clocked != nil || e.can.Expirer != nil || info.Need == policy.NeedFuture
	return e, nil
}

// MaxFuture is how many references can be looked at ahead.
const MaxFuture = math.MaxUint32 - 1

// Written is how many pages were written back: evicted while dirty, or cleaned by the policy before.
func (e *Engine) Written() uint64 { return e.WriteBacks + e.frames.cleaned }

// References is how many have been fed.
func (e *Engine) References() uint64 { return e.fed }

// Hits is how many of them found their page in memory.
func (e *Engine) Hits() uint64 { return e.fed - e.Faults }

// Resident calls fn for each page in memory, in ascending order.
func (e *Engine) Resident(fn func(page uint32)) {
	for page, f := range e.frames.frameOf {
		if f != absent {
			fn(uint32(page))
		}
	}
}

// Feed simulates a block of references. With a policy that needs the future they must be the next ones of
// Config.Future.
func (e *Engine) Feed(refs []Ref) {
	switch {
	case e.timed:
		e.feedTimed(refs)
	case e.can.Stream != nil:
		e.feedStream(refs)
	default:
		e.feedBits(refs)
	}
	e.fed += uint64(len(refs))
}

// feedBits is the loop for policies that look at bits, or at nothing, when a page is missing.
func (e *Engine) feedBits(refs []Ref) {
	frameOf, marks := e.frames.frameOf, e.frames.marks
	for i, r := range refs {
		if page := r >> 1; int(page) < len(frameOf) {
			if f := frameOf[page]; f >= 0 {
				marks[f] |= accessed | uint8(r&1)<<1
				continue
			}
		}
		e.frames.now = e.fed + uint64(i)
		e.fault(r)
		frameOf = e.frames.frameOf
	}
}

// feedStream is the loop for policies that are told of every reference.
func (e *Engine) feedStream(refs []Ref) {
	frameOf, marks, stream := e.frames.frameOf, e.frames.marks, e.can.Stream
	for i, r := range refs {
		if page := r >> 1; int(page) < len(frameOf) {
			if f := frameOf[page]; f >= 0 {
				marks[f] |= uint8(r&1) << 1
				stream.Referenced(addr.Frame(f))
				continue
			}
		}
		e.frames.now = e.fed + uint64(i)
		e.fault(r)
		frameOf = e.frames.frameOf
	}
}

// feedTimed is the loop for policies to which time matters.
func (e *Engine) feedTimed(refs []Ref) {
	for i, r := range refs {
		t := e.fed + uint64(i)
		e.frames.now = t
		if e.tick != 0 && t > 0 && t%e.tick == 0 {
			e.can.Ticker.Tick()
		}
		f := int32(absent)
		if page := r.Page(); int(page) < len(e.frames.frameOf) {
			f = e.frames.frameOf[page]
		}
		if f >= 0 {
			e.frames.marks[f] |= accessed | uint8(r&1)<<1
			if e.can.Stream != nil {
				e.can.Stream.Referenced(addr.Frame(f))
			}
		} else {
			e.fault(r)
		}
		if e.can.Expirer != nil && !e.holding {
			e.evictAll(e.can.Expirer.Expired)
		}
	}
}

// fault brings a page in.
func (e *Engine) fault(r Ref) {
	page := r.Page()
	e.frames.know(page)
	e.Faults++
	if e.Observer != nil {
		e.Observer.Faulted(e.frames.now, page)
	}
	if e.can.Faulter != nil {
		e.can.Faulter.Fault(page)
	}
	if e.can.Shedder != nil {
		e.evictAll(e.can.Shedder.Shed)
	}
	if e.frames.free == 0 {
		f := e.policy.Victim()
		if f == addr.NoFrame && e.frames.pinned != absent {
			e.frames.pinned = absent
			f = e.policy.Victim()
		}
		if f == addr.NoFrame {
			panic("policy " + e.policy.Name() + " has no victim, though every page can go")
		}
		e.evict(f)
		if e.can.Shedder != nil {
			e.evictAll(e.can.Shedder.Shed)
		}
	}
	f := e.frames.take()
	e.frames.pageOf[f], e.frames.frameOf[page] = page, int32(f)
	e.frames.marks[f] = present
	e.policy.Loaded(f)
	e.frames.marks[f] |= accessed | uint8(r&1)<<1 // by the access that is made again
	if e.can.Retrier != nil {
		e.can.Retrier.Retried(f)
	}
}

// evictAll evicts what next names, until it names no more.
func (e *Engine) evictAll(next func() addr.Frame) {
	for f := next(); f != addr.NoFrame; f = next() {
		e.evict(f)
	}
}

func (e *Engine) evict(f addr.Frame) {
	if e.frames.marks[f]&dirty != 0 {
		e.WriteBacks++
	}
	e.Evictions++
	page := e.frames.release(f)
	if e.Observer != nil {
		e.Observer.Evicted(e.frames.now, page)
	}
	e.policy.Freed(f)
}
