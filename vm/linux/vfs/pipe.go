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
	changes          uint64    // reads, writes and closes so far
	opened           [2]uint64 // how often for reading, for writing
}

// reopen opens an end of the pipe.
func (p *pipe) reopen(flags uint32) backing {
	p.changes++
	switch flags & OAccess {
	case OReadOnly:
		p.readers++
		p.opened[0]++
		return &readEnd{p}
	case OWriteOnly:
		p.writers++
		p.opened[1]++
		return &writeEnd{p}
	default:
		p.readers, p.writers = p.readers+1, p.writers+1
		p.opened[0], p.opened[1] = p.opened[0]+1, p.opened[1]+1
		return &bothEnds{readEnd{p}, writeEnd{p}}
	}
}

// bothEnds is a named pipe that has been opened for reading and writing.
type bothEnds struct {
	readEnd
	writeEnd
}

func (b *bothEnds) readAt(p []byte, off int64) (int, errno.Errno) { return b.readEnd.readAt(p, off) }

func (b *bothEnds) writeAt(p []byte, off int64) (int, errno.Errno) { return b.writeEnd.writeAt(p, off) }

func (b *bothEnds) close() {
	b.readEnd.close()
	b.writeEnd.close()
}

// Partner is for open(2) of a named pipe, which waits until the other end has been opened, too: it reports
// whether that has come about since File was opened, or waiting is not for this file. A writer that may not
// wait, and has no reader, is refused by Open.
func (o *File) Partner() func() bool {
	var p *pipe
	side := 0
	switch b := o.back.(type) {
	case *readEnd:
		p, side = b.pipe, 1
	case *writeEnd:
		p = b.pipe
	}
	if p == nil || p != o.node.fifo || o.flags&ONonBlock != 0 {
		return func() bool { return true }
	}
	before := p.opened[side]
	if p.others(side) > 0 {
		before--
	}
	return func() bool { return p.opened[side] != before }
}

// others counts who has the readers' end (0), the writers' (1) open.
func (p *pipe) others(side int) int {
	if side == 0 {
		return p.readers
	}
	return p.writers
}

// Pipe makes a pipe and opens both ends; flags may hold ONonBlock and ODirect.
func (f *FS) Pipe(flags uint32) (r, w *File) {
	p := &pipe{readers: 1, writers: 1}
	n := f.newNode(f.root.mount, typeFifo|0o600, f.cfg.Cred)
	n.parent, n.deleted = f.root, true
	n.refs, n.writers = 2, 1
	n.reopen = p.reopen
	r = &File{fs: f, node: n, path: "pipe:[2]", flags: flags | OReadOnly, refs: 1, back: &readEnd{p}}
	w = &File{fs: f, node: n, path: "pipe:[2]", flags: flags | OWriteOnly, refs: 1, back: &writeEnd{p}}
	return r, w
}

type readEnd struct{ *pipe }

type writeEnd struct{ *pipe }

func (r *readEnd) close() {
	r.readers--
	r.left()
}

func (w *writeEnd) close() {
	w.writers--
	w.left()
}

// left is for an end that has just been closed; what nobody can read any more is gone.
func (p *pipe) left() {
	p.changes++
	if p.readers+p.writers == 0 {
		p.data = nil
	}
}

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
	case *bothEnds:
		return len(b.readEnd.data), true
	}
	return 0, false
}

// Peek copies what waits in a pipe and leaves it there; EINVAL of another file.
func (o *File) Peek(b []byte) (int, errno.Errno) {
	var p *pipe
	switch r := o.back.(type) {
	case *readEnd:
		p = r.pipe
	case *bothEnds:
		p = r.readEnd.pipe
	default:
		return 0, errno.EINVAL
	}
	if len(p.data) == 0 && p.writers > 0 {
		return 0, errno.EAGAIN
	}
	return copy(b, p.data), errno.OK
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
