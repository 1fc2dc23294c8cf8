package cpu

import (
	"bytes"
	"slices"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/vm/x86"
)

// maxBlockOps bounds a block. Longer ones gain nothing, and Op.N is a byte.
const maxBlockOps = 64

// maxCachedOps bounds the cache: when so many instructions are cached, all are dropped. A large program
// (cc1) executes some 650,000 different ones.
const maxCachedOps = 1 << 20

// jumps is the number of entries of the table by which the run loop finds the block at an address without a
// search.
const jumps = 4096

// Block is a run of decoded instructions in one frame. It holds no translation and no rights.
type Block struct {
	Ops     []x86.Op // tuned (see x86.Tune); behind the last lies one more that ends the block
	Dropped bool     // its bytes have changed: not to be entered, and left after the running instruction

	at     uint64 // physical address of the first byte
	mode32 bool
	chain  *Block // next in its hash bucket

	// next are the blocks behind the last instruction, 0, and at the target of its jump, 1, once they are
	// known, of the same page only: whoever may execute this block may go on there. All blocks of a frame are
	// dropped together.
	next  [2]link
	first *x86.Op // of Ops
	insns uint64  // how many there are

	code   []byte // all bytes that decoding looked at, of both pages, for retired; nil if there were breaks
	offset uint64 // of the first in its page

	// A split block is one instruction that begins in one page and ends in the next. head is the number of
	// its bytes in the first; Ops is empty until the frame of the rest has been seen, and good only while
	// that is second.
	split  bool
	head   int
	second addr.Frame
}

// link is the way from a block to another in its page.
type link struct {
	first *x86.Op // of to; nil: no link
	to    *Block
	ahead uint64 // how far behind the block to begins
}

// Cache keeps the decoded blocks of one machine, by physical address of the first byte and mode. Whatever
// changes the bytes of a frame must drop its blocks (MMU.CodeWritten).
type Cache struct {
	mmu     *paging.MMU
	buckets []*Block // length: a power of two
	blocks  int
	ops     int
	frames  map[addr.Frame][]*Block
	breaks  []uint64 // sorted: cuts and entries
	cuts    []uint64 // sorted: where blocks are cut
	entries []uint64
	jump    []jump
	retired retired
	text    []byte // room for the blocks' copies of their bytes
	scratch [maxBlockOps]x86.Op
}

// jump remembers where a virtual address led. It is a hint: whoever uses it compares the block's place with
// the translation.
type jump struct {
	rip   uint64
	block *Block
}

// NewCache makes an empty cache and asks mmu to tell it of changed code.
func NewCache(mmu *paging.MMU) *Cache {
	c := &Cache{
		mmu: mmu, buckets: make([]*Block, 1024), jump: make([]jump, jumps),
		frames: make(map[addr.Frame][]*Block),
	}
	mmu.OnCodeWritten = c.drop
	return c
}

// SetBreaks makes Run return before the instruction at one of these addresses. Blocks are cut there, so
// that the run loop need look only where a block begins.
func (c *Cache) SetBreaks(at []addr.VAddr) {
	old := c.cuts
	c.cuts = nil
	for _, a := range at {
		c.cuts = append(c.cuts, uint64(a))
	}
	slices.Sort(c.cuts)
	c.join()
	for _, b := range c.cuts {
		if _, known := slices.BinarySearch(old, b); !known {
			c.flush() // a block may go over it
			return
		}
	}
}

// SetEntries makes Run return before the instruction at one of these addresses too, but only where a call or
// a jump leads to it: no block is cut for it, so that those who listen to blocks see the same as without.
func (c *Cache) SetEntries(at []addr.VAddr) {
	c.entries = nil
	for _, a := range at {
		c.entries = append(c.entries, uint64(a))
	}
	c.join()
}

// join makes breaks of cuts and entries.
func (c *Cache) join() {
	c.breaks = slices.Concat(c.cuts, c.entries)
	slices.Sort(c.breaks)
	if len(c.breaks) == 0 {
		c.breaks = nil
	}
}

func (c *Cache) isBreak(va uint64) bool {
	_, found := slices.BinarySearch(c.breaks, va)
	return found
}

// cutAt reports whether a break may lie at this offset in a page.
func (c *Cache) cutAt(offset uint64) bool {
	for _, b := range c.cuts {
		if b&c.mmu.Mask == offset {
			return true
		}
	}
	return false
}

func (c *Cache) bucket(at uint64) **Block {
	return &c.buckets[at*0x9E3779B97F4A7C15>>32&uint64(len(c.buckets)-1)]
}

// find returns the block at physical address at, decoding it if need be.
func (c *Cache) find(at uint64, mode32 bool) *Block {
	for b := *c.bucket(at); b != nil; b = b.chain {
		if b.at == at && b.mode32 == mode32 {
			return b
		}
	}
	return c.build(at, mode32)
}

// build decodes the block at physical address at.
func (c *Cache) build(at uint64, mode32 bool) *Block {
	if c.ops >= maxCachedOps {
		c.flush()
	}
	code := c.mmu.Mem.Bytes[at : at+(c.mmu.Mask+1-at&c.mmu.Mask)]
	offset := at & c.mmu.Mask
	if c.breaks == nil {
		if b := c.retired.take(code, offset, mode32); b != nil {
			b.at = at
			c.add(b)
			return b
		}
	}
	b := &Block{at: at, offset: offset, mode32: mode32}
	n, off := 0, 0
	for n < maxBlockOps && off < len(code) && (n == 0 || !c.cutAt((at+uint64(off))&c.mmu.Mask)) {
		op, ok := x86.Decode(code[off:], uint16(off), mode32)
		if !ok {
			break
		}
		op.N = uint8(n)
		c.scratch[n] = op
		n++
		off += int(op.Len)
		if op.Flags&x86.FlagEnd != 0 {
			break
		}
	}
	if n == 0 {
		b.split, b.head = true, len(code)
	} else {
		b.setOps(c.scratch[:n])
		last := int(b.Ops[n-1].Off) // what is decoded there may depend on all that an instruction can have
		b.code = c.copied(code[:min(last+x86.MaxLen, len(code))])
	}
	c.add(b)
	return b
}

