package cpu

import (
	"bytes"
	"testing"

	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// TestSelfModifyingCode: a store into the running block takes effect on its next instruction.
func TestSelfModifyingCode(t *testing.T) {
	code := []byte{
		0xc6, 0x05, 0x02, 0x00, 0x00, 0x00, 0x2a, // mov byte [rip+2], 42: the next instruction's immediate
		0xb0, 0x01, // mov al, 1
		0xff, 0xc9, // dec ecx
		0x75, 0xf3, // jnz start
		0x0f, 0x05,
	}
	code[2] = 1 // to 0x1008
	for _, fast := range []bool{false, true} {
		c := newTest(t, 16, code...)
		if fast {
			fillLines(c.MMU)
		}
		c.Regs[x86.RCX] = 3
		e := c.Run(100)
		if e.Kind != ExitSyscall || c.Regs[x86.RAX] != 42 || c.Insns != 13 {
			t.Errorf("fast %v: %+v al %d insns %d", fast, e, c.Regs[x86.RAX], c.Insns)
		}
	}
}

// TestSplitInstruction runs MOV EAX, imm32 across a page boundary, and again after each page has changed.
func TestSplitInstruction(t *testing.T) {
	for _, fast := range []bool{false, true} {
		c := newTest(t, 16)
		mem := c.MMU.Mem.Bytes
		copy(mem[0x1ffd:], []byte{0xb8, 1, 2, 3, 4, 0x0f, 0x05})
		if fast {
			fillLines(c.MMU)
		}
		run := func(want uint64) {
			t.Helper()
			c.RIP = 0x1ffd
			if e := c.Run(10); e.Kind != ExitSyscall || c.Regs[x86.RAX] != want {
				t.Errorf("fast %v: %+v rax %#x, want %#x", fast, e, c.Regs[x86.RAX], want)
			}
		}
		run(0x04030201)
		run(0x04030201)
		mem[0x2000] = 9
		c.MMU.CodeWritten(2)
		run(0x04090201)
		mem[0x1ffe] = 8
		c.MMU.CodeWritten(1)
		run(0x04090208)
		if c.Insns != 8 {
			t.Errorf("%d instructions", c.Insns)
		}
	}
}

// TestCacheForgets: whatever is dropped leaves no trace in the cache.
func TestCacheForgets(t *testing.T) {
	c := newTest(t, 16, sum...)
	mem := c.MMU.Mem.Bytes
	copy(mem[0x1ffe:], []byte{0xb8, 1, 2, 3, 4, 0x0f, 0x05})
	c.Regs[x86.RCX], c.Regs[x86.RBX] = 2, 0x4000
	c.Run(100)
	c.RIP = 0x1ffe
	c.Run(100)
	if c.cache.blocks == 0 || c.cache.ops == 0 || !c.MMU.Mem.Table[1].Code || !c.MMU.Mem.Table[2].Code {
		t.Fatal("nothing cached")
	}
	for i := range 100 { // a split block comes and goes with its second frame
		c.MMU.CodeWritten(2)
		c.RIP = 0x1ffe
		c.Run(100)
		if n := len(c.cache.frames[1]); n > 20 {
			t.Fatalf("round %d: %d blocks in frame 1", i, n)
		}
	}
	c.MMU.CodeWritten(1)
	c.MMU.CodeWritten(2)
	if c.cache.blocks != 0 || c.cache.ops != 0 {
		t.Errorf("%d blocks, %d ops left", c.cache.blocks, c.cache.ops)
	}
	for f, list := range c.cache.frames {
		if len(list) != 0 {
			t.Errorf("frame %d keeps %d blocks", f, len(list))
		}
	}
}

func TestCacheGrowsAndIsBounded(t *testing.T) {
	c := newTest(t, 64)
	for at := range uint64(60 * 4096) {
		c.cache.find(at, false)
	}
	if c.cache.ops > maxCachedOps+maxBlockOps {
		t.Errorf("%d ops cached", c.cache.ops)
	}
	for at := uint64(0); at < 60*4096; at += 777 {
		if b := c.cache.find(at, false); b.at != at || b.Dropped {
			t.Fatalf("block at %#x: %#x dropped %v", at, b.at, b.Dropped)
		}
	}
}

// TestObservedEvents has the whole sequence of events of a few instructions.
func TestObservedEvents(t *testing.T) {
	c := newTest(t, 16,
		0xe8, 0x01, 0x00, 0x00, 0x00, // call 0x1006
		0x90,       // nop
		0x8f, 0x03, // pop [rbx]
		0x0f, 0x05)
	c.Regs[x86.RBX] = 0x3000
	type seen struct {
		kind      event.Kind
		va        addr.VAddr
		size, arg uint64
		insn      uint64
	}
	var got []seen
	c.Bus.Subscribe(event.PerInstruction|event.PerAccess, func(ev *event.Event) event.Verdict {
		got = append(got, seen{ev.Kind, ev.VA, ev.Size, ev.Arg, ev.Insn})
		return event.Continue
	})
	if e := c.Run(100); e.Kind != ExitSyscall {
		t.Fatalf("%+v", e)
	}
	want := []seen{
		{event.MemFetch, 0x1000, 5, 0, 0},
		{event.Block, 0x1000, 5, 1, 0},
		{event.Insn, 0x1000, 5, 0, 0},
		{event.MemWrite, 0xfff8, 8, 0x1005, 0},
		{event.Call, 0x1006, 0, 0xfff8, 0},
		{event.MemFetch, 0x1006, 2, 0, 1},
		{event.Block, 0x1006, 4, 2, 1},
		{event.Insn, 0x1006, 2, 0, 1},
		{event.MemRead, 0xfff8, 8, 0x1005, 1},
		{event.MemWrite, 0x3000, 8, 0x1005, 1},
		{event.MemFetch, 0x1008, 2, 0, 2},
		{event.Insn, 0x1008, 2, 0, 2},
	}
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("event %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

// TestVerdicts: Skip leaves an instruction out, Stop stops before it, and the next run goes on with it.
func TestVerdicts(t *testing.T) {
	code := []byte{0xff, 0xc0, 0xff, 0xc0, 0xff, 0xc0, 0x0f, 0x05} // inc eax, three times
	c := newTest(t, 16, code...)
	skip := c.Bus.Subscribe(event.MaskOf(event.Insn), func(ev *event.Event) event.Verdict {
		if ev.VA == 0x1002 {
			return event.Skip
		}
		return event.Continue
	})
	if e := c.Run(100); e.Kind != ExitSyscall || c.Regs[x86.RAX] != 2 || c.Insns != 3 {
		t.Errorf("skip: %+v eax %d insns %d", e, c.Regs[x86.RAX], c.Insns)
	}
	skip.Remove()
	c.Bus.Subscribe(event.MaskOf(event.Insn), func(ev *event.Event) event.Verdict {
		if ev.VA == 0x1004 {
			return event.Stop
		}
		return event.Continue
	})
	c.RIP, c.Regs[x86.RAX] = 0x1000, 0
	if e := c.Run(100); e.Kind != ExitStop || c.RIP != 0x1004 || c.Regs[x86.RAX] != 2 {
		t.Errorf("stop: %+v RIP %#x eax %d", e, c.RIP, c.Regs[x86.RAX])
	}
	if e := c.Run(100); e.Kind != ExitStop || c.Regs[x86.RAX] != 2 {
		t.Errorf("a run with a verdict pending: %+v eax %d", e, c.Regs[x86.RAX])
	}
	c.Bus.TakePending()
	if e := c.Run(100); e.Kind != ExitSyscall || c.Regs[x86.RAX] != 3 {
		t.Errorf("going on: %+v eax %d", e, c.Regs[x86.RAX])
	}
}

// TestListenerFromWithin: what a listener sets takes effect at once, on the instruction about to run.
func TestListenerFromWithin(t *testing.T) {
	c := newTest(t, 16, 0x90, 0x48, 0x8b, 0x03, 0x48, 0x8b, 0x03, 0x0f, 0x05) // nop; mov rax, [rbx] twice
	c.Regs[x86.RBX] = 0x3000
	reads := 0
	var inner *event.Subscription
	c.Bus.Subscribe(event.MaskOf(event.Insn), func(ev *event.Event) event.Verdict {
		switch ev.VA {
		case 0x1001:
			inner = c.Bus.Subscribe(event.MaskOf(event.MemRead), func(*event.Event) event.Verdict {
				reads++
				return event.Continue
			})
		case 0x1004:
			inner.Remove()
		}
		return event.Continue
	})
	if e := c.Run(100); e.Kind != ExitSyscall || reads != 1 {
		t.Errorf("%+v, %d reads seen, want 1", e, reads)
	}
}

// Test32Bit runs i386 code: stack of 4 bytes, addresses that wrap, int 80h.
func Test32Bit(t *testing.T) {
	code := []byte{
		0x60,                         // pusha
		0xb8, 0x05, 0x00, 0x00, 0x00, // mov eax, 5
		0x50,                         // push eax
		0xe8, 0x09, 0x00, 0x00, 0x00, // call f
		0x58,                               // pop eax
		0x89, 0x86, 0x00, 0x10, 0x00, 0x00, // mov [esi+0x1000], eax: wraps to 0x800
		0xcd, 0x80, // int 80h
		0x00,
		0xff, 0x44, 0x24, 0x04, // f: inc dword [esp+4]
		0xc3,
	}
	code[8] = byte(0x16 - 0x0c)
	c := newTest(t, 16, code...)
	c.Reset(true)
	c.RIP, c.Regs[x86.RSP], c.Regs[x86.RSI] = 0x1000, 0x8000, 0xfffff800
	e := c.Run(100)
	if e.Kind != ExitInt80 || c.RIP != 0x1015 || c.Regs[x86.RSP] != 0x8000-32 || c.Insns != 9 {
		t.Fatalf("%+v %+v RIP %#x ESP %#x insns %d", e, c.Exception(), c.RIP, c.Regs[x86.RSP], c.Insns)
	}
	if got := c.MMU.Mem.Bytes[0x800]; got != 6 {
		t.Errorf("stored %d", got)
	}
}

// TestCPUID looks at what programs decide by.
func TestCPUID(t *testing.T) {
	for _, tt := range []struct {
		n, sub uint32
		want   leaf
	}{
		{0, 0, leaf{7, 0x756e6547, 0x6c65746e, 0x49656e69}},
		{1, 0, leaf{0x106A3, 0x10800, 0x982201, 0x1f8bfbff}},
		{4, 3, leaf{0x163, 0x03C0003F, 0x1FFF, 2}},
		{4, 4, leaf{}},
		{7, 0, leaf{b: 1}},
		{7, 1, leaf{}},
		{13, 0, leaf{}},
		{0x80000001, 0, leaf{c: 1, d: 0x20100800}},
		{0x80000002, 0, leaf{0x6c6d656d, 0x78206261, 0x362d3638, 0x32762d34}},
		{0x80000009, 0, leaf{}},
	} {
		if got := cpuidLeaf(tt.n, tt.sub); got != tt.want {
			t.Errorf("leaf %#x.%d: %#x, want %#x", tt.n, tt.sub, got, tt.want)
		}
	}
}

// TestRetiredBlocks: code that comes back, at another place or time, finds its block again; code of which a
// later byte differs does not.
func TestRetiredBlocks(t *testing.T) {
	c := newTest(t, 16, sum...)
	first := c.cache.find(0x1000, false)
	c.MMU.CodeWritten(1)
	if !first.Dropped {
		t.Fatal("the block is still good")
	}
	copy(c.MMU.Mem.Bytes[0x3000:], sum)
	c.MMU.Mem.Bytes[0x3000+len(sum)-3]--
	if b := c.cache.find(0x3000, false); b == first {
		t.Error("another jump, the same block")
	}
	copy(c.MMU.Mem.Bytes[0x2000:], sum)
	if b := c.cache.find(0x2000, false); b != first || b.Dropped || b.at != 0x2000 || b.next != [2]link{} {
		t.Errorf("%+v", b)
	}
	if b := c.cache.find(0x1000, false); b == first {
		t.Error("one block in two places")
	}
	// Of an instruction that is too long the block has not all bytes, but they made it what it is.
	copy(c.MMU.Mem.Bytes[0x4000:], bytes.Repeat([]byte{0x3e}, 16))
	long := c.cache.find(0x4000, false)
	c.MMU.CodeWritten(4)
	copy(c.MMU.Mem.Bytes[0x4000:], []byte{0x3e, 0x90})
	if b := c.cache.find(0x4000, false); b == long || b.Ops[0].Code != x86.Nop {
		t.Errorf("%+v", b)
	}
}

// TestStraddlingBlockComesBack: an instruction that straddles two pages finds its block again when its bytes
// have come back, without an allocation, and another one does not.
func TestStraddlingBlockComesBack(t *testing.T) {
	c := newTest(t, 8)
	code := []byte{0xb8, 1, 2, 3, 4, 0x0f, 0x05} // mov eax, 0x4030201; syscall
	copy(c.MMU.Mem.Bytes[0x1ffe:], code)
	run := func(want uint64) {
		c.RIP, c.Regs[x86.RAX] = 0x1ffe, 0
		if e := c.Run(10); e.Kind != ExitSyscall || c.Regs[x86.RAX] != want {
			t.Fatalf("%+v, rax %#x, want %#x", e, c.Regs[x86.RAX], want)
		}
	}
	run(0x04030201)
	if n := testing.AllocsPerRun(20, func() {
		c.MMU.CodeWritten(1)
		c.MMU.CodeWritten(2)
		run(0x04030201)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	for _, at := range []uint64{0x2000, 0x1fff} { // each half alone
		c.MMU.CodeWritten(addr.Frame(at >> 12))
		c.MMU.Mem.Bytes[at]++
		want := map[uint64]uint64{0x2000: 0x04030301, 0x1fff: 0x04030302}[at]
		run(want)
	}
}
