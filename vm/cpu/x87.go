package cpu

import "memlab/vm/x86"

// execX87 executes one instruction of the x87 family.
func (c *CPU) execX87(_ *x86.Op) { c.raise(unsupportedOp, 0) }
