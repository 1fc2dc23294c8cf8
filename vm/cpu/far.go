package cpu

import "memlab/vm/x86"

// Linux has a code segment for each mode: a far transfer to the other one's changes the mode.

// codeSelector checks the CS of a far transfer (SDM Vol. 2, JMP, CALL, RET, IRET) and says to which mode it
// leads.
func (c *CPU) codeSelector(sel uint64, returns bool) (mode32, ok bool) {
	d, present := c.descriptor(sel)
	switch {
	case null(sel):
		c.raise(GeneralProtection, 0)
	case !present, !d.code, returns && sel&3 != 3:
		c.raise(GeneralProtection, selectorError(sel))
	default:
		return sel&^3 == selectorCode32&^3, true
	}
	return false, false
}

// transfer goes to an offset in the code segment of a mode.
func (c *CPU) transfer(to uint64, mode32 bool) {
	c.RIP = to
	if mode32 != c.Mode32 {
		c.SetMode(mode32)
		c.limit = 0 // the blocks that follow are other ones
	}
}

// within checks the address of a far transfer: it must be canonical, and within the 4 GiB of the segment of
// 32-bit code.
func (c *CPU) within(to uint64, mode32 bool) bool {
	if mode32 && to>>32 != 0 {
		c.raise(GeneralProtection, 0)
		return false
	}
	return c.target(to)
}

// target checks the address of a branch, which must be canonical: #GP at the branch if it is not.
func (c *CPU) target(to uint64) bool {
	if canonical(to) {
		return true
	}
	c.raise(GeneralProtection, 0)
	return false
}

// canonical reports whether the upper 17 bits of va are equal.
func canonical(va uint64) bool { return uint64(int64(va)>>47+1) <= 1 }

// farJump executes far JMP and CALL.
func (c *CPU) farJump(op *x86.Op) {
	offset, sel := uint64(op.Imm), uint64(op.Disp)
	if op.Code == x86.JmpFarInd || op.Code == x86.CallFarInd {
		offset, sel = c.farPointer(op)
	} else {
		c.fetched(op)
	}
	if c.raised {
		return
	}
	mode32, ok := c.codeSelector(sel, false)
	if !ok || !c.within(offset, mode32) {
		return
	}
	if op.Code == x86.CallFar || op.Code == x86.CallFarInd {
		size := uint64(op.Size)
		sp := c.stackMask(c.Regs[x86.RSP] - 2*size)
		if !c.canWrite(op, c.stackMask(sp+size), size) || !c.canWrite(op, sp, size) {
			c.stackRaised()
			return
		}
		c.store(op, c.stackMask(sp+size), op.Size, uint64(c.Sel[SegCS]))
		c.store(op, sp, op.Size, c.next(op))
		c.Regs[x86.RSP] = sp
	}
	c.transfer(offset, mode32)
}

// farReturn executes far RET.
func (c *CPU) farReturn(op *x86.Op) {
	c.fetched(op)
	v, ok := c.popped(op, 2)
	if !ok {
		return
	}
	mode32, ok := c.codeSelector(v[1]&0xFFFF, true)
	if !ok || !c.within(v[0], mode32) {
		return
	}
	c.release(2*uint64(op.Size) + uint64(op.Imm))
	c.transfer(v[0], mode32)
}

// interruptReturn executes IRET. In 64-bit code it pops RSP and SS as well.
func (c *CPU) interruptReturn(op *x86.Op) {
	c.fetched(op)
	if c.system&flagNT != 0 {
		c.raise(GeneralProtection, 0) // there are no tasks to return to
		return
	}
	n := 5
	if c.Mode32 {
		n = 3
	}
	v, ok := c.popped(op, n)
	if !ok {
		return
	}
	mode32, ok := c.codeSelector(v[1]&0xFFFF, true)
	if !ok || n == 5 && !c.returnStack(v[4]&0xFFFF) || !c.within(v[0], mode32) {
		return
	}
	flags := v[2]
	if op.Size == 2 {
		flags = flags&0xFFFF | c.rflags()&^0xFFFF
	}
	if n == 5 {
		c.Regs[x86.RSP] = v[3]
		c.Sel[SegSS] = uint16(v[4])
	} else {
		c.release(uint64(n) * uint64(op.Size))
	}
	c.SetRFlags(flags)
	c.transfer(v[0], mode32)
	c.limit = 0
}

// returnStack checks the SS that IRET pops.
func (c *CPU) returnStack(sel uint64) bool {
	d, ok := c.descriptor(sel)
	switch {
	case null(sel):
		c.raise(GeneralProtection, 0)
	case !ok, !d.write, sel&3 != 3:
		c.raise(GeneralProtection, selectorError(sel))
	default:
		return true
	}
	return false
}

// popped reads n words of the operand size from the stack, without moving its pointer.
func (c *CPU) popped(op *x86.Op, n int) (v [5]uint64, ok bool) {
	for i := range n {
		v[i] = c.load(op, c.stackMask(c.Regs[x86.RSP]+uint64(i)*uint64(op.Size)), op.Size)
		if c.stackRaised() {
			return v, false
		}
	}
	return v, true
}
