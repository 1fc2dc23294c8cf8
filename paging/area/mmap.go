package area

import "memlab/paging/addr"

const (
	mapType   MapFlags = 0xf     // the bits that hold MapShared, MapPrivate, MapSharedValidate
	mapLegacy MapFlags = 0x1ff | // the flags that MapSharedValidate knows (LEGACY_MAP_MASK)
		0x800 | 0x1000 | MapLocked | MapNoReserve | MapPopulate | MapNonblock | MapStack | 0x40000

	allRights = addr.ProtRead | addr.ProtWrite | addr.ProtExec

	maxFile = 1<<63 - 1 // bytes that a file can have (MAX_LFS_FILESIZE)
)

// Map makes an area as mmap(2) does and returns where it is. A request with a Name makes a Special area:
// its rights stay what they are, unless it is executable, and no personality changes them.
//
// Errors, in the order in which Linux looks: EINVAL (offset not aligned), EBADF (no file), EINVAL (length
// 0), ENOMEM (length, number of areas), those of the place (ENOMEM, EINVAL, EPERM, EEXIST), those of the
// kind (EOVERFLOW, EOPNOTSUPP, EACCES, EINVAL), ENOMEM (limits, commit limit, number of areas). EPERM,
// EAGAIN: it may not be locked.
func (l *List) Map(r Request) (addr.VAddr, error) {
	if r.Flags&MapAnonymous != 0 {
		r.File = nil
	}
	r.Prot &= allRights // Linux ignores other bits here
	switch {
	case r.Offset%addr.ABIPage != 0:
		return 0, EINVAL
	case r.File == nil && r.Flags&MapAnonymous == 0:
		return 0, EBADF
	case r.Len == 0:
		return 0, EINVAL
	}
	if l.layout.ReadImpliesExec && r.Prot&addr.ProtRead != 0 && r.Name == "" && !r.Exact {
		r.Prot |= addr.ProtExec
	}
	length := pages(r.Len)
	if length == 0 || len(l.areas) > l.layout.MaxAreas {
		return 0, ENOMEM
	}
	at, err := l.placeMap(r, length)
	if err != nil {
		return 0, err
	}
	switch flags := l.areaFlags(r); {
	case r.Flags&MapLocked != 0 && !l.canLock():
		return 0, EPERM
	case !l.mayLock(flags, length):
		return 0, EAGAIN
	}
	a, err := l.describe(r, at, length)
	if err != nil {
		return 0, err
	}
	if err := l.replace(a); err != nil {
		return 0, err
	}
	if a.Flags&(Locked|LockOnFault) == Locked || r.Flags&(MapPopulate|MapNonblock) == MapPopulate {
		l.populated(at)
	}
	return at, nil
}

// placeMap is the placement part of Map.
func (l *List) placeMap(r Request, length uint64) (addr.VAddr, error) {
	fixed := r.Flags&(MapFixed|MapFixedNoReplace) != 0
	p := request{
		hint: r.Addr, length: length, offset: r.Offset, flags: r.Flags & Map32Bit, hugeFile: r.File != nil,
		hugeAnon: r.File == nil && r.Flags&MapShared == 0, low: r.Low,
	}
	if fixed {
		p.flags |= MapFixed
	} else if p.hint = r.Addr.ABIDown(); p.hint != 0 && p.hint < l.layout.MmapMinHint {
		p.hint = l.layout.MmapMinHint // round_hint_to_min
	}
	at, err := l.place(p)
	if err == nil && r.Flags&MapFixedNoReplace != 0 && l.overlaps(at, at+addr.VAddr(length)) {
		return 0, EEXIST
	}
	return at, err
}

