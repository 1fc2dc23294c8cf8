package cpu

import "memlab/vm/x86"

// Linux gives user code a handful of segments, the same in every process: flat code for either mode, flat
// data, three entries that set_thread_area fills, and one whose limit tells processor and node
// (arch/x86/include/asm/segment.h). This file is all that instructions can see of them.

// Segment registers as encoded: the places in CPU.Sel.
const (
	SegES = 0
	SegCS = 1
	SegSS = 2
	SegDS = 3
	SegFS = 4
	SegGS = 5
)

// Selectors, as user code holds them.
const (
	selectorCode32 = 0x23
	selectorData   = 0x2B
	selectorCode64 = 0x33
	selectorNode   = 0x7B
	firstTLS       = 12 // entry of the descriptor table
)

// execSegment executes what loads, stores and asks about selectors.
func (c *CPU) execSegment(op *x86.Op) {
	switch op.Code {
	case x86.MovFromSeg:
		c.moveFromSegment(op)
	case x86.MovToSeg:
		c.moveToSegment(op)
	case x86.PushSeg:
		c.pushSegment(op)
	case x86.PopSeg:
		c.popSegment(op)
	case x86.LoadFar:
		c.loadFar(op)
	case x86.Arpl:
		c.arpl(op)
	case x86.Lar, x86.Lsl, x86.Verr, x86.Verw:
		c.query(op)
	default:
		c.tables(op)
	}
}

// TLSEntry is a segment that set_thread_area has made: writable data of 4 GiB.
type TLSEntry struct {
	Base uint32
	Used bool // the entry is present
}

// descriptor is what a selector leads to.
type descriptor struct {
	base   uint32
	limit  uint32
	rights uint32 // as LAR shows them
	code   bool
	write  bool
}

// descriptor looks a selector up. It fails for entries that are empty or the kernel's, and for a local
// table: there is none. All others are of privilege level 3, whatever the selector's own level.
func (c *CPU) descriptor(sel uint64) (descriptor, bool) {
	const flat = 0xFFFFFFFF
	if sel&4 != 0 {
		return descriptor{}, false
	}
	switch entry := sel & 0xFFFF >> 3; entry {
	case selectorCode32 >> 3:
		return descriptor{limit: flat, rights: 0xCFFB00, code: true}, true
	case selectorData >> 3:
		return descriptor{limit: flat, rights: 0xCFF300, write: true}, true
	case selectorCode64 >> 3:
		return descriptor{limit: flat, rights: 0xAFFB00, code: true}, true
	case selectorNode >> 3:
		return descriptor{rights: 0x40F500}, true
	default:
		if i := entry - firstTLS; i < uint64(len(c.TLS)) && c.TLS[i].Used {
			return descriptor{base: c.TLS[i].Base, limit: flat, rights: 0xDFF300, write: true}, true
		}
	}
	return descriptor{}, false
}

// selectorError is the error code that names a selector.
func selectorError(sel uint64) uint32 { return uint32(sel) & 0xFFFC }

// null reports whether sel is one of the four null selectors.
func null(sel uint64) bool { return sel&0xFFFC == 0 }

// loadSelector loads a segment register other than CS (SDM Vol. 2, MOV). It reports false if it raised.
func (c *CPU) loadSelector(seg int64, sel uint64) bool {
	d, ok := c.descriptor(sel)
	switch {
	case null(sel) && seg != SegSS:
		d = descriptor{}
	case null(sel):
		c.raise(GeneralProtection, 0)
		return false
	case !ok, seg == SegSS && (!d.write || sel&3 != 3):
		c.raise(GeneralProtection, selectorError(sel))
		return false
	}
	c.Sel[seg&7] = uint16(sel)
	switch seg {
	case SegFS:
		c.FSBase = uint64(d.base)
	case SegGS:
		c.GSBase = uint64(d.base)
	}
	return true
}

// segmented adds the segment base to an offset, which it cuts to 16 bits first if the instruction says so. In
// 32-bit code an access through a null selector is #GP (SDM Vol. 3, 3.4.2).
func (c *CPU) segmented(op *x86.Op, va uint64) uint64 {
	if op.Seg&x86.SegAddr16 != 0 {
		va = uint64(uint16(va))
	}
	switch op.Seg &^ x86.SegAddr16 {
	case x86.SegFS:
		va = c.based(op, va, c.FSBase, SegFS)
	case x86.SegGS:
		va = c.based(op, va, c.GSBase, SegGS)
	}
	if c.Mode32 && !c.raised {
		va = uint64(uint32(va))
	}
	return va
}

// based adds base to the offset va.
func (c *CPU) based(op *x86.Op, va, base uint64, seg int) uint64 {
	size := uint64(op.Size)
	if op.Code == x86.Movzx || op.Code == x86.Movsx {
		size = uint64(op.Imm)
	}
	if c.Mode32 && (null(uint64(c.Sel[seg])) || va+size > 1<<32) {
		c.raise(GeneralProtection, 0)
		return 1 << 62 // no access to it succeeds
	}
	return va + base
}

// beyondLimit raises what an access across the end of a flat segment does, which is that of 32-bit addresses.
func (c *CPU) beyondLimit(op *x86.Op) {
	v := GeneralProtection
	if op.Base == x86.RSP || op.Base == x86.RBP {
		v = StackFault
	}
	c.raise(v, 0)
}

// moveToSegment executes MOV to a segment register.
func (c *CPU) moveToSegment(op *x86.Op) {
	if v := c.rmSource(op); !c.raised {
		c.loadSelector(op.Imm, v)
	}
}

