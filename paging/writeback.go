package paging

import (
	"memlab/paging/addr"
	"memlab/paging/area"
	"memlab/paging/table"
)

// This file has the way of what shared mappings write: room for it in the file, before the first write;
// back to the file, when the page is flushed or evicted.

// reserve has the file of o make room for a page that is going to be written.
func (p *Pager) reserve(o *object, index addr.Page) bool {
	if e := o.space.lookup(index); e&table.Writable != 0 || o.anon != nil {
		return true
	}
	w, ok := o.file.(area.Writable)
	return ok && w.Reserve(int64(p.Mem.Size().Base(index)), int64(p.Mem.Size())) == nil
}

// permit lets all shared mappings of o's page, which is resident and reserved, write to it.
func (p *Pager) permit(o *object, index addr.Page) {
	e := o.space.lookup(index)
	if e&table.Writable != 0 {
		return
	}
	if !o.opened {
		o.opened = true
		p.dropAlone(o)
	}
	o.space.set(index, e|table.Writable)
	for i := p.Mem.Table[p.frameOf(e)].Others; i != 0; {
		n := p.sharing.nodes[i]
		other := n.space.lookup(n.page)
		n.space.update(n.page, other)
		i = n.next
	}
}

// writeFile writes the page in f back to its file and marks it clean.
func (p *Pager) writeFile(o *object, f addr.Frame) Cause {
	if !p.store(o, f) {
		return WriteError
	}
	p.Stats.WriteBacks++
	p.setAll(f, table.Dirty, false, 0)
	return NotPresent
}

// store copies the bytes of f to its file, as far as the file reaches.
func (p *Pager) store(o *object, f addr.Frame) bool {
	off := int64(p.Mem.Size().Base(p.Mem.Table[f].Page))
	n := min(int64(p.Mem.Size()), int64(o.size())-off)
	if n <= 0 {
		return true
	}
	w, ok := o.file.(area.Writable)
	return ok && w.WriteBack(p.Mem.Frame(f)[:n], off) == nil
}

// flush brings the file up to date with the dirty pages of o in [from, to), which are clean then if clean
// is true; false: the file would not take one.
func (p *Pager) flush(o *object, from, to int64, clean bool) bool {
	ok := true
	if o.anon != nil || !o.opened {
		return ok
	}
	for _, page := range o.sorted(addr.Page(uint64(from) >> p.MMU.Shift)) {
		if int64(p.Mem.Size().Base(page)) >= to {
			break
		}
		e := o.space.lookup(page)
		f := p.frameOf(e)
		if p.marks(f)&table.Dirty == 0 {
			continue
		}
		if clean {
			ok = p.writeFile(o, f) == NotPresent && ok
		} else {
			ok = p.store(o, f) && ok
		}
	}
	return ok
}
