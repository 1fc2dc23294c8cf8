package mmops

import (
	"fmt"

	"memlab/paging/addr"
	"memlab/paging/area"
)

// do makes the step's call, notes the answer in it and returns the value that later steps can name.
func (r *run) do(step *Step) (uint64, error) {
	a := &args{run: r, op: step.Op}
	name := a.word(0)
	var fn func(a *args) (addr.VAddr, error)
	access, touches := addr.Read, false
	switch name {
	case "mmap":
		fn = r.mmap
	case "munmap":
		fn = func(a *args) (addr.VAddr, error) { return 0, r.space.List().Unmap(a.at(1), a.number(2)) }
	case "mprotect":
		fn = r.mprotect
	case "mremap":
		fn = r.mremap
	case "brk":
		fn = func(a *args) (addr.VAddr, error) { return r.space.List().Brk(a.at(1)), nil }
	case "madvise":
		fn = r.madvise
	case "mlock":
		fn = r.mlock
	case "ftruncate":
		fn = r.ftruncate
	case "read":
		touches = true
	case "write":
		access, touches = addr.Write, true
	case "exec":
		access, touches = addr.Fetch, true
	default:
		return 0, fmt.Errorf("unknown operation %v", step.Op)
	}
	if touches {
		va, b := a.at(1), byte(0)
		if access == addr.Write {
			b = byte(a.number(2))
		}
		if a.err != nil {
			return 0, a.err
		}
		return r.touch(step, va, access, b), nil
	}
	return r.call(step, a, fn)
}

// call makes a system call: its arguments are read first, so that a step that cannot be understood changes
// nothing that anybody sees.
func (r *run) call(step *Step, a *args, fn func(a *args) (addr.VAddr, error)) (uint64, error) {
	va, err := fn(a)
	switch {
	case a.err != nil:
		return 0, a.err
	case err != nil:
		step.Ret = "-" + err.Error()
		return 0, nil //nolint:nilerr // the kernel's refusal is the answer
	}
	step.Ret = va.String()
	return uint64(va), nil
}

func (r *run) mmap(a *args) (addr.VAddr, error) {
	q := area.Request{
		Addr: a.at(1), Len: a.number(2), Prot: a.prot(3), Flags: a.mapFlags(4), Offset: a.offset(6),
	}
	if f := a.file(5); f != nil {
		q.File, q.FileReadable, q.FileWritable = f, f.readable, f.writing
	}
	if a.err != nil {
		return 0, a.err
	}
	return r.space.List().Map(q)
}

func (r *run) mprotect(a *args) (addr.VAddr, error) {
	start, length, prot := a.at(1), a.number(2), a.prot(3)
	if a.err != nil {
		return 0, a.err
	}
	return 0, r.space.List().Protect(start, length, prot)
}

func (r *run) mremap(a *args) (addr.VAddr, error) {
	old, oldLen, newLen, flags := a.at(1), a.number(2), a.number(3), a.remapFlags(4)
	to := addr.VAddr(0)
	if len(a.op) > 5 {
		to = a.at(5)
	}
	if a.err != nil {
		return 0, a.err
	}
	return r.space.List().Remap(old, oldLen, newLen, flags, to)
}

// The advice that changes what is read.
const (
	adviceDontNeed       = 4
	adviceFree           = 8
	adviceDontNeedLocked = 24
)

func (r *run) madvise(a *args) (addr.VAddr, error) {
	start, length, advice := a.at(1), a.number(2), a.number(3)
	end := (start + addr.VAddr(length)).ABIUp()
	switch {
	case a.err != nil:
		return 0, a.err
	case advice > adviceDontNeed && advice != adviceFree && (advice < 12 || advice > 17) &&
		(advice < 20 || advice > adviceDontNeedLocked),
		start != start.ABIDown(), end < start, length > 0 && end == start:
		return 0, area.EINVAL
	case advice == adviceDontNeed || advice == adviceFree || advice == adviceDontNeedLocked:
		return 0, r.space.DontNeed(start, length)
	}
	for start < end {
		found, ok := r.space.List().Find(start)
		if !ok {
			return 0, area.ENOMEM
		}
		start = found.End
	}
	return 0, nil
}

func (r *run) mlock(a *args) (addr.VAddr, error) {
	start, length := a.at(1), a.number(2)
	if a.err != nil {
		return 0, a.err
	}
	if err := r.space.List().Lock(start, length, true, false); err != nil {
		return 0, err
	}
	return 0, r.space.Populate(start.ABIDown(), (start + addr.VAddr(length)).ABIUp())
}

// maxSize is the largest file of ext4 with blocks of 4 KiB.
const maxSize = 1<<44 - addr.ABIPage

func (r *run) ftruncate(a *args) (addr.VAddr, error) {
	f, size := a.file(1), a.whole(2)
	switch {
	case a.err != nil:
		return 0, a.err
	case f == nil:
		return 0, errBadFile
	case int64(size) < 0, !f.writing:
		return 0, area.EINVAL
	case size > maxSize:
		return 0, errTooBig
	}
	f.truncate(int64(size))
	r.space.Truncated(func(of area.File) bool { _, ours := of.(*openFile); return ours })
	return 0, nil
}
