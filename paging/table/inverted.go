package table

import (
	"math/bits"

	"memlab/paging/addr"
	"memlab/paging/phys"
)

// Hashed is the inverted page table of a machine: a hash table of the pages that are in memory, of all
// address spaces together. Its size follows the frames, not the address spaces. As in the System/38 and in
// IBM RT's and HP's machines after it, a hash anchor table has the first entry of each chain; Tanenbaum calls
// it the page table of machines with more addresses than memory.
//
//	anchor table   a word for each bucket, up to twice as many as frames: number of its chain's first
//	               entry, 0 none
//	entries        3 words: space and page | Entry | number of the next in the chain
//
// There is an entry for each frame, and more for frames that several pages name (after a fork, or a file's
// page that processes share): an entry does not stand for the frame of its own number, but for one mapping.
type Hashed struct {
	mem     *phys.Memory
	anchors addr.PAddr
	shift   uint // of a hash: what is left is the bucket
	blocks  []addr.PAddr
	free    uint64 // number of the first free entry, linked by their third word; 0: none
	inUse   int
}

const (
	entryBytes   = 24
	blockEntries = 128
	blockBytes   = blockEntries * entryBytes
)

// NewHashed makes an empty table for the frames of mem; false if there is no memory for it.
func NewHashed(mem *phys.Memory) (*Hashed, bool) {
	buckets := max(1, bits.Len(uint(2*mem.Frames()-1)))
	h := &Hashed{mem: mem, shift: uint(64 - buckets)}
	var ok bool
	if h.anchors, ok = mem.Tables.Alloc(h.anchorBytes()); !ok {
		return nil, false
	}
	for len(h.blocks)*blockEntries < mem.Frames() {
		if !h.grow() {
			return nil, false
		}
	}
	return h, true
}

// grow adds a block of free entries.
func (h *Hashed) grow() bool {
	at, ok := h.mem.Tables.Alloc(blockBytes)
	if !ok {
		return false
	}
	h.blocks = append(h.blocks, at)
	first := uint64(len(h.blocks)-1)*blockEntries + 1
	for n := first + blockEntries - 1; n >= first; n-- { // the lowest comes to the front
		h.mem.Tables.Store64(h.at(n)+16, h.free)
		h.free = n
	}
	return true
}

// Bytes is the simulated memory that the table takes.
func (h *Hashed) Bytes() int { return h.anchorBytes() + len(h.blocks)*blockBytes }

func (h *Hashed) anchorBytes() int { return max(leastNode, 8<<(64-h.shift)) }

// at is where entry n lies, from 1.
func (h *Hashed) at(n uint64) addr.PAddr {
	n--
	return h.blocks[n/blockEntries] + addr.PAddr(n%blockEntries*entryBytes)
}

// tag is the first word of an entry.
func tag(space phys.Space, p addr.Page) uint64 { return uint64(space)<<48 | uint64(p) }

func (h *Hashed) bucket(tag uint64) addr.PAddr {
	const golden = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio: Knuth's multiplicative hashing
	return h.anchors + addr.PAddr((tag^tag>>32)*golden>>h.shift*8)
}

// find is where the entry of tag lies, and where the number stands that leads to it; pa 0: there is none.
func (h *Hashed) find(tag uint64) (pa, link addr.PAddr) {
	m := &h.mem.Tables
	link = h.bucket(tag)
	for n := m.Load64(link); n != 0; n = m.Load64(link) {
		pa = h.at(n)
		if m.Load64(pa) == tag {
			return pa, link
		}
		link = pa + 16
	}
	return 0, link
}

// put writes the entry of tag, at the front of its chain if it is new.
func (h *Hashed) put(tag uint64, e Entry) bool {
	m := &h.mem.Tables
	pa, _ := h.find(tag)
	if pa == 0 {
		if h.free == 0 && !h.grow() {
			return false
		}
		n := h.free
		pa = h.at(n)
		h.free = m.Load64(pa + 16)
		first := h.bucket(tag)
		m.Store64(pa, tag)
		m.Store64(pa+16, m.Load64(first))
		m.Store64(first, n)
		h.inUse++
	}
	m.Store64(pa+8, uint64(e))
	return true
}

