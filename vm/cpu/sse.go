package cpu

import "memlab/vm/x86"

// execSSE executes one instruction of the SSE and MMX family.
func (c *CPU) execSSE(_ *x86.Op) { c.raise(unsupportedOp, 0) }
