package vfs

import (
	"errors"
	"io"
	"syscall"

	"memlab/vm/linux/errno"
)

// Stream is a standard stream of the guest's: a reader or a writer of the host's.
type Stream struct {
	in   io.Reader
	out  io.Writer
	TTY  bool   // a terminal: its size follows
	Rows uint16 // of characters
	Cols uint16
}

// OpenStream opens a stream. in nil: reading finds the end; out nil: what is written is dropped. The guest
// sees a pipe, or a terminal if s.TTY says so.
func (f *FS) OpenStream(s Stream, in io.Reader, out io.Writer, flags uint32) *File {
	s.in, s.out = in, out
	mode, path := uint32(typeFifo|0o600), "pipe:[1]"
	if s.TTY {
		mode, path = typeChr|0o620, "/dev/pts/0"
	}
	n := f.newNode(f.root.mount, mode, f.cfg.Cred)
	n.parent, n.deleted = f.root, true
	n.refs = 1
	n.reopen = func(uint32) backing { return &s }
	return &File{fs: f, node: n, path: path, flags: flags, refs: 1, back: &s}
}

// IsTerminal reports whether the file is a terminal, or another stream that gives once what it has.
func (o *File) IsTerminal() bool {
	_, ok := o.Special().(interface{ Terminal() })
	return ok || o.Stream() != nil
}

// Stream is the file's stream, nil if it is something else.
func (o *File) Stream() *Stream {
	s, _ := o.back.(*Stream)
	return s
}

func (s *Stream) readAt(b []byte, _ int64) (int, errno.Errno) {
	if s.in == nil || len(b) == 0 {
		return 0, errno.OK
	}
	for range 100 { // a reader may return nothing and no error, but not for ever (io.ErrNoProgress)
		n, err := s.in.Read(b)
		if n > 0 || errors.Is(err, io.EOF) {
			return n, errno.OK
		}
		if err != nil {
			return 0, errno.EIO
		}
	}
	return 0, errno.EIO
}

func (s *Stream) writeAt(b []byte, _ int64) (int, errno.Errno) {
	if s.out == nil {
		return len(b), errno.OK
	}
	n, err := s.out.Write(b)
	switch {
	case err == nil:
		return n, errno.OK
	case errors.Is(err, io.ErrClosedPipe), errors.Is(err, syscall.EPIPE):
		return n, errno.EPIPE
	}
	return n, errno.EIO
}