// copied is a copy of a block's bytes; nil while there are breaks, at which blocks are cut.
func (c *Cache) copied(code []byte) []byte {
	const chunk = 16 << 10
	if c.breaks != nil {
		return nil
	}
	if cap(c.text)-len(c.text) < len(code) {
		c.text = make([]byte, 0, max(chunk, len(code)))
	}
	n := len(c.text)
	c.text = append(c.text, code...)
	return c.text[n:len(c.text):len(c.text)]
}

// setOps gives b its instructions, and an end.
func (b *Block) setOps(decoded []x86.Op) {
	n := len(decoded)
	ops := make([]x86.Op, n+1)
	copy(ops, decoded)
	x86.Tune(ops[:n])
	closing(&decoded[n-1], &ops[n], x86.BlockLeft)
	if decoded[n-1].Flags&x86.FlagEnd == 0 {
		closing(&decoded[n-1], &ops[n], x86.BlockNext)
	}
	b.Ops, b.first, b.insns = ops[:n], &ops[0], uint64(n)
}

// closing makes what stands behind op, the last of a block. For the accounts it is that one itself.
func closing(op, end *x86.Op, code x86.Code) {
	*end = *op
	end.Code = code
	if code == x86.BlockNext {
		end.Flags |= x86.FlagEnd
		end.Disp = int64(op.Off) + int64(op.Len)
	}
}

// link makes to what b goes on with, if both lie in one page. b has just been left for the address of to, and
// way says how.
func (b *Block) link(way int, to *Block, shift uint) {
	if (b.at^to.at)>>(shift&63) == 0 && !b.Dropped && !b.split && !to.split && b.mode32 == to.mode32 {
		b.next[way] = link{to.first, to, to.at - b.at}
	}
}

// recall is the block that the virtual address rip led to last; nil if that is not known. What it really
// leads to now is for the caller to compare.
func (c *Cache) recall(rip uint64) *Block {
	if j := c.entry(rip); j.rip == rip {
		return j.block
	}
	return nil
}

func (c *Cache) entry(rip uint64) *jump { return &c.jump[(rip^rip>>12)%jumps] }

func (c *Cache) add(b *Block) {
	if c.blocks >= 2*len(c.buckets) {
		c.grow()
	}
	p := c.bucket(b.at)
	b.chain = *p
	*p = b
	c.blocks++
	c.ops += max(len(b.Ops), 1)
	c.own(c.frame(b.at), b)
}

// own notes that b has bytes in f.
func (c *Cache) own(f addr.Frame, b *Block) {
	c.frames[f] = append(c.frames[f], b)
	c.mmu.MarkCode(f)
}

func (c *Cache) frame(at uint64) addr.Frame { return addr.Frame(at >> c.mmu.Shift) }

func (c *Cache) grow() {
	old := c.buckets
	c.buckets = make([]*Block, 2*len(old))
	for _, b := range old {
		for b != nil {
			next := b.chain
			p := c.bucket(b.at)
			b.chain, *p = *p, b
			b = next
		}
	}
}

// complete decodes the split block b: code is its bytes from both pages, second the frame of the rest.
func (c *Cache) complete(b *Block, code []byte, second addr.Frame) {
	if len(b.Ops) > 0 {
		c.disown(b.second, b)
	}
	if !bytes.Equal(b.code, code) {
		op, _ := x86.Decode(code, 0, b.mode32)
		b.setOps([]x86.Op{op})
		b.code = c.copied(code)
	}
	b.second = second
	if !b.Dropped && second != c.frame(b.at) {
		c.own(second, b)
	}
}

// disown forgets that b has bytes in f.
func (c *Cache) disown(f addr.Frame, b *Block) {
	list := c.frames[f]
	if i := slices.Index(list, b); i >= 0 && f != c.frame(b.at) {
		c.frames[f] = slices.Delete(list, i, i+1)
	}
}

// drop forgets all blocks with bytes in f, which have changed.
func (c *Cache) drop(f addr.Frame) {
	list := c.frames[f]
	if list == nil {
		return
	}
	c.frames[f] = list[:0]
	defer clear(list)
	for _, b := range list {
		c.unlink(b)
		c.retired.add(b, b.offset)
		if !b.split || len(b.Ops) == 0 {
			continue
		}
		if first := c.frame(b.at); first != f {
			c.frames[first] = slices.DeleteFunc(c.frames[first], func(x *Block) bool { return x == b })
		} else {
			c.disown(b.second, b)
		}
	}
}

func (c *Cache) unlink(b *Block) {
	b.Dropped = true
	for p := c.bucket(b.at); *p != nil; p = &(*p).chain {
		if *p == b {
			*p = b.chain
			c.blocks--
			c.ops -= max(len(b.Ops), 1)
			return
		}
	}
}

// flush forgets everything.
func (c *Cache) flush() {
	for i, b := range c.buckets {
		for ; b != nil; b = b.chain {
			b.Dropped = true
		}
		c.buckets[i] = nil
	}
	clear(c.frames)
	clear(c.jump)
	c.blocks, c.ops = 0, 0
}
