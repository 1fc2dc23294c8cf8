package area

import "memlab/paging/addr"

// Limits are the resource limits that the kernel looks at whenever an address space grows, in bytes, with
// Unlimited for RLIM_INFINITY. They may change while it lives (setrlimit).
type Limits struct {
	AS      uint64 // RLIMIT_AS: of all areas
	Data    uint64 // RLIMIT_DATA: of private writable areas, and of the heap with the data segment
	Stack   uint64 // RLIMIT_STACK: of one area that grows down
	Memlock uint64 // RLIMIT_MEMLOCK: of locked areas
	MayLock bool   // CAP_IPC_LOCK: Memlock does not count

	Segment uint64 // size of the data segment: end_data - start_data
}

// SetLimits replaces the limits. A list begins with none but its layout's StackLimit.
func (l *List) SetLimits(to Limits) { l.limits = to }

// Limits are the limits in force.
func (l *List) Limits() Limits { return l.limits }

// data reports whether a counts as data: private, writable, no stack (mm/mmap.c, is_data_mapping).
func (a *Area) data() bool { return a.Prot&addr.ProtWrite != 0 && a.Flags&(Shared|GrowsDown) == 0 }

// mayExpand reports whether the limits allow length bytes more of a's kind (mm/mmap.c, may_expand_vm).
func (l *List) mayExpand(a *Area, length uint64) bool {
	if l.limits.AS != Unlimited && l.total(everything)+length > l.limits.AS&^(addr.ABIPage-1) {
		return false
	}
	return !a.data() || l.limits.Data == Unlimited ||
		l.total((*Area).data)+length <= l.limits.Data&^(addr.ABIPage-1)
}

func everything(*Area) bool { return true }

func (a *Area) locked() bool { return a.Flags&Locked != 0 }

// total is the size of the areas of a kind.
func (l *List) total(is func(*Area) bool) uint64 {
	n := uint64(0)
	for i := range l.areas {
		if a := &l.areas[i]; is(a) {
			n += uint64(a.End - a.Start)
		}
	}
	return n
}

// covered is how many bytes of [start, end) belong to areas of a kind.
func (l *List) covered(start, end addr.VAddr, is func(*Area) bool) uint64 {
	n := uint64(0)
	for i := l.first(start); i < len(l.areas) && l.areas[i].Start < end; i++ {
		if a := &l.areas[i]; is(a) {
			n += uint64(min(end, a.End) - max(start, a.Start))
		}
	}
	return n
}

// mayLock reports whether so many bytes more may be locked if flags say that they are (mlock_future_ok).
func (l *List) mayLock(flags Flags, length uint64) bool {
	return flags&Locked == 0 || l.limits.MayLock || l.limits.Memlock == Unlimited ||
		l.total((*Area).locked)+length <= l.limits.Memlock&^(addr.ABIPage-1)
}

// canLock reports whether anything may be locked at all (can_do_mlock).
func (l *List) canLock() bool { return l.limits.MayLock || l.limits.Memlock != 0 }
