package cpu

import (
	"testing"

	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/paging/phys"
	"memlab/paging/tlb"
	"memlab/vm/x86"
)

// newTest makes a processor over a direct-mapped memory of frames pages, with code at address 0x1000 and
// RSP at the end of memory.
func newTest(tb testing.TB, frames int, code ...byte) *CPU {
	tb.Helper()
	mem, err := phys.New(4096, frames)
	if err != nil {
		tb.Fatal(err)
	}
	bus := &event.Bus{}
	mmu := paging.NewDirect(mem, bus)
	copy(mem.Bytes[0x1000:], code)
	c := New(mmu, bus, NewCache(mmu))
	c.RIP = 0x1000
	c.Regs[x86.RSP] = uint64(len(mem.Bytes))
	return c
}

// fillLines gives the MMU Lines for all pages, as after a first access to each.
func fillLines(m *paging.MMU) {
	for p := range m.Mem.Frames() {
		e := &tlb.Entry{Frame: addr.Frame(p)}
		m.SetLine(addr.Read, addr.Page(p), e)
		m.SetLine(addr.Fetch, addr.Page(p), e)
		if !m.Mem.Table[p].Code {
			m.SetLine(addr.Write, addr.Page(p), e)
		}
	}
}

// sum adds the numbers from RCX down to 1 into RAX, through memory at RBX, then makes a system call.
var sum = []byte{
	0x48, 0x89, 0x0b, // mov [rbx], rcx
	0x48, 0x03, 0x03, // add rax, [rbx]
	0x48, 0x89, 0xc2, // mov rdx, rax
	0x48, 0xff, 0xc9, // dec rcx
	0x48, 0x85, 0xc9, // test rcx, rcx
	0x75, 0xef, // jnz
	0x0f, 0x05, // syscall
}

func TestRunSum(t *testing.T) {
	for _, fast := range []bool{false, true} {
		c := newTest(t, 16, sum...)
		if fast {
			fillLines(c.MMU)
		}
		c.Regs[x86.RCX], c.Regs[x86.RBX] = 100, 0x3000
		if e := c.Run(1 << 20); e.Kind != ExitSyscall {
			t.Fatalf("fast %v: exit %+v exception %+v", fast, e, c.Exception())
		}
		if c.Regs[x86.RAX] != 5050 || c.Insns != 601 || c.RIP != 0x1013 || c.Regs[x86.RCX] != 0x1013 {
			t.Errorf("fast %v: rax %d insns %d rip %#x rcx %#x", fast, c.Regs[x86.RAX], c.Insns, c.RIP, c.Regs[x86.RCX])
		}
	}
}

func TestBudgetIsExact(t *testing.T) {
	for budget := uint64(1); budget < 40; budget++ {
		c := newTest(t, 16, sum...)
		fillLines(c.MMU)
		c.Regs[x86.RCX], c.Regs[x86.RBX] = 100, 0x3000
		for c.Insns < 40-budget {
			if e := c.Run(budget); e.Kind != ExitBudget {
				t.Fatalf("exit %+v", e)
			}
			if c.Insns%budget != 0 {
				t.Fatalf("budget %d: %d instructions", budget, c.Insns)
			}
		}
		if want := 0x1000 + []uint64{0, 3, 6, 9, 12, 15}[c.Insns%6]; c.RIP != want {
			t.Errorf("budget %d: RIP %#x after %d, want %#x", budget, c.RIP, c.Insns, want)
		}
	}
}

func BenchmarkLoop(b *testing.B) {
	c := newTest(b, 16, sum...)
	fillLines(c.MMU)
	c.Regs[x86.RBX] = 0x3000
	c.Regs[x86.RCX] = uint64(b.N) + 1
	c.Run(1)
	fillLines(c.MMU)
	b.ReportAllocs()
	for b.Loop() {
		c.Regs[x86.RCX] = 1 << 40
		c.Run(1_000_000)
	}
	b.ReportMetric(float64(c.Insns)/b.Elapsed().Seconds()/1e6, "MIPS")
}

func TestNoAllocations(t *testing.T) {
	c := newTest(t, 16, sum...)
	fillLines(c.MMU)
	c.Regs[x86.RBX] = 0x3000
	c.Run(1)
	if n := testing.AllocsPerRun(100, func() {
		c.Regs[x86.RCX] = 1 << 40
		c.Run(1000)
	}); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}
