package cpu

import (
	"os/exec"
	"strings"
	"testing"

	"memlab/paging/addr"
	"memlab/vm/x86"
)

// twoBlocks runs from one block into another and back, ECX times; the second has an immediate at 0x100a.
var twoBlocks = []byte{
	0x88, 0x13, // mov [rbx], dl
	0xff, 0xc2, // inc edx
	0x31, 0xc0, // xor eax, eax
	0xeb, 0x01, // jmp to the next but one
	0xf4,       // hlt
	0x04, 0x07, // add al, 7
	0xff, 0xc9, // dec ecx
	0x75, 0xf1, // jnz start
	0x0f, 0x05,
}

// TestLinkedBlockChanges: a block that others are linked to is entered no more once its bytes have changed.
func TestLinkedBlockChanges(t *testing.T) {
	for _, fast := range []bool{false, true} {
		c := newTest(t, 16, twoBlocks...)
		if fast {
			fillLines(c.MMU)
		}
		c.Regs[x86.RCX], c.Regs[x86.RBX], c.Regs[x86.RDX] = 50, 0x3000, 5
		for range 7 { // links are made; the last of these runs ends within a block
			if e := c.Run(30); e.Kind != ExitBudget || c.Regs[x86.RAX] != 0 && c.Regs[x86.RAX] != 7 {
				t.Fatalf("fast %v: %+v al %d", fast, e, c.Regs[x86.RAX])
			}
		}
		c.Regs[x86.RBX] = 0x100a // from now on each round writes its number into the second block
		if e := c.Run(1000); e.Kind != ExitSyscall || c.Regs[x86.RAX] != c.Regs[x86.RDX]-1 || c.Insns != 351 {
			t.Errorf("fast %v: %+v al %d dl %d insns %d", fast, e, c.Regs[x86.RAX], c.Regs[x86.RDX], c.Insns)
		}
	}
}

// TestBreakInLinkedBlock: breaks that come later stop a run inside what had been linked.
func TestBreakInLinkedBlock(t *testing.T) {
	c := newTest(t, 16, twoBlocks...)
	fillLines(c.MMU)
	c.Regs[x86.RCX], c.Regs[x86.RBX] = 50, 0x3000
	if e := c.Run(70); e.Kind != ExitBudget {
		t.Fatalf("%+v", e)
	}
	for _, at := range []addr.VAddr{0x1009, 0x100b, 0x1002} {
		c.cache.SetBreaks([]addr.VAddr{at})
		if e := c.Run(1000); e.Kind != ExitBreak || c.RIP != uint64(at) {
			t.Errorf("break at %v: %+v at %#x", at, e, c.RIP)
		}
		c.PassBreak = true
	}
	c.cache.SetBreaks(nil)
	if e := c.Run(1000); e.Kind != ExitSyscall || c.Insns != 351 {
		t.Errorf("%+v after %d", e, c.Insns)
	}
}

// TestHotPathInlined: the compiler inlines the ways to memory into exec. It stops doing so, for all of them
// at once, when exec grows beyond its limit for big functions; then something has to move to warm.
func TestHotPathInlined(t *testing.T) {
	if testing.Short() {
		t.Skip("asks the compiler")
	}
	out, err := exec.Command("go", "build", "-gcflags=-m", ".").CombinedOutput()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	for _, name := range []string{"(*CPU).plain", "(*CPU).reader", "paging.(*MMU).Hit"} {
		n := 0
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, "exec.go:") && strings.HasSuffix(line, "inlining call to "+name+"\n") {
				n++
			}
		}
		if n < 10 {
			t.Errorf("%s is inlined %d times in exec.go", name, n)
		}
	}
}
