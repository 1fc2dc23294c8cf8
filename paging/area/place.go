package area

import "memlab/paging/addr"

// Where a new area goes (mm/mmap.c, get_unmapped_area; arch/x86/kernel/sys_x86_64.c).

// request is what the search for a place looks at.
type request struct {
	hint     addr.VAddr // 0: none. With MapFixed: the address
	length   uint64     // a multiple of addr.ABIPage, not 0
	offset   uint64     // file offset in bytes
	flags    MapFlags   // MapFixed and Map32Bit count
	hugeFile bool       // a file that may be mapped with huge pages
	hugeAnon bool       // private anonymous
	low      bool       // below 4 GiB, for an i386 system call
}

// Place is the address that a mapping of length bytes without a hint would get: mmap(NULL, length).
func (l *List) Place(length uint64) (addr.VAddr, error) {
	n := pages(length)
	if n == 0 {
		return 0, ENOMEM
	}
	return l.place(request{length: n})
}

// pages rounds length up to whole pages; 0 if that does not fit.
func pages(length uint64) uint64 { return uint64(addr.VAddr(length).ABIUp()) }

// place finds the address of a new area and checks that it may be there.
func (l *List) place(r request) (addr.VAddr, error) {
	lay := &l.layout
	if r.low && !lay.Bits32 { // arch/x86/mm/mmap.c, mm->mmap_compat_base
		own := *lay
		defer func() { *lay = own }()
		lay.TaskSize, lay.Bits32 = taskSize32, true
		lay.MmapBase = mmapBase(taskSize32, own.StackLimit)
		lay.BottomUpBase = addr.VAddr(taskSize32 / 3).ABIUp()
	}
	if r.length > uint64(lay.TaskSize) {
		return 0, ENOMEM
	}
	at, ok := l.hugePlace(r)
	if !ok {
		at, ok = l.search(r)
	}
	switch {
	case !ok || at > lay.TaskSize-addr.VAddr(r.length):
		return 0, ENOMEM
	case at != at.ABIDown():
		return 0, EINVAL
	case at < lay.MmapMinFixed && !lay.Privileged:
		return 0, EPERM
	}
	return at, nil
}

// hugePlace places what could hold a huge page so that it can: it looks for 2 MiB more than is needed and
// takes from that the address that agrees with the offset modulo 2 MiB (mm/huge_memory.c,
// __thp_get_unmapped_area).
func (l *List) hugePlace(r request) (addr.VAddr, bool) {
	lay := &l.layout
	file := r.hugeFile && lay.HugeAlignFile
	anon := r.hugeAnon && lay.HugeAlignAnon && r.hint == 0 && r.length%hugePage == 0
	if lay.Bits32 || r.flags&MapFixed != 0 || !file && !anon {
		return 0, false
	}
	offset := r.offset
	if anon {
		offset = 0
	}
	end, aligned := offset+r.length, (offset+hugePage-1)&^(hugePage-1)
	if int64(end) <= int64(aligned) || end-aligned < hugePage { // Linux computes with signed offsets
		return 0, false
	}
	padded := r
	padded.length += hugePage
	at, ok := l.search(padded)
	if !ok {
		return 0, false
	}
	if at == r.hint {
		return at, true
	}
	shift := (offset - uint64(at)) & (hugePage - 1)
	if shift == 0 && !lay.BottomUp {
		return at + hugePage, true
	}
	return at + addr.VAddr(shift), true
}

// search finds a place without looking at alignment: the hint if it is free, otherwise the first hole that
// fits.
func (l *List) search(r request) (addr.VAddr, bool) {
	lay := &l.layout
	if r.flags&MapFixed != 0 {
		return r.hint, true
	}
	length := addr.VAddr(r.length)
	low := r.flags&Map32Bit != 0 && !lay.Bits32
	if !lay.BottomUp && !low {
		hint := r.hint.ABIDown()
		if hint != 0 && length <= lay.TaskSize && hint <= lay.TaskSize-length && l.fits(hint, length) {
			return hint, true
		}
		if at, ok := l.topDown(length); ok {
			return at, true
		}
	}
	begin, end := lay.BottomUpBase, lay.TaskSize
	if low {
		begin, end = 0x40000000, 0x80000000
	}
	if length > end {
		return 0, false
	}
	if hint := r.hint.ABIUp(); hint != 0 && hint <= end-length && l.fits(hint, length) {
		return hint, true
	}
	return l.bottomUp(begin, end, length)
}

// fits reports whether [at, at+length) is free and leaves the guard gap of a stack above it.
func (l *List) fits(at, length addr.VAddr) bool {
	i := l.first(at)
	return i == len(l.areas) || at+length <= l.areas[i].low()
}

// low is the lowest address that others must leave free: a's start, or the guard gap below a stack
// (vm_start_gap).
func (a *Area) low() addr.VAddr {
	if a.Flags&GrowsDown == 0 {
		return a.Start
	}
	return a.Start - min(a.Start, guardGap)
}

// topDown is the highest place in the first hole from the top that has room (unmapped_area_topdown). The
// guard gap of a stack counts only once a hole right below that stack has room without it; from then on
// nothing in the gap is looked at, not even what lies below other areas in it.
func (l *List) topDown(length addr.VAddr) (addr.VAddr, bool) {
	limit := l.layout.MmapBase
	for i := l.start(length); limit > l.layout.MmapMinHint; i-- { // the hole below area i
		begin, end := l.layout.MmapMinHint, limit
		if i > 0 {
			begin = max(begin, l.areas[i-1].End)
		}
		if i < len(l.areas) {
			end = min(end, l.areas[i].Start)
		}
		if begin <= end && end-begin >= length {
			if limit == l.layout.MmapBase {
				l.learn(i, length)
			}
			if i == len(l.areas) || l.areas[i].low() >= end {
				return end - length, true
			}
			limit = l.areas[i].low()
			if begin <= limit && limit-begin >= length {
				return limit - length, true
			}
		}
		if i == 0 {
			break
		}
	}
	if limit == l.layout.MmapBase {
		l.learn(0, length)
	}
	return 0, false
}

// bottomUp is the lowest place in [begin, end) that has room (unmapped_area).
func (l *List) bottomUp(begin, end, length addr.VAddr) (addr.VAddr, bool) {
	begin = max(begin, l.layout.MmapMinHint)
	for i := l.first(begin); ; i++ { // the hole below area i
		top := end
		if i < len(l.areas) {
			top = min(end, l.areas[i].low())
		}
		if begin <= top && top-begin >= length {
			return begin, true
		}
		if i == len(l.areas) || l.areas[i].End >= end {
			return 0, false
		}
		begin = max(begin, l.areas[i].End)
	}
}
