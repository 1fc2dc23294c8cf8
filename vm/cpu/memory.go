package cpu

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

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
	l := m.Of(lines, va)
	in := va - l.Start
	if in > m.Mask+1-size {
		return 0, false
	}
	m.Hit(l, va-l.Start)
	return m.Base(l) + in, true
}

// reader is where to look for a Line for reading at va, and writer for a write or a read-modify-write. If
// va - Start says that it is the one, the access is a Hit, otherwise it takes the slow way.
func (c *CPU) reader(va uint64) (*paging.MMU, *paging.Line) {
	m := c.MMU
	return m, &m.Reads[va>>(m.Shift&63)%lines]
}

func (c *CPU) writer(va uint64) (*paging.MMU, *paging.Line) {
	m := c.MMU
	return m, &m.Writes[va>>(m.Shift&63)%lines]
}

// reading is where the byte at va and the last behind it are to be read, if a Line knows them all; otherwise
// nil, and nothing has happened.
func (c *CPU) reading(va, last uint64) unsafe.Pointer {
	if m, l := c.reader(va); va-l.Start <= m.Mask-last {
		return m.Hit(l, va-l.Start)
	}
	return nil
}

// writing is reading for a write or a read-modify-write.
func (c *CPU) writing(va, last uint64) unsafe.Pointer {
	if m, l := c.writer(va); va-l.Start <= m.Mask-last {
		return m.Hit(l, va-l.Start)
	}
	return nil
}

// The loads and stores behind reading and writing.

func get8(p unsafe.Pointer) uint64  { return uint64(*(*byte)(p)) }
func get16(p unsafe.Pointer) uint64 { return uint64(binary.LittleEndian.Uint16((*[2]byte)(p)[:])) }
func get32(p unsafe.Pointer) uint64 { return uint64(binary.LittleEndian.Uint32((*[4]byte)(p)[:])) }
func get64(p unsafe.Pointer) uint64 { return binary.LittleEndian.Uint64((*[8]byte)(p)[:]) }

func put8(p unsafe.Pointer, v uint64)  { *(*byte)(p) = byte(v) }
func put16(p unsafe.Pointer, v uint64) { binary.LittleEndian.PutUint16((*[2]byte)(p)[:], uint16(v)) }

func put32(p unsafe.Pointer, v uint64) { binary.LittleEndian.PutUint32((*[4]byte)(p)[:], uint32(v)) }
func put64(p unsafe.Pointer, v uint64) { binary.LittleEndian.PutUint64((*[8]byte)(p)[:], v) }

func (c *CPU) load8(op *x86.Op, va uint64) uint64 {
	if p := c.reading(va, 0); p != nil {
		return get8(p)
	}
	lo, _ := c.loadSlow(op, va, 1)
	return lo
}

func (c *CPU) load16(op *x86.Op, va uint64) uint64 {
	if p := c.reading(va, 1); p != nil {
		return get16(p)
	}
	lo, _ := c.loadSlow(op, va, 2)
	return lo
}

func (c *CPU) load32(op *x86.Op, va uint64) uint64 {
	if p := c.reading(va, 3); p != nil {
		return get32(p)
	}
	lo, _ := c.loadSlow(op, va, 4)
	return lo
}

func (c *CPU) load64(op *x86.Op, va uint64) uint64 {
	if p := c.reading(va, 7); p != nil {
		return get64(p)
	}
	lo, _ := c.loadSlow(op, va, 8)
	return lo
}

