package vm

import (
	"encoding/binary"
	"errors"
	"fmt"

	"memlab/paging/addr"
	"memlab/vm/cpu"
	"memlab/vm/linux"
	"memlab/vm/x86"
)

// CallArg is an argument of a function that is called from outside.
type CallArg struct {
	Word   uint64 // an integer or an address; the bits of a floating-point number
	Double bool   // Word is a double
	Float  bool   // Word's low half is a float
	Text   []byte // not nil: the bytes go on the stack with a zero behind them, and their address is passed
}

// CallResult is what a function left.
type CallResult struct {
	Returned bool       // it came back; otherwise the program stands where Reason left it
	Reason   StopReason // why the machine stopped, if it did not come back
	Word     uint64     // RAX, or EDX:EAX of i386
	Double   uint64     // XMM0's low half: the bits of a double or float of x86-64
	Insns    uint64     // that the machine executed meanwhile
}

// redZone is how far below the stack pointer a function may keep what it needs without telling (AMD64
// supplement).
const redZone = 128

// maxCallText bounds the texts that go to the stack: what fits there for sure.
const maxCallText = 64 << 10

// Call calls the function at fn in the process as the System V ABI of its class says and runs the machine
// until it returns. Registers are then as before; memory is as the function left it. The process must not be
// inside a system call. If something else ends the run, a listener's Stop, a limit, the process's end,
// nothing is put back. The return address is the process's entry, where nobody returns otherwise.
func (p *Process) Call(fn addr.VAddr, args []CallArg, o RunOptions) (CallResult, error) {
	m := p.machine
	var r CallResult
	if ended, _ := p.linux.Exited(); ended {
		return r, errors.New("the process has ended")
	}
	t := p.callee()
	if t == nil {
		return r, errors.New("the process waits in a system call")
	}
	c := t.CPU
	saved := registersOf(c)
	back, atBreak := p.image.Entry, m.atBreak[t]
	sp, err := p.pushCall(c, back, args)
	if err != nil {
		saved.restore(c)
		return r, err
	}
	c.SetRFlags(saved.flags &^ directionFlag)
	c.RIP = uint64(fn)
	delete(m.atBreak, t)
	before := m.retired
	o.Until = []addr.VAddr{back}
	for {
		r.Reason, err = m.Run(o)
		r.Insns = m.retired - before
		if err != nil || r.Reason != StopUntil {
			return r, err
		}
		if m.current == t && c.RIP == uint64(back) && c.Regs[x86.RSP] >= sp {
			break
		}
	}
	r.Returned, r.Word, r.Double = true, c.Regs[x86.RAX], c.X[0].Lo
	if c.Mode32 {
		r.Word = c.Regs[x86.RDX]<<32 | c.Regs[x86.RAX]&(1<<32-1)
	}
	saved.restore(c)
	delete(m.atBreak, t)
	if atBreak {
		m.atBreak[t] = true
	}
	return r, nil
}

// directionFlag is DF, which is clear where functions are entered.
const directionFlag = 1 << 10

// callee is the task that makes the call: the one that ran last or the first; nil: it waits.
func (p *Process) callee() *linux.Task {
	t := p.linux.Tasks[0]
	if cur := p.machine.current; cur != nil && cur.Process == p.linux && !cur.Ended() {
		t = cur
	}
	if !t.Runnable() {
		return nil
	}
	return t
}

// callRegisters are the registers that a call may change.
type callRegisters struct {
	regs       [x86.Regs]uint64
	rip, flags uint64
	x          [16]cpu.Vec
	mxcsr      uint32
}

func registersOf(c *cpu.CPU) callRegisters {
	return callRegisters{c.Regs, c.RIP, c.RFlags(), c.X, c.MXCSR}
}

// restore puts them back.
func (r *callRegisters) restore(c *cpu.CPU) {
	c.Regs, c.RIP, c.X, c.MXCSR = r.regs, r.rip, r.x, r.mxcsr
	c.SetRFlags(r.flags)
}

// pushCall puts the arguments and the return address where the ABI wants them and sets the registers. It
// returns the stack pointer behind the return.
func (p *Process) pushCall(c *cpu.CPU, back addr.VAddr, args []CallArg) (sp uint64, err error) {
	mask := ^uint64(0)
	if c.Mode32 {
		mask = 1<<32 - 1
	}
	sp = c.Regs[x86.RSP]&mask - redZone
	texts := 0
	for i := range args {
		a := &args[i]
		if a.Text == nil {
			continue
		}
		if texts += len(a.Text) + 1; texts > maxCallText {
			return 0, fmt.Errorf("texts of more than %d bytes do not fit onto the stack", maxCallText)
		}
		sp -= uint64(len(a.Text) + 1)
		if err := p.toStack(sp, append(append([]byte(nil), a.Text...), 0)); err != nil {
			return 0, err
		}
		a.Word = sp
	}
	words, width := stackArgs(c, args), uint64(8)
	if c.Mode32 {
		words, width = stackArgs32(args), 4
	}
	sp = (sp - uint64(len(words))*width) &^ 15
	frame := append([]uint64{uint64(back)}, words...)
	b := make([]byte, 0, 8*len(frame))
	for _, w := range frame {
		if c.Mode32 {
			b = binary.LittleEndian.AppendUint32(b, uint32(w))
		} else {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
	}
	c.Regs[x86.RSP] = sp - width
	return sp, p.toStack(sp-width, b)
}

// toStack writes to the stack.
func (p *Process) toStack(at uint64, b []byte) error {
	if p.Poke(addr.VAddr(at), b) < len(b) {
		return fmt.Errorf("the stack has no room for the call: %d bytes at %#x", len(b), at)
	}
	return nil
}

// stackArgs sets the registers that hold arguments and returns those that go to the stack.
func stackArgs(c *cpu.CPU, args []CallArg) (rest []uint64) {
	whole := [...]int{x86.RDI, x86.RSI, x86.RDX, x86.RCX, x86.R8, x86.R9}
	ints, vectors := 0, 0
	for _, a := range args {
		switch float := a.Double || a.Float; {
		case float && vectors < 8:
			c.X[vectors] = cpu.Vec{Lo: a.Word}
			vectors++
		case !float && ints < len(whole):
			c.Regs[whole[ints]] = a.Word
			ints++
		default:
			rest = append(rest, a.Word)
		}
	}
	c.Regs[x86.RAX] = uint64(vectors) // how many, for functions with a variable number of arguments
	return rest
}

// stackArgs32 are the arguments as i386's functions find them: all on the stack, a double in two words.
func stackArgs32(args []CallArg) (words []uint64) {
	for _, a := range args {
		words = append(words, a.Word&(1<<32-1))
		if a.Double {
			words = append(words, a.Word>>32)
		}
	}
	return words
}
