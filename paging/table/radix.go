package table

import (
	"memlab/paging/addr"
	"memlab/paging/phys"
)

// Radix is one address space's tree. Level 1 is the last: its entries name frames. With 4 KiB pages and four
// levels it is x86-64's own, bit by bit:
//
//	47      39 38      30 29      21 20      12 11         0
//	 level 4    level 3    level 2    level 1     offset
//
// A node has as many entries as its level has bits (a node need not fill a page).
type Radix struct {
	mem    *phys.Memory
	root   addr.PAddr
	levels int
	bytes  int                 // of all nodes
	shift  [MaxLevels + 2]uint // of a page number, by level: where the level's index begins
	mask   [MaxLevels + 2]uint64
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
	MinLevels = 1
	MaxLevels = 5
)

// Split shares the bits of page numbers out to so many levels, the first level first: evenly, and what does
// not divide to the last ones.
func Split(size addr.PageSize, levels int) []uint {
	bits := VirtualBits - size.Shift()
	widths := make([]uint, levels)
	for i := range widths {
		widths[i] = bits / uint(levels)
		if uint(levels-i) <= bits%uint(levels) {
			widths[i]++
		}
	}
	return widths
}

// NewRadix makes an empty tree whose levels have widths bits each, the first level first: 1 to 5 of them,
// which make up a page number. It returns false if there is no memory for its root.
func NewRadix(mem *phys.Memory, widths []uint) (*Radix, bool) {
	t := &Radix{mem: mem, levels: len(widths)}
	at := uint(0)
	for i := range widths {
		l := i + 1
		t.shift[l], t.mask[l] = at, 1<<widths[len(widths)-l]-1
		at += widths[len(widths)-l]
	}
	t.shift[t.levels+1] = at
	var ok bool
	t.root, ok = mem.Tables.Alloc(t.nodeBytes(t.levels))
	t.bytes = t.nodeBytes(t.levels)
	return t, ok
}

func (t *Radix) nodeBytes(level int) int { return max(leastNode, int(t.mask[level]+1)*8) }

// leastNode is the least size of a node, and what the size of everything in the arena is a multiple of: an
// Entry names addresses from bit 9 on.
const leastNode = 512

// Root is the physical address of the top node: CR3.
func (t *Radix) Root() addr.PAddr { return t.root }

// Bytes is the simulated memory that the tree takes.
func (t *Radix) Bytes() int { return t.bytes }

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
	e, ok := used(was, a)
	if ok && e != was {
		t.mem.Tables.Store64(pa, uint64(e))
	}
	return e, ok
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

// Walk shows v the entries on the way to p, from the root on, as far as they are present. It returns the last
// one.
func (t *Radix) Walk(p addr.Page, v Visitor) Entry {
	node := t.root
	for level := t.levels; ; level-- {
		e := v.Visit(t.EntryAt(node, level, p), level)
		if e&Present == 0 || level == 1 {
			return e
		}
		node = e.PAddr()
	}
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
