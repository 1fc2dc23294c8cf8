package mmops

import (
	"io"

	"memlab/paging/addr"
	"memlab/paging/plain"
)

// content is the bytes of the test file as the page cache has them: pages that were written, over what the
// document describes, over zeros. Behind the end of the file the rest of its last page can be written through
// a shared mapping, and is seen there until the file is cut or grows.
type content struct {
	spec  FileSpec
	base  int64 // bytes of the description that still count
	size  int64
	pages map[int64]*plain.Page
}

func newContent(spec FileSpec) *content {
	return &content{spec: spec, base: spec.size(), size: spec.size(), pages: map[int64]*plain.Page{}}
}

// page is page i as it is now.
func (c *content) page(i int64) (p plain.Page) {
	if known := c.pages[i]; known != nil {
		return *known
	}
	start := i * addr.ABIPage
	for j := range p[:max(0, min(addr.ABIPage, c.base-start))] {
		p[j] = 'e'
		if i < c.spec.Pages {
			p[j] = byte(0x41 + i%26)
		}
	}
	return p
}

// truncate sets the size. What lay behind the old end or lies behind the new one is zero from now on.
func (c *content) truncate(size int64) {
	end := min(c.size, size)
	last := end / addr.ABIPage
	if end%addr.ABIPage != 0 {
		p := c.page(last)
		clear(p[end%addr.ABIPage:])
		c.pages[last] = &p
		last++
	}
	for i := range c.pages { // each page is judged alone: the order does not matter
		if i >= last {
			delete(c.pages, i)
		}
	}
	c.base, c.size = min(c.base, size), size
}

// openFile is one open file of the content: areas of two of them never merge.
type openFile struct {
	*content
	readable, writing bool
}

// Size is the file's length in bytes.
func (f *openFile) Size() int64 { return f.size }

// Path is the name that areas of the file have, whichever of the three it is.
func (f *openFile) Path() string { return "F" }

// ReadAt reads whole pages of the page cache.
func (f *openFile) ReadAt(b []byte, off int64) (int, error) {
	if off < 0 || off >= f.size {
		return 0, io.EOF
	}
	p := f.page(off / addr.ABIPage)
	return copy(b, p[off%addr.ABIPage:]), nil
}

// WriteAt writes within one page of the page cache.
func (f *openFile) WriteAt(b []byte, off int64) (int, error) {
	p := f.page(off / addr.ABIPage)
	n := copy(p[off%addr.ABIPage:], b)
	f.pages[off/addr.ABIPage] = &p
	return n, nil
}