// remove frees the entry of tag if there is one.
func (h *Hashed) remove(tag uint64) {
	m := &h.mem.Tables
	pa, link := h.find(tag)
	if pa == 0 {
		return
	}
	n := m.Load64(link)
	m.Store64(link, m.Load64(pa+16))
	m.Store64(pa, 0)
	m.Store64(pa+8, 0)
	m.Store64(pa+16, h.free)
	h.free = n
	h.inUse--
}

// Inverted is one address space in a Hashed table. What is in memory is found there. Of all its pages, also
// those in swap, the kernel has a list beside it, which the processor does not see (Silberschatz's external
// page table): a Radix, whose entries say inMemory where the Hashed table has the entry.
type Inverted struct {
	table    *Hashed
	space    phys.Space
	external *Radix
}

const inMemory Entry = 1 << 10

// NewInverted makes the empty table of a space.
func NewInverted(h *Hashed, space phys.Space) (*Inverted, bool) {
	external, ok := NewRadix(h.mem, Split(h.mem.Size(), externalLevels))
	return &Inverted{h, space, external}, ok
}

// externalLevels is the depth of the kernel's own tree.
const externalLevels = 4

// Bytes is the simulated memory that the kernel's list takes. That of the Hashed table is all spaces'.
func (t *Inverted) Bytes() int { return t.external.Bytes() }

// Lookup is p's entry and where it lies.
func (t *Inverted) Lookup(p addr.Page) (e Entry, pa addr.PAddr) {
	if e, pa = t.external.Lookup(p); e != inMemory {
		return e, pa
	}
	pa, _ = t.table.find(tag(t.space, p))
	return Entry(t.table.mem.Tables.Load64(pa + 8)), pa + 8
}

// Set writes p's entry.
func (t *Inverted) Set(p addr.Page, e Entry) bool {
	if e&Present == 0 {
		t.table.remove(tag(t.space, p))
		return t.external.Set(p, e)
	}
	if !t.external.Set(p, inMemory) {
		return false
	}
	if t.table.put(tag(t.space, p), e) {
		return true
	}
	t.external.Set(p, 0) // its node is there
	return false
}

// Use is the processor's walk.
func (t *Inverted) Use(p addr.Page, a addr.Access) (Entry, bool) {
	pa, _ := t.table.find(tag(t.space, p))
	if pa == 0 {
		return 0, false
	}
	was := Entry(t.table.mem.Tables.Load64(pa + 8))
	e, ok := used(was, a)
	if ok && e != was {
		t.table.mem.Tables.Store64(pa+8, uint64(e))
	}
	return e, ok
}

// Walk shows v the entry of p if it is there. What a processor reads on the way to it, the anchor and the
// other entries of the chain, are no entries of page tables.
func (t *Inverted) Walk(p addr.Page, v Visitor) Entry {
	pa, _ := t.table.find(tag(t.space, p))
	if pa == 0 {
		return 0
	}
	return v.Visit(pa+8, 1)
}

// Visit calls fn for each entry that is not zero.
func (t *Inverted) Visit(from, to addr.Page, fn func(p addr.Page, e Entry)) {
	t.external.Visit(from, to, func(p addr.Page, e Entry) {
		if e == inMemory {
			e, _ = t.Lookup(p)
		}
		fn(p, e)
	})
}

// Prune gives back the nodes of the kernel's list that hold nothing.
func (t *Inverted) Prune() { t.external.Prune() }

// Destroy gives everything back: the entries to the Hashed table, too.
func (t *Inverted) Destroy() {
	t.external.Visit(0, 1<<(VirtualBits-t.table.mem.Size().Shift()), func(p addr.Page, e Entry) {
		if e == inMemory {
			t.table.remove(tag(t.space, p))
		}
	})
	t.external.Destroy()
}
