package vm

import (
	"encoding/binary"
	"fmt"

	"memlab/loader/elf"
	"memlab/loader/unwind"
	"memlab/paging/addr"
	"memlab/vm/cpu"
	"memlab/vm/linux"
	"memlab/vm/x86"
)

// # How a stack is walked
//
// For each frame the first of these that applies leads to its caller:
//
//  1. The return of a signal handler: what was interrupted stands in the frame that the kernel wrote.
//  2. Call frame information (.eh_frame, .debug_frame) of the file that the code comes from. It is exact.
//  3. No code at all, in the innermost frame: a call through a bad pointer, which has just pushed where it
//     came from.
//  4. The function's own code, from its symbol's start on: what it pushes and subtracts until the frame's
//     instruction is where the return address went (scan.go). C libraries without records for their
//     functions, musl's above all, are walked so.
//  5. A frame pointer, if it points into the stack and at something that a call can have left there.
//
// A walk ends where none applies, where a return address is not in executable memory, or where the stack
// would not shrink.

// Frame is one function in execution.
type Frame struct {
	PC     addr.VAddr // the instruction that is next: of callers the one behind the call
	Symbol string     // "": not known
	Offset uint64     // of PC from the symbol's start
}

// String is "0x401053 main+0x23".
func (f Frame) String() string {
	switch {
	case f.Symbol == "":
		return f.PC.String()
	case f.Offset == 0:
		return fmt.Sprintf("%v %s", f.PC, f.Symbol)
	}
	return fmt.Sprintf("%v %s+%#x", f.PC, f.Symbol, f.Offset)
}

// Backtrace is the process's stack at the instruction pc, which is next or runs: the innermost frame first,
// at most so many. Nothing is changed by it.
func (p *Process) Backtrace(pc addr.VAddr, most int) []Frame { return p.backtrace(p.CPU(), pc, most) }

// backtraceFrames is how many frames a report of a crash shows.
const backtraceFrames = 16

// backtraceLines are the frames of a task for the kernel's reports.
func (m *Machine) backtraceLines(t *linux.Task) []string {
	for _, p := range m.procs {
		if p.linux != t.Process {
			continue
		}
		frames := p.backtrace(t.CPU, addr.VAddr(t.CPU.RIP), backtraceFrames+1)
		var lines []string
		for i, f := range frames {
			if i == backtraceFrames {
				return append(lines, "… and more")
			}
			lines = append(lines, fmt.Sprintf("#%d %v", i, f))
		}
		return lines
	}
	return nil
}

// dwarf64 are the DWARF numbers of x86-64's registers, in the order of package x86.
//
//nolint:gochecknoglobals // a constant table (System V ABI, figure 3.36)
var dwarf64 = [16]int{0, 2, 1, 3, unwind.SP64, unwind.BP64, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15}

// walker walks one stack.
type walker struct {
	p          *Process
	mode32     bool
	word       int // bytes of a stack slot
	sp, bp, pc int // DWARF numbers
	regs       unwind.Regs
}

func (p *Process) backtrace(c *cpu.CPU, pc addr.VAddr, most int) []Frame {
	if c == nil {
		return nil
	}
	w := walker{p: p, mode32: c.Mode32, word: 8, sp: unwind.SP64, bp: unwind.BP64, pc: unwind.PC64}
	if w.mode32 {
		w.word, w.sp, w.bp, w.pc = 4, unwind.SP32, unwind.BP32, unwind.PC32
		w.regs.Lost = ^uint32(0)
		for i := range 8 {
			w.regs.Set(i, c.Regs[i]&0xffffffff) // the same order in both numberings
		}
	} else {
		for i, n := range dwarf64 {
			w.regs.Set(n, c.Regs[i])
		}
	}
	w.regs.Set(w.pc, uint64(pc))
	var frames []Frame
	called := false // the frame's PC lies behind a call
	for len(frames) < most {
		at := w.regs.V[w.pc]
		frames = append(frames, w.frame(at, called))
		before := w.regs.V[w.sp]
		next, how := w.caller(called)
		pc := next.V[w.pc]
		if how == unwind.Unknown || how == unwind.Outermost || !w.executable(pc) ||
			how == unwind.Caller && next.V[w.sp] <= before {
			break
		}
		w.regs, called = next, how == unwind.Caller
	}
	return frames
}

// frame names one frame. A call may be the last instruction of its function, so the caller's symbol is
// looked for one byte before.
func (w *walker) frame(pc uint64, called bool) Frame {
	f := Frame{PC: addr.VAddr(pc)}
	m := w.p.module(addr.VAddr(w.inside(pc, called)))
	if m == nil || m.symbols == nil {
		return f
	}
	if s, _, ok := m.symbols.At(w.inside(pc, called) - m.bias); ok {
		f.Symbol, f.Offset = s.Name, pc-m.bias-s.Value
	}
	return f
}

// inside is an address inside the instruction that a frame executes.
func (w *walker) inside(pc uint64, called bool) uint64 {
	if called {
		return pc - 1
	}
	return pc
}

// caller finds the registers of the frame's caller.
func (w *walker) caller(called bool) (unwind.Regs, unwind.Result) {
	pc := w.regs.V[w.pc]
	if next, ok := w.signalFrame(pc); ok {
		return next, unwind.Signalled
	}
	if !w.executable(pc) {
		return w.justCalled()
	}
	m := w.p.module(addr.VAddr(w.inside(pc, called)))
	if m != nil && m.unwind != nil {
		next, how := m.unwind.Step(&w.regs, w.inside(pc, called)-m.bias, m.bias, w.read)
		if how != unwind.Unknown {
			return next, how
		}
	}
	if next, ok := w.scanned(m, pc, called); ok {
		return next, unwind.Caller
	}
	return w.framePointer()
}

