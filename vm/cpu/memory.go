package cpu

import (
	"encoding/binary"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// This file is the way from instructions to memory. A data access first tries the MMU's Lines: one compare,
// and the bytes are at hand. Whatever is not that simple (no Line, a page boundary, a listener) goes
// through access, which translates, counts, emits and stamps exactly as the model says.

// crossing is where an access that straddles two pages lies physically.
type crossing struct {
	first, second uint64 // offsets in physical memory
	n             uint64 // bytes in the first page
}

// abiShift is the width of an offset in an ABI page, at whose boundaries rights can change.
const abiShift = 12

// split is the physical offset that stands for "see c.cross".
const split = ^uint64(0)

// ea is the effective address of op's memory operand, with segment base.
func (c *CPU) ea(op *x86.Op) uint64 {
	va := c.plain(op)
	if op.Flags&x86.FlagAddr32 != 0 {
		va = uint64(uint32(va))
	}
	if op.Seg != x86.SegNone {
		return c.segmented(op, va)
	}
	return va
}

// find returns the physical offset of size bytes at va if a Line of table knows the page and holds all of
// them.
func (c *CPU) find(lines *[paging.Lines]paging.Line, va, size uint64) (uint64, bool) {
	m := c.MMU
	page := va >> m.Shift
	l := &lines[page%paging.Lines]
	in := va & m.Mask
	if l.Tag != page+1 || in+size > m.Mask+1 {
		return 0, false
	}
	m.Clock += 2
	l.TLB.Stamp = m.Clock
	if m.Stamp {
		l.Frame.LastUse = m.Clock
	}
	return l.Base + in, true
}

// The loads and stores of 1, 4 and 8 bytes have the look-up written out: they are most of all accesses, and
// a call less counts.

func (c *CPU) load8(op *x86.Op, va uint64) uint64 {
	m := c.MMU
	page, in := va>>(m.Shift&63), va&m.Mask
	if l := &m.Reads[page%lines]; l.Tag == page+1 {
		m.Clock += 2
		l.TLB.Stamp = m.Clock
		if m.Stamp {
			l.Frame.LastUse = m.Clock
		}
		return uint64(m.Mem.Bytes[l.Base+in])
	}
	lo, _ := c.loadSlow(op, va, 1)
	return lo
}

func (c *CPU) load16(op *x86.Op, va uint64) uint64 {
	if at, ok := c.find(&c.MMU.Reads, va, 2); ok {
		return uint64(binary.LittleEndian.Uint16(c.MMU.Mem.Bytes[at:]))
	}
	lo, _ := c.loadSlow(op, va, 2)
	return lo
}

func (c *CPU) load32(op *x86.Op, va uint64) uint64 {
	m := c.MMU
	page, in := va>>(m.Shift&63), va&m.Mask
	if l := &m.Reads[page%lines]; l.Tag == page+1 && in <= m.Mask-3 {
		m.Clock += 2
		l.TLB.Stamp = m.Clock
		if m.Stamp {
			l.Frame.LastUse = m.Clock
		}
		return uint64(binary.LittleEndian.Uint32(m.Mem.Bytes[l.Base+in:]))
	}
	lo, _ := c.loadSlow(op, va, 4)
	return lo
}

func (c *CPU) load64(op *x86.Op, va uint64) uint64 {
	m := c.MMU
	page, in := va>>(m.Shift&63), va&m.Mask
	if l := &m.Reads[page%lines]; l.Tag == page+1 && in <= m.Mask-7 {
		m.Clock += 2
		l.TLB.Stamp = m.Clock
		if m.Stamp {
			l.Frame.LastUse = m.Clock
		}
		return binary.LittleEndian.Uint64(m.Mem.Bytes[l.Base+in:])
	}
	lo, _ := c.loadSlow(op, va, 8)
	return lo
}

// load128 reads 16 bytes; where the instruction wants alignment its caller has checked it.
func (c *CPU) load128(op *x86.Op, va uint64) Vec {
	if at, ok := c.find(&c.MMU.Reads, va, 16); ok {
		b := c.MMU.Mem.Bytes[at : at+16]
		return Vec{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
	}
	lo, hi := c.loadSlow(op, va, 16)
	return Vec{lo, hi}
}

// load reads size bytes: 1, 2, 4 or 8.
func (c *CPU) load(op *x86.Op, va uint64, size uint8) uint64 {
	switch size {
	case 1:
		return c.load8(op, va)
	case 2:
		return c.load16(op, va)
	case 4:
		return c.load32(op, va)
	default:
		return c.load64(op, va)
	}
}

func (c *CPU) store8(op *x86.Op, va, v uint64) {
	m := c.MMU
	page, in := va>>(m.Shift&63), va&m.Mask
	if l := &m.Writes[page%lines]; l.Tag == page+1 {
		m.Clock += 2
		l.TLB.Stamp = m.Clock
		if m.Stamp {
			l.Frame.LastUse = m.Clock
		}
		m.Mem.Bytes[l.Base+in] = byte(v)
		return
	}
	c.storeSlow(op, va, 1, v, 0)
}

func (c *CPU) store16(op *x86.Op, va, v uint64) {
	if at, ok := c.find(&c.MMU.Writes, va, 2); ok {
		binary.LittleEndian.PutUint16(c.MMU.Mem.Bytes[at:], uint16(v))
		return
	}
	c.storeSlow(op, va, 2, v, 0)
}

func (c *CPU) store32(op *x86.Op, va, v uint64) {
	m := c.MMU
	page, in := va>>(m.Shift&63), va&m.Mask
	if l := &m.Writes[page%lines]; l.Tag == page+1 && in <= m.Mask-3 {
		m.Clock += 2
		l.TLB.Stamp = m.Clock
		if m.Stamp {
			l.Frame.LastUse = m.Clock
		}
		binary.LittleEndian.PutUint32(m.Mem.Bytes[l.Base+in:], uint32(v))
		return
	}
	c.storeSlow(op, va, 4, v, 0)
}

func (c *CPU) store64(op *x86.Op, va, v uint64) {
	m := c.MMU
	page, in := va>>(m.Shift&63), va&m.Mask
	if l := &m.Writes[page%lines]; l.Tag == page+1 && in <= m.Mask-7 {
		m.Clock += 2
		l.TLB.Stamp = m.Clock
		if m.Stamp {
			l.Frame.LastUse = m.Clock
		}
		binary.LittleEndian.PutUint64(m.Mem.Bytes[l.Base+in:], v)
		return
	}
	c.storeSlow(op, va, 8, v, 0)
}

func (c *CPU) store128(op *x86.Op, va uint64, v Vec) {
	if at, ok := c.find(&c.MMU.Writes, va, 16); ok {
		b := c.MMU.Mem.Bytes[at : at+16]
		binary.LittleEndian.PutUint64(b, v.Lo)
		binary.LittleEndian.PutUint64(b[8:], v.Hi)
		return
	}
	c.storeSlow(op, va, 16, v.Lo, v.Hi)
}

// store writes size bytes: 1, 2, 4 or 8.
func (c *CPU) store(op *x86.Op, va uint64, size uint8, v uint64) {
	switch size {
	case 1:
		c.store8(op, va, v)
	case 2:
		c.store16(op, va, v)
	case 4:
		c.store32(op, va, v)
	default:
		c.store64(op, va, v)
	}
}

// modify begins a read-modify-write of size bytes (1, 2, 4 or 8): one write access. It returns the old
// value and where commit is to put the new one. Every modify that did not raise is followed by a commit
// before the next access, or by none if nothing is written after all.
func (c *CPU) modify(op *x86.Op, va uint64, size uint8) (at, old uint64) {
	at, ok := c.find(&c.MMU.Writes, va, uint64(size))
	if !ok {
		at = c.access(op, va, uint64(size), addr.Write)
		if c.raised {
			return 0, 0
		}
	}
	old, _ = c.fetchBytes(at, uint64(size))
	if c.Bus.On(event.MemRead) {
		c.emit(event.MemRead, va, at, uint64(size), old, 0)
	}
	return at, old
}

// commit ends a read-modify-write.
func (c *CPU) commit(va, at uint64, size uint8, v uint64) {
	c.putBytes(at, uint64(size), v, 0)
	if c.Bus.On(event.MemWrite) {
		c.emit(event.MemWrite, va, at, uint64(size), v, 0)
	}
}

// modify128 is modify of 16 bytes; the address is aligned, so that they lie in one page.
func (c *CPU) modify128(op *x86.Op, va uint64) (at uint64, old Vec) {
	at, ok := c.find(&c.MMU.Writes, va, 16)
	if !ok {
		at = c.access(op, va, 16, addr.Write)
		if c.raised {
			return 0, Vec{}
		}
	}
	old.Lo, old.Hi = c.fetchBytes(at, 16)
	if c.Bus.On(event.MemRead) {
		c.emit(event.MemRead, va, at, 16, old.Lo, old.Hi)
	}
	return at, old
}

// commit128 ends what modify128 began.
func (c *CPU) commit128(va, at uint64, v Vec) {
	c.putBytes(at, 16, v.Lo, v.Hi)
	if c.Bus.On(event.MemWrite) {
		c.emit(event.MemWrite, va, at, 16, v.Lo, v.Hi)
	}
}

// canWrite makes sure that size bytes at va can be written, without writing them: as one write access, for
// instructions that must not change anything before they know.
func (c *CPU) canWrite(op *x86.Op, va, size uint64) bool {
	if _, ok := c.find(&c.MMU.Writes, va, size); ok {
		return true
	}
	c.access(op, va, size, addr.Write)
	return !c.raised
}

//go:noinline
func (c *CPU) loadSlow(op *x86.Op, va, size uint64) (lo, hi uint64) {
	at := c.access(op, va, size, addr.Read)
	if c.raised {
		return 0, 0
	}
	lo, hi = c.fetchBytes(at, size)
	if c.Bus.On(event.MemRead) {
		c.emit(event.MemRead, va, at, size, lo, hi)
	}
	return lo, hi
}

//go:noinline
func (c *CPU) storeSlow(op *x86.Op, va, size, lo, hi uint64) {
	at := c.access(op, va, size, addr.Write)
	if c.raised {
		return
	}
	c.putBytes(at, size, lo, hi)
	if c.Bus.On(event.MemWrite) {
		c.emit(event.MemWrite, va, at, size, lo, hi)
	}
}

// access translates size bytes at va the long way. It returns their physical offset, or split with c.cross
// set when they lie in two pages; on failure it raises. Both pages are checked before it returns, so that a
// store changes nothing unless it changes all.
func (c *CPU) access(op *x86.Op, va, size uint64, a addr.Access) uint64 {
	if op.Accesses != x86.ManyAccesses {
		c.fetched(op)
	}
	c.sync(op)
	if c.Mode32 && va+size > 1<<32 && op.Seg&^x86.SegAddr16 == x86.SegNone {
		c.beyondLimit(op)
		return 0
	}
	m := c.MMU
	first := m.Mask + 1 - va&m.Mask // bytes in the first page
	if size <= first {
		pa, ok := m.Translate(addr.VAddr(va), a)
		if last := va + size - 1; ok && (va^last)>>abiShift != 0 {
			ok = m.Reaches(addr.VAddr(last), a)
		}
		if !ok {
			c.raiseFault(op)
			return 0
		}
		c.settle(uint64(pa), a)
		return uint64(pa)
	}
	second := va + first
	if c.Mode32 {
		second = uint64(uint32(second))
	}
	p1, p2, ok := m.TranslatePair(addr.VAddr(va), addr.VAddr(second), a)
	if !ok {
		c.raiseFault(op)
		return 0
	}
	c.settle(uint64(p1), a)
	c.settle(uint64(p2), a)
	c.cross = crossing{uint64(p1), uint64(p2), first}
	return split
}

// settle does what an access that took the long way may have caused: decoded code in a written frame is
// dropped, and the running block is left after this instruction when it may no longer be the code to run.
func (c *CPU) settle(pa uint64, a addr.Access) {
	f := addr.Frame(pa >> c.MMU.Shift)
	if a == addr.Write && c.MMU.Mem.Table[f].Code {
		c.MMU.CodeWritten(f)
	}
	if c.block != nil && (c.block.Dropped || !c.MMU.Holds(&c.MMU.Fetches, c.Regs[x86.RBlock])) ||
		c.Bus.Pending() != event.Continue || c.Bus.Any(observed) {
		c.limit = 0
	}
}

// raiseFault raises what the MMU says about an access of op; nil: about the fetch. An address that is not
// canonical is #GP, or #SS when it is relative to the stack pointer or frame pointer (SDM Vol. 3, 6.15).
func (c *CPU) raiseFault(op *x86.Op) {
	f := c.MMU.LastFault()
	v, code := PageFault, f.Code
	if f.Cause == paging.NonCanonical {
		v, code = GeneralProtection, 0
		if op != nil && op.Seg == x86.SegNone && (op.Base == x86.RSP || op.Base == x86.RBP) {
			v = StackFault
		}
	}
	c.raise(v, code)
	c.exc.Fault = f
}

func (c *CPU) fetchBytes(at, size uint64) (lo, hi uint64) {
	var buf [16]byte
	mem := c.MMU.Mem.Bytes
	if at == split {
		n := copy(buf[:size], mem[c.cross.first:c.cross.first+c.cross.n])
		copy(buf[n:size], mem[c.cross.second:])
	} else {
		copy(buf[:size], mem[at:])
	}
	return binary.LittleEndian.Uint64(buf[:]), binary.LittleEndian.Uint64(buf[8:])
}

func (c *CPU) putBytes(at, size, lo, hi uint64) {
	var buf [16]byte
	binary.LittleEndian.PutUint64(buf[:], lo)
	binary.LittleEndian.PutUint64(buf[8:], hi)
	mem := c.MMU.Mem.Bytes
	if at == split {
		n := copy(mem[c.cross.first:c.cross.first+c.cross.n], buf[:size])
		copy(mem[c.cross.second:], buf[n:size])
	} else {
		copy(mem[at:], buf[:size])
	}
}

func (c *CPU) emit(k event.Kind, va, at, size, lo, hi uint64) {
	if at == split {
		at = c.cross.first
	}
	if size < 8 {
		lo &= 1<<(8*size) - 1
	}
	c.Bus.Emit(&event.Event{Kind: k, VA: addr.VAddr(va), PA: addr.PAddr(at), Size: size, Arg: lo, Arg2: hi})
}

// sync tells the bus where the program stands.
func (c *CPU) sync(op *x86.Op) {
	c.Bus.Now.PC = addr.VAddr(c.here(op))
	c.Bus.Now.Insn = c.base + uint64(op.N)
}

// fetched stamps the fetch of op: it comes behind all data accesses so far and before op's own.
func (c *CPU) fetched(op *x86.Op) {
	c.stamped = op.N + 1
	c.stampFetch(c.MMU.Clock + 1)
}
