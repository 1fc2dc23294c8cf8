package cpu

import "memlab/vm/x86"

// stackMask cuts the stack pointer to its width.
func (c *CPU) stackMask(sp uint64) uint64 {
	if c.Mode32 {
		return uint64(uint32(sp))
	}
	return sp
}

// push stores v below the stack pointer, which it moves if the store succeeds.
func (c *CPU) push(op *x86.Op, size uint8, v uint64) {
	sp := c.stackMask(c.Regs[x86.RSP] - uint64(size))
	c.store(op, sp, size, v)
	if c.stackRaised() {
		return
	}
	c.Regs[x86.RSP] = sp
}

// peek reads size bytes at the stack pointer.
func (c *CPU) peek(op *x86.Op, size uint8) uint64 {
	v := c.load(op, c.Regs[x86.RSP], size)
	c.stackRaised()
	return v
}

// stackRaised reports whether a stack access failed. What would be #GP elsewhere is #SS here.
func (c *CPU) stackRaised() bool {
	if c.raised && c.exc.Vector == GeneralProtection {
		c.exc.Vector = StackFault
	}
	return c.raised
}

// release moves the stack pointer up.
func (c *CPU) release(n uint64) { c.Regs[x86.RSP] = c.stackMask(c.Regs[x86.RSP] + n) }

// next is the address behind op.
func (c *CPU) next(op *x86.Op) uint64 {
	return c.stackMask(c.Regs[x86.RBlock] + uint64(op.Off) + uint64(op.Len))
}

// here is the address of op.
func (c *CPU) here(op *x86.Op) uint64 { return c.stackMask(c.Regs[x86.RBlock] + uint64(op.Off)) }

func (c *CPU) pushOp(op *x86.Op) {
	if op.Accesses == x86.ManyAccesses {
		c.fetched(op)
	}
	v := c.source(op)
	if c.raised {
		return
	}
	c.push(op, op.Size, v)
}

// popOp executes POP. An address that uses RSP sees it after the increment (SDM Vol. 2, POP).
func (c *CPU) popOp(op *x86.Op) {
	if op.Accesses == x86.ManyAccesses {
		c.fetched(op)
	}
	v := c.peek(op, op.Size)
	if c.raised {
		return
	}
	old := c.Regs[x86.RSP]
	c.release(uint64(op.Size))
	c.putRM(op, v)
	if c.raised {
		c.Regs[x86.RSP] = old
	}
}

// pushAll executes PUSHA and PUSHAD. The stack is checked whole before anything is written.
func (c *CPU) pushAll(op *x86.Op) {
	c.fetched(op)
	size := uint64(op.Size)
	sp := c.Regs[x86.RSP]
	for r := range uint64(8) {
		if !c.canWrite(op, c.stackMask(sp-(r+1)*size), size) {
			c.stackRaised()
			return
		}
	}
	for r := range uint64(8) {
		c.store(op, c.stackMask(sp-(r+1)*size), op.Size, c.Regs[r])
		if c.stackRaised() {
			return
		}
	}
	c.Regs[x86.RSP] = c.stackMask(sp - 8*size)
}

// popAll executes POPA and POPAD; the stored stack pointer is not loaded.
func (c *CPU) popAll(op *x86.Op) {
	c.fetched(op)
	var v [8]uint64
	for i := range v {
		v[i] = c.load(op, c.stackMask(c.Regs[x86.RSP]+uint64(i)*uint64(op.Size)), op.Size)
		if c.stackRaised() {
			return
		}
	}
	for i, x := range v {
		if r := uint8(7 - i); r != x86.RSP {
			c.setReg(r, op.Size, x)
		}
	}
	c.release(8 * uint64(op.Size))
}

func (c *CPU) pushFlags(op *x86.Op) { c.push(op, op.Size, c.rflags()) }

func (c *CPU) popFlags(op *x86.Op) {
	v := c.peek(op, op.Size)
	if c.raised {
		return
	}
	c.release(uint64(op.Size))
	if op.Size == 2 {
		v = v&0xFFFF | c.rflags()&^0xFFFF
	}
	c.SetRFlags(v)
	c.limit = 0 // TF acts from the next instruction on
}

// enter executes ENTER: Imm has the frame's size and the nesting level.
func (c *CPU) enter(op *x86.Op) {
	c.fetched(op)
	size := uint64(op.Size)
	frame, level := uint64(uint16(op.Imm)), uint64(op.Imm)>>16
	bp := c.Regs[x86.RBP]
	sp := c.stackMask(c.Regs[x86.RSP] - size)
	top := sp
	c.store(op, sp, op.Size, bp)
	if c.stackRaised() {
		return
	}
	for i := uint64(1); i < level; i++ {
		v := c.load(op, c.stackMask(bp-i*size), op.Size)
		sp = c.stackMask(sp - size)
		if !c.stackRaised() {
			c.store(op, sp, op.Size, v)
		}
		if c.stackRaised() {
			return
		}
	}
	if level > 0 {
		sp = c.stackMask(sp - size)
		c.store(op, sp, op.Size, top)
	}
	sp = c.stackMask(sp - frame)
	if c.stackRaised() || !c.canWrite(op, sp, size) {
		c.stackRaised()
		return
	}
	c.setReg(x86.RBP, op.Size, top)
	c.Regs[x86.RSP] = sp
}

func (c *CPU) leave(op *x86.Op) {
	bp := c.stackMask(c.Regs[x86.RBP])
	v := c.load(op, bp, op.Size)
	if c.stackRaised() {
		return
	}
	c.Regs[x86.RSP] = c.stackMask(bp + uint64(op.Size))
	c.setReg(x86.RBP, op.Size, v)
}

// call executes the calls that the hot switch does not know.
func (c *CPU) call(op *x86.Op) {
	to := c.Regs[x86.RBlock] + uint64(op.Imm)
	if op.Code == x86.CallInd {
		if op.Accesses == x86.ManyAccesses {
			c.fetched(op)
		}
		to = c.rmSource(op)
		if c.raised || !c.target(to) {
			return
		}
	}
	c.push(op, op.Size, c.next(op))
	if !c.raised {
		c.RIP = trunc(to, op.Size)
	}
}

func (c *CPU) ret(op *x86.Op) {
	v := c.peek(op, op.Size)
	if c.raised || !c.target(v) {
		return
	}
	c.release(uint64(op.Size) + uint64(op.Imm))
	c.RIP = v
}

func (c *CPU) jumpIndirect(op *x86.Op) {
	if v := c.rmSource(op); !c.raised && c.target(v) {
		c.RIP = v
	}
}

// loop executes LOOP, LOOPE and LOOPNE.
func (c *CPU) loop(op *x86.Op) {
	n := trunc(c.Regs[x86.RCX]-1, op.Size)
	c.setReg(x86.RCX, op.Size, n)
	c.shortBranch(op, n != 0 && (op.Cond == 2 || c.flags.zf() == (op.Cond == 1)))
}

// shortBranch ends a block as branch does, by LOOP or JCXZ.
func (c *CPU) shortBranch(op *x86.Op, taken bool) {
	if op.Scale != 0 {
		c.branch16(op, taken)
		return
	}
	c.branch(op, taken)
}

// branch16 is branch with a target of 16 bits.
func (c *CPU) branch16(op *x86.Op, taken bool) {
	c.branch(op, taken)
	if taken {
		c.RIP = uint64(uint16(c.RIP))
	}
}
