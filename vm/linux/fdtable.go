package linux

import (
	"slices"

	"memlab/vm/linux/errno"
	"memlab/vm/linux/vfs"
)

// FDTable is a process's descriptors.
type FDTable struct {
	slots []slot
	users int // processes that have it

	closed func(*FDTable, *vfs.File) // called when a descriptor of the file has been closed
}

type slot struct {
	file      *vfs.File // nil: free
	closeExec bool
}

func newFDTable(closed func(*FDTable, *vfs.File)) *FDTable {
	return &FDTable{users: 1, closed: closed}
}

// copy is a table with the same open files, which has no user yet.
func (t *FDTable) copy() *FDTable {
	n := &FDTable{slots: slices.Clone(t.slots), closed: t.closed}
	for _, s := range n.slots {
		if s.file != nil {
			s.file.Hold()
		}
	}
	return n
}

// Get is the open file behind a descriptor, nil if there is none.
func (t *FDTable) Get(fd int) *vfs.File {
	if fd < 0 || fd >= len(t.slots) {
		return nil
	}
	return t.slots[fd].file
}

// set puts file at fd, which must be below the limit; what was there is closed.
func (t *FDTable) set(fd int, file *vfs.File, closeExec bool) {
	for len(t.slots) <= fd {
		t.slots = append(t.slots, slot{})
	}
	old := t.slots[fd].file
	t.slots[fd] = slot{file, closeExec}
	if old != nil {
		old.Close()
		t.closed(t, old)
	}
}

// add puts file at the lowest free descriptor from least on.
func (t *FDTable) add(file *vfs.File, least int, limit uint64, closeExec bool) (int, errno.Errno) {
	fd := least
	for fd < len(t.slots) && t.slots[fd].file != nil {
		fd++
	}
	if uint64(fd) >= limit {
		return 0, errno.EMFILE
	}
	t.set(fd, file, closeExec)
	return fd, errno.OK
}

// freeAfterExec is the lowest descriptor that is free once CloseExec has closed its share.
func (t *FDTable) freeAfterExec() uint64 {
	for fd, s := range t.slots {
		if s.file == nil || s.closeExec {
			return uint64(fd)
		}
	}
	return uint64(len(t.slots))
}

// close frees a descriptor.
func (t *FDTable) close(fd int) errno.Errno {
	if t.Get(fd) == nil {
		return errno.EBADF
	}
	t.set(fd, nil, false)
	return errno.OK
}

// CloseAll closes every descriptor, as the end of a process does.
func (t *FDTable) CloseAll() {
	for fd := range t.slots {
		t.set(fd, nil, false)
	}
	t.slots = nil
}

// CloseExec closes those that execve does not hand on.
func (t *FDTable) CloseExec() {
	for fd := range t.slots {
		if t.slots[fd].closeExec {
			t.set(fd, nil, false)
		}
	}
}