func (w *walker) read(va uint64, b []byte) bool { return w.p.Peek(addr.VAddr(va), b) == len(b) }

func (w *walker) load(va uint64) (uint64, bool) {
	var b [8]byte
	ok := w.read(va, b[:w.word])
	return binary.LittleEndian.Uint64(b[:]), ok
}

func (w *walker) executable(pc uint64) bool {
	a, ok := w.p.space.List().Find(addr.VAddr(pc))
	return ok && a.Prot&addr.ProtExec != 0
}

// justCalled takes the return address from the top of the stack.
func (w *walker) justCalled() (unwind.Regs, unwind.Result) {
	ra, ok := w.load(w.regs.V[w.sp])
	if !ok || !w.afterCall(ra) {
		return unwind.Regs{}, unwind.Unknown
	}
	next := w.regs
	next.Set(w.sp, w.regs.V[w.sp]+uint64(w.word))
	next.Set(w.pc, ra)
	return next, unwind.Caller
}

// framePointer follows the chain of saved frame pointers.
func (w *walker) framePointer() (unwind.Regs, unwind.Result) {
	bp, known := w.regs.Get(uint64(w.bp))
	sp := w.regs.V[w.sp]
	stack, ok := w.p.space.List().Find(addr.VAddr(sp))
	if !known || !ok || bp < sp || bp >= uint64(stack.End) || bp%uint64(w.word) != 0 {
		return unwind.Regs{}, unwind.Unknown
	}
	saved, ok1 := w.load(bp)
	ra, ok2 := w.load(bp + uint64(w.word))
	if !ok1 || !ok2 || !w.afterCall(ra) {
		return unwind.Regs{}, unwind.Unknown
	}
	next := w.regs
	next.Set(w.bp, saved)
	next.Set(w.sp, bp+2*uint64(w.word))
	next.Set(w.pc, ra)
	return next, unwind.Caller
}

// afterCall reports whether ra is where a function returns to: in code, behind a call instruction or at the
// end of a signal handler.
func (w *walker) afterCall(ra uint64) bool {
	var b [7]byte
	if !w.executable(ra) || !w.read(ra-uint64(len(b)), b[:]) {
		return false
	}
	if w.sigreturn(ra) {
		return true
	}
	for n := 2; n <= len(b); n++ {
		code := b[len(b)-n:]
		relative := n == 5 && code[0] == 0xE8
		at := 0
		if n > 2 && code[0]&0xF0 == 0x40 { // REX
			at = 1
		}
		indirect := code[at] == 0xFF && code[at+1]>>3&7 == 2
		if (relative || indirect) && x86.Disassemble(code, ra-uint64(n), w.mode32).Len == n {
			return true
		}
	}
	return false
}

// The ends of signal handlers: rt_sigreturn(2) as C libraries write it (mov rax, 15; syscall), and i386's in
// the vdso (mov eax, 173; int 0x80, and for handlers without a siginfo pop eax; mov eax, 119; int 0x80).
const (
	sigreturn64    = "\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05"
	rtSigreturn32  = "\xb8\xad\x00\x00\x00\xcd\x80"
	oldSigreturn32 = "\x58\xb8\x77\x00\x00\x00\xcd\x80"
)

func (w *walker) sigreturn(pc uint64) bool {
	if w.mode32 {
		return w.begins(pc, rtSigreturn32) || w.begins(pc, oldSigreturn32)
	}
	return w.begins(pc, sigreturn64)
}

// begins reports whether the bytes of code stand at pc.
func (w *walker) begins(pc uint64, code string) bool {
	b := make([]byte, len(code))
	return w.read(pc, b) && string(b) == code
}

// signalFrame reads the registers that the kernel has put on the stack for a handler (arch/x86/include/uapi/
// asm/sigcontext.h): the handler has popped its return address, so the stack pointer is at the ucontext.
func (w *walker) signalFrame(pc uint64) (unwind.Regs, bool) {
	if !w.sigreturn(pc) {
		return unwind.Regs{}, false
	}
	if w.mode32 {
		return w.signalFrame32(pc)
	}
	const context = 40 // behind uc_flags, uc_link and uc_stack
	var b [17 * 8]byte
	if !w.read(w.regs.V[w.sp]+context, b[:]) {
		return unwind.Regs{}, false
	}
	var next unwind.Regs
	// r8 to r15, di, si, bp, bx, dx, ax, cx, sp, ip
	for i, n := range [17]int{8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16} {
		next.Set(n, binary.LittleEndian.Uint64(b[8*i:]))
	}
	return next, true
}

// signalFrame32 reads i386's: the handler has popped its return address, and its arguments are next.
func (w *walker) signalFrame32(pc uint64) (unwind.Regs, bool) {
	context := uint64(4)
	if w.begins(pc, rtSigreturn32) {
		context = 160 // behind three words, siginfo, uc_flags, uc_link and uc_stack
	}
	var b [15 * 4]byte
	if !w.read(w.regs.V[w.sp]+context, b[:]) {
		return unwind.Regs{}, false
	}
	next := unwind.Regs{Lost: ^uint32(0)}
	// behind four segments: di, si, bp, sp, bx, dx, cx, ax, then trapno, err, ip
	for i, n := range [11]int{7, 6, 5, 4, 3, 2, 1, 0, -1, -1, unwind.PC32} {
		if n >= 0 {
			next.Set(n, uint64(binary.LittleEndian.Uint32(b[16+4*i:])))
		}
	}
	return next, true
}

// module is a file that is mapped as code.
type module struct {
	symbols *elf.Symbols  // nil: none
	unwind  *unwind.Table // nil: none
	file    *elf.File     // nil: the file is no ELF file
	bias    uint64        // what was added to the file's addresses
}
