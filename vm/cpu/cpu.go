// Package cpu executes x86-64 and i386 user-mode code.
//
// Bytes become blocks of x86.Op once (block.go), cached by physical frame and readied by x86.Tune; code that
// was evicted and comes back finds its blocks again (retired.go). One switch over the operation codes
// executes them (exec.go, with exec_regs.go and exec_pairs.go; exec_warm.go for what is less frequent). Data
// goes through the MMU by the functions of memory.go.
//
// # Blocks follow one another
//
// runFast (run.go) finds the block at RIP: by way of the Line of its page, so that a changed translation is
// noticed. A block remembers those that it went on to in the same page, and exec goes from one to the next by
// itself. That needs no check of the translation: whatever takes the page's Line away, drops the blocks of
// its frame, sets a verdict or brings an observer happens in an access that takes the slow way, which then
// has the blocks left behind the running instruction (settle: c.limit = 0). The budget is compared at each
// step (c.linkEnd). To another page exec goes by itself, too, as runFast would (across), while the page has a
// Line and nobody looks on.
//
// Instructions are counted by block: Insns of the first (c.base) and the number within the block (Op.N) say
// which one runs. A run that must end within a block, and everything that is done one instruction at a time,
// executes instructions alone in their generic form (c.only); so nothing that Tune does is ever seen from
// outside, and the two ways check each other in the tests.
//
// # Who follows a run
//
// Nobody costs nothing: the loops are chosen when the set of wanted kinds changes. Sinks of instructions have
// blocks run unlinked and told of behind each (observe.go); who wants accesses to data has them go through
// veiled Lines, still in blocks; only listeners to instructions, and whoever wants block or tlb.hit, have
// each instruction executed alone (step.go). Benchmarks: go test ./vm -run '^$' -bench Observe.
//
// # Where a translator would stand
//
// A translator to machine code has its place behind Block. It would give a block that has run often enough a
// function in place of first, made from the same Ops, and runBlock would call that one in place of exec,
// under the same contract: it begins with RBlock, c.base, c.block, c.limit and c.linkEnd set, follows next
// under the conditions of exec, compares c.limit behind every access that took the slow way, and leaves with
// the last instruction begun, from which retire does the accounts. An access is what MMU.Hit does after one
// comparison with a Line, or loadSlow and storeSlow; flags may stay in any form that can be turned into
// lazyFlags wherever it leaves. Nothing else of the CPU knows how a block is executed, and what drops a block
// drops its code.
//
// # How an instruction fails
//
// A function that cannot do its work (a load, a store, a division) calls raise and returns something
// harmless; the instruction's code then returns without having changed a register, a flag or memory.
// Therefore an instruction reads all that it reads, checks that it can write what it will write, and only
// then commits:
//
//	v := c.load64(op, va)
//	if c.raised {
//		return
//	}
//
// # Order of accesses
//
// The clock of the MMU orders data accesses and fetches. The fetch of an instruction is not stamped as it
// happens, but when it can first matter: when a data access takes the slow path, and when the block is
// left. Instructions that make more than one data access (op.Accesses == x86.ManyAccesses) call
// c.fetched(op) before the first.
//
// # Limits
//
// Segments of 32-bit code are flat: FS and GS have bases, and DS, ES and SS are taken for what Linux puts
// there in 32-bit processes, also while one holds a null selector or that of a segment with a base.
package cpu

import (
	"memlab/paging"
	"memlab/paging/event"
	"memlab/vm/x86"
)

// Vec is a 128-bit vector register: Lo holds bits 0 to 63.
type Vec struct{ Lo, Hi uint64 }

// CPU is the state of one task's processor.
type CPU struct {
	Regs           [x86.Regs]uint64 // R0-R15, RZero, RBlock; the rest only spares the bounds checks
	RIP            uint64           // between blocks: the next instruction
	X              [16]Vec          // XMM0-15
	MXCSR          uint32
	FSBase, GSBase uint64
	Mode32         bool // executes i386 code

	MMU   *paging.MMU
	Bus   *event.Bus
	Insns uint64 // instructions retired, by all blocks that have been left

	Sel [6]uint16   // segment registers as encoded: ES CS SS DS FS GS
	TLS [3]TLSEntry // what set_thread_area has made: entries 12 to 14 of the descriptor table

	// TSC makes the time-stamp counter from the number of instructions retired; nil: it is that number.
	TSC func(insns uint64) uint64

	// PassBreak lets the next Run execute its first instruction even at a break address. Run clears it.
	PassBreak bool

	fpu    x87
	flags  lazyFlags
	system uint64 // the flags of RFLAGS that are not arithmetic: DF, AC, ID, NT

	cache *Cache

	block   *Block // the block that runs
	at      int    // in single steps: the op of it that is next
	limit   int    // 0: leave the blocks behind the running instruction
	base    uint64 // Insns when the block's first op began
	counted uint64 // Insns up to which the fetches have been counted
	linkEnd uint64 // Insns up to which any block may follow another: it ends before end; 0: none may
	way     int    // of a block that was left by a jump: where its next is to be; -1: nowhere
	told    uint64 // Insns up to which those who look on know of the instructions
	changes uint64 // Bus.Changes when the loop began
	noting  bool   // somebody looks on: instructions are to be told or counted
	telling bool   // a record of each is wanted
	stamped uint64 // base+N+1 of the op that has stamped its own fetch
	raised  bool   // exc holds an exception of the running instruction
	leaving bool   // Interrupt: the run ends behind the running instruction
	exc     Exception
	cross   crossing // where the two halves of a read-modify-write across a page boundary lie

	alone [2]x86.Op // an instruction that is executed alone, and its end

	page uint64  // page of the running block
	last *x86.Op // the last instruction fetched from it, while its stamp is still to be set

	end         uint64 // Insns at which Run returns
	left        ExitKind
	unsupported *UnsupportedError
	passing     uint64 // Insns+1 of the instruction that may run at a break address
	announced   uint64 // Insns+1 of the instruction before which a listener stopped the run
	announcedAt uint64
}

// Vector is the number of an exception.
type Vector uint8

// The exceptions that user code can cause (Intel SDM Vol. 3, table 6-1).
const (
	DivideError       Vector = 0  // #DE
	DebugException    Vector = 1  // #DB
	Breakpoint        Vector = 3  // #BP
	Overflow          Vector = 4  // #OF
	BoundRange        Vector = 5  // #BR
	InvalidOpcode     Vector = 6  // #UD
	StackFault        Vector = 12 // #SS
	GeneralProtection Vector = 13 // #GP
	PageFault         Vector = 14 // #PF
	FPUError          Vector = 16 // #MF
	AlignmentCheck    Vector = 17 // #AC
	SIMDError         Vector = 19 // #XM
	unsupportedOp     Vector = 254
)

// Exception is why an instruction could not complete.
type Exception struct {
	Vector Vector
	Code   uint32       // error code; 0 where there is none
	Fault  paging.Fault // of a page fault
	Step   bool         // a DebugException that came because TF was set, not of INT1
}

// raise notes that the running instruction cannot complete.
func (c *CPU) raise(v Vector, code uint32) {
	if c.raised {
		return // the first one counts
	}
	c.raised = true
	c.exc = Exception{Vector: v, Code: code}
	c.limit = 0
}