// load128 reads 16 bytes; where the instruction wants alignment its caller has checked it.
func (c *CPU) load128(op *x86.Op, va uint64) Vec {
	if p := c.reading(va, 15); p != nil {
		return Vec{get64(p), get64(unsafe.Add(p, 8))}
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
	if p := c.writing(va, 0); p != nil {
		put8(p, v)
		return
	}
	c.storeSlow(op, va, 1, v, 0)
}

func (c *CPU) store16(op *x86.Op, va, v uint64) {
	if p := c.writing(va, 1); p != nil {
		put16(p, v)
		return
	}
	c.storeSlow(op, va, 2, v, 0)
}

func (c *CPU) store32(op *x86.Op, va, v uint64) {
	if p := c.writing(va, 3); p != nil {
		put32(p, v)
		return
	}
	c.storeSlow(op, va, 4, v, 0)
}

func (c *CPU) store64(op *x86.Op, va, v uint64) {
	if p := c.writing(va, 7); p != nil {
		put64(p, v)
		return
	}
	c.storeSlow(op, va, 8, v, 0)
}

func (c *CPU) store128(op *x86.Op, va uint64, v Vec) {
	if p := c.writing(va, 15); p != nil {
		put64(p, v.Lo)
		put64(unsafe.Add(p, 8), v.Hi)
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

// loadSlow reads where no Line was found at first sight: by a veiled one, or the long way.
//
//go:noinline
func (c *CPU) loadSlow(op *x86.Op, va, size uint64) (lo, hi uint64) {
	l := c.MMU.Veiled(va, size, addr.Read)
	if l == nil {
		return c.loadLong(op, va, size)
	}
	told := c.Bus.Told(1 << event.MemRead)
	if told {
		c.look(op)
	}
	in := va & c.MMU.Mask
	p := c.MMU.Hit(l, in)
	switch size {
	case 1:
		lo = get8(p)
	case 4:
		lo = get32(p)
	case 8:
		lo = get64(p)
	default:
		lo, hi = c.fetchBytes(c.MMU.Base(l)+in, size)
	}
	if told {
		c.emit(event.MemRead, va, c.MMU.Base(l)+in, size, lo, hi)
	} else if c.Bus.Tallied(1 << event.MemRead) {
		c.Bus.Count(event.MemRead, addr.VAddr(va), 1)
	}
	return lo, hi
}

func (c *CPU) loadLong(op *x86.Op, va, size uint64) (lo, hi uint64) {
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

// storeSlow is to writing what loadSlow is to reading.
//
//go:noinline
func (c *CPU) storeSlow(op *x86.Op, va, size, lo, hi uint64) {
	l := c.MMU.Veiled(va, size, addr.Write)
	if l == nil {
		c.storeLong(op, va, size, lo, hi)
		return
	}
	told := c.Bus.Told(1 << event.MemWrite)
	if told {
		c.look(op)
	}
	in := va & c.MMU.Mask
	p := c.MMU.Hit(l, in)
	switch size {
	case 1:
		put8(p, lo)
	case 4:
		put32(p, lo)
	case 8:
		put64(p, lo)
	default:
		c.putBytes(c.MMU.Base(l)+in, size, lo, hi)
	}
	if told {
		c.emit(event.MemWrite, va, c.MMU.Base(l)+in, size, lo, hi)
	} else if c.Bus.Tallied(1 << event.MemWrite) {
		c.Bus.Count(event.MemWrite, addr.VAddr(va), 1)
	}
}

func (c *CPU) storeLong(op *x86.Op, va, size, lo, hi uint64) {
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
	if l := c.MMU.Veiled(va, size, a); l != nil {
		c.look(op)
		in := va & c.MMU.Mask
		c.MMU.Hit(l, in)
		return c.MMU.Base(l) + in
	}
	if op.Accesses != x86.ManyAccesses {
		c.fetched(op)
	}
	c.sync(op)
	if c.system&flagAC != 0 && !c.allowed(op, va, size) {
		return 0
	}
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

// allowed raises the exception of a misaligned access while AC is set; CR0.AM is, under Linux. It comes
// before any look at the page, and a 10-byte operand counts for one of 8 (SDM Vol. 3, table 6-7).
func (c *CPU) allowed(op *x86.Op, va, size uint64) bool {
	unit := uint64(1) << (bits.Len64(size) - 1)
	if va&(unit-1) == 0 || op.Code == x86.Sgdt || op.Code == x86.Sidt { // the latter are the kernel's answer
		return true
	}
	c.raise(AlignmentCheck, 0)
	return false
}

// settle does what an access that took the long way may have caused: decoded code in a written frame is
// dropped, and the running block is left after this instruction when it may no longer be the code to run.
func (c *CPU) settle(pa uint64, a addr.Access) {
	f := addr.Frame(pa >> c.MMU.Shift)
	if a == addr.Write && c.MMU.Mem.Table[f].Code {
		c.MMU.CodeWritten(f)
	}
	c.yield()
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
	mem := c.MMU.Mem.Bytes
	if at != split {
		switch b := mem[at : at+size]; size {
		case 1:
			return uint64(b[0]), 0
		case 4:
			return uint64(binary.LittleEndian.Uint32(b)), 0
		case 8:
			return binary.LittleEndian.Uint64(b), 0
		}
	}
	var buf [16]byte
	if at == split {
		n := copy(buf[:size], mem[c.cross.first:c.cross.first+c.cross.n])
		copy(buf[n:size], mem[c.cross.second:])
	} else {
		copy(buf[:size], mem[at:])
	}
	return binary.LittleEndian.Uint64(buf[:]), binary.LittleEndian.Uint64(buf[8:])
}

func (c *CPU) putBytes(at, size, lo, hi uint64) {
	mem := c.MMU.Mem.Bytes
	if at != split {
		switch b := mem[at : at+size]; size {
		case 1:
			b[0] = byte(lo)
			return
		case 4:
			binary.LittleEndian.PutUint32(b, uint32(lo))
			return
		case 8:
			binary.LittleEndian.PutUint64(b, lo)
			return
		}
	}
	var buf [16]byte
	binary.LittleEndian.PutUint64(buf[:], lo)
	binary.LittleEndian.PutUint64(buf[8:], hi)
	if at == split {
		n := copy(mem[c.cross.first:c.cross.first+c.cross.n], buf[:size])
		copy(mem[c.cross.second:], buf[n:size])
	} else {
		copy(mem[at:], buf[:size])
	}
}

// emit tells of an access that has been made; Bus.Now says by which instruction.
func (c *CPU) emit(k event.Kind, va, at, size, lo, hi uint64) {
	if at == split {
		at = c.cross.first
	}
	if size < 8 {
		lo &= 1<<(8*size) - 1
	}
	b := c.Bus
	if b.Listened(1 << k) {
		b.Emit(&event.Event{Kind: k, VA: addr.VAddr(va), PA: addr.PAddr(at), Size: size, Arg: lo, Arg2: hi})
		c.yield()
		return
	}
	if b.Tallied(1 << k) {
		b.Count(k, addr.VAddr(va), 1)
	}
	if b.Observed(1 << k) {
		ev := b.Record(k, b.Now.PC, b.Now.Insn)
		ev.VA, ev.PA, ev.Size, ev.Arg, ev.Arg2 = addr.VAddr(va), addr.PAddr(at), size, lo, hi
		c.heed()
	}
}

// sync brings up to date what somebody may look at before the blocks are left: where the program stands, and
// the counts of instructions before op and of fetches up to it.
func (c *CPU) sync(op *x86.Op) {
	c.Insns = c.base + uint64(op.N)
	c.MMU.Stats.Fetches += c.Insns + 1 - c.counted
	c.counted = c.Insns + 1
	if c.noting {
		c.tell(op)
	}
	c.Bus.Now.PC = addr.VAddr(c.here(op))
	c.Bus.Now.Insn = c.Insns
}

// fetched stamps the fetch of op: it comes behind all data accesses so far and before op's own.
func (c *CPU) fetched(op *x86.Op) {
	c.stamped = c.base + uint64(op.N) + 1
	c.stampFetch(c.MMU.Clock + 1)
}
