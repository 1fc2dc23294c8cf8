package vfs

import (
	"memlab/vm/linux/errno"
)

// PipeSize is how many bytes a pipe holds; up to PipeAtomic are written at once or not at all (pipe(7)).
const (
	PipeSize   = 65536
	PipeAtomic = 4096
)

// pipe is what two pipe ends share.
type pipe struct {
	data             []byte // waiting to be read; its backing array never exceeds 2 × PipeSize
	readers, writers int
	changes          uint64 // reads, writes and closes so far
}

// Pipe makes a pipe and opens both ends; flags may hold ONonBlock and ODirect.
func (f *FS) Pipe(flags uint32) (r, w *File) {
	p := &pipe{readers: 1, writers: 1}
	n := f.newNode(f.root.mount, typeFifo|0o600, f.cfg.Cred)
	n.parent, n.deleted = f.root, true
	n.refs, n.writers = 2, 1
	n.reopen = func(access uint32) backing {
		if access&OAccess == OReadOnly {
			p.readers++
			return &readEnd{p}
		}
		p.writers++
		return &writeEnd{p}
	}
	r = &File{fs: f, node: n, path: "pipe:[2]", flags: flags | OReadOnly, refs: 1, back: &readEnd{p}}
	w = &File{fs: f, node: n, path: "pipe:[2]", flags: flags | OWriteOnly, refs: 1, back: &writeEnd{p}}
	return r, w
}

type readEnd struct{ *pipe }

type writeEnd struct{ *pipe }

func (r *readEnd) close() { r.readers, r.changes = r.readers-1, r.changes+1 }

func (w *writeEnd) close() { w.writers, w.changes = w.writers-1, w.changes+1 }

func (r *readEnd) readAt(b []byte, _ int64) (int, errno.Errno) {
	if len(r.data) == 0 {
		if r.writers == 0 || len(b) == 0 {
			return 0, errno.OK
		}
		return 0, errno.EAGAIN
	}
	n := copy(b, r.data)
	r.data = append(r.data[:0], r.data[n:]...)
	r.changes++
	return n, errno.OK
}

func (r *readEnd) writeAt([]byte, int64) (int, errno.Errno) { return 0, errno.EBADF }

func (w *writeEnd) readAt([]byte, int64) (int, errno.Errno) { return 0, errno.EBADF }

func (w *writeEnd) writeAt(b []byte, _ int64) (int, errno.Errno) {
	room := PipeSize - len(w.data)
	switch {
	case w.readers == 0:
		return 0, errno.EPIPE
	case len(b) == 0:
		return 0, errno.OK
	case room == 0, len(b) <= PipeAtomic && len(b) > room:
		return 0, errno.EAGAIN
	}
	n := min(len(b), room)
	w.data = append(w.data, b[:n]...)
	w.changes++
	return n, errno.OK
}

// Buffered is how many bytes wait in a pipe (FIONREAD); ok is false for other files.
func (o *File) Buffered() (n int, ok bool) {
	switch b := o.back.(type) {
	case *readEnd:
		return len(b.data), true
	case *writeEnd:
		return len(b.data), true
	}
	return 0, false
}

// HungUp reports whether a pipe's other end is closed.
func (o *File) HungUp() bool {
	switch b := o.back.(type) {
	case *readEnd:
		return b.writers == 0
	case *writeEnd:
		return b.readers == 0
	}
	return false
}
