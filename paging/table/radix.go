// Package table has the formats of page tables. They are held in simulated physical memory: a walk reads
// entries at physical addresses, and what the tables cost in memory can be counted.
//
// The radix format is the processor's tree. With 4 KiB pages and four levels it is x86-64's own, bit by bit:
//
//	47      39 38      30 29      21 20      12 11         0
//	 level 4    level 3    level 2    level 1     offset
//
// With other page sizes the bits above the offset are shared out again, and a node has as many entries as its
// level has bits (a node need not fill a page then).
package table

import (
	"memlab/paging/addr"
	"memlab/paging/phys"
)

// VirtualBits is the width of virtual addresses.
const VirtualBits = 48

// Radix is one address space's tree. Level 1 is the last: its entries name frames.
type Radix struct {
	mem    *phys.Memory
	root   addr.PAddr
	levels int
	bytes  int                 // of all nodes
	shift  [MaxLevels + 1]uint // of a page number, by level: where the level's index begins
	mask   [MaxLevels + 1]uint64
	memo   [memos]memo
}

// memos is the number of last-level nodes that a tree remembers the way to: with 4 KiB pages and four levels
// 32 MiB of addresses.
const memos = 16

// memo says that the walk for the pages of one last-level node, region (a page number without its last
// index), ends in node, and that every entry on the way there has its A bit set. It stays true until Prune:
// an entry above the last level is made once and changes no more but for that bit, which nothing clears.
// Nothing of the model depends on memos.
type memo struct {
	region addr.Page
	node   addr.PAddr // 0: empty
}

// MinLevels and MaxLevels bound the depth of a tree.
const (
	MinLevels = 2
	MaxLevels = 5
)

// NewRadix makes an empty tree of 2 to 5 levels; false if there is no memory for its root.
func NewRadix(mem *phys.Memory, levels int) (*Radix, bool) {
	t := &Radix{mem: mem, levels: levels}
	bits := VirtualBits - mem.Size().Shift()
	at := uint(0)
	for l := 1; l <= levels; l++ {
		width := bits / uint(levels)
		if uint(l) <= bits%uint(levels) {
			width++ // what does not divide goes to the last levels
		}
		t.shift[l], t.mask[l] = at, 1<<width-1
		at += width
	}
	var ok bool
	t.root, ok = mem.Tables.Alloc(t.nodeBytes(levels))
	t.bytes = t.nodeBytes(levels)
	return t, ok
}

func (t *Radix) nodeBytes(level int) int { return int(t.mask[level]+1) * 8 }

// Root is the physical address of the top node: CR3.
func (t *Radix) Root() addr.PAddr { return t.root }

// Bytes is the simulated memory that the tree takes.
func (t *Radix) Bytes() int { return t.bytes }

// Levels is the depth of the tree.
func (t *Radix) Levels() int { return t.levels }

// EntryAt is the physical address of p's entry in the node at node, which is of the given level.
func (t *Radix) EntryAt(node addr.PAddr, level int, p addr.Page) addr.PAddr {
	return node + addr.PAddr(uint64(p)>>t.shift[level]&t.mask[level]*8)
}

// Lookup is p's last-level entry and where it lies; pa is 0 when the tree has no node for it.
func (t *Radix) Lookup(p addr.Page) (e Entry, pa addr.PAddr) {
	node := t.root
	for l := t.levels; ; l-- {
		pa = t.EntryAt(node, l, p)
		e = Entry(t.mem.Tables.Load64(pa))
		if l == 1 {
			return e, pa
		}
		if e&Present == 0 {
			return 0, 0
		}
		node = e.PAddr()
	}
}

// Set writes p's last-level entry, making the nodes on the way. It fails when there is no memory for a node.
func (t *Radix) Set(p addr.Page, e Entry) bool {
	node := t.root
	for l := t.levels; l > 1; l-- {
		pa := t.EntryAt(node, l, p)
		up := Entry(t.mem.Tables.Load64(pa))
		if up&Present == 0 {
			child, ok := t.mem.Tables.Alloc(t.nodeBytes(l - 1))
			if !ok {
				return false
			}
			t.bytes += t.nodeBytes(l - 1)
			up = At(child, Writable|User)
			t.mem.Tables.Store64(pa, uint64(up))
		}
		node = up.PAddr()
	}
	t.mem.Tables.Store64(t.EntryAt(node, 1, p), uint64(e))
	return true
}

