package cpu

import "encoding/binary"

// insnCase is the state before or after one instruction; its encoding is the record of testdata/insn_oracle.c.
type insnCase struct {
	Code          [24]byte
	Length, Place uint64
	Regs          [16]uint64
	Flags         uint64
	RIP           uint64
	Trap          uint64 // the exception's vector; 3: the INT3 that stands everywhere
	Err, CR2      uint64
	FS, GS        uint64 // bases
	Sel           [2]uint64
	Sum           uint64 // over the data pages
	Mem           [4][64]byte
}

const insnSize = 24 + 8*(2+16+7+2+1) + 4*64

// The addresses of a case: two pages of code, followed by nothing; two pages of data, a hole, a page that can only be
// read, a hole, a page of data, a hole.
const (
	insnCode     = 0x10000000
	insnData     = 0x20000000
	insnReadOnly = insnData + 0x3000
	insnPattern  = 0x5A // what the read-only page is filled with
	insnBaseFS   = insnData + 0xF00
	insnBaseGS   = insnData + 0x4FF0
)

// insnWindows are the parts of the data pages that a case fills: across a page boundary, at the end of a page with
// nothing behind it, at the start of one with nothing before it.
var insnWindows = [4]uint64{insnData + 0xFC0, insnData + 0x1000, insnData + 0x1FC0, insnData + 0x5000}

// words lists everything that an instruction may change but memory.
func (c *insnCase) words() [28]*uint64 {
	r := &c.Regs
	return [28]*uint64{
		&r[0], &r[1], &r[2], &r[3], &r[4], &r[5], &r[6], &r[7], &r[8], &r[9], &r[10], &r[11], &r[12], &r[13], &r[14], &r[15],
		&c.Flags, &c.RIP, &c.Trap, &c.Err, &c.CR2, &c.FS, &c.GS, &c.Sel[0], &c.Sel[1], &c.Sum, &c.Length, &c.Place,
	}
}

// wordNames are the names of words.
var wordNames = [28]string{
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	"flags", "rip", "vector", "error code", "cr2", "fs base", "gs base", "es cs ss ds", "fs gs", "sum of all memory",
	"length", "place",
}

func (c *insnCase) append(b []byte) []byte {
	b = append(b, c.Code[:]...)
	le := binary.LittleEndian
	b = le.AppendUint64(le.AppendUint64(b, c.Length), c.Place)
	w := c.words()
	for _, p := range w[:26] {
		b = le.AppendUint64(b, *p)
	}
	for i := range c.Mem {
		b = append(b, c.Mem[i][:]...)
	}
	return b
}

func (c *insnCase) parse(b []byte) {
	copy(c.Code[:], b)
	le := binary.LittleEndian
	c.Length, c.Place = le.Uint64(b[24:]), le.Uint64(b[32:])
	w := c.words()
	for i, p := range w[:26] {
		*p = le.Uint64(b[40+8*i:])
	}
	for i := range c.Mem {
		copy(c.Mem[i][:], b[insnSize-256+64*i:])
	}
}
