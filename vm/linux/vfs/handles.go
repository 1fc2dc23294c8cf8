package vfs

import (
	"errors"
	"io"
	"io/fs"

	"memlab/vm/linux/errno"
)

// maxHandles is how many files of the host's are open at once. A file that is read again after it had to
// give way is opened anew: no use of a file (a mapping outlives its descriptor) has to say when it ends.
const maxHandles = 64

// handles are the open files of the host's, the least recently used closed first.
type handles struct {
	max  int
	open []*handle
	time uint64
}

// handle is the bytes of one file of the host's.
type handle struct {
	mount  *mount
	origin string
	file   io.Closer // nil: closed at present
	at     io.ReaderAt
	write  WriteFile // of a WriteTree, opened for writing
	used   uint64
}

// reader is h's bytes, opened if need be.
func (hs *handles) reader(h *handle) (io.ReaderAt, errno.Errno) {
	hs.time++
	h.used = hs.time
	if h.file != nil {
		return h.at, errno.OK
	}
	file, err := h.mount.tree.Open(h.origin)
	if err != nil {
		return nil, errnoOf(err)
	}
	at, ok := file.(io.ReaderAt)
	if !ok {
		at = &sequential{mount: h.mount, origin: h.origin, file: file}
	}
	h.file, h.at = file, at
	hs.add(h)
	return h.at, errno.OK
}

// writer is h's file opened for writing, too.
func (hs *handles) writer(h *handle) (WriteFile, errno.Errno) {
	if h.write != nil {
		return h.write, errno.OK
	}
	w, err := h.mount.write.OpenWrite(h.origin)
	if err != nil {
		return nil, errnoOf(err)
	}
	hs.adopt(h, w)
	return w, errno.OK
}

// hold opens h for a file that is being opened: until release it stays open, whatever becomes of its name.
func (hs *handles) hold(h *handle, writes bool) errno.Errno {
	if writes {
		w, err := h.mount.write.OpenWrite(h.origin)
		if err != nil {
			return errnoOf(err)
		}
		h.file, h.at, h.write = w, w, w
		return errno.OK
	}
	file, err := h.mount.tree.Open(h.origin)
	if err != nil {
		return errnoOf(err)
	}
	at, ok := file.(io.ReaderAt)
	if !ok {
		at = &sequential{mount: h.mount, origin: h.origin, file: file}
	}
	h.file, h.at = file, at
	return errno.OK
}

// release lets h be closed when many are open: a mapping may still read it.
func (hs *handles) release(h *handle) {
	hs.time++
	h.used = hs.time
	if h.file != nil {
		hs.add(h)
	}
}

// adopt makes w the open file of h.
func (hs *handles) adopt(h *handle, w WriteFile) {
	if h.file != nil {
		_ = h.file.Close() // only read: nothing can be lost
		h.file, h.at, h.write = w, w, w
		return
	}
	h.file, h.at, h.write = w, w, w
	hs.time++
	h.used = hs.time
	hs.add(h)
}

func (hs *handles) add(h *handle) {
	if len(hs.open) < hs.max {
		hs.open = append(hs.open, h)
		return
	}
	oldest := 0
	for i := range hs.open {
		if hs.open[i].used < hs.open[oldest].used {
			oldest = i
		}
	}
	hs.open[oldest].close()
	hs.open[oldest] = h
}

// close lets the host's file go; bytes written to it have reached the host's kernel by then.
func (h *handle) close() {
	if h.file != nil {
		_ = h.file.Close()
	}
	h.file, h.at, h.write = nil, nil, nil
}

func (hs *handles) closeAll() {
	for _, h := range hs.open {
		h.close()
	}
	hs.open = nil
}

// readAt fills b from off on; fewer bytes mean that the file ends.
func (hs *handles) readAt(h *handle, b []byte, off int64) (int, errno.Errno) {
	at, e := hs.reader(h)
	if e != errno.OK {
		return 0, e
	}
	n, err := at.ReadAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, errno.EIO
	}
	return n, errno.OK
}

// sequential reads at offsets a file that can only be read from its start: going back opens it anew.
type sequential struct {
	mount  *mount
	origin string
	file   fs.File
	pos    int64
}

// ReadAt implements io.ReaderAt.
func (s *sequential) ReadAt(b []byte, off int64) (int, error) {
	if off < s.pos {
		file, err := s.mount.tree.Open(s.origin)
		if err != nil {
			return 0, err
		}
		_ = s.file.Close()
		s.file, s.pos = file, 0
	}
	skipped, err := io.CopyN(io.Discard, s.file, off-s.pos)
	s.pos += skipped
	if err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s.file, b)
	s.pos += int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
