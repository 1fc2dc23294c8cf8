package cpu

import "memlab/vm/x86"

func (c *CPU) execMMX(op *x86.Op)        { c.raise(unsupportedOp, 0) }
func (c *CPU) convertMMX(op *x86.Op)     { c.raise(unsupportedOp, 0) }
func (c *CPU) fxsaveX87(img *[512]byte)  {}
func (c *CPU) fxrstorX87(img *[512]byte) {}
