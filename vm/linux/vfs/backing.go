package vfs

import (
	"io/fs"

	"memlab/vm/linux/errno"
)

// backing is where an open file's bytes come from and go to. Files without a position ignore off.
type backing interface {
	readAt(b []byte, off int64) (int, errno.Errno)
	writeAt(b []byte, off int64) (int, errno.Errno)
}

// overlaid is a regular file of an overlaid tree.
type overlaid struct {
	*content
	node *Node
}

func (o *overlaid) writeAt(b []byte, off int64) (int, errno.Errno) {
	n, e := o.content.writeAt(b, off)
	if n > 0 {
		o.node.pin()
		o.fs.touch(o.node)
	}
	return n, e
}

// direct is a regular file of a WriteTree.
type direct struct {
	fs     *FS
	handle *handle
	node   *Node
}

func (d *direct) close() { d.fs.handles.release(d.handle) }

// refresh asks the host how the file is now: others may have written to it, too.
func (d *direct) refresh() {
	f, ok := d.handle.file.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return
	}
	if info, err := f.Stat(); err == nil {
		fresh := d.fs.lowerNode(d.node.mount, d.node.origin, info)
		d.node.size, d.node.mode = fresh.size, fresh.mode
		d.node.atime, d.node.mtime, d.node.ctime = fresh.atime, fresh.mtime, fresh.ctime
		d.node.host, d.node.shared, d.node.nlink = fresh.host, fresh.shared, fresh.nlink
		d.node.fsdev, d.node.ino, d.node.owner = fresh.fsdev, fresh.ino, fresh.owner
	}
}

func (d *direct) readAt(b []byte, off int64) (int, errno.Errno) {
	return d.fs.handles.readAt(d.handle, b, off)
}

func (d *direct) writeAt(b []byte, off int64) (int, errno.Errno) {
	w, e := d.fs.handles.writer(d.handle)
	if e != errno.OK {
		return 0, e
	}
	n, err := w.WriteAt(b, off)
	if n > 0 {
		was := d.node.size
		if d.node.size = max(was, off+int64(n)); d.node.size != was {
			d.fs.cfg.Cache.Resized(d.id(), was, d.node.size)
		}
		d.fs.cfg.Cache.Written(d.id(), off, b[:n])
		d.fs.touch(d.node)
	}
	return n, errnoOf(err)
}

// made is a text that was made up when the file was opened.
type made struct{ text []byte }

func (m *made) readAt(b []byte, off int64) (int, errno.Errno) {
	if off >= int64(len(m.text)) {
		return 0, errno.OK
	}
	return copy(b, m.text[off:]), errno.OK
}

func (m *made) writeAt([]byte, int64) (int, errno.Errno) { return 0, errno.EROFS }
