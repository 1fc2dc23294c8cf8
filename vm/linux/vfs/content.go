package vfs

import (
	"memlab/vm/linux/errno"
)

// content is the bytes of a regular file: pages that have been written, over the host's file, over zeros.
//
//	offset   0      4096    8192    12288         baseSize        size
//	pages           ######          ######                            written: in the overlay
//	base     ======         ======         =======                    not written: read from the host
//	                                              ..................  neither: zeros
//
// So a file of any length takes room for what has been written into it only.
type content struct {
	fs       *FS
	base     *handle // nil: there is no file of the host's below
	baseSize int64   // bytes of base that still count
	size     int64
	pages    map[int64]*[pageSize]byte
}

const (
	pageSize = 4096
	pageCost = pageSize + 64    // what a page takes of the overlay's room
	maxSize  = 1<<44 - pageSize // of a file: ext4's with blocks of 4 KiB
	bounce   = 64 << 10         // the most that is moved in one step
)

// contentOf is n's bytes, set up at the first use.
func (f *FS) contentOf(n *Node) *content {
	if n.content == nil {
		n.content = &content{
			fs: f, base: &handle{mount: n.mount, origin: n.origin}, baseSize: n.size, size: n.size,
		}
	}
	return n.content
}

// readAt fills b from off on; fewer bytes mean that the file ends.
func (c *content) readAt(b []byte, off int64) (int, errno.Errno) {
	if off >= c.size {
		return 0, errno.OK
	}
	b = b[:min(int64(len(b)), c.size-off)]
	done := 0
	for done < len(b) {
		at := off + int64(done)
		part := b[done:]
		if page := c.pages[at/pageSize]; page != nil {
			done += copy(part, page[at%pageSize:])
			continue
		}
		part = part[:c.unwritten(at, int64(len(part)))]
		if e := c.below(part, at); e != errno.OK {
			return done, e
		}
		done += len(part)
	}
	return done, errno.OK
}

// unwritten is how many of the n bytes from at on lie before the next page of the overlay.
func (c *content) unwritten(at, n int64) int64 {
	if len(c.pages) == 0 {
		return n
	}
	end := (at/pageSize + 1) * pageSize
	for end < at+n && c.pages[end/pageSize] == nil {
		end += pageSize
	}
	return min(n, end-at)
}

// below fills b with what the host's file has at off, and zeros behind it.
func (c *content) below(b []byte, off int64) errno.Errno {
	n := 0
	if want := min(int64(len(b)), c.baseSize-off); want > 0 {
		var e errno.Errno
		if n, e = c.fs.handles.readAt(c.base, b[:want], off); e != errno.OK {
			return e
		}
	}
	clear(b[n:])
	return errno.OK
}

// writeAt puts b at off, and mappings of the file show it. Fewer bytes than asked for come with the reason.
func (c *content) writeAt(b []byte, off int64) (int, errno.Errno) {
	was := c.size
	n, e := c.put(b, off)
	if c.size != was {
		c.fs.cfg.Cache.Resized(c, was, c.size)
	}
	c.fs.cfg.Cache.Written(c, off, b[:n])
	return n, e
}

// put puts b at off.
func (c *content) put(b []byte, off int64) (int, errno.Errno) {
	if off >= maxSize {
		return 0, errno.EFBIG
	}
	if int64(len(b)) > maxSize-off {
		b = b[:maxSize-off]
	}
	done := 0
	for done < len(b) {
		at := off + int64(done)
		page, e := c.page(at / pageSize)
		if e != errno.OK {
			return done, e
		}
		done += copy(page[at%pageSize:], b[done:])
		c.size = max(c.size, off+int64(done))
	}
	return done, errno.OK
}

// page is the overlay's page i, made if it is not there.
func (c *content) page(i int64) (*[pageSize]byte, errno.Errno) {
	if p := c.pages[i]; p != nil {
		return p, errno.OK
	}
	if !c.fs.charge(pageCost) {
		return nil, errno.ENOSPC
	}
	p := new([pageSize]byte)
	if e := c.below(p[:], i*pageSize); e != errno.OK {
		c.fs.refund(pageCost)
		return nil, e
	}
	if c.pages == nil {
		c.pages = map[int64]*[pageSize]byte{}
	}
	c.pages[i] = p
	return p, errno.OK
}

// truncate makes the file size bytes long.
func (c *content) truncate(size int64) errno.Errno {
	if size > maxSize {
		return errno.EFBIG
	}
	was := c.size
	if size < c.size {
		for i := range c.pages { // the order does not matter: each page is judged alone
			if i*pageSize >= size {
				delete(c.pages, i)
				c.fs.refund(pageCost)
			}
		}
		if p := c.pages[size/pageSize]; p != nil {
			clear(p[size%pageSize:])
		}
		c.baseSize = min(c.baseSize, size)
	}
	c.size = size
	c.fs.cfg.Cache.Resized(c, was, size)
	return errno.OK
}

// zero clears n bytes from off on, as far as the file goes.
func (c *content) zero(off, n int64) errno.Errno {
	end := min(off+n, c.size)
	for off < end {
		part := min(end-off, pageSize-off%pageSize)
		if p := c.pages[off/pageSize]; p == nil && off >= c.baseSize {
			off += part
			continue
		} else if p != nil && part == pageSize && off >= c.baseSize {
			delete(c.pages, off/pageSize)
			c.fs.refund(pageCost)
			off += part
			continue
		}
		page, e := c.page(off / pageSize)
		if e != errno.OK {
			return e
		}
		clear(page[off%pageSize:][:part])
		off += part
	}
	return errno.OK
}

// untouched reports whether the file is what it was below, where it had size bytes.
func (c *content) untouched(size int64) bool {
	return len(c.pages) == 0 && c.base != nil && c.baseSize == size && c.size == size
}

// free gives the pages back.
func (c *content) free() {
	c.fs.refund(int64(len(c.pages)) * pageCost)
	was := c.size
	*c = content{fs: c.fs}
	c.fs.cfg.Cache.Resized(c, was, 0)
}
