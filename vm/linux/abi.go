package linux

import (
	"fmt"

	"memlab/vm/x86"
)

// A program reaches the kernel by one of two doors: SYSCALL, with x86-64's numbers and registers, or INT 80h,
// with i386's, which 64-bit code may take too. Behind both stand the same handlers. What differs is here and
// in table32.go: the numbers, the registers, how wide a long and a pointer are in structures, and the order
// of arguments where i386 splits 64-bit ones over two registers.

// ABI is the door that a system call came through.
type ABI uint8

// The ABIs.
const (
	ABI64 ABI = iota // SYSCALL
	ABI32            // INT 80h
	abis
)

// String is "x86-64" or "i386".
func (a ABI) String() string {
	if a == ABI32 {
		return "i386"
	}
	return "x86-64"
}

// word is how many bytes a long and a pointer have.
func (a ABI) word() int {
	if a == ABI32 {
		return 4
	}
	return 8
}

// firstCommon is the first number from which on both tables are the same.
const firstCommon = 424

// Name is the name of a system call, "" if Linux has none of that number.
func (a ABI) Name(number uint64) string {
	switch {
	case a == ABI32 && number < uint64(len(syscallNames32)):
		return syscallNames32[number]
	case a == ABI32 && number < firstCommon, number >= uint64(len(syscallNames)):
		return ""
	}
	return syscallNames[number]
}

// Label is a call's name for people: "write", "i386 write", "system call 999".
func (a ABI) Label(number uint64) string {
	name := a.Name(number)
	if name == "" {
		name = fmt.Sprintf("syscall %d", number)
	}
	if a == ABI32 {
		return "i386 " + name
	}
	return name
}

// Args are the argument registers as the ABI has them.
func (a ABI) Args(r *[x86.Regs]uint64) [6]uint64 {
	if a == ABI32 { // the kernel looks at the lower halves only
		var v [6]uint64
		for i, reg := range [...]int{x86.RBX, x86.RCX, x86.RDX, x86.RSI, x86.RDI, x86.RBP} {
			v[i] = uint64(uint32(r[reg]))
		}
		return v
	}
	return [6]uint64{r[x86.RDI], r[x86.RSI], r[x86.RDX], r[x86.R10], r[x86.R8], r[x86.R9]}
}

// number is what RAX asks for. INT 80h has room for 32 bits (arch/x86/entry/syscall_32.c).
func (a ABI) number(rax uint64) uint64 {
	if a == ABI32 {
		return uint64(uint32(rax))
	}
	return rax
}

// Int80 is Syscall for INT 80h: i386's numbers, with the arguments in EBX, ECX, EDX, ESI, EDI and EBP,
// whatever mode the program is in. RIP must be behind the instruction.
func (k *Kernel) Int80(t *Task) error { return k.serve(t, ABI32) }

// getLongs reads signed words: times, sizes, whatever may be negative.
func (c *call) getLongs(va uint64, words []uint64) bool {
	ok := c.getWords(va, words)
	if ok && c.word == 4 {
		for i := range words {
			words[i] = uint64(int64(int32(words[i])))
		}
	}
	return ok
}

// signed makes the arguments at the given places signed: longs that i386 programs pass in 32 bits.
func signed(at ...int) func(*call) {
	return func(c *call) {
		for _, i := range at {
			c.a[i] = uint64(int64(int32(c.a[i])))
		}
	}
}

// joined makes one 64-bit argument of each pair of registers, the lower half first; the arguments behind a
// pair move up.
func joined(at ...int) func(*call) {
	return func(c *call) {
		for _, i := range at {
			c.a[i] |= c.a[i+1] << 32
			copy(c.a[i+1:], c.a[i+2:])
		}
	}
}
