package cpu

import (
	"memlab/paging"
	"memlab/paging/addr"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// ExitKind says why Run returned.
type ExitKind uint8

// The reasons.
const (
	running         ExitKind = iota
	ExitBudget               // the budget of instructions is used up
	ExitSyscall              // SYSCALL: RIP is behind it, RCX and R11 are set
	ExitInt80                // INT 80h: RIP is behind it
	ExitException            // CPU.Exception says which
	ExitBreak                // a break address is next
	ExitStop                 // Bus.Pending says Stop or Kill
	ExitUnsupported          // Exit.Err: an instruction that memlab does not execute
)

// Exit is the outcome of Run.
type Exit struct {
	Kind ExitKind
	Err  *UnsupportedError // of ExitUnsupported
}

const lines = paging.Lines

// noPage is a page number that no address has.
const noPage = ^uint64(0)

// New makes a processor with cleared registers. Several may share a cache if they share the MMU.
func New(mmu *paging.MMU, bus *event.Bus, cache *Cache) *CPU {
	c := &CPU{MMU: mmu, Bus: bus, cache: cache}
	c.Reset(false)
	return c
}

// Reset puts all registers into the state in which execve hands them to a program, but for RIP and RSP:
// zeros, and the selectors of Linux.
func (c *CPU) Reset(mode32 bool) {
	*c = CPU{MMU: c.MMU, Bus: c.Bus, cache: c.cache, Insns: c.Insns, TSC: c.TSC}
	c.Mode32, c.MXCSR = mode32, 0x1F80
	c.fpu.init()
	c.flags.setStatus(0)
	c.Sel = [6]uint16{SegCS: 0x33, SegSS: selectorData}
	if mode32 {
		c.Sel = [6]uint16{selectorData, 0x23, selectorData, selectorData, 0, 0}
	}
}

// Run executes up to budget instructions and says why it stopped. RIP and Insns are exact afterwards. While
// Bus.Pending is set it does not begin.
func (c *CPU) Run(budget uint64) Exit {
	c.end = c.Insns + budget
	if c.end < c.Insns {
		c.end = ^uint64(0)
	}
	c.left = running
	c.raised, c.leaving = false, false
	c.unsupported = nil
	c.passing = 0
	c.page = noPage
	if c.PassBreak {
		c.passing = c.Insns + 1
		c.PassBreak = false
	}
	for c.left == running {
		if c.stepwise() {
			c.runObserved()
		} else {
			c.runFast()
		}
	}
	c.Bus.Now.PC, c.Bus.Now.Insn = addr.VAddr(c.RIP), c.Insns
	return Exit{c.left, c.unsupported}
}

// Exception is what the last Run ended with.
func (c *CPU) Exception() Exception { return c.exc }

// leaveAs ends the run behind the running instruction.
func (c *CPU) leaveAs(k ExitKind) {
	c.left = k
	c.limit = 0
}

// due reports whether the run must end before the next instruction.
func (c *CPU) due() bool {
	switch {
	case c.Bus.Pending() != event.Continue:
		c.left = ExitStop
	case c.Insns >= c.end:
		c.left = ExitBudget
	case c.cache.breaks != nil && c.passing != c.Insns+1 && c.cache.isBreak(c.RIP):
		c.left = ExitBreak
	default:
		return false
	}
	return true
}

// ready reports whether the fast loop may go on.
func (c *CPU) ready() bool {
	return c.left == running && c.changes == c.Bus.Changes() && c.system&(flagTF|flagAC) == 0 && !c.due()
}

// runFast executes blocks until the run ends or somebody else wants to know of events.
func (c *CPU) runFast() {
	m := c.MMU
	c.observe()
	c.limit = 0
	// A verdict or an observer can come up only where the limit is lowered.
	var from *Block // the block just left by c.way; nil if it cannot be linked
	for c.limit != 0 && c.Insns < c.end && c.cache.breaks == nil || c.ready() {
		page := c.RIP >> (m.Shift & 63)
		if page != c.page {
			c.depart()
			from = nil
		}
		line := &m.Fetches[page%lines]
		fetched := uint64(0) // fetches that have been counted already
		if c.RIP-line.Start > m.Mask {
			c.depart()
			pa, ok := c.fetch()
			if !ok {
				return
			}
			c.page = page
			if c.RIP-line.Start > m.Mask || c.changes != c.Bus.Changes() {
				c.single(pa)
				return
			}
			from, fetched = nil, 1
		} else if page != c.page {
			c.page = page
			m.Turn()
		}
		b := c.blockAt(m.Base(line) + c.RIP&m.Mask)
		if b.split {
			c.splitByLine(line, fetched)
			return
		}
		if from != nil {
			from.link(c.way, b, m.Shift)
		}
		c.runBlock(b, fetched)
		from = nil
		if c.way >= 0 {
			from = c.block
		}
	}
	c.depart()
}

// blockAt is the block at RIP, which is translated to pa.
func (c *CPU) blockAt(pa uint64) *Block {
	j := c.cache.entry(c.RIP)
	b := j.block
	if j.rip != c.RIP || b == nil || b.Dropped || b.at != pa || b.mode32 != c.Mode32 {
		b = c.cache.find(pa, c.Mode32)
		j.rip, j.block = c.RIP, b
	}
	return b
}

// runBlock executes b at RIP, and the blocks that it is linked to. fetched is the number of its instructions
// whose fetch has been counted.
func (c *CPU) runBlock(b *Block, fetched uint64) {
	before := c.Insns
	c.block, c.base, c.way = b, before, -1
	c.counted, c.told = before+fetched, before
	c.Regs[x86.RBlock] = c.RIP
	c.stamped = 0
	var last *x86.Op
	if left := c.end - before; b.insns <= left {
		c.limit, c.linkEnd = 1, 0
		if c.end > maxBlockOps && c.cache.breaks == nil && !c.telling {
			c.linkEnd = c.end - maxBlockOps
		}
		last = c.exec(b.first)
	} else {
		last = c.runPart(b, int(left))
	}
	c.MMU.Stats.Fetches += c.base + uint64(last.N) + 1 - c.counted
	if c.noting {
		c.tell(last)
	}
	c.retire(last)
	if c.telling && c.left == running {
		c.followed(&c.block.Ops[last.N])
	}
}

// runPart executes the first n instructions of b, one by one.
func (c *CPU) runPart(b *Block, n int) *x86.Op {
	for i := range n - 1 {
		if last := c.only(&b.Ops[i]); c.limit == 0 {
			return last
		}
	}
	last := c.only(&b.Ops[n-1])
	c.way = -1
	return last
}

// retire does the accounts behind the execution of ops, of which this was the last: RIP, Insns, and the
// exception if there is one.
func (c *CPU) retire(op *x86.Op) {
	c.last = op
	if c.raised {
		c.Insns = c.base + uint64(op.N)
		c.except(op)
		return
	}
	c.Insns = c.base + uint64(op.N) + 1
	if op.Flags&x86.FlagEnd == 0 {
		c.RIP = c.Regs[x86.RBlock] + uint64(op.Off) + uint64(op.Len)
	}
	if c.Mode32 {
		c.RIP = uint64(uint32(c.RIP))
	}
}

// except ends the run with the exception of op. Faults leave RIP at the instruction, traps behind it.
func (c *CPU) except(op *x86.Op) {
	c.RIP = c.here(op)
	c.left = ExitException
	switch c.exc.Vector {
	case Breakpoint, DebugException, Overflow:
		c.RIP = c.next(op)
		c.Insns++
	case unsupportedOp:
		c.left = ExitUnsupported
		c.unsupported = c.describe(op)
	default: // faults: RIP stays
	}
}

// fetch translates RIP for execution the long way. On failure the run ends with the fault.
func (c *CPU) fetch() (pa uint64, ok bool) {
	c.Bus.Now.PC, c.Bus.Now.Insn = addr.VAddr(c.RIP), c.Insns
	p, ok := c.MMU.Translate(addr.VAddr(c.RIP), addr.Fetch)
	if !ok {
		c.raiseFault(nil)
		c.left = ExitException
		return 0, false
	}
	if c.Bus.Pending() != event.Continue {
		c.left = ExitStop
		return 0, false
	}
	return uint64(p), true
}

// depart stamps the code page that is left with the time of the last fetch from it: after all data accesses
// but those of the last instruction itself.
func (c *CPU) depart() {
	op := c.last
	if op == nil {
		return
	}
	c.last = nil
	if c.stamped == c.base+uint64(op.N)+1 {
		return // the instruction has done it, before its accesses
	}
	when := c.MMU.Clock + 1
	refused := c.raised && (c.exc.Vector == GeneralProtection || c.exc.Vector == StackFault)
	if op.Accesses == 1 && !refused {
		when -= 2
	}
	c.stampFetch(when)
}

// stampFetch notes a use of the running block's page.
func (c *CPU) stampFetch(when uint64) {
	m := c.MMU
	if va := c.Regs[x86.RBlock]; m.Holds(&m.Fetches, va) {
		c.touch(m.Of(&m.Fetches, va), when)
	}
}

// touch notes a use of a Line's page, unless a later one is known.
func (c *CPU) touch(l *paging.Line, when uint64) {
	l.TLB.Stamp = max(l.TLB.Stamp, when)
	if c.MMU.Stamp {
		l.Frame.LastUse = max(l.Frame.LastUse, when)
	}
}
