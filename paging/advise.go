package paging

import (
	"math"

	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/table"
)

// Advice is what madvise(2) is told (include/uapi/asm-generic/mman-common.h).
type Advice uint64

// The kinds of advice.
const (
	AdviseNormal Advice = iota
	AdviseRandom
	AdviseSequential
	AdviseWillNeed
	AdviseDontNeed
)

// The kinds of advice that are no POSIX.
const (
	AdviseFree           Advice = 8
	AdviseRemove         Advice = 9
	AdviseDontFork       Advice = 10
	AdviseDoFork         Advice = 11
	AdviseMergeable      Advice = 12
	AdviseUnmergeable    Advice = 13
	AdviseHugePage       Advice = 14
	AdviseNoHugePage     Advice = 15
	AdviseDontDump       Advice = 16
	AdviseDoDump         Advice = 17
	AdviseWipeOnFork     Advice = 18
	AdviseKeepOnFork     Advice = 19
	AdviseCold           Advice = 20
	AdvisePageOut        Advice = 21
	AdvisePopulateRead   Advice = 22
	AdvisePopulateWrite  Advice = 23
	AdviseDontNeedLocked Advice = 24
)

// marking is advice that only marks areas.
type marking struct {
	set, drop area.Flags
	refused   func(*area.Area) bool
}

// markings tells what a marks; false: it is about pages.
func markings(a Advice) (marking, bool) {
	special := func(ar *area.Area) bool { return ar.Flags&area.Special != 0 }
	switch a {
	case AdviseNormal:
		return marking{drop: area.RandRead | area.SeqRead}, true
	case AdviseRandom:
		return marking{set: area.RandRead, drop: area.SeqRead}, true
	case AdviseSequential:
		return marking{set: area.SeqRead, drop: area.RandRead}, true
	case AdviseDontFork:
		return marking{set: area.DontFork}, true
	case AdviseDoFork:
		return marking{drop: area.DontFork, refused: special}, true
	case AdviseMergeable: // only areas that could have equal pages of their own are marked (ksm_compatible)
		return marking{set: area.Mergeable}, true
	case AdviseUnmergeable:
		return marking{drop: area.Mergeable}, true
	case AdviseHugePage:
		return marking{set: area.Huge, drop: area.NoHuge, refused: special}, true
	case AdviseNoHugePage:
		return marking{set: area.NoHuge, drop: area.Huge, refused: special}, true
	case AdviseDontDump:
		return marking{set: area.DontDump}, true
	case AdviseDoDump:
		return marking{drop: area.DontDump, refused: special}, true
	case AdviseWipeOnFork:
		backed := func(ar *area.Area) bool { return !anonymous(ar) }
		return marking{set: area.WipeOnFork, refused: backed}, true
	case AdviseKeepOnFork:
		return marking{drop: area.WipeOnFork}, true
	default:
		return marking{}, false
	}
}

// anonymous reports whether ar is private memory with nothing behind it.
func anonymous(ar *area.Area) bool {
	return ar.File == nil && ar.Object == nil && ar.Flags&(area.Shared|area.Special) == 0
}

// Advise is madvise(2) for [start, start+length), which are multiples of addr.ABIPage (mm/madvise.c).
// EINVAL: advice that is not known, or that an area does not take. ENOMEM: a hole in the range; the rest is
// done. EACCES: Remove of what may not be written. EFAULT: a page behind the end of its file is to be
// populated.
func (s *AddressSpace) Advise(start addr.VAddr, length uint64, a Advice) error {
	end := start + addr.VAddr(length)
	if m, ok := markings(a); ok {
		return s.list.Advise(start, end, m.set, m.drop, m.refused)
	}
	do := map[Advice]func(area.Area, addr.VAddr, addr.VAddr) error{
		AdviseWillNeed:       s.willNeed,
		AdviseDontNeed:       s.dontNeed,
		AdviseDontNeedLocked: s.dontNeedLocked,
		AdviseFree:           s.free,
		AdviseRemove:         s.remove,
		AdviseCold:           s.cold,
		AdvisePageOut:        s.pageOut,
		AdvisePopulateRead:   s.populateRead,
		AdvisePopulateWrite:  s.populateWrite,
	}[a]
	if do == nil {
		return area.EINVAL
	}
	return s.walk(start, end, a == AdvisePopulateRead || a == AdvisePopulateWrite, do)
}

