package vfs

import "memlab/vm/linux/errno"

// PageCache is the memory in which mappings of files have their pages. A file is named by its Identity.
type PageCache interface {
	Sync(file any, off, n int64)           // before [off, off+n) is read: mappings may have changed it
	Written(file any, off int64, b []byte) // after b was written at off
	Resized(file any, from, to int64)      // after the length has changed
	Punched(file any, off, n int64)        // after [off, off+n) has been made a hole
	Fsync(file any) bool                   // before fsync(2) returns; false: the file does not take its bytes
}

// noCache is the PageCache of a file system whose files nobody maps.
type noCache struct{}

func (noCache) Sync(any, int64, int64)     {}
func (noCache) Written(any, int64, []byte) {}
func (noCache) Resized(any, int64, int64)  {}
func (noCache) Punched(any, int64, int64)  {}

func (noCache) Fsync(any) bool { return true }

// directID is the identity of a file of a WriteTree, whose nodes are made anew at each look-up.
type directID struct {
	mount  *mount
	origin string
}

func (d *direct) id() any { return directID{d.handle.mount, d.handle.origin} }

// Identity is the same for all open files of one regular file.
func (o *File) Identity() any {
	switch b := o.back.(type) {
	case *overlaid:
		return b.content
	case *direct:
		return b.id()
	}
	return o
}

// Fsync brings the file up to date with its mappings.
func (o *File) Fsync() errno.Errno {
	if o.node.IsRegular() && !o.fs.cfg.Cache.Fsync(o.Identity()) {
		return errno.EIO
	}
	return errno.OK
}

// reserver is a backing that can make room for what is written later.
type reserver interface {
	reserve(off, n int64) errno.Errno
	writeBack(b []byte, off int64) errno.Errno
}

// Reserve makes room for n bytes at off, which lie in the file: a mapping is going to write there.
func (o *File) Reserve(off, n int64) error {
	r, ok := o.back.(reserver)
	if !ok {
		return errno.EROFS
	}
	return r.reserve(off, n).Err()
}

// WriteBack puts what a mapping has written to [off, off+len(b)), which has been reserved.
func (o *File) WriteBack(b []byte, off int64) error {
	r, ok := o.back.(reserver)
	if !ok {
		return errno.EROFS
	}
	return r.writeBack(b, off).Err()
}

func (o *overlaid) reserve(off, n int64) errno.Errno {
	for at := off - off%pageSize; at < off+n; at += pageSize {
		if _, e := o.page(at / pageSize); e != errno.OK {
			return e
		}
	}
	o.node.pin()
	o.fs.touch(o.node)
	return errno.OK
}

func (o *overlaid) writeBack(b []byte, off int64) errno.Errno {
	_, e := o.put(b, off)
	return e
}

func (d *direct) reserve(int64, int64) errno.Errno {
	_, e := d.fs.handles.writer(d.handle)
	if e == errno.OK {
		d.fs.touch(d.node)
	}
	return e
}

func (d *direct) writeBack(b []byte, off int64) errno.Errno {
	w, e := d.fs.handles.writer(d.handle)
	if e != errno.OK {
		return e
	}
	_, err := w.WriteAt(b, off)
	return errnoOf(err)
}

// Punch is Zero with an error: for mappings (MADV_REMOVE).
func (o *File) Punch(off, n int64) error { return o.Zero(off, n).Err() }