// describe checks the kind of mapping that r asks for and makes the area of it (mm/mmap.c, do_mmap).
func (l *List) describe(r Request, at addr.VAddr, length uint64) (Area, error) {
	a := Area{
		Start: at, End: at + addr.VAddr(length), Prot: r.Prot, File: r.File, Offset: r.Offset, Name: r.Name,
		May: allRights, Flags: l.areaFlags(r),
	}
	kind := r.Flags & mapType
	if r.File != nil {
		switch {
		case length > maxFile || r.Offset/addr.ABIPage > (maxFile-length)/addr.ABIPage:
			return a, EOVERFLOW
		case kind == MapSharedValidate && r.Flags&^mapLegacy != 0:
			return a, EOPNOTSUPP
		case kind != MapPrivate && kind != MapShared && kind != MapSharedValidate:
			return a, EINVAL
		case kind != MapPrivate && r.Prot&addr.ProtWrite != 0 && !r.FileWritable, !r.FileReadable:
			return a, EACCES
		case a.Flags&GrowsDown != 0:
			return a, EINVAL
		}
		if kind != MapPrivate {
			a.Flags |= Shared
			if !r.FileWritable {
				a.May &^= addr.ProtWrite
			}
		}
		if r.Name != "" {
			a.Flags |= Special // the vdso, whose bytes a file holds
		}
		return a, nil
	}
	switch {
	case kind == MapPrivate:
		a.Offset = uint64(at)
	case kind == MapShared && a.Flags&GrowsDown == 0:
		a.Flags |= Shared
		a.Offset = 0
		a.Object = &Object{Size: length}
	default:
		return a, EINVAL
	}
	if r.Name != "" {
		a.Flags |= Special
		a.Offset = 0
		if r.Prot&addr.ProtExec == 0 {
			a.May = r.Prot
		}
	}
	return a, nil
}

// areaFlags are the flags of an area that follow from mmap's.
func (l *List) areaFlags(r Request) Flags {
	f := l.future
	if r.Flags&MapGrowsDown != 0 {
		f |= GrowsDown
	}
	if r.Flags&MapLocked != 0 {
		f |= Locked
	}
	l.locks = l.locks || f&Locked != 0
	if r.Flags&MapNoReserve != 0 {
		f |= NoReserve
	}
	if r.Flags&MapStack != 0 && l.layout.StackNoHuge {
		f |= NoHuge
	}
	return f
}

// replace puts a into the list in place of what is there (mm/vma.c, mmap_region).
func (l *List) replace(a Area) error {
	if !l.mayExpand(&a, uint64(a.End-a.Start)-l.covered(a.Start, a.End, everything)) {
		return ENOMEM
	}
	if a.Prot&addr.ProtWrite != 0 && a.Flags&(NoReserve|Shared) == 0 {
		if !l.canCommit(uint64(a.End-a.Start), l.committed(a.Start, a.End)) {
			return ENOMEM
		}
		a.Flags |= Account
	}
	if err := l.cut(a.Start, a.End); err != nil {
		return err
	}
	l.insert(a)
	l.tellGone()
	l.tellMapped(a)
	return nil
}

// committed is how many bytes of [start, end) are counted as committed.
func (l *List) committed(start, end addr.VAddr) uint64 {
	n := uint64(0)
	for i := l.first(start); i < len(l.areas) && l.areas[i].Start < end; i++ {
		if a := &l.areas[i]; a.Flags&Account != 0 {
			n += uint64(min(end, a.End) - max(start, a.Start))
		}
	}
	return n
}

// canCommit is the heuristic overcommit rule: one request must not want more than the machine could ever
// have.
func (l *List) canCommit(want, freed uint64) bool {
	return l.layout.CommitLimit == 0 || want <= freed || want-freed <= l.layout.CommitLimit
}

// populated notes that all pages of the area of va exist now, which counts as the first write if they are
// private.
func (l *List) populated(va addr.VAddr) {
	if i := l.find(va); i >= 0 && l.areas[i].Prot&addr.ProtWrite != 0 {
		l.FirstPrivateWrite(va)
	}
}

// Unmap is munmap(2): holes in the range are fine. EINVAL: not aligned, length 0, beyond the address space,
// or it would split a Special area. ENOMEM: it would make too many areas.
func (l *List) Unmap(start addr.VAddr, length uint64) error {
	n := pages(length)
	task := l.layout.TaskSize
	if start != start.ABIDown() || start > task || n > uint64(task-start) || n == 0 {
		return EINVAL
	}
	err := l.cut(start, start+addr.VAddr(n))
	if err == nil {
		l.tellGone()
	}
	return err
}