// walk calls do for the part of each area in [start, end). Holes are an error, at once if strict, otherwise
// when the rest is done (madvise_walk_vmas).
func (s *AddressSpace) walk(
	start, end addr.VAddr, strict bool, do func(ar area.Area, from, to addr.VAddr) error,
) error {
	var hole error
	for at := start; at < end; {
		ar, ok := s.list.Next(at)
		if !ok || ar.Start > at && strict {
			return area.ENOMEM
		}
		if ar.Start > at {
			hole = area.ENOMEM
			if at = ar.Start; at >= end {
				break
			}
		}
		to := min(end, ar.End)
		if err := do(ar, at, to); err != nil {
			return err
		}
		at = to
	}
	return hole
}

// DontNeed drops the pages of a range (madvise MADV_DONTNEED): they read as the file, or as zeros,
// afterwards.
func (s *AddressSpace) DontNeed(start addr.VAddr, length uint64) error {
	end := start + addr.VAddr(length).ABIUp()
	if start != start.ABIDown() || end < start || end == start && length > 0 {
		return area.EINVAL
	}
	return s.walk(start, end, false, s.dontNeed)
}

func (s *AddressSpace) dontNeed(ar area.Area, from, to addr.VAddr) error {
	if ar.Flags&(area.Locked|area.Special) != 0 { // madvise_dontneed_free_valid_vma
		return area.EINVAL
	}
	s.dropRange(from, to) // bytes of shared memory stay: they are the object's
	return nil
}

func (s *AddressSpace) dontNeedLocked(ar area.Area, from, to addr.VAddr) error {
	ar.Flags &^= area.Locked
	return s.dontNeed(ar, from, to)
}

// free lets pages go without being written: they are clean from now on, and read as zeros once they have
// been evicted, unless they are written to before (madvise_free_pte_range). What is in swap goes at once.
func (s *AddressSpace) free(ar area.Area, from, to addr.VAddr) error {
	if ar.Flags&(area.Locked|area.Special) != 0 || !anonymous(&ar) {
		return area.EINVAL
	}
	p := s.pager
	s.inside(from, to, func(page addr.Page, e table.Entry) {
		if e&table.Present == 0 {
			s.dropPage(page, e)
			return
		}
		in := &p.Mem.Table[p.frameOf(e)]
		if in.Others != 0 || !in.Private {
			return
		}
		if in.Slot != 0 {
			p.swap.Free(int(in.Slot - 1))
			in.Slot = 0
		}
		p.setOne(s, page, table.Accessed|table.Dirty, false, 0)
	})
	return nil
}

// inside visits the entries of the pages that lie wholly in [from, to).
func (s *AddressSpace) inside(from, to addr.VAddr, fn func(addr.Page, table.Entry)) {
	m := s.pager.MMU
	first, last := addr.Page((uint64(from)+m.Mask)>>m.Shift), addr.Page(uint64(to)>>m.Shift)
	s.table.Visit(first, last, fn)
}

// cold clears the accessed bits: policies that look at them take such pages first.
func (s *AddressSpace) cold(ar area.Area, from, to addr.VAddr) error {
	if ar.Flags&(area.Locked|area.Special) != 0 {
		return area.EINVAL
	}
	s.inside(from, to, func(page addr.Page, e table.Entry) {
		if e&table.Present != 0 && s.pager.users(s.pager.frameOf(e)) == 1 {
			s.pager.setOne(s, page, table.Accessed, false, 0)
		}
	})
	return nil
}