// Use is the processor's walk for an access of kind a: it sets A in each entry and, for a write, D in the
// last. If the page is not present, or not for such an access, or its rights are Mixed, it returns false and
// has left the last entry alone.
func (t *Radix) Use(p addr.Page, a addr.Access) (Entry, bool) {
	region := p >> (t.shift[2] & 63)
	w := &t.memo[region%memos]
	if w.region != region || w.node == 0 {
		node, ok := t.descend(p)
		if !ok {
			return 0, false
		}
		*w = memo{region, node}
	}
	pa := w.node + addr.PAddr(uint64(p)&t.mask[1]*8)
	was := Entry(t.mem.Tables.Load64(pa))
	if was&(Present|Mixed) != Present || !was.Prot().Allows(a) {
		return 0, false
	}
	e := was | Accessed
	if a == addr.Write {
		e |= Dirty
	}
	if e != was {
		t.mem.Tables.Store64(pa, uint64(e))
	}
	return e, true
}

// descend walks to p's last-level node, setting A on the way.
func (t *Radix) descend(p addr.Page) (node addr.PAddr, ok bool) {
	node = t.root
	for l := t.levels; l > 1; l-- {
		pa := t.EntryAt(node, l, p)
		e := Entry(t.mem.Tables.Load64(pa))
		if e&Present == 0 {
			return 0, false
		}
		t.mem.Tables.Store64(pa, uint64(e|Accessed))
		node = e.PAddr()
	}
	return node, true
}

// Visit calls fn for each entry that is not zero, in [from, to), in order of pages. fn may change the entry
// by Set.
func (t *Radix) Visit(from, to addr.Page, fn func(p addr.Page, e Entry)) {
	t.visit(t.root, t.levels, 0, from, to, fn)
}

func (t *Radix) visit(node addr.PAddr, level int, base, from, to addr.Page, fn func(addr.Page, Entry)) {
	span := addr.Page(1) << t.shift[level] // pages under one entry
	first, last := addr.Page(0), addr.Page(t.mask[level])
	if from > base {
		first = (from - base) >> t.shift[level]
	}
	for i := first; i <= last; i++ {
		p := base + i*span
		if p >= to {
			return
		}
		e := Entry(t.mem.Tables.Load64(node + addr.PAddr(i*8)))
		switch {
		case e == 0:
		case level == 1:
			fn(p, e)
		default:
			t.visit(e.PAddr(), level-1, p, from, to, fn)
		}
	}
}

// Prune gives back the nodes below the root under which no entry is left. It must not be called from Visit.
func (t *Radix) Prune() {
	t.prune(t.root, t.levels)
	clear(t.memo[:])
}

// prune gives back what is empty below node and reports whether that itself is empty now.
func (t *Radix) prune(node addr.PAddr, level int) bool {
	empty := true
	for i := range t.mask[level] + 1 {
		pa := node + addr.PAddr(i*8)
		e := Entry(t.mem.Tables.Load64(pa))
		if e != 0 && level > 1 && t.prune(e.PAddr(), level-1) {
			t.mem.Tables.Release(e.PAddr(), t.nodeBytes(level-1))
			t.mem.Tables.Store64(pa, 0)
			t.bytes -= t.nodeBytes(level - 1)
			e = 0
		}
		empty = empty && e == 0
	}
	return empty
}

// Destroy gives all nodes back. The tree must not be used afterwards.
func (t *Radix) Destroy() { t.destroy(t.root, t.levels) }

func (t *Radix) destroy(node addr.PAddr, level int) {
	if level > 1 {
		for i := range t.mask[level] + 1 {
			if e := Entry(t.mem.Tables.Load64(node + addr.PAddr(i*8))); e&Present != 0 {
				t.destroy(e.PAddr(), level-1)
			}
		}
	}
	t.mem.Tables.Release(node, t.nodeBytes(level))
}