// moveFromSegment executes MOV from a segment register.
func (c *CPU) moveFromSegment(op *x86.Op) { c.putRM(op, uint64(c.Sel[op.Imm&7])) }

// pushSegment executes PUSH of a segment register; what is wider than the selector is zeros.
func (c *CPU) pushSegment(op *x86.Op) { c.push(op, op.Size, uint64(c.Sel[op.Imm&7])) }

// popSegment executes POP to a segment register.
func (c *CPU) popSegment(op *x86.Op) {
	v := c.peek(op, op.Size)
	if !c.raised && c.loadSelector(op.Imm, v&0xFFFF) {
		c.release(uint64(op.Size))
	}
}

// farPointer reads an offset of size bytes and the selector behind it.
func (c *CPU) farPointer(op *x86.Op) (offset, sel uint64) {
	c.fetched(op)
	va := c.ea(op)
	offset = c.load(op, va, op.Size)
	if c.raised {
		return 0, 0
	}
	return offset, c.load(op, c.cut(va+uint64(op.Size)), 2)
}

// cut keeps an address within its mode's width.
func (c *CPU) cut(va uint64) uint64 {
	if c.Mode32 {
		return uint64(uint32(va))
	}
	return va
}

// loadFar executes LES, LSS, LDS, LFS and LGS.
func (c *CPU) loadFar(op *x86.Op) {
	offset, sel := c.farPointer(op)
	if !c.raised && c.loadSelector(op.Imm, sel) {
		c.setReg(op.Dst, op.Size, offset)
	}
}

// selectorOperand reads the selector of an instruction that asks about it: 16 bits, whatever the operand
// size.
func (c *CPU) selectorOperand(op *x86.Op) uint64 {
	if op.Flags&x86.FlagMem != 0 {
		return c.load16(op, c.ea(op))
	}
	return uint64(uint16(c.Regs[op.Src]))
}

// query executes LAR, LSL, VERR and VERW: ZF says whether the segment can be used so.
func (c *CPU) query(op *x86.Op) {
	sel := c.selectorOperand(op)
	if c.raised {
		return
	}
	d, ok := c.descriptor(sel)
	switch op.Code {
	case x86.Verw:
		ok = ok && d.write
	case x86.Lar:
		if ok {
			c.setReg(op.Dst, op.Size, uint64(d.rights))
		}
	case x86.Lsl:
		if ok {
			c.setReg(op.Dst, op.Size, uint64(d.limit))
		}
	default: // VERR: all of them can be read
	}
	c.setZF(ok)
}

// arpl executes ARPL: the destination's privilege level is raised to the source's.
func (c *CPU) arpl(op *x86.Op) {
	if op.Flags&x86.FlagMem != 0 {
		c.fetched(op)
	}
	a := c.rmValue(op)
	if c.raised {
		return
	}
	level := c.Regs[op.Src] & 3
	lower := a&3 < level
	switch {
	case lower && op.Flags&x86.FlagMem != 0 && op.Cond != 0: // a code segment
		c.raise(GeneralProtection, 0)
	case lower:
		c.putRM(op, a&^3|level)
	}
	if !c.raised {
		c.setZF(lower)
	}
}

// tables executes SGDT to SMSW. Processors with UMIP refuse them to user code, and Linux answers in their
// place with the same constants in every process (arch/x86/kernel/umip.c); so does this.
func (c *CPU) tables(op *x86.Op) {
	const (
		gdt = 0xFFFFFFFFFFFE0000
		idt = 0xFFFFFFFFFFFF0000
		tss = 8 * 8
		cr0 = 0x80050033 // PG AM WP NE ET MP PE
	)
	switch op.Code {
	case x86.Sgdt:
		c.storeTable(op, gdt)
	case x86.Sidt:
		c.storeTable(op, idt)
	case x86.Sldt:
		c.storeWord(op, 0)
	case x86.Str:
		c.storeWord(op, tss)
	default:
		c.storeWord(op, cr0)
	}
}

// storeTable writes a limit of 0 and base.
func (c *CPU) storeTable(op *x86.Op, base uint64) {
	c.fetched(op)
	va := c.ea(op)
	if !c.canWrite(op, va, uint64(op.Size)+2) {
		return
	}
	c.store(op, va, 2, 0)
	c.store(op, c.cut(va+2), op.Size, base)
}

// storeWord writes v to r/m: 16 bits of memory, or as much of a register as the operand size says.
func (c *CPU) storeWord(op *x86.Op, v uint64) {
	switch {
	case op.Flags&x86.FlagMem != 0:
		c.store(op, c.ea(op), 2, v)
	case op.Size == 4:
		c.Regs[op.Dst] = c.Regs[op.Dst]&^0xFFFFFFFF | v
	default:
		c.setReg(op.Dst, op.Size, v)
	}
}

// bound executes BOUND: the signed index must lie within the two bounds in memory.
func (c *CPU) bound(op *x86.Op) {
	c.fetched(op)
	va := c.ea(op)
	low := c.load(op, va, op.Size)
	if c.raised {
		return
	}
	high := c.load(op, c.cut(va+uint64(op.Size)), op.Size)
	if c.raised {
		return
	}
	i := int64(sext(c.Regs[op.Dst], op.Size))
	if i < int64(sext(low, op.Size)) || i > int64(sext(high, op.Size)) {
		c.raise(BoundRange, 0)
	}
}