// pageOut evicts pages that nobody else maps, as far as swap and files take them.
func (s *AddressSpace) pageOut(ar area.Area, from, to addr.VAddr) error {
	if ar.Flags&(area.Locked|area.Special) != 0 {
		return area.EINVAL
	}
	p := s.pager
	var frames []addr.Frame
	s.inside(from, to, func(_ addr.Page, e table.Entry) {
		if e&table.Present != 0 && p.users(p.frameOf(e)) == 1 {
			frames = append(frames, p.frameOf(e))
		}
	})
	for _, f := range frames {
		if p.Mem.Table[f].Owner != 0 {
			p.evictNow(f)
		}
	}
	return nil
}

// evictNow evicts f if it can go.
func (p *Pager) evictNow(f addr.Frame) {
	p.stale = unknown
	if !(frames{p, p.common}).Evictable(f) {
		return
	}
	va := p.place(f)
	told, cause := p.evict(f)
	if cause != NotPresent {
		return
	}
	if told.Kind != 0 && p.Bus.On(told.Kind) {
		p.Bus.Emit(&told)
	}
	p.freed(va, f)
}

// remove makes a hole in the file or object that a shared area shows (madvise_remove).
func (s *AddressSpace) remove(ar area.Area, from, to addr.VAddr) error {
	p := s.pager
	off, n := ar.Offset+uint64(from-ar.Start), uint64(to-from)
	switch {
	case ar.Flags&area.Locked != 0, ar.File == nil && ar.Object == nil:
		return area.EINVAL
	case ar.Flags&area.Shared == 0 || ar.May&addr.ProtWrite == 0:
		return area.EACCES
	case ar.Object != nil:
		p.blank(p.cache[ar.Object], off, n)
		return nil
	}
	h, ok := ar.File.(area.Holed)
	if !ok {
		return area.EOPNOTSUPP
	}
	if err := h.Punch(int64(off), int64(n)); err != nil {
		return area.EOPNOTSUPP
	}
	return nil
}

// blank makes bytes of shared anonymous memory zeros.
func (p *Pager) blank(o *object, off, n uint64) {
	if o == nil {
		return
	}
	size := uint64(p.Mem.Size())
	for _, page := range o.sorted(addr.Page(off / size)) {
		at := uint64(page) * size
		if at >= off+n {
			break
		}
		e := o.space.lookup(page)
		if slot, ok := e.Slot(); ok && at >= off && at+size <= off+n {
			p.swap.Free(slot)
			o.space.set(page, 0)
			continue
		}
		if e&table.Present == 0 {
			t := target{o.space, page, o.space, page}
			if f, cause := p.bringTo(t, fromSwap, false); cause != NotPresent {
				continue // without a frame for it the page keeps its bytes
			} else if e = o.space.lookup(page); p.frameOf(e) != f {
				continue
			}
		}
		f := p.frameOf(e)
		clear(p.Mem.Frame(f)[max(off, at)-at : min(off+n-at, size)])
		p.MMU.CodeWritten(f)
		e = o.space.lookup(page)
		o.space.set(page, e|table.Dirty)
	}
}

// willNeed reads a file's pages into the cache, as many as there are frames at most.
func (s *AddressSpace) willNeed(ar area.Area, from, to addr.VAddr) error {
	if ar.File == nil {
		return nil // Linux brings in what is in swap; a fault does that here
	}
	p := s.pager
	left := p.Mem.Frames()
	for at := from.ABIDown(); at < to && left > 0 && !pastEOF(ar, at); at += addr.VAddr(p.Mem.Size()) {
		page := p.Mem.Size().PageOf(at)
		o, index, ok := s.shown(page)
		if !ok || o.where(index) != fromFile {
			continue
		}
		left--
		if _, cause := p.bringTo(target{o.space, index, s, page}, fromFile, false); cause != NotPresent {
			return nil // it is advice
		}
		p.Stats.Ahead++
	}
	return nil
}

