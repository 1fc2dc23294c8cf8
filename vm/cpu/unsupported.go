package cpu

import (
	"fmt"

	"memlab/paging/addr"
	"memlab/vm/x86"
)

// UnsupportedError is an instruction that the processor has and memlab does not execute.
type UnsupportedError struct {
	Name  string // the instruction as text
	Bytes []byte
	Addr  addr.VAddr
}

// Error names the instruction, its bytes and its address.
func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("unsupported instruction %s (bytes % x) at %v", e.Name, e.Bytes, e.Addr)
}

// describe makes the error for op, the running instruction, whose bytes are still where they were fetched
// from.
func (c *CPU) describe(op *x86.Op) *UnsupportedError {
	b := c.block
	n := int(op.Len)
	at := b.at + uint64(op.Off)
	mem := c.MMU.Mem.Bytes
	var code []byte
	if b.split {
		code = append(code, mem[at:at+uint64(b.head)]...)
		code = append(code, mem[uint64(b.second)<<c.MMU.Shift:][:x86.MaxLen]...)
		code = code[:n]
	} else {
		code = append(code, mem[at:at+uint64(n)]...)
	}
	pc := c.here(op)
	return &UnsupportedError{Name: x86.Text(code, pc, c.Mode32), Bytes: code, Addr: addr.VAddr(pc)}
}
