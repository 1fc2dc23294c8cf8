package area

import "memlab/paging/addr"

// SetBrk sets where the heap begins: start_brk and the break are start.
func (l *List) SetBrk(start addr.VAddr) { l.startBrk, l.brk = start, start }

// StartBrk is where the heap begins.
func (l *List) StartBrk() addr.VAddr { return l.startBrk }

// Break is where the heap ends, to the byte.
func (l *List) Break() addr.VAddr { return l.brk }

// Brk is brk(2): it moves the break to the address to and returns it, or leaves it and returns the old one.
// It never fails otherwise (mm/mmap.c, SYSCALL brk).
func (l *List) Brk(to addr.VAddr) addr.VAddr {
	if to < l.startBrk {
		return l.brk
	}
	now, want := l.brk.ABIUp(), to.ABIUp()
	switch {
	case now == want:
	case to <= l.brk:
		if !l.overlaps(want, now) || l.cut(want, now) != nil {
			return l.brk
		}
		l.brk = to
		l.tellGone()
		return to
	case l.limits.Data != Unlimited && uint64(to-l.startBrk)+l.limits.Segment > l.limits.Data,
		!l.brkRoom(now, want) || l.extend(now, want, 0, l.heapFloor()) != nil:
		return l.brk
	}
	l.brk = to
	return to
}

// heapFloor is what the area below must reach above for the heap to join it: since 6.1 its own beginning
// (mm/mmap.c, do_brk_flags), so that the bss
// stays an area of its own. Before, the heap is a new mapping like any other (vma_merge), and joins whatever
// is alike.
func (l *List) heapFloor() addr.VAddr {
	if l.layout.HeapMergesBSS {
		return 0
	}
	return l.startBrk
}

// brkRoom reports whether the heap can grow from now to want: the place is allowed and free, and one free
// page remains below the next area, more below a stack.
func (l *List) brkRoom(now, want addr.VAddr) bool {
	if want < now {
		return false // to.ABIUp() went past the end of the address space
	}
	if _, err := l.place(request{hint: now, length: uint64(want - now), flags: MapFixed}); err != nil {
		return false
	}
	i := l.first(now)
	return i == len(l.areas) || want+addr.ABIPage <= l.areas[i].low()
}

// MapZero makes [start, start+length) anonymous memory for a program's bss: it replaces what is there, is
// writable whatever the segment says, executable on request, and joins the area below it only
// (vm_brk_flags). EINVAL: not aligned. ENOMEM, EPERM: the place, commit limit, number of areas.
func (l *List) MapZero(start addr.VAddr, length uint64, exec bool) error {
	if length == 0 {
		return nil
	}
	n := pages(length)
	if n == 0 {
		return ENOMEM
	}
	if _, err := l.place(request{hint: start, length: n, flags: MapFixed}); err != nil {
		return err
	}
	end := start + addr.VAddr(n)
	if err := l.cut(start, end); err != nil {
		return err
	}
	l.tellGone()
	var x addr.Prot
	if exec {
		x = addr.ProtExec
	}
	return l.extend(start, end, x, 0)
}

// extend adds [start, end), which is free, as memory of the heap's kind with the extra right x. It joins
// the area directly below if that ends above floor; never the one above (mm/vma.c, do_brk_flags).
func (l *List) extend(start, end addr.VAddr, x addr.Prot, floor addr.VAddr) error {
	if len(l.areas) > l.layout.MaxAreas || !l.canCommit(uint64(end-start), 0) {
		return ENOMEM
	}
	a := Area{
		Start: start, End: end, Prot: addr.ProtRead | addr.ProtWrite | x, May: allRights,
		Flags: Account | l.future, Offset: uint64(start),
	}
	if !l.mayLock(l.future, uint64(end-start)) || !l.mayExpand(&a, uint64(end-start)) {
		return ENOMEM
	}
	if l.layout.ReadImpliesExec {
		a.Prot |= addr.ProtExec
	}
	i := l.first(start)
	left, _ := l.neighbours(&a, i-1, len(l.areas))
	l.put(a, i, left && l.areas[i-1].End > floor, false)
	l.tellMapped(a)
	return nil
}

// Grow extends the stack above va down to va's page: a touch below an area that GrowsDown. It reports
// whether va is mapped now. Refused: no such area, too low, within a megabyte of another area that can be
// accessed, or larger than the stack limit (mm/vma.c, expand_downwards).
func (l *List) Grow(va addr.VAddr) bool {
	i := l.first(va)
	if i == len(l.areas) {
		return false
	}
	if l.areas[i].Start <= va {
		return true
	}
	at := va.ABIDown()
	if l.areas[i].Flags&GrowsDown == 0 || at < l.layout.MmapMinHint {
		return false
	}
	if i > 0 {
		p := &l.areas[i-1]
		if p.Flags&GrowsDown == 0 && p.Prot != 0 && at-p.End < guardGap {
			return false
		}
	}
	l.prepareAnon(i) // Linux needs its lock, so even a read, or a refusal below, has made it
	a := &l.areas[i]
	old, gain := a.Start, uint64(a.Start-at)
	if gain > a.Offset || uint64(a.End-at) > l.limits.Stack || !l.canCommit(gain, 0) ||
		!l.mayExpand(a, gain) || !l.mayLock(a.Flags, gain) {
		return false
	}
	a.Start = at
	a.Offset -= gain
	if g, ok := l.obs.(GrowObserver); ok {
		g.Grown(at, old)
	}
	return true
}