func (s *AddressSpace) populateRead(ar area.Area, from, to addr.VAddr) error {
	if ar.Prot&addr.ProtRead == 0 || ar.Flags&area.Special != 0 {
		return area.EINVAL
	}
	return s.touch(ar, from, to, false)
}

func (s *AddressSpace) populateWrite(ar area.Area, from, to addr.VAddr) error {
	if ar.Prot&addr.ProtWrite == 0 || ar.Flags&area.Special != 0 {
		return area.EINVAL
	}
	return s.touch(ar, from, to, true)
}

// mostAhead bounds how many pages one call brings in beyond the number of frames: later pages only put out
// earlier ones then, and a program must not be able to keep the machine busy with one call for ever.
const mostAhead = 1 << 14

// touch brings in the pages of [from, to) in ar, for writing if write is true. It ends when it has brought
// in as many as there are frames, or mostAhead.
func (s *AddressSpace) touch(ar area.Area, from, to addr.VAddr, write bool) error {
	p := s.pager
	if write && from < to {
		s.list.FirstPrivateWrite(from)
	}
	size := p.Mem.Size()
	left := max(p.Mem.Frames(), mostAhead)
	for page := size.PageOf(from); size.Base(page) < to && left > 0; page++ {
		at := max(from, size.Base(page))
		e := s.lookup(page)
		if e&table.Present != 0 && (!write || s.writes(page, p.frameOf(e))) {
			continue
		}
		left--
		if cause := s.fetch(ar, page, e, at, write); cause != NotPresent {
			switch cause {
			case PastEOF, ReadError:
				return area.EFAULT
			default:
				return area.ENOMEM
			}
		}
	}
	return nil
}

// fetch makes one page resident, and a process's own or the file's to be written if write is true. It is a
// load ahead of use.
func (s *AddressSpace) fetch(ar area.Area, page addr.Page, e table.Entry, at addr.VAddr, write bool) Cause {
	p := s.pager
	before := p.Stats.brought()
	defer func() { p.Stats.Ahead += p.Stats.brought() - before }()
	p.MMU.Turn() // pages that come in together have an order too
	if e&table.Present == 0 {
		src, cause := s.source(page, ar, e, at)
		if cause != NotPresent {
			return cause
		}
		if _, cause = p.load(s, page, src, write); cause != NotPresent {
			return cause
		}
		e = s.lookup(page)
	}
	if !write {
		return NotPresent
	}
	_, cause := p.ready(s, page, e, at)
	if e = s.lookup(page); e&table.Present != 0 {
		s.update(page, e) // not dirty: nothing has been written yet
	}
	return cause
}

// The flags of msync(2).
const (
	SyncAsync      = 1
	SyncInvalidate = 2
	SyncSync       = 4
)

// Msync is msync(2): with SyncSync the files of shared areas get what was written. ENOMEM: a hole. EBUSY:
// SyncInvalidate of a locked area. EIO is WriteError's: the file would not take a page (mm/msync.c).
func (s *AddressSpace) Msync(start addr.VAddr, length uint64, flags int) error {
	end := start + addr.VAddr(length)
	return s.walk(start, end, flags == SyncAsync, func(ar area.Area, from, to addr.VAddr) error {
		if flags&SyncInvalidate != 0 && ar.Flags&area.Locked != 0 {
			return area.EBUSY
		}
		if flags&SyncSync == 0 || ar.File == nil || ar.Flags&area.Shared == 0 {
			return nil
		}
		off := ar.Offset + uint64(from-ar.Start)
		if o := s.pager.cache[ar.Backing()]; o != nil &&
			!s.pager.flush(o, int64(off), int64(min(off+uint64(to-from), math.MaxInt64)), true) {
			return area.EIO
		}
		return nil
	})
}
