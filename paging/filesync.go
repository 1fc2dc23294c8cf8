package paging

import (
	"math"

	"memlab/paging/addr"
	"memlab/paging/table"
)

// This file keeps the page cache and what is done to files another way than through mappings in step.

// Sync makes the bytes of a file, named by its identity, what its mappings show in [off, off+n): to be
// called before they are read another way.
func (p *Pager) Sync(file any, off, n int64) {
	if o := p.cache[file]; o != nil {
		p.flush(o, max(off, 0), off+min(n, math.MaxInt64-off), false)
	}
}

// Fsync is Sync for the whole file, whose pages are clean afterwards; false: it would not take them.
func (p *Pager) Fsync(file any) bool {
	o := p.cache[file]
	return o == nil || p.flush(o, 0, math.MaxInt64, true)
}

// Written tells that b has been written to the file at off another way than through a mapping: mappings see
// it.
func (p *Pager) Written(file any, off int64, b []byte) {
	o := p.cache[file]
	if o == nil {
		return
	}
	p.dropAlone(o)
	size := p.Mem.Size()
	for len(b) > 0 {
		n := min(uint64(len(b)), uint64(size)-size.Offset(addr.VAddr(off)))
		if e := o.space.lookup(size.PageOf(addr.VAddr(off))); e&table.Present != 0 {
			f := p.frameOf(e)
			copy(p.Mem.Frame(f)[size.Offset(addr.VAddr(off)):], b[:n])
			p.MMU.CodeWritten(f)
		}
		b, off = b[n:], off+int64(n)
	}
}

// Resized tells that the file's length has changed from one to another. What lies behind the end is gone
// from memory, copies that processes have made of it too: to touch it is PastEOF (mm/truncate.c,
// truncate_pagecache). The rest of the last page reads as zeros.
func (p *Pager) Resized(file any, from, to int64) {
	o := p.cache[file]
	if o == nil {
		return
	}
	size := p.Mem.Size()
	end := addr.VAddr(min(from, to))
	if e := o.space.lookup(size.PageOf(end)); e&table.Present != 0 && size.Offset(end) != 0 {
		f := p.frameOf(e)
		clear(p.Mem.Frame(f)[size.Offset(end):])
		p.MMU.CodeWritten(f)
		p.reserveAnew(o, size.PageOf(end), e)
	}
	p.dropAlone(o)
	if to >= from {
		return
	}
	first := size.PageOf(end + addr.VAddr(size) - 1)
	p.drop(o, first)
	if o.mapped > 0 {
		p.dropCopies(o, end.ABIUp())
	}
	p.forget(o)
}

// reserveAnew has the file make room again for a page that may be written to, after the file's length has
// changed within it.
func (p *Pager) reserveAnew(o *object, index addr.Page, e table.Entry) {
	if e&table.Writable == 0 {
		return
	}
	o.space.set(index, e&^table.Writable)
	if o.file != nil && p.reserve(o, index) {
		o.space.set(index, e)
		return
	}
	p.setAll(p.frameOf(e), table.Writable, false, 0)
}

// dropCopies drops what processes have of o's bytes from off on: copies that they have written.
func (p *Pager) dropCopies(o *object, off addr.VAddr) {
	for s, a := range p.shown(o) {
		if end := a.Offset + uint64(a.End-a.Start); end > uint64(off) {
			s.dropRange(a.Start+addr.VAddr(max(uint64(off), a.Offset)-a.Offset), a.End)
		}
	}
}

// Punched tells that the bytes [off, off+n) of the file have been made zeros by making a hole: there is no
// room for them any more, and pages that lie in it are dropped.
func (p *Pager) Punched(file any, off, n int64) {
	o := p.cache[file]
	if o == nil {
		return
	}
	size := int64(p.Mem.Size())
	for _, page := range o.sorted(addr.Page(off / size)) {
		at := int64(page) * size
		if at >= off+n {
			break
		}
		e := o.space.lookup(page)
		if e&table.Present == 0 {
			continue
		}
		f := p.frameOf(e)
		clear(p.Mem.Frame(f)[max(off-at, 0):min(off+n-at, size)])
		p.MMU.CodeWritten(f)
		if p.objectOf(f).anon == nil { // to be reserved anew before the next write
			o.space.set(page, e&^table.Writable)
			p.setAll(f, table.Writable, false, 0)
		}
	}
}

// DropCache frees the pages of files that are clean and that nobody maps, as writing 1 to
// /proc/sys/vm/drop_caches does. It returns how many.
func (p *Pager) DropCache() int {
	n := 0
	for f := range p.Mem.Table {
		in := &p.Mem.Table[f]
		frame := addr.Frame(f)
		if in.Owner == 0 || in.Pins != 0 || in.Others != 0 {
			continue
		}
		if o := p.objectOf(frame); o != nil && o.anon == nil && p.marks(frame)&table.Dirty == 0 {
			va := p.place(frame)
			o.space.set(in.Page, 0)
			p.vacate(frame)
			p.freed(va, frame)
			p.forget(o)
			n++
		}
	}
	return n
}

// Cached is how many frames hold pages of files or shared memory that no process maps.
func (p *Pager) Cached() int {
	n := 0
	for f := range p.Mem.Table {
		if in := &p.Mem.Table[f]; in.Owner != 0 && in.Others == 0 && p.objectOf(addr.Frame(f)) != nil {
			n++
		}
	}
	return n
}

// Unused is how many frames no process uses: free ones, and those of Cached.
func (p *Pager) Unused() int { return p.Mem.Free() + p.Cached() }
